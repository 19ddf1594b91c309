"""What a document says elsewhere of the names of a step that is refuted: bounds, and equations that it poses.

``0 <= f <= 1`` beside a bound on a mean of f, ``E[X] = 0`` before ``Var(X) = E[X^2]``: nothing in the step itself says
so, and a refutation without them is a query.  Main definitions: `Bound`, `bounds_in`, `under_premises`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derivations.language.terms import LanguageError, Term
from derivations.latex.cases import Context, interpret
from derivations.latex.chains import Step
from derivations.latex.grammar import Row, rows
from derivations.latex.limits import OutOfTime, time_limit
from derivations.latex.names import RESERVED, name_of, names_in
from derivations.latex.outcomes import Outcome, conditional, judged
from derivations.latex.tokens import Unread, tokenize

MAX_CLAIMS = 5  # that are tried on a step
PREMISE_SECONDS = 1.0
_MAPS = re.compile(r"(\\?[A-Za-z]+)\s*(?::|\\colon(?![A-Za-z]))[^=]{1,60}?\\(?:to|rightarrow)(?![A-Za-z])")
_INEQUALITIES = ("<=", ">=", "<", ">")


@dataclass(frozen=True)
class Bound:
    """A name of which a document says what values it has, in its lines from one to another."""

    name: str
    since: int
    until: int


@dataclass(frozen=True)
class Claim:
    """An equation or inequality that a document poses."""

    line: int
    until: int
    left: Row
    relation: str
    right: Row


def bounds_in(steps: Iterable[Step], latex: str) -> Iterator[str]:
    r"""The names that inequalities with numbers, or ``f: X \to [0, 1]``, say the values of.

    >>> from derivations.latex.chains import steps
    >>> list(bounds_in(steps(r"0 \le f \le 1"), "")), list(bounds_in([], r"g: \mathcal{X} \to [0, 1]"))
    (['f', 'f'], ['g'])
    """
    for step in steps:
        try:
            sides = (rows(step.left), rows(step.right)) if step.relation in _INEQUALITIES else ()
        except Unread:
            continue
        for side, other in (sides, sides[::-1]) if sides else ():
            barred = len(side) == 3 and side[0].kind in ("BAR", "DBAR") and side[2].kind == side[0].kind
            inner = side[1:2] if barred else side
            inner = inner[0].args[0] if len(inner) == 1 and inner[0].kind in ("norm", "absolute") else inner
            alone = len(inner) == 1 or (len(inner) == 2 and inner[1].kind == "bracketed")
            name = name_of(inner[0]) if alone else None
            if name is not None and name.base not in RESERVED and not names_in(other):
                yield name.key
    for found in _MAPS.finditer(latex):
        try:
            name = name_of(rows(tuple(tokenize(found[1])))[0])
        except (Unread, IndexError):
            continue
        if name is not None:
            yield name.key


def under_premises(
    outcome: Outcome, step: Step, sides: tuple[Row, Row], line: int, context: Context, seed: int
) -> Outcome:
    """A refutation, or the query it becomes under what the document says of the names of its step."""
    if step.over in ("supposed", "asked"):
        return conditional(outcome, "what stands over its sign may say when it holds")
    if step.posed:
        return conditional(outcome, f"a condition, by {step.posed!r}")
    names = {n.key for n in names_in(*sides)} - {*bounds_in([step], "")}
    for bound in context.bounded:
        if bound.name in names and bound.since <= line < bound.until:
            return conditional(outcome, f"perhaps true with the values that line {bound.since} gives {bound.name}")
    case = outcome.case
    near = [c for c in context.claimed if c.line < line < c.until and not names.isdisjoint(_names(c))]
    posed: list[tuple[int, tuple[str, Term, Term]]] = []
    for claim in near[-MAX_CLAIMS:] if case is not None else ():
        with contextlib.suppress(LanguageError):  # it is not read as it was
            said = interpret(claim.left, claim.relation, claim.right, context, {}).statement
            posed.append((claim.line, (claim.relation, said.left, said.right)))
    models = [one for one in posed if _factorises(*one[1])]  # which hold together, or not at all
    for under in [*([one] for one in posed), *([models] if len(models) > 1 else [])]:
        try:
            statement = case.statement if case is not None else None
            for _, assumed in under:
                statement = statement.assuming(assumed) if statement is not None else None
            with time_limit(PREMISE_SECONDS):
                found = judged(statement, seed, 0.2, words=False) if statement is not None else None
        except LanguageError:  # it is no hypothesis that the language has
            continue
        except OutOfTime:
            lines = ", ".join(str(line) for line, _ in under)
            return conditional(outcome, f"perhaps true under what line {lines} says, which was not decided in time")
        if found is not None and (found.verdict == "proved" or (len(under) > 1 and found.verdict == "undecided")):
            lines = ", ".join(str(line) for line, _ in under)
            start = "true" if found.verdict == "proved" else "perhaps true"
            return conditional(outcome, f"{start} under what line {lines} says")
    return outcome


def _factorises(relation: str, left: Term, right: Term) -> bool:
    """Whether an equation says of which densities a density is the product."""
    factors = right.args if right.head == "mul" else ()
    return relation == "=" and left.head == "den" and bool(factors) and all(f.head in ("den", "prod") for f in factors)


def _names(claim: Claim) -> set[str]:
    return {n.key for n in names_in(claim.left, claim.right)}
