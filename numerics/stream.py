"""Streams of random values, reduced batch by batch to a few sums: what Monte Carlo reads.

Main definitions: `Draws`, for values that come in tensors; `FiniteDraws`, for a law on finitely many points, where a
batch is determined, up to an order that sums do not see, by how often each point occurs, and that is multinomial.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import torch

from numerics.backend import Backend
from numerics.intervals import Moments

__all__ = ["Draws", "FiniteDraws"]

# Sums stay on the device for this many batches, so that a GPU is not made to wait for the host at each.
_ROUND = 32
# The tail index is read off this many values of the first batches.
_TAIL_SAMPLE = 1 << 17


class Draws:
    """Values from `draw(n)`, n at most `size`: of a batch only sums are kept, and the values of the first ones."""

    def __init__(self, draw: Callable[[int], torch.Tensor], size: int, watch: bool = False) -> None:
        self.size = size
        # The least and the greatest value so far, kept only when `watch` is set.
        self.extremes = (math.inf, -math.inf)
        self._watch = watch
        self._draw = draw
        self._first: list[torch.Tensor] = []
        self._kept = 0
        self._work: list[torch.Tensor] = []

    def moments(self, count: int, report: Callable[[int], None]) -> Moments:
        """The moments of `count` fresh values. Raises ValueError when one of them is NaN or infinite."""
        total, done = Moments(), 0
        while done < count:
            rows: list[torch.Tensor] = []
            sizes: list[int] = []
            while done < count and len(rows) < _ROUND:
                n = min(self.size, count - done)
                rows.append(self._sums(self._draw(n)))
                sizes.append(n)
                done += n
                report(done)
            total += self._combined(torch.stack(rows).tolist(), sizes)
        return total

    def _sums(self, values: torch.Tensor) -> torch.Tensor:
        if self._kept < _TAIL_SAMPLE:
            self._first.append(values[: _TAIL_SAMPLE - self._kept].clone())
            self._kept += len(self._first[-1])
        # Any centre near the mean will do: what it misses is in the sum of the deviations, which are small numbers.
        centre = values.sum() / len(values)
        if len(self._work) != 2 or self._work[0].shape != values.shape or self._work[0].dtype != values.dtype:
            self._work = [torch.empty_like(values), torch.empty_like(values)]
        d = torch.sub(values, centre, out=self._work[0])
        squares = torch.mul(d, d, out=self._work[1])
        ends = torch.aminmax(values) if self._watch else (centre, centre)
        return torch.stack([centre, d.sum(), torch.dot(d, d), torch.dot(squares, d), *ends])

    def _combined(self, rows: list[list[float]], sizes: list[int]) -> Moments:
        combined = Moments()
        for n, (centre, rest, squares, cubes, low, high) in zip(sizes, rows, strict=True):
            if not math.isfinite(centre) or not math.isfinite(squares):
                raise ValueError(
                    f"f is not finite at a sample, or overflows: {n} values have mean {centre}; "
                    "check for log 0, division by 0, and the supports of the laws"
                )
            shift = rest / n
            central = max(0.0, squares - n * shift**2)
            combined += Moments(n, centre + shift, central, cubes - 3 * shift * squares + 2 * n * shift**3)
            self.extremes = (min(self.extremes[0], low), max(self.extremes[1], high))
        return combined

    def tail_index(self) -> float:
        """An estimate of xi in P(|f - median| > t) ~ t^(-1/xi), from the first values; 0 if none is in sight.

        The variance is infinite for xi > 1/2, and xi = 0 for a law with all moments. The moment estimator of Dekkers,
        Einmahl and de Haan (1989), with a standard deviation of about sqrt((1 + xi^2) / k), k the number of extremes
        it uses: 0.04 for 10^5 values. (Hill's would put the fourth power of a normal above 1/3.)
        """
        values = torch.cat(self._first).double()
        if len(values) < 1000:
            return 0.0
        deviations = (values - values.median()).abs()
        top = deviations.topk(2 * math.isqrt(len(values))).values
        # A power law with infinite variance shows in the sums themselves: one value carries a part of the variance.
        # Stretched exponentials (x^2 under a Laplace law) look like 1/2 at this sample size, but none of theirs does.
        if not top[0].square() > 0.02 * deviations.square().sum():
            return 0.0
        # A bump in the density can look heavy from one threshold; a power law does from every one.
        return min(_moment_estimator(top), _moment_estimator(top[: len(top) // 2]))


def _moment_estimator(top: torch.Tensor) -> float:
    if not top[-1] > 0:
        return 0.0
    logs = (top[:-1] / top[-1]).log()
    first, second = float(logs.mean()), float(logs.square().mean())
    return first + 1 - 0.5 / (1 - first**2 / second) if second > first**2 else 0.0


class FiniteDraws:
    """Values at the points of a finite law, drawn by counting."""

    def __init__(self, values: list[float], weights: list[Fraction], backend: Backend, stream: int | str) -> None:
        for value in values:
            if not math.isfinite(value):
                raise ValueError(f"f is {value} at a point of positive probability; its expectation is not finite")
        self.size = 1 << 20
        self.extremes = (min(values), max(values))
        self._values = values
        self._weights = np.array([float(weight) for weight in weights])
        self._weights /= self._weights.sum()
        self._generator = np.random.default_rng(backend.generator(stream).initial_seed())

    def moments(self, count: int, report: Callable[[int], None]) -> Moments:
        """The moments of `count` fresh values."""
        counts = [int(k) for k in self._generator.multinomial(count, self._weights)]
        report(count)
        return Moments.of(self._values, counts) if count else Moments()

    def tail_index(self) -> float:
        """0: finitely many values have all moments."""
        return 0.0
