"""Optimal transport: W1 on the line, exact discrete transport with its dual, W2 of normal laws.

Main definitions: `w1`, `discrete` with its result `Plan`, `gaussian_w2`.
Samples may be NumPy arrays, lists, or PyTorch tensors (read on the CPU). For enclosures of W1 between laws see
`numerics.enclosure.w1`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.law import Law
from numerics.laws import DiagonalNormal, MultivariateNormal, Normal

__all__ = ["Plan", "discrete", "gaussian_w2", "w1"]


def w1(x: Any, y: Any, x_weights: Any = None, y_weights: Any = None) -> float:
    """The Wasserstein-1 distance of two samples on the line, in the unit of the samples.

    Points of shapes (n,) and (m,), weights (if any) of the same shapes, non-negative with sum one. With equal sizes and
    no weights it is the mean distance of the sorted samples; in general the integral of |F - G| (Vallender 1974).

    Raises ValueError for empty samples, NaN or infinite points, shapes that do not fit, and weights that are no
    probabilities.

    >>> w1([0.0, 1.0, 3.0], [5.0, 6.0, 8.0])
    5.0
    >>> w1([0.0, 1.0], [0.5], x_weights=[0.75, 0.25])
    0.5
    """
    a, b = _points(x, "x"), _points(y, "y")
    if x_weights is None and y_weights is None and len(a) == len(b):
        a, b = np.sort(a), np.sort(b)
        _finite_sorted(a, "x")
        _finite_sorted(b, "y")
        np.subtract(a, b, out=a)
        return float(np.abs(a, out=a).mean())
    for values, name in ((a, "x"), (b, "y")):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} holds NaN or infinite points; remove them")
    wa, wb = _weights(x_weights, len(a), "x_weights"), _weights(y_weights, len(b), "y_weights")
    points = np.concatenate([a, b])
    order = np.argsort(points, kind="stable")
    # F - G just after each point: the running sum of the masses, positive for x and negative for y.
    gaps = np.cumsum(np.concatenate([wa, -wb])[order])[:-1]
    return float(np.abs(gaps) @ np.diff(points[order]))


def _points(values: Any, name: str) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; give points on the line, of shape (n,)")
    if array.size == 0:
        raise ValueError(f"{name} is empty; give at least one point")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} holds {array.dtype}; give numbers")
    return array.astype(np.float64, copy=False)


def _finite_sorted(values: np.ndarray, name: str) -> None:
    # Sorting puts -inf first and inf, then NaN, last: the ends tell.
    if not (math.isfinite(values[0]) and math.isfinite(values[-1])):
        raise ValueError(f"{name} holds NaN or infinite points; remove them")


def _weights(values: Any, size: int, name: str) -> np.ndarray:
    if values is None:
        return np.full(size, 1 / size)
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (size,):
        raise ValueError(f"{name} has shape {array.shape}; there are {size} points, so give shape ({size},)")
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name} holds NaN, infinite or negative entries; a weight is a number >= 0")
    total = array.sum()
    # 1e-9 is far above the rounding of a normalisation, in float32 for up to some hundred points, and far below a slip.
    if abs(total - 1) > max(1e-9, 1e-7 * math.sqrt(size)):
        raise ValueError(f"{name} sum to {total}, not to 1; divide them by their sum")
    return array / total


@dataclass(frozen=True, eq=False)
class Plan:
    """An optimal plan with its certificate.

    `plan[i, j]` is the mass moved from i to j; its marginals are a and b. `f`, `g` are dual potentials with
    f[i] + g[j] <= cost[i, j]. `value` is the cost of the plan, `gap` what it may exceed the optimum by:
    value - sum a f - sum b g. With `exact`, all entries are Fractions and the gap is exactly 0.
    """

    value: Any
    plan: np.ndarray
    f: np.ndarray
    g: np.ndarray
    gap: Any


def discrete(a: Sequence[Any], b: Sequence[Any], cost: Any, exact: bool = False) -> Plan:
    """The cheapest way to move the masses `a`, shape (n,), to the masses `b`, shape (m,), at costs of shape (n, m).

    By linear programming (HiGHS, through SciPy). The potentials are made feasible, so that weak duality certifies the
    value up to `Plan.gap`, whatever the solver did. With `exact`, masses and costs are taken as exact rationals and an
    optimal plan and potentials are found in rational arithmetic: successive shortest paths, for small problems.

    Raises ValueError for masses that are no probabilities, costs that are not finite, and shapes that do not fit;
    ArithmeticError when the solver fails.

    >>> plan = discrete([0.5, 0.5], [0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]])
    >>> plan.value, plan.gap
    (0.0, 0.0)
    >>> discrete(["1/3", "2/3"], ["1/2", "1/2"], [[0, 1], [1, 0]], exact=True).value
    Fraction(1, 6)
    """
    if exact:
        from numerics.flow import exact_plan

        return Plan(*exact_plan(a, b, cost))
    costs = np.asarray(cost, dtype=np.float64)
    if costs.ndim != 2 or 0 in costs.shape:
        raise ValueError(f"cost has shape {costs.shape}; give a matrix of shape (len(a), len(b)), not empty")
    if not np.isfinite(costs).all():
        raise ValueError("cost holds NaN or infinite entries; forbid a move by a large cost instead")
    n, m = costs.shape
    wa, wb = _weights(a, n, "a"), _weights(b, m, "b")
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, kron, vstack

    rows = kron(eye_array(n), np.ones((1, m)))
    columns = kron(np.ones((1, n)), eye_array(m))
    # The last column constraint follows from the others; without it rounding cannot make the program infeasible.
    constraints = vstack([rows, columns.tocsr()[:-1]]) if m > 1 else rows
    solution = linprog(
        costs.ravel(), A_eq=constraints, b_eq=np.concatenate([wa, wb[:-1]]), bounds=(0, None), method="highs-ds"
    )
    if solution.status != 0:
        raise ArithmeticError(f"the linear program was not solved: {solution.message}")
    plan = np.maximum(solution.x.reshape(n, m), 0)
    f = np.asarray(solution.eqlin.marginals[:n])
    # c-transforms (Villani, Optimal transport, 5.2) make any f part of a feasible pair, and never worse.
    g = (costs - f[:, None]).min(axis=0)
    f = (costs - g[None, :]).min(axis=1)
    value = float((plan * costs).sum())
    return Plan(value, plan, f, g, value - float(wa @ f + wb @ g))


def gaussian_w2(p: Law, q: Law) -> float:
    """The Wasserstein-2 distance of two normal laws (`Normal`, `DiagonalNormal`, `MultivariateNormal`).

    W2^2 = |m1 - m2|^2 + tr(S1 + S2 - 2 (S1^(1/2) S2 S1^(1/2))^(1/2)). Source: Givens and Shortt (1984).

    Raises TypeError for other laws and ValueError for dimensions that differ.

    >>> gaussian_w2(Normal(0, 1), Normal(3, 5))
    5.0
    """
    (m1, s1), (m2, s2) = _normal(p), _normal(q)
    if m1.shape != m2.shape:
        raise ValueError(f"laws of dimensions {len(m1)} and {len(m2)}; give two laws of one dimension")
    shift = float(((m1 - m2) ** 2).sum())
    if s1.ndim == 1 and s2.ndim == 1:
        return math.sqrt(shift + float(((s1 - s2) ** 2).sum()))
    c1, c2 = (np.diag(s**2) if s.ndim == 1 else s for s in (s1, s2))
    # tr (S1^(1/2) S2 S1^(1/2))^(1/2) is the sum of the singular values of R1^T R2 for any S = R R^T.
    product = np.linalg.cholesky(c1).T @ np.linalg.cholesky(c2)
    cross = np.linalg.svd(product, compute_uv=False).sum()
    return math.sqrt(max(0.0, shift + float(np.trace(c1) + np.trace(c2) - 2 * cross)))


def _normal(law: Law) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviations of shape (K,), or mean and covariance."""
    match law:
        case Normal(mean=mean, scale=scale):
            return np.array([float(mean)]), np.array([float(scale)])
        case DiagonalNormal(mean=means, scales=scales):
            return np.array(means, dtype=float), np.array(scales, dtype=float)
        case MultivariateNormal(mean=means, covariance=covariance):
            return np.array(means, dtype=float), np.array(covariance, dtype=float)
    raise TypeError(f"{type(law).__name__} is not a normal law; gaussian_w2 takes normal laws only")
