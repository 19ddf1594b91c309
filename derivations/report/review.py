"""Checked documents as one HTML page: the source with its lines, each step under its display with verdict and reason.

Main definitions: `render`, the page of a report of ``derivations check``; `write`, the page as a file.

Everything in a checked document is text: it is escaped, its formulas are read by `derivations.report.mathematics`, and
the page has the report's content security policy.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from derivations.latex.results import CheckedFile, CheckedStep, Derivation, Report
from derivations.report.environment import today
from derivations.report.html import environment, fit, policy, style
from derivations.report.mathematics import MathError, parse
from derivations.report.prose import Formula

__all__ = ["render", "reviewed", "write"]

# From what needs a look to what does not; a line or display with several verdicts takes the first of them.
_ORDER = ("refuted", "conditional", "undecided", "unsupported", "proved", "definition")
_MARKS = {"proved": "✓", "refuted": "✗", "conditional": "◐", "undecided": "?", "unsupported": "–", "definition": "≔"}
_MEANINGS = {
    "proved": "shown by the rules named at its side, under the conditions listed",
    "definition": "names something that the document introduces here",
    "refuted": "false: both sides are computed in a counterexample",
    "conditional": "true under a hypothesis that the document does not state, or dependent on what it leaves open",
    "undecided": "read, but neither proved nor refuted",
    "unsupported": "not read; nothing is said about it",
}
_SIGNS = {"!=": r"\ne", "<=": r"\le", ">=": r"\ge", "approx": r"\approx", "propto": r"\propto"}
_PLAIN = {"!=": "≠", "<=": "≤", ">=": "≥", "approx": "≈", "propto": "∝"}


@dataclass(frozen=True)
class _Line:
    """A line of the source; *verdict* is the one that needs a look most, or empty where no step starts."""

    number: int
    text: str
    verdict: str = ""


@dataclass(frozen=True)
class _Step:
    """A step as shown; *continues* if its left side is the right side of the step above."""

    anchor: str
    line: int
    verdict: str
    continues: bool
    left: Formula
    relation: Formula
    right: Formula
    reason: str
    message: tuple[str, ...]
    conditions: tuple[str, ...]
    assumptions: tuple[str, ...]
    trusts: tuple[str, ...]
    reading: str
    suggestion: Formula | None


@dataclass(frozen=True)
class _Display:
    line: int
    verdict: str
    steps: tuple[_Step, ...]


@dataclass(frozen=True)
class _Piece:
    """Lines of the source, and the displays that end with the last of them."""

    lines: tuple[_Line, ...]
    displays: tuple[_Display, ...]


@dataclass(frozen=True)
class _File:
    anchor: str
    path: str
    error: str | None
    pieces: tuple[_Piece, ...]
    counts: tuple[tuple[str, int], ...]
    whole: bool

    @property
    def steps(self) -> tuple[_Step, ...]:
        return tuple(s for piece in self.pieces for d in piece.displays for s in d.steps)

    @property
    def noted(self) -> tuple[_Step, ...]:
        """The steps that an author should look at."""
        return tuple(s for s in self.steps if s.verdict in ("refuted", "conditional"))


def _formula(source: str, plain: str) -> Formula:
    try:
        return Formula(plain, parse(source))
    except MathError:
        return Formula(plain, None)


def _side(source: str) -> Formula:
    return _formula(source, source) if source.strip() else Formula("…", None)


def _worst(verdicts: set[str]) -> str:
    return next((v for v in _ORDER if v in verdicts), "")


def _counts(steps: tuple[CheckedStep, ...]) -> tuple[tuple[str, int], ...]:
    found = Counter(s.verdict for s in steps)
    return tuple((v, found[v]) for v in _ORDER if found[v])


def _step(step: CheckedStep, before: CheckedStep | None, anchor: str) -> _Step:
    continues = before is not None and before.rhs == step.lhs and before.rhs != ""
    said = tuple(line for line in step.message.splitlines() if line.strip())
    short = step.verdict in ("proved", "definition")
    return _Step(
        anchor,
        step.line,
        step.verdict,
        continues,
        _side(step.lhs),
        _formula(_SIGNS.get(step.relation, step.relation), _PLAIN.get(step.relation, step.relation)),
        _side(step.rhs),
        " ".join(said) if short else "",
        () if short else said,
        step.conditions,
        step.assumptions,
        step.trusts,
        "" if step.verdict == "definition" else step.reading,
        _formula(step.suggestion, step.suggestion) if step.suggestion else None,
    )


def _display(found: Derivation, anchor: str) -> _Display:
    steps = found.steps
    shown = tuple(
        _step(step, steps[place - 1] if place else None, f"{anchor}-{place + 1}") for place, step in enumerate(steps)
    )
    return _Display(found.line, _worst({s.verdict for s in steps}), shown)


def _last_line(found: Derivation) -> int:
    """Where the source of a display ends, as far as it is known: never before its last step."""
    return max(found.line + found.latex.rstrip().count("\n"), *(s.line for s in found.steps), found.line)


def _closing(lines: list[str], last: int) -> int:
    """The last line of a display with the line that closes it, if that holds nothing else."""
    while (
        last < len(lines)
        and lines[last].strip()
        and (lines[last].strip() in ("$$", r"\]", "```", "~~~") or lines[last].strip().startswith(r"\end{"))
    ):
        last += 1
    return last


def _file(found: CheckedFile, text: str | None, number: int) -> _File:
    anchor = f"f{number}"
    verdicts: dict[int, set[str]] = {}
    for step in found.steps:
        verdicts.setdefault(step.line, set()).add(step.verdict)
    displays = [(d, _display(d, f"{anchor}-d{place}")) for place, d in enumerate(found.derivations, 1)]
    pieces: list[_Piece] = []
    if text is None:  # standard input, or gone since: only the displays are known
        for d, shown in displays:
            numbered = enumerate(d.latex.split("\n"), d.line)
            lines = tuple(_Line(n, line.rstrip("\r"), _worst(verdicts.get(n, set()))) for n, line in numbered)
            pieces.append(_Piece(lines, (shown,)))
    else:
        source = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]
        after: dict[int, list[_Display]] = {}
        for d, shown in displays:
            after.setdefault(min(len(source), _closing(source, _last_line(d))), []).append(shown)
        start = 0
        for end in sorted({*after, len(source)}):
            numbered = enumerate(source[start:end], start + 1)
            lines = tuple(_Line(n, line, _worst(verdicts.get(n, set()))) for n, line in numbered)
            pieces.append(_Piece(lines, tuple(after.get(end, ()))))
            start = end
    return _File(anchor, found.path, found.error, tuple(pieces), _counts(found.steps), text is not None)


@cache
def _style() -> str:
    own = files("derivations.report") / "templates" / "review.css"
    return style() + own.read_text(encoding="utf-8")


def render(report: Report, sources: Mapping[str, str], date: str) -> str:
    """The page of a report; *sources* are the texts of its documents, by path.

    Of a document without a source only the displays are shown.
    """
    css = _style()
    shown = [_file(found, sources.get(found.path), place) for place, found in enumerate(report.files, 1)]
    names = [Path(file.path).name or file.path for file in shown]
    title = "Review of " + (names[0] if len(names) == 1 else f"{len(names)} documents")
    text = (
        environment()
        .get_template("review.html.j2")
        .render(
            title=title,
            date=date,
            files=shown,
            counts=_counts(report.steps),
            total=len(report.steps),
            marks=_MARKS,
            meanings=[(v, _MEANINGS[v]) for v in ("proved", "definition", "refuted", "conditional", *_ORDER[2:4])],
            css=Markup(css),
            policy=policy(css),
        )
    )
    return fit(text)


def write(report: Report, path: str | os.PathLike[str]) -> Path:
    """Write the page of a report into a file, reading its documents again; the folder is made if need be.

    Raises OSError if the file cannot be written.
    """
    sources = {}
    for found in report.files:
        if found.path == "-" or found.error is not None:
            continue
        try:
            sources[found.path] = Path(found.path).read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
    place = Path(path)
    if any(Path(found.path).resolve() == place.resolve() for found in report.files if found.path != "-"):
        raise OSError(f"{place} is one of the documents; name another file for the review")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(render(report, sources, today()), encoding="utf-8")
    return place


def reviewed(report: Report, path: str) -> int:
    """Write the page for a command line, and say where: 0, or 2 if it cannot be written."""
    try:
        place = write(report, path)
    except OSError as error:
        print(f"{path}: {error.strerror or error}", file=sys.stderr)
        return 2
    print(f"review: {place}", file=sys.stderr)
    return 0
