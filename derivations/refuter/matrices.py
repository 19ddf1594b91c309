"""Positive definite matrices, eigenvalues of small symmetric ones, and normal laws with full covariance.

The matrix of a symbol is a tuple of its entries, row by row.  Its inverse and determinant are exact rationals; the
normal density is a Gaussian function like all others, so that integrals against it are moments.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from derivations.refuter.fields import HALF, ONE, DoesNotExist, Unsupported, Value
from derivations.refuter.gaussian import GaussianSum
from derivations.refuter.models import draw_number, integer, rationals
from derivations.refuter.signature import ARITHMETIC, Json, Signature

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program

SIGN = "positive definite"
ENTRIES = rationals("-1 -1/2 0 1/2 1 3/2")
SCALES = rationals("1 1 1/2 2 1/4")
TINY_SCALES = rationals("1 1 1/2")
WILD_SCALES = (*SCALES, *rationals("1/100 100"))
COMPONENT = "component"


def draw_symbol(rng: Random, facts: dict[str, Json], style: str, dimensions: dict[str, int]) -> Any:
    """A random value for a symbol: a number, a vector of them, or the entries of c (A A^T + 1), row by row."""
    sign, extents = facts["sign"], [integer(d, dimensions) for d in facts["shape"]]
    if sign == SIGN:
        if len(extents) != 2 or extents[0] != extents[1]:
            raise Unsupported("a covariance that is no square matrix")
        return _draw_matrix(rng, extents[0], style)
    if len(extents) > 1:
        raise Unsupported("a symbol with a matrix shape")
    if not extents:
        return draw_number(rng, sign, style)
    return tuple(draw_number(rng, sign, style) for _ in range(extents[0]))


def _draw_matrix(rng: Random, n: int, style: str) -> tuple[fmpq, ...]:
    if style == "flat":
        return diagonal([ONE] * n)
    entries = (fmpq(0), ONE) if style == "tiny" else ENTRIES
    root = fmpq_mat(n, n, [rng.choice(entries) for _ in range(n * n)])
    unit = fmpq_mat(n, n, list(diagonal([ONE] * n)))
    scales = TINY_SCALES if style == "tiny" else WILD_SCALES if style in ("wild", "sparse") else SCALES
    scale = rng.choice(scales)
    return tuple(v * scale for v in (root * root.transpose() + unit).entries())


def diagonal(values: list[fmpq]) -> tuple[fmpq, ...]:
    """A diagonal matrix, row by row."""
    n = len(values)
    return tuple(values[i] if i == j else fmpq(0) for i in range(n) for j in range(n))


def simpler(matrix: tuple[fmpq, ...]) -> list[tuple[fmpq, ...]]:
    """Matrices of the same size that are easier to compute with."""
    n = _size(matrix)
    steps = [fmpq(i + 1) for i in range(n)]
    close = tuple(fmpq(2) if i == j else ONE for i in range(n) for j in range(n))
    return [*(diagonal([c] * n) for c in (ONE, fmpq(2), HALF)), diagonal(steps), diagonal(steps[::-1]), close]


def shown(matrix: tuple[fmpq, ...]) -> str:
    """For instance ``((2, 1), (1, 2))``."""
    n = _size(matrix)
    return f"({', '.join('(' + ', '.join(map(str, matrix[n * i : n * i + n])) + ')' for i in range(n))})"


def _size(matrix: tuple[fmpq, ...]) -> int:
    return next(n for n in range(1, len(matrix) + 1) if n * n == len(matrix))


def is_matrix(signature: Signature, symbol: str) -> bool:
    """Whether a symbol stands for a matrix."""
    return len(signature.symbols[symbol]["shape"]) == 2


def _name(program: Program, term: Json) -> str:
    if term[0] != "sym" or program.signature.symbols[term[1]]["sign"] != SIGN or ("sym", term[1]) in program.volatile:
        raise Unsupported("a matrix that is no symbol with a value")
    name: str = term[1]
    return name


def _derived(name: str, env: Env) -> tuple[int, list[Value], list[Value], fmpq]:
    """The size, entries, inverse and determinant of a symbol's matrix in a model."""
    memory = env[0].memory
    found: tuple[int, list[Value], list[Value], fmpq] | None = memory.get(("matrix", name))
    if found is None:
        entries, number = env[0].model.symbols[name], env[0].field.number
        size = _size(entries)
        matrix = fmpq_mat(size, size, list(entries))
        minors = [
            fmpq_mat(n, n, [entries[size * i + j] for i in range(n) for j in range(n)]) for n in range(1, size + 1)
        ]
        if matrix != matrix.transpose() or any(minor.det() <= 0 for minor in minors):
            raise DoesNotExist("a covariance that is not positive definite")
        inverse = [number(v) for v in matrix.inv().entries()]
        found = memory["matrix", name] = size, [number(v) for v in entries], inverse, matrix.det()
    return found


