"""Finite models: spaces with base weights, a joint table for every law, a table for every function, exact rationals.

A point of a space is its number 0, 1, ...; a point of a vector variable is the tuple of its components' points.  Tables
hold *densities* with respect to the base weights, so a probability mass is a density times the weights of its points.
What a statement asks for at arguments that only an evaluation can name (a law with parameters, a function of computed
numbers) is drawn when it is first asked for, and then kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from flint import fmpq

from derivations.refuter.fields import ONE, ZERO, DoesNotExist, Unsupported, Value
from derivations.refuter.signature import Json, Signature

Point = Any
Key = tuple[Any, ...]
Table = dict[tuple[Point, ...], Any]
Jet = tuple[list[Any], dict[tuple[int, int], Any]]
"""First and second derivatives of a table or a number in each argument and pair of arguments."""


def rationals(text: str) -> tuple[fmpq, ...]:
    """Rational numbers from text, separated by spaces."""
    return tuple(rational(t) for t in text.split())


def rational(text: str) -> fmpq:
    """The rational number written as ``"3/4"``, ``"-2"`` or ``"0.25"``."""
    if "." in text:
        whole, _, decimals = text.partition(".")
        return fmpq(int(whole + decimals), 10 ** len(decimals))
    p, _, q = text.partition("/")
    return fmpq(int(p), int(q or 1))


REALS = rationals("-3 -2 -1 -1/2 1/3 1/2 3/4 1 3/2 2 3 5/2")
WILD_REALS = (*REALS, *rationals("0 0 1 1 -1 10 -10 100 -100 1/100 -1/100"))
UNIT = rationals("1/8 1/4 1/3 1/2 2/3 3/4 7/8")
WILD_UNIT = (*UNIT, *rationals("0 0 1 1 1/1000 999/1000"))
TINY = rationals("0 1 1 2 -1")
WEIGHTS = rationals("1 1/2 1/4 1/3 1/8 2 3 3/2")
ADMISSIBLE = {
    "real": lambda v: True,
    "nonzero": lambda v: v != 0,
    "nonnegative": lambda v: v >= 0,
    "positive": lambda v: v > 0,
    "unit": lambda v: 0 <= v <= 1,
}


def key_of(values: Iterable[Value]) -> Key:
    """The key under which a map is tabulated at some numbers.  Maps that agree at arguments this close are maps too."""
    return tuple(v if isinstance(v, tuple) else round(float(v), 9) + 0.0 for v in values)


@dataclass(frozen=True)
class Space:
    """Points with the numbers that they stand for and their base weights."""

    values: tuple[fmpq, ...]
    weights: tuple[fmpq, ...]

    @property
    def counting(self) -> bool:
        """Whether the base measure counts points."""
        return all(w == 1 for w in self.weights)


@dataclass(frozen=True)
class Rest:
    """What a hypothesis leaves open of a law on real lines: a table over its finite slots, then a chain of normals.

    Each row of the chain gives a slot, a mean, the slopes on the components before it, and a variance.
    """

    slots: tuple[str, ...]
    table: Table
    chain: tuple[tuple[str, fmpq, tuple[fmpq, ...], fmpq], ...]


@dataclass
class Model:
    """One model of a statement's vocabulary; see the module docstring."""

    signature: Signature
    spaces: dict[str, Space]
    dimensions: dict[str, int]
    symbols: dict[str, Any] = field(default_factory=dict)
    laws: dict[tuple[str, Key], Table] = field(default_factory=dict)
    functions: dict[str, dict[Key, Any]] = field(default_factory=dict)
    style: str = "generic"
    seed: int = 0
    source: Random | None = field(default=None, repr=False)
    chains: dict[tuple[str, Key], Rest] = field(default_factory=dict)
    polynomials: dict[str, tuple[fmpq, tuple[fmpq, ...], fmpq]] = field(default_factory=dict)
    reals: tuple[fmpq, ...] = ()
    jets: dict[tuple[str, Key], Jet] = field(default_factory=dict)
    asked: set[tuple[str, Key]] = field(default_factory=set, repr=False)

    def copy(self) -> Model:
        """An independent copy, which draws what it still lacks in its own order."""
        other = Model.__new__(Model)
        vars(other).update(vars(self))
        other.spaces, other.symbols, other.laws = dict(self.spaces), dict(self.symbols), dict(self.laws)
        other.chains, other.jets, other.polynomials = dict(self.chains), dict(self.jets), dict(self.polynomials)
        other.functions = {f: dict(table) for f, table in self.functions.items()}
        other.source, other.asked = None, set()
        return other

    @property
    def rng(self) -> Random:
        """What the model draws from; made when first asked for, since most copies draw nothing."""
        if self.source is None:
            self.source = Random(self.seed)
        return self.source

    def extent(self, dimension: Json | None) -> int | None:
        """The number of components for a shape's dimension, None for a scalar."""
        return None if dimension is None else integer(dimension, self.dimensions)

    def points(self, space: str, extent: int | None = None) -> list[tuple[Point, fmpq]]:
        """The points of a space, or of its power with that many components, with their base weights."""
        base = list(enumerate(self.spaces[space].weights))
        if extent is None:
            return base
        return combinations([base] * extent)

    def cells(self, slots: Iterable[str], law: str) -> list[tuple[tuple[Point, ...], fmpq]]:
        """All tuples of points for some slots of a law, with the products of their base weights."""
        whole = self.signature.whole
        choices = [self.points(self.signature.space[s], self.extent(whole.get((law, s)))) for s in slots]
        return combinations(choices)

    def law(self, name: str, key: Key = ()) -> Table:
        """The joint density of a law at a value of its parameters."""
        found = self.laws.get((name, key))
        if found is None:
            cells = self.cells(self.signature.laws[name], name)
            masses = _masses(self, cells)
            total = sum(masses)
            found = {p: fmpq(m, total) / w for m, (p, w) in zip(masses, cells, strict=True)}
            self.laws[name, key] = found
        return found

    def numbers(self, space: str, extent: int | None = None) -> list[tuple[Any, fmpq]]:
        """A few numbers (or vectors) for a free variable of the real line."""
        if extent is None:
            return [(v, ONE) for v in self.reals]
        return [(tuple(self.reals[(i + j) % len(self.reals)] for j in range(extent)), ONE) for i in range(2)]

    def finite_slots(self, law: str) -> list[str]:
        """The slots of a law that range over finite spaces, in order."""
        signature = self.signature
        return [s for s in signature.laws[law] if signature.space[s] not in signature.lines]

    def rest(self, law: str, key: Key, slots: tuple[str, ...]) -> Rest:
        """The random part of a law on real lines, over some slots."""
        found = self.chains.get((law, key))
        if found is None:
            rng, order = self.rng, self.finite_slots(law)
            finite = tuple(s for s in slots if s in order)
            cells = self.cells(finite, law)
            masses = _masses(self, cells)
            table = {p: fmpq(m, sum(masses)) / w for m, (p, w) in zip(masses, cells, strict=True)}
            chain = tuple(
                (s, rng.choice(REALS), tuple(rng.choice(REALS) for _ in range(i)), rng.choice(WEIGHTS))
                for i, s in enumerate(s for s in slots if s not in order)
            )
            found = self.chains[law, key] = Rest(finite, table, chain)
        return found

    def law_jet(self, name: str, key: Key) -> Jet:
        """First and second derivatives of a law's table in its parameters: random, without mass, none where it is 0.

        A smooth family of densities that is 0 somewhere has its minimum there.
        """
        found = self.jets.get((name, key))
        if found is None:
            table = self.law(name, key)
            cells = self.cells(self.signature.laws[name], name)
            positive = [(p, w) for p, w in cells if table[p] > 0]

            def massless() -> Table:
                masses = [fmpq(self.rng.randint(-4, 4), 4) for _ in positive]
                mean = sum(masses, ZERO) / len(masses)
                changes = {p: (m - mean) / w for m, (p, w) in zip(masses, positive, strict=True)}
                return {p: changes.get(p, ZERO) for p, _ in cells}

            found = self.jets[name, key] = _jet(len(key), massless)
        return found

    def function_jet(self, name: str, key: Key) -> Jet:
        """First and second derivatives of a function; none where it is at the edge of its range."""
        found = self.jets.get((name, key))
        if found is None:
            value, range_ = self.function(name, key), self.signature.functions[name]["range"]
            edge = range_ != "real" and (value == 0 or (range_ == "unit" and value == 1))
            found = self.jets[name, key] = _jet(len(key), lambda: ZERO if edge else self.rng.choice(REALS))
        return found

    def polynomial(self, name: str, arity: int) -> tuple[fmpq, tuple[fmpq, ...], fmpq]:
        """Constant, slopes and curvature of a function of real numbers."""
        if name not in self.polynomials:
            constant, curvature, *slopes = (self.rng.choice(REALS) for _ in range(arity + 2))
            self.polynomials[name] = (constant, tuple(slopes), curvature)
        return self.polynomials[name]

    def function(self, name: str, key: Key) -> Any:
        """The value of a function: a number of its declared range, or a point if it maps into a space."""
        table = self.functions.setdefault(name, {})
        self.asked.add((name, key))
        if key not in table:
            space = self.signature.points.get(name)
            if space is not None:
                admissible = ADMISSIBLE[self.signature.functions[name]["range"]]
                points = [i for i, v in enumerate(self.spaces[space].values) if admissible(v)]
                if not points:
                    raise DoesNotExist("a function into a space without a point of its range")
                table[key] = self.rng.choice(points)
            else:
                table[key] = draw_number(self.rng, self.signature.functions[name]["range"], self.style)
        return table[key]

    def symbol(self, name: str) -> Any:
        """The value of a symbol, a tuple for a vector."""
        return self.symbols[name]


