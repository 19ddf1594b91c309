"""Statements drawn from the grammar: the refuter gives an answer to every one, and never refutes ``t = t``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    Grad,
    H,
    Integral,
    LanguageError,
    Normal,
    Statement,
    cross_entropy,
    exp,
    inf,
    laws,
    log,
    sup,
    symbols,
    variables,
)
from derivations.refuter import refute, sample_check

p, q, r = laws("p q r")
x, y, z = variables("x y z")
(c,) = variables("c", kind="continuous")
a, b, theta = symbols("a b theta")
(s,) = symbols("s", sign="positive")
f, D, g = Function("f"), Function("D", range="unit"), Function("g", range="positive")
VARIABLES = (x, y, z, c)
POWERS = (2, -1, Fraction(1, 2), 3)


def density(rng: Random, v: Any) -> Any:
    law = rng.choice((p, q, r, p[theta]))
    other = rng.choice([t for t in VARIABLES if t is not v])
    choices = [law(v), law(v | other), (p(v) + q(v)) / 2]
    if v is c:
        choices += [Normal(a, s)(v), Normal(a * other, s)(v)]
    return rng.choice(choices)


def term(rng: Random, depth: int) -> Any:
    v = rng.choice(VARIABLES)
    if depth == 0:
        return rng.choice((density(rng, v), f(v), D(v), g(v), a, b, s, c, g(a), f(v, theta)))
    one, two = term(rng, depth - 1), term(rng, depth - 1)
    first, second = density(rng, v), density(rng, v)
    makers: list[Any] = [
        lambda: one + two,
        lambda: one - two,
        lambda: one * two,
        lambda: log(one),
        lambda: exp(one),
        lambda: one ** rng.choice(POWERS),
        lambda: abs(one),
        lambda: E[first](one),
        lambda: E[first](one),
        lambda: KL(first, second),
        lambda: rng.choice((JSD, TV, cross_entropy))(first, second),
        lambda: H(first),
        lambda: Integral[v](one * first),
        lambda: rng.choice((sup, inf))[rng.choice((D, f, a, s, v, q))](one),
        lambda: Grad[rng.choice((theta, a, s, c))](one),
    ]
    return rng.choice(makers)()


def statements(seed: int, count: int) -> list[Any]:
    rng, found = Random(seed), []
    while len(found) < count:
        try:
            left, right = term(rng, rng.randint(1, 3)), term(rng, rng.randint(0, 2))
            found.append(Statement(rng.choice(("=", "<=", ">=", "<", "!=")), left, right).json())
        except LanguageError:
            continue
    return found


@pytest.mark.parametrize("seed", range(4))
def test_every_statement_gets_an_answer(seed: int) -> None:
    for statement in statements(seed, 40):
        found = refute(statement, models=8, seconds=0.3)
        sample_check(statement, models=1)
        if found and statement["relation"] in ("=", "<=", ">=") and "inf" not in (found.left[1], found.right[1]):
            left, right = tuple(map(Decimal, found.left)), tuple(map(Decimal, found.right))
            assert abs(left[0] - right[0]) > left[1] + right[1]


@pytest.mark.parametrize("seed", range(4))
def test_a_term_equals_itself(seed: int) -> None:
    for statement in statements(seed + 100, 40):
        for relation in ("=", "<=", ">="):
            same = {**statement, "relation": relation, "rhs": statement["lhs"]}
            assert refute(same, models=4, seconds=0.2) is None
