"""The refuter's face: refute a statement, sample it, evaluate it in a model."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from derivations.refuter.comparison import Violation
from derivations.refuter.counterexamples import Counterexample
from derivations.refuter.equality import equality_case_fails, refute_equality_case
from derivations.refuter.fields import DoesNotExist, Unsupported, Value
from derivations.refuter.interchange import model_from_json
from derivations.refuter.models import Model
from derivations.refuter.search import Search
from derivations.refuter.signature import Json

TRIES = 8
"""Draws for each generic model that is asked for: hypotheses may exclude some."""


@dataclass(frozen=True)
class Agreement:
    """What a few generic positive models say: in how many both sides are finite, and whether all agree.

    *supported* is false when no model can be drawn and evaluated because something in the statement is unknown here.
    """

    finite: int
    consistent: bool
    supported: bool = True


class Refuter:
    """A statement prepared once, for all that is asked of its models: a sample, a contradiction, a counterexample."""

    def __init__(self, statement: dict[str, Json], seed: int = 0) -> None:
        self.statement, self.seed = statement, seed
        self.search: Search | None
        try:
            self.search = Search(statement, seed)
        except Unsupported:
            self.search = None

    @property
    def searches(self) -> bool:
        """Whether each model takes a search for extrema."""
        return self.search is not None and self.search.comparison.searched

    def refute(self, models: int = 200, seconds: float = 2.0) -> Counterexample | None:
        """A small counterexample with its words, as :func:`refute` gives it."""
        deadline = time.monotonic() + seconds
        if self.search is None:
            return None
        try:
            found = self.search.refute(models, deadline)
            return found or self._equality_case(models, deadline)
        except Unsupported:
            return None

    def contradicted(self, models: int = 200, seconds: float = 2.0) -> bool:
        """Whether :meth:`refute` would give a counterexample, without the work of making one small."""
        deadline = time.monotonic() + seconds
        if self.search is None:
            return False
        try:
            return self.search.find(models, deadline) is not None or bool(self._equality_case(models, deadline))
        except Unsupported:
            return False

    def contradicted_on_common_support(self, models: int = 200, seconds: float = 0.5) -> bool:
        """Whether a model in which all densities are positive contradicts the statement itself."""
        if self.search is None:
            return False
        try:
            return self.search.find(models, time.monotonic() + seconds, "generic") is not None
        except Unsupported:
            return False

    def _equality_case(self, models: int, deadline: float) -> Counterexample | None:
        if not self.statement["equality"]:
            return None
        return refute_equality_case(self.statement, self.seed, models, deadline)

    def sample(self, models: int = 3, certain: bool = True) -> Agreement:
        """What a few generic models say, as :func:`sample_check` gives it, up to the first that disagrees.

        Unless *certain*, floats alone say so: enough to choose what is tried first, never to decide.
        """
        search, statement = self.search, self.statement
        if search is None:
            return Agreement(0, True, supported=False)
        finite, consistent, evaluated, unsupported = 0, True, 0, 0
        for number in range(models * TRIES):
            if finite == models or not consistent:
                break
            try:
                model = search.draw(number, "generic")
                if model is None:
                    unsupported += search.hypotheses.unsupported
                    continue
                found = search.comparison.screen(model)
                evaluated += 1
                if found is None:
                    continue
                finite += 1
                suspicious = search.comparison.suspicious(found[0]) and not search.sampled
                consistent = not (suspicious and (not certain or search.comparison.certify(model, found[1])))
            except Unsupported:
                unsupported += 1
        if statement["equality"] and finite and consistent:
            with suppress(Unsupported):  # the equality case may be beyond the evaluator; the sides are not
                consistent = not equality_case_fails(statement, self.seed, models)
        return Agreement(finite, consistent, supported=evaluated > 0 or unsupported == 0)


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
    return Refuter(statement, seed).refute(models, seconds)


def falsified(statement: dict[str, Json], models: Iterable[Model]) -> Violation | None:
    """The first certified violation of a statement among given models."""
    search = Search(statement)
    return next((v for m in models if (v := search.falsified(m))), None)


def sample_check(statement: dict[str, Json], *, seed: int = 0, models: int = 3) -> Agreement:
    """Evaluate a statement, and its equality case, in a few generic positive models, up to the first that disagrees.

    >>> from derivations.language import KL, laws, variables
    >>> (p, q), (x,) = laws("p q"), variables("x")
    >>> sample_check((KL(p(x), q(x)) >= 0).iff(p(x) == q(x)).json())
    Agreement(finite=3, consistent=True, supported=True)
    """
    return Refuter(statement, seed).sample(models)


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
