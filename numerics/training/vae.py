"""VAE on the digits: the two terms of the bound, where the KL term goes, and which gradient is quiet.

Model: p(z) = N(0, I_K), p(x|z) = N(f(z), s^2 I_n) with s fixed; encoder q(z|x) = N(m(x), diag(v(x))); both perceptrons.
The loss is -ELBO = -E_q[log p(x|z)] + KL(q(z|x)||p(z)) in nats, one sample of z = m + sqrt(v) eps per image, the KL in
closed form (Kingma and Welling 2014, appendix B).

What theory predicts, and the run compares:

- With q(x,z) = p_data(x) q(z|x) and p_data the N training images, the law of the codes q(z) is a mixture of N
  Gaussians, exactly known, and  mean KL(q(z|x)||p(z)) = I_q(x;z) + KL(q(z)||p(z))  (Hoffman and Johnson 2016; claim
  `aggregate-posterior`), with 0 <= I_q(x;z) <= log N. Left: the closed form. Right: the two summands from independent
  draws of z, so that the mixture density does not cancel.
- The pathwise and the score-function gradients of E_q[log p(x|z)] have the same mean (claims `pathwise-gradient`,
  `score-gradient`), and very different variances, measured on the trained model in the outputs (m, log v) of the
  encoder; all other encoder gradients are their images under one linear map.
- Where both variances are known, E[z^2] under N(mu, s^2), gradient in mu: 4 s^2 and mu^4/s^2 + 14 mu^2 + 15 s^2
  (claim `gradient-variance`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from numerics.backend import Backend, backend
from numerics.training.data import digits
from numerics.training.distances import directions, sliced_w1
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds
from numerics.training.observables import Outcome, at_most, equal, reported

__all__ = ["Autoencoding", "Config", "aggregate", "fit", "prior_samples", "remembered", "run"]


@dataclass(frozen=True)
class Config:
    """What is trained, and how long. The autoencoder and the VAE without KL take the same values."""

    codes: int = 8  # dimension K of z
    width: int = 64  # units of the one hidden layer of encoder and decoder
    noise: float = 0.2  # standard deviation s of the decoder, in units of the full range of a pixel
    epochs: int = 200
    batch: int = 128  # images in a minibatch
    rate: float = 1.5e-3  # first rate of Adam, falling to 0 along a half cosine
    seeds: int = 16  # independent initial values and minibatches, trained in one batch
    draws: int = 4  # codes drawn per image for I_q and KL(q(z)||p(z)), each
    gradient_draws: int = 300  # draws of z for the variance of the gradients
    dtype: str = "float32"  # training; everything compared with theory is evaluated in float64

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(epochs=40, batch=64, rate=2e-3, seeds=8, draws=2, gradient_draws=200)


@dataclass(frozen=True)
class Autoencoding:
    """S trained pairs of encoder and decoder, in float64, with their history [terms, S, epochs]."""

    home: Backend
    seeds: tuple[int, ...]
    encoder: Perceptron
    decoder: Perceptron
    encoder_parameters: list[Tensor]
    decoder_parameters: list[Tensor]
    history: Tensor
    alive: Tensor

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log variances of q(z|x), each [S, N, K], for images [N, n]."""
        mean, log_variance = self.encoder(self.encoder_parameters, x.expand(len(self.seeds), -1, -1)).chunk(2, dim=2)
        return mean, log_variance

    def decode(self, z: Tensor) -> Tensor:
        """Decoder means [S, N, n] for codes [S, N, K]."""
        return self.decoder(self.decoder_parameters, z)


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(m, diag(v)) || N(0, I)) in nats over the last dimension: (1/2) sum (m^2 + v - log v - 1).

    Source: Kingma and Welling (2014), appendix B; claim `gaussian-kl-standard`.

    >>> float(gaussian_kl(torch.zeros(3), torch.zeros(3)))
    0.0
    """
    return 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum(dim=-1)


Fit = Callable[[str, Sequence[int], Config, Callable[[int, int], None]], Autoencoding]


def remembered(fit: Fit) -> Fit:
    """A fit that keeps its last result: the three models on the digits are compared with each other, and train once.

    >>> @remembered
    ... def fit(device, seeds, config, progress):
    ...     print("trained")
    >>> for _ in range(2):
    ...     fit("cpu", range(2), Config(), print)
    trained
    """
    last: dict[tuple[str, tuple[int, ...], Config], Autoencoding] = {}

    @functools.wraps(fit)
    def once(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Autoencoding:
        key = (device, tuple(seeds), config)
        if key not in last:
            trained = fit(device, seeds, config, progress)
            last.clear()
            last[key] = trained
        return last[key]

    return once


@remembered
def fit(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Autoencoding:
    """Train the VAE at all seeds at once."""
    home = backend(device, config.dtype)
    images = digits(home).train
    count, pixels = images.shape
    encoder = Perceptron((pixels, config.width, 2 * config.codes))
    decoder = Perceptron((config.codes, config.width, pixels))
    weights, noise = Streams(home, seeds, "vae weights"), Streams(home, seeds, "vae noise")
    phi, theta = encoder.initial(weights), decoder.initial(weights)
    steps = count // config.batch
    descend = Descent(phi + theta, config.rate, config.epochs * steps)
    log_scale = 0.5 * pixels * math.log(2 * math.pi * config.noise**2)

    history = []
    for epoch in range(config.epochs):
        order = noise.permutation(count)
        terms = torch.zeros(3, len(seeds), device=home.device, dtype=home.dtype)
        for step in range(steps):
            x = images[order[:, step * config.batch : (step + 1) * config.batch]]
            mean, log_variance = encoder(phi, x).chunk(2, dim=2)
            z = mean + (0.5 * log_variance).exp() * noise.normal(config.batch, config.codes)
            missed = ((x - decoder(theta, z)) ** 2).sum(dim=2)
            reconstruction = (-missed / (2 * config.noise**2) - log_scale).mean(dim=1)
            kl = gaussian_kl(mean, log_variance).mean(dim=1)
            descend(kl - reconstruction)
            with torch.no_grad():
                terms += torch.stack([reconstruction, kl, log_variance.mean(dim=(1, 2))])
        history.append(terms / steps)
        progress(epoch, config.epochs)

    return Autoencoding(
        home.double(),
        tuple(seeds),
        encoder,
        decoder,
        [p.detach().double() for p in phi],
        [p.detach().double() for p in theta],
        torch.stack(history, dim=2).double(),
        finite_seeds(*phi, *theta),
    )


@torch.no_grad()
def aggregate(trained: Autoencoding, x: Tensor, draws: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Mean KL(q(z|x)||p(z)) in closed form; I_q(x;z); KL(q(z)||p(z)), each [S] in nats; and codes drawn from q(z).

    q(z) is the exact mixture over the N images x. Every image gives `draws` codes for I_q and as many for the KL.
    """
    mean, log_variance = trained.encode(x)
    noise = Streams(trained.home, trained.seeds, "aggregate posterior")

    def log_mixture(z: Tensor) -> Tensor:
        # |z - m|^2 / v as three products: no tensor [S, N, N, K] is made.
        precision = (-log_variance).exp()
        square = z**2 @ precision.mT - 2 * z @ (mean * precision).mT + (mean**2 * precision).sum(dim=2)[:, None]
        constant = -0.5 * (log_variance + math.log(2 * math.pi)).sum(dim=2)[:, None] - math.log(x.shape[0])
        return torch.logsumexp(constant - 0.5 * square, dim=2)

    def drawn() -> tuple[Tensor, Tensor]:
        eps = noise.normal(*mean.shape[1:])
        return mean + (0.5 * log_variance).exp() * eps, eps

    information, divergence = [], []
    for _ in range(draws):
        z, eps = drawn()
        log_conditional = -0.5 * (eps**2 + log_variance + math.log(2 * math.pi)).sum(dim=2)
        information.append((log_conditional - log_mixture(z)).mean(dim=1))
        z, _ = drawn()
        log_prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(dim=2)
        divergence.append((log_mixture(z) - log_prior).mean(dim=1))
    kl = gaussian_kl(mean, log_variance).mean(dim=1)
    return kl, torch.stack(information).mean(dim=0), torch.stack(divergence).mean(dim=0), z


