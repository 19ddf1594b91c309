"""GAN and WGAN on a ring of 8 Gaussians: how many modes, how good, over many seeds.

For a fixed discriminator the generator's best response is a point mass at its maximum (claim
`generator-best-response`): the alternating game may chase single modes. A critic's W1 charges for the mass that is
missing elsewhere. Theory predicts neither coverage; the run reports, seed by seed and without pass or fail,

- the modes covered and the share of points of high quality (`Ring.coverage`), of a non-saturating GAN (Goodfellow et
  al. 2014) and of a WGAN with gradient penalty (Gulrajani et al. 2017; one-sided, Petzka et al. 2018);
- the paired difference WGAN - GAN with its interval: both start from the same generator and see the same number of
  generator steps; the WGAN takes `critic_steps` critic steps for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from numerics.backend import Backend, backend
from numerics.training.data import ring
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds, relu_gradient
from numerics.training.observables import Outcome, reported

__all__ = ["Config", "Generators", "run", "train_gan", "train_wgan"]


@dataclass(frozen=True)
class Config:
    """What is trained, and how long."""

    latent: int = 2
    width: int = 32  # units of each of the two hidden layers of all networks (ReLU)
    steps: int = 3000  # of the generator
    batch: int = 32  # samples of either law at every step
    rate: float = 5e-3  # first rate of Adam for generators and discriminator, falling to 0 along a half cosine
    critic_rate: float = 1e-2  # the same for the critic
    critic_steps: int = 2  # critic steps per generator step
    penalty: float = 10.0  # weight of E max(|grad f| - 1, 0)^2, as in the paper
    seeds: int = 32  # independent initial values and samples, trained in one batch
    points: int = 2000  # generated points that are judged
    dtype: str = "float32"

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests; still 32 seeds."""
        return cls(steps=500, rate=1e-2, critic_rate=2e-2)


@dataclass(frozen=True)
class Generators:
    """S trained generators: points each of them makes [S, n, 2], modes and quality over time [marks, S], health [S]."""

    points: Tensor
    steps: list[int]
    modes: Tensor
    quality: Tensor
    alive: Tensor


class _Watch:
    """Counts modes now and then, on the same latent points."""

    def __init__(self, home: Backend, seeds: Sequence[int], config: Config) -> None:
        self.law = ring(home)
        self.latent = Streams(home, seeds, "ring judged").normal(config.points, config.latent)
        self.every = max(1, config.steps // 30)
        self.steps: list[int] = []
        self.seen: list[tuple[Tensor, Tensor]] = []

    @torch.no_grad()
    def __call__(self, step: int, generator: Perceptron, theta: list[Tensor]) -> None:
        self.steps.append(step)
        self.seen.append(self.law.coverage(generator(theta, self.latent)))

    @torch.no_grad()
    def judged(self, generator: Perceptron, theta: list[Tensor], *others: Tensor) -> Generators:
        modes, quality = (torch.stack(column) for column in zip(*self.seen, strict=True))
        points = generator(theta, self.latent)
        return Generators(points, self.steps, modes, quality, finite_seeds(*theta, *others, points))


def train_gan(
    home: Backend, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None] | None = None
) -> Generators:
    """Non-saturating GANs at all seeds at once: the discriminator ascends on V, the generator descends on -log D."""
    law = ring(home)
    generator = Perceptron((config.latent, config.width, config.width, 2))
    discriminator = Perceptron((2, config.width, config.width, 1))
    theta = generator.initial(Streams(home, seeds, "ring generator"))
    psi = discriminator.initial(Streams(home, seeds, "ring discriminator"))
    samples = Streams(home, seeds, "ring samples")
    descend_theta = Descent(theta, config.rate, config.steps, betas=(0.5, 0.9))
    descend_psi = Descent(psi, config.rate, config.steps, betas=(0.5, 0.9))
    watch = _Watch(home, seeds, config)

    for step in range(config.steps):
        if progress is not None and step % watch.every == 0:
            watch(step, generator, theta)
            progress(step, config.steps)
        generated = generator(theta, samples.normal(config.batch, config.latent))
        a = discriminator(psi, torch.cat([law.sample(samples, config.batch), generated.detach()], dim=1))[..., 0]
        descend_psi(softplus(-a[:, : config.batch]).mean(dim=1) + softplus(a[:, config.batch :]).mean(dim=1))
        descend_theta(softplus(-discriminator(psi, generated)[..., 0]).mean(dim=1))
    watch(config.steps, generator, theta)
    return watch.judged(generator, theta, *psi)


