"""Linear VAE on the digits: every term of the evidence lower bound in closed form, checked at every epoch.

Model: p(z) = N(0, I_K), p(x|z) = N(W z + m, s^2 I_n), m the mean of the data; encoder q(z|x) = N(V (x - m), diag(v)).
Then p(x) = N(m, C), C = W W^T + s^2 I_n, and p(z|x) = N(M^-1 W^T (x - m), s^2 M^-1), M = W^T W + s^2 I_K
(Tipping and Bishop 1999), so both sides of

    log p(x) = E_q[log p(x|z)] - KL(q(z|x)||p(z)) + KL(q(z|x)||p(z|x))        (claim `log-likelihood`)

are known for every image without sampling: the left by a Cholesky factor of C in n dimensions, the right by three
closed forms in K. The ELBO lies below log p(x) by the last term (claim `elbo-bound`), and training closes that gap:
at the optimum the columns of W are orthogonal, the posterior is diagonal, and the likelihood is that of
probabilistic PCA (Lucas et al. 2019, "Don't blame the ELBO!"), -N/2 (n log 2 pi + log det C + n) with
C = the K leading eigenvalues of the covariance, and the mean of the others in all other directions.

All values are in nats. The ELBO of a mean over images is computed from their covariance, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from numerics.backend import backend
from numerics.training.data import digits
from numerics.training.networks import Descent, Streams, finite_seeds
from numerics.training.observables import Outcome, at_most, reported, within

__all__ = ["Config", "run"]


@dataclass(frozen=True)
class Config:
    """What is trained, and how long."""

    codes: int = 4  # dimension K of z
    epochs: int = 60  # the identity is checked at the end of each
    steps: int = 50  # full-batch steps of Adam in an epoch
    rate: float = 0.05  # its first rate, falling to 0 along a half cosine
    seeds: int = 8  # independent initial values, trained in one batch
    gap: float = 1e-3  # largest final log p(x) - ELBO, mean over images, in nats
    dtype: str = "float64"

    @classmethod
    def quick(cls) -> Config:
        """Less of everything, for the tests."""
        return cls(epochs=24, gap=0.05)


@dataclass(frozen=True)
class Terms:
    """The four terms for every image, each [S, N]."""

    log_likelihood: Tensor  # log p(x), from the n-dimensional Gaussian
    reconstruction: Tensor  # E_q[log p(x|z)]
    kl_prior: Tensor  # KL(q(z|x) || p(z))
    kl_posterior: Tensor  # KL(q(z|x) || p(z|x)), from the exact posterior


def terms(decoder: Tensor, log_noise: Tensor, encoder: Tensor, log_spread: Tensor, x: Tensor) -> Terms:
    """All four terms for centred images x [N, n] and stacked W [S, n, K], log s^2 [S], V [S, K, n], log v [S, K].

    No two of them share more than the parameters: log p(x) never sees the posterior, nor the posterior C.

    >>> W, V = torch.ones(1, 2, 1, dtype=torch.float64), torch.full((1, 1, 2), 0.3, dtype=torch.float64)
    >>> zero, x = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([[1.0, -0.5]], dtype=torch.float64)
    >>> t = terms(W, zero[0], V, zero, x)
    >>> bool((t.log_likelihood - (t.reconstruction - t.kl_prior + t.kl_posterior)).abs().max() < 1e-14)
    True
    """
    pixels, codes = decoder.shape[1:]
    noise, spread = log_noise.exp()[:, None], log_spread.exp()
    means = x @ encoder.mT

    identity = torch.eye(pixels, dtype=x.dtype, device=x.device)
    # cholesky_ex marks a matrix that has no factor, a diverged seed, instead of refusing the batch.
    factor, trouble = torch.linalg.cholesky_ex(decoder @ decoder.mT + noise[:, None] * identity)
    factor = torch.where((trouble == 0)[:, None, None], factor, torch.full_like(factor, math.nan))
    whitened = torch.linalg.solve_triangular(factor, x.T.expand(len(decoder), -1, -1), upper=False)
    log_det = 2 * factor.diagonal(dim1=1, dim2=2).log().sum(dim=1, keepdim=True)
    log_likelihood = -0.5 * (pixels * math.log(2 * math.pi) + log_det + (whitened**2).sum(dim=1))

    missed = ((x - means @ decoder.mT) ** 2).sum(dim=2) + ((decoder**2).sum(dim=1) * spread).sum(dim=1, keepdim=True)
    reconstruction = -0.5 * (pixels * math.log(2 * math.pi) + pixels * log_noise[:, None] + missed / noise)

    kl_prior = 0.5 * (spread.sum(1, keepdim=True) + (means**2).sum(2) - codes - log_spread.sum(1, keepdim=True))

    # KL(N(a, A) || N(b, B)) with B^-1 = M / s^2.
    gram = decoder.mT @ decoder + noise[:, None] * torch.eye(codes, dtype=x.dtype, device=x.device)
    posterior_means = torch.linalg.solve(gram, decoder.mT @ x.T).mT
    away = posterior_means - means
    trace = (gram.diagonal(dim1=1, dim2=2) * spread).sum(dim=1, keepdim=True) / noise
    distance = ((away @ gram) * away).sum(dim=2) / noise
    log_det_ratio = codes * log_noise[:, None] - torch.logdet(gram)[:, None] - log_spread.sum(dim=1, keepdim=True)
    kl_posterior = 0.5 * (trace + distance - codes + log_det_ratio)
    return Terms(log_likelihood, reconstruction, kl_prior, kl_posterior)


def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train all seeds at once; check the decomposition for every image at every epoch, and the gap at the end."""
    home = backend(device, config.dtype)
    images = digits(home).train
    x = images - images.mean(dim=0)
    count, pixels = x.shape
    covariance = x.T @ x / count
    eigenvalues = torch.linalg.eigvalsh(covariance).flip(0)
    discarded = eigenvalues[config.codes :].mean()
    log_det = eigenvalues[: config.codes].log().sum() + (pixels - config.codes) * discarded.log()
    best = float(-0.5 * (pixels * math.log(2 * math.pi) + log_det + pixels))

    weights = Streams(home, seeds, "linear vae")
    decoder = (0.1 * weights.normal(pixels, config.codes)).requires_grad_()
    encoder = (0.1 * weights.normal(config.codes, pixels)).requires_grad_()
    log_noise = torch.full((len(seeds),), math.log(0.1), dtype=home.dtype, device=home.device, requires_grad=True)
    log_spread = torch.full((len(seeds), config.codes), math.log(0.1), dtype=home.dtype, device=home.device)
    log_spread.requires_grad_()
    identity = torch.eye(pixels, dtype=home.dtype, device=home.device)
    descend = Descent([decoder, encoder, log_noise, log_spread], config.rate, config.epochs * config.steps)

    parts: list[Tensor] = []
    identity_error, excess = [], []
    for epoch in range(config.epochs + 1):
        with torch.no_grad():
            t = terms(decoder, log_noise, encoder, log_spread, x)
            elbo = t.reconstruction - t.kl_prior
            identity_error.append((t.log_likelihood - (elbo + t.kl_posterior)).abs().amax(dim=1))
            excess.append((elbo - t.log_likelihood).amax(dim=1))
            parts.append(
                torch.stack([t.log_likelihood, elbo, t.reconstruction, t.kl_prior, t.kl_posterior]).mean(dim=2)
            )
        progress(epoch, config.epochs)
        if epoch == config.epochs:
            break
        for _ in range(config.steps):
            spread, noise = log_spread.exp(), log_noise.exp()
            residual = identity - decoder @ encoder
            missed = (residual @ covariance * residual).sum(dim=(1, 2)) + ((decoder**2).sum(dim=1) * spread).sum(dim=1)
            reconstruction = -0.5 * (pixels * (math.log(2 * math.pi) + log_noise) + missed / noise)
            second_moment = (encoder @ covariance * encoder).sum(dim=(1, 2))
            kl = 0.5 * ((spread - log_spread - 1).sum(dim=1) + second_moment)
            descend(kl - reconstruction)

    curve = torch.stack(parts, dim=2)  # [5, S, epochs + 1]
    alive = finite_seeds(decoder, encoder, log_noise, log_spread)
    log_p, elbo, *_, gap = curve[:, alive].cpu().numpy()
    observables = [
        # Terms of 10^2 nats, each from some 10^3 roundings of relative size 10^-16.
        at_most(
            "|log p(x) - (ELBO + KL(q||posterior))|, worst image and epoch [nats]",
            torch.stack(identity_error, dim=1).amax(dim=1)[alive].cpu(),
            0.0,
            1e-11,
        ),
        at_most(
            "ELBO - log p(x), worst image and epoch [nats]",
            torch.stack(excess, dim=1).amax(dim=1)[alive].cpu(),
            0.0,
            1e-11,
        ),
        within("mean log p(x) - ELBO at the end [nats]", (log_p - elbo)[:, -1], 0.0, config.gap),
        within("mean log p(x) at the end [nats]", log_p[:, -1], best, 2 * config.gap),
        reported("mean log p(x) - ELBO at the start [nats]", gap[:, 0]),
        reported("KL(q(z|x)||p(z)) at the end [nats]", curve[3, alive, -1].cpu()),
    ]
    curves = {
        "terms": curve.double().cpu().numpy(),
        "best": np.array([best], dtype=np.float64),
        "identity": torch.stack(identity_error, dim=1).double().cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
