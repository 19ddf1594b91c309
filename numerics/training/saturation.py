"""GAN, saturating and non-saturating: what an ever better discriminator leaves of the generator's gradient.

The generator is fixed at its initial values, a small blob amid a ring of Gaussians; the supports hardly meet, so the
discriminator D = sigmoid(a) can become as good as training allows. As it learns, the gradient of both generator losses
in the generator's parameters is measured on the same samples. Theory (claim `saturation`; Goodfellow et al. 2014,
section 3; Arjovsky and Bottou 2017, theorems 2.4 and 2.6):

- d/da log(1 - D) = -sigmoid(a), which goes to 0 as a -> -infinity: the saturating gradient vanishes;
- d/da (-log D) = -(1 - sigmoid(a)), which goes to -1: the non-saturating one does not;
- chain rule: a gradient is at most max |dloss/da| times E|grad_theta a|, so the saturating one is at most
  max sigmoid(a) * E|grad_theta a|, at every step and every seed.

Gradients per sample come from `torch.func`: grad of one sample's loss, vmapped over samples and over seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.func import grad, vmap
from torch.nn.functional import logsigmoid, softplus

from numerics.backend import backend
from numerics.training.data import ring
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds
from numerics.training.observables import Outcome, at_most, greater, reported, within

__all__ = ["Config", "run"]


@dataclass(frozen=True)
class Config:
    """What is trained, and how long."""

    width: int = 32  # units of each of the two hidden layers of both networks (tanh)
    latent: int = 2
    steps: int = 1200  # of the discriminator
    batch: int = 64  # samples of either law at every step
    probes: int = 64  # generator samples on which the gradients are measured
    rate: float = 5e-3  # of Adam
    seeds: int = 16  # independent initial values and samples, trained in one batch
    vanished: float = 0.01  # saturating gradient at the end over its largest value in training
    dtype: str = "float64"  # 1 - D falls below the float32 spacing at 1

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(steps=500, seeds=8, vanished=0.1)


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train the discriminator at all seeds; measure both generator gradients as it gets better."""
    home = backend(device, config.dtype)
    law = ring(home)
    generator = Perceptron((config.latent, config.width, config.width, 2), torch.tanh)
    discriminator = Perceptron((2, config.width, config.width, 1), torch.tanh)
    weights, samples = Streams(home, seeds, "saturation weights"), Streams(home, seeds, "saturation samples")
    theta = [p.detach() for p in generator.initial(weights)]
    psi = discriminator.initial(weights)
    descend = Descent(psi, config.rate)
    probes = samples.normal(config.probes, config.latent)

    def logit(theta: list[Tensor], psi: list[Tensor], z: Tensor) -> Tensor:
        return discriminator(psi, generator(theta, z[None])).squeeze()

    def saturating(theta: list[Tensor], psi: list[Tensor], z: Tensor) -> Tensor:
        return logsigmoid(-logit(theta, psi, z))  # log(1 - D(G(z)))

    def non_saturating(theta: list[Tensor], psi: list[Tensor], z: Tensor) -> Tensor:
        return -logsigmoid(logit(theta, psi, z))  # -log D(G(z))

    def per_sample(loss: Callable[[list[Tensor], list[Tensor], Tensor], Tensor]) -> Tensor:
        """Gradients in theta, [S, probes, parameters]."""
        one_network = vmap(grad(loss), in_dims=(None, None, 0))
        parts = vmap(one_network)(theta, [p.detach() for p in psi], probes)
        return torch.cat([p.flatten(2) for p in parts], dim=2)

    seen, recorded, chain_error, beyond = [], [], [], []
    marks = {round(config.steps ** (k / 24)) - 1 for k in range(25)}
    for step in range(config.steps + 1):
        if step in marks or step == config.steps:
            of_logit, of_saturating, of_non_saturating = map(per_sample, (logit, saturating, non_saturating))
            a = vmap(vmap(logit, in_dims=(None, None, 0)))(theta, [p.detach() for p in psi], probes).detach()
            d = a.sigmoid()
            # The claim itself, sample by sample: both gradients are multiples of the gradient of a.
            wrong = torch.stack(
                [
                    (of_saturating + d[..., None] * of_logit).abs().amax(dim=(1, 2)),
                    (of_non_saturating + (1 - d)[..., None] * of_logit).abs().amax(dim=(1, 2)),
                ]
            )
            chain_error.append(wrong.amax(dim=0))
            norms = [g.mean(dim=1).norm(dim=1) for g in (of_saturating, of_non_saturating)]
            reach = of_logit.norm(dim=2).mean(dim=1)
            beyond.append(norms[0] / (d.amax(dim=1) * reach) - 1)
            real = discriminator(psi, law.sample(samples, 256)).detach()[..., 0]
            accuracy = 0.5 * ((real > 0).to(home.dtype).mean(dim=1) + (a < 0).to(home.dtype).mean(dim=1))
            recorded.append(torch.stack([*norms, d.mean(dim=1), (1 - d).mean(dim=1), a.mean(dim=1), accuracy]))
            seen.append(step)
            progress(step, config.steps)
        if step == config.steps:
            break
        with torch.no_grad():
            generated = generator(theta, samples.normal(config.batch, config.latent))
        a = discriminator(psi, torch.cat([law.sample(samples, config.batch), generated], dim=1))[..., 0]
        descend(softplus(-a[:, : config.batch]).mean(dim=1) + softplus(a[:, config.batch :]).mean(dim=1))

    history = torch.stack(recorded, dim=2)  # [6, S, marks]
    alive = finite_seeds(*psi)
    # Over the peak: at the start the gradient of a random network is small by chance, and no yardstick.
    shrunk = history[:2, :, -1] / history[:2].amax(dim=2)
    ratio = history[1] / history[0]

    def live(values: Tensor) -> Tensor:
        return values[alive].cpu()

    observables = [
        # Rounding of gradients of order one in float64.
        at_most(
            "|d log(1-D) + sigmoid(a) da|, |d(-log D) + (1-sigmoid(a)) da|, worst sample",
            live(torch.stack(chain_error, dim=1).amax(dim=1)),
            0.0,
            1e-12,
        ),
        at_most(
            "saturating gradient over its bound max D(G(z)) E|grad a|, - 1, worst step",
            live(torch.stack(beyond, dim=1).amax(dim=1)),
            0.0,
            1e-12,
        ),
        within("mean D(G(z)) = -dE[log(1-D)]/da at the end", live(history[2, :, -1]), 0.0, config.vanished),
        within("mean 1 - D(G(z)) = -dE[-log D]/da at the end", live(history[3, :, -1]), 1.0, config.vanished),
        within("norm of the saturating gradient, end over peak", live(shrunk[0]), 0.0, config.vanished),
        greater(
            "log10 norm, non-saturating over saturating, end minus start", live(ratio[:, -1] / ratio[:, 0]).log10(), 0.0
        ),
        reported("norm of the non-saturating gradient, end over peak", live(shrunk[1])),
        reported("accuracy of the discriminator at the end", live(history[5, :, -1])),
    ]
    curves = {"step": np.array(seen, dtype=np.float64), "history": history.double().cpu().numpy()}
    return Outcome(alive.tolist(), observables, curves)