@torch.no_grad()
def prior_samples(trained: Autoencoding, held_out: Tensor, repeats: int = 4) -> tuple[Tensor, Tensor]:
    """Sliced W1 [S] between decoded prior samples and held-out images, averaged over `repeats`, and the last samples.

    Decoder means f(z), z ~ N(0, I), without the noise of p(x|z): an autoencoder has none.
    """
    noise = Streams(trained.home, trained.seeds, "prior samples")
    along = directions(trained.home, held_out.shape[1], 256)
    codes = trained.decoder.sizes[0]
    distances = []
    for _ in range(repeats):
        samples = trained.decode(noise.normal(len(held_out), codes))
        distances.append(sliced_w1(samples, held_out.expand_as(samples), along))
    return torch.stack(distances).mean(dim=0), samples


def gradients(trained: Autoencoding, config: Config, x: Tensor) -> tuple[Tensor, Tensor]:
    """Pathwise and score-function gradients of E_q[log p(x|z)] in (m, log v): each [draws, S, N, 2K].

    One draw of z per image and gradient, the same for both; x [N, n].
    """
    noise = Streams(trained.home, trained.seeds, "gradient variance")
    mean, log_variance = (t.detach().requires_grad_() for t in trained.encode(x))
    pathwise, score = [], []
    for _ in range(config.gradient_draws):
        eps = noise.normal(*mean.shape[1:])
        z = mean + (0.5 * log_variance).exp() * eps
        missed = ((x - trained.decode(z)) ** 2).sum(dim=2)
        log_likelihood = -missed / (2 * config.noise**2) - 0.5 * x.shape[1] * math.log(2 * math.pi * config.noise**2)
        pathwise.append(torch.cat(torch.autograd.grad(log_likelihood.sum(), (mean, log_variance)), dim=2))
        with torch.no_grad():
            # grad of log N(z; m, v): eps / sqrt(v) in m, (eps^2 - 1) / 2 in log v.
            slope = torch.cat([eps * (-0.5 * log_variance).exp(), 0.5 * (eps**2 - 1)], dim=2)
            score.append(log_likelihood[..., None] * slope)
    return torch.stack(pathwise), torch.stack(score)


