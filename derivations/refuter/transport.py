"""The optimal transport cost on finite spaces: a linear program in exact rational numbers.

inf over couplings pi of E_pi[c] is the least cost of moving the masses of one law to those of the other (Villani,
*Optimal Transport*, 2009, chapters 4 and 5).  The plan is built along shortest paths; potentials that no cost falls
short of, with the same value, show that none is cheaper.  Masses must be rational.  Costs may be balls: since the
masses sum to one, the optimum moves no more than the costs do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from derivations.refuter.fields import ZERO, DoesNotExist, LogSum, Unsupported, Value
from derivations.refuter.signature import Json, free

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program

CELLS = 400  # pairs of points in one program
TOLERANCE = fmpq(1, 10**9)  # by which masses in floats may miss one


def transport(program: Program, term: Json) -> Closure:
    """W, the infimum of the mean cost over all joint laws with the two given marginals."""
    _, left, right, *terms = term
    names = ([v[1] for v in left], [v[1] for v in right])
    if any(program.signature.variable_space(v) in program.signature.lines for v in (*names[0], *names[1])):
        raise Unsupported("a transport cost on a real line")
    if any(("var", v) in free(t) for t, others in zip(terms, reversed(names), strict=False) for v in others):
        raise Unsupported("a law that mentions the points of the other")
    first, second, cost = program.over([*left, *right], *terms)
    places = [[program.place("var", v) for v in group] for group in names]

    def masses(env: Env, density: Closure, group: int) -> list[tuple[tuple[Any, ...], fmpq]]:
        found = []
        for points, weight in env[0].grid(tuple(names[group])):
            _put(env, places[group], points)
            mass = _rational(density(env) if weight is None else weight * density(env))
            if mass < 0:
                raise DoesNotExist("a law with negative masses")
            if mass != 0:
                found.append((points, mass))
        total = sum((m for _, m in found), ZERO)
        if not found or abs(total - 1) > (TOLERANCE if program.field.name == "floats" else 0):
            raise DoesNotExist("a transport cost between what are no laws")
        return [(points, m / total) for points, m in found]

    def value(env: Env) -> Value:
        outer = [env[i] for group in places for i in group]
        try:
            rows, columns = masses(env, first, 0), masses(env, second, 1)
            if len(rows) * len(columns) > CELLS:
                raise Unsupported("a transport program that is too large")
            costs: list[list[fmpq]] = []
            error = arb(0)
            for points, _ in rows:
                _put(env, places[0], points)
                costs.append([])
                for others, _ in columns:
                    _put(env, places[1], others)
                    middle, radius = _enclosed(cost(env))
                    costs[-1].append(middle)
                    error = error.max(radius)
        finally:
            _put(env, [i for group in places for i in group], outer)
        least = optimum([m for _, m in rows], [m for _, m in columns], costs)
        if program.field.name == "floats":
            return float(least.p) / float(least.q)
        return least if error.is_zero() else arb(least) + error * arb(0, 1)

    return value


def _put(env: Env, places: list[int], values: Any) -> None:
    for i, v in zip(places, values, strict=True):
        env[i] = v


def _rational(value: Value) -> fmpq:
    if isinstance(value, fmpq):
        return value
    if isinstance(value, float):
        try:
            return fmpq(*value.as_integer_ratio())
        except (OverflowError, ValueError) as error:
            raise DoesNotExist("a transport cost that is infinite or no number") from error
    raise Unsupported("a transport cost between masses that are not rational")


def _enclosed(value: Value) -> tuple[fmpq, arb]:
    """A rational number and how far the value may be from it."""
    if isinstance(value, LogSum):
        value = value.ball()
    if not isinstance(value, arb):
        return _rational(value), arb(0)
    if not value.is_finite():
        raise Unsupported("a cost that is infinite, or not enclosed")
    mantissa, exponent = value.mid().man_exp()
    two = fmpq(2) ** int(exponent)
    return fmpq(int(mantissa)) * two, value.rad()


def optimum(supply: list[fmpq], demand: list[fmpq], costs: list[list[fmpq]]) -> fmpq:
    """The least cost of moving supplies to demands of the same total, exactly.

    >>> half = fmpq(1, 2)
    >>> optimum([half, half], [half, half], [[fmpq(0), fmpq(3)], [fmpq(1), fmpq(1)]])
    1/2
    """
    rows, columns = range(len(supply)), range(len(demand))
    left, missing = list(supply), list(demand)
    plan = {(i, j): ZERO for i in rows for j in columns}
    while any(s != 0 for s in left):
        sources = [i for i in rows if left[i] != 0]
        far, before = _paths(costs, plan, dict.fromkeys(sources, ZERO))
        goal = min((j for j in columns if missing[j] != 0), key=lambda j: far["column", j])
        path = []
        node = ("column", goal)
        while node in before:
            path.append((before[node], node))
            node = before[node]
        amount = min([left[node[1]], missing[goal], *(plan[v[1], u[1]] for u, v in path if u[0] == "column")])
        for u, v in path:
            if u[0] == "row":
                plan[u[1], v[1]] += amount
            else:
                plan[v[1], u[1]] -= amount
        left[node[1]] -= amount
        missing[goal] -= amount
    far, _ = _paths(costs, plan, dict.fromkeys(rows, ZERO))
    above, below = [far["row", i] for i in rows], [far["column", j] for j in columns]
    value = sum((c * costs[i][j] for (i, j), c in plan.items() if c != 0), ZERO)
    dual = sum((m * d for m, d in zip(demand, below, strict=True)), ZERO)
    dual -= sum((m * d for m, d in zip(supply, above, strict=True)), ZERO)
    if dual != value or any(below[j] - above[i] > costs[i][j] for i in rows for j in columns):
        raise Unsupported("a transport program without a certificate")
    return value


def _paths(
    costs: list[list[fmpq]], plan: dict[tuple[int, int], fmpq], sources: dict[int, fmpq]
) -> tuple[dict[Any, fmpq], dict[Any, Any]]:
    """The lengths of shortest paths from some rows: at a cost, and back where the plan moves mass (Bellman-Ford)."""
    far: dict[Any, fmpq] = {("row", i): d for i, d in sources.items()}
    before: dict[Any, Any] = {}
    for _ in range(2 * (len(costs) + len(costs[0])) + 1):
        changed = False
        for (i, j), moved in plan.items():
            row, column = ("row", i), ("column", j)
            for u, v, step in ((row, column, costs[i][j]), (column, row, -costs[i][j])):
                if u in far and (u is row or moved != 0) and (v not in far or far[u] + step < far[v]):
                    far[v], before[v] = far[u] + step, u
                    changed = True
        if not changed:
            return far, before
    raise Unsupported("a transport program that does not settle")


__all__ = ["optimum", "transport"]
