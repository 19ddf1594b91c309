"""The equality case of an inequality: it is wrong where the sides are equal and the equations fail, or the converse.

The converse is an ordinary statement: under the equations as hypotheses, the sides are equal.  For the other direction
models are drawn in which sides tend to meet (laws that agree, uniform laws, constant functions, divergences that
vanish); equality is then shown in exact numbers.  Such models are positive, so that almost everywhere is everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from derivations.refuter.comparison import Comparison, Violation
from derivations.refuter.counterexamples import Counterexample
from derivations.refuter.fields import Unsupported
from derivations.refuter.hypotheses import Hypotheses
from derivations.refuter.models import Model
from derivations.refuter.search import Search
from derivations.refuter.shrinking import shrink
from derivations.refuter.signature import Json, walk

STYLES = ("twins", "flat", "twins", "product", "tiny")
MEETING = 1e-11
APART = 1e-8


def refute_equality_case(statement: dict[str, Json], seed: int, models: int, deadline: float) -> Counterexample | None:
    """A model in which the listed equations hold but the sides differ, or the sides are equal but an equation fails."""
    try:
        reason = "The condition for equality holds here, but the sides differ."
        found = _posed(statement, seed).refute(models, deadline, reason)
    except Unsupported:
        found = None  # no model can be made to satisfy such equations; the other direction remains
    return found or EqualSides(statement, seed).refute(models // 2, deadline)


def equality_case_fails(statement: dict[str, Json], seed: int, models: int) -> bool:
    """Whether a few models contradict the equality case, in one direction or the other."""
    try:
        posed = _posed(statement, seed)
        drawn = [posed.draw(number, "generic") for number in range(models)]
    except Unsupported:
        drawn = []
    if any(posed.falsified(model) for model in drawn if model):
        return True
    equal = EqualSides(statement, seed)
    return any(equal.falsified(model) for model in equal.models(models * len(STYLES)))


def _posed(statement: dict[str, Json], seed: int) -> Search:
    """The statement that the sides are equal, under the equations."""
    given = [*statement["given"], *(["=", *pair] for pair in statement["equality"])]
    return Search({**statement, "relation": "=", "equality": [], "given": given}, seed)


class EqualSides:
    """The search for a model with equal sides in which an equation fails."""

    def __init__(self, statement: dict[str, Json], seed: int) -> None:
        self.search = Search(statement, seed)
        signature = self.search.signature
        self.meeting = Comparison(signature, "!=", statement["lhs"], statement["rhs"])
        self.equations = [Comparison(signature, "=", *pair) for pair in statement["equality"]]
        self.vanishing: list[Hypotheses] = []
        sides = (statement["lhs"], statement["rhs"])
        posed = [[t[2:]] for side in sides for t in walk(side) if t[0] in ("KL", "JSD", "TV")]
        pairs = statement["equality"]
        if len(pairs) > 1:  # all equations but one
            posed += [[*pairs[:n], *pairs[n + 1 :]] for n in range(len(pairs))]
        for extra in posed:
            try:
                self.vanishing.append(Hypotheses(signature, extra))
            except Unsupported:
                continue

    def models(self, count: int) -> Iterator[Model]:
        """Positive models in which the sides tend to be equal."""
        sources = [self.search.hypotheses, *self.vanishing]
        for number in range(count):
            style = STYLES[number % len(STYLES)]
            model = self.search.sampler.draw(number // len(sources), style)
            settled = sources[number % len(sources)].settle(model)
            if settled and _positive(model):
                yield model

    def refute(self, count: int, deadline: float) -> Counterexample | None:
        """The first counterexample found."""
        for model in self.models(count):
            if time.monotonic() > deadline:
                return None
            violation = self.falsified(model)
            if violation:
                model, violation = shrink(model, violation, self.search.sampler, self.falsified)
                return self.search.describe(model, violation)
        return None

    def falsified(self, model: Model) -> Violation | None:
        """Whether a model, made to satisfy the hypotheses, has equal sides and a failing equation."""
        if not self.search.hypotheses.settle(model) or not _positive(model):
            return None
        try:
            for assignment, left, right in self.meeting.values(model):
                if abs(left - right) < MEETING * (1 + abs(left)):
                    reason = self._failing(model, assignment)
                    violation = self.meeting.certify(model, assignment) if reason else None
                    if violation:
                        return replace(violation, reason=reason)
        except Unsupported:
            return None
        return None

    def _failing(self, model: Model, assignment: tuple[Any, ...]) -> str:
        """In words, an equation that fails at the given free variables; empty if none does."""
        fixed = dict(zip(self.meeting.variables, assignment, strict=True))
        for equation in self.equations:
            for points, left, right in equation.values(model):
                where = dict(zip(equation.variables, points, strict=True))
                if all(fixed.get(v, p) == p for v, p in where.items()) and abs(left - right) > APART:
                    violation = equation.certify(model, points)
                    if violation:
                        shown = f"{left:.5g} is not {right:.5g}"
                        return f"The sides are equal, but the condition for equality fails: {shown}."
        return ""


def _positive(model: Model) -> bool:
    return all(v > 0 for table in model.laws.values() for v in table.values())
