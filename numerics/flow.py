"""Discrete optimal transport in rational arithmetic; use it through `numerics.transport.discrete(exact=True)`.

Main definition: `exact_plan`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from numerics.forms import rational
from numerics.law import normalised

__all__ = ["exact_plan"]


def exact_plan(
    a: Sequence[Any], b: Sequence[Any], cost: Any
) -> tuple[Fraction, np.ndarray, np.ndarray, np.ndarray, Fraction]:
    """(value, plan, f, g, gap) with exact entries and gap 0: successive shortest paths (Ahuja, Magnanti, Orlin, 9.7).

    Mass leaves source i along a shortest path of the residual graph, by Bellman and Ford, until none is left; the
    distances of the last graph are the potentials. About n m (n + m) rational operations for each of at most n + m or
    so augmentations: meant for up to some dozens of points.

    >>> value, plan, f, g, gap = exact_plan([1], ["1/2", "1/2"], [[3, 5]])
    >>> value, gap
    (Fraction(4, 1), Fraction(0, 1))
    """
    supply, demand = normalised(a, "a"), normalised(b, "b")
    n, m = len(supply), len(demand)
    rows = [list(row) for row in cost]
    if len(rows) != n or any(len(row) != m for row in rows):
        raise ValueError(f"cost must have shape ({n}, {m}), one row for each entry of a")
    costs = [[rational(c, f"cost[{i}][{j}]") for j, c in enumerate(row)] for i, row in enumerate(rows)]
    flow = [[Fraction(0)] * m for _ in range(n)]
    left, wanted = list(supply), list(demand)
    while any(left):
        distance, parent = _distances(costs, flow, [i for i in range(n) if left[i]])
        target = min((j for j in range(m) if wanted[j]), key=lambda j: distance[n + j])
        path, node = [target + n], target + n
        while parent[node] >= 0:
            node = parent[node]
            path.append(node)
        path.reverse()
        amount = min([left[path[0]], wanted[target]] + [
            flow[v][u - n] for u, v in pairwise(path) if u >= n
        ])  # fmt: skip
        for u, v in pairwise(path):
            if u < n:
                flow[u][v - n] += amount
            else:
                flow[v][u - n] -= amount
        left[path[0]] -= amount
        wanted[target] -= amount
    distance, _ = _distances(costs, flow, list(range(n)))
    f = [-distance[i] for i in range(n)]
    # The largest g that is feasible with f: points without mass may be beyond the reach of the distances.
    g = [min(costs[i][j] - f[i] for i in range(n)) for j in range(m)]
    value = sum((flow[i][j] * costs[i][j] for i in range(n) for j in range(m)), Fraction(0))
    dual = sum((s * u for s, u in zip(supply, f, strict=True)), Fraction(0))
    dual += sum((d * v for d, v in zip(demand, g, strict=True)), Fraction(0))
    return value, _array(flow), _array(f), _array(g), value - dual


def _distances(
    costs: list[list[Fraction]], flow: list[list[Fraction]], sources: list[int]
) -> tuple[list[Any], list[int]]:
    """Shortest distances from the sources in the residual graph (rows are nodes 0..n-1, columns n..n+m-1)."""
    n, m = len(costs), len(costs[0])
    distance: list[Any] = [None] * (n + m)
    parent = [-1] * (n + m)
    for i in sources:
        distance[i] = Fraction(0)
    changed = True
    while changed:
        changed = False
        for i in range(n):
            for j in range(m):
                u, v, c = i, n + j, costs[i][j]
                if distance[u] is not None and (distance[v] is None or distance[u] + c < distance[v]):
                    distance[v], parent[v], changed = distance[u] + c, u, True
                if flow[i][j] and distance[v] is not None and (distance[u] is None or distance[v] - c < distance[u]):
                    distance[u], parent[u], changed = distance[v] - c, v, True
    return distance, parent


def _array(values: Any) -> np.ndarray:
    return np.array(values, dtype=object)