def combinations(choices: list[list[tuple[Point, fmpq]]]) -> list[tuple[tuple[Point, ...], fmpq]]:
    """All tuples with one point from each list, with the products of their weights."""
    if len(choices) == 1:
        return [((point,), weight) for point, weight in choices[0]]
    result = []
    for combination in itertools.product(*choices):
        weight = ONE
        for _, w in combination:
            if w is not ONE:
                weight = weight * w
        result.append((tuple([point for point, _ in combination]), weight))
    return result


def integer(term: Json, dimensions: dict[str, int]) -> int:
    """The integer that a dimension or a bound of an index stands for."""
    head = term[0]
    if head == "num":
        value = rational(term[1])
    elif head == "sym":
        value = fmpq(dimensions[term[1]])
    elif head == "add":
        value = fmpq(sum(integer(t, dimensions) for t in term[1:]))
    elif head == "mul":
        value = ONE
        for t in term[1:]:
            value = value * integer(t, dimensions)
    else:
        raise Unsupported(f"a dimension with the head {head!r}")
    if value.q != 1:
        raise Unsupported(f"the dimension {value} is no integer")
    return int(value.p)


def draw_number(rng: Random, range_: str, style: str) -> fmpq:
    """A random rational of a declared range or sign, over the whole of it when the style is wild or sparse."""
    if style == "flat":
        return fmpq(1, 2)
    if style == "tiny":
        value = rng.choice(TINY)
        return {"real": value, "nonzero": value or ONE, "unit": ONE / (2 * abs(value)) if value else ONE}.get(
            range_, abs(value) if value or range_ == "nonnegative" else ONE
        )
    if range_ == "unit":
        return rng.choice(WILD_UNIT if style in ("wild", "sparse", "degenerate") else UNIT)
    value = rng.choice(WILD_REALS if style in ("wild", "sparse") else REALS)
    if range_ == "real" or (range_ == "nonzero" and value != 0):
        return value
    return abs(value) if value != 0 or range_ == "nonnegative" else ONE


