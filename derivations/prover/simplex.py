"""A feasible point of a small linear program in exact rational arithmetic."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from derivations.kernel import Number, ratio, simplest

Row = TypeVar("Row", bound=Hashable)


def nonnegative_combination(
    target: Mapping[Row, Number], columns: Sequence[Mapping[Row, Number]]
) -> list[Number] | None:
    """Multipliers >= 0 with which the columns add up to the target, or None if there are none.

    >>> from fractions import Fraction as F
    >>> nonnegative_combination({"a": 2, "b": 1}, [{"a": 1}, {"a": 2, "b": 2}])
    [1, Fraction(1, 2)]
    >>> nonnegative_combination({"a": F(-1)}, [{"a": F(1)}]) is None
    True
    """
    live = _possible(target, columns)
    found = None if live is None else _simplex(target, [columns[j] for j in live])
    if live is None or found is None:
        return None
    multipliers = dict(zip(live, found, strict=True))
    return [multipliers.get(j, 0) for j in range(len(columns))]


def _possible(target: Mapping[Row, Number], columns: Sequence[Mapping[Row, Number]]) -> list[int] | None:
    """The columns whose multipliers may be positive, or None if some row of the target is out of reach.

    Where a row of the target is zero and all columns have the same sign there, they cannot be used: most of a large
    pool goes this way, and a target out of reach is seen without a tableau.
    """
    live = set(range(len(columns)))
    rows: dict[Row, list[int]] = {row: [] for row in target}
    for j, column in enumerate(columns):
        for row in column:
            rows.setdefault(row, []).append(j)
    open_rows = list(rows)
    while open_rows:
        unused: set[int] = set()
        for row in open_rows:
            signs = {columns[j][row] > 0 for j in rows[row] if j in live}
            sought = target.get(row, 0)
            if sought and (sought > 0) not in signs:
                return None
            if not sought and len(signs) == 1:
                unused.update(j for j in rows[row] if j in live)
                live -= unused
        open_rows = list(dict.fromkeys(row for j in sorted(unused) for row in columns[j]))
    return sorted(live)


def _simplex(target: Mapping[Row, Number], columns: Sequence[Mapping[Row, Number]]) -> list[Number] | None:
    """Phase one of the simplex method with Bland's rule, which cannot cycle (Bland, 1977).

    The artificial columns, one a row, are not written down: one that has left the basis does not come back.
    """
    rows = list(dict.fromkeys([*target, *(key for column in columns for key in column)]))
    n = len(columns)
    table = []
    for row in rows:
        line = [*(column.get(row, 0) for column in columns), target.get(row, 0)]
        table.append([-v for v in line] if line[-1] < 0 else line)
    basis = list(range(n, n + len(rows)))
    cost: list[Number] = [-sum(line[j] for line in table) for j in range(n + 1)]
    while True:
        entering = next((j for j in range(n) if cost[j] < 0), None)
        if entering is None:
            break
        ratios = [(ratio(line[-1], line[entering]), basis[i], i) for i, line in enumerate(table) if line[entering] > 0]
        if not ratios:
            return None
        pivot = min(ratios)[2]
        scale = table[pivot][entering]
        if scale != 1:
            table[pivot] = [ratio(v, scale) if v else 0 for v in table[pivot]]
        used = [(j, v) for j, v in enumerate(table[pivot]) if v]
        for line in [*(row for i, row in enumerate(table) if i != pivot), cost]:
            factor = line[entering]
            if factor:
                for j, v in used:
                    line[j] = simplest(line[j] - factor * v)
        basis[pivot] = entering
    if cost[-1] != 0:
        return None
    solution: list[Number] = [0] * n
    for i, column_index in enumerate(basis):
        if column_index < n:
            solution[column_index] = table[i][-1]
    return solution
