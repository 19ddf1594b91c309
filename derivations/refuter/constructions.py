"""Hypotheses that a random model satisfies by chance almost never, imposed by construction.

Disjoint supports (``p(x) q(x) = 0``): each point is given to one of the two laws.  Functions that undo each other
(``T_inv(T(z)) = z``): T is made injective on the points of z, and the other function its inverse on the values.  An
image (``p_g`` is the law of ``G(z)`` for z ~ p): the law's table is the image of the other's.  The components of a
vector (``mu_k = 0`` for all k) are set.  Each of these also says
whether it holds, exactly; that alone decides whether a model counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flint import fmpq

from derivations.refuter.comparison import Sides
from derivations.refuter.evaluation import Program
from derivations.refuter.fields import BALLS, EXACT, ONE, ZERO, DoesNotExist, Unsupported, same
from derivations.refuter.frames import Frame
from derivations.refuter.models import ADMISSIBLE, Key, Model, Table, draw_number, key_of
from derivations.refuter.signature import Inverse, Json, Signature, is_plain_density

NUMBERS = tuple(fmpq(n, 2) for n in range(1, 20))


class Rest:
    """The conditional density of a law's other slots, given some."""

    def __init__(self, model: Model, frame: Frame, law: str, key: Key, slots: list[str]) -> None:
        order = model.signature.laws[law]
        others = [s for s in order if s not in slots]
        self.below = frame.density(law, key, tuple(slots), ())
        self.spread = ONE / sum((w for _, w in model.cells(others, law)), ZERO)

    def given(self, points: tuple[Any, ...], joint: fmpq) -> fmpq:
        """The conditional density where the joint density is *joint*; uniform under conditions of probability zero."""
        below = self.below[points]
        return joint / below if below != 0 else self.spread


def set_density(
    model: Model, frame: Frame, law: str, key: Key, slots: tuple[list[str], list[str]], values: dict[Any, fmpq]
) -> None:
    """Give a law a density at target slots given others, at the points of *values*; all else of it is kept."""
    targets, given = slots
    order = [*targets, *given]
    above = frame.density(law, key, tuple(given), ()) if given else {(): ONE}
    rest = Rest(model, frame, law, key, order)
    places = [model.signature.laws[law].index(s) for s in order]
    table = {}
    for p, old in model.law(law, key).items():
        points = tuple([p[i] for i in places])
        if points not in values:
            table[p] = old
            continue
        mass = above[points[len(targets) :]] * values[points]
        table[p] = mass * rest.given(points, old) if mass != 0 else ZERO
    model.laws[law, key] = table


class Disjoint:
    """Two laws whose densities at the same slots are nowhere both positive."""

    def __init__(self, signature: Signature, left: Json, right: Json) -> None:
        self.slots = [s for s, _ in left[2]]
        self.laws = [side[1][1] for side in (left, right)]
        self.parameters = [side[1][2] for side in (left, right)]
        self.programs = [Program(signature, EXACT) for _ in self.laws]
        self.keys = [p.key(parameters) for p, parameters in zip(self.programs, self.parameters, strict=True)]

    @classmethod
    def of(cls, signature: Signature, left: Json, right: Json) -> Disjoint | None:
        """The hypothesis that a product of two densities at the same distinct variables vanishes, if it is one."""
        for side, other in ((left, right), (right, left)):
            if side[0] == "mul" and len(side) == 3 and other == ["num", "0"]:
                a, b = side[1:]
                same = is_plain_density(a) and is_plain_density(b) and sorted(a[2]) == sorted(b[2])
                if not same or a[3] or b[3] or any(t[0] != "var" for _, t in a[2]):
                    continue
                if not any(signature.line_slots(d[1][1]) for d in (a, b)):
                    return cls(signature, a, b)
        return None

    def _tables(self, model: Model) -> tuple[list[Key], list[Table]]:
        keys = [key(p.load(model)) for key, p in zip(self.keys, self.programs, strict=True)]
        frame = Frame(model, BALLS)
        return keys, [frame.density(law, k, tuple(self.slots), ()) for law, k in zip(self.laws, keys, strict=True)]

    def impose(self, model: Model, touched: set[str]) -> None:
        """Where both laws have mass, leave it to one of them; both keep some."""
        keys, (first, second) = self._tables(model)
        both = [p for p in sorted(first) if first[p] != 0 and second[p] != 0]
        if not both:
            return
        owners = {p: model.rng.randrange(2) for p in both}
        alone = [any(t[p] != 0 and p not in owners for p in t) for t in (first, second)]
        missing = [n for n in (0, 1) if not alone[n] and n not in owners.values()]
        if missing:
            if len(both) == 1 and not alone[1 - missing[0]]:
                raise DoesNotExist("disjoint supports on one point")
            owners[model.rng.choice(both)] = missing[0]
        for n, (law, key) in enumerate(zip(self.laws, keys, strict=True)):
            order = model.signature.laws[law]
            places = [order.index(s) for s in self.slots]
            lost = {p for p, owner in owners.items() if owner != n}
            table = {p: ZERO if tuple([p[i] for i in places]) in lost else v for p, v in model.law(law, key).items()}
            total = sum((table[p] * w for p, w in model.cells(order, law)), ZERO)
            if total == 0:
                raise DoesNotExist("a law without mass")
            model.laws[law, key] = {p: v / total for p, v in table.items()}
            model.jets.pop((law, key), None)
            touched.add(law)

    def holds(self, model: Model) -> bool:
        """Whether the supports are disjoint."""
        _, (first, second) = self._tables(model)
        return all(v == 0 or second[p] == 0 for p, v in first.items())