def train_wgan(
    home: Backend, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None] | None = None
) -> Generators:
    """WGANs with gradient penalty at all seeds at once."""
    law = ring(home)
    generator = Perceptron((config.latent, config.width, config.width, 2))
    critic = Perceptron((2, config.width, config.width, 1))
    theta = generator.initial(Streams(home, seeds, "ring generator"))
    psi = critic.initial(Streams(home, seeds, "ring discriminator"))
    samples = Streams(home, seeds, "ring samples")
    descend_theta = Descent(theta, config.rate, config.steps, betas=(0.0, 0.9))
    descend_psi = Descent(psi, config.critic_rate, config.steps * config.critic_steps, betas=(0.0, 0.9))
    watch = _Watch(home, seeds, config)

    for step in range(config.steps):
        if progress is not None and step % watch.every == 0:
            watch(step, generator, theta)
            progress(step, config.steps)
        for _ in range(config.critic_steps):
            with torch.no_grad():
                generated = generator(theta, samples.normal(config.batch, config.latent))
            real = law.sample(samples, config.batch)
            f = critic(psi, torch.cat([real, generated], dim=1))[..., 0]
            between = torch.lerp(generated, real, samples.uniform(config.batch, 1))
            # The small constant keeps the root differentiable where a gradient is zero.
            slope = (relu_gradient(psi, between).square().sum(dim=2) + 1e-12).sqrt()
            penalty = (torch.relu(slope - 1) ** 2).mean(dim=1)
            estimate = f[:, : config.batch].mean(dim=1) - f[:, config.batch :].mean(dim=1)
            descend_psi(config.penalty * penalty - estimate)
        generated = generator(theta, samples.normal(config.batch, config.latent))
        descend_theta(-critic(psi, generated)[..., 0].mean(dim=1))
    watch(config.steps, generator, theta)
    return watch.judged(generator, theta, *psi)


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train both at all seeds; count, and take the difference seed by seed."""
    home = backend(device, config.dtype)
    total = config.steps * (2 + config.critic_steps)
    gan = train_gan(home, seeds, config, lambda step, _: progress(step, total))
    wgan = train_wgan(
        home, seeds, config, lambda step, _: progress(config.steps + step * (1 + config.critic_steps), total)
    )
    # A pair with one diverged member is no pair.
    alive = gan.alive & wgan.alive

    def live(values: Tensor) -> Tensor:
        return values[alive].cpu()

    observables = [
        reported("modes covered of 8, GAN", live(gan.modes[-1])),
        reported("modes covered of 8, WGAN", live(wgan.modes[-1])),
        reported("modes covered, WGAN minus GAN, paired", live(wgan.modes[-1] - gan.modes[-1])),
        reported("share of high quality, GAN", live(gan.quality[-1])),
        reported("share of high quality, WGAN", live(wgan.quality[-1])),
        reported("share of high quality, WGAN minus GAN, paired", live(wgan.quality[-1] - gan.quality[-1])),
    ]
    curves = {
        "step": np.array(gan.steps, dtype=np.float64),
        "modes": torch.stack([gan.modes, wgan.modes]).double().cpu().numpy(),
        "quality": torch.stack([gan.quality, wgan.quality]).double().cpu().numpy(),
        "points": torch.stack([gan.points[alive][:6, :600], wgan.points[alive][:6, :600]]).double().cpu().numpy(),
        "centres": ring(home).centres.double().cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
