"""The linear autoencoder and principal components, in numbers: import the companion from `numerics.autoencoder`.

Losses are computed in rational arithmetic; the eigenvalues they are compared with are roots of an exact polynomial.
Source of the mathematics: Baldi and Hornik, Neural networks and principal component analysis, 1989.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb, ctx

from numerics.backend import backend
from numerics.cases import decimal, table
from numerics.checks import Check, agreement, at_most, ball, sampled
from numerics.forms import to_fmpq
from numerics.rational import Matrix, Vector, eigenvalues, matrix, minus, square, times

__all__ = ["linear_ae_pca"]


def covariance(data: Sequence[Vector]) -> Matrix:
    """S = (1/N) sum x x^T."""
    size, count = len(data[0]), len(data)
    return tuple(tuple(sum((x[i] * x[j] for x in data), Fraction(0)) / count for j in range(size)) for i in range(size))


def loss(encoder: Matrix, decoder: Matrix, data: Sequence[Vector]) -> Fraction:
    """sum_i ||x_i - B A x_i||^2, exactly."""
    return sum((square(minus(x, times(decoder, times(encoder, x)))) for x in data), Fraction(0))


def fitted(data: Sequence[Vector], codes: int) -> tuple[Matrix, Matrix]:
    """A linear autoencoder that has been fitted one code after the other, by the power method on what is left.

    Squaring a matrix 40 times is 2^40 steps of the power method, which a gap between eigenvalues too small for that
    does not show in the loss.  The exact loss of the result bounds the minimum from above, whatever the rounding.
    """
    left = np.array(data, dtype=float).T
    directions = []
    for _ in range(codes):
        power = left @ left.T
        for _ in range(40):
            size = np.trace(power)
            power = power / size if size > 0 else np.eye(len(left)) / len(left)
            power = power @ power
        longest = power[:, np.argmax((power**2).sum(0))]
        directions.append(longest / np.linalg.norm(longest))
        left = left - np.outer(directions[-1], directions[-1] @ left)
    decoder = np.linalg.qr(np.array(directions).T).Q
    return _exact(decoder.T), _exact(decoder)


def _exact(matrix: np.ndarray) -> Matrix:
    return tuple(tuple(Fraction(float(v)) for v in row) for row in matrix)


def data_sets(draw: random.Random) -> list[tuple[str, list[Vector], int]]:
    """Centred data with a number of codes: in the plane, in space, on a line, over eight orders, isotropic."""

    def centred(rows: list[list[Fraction]]) -> list[Vector]:
        count = len(rows)
        middle = [sum(column, Fraction(0)) / count for column in zip(*rows, strict=True)]
        return [tuple(v - m for v, m in zip(row, middle, strict=True)) for row in rows]

    def cloud(count: int, scales: list[Fraction]) -> list[list[Fraction]]:
        turn = matrix(draw, len(scales), len(scales))
        return [list(times(turn, tuple(s * decimal(draw, -2, 2, 2) for s in scales))) for _ in range(count)]

    one, small = Fraction(1), Fraction(1, 10**4)
    on_line = [decimal(draw, -2, 2) for _ in range(6)]
    corners = [[one, one], [one, -one], [-one, one], [-one, -one]]
    return [
        ("n = 2, K = 1", centred(cloud(9, [2 * one, one])), 1),
        ("n = 4, K = 2", centred(cloud(12, [4 * one, 2 * one, one, one / 4])), 2),
        ("n = 3, K = 1, spreads over eight orders", centred(cloud(8, [1 / small, one, small])), 1),
        (
            "n = 3, K = 2, data on a line",
            centred([[t, 2 * t, -t] for t in on_line]),
            2,
        ),
        ("n = 2, K = 1, isotropic", centred(corners), 1),
        ("n = 2, K = 2", centred(cloud(7, [one, one])), 2),
    ]


def linear_ae_pca(seed: int = 0, device: str = "cpu") -> list[Check]:
    """The least loss of a linear autoencoder is N times the sum of the n - K smallest eigenvalues of S.

    From above, the exact loss of a fitted pair; from below, no random pair is better; for n = 2 and K = 1, also the
    direction of least loss, by bisection of the circle.  Sampled is the loss of a datum drawn at random.

    >>> all(check.passed for check in linear_ae_pca(seed=1))
    True
    """
    draw = random.Random(f"{seed}/linear-ae-pca")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, data, codes in data_sets(draw):
            size, count = len(data[0]), len(data)
            values = eigenvalues(covariance(data))
            goal = count * sum(values[codes:], arb(0))
            encoder, decoder = fitted(data, codes)
            reached = loss(encoder, decoder, data)
            checks.append(agreement(f"{name}: reached", "exact-sum", reached, goal, 1e-9))
            for k in range(3):
                a, b = matrix(draw, codes, size), matrix(draw, size, codes)
                if k == 2:
                    a, b = _bent(encoder, draw), _bent(decoder, draw)
                checks.append(at_most(f"{name}: pair {k}", "exact-sum", goal, loss(a, b, data), 1e-25))
            if (size, codes) == (2, 1):
                # Where every angle is as good, no cell is ever dropped, and the search stops early.
                slack = 1e-5 if "isotropic" in name else 1e-8
                checks.append(agreement(f"{name}: best direction", "enclosure", _best_direction(data), goal, slack))
            errors = [float(loss(encoder, decoder, [x])) for x in data]
            found = table([Fraction(1, count)] * count, errors, home, name)
            checks.append(sampled(f"{name}: a datum at random", found, goal / count))
    return checks


def _bent(matrix: Matrix, draw: random.Random) -> Matrix:
    """A matrix with each entry moved a little."""
    return tuple(tuple(v + decimal(draw, -0.01, 0.01, 5) for v in row) for row in matrix)


def _best_direction(data: Sequence[Vector]) -> arb:
    """min over unit u in the plane of sum ||x - (u.x) u||^2 = sum (x_1 sin t - x_2 cos t)^2, by branch and bound in t.

    The loss in t is a constant plus a sine of 2 t, so its slope is at most the sum of ||x||^2 and its second derivative
    at most twice that; a cell is bounded below by the tangent at its middle, less the second-order term.  The search
    ends when the minimum is enclosed to 1e-11 of the sum, or when over 2000 cells are left.
    """
    total = to_fmpq(sum((square(x) for x in data), Fraction(0)))

    def at(t: arb) -> arb:
        s, c = t.sin_cos()
        return sum(((to_fmpq(x[0]) * s - to_fmpq(x[1]) * c) ** 2 for x in data), arb(0))

    def slope_at(t: arb) -> arb:
        s, c = t.sin_cos()
        terms = ((to_fmpq(x[0]) * s - to_fmpq(x[1]) * c) * (to_fmpq(x[0]) * c + to_fmpq(x[1]) * s) for x in data)
        return 2 * sum(terms, arb(0))

    # The loss has period pi, and 22/7 is more than pi.
    cells = [(Fraction(k, 7), Fraction(k + 1, 7)) for k in range(22)]
    for _ in range(40):
        best, kept = arb("inf"), []
        for low, high in cells:
            middle, half = ball((low + high) / 2), to_fmpq((high - low) / 2)
            value = at(middle)
            best = value if value.upper() < best.upper() else best
            kept.append(((low, high), value - abs(slope_at(middle)) * half - total * half * half))
        floor = min((bound.lower() for _, bound in kept), key=float)
        if best.upper() - floor < total * arb(1e-11):
            return best.union(floor)
        alive = [cell for cell, bound in kept if not bound > best]
        if len(alive) > 2000:
            return best.union(floor)
        cells = [half for low, high in alive for half in ((low, (low + high) / 2), ((low + high) / 2, high))]
    raise ArithmeticError("the best direction was not enclosed within 40 halvings")
