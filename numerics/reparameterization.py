"""Gradients through samples, in numbers: companion of `derivations.theory.reparameterization`.

Each function is named after a claim.  The derivative of an expectation is found by differences of enclosed integrals,
which know nothing of gradients; the estimators' means by quadrature and by samples of what automatic differentiation
returns.  Values are in nats where they are divergences; gradients are per unit of the parameter.
Source of the mathematics: Mohamed, Rosca, Figurnov and Mnih, Monte Carlo Gradient Estimation in Machine Learning, 2020,
sections 4 (score function) and 5 (pathwise).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import acb, arb, arb_mat, ctx

from numerics.backend import backend
from numerics.cases import SAMPLES, decimal, noise, sample, slope
from numerics.checks import Check, agreement, ball, disagreement, sampled, sampled_apart
from numerics.enclosure import Enclosure, expectation
from numerics.forms import to_fmpq
from numerics.laws import MultivariateNormal, Normal, Uniform
from numerics.quadrature import expectation as quadrature
from numerics.quadrature import tensor

__all__ = ["gaussian_reparameterization", "gradient_variance", "pathwise_gradient", "score_gradient"]

DIGITS = 20
CPU = torch.device("cpu")


# The derivative of an expectation -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Path:
    """z = a phi + s exp(b phi) eps and an integrand f(z, phi), written for balls and for tensors.

    `growth` bounds |f| by c (1 + |eps|)^k for phi within 1 of 0.
    """

    name: str
    a: Fraction
    b: Fraction
    s: Fraction
    exact: Callable[[acb, arb], acb]
    tensors: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    growth: Callable[[Fraction], tuple[Fraction, int]]

    def mean(self, phi: Fraction) -> Enclosure:
        """E f(g(eps, phi), phi) over standard normal noise."""
        at = ball(phi)
        shift, scale = to_fmpq(self.a) * at, to_fmpq(self.s) * (to_fmpq(self.b) * at).exp()
        reach = 1 + abs(self.a) + 3 * self.s
        return expectation(
            Normal(0, 1), lambda e, analytic: self.exact(shift + scale * e, at), DIGITS, growth=self.growth(reach)
        )

    def pathwise(self, phi: float) -> Callable[[torch.Tensor], torch.Tensor]:
        """d/dphi f(g(eps, phi), phi), the total derivative, at noise of shape (n,)."""

        def gradient(eps: torch.Tensor) -> torch.Tensor:
            at = torch.full_like(eps, phi, requires_grad=True)
            z = float(self.a) * at + float(self.s) * (float(self.b) * at).exp() * eps
            return torch.autograd.grad(self.tensors(z, at).sum(), at)[0]

        return gradient

    def score(self, phi: float) -> Callable[[torch.Tensor], torch.Tensor]:
        """f d/dphi log q_phi(z) + d/dphi f at the sample z, held fixed, that noise of shape (n,) makes."""

        def gradient(eps: torch.Tensor) -> torch.Tensor:
            at = torch.full_like(eps, phi, requires_grad=True)
            scale = float(self.s) * (float(self.b) * at).exp()
            z = (float(self.a) * at + scale * eps).detach()
            log_density = -((z - float(self.a) * at) / scale).square() / 2 - scale.log()
            value = self.tensors(z, at)
            # The gradient of value.detach() log q + value is the estimator.
            return torch.autograd.grad((value.detach() * log_density + value).sum(), at)[0]

        return gradient


def _paths(draw: random.Random) -> list[_Path]:
    def number(low: float = 0.3, high: float = 1.5) -> Fraction:
        return decimal(draw, low, high)

    small = Fraction(1, 10**4)

    def square(reach: Fraction) -> tuple[Fraction, int]:
        return 4 * reach**2, 2

    def bounded(reach: Fraction) -> tuple[Fraction, int]:
        # |cos(u + iv)| is 1 at most on the line, where growth is asked for; phi^2 is below 4.
        return Fraction(8), 0

    def line(reach: Fraction) -> tuple[Fraction, int]:
        return 4 * reach, 1

    def quadratic(z: acb, phi: arb) -> acb:
        return z * z * phi + z

    def wave(z: acb, phi: arb) -> acb:
        return (z + phi).cos() * (1 + phi * phi)

    def bell(z: acb, phi: arb) -> acb:
        return (-z * z / 8).exp() * (1 + phi)

    def quadratic_t(z: torch.Tensor, phi: torch.Tensor) -> torch.Tensor:
        return z * z * phi + z

    def wave_t(z: torch.Tensor, phi: torch.Tensor) -> torch.Tensor:
        return (z + phi).cos() * (1 + phi * phi)

    def bell_t(z: torch.Tensor, phi: torch.Tensor) -> torch.Tensor:
        return (-z * z / 8).exp() * (1 + phi)

    return [
        _Path("z^2 phi + z", number(), number(), number(), quadratic, quadratic_t, square),
        _Path("cos(z + phi)(1 + phi^2)", number(), number(), number(), wave, wave_t, bounded),
        _Path("exp(-z^2/8)(1 + phi)", number(), number(), number(), bell, bell_t, bounded),
        _Path("location alone", number(), Fraction(0), number(), wave, wave_t, bounded),
        _Path("scale alone", Fraction(0), number(), number(), quadratic, quadratic_t, square),
        _Path("variance 1e-8", number(), number(), small, wave, wave_t, bounded),
        _Path("variance 1e8", number(), number(), 1 / small, quadratic, quadratic_t, square),
    ]


def _numpy(f: Callable[[torch.Tensor], torch.Tensor], device: torch.device = CPU) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: f(torch.from_numpy(np.ascontiguousarray(x)).to(device)).cpu().numpy()


def _step() -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """1{z > 0}, which automatic differentiation takes for a constant in z."""
    return lambda z, phi: (z.detach() > 0).to(z.dtype) + 0 * (z + phi)


def _step_path(draw: random.Random) -> tuple[_Path, Fraction, float]:
    """z = phi + s eps and 1{z > 0}, whose mean is Phi(phi / s): the path, phi, and the derivative of the mean."""
    phi, scale = decimal(draw, -0.5, 0.5), decimal(draw, 0.5, 1.5)
    path = _Path("step", Fraction(1), Fraction(0), scale, lambda z, at: z, _step(), lambda reach: (reach, 1))
    derivative = math.exp(-(float(phi / scale) ** 2) / 2) / float(scale) / math.sqrt(2 * math.pi)
    return path, phi, derivative


def pathwise_gradient(seed: int = 0, device: str = "cpu") -> list[Check]:
    """d/dphi E[f(g(eps, phi), phi)] = E[d/dphi f(g(eps, phi), phi)] for smooth f; for a step it fails.

    Left, differences of enclosed integrals; right, automatic differentiation under a Gauss-Kronrod rule and on samples.

    >>> len({check.method for check in pathwise_gradient(seed=1)})
    3
    """
    draw = random.Random(f"{seed}/pathwise-gradient")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for path in _paths(draw):
            phi = decimal(draw, -0.5, 0.5)
            goal = slope(path.mean, phi)
            f = path.pathwise(float(phi))
            rule = quadrature(Normal(0, 1), _numpy(f), tolerance=1e-11)
            checks.append(agreement(path.name, "quadrature", rule, goal, 1e-8))
            found = sample(Normal(0, 1), f, home, path.name)
            checks.append(sampled(f"{path.name}, sampled", found, goal, tolerance=1e-7, light_tails=True))
        path, phi, derivative = _step_path(draw)
        lost = path.pathwise(float(phi))
        rule = quadrature(Normal(0, 1), _numpy(lost), tolerance=1e-11)
        checks.append(disagreement("a step has no path derivative", "quadrature", rule, derivative))
        found = sample(Normal(0, 1), lost, home, "step")
        checks.append(sampled_apart("a step has no path derivative, sampled", found, derivative))
        checks += _certified_paths(draw)
    return checks


def _certified_paths(draw: random.Random) -> list[Check]:
    """z = mu + s eps, f = cos: the mean of f is cos(mu) exp(-s^2/2), the characteristic function's real part."""
    checks = []
    for name, scale in (("cos, closed form", decimal(draw, 0.3, 2)), ("cos, variance 1e-8", Fraction(1, 10**4))):
        mu = decimal(draw, -2, 2)
        inner = expectation(Normal(mu, scale), lambda z, analytic: -z.sin(), DIGITS, growth=(1, 0))
        closed = -ball(mu).sin() * (-ball(scale**2) / 2).exp()
        checks.append(agreement(name, "enclosure", inner, closed, 1e-15))
    return checks


