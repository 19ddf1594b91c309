"""Derivatives in symbols by dual numbers a + b eps, eps^2 = 0 (Clifford, 1871; Griewank and Walther, 2008, ch. 3).

Each gradient has its own eps, told apart by a *tag*; the dual numbers of an inner gradient have those of outer ones as
coefficients, so that nested gradients are not confused.  A law or a function that depends on the symbol through its
parameters or arguments is smooth there: its table is continued by random tangents (and curvatures) that keep the mass.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq

from derivations.refuter.fields import DoesNotExist, Field, Unsupported, Value
from derivations.refuter.gaussian import GaussianSum, positive
from derivations.refuter.signature import Json, free, walk

if TYPE_CHECKING:
    from derivations.refuter.evaluation import Closure, Env, Program


class Dual:
    """value + slope * eps.

    >>> square = Dual(3.0, 1.0, 1) * Dual(3.0, 1.0, 1)
    >>> square.value, square.slope
    (9.0, 6.0)
    """

    __slots__ = ("slope", "tag", "value")

    def __init__(self, value: Value, slope: Value, tag: int) -> None:
        self.value, self.slope, self.tag = value, slope, tag

    def __add__(self, other: Value) -> Value:
        if isinstance(other, GaussianSum):
            return NotImplemented
        if isinstance(other, Dual):
            if other.tag == self.tag:
                return Dual(self.value + other.value, self.slope + other.slope, self.tag)
            if other.tag > self.tag:
                return Dual(self + other.value, other.slope, other.tag)
        return Dual(self.value + other, self.slope, self.tag)

    __radd__ = __add__

    def __mul__(self, other: Value) -> Value:
        if isinstance(other, GaussianSum):
            return NotImplemented
        if isinstance(other, Dual):
            if other.tag == self.tag:
                slope = self.value * other.slope + self.slope * other.value
                return Dual(self.value * other.value, slope, self.tag)
            if other.tag > self.tag:
                return Dual(self * other.value, self * other.slope, other.tag)
        return Dual(self.value * other, self.slope * other, self.tag)

    __rmul__ = __mul__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope, self.tag)

    def __sub__(self, other: Value) -> Value:
        return self + (-other)

    def __rsub__(self, other: Value) -> Value:
        return -self + other

    def __abs__(self) -> Dual:
        if positive(self):
            return self
        if positive(-self):
            return -self
        raise DoesNotExist("the derivative of an absolute value at 0")

    def vanishes(self) -> bool:
        """Whether value and slope are exactly zero."""
        return _vanishes(self.value) and _vanishes(self.slope)

    def log(self, field: Field) -> Dual:
        """The logarithm."""
        return Dual(field.log(self.value), self.slope * field.power(self.value, Fraction(-1)), self.tag)

    def exp(self, field: Field) -> Dual:
        """The exponential."""
        value = field.exp(self.value)
        return Dual(value, self.slope * value, self.tag)

    def power(self, exponent: Fraction, field: Field) -> Dual:
        """A power with a rational exponent."""
        value = field.power(self.value, exponent)
        if exponent == 1:
            return self
        factor = field.number(fmpq(exponent.numerator, exponent.denominator))
        return Dual(value, self.slope * factor * field.power(self.value, exponent - 1), self.tag)


def _vanishes(value: Value) -> bool:
    if isinstance(value, (float, fmpq, int)):
        return value == 0
    return bool(value.is_zero()) if hasattr(value, "is_zero") else bool(value.vanishes())


def slope(value: Value, tag: int, zero: Value) -> Value:
    """The coefficient of the eps of a tag."""
    if isinstance(value, Dual):
        if value.tag == tag:
            return value.slope
        return Dual(slope(value.value, tag, zero), slope(value.slope, tag, zero), value.tag)
    if isinstance(value, GaussianSum):
        return value.sloped(lambda c: primal(c, tag), lambda c: slope(c, tag, zero))
    return zero


def primal(value: Value, tag: int) -> Value:
    """The value without the eps of a tag."""
    if isinstance(value, Dual):
        if value.tag == tag:
            return value.value
        return Dual(primal(value.value, tag), primal(value.slope, tag), value.tag)
    return value


def base(value: Value) -> Value:
    """The value without any eps."""
    while isinstance(value, Dual):
        value = value.value
    return value


def gradient(program: Program, term: Json) -> Closure:
    """The derivative of a term in a scalar symbol."""
    _, (_, name), body = term
    signature = program.signature
    if signature.symbols[name]["shape"] or name in signature.dimensions:
        raise Unsupported("a gradient in a vector or a dimension")
    if any(t[0] in ("sup", "inf") for t in walk(body)):
        raise Unsupported("a gradient of an extremum")
    for hypothesis in signature.statement.get("given", []):
        if hypothesis[0] != "markov" and any(("sym", name) in free(t) for t in hypothesis[1:]):
            raise Unsupported("a gradient in a symbol that a hypothesis restricts at one value")
    place, field = program.place("sym", name), program.field
    fresh = ("sym", name) not in program.volatile
    program.volatile.add(("sym", name))
    value = program.compile(body)
    if fresh:
        program.volatile.discard(("sym", name))
    one, zero = field.number(fmpq(1)), field.number(fmpq(0))

    def gradient(env: Env) -> Value:
        outer = env[place]
        env[0].depth += 1
        tag = env[0].depth
        env[place] = Dual(outer, one, tag)
        try:
            return slope(value(env), tag, zero)
        finally:
            env[place] = outer

    return gradient


def expanded(
    constant: Value, jet: tuple[list[Value], dict[tuple[int, int], Value]], shifts: list[Value], field: Field
) -> Value:
    """The second-order expansion of a smooth map at arguments shifted by infinitesimals."""
    first, second = jet
    total = constant
    for tangent, shift in zip(first, shifts, strict=True):
        total = total + shift * field.number(tangent)
    for (i, j), curvature in second.items():
        total = total + shifts[i] * shifts[j] * field.number(curvature / 2)
    return total


def shifts_of(values: list[Value]) -> list[Value]:
    """The infinitesimal parts of some numbers, zero for ordinary ones."""
    return [v - base(v) for v in values]


def signature_of(value: Any) -> Any:
    """A hashable form of a dual number over rationals or floats, None where it has balls."""
    if isinstance(value, Dual):
        parts = signature_of(value.value), signature_of(value.slope)
        return None if None in parts else (*parts, value.tag)
    return value if isinstance(value, (float, fmpq)) else None
