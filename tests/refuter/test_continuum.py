"""Gaussian models: closed forms right and wrong, symbolic dimensions, reparameterisation, gradients, extrema."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from derivations.language import (
    JSD,
    KL,
    E,
    Function,
    Grad,
    H,
    Integral,
    Normal,
    Statement,
    Sum,
    exp,
    index,
    inf,
    laws,
    log,
    pi,
    sup,
    symbols,
    variables,
)
from derivations.refuter import refute, sample_check
from derivations.refuter.dual import Dual, slope
from derivations.refuter.fields import BALLS, EXACT, FLOATS, LogSum
from derivations.refuter.gaussian import GaussianSum, normal_density
from derivations.refuter.intervals import Interval, relative_entropy

half = Fraction(1, 2)
x, z, e = variables("x z e", kind="continuous")
u, v = variables("u v")
m1, m2, w, b = symbols("m1 m2 w b")
v1, v2, s2, s = symbols("v1 v2 s2 s", sign="positive")
(K,) = symbols("K")
(zk,) = variables("z", kind="continuous", shape=(K,))
k = index("k", K)
(mu,) = symbols("mu", shape=(K,))
(var,) = symbols("var", shape=(K,), sign="positive")
a, c, theta, phi = symbols("a c theta phi")
(y,) = symbols("y")
alpha, beta = symbols("alpha beta", sign="nonnegative")
f, D = Function("f"), Function("D", range="unit")
(p, q), (p_data, p_g) = laws("p q"), laws("p_data p_g")


def gan(decide: Any) -> Any:
    return E[p_data(u)](log(decide(u))) + E[p_g(u)](log(1 - decide(u)))


def likelihood(noise: Any) -> Any:
    return Integral[z](Normal(w * z + b, s2)(x) * Normal(m1, v1)(z)) == Normal(w * m1 + b, noise)(x)


def kl(ratio: Any) -> Any:
    return KL(Normal(m1, v1)(z), Normal(m2, v2)(z)) == half * (log(ratio) + (v1 + (m1 - m2) ** 2) / v2 - 1)


def standard(last: Any) -> Any:
    return -KL(Normal(mu, var)(zk), Normal(0, 1)(zk)) == half * Sum[k](1 + log(var[k]) - mu[k] ** 2 - last)


def reconstruction(spread: Any) -> Any:
    value = -half * log(2 * pi * s2) - ((x - w * m1 - b) ** 2 + spread) / (2 * s2)
    return E[Normal(m1, v1)(z)](log(Normal(w * z + b, s2)(x))) == value


def score(weight: Any) -> Any:
    return Grad[phi](E[q[phi](u)](f(u))) == E[q[phi](u)](f(u) * Grad[phi](weight))


def pathwise(scale: Any) -> Any:
    return Grad[a](E[Normal(a, s**2)(z)](f(z))) == E[Normal(0, 1)(e)](scale * Grad[a](f(a + s * e)))


PAIRS: dict[str, tuple[Statement, Statement]] = {
    "kl": (kl(v2 / v1), kl(v1 / v2)),
    "kl in K dimensions": (standard(var[k]), standard(var[k] ** 2)),
    "entropy": (
        H(Normal(m1, v1)(z)) == half * log(2 * pi * v1) + half,
        H(Normal(m1, v1)(z)) == half * log(2 * pi * v1) + 1,
    ),
    "minimum": (
        (KL(Normal(m1, v1)(z), Normal(0, 1)(z)) >= 0).iff(m1 == 0, v1 == 1),
        (KL(Normal(m1, v1)(z), Normal(0, 1)(z)) >= 0).iff(m1 == 0),
    ),
    "expected log-likelihood": (reconstruction(w**2 * v1), reconstruction(w * v1)),
    "evidence": (likelihood(s2 + w**2 * v1), likelihood(s2 + v1)),
    "evidence by hypotheses": (
        (p(x) == Normal(w * m1 + b, s2 + w**2 * v1)(x)).assuming(
            p(z) == Normal(m1, v1)(z), p(x | z) == Normal(w * z + b, s2)(x)
        ),
        (p(x) == Normal(w * m1 + b, s2 + v1)(x)).assuming(
            p(z) == Normal(m1, v1)(z), p(x | z) == Normal(w * z + b, s2)(x)
        ),
    ),
    "elbo with a normal encoder": tuple(
        (log(p(x)) == E[q(z | x)](log(p(x | z))) - sign * KL(q(z | x), p(z)) + KL(q(z | x), p(z | x))).assuming(
            q(z | x) == Normal(w * x, s2)(z)
        )
        for sign in (1, -1)
    ),
    "reparameterisation": tuple(
        E[Normal(m1, variance)(z)](f(z)) == E[Normal(0, 1)(e)](f(m1 + s * e)) for variance in (s**2, s)
    ),
    "stein": tuple(
        E[Normal(m1, v1)(z)](Grad[z](f(z))) == E[Normal(m1, v1)(z)]((z - m1) / scale * f(z)) for scale in (v1, v1**2)
    ),
    "score of a posterior": (
        Grad[z](log(p(z | x))) == Grad[z](log(p(x | z))) + Grad[z](log(p(z))),
        Grad[z](log(p(z | x))) == Grad[z](log(p(x | z))) - Grad[z](log(p(z))),
    ),
    "score-function gradient": (score(log(q[phi](u))), score(q[phi](u))),
    "score-function gradient, dependent integrand": (
        Grad[phi](E[q[phi](u)](f(u, phi)))
        == E[q[phi](u)](f(u, phi) * Grad[phi](log(q[phi](u)))) + E[q[phi](u)](Grad[phi](f(u, phi))),
        Grad[phi](E[q[phi](u)](f(u, phi))) == E[q[phi](u)](f(u, phi) * Grad[phi](log(q[phi](u)))),
    ),
    "mean of the score": (E[q[phi](u)](Grad[phi](log(q[phi](u)))) == 0, Grad[phi](log(q[phi](u))) == 0),
    "fisher": tuple(
        sign * E[q[phi](u)](Grad[phi](Grad[phi](log(q[phi](u))))) == E[q[phi](u)](Grad[phi](log(q[phi](u))) ** 2)
        for sign in (-1, 1)
    ),
    "fisher's identity": (
        Grad[theta](log(p[theta](u))) == E[p[theta](v | u)](Grad[theta](log(p[theta](u, v)))),
        Grad[theta](log(p[theta](u))) == E[p[theta](v | u)](Grad[theta](log(p[theta](u | v)))),
    ),
    "pathwise gradient": (pathwise(1), pathwise(s)),
    "nested gradients": (Grad[a](a * Grad[c](a * c)) == 2 * a, Grad[a](a * Grad[c](a * c)) == a),
    "mixed derivatives": (
        Grad[a](Grad[c](f(a, c))) == Grad[c](Grad[a](f(a, c))),
        Grad[a](Grad[c](f(a, c))) == Grad[a](f(a, c)),
    ),
    "gan": (
        sup[D](gan(D)) == -log(4) + 2 * JSD(p_data(u), p_g(u)),
        sup[D](gan(D)) == -log(2) + 2 * JSD(p_data(u), p_g(u)),
    ),
    "without the KL term": (
        sup[q](E[q(v | u)](log(p(u | v)))) == sup[v](log(p(u | v))),
        sup[q](E[q(v | u)](log(p(u | v)))) == E[p(v)](log(p(u | v))),
    ),
    "best response": (
        inf[p_g](E[p_g(u)](log(1 - D(u)))) == inf[u](log(1 - D(u))),
        inf[p_g](E[p_g(u)](log(1 - D(u)))) == sup[u](log(1 - D(u))),
    ),
    "best approximation": (inf[q](KL(q(v), p(v))) == 0, inf[q](KL(q(v), p(v)) + H(q(v))) == 0),
    "a quadratic": (sup[y](beta - (y - alpha) ** 2) == beta, sup[y](beta - (y - alpha) ** 2) == alpha),
    "mode": (
        sup[z](log(Normal(m1, v1)(z))) == -half * log(2 * pi * v1),
        sup[z](log(Normal(m1, v1)(z))) <= -half * log(pi * v1) - half,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_true_statement_is_not_refuted(name: str) -> None:
    statement = PAIRS[name][0].json()
    assert refute(statement, models=25, seconds=0.5) is None
    assert sample_check(statement, models=2) == sample_check(statement, models=2)
    assert sample_check(statement, models=2).finite == 2


@pytest.mark.parametrize("name", PAIRS)
def test_false_statement_is_refuted(name: str) -> None:
    assert refute(PAIRS[name][1].json()) is not None


def test_a_supremum_known_from_one_side_refutes_only_on_that_side() -> None:
    """The supremum of exp is infinite: any upper bound is refuted, no lower bound is."""
    assert refute((sup[y](exp(y)) <= 10**6).json(), models=10) is not None
    assert refute((sup[y](exp(y)) >= 10**6).json(), models=10) is None


def test_what_cannot_be_integrated_exactly_refutes_nothing() -> None:
    """The Jensen-Shannon divergence of normal laws has the logarithm of a mixture; no bound on it is decided."""
    assert refute((JSD(Normal(m1, v1)(z), Normal(m2, v2)(z)) <= -1).json(), models=10) is None


rationals = st.fractions(min_value=-3, max_value=3, max_denominator=6)
positives = st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=6)


def exactly(number: Fraction) -> fmpq:
    return fmpq(number.numerator, number.denominator)


@settings(max_examples=25, deadline=None)
@given(mean=rationals, variance=positives, coefficients=st.lists(rationals, min_size=1, max_size=4), tilt=rationals)
def test_integrals_of_gaussian_sums_agree_with_quadrature(
    mean: Fraction, variance: Fraction, coefficients: list[Fraction], tilt: Fraction
) -> None:
    """Both to 1e-9 relative: quadrature over 12 standard deviations, where the tails are below 1e-30."""
    t = GaussianSum.coordinate(("t",), fmpq(1))
    density = normal_density(t, exactly(mean), exactly(variance), BALLS)
    polynomial = sum(
        (exactly(coefficient) * t.power(Fraction(n + 1), BALLS) for n, coefficient in enumerate(coefficients)),
        t * 0 + fmpq(1),
    )
    value = (polynomial * density * (t * exactly(tilt)).exp(BALLS)).integrated([("t",)], BALLS)

    def integrand(r: float) -> float:
        body = 1 + sum(float(coefficient) * r ** (n + 1) for n, coefficient in enumerate(coefficients))
        weight = math.exp(-((r - float(mean)) ** 2) / (2 * float(variance)) + float(tilt) * r)
        return body * weight / math.sqrt(2 * math.pi * float(variance))

    centre, spread = float(mean + tilt * variance), 14 * math.sqrt(float(variance))
    scale, _ = quad(lambda r: abs(integrand(r)), centre - spread, centre + spread, limit=200)
    expected, _ = quad(integrand, centre - spread, centre + spread, epsabs=1e-11 * scale, epsrel=0, limit=200)
    assert abs(float(arb(value)) - expected) <= 1e-9 * scale


def test_integration_order_does_not_matter() -> None:
    s_, t_ = (GaussianSum.coordinate((name,), fmpq(1)) for name in "st")
    joint = normal_density(s_, t_ * fmpq(2) + fmpq(1), fmpq(3), EXACT) * normal_density(t_, fmpq(1), fmpq(1, 2), EXACT)
    body = joint * s_ * s_ * t_
    first, second = body.integrated([("s",), ("t",)], EXACT), body.integrated([("t",), ("s",)], EXACT)
    assert arb(first.ball() if isinstance(first, LogSum) else first).overlaps(
        arb(second.ball() if isinstance(second, LogSum) else second)
    )


@settings(max_examples=50, deadline=None)
@given(low=rationals, width=positives, inside=st.fractions(min_value=0, max_value=1, max_denominator=8))
def test_intervals_contain_the_values_at_their_points(low: Fraction, width: Fraction, inside: Fraction) -> None:
    point = exactly(low + inside * width)
    box = Interval(arb(exactly(low)).lower(), arb(exactly(low + width)).upper())
    for function in (
        lambda t: t * t - 3 * t + 1,
        lambda t: BALLS.exp(t) * -2,
        lambda t: BALLS.log(t * t + fmpq(1, 8)),
        lambda t: BALLS.power(t * t + 1, Fraction(-3, 2)),
        abs,
    ):
        bound, value = function(box), arb(function(point))
        assert not value < bound.low
        assert not value > bound.high


@settings(max_examples=50, deadline=None)
@given(first=positives, second=positives, width=positives)
def test_relative_entropy_over_a_box_contains_its_values(first: Fraction, second: Fraction, width: Fraction) -> None:
    wide = [Interval(arb(exactly(t)).lower(), arb(exactly(t + width)).upper()) for t in (first, second)]
    bound = relative_entropy(*wide)
    for i in (0, half, 1):
        for j in (0, half, 1):
            t, r = arb(exactly(first + i * width)), arb(exactly(second + j * width))
            value = t * (t / r).log()
            assert not value < bound.low
            assert not value > bound.high


@settings(max_examples=50, deadline=None)
@given(point=st.floats(0.2, 3), other=st.floats(0.2, 3))
def test_dual_numbers_differentiate(point: float, other: float) -> None:
    """Against symmetric differences with step 1e-5, whose error is about 1e-10 times the third derivative."""

    def function(t: Any) -> Any:
        root = FLOATS.power(t, Fraction(1, 2))
        return FLOATS.log(t * other + 1.0) * FLOATS.exp(-t) + root * t - FLOATS.power(t, Fraction(-2))

    step = 1e-5
    expected = (function(point + step) - function(point - step)) / (2 * step)
    found = slope(function(Dual(point, 1.0, 1)), 1, 0.0)
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.tuples(st.fractions(min_value=Fraction(1, 50), max_value=50), rationals), max_size=5))
def test_sums_of_logarithms_are_exact(rows: list[tuple[Fraction, Fraction]]) -> None:
    total = LogSum(fmpq(0), {})
    for argument, coefficient in rows:
        total = total + LogSum.of_log(exactly(argument)) * exactly(coefficient)
    expected = sum(float(c) * math.log(t) for t, c in rows)
    assert float(total.ball()) == pytest.approx(expected, abs=1e-9)
    assert (total - total).vanishes()
