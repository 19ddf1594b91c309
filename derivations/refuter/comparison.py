"""A statement in a model: do its two sides, enclosed in balls, contradict its relation?

``Comparison.screen`` looks with floats, ``Comparison.certify`` decides with balls, raising the precision while the
enclosures touch.  Where exact equality contradicts a relation (``<``, ``>``, ``!=``, and the equality case of an
inequality), it is shown in exact numbers or not at all.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from flint import ctx, fmpq

from derivations.refuter.evaluation import Closure, Env, Program, finite
from derivations.refuter.fields import BALLS, EXACT, FLOATS, DoesNotExist, Field, Unsupported, Value, same
from derivations.refuter.intervals import Interval, bounds
from derivations.refuter.models import Model, Point
from derivations.refuter.signature import Json, Signature, walk

PRECISIONS = (64, 128, 256, 512)
NOISE = 1e-10
FAINT = 1e-13
SEARCH_NOISE = 1e-5
STRICT = ("<", ">", "!=")


@dataclass(frozen=True)
class Violation:
    """Where and how a model contradicts a statement: the free variables' points and both sides."""

    assignment: tuple[Point, ...]
    left: Value
    right: Value
    reason: str = ""


@dataclass
class Sides:
    """A pair of terms compiled for one field."""

    program: Program
    left: Closure
    right: Closure
    places: list[int]

    @classmethod
    def of(cls, signature: Signature, field: Field, left: Json, right: Json, variables: tuple[str, ...]) -> Sides:
        """Compile two terms whose free variables are among *variables*."""
        program = Program(signature, field)
        program.around = [(signature.kind(v), v) for v in variables]
        places = [program.place(*name) for name in program.around]
        closures = program.compile(left), program.compile(right)
        return cls(program, *closures, places)

    def put(self, env: Env, assignment: tuple[Point, ...]) -> None:
        """Put the points of the free variables into an environment."""
        for i, p in zip(self.places, assignment, strict=True):
            env[i] = p if isinstance(p, int) else _numbers(p, self.program.field)

    def at(self, env: Env, assignment: tuple[Point, ...]) -> tuple[Value, Value]:
        """Both sides at the points of the free variables."""
        self.put(env, assignment)
        return self.left(env), self.right(env)


def contradicted(relation: str, left: Value, right: Value) -> bool:
    """Whether two enclosures contradict a relation for certain."""
    if not (finite(left) and finite(right)):
        return False
    if relation in STRICT and _equal(left, right):
        return True
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    if relation in ("<=", "<"):
        return bool(left_low > right_high)
    if relation in (">=", ">"):
        return bool(left_high < right_low)
    return relation == "=" and bool(left_low > right_high or left_high < right_low)


def _equal(left: Value, right: Value) -> bool:
    return not (isinstance(left, Interval) or isinstance(right, Interval)) and same(left, right)


def excess(relation: str, left: float, right: float) -> float:
    """How far floats contradict a relation, positive where they do; the unit is the size of the sides."""
    gap = left - right
    if relation in (">=", ">"):
        gap = -gap
    elif relation == "=":
        gap = abs(gap)
    elif relation == "!=":
        gap = -abs(gap)
    return gap / (1.0 + abs(left) + abs(right))


class Comparison:
    """Two terms and a relation between them, compiled for floats and for balls."""

    def __init__(self, signature: Signature, relation: str, left: Json, right: Json) -> None:
        self.signature, self.relation, self.left, self.right = signature, relation, left, right
        self.variables = tuple(signature.free_variables(left, right))
        self.floats = self._sides(FLOATS)
        extremal = not signature.heads.isdisjoint(("sup", "inf"))
        self.searched = extremal and any(t[0] in ("sup", "inf") for side in (left, right) for t in walk(side))
        self.noise = SEARCH_NOISE if self.searched else NOISE

    def _sides(self, field: Field) -> Sides:
        return Sides.of(self.signature, field, self.left, self.right, self.variables)

    @cached_property
    def balls(self) -> Sides:
        """Both sides compiled for balls."""
        return self._sides(BALLS)

    @cached_property
    def exact(self) -> Sides:
        """Both sides compiled for exact numbers."""
        return self._sides(EXACT)

    def assignments(self, env: Env) -> list[tuple[Point, ...]]:
        """All points of the free variables."""
        return [points for points, _ in env[0].grid(self.variables)]

    def values(self, model: Model) -> list[tuple[tuple[Point, ...], float, float]]:
        """Both sides as floats wherever they exist and are finite."""
        env = self.floats.program.load(model)
        found = []
        for assignment in self.assignments(env):
            try:
                left, right = self.floats.at(env, assignment)
            except DoesNotExist:
                continue
            if math.isfinite(left) and math.isfinite(right):
                found.append((assignment, left, right))
        return found

    def screen(self, model: Model) -> tuple[float, tuple[Point, ...]] | None:
        """The largest excess over the free variables' points, and where; None if the sides exist nowhere."""
        found = self.worst(model)
        return None if found is None else (excess(self.relation, found.left, found.right), found.assignment)

    def worst(self, model: Model) -> Violation | None:
        """Where floats contradict the relation most, or come closest to it; None if the sides exist nowhere."""
        found = [
            (excess(self.relation, left, right), (points, left, right)) for points, left, right in self.values(model)
        ]
        return Violation(*max(found, key=itemgetter(0))[1]) if found else None

    def suspicious(self, size: float) -> bool:
        """Whether an excess is worth the work in balls."""
        return size > (-self.noise if self.relation in STRICT else self.noise)

    def certify(self, model: Model, assignment: tuple[Point, ...], deadline: float = math.inf) -> Violation | None:
        """The violation at an assignment, if balls (or exact numbers) show it."""
        sides = self.exact if self.relation in STRICT else self.balls
        for precision in PRECISIONS:
            if time.monotonic() > deadline:
                return None
            with ctx.workprec(precision):
                try:
                    left, right = sides.at(sides.program.load(model), assignment)
                except (DoesNotExist, Unsupported):
                    return None
                if contradicted(self.relation, left, right):
                    return Violation(assignment, left, right)
                if not _touching(left, right):
                    return None
        return None

    def falsified(self, model: Model, deadline: float = math.inf) -> Violation | None:
        """Screen with floats, then certify."""
        found = self.screen(model)
        return self.certify(model, found[1], deadline) if found and self.suspicious(found[0]) else None

    def enclosures(self, model: Model, assignment: tuple[Point, ...], precision: int = 64) -> tuple[Any, Any]:
        """Both sides in exact numbers, or balls where they are not."""
        with ctx.workprec(precision):
            return self.exact.at(self.exact.program.load(model), assignment)


def _touching(left: Value, right: Value) -> bool:
    """Whether more precision could still separate two values."""
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return False
    (left_low, left_high), (right_low, right_high) = bounds(left), bounds(right)
    return not (left_low > right_high or left_high < right_low)


def _numbers(point: Point, field: Field) -> Any:
    """A number for a variable of the real line (or a vector of them) in a field; points of finite spaces stay."""
    if isinstance(point, tuple):
        return tuple(_numbers(p, field) for p in point)
    return point if isinstance(point, int) else field.number(point)