def score_gradient(seed: int = 0, device: str = "cpu") -> list[Check]:
    """d/dphi E_q[f_phi(z)] = E_q[f_phi d/dphi log q_phi] + E_q[d/dphi f_phi]; where the support moves it fails.

    The laws and functions of pathwise-gradient, and a step, for which this estimator needs no derivative; a Bernoulli
    law, exactly; U[0, phi], whose support depends on phi, and where the score misses the end.

    >>> len({check.method for check in score_gradient(seed=1)})
    4
    """
    draw = random.Random(f"{seed}/score-gradient")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for path in _paths(draw):
            phi = decimal(draw, -0.5, 0.5)
            goal = slope(path.mean, phi)
            f = path.score(float(phi))
            # The terms of the integrand are as large as f times the score, 1/s; they cancel to the derivative.
            size = max(1.0, float(path.a / path.s))
            rule = quadrature(Normal(0, 1), _numpy(f), tolerance=1e-11 * size)
            checks.append(agreement(path.name, "quadrature", rule, goal, 1e-8 * size))
            found = sample(Normal(0, 1), f, home, path.name)
            checks.append(sampled(f"{path.name}, sampled", found, goal, tolerance=1e-7, light_tails=True))
        path, phi, derivative = _step_path(draw)
        step = path.score(float(phi))
        jump = -float(phi / path.s)
        rule = quadrature(Normal(0, 1), _numpy(step), points=[jump])
        checks.append(agreement("a step", "quadrature", rule, derivative, 1e-8))
        checks.append(sampled("a step, sampled", sample(Normal(0, 1), step, home, "step"), derivative))
        checks += _coins(draw) + _moving_end(draw)
    return checks