def _masses(model: Model, cells: list[Any]) -> list[int]:
    """Unnormalised integer masses for the cells of a joint table, in the model's style."""
    rng, style, n = model.rng, model.style, len(cells)
    if style == "wild":
        style = rng.choice(("simple", "degenerate", "sparse", "generic"))
    if style == "tiny":
        masses = [0 if rng.random() < 0.2 else 1] * n
        for _ in range(4 - sum(masses) if n <= 4 else 4):
            masses[rng.randrange(n)] += 1
        return masses
    if style == "simple":
        masses = [1] * n
        for _ in range((2 << (n - 1).bit_length()) - n):
            masses[rng.randrange(n)] += 1
        return masses
    if style == "degenerate":
        return [rng.randint(1, 9) * 10 ** rng.randint(0, 8) for _ in cells]
    if style == "sparse":
        masses = [rng.randint(1, 4) if rng.random() < 0.6 else 0 for _ in cells]
        if not any(masses):
            masses[rng.randrange(n)] = 1
        return masses
    if style == "flat":
        return [1] * n
    if style == "product":
        factors: list[dict[Point, int]] = [{} for _ in cells[0][0]]
        masses = []
        for points, _ in cells:
            mass = 1
            for factor, point in zip(factors, points, strict=True):
                mass *= factor.setdefault(point, rng.randint(1, 5))
            masses.append(mass)
        return masses
    return [rng.randint(1, 20) for _ in cells]


def _jet(arity: int, draw: Callable[[], Any]) -> Jet:
    first = [draw() for _ in range(arity)]
    second: dict[tuple[int, int], Any] = {}
    for i in range(arity):
        for j in range(i, arity):
            second[i, j] = second[j, i] = draw()
    return first, second
