"""Make a counterexample small: few points, the counting measure, numbers that a person can carry in the head.

First small models are drawn afresh; then the best is simplified greedily, one table, symbol, function or space at a
time, as long as the statement stays false.  The work is bounded by a number of models, so the outcome depends on the
seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any

from flint import fmpq

from derivations.refuter.comparison import Violation
from derivations.refuter.counterexamples import law_numbers, other_numbers
from derivations.refuter.fields import BALLS, ONE, ZERO, ball
from derivations.refuter.frames import Frame
from derivations.refuter.matrices import is_matrix, simpler
from derivations.refuter.models import ADMISSIBLE, Key, Model, Rest, Space, key_of, rational, rationals
from derivations.refuter.sampling import Sampler

FRESH = 8
STEPS = 50
SMALL_GAP = 12
SIMPLE = rationals("1 0 2 1/2 -1")
Pair = tuple[int, int]
Falsified = Callable[[Model], Violation | None]


class Burden:
    """How hard a model is to carry in the head; smaller is simpler, and a visible gap between the sides helps.

    Most models share most tables and numbers with the one they simplify, so what these weigh is found once.
    """

    def __init__(self) -> None:
        # By identity, and kept with what it was found in, whose identity then stays its own.
        self.seen: dict[tuple[Any, ...], tuple[Any, float, dict[Pair, float]]] = {}
        self.numbers: dict[int, tuple[fmpq, Pair, float]] = {}

    def __call__(self, model: Model) -> float:
        size, distinct = self._numbers(other_numbers(model))
        for law, key in model.laws:
            own, pairs = self._law(model, law, key)
            size += own
            distinct |= pairs
        size = size / 2 + len(distinct) + sum(distinct.values())
        for space in model.spaces.values():
            size += {1: 24, 2: 0, 3: 4}.get(len(space.values), 10) + (0 if space.counting else 3)
        return size + 4 * sum(model.dimensions.values())

    def _law(self, model: Model, law: str, key: Key) -> tuple[float, dict[Pair, float]]:
        table = model.laws[law, key]
        name = (law, key, id(table), *map(id, model.spaces.values()))
        found = self.seen.get(name)
        if found is None:
            size, pairs = self._numbers(law_numbers(model, law, key))
            size += 12 * sum(not v for v in table.values())
            found = self.seen[name] = ((table, tuple(model.spaces.values())), size, pairs)
        return found[1:]

    def _numbers(self, values: Iterable[fmpq]) -> tuple[float, dict[Pair, float]]:
        size, pairs = 0.0, {}
        for v in values:
            found = self.numbers.get(id(v))
            if found is None:
                pair = (int(v.p), int(v.q))
                found = self.numbers[id(v)] = (v, pair, _length(pair))
            pairs[found[1]] = found[2]
            size += found[2]
        return size, pairs


def _gap(violation: Violation) -> int:
    """What a gap between the sides weighs that nobody sees."""
    left, right = (v if isinstance(v, float) else float(ball(v)) for v in (violation.left, violation.right))
    gap = abs(left - right)
    return SMALL_GAP if 0 < gap < 0.02 else 0


@lru_cache(maxsize=4096)
def _length(pair: Pair) -> float:
    """About the digits of a rational number; halves and quarters are easier than thirds."""
    p, q = abs(pair[0]), pair[1]
    return p.bit_length() + 0.75 * math.log2(q) + (1.5 if q & (q - 1) else 0) + (0.5 if pair[0] < 0 else 0)


def shrink(
    model: Model, violation: Violation, sampler: Sampler, falsified: Falsified, effort: float = 1.0
) -> tuple[Model, Violation]:
    """The simplest counterexample found, at worst the one given; *falsified* settles hypotheses and looks at sides."""
    burden = Burden()
    best, best_violation = model, violation
    least = burden(model) + _gap(violation)

    def accepted(simpler: Model) -> bool:
        nonlocal best, best_violation, least
        if burden(simpler) >= least:
            return False
        found = falsified(simpler)
        if not found or (weight := burden(simpler) + _gap(found)) >= least:
            return False
        best, best_violation, least = simpler, found, weight
        return True

    for number in range(int(FRESH * effort)):
        accepted(sampler.draw(number, "tiny"))
    steps = int(STEPS * effort)
    while steps > 0:
        simpler_models = islice(simplifications(best), steps)
        for other in simpler_models:
            steps -= 1
            if accepted(other):
                break
        else:
            break
    return best, best_violation


def simplifications(model: Model) -> Iterator[Model]:
    """Models that are simpler in one respect."""
    for name in sorted(model.spaces):
        fixed = set(map(rational, model.signature.literals.get(name, ())))
        if len(model.spaces[name].values) > 1 and name not in model.signature.points.values() and not fixed:
            for i in range(len(model.spaces[name].values)):
                yield from _without_point(model, name, i)
        if not model.spaces[name].counting:
            size = len(model.spaces[name].values)
            for weight in rationals("1 1/2 2"):
                if model.spaces[name].weights != (weight,) * size:
                    yield _reweighted(model, name, (weight,) * size)
        if not fixed:
            yield from _renumbered(model, name)
    for law, key in sorted(model.laws):
        yield from _simpler_laws(model, law, key)
    yield from _simpler_continuum(model)
    for name, value in sorted(model.symbols.items()):
        if name in model.dimensions or name in model.signature.located:
            continue
        if is_matrix(model.signature, name):
            for matrix in simpler(value):
                if matrix != value:
                    other = model.copy()
                    other.symbols[name] = matrix
                    yield other
            continue
        admissible = ADMISSIBLE[model.signature.symbols[name]["sign"]]
        components = value if isinstance(value, tuple) else (value,)
        for i, old in enumerate(components):
            for new in SIMPLE:
                if new != old and admissible(new):
                    other = model.copy()
                    changed = (*components[:i], new, *components[i + 1 :])
                    other.symbols[name] = changed if isinstance(value, tuple) else new
                    yield other
    for name, table in sorted(model.functions.items()):
        if name in model.signature.points:
            continue
        admissible = ADMISSIBLE[model.signature.functions[name]["range"]]
        for key, old in sorted(table.items()):
            for new in SIMPLE:
                if new != old and admissible(new):
                    other = model.copy()
                    other.functions[name][key] = new
                    yield other


def _simpler_continuum(model: Model) -> Iterator[Model]:
    """Linear-Gaussian laws and polynomials with simpler numbers."""
    for law, rest in sorted(model.chains.items()):
        for i, (slot, mean, slopes, variance) in enumerate(rest.chain):
            for new in ((slot, ZERO, slopes, ONE), (slot, mean, (ONE,) * i, variance), (slot, mean, (ZERO,) * i, ONE)):
                if new != rest.chain[i]:
                    other = model.copy()
                    other.chains[law] = Rest(rest.slots, rest.table, (*rest.chain[:i], new, *rest.chain[i + 1 :]))
                    yield other
    for f, (_, slopes, _) in sorted(model.polynomials.items()):
        for constant, slope, curvature in rationals_in_rows("0 1 0;0 0 1;1 1 0;1 1 1"):
            other = model.copy()
            other.polynomials[f] = (constant, (slope,) * len(slopes), curvature)
            yield other


def rationals_in_rows(text: str) -> list[tuple[fmpq, ...]]:
    """Rows of rational numbers, separated by semicolons."""
    return [rationals(row) for row in text.split(";")]


def _without_point(model: Model, name: str, point: int) -> Iterator[Model]:
    """The model conditioned on not being at a point."""
    space = model.spaces[name]
    other = model.copy()
    keep = [i for i in range(len(space.values)) if i != point]
    other.spaces[name] = Space(tuple(space.values[i] for i in keep), tuple(space.weights[i] for i in keep))
    other.jets = {}
    renumber = {i: n for n, i in enumerate(keep)}
    for law, table in model.laws.items():
        slots = model.signature.laws[law[0]]
        places = [i for i, s in enumerate(slots) if model.signature.space[s] == name]
        if not places:
            continue
        new = {}
        for p, v in table.items():
            q = list(p)
            for i in places:
                old = p[i] if isinstance(p[i], tuple) else (p[i],)
                moved = tuple(renumber.get(c, -1) for c in old)
                q[i] = moved if isinstance(p[i], tuple) else moved[0]
                if -1 in moved:
                    break
            else:
                new[tuple(q)] = v
        total = sum((new[p] * w for p, w in other.cells(slots, law[0])), ZERO)
        if total == 0:
            return
        other.laws[law] = {p: v / total for p, v in new.items()}
    yield other


def _renumbered(model: Model, name: str) -> Iterator[Model]:
    """The model with the points of one space standing for 0, 1, ...; functions keep their values where they can."""
    space = model.spaces[name]
    values = tuple(fmpq(i) for i in range(len(space.values)))
    declared = [model.signature.functions[f]["range"] for f, s in model.signature.points.items() if s == name]
    declared += [model.signature.symbols[a]["sign"] for a, s in model.signature.located.items() if s == name]
    if values == space.values or not all(ADMISSIBLE[d](v) for d in declared for v in values):
        return
    other = model.copy()
    other.spaces[name] = Space(values, space.weights)
    moved = dict(zip(key_of(space.values), key_of(values), strict=True))
    for f, table in model.functions.items():
        other.functions[f] = {tuple(moved.get(k, k) for k in key): v for key, v in table.items()}
    yield other


def _reweighted(model: Model, name: str, weights: tuple[fmpq, ...]) -> Model:
    """The model with other base weights on one space and the same probabilities."""
    other = model.copy()
    space = model.spaces[name]
    other.spaces[name] = Space(space.values, weights)
    for law, table in model.laws.items():
        slots = model.signature.laws[law[0]]
        before, after = dict(model.cells(slots, law[0])), dict(other.cells(slots, law[0]))
        other.laws[law] = {p: v * before[p] / after[p] for p, v in table.items()}
        other.jets.pop(law, None)
    return other


def _simpler_laws(model: Model, law: str, key: Key) -> Iterator[Model]:
    """A law with rounder probabilities: uniform, or multiples of 1/2, 1/4, ...; its condition spread evenly."""
    targets, given = model.signature.presented(law)
    slots = model.signature.laws[law]
    table = Frame(model, BALLS).density(law, key, targets, given)
    inner, outer = model.cells(targets, law), model.cells(given, law)
    rest = [s for s in slots if s not in targets + given]
    spread = ONE / sum((w for _, w in model.cells([*given, *rest], law)), ZERO)
    for parts in (1, 2, 4, 3, 8):
        conditional = {}
        for condition, _ in outer:
            masses = [table.get(p + condition, ONE) * w for p, w in inner]
            rounded = _uniform(len(inner)) if parts == 1 else _round(masses, parts)
            for (p, w), mass in zip(inner, rounded, strict=True):
                conditional[p + condition] = mass / w
        places = [slots.index(s) for s in targets + given]
        other = model.copy()
        other.jets.pop((law, key), None)
        other.laws[law, key] = {
            p: conditional[tuple(p[i] for i in places)] * spread for p, _ in model.cells(slots, law)
        }
        yield other


def _uniform(n: int) -> list[fmpq]:
    return [fmpq(1, n)] * n


def _round(masses: list[fmpq], parts: int) -> list[fmpq]:
    """Masses rounded to multiples of 1/parts with the same total, by rounding the cumulative sums."""
    total = sum(masses, ZERO)
    if total == 0:
        return _uniform(len(masses))
    cumulative, points = ZERO, [0]
    for mass in masses:
        cumulative = cumulative + mass / total
        points.append(int((cumulative * parts + fmpq(1, 2)).floor()))
    return [fmpq(b - a, parts) for a, b in pairwise(points)]
