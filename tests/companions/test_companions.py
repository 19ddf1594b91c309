"""Numeric companions: they pass with right formulas, whatever the seed, and by different methods."""

import json
import re
from fractions import Fraction

import pytest
from flint import arb

import numerics.autoencoder as autoencoder
import numerics.checks as checks
import numerics.elbo as elbo
import numerics.gan as gan
import numerics.gaussian as gaussian
import numerics.reparameterization as reparameterization
import numerics.wasserstein as wasserstein
from numerics.laws import Normal
from numerics.montecarlo import expectation

# Every claim of the sheet, and the module that holds its companion.
CLAIMS = {
    autoencoder: "ae-gaussian-nll linear-ae-pca ae-code-freedom no-kl-bound no-kl-collapse",
    elbo: "elbo-terms ancestral-sampling aggregate-posterior elbo-joint-kl iid-log-likelihood log-likelihood "
    "log-likelihood-as-scanned elbo-bound elbo-joint-form mc-elbo-unbiased minibatch-unbiased",
    reparameterization: "pathwise-gradient score-gradient gradient-variance gaussian-reparameterization",
    gaussian: "gaussian-kl-standard gaussian-kl-univariate gaussian-kl-full kl-factorizes gaussian-kl-minimum",
    gan: "gan-value-pushforward gan-bce pointwise-optimum optimal-discriminator gan-jsd gan-global-minimum jsd-forms "
    "jsd-bounds disjoint-jsd saturation generator-best-response",
    wasserstein: "parallel-lines-jsd parallel-lines-w1 parallel-lines-gradients weak-duality discrete-duality "
    "lipschitz-scaling lipschitz-layers gradient-norm w1-line w1-continuity w1-differentiable-ae",
}
COMPANIONS = {
    claim: getattr(module, claim.replace("-", "_")) for module, claims in CLAIMS.items() for claim in claims.split()
}


def test_every_claim_of_the_sheet_has_a_companion():
    assert len(COMPANIONS) == 47


def test_a_run_of_all_companions_keeps_the_false_alarm_rate_and_passes():
    # With right formulas a run fails with probability below 1e-6 (numerics.checks), whatever the seed.
    sampled = 0
    for claim, companion in COMPANIONS.items():
        made = companion(seed=11, device="cpu")
        assert all(check.passed for check in made), (claim, [check for check in made if not check.passed])
        methods = {check.method for check in made}
        assert "monte-carlo" in methods, claim
        assert methods & {"quadrature", "exact-sum", "enclosure", "linear-program"}, claim
        assert len({check.name for check in made}) == len(made), claim
        json.dumps([check.json() for check in made], allow_nan=False)
        sampled += sum(check.method == "monte-carlo" for check in made)
    assert sampled <= checks.COMPARISONS


def test_companions_are_exported():
    for module, claims in CLAIMS.items():
        assert {claim.replace("-", "_") for claim in claims.split()} <= set(module.__all__)


def test_the_same_seed_gives_the_same_checks_and_another_seed_others():
    for companion in (elbo.log_likelihood_as_scanned, gan.saturation, wasserstein.discrete_duality):
        assert companion(3) == companion(3)
        assert companion(3) != companion(4)


def test_the_values_that_are_compared_are_not_all_trivial():
    # A companion whose references are all 0 would agree with anything that is lost.
    for claim in ("no-kl-collapse", "gradient-variance", "w1-line", "aggregate-posterior"):
        made = COMPANIONS[claim](seed=2, device="cpu")
        references = [c.reference["mid"] if isinstance(c.reference, dict) else str(c.reference) for c in made]
        assert sum(re.search("[1-9]", text) is not None for text in references) > len(made) / 2


def test_what_is_the_same_is_not_apart():
    assert not checks.disagreement("same", "exact-sum", Fraction(1, 3), Fraction(1, 3)).passed
    estimate = expectation(Normal(0, 1), lambda x: x, samples=10_000, alpha=checks.LEVEL)
    assert not checks.sampled_apart("same", estimate, 0.0).passed
    assert checks.sampled_apart("apart", estimate, 0.5).passed


def test_an_upper_bound_is_certain():
    assert not checks.at_most("wide", "enclosure", arb("[0 +/- 0.1]"), 0.05).passed
    assert checks.at_most("wide", "enclosure", arb("[0 +/- 0.1]"), 0.2).passed
    assert checks.at_most("rounding", "exact-sum", 1.0 + 1e-13, 1.0, tolerance=1e-12).passed
    assert not checks.at_most("equal is not less", "exact-sum", 1.0, 1.0, strict=True).passed
    estimate = expectation(Normal(0, 1), lambda x: x + 1, samples=10_000, alpha=checks.LEVEL)
    assert checks.sampled_at_most("below", estimate, 1.0).passed
    assert not checks.sampled_at_most("above", estimate, 0.5).passed


def test_a_wide_enclosure_does_not_pass_for_agreement():
    assert not checks.agreement("wide", "enclosure", arb("[1 +/- 0.1]"), 1.0).passed


def test_an_interval_at_another_level_is_refused():
    estimate = expectation(Normal(0, 1), lambda x: x, samples=1000, alpha=0.01)
    with pytest.raises(ValueError, match="make it at"):
        checks.sampled("loose", estimate, 0.0)


def test_a_heavy_tail_is_refused_even_where_light_tails_are_claimed():
    estimate = expectation(Normal(0, 1), lambda x: (3.0 * x).exp(), samples=10_000, alpha=checks.LEVEL)
    with pytest.raises(ValueError, match="not to be trusted"):
        checks.sampled("lognormal", estimate, 90.0, light_tails=True)


def test_a_method_must_be_one_of_the_list():
    with pytest.raises(ValueError, match="method is"):
        checks.Check("x", "guess", 0, 0, 0, True)
