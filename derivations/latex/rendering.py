"""Reports for people: on a terminal, as plain text, in a notebook."""

from __future__ import annotations

import textwrap
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.latex.results import CheckedStep, Report

_MARKS = {"proved": "✓", "refuted": "✗", "conditional": "?", "undecided": "·", "unsupported": "-", "definition": ":="}
_COLOURS = {
    "proved": "32",
    "refuted": "31;1",
    "conditional": "33",
    "undecided": "36",
    "unsupported": "35",
    "definition": "2",
}
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "approx": "≈", "propto": "∝"}
WIDTH = 100


def plain(report: Report) -> str:
    """The report without colours."""
    return terminal(report, colour=False)


def terminal(report: Report, colour: bool) -> str:
    """The report for a terminal: each step in a few lines, then the count."""
    lines = []
    for file in report.files:
        if file.error is not None:
            lines.append(f"{file.path}: {file.error}")
        for step in file.steps:
            lines += _step(file.path, step, colour)
    counts = Counter(s.verdict for s in report.steps)
    total = ", ".join(f"{counts[v]} {v}" for v in _MARKS if counts[v]) or "no displayed relation"
    return "\n".join([*lines, f"{len(report.steps)} steps: {total}"])


def _step(path: str, step: CheckedStep, colour: bool) -> list[str]:
    mark = f"{_MARKS[step.verdict]} {step.verdict}"
    if colour:
        mark = f"\033[{_COLOURS[step.verdict]}m{mark}\033[0m"
    sign = _SIGNS.get(step.relation, step.relation)
    lines = [f"{path}:{step.line}: {mark}", f"    {_short(step.lhs)}  {sign}  {_short(step.rhs)}"]
    if step.verdict != "definition":
        for paragraph in step.message.splitlines():
            lines += textwrap.wrap(paragraph, WIDTH, initial_indent="    ", subsequent_indent="      ")
    if step.verdict == "proved" and step.conditions:
        lines += textwrap.wrap(
            "if " + "; ".join(step.conditions), WIDTH, initial_indent="    ", subsequent_indent="      "
        )
    if step.suggestion:
        lines.append(f"    true: {step.suggestion}")
    return lines


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:60] + " ... " + text[-25:]


def html(report: Report) -> str:
    """The report as a table for notebooks."""
    colours = {"proved": "green", "refuted": "crimson", "conditional": "darkorange"}
    rows = []
    for step in report.steps:
        sign = _SIGNS.get(step.relation, step.relation)
        words = [step.message] if step.message else []
        if step.suggestion:
            words.append(f"True: {step.suggestion}")
        rows.append(
            f"<tr><td>{step.line}</td><td style='color:{colours.get(step.verdict, 'gray')}'>{step.verdict}</td>"
            f"<td><code>{escape(step.lhs)} {escape(sign)} {escape(step.rhs)}</code></td>"
            f"<td>{escape(' '.join(words))}</td></tr>"
        )
    head = "<tr><th>line</th><th>verdict</th><th>step</th><th></th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"
