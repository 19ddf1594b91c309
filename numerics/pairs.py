"""Pairs of random laws, hard ones among them: what the companions of the adversarial claims compare.

Main definitions: `finite_pairs`, `normal_pairs`, `mixture_pair`.
"""

from __future__ import annotations

import random
from fractions import Fraction

from numerics.laws import Categorical, Mixture, Normal

__all__ = ["finite_pairs", "mixture_pair", "normal_pairs"]


def finite_pairs(draw: random.Random) -> list[tuple[str, Categorical, Categorical]]:
    """Random laws on a few points: ordinary, over eight orders of magnitude, disjoint, equal."""

    def law(size: int, orders: int = 0, only: range | None = None) -> Categorical:
        weights = [Fraction(draw.randint(1, 1000), 10 ** draw.randint(0, orders)) for _ in range(size)]
        weights = [w if only is None or i in only else Fraction(0) for i, w in enumerate(weights)]
        total = sum(weights, Fraction(0))
        return Categorical([w / total for w in weights])

    same = law(4)
    return [
        ("five points", law(5), law(5)),
        ("weights over eight orders of magnitude", law(5, 8), law(5, 8)),
        ("one point apart", law(4, only=range(3)), law(4, only=range(1, 4))),
        ("disjoint", law(4, only=range(2)), law(4, only=range(2, 4))),
        ("equal", same, same),
    ]


def normal_pairs(draw: random.Random) -> list[tuple[str, Normal, Normal]]:
    """Random normal laws: ordinary, nearly equal, far apart, a variance 1e-8, a variance 1e8."""

    def number(low: float, high: float) -> Fraction:
        return Fraction(round(draw.uniform(low, high), 3))

    mean, scale = number(-1, 1), number(0.4, 2)
    return [
        ("normal laws", Normal(mean, scale), Normal(number(-1, 1), number(0.4, 2))),
        ("nearly equal", Normal(mean, scale), Normal(mean + Fraction(1, 10**4), scale)),
        ("far apart", Normal(mean, scale), Normal(mean + 40 * scale, scale * number(0.8, 1.2))),
        ("variance 1e-8", Normal(mean, Fraction(1, 10**4)), Normal(number(-1, 1), scale)),
        ("variance 1e8", Normal(mean, scale), Normal(number(-1, 1), Fraction(10**4))),
    ]


def mixture_pair(draw: random.Random) -> tuple[Mixture, Mixture]:
    """Two mixtures of two normal laws."""

    def mixture() -> Mixture:
        parts = [Normal(round(draw.uniform(-3, 3), 2), round(draw.uniform(0.3, 1.5), 2)) for _ in range(2)]
        weight = Fraction(draw.randint(2, 8), 10)
        return Mixture([weight, 1 - weight], parts)

    return mixture(), mixture()
