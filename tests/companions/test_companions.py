"""Numeric companions: they pass with right formulas, whatever the seed, and fail with wrong ones."""

import json
import math
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import numerics.checks as checks
import numerics.elbo as elbo
import numerics.gan as gan
import numerics.gaussian as gaussian
from numerics.laws import Normal
from numerics.montecarlo import expectation

COMPANIONS = {
    "log-likelihood": elbo.log_likelihood,
    "log-likelihood-as-scanned": elbo.log_likelihood_as_scanned,
    "gaussian-kl-standard": gaussian.gaussian_kl_standard,
    "pointwise-optimum": gan.pointwise_optimum,
    "optimal-discriminator": gan.optimal_discriminator,
    "gan-jsd": gan.gan_jsd,
}


@pytest.mark.parametrize("claim", COMPANIONS)
def test_a_companion_passes_by_two_methods_and_is_json(claim):
    # With right formulas a run fails with probability below 1e-6 (numerics.checks).
    made = COMPANIONS[claim](seed=11, device="cpu")
    assert all(check.passed for check in made), [check for check in made if not check.passed]
    methods = {check.method for check in made}
    assert "monte-carlo" in methods
    assert methods & {"quadrature", "exact-sum", "enclosure"}
    assert len({check.name for check in made}) == len(made)
    json.dumps([check.json() for check in made], allow_nan=False)


def failed(made) -> set[str]:
    return {check.method for check in made if not check.passed}


def test_the_same_seed_gives_the_same_checks():
    assert elbo.log_likelihood_as_scanned(3) == elbo.log_likelihood_as_scanned(3)
    assert elbo.log_likelihood_as_scanned(3) != elbo.log_likelihood_as_scanned(4)


def test_a_companion_sees_a_lost_divergence(monkeypatch):
    monkeypatch.setattr(elbo.FiniteModel, "gap", lambda self: arb(0))
    monkeypatch.setattr(elbo.LinearNormalModel, "gap", lambda self: arb(0))
    assert failed(elbo.log_likelihood(2)) == {"exact-sum", "enclosure", "monte-carlo"}


def test_a_companion_sees_a_wrong_posterior(monkeypatch):
    wrong = Normal(0, 1)
    monkeypatch.setattr(elbo.LinearNormalModel, "posterior", lambda self: wrong)
    monkeypatch.setattr(elbo, "linear_normal_models", lambda draw, real=elbo.linear_normal_models: real(draw)[:2])
    assert "enclosure" in failed(elbo.log_likelihood(2))


@pytest.mark.parametrize("wrong", [lambda form: -form, lambda form: 2 * form, lambda form: form + arb("0.5")])
def test_a_companion_sees_a_wrong_closed_form(monkeypatch, wrong):
    right = gaussian.standard_form
    monkeypatch.setattr(gaussian, "standard_form", lambda law: wrong(right(law)))
    laws = gaussian.diagonal_laws
    monkeypatch.setattr(gaussian, "diagonal_laws", lambda draw: [laws(draw)[i] for i in (0, 5)])
    assert failed(gaussian.gaussian_kl_standard(2)) == {"enclosure", "quadrature", "monte-carlo"}


def test_a_companion_sees_a_wrong_divergence(monkeypatch):
    right = gan.jsd
    monkeypatch.setattr(gan, "jsd", lambda p, q, digits: right(p, p, digits))
    monkeypatch.setattr(gan, "normal_pairs", lambda draw, pairs=gan.normal_pairs: pairs(draw)[:1])
    assert failed(gan.gan_jsd(2)) == {"exact-sum", "enclosure", "monte-carlo"}


def test_what_is_the_same_is_not_apart():
    assert not checks.disagreement("same", "exact-sum", Fraction(1, 3), Fraction(1, 3)).passed
    estimate = expectation(Normal(0, 1), lambda x: x, samples=10_000, alpha=checks.LEVEL)
    assert not checks.sampled_apart("same", estimate, 0.0).passed
    assert checks.sampled_apart("apart", estimate, 0.5).passed


def test_a_wide_enclosure_does_not_pass_for_agreement():
    assert not checks.agreement("wide", "enclosure", arb("[1 +/- 0.1]"), 1.0).passed


def test_an_interval_at_another_level_is_refused():
    estimate = expectation(Normal(0, 1), lambda x: x, samples=1000, alpha=0.01)
    with pytest.raises(ValueError, match="make it at"):
        checks.sampled("loose", estimate, 0.0)


def test_a_heavy_tail_is_refused_even_where_light_tails_are_claimed():
    estimate = expectation(Normal(0, 1), lambda x: (3.0 * x).exp(), samples=10_000, alpha=checks.LEVEL)
    with pytest.raises(ValueError, match="not to be trusted"):
        checks.sampled("lognormal", estimate, math.exp(4.5), light_tails=True)


def test_a_method_must_be_one_of_the_list():
    with pytest.raises(ValueError, match="method is"):
        checks.Check("x", "guess", 0, 0, 0, True)


weights = st.fractions(min_value=0, max_value=10**4, max_denominator=10**4)


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
