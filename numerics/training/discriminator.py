"""Discriminator alone: G fixed, both densities known, D against D*.

On the line p_data and p_g are fixed mixtures of Gaussians, of which the discriminator sees samples only. It is trained
to maximise V(D) = E_{p_data}[log D(x)] + E_{p_g}[log(1 - D(x))] (nats). Theory (Goodfellow et al. 2014, section 4.1):

- the optimum is D* = p_data / (p_data + p_g), alone almost everywhere (claim `optimal-discriminator`);
- its value is -log 4 + 2 JSD(p_data||p_g) (claim `gan-jsd`), and every D stays below it;
- V(D*) - V(D) = integral of (p_data + p_g) KL(Ber(D*)||Ber(D)), and KL(Ber(a)||Ber(b)) >= 2 (a - b)^2 (Pinsker), so
  with m = (p_data + p_g)/2 the mean error of D obeys  E_m|D - D*| <= sqrt((V(D*) - V(D)) / 4).

The value, the divergence and the errors are integrals over a grid by the trapezoidal rule in float64, which converges
faster than any power of the spacing for smooth densities that vanish at the ends: 4001 points on [-9, 9] leave no more
than rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from numerics.backend import backend
from numerics.training.data import Mixture, mixture
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds
from numerics.training.observables import Outcome, at_most, within

__all__ = ["Config", "divergence_and_value", "run"]


@dataclass(frozen=True)
class Config:
    """What is trained, how long, and how near D* it must come."""

    width: int = 32  # units of each of the two hidden layers (tanh)
    steps: int = 3000
    batch: int = 256  # fresh samples of either law at every step
    rate: float = 1e-2  # first rate of Adam, falling to 0 along a half cosine
    seeds: int = 16  # independent initial values and samples, trained in one batch
    mean_error: float = 0.01  # of D, under (p_data + p_g)/2
    max_error: float = 0.1  # of D, wherever (p_data + p_g)/2 >= 0.01
    value_error: float = 1e-3  # of V(D), nats
    dtype: str = "float32"  # training; the comparison is in float64

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(steps=600, seeds=8, mean_error=0.03, max_error=0.25, value_error=5e-3)


def divergence_and_value(log_p: Tensor, log_g: Tensor, logit: Tensor, spacing: float) -> tuple[Tensor, Tensor]:
    """JSD(p||g) [] and V(D) [S] in nats, from log densities [X] and logits [S, X] of D on a grid.

    >>> x = torch.linspace(-9, 9, 4001, dtype=torch.float64)
    >>> same = -0.5 * x**2 - 0.5 * math.log(2 * math.pi)
    >>> jsd, value = divergence_and_value(same, same, torch.zeros(1, 4001, dtype=torch.float64), 18 / 4000)
    >>> abs(float(jsd)) < 1e-12, abs(float(value) + math.log(4)) < 1e-12
    (True, True)
    """
    p, g = log_p.exp(), log_g.exp()
    log_m = torch.logaddexp(log_p, log_g) - math.log(2)
    jsd = 0.5 * spacing * (p * (log_p - log_m) + g * (log_g - log_m)).sum()
    value = spacing * (p * logsigmoid(logit) - g * softplus(logit)).sum(dim=-1)
    return jsd, value


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train the discriminator at all seeds and hold it against D* and its value against the divergence."""
    home = backend(device, config.dtype)

    def laws(precise: bool) -> tuple[Mixture, Mixture]:
        on = home.double() if precise else home
        return mixture(on, (0.5, -2.0, 0.6), (0.5, 1.0, 0.5)), mixture(on, (0.6, -0.5, 1.0), (0.4, 2.0, 0.8))

    real, generated = laws(False)
    network = Perceptron((1, config.width, config.width, 1), torch.tanh)
    weights, samples = Streams(home, seeds, "discriminator"), Streams(home, seeds, "samples")
    other = Streams(home, seeds, "generated samples")
    parameters = network.initial(weights)
    descend = Descent(parameters, config.rate, config.steps)

    points, reach = 4001, 9.0
    grid = torch.linspace(-reach, reach, points, device=home.device, dtype=torch.float64)
    spacing = 2 * reach / (points - 1)
    log_p, log_g = (law.log_density(grid) for law in laws(True))
    optimal = torch.sigmoid(log_p - log_g)
    middle = 0.5 * (log_p.exp() + log_g.exp())

    @torch.no_grad()
    def logits() -> Tensor:
        return network([p.double() for p in parameters], grid[:, None].expand(len(seeds), -1, -1))[..., 0]

    seen, values, errors = [], [], []
    for step in range(config.steps + 1):
        if step % (config.steps // 40) == 0:
            logit = logits()
            jsd, value = divergence_and_value(log_p, log_g, logit, spacing)
            seen.append(step)
            values.append(value)
            errors.append(spacing * ((logit.sigmoid() - optimal).abs() * middle).sum(dim=1))
            progress(step, config.steps)
        if step == config.steps:
            break
        x = torch.cat([real.sample(samples, config.batch), generated.sample(other, config.batch)], dim=1)
        a = network(parameters, x)[..., 0]
        descend(softplus(-a[:, : config.batch]).mean(dim=1) + softplus(a[:, config.batch :]).mean(dim=1))

    found = logit.sigmoid()
    alive = finite_seeds(*parameters)
    error = (found - optimal).abs()
    largest = error[:, middle >= 0.01].amax(dim=1)
    best = float(-math.log(4) + 2 * jsd)
    shortfall = best - values[-1]
    # Pinsker's bound, over every moment of training: the errors and shortfalls of all recorded steps.
    pinsker = torch.stack([e - ((best - v).clamp(min=0) / 4).sqrt() for e, v in zip(errors, values, strict=True)])

    def live(tensor: Tensor) -> Tensor:
        return tensor[alive].cpu()

    observables = [
        within("mean |D - D*| under (p_data + p_g)/2", live(errors[-1]), 0.0, config.mean_error),
        within("max |D - D*| where (p_data + p_g)/2 >= 0.01", live(largest), 0.0, config.max_error),
        within("best V(D) [nats] against -log 4 + 2 JSD", live(values[-1]), best, config.value_error),
        # Rounding of integrals over 4001 points, of values of order one.
        at_most("V(D) - (-log 4 + 2 JSD) [nats]", live(-shortfall), 0.0, 1e-12),
        at_most("mean |D - D*| - sqrt((V(D*) - V(D))/4), all recorded steps", live(pinsker.amax(dim=0)), 0.0, 1e-9),
    ]
    curves = {
        "step": np.array(seen, dtype=np.float64),
        "values": torch.stack(values, dim=1).cpu().numpy(),
        "errors": torch.stack(errors, dim=1).cpu().numpy(),
        "best": np.array([best], dtype=np.float64),
        "grid": grid.cpu().numpy(),
        "densities": torch.stack([log_p.exp(), log_g.exp()]).cpu().numpy(),
        "optimal": optimal.cpu().numpy(),
        "found": found.cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