class Components:
    """The components of a vector symbol, given by a term at every value of an index."""

    def __init__(self, signature: Signature, vector: Json, term: Json) -> None:
        self.name, self.index = vector[1][1], vector[2][1]
        self.admissible = ADMISSIBLE[signature.symbols[self.name]["sign"]]
        self.sides = Sides.of(signature, EXACT, vector, term, (self.index,))

    @classmethod
    def of(cls, signature: Signature, left: Json, right: Json) -> Components | None:
        """The hypothesis ``mu[k] = term``, if it is one."""
        for side, other in ((left, right), (right, left)):
            if side[0] == "at" and side[1][0] == "sym" and side[2][0] == "idx":
                known = ("sym", side[1][1]) not in signature.mentioned(other)
                if known and set(signature.free_variables(other)) <= {side[2][1]}:
                    return cls(signature, side, other)
        return None

    def impose(self, model: Model, touched: set[str]) -> None:
        """Set the components."""
        env = self.sides.program.load(model)
        values = list(model.symbols[self.name])
        for (k,), _ in env[0].grid((self.index,)):
            value = self.sides.at(env, (k,))[1]
            if not isinstance(value, fmpq):
                raise Unsupported("a component that is not rational")
            if not self.admissible(value) or not 1 <= k <= len(values):
                raise DoesNotExist("a component of the wrong sign or place")
            values[k - 1] = value
        model.symbols[self.name] = tuple(values)
        touched.add(self.name)

    def holds(self, model: Model) -> bool:
        """Whether the components are those of the term."""
        env = self.sides.program.load(model)
        return all(same(*self.sides.at(env, points)) for points, _ in env[0].grid((self.index,)))


class Inversion:
    """A function that takes the values of another one back to the points of a variable."""

    def __init__(self, signature: Signature, inverse: Inverse) -> None:
        self.signature, self.inverse = signature, inverse
        self.variables = tuple(signature.free_variables(inverse.outer, inverse.inner))
        if any(signature.variables[v]["shape"] for v in self.variables):
            raise Unsupported("an inverse on vectors")
        if any(signature.variable_space(v) in signature.lines for v in self.variables):
            raise Unsupported("an inverse on a real line")
        if any(("fn", f) in signature.definitions for f in (inverse.inner[1], inverse.outer[1])):
            raise Unsupported("an inverse of a function that a hypothesis defines")
        self.program = Program(signature, EXACT)
        places = [self.program.place("var", v) for v in self.variables]
        self.places = dict(zip(self.variables, places, strict=True))
        self.key = self.program.key(inverse.inner[2])
        self.position = inverse.outer[2].index(inverse.inner)
        before, after = inverse.outer[2][: self.position], inverse.outer[2][self.position + 1 :]
        self.around = self.program.key(before), self.program.key(after)

    def _rows(self, model: Model) -> Iterator[tuple[Key, int, Callable[[Any], Key]]]:
        """For all points: the argument of the inner function, the point to come back to, and the outer argument."""
        env = self.program.load(model)
        space = self.signature.points.get(self.inverse.inner[1])
        for points, _ in env[0].grid(self.variables):
            for v, p in zip(self.variables, points, strict=True):
                env[self.places[v]] = p
            before, after = (part(env) for part in self.around)

            def outer(value: Any, before: Key = before, after: Key = after) -> Key:
                number = value if space is None else model.spaces[space].values[value]
                return (*before, *key_of([number]), *after)

            yield self.key(env), env[self.places[self.inverse.variable]], outer

    def impose(self, model: Model, touched: set[str]) -> None:
        """Draw the inner function again where two of its values would have to come back to different points."""
        inner, outer = self.inverse.inner[1], self.inverse.outer[1]
        fixed: dict[tuple[str, Key], Any] = {}
        for key, point, outer_key in self._rows(model):
            for value in [fixed[inner, key]] if (inner, key) in fixed else self._candidates(model, inner, key):
                back = (outer, outer_key(value))
                if back == (inner, key) and value != point:
                    continue
                if fixed.get(back, point) == point:
                    fixed[inner, key] = value
                    fixed[back] = point
                    break
            else:
                raise DoesNotExist("too few values for an inverse")
        for (f, key), value in fixed.items():
            model.functions.setdefault(f, {})[key] = value

    def _candidates(self, model: Model, name: str, key: Key) -> Iterator[Any]:
        """Values of a function: the one that it has, then others."""
        yield model.function(name, key)
        space = self.signature.points.get(name)
        if space is not None:
            points = list(range(len(model.spaces[space].values)))
            model.rng.shuffle(points)
            yield from points
            return
        range_ = self.signature.functions[name]["range"]
        for _ in range(len(NUMBERS)):
            yield draw_number(model.rng, range_, "generic")
        yield from (n if range_ != "unit" else n / 10 for n in NUMBERS)

    def holds(self, model: Model) -> bool:
        """Whether all points come back."""
        inner, outer = self.inverse.inner[1], self.inverse.outer[1]
        return all(
            model.function(outer, outer_key(model.function(inner, key))) == point
            for key, point, outer_key in self._rows(model)
        )


