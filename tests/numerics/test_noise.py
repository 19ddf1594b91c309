"""The gamma sampler: its squeeze never accepts what the exact test would reject, and its draws have the right law."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma, kstest

from numerics.backend import backend
from numerics.noise import Noise, _squeeze


@given(st.floats(-3, 12).map(lambda t: 2 / 3 + 10**t - 1e-3))
def test_the_squeeze_lies_below_the_acceptance_probability(d: float) -> None:
    c = 1 / math.sqrt(9 * d)
    k = _squeeze(d)
    ends = min(1 / c * (1 - 1e-12), k**-0.25)
    x = np.linspace(-ends, k**-0.25, 2001)
    y = c * x
    # log(1 + y) - y + y^2/2 - y^3/3 cancels near 0: there it is its series.
    series = -sum((-y) ** n / n for n in range(4, 40))
    direct = np.log1p(y) - y + y**2 / 2 - y**3 / 3
    h = 3 * d * np.where(np.abs(y) < 0.3, series, direct)
    assert (1 - k * x**4 <= np.exp(h) + 1e-12).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [Fraction(1, 2), Fraction(1), Fraction(5, 2), Fraction(40), Fraction(10**6)])
def test_gamma_noise_has_its_law_and_repeats(dtype: str, shape: Fraction) -> None:
    home = backend(dtype=dtype, seed=5)
    drawn = []
    for _ in range(2):
        noise = Noise("gamma", (shape,), 50_000, home, home.generator("gamma"), logs=True)
        noise.fill(50_000)
        drawn.append(noise.e.clone())
        assert torch.allclose(noise.log_e, noise.e.log(), atol=1e-3)
    assert torch.equal(*drawn)
    assert kstest(drawn[0].double().numpy(), gamma(float(shape)).cdf).pvalue > 1e-4


def test_two_noises_of_one_generator_are_independent() -> None:
    home = backend(seed=5, dtype="float64")
    generator = home.generator("both")
    made = []
    for _ in range(2):
        noise = Noise("uniform", (), 10_000, home, generator)
        noise.fill(10_000)
        made.append(noise.e.numpy())
    assert abs(np.corrcoef(made[0], made[1])[0, 1]) < 0.05
