"""A companion finds a wrong formula: one side of each identity is bent, and the checks that use it fail."""

from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from flint import arb

import numerics.aggregate as aggregate
import numerics.autoencoder as autoencoder
import numerics.duality as duality
import numerics.elbo as elbo
import numerics.gan as gan
import numerics.gaussian as gaussian
import numerics.generator as generator
import numerics.jensen_shannon as jensen_shannon
import numerics.latent as latent
import numerics.lipschitz as lipschitz
import numerics.parallel_lines as parallel_lines
import numerics.principal as principal
import numerics.reparameterization as reparameterization
import numerics.wasserstein as wasserstein
from numerics.laws import Dirac, Normal


def failed(made) -> set[str]:
    return {check.method for check in made if not check.passed}


def bend(monkeypatch, owner, name, change):
    """Replace a function by what *change* makes of its result."""
    right = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *args, **options: change(right(*args, **options)))


def few(monkeypatch, module, name, *chosen):
    """Only some of the random cases, to keep a test short."""
    bend(monkeypatch, module, name, lambda cases: [cases[i] for i in chosen])


SLIPS = {
    "sign": lambda value: -value,
    "factor": lambda value: value * Fraction(11, 10) if isinstance(value, Fraction) else value * 1.1,
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize(
    ("owner", "name", "companion", "methods"),
    [
        (autoencoder, "nll_form", autoencoder.ae_gaussian_nll, {"enclosure", "monte-carlo"}),
        (autoencoder._Objective, "form", autoencoder.no_kl_collapse, {"enclosure", "monte-carlo"}),
        (aggregate._Codes, "information", elbo.aggregate_posterior, {"quadrature", "monte-carlo"}),
        (aggregate, "information", elbo.aggregate_posterior, {"exact-sum", "monte-carlo"}),
        (aggregate._Plane, "divergence", elbo.elbo_joint_kl, {"quadrature", "monte-carlo"}),
        (elbo, "_elbo", elbo.elbo_joint_form, {"enclosure", "monte-carlo"}),
        (elbo, "_variance_of_bound", elbo.mc_elbo_unbiased, {"quadrature", "monte-carlo"}),
        (reparameterization, "pathwise_variance", reparameterization.gradient_variance, {"enclosure", "monte-carlo"}),
        (reparameterization, "score_variance", reparameterization.gradient_variance, {"enclosure", "monte-carlo"}),
        (reparameterization, "slope", reparameterization.pathwise_gradient, {"quadrature", "monte-carlo"}),
        (reparameterization, "slope", reparameterization.score_gradient, {"quadrature", "monte-carlo"}),
        (gaussian, "standard_form", gaussian.gaussian_kl_standard, {"enclosure", "quadrature", "monte-carlo"}),
        (gaussian, "univariate_form", gaussian.gaussian_kl_univariate, {"enclosure", "quadrature", "monte-carlo"}),
        (gaussian, "full_form", gaussian.gaussian_kl_full, {"exact-sum", "quadrature", "monte-carlo"}),
        (gaussian, "_divergence", gaussian.kl_factorizes, set()),
        (gaussian, "_sum_of_lines", gaussian.kl_factorizes, {"enclosure", "monte-carlo"}),
        (gan, "_two_sums", gan.gan_bce, {"exact-sum"}),
        (gan, "_linear_value", gan.gan_bce, {"quadrature", "monte-carlo"}),
        (jensen_shannon, "_relative", gan.jsd_forms, {"quadrature", "monte-carlo"}),
        (wasserstein, "folded_mean", wasserstein.w1_line, {"enclosure"}),
        (duality, "folded_mean", wasserstein.weak_duality, {"monte-carlo"}),
        (lipschitz, "spectral_norm", wasserstein.lipschitz_layers, {"enclosure", "exact-sum"}),
        (parallel_lines, "mean_log", wasserstein.parallel_lines_jsd, {"exact-sum"}),
    ],
)
def test_a_wrong_sign_or_factor_is_found(monkeypatch, slip, owner, name, companion, methods):
    bend(monkeypatch, owner, name, SLIPS[slip])
    if name == "slope":
        few(monkeypatch, reparameterization, "_paths", 0, 1)
    if slip == "sign" and name == "spectral_norm":
        methods = {"enclosure"}
    assert methods <= failed(companion(2))


def test_linearity_alone_does_not_hide_a_wrong_divergence_of_the_product(monkeypatch):
    # Bending all divergences alike keeps the identity; bending those of products only does not.
    right = gaussian._divergence
    monkeypatch.setattr(gaussian, "_divergence", lambda p, q: right(p, q) * (2 if len(p) > 4 else 1))
    assert "exact-sum" in failed(gaussian.kl_factorizes(2))


def test_a_lost_divergence_is_found(monkeypatch):
    monkeypatch.setattr(latent.FiniteModel, "gap", lambda self: arb(0))
    monkeypatch.setattr(latent.LinearNormalModel, "gap", lambda self: arb(0))
    assert failed(elbo.log_likelihood(2)) == {"exact-sum", "enclosure", "monte-carlo"}
    assert "exact-sum" in failed(elbo.elbo_bound(2))


def test_a_wrong_posterior_is_found(monkeypatch):
    monkeypatch.setattr(latent.LinearNormalModel, "posterior", lambda self: Normal(0, 1))
    few(monkeypatch, elbo, "linear_normal_models", 0, 1)
    assert "enclosure" in failed(elbo.log_likelihood(2))
    assert {"enclosure", "monte-carlo"} <= failed(elbo.elbo_bound(2))


def test_a_wrong_prior_at_sampling_is_found(monkeypatch):
    # Codes drawn from a law other than the prior do not give data of the model's law.
    right = aggregate.draw_twice
    monkeypatch.setattr(aggregate, "draw_twice", lambda first, second, eps: right(first[::-1], second, eps))
    monkeypatch.setattr(aggregate, "_inverted", lambda parts, eps: eps[:, 1] + 3)
    assert failed(elbo.ancestral_sampling(2)) == {"monte-carlo"}


def test_a_wrong_scale_of_a_minibatch_is_found(monkeypatch):
    bend(monkeypatch, elbo, "_batches", lambda found: replace(found, interval=tuple(1.2 * v for v in found.interval)))
    assert "monte-carlo" in failed(elbo.minibatch_unbiased(2))


def test_dependent_data_are_found(monkeypatch):
    monkeypatch.setattr(elbo, "_hits", lambda marginal, data: lambda eps: (eps[:, 0] > 0).to(eps.dtype))
    assert "monte-carlo" in failed(elbo.iid_log_likelihood(2))


def test_a_wrong_minimum_of_the_linear_autoencoder_is_found(monkeypatch):
    # Summing the largest eigenvalues instead of the smallest, say.
    bend(monkeypatch, principal, "eigenvalues", lambda values: values[::-1])
    assert failed(principal.linear_ae_pca(2)) == {"exact-sum", "enclosure", "monte-carlo"}


def test_a_map_that_is_not_inverted_is_found(monkeypatch):
    monkeypatch.setattr(autoencoder._Shear, "backward", lambda self, w: w)
    monkeypatch.setattr(autoencoder._Shear, "backward_t", lambda self, w: w)
    assert {"exact-sum", "monte-carlo"} <= failed(autoencoder.ae_code_freedom(2))


def test_a_supremum_that_is_too_low_is_found(monkeypatch):
    bend(monkeypatch, autoencoder, "log_of", lambda value: value - 1)
    assert {"exact-sum", "monte-carlo"} <= failed(autoencoder.no_kl_bound(2))


def test_a_wrong_covariance_of_the_reparameterized_law_is_found(monkeypatch):
    right = reparameterization.MultivariateNormal

    def doubled(mean, covariance):
        return right(mean, [[2 * v for v in row] for row in covariance])

    monkeypatch.setattr(reparameterization, "MultivariateNormal", doubled)
    assert {"enclosure", "monte-carlo"} <= failed(reparameterization.gaussian_reparameterization(2))


def test_a_second_zero_of_the_divergence_is_found(monkeypatch):
    bend(monkeypatch, gaussian, "zeros", lambda found: [found[0], (found[1][0], Fraction(1, 2))])
    assert "enclosure" in failed(gaussian.gaussian_kl_minimum(2))


def test_a_wrong_law_of_the_images_is_found(monkeypatch):
    made = generator._generators
    monkeypatch.setattr(
        generator, "_generators", lambda draw: [replace(g, law=Dirac(0)) for g in made(draw) if g.name != "constant"]
    )
    assert {"quadrature", "monte-carlo"} <= failed(gan.gan_value_pushforward(2))


def test_a_generator_loss_that_does_not_saturate_is_found(monkeypatch):
    bend(monkeypatch, generator, "log_sigmoid_slopes", lambda pair: pair[::-1])
    monkeypatch.setattr(generator, "_autograd", lambda kind: lambda a: -(a * 0 + 0.5))
    assert failed(gan.saturation(2)) == {"enclosure", "monte-carlo"}


def test_a_wrong_best_response_is_found(monkeypatch):
    bend(monkeypatch, generator, "highest_mean", lambda found: (found[0] + 1, found[1]))
    assert failed(gan.generator_best_response(2)) == {"linear-program"}


@pytest.mark.parametrize(
    "change", [lambda value: value.__class__("0.3", "0"), lambda value: value.__class__("0.8", "0")]
)
def test_a_wrong_divergence_is_found(monkeypatch, change):
    bend(monkeypatch, jensen_shannon, "jsd", change)
    assert {"exact-sum", "monte-carlo"} <= failed(gan.jsd_bounds(2)) | failed(gan.jsd_forms(2))
    assert "enclosure" in failed(gan.disjoint_jsd(2))


def test_a_discriminator_wrong_on_one_side_is_found():
    # log D of a discriminator that calls the other law's samples real is -inf there, and sampling says so.
    with pytest.raises(ValueError, match=r"not finite|outside bounds"):
        jensen_shannon.sample(
            Dirac(1), lambda x: (x <= 0).to(x.dtype).log(), gan.backend("cpu"), "wrong side", (-1e-9, 1e-9)
        )


def test_a_wrong_divergence_of_the_best_discriminator_is_found(monkeypatch):
    right = gan.jsd
    monkeypatch.setattr(gan, "jsd", lambda p, q, digits: right(p, p, digits))
    few(monkeypatch, gan, "normal_pairs", 0)
    assert failed(gan.gan_jsd(2)) == {"exact-sum", "enclosure", "monte-carlo"}


def test_a_minimum_that_is_not_at_the_data_law_is_found(monkeypatch):
    bend(monkeypatch, gan, "descended", lambda pair: (pair[1], pair[1]))
    monkeypatch.setattr(gan, "_sampled_value", lambda p, q, home, stream: gan.sample(p, torch.zeros_like, home, stream))
    assert {"exact-sum", "monte-carlo"} <= failed(gan.gan_global_minimum(2))


def test_a_cost_that_is_too_low_is_found(monkeypatch):
    bend(monkeypatch, duality, "distance", lambda value: value / 2)
    # Both sides shrink in the finite cases, but not the normal ones: bend the cost of couplings alone.
    bend(monkeypatch, duality, "folded_mean", lambda value: value / 100)
    assert {"enclosure", "monte-carlo"} <= failed(wasserstein.weak_duality(2))


def test_potentials_with_a_gap_are_found(monkeypatch):
    bend(monkeypatch, duality, "certificate", lambda found: replace(found, dual=found.dual + Fraction(1, 10**9)))
    assert {"linear-program", "exact-sum"} <= failed(wasserstein.discrete_duality(2))


def test_a_certificate_is_checked():
    a = b = (Fraction(1, 2), Fraction(1, 2))
    cost = ((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0)))
    good = duality.certificate(a, b, cost)
    with pytest.raises(ArithmeticError, match="exceed the cost"):
        replace(good, f=(good.f[0] + 1, good.f[1])).check(a, b, cost)
    with pytest.raises(ArithmeticError, match="no coupling"):
        replace(good, plan=(a, (Fraction(0), Fraction(0)))).check(a, b, cost)


