"""Confidence intervals for a mean, each with the hypothesis under which it is right.

Main definitions: `Moments`, sums of a sample that combine stably; `skewed_normal`, `empirical_bernstein`,
`MedianOfMeans`, three intervals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

__all__ = ["MedianOfMeans", "Moments", "empirical_bernstein", "skewed_normal"]


@dataclass(frozen=True)
class Moments:
    """Count, mean, and central sums of squares and cubes of a sample.

    `+` combines two samples by the formulas of Chan, Golub and LeVeque (1979) and Pébay (2008), which subtract no large
    numbers.

    >>> both = Moments.of([1.0, 2.0]) + Moments.of([6.0])
    >>> both.mean, both.squares, both.cubes
    (3.0, 14.0, 18.0)
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    cubes: float = 0.0

    @classmethod
    def of(cls, values: list[float], counts: list[int] | None = None) -> Moments:
        """The moments of a list, each value counted once or as often as `counts` says."""
        repeats = [1] * len(values) if counts is None else counts
        total = sum(repeats)
        mean = math.fsum(k * v for k, v in zip(repeats, values, strict=True) if k) / total
        squares = math.fsum(k * (v - mean) ** 2 for k, v in zip(repeats, values, strict=True) if k)
        cubes = math.fsum(k * (v - mean) ** 3 for k, v in zip(repeats, values, strict=True) if k)
        return cls(total, mean, squares, cubes)

    def __add__(self, other: Moments) -> Moments:
        if not self.count or not other.count:
            return other if not self.count else self
        n, a, b = self.count + other.count, self.count, other.count
        gap = other.mean - self.mean
        squares = self.squares + other.squares + gap**2 * a * b / n
        cubes = (
            self.cubes
            + other.cubes
            + gap**3 * a * b * (a - b) / n**2
            + 3 * gap * (a * other.squares - b * self.squares) / n
        )
        return Moments(n, self.mean + gap * b / n, squares, cubes)

    @property
    def variance(self) -> float:
        """The unbiased variance; NaN for a single value."""
        return self.squares / (self.count - 1) if self.count > 1 else math.nan

    @property
    def standard_error(self) -> float:
        """The standard deviation of the mean."""
        return math.sqrt(self.variance / self.count)

    @property
    def skewness(self) -> float:
        """The standardised third moment; 0 for a constant sample."""
        return math.sqrt(self.count) * self.cubes / self.squares**1.5 if self.squares > 0 else 0.0


def skewed_normal(moments: Moments, alpha: float) -> tuple[float, float]:
    """An interval that misses with probability alpha, up to O(1/n): the normal interval with its skewness removed.

    Hypothesis: finite third moment, many samples. Hall (1992), "On the removal of skewness by transformation": the
    cubic g(t) = t + c t^2 / 3 + c^2 t^3 / 27 + c / 6 of the studentised mean, c = skewness / sqrt(n), is monotone, and
    normal to second order; its inverse is 3/c ((1 + c (t - c/6))^(1/3) - 1).

    >>> low, high = skewed_normal(Moments(10_000, 0.0, 10_000.0, 0.0), 0.05)
    >>> round(low, 4), round(high, 4)
    (-0.0196, 0.0196)
    """
    error = moments.standard_error
    z = NormalDist().inv_cdf(1 - alpha / 2)
    c = moments.skewness / math.sqrt(moments.count)

    def inverse(t: float) -> float:
        if abs(c) < 1e-6:
            return t
        inner = 1 + c * (t - c / 6)
        return 3 / c * (math.copysign(abs(inner) ** (1 / 3), inner) - 1)

    return moments.mean - error * inverse(z), moments.mean - error * inverse(-z)


def empirical_bernstein(moments: Moments, alpha: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """An interval that misses with probability at most alpha, at every n >= 2.

    Hypothesis: the values lie in `bounds`. Maurer and Pontil (2009), theorem 4, on both sides: the distance is at most
    sqrt(2 V log(4/alpha) / n) + 7 (b - a) log(4/alpha) / (3 (n - 1)), V the unbiased variance.

    >>> low, high = empirical_bernstein(Moments(10_000, 0.5, 2500.0, 0.0), 0.05, (0.0, 1.0))
    >>> round(high - low, 3)
    0.032
    """
    n = moments.count
    if n < 2:
        return bounds
    term = math.log(4 / alpha)
    distance = math.sqrt(2 * moments.variance * term / n) + 7 * (bounds[1] - bounds[0]) * term / (3 * (n - 1))
    return max(bounds[0], moments.mean - distance), min(bounds[1], moments.mean + distance)


def _binomial_tail(count: int, probability: float, least: int) -> float:
    """P(at least `least` of `count` trials succeed)."""
    terms = (math.comb(count, k) * probability**k * (1 - probability) ** (count - k) for k in range(least, count + 1))
    return math.fsum(terms)


@cache
def _chances(alpha: float) -> list[tuple[int, float]]:
    """Numbers of blocks, each with the largest t for which P(Bin(blocks, t) >= blocks/2) <= alpha."""
    found = []
    # Odd numbers of blocks, in steps of about a tenth: finer ones change the radius by less than a percent.
    for blocks in sorted({2 * round(1.1**k / 2) + 1 for k in range(63)}):
        low, high = 0.0, 0.5
        for _ in range(40):
            middle = (low + high) / 2
            if _binomial_tail(blocks, middle, (blocks + 1) // 2) <= alpha:
                low = middle
            else:
                high = middle
        if low > 0:
            found.append((blocks, low))
    return found


@dataclass(frozen=True)
class MedianOfMeans:
    """The median of the means of `blocks` equal blocks: right for heavy tails, given a bound on a moment.

    Hypothesis: E|X - E X|^p <= bound, 1 < p <= 2. By von Bahr and Esseen (1965) a block of m samples has
    E|mean - E X|^p <= C bound m^(1-p), with C = 2, or C = 1 for p = 2, so it is off by more than r with probability at
    most C bound m^(1-p) / r^p = t; the median is off by more than r only if half of the blocks are, which has
    probability at most P(Bin(blocks, t) >= blocks/2). The number of blocks is the one with the smallest radius.

    >>> plan = MedianOfMeans.plan(alpha=0.01, power=2.0, bound=1.0)
    >>> round(plan.radius(100_000), 4)
    0.0218
    """

    blocks: int
    chance: float
    power: float
    bound: float

    @classmethod
    def plan(cls, alpha: float, power: float, bound: float) -> MedianOfMeans:
        made = [cls(blocks, chance, power, bound) for blocks, chance in _chances(alpha)]
        return min(made, key=lambda plan: plan.radius(10**9))

    def radius(self, count: int) -> float:
        """The distance that the median keeps, with `count` samples in all."""
        size = count // self.blocks
        if size == 0:
            return math.inf
        constant = 1.0 if self.power == 2 else 2.0
        return (constant * self.bound * size ** (1 - self.power) / self.chance) ** (1 / self.power)

    def count(self, radius: float) -> int:
        """How many samples reach a radius."""
        constant = 1.0 if self.power == 2 else 2.0
        size = (constant * self.bound / (self.chance * radius**self.power)) ** (1 / (self.power - 1))
        return self.blocks * max(1, math.ceil(size))