def square_gradients(home: Backend, seeds: Sequence[int], mu: float, s: float, draws: int) -> tuple[Tensor, Tensor]:
    """Sample variances [S] of the two estimators of d/dmu E[z^2], z ~ N(mu, s^2): pathwise 2 z, score z^2 (z - mu)/s^2.

    >>> pathwise, score = square_gradients(backend(), (0, 1), 1.0, 0.5, 10_000)
    >>> bool(((pathwise - 1).abs() < 0.1).all() and ((score - 21.75).abs() < 3).all())
    True
    """
    z = mu + s * Streams(home, seeds, "gradient of a square").normal(draws)
    return (2 * z).var(dim=1), (z**2 * (z - mu) / s**2).var(dim=1)


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train the VAE at all seeds; decompose its KL, compare its gradients, sample from it."""
    trained = fit(device, seeds, config, progress)
    home, alive = trained.home, trained.alive
    data = digits(home)
    kl, information, divergence, codes = aggregate(trained, data.train, config.draws)
    log_count = math.log(len(data.train))

    half = config.gradient_draws // 2
    pathwise, score = gradients(trained, config, data.held_out[:32])
    # The direction comes from other draws than the comparison along it, so the projection is unbiased.
    direction = pathwise[:half].mean(dim=0)
    along = ((score - pathwise)[half:].mean(dim=0) * direction).sum(dim=(1, 2)) / (direction**2).sum(dim=(1, 2))
    ratio = score.var(dim=0).sum(dim=(1, 2)) / pathwise.var(dim=0).sum(dim=(1, 2))
    mu, s = 1.0, 0.5
    square_pathwise, square_score = square_gradients(home, seeds, mu, s, 20_000)

    distance, samples = prior_samples(trained, data.held_out)
    shuffled = Streams(home, seeds, "floor").permutation(len(data.train))[:, : len(data.held_out)]
    pixels = data.train.shape[1]
    floor = sliced_w1(data.train[shuffled], data.held_out.expand(len(seeds), -1, -1), directions(home, pixels, 256))
    mean, log_variance = trained.encode(data.held_out)
    with torch.no_grad():
        z = mean + (0.5 * log_variance).exp() * Streams(home, seeds, "held out").normal(*mean.shape[1:])
        missed = ((data.held_out - trained.decode(z)) ** 2).sum(dim=2).mean(dim=1)
    reconstruction = -missed / (2 * config.noise**2) - 0.5 * pixels * math.log(2 * math.pi * config.noise**2)
    held_out_kl = gaussian_kl(mean, log_variance).mean(dim=1)

    def live(values: Tensor) -> Tensor:
        return values[alive].detach().cpu()

    observables = [
        reported("E_q[log p(x|z)], held-out images [nats]", live(reconstruction)),
        reported("KL(q(z|x)||p(z)), held-out images [nats]", live(held_out_kl)),
        reported("ELBO, held-out images [nats]", live(reconstruction - held_out_kl)),
        reported("mean KL(q(z|x)||p(z)), training images [nats]", live(kl)),
        reported("KL(q(z)||p(z)) from the exact mixture [nats]", live(divergence)),
        equal("mean KL - I_q(x;z) - KL(q(z)||p(z)) [nats]", live(kl - information - divergence), 0.0),
        at_most("I_q(x;z) [nats] against log N", live(information), log_count),
        at_most("-I_q(x;z) [nats] against 0", live(-information), 0.0),
        equal("score-function minus pathwise gradient, along the gradient, relative", live(along), 0.0),
        reported("log10 of gradient variance, score-function over pathwise", live(ratio.log10())),
        equal("variance of the pathwise gradient of E[z^2]", live(square_pathwise), 4 * s**2),
        equal(
            "variance of the score-function gradient of E[z^2]",
            live(square_score),
            mu**4 / s**2 + 14 * mu**2 + 15 * s**2,
        ),
        reported("sliced W1, decoded prior samples to held-out images", live(distance)),
        reported("sliced W1, training to held-out images (the floor)", live(floor)),
    ]
    curves = {
        "history": trained.history.cpu().numpy(),
        "decomposition": torch.stack([kl, information, divergence]).cpu().numpy(),
        "log N": np.array([log_count], dtype=np.float64),
        "codes": codes[alive][0].cpu().numpy(),
        "labels": data.train_labels.double().cpu().numpy(),
        "samples": samples[alive][0, :64].cpu().numpy(),
        "held out": data.held_out[:64].cpu().numpy(),
        "reconstructions": trained.decode(mean)[alive][0, :64].detach().cpu().numpy(),
        "gradient deviations": torch.stack([g.var(dim=0).sum(dim=2).mean(dim=1).sqrt() for g in (pathwise, score)])
        .cpu()
        .numpy(),
        "distances": torch.stack([distance, floor]).cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
