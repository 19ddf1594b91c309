"""The search for a counterexample: draw, settle the hypotheses, screen with floats, certify with balls, shrink."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

from derivations.refuter.comparison import FAINT, STRICT, Comparison, Violation, excess
from derivations.refuter.counterexamples import Counterexample, counterexample, pruned
from derivations.refuter.fields import Unsupported
from derivations.refuter.gradients import only_sampled
from derivations.refuter.hypotheses import Hypotheses
from derivations.refuter.models import Model
from derivations.refuter.sampling import Sampler, neighbour
from derivations.refuter.shrinking import shrink
from derivations.refuter.signature import Json, Signature

NEAREST = 3
SEARCHED_EFFORT = 0.4
INEQUALITIES = ("<=", ">=", "<", ">")


@dataclass(frozen=True)
class Candidate:
    """A model with the largest excess over the free variables' points, and where."""

    size: float
    assignment: tuple[Any, ...]
    number: int
    model: Model


class Search:
    """A statement prepared for refutation."""

    def __init__(self, statement: dict[str, Json], seed: int = 0) -> None:
        # Models that a cited theorem excludes are excluded like those of any other hypothesis.
        statement = {**statement, "given": [h[2] if h[0] == "cited" else h for h in statement["given"]]}
        try:
            self.signature = Signature.of(statement)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise Unsupported(f"a statement that cannot be read: {error!r}") from error
        self.sampler = Sampler(self.signature, seed)
        self.hypotheses = Hypotheses(self.signature)
        self.sampled = only_sampled(self.signature)
        self.comparison = Comparison(self.signature, statement["relation"], statement["lhs"], statement["rhs"])

    def draw(self, number: int, style: str | None = None) -> Model | None:
        """A model that satisfies the hypotheses, or None if this draw does not."""
        model = self.sampler.draw(number, style)
        return model if not self.hypotheses or self.hypotheses.settle(model) else None

    def falsified(self, model: Model) -> Violation | None:
        """Whether a model, made to satisfy the hypotheses, contradicts the statement."""
        try:
            if self.sampled or (self.hypotheses and not self.hypotheses.settle(model)):
                return None
            return self.comparison.falsified(model)
        except Unsupported:
            return None

    def doubted(self, model: Model) -> Violation | None:
        """As :meth:`falsified`, by floats alone: enough to choose among models of which the last is certified."""
        try:
            if self.hypotheses and not self.hypotheses.settle(model):
                return None
            found = self.comparison.worst(model)
        except Unsupported:
            return None
        comparison = self.comparison
        size = excess(comparison.relation, found.left, found.right) if found else -math.inf
        return found if comparison.suspicious(size) else None

    def find(self, models: int, deadline: float, style: str | None = None) -> tuple[Model, Violation] | None:
        """The first counterexample among random models, of one *style* if it is given, then among those that climb."""
        comparison = self.comparison
        if self.sampled:
            return None
        nearest: list[Candidate] = []
        for number in range(models):
            if number and time.monotonic() > deadline:
                break
            candidate = self.screened(self._drawn(number, style), number)
            if candidate is None:
                continue
            if comparison.suspicious(candidate.size):
                violation = comparison.certify(candidate.model, candidate.assignment, deadline)
                if violation:
                    return candidate.model, violation
            elif not comparison.searched:
                nearest = sorted([*nearest, candidate], key=lambda c: (-c.size, c.number))[:NEAREST]
        return self._climb(nearest, models // 4, deadline) if nearest else None

    def _drawn(self, number: int, style: str | None = None) -> Model | None:
        try:
            return self.draw(number, style)
        except Unsupported:
            return None

    def screened(self, model: Model | None, number: int = 0) -> Candidate | None:
        """A model with its largest excess, or None where the sides do not exist."""
        if model is None:
            return None
        try:
            found = self.comparison.screen(model)
        except Unsupported:
            return None
        return Candidate(*found, number, model) if found else None

    def _climb(self, nearest: list[Candidate], steps: int, deadline: float) -> tuple[Model, Violation] | None:
        """Nearby models of those that come closest to a violation, one change at a time."""
        comparison = self.comparison
        if comparison.relation in INEQUALITIES:
            for best in nearest[:1]:
                for step in range(steps):
                    if time.monotonic() > deadline:
                        break
                    model = neighbour(best.model, step)
                    if self.hypotheses and not self.hypotheses.settle(model):
                        continue
                    candidate = self.screened(model, step)
                    if candidate and candidate.size > best.size:
                        best = candidate
                        if comparison.suspicious(best.size):
                            violation = comparison.certify(best.model, best.assignment, deadline)
                            if violation:
                                return best.model, violation
        for faint in nearest:
            if faint.size > FAINT and comparison.relation not in STRICT:
                violation = comparison.certify(faint.model, faint.assignment, deadline)
                if violation:
                    return faint.model, violation
        return None

    def refute(self, models: int, deadline: float, reason: str = "") -> Counterexample | None:
        """A small counterexample, if one is found."""
        found = self.find(models, deadline)
        if found is None:
            return None
        model, violation = self._shrunk(*found)
        return self.describe(model, replace(violation, reason=reason))

    def _shrunk(self, model: Model, violation: Violation) -> tuple[Model, Violation]:
        """A counterexample made small by floats, and certified then; by balls all the way where floats mislead."""
        comparison = self.comparison
        if not (comparison.searched or comparison.relation in STRICT):
            small, doubted = shrink(model, violation, self.sampler, self.doubted)
            certified = violation if small is model else comparison.certify(small, doubted.assignment)
            if certified is not None:
                return small, certified
        return shrink(model, violation, self.sampler, self.falsified, SEARCHED_EFFORT if comparison.searched else 1.0)

    def describe(self, model: Model, violation: Violation) -> Counterexample:
        """The counterexample with its sides in exact numbers where they are."""
        comparison, assignment = self.comparison, violation.assignment
        constructions = self.hypotheses.constructions

        def evaluate(model: Model) -> None:
            comparison.enclosures(model, assignment)
            for construction in constructions:
                construction.holds(model)

        model = pruned(model, evaluate)
        left, right = comparison.enclosures(model, assignment, 128 if comparison.searched else 64)
        violation = replace(violation, left=left, right=right)
        return counterexample(model, comparison.variables, violation)
