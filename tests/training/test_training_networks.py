"""A batch of seeds is the same experiment as its seeds one by one; critics know their slopes."""

import itertools
from dataclasses import replace

import ot
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.func import vmap

from numerics.backend import backend
from numerics.training import ring_gans
from numerics.training.critics import clipping_bound
from numerics.training.data import mixture, ring
from numerics.training.distances import directions, exact_w1, sliced_w1
from numerics.training.networks import (
    Descent,
    Perceptron,
    Streams,
    finite_seeds,
    relu_gradient,
    spectral_norms,
    spectrally_normalised,
)

HOME = backend()
SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(lambda hidden: (2, *hidden, 1))


def parameters_of(sizes: tuple[int, ...], seed: int, seeds: int = 3, scale: float = 3.0) -> list[Tensor]:
    """Random stacked parameters, scaled so that slopes of all sizes occur."""
    streams = Streams(HOME, range(seed, seed + seeds), "test")
    return [scale * p.detach() for p in Perceptron(sizes).initial(streams)]


def points(seed: int, n: int, seeds: int = 3, dimension: int = 2) -> Tensor:
    return Streams(HOME, range(seed, seed + seeds), "points").normal(n, dimension)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5, unique=True), st.data())
@settings(max_examples=25, deadline=None)
def test_a_seed_draws_the_same_numbers_whoever_its_neighbours_are(seeds: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(seeds) - 1))
    together, alone = Streams(HOME, seeds, "noise"), Streams(HOME, [seeds[place]], "noise")
    for draw in (
        lambda s: s.normal(3, 2),
        lambda s: s.uniform(4),
        lambda s: s.integers(7, 5),
        lambda s: s.normal(3, 2),
    ):
        assert draw(together)[place].equal(draw(alone)[0])
    assert together.permutation(6)[place].equal(alone.permutation(6)[0])


def test_streams_do_not_repeat_from_block_to_block() -> None:
    drawn = Streams(HOME, (0, 1), "noise")
    seen = torch.stack([drawn.normal(2) for _ in range(300)]).flatten()
    assert len(seen.unique()) == len(seen)


