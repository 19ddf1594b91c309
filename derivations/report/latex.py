r"""The report as LaTeX.

Main definitions: `render`, the whole document; `escaped`, words as LaTeX; `formula`, a formula.

Everything that comes from a claim is either escaped text or a formula that was read and written again
(`derivations.report.mathematics`); the template escapes whatever is not marked as LaTeX already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from derivations.report.content import Content, Paragraphs
from derivations.report.mathematics import UNICODE, Node
from derivations.report.numbers import decimal, power_of_ten
from derivations.report.prose import Formula, Run
from derivations.report.setting import pieces, width, written

__all__ = ["Tex", "code", "escaped", "formula", "lines", "paragraphs", "render"]


class Tex(str):
    """Text that is LaTeX already and is not escaped again."""

    __slots__ = ()


_SPECIAL = {
    **{c: "\\" + c for c in "{}$&#%_"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # after a line's end a bracket would be an option, a star a command
    "]": "{]}",
    "*": "{*}",
    "\u00a0": "~",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "°": r"\textdegree{}",
    "·": r"\textperiodcentered{}",
}
_MATHEMATICAL = {
    **UNICODE,
    "‖": r"\|",
    "√": r"\surd",
    "²": "^2",
    "³": "^3",
    "½": r"\tfrac12",
    "∑": r"\Sigma",
    "∫": r"\int",
}
_LETTERS = set(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž"
)
_LONG = 22


def escaped(text: str) -> Tex:
    r"""Words as LaTeX: nothing in them is a command, and a long word may be broken.

    >>> print(escaped(r"100% \input{x} $y$ é 中"))
    100\% \textbackslash{}input\{x\} \$y\$ é {[}U+4E2D{]}
    """
    return Tex(" ".join(_word(word) for word in re.split(r"\s+", text)))


def _word(word: str) -> str:
    shown = [_character(c) for c in word]
    if max(len(word), sum(map(len, shown)) // 6) > _LONG:
        shown = [r"\allowbreak{}" + c if place % 6 == 5 else c for place, c in enumerate(shown)]
    return "".join(shown)


def _character(c: str) -> str:
    if c in _SPECIAL:
        return _SPECIAL[c]
    if c.isascii():
        return c if c.isprintable() else f"{{[}}U+{ord(c):04X}{{]}}"
    if c in _MATHEMATICAL:
        return rf"\ensuremath{{{_MATHEMATICAL[c]}}}"
    return c if c in _LETTERS else f"{{[}}U+{ord(c):04X}{{]}}"


def code(text: str) -> Tex:
    """Words in a fixed pitch; two hyphens stay two, and every sign may end a line."""
    shown = escaped(text).replace("--", "-{}-")
    if len(text) > 16:
        shown = re.sub(r"([-,()=_/.])", r"\1\\allowbreak{}", shown)
    return Tex(rf"\code{{{shown}}}")


def formula(value: Formula, large: bool = False) -> Tex:
    """A formula in a line of text; one that could not be read is shown as it was written."""
    style = r"\displaystyle " if large else ""
    if value.tree is None:
        shown = code(value.text)
    else:
        parts = _cut(value.tree, 60) if width(value.tree) > 60 else [written(value.tree)]
        shown = Tex(" ".join(f"${style}{part}$" for part in parts))
    return Tex(f"{shown} {escaped(value.words)}") if value.words else shown


def lines(value: Formula, widest: float = 30.0) -> Tex:
    r"""A displayed formula as two arguments: whole, and in pieces between which a line may end."""
    if value.tree is None:
        shown = code(value.text)
        return Tex(rf"{{{shown}}}{{{shown}}}")
    whole = rf"$\displaystyle {written(value.tree)}$"
    cut = r"\allowbreak".join(rf"\piece{{$\displaystyle {part}$}}" for part in _cut(value.tree, widest))
    return Tex(f"{{{whole}}}{{{cut}}}")


def _cut(value: Node, widest: float) -> list[str]:
    """The pieces of a formula; after the first, an operator at the start of a piece has an operand before it."""
    first, *rest = (written(piece) for piece in pieces(value, widest))
    return [first, *("{}" + piece for piece in rest)]


def _run(run: Run) -> str:
    return formula(run.formula) if run.formula else escaped(run.words)


def paragraphs(value: Paragraphs) -> Tex:
    """Paragraphs of words and formulas."""
    return Tex("\n\n".join("".join(_run(run) for run in paragraph) for paragraph in value))


def number(text: str) -> Tex:
    r"""A number in text, with its power of ten written out.

    >>> print(number("-4.4e-41"), number("0.25"))
    $-4.4\times10^{-41}$ $0.25$
    """
    found = power_of_ten(text)
    if found:
        return Tex(rf"${found[0]}\times10^{{{found[1]}}}$")
    if re.fullmatch(r"-?[0-9]+(\.[0-9]*)?", text):
        return Tex(f"${text}$")
    return escaped(text if len(text) <= 16 else f"{text[:15]}…")


def joined(values: Iterable[str], between: str = "; ") -> Tex:
    """A list in a sentence."""
    return Tex(between.join(value if isinstance(value, Tex) else escaped(value) for value in values))


def path(name: str) -> Tex:
    """The path of a figure, of letters, digits, dots, hyphens and slashes; ValueError for any other."""
    if not re.fullmatch(r"[A-Za-z0-9./-]+", name):
        raise ValueError(f"{name!r} is no path of a figure")
    return Tex(name)


def anchors(content: Content) -> dict[str, Tex]:
    """A name for each claim that a link can go to; ids are anything, names are letters, digits and hyphens."""
    found: dict[str, Tex] = {}
    for place, claim in enumerate(content.claims, 1):
        slug = re.sub(r"[^a-z0-9]+", "-", claim.id.lower()).strip("-")[:60]
        name = f"claim-{slug}" if slug else f"claim-{place}"
        found[claim.id] = Tex(name if name not in found.values() else f"{name}-{place}")
    return found


_MARKS = {
    "proved": r"$\checkmark$",
    "refuted": r"$\times$",
    "conditional": r"$\circ$",
    "definition": ":",
}


def mark(verdict: str) -> Tex:
    """The sign beside a verdict."""
    return Tex(_MARKS.get(verdict, "?"))


def _finalised(value: Any) -> str:
    return value if isinstance(value, Tex) else escaped("" if value is None else str(value))


@cache
def environment() -> Environment:
    """The template environment: commands in <% %>, values in << >>, and every value escaped."""
    made = Environment(
        loader=PackageLoader("derivations.report"),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # escaping is for LaTeX, by finalize
        finalize=_finalised,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "code": code,
        "formula": formula,
        "lines": lines,
        "paragraphs": paragraphs,
        "number": number,
        "joined": joined,
        "mark": mark,
        "path": path,
        "decimal": decimal,
    }
    return made


def render(content: Content, date: str) -> str:
    """The report as one LaTeX document; figures are files beside it."""
    template = environment().get_template("report.tex.j2")
    return template.render(content=content, date=date, anchors=anchors(content)).strip() + "\n"
