"""Under the conditions of a certificate both sides agree wherever they exist, also where densities vanish.

The two sides are summed here in plain loops over tables with zeros; so are the conditions, read off the certificate.
"""

from __future__ import annotations

import itertools
import math

import pytest

from derivations.judge import judge
from derivations.language import KL, E, laws, log, variables

(p, q, r), (x, y) = laws("p q r"), variables("x y")
POINTS = (0, 1)
WEIGHTS = (  # joint laws of x and y, most of them with zeros
    (1, 0, 0, 0),
    (1, 0, 0, 1),
    (0, 1, 1, 0),
    (1, 1, 0, 0),
    (1, 0, 1, 0),
    (1, 1, 0, 2),
    (1, 2, 3, 4),
)


def tables(names):
    for chosen in itertools.product(WEIGHTS, repeat=len(names)):
        yield {
            n: {(a, b): w[2 * a + b] / sum(w) for a in POINTS for b in POINTS}
            for n, w in zip(names, chosen, strict=True)
        }


def density(table, known, given=()):
    """A density of some of x and y at a point, given others; NaN where the condition has no weight."""
    fits = [v for (a, b), v in table.items() if all({"x": a, "y": b}[n] == known[n] for n in known)]
    below = [v for (a, b), v in table.items() if all({"x": a, "y": b}[n] == known[n] for n in given)]
    if not given:
        return sum(fits)
    return sum(fits) / sum(below) if sum(below) else math.nan


def value(term, model, point):
    """A term of a support condition."""
    if term[0] == "mul":
        return math.prod(value(t, model, point) for t in term[1:])
    if term[0] == "int":
        inner = [n[1] for n in term[1]]
        return sum(
            value(term[2], model, {**point, **dict(zip(inner, at, strict=True))})
            for at in itertools.product(POINTS, repeat=len(inner))
        )
    assert term[0] == "den"
    names = [t[1] for _, t in (*term[2], *term[3])]
    return density(model[term[1][1]], {n: point[n] for n in names}, [t[1] for _, t in term[3]])


def holds(condition, model):
    """Whether a condition of support holds at all points; NaN, a density given what never happens, says nothing."""
    for a, b in itertools.product(POINTS, POINTS):
        weight, needed = (value(t, model, {"x": a, "y": b}) for t in condition[1:])
        if weight > 0 and needed == 0:
            return False
    return True


def mean(weights, body):
    """The sum of a body over points of positive weight; NaN where a weight does not exist."""
    return math.nan if any(math.isnan(w) for _, w in weights) else sum(w * body(at) for at, w in weights if w > 0)


def logarithm(value):
    return math.log(value) if value > 0 else math.nan


def marginal(table):
    return [(a, density(table, {"x": a})) for a in POINTS]


def behind(table, a):
    """The law of y where x = a."""
    return [(b, density(table, {"x": a, "y": b}, "x")) for b in POINTS]


def through(m):
    """E_q(x) log E_q(y|x) [p(x, y) / q(y|x)]."""

    def inner(a):
        return mean(behind(m["q"], a), lambda b: m["p"][a, b] / density(m["q"], {"x": a, "y": b}, "x"))

    return mean(marginal(m["q"]), lambda a: logarithm(inner(a)))


def straight(m):
    """E_q(x) log p(x)."""
    return mean(marginal(m["q"]), lambda a: logarithm(density(m["p"], {"x": a})))


def weighed(m):
    """E_r(x) E_q(y|x) [p(y|x) / q(y|x)]."""

    def ratio(a, b):
        return density(m["p"], {"x": a, "y": b}, "x") / density(m["q"], {"x": a, "y": b}, "x")

    return mean(marginal(m["r"]), lambda a: mean(behind(m["q"], a), lambda b: ratio(a, b)))


def bounded(m):
    """E_r(x) [E_q(y|x) log(p(x, y) / q(y|x)) + KL(q(y|x), p(y|x))]."""

    def inner(a):
        first = mean(behind(m["q"], a), lambda b: logarithm(m["p"][a, b] / density(m["q"], {"x": a, "y": b}, "x")))
        return first + mean(behind(m["q"], a), lambda b: logarithm(ratio(a, b)))

    def ratio(a, b):
        return density(m["q"], {"x": a, "y": b}, "x") / (density(m["p"], {"x": a, "y": b}, "x") or math.nan)

    return mean(marginal(m["r"]), inner)


def evidence(m):
    """E_r(x) log p(x)."""
    return mean(marginal(m["r"]), lambda a: logarithm(density(m["p"], {"x": a})))


GAP = E[q(y | x)](log(p(x, y)) - log(q(y | x))) + KL(q(y | x), p(y | x))


@pytest.mark.parametrize(
    ("statement", "left", "right", "names"),
    [
        (E[q(x)](log(p(x))) == E[q(x)](log(E[q(y | x)](p(x, y) / q(y | x)))), straight, through, "pq"),
        (-E[q(x)](log(E[p(y)](p(x | y)))) == -E[q(x)](log(E[q(y | x)](p(x, y) / q(y | x)))), straight, through, "pq"),
        (E[r(x)](E[q(y | x)](p(y | x) / q(y | x))) == 1, weighed, lambda m: 1, "pqr"),
        (E[r(x)](log(p(x))) == E[r(x)](GAP), evidence, bounded, "pqr"),
    ],
)
def test_the_sides_agree_under_the_conditions(statement, left, right, names):
    verdict = judge(statement)
    assert verdict.verdict == "proved"
    supports = [c for c in verdict.certificate.conditions if c[0] == "support"]
    admitted = compared = 0
    for model in tables(names):
        if not all(holds(c, model) for c in supports):
            continue
        admitted += 1
        sides = left(model), right(model)
        if any(map(math.isnan, sides)):
            continue
        compared += 1
        assert math.isclose(*sides, abs_tol=1e-9), (model, sides)
    assert compared > 5
    assert admitted < len(WEIGHTS) ** len(names)
