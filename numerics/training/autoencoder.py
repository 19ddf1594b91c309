"""Autoencoder on the digits: good reconstructions, codes of no particular law, bad samples.

The VAE's networks without its noise and its KL term: z = m(x), loss |x - f(z)|^2 / (2 s^2), that is -log p(x|z) at
z = m(x) up to a constant (claim `ae-gaussian-nll`). The loss is the same for (T m, f T^-1) with any invertible T (claim
`ae-code-freedom`), so nothing draws the law of the codes towards N(0, I), and a decoder fed with z ~ N(0, I) is asked
about codes that it has not seen. Theory gives the direction, not the size:

- the codes lie farther from N(0, I) than those of the VAE trained from the same seed (sliced W1 in code space);
- its decoded prior samples lie farther from held-out images than the VAE's do (sliced W1 in pixel space), although it
  reconstructs those images better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from numerics.backend import backend
from numerics.training import vae
from numerics.training.data import digits
from numerics.training.distances import directions, sliced_w1
from numerics.training.networks import Descent, Perceptron, Streams, finite_seeds
from numerics.training.observables import Outcome, greater, reported
from numerics.training.vae import Autoencoding, Config, prior_samples, remembered

__all__ = ["Config", "code_distance", "fit", "run"]


@remembered
def fit(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Autoencoding:
    """Train the autoencoder with the sizes, rates and epochs of the VAE."""
    home = backend(device, config.dtype)
    images = digits(home).train
    count, pixels = images.shape
    encoder = Perceptron((pixels, config.width, 2 * config.codes))  # the half for log v stays unused
    decoder = Perceptron((config.codes, config.width, pixels))
    weights, noise = Streams(home, seeds, "vae weights"), Streams(home, seeds, "vae noise")
    phi, theta = encoder.initial(weights), decoder.initial(weights)
    steps = count // config.batch
    descend = Descent(phi + theta, config.rate, config.epochs * steps)

    history = []
    for epoch in range(config.epochs):
        order = noise.permutation(count)
        total = torch.zeros(1, len(seeds), device=home.device, dtype=home.dtype)
        for step in range(steps):
            x = images[order[:, step * config.batch : (step + 1) * config.batch]]
            z = encoder(phi, x)[..., : config.codes]
            missed = ((x - decoder(theta, z)) ** 2).sum(dim=2).mean(dim=1)
            descend(missed / (2 * config.noise**2))
            total += missed.detach()
        history.append(total / steps)
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
def code_distance(trained: Autoencoding, images: Tensor, codes: Tensor) -> Tensor:
    """Sliced W1 [S] between codes [S, N, K] of images [N, n] and as many draws from N(0, I)."""
    drawn = Streams(trained.home, trained.seeds, "prior codes").normal(*codes.shape[1:])
    return sliced_w1(codes, drawn, directions(trained.home, codes.shape[2], 128))


@torch.no_grad()
def run(device: str, seeds: Sequence[int], config: Config, progress: Callable[[int, int], None]) -> Outcome:
    """Train it beside the VAE of the same seeds; compare codes with the prior and samples with held-out images."""
    with torch.enable_grad():
        plain = fit(device, seeds, config, lambda done, _: progress(done, 2 * config.epochs))
        full = vae.fit(device, seeds, config, lambda done, _: progress(config.epochs + done, 2 * config.epochs))
    data = digits(plain.home)
    alive = plain.alive & full.alive

    codes = plain.encode(data.held_out)[0]
    mean, log_variance = full.encode(data.held_out)
    eps = Streams(full.home, seeds, "held out").normal(*mean.shape[1:])
    noisy = mean + (0.5 * log_variance).exp() * eps
    far, near = code_distance(plain, data.held_out, codes), code_distance(full, data.held_out, noisy)
    bad, samples = prior_samples(plain, data.held_out)
    good, _ = prior_samples(full, data.held_out)
    missed = ((data.held_out - plain.decode(codes)) ** 2).sum(dim=2).mean(dim=1)
    missed_full = ((data.held_out - full.decode(mean)) ** 2).sum(dim=2).mean(dim=1)

    def live(values: Tensor) -> Tensor:
        return values[alive].cpu()

    observables = [
        reported("squared reconstruction error, held-out images", live(missed)),
        reported("squared reconstruction error, minus the VAE's", live(missed - missed_full)),
        reported("sliced W1, codes to N(0, I)", live(far)),
        greater("sliced W1, codes to N(0, I), minus the VAE's", live(far - near), 0.0),
        reported("sliced W1, decoded prior samples to held-out images", live(bad)),
        greater("sliced W1, decoded prior samples, minus the VAE's", live(bad - good), 0.0),
    ]
    curves = {
        "history": plain.history.cpu().numpy(),
        "codes": codes[alive][0].cpu().numpy(),
        "vae codes": noisy[alive][0].cpu().numpy(),
        "labels": data.held_out_labels.double().cpu().numpy(),
        "samples": samples[alive][0, :64].cpu().numpy(),
        "reconstructions": plain.decode(codes)[alive][0, :64].cpu().numpy(),
        "held out": data.held_out[:64].cpu().numpy(),
        "code distances": torch.stack([far, near]).cpu().numpy(),
        "sample distances": torch.stack([bad, good]).cpu().numpy(),
    }
    return Outcome(alive.tolist(), observables, curves)