class Pushforward:
    """A law that is the law of a function's value at a random point of another law."""

    def __init__(self, signature: Signature, law: Json, source: Json, image: Json) -> None:
        for density in (law, source):
            if not is_plain_density(density) or any(t[0] != "var" for _, t in [*density[2], *density[3]]):
                raise Unsupported("the image of a law that is not taken at distinct variables")
            if signature.line_slots(density[1][1]):
                raise Unsupported("the image of a law on a real line")
        self.law, self.slot = law[1][1], law[2][0][0]
        self.conditions = [(s, t[1]) for s, t in law[3]]
        of = [t[1] for _, t in source[2]]
        around = {v for _, v in self.conditions}
        names = {t[1] for _, t in [*law[2], *law[3], *source[2]]}
        if (
            len(law[2]) != 1
            or law[2][0][1][1] in of
            or around & set(of)
            or not {t[1] for _, t in source[3]} <= around
            or not set(signature.free_variables(image)) <= around | set(of)
            or any(signature.variables[v]["shape"] for v in names)
        ):
            raise Unsupported("a law as an image in another form than p(x|c) of p(z|c) under G(z, c)")
        self.own = source[1][1] == self.law
        if self.own and (law[3] or source[3] or source[1] != law[1]):
            raise Unsupported("a conditional law as the image of itself")
        self.sources = [(s, t[1]) for s, t in source[2]]
        self.program = program = Program(signature, EXACT)
        self.around = tuple(v for _, v in self.conditions)
        self.of = tuple(of)
        self.places = {v: program.place("var", v) for v in (*self.around, *self.of)}
        program.around = [("var", v) for v in self.places]
        self.density = program.compile(source)
        self.image = program.point(signature.space[self.slot], image)
        self.key = program.key(law[1][2])

    def _values(self, model: Model) -> tuple[Frame, Key, dict[Any, fmpq]]:
        """The density at all points and conditions (given the source's points, if the two are of one law)."""
        env = self.program.load(model)
        frame: Frame = env[0]
        space = model.signature.space[self.slot]
        weights = model.spaces[space].weights
        values: dict[Any, fmpq] = {}
        for condition, _ in frame.grid(self.around):
            for v, p in zip(self.around, condition, strict=True):
                env[self.places[v]] = p
            for points, weight in frame.grid(self.of):
                for v, p in zip(self.of, points, strict=True):
                    env[self.places[v]] = p
                image, given = self.image(env), points if self.own else condition
                for x in range(len(weights)):
                    values.setdefault((x, *given), ZERO)
                mass = ONE if self.own else self.density(env) * (ONE if weight is None else weight)
                values[image, *given] += mass / weights[image]
        return frame, self.key(env), values

    def _slots(self) -> tuple[list[str], list[str]]:
        return [self.slot], [s for s, _ in (self.sources if self.own else self.conditions)]

    def impose(self, model: Model, touched: set[str]) -> None:
        """Give the law the density of the image."""
        frame, key, values = self._values(model)
        set_density(model, frame, self.law, key, self._slots(), values)
        model.jets.pop((self.law, key), None)
        touched.add(self.law)

    def holds(self, model: Model) -> bool:
        """Whether the law's density is that of the image wherever its condition has mass."""
        frame, key, values = self._values(model)
        targets, given = self._slots()
        table = frame.density(self.law, key, tuple(targets), tuple(given))
        return all(table[p] == v for p, v in values.items() if p in table)
