"""32 seeds of the ring GAN in one batch against 32 runs in sequence: `make bench`, which prints the paired ratios.

Two baselines, both for the same number of steps of the same networks on batches of the same size:

- the lab's own code, one seed at a time;
- an ordinary PyTorch loop (nn.Sequential, Adam, one seed at a time), written out below as anyone would.

Each round times batch and sequences back to back, so that a busy machine slows both; the ratio is taken within the
round, the median over rounds. One thread for all: the second core of a small machine is seldom free.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from numerics.backend import backend
from numerics.training import ring_gans
from numerics.training.data import ring
from numerics.training.networks import Streams

SEEDS, STEPS, ROUNDS = 32, 100, 5
CONFIG = replace(ring_gans.Config(), steps=STEPS, points=100)
HOME = backend("cpu", CONFIG.dtype)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def plain(seed: int) -> None:
    """One ring GAN as an ordinary PyTorch script."""
    width, batch = CONFIG.width, CONFIG.batch
    law = ring(HOME)
    samples = torch.Generator().manual_seed(seed)
    generator = nn.Sequential(
        nn.Linear(CONFIG.latent, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2)
    )
    discriminator = nn.Sequential(
        nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1)
    )
    of_generator = torch.optim.Adam(generator.parameters(), lr=CONFIG.rate, betas=(0.5, 0.9), fused=True)
    of_discriminator = torch.optim.Adam(discriminator.parameters(), lr=CONFIG.rate, betas=(0.5, 0.9), fused=True)
    for _ in range(STEPS):
        centres = law.centres[torch.randint(8, (batch,), generator=samples)]
        real = centres + law.spread * torch.randn(batch, 2, generator=samples)
        generated = generator(torch.randn(batch, CONFIG.latent, generator=samples))
        a = discriminator(torch.cat([real, generated.detach()]))[:, 0]
        of_discriminator.zero_grad()
        (softplus(-a[:batch]).mean() + softplus(a[batch:]).mean()).backward()
        of_discriminator.step()
        of_generator.zero_grad()
        softplus(-discriminator(generated)[:, 0]).mean().backward()
        of_generator.step()


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def together() -> None:
    ring_gans.train_gan(HOME, range(SEEDS), CONFIG)


def one_by_one() -> None:
    for seed in range(SEEDS):
        ring_gans.train_gan(HOME, (seed,), CONFIG)


def one_by_one_plain() -> None:
    for seed in range(SEEDS):
        plain(seed)


def test_a_batch_of_32_ring_gans_is_ten_times_as_fast_as_32_in_sequence() -> None:
    for warm_up in (together, lambda: plain(0)):
        warm_up()
    own, ordinary = [], []
    for _ in range(ROUNDS):
        batch = seconds(together)
        own.append(seconds(one_by_one) / batch)
        ordinary.append(seconds(one_by_one_plain) / batch)
    print(f"\nring GAN, {SEEDS} seeds x {STEPS} steps, in sequence / in one batch, paired, median of {ROUNDS} rounds:")
    for name, ratios in (("the lab's own code, one seed at a time", own), ("an ordinary PyTorch loop", ordinary)):
        print(f"  {name:40s}{statistics.median(ratios):5.1f}   ({min(ratios):.1f} to {max(ratios):.1f})")
    assert statistics.median(own) >= 10
    assert statistics.median(ordinary) >= 10


def test_stacked_products_against_vmap(capsys: pytest.CaptureFixture[str]) -> None:
    """Why the lab calls stacked parameters directly: the same forward and backward pass through `torch.func.vmap`."""
    network = ring_gans.Perceptron((2, CONFIG.width, CONFIG.width, 1))
    parameters = network.initial(Streams(HOME, range(SEEDS), "bench"))
    x = Streams(HOME, range(SEEDS), "x").normal(2 * CONFIG.batch, 2)
    mapped = torch.func.vmap(network)

    def times(f: Callable[..., torch.Tensor]) -> float:
        def run() -> None:
            for _ in range(100):
                torch.autograd.grad(f(parameters, x).sum(), parameters)

        return seconds(run)

    times(network), times(mapped)
    ratios = [times(mapped) / times(network) for _ in range(ROUNDS)]
    # The two must agree before their speed means anything; float32, sums of 32 products.
    assert network(parameters, x).allclose(mapped(parameters, x), rtol=1e-4, atol=1e-5)
    with capsys.disabled():
        print(f"\nvmap / stacked products, forward and backward, paired: {statistics.median(ratios):.2f}")
