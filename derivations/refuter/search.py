"""The search for a counterexample: draw, settle the hypotheses, screen with floats, certify with balls, shrink."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from derivations.refuter.comparison import FAINT, STRICT, Comparison, Violation
from derivations.refuter.counterexamples import Counterexample, counterexample, pruned
from derivations.refuter.fields import DoesNotExist, Unsupported, Value
from derivations.refuter.hypotheses import Hypotheses
from derivations.refuter.interchange import model_from_json
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
        self.signature = Signature.of(statement)
        self.sampler = Sampler(self.signature, seed)
        self.hypotheses = Hypotheses(self.signature)
        self.comparison = Comparison(self.signature, statement["relation"], statement["lhs"], statement["rhs"])

    def draw(self, number: int, style: str | None = None) -> Model | None:
        """A model that satisfies the hypotheses, or None if this draw does not."""
        model = self.sampler.draw(number, style)
        return model if not self.hypotheses or self.hypotheses.settle(model) else None

    def falsified(self, model: Model) -> Violation | None:
        """Whether a model, made to satisfy the hypotheses, contradicts the statement."""
        try:
            if self.hypotheses and not self.hypotheses.settle(model):
                return None
            return self.comparison.falsified(model)
        except Unsupported:
            return None

    def find(self, models: int, deadline: float) -> tuple[Model, Violation] | None:
        """The first counterexample among random models, then among those that climb towards one."""
        comparison = self.comparison
        nearest: list[Candidate] = []
        for number in range(models):
            if number and time.monotonic() > deadline:
                break
            candidate = self.screened(self._drawn(number), number)
            if candidate is None:
                continue
            if comparison.suspicious(candidate.size):
                violation = comparison.certify(candidate.model, candidate.assignment, deadline)
                if violation:
                    return candidate.model, violation
            elif not comparison.searched:
                nearest = sorted([*nearest, candidate], key=lambda c: (-c.size, c.number))[:NEAREST]
        return self._climb(nearest, models // 4, deadline) if nearest else None

    def _drawn(self, number: int) -> Model | None:
        try:
            return self.draw(number)
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
        effort = SEARCHED_EFFORT if self.comparison.searched else 1.0
        model, violation = shrink(*found, self.sampler, self.falsified, effort)
        return self.describe(model, replace(violation, reason=reason))

    def describe(self, model: Model, violation: Violation) -> Counterexample:
        """The counterexample with its sides in exact numbers where they are."""
        comparison, assignment = self.comparison, violation.assignment
        model = pruned(model, lambda m: comparison.enclosures(m, assignment))
        left, right = comparison.enclosures(model, assignment, 128 if comparison.searched else 64)
        violation = replace(violation, left=left, right=right)
        return counterexample(model, comparison.variables, violation)


def refute(
    statement: dict[str, Json], *, seed: int = 0, models: int = 200, seconds: float = 2.0
) -> Counterexample | None:
    """A model in which a statement (``docs/terms.md``) is false, or None if none was found.

    Both sides are enclosed in balls that contradict the relation, at finite values.  At most *models* models are drawn
    in about *seconds* seconds; the answer depends on the seed and, only if time runs out, on the machine.  None says
    nothing about truth: the statement may also lie outside what finite models can express.

    >>> from derivations.language import H, laws, log, variables
    >>> (p,), (x,) = laws("p"), variables("x")
    >>> print(refute((log(p(x)) == 0).json()).words)
    Take x in {0, 1}.
    p(x): 1/2, 1/2.
    At x = 0 the left side is log(1/2) = -0.69315 and the right side 0.
    """
    from derivations.refuter.equality import refute_equality_case

    deadline = time.monotonic() + seconds
    try:
        found = Search(statement, seed).refute(models, deadline)
    except Unsupported:
        return None
    if found is None and statement["equality"]:
        try:
            return refute_equality_case(statement, seed, models, deadline)
        except Unsupported:
            return None
    return found


def falsified(statement: dict[str, Json], models: Iterable[Model]) -> Violation | None:
    """The first certified violation of a statement among given models."""
    search = Search(statement)
    return next((v for m in models if (v := search.falsified(m))), None)


@dataclass(frozen=True)
class Agreement:
    """What a few generic positive models say: in how many both sides are finite, and whether all agree."""

    finite: int
    consistent: bool


def sample_check(statement: dict[str, Json], *, seed: int = 0, models: int = 3) -> Agreement:
    """Evaluate a statement in a few generic positive models.

    >>> from derivations.language import KL, laws, variables
    >>> (p, q), (x,) = laws("p q"), variables("x")
    >>> sample_check((KL(p(x), q(x)) >= 0).json())
    Agreement(finite=3, consistent=True)
    """
    try:
        search = Search(statement, seed)
    except Unsupported:
        return Agreement(0, True)
    finite, consistent = 0, True
    for number in range(models * 8):
        if finite == models:
            break
        try:
            model = search.draw(number, "generic")
            if model is None or not search.comparison.values(model):
                continue
            finite += 1
            consistent = consistent and search.comparison.falsified(model) is None
        except (Unsupported, DoesNotExist):
            continue
    return Agreement(finite, consistent)


def evaluate(statement: dict[str, Json], model: Model | dict[str, Json]) -> list[tuple[tuple[Any, ...], Value, Value]]:
    """Both sides of a statement at all points of its free variables where they exist, exact or as balls.

    *model* is a model or the JSON of one, as in :attr:`Counterexample.model`.
    """
    search = Search(statement)
    if isinstance(model, dict):
        model = model_from_json(search.signature, model)
    comparison = search.comparison
    found = []
    for assignment in comparison.assignments(comparison.exact.program.load(model)):
        try:
            found.append((assignment, *comparison.enclosures(model, assignment)))
        except DoesNotExist:
            continue
    return found
