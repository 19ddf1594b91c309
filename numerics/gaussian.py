"""Gaussian divergences in numbers: companion of `derivations.theory.gaussian`.

Each function is named after a claim.  The closed form is evaluated in ball arithmetic from exact parameters; the other
side integrates, with certified error (Arb) or by Gauss-Hermite quadrature, or samples.  All values are in nats.
Source of the closed form: Kingma and Welling, Auto-Encoding Variational Bayes, 2014, appendix B.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
from flint import arb, ctx

from numerics.backend import backend
from numerics.checks import LEVEL, Check, agreement, sampled
from numerics.enclosure import Enclosure, kl
from numerics.forms import to_fmpq
from numerics.laws import DiagonalNormal
from numerics.montecarlo import kl as sampled_kl

__all__ = ["gaussian_kl_standard", "standard_form"]

DIGITS = 20


def standard_form(law: DiagonalNormal) -> arb:
    """1/2 sum_k (1 + log s_k^2 - mu_k^2 - s_k^2), the closed form of -KL(N(mu, diag s^2) || N(0, I)).

    >>> standard_form(DiagonalNormal([0, 0], [1, 1])).is_zero()
    True
    """
    total = arb(0)
    for mean, scale in zip(law.mean, law.scales, strict=True):
        square = scale**2
        total += to_fmpq(1 - mean**2 - square)
        if square != 1:
            total += arb(to_fmpq(square)).log()
    return total / 2


def by_gauss_hermite(law: DiagonalNormal, nodes: int = 24) -> float:
    """-KL(law || standard) as a sum over coordinates of integrals over the line, by Gauss-Hermite quadrature.

    The rule with n nodes is exact for polynomials up to degree 2n - 1 under a normal law, which log-ratios of normal
    densities are, so its error is rounding: about 1e-15 times the largest term (Abramowitz and Stegun, 25.4.46).
    """
    roots, weights = np.polynomial.hermite.hermgauss(nodes)
    mean = np.array([float(m) for m in law.mean])[:, None]
    scale = np.array([float(s) for s in law.scales])[:, None]
    points = mean + math.sqrt(2) * scale * roots
    own = -(((points - mean) / scale) ** 2) / 2 - np.log(scale)
    standard = -(points**2) / 2
    return math.fsum(((standard - own) @ weights / math.sqrt(math.pi)).tolist())


def diagonal_laws(draw: random.Random) -> list[tuple[str, DiagonalNormal]]:
    """Random laws: K = 1 and 512, variances 1e-8 and 1e8, and one next to the standard law."""

    def mean() -> Fraction:
        return Fraction(round(draw.gauss(0, 1), 3))

    def scale() -> Fraction:
        return Fraction(round(math.exp(draw.gauss(0, 0.7)), 3)) + Fraction(1, 1000)

    small, large = Fraction(1, 10**4), Fraction(10**4)
    # Sixteen different coordinates, repeated, keep the certified integration short.
    few = [(mean(), scale()) for _ in range(16)]
    hard = [*few[:14], (mean(), small), (mean(), large)]
    many, extreme = ([draw.choice(pairs) for _ in range(512)] for pairs in (few, hard))
    tiny = Fraction(draw.choice([-1, 1]), 10**6)
    return [
        ("K = 1", DiagonalNormal([mean()], [scale()])),
        ("K = 1, variance 1e-8", DiagonalNormal([mean()], [small])),
        ("K = 1, variance 1e8", DiagonalNormal([mean()], [large])),
        ("K = 1, far from the origin", DiagonalNormal([1000 + mean()], [scale()])),
        ("K = 1, next to the standard law", DiagonalNormal([tiny], [1 + tiny])),
        ("K = 3", DiagonalNormal([mean() for _ in range(3)], [scale() for _ in range(3)])),
        ("K = 512", DiagonalNormal([m for m, _ in many], [s for _, s in many])),
        ("K = 512, variances 1e-8 and 1e8", DiagonalNormal([m for m, _ in extreme], [s for _, s in extreme])),
    ]


def gaussian_kl_standard(seed: int = 0, device: str = "cpu") -> list[Check]:
    """-KL(N(mu, diag s^2) || N(0, I_K)) = 1/2 sum_k (1 + log s_k^2 - mu_k^2 - s_k^2) on random laws."""
    draw = random.Random(f"{seed}/gaussian-kl-standard")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, law in diagonal_laws(draw):
            size = law.dimension
            standard = DiagonalNormal([0] * size, [1] * size)
            form = standard_form(law)
            integral = kl(law, standard, DIGITS)
            minus = Enclosure(str(-Decimal(integral.mid)), integral.rad)
            checks.append(agreement(f"{name}, integrated", "enclosure", minus, form, 1e-15))
            checks.append(agreement(f"{name}, Gauss-Hermite", "quadrature", by_gauss_hermite(law), form, 1e-12))
            samples = 100_000 if size < 10 else 4_000
            estimate = sampled_kl(law, standard, samples=samples, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}, sampled", estimate, -form, light_tails=True))
    return checks
