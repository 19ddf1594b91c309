"""The report as one HTML file: no script, nothing from outside, mathematics as MathML.

Main definitions: `render`, the page; `formula`, a formula as MathML, cut where a narrow screen may break it.

The page carries a content security policy that allows its own style sheet and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from derivations.report.content import Content, Paragraphs
from derivations.report.drawing import inline_svg
from derivations.report.latex import anchors
from derivations.report.mathematics import MathError
from derivations.report.mathml import mathml
from derivations.report.numbers import decimal, power_of_ten
from derivations.report.prose import Formula, Run
from derivations.report.setting import pieces, width, written

__all__ = ["display", "environment", "fit", "formula", "number", "paragraphs", "policy", "render", "style"]


def formula(value: Formula) -> Markup:
    """A formula in a line of text."""
    return _with_words(_pieces(value, 26.0, False), value)


def display(value: Formula) -> Markup:
    """A formula in display style, in pieces between which a line may end."""
    return _with_words(_pieces(value, 24.0, True), value)


def _pieces(value: Formula, widest: float, large: bool) -> Markup:
    if value.tree is None:
        return Markup("<code>{}</code>").format(value.text)
    try:
        cut = pieces(value.tree, widest) if width(value.tree) > widest else [value.tree]
        parts = [Markup(mathml(piece, large, place > 0)) for place, piece in enumerate(cut)]
    except MathError:
        return Markup("<code>{}</code>").format(written(value.tree))
    kinds = ["piece wide" if large or width(piece) > widest else "piece" for piece in cut]
    spans = (Markup('<span class="{}">{}</span>').format(kind, part) for kind, part in zip(kinds, parts, strict=True))
    return Markup("<wbr>").join(spans)


def _with_words(shown: Markup, value: Formula) -> Markup:
    return Markup("{} {}").format(shown, value.words) if value.words else shown


def _run(run: Run) -> Markup:
    return formula(run.formula) if run.formula else escape(run.words)


def paragraphs(value: Paragraphs) -> Markup:
    """Paragraphs of words and formulas."""
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("").join(_run(run) for run in paragraph)) for paragraph in value
    )


def number(text: str) -> Markup:
    """A number with its power of ten written out.

    >>> print(number("4.4e-41"))
    4.4...×...10<sup>−41</sup>
    """
    found = power_of_ten(text)
    if found is None:
        return escape(text.replace("-", "−", 1) if text.startswith("-") else text)
    mantissa, exponent = (part.replace("-", "−") for part in found)
    return Markup("{}\u202f×\u202f10<sup>{}</sup>").format(mantissa, exponent)


# What a page may not hold (control characters, lone surrogates), and what would turn the direction of its text.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def fit(page: str) -> str:
    """A page without characters that no page may hold; a replacement character stands for each."""
    return _UNFIT.sub("\ufffd", page)


@cache
def style() -> str:
    """The style sheet."""
    return (files("derivations.report") / "templates" / "report.css").read_text(encoding="utf-8")


def policy(css: str) -> str:
    """The content security policy: this style sheet by its digest, pictures inside the page, nothing else."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def environment() -> Environment:
    """The template environment; every value is escaped that is not markup already."""
    made = Environment(
        loader=PackageLoader("derivations.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {
        "formula": formula,
        "display": display,
        "paragraphs": paragraphs,
        "number": number,
        "decimal": decimal,
    }
    return made


def render(content: Content, date: str, drawings: Mapping[str, str] | None = None) -> str:
    """The report as one page; *drawings* are the figures of trained models as SVG, by the model's name."""
    shown = {
        name: Markup(inline_svg(source, f"figure-{place}", f"Figure: {name}"))
        for place, (name, source) in enumerate((drawings or {}).items(), 1)
    }
    css = style()
    page = environment().get_template("report.html.j2")
    text = page.render(
        content=content,
        date=date,
        drawings=shown,
        anchors=anchors(content),
        css=Markup(css),
        policy=policy(css),
    )
    return fit(text)