def eigenvalue(program: Program, term: Json) -> Closure:
    """An eigenvalue of a symmetric matrix of at most two rows, by its rank: larger ones need roots of cubics."""
    _, places, rank, body = term
    spans = [program.signature.indices[k] for _, k in places]
    if spans[0] != spans[1]:
        raise Unsupported("eigenvalues of a matrix that is not square")
    lower, upper, number = (program.integer(t) for t in (spans[0]["lower"], spans[0]["upper"], rank))
    row, column = (program.place("idx", k) for _, k in places)
    (own,) = program.inside([("idx", k) for _, k in places], body)
    power, vanishes = program.field.power, program.field.vanishes

    def value(env: Env) -> Value:
        span, wanted = range(lower(env), upper(env) + 1), number(env)
        if not 1 <= wanted <= len(span):
            raise DoesNotExist("an eigenvalue that the matrix has not")
        if len(span) > 2:
            raise Unsupported("eigenvalues of a matrix of more than two rows")
        outer, entries = (env[row], env[column]), []
        try:
            for env[row] in span:
                for env[column] in span:
                    entries.append(own(env))
        finally:
            env[row], env[column] = outer
        if len(span) == 1:
            return entries[0]
        a, b, c, d = entries
        if not vanishes(b - c):
            raise Unsupported("eigenvalues of a matrix that is not known to be symmetric")
        half = program.field.number(HALF)
        mean, fall = (a + d) * half, (a - d) * half
        apart = power(fall * fall + b * b, Fraction(1, 2))
        return mean + apart if wanted == 1 else mean - apart

    return value


def entry(program: Program, term: Json) -> Closure:
    """An entry of a matrix or of its inverse."""
    name, row, column = _name(program, term[1]), program.position(term[2]), program.position(term[3])
    inverse = term[0] == "inverse"

    def value(env: Env) -> Value:
        n, own, inverted, _ = _derived(name, env)
        i, j = row(env), column(env)
        if i >= n or j >= n:
            raise Unsupported("an entry outside of a matrix")
        return (inverted if inverse else own)[n * i + j]

    return value


def determinant(program: Program, term: Json) -> Closure:
    """The determinant of a matrix."""
    name, number = _name(program, term[1]), program.field.number
    return lambda env: number(_derived(name, env)[3])


def gaussian(program: Program, term: Json) -> Closure:
    """The normal density exp(-(x - m)^T S^-1 (x - m) / 2) / sqrt((2 pi)^n det S)."""
    _, point, mean, covariance = term
    name, deviations = _name(program, covariance), _vector(program, ["add", point, ["mul", ["num", "-1"], mean]])
    field = program.field
    half = field.number(HALF)

    def density(env: Env) -> Value:
        size, _, inverse, det = _derived(name, env)
        vector = deviations(env, size)
        total: Value = field.number(fmpq(size)) * field.log_two_pi() + field.log(field.number(det))
        for i in range(size):
            for j in range(size):
                total = vector[i] * vector[j] * inverse[size * i + j] + total
        exponent = -(total * half)
        return exponent.exp(field) if isinstance(exponent, GaussianSum) else field.exp(exponent)

    return density


def _vector(program: Program, term: Json) -> Callable[[Env, int], list[Value]]:
    """The components of a vector term; what is a number counts for all of them."""
    place = program.place("idx", COMPONENT)
    component = program.compile(_component(program.signature, term))

    def vector(env: Env, size: int) -> list[Value]:
        outer, values = env[place], []
        try:
            for i in range(size):
                env[place] = i + 1
                values.append(component(env))
        finally:
            env[place] = outer
        return values

    return vector


def _component(signature: Signature, term: Json) -> Json:
    head = term[0]
    if head in ARITHMETIC:
        return [head, *(_component(signature, t) for t in term[1:])]
    if head == "pow":
        return [head, _component(signature, term[1]), term[2]]
    if head not in ("sym", "var"):
        return term
    shape = (signature.symbols if head == "sym" else signature.variables)[term[1]]["shape"]
    if len(shape) > 1:
        raise Unsupported("a matrix for a vector")
    return ["at", term, ["idx", COMPONENT]] if shape else term
