"""Arithmetic in which a statement is evaluated: floats look for counterexamples, balls and exact numbers keep them.

The closures of :mod:`derivations.refuter.evaluation` add and multiply with Python's operators and ask a *field* for
everything else, so the same closures run on

* ``FLOATS``: Python floats, fast and without any guarantee; they only choose what is looked at more closely;
* ``BALLS``: exact rationals (``fmpq``) as long as possible, then Arb balls at the current precision;
* ``EXACT``: as ``BALLS``, but rational combinations of logarithms of rationals stay exact (:class:`LogSum`), so that
  two equal values can be shown to be equal.

Values may be infinite; what does not exist at all (a division by zero, the logarithm of a negative number) raises
:class:`DoesNotExist`.  Infinity minus infinity is a NaN, which no comparison accepts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

Value = Any
"""float, fmpq, arb, LogSum, or a structured number (dual number, Gaussian sum, interval) over one of these."""

PI = -314
"""Stands for the number pi among the integers of a :class:`LogSum`."""

ZERO, ONE, HALF = fmpq(0), fmpq(1), fmpq(1, 2)
INVERSE = Fraction(-1)  # the exponent of an inverse


class DoesNotExist(ArithmeticError):
    """An expression without a value in the model at hand."""


class Unsupported(ValueError):
    """A construct that the refuter cannot evaluate rigorously; a statement with it is never refuted."""


class LogSum:
    """An exact number ``rational + sum of c * log(n)`` with rational c and n a prime or (as ``PI``) the number pi.

    >>> LogSum.of_log(fmpq(3, 4)) - LogSum.of_log(fmpq(3)) + 2 * LogSum.of_log(fmpq(2))
    LogSum(0, {})
    """

    __slots__ = ("logs", "rational")

    def __init__(self, rational: fmpq, logs: dict[int, fmpq]) -> None:
        self.rational, self.logs = rational, logs

    @classmethod
    def of_log(cls, value: fmpq) -> LogSum:
        """The logarithm of a positive rational, over the primes of its numerator and denominator."""
        logs: dict[int, fmpq] = {}
        for part, sign in ((value.p, 1), (value.q, -1)):
            for prime, exponent in fmpz(part).factor():
                logs[int(prime)] = fmpq(sign * exponent)
        return cls(ZERO, logs)

    def __repr__(self) -> str:
        return f"LogSum({self.rational}, {{{', '.join(f'{n}: {c}' for n, c in sorted(self.logs.items()))}}})"

    def ball(self) -> arb:
        """The value as a ball at the current precision."""
        return sum((c * (arb(n) if n != PI else arb.pi()).log() for n, c in self.logs.items()), arb(self.rational))

    def __add__(self, other: Value) -> Value:
        if isinstance(other, LogSum):
            logs = dict(self.logs)
            for n, c in other.logs.items():
                total = logs.get(n, ZERO) + c
                if total == 0:
                    logs.pop(n, None)
                else:
                    logs[n] = total
            return LogSum(self.rational + other.rational, logs)
        if isinstance(other, (fmpq, int)):
            return LogSum(self.rational + other, self.logs)
        if isinstance(other, arb):
            return self.ball() + other
        return NotImplemented

    __radd__ = __add__

    def __mul__(self, other: Value) -> Value:
        if isinstance(other, (fmpq, int)):
            return LogSum(self.rational * other, {n: c * other for n, c in self.logs.items()} if other != 0 else {})
        if isinstance(other, LogSum):
            if not other.logs:
                return self * other.rational
            return other * self.rational if not self.logs else self.ball() * other.ball()
        if isinstance(other, arb):
            return self.ball() * other
        return NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> LogSum:
        return self * -1

    def __sub__(self, other: Value) -> Value:
        return self + (-other)

    def __rsub__(self, other: Value) -> Value:
        return -self + other

    def __abs__(self) -> Value:
        return abs(self.ball()) if self.logs else LogSum(abs(self.rational), {})

    def vanishes(self) -> bool:
        """Whether the number is exactly 0 because nothing is left of it; enough for what is shown equal."""
        return self.rational == 0 and not self.logs


@dataclass(frozen=True)
class Field:
    """What the operators + - * do not cover, for one kind of number."""

    name: str
    number: Callable[[fmpq], Value]
    log: Callable[[Value], Value]
    exp: Callable[[Value], Value]
    power: Callable[[Value, Fraction], Value]
    pi: Callable[[], Value]
    infinity: Callable[[], Value]
    log_two_pi: Callable[[], Value]

    def vanishes(self, value: Value) -> bool:
        """Whether a value is exactly zero (a ball around zero is not)."""
        if isinstance(value, (float, fmpq)):
            return value == 0
        if isinstance(value, arb):
            return bool(value.is_zero())
        return bool(value.vanishes())


def _float_log(value: Value) -> Value:
    if type(value) is not float:
        return value.log(FLOATS)
    if value > 0:
        return math.log(value)
    if value == 0:
        return -math.inf
    raise DoesNotExist("the logarithm of a negative number")


def _float_exp(value: Value) -> Value:
    if type(value) is not float:
        return value.exp(FLOATS)
    return math.exp(value) if value < 700 else math.inf


def _float_power(value: Value, exponent: Fraction) -> Value:
    if type(value) is not float:
        return value.power(exponent, FLOATS)
    if exponent is INVERSE and value != 0:
        return 1.0 / value
    if value == 0 and exponent < 0:
        raise DoesNotExist("a division by zero")
    if exponent.denominator != 1 and value < 0:
        raise DoesNotExist("a root of a negative number")
    try:
        return value ** (exponent.numerator if exponent.denominator == 1 else float(exponent))
    except OverflowError:
        return -math.inf if value < 0 and exponent.numerator % 2 else math.inf


def _ball_log(value: Value) -> Value:
    if isinstance(value, fmpq):
        if value > 0:
            return arb(value).log() if value != 1 else ZERO
        if value == 0:
            return arb.neg_inf()
        raise DoesNotExist("the logarithm of a negative number")
    if isinstance(value, arb):
        if value < 0:
            raise DoesNotExist("the logarithm of a negative number")
        return arb.neg_inf() if value.is_zero() else value.log()
    return value.log(BALLS)


def _exact_log(value: Value) -> Value:
    if isinstance(value, fmpq) and value > 0:
        small = max(value.p.height_bits(), value.q.height_bits()) < 64  # larger numbers take long to factor
        return LogSum.of_log(value) if small else arb(value).log()
    if isinstance(value, LogSum):
        return _ball_log(value.ball())
    return value.log(EXACT) if not isinstance(value, (fmpq, arb)) else _ball_log(value)


def _ball_exp(value: Value) -> Value:
    if isinstance(value, fmpq):
        return arb(value).exp() if value != 0 else ONE
    return value.exp() if isinstance(value, arb) else value.exp(BALLS)


def _exact_exp(value: Value) -> Value:
    if isinstance(value, LogSum):
        if (
            value.rational == 0
            and PI not in value.logs
            and all(c.q == 1 and abs(c.p) < 64 for c in value.logs.values())
        ):
            result = ONE
            for n, c in value.logs.items():
                result = result * fmpq(n) ** int(c.p)
            return result
        return value.ball().exp()
    return _ball_exp(value) if isinstance(value, (fmpq, arb)) else value.exp(EXACT)


def _ball_power(value: Value, exponent: Fraction) -> Value:
    if isinstance(value, fmpq):
        if value == 0 and exponent < 0:
            raise DoesNotExist("a division by zero")
        if exponent.denominator == 1:
            return value**exponent.numerator
        if value < 0:
            raise DoesNotExist("a root of a negative number")
        if exponent.denominator == 2:
            p, q = fmpz(value.p).isqrt(), fmpz(value.q).isqrt()
            if fmpq(p, q) ** 2 == value:
                return fmpq(p, q) ** exponent.numerator
        value = arb(value)
    if not isinstance(value, arb):
        return value.power(exponent, BALLS)
    if exponent < 0 and value.is_zero():
        raise DoesNotExist("a division by zero")
    if exponent.denominator == 1:
        return value**exponent.numerator
    if value < 0:
        raise DoesNotExist("a root of a negative number")
    return value.root(exponent.denominator) ** exponent.numerator


def _exact_power(value: Value, exponent: Fraction) -> Value:
    if isinstance(value, (fmpq, arb)):
        return _ball_power(value, exponent)
    if isinstance(value, LogSum):
        return _ball_power(value.ball() if value.logs else value.rational, exponent)
    return value.power(exponent, EXACT)


FLOATS = Field(
    "floats",
    float,
    _float_log,
    _float_exp,
    _float_power,
    lambda: math.pi,
    lambda: math.inf,
    lambda: math.log(2 * math.pi),
)
BALLS = Field(
    "balls", lambda q: q, _ball_log, _ball_exp, _ball_power, arb.pi, arb.pos_inf, lambda: (2 * arb.pi()).log()
)
EXACT = Field(
    "exact",
    lambda q: q,
    _exact_log,
    _exact_exp,
    _exact_power,
    arb.pi,
    arb.pos_inf,
    lambda: LogSum(ZERO, {2: ONE, PI: ONE}),
)


def ball(value: Value) -> arb:
    """A value of ``BALLS`` or ``EXACT`` as a ball at the current precision."""
    if isinstance(value, arb):
        return value
    return arb(value) if isinstance(value, (fmpq, int)) else value.ball()


def same(left: Value, right: Value) -> bool:
    """Whether two values of ``EXACT`` are provably equal."""
    return EXACT.vanishes(left - right)
