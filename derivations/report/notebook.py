"""Claims, chains, verdicts and results in a notebook: small HTML with MathML, for ``_repr_html_``.

Main definitions: `claim`, `chain`, `verdict`, `result`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from derivations.claims import Chain, Claim, Result
from derivations.judge import Verdict
from derivations.report import content, html
from derivations.report.evidence import Evidence
from derivations.report.prose import prose, relation_formula, statement_formula, term_formula

__all__ = ["chain", "claim", "result", "verdict"]

COLOURS = {"proved": "#2a6b45", "refuted": "#a5382b", "conditional": "#8a5c06"}


@cache
def _environment() -> Environment:
    made = Environment(loader=PackageLoader("derivations.report"), autoescape=True, undefined=StrictUndefined)
    made.filters |= {"formula": html.formula, "display": html.display, "paragraphs": html.paragraphs}
    made.globals |= {"colours": COLOURS}
    return made


def _rendered(**parts: Any) -> str:
    blank = {"title": "", "words": [], "statements": (), "unproved": ()}
    return _environment().get_template("notebook.html.j2").render(**{**blank, **parts}).strip()


def claim(value: Claim) -> str:
    """A claim that nobody has proved yet: its statements and its words.

    >>> from derivations.report.selection import library, select
    >>> claim(select(library(), ids=["gan-jsd"])[0]).startswith("<div")
    True
    """
    chains = [_unproved(c) for part in value.parts for c in part.chains]
    statements = [statement_formula(part.statement) for part in value.parts]
    return _rendered(title=value.title or value.id, words=prose(value.words), unproved=[*statements, *chains])


def chain(value: Chain) -> str:
    """A chain that nobody has verified yet: its terms and the reasons given."""
    return _rendered(unproved=[_unproved(value)])


def _unproved(value: Chain) -> content.ChainContent:
    steps = tuple(
        content.StepContent(relation_formula(s.relation), term_formula(s.term), s.reason, "", "") for s in value.steps
    )
    return content.ChainContent(term_formula(value.start), steps)


def verdict(value: Verdict) -> str:
    """A statement with its verdict, conditions, rules, and its counterexample if it is refuted."""
    return _rendered(statements=(content.statement_content(value.statement, value, ()),))


def result(value: Result) -> str:
    """A claim with its verdicts and its verified chains."""
    found: list[list[tuple[Verdict, ...]]] = []
    verified = iter(value.chains)
    for part in value.claim.parts:
        found.append([tuple(next(verified)[1]) for _ in part.chains])
    evidence = Evidence(value.claim, value.verdicts, _frozen(found))
    shown = content.claim_content(evidence)
    return _rendered(title=shown.title, words=shown.words, statements=shown.statements)


def _frozen(found: Sequence[Sequence[tuple[Verdict, ...]]]) -> tuple[tuple[tuple[Verdict, ...], ...], ...]:
    return tuple(tuple(chains) for chains in found)
