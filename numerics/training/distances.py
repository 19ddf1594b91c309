"""Wasserstein-1 distances between clouds of points, for measuring samples and for judging critics.

`sliced_w1` compares clouds in many dimensions along random lines; `exact_w1` solves the assignment exactly.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from numerics.backend import Backend

__all__ = ["directions", "exact_w1", "sliced_w1"]


def directions(home: Backend, dimension: int, count: int) -> Tensor:
    """Unit vectors [dimension, count], uniform on the sphere, the same for every seed of an experiment.

    >>> from numerics.backend import backend
    >>> bool(directions(backend(), 3, 5).norm(dim=0).allclose(torch.ones(5, dtype=torch.float64)))
    True
    """
    drawn = torch.randn(dimension, count, generator=home.generator("directions"), device=home.device, dtype=home.dtype)
    return drawn / drawn.norm(dim=0)


def sliced_w1(x: Tensor, y: Tensor, along: Tensor) -> Tensor:
    """Mean over the directions of the W1 distance of the projections: [S] for clouds [S, n, d] and [S, n, d].

    On the line W1 between n points and n points is the mean distance of the sorted ones. Source: Bonneel et al.
    (2015). At most W1 itself, since projections are 1-Lipschitz.

    >>> x = torch.zeros(1, 4, 2)
    >>> float(sliced_w1(x, x + torch.tensor([3.0, 0.0]), torch.eye(2)))
    1.5
    """
    return ((x @ along).sort(dim=1).values - (y @ along).sort(dim=1).values).abs().mean(dim=(1, 2))


def exact_w1(x: Tensor, y: Tensor) -> Tensor:
    """W1 in the Euclidean distance between n points and n points of equal weight: [S] for [S, n, d] and [S, n, d].

    The optimal coupling of equal weights is a permutation (Birkhoff), found on the CPU. NaN
    for a cloud that is not finite: a diverged seed.

    >>> x = torch.tensor([[[0.0], [1.0]]])
    >>> float(exact_w1(x, x.flip(1) + 2.0))
    2.0
    """
    from scipy.optimize import linear_sum_assignment

    costs = torch.cdist(x.double(), y.double()).cpu().numpy()
    values = []
    for cost in costs:
        if not np.isfinite(cost).all():
            values.append(math.nan)
            continue
        rows, columns = linear_sum_assignment(cost)
        values.append(float(cost[rows, columns].mean()))
    return torch.tensor(values, dtype=x.dtype, device=x.device)
