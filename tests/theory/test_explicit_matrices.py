"""Affine images of a standard normal vector in two and three dimensions, entry by entry, by kernel and by SymPy."""

from typing import Any

import pytest

from derivations.judge import judge
from derivations.language import Statement, symbols
from derivations.sympy_proof import second_proof


def minor(matrix: Any, row: int, column: int) -> Any:
    """The matrix without a row and a column."""
    return [[a for c, a in enumerate(r) if c != column] for n, r in enumerate(matrix) if n != row]


def determinant(matrix: Any) -> Any:
    """By its first row."""
    if not matrix:
        return 1
    return sum((-1) ** c * a * determinant(minor(matrix, 0, c)) for c, a in enumerate(matrix[0]))


def statements(n: int, sign: int = 1) -> dict[str, Statement]:
    """det S = (det L)^2, and (L e)^T adj(S) (L e) = det(S) e^T e, for S = L L^T, or with a sign for L^T L."""
    places = range(n)
    entries = [symbols(" ".join(f"L_{a + 1}{b + 1}" for b in places)) for a in places]
    e = symbols(" ".join(f"e_{b + 1}" for b in places))
    rows = entries if sign > 0 else [list(column) for column in zip(*entries, strict=True)]
    covariance = [[sum(rows[a][c] * rows[b][c] for c in places) for b in places] for a in places]
    moved = [sum(entries[a][c] * e[c] for c in places) for a in places]
    form = sum(
        (-1) ** (a + b) * determinant(minor(covariance, a, b)) * moved[a] * moved[b] for a in places for b in places
    )
    squared = determinant(entries) ** 2
    return {
        "determinant": determinant(covariance) == squared,
        "quadratic form": form == squared * sum(c**2 for c in e),
        "quadratic form without the determinant": form == sum(c**2 for c in e),
        "determinant, unsquared": determinant(covariance) == determinant(entries),
    }


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("name", ["determinant", "quadratic form"])
def test_the_covariance_of_an_affine_image_entry_by_entry(n: int, name: str) -> None:
    verdict = judge(statements(n)[name])
    assert verdict.verdict == "proved"
    assert verdict.conditions == ()
    assert second_proof(statements(n)[name]).verdict == "proved"


@pytest.mark.parametrize("n", [2, 3])
def test_nearby_false_versions_are_refuted(n: int) -> None:
    for name in ("quadratic form without the determinant", "determinant, unsquared"):
        assert judge(statements(n)[name]).verdict == "refuted"
    assert judge(statements(n, sign=-1)["quadratic form"]).verdict == "refuted"
