"""Densities and functions: what a model tabulates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from flint import fmpq

from derivations.refuter import continuum, dual
from derivations.refuter.fields import HALF, INVERSE, DoesNotExist, Unsupported, Value
from derivations.refuter.gaussian import GaussianSum, normal_density
from derivations.refuter.models import Key, Point, key_of
from derivations.refuter.signature import Json, free

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program

MINUS_HALF = Fraction(-1, 2)


def density(program: Program, term: Json) -> Closure:
    """A marginal or conditional density of a law, by its table."""
    _, (_, law, parameters), targets, given = term
    if program.signature.line_slots(law):
        return continuum.density(program, term)
    slots, conditions = tuple(s for s, _ in targets), tuple(s for s, _ in given)
    parts = [program.point(program.signature.space[s], t) for s, t in [*targets, *given]]
    key = program.key(parameters) if parameters else None
    if key and program.volatile & free(["fn", law, parameters]):
        return _smooth(law, program.numbers(parameters), slots, conditions, parts)
    places = [program.place("var", t[1]) for _, t in [*targets, *given] if t[0] == "var"]
    name = (law, (), slots, conditions)
    if key is None and len(places) == len(parts) <= 2:
        i, j = places[0], places[-1]
        single = len(places) == 1

        def lookup(env: Env) -> Value:
            table = env[0].densities.get(name)
            if table is None:
                table = env[0].density(*name)
            value = table.get((env[i],) if single else (env[i], env[j]))
            if value is None:
                raise DoesNotExist("a density given a condition of probability zero")
            return value

        return lookup

    def density(env: Env) -> Value:
        table = env[0].density(law, key(env) if key else (), slots, conditions)
        value = table.get(tuple([part(env) for part in parts]))
        if value is None:
            raise DoesNotExist("a density given a condition of probability zero")
        return value

    return density


def _smooth(
    law: str,
    parameters: Callable[[Env], list[Value]],
    slots: tuple[str, ...],
    conditions: tuple[str, ...],
    parts: list[Callable[[Env], Point]],
) -> Closure:
    """A density of a law whose parameters may be dual numbers."""

    def density(env: Env) -> Value:
        values = parameters(env)
        key = exact_key([dual.base(v) for v in values])
        table = env[0].smooth_density(law, key, values, slots, conditions)
        value = table.get(tuple([part(env) for part in parts]))
        if value is None:
            raise DoesNotExist("a density given a condition of probability zero")
        return value

    return density


def normal(program: Program, term: Json) -> Closure:
    """The normal density (2 pi v)^(-1/2) exp(-(x - m)^2 / 2v)."""
    point, mean, variance = (program.compile(t) for t in term[1:])
    field = program.field
    half, two = field.number(HALF), field.number(fmpq(2))

    def value(env: Env) -> Value:
        x, m, v = point(env), mean(env), variance(env)
        if isinstance(x, GaussianSum) or isinstance(m, GaussianSum):
            return normal_density(x, m, v, field)
        deviation = x - m
        precision = field.power(v, INVERSE)
        root = field.power(two * field.pi() * v, MINUS_HALF)
        return root * field.exp(-(half * (deviation * deviation * precision)))

    return value


def minibatch(program: Program, term: Json) -> Closure:
    """The probability of a vector of M ones among zeros, when all such vectors have the same."""
    vector, size = program.compile(term[1]), program.integer(term[2])
    number = program.field.number

    def value(env: Env) -> Value:
        indicators, m = vector(env), size(env)
        if not isinstance(indicators, tuple) or not 0 <= m <= len(indicators):
            raise DoesNotExist("a minibatch that is larger than the data")
        ones = sum(bool(v == 1) for v in indicators)
        fits = ones == m and all(bool(v == 1) or bool(v == 0) for v in indicators)
        return number(fmpq(1, comb(len(indicators), m))) if fits else number(fmpq(0))

    return value


def _defined(program: Program, term: Json, variables: tuple[str, ...], body: Json) -> Closure:
    """A function that a hypothesis defines, at its arguments."""
    places = [program.place("var", v) for v in variables]
    arguments = [program.point(program.signature.variable_space(v), t) for v, t in zip(variables, term[2], strict=True)]
    (value,) = program.inside([("var", v) for v in variables], body)

    def defined(env: Env) -> Value:
        outer = [env[i] for i in places]
        points = [argument(env) for argument in arguments]
        try:
            for i, p in zip(places, points, strict=True):
                env[i] = p
            return value(env)
        finally:
            for i, p in zip(places, outer, strict=True):
                env[i] = p

    return defined


def function(program: Program, term: Json) -> Closure:
    """An uninterpreted function: by its table, by a hypothesis that defines it, or a polynomial on the real line."""
    definition = program.signature.definitions.get(("fn", term[1]))
    if definition and ("fn", term[1]) not in program.volatile:
        return _defined(program, term, *definition)
    if term[1] in program.signature.analytic and ("fn", term[1]) not in program.volatile:
        return continuum.function(program, term)
    if (
        ("fn", term[1]) not in program.volatile
        and program.volatile & free(term)
        and term[1] not in program.signature.points
    ):
        return _smooth_function(program, term)
    name, key = term[1], program.key_of_function(term)
    space = program.signature.points.get(name)
    if space is not None:
        return lambda env: env[0].values[space][env[0].function(name, key(env))]
    return lambda env: env[0].function(name, key(env))


def _smooth_function(program: Program, term: Json) -> Closure:
    """A function at arguments that may be dual numbers."""
    name, numbers, field = term[1], program.numbers(term[2]), program.field

    def value(env: Env) -> Value:
        values = numbers(env)
        key = exact_key([dual.base(v) for v in values])
        constant = env[0].function(name, key)
        if not any(isinstance(v, dual.Dual) for v in values):
            return constant
        return dual.expanded(constant, env[0].model.function_jet(name, key), dual.shifts_of(values), field)

    return value


def exact_key(values: list[Value]) -> Key:
    """The key of a map's arguments, which must be exact outside of floats."""
    for v in values:
        if not isinstance(v, (fmpq, float)):
            raise Unsupported("a map at an argument that is not rational")
    return key_of(values)
