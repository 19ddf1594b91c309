"""WGAN with clipping, gradient penalty, spectral norm: what the critic's estimate is worth.

A critic f with Lipschitz constant L gives E_real f - E_gen f <= L W1 (claims `weak-duality`, `lipschitz-scaling`), for
any two laws, so also for the two clouds of points on which both sides are computed here: the left by the critic in
training, the right exactly, as an optimal assignment. Three WGANs on the ring keep L in check in three ways:

- clipping all weights to [-c, c] bounds an a x b layer by c sqrt(a b), hence f by the product (claim
  `lipschitz-layers`; Arjovsky, Chintala and Bottou 2017);
- the one-sided gradient penalty asks for |grad f| <= 1 between the clouds and bounds nothing (Gulrajani et al. 2017;
  Petzka et al. 2018);
- spectral normalisation makes every layer, and f, 1-Lipschitz (Miyato et al. 2018).

L is measured from below as the largest |grad f| over a fine grid and over the points themselves (claim
`gradient-norm`), and bounded from above by the product of the layers' spectral norms. Theory orders them:

    estimate / W1  <=  L measured (up to the grid)  <=  product of spectral norms  <=  the method's bound.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from numerics.backend import Backend, backend
from numerics.training.data import ring
from numerics.training.distances import exact_w1
from numerics.training.networks import (
    Descent,
    Perceptron,
    Streams,
    finite_seeds,
    relu_gradient,
    spectral_norms,
    spectrally_normalised,
)
from numerics.training.observables import Observable, Outcome, at_most, reported

__all__ = ["METHODS", "Config", "clipping_bound", "run"]

Method = Literal["clipping", "gradient penalty", "spectral norm"]
METHODS: tuple[Method, ...] = ("clipping", "gradient penalty", "spectral norm")


@dataclass(frozen=True)
class Config:
    """What is trained, and how long."""

    latent: int = 2
    width: int = 32  # units of each of the two hidden layers of all networks (ReLU)
    steps: int = 400  # of the generator
    critic_steps: int = 4  # critic steps per generator step
    warm_up: int = 100  # critic steps before the generator moves
    batch: int = 64  # samples of either law at every step
    rate: float = 2e-3  # of Adam for the generator
    critic_rate: float = 5e-3  # of Adam for the critic
    clip: float = 0.1  # c
    penalty: float = 10.0  # weight of E max(|grad f| - 1, 0)^2
    seeds: int = 8  # independent initial values and samples, trained in one batch
    points: int = 256  # of either cloud, where estimate and W1 are compared
    grid: int = 121  # points a side of the grid on [-3, 3]^2 where |grad f| is measured
    checks: int = 13  # comparisons along the training
    dtype: str = "float32"  # training; the comparison is in float64

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(steps=80, critic_steps=3, warm_up=60, points=128, grid=61, checks=5)


def clipping_bound(sizes: Sequence[int], clip: float) -> float:
    """Lipschitz constant that weights in [-c, c] cannot exceed: the product of c sqrt(a b) over layers a x b.

    >>> clipping_bound((2, 8, 1), 0.5)
    2.82842712474619...
    """
    return math.prod(clip * math.sqrt(a * b) for a, b in itertools.pairwise(sizes))


@dataclass(frozen=True)
class Trained:
    """History of one method: W1, estimate, measured L, product of spectral norms [4, S, checks]; health [S]."""

    steps: list[int]
    history: Tensor
    alive: Tensor


def train(
    method: Method, home: Backend, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]
) -> Trained:
    """Train WGANs of one kind at all seeds at once; compare estimate, W1 and slopes along the way."""
    law = ring(home)
    generator = Perceptron((config.latent, config.width, config.width, 2))
    network = Perceptron((2, config.width, config.width, 1))
    theta = generator.initial(Streams(home, seeds, "critics generator"))
    psi = network.initial(Streams(home, seeds, "critics critic"))
    samples, judged = Streams(home, seeds, "critics samples"), Streams(home, seeds, "critics judged")
    descend_theta = Descent(theta, config.rate, config.steps, betas=(0.5, 0.9))
    descend_psi = Descent(psi, config.critic_rate, betas=(0.5, 0.9))

    def critic() -> list[Tensor]:
        return spectrally_normalised(psi) if method == "spectral norm" else psi

    def ascend() -> None:
        with torch.no_grad():
            generated = generator(theta, samples.normal(config.batch, config.latent))
        real = law.sample(samples, config.batch)
        f = network(critic(), torch.cat([real, generated], dim=1))[..., 0]
        loss = f[:, config.batch :].mean(dim=1) - f[:, : config.batch].mean(dim=1)
        if method == "gradient penalty":
            between = torch.lerp(generated, real, samples.uniform(config.batch, 1))
            slope = (relu_gradient(psi, between).square().sum(dim=2) + 1e-12).sqrt()
            loss = loss + config.penalty * (torch.relu(slope - 1) ** 2).mean(dim=1)
        descend_psi(loss)
        if method == "clipping":
            with torch.no_grad():
                for weight in psi[::2]:
                    weight.clamp_(-config.clip, config.clip)

    side = torch.linspace(-3, 3, config.grid, device=home.device, dtype=torch.float64)
    grid = torch.cartesian_prod(side, side).expand(len(seeds), -1, -1)
    real_judged = law.sample(judged, config.points).double()
    latent_judged = judged.normal(config.points, config.latent)

    @torch.no_grad()
    def compare() -> Tensor:
        # In float64 from the stored weights on, so that normalised layers have norm one to 10^-16, not to 10^-7.
        exact = [p.double() for p in psi]
        f = spectrally_normalised(exact) if method == "spectral norm" else exact
        generated = generator(theta, latent_judged).double()
        estimate = (network(f, real_judged) - network(f, generated)).mean(dim=(1, 2))
        between = 0.5 * (real_judged + generated)
        slopes = relu_gradient(f, torch.cat([grid, real_judged, generated, between], dim=1)).norm(dim=2)
        return torch.stack(
            [exact_w1(real_judged, generated), estimate, slopes.amax(dim=1), spectral_norms(f).prod(dim=1)]
        )

    for _ in range(config.warm_up):
        ascend()
    marks = {round(config.steps * k / (config.checks - 1)) for k in range(config.checks)}
    seen, compared = [], []
    for step in range(config.steps + 1):
        if step in marks:
            seen.append(step)
            compared.append(compare())
        if step == config.steps:
            break
        if step % 10 == 0:
            progress(step, config.steps)
        for _ in range(config.critic_steps):
            ascend()
        generated = generator(theta, samples.normal(config.batch, config.latent))
        descend_theta(-network(critic(), generated)[..., 0].mean(dim=1))
    return Trained(seen, torch.stack(compared, dim=2), finite_seeds(*theta, *psi))


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """The three methods at all seeds; the chain estimate / W1 <= measured L <= spectral norms <= bound for each."""
    home = backend(device, config.dtype)
    trained: list[Trained] = []
    for place, method in enumerate(METHODS):

        def report(step: int, _: int, before: int = place * config.steps) -> None:
            progress(before + step, len(METHODS) * config.steps)

        trained.append(train(method, home, seeds, config, report))
    alive = torch.stack([t.alive for t in trained]).all(dim=0)
    bounds = {"clipping": clipping_bound((2, config.width, config.width, 1), config.clip), "spectral norm": 1.0}

    observables: list[Observable] = []
    for method, t in zip(METHODS, trained, strict=True):
        w1, estimate, measured, norms = t.history[:, alive].cpu()
        observables += [
            reported(f"{method}: W1 at the end", w1[:, -1]),
            reported(f"{method}: critic's estimate / W1, mean along training", (estimate / w1).mean(dim=1)),
            # The largest slope on a grid misses cells smaller than its spacing; a thousandth allows for them.
            at_most(
                f"{method}: estimate / (measured Lipschitz constant x W1), worst check",
                (estimate / (measured * w1)).amax(dim=1),
                1.0,
                1e-3,
            ),
            reported(f"{method}: measured Lipschitz constant at the end", measured[:, -1]),
            # Rounding of singular values in float64.
            at_most(
                f"{method}: measured Lipschitz constant / product of spectral norms, worst check",
                (measured / norms).amax(dim=1),
                1.0,
                1e-12,
            ),
        ]
        if method in bounds:
            observables.append(
                at_most(
                    f"{method}: measured Lipschitz constant against its bound, worst check",
                    measured.amax(dim=1),
                    bounds[method],
                    1e-12 if method == "spectral norm" else 1e-6,  # clipping happens in float32
                )
            )
    curves = {
        "step": np.array(trained[0].steps, dtype=np.float64),
        "history": torch.stack([t.history for t in trained]).cpu().numpy(),  # [methods, 4, S, checks]
        "bounds": np.array([bounds["clipping"], math.nan, bounds["spectral norm"]], dtype=np.float64),
    }
    return Outcome(alive.tolist(), observables, curves)
