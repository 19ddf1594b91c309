"""Gaussian divergences in numbers: companion of `derivations.theory.gaussian`.

Each function is named after a claim.  The closed form is evaluated in ball arithmetic from exact parameters; the other
side integrates, with certified error (Arb) or by Gauss-Hermite quadrature, or samples.  All values are in nats.
Source of the closed forms: Kingma and Welling, Auto-Encoding Variational Bayes, 2014, appendix B; Duchi, Derivations
for linear algebra and optimization, 2007, for full covariances.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch
from flint import arb, arb_mat, ctx

from numerics.backend import Backend, backend
from numerics.cases import SAMPLES, decimal, noise, sample, uniforms, weights
from numerics.checks import LEVEL, Check, agreement, at_most, ball, disagreement, sampled, sampled_apart
from numerics.enclosure import Enclosure, kl
from numerics.forms import to_fmpq
from numerics.latent import log_of, mean_log
from numerics.law import LineLaw
from numerics.laws import DiagonalNormal, Exponential, Laplace, MultivariateNormal, Normal
from numerics.montecarlo import kl as sampled_kl
from numerics.quadrature import kl as kl_by_quadrature
from numerics.quadrature import tensor

__all__ = [
    "full_form",
    "gaussian_kl_full",
    "gaussian_kl_minimum",
    "gaussian_kl_standard",
    "gaussian_kl_univariate",
    "kl_factorizes",
    "standard_form",
    "univariate_form",
]

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
            samples = SAMPLES if size < 10 else 2_000
            estimate = sampled_kl(law, standard, samples=samples, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}, sampled", estimate, -form, light_tails=True))
    return checks


# Two normal laws on the line ------------------------------------------------------------------------------------------


def univariate_form(p: Normal, q: Normal) -> arb:
    """log(s2/s1) + (s1^2 + (m1 - m2)^2)/(2 s2^2) - 1/2.

    >>> univariate_form(Normal(1, 2), Normal(1, 2)).is_zero()
    True
    """
    square = (p.variance + (p.mean - q.mean) ** 2) / (2 * q.variance) - Fraction(1, 2)
    ratio = q.scale / p.scale
    return (log_of(ratio) if ratio != 1 else arb(0)) + to_fmpq(square)


def normal_pairs(draw: random.Random) -> list[tuple[str, Normal, Normal]]:
    """Random pairs: ordinary, equal, nearly equal, far apart, variances 1e-8 and 1e8 on either side."""

    def law(scale: Fraction | None = None) -> Normal:
        return Normal(decimal(draw, -2, 2), decimal(draw, 0.3, 2) if scale is None else scale)

    one, small = law(), Fraction(1, 10**4)
    return [
        ("ordinary", law(), law()),
        ("equal", one, one),
        ("nearly equal", one, Normal(one.mean + small**2, one.scale * (1 + small))),
        ("far apart", one, Normal(one.mean + 1000 * one.scale, one.scale)),
        ("variance 1e-8 against 1", law(small), law()),
        ("variance 1 against 1e-8", law(), law(small)),
        ("variance 1e8 against 1e-8", law(1 / small), law(small)),
    ]


def gaussian_kl_univariate(seed: int = 0, device: str = "cpu") -> list[Check]:
    """KL(N(m1,s1^2) || N(m2,s2^2)) against its closed form: certified integral, Gauss-Kronrod rule, samples.

    >>> all(check.passed for check in gaussian_kl_univariate(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gaussian-kl-univariate")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, p, q in normal_pairs(draw):
            form = univariate_form(p, q)
            checks.append(agreement(f"{name}, integrated", "enclosure", kl(p, q, DIGITS), form, 1e-15))
            checks.append(agreement(f"{name}, Gauss-Kronrod", "quadrature", kl_by_quadrature(p, q), form, 1e-9))
            found = sampled_kl(p, q, samples=SAMPLES, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}, sampled", found, form, light_tails=True))
    return checks


# Full covariances -----------------------------------------------------------------------------------------------------


def full_form(p: MultivariateNormal, q: MultivariateNormal) -> arb:
    """1/2 (tr(S2^-1 S1) + (m2 - m1)^T S2^-1 (m2 - m1) - K + log(det S2 / det S1)).

    >>> law = MultivariateNormal([0, 1], [[2, 1], [1, 2]])
    >>> bool(abs(full_form(law, law)) < 1e-12)
    True
    """
    one, two = (arb_mat([[ball(v) for v in row] for row in law.covariance]) for law in (p, q))
    d = arb_mat([[ball(b - a)] for a, b in zip(p.mean, q.mean, strict=True)])
    trace = two.solve(one).trace()
    square = (d.transpose() * two.solve(d))[0, 0]
    return (trace + square - p.dimension + (two.det() / one.det()).log()) / 2


def by_chain_rule(p: MultivariateNormal, q: MultivariateNormal) -> arb:
    """KL(p || q) one coordinate after the other: sum_k E_p KL(p(x_k | x_<k) || q(x_k | x_<k)), exact up to the logs.

    Under a normal law x_k given the earlier coordinates is a + b^T x_<k plus independent noise (Gauss elimination); the
    difference of two such lines is normal under p, so its mean square is exact.  No trace, no determinant.
    """
    total = arb(0)
    for k in range(p.dimension):
        (a1, b1, v1), (a2, b2, v2) = _regression(p, k), _regression(q, k)
        slope = [x - y for x, y in zip(b1, b2, strict=True)]
        middle = a1 - a2 + sum((s * m for s, m in zip(slope, p.mean, strict=False)), Fraction(0))
        spread = sum((slope[i] * slope[j] * p.covariance[i][j] for i in range(k) for j in range(k)), Fraction(0))
        total += to_fmpq((v1 + middle**2 + spread) / v2 - 1) / 2 + log_of(v2 / v1) / 2
    return total


def _regression(law: MultivariateNormal, k: int) -> tuple[Fraction, list[Fraction], Fraction]:
    """Intercept, slopes and residual variance of coordinate k on the earlier ones."""
    slopes = _solved([list(row[:k]) for row in law.covariance[:k]], [row[k] for row in law.covariance[:k]])
    intercept = law.mean[k] - sum((b * m for b, m in zip(slopes, law.mean, strict=False)), Fraction(0))
    explained = sum((b * law.covariance[i][k] for i, b in enumerate(slopes)), Fraction(0))
    return intercept, slopes, law.covariance[k][k] - explained


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """The solution of a positive definite system, by elimination."""
    rows = [[*row, r] for row, r in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


def full_pairs(draw: random.Random) -> list[tuple[str, MultivariateNormal, MultivariateNormal]]:
    """Random pairs with K = 1, 2, 3, 12; nearly equal, nearly singular, and with variances 1e-8 and 1e8."""

    def law(size: int, scales: list[Fraction] | None = None) -> MultivariateNormal:
        root = [[decimal(draw, -1, 1, 2) + 2 * (i == j) for j in range(size)] for i in range(size)]
        if scales is not None:
            root = [[s * v for v in row] for s, row in zip(scales, root, strict=True)]
        square = [[sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for c in root] for r in root]
        return MultivariateNormal([decimal(draw, -2, 2) for _ in range(size)], square)

    one, small = law(3), Fraction(1, 10**4)
    bent = [[v * (1 + small * (i == j)) for j, v in enumerate(row)] for i, row in enumerate(one.covariance)]
    flat = MultivariateNormal([0, 0], [[1, 1 - small], [1 - small, 1]])
    return [
        ("K = 1", law(1), law(1)),
        ("K = 2", law(2), law(2)),
        ("K = 3", law(3), law(3)),
        ("K = 3, nearly equal", one, MultivariateNormal(one.mean, bent)),
        ("K = 2, correlation 0.9999", law(2), flat),
        ("K = 2, variances 1e-8 and 1e8", law(2, [small, 1 / small]), law(2, [small, 1 / small])),
        ("K = 12", law(12), law(12)),
    ]


def gaussian_kl_full(seed: int = 0, device: str = "cpu") -> list[Check]:
    """The closed form for full covariances, against the chain rule, a tensor rule and samples.

    The chain rule takes one coordinate after the other; the tensor rule integrates the log-ratio, a quadratic, for
    which it is exact up to rounding; samples are of log p - log q.
    """
    draw = random.Random(f"{seed}/gaussian-kl-full")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, p, q in full_pairs(draw):
            form = full_form(p, q)
            checks.append(agreement(f"{name}, chain rule", "exact-sum", by_chain_rule(p, q), form, 1e-25))
            if p.dimension <= 3:
                rule = tensor(p, lambda x, p=p, q=q: _log_ratio(p, q, x), order=8)  # type: ignore[misc]
                # A correlation of 0.9999 costs four digits of the sixteen.
                checks.append(agreement(f"{name}, tensor rule", "quadrature", rule, form, 1e-8))
            found = sampled_kl(p, q, samples=SAMPLES // 2, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}, sampled", found, form, light_tails=True))
    return checks


def _log_ratio(p: MultivariateNormal, q: MultivariateNormal, x: np.ndarray) -> np.ndarray:
    """log p(x) - log q(x), by Cholesky factors."""
    logs = []
    for law in (p, q):
        root = np.linalg.cholesky(np.array(law.covariance, dtype=float))
        noise_of = np.linalg.solve(root, (x - np.array(law.mean, dtype=float)).T)
        logs.append(-(noise_of**2).sum(0) / 2 - np.log(np.diag(root)).sum())
    return logs[0] - logs[1]


# Products -------------------------------------------------------------------------------------------------------------


def kl_factorizes(seed: int = 0, device: str = "cpu") -> list[Check]:
    """The KL of product laws is the sum of the KLs; for a law that is no product it is not.

    Finite laws: all points of the product set.  A Laplace, an exponential and a normal law: log-ratio of the joint
    densities at samples in three dimensions.  Normal laws: the joint law in K dimensions by its matrices, and K = 512.

    >>> all(check.passed for check in kl_factorizes(seed=1))
    True
    """
    draw = random.Random(f"{seed}/kl-factorizes")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, sizes, orders in (
            ("K = 1", (4,), 0),
            ("K = 2", (3, 4), 0),
            ("K = 3, over eight orders of magnitude", (2, 3, 2), 8),
        ):
            ps, qs = ([weights(draw, size, orders) for size in sizes] for _ in range(2))
            parts = sum((_divergence(p, q) for p, q in zip(ps, qs, strict=True)), arb(0))
            checks.append(agreement(name, "exact-sum", _divergence(_product(ps), _product(qs)), parts, 1e-30))
        p, q = weights(draw, 3), weights(draw, 3)
        tied = [w if i == j else Fraction(0) for i, w in enumerate(p) for j in range(3)]
        both = _divergence(tuple(tied), _product([q, q]))
        checks.append(disagreement("two equal coordinates", "exact-sum", both, 2 * _divergence(p, q)))
        checks += _mixed_product(draw, home)
        size = 5
        first, second = (
            DiagonalNormal([decimal(draw, -1, 1) for _ in range(size)], [decimal(draw, 0.3, 2) for _ in range(size)])
            for _ in range(2)
        )
        whole = full_form(_as_full(first), _as_full(second))
        checks.append(agreement("K = 5, normal", "enclosure", whole, _sum_of_lines(first, second), 1e-15))
        # Sixteen different pairs of coordinates, repeated, keep the certified integration short.
        few = [[decimal(draw, low, high) for low, high in ((-1, 1), (0.3, 2), (-1, 1), (0.3, 2))] for _ in range(16)]
        rows = [draw.choice(few) for _ in range(512)]
        many, other = (DiagonalNormal([r[i] for r in rows], [r[i + 1] for r in rows]) for i in (0, 2))
        found = sampled_kl(many, other, samples=2000, alpha=LEVEL, backend=home, stream="K = 512")
        checks.append(sampled("K = 512, normal, sampled", found, _sum_of_lines(many, other), light_tails=True))
    return checks


def _divergence(p: tuple[Fraction, ...], q: tuple[Fraction, ...]) -> arb:
    """KL(p || q) of laws on a finite set, p may be 0 at points."""
    return mean_log(p, [a / b if a else Fraction(1) for a, b in zip(p, q, strict=True)])


def _product(laws: list[tuple[Fraction, ...]]) -> tuple[Fraction, ...]:
    whole: tuple[Fraction, ...] = (Fraction(1),)
    for law in laws:
        whole = tuple(a * b for a in whole for b in law)
    return whole


def _as_full(law: DiagonalNormal) -> MultivariateNormal:
    size = law.dimension
    return MultivariateNormal(law.mean, [[law.scales[i] ** 2 * (i == j) for j in range(size)] for i in range(size)])


def _sum_of_lines(p: DiagonalNormal, q: DiagonalNormal) -> arb:
    """The sum over coordinates of their divergences, each integrated."""
    pairs = list(zip(p.marginals, q.marginals, strict=True))
    values = {pair: ball(kl(*pair, DIGITS)) for pair in set(pairs)}
    return sum((values[pair] for pair in pairs), arb(0))


def _mixed_product(draw: random.Random, home: Backend) -> list[Check]:
    """Laplace x exponential x normal: the log-ratio of the joint densities, and the sum of three integrals."""
    laws: list[tuple[LineLaw, LineLaw]] = [
        (Laplace(decimal(draw, -1, 1), decimal(draw, 0.5, 2)), Laplace(decimal(draw, -1, 1), decimal(draw, 0.5, 2))),
        (Exponential(decimal(draw, 0.5, 2)), Exponential(decimal(draw, 0.5, 2))),
        (Normal(decimal(draw, -1, 1), decimal(draw, 0.5, 2)), Normal(decimal(draw, -1, 1), decimal(draw, 0.5, 2))),
    ]
    first, second = laws[0][0], laws[1][0]
    assert isinstance(first, Laplace)
    assert isinstance(second, Exponential)

    def ratio(eps: torch.Tensor) -> torch.Tensor:
        u = uniforms(eps)
        centred = u[:, 0] - 0.5
        x = float(first.mean) - float(first.scale) * centred.sign() * torch.log1p(-2 * centred.abs())
        y = -torch.log1p(-u[:, 1]) / float(second.rate)
        normal = laws[2][0]
        z = float(normal.mean) + math.sqrt(normal.variance) * eps[:, 2]
        pairs = zip(laws, (x, y, z), strict=True)
        return torch.stack([p.log_density(v) - q.log_density(v) for (p, q), v in pairs]).sum(0)

    parts = sum((ball(kl(p, q, DIGITS)) for p, q in laws), arb(0))
    found = sample(noise(3), ratio, home, "mixed product")
    return [sampled("Laplace x exponential x normal, sampled", found, parts, light_tails=True)]


# The minimum ----------------------------------------------------------------------------------------------------------


def zeros(reach: Fraction = Fraction(8), width: Fraction = Fraction(1, 10**6)) -> list[tuple[Fraction, Fraction]]:
    """Where (mu^2 + s^2 - 1 - log s^2)/2 can vanish for |mu| <= reach, |log s| <= reach: by branch and bound.

    The result encloses all zeros, as ends of an interval for mu and one for log s.  It is the sum of mu^2/2 and of
    h(t) = (exp(2 t) - 1 - 2 t)/2, t = log s, both bounded below on a cell by a tangent, as convex functions are, so a
    cell away from the zero is dropped as soon as it is small.

    >>> (low, high), _ = zeros(Fraction(1), Fraction(1, 100))
    >>> low <= 0 <= high
    True
    """
    cells = [((-reach, reach), (-reach, reach))]
    while cells and max(high - low for cell in cells for low, high in cell) > width:
        halves = [
            (a, b)
            for (l1, h1), (l2, h2) in cells
            for a in ((l1, (l1 + h1) / 2), ((l1 + h1) / 2, h1))
            for b in ((l2, (l2 + h2) / 2), ((l2 + h2) / 2, h2))
        ]
        cells = [cell for cell in halves if not _floor(*cell) > 0]
    return [(min(c[i][0] for c in cells), max(c[i][1] for c in cells)) for i in (0, 1)]


def _floor(mean: tuple[Fraction, Fraction], log_scale: tuple[Fraction, Fraction]) -> arb:
    """A lower bound of the divergence on a cell: the tangents of its two convex terms at the middle."""
    middle, half = (mean[0] + mean[1]) / 2, (mean[1] - mean[0]) / 2
    first = to_fmpq(middle**2 / 2 - abs(middle) * half)
    # mu^2/2 is never negative, and a tangent may be.
    first = first if first > 0 else to_fmpq(Fraction(0))
    middle, half = (log_scale[0] + log_scale[1]) / 2, (log_scale[1] - log_scale[0]) / 2
    power = ball(2 * middle).exp()
    return first + (power - 1 - 2 * ball(middle)) / 2 - abs(power - 1) * to_fmpq(half)


def gaussian_kl_minimum(seed: int = 0, device: str = "cpu") -> list[Check]:
    """The divergence of N(mu, diag s^2) from N(0, I) is 0 at mu = 0, s = 1 and nowhere else.

    Branch and bound encloses all zeros of one coordinate's closed form; the integrals at random parameters, next to the
    zero and at variances 1e-8 and 1e8 among them, are certainly positive; samples are apart from 0 away from it, and
    are constantly 0 at it.

    >>> all(check.passed for check in gaussian_kl_minimum(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gaussian-kl-minimum")
    home = backend(device, seed=seed)
    standard = Normal(0, 1)
    tiny, small = Fraction(1, 10**8), Fraction(1, 10**4)
    checks = []
    with ctx.workprec(200):
        found = zeros()
        for name, ends in zip(("mu", "log s"), found, strict=True):
            where = ball(ends[0]).union(ball(ends[1]))
            checks.append(agreement(f"all zeros: {name}", "enclosure", where, 0.0, 1e-5))
        checks.append(agreement("at the standard law", "enclosure", kl(standard, standard, DIGITS), 0.0, 1e-30))
        for name, law in (
            ("ordinary", Normal(decimal(draw, 0.1, 2), decimal(draw, 0.3, 2))),
            ("mu = 0", Normal(0, decimal(draw, 1.1, 2))),
            ("s = 1", Normal(decimal(draw, 0.1, 2), 1)),
            ("mu = 1e-8", Normal(tiny, 1)),
            ("s = 1 + 1e-8", Normal(0, 1 + tiny)),
            ("variance 1e-8", Normal(0, small)),
            ("variance 1e8", Normal(0, 1 / small)),
        ):
            value = kl(law, standard, DIGITS)
            checks.append(at_most(f"{name}: positive", "enclosure", 0.0, value, strict=True))
            if "1e-8" not in name or "variance" in name:
                estimate = sampled_kl(law, standard, samples=SAMPLES, alpha=LEVEL, backend=home, stream=name)
                checks.append(sampled(f"{name}: sampled", estimate, value, light_tails=True))
        away = Normal(decimal(draw, 0.3, 1), decimal(draw, 0.5, 0.8))
        estimate = sampled_kl(away, standard, samples=SAMPLES, alpha=LEVEL, backend=home, stream="away")
        checks.append(sampled_apart("away from the minimum, sampled", estimate, 0.0))
        estimate = sampled_kl(standard, standard, samples=SAMPLES, alpha=LEVEL, backend=home, stream="at")
        checks.append(sampled("at the minimum, sampled", estimate, 0.0))
        many = DiagonalNormal([0] * 511 + [tiny], [1] * 512)
        apart = kl(many, noise(512), DIGITS)
        checks.append(at_most("K = 512, one mean 1e-8: positive", "enclosure", 0.0, apart, strict=True))
    return checks
