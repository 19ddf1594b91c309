"""Mistakes are refused at once, in words that show the mistake and the fix."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import torch

from numerics import enclosure, montecarlo, quadrature, transport
from numerics.backend import Backend, backend
from numerics.laws import (
    Bernoulli,
    Categorical,
    DiagonalNormal,
    Dirac,
    Exponential,
    Gamma,
    Mixture,
    MultivariateNormal,
    Normal,
    Uniform,
)

NAN, INF = math.nan, math.inf
MISTAKES: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: Normal(NAN, 1), ValueError, "mean is nan; give a finite number"),
    (lambda: Normal(0, INF), ValueError, "scale is inf; give a finite number"),
    (lambda: Normal(0, -1), ValueError, "scale is -1; it must be > 0"),
    (lambda: Normal("abc", 1), ValueError, "mean is 'abc'"),
    (lambda: Gamma(0, 1), ValueError, "shape is 0; it must be > 0"),
    (lambda: Uniform(1, 1), ValueError, "lower < upper"),
    (lambda: Bernoulli(1.5), ValueError, "between 0 and 1"),
    (lambda: Categorical([]), ValueError, "probabilities is empty"),
    (lambda: Categorical([0.5, 0.6]), ValueError, "sum to 1.1, not to 1"),
    (lambda: Categorical([1.5, -0.5]), ValueError, "a probability is >= 0"),
    (lambda: Categorical([0.5, 0.5], [1, 1]), ValueError, "values repeat"),
    (lambda: Categorical([0.5, 0.5], [1]), ValueError, "one value for each"),
    (lambda: Mixture([0.5, 0.5], [Normal(0, 1)]), ValueError, "one weight for each component"),
    (lambda: Mixture([0.5, 0.5], [Normal(0, 1), Dirac(0)]), ValueError, "has no density"),
    (lambda: DiagonalNormal([0, 0], [1]), ValueError, "they must agree"),
    (lambda: DiagonalNormal([0], [-1]), ValueError, r"scales\[0\] is -1"),
    (lambda: MultivariateNormal([0, 0], [[1, 2], [0, 1]]), ValueError, "symmetric"),
    (lambda: MultivariateNormal([0, 0], [[1, 2], [2, 1]]), ValueError, "positive definite"),
    (lambda: MultivariateNormal([0, 0], [[1]]), ValueError, "must be 2 x 2"),
    (lambda: Normal(0, 1).sample(0, backend()), ValueError, "at least one sample"),
    (lambda: Normal(0, 1).log_density(torch.tensor([NAN])), ValueError, "x holds NaN"),
    (lambda: DiagonalNormal([0], [1]).log_density(torch.zeros(3)), ValueError, "last axis"),
    (lambda: backend("tpu"), ValueError, "use one of 'cpu', 'cuda'"),
    (lambda: backend("mps"), ValueError, "not supported"),
    (lambda: backend(dtype="float16"), ValueError, "'float32' or 'float64'"),
    (lambda: backend(seed=-1), ValueError, "seed is -1"),
    (lambda: backend().generator(1.5), TypeError, "stream"),  # type: ignore[arg-type]
    (lambda: Backend("cpu", torch.float64, 0), TypeError, "make a Backend from words"),  # type: ignore[arg-type]
    (lambda: montecarlo.kl(Normal(0, 1), Exponential(1)), ValueError, "absolutely continuous"),
    (lambda: montecarlo.kl(DiagonalNormal([0], [1]), DiagonalNormal([0, 0], [1, 1])), ValueError, "one dimension"),
    (lambda: montecarlo.kl(Normal(0, 1), Normal(0, 1), samples=1), ValueError, "samples is 1"),
    (lambda: montecarlo.kl(Normal(0, 1), Normal(0, 1), half_width=-1), ValueError, "half_width is -1"),
    (lambda: montecarlo.kl(Normal(0, 1), Normal(0, 1), alpha=0), ValueError, "alpha is 0"),
    (lambda: montecarlo.kl(Normal(0, 1), Normal(0, 1), smaples=5), TypeError, "unknown options"),  # type: ignore[call-arg]
    (lambda: montecarlo.expectation(Normal(0, 1), torch.log, samples=100), ValueError, "not finite"),
    (lambda: montecarlo.expectation(Normal(0, 1), lambda x: x.sum(), samples=100), ValueError, "it must return"),
    (lambda: montecarlo.expectation(Normal(0, 1), lambda x: x, samples=100, bounds=(-0.1, 0.1)), ValueError, "bounds"),
    (lambda: quadrature.expectation(Normal(0, 1), lambda x: 1.0), ValueError, "vectorised"),
    (lambda: quadrature.expectation(Normal(0, 1), lambda x: np.log(x)), ValueError, "not finite near"),
    (lambda: quadrature.expectation(Normal(0, 1), lambda x: np.sin(1e8 * x)), quadrature.QuadratureError, "wanted"),
    (lambda: quadrature.integrate(np.square, [0.5], over=(1.0, 0.0)), ValueError, "lower < upper"),
    (lambda: enclosure.kl(Normal(0, 1), Normal(0, 2), digits=0), ValueError, "digits is 0"),
    (lambda: enclosure.kl(Normal(0, 1), DiagonalNormal([0], [1])), TypeError, "two laws on the line"),
    (lambda: enclosure.jsd(Normal(0, 1), Normal(1, 2), limit=50), enclosure.EnclosureError, "raise the limit"),
    (lambda: enclosure.expectation(Normal(0, 1), lambda x, a: x), ValueError, "state growth"),
    (lambda: transport.w1([], [1.0]), ValueError, "x is empty"),
    (lambda: transport.w1([NAN], [1.0]), ValueError, "NaN or infinite"),
    (lambda: transport.w1([1.0, INF], [1.0]), ValueError, "NaN or infinite"),
    (lambda: transport.w1([[1.0]], [1.0]), ValueError, "shape"),
    (lambda: transport.w1([1.0], [1.0], x_weights=[0.5]), ValueError, "sum to 0.5, not to 1"),
    (lambda: transport.w1([1.0], [1.0], y_weights=[1.0, 0.0]), ValueError, "there are 1 points"),
    (lambda: transport.w1([1.0, 2.0], [1.0], x_weights=[2.0, -1.0]), ValueError, "negative"),
    (lambda: transport.discrete([1.0], [1.0], [[NAN]]), ValueError, "forbid a move by a large cost"),
    (lambda: transport.discrete([1.0], [1.0], [[1.0, 2.0]]), ValueError, "b has shape"),
    (lambda: transport.discrete([1], [1], [[1, 2]], exact=True), ValueError, "must have shape"),
    (lambda: transport.gaussian_w2(Normal(0, 1), Exponential(1)), TypeError, "not a normal law"),
]


@pytest.mark.parametrize(("call", "error", "words"), MISTAKES, ids=[f"{i}" for i in range(len(MISTAKES))])
def test_a_mistake_is_refused_in_words(call: Callable[[], object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_the_error_of_a_callers_function_comes_through_the_integrator() -> None:
    with pytest.raises(ZeroDivisionError):
        enclosure.expectation(Normal(0, 1), lambda x, analytic: 1 / 0, growth=(1, 1))


def test_a_log_without_the_flag_would_be_wrong_and_with_it_is_right() -> None:
    """The flag is what makes E log(x^2 + 1/100) rigorous: its branch points are near the line."""
    hundredth = Fraction(1, 100)

    def f(x, analytic):  # type: ignore[no-untyped-def]
        from flint import fmpq

        return (x * x + fmpq(1, 100)).log(analytic=analytic)

    proved = enclosure.expectation(Normal(0, 1), f, digits=20, growth=(5, 1))
    value, error = quadrature.expectation(Normal(0, 1), lambda x: np.log(x * x + float(hundredth)))
    assert abs(value - float(proved)) <= error


def test_infinite_divergences_are_infinite() -> None:
    assert enclosure.kl(Normal(0, 1), Exponential(1)).as_json() == {"mid": "inf", "rad": "0"}
    assert quadrature.kl(Uniform(0, 2), Uniform(0, 1)).value == INF
    assert float(enclosure.jsd(Uniform(0, 1), Uniform(2, 3))) == pytest.approx(math.log(2), abs=1e-15)


def test_importing_costs_no_torch_and_no_scipy() -> None:
    """The exact and the ball-arithmetic parts work in a process that has loaded neither."""
    script = (
        "import sys, numerics, numerics.laws, numerics.enclosure, numerics.transport, numerics.quadrature\n"
        "from numerics.laws import Normal\n"
        "numerics.enclosure.kl(Normal(0, 1), Normal(1, 2), digits=10); numerics.transport.w1([0.0], [1.0])\n"
        "print([m for m in ('torch', 'scipy', 'sympy', 'derivations') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
