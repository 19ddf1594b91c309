"""Log-densities in exact form: what all numeric routes of this wing share.

Every continuous law of `numerics.laws` has, on its support, a log-density of the shape

    constant + linear (x - centre) + quadratic (x - centre)^2 + sum_i k_i |x - m_i|
             + left log(x - lower) + right log(upper - x)

with rational coefficients and a constant made of logs and log-gammas of rationals. `LogForm` is that expression.
To keep it exact has three uses. Differences of log-densities are formed before anything is rounded, so that the logs
and the large terms that cancel on paper cancel here. The same object evaluates in floating point, in tensors and in
balls. And tails can be bounded by inequalities about the coefficients.

Main definitions: `rational` (what a parameter may be), `Constant`, `LogForm`, `cut_points`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flint import arb, fmpq

__all__ = ["Constant", "LogForm", "Parameter", "cut_points", "positive", "rational", "rationals", "to_fmpq"]

Parameter = int | float | str | Fraction | Decimal


def rational(value: Any, name: str) -> Fraction:
    """The exact number that a parameter stands for.

    Integers, fractions, decimals and strings ("0.3", "3/10") stand for themselves. A float stands for the shortest
    decimal that prints as it, so that 0.3 means 3/10; its float value is unchanged by the round trip.

    Raises ValueError for NaN, infinities and text that is no number, TypeError for other types.

    >>> rational(0.3, "mean"), rational("1/3", "mean")
    (Fraction(3, 10), Fraction(1, 3))
    >>> rational(float("nan"), "mean")
    Traceback (most recent call last):
    ...
    ValueError: mean is nan; give a finite number
    """
    if isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; give a number")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, str):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{name} is {value!r}; give a finite number, for example '0.3' or '3/10'") from error
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{name} is {value}; give a finite number")
        return Fraction(value)
    # NumPy and PyTorch scalars (and 0-d arrays) convert by __float__ or __index__; strings were handled above.
    if getattr(value, "ndim", 0) != 0 or not hasattr(value, "__float__"):
        raise TypeError(f"{name} is {value!r}; give one number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} is {number}; give a finite number")
    return Fraction(repr(number))


def positive(value: Any, name: str) -> Fraction:
    """`rational`, for a parameter that must be greater than zero.

    >>> positive(-1, "scale")
    Traceback (most recent call last):
    ...
    ValueError: scale is -1; it must be > 0
    """
    number = rational(value, name)
    if number <= 0:
        raise ValueError(f"{name} is {value}; it must be > 0")
    return number


def rationals(values: Iterable[Any], name: str) -> tuple[Fraction, ...]:
    """`rational` for each entry of a non-empty sequence.

    >>> rationals([0.5, "1/3"], "weights")
    (Fraction(1, 2), Fraction(1, 3))
    """
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise TypeError(f"{name} is {values!r}; give a sequence of numbers, for example [{values!r}]")
    entries = tuple(rational(value, f"{name}[{i}]") for i, value in enumerate(values))
    if not entries:
        raise ValueError(f"{name} is empty; give at least one number")
    return entries


def to_fmpq(value: Fraction) -> fmpq:
    """The same number for python-flint."""
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


@dataclass(frozen=True)
class Constant:
    """A sum of coefficient * kind(argument): kind is "one", "log", "log2pi" or "lgamma", all numbers rational.

    >>> half_log_two = Constant.of(("log", Fraction(2), Fraction(1, 2)))
    >>> round(float(half_log_two), 6), (half_log_two - half_log_two).terms
    (0.346574, ())
    """

    terms: tuple[tuple[str, Fraction, Fraction], ...] = ()

    @classmethod
    def of(cls, *terms: tuple[str, Fraction, Fraction]) -> Constant:
        total: dict[tuple[str, Fraction], Fraction] = {}
        for kind, argument, coefficient in terms:
            total[kind, argument] = total.get((kind, argument), Fraction(0)) + coefficient
        return cls(tuple((kind, argument, c) for (kind, argument), c in sorted(total.items()) if c))

    @classmethod
    def rational(cls, value: Fraction) -> Constant:
        return cls.of(("one", Fraction(1), value))

    @classmethod
    def log(cls, argument: Fraction, coefficient: Fraction | int = 1) -> Constant:
        # log 1 = 0, and dropping it lets a mixture with one component equal that component.
        return cls() if argument == 1 else cls.of(("log", argument, Fraction(coefficient)))

    def __add__(self, other: Constant) -> Constant:
        return Constant.of(*self.terms, *other.terms)

    def __sub__(self, other: Constant) -> Constant:
        return Constant.of(*self.terms, *((kind, argument, -c) for kind, argument, c in other.terms))

    def __float__(self) -> float:
        return math.fsum(float(c) * _CONSTANTS[kind](argument) for kind, argument, c in self.terms)

    def ball(self) -> arb:
        """The constant as a ball, at the working precision of python-flint."""
        from flint import arb

        total = arb(0)
        for kind, argument, coefficient in self.terms:
            x = arb(to_fmpq(argument))
            if kind == "log":
                x = x.log()
            elif kind == "lgamma":
                x = x.lgamma()
            elif kind == "log2pi":
                x = (2 * arb.pi()).log()
            total += x * to_fmpq(coefficient)
        return total


def _log(argument: Fraction) -> float:
    # Numerator and denominator may be beyond the floats although their quotient's log is not.
    return math.log(argument.numerator) - math.log(argument.denominator)


_CONSTANTS: dict[str, Callable[[Fraction], float]] = {
    "one": float,
    "log": _log,
    "log2pi": lambda _: math.log(2 * math.pi),
    "lgamma": lambda argument: math.lgamma(float(argument)),
}


@dataclass(frozen=True)
class LogForm:
    """The log-density of one component of a law on the line, exact, in the shape given at the head of this module.

    `lower` and `upper` are the ends of the support, None where it is infinite. `centre` and `scale` say where the mass
    sits: they place cuts and standardise samples; they do not enter the values apart from the polynomial's centre.
    `kinks` are pairs (m_i, k_i); `left` and `right` are the coefficients of log(x - lower) and log(upper - x).

    >>> laplace = LogForm(centre=Fraction(0), scale=Fraction(1), constant=Constant.log(Fraction(1, 2)),
    ...                   kinks=((Fraction(0), Fraction(-1)),))
    >>> round(laplace(3.0), 6)
    -3.693147
    """

    centre: Fraction
    scale: Fraction
    constant: Constant
    linear: Fraction = Fraction(0)
    quadratic: Fraction = Fraction(0)
    kinks: tuple[tuple[Fraction, Fraction], ...] = ()
    lower: Fraction | None = None
    upper: Fraction | None = None
    left: Fraction = Fraction(0)
    right: Fraction = Fraction(0)

    def recentred(self, centre: Fraction) -> LogForm:
        """The same function with its polynomial written about another centre."""
        shift = centre - self.centre
        moved = Constant.rational(self.linear * shift + self.quadratic * shift**2)
        return replace(
            self,
            centre=centre,
            linear=self.linear + 2 * self.quadratic * shift,
            constant=self.constant + moved,
        )

    def in_noise(self, centre: Fraction, scale: Fraction) -> LogForm:
        """The same function of e, where x = centre + scale * e: a change of variable, without its Jacobian."""
        moved = self.recentred(centre)
        log_scale = Constant.log(scale)
        constant = moved.constant
        # log(x - lower) = log scale + log(e - e_lower)
        for power in (self.left, self.right):
            constant += Constant.of(*((k, a, c * power) for k, a, c in log_scale.terms))
        return LogForm(
            centre=Fraction(0),
            scale=self.scale / scale,
            constant=constant,
            linear=moved.linear * scale,
            quadratic=moved.quadratic * scale**2,
            kinks=tuple(((m - centre) / scale, k * scale) for m, k in self.kinks),
            lower=None if self.lower is None else (self.lower - centre) / scale,
            upper=None if self.upper is None else (self.upper - centre) / scale,
            left=self.left,
            right=self.right,
        )

    def covers(self, lower: Fraction | None, upper: Fraction | None) -> bool:
        """Whether the interval from `lower` to `upper` (None is infinite) lies in the support."""
        left = self.lower is None or (lower is not None and lower >= self.lower)
        return left and (self.upper is None or (upper is not None and upper <= self.upper))

    def __call__(self, x: Any) -> Any:
        """The value in floating point: a number, or an array of NumPy, elementwise; -inf off the support."""
        import numpy as np

        d = np.asarray(x, dtype=float) - float(self.centre)
        value = float(self.constant) + (float(self.linear) + float(self.quadratic) * d) * d
        for point, coefficient in self.kinks:
            value = value + float(coefficient) * np.abs(d - float(point - self.centre))
        outside = np.zeros(d.shape, dtype=bool)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.lower is not None:
                from_left = d - float(self.lower - self.centre)
                outside |= from_left < 0
                if self.left:
                    value = value + float(self.left) * np.log(from_left)
            if self.upper is not None:
                from_right = float(self.upper - self.centre) - d
                outside |= from_right < 0
                if self.right:
                    value = value + float(self.right) * np.log(from_right)
        value = np.where(outside, -np.inf, value)
        return value if value.ndim else float(value)


def cut_points(forms: Iterable[LogForm]) -> list[Fraction]:
    """Where a piecewise analytic expression in these log-densities may fail to be analytic: ends and kinks, sorted.

    >>> flat = LogForm(Fraction(1), Fraction(1), Constant(), lower=Fraction(0), upper=Fraction(2))
    >>> cut_points([flat])
    [Fraction(0, 1), Fraction(2, 1)]
    """
    points: set[Fraction] = set()
    for form in forms:
        points.update(end for end in (form.lower, form.upper) if end is not None)
        points.update(point for point, _ in form.kinks)
    return sorted(points)
