"""Two parallel lines: learned discriminators starve theta, a learned critic leads it home.

P_0 is the law of (0, Y), P_theta that of (theta, Y), Y ~ U[0, 1] (Arjovsky, Chintala and Bottou 2017, example 1). For
theta != 0 JSD = log 2 and W1 = |theta| (claims `parallel-lines-jsd`, `parallel-lines-w1`), so in theta the one has
slope 0 and the other sign(theta) (claim `parallel-lines-gradients`). Both divergences are here *learned*:

- at theta = 1 a discriminator is trained; the better it is, the smaller the gradient that the saturating loss
  E log(1 - D(theta, Y)) gives theta, towards 0; its value V(D) rises towards -log 4 + 2 log 2 = 0;
- from theta = 1 a critic with spectral normalisation (Miyato et al. 2018), so 1-Lipschitz, is trained along with
  theta, which descends on -E f(theta, Y): theta reaches 0, and on the way the critic's estimate of W1 is at most
  |theta| (weak duality; the norms are singular values, not the iterates of a power method, so the bound is exact).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from numerics.backend import backend
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds, spectrally_normalised
from numerics.training.observables import Outcome, at_most, reported, within

__all__ = ["Config", "run"]


@dataclass(frozen=True)
class Config:
    """What is trained, and how long."""

    width: int = 32  # units of each of the two hidden layers
    start: float = 1.0  # theta at the start
    batch: int = 64  # samples of Y for either line at every step
    discriminator_steps: int = 800
    discriminator_rate: float = 5e-3
    critic_rate: float = 1e-2
    warm_up: int = 200  # critic steps before theta moves
    critic_steps: int = 2  # critic steps per step of theta
    theta_steps: int = 400
    theta_rate: float = 0.02  # of plain gradient descent, falling to 0 linearly
    seeds: int = 16  # independent initial values and samples, trained in one batch
    vanished: float = 0.01  # saturating gradient at the end over its largest value in training
    arrived: float = 0.05  # |theta| at the end
    dtype: str = "float64"

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(discriminator_steps=400, theta_steps=200, theta_rate=0.03, seeds=8, vanished=0.05, arrived=0.2)


def line(x: Tensor, y: Tensor) -> Tensor:
    """Points (x, y): x [S], y [S, n] -> [S, n, 2]."""
    return torch.stack([x[:, None].expand_as(y), y], dim=2)


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Both halves of the experiment at all seeds: the starving discriminator, then the leading critic."""
    home = backend(device, config.dtype)
    network = Perceptron((2, config.width, config.width, 1))
    weights, heights = Streams(home, seeds, "lines weights"), Streams(home, seeds, "lines heights")
    still = torch.zeros(len(seeds), device=home.device, dtype=home.dtype)
    total = config.discriminator_steps + config.theta_steps

    # A discriminator at theta = 1, and the gradient of the saturating loss as it learns.
    theta = torch.full_like(still, config.start).requires_grad_()
    discriminator = network.initial(weights)
    descend = Descent(discriminator, config.discriminator_rate)
    probes = heights.uniform(256)
    seen, recorded = [], []
    marks = {round(config.discriminator_steps ** (k / 24)) - 1 for k in range(25)}
    for step in range(config.discriminator_steps + 1):
        if step in marks or step == config.discriminator_steps:
            fake, real = (
                network(discriminator, line(theta, probes))[..., 0],
                network(discriminator, line(still, probes))[..., 0],
            )
            saturating = torch.autograd.grad(logsigmoid(-fake).mean(dim=1).sum(), theta, retain_graph=True)[0]
            non_saturating = torch.autograd.grad(-logsigmoid(fake).mean(dim=1).sum(), theta)[0]
            with torch.no_grad():
                value = (logsigmoid(real) + logsigmoid(-fake)).mean(dim=1)
                accuracy = 0.5 * ((real > 0).to(home.dtype) + (fake < 0).to(home.dtype)).mean(dim=1)
                recorded.append(torch.stack([saturating.abs(), non_saturating.abs(), value, accuracy]))
            seen.append(step)
            progress(step, total)
        if step == config.discriminator_steps:
            break
        real = network(discriminator, line(still, heights.uniform(config.batch)))[..., 0]
        fake = network(discriminator, line(theta.detach(), heights.uniform(config.batch)))[..., 0]
        descend((softplus(-real) + softplus(fake)).mean(dim=1))
    history = torch.stack(recorded, dim=2)  # [4, S, marks]

    # A critic and theta together.
    theta = torch.full_like(still, config.start)
    critic = network.initial(weights)
    ascend = Descent(critic, config.critic_rate, betas=(0.5, 0.9))

    def estimate(at: Tensor, y_real: Tensor, y_fake: Tensor) -> Tensor:
        """E f(0, Y) - E f(theta, Y) [S], f 1-Lipschitz: a lower bound of W1, up to sampling."""
        f = spectrally_normalised(critic)
        return (network(f, line(still, y_real)) - network(f, line(at, y_fake))).mean(dim=(1, 2))

    path, estimates = [theta], []
    for step in range(config.theta_steps):
        for _ in range(config.critic_steps + (config.warm_up if step == 0 else 0)):
            ascend(-estimate(theta, heights.uniform(config.batch), heights.uniform(config.batch)))
        theta = theta.detach().requires_grad_()
        # On common heights the estimate is at most |theta| exactly, sample by sample.
        distance = estimate(theta, probes, probes)
        slope = torch.autograd.grad(distance.sum(), theta)[0]
        estimates.append(torch.stack([distance.detach(), slope]))
        theta = theta.detach() - config.theta_rate * (1 - step / config.theta_steps) * slope
        path.append(theta)
        if step % 20 == 0:
            progress(config.discriminator_steps + step, total)
    thetas = torch.stack(path, dim=1)  # [S, steps + 1]
    learned = torch.stack(estimates, dim=2)  # [2, S, steps]

    alive = finite_seeds(*discriminator, *critic, thetas)

    def live(values: Tensor) -> Tensor:
        return values[alive].cpu()

    # Over the peak: at the start the gradient of a random network is small by chance, and no yardstick.
    shrunk = history[:2, :, -1] / history[:2].amax(dim=2)
    excess = learned[0] - thetas[:, :-1].abs()
    observables = [
        within("saturating gradient in theta, end over peak", live(shrunk[0]), 0.0, config.vanished),
        reported("non-saturating gradient in theta, end over peak", live(shrunk[1])),
        within("V(D) at the end [nats] against -log 4 + 2 log 2", live(history[2, :, -1]), 0.0, config.vanished),
        reported("accuracy of the discriminator at the end", live(history[3, :, -1])),
        within(
            "slope of the critic's estimate in theta at the start, against sign(theta)",
            live(learned[1, :, 0]),
            1.0,
            0.1,
        ),
        # Rounding: the estimate is a difference of means of order one.
        at_most("critic's estimate - |theta|, worst step", live(excess.amax(dim=1)), 0.0, 1e-10),
        within("theta at the end", live(thetas[:, -1]), 0.0, config.arrived),
    ]
    curves = {
        "step": np.array(seen, dtype=np.float64),
        "history": history.double().cpu().numpy(),
        "thetas": thetas.double().cpu().numpy(),
        "estimates": learned.double().cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
