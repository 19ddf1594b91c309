"""Linear autoencoder on the digits: gradient descent finds what Eckart and Young say is there.

An encoder A [K, n] and a decoder B [n, K] without biases, on centred images x_1, ..., x_N, minimise the sum over i of
|x_i - B A x_i|^2. With S = (1/N) sum x_i x_i^T and eigenvalues l_1 >= ... >= l_n the minimum is

    N (l_{K+1} + ... + l_n),

reached where B A is the orthogonal projection on the leading K eigenvectors (Eckart and Young 1936; Baldi and Hornik
1989 show that every other critical point is a saddle; claim `linear-ae-pca`). The codes A x are *not* determined:
(T A, B T^-1) has the same loss for every invertible T (claim `ae-code-freedom`), and the seeds show it.

The loss is quadratic in the data, so it is computed from S: N tr((I - BA) S (I - BA)^T), exact at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from numerics.backend import backend
from numerics.training.data import digits
from numerics.training.networks import Descent, Streams, finite_seeds
from numerics.training.observables import Outcome, at_most, reported, within

__all__ = ["Config", "run"]


@dataclass(frozen=True)
class Config:
    """What is trained, and how long."""

    codes: int = 8  # dimension K of the code
    steps: int = 2000  # full-batch steps of Adam
    rate: float = 0.01  # its first rate, falling to 0 along a half cosine
    seeds: int = 16  # independent initial values, trained in one batch
    tolerance: float = 1e-6  # of the loss over its minimum, relative; the last steps have rates near 0
    dtype: str = "float64"

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(steps=1500, seeds=8, tolerance=1e-4)


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train all seeds at once and compare the loss with N times the discarded eigenvalue sum."""
    home = backend(device, config.dtype)
    images = digits(home).train
    centred = images - images.mean(dim=0)
    count, pixels = centred.shape
    covariance = centred.T @ centred / count
    eigenvalues, eigenvectors = torch.linalg.eigh(covariance)  # ascending
    minimum = float(count * eigenvalues[: pixels - config.codes].sum())
    leading = eigenvectors[:, pixels - config.codes :]

    weights = Streams(home, seeds, "linear autoencoder")
    encoder = (weights.normal(config.codes, pixels) / pixels**0.5).requires_grad_()
    decoder = (weights.normal(pixels, config.codes) / pixels**0.5).requires_grad_()
    identity = torch.eye(pixels, device=home.device, dtype=home.dtype)
    descend = Descent([encoder, decoder], config.rate, config.steps)

    losses = []
    for step in range(config.steps):
        residual = identity - decoder @ encoder
        loss = count * (residual @ covariance * residual).sum(dim=(1, 2))
        # A loss of size one, so that the rate means the same for every data set.
        descend(loss / minimum)
        if step % 20 == 0:
            losses.append(loss.detach())
            progress(step, config.steps)

    with torch.no_grad():
        # The last loss from the images themselves, not from their covariance.
        reconstruction = centred @ (decoder @ encoder).mT
        final = ((centred - reconstruction) ** 2).sum(dim=(1, 2))
        # On the data: where a pixel never varies, the loss cannot see B A.
        difference = centred @ (decoder @ encoder - leading @ leading.T).mT
        projection = (difference**2).sum(dim=(1, 2)).sqrt() / (centred**2).sum().sqrt()
        codes = centred @ encoder.mT
        alive = finite_seeds(encoder, decoder, final)
        # A spectral decomposition refuses the whole batch if one matrix has a NaN; a diverged seed shall be alone.
        healthy = (codes.mT @ codes / count).where(alive[:, None, None], torch.zeros_like(covariance[:1, :1]))
        spread = torch.linalg.eigvalsh(healthy)

    relative = (final / minimum - 1)[alive].cpu().numpy()
    observables = [
        within("loss / (N x discarded eigenvalue sum) - 1", relative, 0.0, config.tolerance),
        # Rounding: the loss is a sum of 10^5 squares, each known to 10^-16.
        at_most("minimum over loss, - 1", -relative, 0.0, 1e-12),
        # Of first order where the loss is of second: its tolerance is the root of the other's, times ten.
        within(
            "|(BA - P) x| / |x|, P projects on K eigenvectors", projection[alive].cpu(), 0.0, 10 * config.tolerance**0.5
        ),
        reported("largest / smallest eigenvalue of the code covariance", (spread[:, -1] / spread[:, 0])[alive].cpu()),
    ]
    curves = {
        "step": np.arange(0, config.steps, 20, dtype=np.float64),
        "excess": (torch.stack(losses, dim=1) / minimum - 1).double().cpu().numpy(),
        "eigenvalues": eigenvalues.flip(0).double().cpu().numpy(),
        "codes": np.array([float(config.codes)], dtype=np.float64),
        "originals": images[:8].double().cpu().numpy(),
        "reconstructions": (reconstruction[alive][0, :8] + images.mean(dim=0)).double().cpu().numpy(),
        "code covariance": spread[alive].flip(1).double().cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
