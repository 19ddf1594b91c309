"""Symmetric positive definite matrices of a symbolic dimension: covariances, by their entries.

A matrix is a symbol; what can be made of it are numbers: entries, the determinant, traces and quadratic forms, written
as sums over indices.  The density of a normal law with full covariance is in here as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.statements import Statement
from derivations.language.terms import (
    Function,
    Index,
    LanguageError,
    Scalar,
    Symbol,
    Term,
    Variable,
    at,
    mul,
    shape,
    symbols,
    term,
)


def covariances(names: str, dimension: Scalar) -> tuple[Symbol, ...]:
    """Symmetric positive definite matrices by name, of shape (dimension, dimension).

    >>> from derivations.language import symbols
    >>> (K,) = symbols("K", sign="positive")
    >>> covariances("S1 S2", K)
    (S1, S2)
    """
    return symbols(names, sign="positive definite", shape=(dimension, dimension))


def invertible(names: str, dimension: Scalar) -> tuple[Symbol, ...]:
    """Invertible matrices by name, of shape (dimension, dimension), symmetric or not.

    >>> from derivations.language import symbols
    >>> (K,) = symbols("K", sign="positive")
    >>> invertible("L", K)
    (L,)
    """
    return symbols(names, sign="invertible", shape=(dimension, dimension))


def gram(matrix: Term) -> Term:
    """The covariance L L^T of an invertible matrix L.

    >>> from derivations.language import symbols
    >>> (K,) = symbols("K", sign="positive")
    >>> (L,) = invertible("L", K)
    >>> gram(L)
    gram(L)
    """
    if not isinstance(matrix, Symbol) or matrix.sign != "invertible":
        raise LanguageError(f"{matrix!r} is no invertible matrix; declare it as invertible('L', K)")
    return Term("gram", matrix)


def entry(matrix: Term, row: Term, column: Term) -> Term:
    """An entry of a matrix."""
    return Term("entry", _matrix(matrix), row, column)


@dataclass(frozen=True)
class Inverse:
    """The inverse of a matrix: its entries, or to be used in :func:`trace` and :func:`quadratic_form`."""

    matrix: Term

    def __getitem__(self, place: tuple[Term, Term]) -> Term:
        return Term("inverse", self.matrix, *place)


def inverse(matrix: Term) -> Inverse:
    """The inverse matrix."""
    return Inverse(_matrix(matrix))


def det(matrix: Term) -> Term:
    """The determinant of a matrix: that of a covariance is positive, that of an invertible one not zero."""
    return Term("det", _matrix(matrix))


def trace(left: Inverse, right: Term) -> Term:
    """The trace of S^-1 T: the sum over i and j of (S^-1)_ij T_ij."""
    i, j = _indices(left.matrix)
    if _dimensions(right) != _dimensions(left.matrix):
        raise LanguageError(f"trace of matrices of different shapes, {left.matrix!r} and {right!r}")
    body = mul(Term("inverse", left.matrix, i, j), Term("entry", _covariance(right), i, j))
    return Term("sum", i, Term("sum", j, body))


def quadratic_form(matrix: Inverse, vector: Scalar) -> Term:
    """u^T S^-1 u: the sum over i and j of (S^-1)_ij u_i u_j."""
    i, j = _indices(matrix.matrix)
    vector = term(vector)
    if shape(vector) not in ((), _dimensions(matrix.matrix)):
        raise LanguageError(
            f"{vector!r} has shape {shape(vector)}, {matrix.matrix!r} is of {_dimensions(matrix.matrix)}"
        )
    return Term("sum", i, Term("sum", j, mul(Term("inverse", matrix.matrix, i, j), at(vector, i), at(vector, j))))


class MultivariateNormal:
    """The normal law with a mean vector and a positive definite covariance.

    ``MultivariateNormal(m, S)(x)`` is its density at a vector x of shape (K,):
    (2 pi)^(-K/2) det(S)^(-1/2) exp(-(x - m)^T S^-1 (x - m) / 2).

    >>> from derivations.language import symbols, variables
    >>> (K,) = symbols("K", sign="positive")
    >>> (S,) = covariances("S", K)
    >>> (x,) = variables("x", kind="continuous", shape=(K,))
    >>> MultivariateNormal(0, S)(x).head
    'gaussian'
    """

    def __init__(self, mean: Scalar, covariance: Term) -> None:
        self.mean, self.covariance = term(mean), _covariance(covariance)
        if shape(self.mean) not in ((), _dimensions(self.covariance)):
            raise LanguageError(f"the mean {self.mean!r} and the covariance {self.covariance!r} differ in dimension")

    def __call__(self, point: Variable) -> Term:
        if not isinstance(point, Variable) or shape(point) != _dimensions(self.covariance):
            raise LanguageError(f"{point!r} is no vector variable of the dimension of {self.covariance!r}")
        return Term("gaussian", point, self.mean, self.covariance)


def eigenvalue(rank: Term, row: Index, column: Index, entry: Scalar) -> Term:
    """The eigenvalue of a rank, the largest being the first, of the symmetric matrix with these entries.

    >>> from derivations.language import Function, index, symbols
    >>> (n,) = symbols("n", sign="positive")
    >>> i, j, k = (index(name, n) for name in "ijk")
    >>> f = Function("f")
    >>> eigenvalue(k, i, j, f(i) * f(j))
    eigenvalue(k, i, j, f(i)*f(j))
    """
    return Term("eigenvalue", (row, column), rank, term(entry))


def eckart_young(matrix: Function, rows: Scalar, columns: Scalar, rank: Scalar) -> Statement:
    """How near products of a rows x rank and a rank x columns matrix come to a matrix (Eckart and Young, 1936).

    The least squared distance is the sum of all eigenvalues of the second moments but the largest ones, times the
    number of rows.  This is what ``cited("Eckart-Young", ...)`` takes.
    """
    i, j, m = Index("idx", "i", term(1), term(rows)), *(Index("idx", name, term(1), term(columns)) for name in "jm")
    k, t = Index("idx", "k", term(1), term(rank)), Index("idx", "t", term(rank) + 1, term(columns))
    left, right = Function("C"), Function("D")
    fall = term(matrix(i, j)) - Term("sum", k, left(i, k) * right(k, j))
    distance = Term("sum", i, Term("sum", j, fall**2))
    for factor in (right, left):
        distance = Term("inf", Term("function", factor.name, factor.range), distance)
    moments = Term("sum", i, matrix(i, j) * matrix(i, m)) / term(rows)
    return Statement("=", distance, term(rows) * Term("sum", t, eigenvalue(t, j, m, moments)))


def _covariance(matrix: Term) -> Term:
    if not isinstance(matrix, Term) or not (
        matrix.head == "gram" or getattr(matrix, "sign", "") == "positive definite"
    ):
        raise LanguageError(f"{matrix!r} is no covariance; declare it as covariances('S', K), or write gram(L)")
    return matrix


def _matrix(matrix: Term) -> Term:
    return matrix if getattr(matrix, "sign", "") == "invertible" else _covariance(matrix)


def _dimensions(matrix: Term) -> tuple[Term, ...]:
    return shape(matrix.args[0] if matrix.head == "gram" else matrix)[:1]


def _indices(matrix: Term) -> tuple[Index, Index]:
    (dimension,) = _dimensions(matrix)
    return Index("idx", "i", term(1), dimension), Index("idx", "j", term(1), dimension)
