"""Suprema and infima over a class of functions on finite spaces: linear programs in exact rational numbers.

The values of the function are the unknowns, its class gives the inequalities, and the body must be linear in it: then
the supremum of E_p[f] - E_q[f] over Lipschitz functions is the dual program of optimal transport (Villani, *Optimal
Transport*, 2009, chapter 5).  The optimum is shown by multipliers that give the same value from above.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq

from derivations.refuter.fields import ONE, ZERO, DoesNotExist, LogSum, Unsupported, Value
from derivations.refuter.signature import Json, free, walk

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program

UNKNOWNS = 12
Row = list[fmpq]


def over_class(program: Program, upwards: bool, binder: Json, body: Json) -> Closure:
    """The extremum of a body over the functions that satisfy inequalities at all points of their variables."""
    from derivations.refuter.models import key_of

    _, name, range_, described = binder
    sides = [[low, high] if relation == "<=" else [high, low] for relation, low, high in described]
    gaps = [["add", high, ["mul", ["num", "-1"], low]] for low, high in sides]
    if range_ == "positive":
        raise Unsupported("an extremum over a class of positive functions")
    if not all(_affine(t, name) for t in (body, *gaps)):
        raise Unsupported("an extremum over a class of functions of what is not linear in them")
    signature = program.signature
    domains = {
        tuple(signature.variable_space(a[1]) for a in u[2])
        for t in (body, *gaps)
        for u in walk(t)
        if u[0] == "fn" and u[1] == name
    }
    if any(space in signature.lines for domain in domains for space in domain):
        raise Unsupported("an extremum over functions of a real number")
    fresh = ("fn", name) not in program.volatile
    program.volatile.add(("fn", name))
    value = program.compile(body)
    rows = []
    for gap in gaps:
        variables = tuple(v for v in signature.free_variables(gap) if signature.kind(v) == "var")
        (closure,) = program.inside([("var", v) for v in variables], gap)
        rows.append((variables, [program.place("var", v) for v in variables], closure))
    if fresh:
        program.volatile.discard(("fn", name))
    number, floats = program.field.number, program.field.name == "floats"

    def extremal(env: Env) -> Value:
        tables = env[0].tables
        outer, around = dict(tables.get(("fn", name), {})), list(env[1:])
        spaces = env[0].model.spaces
        keys = sorted({key_of(v) for d in domains for v in itertools.product(*(spaces[s].values for s in d))})
        if len(keys) > UNKNOWNS:
            raise Unsupported("a program over functions that is too large")

        def expanded(closure: Closure) -> tuple[Row, fmpq]:
            """The coefficients of the values of the function, and the constant."""
            found = []
            for chosen in (None, *keys):
                tables["fn", name] = {key: number(ONE if key == chosen else ZERO) for key in keys}
                found.append(_rational(closure(env)))
            return [v - found[0] for v in found[1:]], found[0]

        try:
            goal, constant = expanded(value)
            program_rows = []
            for variables, places, closure in rows:
                for points, _ in env[0].grid(variables):
                    for i, p in zip(places, points, strict=True):
                        env[i] = p
                    program_rows.append(expanded(closure))
        finally:
            tables["fn", name] = outer
            env[1:] = around
        units = [[ONE if i == j else ZERO for i in range(len(keys))] for j in range(len(keys))]
        if range_ != "real":
            program_rows += [(unit, ZERO) for unit in units]
        if range_ == "unit":
            program_rows += [([-v for v in unit], ONE) for unit in units]
        sign = ONE if upwards else -ONE
        best = constant + sign * maximum([sign * c for c in goal], program_rows)
        return float(best.p) / float(best.q) if floats else best

    return extremal


def _affine(t: Json, name: str) -> bool:
    """Whether a term is a constant plus something linear in a function, taken at variables."""
    if ("fn", name) not in free(t):
        return True
    head = t[0]
    if head == "fn":
        return bool(t[1] == name and all(a[0] == "var" for a in t[2]))
    if head == "add":
        return all(_affine(part, name) for part in t[1:])
    if head == "mul":
        inside = [part for part in t[1:] if ("fn", name) in free(part)]
        return len(inside) == 1 and _affine(inside[0], name)
    if head in ("int", "sum"):
        return _affine(t[2], name)
    return head == "E" and ("fn", name) not in free(t[2]) and _affine(t[3], name)


def _rational(value: Value) -> fmpq:
    if isinstance(value, float):
        if value != value or abs(value) == float("inf"):
            raise DoesNotExist("a program over functions with infinite numbers")
        near = Fraction(value).limit_denominator(10**6)  # so that rounding makes no direction unbounded
        return fmpq(near.numerator, near.denominator)
    if isinstance(value, LogSum) and not value.logs:
        return value.rational
    if not isinstance(value, fmpq):
        raise Unsupported("a program over functions with numbers that are not rational")
    return value


def maximum(goal: Row, rows: list[tuple[Row, fmpq]]) -> fmpq:
    """The largest goal * x over all x with row * x + constant >= 0, exactly; raises if there is none.

    The simplex method in two phases with Bland's rule (1977), on x = u - v with u, v >= 0.

    >>> one, two = fmpq(1), fmpq(2)
    >>> maximum([one, -one], [([-one, one], two), ([one, -one], two)])
    2
    """
    n, m = len(goal), len(rows)
    table = []
    for i, (row, constant) in enumerate(rows):  # -row * x + slack = constant
        sign = ONE if constant >= 0 else -ONE
        line = [-sign * v for v in row] + [sign * v for v in row] + [ZERO] * (2 * m) + [sign * constant]
        line[2 * n + i], line[2 * n + m + i] = sign, ONE
        table.append(line)
    basis = [2 * n + m + i for i in range(m)]
    width = 2 * n + m
    first = [ZERO] * width + [ONE] * m + [ZERO]
    for line in table:
        first = [v - w for v, w in zip(first, line, strict=True)]
    if not _pivoted(table, basis, first, width) or first[-1] != 0:
        raise DoesNotExist("an extremum over an empty class of functions")
    for i, b in enumerate(basis):  # artificial variables that stay, at zero, leave where they can
        entering = next((j for j in range(width) if table[i][j] != 0), None) if b >= width else None
        if entering is not None:
            _pivot(table, basis, [], i, entering)
    cost = [-c for c in goal] + list(goal) + [ZERO] * (2 * m) + [ZERO]
    for line, b in zip(table, basis, strict=True):
        factor = cost[b]
        cost = [v - factor * w for v, w in zip(cost, line, strict=True)]
    if not _pivoted(table, basis, cost, width):
        raise DoesNotExist("an extremum over functions that is infinite")
    values = [ZERO] * (2 * n + 2 * m)
    for line, b in zip(table, basis, strict=True):
        values[b] = line[-1]
    x = [values[j] - values[n + j] for j in range(n)]
    y = cost[2 * n : 2 * n + m]  # multipliers: goal * x = -sum y row * x <= sum y constant
    best = _dot(goal, x)
    bounded = all(v >= 0 for v in y) and all(-_dot(y, [r[j] for r, _ in rows]) == goal[j] for j in range(n))
    reached = all(_dot(row, x) + constant >= 0 for row, constant in rows)
    if not bounded or not reached or _dot(y, [constant for _, constant in rows]) != best:
        raise Unsupported("a program over functions without a certificate")
    return best


def _dot(a: Row, b: Row) -> fmpq:
    return sum((v * w for v, w in zip(a, b, strict=True)), ZERO)


def _pivoted(table: list[Row], basis: list[int], cost: Row, width: int) -> bool:
    """Pivot until no cost is negative; False if the program is unbounded."""
    while (entering := next((j for j in range(width) if cost[j] < 0), None)) is not None:
        ratios = [(line[-1] / line[entering], basis[i], i) for i, line in enumerate(table) if line[entering] > 0]
        if not ratios:
            return False
        _pivot(table, basis, cost, min(ratios)[2], entering)
    return True


def _pivot(table: list[Row], basis: list[int], cost: Row, leaving: int, entering: int) -> None:
    scale = table[leaving][entering]
    table[leaving] = [v / scale for v in table[leaving]]
    for line in [*(row for i, row in enumerate(table) if i != leaving), cost]:
        factor = line[entering] if line else ZERO
        if factor != 0:
            line[:] = [v - factor * w for v, w in zip(line, table[leaving], strict=True)]
    basis[leaving] = entering
