"""The definitions of divergences, entropies and mutual information (Cover and Thomas, *Elements of Information
Theory*, 2006, ch. 2 and 8; Lin, 1991, for the Jensen-Shannon divergence).

Written for the refuter alone: a wrong definition in the language or the kernel shows as a disagreement with these.
All are integrals over base measures, in nats, and pass over the points where their first density vanishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from derivations.refuter.fields import HALF, INVERSE, Value
from derivations.refuter.intervals import Interval, relative_entropy
from derivations.refuter.signature import Json

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program


def relative(program: Program, a: Value, b: Value) -> Value:
    """a log(a / b), the integrand of a divergence."""
    field = program.field
    if isinstance(a, Interval) or isinstance(b, Interval):
        return relative_entropy(a, b)
    if field.vanishes(a):
        return a
    if field.vanishes(b):
        return field.infinity()
    return a * field.log(a * field.power(b, INVERSE))


def expectation(program: Program, term: Json) -> Closure:
    """E_d[f], the integral of d f where d does not vanish."""
    density, body = program.over(term[1], term[2], term[3])
    vanishes = program.field.vanishes

    def integrand(env: Env) -> Value:
        d = density(env)
        return d if vanishes(d) else d * body(env)

    return program.integral(term[1], integrand)


def kullback_leibler(program: Program, term: Json) -> Closure:
    """KL(a || b), the integral of a log(a / b)."""
    a, b = program.over(term[1], term[2], term[3])
    return program.integral(term[1], lambda env: relative(program, a(env), b(env)))


def jensen_shannon(program: Program, term: Json) -> Closure:
    """JSD(a || b) = (KL(a || m) + KL(b || m)) / 2 with m = (a + b) / 2."""
    a, b = program.over(term[1], term[2], term[3])
    half = program.field.number(HALF)

    def integrand(env: Env) -> Value:
        left, right = a(env), b(env)
        middle = half * (left + right)
        return half * (relative(program, left, middle) + relative(program, right, middle))

    return program.integral(term[1], integrand)


def cross_entropy(program: Program, term: Json) -> Closure:
    """H(a, b), minus the integral of a log b."""
    a, b = program.over(term[1], term[2], term[3])
    field = program.field

    def integrand(env: Env) -> Value:
        d = a(env)
        return d if field.vanishes(d) else -(d * field.log(b(env)))

    return program.integral(term[1], integrand)


def total_variation(program: Program, term: Json) -> Closure:
    """TV(a, b), half the integral of |a - b|."""
    a, b = program.over(term[1], term[2], term[3])
    half = program.field.number(HALF)
    return program.integral(term[1], lambda env: half * abs(a(env) - b(env)))


def entropy(program: Program, term: Json) -> Closure:
    """H(V | G), minus the integral of a log(a / a_G) with a_G the integral of a over V (1 without G)."""
    _, of, given, density = term
    (a,) = program.over([*of, *given], density)
    below = program.integral(of, a) if given else None
    one = program.field.number(fmpq(1))

    def integrand(env: Env) -> Value:
        return -relative(program, a(env), one if below is None else below(env))

    return program.integral([*of, *given], integrand)


def mutual_information(program: Program, term: Json) -> Closure:
    """I(V; W | G), the integral of a log(a a_G / (a_VG a_WG))."""
    _, left, right, given, density = term
    (a,) = program.over([*left, *right, *given], density)
    of_left, of_right = program.integral(right, a), program.integral(left, a)
    of_given = program.integral([*left, *right], a) if given else None
    field, one = program.field, program.field.number(fmpq(1))

    def integrand(env: Env) -> Value:
        d = a(env)
        if field.vanishes(d):
            return d
        common = one if of_given is None else of_given(env)
        return d * field.log(d * common * field.power(of_left(env) * of_right(env), INVERSE))

    return program.integral([*left, *right, *given], integrand)


DEFINITIONS = {
    "E": expectation,
    "KL": kullback_leibler,
    "JSD": jensen_shannon,
    "CE": cross_entropy,
    "TV": total_variation,
    "H": entropy,
    "I": mutual_information,
}
