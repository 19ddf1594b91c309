"""A feasible point of a small linear program in exact rational arithmetic."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Row = TypeVar("Row", bound=Hashable)


def nonnegative_combination(
    target: Mapping[Row, Fraction], columns: Sequence[Mapping[Row, Fraction]]
) -> list[Fraction] | None:
    """Multipliers >= 0 with which the columns add up to the target, or None if there are none.

    Phase one of the simplex method with Bland's rule, which cannot cycle (Bland, 1977).

    >>> from fractions import Fraction as F
    >>> nonnegative_combination({"a": F(2), "b": F(1)}, [{"a": F(1)}, {"a": F(1), "b": F(1)}])
    [Fraction(1, 1), Fraction(1, 1)]
    >>> nonnegative_combination({"a": F(-1)}, [{"a": F(1)}]) is None
    True
    """
    rows = list(dict.fromkeys([*target, *(key for column in columns for key in column)]))
    n, m = len(columns), len(rows)
    table = []
    for i, row in enumerate(rows):
        line = [column.get(row, Fraction(0)) for column in columns] + [Fraction(0)] * m + [target.get(row, Fraction(0))]
        if line[-1] < 0:
            line = [-v for v in line]
        line[n + i] = Fraction(1)
        table.append(line)
    basis = list(range(n, n + m))
    cost = [-sum((line[j] for line in table), Fraction(0)) for j in range(n)] + [Fraction(0)] * m
    cost.append(-sum((line[-1] for line in table), Fraction(0)))
    while True:
        entering = next((j for j in range(n) if cost[j] < 0), None)
        if entering is None:
            break
        ratios = [(line[-1] / line[entering], basis[i], i) for i, line in enumerate(table) if line[entering] > 0]
        if not ratios:
            return None
        pivot = min(ratios)[2]
        scale = table[pivot][entering]
        table[pivot] = [v / scale for v in table[pivot]]
        for line in [*(row for i, row in enumerate(table) if i != pivot), cost]:
            factor = line[entering]
            if factor:
                line[:] = [v - factor * w for v, w in zip(line, table[pivot], strict=True)]
        basis[pivot] = entering
    if cost[-1] != 0:
        return None
    solution = [Fraction(0)] * n
    for i, column_index in enumerate(basis):
        if column_index < n:
            solution[column_index] = table[i][-1]
    return solution