def _coins(draw: random.Random) -> list[Check]:
    """q = Bernoulli(phi), f_phi(z) = c_z + d_z phi: the mean is a polynomial in phi, differenced exactly."""
    checks = []
    for name, phi in (("coin", decimal(draw, 0.1, 0.9)), ("coin that is nearly never 1", Fraction(1, 10**8))):
        c, d = ([decimal(draw, -2, 2) for _ in range(2)] for _ in range(2))

        def mean(t: Fraction, c: list[Fraction] = c, d: list[Fraction] = d) -> Fraction:
            return (1 - t) * (c[0] + d[0] * t) + t * (c[1] + d[1] * t)

        step = phi / 2
        # A central difference is exact for a polynomial of degree 2.
        goal = (mean(phi + step) - mean(phi - step)) / (2 * step)
        scores = (-1 / (1 - phi), 1 / phi)
        terms = zip((1 - phi, phi), c, d, scores, strict=True)
        total = sum((w * ((u + v * phi) * score + v) for w, u, v, score in terms), Fraction(0))
        checks.append(agreement(name, "exact-sum", total, goal, 1e-30))
    return checks


def _moving_end(draw: random.Random) -> list[Check]:
    """q = U[0, phi], f(z) = z: the derivative of phi/2 is 1/2, the score is -1/phi, and its mean term -1/2."""
    phi = decimal(draw, 0.5, 3)
    score = expectation(Uniform(0, phi), lambda z, analytic: -z / to_fmpq(phi), DIGITS)
    return [disagreement("a support that moves", "enclosure", score, Fraction(1, 2))]


# Variances ------------------------------------------------------------------------------------------------------------


def pathwise_variance(scale: Fraction) -> Fraction:
    """4 s^2."""
    return 4 * scale**2


def score_variance(mean: Fraction, scale: Fraction) -> Fraction:
    """mu^4/s^2 + 14 mu^2 + 15 s^2.

    >>> score_variance(Fraction(0), Fraction(1))
    Fraction(15, 1)
    """
    return mean**4 / scale**2 + 14 * mean**2 + 15 * scale**2


