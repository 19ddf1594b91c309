"""A model seen through a field: its densities, functions and points in that field's numbers."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from derivations.refuter.dual import Dual, expanded, shifts_of, signature_of
from derivations.refuter.fields import INVERSE, ONE, DoesNotExist, Field, Value
from derivations.refuter.gaussian import Coordinate, GaussianSum
from derivations.refuter.models import Key, Model, Point, combinations, integer

Grid = list[tuple[tuple[Point, ...], Any]]


class Frame:
    """A model in the numbers of one field, with the densities that have been asked for."""

    def __init__(self, model: Model, field: Field) -> None:
        self.model, self.field = model, field
        self.values = {s: [field.number(v) for v in space.values] for s, space in model.spaces.items()}
        self.densities: dict[Any, dict[tuple[Point, ...], Value]] = {}
        self.joint: dict[tuple[str, Key], dict[Any, Value]] = {}
        self.memory: dict[Any, Value] = {}
        self.grids: dict[tuple[str, ...], Grid] = {}
        self.tables: dict[tuple[str, str], dict[Key, Value]] = {}
        self.one = field.number(fmpq(1))
        self.expansions: dict[tuple[str, Key], dict[tuple[Point, ...], Value]] = {}
        self.depth = self.work = 0

    def grid(self, variables: tuple[str, ...]) -> Grid:
        """All points of some variables (or values of indices) with their base weights; None stands for the weight 1.

        A variable of the real line has no points; a few numbers stand for it where it is free.
        """
        found = self.grids.get(variables)
        if found is None:
            signature, model, number = self.model.signature, self.model, self.field.number
            rows = []
            for v in variables:
                if signature.kind(v) == "idx":
                    lower, upper = (integer(signature.indices[v][end], model.dimensions) for end in ("lower", "upper"))
                    rows.append([(k, ONE) for k in range(lower, upper + 1)])
                    continue
                shape = signature.variables[v]["shape"]
                space, extent = signature.variable_space(v), model.extent(shape[0] if shape else None)
                on_line = space in signature.lines
                rows.append(model.numbers(space, extent) if on_line else model.points(space, extent))
            found = [(points, None if w is ONE or w == 1 else number(w)) for points, w in combinations(rows)]
            self.grids[variables] = found
        return found

    def density(self, law: str, key: Key, targets: tuple[str, ...], given: tuple[str, ...]) -> dict[Any, Value]:
        """The table of a marginal or conditional density; conditions of probability zero are missing in it."""
        name = (law, key, targets, given)
        found = self.densities.get(name)
        if found is None:
            found = self.densities[name] = self._marginal(law, key, targets + given)
            if given:
                below = self.density(law, key, given, ())
                n, vanishes = len(targets), self.field.vanishes
                power = self.field.power
                found = {p: v * power(below[p[n:]], INVERSE) for p, v in found.items() if not vanishes(below[p[n:]])}
                self.densities[name] = found
        return found

    def smooth_density(
        self, law: str, key: Key, parameters: list[Value], targets: tuple[str, ...], given: tuple[str, ...]
    ) -> dict[Any, Value]:
        """A density where the parameters may be dual numbers: the law's table is expanded around their values."""
        if not any(isinstance(v, Dual) for v in parameters):
            return self.density(law, key, targets, given)
        marks = tuple(signature_of(v) for v in parameters)
        smooth = (*key, ("eps", marks if None not in marks else self.fresh_mark()))
        if (law, smooth) not in self.expansions:
            first, second = self.model.law_jet(law, key)
            shifts, number = shifts_of(parameters), self.field.number
            self.expansions[law, smooth] = {
                p: expanded(
                    number(v), ([t[p] for t in first], {ij: t[p] for ij, t in second.items()}), shifts, self.field
                )
                for p, v in self.model.law(law, key).items()
            }
        return self.density(law, smooth, targets, given)

    def fresh_mark(self) -> int:
        """A number that no other expansion has."""
        self.depth += 1
        return self.depth

    def _marginal(self, law: str, key: Key, slots: tuple[str, ...]) -> dict[Any, Value]:
        order, spaces = self.model.signature.laws[law], self.model.spaces
        cells = self._cells(law, key)
        if list(slots) == order:
            return cells
        places = [order.index(s) for s in slots]
        if len(slots) == len(order):
            return {tuple([p[i] for i in places]): v for p, v in cells.items()}
        rest = [s for s in order if s not in slots]
        counting = all(spaces[self.model.signature.space[s]].counting for s in rest)
        result: dict[Any, Value] = {}
        for p, mass in cells.items() if counting else self._weighed(law, key, rest):
            q = tuple([p[i] for i in places])
            old = result.get(q)
            result[q] = mass if old is None else old + mass
        return result

    def _cells(self, law: str, key: Key) -> dict[Any, Value]:
        """The joint density in this frame's numbers."""
        found = self.joint.get((law, key))
        if found is None:
            found = self.expansions.get((law, key))
            if found is None:
                number = self.field.number
                found = {p: number(v) for p, v in self.model.law(law, key).items()}
            self.joint[law, key] = found
        return found

    def _weighed(self, law: str, key: Key, rest: list[str]) -> list[tuple[Any, Value]]:
        """The joint density times the weights of the points of some slots."""
        order, number = self.model.signature.laws[law], self.field.number
        weights = dict(self.model.cells(rest, law))
        others = [order.index(s) for s in rest]
        places = {p: weights[tuple([p[i] for i in others])] for p in self._cells(law, key)}
        if (law, key) in self.expansions:
            return [(p, v * number(places[p])) for p, v in self.expansions[law, key].items()]
        return [(p, number(v * places[p])) for p, v in self.model.law(law, key).items()]

    def coordinates(self, variable: str) -> tuple[Any, list[Coordinate]]:
        """A variable of the real line as a function of fresh coordinates, and these."""
        shape = self.model.signature.variables[variable]["shape"]
        extent = self.model.extent(shape[0] if shape else None)
        self.depth += 1
        names: list[Coordinate] = [(variable, self.depth, i) for i in range(1 if extent is None else extent)]
        values = tuple(GaussianSum.coordinate(name, self.one) for name in names)
        return (values[0] if extent is None else values), names

    def function(self, name: str, key: Key) -> Value:
        """The value of a function in this frame's numbers; a point for a function into a space."""
        table = self.tables.setdefault(("fn", name), {})
        if key not in table:
            value = self.model.function(name, key)
            table[key] = value if name in self.model.signature.points else self.field.number(value)
        return table[key]

    def point(self, space: str, value: Value) -> Point:
        """The point of a space that stands for a number."""
        for i, v in enumerate(self.values[space]):
            if self.field.vanishes(v - value) or (isinstance(value, float) and abs(v - value) < 1e-12):
                return i
        raise DoesNotExist("a density at a number that no point of its space stands for")
