"""Transport against SciPy, POT and its own certificates."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from numerics import transport
from numerics.laws import DiagonalNormal, MultivariateNormal, Normal

few = settings(max_examples=30, deadline=None, derandomize=True)
samples = st.lists(st.integers(-1000, 1000).map(lambda k: k / 10), min_size=1, max_size=12)


@few
@given(samples, samples)
def test_w1_is_scipys(x: list[float], y: list[float]) -> None:
    # Sums of at most 24 numbers below 200: rounding stays below 1e-11.
    assert transport.w1(x, y) == pytest.approx(wasserstein_distance(x, y), abs=1e-11)
    weights = np.arange(1, len(x) + 1) / np.arange(1, len(x) + 1).sum()
    assert transport.w1(x, y, weights) == pytest.approx(wasserstein_distance(x, y, weights), abs=1e-11)


@few
@given(samples, samples, samples)
def test_w1_is_a_distance(x: list[float], y: list[float], z: list[float]) -> None:
    assert transport.w1(x, x) == 0
    assert transport.w1(x, y) == pytest.approx(transport.w1(y, x), abs=1e-12)
    assert transport.w1(x, z) <= transport.w1(x, y) + transport.w1(y, z) + 1e-11


def test_w1_leaves_its_arguments_alone() -> None:
    x, y = np.array([3.0, 1.0]), np.array([2.0, 5.0])
    transport.w1(x, y)
    assert x.tolist() == [3.0, 1.0]
    assert y.tolist() == [2.0, 5.0]


@few
@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 9))
def test_discrete_transport_is_certified_and_is_pots(seed: int, n: int, m: int) -> None:
    generator = np.random.default_rng(seed)
    a, b = generator.dirichlet(np.ones(n)), generator.dirichlet(np.ones(m))
    cost = generator.random((n, m))
    made = transport.discrete(a, b, cost)
    assert (made.f[:, None] + made.g[None, :] <= cost + 1e-14).all()
    assert made.plan.min() >= 0
    # HiGHS is asked for feasibility to 1e-7; its simplex reaches rounding.
    assert made.plan.sum(1) == pytest.approx(a, abs=1e-9)
    assert made.plan.sum(0) == pytest.approx(b, abs=1e-9)
    assert abs(made.gap) < 1e-9
    # POT's one-dimensional solver squares distances unless told otherwise; emd2 takes the cost itself.
    assert made.value == pytest.approx(ot.emd2(a, b, cost), abs=1e-9)


@few
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5))
def test_exact_transport_has_exact_marginals_and_no_gap(seed: int, n: int, m: int) -> None:
    generator = np.random.default_rng(seed)
    a = [Fraction(int(k), 1) for k in generator.integers(0, 5, n) + (np.arange(n) == 0)]
    b = [Fraction(int(k), 1) for k in generator.integers(0, 5, m) + (np.arange(m) == 0)]
    a, b = [x / sum(a) for x in a], [x / sum(b) for x in b]
    cost = generator.integers(-3, 10, (n, m)).tolist()
    made = transport.discrete(a, b, cost, exact=True)
    assert made.plan.sum(1).tolist() == a
    assert made.plan.sum(0).tolist() == b
    assert all(made.f[i] + made.g[j] <= cost[i][j] for i in range(n) for j in range(m))
    assert made.gap == 0
    assert float(made.value) == pytest.approx(transport.discrete(list(map(float, a)), list(map(float, b)), cost).value)


def test_gaussian_w2_is_pots() -> None:
    p = MultivariateNormal([0, 1], [[2, 1], [1, 3]])
    q = MultivariateNormal([1, -1], [[1, "-0.5"], ["-0.5", 2]])
    moments = [(np.array(x.mean, dtype=float), np.array(x.covariance, dtype=float)) for x in (p, q)]
    expected = ot.gaussian.bures_wasserstein_distance(moments[0][0], moments[1][0], moments[0][1], moments[1][1])
    assert transport.gaussian_w2(p, q) == pytest.approx(float(expected), rel=1e-9)
    assert transport.gaussian_w2(DiagonalNormal([0, 0], [1, 2]), DiagonalNormal([3, 4], [1, 2])) == 5
    assert transport.gaussian_w2(Normal(0, 1), Normal(0, 3)) == 2
