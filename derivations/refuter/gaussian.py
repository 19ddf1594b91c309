"""Polynomials times exponentials of quadratic forms: what integrates exactly over the real line.

A :class:`GaussianSum` is a sum of terms ``P(x) exp(Q(x))`` with polynomials P and Q in named coordinates, Q of degree
at most two.  Sums, products, powers of single terms, logarithms and derivatives of such functions are computed exactly
over the coefficients' numbers (floats, rationals, balls, dual numbers), and a coordinate is integrated out by the
moments of the normal law: the integral of x^n exp(-a x^2 / 2 + b x) is sqrt(2 pi / a) exp(b^2 / 2a) E[X^n] with X
normal, of mean b/a and variance 1/a.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import comb
from typing import Any

from flint import arb, fmpq

from derivations.refuter.fields import HALF, DoesNotExist, Field, Unsupported, Value

Coordinate = tuple[Any, ...]
Monomial = tuple[tuple[Coordinate, int], ...]
Polynomial = dict[Monomial, Value]
Term = tuple[Polynomial, Polynomial]

TERMS = 60
DEGREE = 24


class GaussianSum:
    """The sum of ``P exp(Q)`` over its terms, a pair of polynomials each.

    >>> from derivations.refuter.fields import BALLS
    >>> x = GaussianSum.coordinate(("x",), fmpq(1))
    >>> moment = (x * x * normal_density(x, fmpq(1), fmpq(3), BALLS)).integrated([("x",)], BALLS)
    >>> bool(moment.overlaps(arb(4)))
    True
    """

    __slots__ = ("terms",)

    def __init__(self, terms: list[Term]) -> None:
        if len(terms) > TERMS:
            raise Unsupported("a Gaussian integrand with too many terms")
        self.terms = terms

    @classmethod
    def coordinate(cls, name: Coordinate, one: Value) -> GaussianSum:
        """A coordinate as a function."""
        return cls([({((name, 1),): one}, {})])

    @classmethod
    def polynomial(cls, value: Polynomial) -> GaussianSum:
        """A polynomial as a function."""
        return cls([(value, {})] if value else [])

    def _lifted(self, other: Value) -> GaussianSum:
        if isinstance(other, GaussianSum):
            return other
        return GaussianSum([] if _zero(other) else [({(): other}, {})])

    def __add__(self, other: Value) -> GaussianSum:
        terms = [(dict(p), q) for p, q in self.terms]
        for polynomial, exponent in self._lifted(other).terms:
            for own, q in terms:
                if q == exponent:
                    _accumulate(own, polynomial.items())
                    break
            else:
                terms.append((dict(polynomial), exponent))
        return GaussianSum([t for t in terms if t[0]])

    __radd__ = __add__

    def __mul__(self, other: Value) -> GaussianSum:
        if not isinstance(other, GaussianSum):
            scaled = [({m: c * other for m, c in p.items()}, q) for p, q in self.terms]
            return GaussianSum([(kept, q) for p, q in scaled if (kept := _without_zeros(p))])
        result = GaussianSum([])
        for p, q in self.terms:
            for r, s in other.terms:
                product = GaussianSum([(_product(p, r), _sum(q, s))])
                result = result + product if result.terms else product
        return result

    __rmul__ = __mul__

    def __neg__(self) -> GaussianSum:
        return GaussianSum([({m: -c for m, c in p.items()}, q) for p, q in self.terms])

    def __sub__(self, other: Value) -> GaussianSum:
        return self + (-other)

    def __rsub__(self, other: Value) -> GaussianSum:
        return -self + other

    def __abs__(self) -> Value:
        raise Unsupported("an absolute value of a function of real numbers")

    def vanishes(self) -> bool:
        """Whether this is the zero function."""
        return not self.terms

    def single(self) -> tuple[Value, Polynomial]:
        """The constant c and the quadratic Q of ``c exp(Q)``."""
        if len(self.terms) == 1:
            polynomial, exponent = self.terms[0]
            if set(polynomial) == {()}:
                return polynomial[()], exponent
        raise Unsupported("a logarithm or power of a sum of Gaussian terms")

    def log(self, field: Field) -> GaussianSum:
        """The logarithm of ``c exp(Q)``, the polynomial Q + log c."""
        constant, exponent = self.single()
        shift = field.log(constant)
        return GaussianSum.polynomial(exponent) + shift

    def exp(self, field: Field) -> GaussianSum:
        """The exponential of a polynomial of degree at most two."""
        total: Polynomial = {}
        for polynomial, exponent in self.terms:
            if exponent:
                raise Unsupported("an exponential of an exponential")
            _accumulate(total, polynomial.items())
        if any(_degree(m) > 2 for m in total):
            raise Unsupported("an exponential of a polynomial of degree above two")
        return GaussianSum([({(): field.number(fmpq(1))}, total)])

    def power(self, exponent: Fraction, field: Field) -> GaussianSum:
        """Natural powers, and all powers of ``c exp(Q)`` with c > 0."""
        if exponent.denominator == 1 and exponent > 0:
            result = self
            for _ in range(exponent.numerator - 1):
                result = result * self
            return result
        constant, quadratic = self.single()
        scale = field.number(fmpq(exponent.numerator, exponent.denominator))
        return GaussianSum([({(): field.power(constant, exponent)}, {m: c * scale for m, c in quadratic.items()})])

    def integrated(self, coordinates: Iterable[Coordinate], field: Field) -> Value:
        """The integral over the real line of some coordinates; a number if none are left."""
        result = self
        for coordinate in coordinates:
            pieces = [_integrated(p, q, coordinate, field) for p, q in result.terms]
            result = GaussianSum([])
            for piece in pieces:
                result = result + piece
        return result.collapsed(field)

    def collapsed(self, field: Field) -> Value:
        """A number instead of a constant function."""
        if any(m for p, q in self.terms for m in (*p, *q)):
            return self
        total: Value = field.number(fmpq(0))
        for p, q in self.terms:
            total = total + (p[()] * field.exp(q[()]) if q else p[()])
        return total

    def derivative(self, coordinate: Coordinate) -> GaussianSum:
        """The partial derivative in a coordinate."""
        result = GaussianSum([])
        for p, q in self.terms:
            slope = _sum(_derivative(p, coordinate), _product(p, _derivative(q, coordinate)))
            if slope:
                result = result + GaussianSum([(slope, q)])
        return result

    def sloped(self, value: Callable[[Value], Value], slope: Callable[[Value], Value]) -> GaussianSum:
        """The derivative in a parameter of the coefficients, of which *value* and *slope* are the two parts."""
        result = GaussianSum([])
        for p, q in self.terms:
            inner = _without_zeros({m: slope(c) for m, c in p.items()})
            outer = _without_zeros({m: slope(c) for m, c in q.items()})
            still = {m: value(c) for m, c in p.items()}
            total = _sum(inner, _product(still, outer))
            if total:
                result = result + GaussianSum([(total, {m: value(c) for m, c in q.items()})])
        return result

    def substituted(self, values: Mapping[Coordinate, Value], field: Field) -> Value:
        """The function with numbers or polynomials put in for coordinates."""
        result: Value = GaussianSum([])
        for p, q in self.terms:
            factor = _evaluated(p, values, field)
            exponent = _evaluated(q, values, field)
            result = result + factor * exponent.exp(field)
        return result.collapsed(field)


def normal_density(point: Value, mean: Value, variance: Value, field: Field) -> GaussianSum:
    """The normal density as exp(-(x - m)^2 / 2v - log(2 pi v) / 2)."""
    if isinstance(variance, GaussianSum):
        raise Unsupported("a normal law whose variance is a function of real numbers")
    if not positive(variance):
        raise DoesNotExist("a normal law without a positive variance")
    deviation = point - mean
    half = field.number(HALF)
    exponent = deviation * deviation * (half * field.power(variance, Fraction(-1)))
    return (-(exponent + half * (field.log_two_pi() + field.log(variance)))).exp(field)


def positive(value: Value) -> bool:
    """Whether a number, or the value of a dual number, is positive for certain."""
    if hasattr(value, "value"):
        return positive(value.value)
    return bool(value > 0) if isinstance(value, (float, fmpq, arb)) else bool(value.ball() > 0)


def _integrated(polynomial: Polynomial, exponent: Polynomial, x: Coordinate, field: Field) -> GaussianSum:
    half, one = field.number(HALF), field.number(fmpq(1))
    precision: Value = None
    slope: Polynomial = {}
    rest: Polynomial = {}
    for monomial, c in exponent.items():
        degree, others = _apart(monomial, x)
        if degree == 0:
            rest[monomial] = c
        elif degree == 1:
            slope[others] = c
        else:
            precision = -(c + c)
    if precision is None or not positive(precision):
        raise DoesNotExist("an integral over the real line that diverges")
    variance = field.power(precision, Fraction(-1))
    mean = {m: c * variance for m, c in slope.items()}
    shift = {m: c * half for m, c in _product(slope, mean).items()}
    constant = half * (field.log_two_pi() - field.log(precision))
    outer = _sum(_sum(rest, shift), {(): constant})
    total: Polynomial = {}
    powers: list[Polynomial] = [{(): one}]
    for monomial, c in polynomial.items():
        n, others = _apart(monomial, x)
        if n > DEGREE:
            raise Unsupported("a moment of high order")
        while len(powers) <= n:
            powers.append(_product(powers[-1], mean))
        odd, spread = 1, one
        for k in range(n // 2 + 1):
            weight = field.number(fmpq(comb(n, 2 * k) * odd)) * spread * c
            _accumulate(total, ((_times(others, m), weight * d) for m, d in powers[n - 2 * k].items()))
            odd, spread = odd * (2 * k + 1), spread * variance
    return GaussianSum([(total, outer)]) if total else GaussianSum([])


def _apart(monomial: Monomial, x: Coordinate) -> tuple[int, Monomial]:
    degree = next((e for c, e in monomial if c == x), 0)
    return degree, tuple(f for f in monomial if f[0] != x) if degree else monomial


def _degree(monomial: Monomial) -> int:
    return sum(e for _, e in monomial)


def _times(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    degrees = dict(a)
    for c, e in b:
        degrees[c] = degrees.get(c, 0) + e
    return tuple(sorted(degrees.items()))


def _zero(value: Value) -> bool:
    if isinstance(value, (float, fmpq, int)):
        return value == 0
    return bool(value.is_zero()) if isinstance(value, arb) else bool(value.vanishes())


def _without_zeros(p: Polynomial) -> Polynomial:
    return {m: c for m, c in p.items() if not _zero(c)}


def _accumulate(into: Polynomial, items: Iterable[tuple[Monomial, Value]]) -> None:
    for m, c in items:
        total = into[m] + c if m in into else c
        if _zero(total):
            into.pop(m, None)
        else:
            into[m] = total


def _sum(a: Polynomial, b: Polynomial) -> Polynomial:
    if not a or not b:
        return a or b
    result = dict(a)
    _accumulate(result, b.items())
    return result


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for m, c in a.items():
        _accumulate(result, ((_times(m, n), c * d) for n, d in b.items()))
    return result


def _derivative(p: Polynomial, x: Coordinate) -> Polynomial:
    result: Polynomial = {}
    for monomial, c in p.items():
        degree, others = _apart(monomial, x)
        if degree:
            lowered = _times(others, ((x, degree - 1),)) if degree > 1 else others
            _accumulate(result, [(lowered, c * degree)])
    return result


def _evaluated(p: Polynomial, values: Mapping[Coordinate, Value], field: Field) -> GaussianSum:
    one = field.number(fmpq(1))
    result = GaussianSum([])
    for monomial, c in p.items():
        term = GaussianSum([({(): c}, {})])
        for coordinate, degree in monomial:
            value = values.get(coordinate, None)
            factor = GaussianSum.coordinate(coordinate, one) if value is None else value
            for _ in range(degree):
                term = term * factor
        result = result + term
    return result
