"""Vectors and matrices with rational entries, for the companions that compute losses and norms exactly.

Main definitions: `Vector`, `Matrix` (a tuple of rows), `times`, `minus`, `square`, `transposed`, `matrix`, a random
one, and `eigenvalues`, enclosed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import acb, arb, fmpq_mat, fmpz_poly

from numerics.cases import decimal
from numerics.forms import to_fmpq

__all__ = ["Matrix", "Vector", "eigenvalues", "matrix", "minus", "square", "times", "transposed"]

Vector: TypeAlias = tuple[Fraction, ...]
Matrix: TypeAlias = tuple[Vector, ...]


def times(a: Matrix, x: Vector) -> Vector:
    """The product of a matrix and a vector."""
    return tuple(sum((u * v for u, v in zip(row, x, strict=True)), Fraction(0)) for row in a)


def minus(x: Vector, y: Vector) -> Vector:
    """x - y."""
    return tuple(u - v for u, v in zip(x, y, strict=True))


def square(x: Sequence[Fraction]) -> Fraction:
    """The square of the Euclidean norm."""
    return sum((v * v for v in x), Fraction(0))


def transposed(a: Matrix) -> Matrix:
    """The transpose."""
    return tuple(zip(*a, strict=True))


def matrix(draw: random.Random, rows: int, columns: int) -> Matrix:
    """A random matrix of decimals between -2 and 2."""
    return tuple(tuple(decimal(draw, -2, 2, 2) for _ in range(columns)) for _ in range(rows))


def eigenvalues(matrix: Matrix) -> list[arb]:
    """The eigenvalues of a symmetric rational matrix, largest first, each as often as its multiplicity.

    Enclosed roots of the exact characteristic polynomial, whose multiplicities are exact as well.

    >>> one, two = Fraction(1), Fraction(2)
    >>> [value.str(3, radius=False) for value in eigenvalues(((two, one), (one, two)))]
    ['3.00', '1.00']
    """
    polynomial = fmpq_mat([[to_fmpq(v) for v in row] for row in matrix]).charpoly()
    whole = fmpz_poly([int(c) for c in (polynomial * polynomial.denom()).coeffs()])
    roots: list[tuple[acb, int]] = whole.complex_roots()  # type: ignore[assignment]
    values = [root.real for root, count in roots for _ in range(count)]
    return sorted(values, key=lambda value: -float(value.mid()))
