"""The data of the training lab: real digits, a ring of Gaussians, mixtures with known densities, two parallel lines.

Everything is made on the backend's device. The digits are the 1,797 8x8 images that ship with scikit-learn (E. Alpaydin
and C. Kaynak, Optical Recognition of Handwritten Digits, UCI 1998); nothing is downloaded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from numerics.backend import Backend
from numerics.training.networks import Streams

__all__ = ["Digits", "Mixture", "Ring", "digits", "mixture", "ring"]


@dataclass(frozen=True)
class Digits:
    """Images scaled to [0, 1]: `train` [1437, 64] and `held_out` [360, 64], with the digits they show.

    The split is fixed, so that all seeds, and all models, see the same held-out images.
    """

    train: Tensor
    held_out: Tensor
    train_labels: Tensor
    held_out_labels: Tensor


def digits(home: Backend) -> Digits:
    """The digits on the backend's device, four fifths to train on and one fifth held out.

    >>> from numerics.backend import backend
    >>> loaded = digits(backend())
    >>> tuple(loaded.train.shape), tuple(loaded.held_out.shape), float(loaded.train.max())
    ((1437, 64), (360, 64), 1.0)
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.Generator(np.random.PCG64(8)).permutation(len(images))
    pixels = torch.as_tensor(images[order] / 16.0, device=home.device).to(home.dtype)
    shown = torch.as_tensor(labels[order], device=home.device)
    return Digits(pixels[:1437], pixels[1437:], shown[:1437], shown[1437:])


@dataclass(frozen=True)
class Ring:
    """Equal Gaussians with standard deviation `spread` about `centres` [modes, 2]; made by `ring`."""

    centres: Tensor
    spread: float

    def sample(self, streams: Streams, n: int) -> Tensor:
        """[S, n, 2], every seed from its own stream."""
        return self.centres[streams.integers(len(self.centres), n)] + self.spread * streams.normal(n, 2)

    def coverage(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Modes covered [S] and share of high quality [S] of points [S, n, 2].

        A point is of high quality if it lies within three standard deviations of a centre; a mode is covered if at
        least 1 % of the points are high-quality points nearest to it. Source: the usual count on the ring (Metz et al.
        2017, Srivastava et al. 2017), with a threshold on the share in place of a single point.

        >>> from numerics.backend import backend
        >>> four = ring(backend(), modes=4)
        >>> modes, good = four.coverage(four.centres[None, :3])
        >>> modes.tolist(), good.tolist()
        ([3.0], [1.0])
        """
        distance, nearest = torch.cdist(points, self.centres.expand(len(points), -1, -1)).min(dim=2)
        good = distance <= 3 * self.spread
        hits = torch.nn.functional.one_hot(nearest, len(self.centres)) * good[..., None]
        share = hits.to(points.dtype).mean(dim=1)
        return (share >= 0.01).sum(dim=1).to(points.dtype), good.to(points.dtype).mean(dim=1)


def ring(home: Backend, modes: int = 8, radius: float = 2.0, spread: float = 0.1) -> Ring:
    """A ring of Gaussians in the plane, their centres evenly on a circle.

    >>> from numerics.backend import backend
    >>> ring(backend(), modes=4, radius=1.0).centres.round(decimals=3).abs().tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    angle = torch.arange(modes, device=home.device, dtype=home.dtype) * (2 * math.pi / modes)
    return Ring(radius * torch.stack([angle.cos(), angle.sin()], dim=1), spread)


@dataclass(frozen=True)
class Mixture:
    """A mixture of Gaussians on the line: weights, means and standard deviations, each [components]."""

    weights: Tensor
    means: Tensor
    deviations: Tensor

    def log_density(self, x: Tensor) -> Tensor:
        """Natural logarithm of the density at x, any shape.

        >>> from numerics.backend import backend
        >>> normal = mixture(backend(), (1.0, 0.0, 1.0))
        >>> round(float(normal.log_density(torch.tensor(0.0))), 6)
        -0.918939
        """
        z = (x[..., None] - self.means) / self.deviations
        scale = self.weights.log() - self.deviations.log() - 0.5 * math.log(2 * math.pi)
        return torch.logsumexp(scale - 0.5 * z**2, dim=-1)

    def sample(self, streams: Streams, n: int) -> Tensor:
        """[S, n, 1], every seed from its own stream."""
        # The component is the number of cumulative weights that a uniform number exceeds.
        component = (streams.uniform(n)[..., None] > self.weights.cumsum(0)[:-1]).sum(dim=-1)
        return (self.means[component] + self.deviations[component] * streams.normal(n))[..., None]


def mixture(home: Backend, *components: tuple[float, float, float]) -> Mixture:
    """A mixture on the backend's device from its components (weight, mean, standard deviation)."""
    weights, means, deviations = torch.tensor(components, dtype=home.dtype, device=home.device).unbind(dim=1)
    return Mixture(weights, means, deviations)