@given(SIZES, st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_stacked_perceptrons_are_pytorchs_own_one_by_one(sizes: tuple[int, ...], seed: int) -> None:
    stacked, x = parameters_of(sizes, seed), points(seed, 4)
    got = Perceptron(sizes)(stacked, x)
    assert got.allclose(vmap(Perceptron(sizes))(stacked, x), rtol=1e-12, atol=1e-12)
    for place in range(3):
        layers: list[nn.Module] = []
        for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
            linear = nn.Linear(inputs, outputs, dtype=torch.float64)
            linear.weight.data = stacked[2 * layer][place].T
            linear.bias.data = stacked[2 * layer + 1][place, 0]
            layers += [linear, nn.ReLU()]
        assert got[place].allclose(nn.Sequential(*layers[:-1])(x[place]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("train", [ring_gans.train_gan, ring_gans.train_wgan])
def test_a_batch_of_gans_is_its_gans_one_by_one(train) -> None:  # type: ignore[no-untyped-def]
    config = replace(ring_gans.Config(), steps=25, points=50, dtype="float64")
    together = train(HOME, (5, 6, 7), config)
    for place, seed in enumerate((5, 6, 7)):
        alone = train(HOME, (seed,), config)
        # Same numbers in another order of summation: rounding, magnified by 25 steps of an unstable game.
        assert together.points[place].allclose(alone.points[0], rtol=0, atol=1e-8)
    assert not together.points[0].allclose(together.points[1], rtol=0, atol=1e-2)


def test_a_diverged_seed_leaves_its_neighbours_alone_to_the_last_bit() -> None:
    def train(poison: bool) -> list[Tensor]:
        parameters = [p.detach() for p in parameters_of((2, 5, 1), 0, scale=1.0)]
        if poison:
            parameters[0][1] = float("nan")
        for p in parameters:
            p.requires_grad_()
        descend, x = Descent(parameters, 0.01), points(0, 8)
        for _ in range(20):
            descend((Perceptron((2, 5, 1))(parameters, x)[..., 0] ** 2).mean(dim=1))
        return parameters

    clean, poisoned = train(False), train(True)
    for a, b in zip(clean, poisoned, strict=True):
        assert a[0].equal(b[0])
        assert a[2].equal(b[2])
    assert finite_seeds(*poisoned).tolist() == [True, False, True]


def test_the_rate_falls_to_nothing() -> None:
    x = torch.ones(1, 1, requires_grad=True)
    descend = Descent([x], 0.1, steps=10)
    moves = []
    for _ in range(10):
        before = x.item()
        descend(x.sum(dim=1))
        moves.append(before - x.item())
    # Adam under a constant gradient moves by its rate: 0.1 at first, a half cosine after.
    assert moves[0] == pytest.approx(0.1, rel=1e-3)
    assert moves == sorted(moves, reverse=True)
    assert moves[-1] < 0.005


@given(SIZES, st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_closed_gradient_of_a_relu_network_is_autograds(sizes: tuple[int, ...], seed: int) -> None:
    stacked, x = parameters_of(sizes, seed), points(seed, 7).requires_grad_()
    (reference,) = torch.autograd.grad(Perceptron(sizes)(stacked, x).sum(), x)
    assert relu_gradient(stacked, x.detach()).allclose(reference, rtol=1e-12, atol=1e-12)


@given(SIZES, st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_no_slope_exceeds_the_product_of_spectral_norms(sizes: tuple[int, ...], seed: int) -> None:
    stacked, x, y = parameters_of(sizes, seed), points(seed, 20), points(seed + 5000, 20)
    for weights in (stacked, spectrally_normalised(stacked)):
        f = Perceptron(sizes)
        rise = (f(weights, x) - f(weights, y)).abs()[..., 0]
        bound = spectral_norms(weights).prod(dim=1)
        assert (rise <= bound[:, None] * (x - y).norm(dim=2) + 1e-12).all()
    assert bound.allclose(torch.ones(3, dtype=torch.float64))


@given(SIZES, st.integers(0, 1000), st.floats(0.01, 2.0))
@settings(max_examples=25, deadline=None)
def test_clipped_weights_obey_the_clipping_bound(sizes: tuple[int, ...], seed: int, clip: float) -> None:
    clipped = [p.clamp(-clip, clip) for p in parameters_of(sizes, seed, scale=10.0)]
    bound = clipping_bound(sizes, clip)
    assert (spectral_norms(clipped).prod(dim=1) <= bound * (1 + 1e-12)).all()
    # The bound is sharp: constant weights reach it, so no smaller one would do.
    constant = [torch.full_like(p, clip) for p in clipped]
    assert spectral_norms(constant).prod(dim=1).allclose(torch.tensor(bound, dtype=torch.float64), rtol=1e-9)


@given(st.integers(0, 1000), st.integers(1, 12), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_exact_w1_agrees_with_an_independent_solver(seed: int, n: int, dimension: int) -> None:
    x, y = points(seed, n, dimension=dimension), 1.0 + points(seed + 5000, n, dimension=dimension)
    for got, a, b in zip(exact_w1(x, y), x, y, strict=True):
        reference = ot.emd2([], [], torch.cdist(a, b).numpy())
        assert float(got) == pytest.approx(float(reference), rel=1e-9, abs=1e-12)


@given(st.integers(0, 1000), st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_sliced_w1_lies_below_w1_and_meets_it_on_the_line(seed: int, n: int) -> None:
    x, y = points(seed, n), points(seed + 5000, n)
    assert (sliced_w1(x, y, directions(HOME, 2, 16)) <= exact_w1(x, y) + 1e-12).all()
    line = torch.ones(1, 1, dtype=torch.float64)
    assert sliced_w1(x[..., :1], y[..., :1], line).allclose(exact_w1(x[..., :1], y[..., :1]), atol=1e-12)


def test_a_full_ring_has_all_its_modes_and_a_collapsed_one_has_one() -> None:
    law = ring(HOME)
    full = law.sample(Streams(HOME, (0, 1), "ring"), 2000)
    modes, good = law.coverage(full)
    assert modes.tolist() == [8.0, 8.0]
    # P(radius <= 3 spreads) = 1 - exp(-9/2) = 0.98889 in the plane; 2000 points, five standard deviations of 0.00234.
    assert ((good - 0.98889).abs() < 0.0118).all()
    modes, good = law.coverage(full * 0 + law.centres[3])
    assert modes.tolist() == [1.0, 1.0]
    modes, good = law.coverage(full * 0)
    assert modes.tolist() == [0.0, 0.0]
    assert good.tolist() == [0.0, 0.0]


def test_a_mixture_samples_its_own_density() -> None:
    law = mixture(HOME, (0.3, -2.0, 0.5), (0.7, 1.0, 1.5))
    drawn = law.sample(Streams(HOME, (0,), "mixture"), 20_000).flatten()
    grid = torch.linspace(-12, 12, 4001, dtype=torch.float64)
    density = law.log_density(grid).exp()
    cumulative = torch.cumulative_trapezoid(density, grid)
    assert float(cumulative[-1]) == pytest.approx(1.0, abs=1e-9)
    # Dvoretzky-Kiefer-Wolfowitz: P(sup |F_n - F| > e) <= 2 exp(-2 n e^2) = 2e-6 at e = 0.0186, n = 20,000.
    empirical = torch.searchsorted(drawn.sort().values, grid[1:], right=True) / len(drawn)
    assert float((empirical - cumulative).abs().max()) < 0.0186
