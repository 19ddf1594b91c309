"""Couplings and Lipschitz functions in numbers: weak duality, and strong duality on finite spaces.

The companions of weak-duality and discrete-duality; import them from `numerics.wasserstein`.  Distances are in the unit
of the space.  Source of the mathematics: Villani, Optimal Transport, 2009, chapter 5; for the basis of a transport
problem as a spanning tree: Ahuja, Magnanti and Orlin, Network Flows, 1993, chapter 11.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import acb, arb, ctx

from numerics.backend import Backend, backend
from numerics.cases import decimal, noise, points, sample, table, weights
from numerics.checks import Check, agreement, at_most, ball, sampled, sampled_at_most
from numerics.enclosure import expectation
from numerics.forms import to_fmpq
from numerics.laws import Normal
from numerics.rational import Vector
from numerics.transport import discrete

__all__ = ["Certificate", "certificate", "discrete_duality", "weak_duality"]

DIGITS = 15
Point = tuple[Fraction, Fraction]


# Weak duality ---------------------------------------------------------------------------------------------------------


def distance(x: Point, y: Point) -> arb:
    """The Euclidean distance in the plane, as a ball."""
    return root((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2)


def root(square: Fraction) -> arb:
    """The square root of a rational, as a ball."""
    return ball(square).sqrt()


def corner_plan(p: Vector, q: Vector, draw: random.Random) -> list[list[Fraction]]:
    """A coupling of two finite laws: rows and columns in random order, filled from the corner, mixed with p x q."""
    rows, columns = (draw.sample(range(len(law)), len(law)) for law in (p, q))
    plan = [[Fraction(0)] * len(q) for _ in p]
    left, wanted = list(p), list(q)
    i = j = 0
    while i < len(rows) and j < len(columns):
        amount = min(left[rows[i]], wanted[columns[j]])
        plan[rows[i]][columns[j]] += amount
        left[rows[i]] -= amount
        wanted[columns[j]] -= amount
        if left[rows[i]]:
            j += 1
        else:
            i += 1
    share = Fraction(draw.randint(0, 10), 10)
    return [[share * plan[i][j] + (1 - share) * p[i] * q[j] for j in range(len(q))] for i in range(len(p))]


def weak_duality(seed: int = 0, device: str = "cpu") -> list[Check]:
    """E_p[f] - E_q[f] <= E_pi|x - y| for couplings pi of p and q and 1-Lipschitz f; with Lipschitz constant 2 it fails.

    Finite laws in the plane: random couplings, and functions min_i (c_i + |x - a_i|).  Normal laws on the line, coupled
    with any correlation: the cost in closed form and sampled, softplus integrated.  Equality for a translation.

    >>> all(check.passed for check in weak_duality(seed=1))
    True
    """
    draw = random.Random(f"{seed}/weak-duality")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, sizes, orders in (
            ("finite laws", (4, 5), 0),
            ("one point each", (1, 1), 0),
            ("over eight orders of magnitude", (4, 4), 8),
        ):
            p, q = (weights(draw, size, orders) for size in sizes)
            x, y = ([(decimal(draw, -2, 2), decimal(draw, -2, 2)) for _ in range(size)] for size in sizes)
            for k in range(3):
                plan = corner_plan(p, q, draw)
                centres = [(decimal(draw, -2, 2), decimal(draw, -2, 2)) for _ in range(3)]
                levels = [decimal(draw, -1, 1) for _ in range(3)]
                f = [_cone(at, centres, levels) for at in x]
                g = [_cone(at, centres, levels) for at in y]
                gain = _mean(p, f) - _mean(q, g)
                cells = [(i, j) for i in range(len(x)) for j in range(len(y))]
                moves = [distance(x[i], y[j]) for i, j in cells]
                masses = tuple(plan[i][j] for i, j in cells)
                cost = _mean(masses, moves)
                checks.append(at_most(f"{name}: {k}", "exact-sum", gain, cost, 1e-30))
                found = table(masses, [float(v) for v in moves], home, f"{name}, {k}")
                checks.append(sampled(f"{name}: {k}, cost sampled", found, cost))
                room = [float(f[i] - g[j] - v) for (i, j), v in zip(cells, moves, strict=True)]
                found = table(masses, room, home, f"{name}, {k}, room")
                checks.append(sampled_at_most(f"{name}: {k}, sampled", found, 0.0))
        checks += _normal_couplings(draw, home)
    return checks


def _cone(x: Point, centres: Sequence[Point], levels: Sequence[Fraction]) -> arb:
    values = [to_fmpq(level) + distance(x, centre) for centre, level in zip(centres, levels, strict=True)]
    best = values[0]
    for value in values[1:]:
        best = best.min(value)
    return best


def _mean(law: Sequence[Fraction], values: Sequence[arb]) -> arb:
    return sum((to_fmpq(w) * v for w, v in zip(law, values, strict=True)), arb(0))


def folded_mean(middle: arb, deviation: arb) -> arb:
    """E|X| for X ~ N(middle, deviation^2), deviation > 0 (Leone, Nelson and Nottingham, 1961).

    >>> bool(abs(folded_mean(arb(0), arb(1)) - (2 / arb.pi()).sqrt()) < 1e-12)
    True
    """
    ratio = middle / deviation
    bell = deviation * (2 / arb.pi()).sqrt() * (-ratio * ratio / 2).exp()
    return bell + middle * (ratio / arb(2).sqrt()).erf()


def _softplus(x: acb, analytic: bool) -> acb:
    if x.real.mid() < 0:
        return (1 + x.exp()).log(analytic=analytic)
    return x + (1 + (-x).exp()).log(analytic=analytic)


def _normal_couplings(draw: random.Random, home: Backend) -> list[Check]:
    """x = m1 + s1 e1, y = m2 + s2 (r e1 + sqrt(1 - r^2) e2), so x - y is normal."""
    checks = []
    for name, one, two in (
        ("ordinary", decimal(draw, 0.3, 2), decimal(draw, 0.3, 2)),
        ("variances 1e-8 and 1e8", Fraction(1, 10**4), Fraction(10**4)),
    ):
        p, q = Normal(decimal(draw, -2, 2), one), Normal(decimal(draw, -2, 2), two)
        gain = ball(expectation(p, _softplus, DIGITS, growth=(1, 1)))
        gain -= ball(expectation(q, _softplus, DIGITS, growth=(1, 1)))
        for r in (Fraction(0), decimal(draw, -0.9, 0.9)):
            variance = one**2 + two**2 - 2 * r * one * two
            cost = folded_mean(ball(p.mean - q.mean), root(variance))
            label = f"normal laws, {name}, correlation {float(r):g}"
            for sign in (-1, 1):
                checks.append(at_most(f"{label}: sign {sign}", "enclosure", sign * gain, cost, strict=True))
            found = sample(noise(2), _moved(p, q, float(r)), home, label)
            checks.append(sampled(f"{label}: cost, sampled", found, cost, light_tails=True))
    shift = decimal(draw, 0.5, 2)
    p = Normal(decimal(draw, -1, 1), decimal(draw, 0.5, 2))
    q = Normal(p.mean - shift, p.scale)
    slope = [ball(expectation(law, lambda x, an: x, DIGITS, growth=(1, 1))) for law in (p, q)]
    checks.append(agreement("translation: equality", "enclosure", slope[0] - slope[1], shift, 1e-12))
    found = sample(noise(2), _moved(p, q, 1.0), home, "translation")
    checks.append(sampled("translation: cost, sampled", found, shift))
    twice = 2 * (slope[0] - slope[1])
    checks.append(at_most("translation: constant 2 is too much", "enclosure", shift, twice, strict=True))
    return checks


def _moved(p: Normal, q: Normal, r: float) -> Callable[[torch.Tensor], torch.Tensor]:
    def cost(eps: torch.Tensor) -> torch.Tensor:
        x = float(p.mean) + float(p.scale) * eps[:, 0]
        other = r * eps[:, 0] + math.sqrt(1 - r * r) * eps[:, 1]
        return (x - float(q.mean) - float(q.scale) * other).abs()

    return cost


# Strong duality -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificate:
    """An optimal plan and potentials, exact: `plan` has the marginals, f_i + g_j <= c_ij, and the values are equal.

    The plan says that the primal value is at most `primal`, the potentials that it is at least `dual`.
    """

    plan: tuple[Vector, ...]
    f: Vector
    g: Vector
    primal: Fraction
    dual: Fraction

    def check(self, a: Vector, b: Vector, cost: Sequence[Vector]) -> None:
        """Raises ArithmeticError unless plan and potentials are feasible, in rational arithmetic."""
        rows = all(sum(row) == w for row, w in zip(self.plan, a, strict=True))
        columns = all(sum(column) == w for column, w in zip(zip(*self.plan, strict=True), b, strict=True))
        if not rows or not columns or min(min(row) for row in self.plan) < 0:
            raise ArithmeticError("the plan is no coupling of the two laws")
        for i, row in enumerate(cost):
            for j, c in enumerate(row):
                if self.f[i] + self.g[j] > c:
                    raise ArithmeticError(f"the potentials exceed the cost at ({i}, {j})")


def certificate(a: Vector, b: Vector, cost: Sequence[Vector]) -> Certificate:
    """An exact certificate of optimality, from a basis that HiGHS finds in floating point.

    HiGHS gives potentials in floating point.  In rational arithmetic they are made feasible by c-transforms, and
    shifted until their tight cells join all n + m points to a tree, on which one plan exists.  What the solver's
    tolerance of 1e-7 has hidden, small masses above all, shows as negative mass on a cell; pivots of the dual simplex
    method, exact as well, remove it.

    Raises ArithmeticError if 100 (n + m) pivots do not suffice, or if the result is not feasible.

    >>> half, third = Fraction(1, 2), Fraction(1, 3)
    >>> found = certificate((third, 2 * third), (half, half), ((Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))))
    >>> found.primal, found.dual
    (Fraction(1, 6), Fraction(1, 6))
    """
    n, m = len(a), len(b)
    floats = np.array([[float(c) for c in row] for row in cost])
    found = discrete([float(w) for w in a], [float(w) for w in b], floats)
    tree = _tree([Fraction(float(v)) for v in found.f], cost)
    for _ in range(100 * (n + m)):
        f, g = _potentials(tree, cost, n, m)
        plan = _flow(tree, a, b)
        worst = min(tree, key=lambda cell: plan[cell[0]][cell[1]])
        if plan[worst[0]][worst[1]] >= 0:
            break
        tree = _pivoted(tree, worst, [[c - f[i] - g[j] for j, c in enumerate(row)] for i, row in enumerate(cost)])
    primal = sum((w * c for row, costs in zip(plan, cost, strict=True) for w, c in zip(row, costs, strict=True)), ZERO)
    dual = sum((w * v for w, v in zip((*a, *b), (*f, *g), strict=True)), ZERO)
    made = Certificate(tuple(map(tuple, plan)), tuple(f), tuple(g), primal, dual)
    made.check(a, b, cost)
    return made


def _pivoted(
    tree: list[tuple[int, int]], leaving: tuple[int, int], reduced: list[list[Fraction]]
) -> list[tuple[int, int]]:
    """One pivot of the dual simplex method: the cheapest cell that carries mass the other way enters."""
    rest = [cell for cell in tree if cell != leaving]
    rows, columns = _reached(rest, leaving[0])
    crossing = [(i, j) for i in range(len(reduced)) if i not in rows for j in columns]
    return [*rest, min(crossing, key=lambda cell: reduced[cell[0]][cell[1]])]


ZERO = Fraction(0)


def _tree(f: list[Fraction], cost: Sequence[Vector]) -> list[tuple[int, int]]:
    """n + m - 1 cells that join all rows and columns and are tight for feasible potentials near f."""
    n, m = len(cost), len(cost[0])
    g = [min(cost[i][j] - f[i] for i in range(n)) for j in range(m)]
    f = [min(cost[i][j] - g[j] for j in range(m)) for i in range(n)]
    tree: list[tuple[int, int]] = []
    for i in range(n):
        for j in range(m):
            rows, columns = _reached(tree, i)
            if j not in columns and f[i] + g[j] == cost[i][j]:
                tree.append((i, j))
    while len(tree) < n + m - 1:
        # Raising f on a part and lowering g as much keeps its cells tight, until a cell that leaves it becomes so.
        rows, columns = _reached(tree, 0)
        outside = [(i, j) for i in rows for j in range(m) if j not in columns]
        i, j = min(outside, key=lambda cell: cost[cell[0]][cell[1]] - f[cell[0]] - g[cell[1]])
        room = cost[i][j] - f[i] - g[j]
        f = [v + room if k in rows else v for k, v in enumerate(f)]
        g = [v - room if k in columns else v for k, v in enumerate(g)]
        tree.append((i, j))
    return tree


def _reached(cells: Sequence[tuple[int, int]], row: int) -> tuple[set[int], set[int]]:
    """The rows and columns that a row is joined to."""
    rows, columns = {row}, set[int]()
    while True:
        more_columns = {j for i, j in cells if i in rows} - columns
        more_rows = {i for i, j in cells if j in columns} - rows
        if not more_columns and not more_rows:
            return rows, columns
        columns |= more_columns
        rows |= more_rows


def _flow(tree: list[tuple[int, int]], a: Vector, b: Vector) -> list[list[Fraction]]:
    """The one flow on the tree with these marginals: leaves first."""
    plan = [[ZERO] * len(b) for _ in a]
    left = [*a, *b]
    cells = set(tree)
    while cells:
        degree: dict[int, list[tuple[int, int]]] = {}
        for i, j in cells:
            degree.setdefault(i, []).append((i, j))
            degree.setdefault(len(a) + j, []).append((i, j))
        for node, own in degree.items():
            if len(own) == 1 and own[0] in cells:
                i, j = own[0]
                plan[i][j] = left[node]
                other = len(a) + j if node == i else i
                left[other] -= left[node]
                left[node] = ZERO
                cells.remove((i, j))
    return plan


def _potentials(
    tree: list[tuple[int, int]], cost: Sequence[Vector], n: int, m: int
) -> tuple[list[Fraction], list[Fraction]]:
    """f_0 = 0 and f_i + g_j = c_ij along the tree."""
    f: list[Fraction | None] = [ZERO] + [None] * (n - 1)
    g: list[Fraction | None] = [None] * m
    for _ in range(n + m):
        for i, j in tree:
            known, other = f[i], g[j]
            if known is not None and other is None:
                g[j] = cost[i][j] - known
            elif known is None and other is not None:
                f[i] = cost[i][j] - other
    return [v if v is not None else ZERO for v in f], [v if v is not None else ZERO for v in g]


def problems(draw: random.Random) -> list[tuple[str, Vector, Vector, list[Vector]]]:
    """Random finite problems: distances, general costs, point masses, equal and disjoint laws, many orders."""

    def line(x: Sequence[Fraction], y: Sequence[Fraction]) -> list[Vector]:
        return [tuple(abs(u - v) for v in y) for u in x]

    def general(n: int, m: int, orders: int = 0) -> list[Vector]:
        return [tuple(decimal(draw, -1, 5) * 10 ** draw.randint(0, orders) for _ in range(m)) for _ in range(n)]

    places = points(draw, 6)
    p, q = weights(draw, 6), weights(draw, 6)
    low = (*weights(draw, 3), ZERO, ZERO, ZERO)
    high = (ZERO, ZERO, ZERO, *weights(draw, 3))
    even = (Fraction(1, 5),) * 5
    grid = [(Fraction(i), Fraction(j)) for i in range(3) for j in range(3)]
    taxi = [tuple(abs(u[0] - v[0]) + abs(u[1] - v[1]) for v in grid) for u in grid]
    return [
        ("distances on a line", p, q, line(places, places)),
        ("disjoint supports", low, high, line(places, places)),
        ("equal laws", p, p, line(places, places)),
        ("point masses", (Fraction(1),), (Fraction(1),), general(1, 1)),
        ("a point mass and five points", (Fraction(1),), weights(draw, 5), general(1, 5)),
        ("equal masses, degenerate", even, even, general(5, 5)),
        ("grid with taxi distance", (Fraction(1, 9),) * 9, weights(draw, 9), taxi),
        ("costs over six orders of magnitude", weights(draw, 5), weights(draw, 7), general(5, 7, 6)),
        ("masses over eight orders of magnitude", weights(draw, 5, 8), weights(draw, 5, 8), general(5, 5)),
    ]


def discrete_duality(seed: int = 0, device: str = "cpu") -> list[Check]:
    """Primal and dual have one value on finite spaces: plan and potentials with exact feasibility and no gap.

    HiGHS finds a basis, rational arithmetic makes plan and potentials of it; the value is compared with that of
    another algorithm, successive shortest paths in rationals.  Pairs drawn from the plan have the dual value as mean
    cost; other couplings cost no less.

    >>> all(check.passed for check in discrete_duality(seed=1))
    True
    """
    draw = random.Random(f"{seed}/discrete-duality")
    home = backend(device, seed=seed)
    checks = []
    for name, a, b, cost in problems(draw):
        found = certificate(a, b, cost)
        checks.append(agreement(f"{name}: no gap", "linear-program", found.primal, found.dual, 1e-30))
        paths = discrete(a, b, cost, exact=True)
        checks.append(agreement(f"{name}: shortest paths", "exact-sum", paths.value, found.dual, 1e-30))
        cells = [(i, j) for i in range(len(a)) for j in range(len(b))]
        masses = tuple(found.plan[i][j] for i, j in cells)
        sampled_cost = table(masses, [float(cost[i][j]) for i, j in cells], home, name)
        checks.append(sampled(f"{name}: plan, sampled", sampled_cost, found.dual))
        other = corner_plan(a, b, draw)
        total = sum((other[i][j] * cost[i][j] for i, j in cells), ZERO)
        checks.append(at_most(f"{name}: another coupling", "exact-sum", found.dual, total, 1e-30))
    return checks
