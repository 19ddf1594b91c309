"""VAE without its KL term: the noise of the encoder dies out, and an autoencoder is left.

The VAE of `vae.py`, its loss cut down to -E_q[log p(x|z)]. Over all laws q(z|x) its infimum is reached by point masses
only (claim `no-kl-bound`), and for a linear decoder of slope w the objective falls strictly in the variance, with
slope -w^2 / (2 s^2) (claim `no-kl-collapse`): the encoder's variances go to 0, and nothing keeps q(z) near p(z). Theory
fixes the limit of the variances, and that q(z) and the decoded prior samples are worse than the VAE's. How near the
samples come to the autoencoder's is reported: with this configuration all the way, with fewer or larger steps half of
it, because the noise, while it lasts, has spread the codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from numerics.backend import backend
from numerics.training import autoencoder, vae
from numerics.training.data import digits
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds
from numerics.training.observables import Outcome, greater, reported, within
from numerics.training.vae import Autoencoding, Config, aggregate, gaussian_kl, prior_samples

__all__ = ["Config", "fit", "run"]

# Adam moves log v by at most its rate a step, so the collapse is as deep as training is long: 1 % of the variance of
# the prior is what the shortest run here (440 steps) leaves far behind.
_COLLAPSED = 0.01


def fit(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Autoencoding:
    """Train without the KL term, with the sizes, rates and epochs of the VAE; history: loss, KL, mean log v."""
    home = backend(device, config.dtype)
    images = digits(home).train
    count, pixels = images.shape
    encoder = Perceptron((pixels, config.width, 2 * config.codes))
    decoder = Perceptron((config.codes, config.width, pixels))
    weights, noise = Streams(home, seeds, "vae weights"), Streams(home, seeds, "vae noise")
    phi, theta = encoder.initial(weights), decoder.initial(weights)
    steps = count // config.batch
    descend = Descent(phi + theta, config.rate, config.epochs * steps)

    history = []
    for epoch in range(config.epochs):
        order = noise.permutation(count)
        terms = torch.zeros(3, len(seeds), device=home.device, dtype=home.dtype)
        for step in range(steps):
            x = images[order[:, step * config.batch : (step + 1) * config.batch]]
            mean, log_variance = encoder(phi, x).chunk(2, dim=2)
            z = mean + (0.5 * log_variance).exp() * noise.normal(config.batch, config.codes)
            missed = ((x - decoder(theta, z)) ** 2).sum(dim=2).mean(dim=1)
            descend(missed / (2 * config.noise**2))
            with torch.no_grad():
                kl = gaussian_kl(mean, log_variance).mean(dim=1)
                terms += torch.stack([missed, kl, log_variance.mean(dim=(1, 2))])
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
def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train it beside the VAE and the autoencoder of the same seeds; watch the variances, the codes, the samples."""
    with torch.enable_grad():
        cut = fit(device, seeds, config, lambda done, _: progress(done, 3 * config.epochs))
        full = vae.fit(device, seeds, config, lambda done, _: progress(config.epochs + done, 3 * config.epochs))
        plain = autoencoder.fit(
            device, seeds, config, lambda done, _: progress(2 * config.epochs + done, 3 * config.epochs)
        )
    data = digits(cut.home)
    alive = cut.alive & full.alive & plain.alive

    log_variance, log_variance_full = cut.encode(data.held_out)[1], full.encode(data.held_out)[1]
    variance = log_variance.mean(dim=(1, 2)).exp()
    _, _, divergence, _ = aggregate(cut, data.train, 1)
    _, _, divergence_full, _ = aggregate(full, data.train, 1)
    distance, samples = prior_samples(cut, data.held_out)
    distance_full, _ = prior_samples(full, data.held_out)
    distance_plain, samples_plain = prior_samples(plain, data.held_out)
    share = (distance - distance_full) / (distance_plain - distance_full)

    def live(values: Tensor) -> Tensor:
        return values[alive].cpu()

    observables = [
        within("encoder variance, geometric mean over held-out images and codes", live(variance), 0.0, _COLLAPSED),
        reported("encoder variance of the VAE, geometric mean", live(log_variance_full.mean(dim=(1, 2)).exp())),
        reported("KL(q(z)||p(z)) from the exact mixture [nats]", live(divergence)),
        greater("KL(q(z)||p(z)), minus the VAE's [nats]", live(divergence - divergence_full), 0.0),
        reported("sliced W1, decoded prior samples to held-out images", live(distance)),
        greater("sliced W1, decoded prior samples, minus the VAE's", live(distance - distance_full), 0.0),
        reported("sliced W1, decoded prior samples, minus the autoencoder's", live(distance - distance_plain)),
        reported("share of the way from the VAE to the autoencoder", live(share)),
    ]
    curves = {
        "history": cut.history.cpu().numpy(),
        "vae history": full.history.cpu().numpy(),
        "log variances": log_variance.flatten(1)[alive][0].cpu().numpy(),
        "vae log variances": log_variance_full.flatten(1)[alive][0].cpu().numpy(),
        "samples": samples[alive][0, :64].cpu().numpy(),
        "autoencoder samples": samples_plain[alive][0, :64].cpu().numpy(),
        "sample distances": torch.stack([distance, distance_full, distance_plain]).cpu().numpy(),
        "divergences": torch.stack([divergence, divergence_full]).cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
