"""The models of the training lab by name, and `train`, which runs them.

Main definitions: `MODELS`, name -> `Model`; `train`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from numerics.backend import backend
from numerics.training import (
    autoencoder,
    critics,
    discriminator,
    linear_autoencoder,
    linear_vae,
    parallel_lines,
    ring_gans,
    saturation,
    vae,
    vae_without_kl,
)
from numerics.training.observables import Observable, Outcome, Result, at_most

__all__ = ["MODELS", "Model", "Progress", "train"]

Progress = Callable[[str, int, int], None]
"""Called as progress(model, done, total), done from 0 to total; a progress bar listens to it."""


@dataclass(frozen=True)
class Model:
    """One experiment: what it shows in a line, its configuration, and the function that trains and compares.

    `config` is the dataclass of the module, whose comments say what every value means; `config()` is the full
    experiment and `config.quick()` the short one.
    """

    description: str
    config: Any
    run: Callable[[str, Sequence[int], Any, Callable[[int, int], None]], Outcome]


MODELS: Mapping[str, Model] = {
    "linear-autoencoder": Model(
        "Linear autoencoder on the digits: the loss reaches N times the discarded eigenvalue sum.",
        linear_autoencoder.Config,
        linear_autoencoder.run,
    ),
    "linear-vae": Model(
        "Linear VAE on the digits: log p(x) = ELBO + KL(q||posterior) at every epoch, the gap closing.",
        linear_vae.Config,
        linear_vae.run,
    ),
    "vae": Model(
        "VAE on the digits: both terms, the aggregate posterior, pathwise against score-function gradients.",
        vae.Config,
        vae.run,
    ),
    "autoencoder": Model(
        "Autoencoder on the digits: codes far from N(0, I), prior samples worse than the VAE's.",
        autoencoder.Config,
        autoencoder.run,
    ),
    "vae-without-kl": Model(
        "VAE without its KL term on the digits: the encoder's variances collapse, and so do the prior samples.",
        vae_without_kl.Config,
        vae_without_kl.run,
    ),
    "discriminator": Model(
        "Discriminator alone on the line: D against D*, V against -log 4 + 2 JSD.",
        discriminator.Config,
        discriminator.run,
    ),
    "saturation": Model(
        "GAN, saturating and non-saturating: generator gradients under an ever better discriminator.",
        saturation.Config,
        saturation.run,
    ),
    "ring": Model(
        "GAN and WGAN on a ring of 8 Gaussians: modes covered and quality, the paired difference reported.",
        ring_gans.Config,
        ring_gans.run,
    ),
    "critics": Model(
        "WGAN with clipping, gradient penalty, spectral norm: the critic's estimate against exact W1.",
        critics.Config,
        critics.run,
    ),
    "parallel-lines": Model(
        "Two parallel lines: learned discriminators starve theta, a learned critic moves it to 0.",
        parallel_lines.Config,
        parallel_lines.run,
    ),
}
"""Every experiment, in the order of the sheet."""


def train(
    names: Iterable[str] | None = None,
    *,
    quick: bool = False,
    device: str = "cpu",
    seed: int = 0,
    seeds: int | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Train the named models (all, if None) and compare each with theory; one `Result` each, in the order named.

    `seeds` independent runs of a model, seed, seed + 1, ..., train as one batch; by default as many as its
    configuration says (8, 16 or 32). `quick` takes the short configurations. `device` is "cpu", "cuda", "cuda:N" or
    "auto". A seed that diverges is left out of every interval, listed in `Result.failed`, and counted in an
    observable of its own; an experiment that breaks down becomes a `Result` with `error` set.

    On the CPU the lab runs in one thread and restores the old number: the networks are too small to gain from more,
    and so the numbers depend on seed, device and PyTorch version, not on the machine's number of cores.

    Raises ValueError for an unknown model, fewer than two seeds, or a device that is not there.

    >>> [lines] = train(["parallel-lines"], quick=True, seeds=2)
    >>> lines.name, lines.seeds, lines.failed, lines.error
    ('parallel-lines', 2, (), None)
    >>> train(["parallel-line"])
    Traceback (most recent call last):
    ...
    ValueError: unknown model 'parallel-line'; the models are linear-autoencoder, linear-vae, ..., parallel-lines
    """
    wanted = list(MODELS) if names is None else list(names)
    for name in wanted:
        if name not in MODELS:
            raise ValueError(f"unknown model {name!r}; the models are {', '.join(MODELS)}")
    if seeds is not None and seeds < 2:
        raise ValueError(f"seeds is {seeds}; an interval over seeds needs at least 2")
    place = str(backend(device, seed=seed).device)
    with _one_thread():
        return [_result(name, place, seed, seeds, quick, progress) for name in wanted]


def _result(name: str, device: str, seed: int, seeds: int | None, quick: bool, progress: Progress | None) -> Result:
    model = MODELS[name]
    config = model.config.quick() if quick else model.config()
    numbers = range(seed, seed + (config.seeds if seeds is None else seeds))

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(name, done, total)

    start = time.perf_counter()
    report(0, 1)
    error, outcome = None, None
    try:
        outcome = model.run(device, numbers, config, report)
    # What numerics may throw at a run gone wrong: singular matrices, overflow, no finite value left.
    except (RuntimeError, ArithmeticError, ValueError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    seconds = time.perf_counter() - start
    report(1, 1)
    if outcome is None:
        broken = Observable("runs broken off", 1.0, (1.0, 1.0), 0.0, 0.0, False, "<= theory, every seed")
        return Result(name, len(numbers), seconds, (broken,), (f"broken off: {error}",), (), error)
    failed = tuple(number for number, alive in zip(numbers, outcome.alive, strict=True) if not alive)
    notes = list(outcome.notes)
    if failed:
        notes.append(f"diverged, and in no interval: seeds {', '.join(map(str, failed))}")
    health = at_most("diverged seeds", [float(len(failed))], 0.0)
    observables = (*outcome.observables, health)
    return Result(name, len(numbers), seconds, observables, tuple(notes), failed, None, dict(outcome.curves))


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