def gradient_variance(seed: int = 0, device: str = "cpu") -> list[Check]:
    """f(z) = z^2, q = N(mu, s^2), gradient in mu: variances of 2 z and of z^2 (z - mu)/s^2 against their formulas.

    Both have mean 2 mu.  Variances are second central moments, integrated with certified error and sampled.

    >>> all(check.passed for check in gradient_variance(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gradient-variance")
    home = backend(device, seed=seed)
    small = Fraction(1, 10**4)
    checks = []
    with ctx.workprec(200):
        for name, mean, scale in (
            ("ordinary", decimal(draw, -2, 2), decimal(draw, 0.3, 2)),
            ("mu = 0", Fraction(0), decimal(draw, 0.3, 2)),
            ("variance 1e-8", decimal(draw, 0.5, 2), small),
            ("variance 1e8", decimal(draw, -2, 2), 1 / small),
        ):
            # In units of s, so that a variance over sixteen orders is a number near one: z = s (r + eps).
            r = mean / scale
            size = 1 + abs(r)

            def path(e: acb, analytic: bool, r: Fraction = r) -> acb:
                return 2 * (e + to_fmpq(r))

            def score(e: acb, analytic: bool, r: Fraction = r) -> acb:
                return (e + to_fmpq(r)) ** 2 * e

            goals = (pathwise_variance(scale) / scale**2, score_variance(mean, scale) / scale**2)
            for kind, f, goal, degree in (("pathwise", path, goals[0], 1), ("score", score, goals[1], 3)):
                middle = expectation(Normal(0, 1), f, DIGITS, growth=(2 * size**2, degree))
                checks.append(agreement(f"{name}: {kind} mean", "enclosure", middle, 2 * r, 1e-15))

                def square(e: acb, analytic: bool, f: Callable[[acb, bool], acb] = f, r: Fraction = r) -> acb:
                    return (f(e, analytic) - 2 * to_fmpq(r)) ** 2

                second = expectation(Normal(0, 1), square, DIGITS, growth=(16 * size**4, 2 * degree))
                checks.append(agreement(f"{name}: {kind} variance", "enclosure", second, goal, 1e-15))
            for kind, goal in (("pathwise", goals[0]), ("score", goals[1])):
                estimator = _estimator(float(mean), float(scale), kind)
                found = sample(Normal(0, 1), estimator, home, f"{name}, {kind}", samples=4 * SAMPLES)
                checks.append(sampled(f"{name}: {kind} variance, sampled", found, goal, light_tails=True))
    return checks


def _estimator(mean: float, scale: float, kind: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """The square of the estimator's deviation from 2 mu, in units of s, with z written out as mu + s eps."""

    def square(eps: torch.Tensor) -> torch.Tensor:
        z = mean + scale * eps
        estimate = 2 * z if kind == "pathwise" else z.square() * (eps / scale)
        return ((estimate - 2 * mean) / scale).square()

    return square


# The law of mu + L eps ------------------------------------------------------------------------------------------------


