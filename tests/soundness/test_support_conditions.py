"""Under the conditions of a certificate both sides agree wherever they exist, also where densities vanish.

Sides and conditions are read off the certificate and summed here in plain loops over tables, most of them with zeros.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from derivations.judge import judge
from derivations.language import KL, E, Integral, laws, log, variables

(p, q, r), (x, y) = laws("p q r"), variables("x y")
POINTS = (0, 1)
WEIGHTS = ((1, 0, 0, 0), (1, 0, 0, 1), (0, 1, 1, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 2), (1, 2, 3, 4))
MODELS = [
    {n: {(a, b): w[2 * a + b] / sum(w) for a in POINTS for b in POINTS} for n, w in zip("pqr", chosen, strict=True)}
    for chosen in itertools.product(WEIGHTS, repeat=3)
]


def density(table, known, given):
    """A density at values of slots, given those of some; NaN where these have no weight."""

    def mass(slots):
        return sum(w for (a, b), w in table.items() if all({"x": a, "y": b}[s] == known[s] for s in slots))

    below = mass(given) if given else 1
    return mass(known) / below if below else math.nan


def value(t, model, point):
    """A term; NaN where it does not exist."""
    head = t[0]
    if head == "num":
        return float(Fraction(t[1]))
    if head == "den":
        known = {s: point[v[1]] for s, v in (*t[2], *t[3])}
        return density(model[t[1][1]], known, [s for s, _ in t[3]])
    if head in ("add", "mul"):
        return (sum if head == "add" else math.prod)(value(u, model, point) for u in t[1:])
    if head == "pow":
        base, exponent = value(t[1], model, point), float(t[2])
        return math.nan if base == 0 and exponent < 0 else base**exponent
    if head == "log":
        inside = value(t[1], model, point)
        return math.log(inside) if inside > 0 else math.nan
    assert head in ("int", "E", "KL")
    names = [v[1] for v in t[1]]
    points = ({**point, **dict(zip(names, at, strict=True))} for at in itertools.product(POINTS, repeat=len(names)))
    if head == "int":
        return sum(value(t[2], model, at) for at in points)
    body = t[3] if head == "E" else ["log", ["mul", t[2], ["pow", t[3], "-1"]]]
    weighed = [(value(t[2], model, at), at) for at in points]
    return sum(w * value(body, model, at) if w else 0 for w, at in weighed)  # NaN weighs, and 0 does not


def names_in(t):
    if isinstance(t, list) and t[:1] == ["var"]:
        return {t[1]}
    return set().union(*map(names_in, t)) if isinstance(t, list) else set()


def holds(condition, model):
    """Whether a condition of support holds at all points."""
    names = sorted(names_in(condition[1:]))
    for at in itertools.product(POINTS, repeat=len(names)):
        weight, needed = (value(t, model, dict(zip(names, at, strict=True))) for t in condition[1:])
        if weight > 0 and needed == 0:
            return False
    return True


DIRECT = [E[p(y)](p(x | y)), Integral[y](p(x | y) * p(y)), p(x)]
WEIGHED = [
    E[q(y | x)](p(x, y) / q(y | x)),
    E[q(y | x)](p(x | y) * p(y) / q(y | x)),
    Integral[y](q(x, y) * p(x, y) / q(x, y)),
    E[q(y)](p(x, y) / q(y)),
    E[p(y | x)](p(x, y) / p(y | x)),
]
GAP = E[q(y | x)](log(p(x, y)) - log(q(y | x))) + KL(q(y | x), p(y | x))
STATEMENTS = [
    *(E[law(x)](log(a)) == E[law(x)](log(b)) for law in (p, q, r) for a in DIRECT for b in WEIGHED),
    *(E[law(x, y)](a) == E[law(x, y)](b) for law in (q, r) for a in DIRECT for b in WEIGHED),
    *(E[law(x)](log(p(x))) == E[law(x)](GAP) for law in (p, q, r)),
    *(E[law(y)](E[q(x | y)](p(x | y) / q(x | y))) == E[law(y)](Integral[x](p(x | y))) for law in (p, q, r)),
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=str)
def test_the_sides_agree_under_the_conditions(statement):
    verdict = judge(statement)
    assert verdict.verdict == "proved"
    data = verdict.certificate.data["statement"]
    supports = [c for c in verdict.certificate.conditions if c[0] == "support"]
    compared = 0
    for model in MODELS:
        if all(holds(c, model) for c in supports):
            sides = [value(data[side], model, {}) for side in ("lhs", "rhs")]
            if not any(map(math.isnan, sides)):
                compared += 1
                assert math.isclose(*sides, abs_tol=1e-9), (model, sides)
    assert compared > 5
