"""Two parallel lines in the plane, in numbers: the laws of (0, Y) and (theta, Y), Y ~ U[0, 1].

The companions of parallel-lines-jsd, parallel-lines-w1 and parallel-lines-gradients; import them from
`numerics.wasserstein`.  Divergences are in nats, distances in the unit of the plane.
Source of the mathematics: Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017, example 1.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import torch
from flint import arb, ctx

from numerics.backend import backend
from numerics.cases import decimal, noise, sample, uniforms
from numerics.checks import Check, agreement, at_most, ball, disagreement, sampled, sampled_at_most
from numerics.enclosure import Enclosure, jsd, w1
from numerics.latent import mean_log
from numerics.laws import Dirac, Uniform
from numerics.transport import Plan, discrete
from numerics.transport import w1 as w1_of_samples

__all__ = ["parallel_lines_gradients", "parallel_lines_jsd", "parallel_lines_w1"]

# The divergence is log 2 to both sides, whatever the step: digits to divide by steps of 1e-11.
DIGITS = 60


def offsets(draw: random.Random) -> list[Fraction]:
    """Values of theta: ordinary ones of both signs, 1e-8, -1e8, and 0."""
    size = decimal(draw, 0.1, 3)
    return [size, -decimal(draw, 0.1, 3), Fraction(1, 10**8), Fraction(-(10**8)), Fraction(0)]


def _cells(theta: Fraction, count: int) -> tuple[list[Fraction], list[Fraction]]:
    """Both laws on the union of their lines, with Y cut into as many cells of equal mass: their probabilities."""
    places = sorted({(x, k) for x in (Fraction(0), theta) for k in range(count)})
    return tuple([Fraction(place[0] == x, count) for place in places] for x in (Fraction(0), theta))  # type: ignore[return-value]


def parallel_lines_jsd(seed: int = 0, device: str = "cpu") -> list[Check]:
    """The divergence of (0, Y) and (theta, Y) is log 2 for theta != 0, however small, and 0 for theta = 0.

    Y cut into cells: sums over the points of both lines.  The whole laws: D* = p/(p + q) by their densities with
    respect to length on the two lines, sampled from their mixture.

    >>> all(check.passed for check in parallel_lines_jsd(seed=1))
    True
    """
    draw = random.Random(f"{seed}/parallel-lines-jsd")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for theta in offsets(draw):
            goal = arb(2).log() if theta else arb(0)
            for count in (1, 7, 64):
                p, q = _cells(theta, count)
                middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
                sides = [
                    mean_log(law, [a / m if a else Fraction(1) for a, m in zip(law, middle, strict=True)])
                    for law in (p, q)
                ]
                name = f"theta = {float(theta):g}, {count} cells"
                checks.append(agreement(name, "exact-sum", sum(sides, arb(0)) / 2, goal, 1e-30))
            found = sample(noise(2), _posterior_gap(float(theta)), home, f"{theta}", (-1e-9, math.log(2) + 1e-9))
            checks.append(sampled(f"theta = {float(theta):g}, sampled", found, goal))
    return checks


def _posterior_gap(theta: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """log 2 - h(D*) at a point of the mixture: the first noise chooses the line, the second the height."""

    def value(eps: torch.Tensor) -> torch.Tensor:
        x = torch.where(eps[:, 0] > 0, eps.new_tensor(0.0), eps.new_tensor(theta))
        y = uniforms(eps[:, 1])
        on_line = ((y >= 0) & (y <= 1)).to(eps.dtype)
        p, q = (x == 0).to(eps.dtype) * on_line, (x == theta).to(eps.dtype) * on_line
        best = p / (p + q)
        return math.log(2) + torch.xlogy(best, best) + torch.xlogy(1 - best, 1 - best)

    return value


def parallel_lines_w1(seed: int = 0, device: str = "cpu") -> list[Check]:
    """W1 of (0, Y) and (theta, Y) is |theta|.

    Twelve heights on each line: the linear program, its plan from above and its potentials from below.  From above,
    the cost of moving each point straight across, sampled; from below, the 1-Lipschitz function -sign(theta) x; other
    1-Lipschitz functions stay below.  With other heights on the second line it costs more, but no more than to move
    the heights first.

    >>> all(check.passed for check in parallel_lines_w1(seed=1))
    True
    """
    draw = random.Random(f"{seed}/parallel-lines-w1")
    home = backend(device, seed=seed)
    checks = []
    for theta in offsets(draw):
        name, size = f"theta = {float(theta):g}", abs(theta)
        heights, others = (np.array([draw.random() for _ in range(12)]) for _ in range(2))
        same = _program(float(theta), heights, heights)
        tolerance = max(1e-9, 1e-9 * float(size))
        checks.append(agreement(f"{name}: program", "linear-program", same.value, size, 1e-9))
        checks.append(at_most(f"{name}: gap of its potentials", "linear-program", same.gap, 0.0, tolerance))
        apart = _program(float(theta), heights, others)
        checks.append(at_most(f"{name}: other heights, below", "linear-program", size, apart.value, 1e-9))
        top = float(size) + w1_of_samples(heights, others)
        checks.append(at_most(f"{name}: other heights, above", "linear-program", apart.value, top, 1e-9))
        sign = (theta > 0) - (theta < 0)
        checks.append(agreement(f"{name}: 1-Lipschitz function", "exact-sum", -sign * (0 - theta), size, 1e-30))
        across = sample(noise(1), _cost(float(theta)), home, f"{name}, across")
        checks.append(sampled(f"{name}: straight across, sampled", across, size))
        cone = sample(noise(1), _cone(float(theta), draw), home, f"{name}, cone")
        checks.append(sampled_at_most(f"{name}: another 1-Lipschitz function, sampled", cone, size))
    return checks


def _program(theta: float, left: np.ndarray, right: np.ndarray) -> Plan:
    """The optimal plan between equal masses at heights of the two lines, at Euclidean cost."""
    cost = np.hypot(theta, left[:, None] - right[None, :])
    weights = np.full(len(left), 1 / len(left))
    return discrete(weights.tolist(), weights.tolist(), cost)


def _cost(theta: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """|(0, y) - (theta, y)| at a height drawn from noise of shape (n, 1)."""

    def cost(eps: torch.Tensor) -> torch.Tensor:
        y = uniforms(eps[:, 0])
        start = torch.stack([torch.zeros_like(y), y], 1)
        return (start - torch.stack([torch.full_like(y, theta), y], 1)).norm(dim=1)

    return cost


def _cone(theta: float, draw: random.Random) -> Callable[[torch.Tensor], torch.Tensor]:
    """f(0, y) - f(theta, y') for f(x) = min_i (c_i + |x - a_i|) and independent heights on average: y' = 1 - y."""
    size = max(1.0, abs(theta))
    centres = [(draw.uniform(-size, size), draw.random(), draw.uniform(0, 1)) for _ in range(4)]

    def cone(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.stack([c + torch.hypot(x - a, y - b) for a, b, c in centres]).amin(0)

    def difference(eps: torch.Tensor) -> torch.Tensor:
        y = uniforms(eps[:, 0])
        return cone(torch.zeros_like(y), y) - cone(torch.full_like(y, theta), 1 - y)

    return difference


def parallel_lines_gradients(seed: int = 0, device: str = "cpu") -> list[Check]:
    """For theta != 0 the divergence has the derivative 0 in theta, W1 has sign(theta); at 0 the divergence jumps.

    Difference quotients of enclosed divergences and of linear programs; the derivative of the cost of moving straight
    across, by automatic differentiation of samples.  At 0 the one-sided quotients of W1 are -1 and 1.

    >>> all(check.passed for check in parallel_lines_gradients(seed=1))
    True
    """
    draw = random.Random(f"{seed}/parallel-lines-gradients")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(400):
        for theta in offsets(draw)[:4]:
            name, sign = f"theta = {float(theta):g}", 1 if theta > 0 else -1
            step = abs(theta) / 1000
            quotient = (_jsd(theta + step) - _jsd(theta - step)) / ball(2 * step)
            checks.append(agreement(f"{name}: divergence", "enclosure", quotient, 0.0, 1e-30))
            near, far = (w1(Dirac(0), Dirac(theta + s), DIGITS) for s in (-step, step))
            quotient = (ball(far) - ball(near)) / ball(2 * step)
            checks.append(agreement(f"{name}: W1", "enclosure", quotient, sign, 1e-15))
            heights = np.array([draw.random() for _ in range(8)])
            low, high = (_program(float(theta + s), heights, heights).value for s in (-step, step))
            slope = (high - low) / (2 * float(step))
            checks.append(agreement(f"{name}: program", "linear-program", slope, sign, 1e-6))
            found = sample(noise(1), _cost_slope(float(theta)), home, name, (-1 - 1e-9, 1 + 1e-9))
            checks.append(sampled(f"{name}: cost across, sampled", found, sign))
            flat = sample(noise(2), _posterior_gap(float(theta + step)), home, f"{name}, jsd", (-1e-9, 1.0))
            checks.append(sampled(f"{name}: divergence beside, sampled", flat, _jsd(theta - step)))
        tiny = Fraction(1, 10**100)
        for side in (-1, 1):
            jump = _jsd(side * tiny) - _jsd(Fraction(0))
            checks.append(agreement(f"jump of the divergence, side {side}", "enclosure", jump, arb(2).log(), 1e-15))
            quotient = ball(w1(Dirac(0), Dirac(side * tiny), DIGITS)) / ball(side * tiny)
            checks.append(agreement(f"W1 at 0, side {side}", "enclosure", quotient, side, 1e-15))
            checks.append(disagreement(f"W1 at 0, side {side}: no derivative", "enclosure", quotient, -side))
    return checks


def _jsd(theta: Fraction) -> arb:
    """The divergence of the lines: that of their first coordinates, since the second is common to both."""
    return ball(jsd(Dirac(0), Dirac(theta), DIGITS)) + ball(_common())


def _common() -> Enclosure:
    """The divergence of the common coordinate's law from itself."""
    return jsd(Uniform(0, 1), Uniform(0, 1), DIGITS)


def _cost_slope(theta: float) -> Callable[[torch.Tensor], torch.Tensor]:
    def slope(eps: torch.Tensor) -> torch.Tensor:
        at = torch.full_like(eps[:, 0], theta, requires_grad=True)
        y = uniforms(eps[:, 0])
        start = torch.stack([torch.zeros_like(y), y], 1)
        cost = (start - torch.stack([at, y], 1)).norm(dim=1)
        return torch.autograd.grad(cost.sum(), at)[0]

    return slope
