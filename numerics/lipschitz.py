"""Lipschitz constants in numbers: scaling, layers, gradients.

The companions of lipschitz-scaling, lipschitz-layers and gradient-norm; import them from `numerics.wasserstein`.
Norms are Euclidean.  Source of the mathematics: Gouk, Frank, Pfahringer and Cree, Regularisation of neural networks by
enforcing Lipschitz continuity, 2021; Miyato et al., Spectral normalization, 2018.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import arb, ctx

from numerics.backend import Backend, backend
from numerics.cases import decimal, noise, points, sample, table, weights
from numerics.checks import Check, agreement, at_most, ball, disagreement, sampled, sampled_apart, sampled_at_most
from numerics.duality import certificate
from numerics.enclosure import w1
from numerics.laws import Normal, Uniform
from numerics.montecarlo import Estimate
from numerics.quadrature import expectation as quadrature
from numerics.rational import Matrix, Vector, eigenvalues, matrix, minus, square, times, transposed

__all__ = ["gradient_norm", "lipschitz_layers", "lipschitz_scaling"]

DIGITS = 15


# Scaling --------------------------------------------------------------------------------------------------------------


def best_critic(p: Vector, q: Vector, distance: Sequence[Vector], constant: Fraction) -> tuple[Fraction, Vector]:
    """The largest E_p[f] - E_q[f] over functions with f_i - f_j <= constant d_ij, and such a function, exact.

    HiGHS solves the program, with f in units of the constant; its floats become the exact function
    min_j (f_j + constant d_ij), which has that Lipschitz constant whatever was rounded (McShane's extension, 1934).

    Raises ArithmeticError if the program was not solved.
    """
    from scipy.optimize import linprog

    n = len(p)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    rows = np.zeros((len(pairs) + 1, n))
    for k, (i, j) in enumerate(pairs):
        rows[k, i], rows[k, j] = 1, -1
    # One value is free: f(0) = 0.
    rows[-1, 0] = 0
    limits = [float(distance[i][j]) for i, j in pairs] + [0.0]
    gain = [float(a - b) for a, b in zip(p, q, strict=True)]
    found = linprog(-np.array(gain), A_ub=rows, b_ub=limits, bounds=[(0, 0)] + [(None, None)] * (n - 1), method="highs")
    if found.status != 0:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    raw = [constant * Fraction(float(v)) for v in found.x]
    f = tuple(min(raw[j] + constant * distance[i][j] for j in range(n)) for i in range(n))
    return sum(((a - b) * v for a, b, v in zip(p, q, f, strict=True)), Fraction(0)), f


def lipschitz_scaling(seed: int = 0, device: str = "cpu") -> list[Check]:
    """The supremum over K-Lipschitz f of E_p[f] - E_q[f] is K times that over 1-Lipschitz f, K > 0.

    Finite laws: the best critic of constant K, from a linear program over functions, against K times the least cost of
    a coupling, from one over plans.  Normal laws: the mean of K x, sampled, against K times the enclosed distance.

    >>> all(check.passed for check in lipschitz_scaling(seed=1))
    True
    """
    draw = random.Random(f"{seed}/lipschitz-scaling")
    home = backend(device, seed=seed)
    small = Fraction(1, 10**8)
    checks = []
    for constant in (Fraction(1), decimal(draw, 0.1, 0.9), decimal(draw, 1.1, 9), small, 1 / small):
        name = f"K = {float(constant):g}"
        places = points(draw, 6)
        distance = [tuple(abs(u - v) for v in places) for u in places]
        p, q = weights(draw, 6), weights(draw, 6)
        value, f = best_critic(p, q, distance, constant)
        cost = certificate(p, q, distance).primal
        checks.append(agreement(f"{name}: critic", "linear-program", value / constant, cost, 1e-12))
        steep = max(abs(f[i] - f[j]) / distance[i][j] for i in range(6) for j in range(i))
        checks.append(at_most(f"{name}: its constant", "exact-sum", steep / constant, Fraction(1), 1e-30))
        gap = sample_gain(p, q, [float(v / constant) for v in f], home, name)
        checks.append(sampled(f"{name}: critic, sampled", gap, cost))
        one = Normal(decimal(draw, -2, 2), decimal(draw, 0.3, 2))
        two = Normal(one.mean + decimal(draw, 0.5, 2), one.scale)
        goal = ball(constant) * ball(w1(one, two, DIGITS))
        k = float(constant)
        found = sample(
            noise(2),
            lambda e, k=k, one=one, two=two: (  # type: ignore[misc]
                k * (float(two.mean) + float(two.scale) * e[:, 0]) - k * (float(one.mean) + float(one.scale) * e[:, 1])
            ),
            home,
            f"{name}, line",
        )
        checks.append(sampled(f"{name}: K x on normal laws, sampled", found, goal, light_tails=True))
        bent = sample(
            noise(2),
            lambda e, k=k, one=one, two=two: (  # type: ignore[misc]
                k * (float(two.mean) + float(two.scale) * e[:, 0]).sin()
                - k * (float(one.mean) + float(one.scale) * e[:, 1]).sin()
            ),
            home,
            f"{name}, sine",
        )
        checks.append(sampled_at_most(f"{name}: K sin x on normal laws, sampled", bent, goal, light_tails=True))
    return checks


def sample_gain(p: Vector, q: Vector, f: list[float], home: Backend, name: str) -> Estimate:
    """E_p[f] - E_q[f] from independent pairs of p x q."""
    masses = tuple(a * b for a in p for b in q)
    return table(masses, [u - v for u in f for v in f], home, name)


# Layers ---------------------------------------------------------------------------------------------------------------


def spectral_norm(a: Matrix) -> arb:
    """The largest singular value, from the exact characteristic polynomial of A^T A or A A^T.

    >>> spectral_norm(((Fraction(3), Fraction(0)), (Fraction(0), Fraction(4)))).str(3, radius=False)
    '4.00'
    """
    thin = a if len(a) <= len(a[0]) else transposed(a)
    gram = tuple(times(thin, row) for row in thin)
    return max(eigenvalues(gram), key=float).sqrt()


def clipped(a: Matrix, bound: Fraction) -> Matrix:
    """Each entry cut to [-bound, bound]."""
    return tuple(tuple(max(-bound, min(bound, v)) for v in row) for row in a)


def _product(b: Matrix, a: Matrix) -> Matrix:
    return transposed(tuple(times(b, column) for column in transposed(a)))


def lipschitz_layers(seed: int = 0, device: str = "cpu") -> list[Check]:
    """Lip(f after g) <= Lip(f) Lip(g); a linear layer has its spectral norm; clipping gives c sqrt(a b); ReLU has 1.

    The norm as root of an exact polynomial, against the singular value decomposition, against the ratio in its best
    direction, and against the mean squared ratio over random pairs, which it bounds.  Equality: all entries c.

    >>> all(check.passed for check in lipschitz_layers(seed=1))
    True
    """
    draw = random.Random(f"{seed}/lipschitz-layers")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, rows, columns in (("1 x 1", 1, 1), ("3 x 5", 3, 5), ("6 x 2", 6, 2), ("1 x 8", 1, 8)):
            a = matrix(draw, rows, columns)
            norm = spectral_norm(a)
            checks += _linear_layer(name, a, norm, home)
            b = matrix(draw, 4, rows)
            other = spectral_norm(b)
            both = spectral_norm(_product(b, a))
            checks.append(at_most(f"{name}: composition", "enclosure", both, other * norm, 1e-20))
            network = f"{name}: two layers and ReLU, sampled"
            ratio = sample(noise(2 * columns), _network_ratio(a, b, home), home, network)
            checks.append(sampled_at_most(network, ratio, other * norm, light_tails=True))
            bound = decimal(draw, 0.1, 1)
            top = ball(bound) * ball(Fraction(rows * columns)).sqrt()
            cut = spectral_norm(clipped(a, bound))
            checks.append(at_most(f"{name}: clipped", "enclosure", cut, top, 1e-20))
            full = tuple((bound,) * columns for _ in range(rows))
            checks.append(agreement(f"{name}: all entries c", "enclosure", spectral_norm(full), top, 1e-20))
        nothing = ((Fraction(0),) * 3,) * 2
        checks.append(agreement("no weights", "enclosure", spectral_norm(nothing), 0.0, 1e-15))
        checks += _ramp(draw, home)
    return checks


def _linear_layer(name: str, a: Matrix, norm: arb, home: Backend) -> list[Check]:
    """The spectral norm as a Lipschitz constant: no pair does more, and one does as much."""
    floats = np.array(a, dtype=float)
    _, values, directions = np.linalg.svd(floats)
    best = tuple(Fraction(float(v)) for v in directions[0])
    reached = (ball(square(times(a, best))) / ball(square(best))).sqrt()
    tensor = home.tensor(torch.from_numpy(floats))

    def ratio(eps: torch.Tensor) -> torch.Tensor:
        x, y = eps.chunk(2, dim=1)
        return (x @ tensor.T - y @ tensor.T).norm(dim=1) / (x - y).norm(dim=1)

    top = float(values[0])
    found = sample(noise(2 * len(a[0])), ratio, home, name, (-1e-9, top * (1 + 1e-9)))
    squares = (-1e-9, top**2 * (1 + 1e-9))
    second = sample(noise(2 * len(a[0])), lambda e: ratio(e).square(), home, f"{name}, square", squares)
    # The direction of x - y is uniform on the sphere, so the mean square is that of the singular values.
    mean = sum((square(row) for row in a), Fraction(0)) / len(a[0])
    return [
        agreement(f"{name}: singular value", "enclosure", norm, float(values[0]), 1e-12),
        agreement(f"{name}: best direction", "exact-sum", reached, norm, 1e-12),
        sampled_at_most(f"{name}: pairs, sampled", found, norm),
        sampled(f"{name}: mean square ratio, sampled", second, mean),
    ]


def _network_ratio(a: Matrix, b: Matrix, home: Backend) -> Callable[[torch.Tensor], torch.Tensor]:
    one, two = (home.tensor(torch.from_numpy(np.array(m, dtype=float))) for m in (a, b))

    def ratio(eps: torch.Tensor) -> torch.Tensor:
        x, y = eps.chunk(2, dim=1)
        images = [(v @ one.T).relu() @ two.T for v in (x, y)]
        return (images[0] - images[1]).norm(dim=1) / (x - y).norm(dim=1)

    return ratio


def _ramp(draw: random.Random, home: Backend) -> list[Check]:
    """ReLU, coordinate by coordinate: no pair is moved apart, and a positive one keeps its distance."""
    x, y = (tuple(decimal(draw, -2, 2) for _ in range(20)) for _ in range(2))
    cut = [tuple(max(v, Fraction(0)) for v in side) for side in (x, y)]
    up = [tuple(abs(v) for v in side) for side in (x, y)]

    def change(eps: torch.Tensor) -> torch.Tensor:
        one, other = eps.chunk(2, dim=1)
        return (one.relu() - other.relu()).norm(dim=1) / (one - other).norm(dim=1)

    found = sample(noise(6), change, home, "ReLU", (-1e-9, 1 + 1e-9))
    ramped = [tuple(max(v, Fraction(0)) for v in side) for side in up]
    before, after = (square(minus(*side)) for side in (up, ramped))
    return [
        at_most("ReLU: a pair", "exact-sum", square(minus(cut[0], cut[1])), square(minus(x, y))),
        agreement("ReLU: a positive pair", "exact-sum", after, before, 1e-30),
        sampled_at_most("ReLU: pairs, sampled", found, 1.0),
        sampled_apart("ReLU: not an isometry, sampled", found, 1.0),
    ]


# Gradients ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Smooth:
    """A differentiable function of the plane, its gradient, and whether that has norm at most 1 everywhere."""

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    short: bool


def _functions(draw: random.Random) -> list[_Smooth]:
    angle = draw.uniform(0, 2 * math.pi)
    u = np.array([math.cos(angle), math.sin(angle)])
    level = draw.uniform(-1, 1)

    def wave(size: float) -> _Smooth:
        return _Smooth(
            f"sine of norm {size:g}",
            lambda x: np.sin(size * x @ u + level),
            lambda x: size * np.cos(size * x @ u + level)[:, None] * u,
            size <= 1,
        )

    return [
        wave(1.0),
        wave(float(decimal(draw, 0.2, 0.9))),
        wave(float(decimal(draw, 1.2, 3))),
        _Smooth(
            "hyperboloid",
            lambda x: np.sqrt(1 + (x**2).sum(1)),
            lambda x: x / np.sqrt(1 + (x**2).sum(1))[:, None],
            True,
        ),
        _Smooth("paraboloid", lambda x: (x**2).sum(1) / 2, lambda x: x, False),
        _Smooth("linear, norm 1", lambda x: x @ u + level, lambda x: np.broadcast_to(u, x.shape), True),
    ]


def gradient_norm(seed: int = 0, device: str = "cpu") -> list[Check]:
    """Differentiable f on a convex open domain is 1-Lipschitz iff its gradient has norm at most 1 everywhere.

    f(y) - f(x) is the mean of the gradient along the segment times y - x, by quadrature and sampled, so a gradient of
    norm at most 1 bounds it; next to a point with a longer gradient a pair in its direction breaks the bound.  The
    angle on an annulus cut open has gradients of norm at most 1 and is not 1-Lipschitz: the domain is not convex.

    >>> all(check.passed for check in gradient_norm(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gradient-norm")
    home = backend(device, seed=seed)
    checks = []
    for f in _functions(draw):
        x, y = (np.array([draw.uniform(-3, 3), draw.uniform(-3, 3)]) for _ in range(2))
        step, change = y - x, float(f.value(y[None])[0] - f.value(x[None])[0])

        def along(t: np.ndarray, f: _Smooth = f, x: np.ndarray = x, step: np.ndarray = step) -> np.ndarray:
            return f.gradient(x + t[:, None] * step) @ step

        rule = quadrature(Uniform(0, 1), along)
        checks.append(agreement(f"{f.name}: mean gradient", "quadrature", rule, change, 1e-10))

        def on_tensors(t: torch.Tensor, g: Callable[[np.ndarray], np.ndarray] = along) -> torch.Tensor:
            return torch.from_numpy(g(t.cpu().numpy())).to(t)

        found = sample(Uniform(0, 1), on_tensors, home, f.name, _range_of(along))
        checks.append(sampled(f"{f.name}: mean gradient, sampled", found, change))
        ratio = _largest_ratio(f, draw)
        longest = _longest_gradient(f)
        if f.short:
            checks.append(at_most(f"{f.name}: pairs", "quadrature", ratio, 1.0, 1e-12))
            checks.append(at_most(f"{f.name}: gradients", "quadrature", longest, 1.0, 1e-12))
        else:
            checks.append(at_most(f"{f.name}: a pair beyond 1", "quadrature", 1.0, ratio, strict=True))
            checks.append(at_most(f"{f.name}: a gradient beyond 1", "quadrature", 1.0, longest, strict=True))
        # Short steps may leave the square by a thousandth, where the gradient is a little longer.
        checks.append(at_most(f"{f.name}: pairs against gradients", "quadrature", ratio, longest, 1e-3))
    checks += _slit_annulus(draw)
    return checks


def _range_of(along: Callable[[np.ndarray], np.ndarray]) -> tuple[float, float]:
    """Bounds of the integrand along a segment: its values on a fine grid, with room for what lies between."""
    values = along(np.linspace(0, 1, 2001))
    room = 1e-2 * (1 + float(values.max() - values.min()))
    return float(values.min()) - room, float(values.max()) + room


def _grid() -> np.ndarray:
    axis = np.linspace(-3, 3, 121)
    return np.stack([part.ravel() for part in np.meshgrid(axis, axis)], axis=1)


def _longest_gradient(f: _Smooth) -> float:
    """The largest norm of the gradient on a grid of [-3, 3]^2."""
    return float(np.linalg.norm(f.gradient(_grid()), axis=1).max())


def _largest_ratio(f: _Smooth, draw: random.Random) -> float:
    """The largest |f(x) - f(y)|/|x - y| over random pairs and over short steps along the gradient."""
    random_state = np.random.default_rng(draw.randrange(2**31))
    x, y = random_state.uniform(-3, 3, (2, 20_000, 2))
    far = np.abs(f.value(x) - f.value(y)) / np.linalg.norm(x - y, axis=1)
    start = _grid()
    slope = f.gradient(start)
    size = np.linalg.norm(slope, axis=1)
    start, slope, size = start[size > 1e-3], slope[size > 1e-3], size[size > 1e-3]
    # Steps of 2^-10 lose three digits of the difference to rounding, not more.
    end = start + slope / size[:, None] / 1024
    near = np.abs(f.value(end) - f.value(start)) / np.linalg.norm(end - start, axis=1)
    return float(max(far.max(), near.max() - 1e-12))


def _slit_annulus(draw: random.Random) -> list[Check]:
    """The angle on 1 < |x| < 2 without a ray: its gradient is 1/|x| long, and across the ray it changes by 2 pi."""
    radius, tilt = draw.uniform(1.1, 1.9), draw.uniform(0.01, 0.1)
    ends = [radius * np.array([math.cos(t), math.sin(t)]) for t in (tilt, 2 * math.pi - tilt)]
    change, apart = 2 * math.pi - 2 * tilt, float(np.linalg.norm(ends[1] - ends[0]))
    # The gradient of the angle is (-x_2, x_1)/|x|^2; along the arc from one end to the other it adds up to the change.
    rule = quadrature(Uniform(tilt, 2 * math.pi - tilt), lambda t: np.full_like(t, 1 / radius) * radius)
    total = rule.value * (2 * math.pi - 2 * tilt)
    return [
        agreement("slit annulus: along the arc", "quadrature", total, change, 1e-10),
        at_most("slit annulus: gradient", "quadrature", 1 / radius, 1.0, strict=True),
        at_most("slit annulus: a pair beyond 1", "quadrature", apart, change, strict=True),
        disagreement("slit annulus: the distance is another", "quadrature", total, apart),
    ]