def test_a_wrong_scaling_is_found(monkeypatch):
    bend(monkeypatch, lipschitz, "best_critic", lambda found: (2 * found[0], tuple(2 * v for v in found[1])))
    assert {"linear-program", "exact-sum", "monte-carlo"} <= failed(wasserstein.lipschitz_scaling(2))


def test_a_wrong_gradient_is_found(monkeypatch):
    made = lipschitz._functions
    monkeypatch.setattr(
        lipschitz,
        "_functions",
        lambda draw: [replace(f, gradient=lambda x, g=f.gradient: 2 * g(x)) for f in made(draw)],
    )
    assert {"quadrature", "monte-carlo"} <= failed(wasserstein.gradient_norm(2))


def test_a_wrong_distance_of_the_lines_is_found(monkeypatch):
    monkeypatch.setattr(parallel_lines, "_cost", lambda theta: lambda eps: eps[:, 0] * 0 + theta**2)
    bend(monkeypatch, parallel_lines, "_program", lambda plan: replace(plan, value=2 * plan.value))
    assert failed(wasserstein.parallel_lines_w1(2)) == {"linear-program", "monte-carlo"}


def test_a_wrong_slope_of_the_lines_is_found(monkeypatch):
    monkeypatch.setattr(parallel_lines, "_cost_slope", lambda theta: lambda eps: eps[:, 0] * 0)
    bend(monkeypatch, parallel_lines, "w1", lambda value: value.__class__("0", "0"))
    assert {"enclosure", "monte-carlo"} <= failed(wasserstein.parallel_lines_gradients(2))


def test_a_distance_that_is_not_continuous_is_found(monkeypatch):
    monkeypatch.setattr(wasserstein, "folded_mean", lambda middle, deviation: arb(0))
    assert {"enclosure", "monte-carlo"} <= failed(wasserstein.w1_continuity(2))


def test_a_wrong_constant_or_slope_in_the_parameter_is_found(monkeypatch):
    monkeypatch.setattr(wasserstein._Movement, "constant", lambda self: Fraction(0))
    right = wasserstein._Movement.slope
    monkeypatch.setattr(
        wasserstein._Movement, "slope", lambda self, *args: (-right(self, *args)[0], right(self, *args)[1])
    )
    assert {"exact-sum", "linear-program"} <= failed(wasserstein.w1_differentiable_ae(2))
