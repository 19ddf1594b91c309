"""Words with formulas, as users write them: plain text with ``$...$``.

Main definitions: `Formula`, a formula or, where it is none, its text; `Run`, a piece of a sentence; `prose`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from derivations.judge import Verdict
from derivations.language import Statement
from derivations.language.printing import latex, statement_latex, statement_text, text
from derivations.language.statements import decode
from derivations.language.terms import Term
from derivations.report.mathematics import MathError, Node, parse

__all__ = [
    "Formula",
    "Run",
    "condition_formulas",
    "equality_formulas",
    "hypothesis_formulas",
    "prose",
    "relation_formula",
    "statement_formula",
    "term_formula",
]

NO_LATEX = "\\nothing"  # no command of a formula, so the text is shown


@dataclass(frozen=True)
class Formula:
    """A formula as a tree; *tree* is None where the source has what no formula may have, and *text* is shown as it is.

    *words* follow it: ``q << p`` is a formula, "is finite" are words.
    """

    text: str
    tree: Node | None
    words: str = ""


@dataclass(frozen=True)
class Run:
    """A piece of a sentence: words, or a formula."""

    words: str = ""
    formula: Formula | None = None


def _formula(source: str, text_: str, words: str = "") -> Formula:
    try:
        return Formula(text_, parse(source), words)
    except MathError:
        return Formula(text_, None, words)


def _printed(printer: Callable[[Any], str], value: Any) -> str:
    """The LaTeX of a term or statement, or none: a head may have a text before it has a LaTeX."""
    try:
        return printer(value)
    except TypeError:
        return NO_LATEX


def term_formula(value: Term) -> Formula:
    """A term as a formula."""
    return _formula(_printed(latex, value), text(value))


def statement_formula(statement: Statement) -> Formula:
    """A statement as a formula, without its equality case and its hypotheses."""
    bare = Statement(statement.relation, statement.left, statement.right)
    return _formula(_printed(statement_latex, bare), statement_text(bare))


def equality_formulas(statement: Statement) -> list[Formula]:
    """The equations under which an inequality holds with equality; they may hold for every value of an index."""
    printed = [[(_printed(latex, t), text(t)) for t in pair] for pair in statement.equality]
    return [_formula(f"{a} = {b}", f"{c} == {d}") for (a, c), (b, d) in printed]


def hypothesis_formulas(statement: Statement) -> list[Formula]:
    """The hypotheses of a statement."""
    found = []
    for hypothesis in statement.given:
        alone = Statement("=", statement.left, statement.left, (), (hypothesis,))
        source = _printed(statement_latex, alone).split(r"\quad \text{if } ", 1)[-1]
        found.append(_formula(source, statement_text(alone).partition(".assuming(")[2].removesuffix(")")))
    return found


def relation_formula(relation: str) -> Formula:
    """A relation sign as a formula."""
    signs = {"!=": r"\ne", "<=": r"\le", ">=": r"\ge"}
    return _formula(signs.get(relation, relation), relation)


def condition_formulas(verdict: Verdict) -> list[Formula]:
    """The conditions of a verdict: from its certificate as formulas, or else as text."""
    if verdict.certificate is None:
        return [Formula(condition, None) for condition in verdict.conditions]
    declare = verdict.certificate.data["statement"]["declare"]
    found = []
    for (kind, *terms), said in zip(verdict.certificate.conditions, verdict.conditions, strict=True):
        shown = [_printed(latex, decode(t, declare)) for t in terms]
        source = {"support": r"\ll ".join(shown), "nonzero": rf"{shown[0]} \ne 0"}.get(kind, shown[0])
        found.append(_formula(source, said, "is finite" if kind == "finite" else ""))
    return found


def prose(words: str) -> list[list[Run]]:
    """Paragraphs of runs.  A lone dollar sign is a dollar sign; a formula that cannot be read is shown as text.

    >>> [[run.words or run.formula.text for run in paragraph] for paragraph in prose("for $a > 0$\\n\\nand $5")]
    [['for ', 'a > 0'], ['and $5']]
    """
    paragraphs = []
    for block in re.split(r"\n\s*\n", words.strip()):
        runs: list[Run] = []
        parts = block.split("$")
        if len(parts) % 2 == 0:  # the last dollar sign has no partner
            parts[-2:] = ["$".join(parts[-2:])]
        for place, part in enumerate(parts):
            if place % 2 == 0:
                runs += [Run(re.sub(r"\s+", " ", part))] if part else []
            elif part.strip():
                formula = _formula(part, part.strip())
                runs.append(Run(formula=formula))
            else:
                runs.append(Run("$$"))
        if runs:
            paragraphs.append(runs)
    return paragraphs
