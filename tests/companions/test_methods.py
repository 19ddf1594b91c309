"""What the companions compute with: branch and bound, certificates, eigenvalues, the chain rule of KL."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from numerics import cases, duality, gan, gaussian, lipschitz, principal, rational
from numerics.laws import DiagonalNormal, MultivariateNormal
from numerics.transport import discrete

weights = st.fractions(min_value=0, max_value=10**4, max_denominator=10**4)
entries = st.fractions(min_value=-3, max_value=3, max_denominator=50)


@settings(max_examples=40, deadline=None)
@given(weights, weights)
def test_branch_and_bound_encloses_the_maximum_and_its_place(a, b):
    assume(a + b > 0)
    peak = gan.maximum(a, b)
    best = a / (a + b)
    assert peak.lower <= best <= peak.upper
    assert peak.upper - peak.lower <= Fraction(1, 10**9)
    terms = [float(c) * math.log(y) for c, y in ((a, best), (b, 1 - best)) if c]
    assert math.fsum(terms) == pytest.approx(float(peak.value), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(Fraction(-1), Fraction(1)), (Fraction(0), Fraction(0))])
def test_branch_and_bound_refuses_what_has_no_maximum(a, b):
    with pytest.raises(ValueError, match="weights are"):
        gan.maximum(a, b)


masses = st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(any)


@settings(max_examples=60, deadline=None)
@given(masses, masses, st.data())
def test_a_certificate_has_no_gap_even_when_degenerate(a, b, data):
    # Small whole numbers make ties, empty points and degenerate bases the rule.
    p, q = (tuple(Fraction(v, sum(side)) for v in side) for side in (a, b))
    costs = st.lists(st.integers(-2, 4), min_size=len(q), max_size=len(q))
    rows = data.draw(st.lists(costs, min_size=len(p), max_size=len(p)))
    cost = [tuple(map(Fraction, row)) for row in rows]
    found = duality.certificate(p, q, cost)
    assert found.primal == found.dual == discrete(p, q, cost, exact=True).value


def test_a_coupling_has_the_marginals():
    draw = random.Random(5)
    for size in (1, 3, 6):
        p, q = cases.weights(draw, size), cases.weights(draw, 4, orders=8)
        plan = duality.corner_plan(p, q, draw)
        assert tuple(sum(row) for row in plan) == p
        assert tuple(sum(column) for column in zip(*plan, strict=True)) == q
        assert min(min(row) for row in plan) >= 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.data())
def test_eigenvalues_and_norms_are_those_of_linear_algebra(size, data):
    rows = data.draw(st.lists(st.lists(entries, min_size=size, max_size=size), min_size=size, max_size=size))
    matrix = tuple(map(tuple, rows))
    values = np.linalg.svd(np.array(matrix, dtype=float), compute_uv=False)
    assert float(lipschitz.spectral_norm(matrix)) == pytest.approx(values[0], abs=1e-6)
    symmetric = tuple(
        tuple((u + v) / 2 for u, v in zip(r, c, strict=True))
        for r, c in zip(matrix, zip(*matrix, strict=True), strict=True)
    )
    found = [float(v) for v in rational.eigenvalues(symmetric)]
    assert found == pytest.approx(np.linalg.eigvalsh(np.array(symmetric, dtype=float))[::-1].tolist(), abs=1e-9)


def test_an_eigenvalue_counts_as_often_as_its_multiplicity():
    one = tuple(tuple(Fraction(i == j) for j in range(3)) for i in range(3))
    assert [float(v) for v in rational.eigenvalues(one)] == [1.0, 1.0, 1.0]


def test_the_fitted_autoencoder_is_no_better_than_the_minimum_and_reaches_it():
    data = [tuple(map(Fraction, x)) for x in ((2, 0), (-2, 0), (0, 1), (0, -1))]
    encoder, decoder = principal.fitted(data, 1)
    assert 0 <= principal.loss(encoder, decoder, data) - 2 < Fraction(1, 10**12)


def test_the_chain_rule_agrees_with_the_sum_over_coordinates_of_independent_laws():
    p, q = DiagonalNormal([0, 1], [1, 2]), DiagonalNormal([1, -1], [2, "1/2"])
    full = [MultivariateNormal(law.mean, np.diag([s**2 for s in law.scales]).tolist()) for law in (p, q)]
    parts = sum(float(gaussian.univariate_form(a, b)) for a, b in zip(p.marginals, q.marginals, strict=True))
    assert float(gaussian.by_chain_rule(*full)) == pytest.approx(parts, abs=1e-12)


def test_the_zeros_of_the_divergence_are_found_where_they_are():
    (low, high), (below, above) = gaussian.zeros(Fraction(3), Fraction(1, 10**4))
    assert low <= 0 <= high
    assert below <= 0 <= above
    assert high - low < Fraction(1, 100)
    assert above - below < Fraction(1, 100)


@given(st.lists(st.fractions(min_value=-100, max_value=100, max_denominator=100), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_the_highest_mean_is_the_maximum(values):
    mean, law = cases.highest_mean(values)
    assert mean == max(values)
    assert sum(law) == 1


def test_a_difference_quotient_is_as_good_as_it_says():
    found = cases.slope(lambda t: cases.ball(t).exp(), Fraction(1, 3))
    assert abs(float(found) - math.exp(1 / 3)) < 1e-9


def test_a_critic_never_exceeds_its_constant():
    draw = random.Random(3)
    places = cases.points(draw, 5)
    distance = [tuple(abs(u - v) for v in places) for u in places]
    p, q = cases.weights(draw, 5), cases.weights(draw, 5)
    value, f = lipschitz.best_critic(p, q, distance, Fraction(7, 3))
    assert all(abs(f[i] - f[j]) <= Fraction(7, 3) * distance[i][j] for i in range(5) for j in range(5))
    assert abs(value - Fraction(7, 3) * discrete(p, q, distance, exact=True).value) < Fraction(1, 10**9)
