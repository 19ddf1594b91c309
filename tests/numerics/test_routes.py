"""All routes to one quantity against each other: closed form, quadrature, Monte Carlo, enclosure, PyTorch's own."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import enclosure, montecarlo, quadrature
from numerics.backend import backend
from numerics.laws import (
    Bernoulli,
    Beta,
    Categorical,
    DiagonalNormal,
    Dirac,
    Exponential,
    Gamma,
    Laplace,
    LineLaw,
    Mixture,
    MultivariateNormal,
    Normal,
    Uniform,
)

# Two decimals: a counterexample is then readable, and parameters are exact.
number = st.integers(-300, 300).map(lambda k: Fraction(k, 100))
scale = st.integers(20, 300).map(lambda k: Fraction(k, 100))
weight = st.integers(1, 9).map(lambda k: Fraction(k, 10))

normals = st.builds(Normal, number, scale)
laplaces = st.builds(Laplace, number, scale)
mixtures = st.builds(lambda w, a, b: Mixture([w, 1 - w], [a, b]), weight, normals, laplaces | normals)
gammas = st.builds(Gamma, scale, scale)
betas = st.builds(Beta, scale, scale)
on_the_line = normals | laplaces | mixtures
pairs = (
    st.tuples(on_the_line, on_the_line)
    | st.tuples(gammas | st.builds(Exponential, scale), gammas)
    | st.tuples(betas | st.just(Uniform(0, 1)), betas)
)
# The false-alarm rate of all Monte Carlo comparisons in this file together: 1e-6, shared by up to 1000 of them.
CHECKS = montecarlo.Comparisons(alpha=1e-6, count=1000)
few = settings(max_examples=12, deadline=None, derandomize=True)


@few
@given(pairs)
def test_quadrature_lies_within_its_error_of_the_enclosure(pair: tuple[LineLaw, LineLaw]) -> None:
    p, q = pair
    for name in ("kl", "jsd", "cross_entropy"):
        proved = getattr(enclosure, name)(p, q, digits=20)
        value, error = getattr(quadrature, name)(p, q)
        assert abs(value - float(proved)) <= error + 1e-15 * abs(value)


@few
@given(pairs)
def test_monte_carlo_agrees_with_the_enclosure(pair: tuple[LineLaw, LineLaw]) -> None:
    p, q = pair
    proved = float(enclosure.jsd(p, q, digits=15))
    estimate = montecarlo.jsd(p, q, samples=20_000, alpha=CHECKS.level)
    assert CHECKS.check("jsd", estimate, proved).passed


@few
@given(
    st.tuples(normals, normals) | st.tuples(gammas, gammas) | st.tuples(betas, betas) | st.tuples(laplaces, laplaces)
)
def test_pytorchs_closed_form_lies_in_the_enclosure(pair: tuple[LineLaw, LineLaw]) -> None:
    p, q = pair
    home = backend()
    closed = float(torch.distributions.kl_divergence(p.distribution(home), q.distribution(home)))
    proved = float(enclosure.kl(p, q, digits=15))
    # PyTorch's digamma and lgamma are good to about 1e-13 of the terms, which are below 1e3 here.
    assert closed == pytest.approx(proved, rel=1e-9, abs=1e-10)


@few
@given(st.lists(st.tuples(number, scale, number, scale), min_size=1, max_size=4))
def test_normal_laws_in_several_dimensions(rows: list[tuple[Fraction, Fraction, Fraction, Fraction]]) -> None:
    m1, s1, m2, s2 = (list(column) for column in zip(*rows, strict=True))
    p, q = DiagonalNormal(m1, s1), DiagonalNormal(m2, s2)
    home = backend()
    closed = float(torch.distributions.kl_divergence(p.distribution(home), q.distribution(home)))
    assert closed == pytest.approx(float(enclosure.kl(p, q, digits=15)), rel=1e-9, abs=1e-12)
    full = MultivariateNormal(m1, [[s**2 if i == j else 0 for j in range(len(s1))] for i, s in enumerate(s1)])
    for law in (p, full):
        estimate = montecarlo.kl(law, q, samples=20_000, alpha=CHECKS.level)
        assert CHECKS.check("normal kl", estimate, closed, tolerance=1e-9 * abs(closed)).passed


SMOOTH = Mixture([0.5, 0.5], [Normal(0, 1), Laplace(0, 1)])
KINKED = Mixture([0.3, 0.7], [Normal(-2, 0.5), Laplace(1, 1)])
ON_HALF_LINE = Mixture([0.5, 0.5], [Gamma(2, 1), Exponential(1)])
CASES = {
    "normal": (Normal(0.3, 0.7), Normal(0, 1)),
    "needle": (Normal(1000, 1e-6), Normal(0, 500)),
    "laplace": (Laplace(0, 1), Laplace(1, 2)),
    "laplace normal": (Laplace(0, 1), Normal(0, 2)),
    "exponential": (Exponential(1), Exponential(2)),
    "gamma": (Gamma(2.5, 1), Gamma(2, 3)),
    "small gamma": (Gamma(0.3, 1), Gamma(0.7, 3)),
    "beta": (Beta(2, 3), Beta(0.5, 1.5)),
    "small beta": (Beta(0.5, 0.3), Beta(0.7, 2)),
    "uniform": (Uniform(0, 1), Beta(2, 3)),
    "mixture": (KINKED, SMOOTH),
    "uniform mixture": (Uniform(0, 1), Mixture([0.5, 0.5], [Uniform(0, 0.5), Uniform(0.25, 1)])),
    "gamma mixture": (ON_HALF_LINE, Mixture([0.5, 0.5], [Normal(1, 1), Gamma(3, 1)])),
    "bernoulli": (Bernoulli(0.3), Bernoulli(0.5)),
    "categorical": (Categorical([0.2, 0.3, 0.5]), Categorical([0.3, 0.3, 0.4])),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_monte_carlo_divergences_of_every_law(name: str, dtype: str) -> None:
    p, q = CASES[name]
    # Float32 rounds each log-ratio to about 1e-6 of its terms; that is a bias, not noise.
    slack = 2e-5 if dtype == "float32" else 1e-12
    for route in ("kl", "cross_entropy"):
        exact = float(getattr(enclosure, route)(p, q, digits=15))
        estimate = getattr(montecarlo, route)(
            p, q, samples=200_000, alpha=CHECKS.level, backend=backend(dtype=dtype, seed=3)
        )
        assert CHECKS.check(f"{route} {name}", estimate, exact, tolerance=slack * max(1, abs(exact))).passed


# Beta(0.5, 0.3) puts mass on floats that round to 1, where x itself has lost what log(1 - x) needs: the reason why the
# fused route does not go through x.
@pytest.mark.parametrize("name", [name for name in CASES if name not in ("bernoulli", "categorical", "small beta")])
def test_the_fused_log_ratio_is_the_one_of_the_densities(name: str) -> None:
    """The power of the check above: a route through x itself, with PyTorch's log_prob, agrees as well."""
    p, q = CASES[name]
    exact = float(enclosure.kl(p, q, digits=15))
    estimate = montecarlo.expectation(
        p, lambda x: p.log_density(x) - q.log_density(x), samples=100_000, alpha=CHECKS.level
    )
    assert CHECKS.check(name, estimate, exact, tolerance=1e-9 * max(1, abs(exact))).passed