def gaussian_reparameterization(seed: int = 0, device: str = "cpu") -> list[Check]:
    """mu + s eps has law N(mu, s^2); mu + L eps has law N(mu, L L^T), L invertible, whatever its shape.

    On the line: the mean of a bell curve over the noise and over z, both enclosed; the distribution function, sampled.
    In K dimensions: the density of N(mu, L L^T) at mu + L e, by determinant and inverse, times |det L| is that of the
    noise at e; and the law of a coordinate along a random direction, sampled, K = 512 included.

    >>> all(check.passed for check in gaussian_reparameterization(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gaussian-reparameterization")
    home = backend(device, seed=seed)
    small = Fraction(1, 10**4)
    checks = []
    with ctx.workprec(200):
        for name, scale in (
            ("ordinary", decimal(draw, 0.3, 2)),
            ("variance 1e-8", small),
            ("variance 1e8", 1 / small),
        ):
            mean, place = decimal(draw, -2, 2), decimal(draw, -1, 1)
            target = mean + place * scale

            def bell(z: acb, middle: Fraction = target, width: Fraction = scale) -> acb:
                return (-(((z - to_fmpq(middle)) / to_fmpq(width)) ** 2)).exp()

            over_noise = expectation(
                Normal(0, 1),
                lambda e, an, m=mean, s=scale, f=bell: f(to_fmpq(m) + to_fmpq(s) * e),  # type: ignore[misc]
                DIGITS,
                growth=(1, 0),
            )
            over_law = expectation(Normal(mean, scale), lambda z, an, f=bell: f(z), DIGITS, growth=(1, 0))  # type: ignore[misc]
            checks.append(agreement(f"{name}: mean of a bell", "enclosure", over_noise, over_law, 1e-15))
            found = sample(
                Normal(0, 1),
                lambda e, m=float(mean), s=float(scale), t=float(target): (m + s * e <= t).to(e.dtype),  # type: ignore[misc]
                home,
                name,
                (0.0, 1.0),
            )
            goal = math.erfc(-float(place) / math.sqrt(2)) / 2
            checks.append(sampled(f"{name}: distribution function", found, goal))
        for size in (1, 2, 3, 12):
            checks += _in_dimensions(size, draw, home.seed, device)
        checks += _many_dimensions(draw, home.seed, device)
    return checks


def _in_dimensions(size: int, draw: random.Random, seed: int, device: str) -> list[Check]:
    rows = [[decimal(draw, -1, 1) + 2 * (i == j) for j in range(size)] for i in range(size)]
    mean = [decimal(draw, -2, 2) for _ in range(size)]
    square = [[sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for c in rows] for r in rows]
    law = MultivariateNormal(mean, square)
    e = [decimal(draw, -2, 2) for _ in range(size)]
    z = [m + sum((a * b for a, b in zip(r, e, strict=True)), Fraction(0)) for m, r in zip(mean, rows, strict=True)]
    determinant = abs(arb_mat([[ball(entry) for entry in row] for row in rows]).det())
    left = law.log_density_ball(z) + determinant.log()
    checks = [agreement(f"K = {size}: density", "enclosure", left, noise(size).log_density_ball(e), 1e-30)]
    home = backend(device, seed=seed)
    matrix = torch.stack([home.tensor([float(v) for v in r]) for r in rows])
    centre = home.tensor([float(m) for m in mean])
    place, width = home.tensor([float(v) for v in z]), 2.0 * math.sqrt(size)

    def bell(x: torch.Tensor) -> torch.Tensor:
        return (-((x - place) / width).square().sum(1)).exp()

    found = sample(noise(size), lambda eps: bell(centre + eps @ matrix.T), home, f"K = {size}", (0.0, 1.0))
    if size <= 3:
        rule = tensor(law, _numpy(bell, home.device), order=40)
        checks.append(sampled(f"K = {size}: mean of a bell", found, rule))
    # E exp(-|x - a|^2 / w^2) in closed form: a normal integral (Petersen and Pedersen, The Matrix Cookbook, 8.1.8).
    wide = [[2 * entry + Fraction(width**2) * (i == j) for j, entry in enumerate(r)] for i, r in enumerate(square)]
    spread = arb_mat([[ball(entry) for entry in r] for r in wide])
    d = arb_mat([[ball(a - m)] for a, m in zip(z, mean, strict=True)])
    exponent = (d.transpose() * spread.solve(d))[0, 0]
    closed = (-exponent).exp() * (ball(Fraction(width**2)) ** size / spread.det()).sqrt()
    return [*checks, sampled(f"K = {size}: mean of a bell, closed form", found, closed)]


def _many_dimensions(draw: random.Random, seed: int, device: str) -> list[Check]:
    """K = 512, L with two diagonals over eight orders of magnitude: u^T (mu + L eps) is normal on the line."""
    size = 512
    home = backend(device, seed=seed)
    diagonal = [decimal(draw, 0.5, 2) * Fraction(10) ** draw.randint(-4, 4) for _ in range(size)]
    beside = [decimal(draw, -1, 1) for _ in range(size - 1)]
    mean, u = ([decimal(draw, -1, 1) for _ in range(size)] for _ in range(2))
    matrix = torch.diag(home.tensor([float(v) for v in diagonal]))
    matrix += torch.diag(home.tensor([float(v) for v in beside]), 1)
    # u^T L, exactly: column j of L holds the diagonal entry j and, above it, the entry j - 1 beside the diagonal.
    columns = [u[j] * diagonal[j] + (u[j - 1] * beside[j - 1] if j else 0) for j in range(size)]
    variance = sum((c * c for c in columns), Fraction(0))
    middle = sum((a * b for a, b in zip(u, mean, strict=True)), Fraction(0))
    place = decimal(draw, -1, 1)
    height = float(middle) + float(place) * math.sqrt(variance)
    centre, direction = home.tensor([float(m) for m in mean]), home.tensor([float(v) for v in u])
    found = sample(
        noise(size),
        lambda eps: ((centre + eps @ matrix.T) @ direction <= height).to(eps.dtype),
        home,
        "K = 512",
        (0.0, 1.0),
        samples=SAMPLES // 10,
    )
    goal = math.erfc(-float(place) / math.sqrt(2)) / 2
    return [sampled("K = 512: a direction", found, goal)]
