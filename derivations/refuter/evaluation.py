"""The value of a term in a model: every construct from its definition, in floats, balls or exact numbers.

A term is compiled once into closures over an environment, a list whose first entry is the :class:`Frame` (a model seen
through a field) and whose others hold the values of variables, indices and symbols.  The definitions stand in
:mod:`derivations.refuter.definitions`.  Expectations and divergences pass over the points where their law has density
zero.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derivations.refuter import continuum, dual, matrices
from derivations.refuter.definitions import DEFINITIONS
from derivations.refuter.densities import density, exact_key, function, minibatch, normal
from derivations.refuter.extrema import extremum
from derivations.refuter.fields import INVERSE, ZERO, Field, Unsupported, Value
from derivations.refuter.frames import Frame
from derivations.refuter.intervals import Interval
from derivations.refuter.models import Key, Model, Point, rational
from derivations.refuter.signature import Json, Signature, bound
from derivations.refuter.transport import transport

Env = list[Any]
Closure = Callable[[Env], Value]


CONSTRUCTS: dict[str, Callable[[Any, Json], Closure]] = {
    **DEFINITIONS,
    "den": density,
    "normal": normal,
    "minibatch": minibatch,
    "gaussian": matrices.gaussian,
    "entry": matrices.entry,
    "inverse": matrices.entry,
    "det": matrices.determinant,
    "eigenvalue": matrices.eigenvalue,
    "fn": function,
    "sup": extremum,
    "inf": extremum,
    "W": transport,
}


class Program:
    """Terms of one signature compiled for one field."""

    def __init__(self, signature: Signature, field: Field) -> None:
        self.signature, self.field = signature, field
        self.places: dict[tuple[str, str], int] = {}
        self.around: list[tuple[str, str]] = []
        self.volatile: set[tuple[str, str]] = set()
        self.memos = 0

    def place(self, kind: str, name: str) -> int:
        """The place of a variable, index or symbol in the environment."""
        return self.places.setdefault((kind, name), len(self.places) + 1)

    def load(self, model: Model) -> Env:
        """An environment for a model, its symbols filled in."""
        frame = Frame(model, self.field)
        for name in self.signature.symbols:
            self.place("sym", name)
        env: Env = [None] * (len(self.places) + 1)
        env[0] = frame
        number = self.field.number
        for name, value in model.symbols.items():
            env[self.places["sym", name]] = (
                tuple(number(v) for v in value) if isinstance(value, tuple) else number(value)
            )
        return env

    def compile(self, term: Json) -> Closure:
        """The closure of a term."""
        if term[0] in CONSTRUCTS:
            closure = CONSTRUCTS[term[0]](self, term)
        elif hasattr(self, f"_{term[0]}"):
            closure = getattr(self, f"_{term[0]}")(term)
        else:
            raise Unsupported(f"no model evaluates {term[0]!r}")
        return self._remembered(term, closure) if bound(term) and self.around else closure

    def _remembered(self, term: Json, closure: Closure) -> Closure:
        """Evaluate a binder once for all values of the loops around it that it does not look at."""
        seen = self.signature.mentioned(term)
        names = {n for n in seen if n[0] in ("var", "idx")}
        on_line = any(k == "var" and self.signature.variable_space(n) in self.signature.lines for k, n in names)
        if names >= set(self.around) or seen & self.volatile or on_line:
            return closure
        places = [self.place(*n) for n in sorted(names)]
        self.memos += 1
        number = self.memos

        def remembered(env: Env) -> Value:
            key = (number, *[env[i] for i in places])
            memory = env[0].memory
            value = memory.get(key)
            if value is None:
                value = memory[key] = closure(env)
            return value

        return remembered

    def _grad(self, term: Json) -> Closure:
        if term[1][0] == "sym":
            return dual.gradient(self, term)
        if term[1][0] == "var" and not self.signature.variables[term[1][1]]["shape"]:
            return continuum.gradient(self, term)
        raise Unsupported("a gradient")

    def inside(self, names: list[tuple[str, str]], *terms: Json) -> list[Closure]:
        """The closures of the bodies of a binder."""
        self.around += names
        closures = [self.compile(t) for t in terms]
        del self.around[len(self.around) - len(names) :]
        return closures

    # Numbers and arithmetic ------------------------------------------------------------------------------------

    def _num(self, term: Json) -> Closure:
        value = self.field.number(rational(term[1]))
        return lambda env: value

    def _const(self, term: Json) -> Closure:
        if term[1] != "pi":
            raise Unsupported(f"the constant {term[1]!r}")
        pi = self.field.pi
        return lambda env: pi()

    def _sym(self, term: Json) -> Closure:
        definition = self.signature.definitions.get(("sym", term[1]))
        if definition and ("sym", term[1]) not in self.volatile:
            return self.compile(definition[1])
        i = self.place("sym", term[1])
        return lambda env: env[i]

    def _idx(self, term: Json) -> Closure:
        i, number = self.place("idx", term[1]), self.field.number
        return lambda env: number(fmpq(env[i]))

    def _var(self, term: Json) -> Closure:
        i, space = self.place("var", term[1]), self.signature.variable_space(term[1])
        if space in self.signature.lines:
            return lambda env: env[i]
        if self.signature.variables[term[1]]["shape"]:
            return lambda env: tuple(env[0].values[space][c] for c in env[i])
        return lambda env: env[0].values[space][env[i]]

    def _at(self, term: Json) -> Closure:
        vector, position = self.compile(term[1]), self.position(term[2])

        def component(env: Env) -> Value:
            values, i = vector(env), position(env)
            if not isinstance(values, tuple) or i >= len(values):
                raise Unsupported("a component that a vector does not have")
            return values[i]

        return component

    def position(self, term: Json) -> Callable[[Env], int]:
        """The place of a component in a vector, counted from 0."""
        read = self.integer(term)

        def position(env: Env) -> int:
            value = read(env) - 1
            if value < 0:
                raise Unsupported(f"the component {value + 1} of a vector that starts at 1")
            return value

        return position

    def integer(self, term: Json) -> Callable[[Env], int]:
        """An integer computed from indices and dimensions."""
        head = term[0]
        if head == "idx":
            i = self.place("idx", term[1])
            return lambda env: env[i]
        if head == "sym" and term[1] in self.signature.dimensions:
            name = term[1]
            return lambda env: env[0].model.dimensions[name]
        if head == "num":
            value = rational(term[1])
            if value.q == 1:
                whole = int(value.p)
                return lambda env: whole
        if head in ("add", "mul"):
            parts = [self.integer(t) for t in term[1:]]
            if head == "add":
                return lambda env: sum(p(env) for p in parts)

            def product(env: Env) -> int:
                result = 1
                for p in parts:
                    result *= p(env)
                return result

            return product
        raise Unsupported(f"an index computed with {head!r}")

    def _add(self, term: Json) -> Closure:
        parts = [self.compile(t) for t in term[1:]]
        if len(parts) == 2:
            first, second = parts
            return lambda env: first(env) + second(env)

        def add(env: Env) -> Value:
            total = parts[0](env)
            for part in parts[1:]:
                total = total + part(env)
            return total

        return add

    def _mul(self, term: Json) -> Closure:
        # 0 log 0 = 0, and a conditional density counts for nothing where its condition has density zero.
        conditionals = [self.compile(t) for t in term[1:] if t[0] == "den" and t[3]]
        logs = [self.compile(t) for t in term[1:] if t[0] == "log"]
        strict = [self.compile(t) for t in term[1:] if t[0] != "log" and not (t[0] == "den" and t[3])]
        if not strict:
            strict, conditionals = conditionals[:1] or logs, conditionals[1:]
            logs = [] if strict is logs else logs
        lax = conditionals + logs
        vanishes = self.field.vanishes
        if len(strict) == 2 and not lax:
            first, second = strict
            return lambda env: first(env) * second(env)

        def mul(env: Env) -> Value:
            total = strict[0](env)
            for part in strict[1:]:
                total = total * part(env)
            for part in lax:
                if vanishes(total):
                    return total
                total = total * part(env)
            return total

        return mul

    def _pow(self, term: Json) -> Closure:
        base, power = self.compile(term[1]), self.field.power
        exponent = INVERSE if term[2] == "-1" else Fraction(term[2])
        return lambda env: power(base(env), exponent)

    def _log(self, term: Json) -> Closure:
        value, log = self.compile(term[1]), self.field.log
        return lambda env: log(value(env))

    def _exp(self, term: Json) -> Closure:
        value, exp = self.compile(term[1]), self.field.exp
        return lambda env: exp(value(env))

    def _abs(self, term: Json) -> Closure:
        value = self.compile(term[1])
        return lambda env: abs(value(env))

    # Arguments of densities and functions ----------------------------------------------------------------------

    def numbers(self, terms: list[Json]) -> Callable[[Env], list[Value]]:
        """The arguments of a map, vectors unrolled."""
        parts = [self.compile(t) for t in terms]

        def numbers(env: Env) -> list[Value]:
            values: list[Value] = []
            for part in parts:
                value = part(env)
                values += value if isinstance(value, tuple) else (value,)
            return values

        return numbers

    def key(self, terms: list[Json]) -> Callable[[Env], Key]:
        """The key of a map's arguments, which must be exact outside of floats."""
        numbers = self.numbers(terms)
        return lambda env: exact_key(numbers(env))

    def key_of_function(self, term: Json) -> Callable[[Env], Key]:
        """The key of a function's arguments, which are points where a hypothesis speaks about the function."""
        key, domains = self.key(term[2]), self.signature.domains.get(term[1], {})
        computed = [(s, term[2][i]) for i, s in domains.items() if i < len(term[2]) and term[2][i][0] != "var"]
        points = [self.point(space, argument) for space, argument in computed]
        if not points:
            return key

        def checked(env: Env) -> Key:
            for point in points:
                point(env)
            return key(env)

        return checked

    def point(self, space: str, term: Json) -> Callable[[Env], Point]:
        """The point of a space at which a density is taken."""
        if term[0] == "var":
            i = self.place("var", term[1])
            return lambda env: env[i]
        if term[0] == "at" and space not in self.signature.lines and term[1][0] == "var":
            i, position = self.place("var", term[1][1]), self.position(term[2])
            return lambda env: env[i][position(env)]
        if space in self.signature.lines:
            return self.compile(term)
        if term[0] == "fn" and self.signature.points.get(term[1]) == space:
            name, key = term[1], self.key_of_function(term)
            return lambda env: env[0].function(name, key(env))
        value = self.compile(term)
        return lambda env: env[0].point(space, value(env))

    # Sums, integrals, divergences ------------------------------------------------------------------------------

    def _range(self, term: Json) -> tuple[int, Callable[[Env], range], Closure]:
        facts = self.signature.indices[term[1][1]]
        lower, upper = self.integer(facts["lower"]), self.integer(facts["upper"])
        i = self.place("idx", term[1][1])
        (body,) = self.inside([("idx", term[1][1])], term[2])
        return i, lambda env: range(lower(env), upper(env) + 1), body

    def _sum(self, term: Json) -> Closure:
        i, span, body = self._range(term)
        zero = self.field.number(ZERO)

        def total(env: Env) -> Value:
            outer, result = env[i], zero
            try:
                for k in span(env):
                    env[i] = k
                    result = result + body(env)
            finally:
                env[i] = outer
            return result

        return total

    def _prod(self, term: Json) -> Closure:
        i, span, body = self._range(term)
        one = self.field.number(fmpq(1))

        def product(env: Env) -> Value:
            outer, result = env[i], one
            try:
                for k in span(env):
                    env[i] = k
                    result = result * body(env)
            finally:
                env[i] = outer
            return result

        return product

    def integral(self, names: list[Json], integrand: Closure) -> Closure:
        """The integral of a closure over the points of some variables."""
        variables = tuple(v[1] for v in names)
        if any(self.signature.variable_space(v) in self.signature.lines for v in variables):
            return continuum.integral(self, list(variables), integrand)
        places = [self.place("var", v) for v in variables]
        zero = self.field.number(ZERO)
        first, single = places[0] if places else 0, len(places) == 1

        def integral(env: Env) -> Value:
            outer = [env[i] for i in places]
            total = zero
            try:
                for points, weight in env[0].grid(variables):
                    if single:
                        env[first] = points[0]
                    else:
                        for i, p in zip(places, points, strict=True):
                            env[i] = p
                    value = integrand(env)
                    total = total + (value if weight is None else weight * value)
            finally:
                for i, p in zip(places, outer, strict=True):
                    env[i] = p
            return total

        return integral

    def over(self, names: list[Json], *terms: Json) -> list[Closure]:
        """The closures of terms under some bound variables."""
        return self.inside([("var", v[1]) for v in names], *terms)

    def _int(self, term: Json) -> Closure:
        (body,) = self.over(term[1], term[2])
        return self.integral(term[1], body)


def finite(value: Value) -> bool:
    """Whether a value is a finite number, and not a NaN; an interval is finite at one end."""
    if isinstance(value, float):
        return abs(value) < float("inf")
    return bool(value.is_finite()) if isinstance(value, (arb, Interval)) else True
