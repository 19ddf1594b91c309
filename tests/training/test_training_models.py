"""The mathematics inside the experiments, held against formulas they do not use themselves."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor

from numerics.backend import backend
from numerics.training import vae
from numerics.training.discriminator import divergence_and_value
from numerics.training.linear_vae import terms
from numerics.training.networks import Perceptron, Streams

HOME = backend()


def linear_vae_at(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """W [2, 5, 3], log s^2 [2], V [2, 3, 5], log v [2, 3], x [6, 5]."""
    drawn = Streams(HOME, (seed, seed + 1), "linear vae")
    x = Streams(HOME, (seed,), "x").normal(6, 5)[0]
    return drawn.normal(5, 3), drawn.normal(), drawn.normal(3, 5), drawn.normal(3), x


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_the_decomposition_holds_for_any_linear_vae_and_its_neighbours_do_not(seed: int) -> None:
    t = terms(*linear_vae_at(seed))
    scale = t.log_likelihood.abs() + t.reconstruction.abs() + t.kl_posterior.abs()
    # Rounding: matrices of size 5 and condition number up to 10^4 or so.
    assert ((t.log_likelihood - (t.reconstruction - t.kl_prior + t.kl_posterior)).abs() / scale).max() < 1e-10
    assert (t.kl_prior >= 0).all()
    assert (t.kl_posterior >= -1e-10 * scale).all()
    # The scanned sheet's signs, and the decomposition without its last term.
    assert ((t.reconstruction - (t.kl_prior + t.kl_posterior)).abs() / scale).max() > 1e-3
    assert ((t.log_likelihood - (t.reconstruction - t.kl_prior)).abs() / scale).max() > 1e-3


def test_the_likelihood_of_the_linear_vae_is_scipys() -> None:
    decoder, log_noise, encoder, log_spread, x = linear_vae_at(3)
    got = terms(decoder, log_noise, encoder, log_spread, x).log_likelihood
    for place in range(2):
        covariance = decoder[place] @ decoder[place].T + log_noise[place].exp() * torch.eye(5, dtype=torch.float64)
        reference = stats.multivariate_normal(np.zeros(5), covariance.numpy()).logpdf(x.numpy())
        np.testing.assert_allclose(got[place].numpy(), reference, rtol=1e-10)


def test_the_closed_kl_is_the_integral() -> None:
    mean, log_variance = torch.tensor([[0.7]], dtype=torch.float64), torch.tensor([[-1.2]], dtype=torch.float64)
    z = torch.linspace(-8, 8, 20001, dtype=torch.float64)
    q = stats.norm(0.7, math.exp(-0.6))
    integrand = q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z))
    reference = float(torch.trapezoid(torch.as_tensor(integrand), z))
    assert float(vae.gaussian_kl(mean, log_variance)) == pytest.approx(reference, abs=1e-9)


def tiny_vae(slope: float, log_variance: float, seeds: tuple[int, ...]) -> vae.Autoencoding:
    """q(z|x) = N(slope x, exp(log_variance)) on the line, decoder mean 2 z + 1: layers without hidden units."""
    s = len(seeds)

    def repeated(values: list[list[float]]) -> Tensor:
        return torch.tensor(values, dtype=torch.float64).expand(s, -1, -1)

    encoder = [repeated([[slope, 0.0]]), repeated([[0.0, log_variance]])]
    decoder = [repeated([[2.0]]), repeated([[1.0]])]
    alive = torch.ones(s, dtype=torch.bool)
    return vae.Autoencoding(
        HOME, seeds, Perceptron((1, 2)), Perceptron((1, 1)), encoder, decoder, torch.zeros(1, s, 1), alive
    )


def test_the_aggregate_posterior_is_decomposed_as_quadrature_does() -> None:
    x = torch.tensor([[-2.0], [-1.0], [0.5], [3.0]], dtype=torch.float64)
    seeds = tuple(range(8))
    kl, information, divergence, _ = vae.aggregate(tiny_vae(0.8, -1.5, seeds), x, draws=4000)
    z = torch.linspace(-9, 9, 20001, dtype=torch.float64)
    components = [stats.norm(0.8 * float(v), math.exp(-0.75)) for v in x]
    mixture = np.mean([c.pdf(z) for c in components], axis=0)
    log_mixture = np.log(mixture)
    wanted_divergence = np.trapezoid(mixture * (log_mixture - stats.norm.logpdf(z)), z)
    wanted_information = np.mean([np.trapezoid(c.pdf(z) * (c.logpdf(z) - log_mixture), z) for c in components])
    assert float(kl[0]) == pytest.approx(wanted_divergence + wanted_information, abs=1e-9)
    # 8 seeds of 16,000 draws each; |t_7| > 10.5 has chance 1.6e-5.
    for got, wanted in ((information, wanted_information), (divergence, wanted_divergence)):
        t = float((got.mean() - wanted) / (got.std() / math.sqrt(8)))
        assert abs(t) < 10.5
        assert float(got.std()) < 0.05
    # The nearby false statement: the mean KL is not the divergence of the aggregate alone.
    assert wanted_information > 0.5


def test_both_gradients_have_the_mean_that_calculus_gives() -> None:
    trained, x = tiny_vae(0.8, -1.5, tuple(range(8))), torch.tensor([[1.5]], dtype=torch.float64)
    config = vae.Config(noise=1.0, gradient_draws=4000)
    mean, variance = 0.8 * 1.5, math.exp(-1.5)
    # E -(x - 2 z - 1)^2 / 2 = -((x - 2 m - 1)^2 + 4 v) / 2, in m and in log v.
    wanted = (2 * (1.5 - 2 * mean - 1), -2 * variance)
    for estimator in vae.gradients(trained, config, x):
        per_seed = estimator.mean(dim=0)[:, 0]
        for coordinate in range(2):
            values = per_seed[:, coordinate]
            # |t_7| > 10.5 has chance 1.6e-5.
            assert abs(float((values.mean() - wanted[coordinate]) / (values.std() / math.sqrt(8)))) < 10.5


def on_the_line(left: float, right: float, spread: float) -> tuple[Tensor, Tensor, float]:
    x = torch.linspace(-9, 9, 4001, dtype=torch.float64)
    log_p, log_g = (torch.as_tensor(stats.norm(m, spread).logpdf(x)) for m in (left, right))
    return log_p, log_g, 18 / 4000


@given(st.floats(-2.5, 2.5), st.floats(-2.5, 2.5), st.floats(0.3, 0.8), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_optimal_discriminator_reaches_the_divergence_and_no_other_does(
    left: float, right: float, spread: float, seed: int
) -> None:
    log_p, log_g, spacing = on_the_line(left, right, spread)
    optimal = log_p - log_g
    bump = Streams(HOME, (seed,), "bump").normal(1)[0] + 0.5
    jsd, values = divergence_and_value(log_p, log_g, torch.stack([optimal, optimal + bump]), spacing)
    best = -math.log(4) + 2 * float(jsd)
    assert -1e-12 <= float(jsd) <= math.log(2) + 1e-12
    # The grid ends 8 standard deviations out: mass below 1e-15, times logarithms of at most 100.
    assert float(values[0]) == pytest.approx(best, abs=1e-10)
    # A shift of the logit that is not tiny costs value, unless D is saturated everywhere.
    assert float(values[1]) < best + 1e-12
    if abs(float(bump)) > 0.1 and float(jsd) < 0.4:
        assert float(values[1]) < best - 1e-5


def test_disjoint_laws_are_log_two_apart() -> None:
    log_p, log_g, spacing = on_the_line(-4.0, 4.0, 0.3)
    jsd, _ = divergence_and_value(log_p, log_g, torch.zeros(1, 4001, dtype=torch.float64), spacing)
    assert float(jsd) == pytest.approx(math.log(2), abs=1e-12)
