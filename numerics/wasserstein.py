"""Wasserstein distances in numbers: companion of `derivations.theory.wasserstein`.

Each function is named after a claim; those on two parallel lines are in `numerics.parallel_lines`, on couplings and
potentials in `numerics.duality`, on Lipschitz functions in `numerics.lipschitz`, and all can be imported from here.
Distances are in the unit of the space.  Source of the mathematics: Vallender, Calculation of the Wasserstein distance
between probability distributions on the line, 1974; Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017, theorem 1.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import arb, ctx

from numerics.backend import Backend, backend
from numerics.cases import decimal, points, sample, table, weights
from numerics.checks import Check, agreement, at_most, ball, disagreement, sampled
from numerics.duality import certificate, discrete_duality, folded_mean, weak_duality
from numerics.enclosure import w1
from numerics.law import LineLaw
from numerics.laws import Categorical, Dirac, Exponential, Laplace, Mixture, Normal, Uniform
from numerics.lipschitz import gradient_norm, lipschitz_layers, lipschitz_scaling
from numerics.parallel_lines import parallel_lines_gradients, parallel_lines_jsd, parallel_lines_w1
from numerics.quadrature import expectation as quadrature
from numerics.rational import Vector
from numerics.transport import discrete
from numerics.transport import w1 as w1_of_samples

__all__ = [
    "discrete_duality",
    "gradient_norm",
    "lipschitz_layers",
    "lipschitz_scaling",
    "parallel_lines_gradients",
    "parallel_lines_jsd",
    "parallel_lines_w1",
    "w1_continuity",
    "w1_differentiable_ae",
    "w1_line",
    "weak_duality",
]

DIGITS = 15


# On the line ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pair:
    """Two laws on the line and their quantile functions, for u in (0, 1), in arrays."""

    name: str
    p: LineLaw
    q: LineLaw
    quantiles: tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]


def _quantile(law: LineLaw) -> Callable[[np.ndarray], np.ndarray]:
    """F^-1 in closed form, for the laws of `_pairs`."""
    match law:
        case Uniform(lower=low, upper=high):
            return lambda u: float(low) + float(high - low) * u
        case Exponential(rate=rate):
            return lambda u: -np.log1p(-u) / float(rate)
        case Laplace(mean=mean, scale=scale):
            return lambda u: float(mean) - float(scale) * np.sign(u - 0.5) * np.log1p(-2 * np.abs(u - 0.5))
        case Dirac(point=point):
            return lambda u: np.full_like(u, float(point))
    raise TypeError(f"{law} has no quantile function here")


def _pairs(draw: random.Random) -> list[_Pair]:
    def pair(name: str, p: LineLaw, q: LineLaw) -> _Pair:
        return _Pair(name, p, q, (_quantile(p), _quantile(q)))

    low, width = decimal(draw, -1, 1), decimal(draw, 0.3, 2)
    rate, tiny = decimal(draw, 0.5, 2), Fraction(1, 10**4)
    return [
        pair("intervals", Uniform(low, low + width), Uniform(decimal(draw, -1, 0), decimal(draw, 1, 2))),
        pair("disjoint intervals", Uniform(0, tiny), Uniform(1000, 1001)),
        pair("exponential laws", Exponential(rate), Exponential(rate + decimal(draw, 0.1, 2))),
        pair("nearly equal", Exponential(rate), Exponential(rate + tiny)),
        pair("Laplace laws", Laplace(low, width), Laplace(decimal(draw, -1, 1), decimal(draw, 0.3, 2))),
        pair("a point and an interval", Dirac(decimal(draw, -1, 1)), Uniform(low, low + width)),
        pair("two points", Dirac(low), Dirac(low - width)),
    ]


def w1_line(seed: int = 0, device: str = "cpu") -> list[Check]:
    """On the line W1 is the integral of |F - G|; first moments finite.

    The integral, enclosed, against the cost of the monotone coupling x = F^-1(u), y = G^-1(u), by quadrature and
    sampled; for normal laws in closed form.  Finite laws: against the exact transport program, and by sorting.

    >>> all(check.passed for check in w1_line(seed=1))
    True
    """
    draw = random.Random(f"{seed}/w1-line")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for pair in _pairs(draw):
            value = w1(pair.p, pair.q, DIGITS)
            f, g = pair.quantiles

            def gap(u: np.ndarray, f=f, g=g) -> np.ndarray:  # type: ignore[no-untyped-def]
                return np.asarray(np.abs(f(u) - g(u)))

            rule = quadrature(Uniform(0, 1), gap, points=[0.5], tolerance=1e-9)
            checks.append(agreement(f"{pair.name}: monotone coupling", "quadrature", rule, value, 1e-7))
            found = sample(
                Uniform(0, 1),
                lambda u, gap=gap: torch.from_numpy(gap(u.cpu().numpy())).to(u),  # type: ignore[misc]
                home,
                pair.name,
            )
            checks.append(sampled(f"{pair.name}, sampled", found, value, light_tails=True))
        checks += _normal_lines(draw, home) + _finite_lines(draw, home)
    return checks


def _normal_lines(draw: random.Random, home: Backend) -> list[Check]:
    """x - y = m1 - m2 + (s1 - s2) eps under the monotone coupling of two normal laws."""
    checks = []
    small = Fraction(1, 10**4)
    for name, one, two, shift in (
        ("normal laws", decimal(draw, 0.3, 1), decimal(draw, 1.1, 2), decimal(draw, -2, 2)),
        ("equal means", decimal(draw, 0.3, 1), decimal(draw, 1.1, 2), Fraction(0)),
        ("variances 1e-8 and 1e8", small, 1 / small, decimal(draw, -2, 2)),
        ("far apart", decimal(draw, 0.3, 1), decimal(draw, 1.1, 2), Fraction(1000)),
    ):
        p = Normal(decimal(draw, -1, 1), one)
        q = Normal(p.mean + shift, two)
        value = w1(p, q, DIGITS)
        closed = folded_mean(ball(shift), ball(two - one))
        checks.append(agreement(f"{name}: closed form", "enclosure", value, closed, 1e-12))
        found = sample(
            Normal(0, 1),
            lambda e, d=float(shift), s=float(two - one): (d + s * e).abs(),  # type: ignore[misc]
            home,
            name,
        )
        checks.append(sampled(f"{name}, sampled", found, value, light_tails=True))
    parts = [Normal(decimal(draw, -3, 3), decimal(draw, 0.3, 1)) for _ in range(2)]
    mixture, alone = Mixture(["1/3", "2/3"], parts), Normal(decimal(draw, -1, 1), decimal(draw, 0.5, 2))
    # W1 is convex in each law: mixing couplings of the parts is a coupling of the mixture.
    bound = (ball(w1(parts[0], alone, 10)) + 2 * ball(w1(parts[1], alone, 10))) / 3
    checks.append(at_most("a mixture: convexity", "enclosure", w1(mixture, alone, 10), bound, 1e-9))
    mean = abs(mixture.mean - alone.mean)
    checks.append(at_most("a mixture: the means", "enclosure", mean, w1(mixture, alone, 10), 1e-9))
    return checks


def _finite_lines(draw: random.Random, home: Backend) -> list[Check]:
    checks = []
    for name, size, orders in (("finite laws", 6, 0), ("over eight orders of magnitude", 5, 8), ("one point", 1, 0)):
        x, y = points(draw, size), points(draw, size)
        p, q = weights(draw, size, orders), weights(draw, size, orders)
        cost = [tuple(abs(u - v) for v in y) for u in x]
        value = w1(Categorical(p, x), Categorical(q, y), 30)
        found = certificate(p, q, cost)
        checks.append(agreement(f"{name}: program", "linear-program", found.primal, value, 1e-25))
        sorted_value = w1_of_samples(*([float(v) for v in side] for side in (x, y, p, q)))
        checks.append(agreement(f"{name}: sorted", "exact-sum", sorted_value, value, 1e-12))
        cells = [(i, j) for i in range(size) for j in range(size)]
        masses = tuple(found.plan[i][j] for i, j in cells)
        estimate = table(masses, [float(cost[i][j]) for i, j in cells], home, name)
        checks.append(sampled(f"{name}: plan, sampled", estimate, value))
    return checks


# In the parameter -----------------------------------------------------------------------------------------------------


def w1_continuity(seed: int = 0, device: str = "cpu") -> list[Check]:
    """|W1(p_t, q) - W1(p_s, q)| <= E|G_t(z) - G_s(z)|, p_t the law of G_t(z).

    G_t(z) = t + (1 + t^2) z on normal noise, against several q: distances enclosed, the right side in closed form and
    sampled.  Points that move in the plane: three linear programs and an exact sum.  Equality where q is far to one
    side and G_t is a shift.

    >>> all(check.passed for check in w1_continuity(seed=1))
    True
    """
    draw = random.Random(f"{seed}/w1-continuity")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, q in (
            ("exponential q", Exponential(decimal(draw, 0.5, 2))),
            ("normal q", Normal(decimal(draw, -1, 1), decimal(draw, 0.3, 2))),
            ("point q", Dirac(decimal(draw, -1, 1))),
        ):
            first = decimal(draw, -1, 1)
            for label, t, s in (
                ("near", first, first + Fraction(1, 10**4)),
                ("apart", decimal(draw, -2, 0), decimal(draw, 0.1, 2)),
            ):
                distances = [ball(w1(Normal(r, 1 + r**2), q, 10)) for r in (t, s)]
                bound = folded_mean(ball(t - s), ball(abs(t**2 - s**2))) if t**2 != s**2 else ball(abs(t - s))
                gap = abs(distances[0] - distances[1])
                checks.append(at_most(f"{name}, {label}", "enclosure", gap, bound, 1e-9))
                found = sample(
                    Normal(0, 1),
                    lambda z, t=float(t), s=float(s): (t + (1 + t * t) * z - s - (1 + s * s) * z).abs(),  # type: ignore[misc]
                    home,
                    f"{name}, {label}",
                )
                checks.append(sampled(f"{name}, {label}: bound, sampled", found, bound, light_tails=True))
        t, s = decimal(draw, -1, 0), decimal(draw, 0.1, 1)
        noise_law, far = Uniform(0, 1), Uniform(-100, -99)
        values = [ball(w1(Uniform(r, r + 1), far, DIGITS)) for r in (t, s)]
        found = sample(noise_law, lambda z: ((float(t) + z) - (float(s) + z)).abs(), home, "shift")
        change = values[1] - values[0]
        checks.append(agreement("shift, q far to one side: equality", "enclosure", change, s - t, 1e-12))
        checks.append(sampled("shift: bound, sampled", found, s - t))
    return checks + _moving_points(draw, home)


def _moving_points(draw: random.Random, home: Backend) -> list[Check]:
    """Points a_i + t v_i in the plane with masses w_i, and a q of its own points."""
    size = 5
    masses, other = weights(draw, size), weights(draw, size)
    start, speed, places = (
        np.array([[float(decimal(draw, -2, 2)) for _ in range(2)] for _ in range(size)]) for _ in range(3)
    )
    t, s = draw.uniform(-1, 1), draw.uniform(-1, 1)
    values = [_program(start + r * speed, places, masses, other) for r in (t, s)]
    steps = np.linalg.norm((t - s) * speed, axis=1)
    bound = math.fsum(float(w) * float(v) for w, v in zip(masses, steps, strict=True))
    found = table(masses, steps.tolist(), home, "moving points")
    return [
        at_most("moving points", "linear-program", abs(values[0] - values[1]), bound, 1e-9),
        sampled("moving points: bound, sampled", found, bound),
    ]


def _program(x: np.ndarray, y: np.ndarray, p: Vector, q: Vector) -> float:
    cost = np.linalg.norm(x[:, None] - y[None, :], axis=2)
    return float(discrete([float(w) for w in p], [float(w) for w in q], cost).value)


@dataclass(frozen=True)
class _Movement:
    """Points a_i + t v_i on the line with masses w_i: G_t is Lipschitz in t with constants |v_i|; and a law q."""

    masses: Vector
    start: Vector
    speed: Vector
    q: Categorical

    def law(self, t: Fraction) -> Categorical:
        """The law of G_t, points that meet joined."""
        joined: dict[Fraction, Fraction] = {}
        for w, a, v in zip(self.masses, self.start, self.speed, strict=True):
            joined[a + t * v] = joined.get(a + t * v, Fraction(0)) + w
        return Categorical(list(joined.values()), list(joined))

    def distance(self, t: Fraction) -> arb:
        """W1(p_t, q) as the integral of |F - G|, which is rational here."""
        return ball(w1(self.law(t), self.q, 60))

    def constant(self) -> Fraction:
        """E C(z): the mean of |v|."""
        return sum((w * abs(v) for w, v in zip(self.masses, self.speed, strict=True)), Fraction(0))

    def slope(self, t: Fraction, home: Backend, stream: str) -> tuple[Fraction, Check]:
        """The mean of sign(x - y) v under an optimal plan, exact; and once more from samples of the plan."""
        x = [a + t * v for a, v in zip(self.start, self.speed, strict=True)]
        cost = [tuple(abs(u - y) for y in self.q.values) for u in x]
        plan = certificate(self.masses, self.q.probabilities, cost).plan
        cells = [(i, j) for i in range(len(x)) for j in range(len(self.q.values))]
        rates = [self.speed[i] * ((x[i] > self.q.values[j]) - (x[i] < self.q.values[j])) for i, j in cells]
        masses = tuple(plan[i][j] for i, j in cells)
        mean = sum((w * r for w, r in zip(masses, rates, strict=True)), Fraction(0))
        found = table(masses, [float(r) for r in rates], home, stream)
        return mean, sampled(f"{stream}: slope, sampled", found, self._quotient(t))

    def _quotient(self, t: Fraction) -> arb:
        step = Fraction(1, 10**12)
        return (self.distance(t + step) - self.distance(t)) / ball(step)

    def quotients(self, t: Fraction) -> tuple[arb, arb]:
        """The difference quotients to the left and to the right, over steps of 1e-12."""
        step = Fraction(1, 10**12)
        left = (self.distance(t) - self.distance(t - step)) / ball(step)
        return left, self._quotient(t)


def w1_differentiable_ae(seed: int = 0, device: str = "cpu") -> list[Check]:
    """If G_t is locally Lipschitz in t with integrable constants, W1(p_t, q) is locally Lipschitz, differentiable a.e.

    Points moving on the line: quotients of the exact distance over pairs of parameters are bounded by E C(z); at random
    parameters the quotients to both sides agree, and are the mean of sign(x - y) v under an optimal plan; at the
    crossing of two points, one parameter of measure 0, they do not.  Normal noise: the slope of the enclosed distance.

    >>> all(check.passed for check in w1_differentiable_ae(seed=1))
    True
    """
    draw = random.Random(f"{seed}/w1-differentiable-ae")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(400):
        for name, size in (("five points", 5), ("two points", 2)):
            q = Categorical(weights(draw, 4), points(draw, 4))
            moving = _Movement(weights(draw, size), points(draw, size), points(draw, size), q)
            for k in range(2):
                # Parameters with many digits: a crossing of points within 1e-12 has probability below 1e-9.
                t, s = (decimal(draw, -1, 1, 13) for _ in range(2))
                quotient = abs(moving.distance(t) - moving.distance(s)) / ball(abs(t - s))
                label = f"{name}, {k}"
                checks.append(at_most(f"{label}: Lipschitz", "exact-sum", quotient, moving.constant(), 1e-30))
                left, right = moving.quotients(t)
                checks.append(agreement(f"{label}: differentiable", "exact-sum", left, right, 1e-20))
                slope, check = moving.slope(t, home, label)
                checks += [agreement(f"{label}: slope", "linear-program", right, slope, 1e-20), check]
        crossing = _Movement((Fraction(1),), (Fraction(0),), (Fraction(1),), Categorical([1], [0]))
        left, right = crossing.quotients(Fraction(0))
        checks.append(disagreement("a crossing: not differentiable", "exact-sum", left, right))
        # E C(z) = E|z| for G_t(z) = t z, and W1(N(0, t^2), N(0, 1)) = |t - 1| E|z|: equality.
        t, s = decimal(draw, 1.1, 2), decimal(draw, 2.1, 3)
        values = [ball(w1(Normal(0, r), Normal(0, 1), DIGITS)) for r in (t, s)]
        quotient = (values[1] - values[0]) / ball(s - t)
        found = sample(Normal(0, 1), torch.abs, home, "scale")
        checks.append(sampled("normal noise: E C(z), sampled", found, quotient, light_tails=True))
        checks.append(at_most("normal noise: Lipschitz", "enclosure", quotient, (2 / arb.pi()).sqrt(), 1e-12))
    return checks