def test_a_wrong_formula_is_found() -> None:
    """Power: an error of 2.5 percent is found at the level of a family of 1000 comparisons, 10 times out of 10."""
    p, q = Normal(0.3, 0.7), Normal(0, 1)
    right = float(enclosure.kl(p, q, digits=15))
    checks = montecarlo.Comparisons(alpha=1e-6, count=1000)
    for seed in range(10):
        estimate = montecarlo.kl(p, q, samples=2_000_000, alpha=checks.level, backend=backend("cpu", "float32", seed))
        assert checks.check("right", estimate, right, tolerance=1e-6).passed
        assert not checks.check("2.5 percent off", estimate, 1.025 * right).passed
        assert not checks.check("a sign", estimate, -right).passed


def test_tensor_rule_against_the_enclosure() -> None:
    law = DiagonalNormal([0.5, -1], [0.3, 0.4])
    value, error = quadrature.tensor(law, lambda x: x[:, 0] ** 2 + x[:, 1] ** 3)
    first = enclosure.expectation(Normal(0.5, 0.3), lambda x, a: x * x, digits=20, growth=(1, 2))
    second = enclosure.expectation(Normal(-1, 0.4), lambda x, a: x**3, digits=20, growth=(1, 3))
    assert abs(value - float(first) - float(second)) <= error
    correlated = MultivariateNormal([0, 0], [[2, 1], [1, 2]])
    assert quadrature.tensor(correlated, lambda x: x[:, 0] * x[:, 1]).value == pytest.approx(1, abs=1e-12)


def test_a_needle_is_not_missed() -> None:
    """Width 1e-6 at 1e3, alone and beside a wide component."""
    needle = Normal(1000, "1e-6")
    for law in (needle, Mixture([0.5, 0.5], [Normal(0, 1), needle])):
        mass = quadrature.expectation(law, lambda x: (abs(x - 1000) < 1e-4) * 1.0)
        assert mass.value == pytest.approx(1.0 if law is needle else 0.5, abs=1e-9)
        whole = quadrature.integrate(lambda x, law=law: sum(float(w) * math.e ** f(x) for w, f in law.forms), law)
        # Rounding x near 1e3 moves it by 1e-7 deviations.
        assert whole.value == pytest.approx(1, abs=1e-6)
    assert float(enclosure.jsd(needle, Normal(0, 1), digits=20)) == pytest.approx(math.log(2), abs=1e-15)


def test_w1_between_laws_and_from_samples() -> None:
    from numerics import transport

    p, q = Gamma(2.5, 1), Normal(1, 2)
    exact = float(enclosure.w1(p, q, digits=12))
    home = backend(seed=5)
    x, y = p.sample(400_000, home, "x"), q.sample(400_000, home, "y")
    # The empirical distance is off by at most W1(p, p_n) + W1(q, q_n), about 2 * sd / sqrt(n) = 0.006 each; fixed seed.
    assert transport.w1(x, y) == pytest.approx(exact, abs=0.02)
    assert Fraction(3) in enclosure.w1(Dirac(0), Dirac(3))
