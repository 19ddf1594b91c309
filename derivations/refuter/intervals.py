"""Intervals with possibly infinite ends: what is known of a supremum, and of a body over a box.

An Arb ball cannot say "at least 3"; an interval can.  Ends are exact binary numbers, rounded outwards.  Products take
0 times infinity as 0, since every value of the body itself is finite or comes from 0 log 0 = 0.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq

from derivations.refuter.fields import DoesNotExist, Field, LogSum, Value, ball

NEGATIVE_INFINITY, INFINITY = arb.neg_inf(), arb.pos_inf()
ZERO = arb(0)


def bounds(value: Value) -> tuple[arb, arb]:
    """Lower and upper bound of a rigorous value; a NaN is bounded by nothing."""
    if isinstance(value, Interval):
        return value.low, value.high
    enclosure = ball(value)
    if enclosure.is_nan():
        return NEGATIVE_INFINITY, INFINITY
    return enclosure.lower(), enclosure.upper()


def _low(value: arb) -> arb:
    return NEGATIVE_INFINITY if value.is_nan() else value.lower()


def _high(value: arb) -> arb:
    return INFINITY if value.is_nan() else value.upper()


def _product(a: arb, b: arb) -> arb:
    return ZERO if a.is_zero() or b.is_zero() else a * b


class Interval:
    """The numbers from *low* to *high*, both included.

    >>> (Interval(arb(1), arb(2)) * -2 + 1).high
    -1.00000000000000
    """

    __slots__ = ("high", "low")

    def __init__(self, low: arb, high: arb) -> None:
        self.low, self.high = low, high

    @classmethod
    def hull(cls, low: Value, high: Value) -> Interval:
        """The interval from the lower bound of one value to the upper bound of another."""
        return cls(bounds(low)[0], bounds(high)[1])

    def __repr__(self) -> str:
        return f"Interval({self.low.str(6, radius=False)}, {self.high.str(6, radius=False)})"

    def is_finite(self) -> bool:
        """Whether at least one end is finite, so that the interval says something."""
        return bool(self.low.is_finite() or self.high.is_finite())

    def ball(self) -> arb:
        """The smallest ball around the interval."""
        return self.low.union(self.high)

    def __add__(self, other: Value) -> Interval:
        low, high = bounds(other)
        return Interval(_low(self.low + low), _high(self.high + high))

    __radd__ = __add__

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Value) -> Interval:
        low, high = bounds(other)
        return Interval(_low(self.low - high), _high(self.high - low))

    def __rsub__(self, other: Value) -> Interval:
        return -self + other

    def __mul__(self, other: Value) -> Interval:
        if self is other:
            return self._even_power(2)
        low, high = bounds(other)
        if low >= 0 and self.low >= 0:
            return Interval(_low(_product(self.low, low)), _high(_product(self.high, high)))
        corners = [_product(a, b) for a in (self.low, self.high) for b in (low, high)]
        lows, highs = [_low(c) for c in corners], [_high(c) for c in corners]
        return Interval(_least(lows), _greatest(highs))

    __rmul__ = __mul__

    def __abs__(self) -> Interval:
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(ZERO, _greatest([-self.low, self.high]))

    def _even_power(self, n: int) -> Interval:
        size = abs(self)
        return Interval(_low(size.low**n), _high(size.high**n))

    def log(self, field: Field) -> Interval:
        """The natural logarithm; raises where it may not exist."""
        if not self.low >= 0:
            raise DoesNotExist("the logarithm of a number that may be negative")
        low = NEGATIVE_INFINITY if self.low.is_zero() else _low(self.low.log())
        if self.high.is_zero():
            return Interval(low, NEGATIVE_INFINITY)
        return Interval(low, INFINITY if not self.high.is_finite() else _high(self.high.log()))

    def exp(self, field: Field) -> Interval:
        """The exponential."""
        low = ZERO if not self.low.is_finite() else _low(self.low.exp())
        return Interval(low, INFINITY if not self.high.is_finite() else _high(self.high.exp()))

    def power(self, exponent: Fraction, field: Field) -> Interval:
        """A power with a rational exponent; raises where it may not exist."""
        if exponent < 0:
            base = self.power(-exponent, field)
            if not (base.low >= 0 or base.high <= 0):
                raise DoesNotExist("a division by a number that may be zero")
            ends = [INFINITY if end.is_zero() else 1 / end for end in (abs(base).high, abs(base).low)]
            result = Interval(_low(ends[0]) if base.high.is_finite() else ZERO, _high(ends[1]))
            return result if base.low >= 0 else -result
        if exponent.denominator == 1:
            n = exponent.numerator
            return self._even_power(n) if n % 2 == 0 else Interval(_low(self.low**n), _high(self.high**n))
        if not self.low >= 0:
            raise DoesNotExist("a root of a number that may be negative")
        n, root = exponent.numerator, exponent.denominator
        high = INFINITY if not self.high.is_finite() else _high(self.high.root(root) ** n)
        return Interval(_low(self.low.root(root) ** n), high)

    def vanishes(self) -> bool:
        """Whether the interval is the number 0."""
        return bool(self.low.is_zero() and self.high.is_zero())

    def split(self) -> tuple[Interval, Interval]:
        """Two halves; an infinite interval is cut far out."""
        if self.low.is_finite() and self.high.is_finite():
            middle = ((self.low + self.high) / 2).mid()
        elif self.low.is_finite():
            middle = (self.low * 4 + 1).mid() if self.low >= 0 else arb(1)
        else:
            middle = (self.high * 4 - 1).mid() if self.high <= 0 else (arb(-1) if self.high.is_finite() else ZERO)
        return Interval(self.low, middle), Interval(middle, self.high)

    def width(self) -> float:
        """The width, infinite for an infinite interval."""
        return float(self.high - self.low) if self.low.is_finite() and self.high.is_finite() else float("inf")

    def inner(self) -> fmpq:
        """A rational number inside, not at an end unless they coincide."""
        cut = self.split()[0].high
        return exact(cut)


def relative_entropy(a: Value, b: Value) -> Interval:
    """a log(a / b) for non-negative intervals: convex in a, least (-b / e) at a = b / e, and decreasing in b."""
    (a_low, a_high), (b_low, b_high) = bounds(a), bounds(b)
    if not (a_low >= 0 and b_low >= 0):
        raise DoesNotExist("a divergence of densities that may be negative")
    turn = b_high / arb(1).exp()
    if a_high <= turn.lower():
        low = _relative(a_high, b_high)
    elif a_low >= turn.upper():
        low = _relative(a_low, b_high)
    else:
        low = -turn
    return Interval(_low(low), _greatest([_high(_relative(a_low, b_low)), _high(_relative(a_high, b_low))]))


def _relative(a: arb, b: arb) -> arb:
    if a.is_zero():
        return ZERO
    return a * (a / b).log() if b > 0 else INFINITY


def exact(value: arb) -> fmpq:
    """The rational number that an exact ball is."""
    mantissa, exponent = value.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def _least(values: list[arb]) -> arb:
    best = values[0]
    for v in values[1:]:
        if v < best:
            best = v
    return best


def _greatest(values: list[arb]) -> arb:
    best = values[0]
    for v in values[1:]:
        if v > best:
            best = v
    return best


def greatest(values: list[Value]) -> Value:
    """The maximum of rigorous values: one of them if it is no less than the others for certain, else an interval."""
    limits = [bounds(v) for v in values]
    floor = _greatest([low for low, _ in limits])
    rivals = [v for v, (_, high) in zip(values, limits, strict=True) if high >= floor]
    first = rivals[0]
    if all(isinstance(v, fmpq) for v in rivals):
        return max(rivals)
    if all(v is first or _equal(v, first) for v in rivals):
        return first
    return Interval(floor, _greatest([high for _, high in limits]))


def _equal(a: Value, b: Value) -> bool:
    return isinstance(a, (fmpq, LogSum)) and isinstance(b, (fmpq, LogSum)) and (a - b == 0 or _zero(a - b))


def _zero(value: Value) -> bool:
    return isinstance(value, LogSum) and value.vanishes()
