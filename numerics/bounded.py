"""Numbers with a proved error bound, in decimals, and the search for as many digits as were asked for.

Main definitions: `Enclosure`, `EnclosureError`, `certified`. Import the first two from `numerics.enclosure`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flint import arb, ctx

__all__ = ["Enclosure", "EnclosureError", "certified"]


class EnclosureError(ArithmeticError):
    """The digits asked for could not be certified within the limit, or at all."""


@dataclass(frozen=True)
class Enclosure:
    """All numbers within `rad` of `mid`, both decimal strings: the true value is one of them.

    `mid` is "inf" for a divergence that is exactly infinite.

    >>> third = Enclosure("0.33333", "0.00001")
    >>> Fraction(1, 3) in third, 0.34 in third, third.digits
    (True, False, 4)
    """

    mid: str
    rad: str

    def __post_init__(self) -> None:
        if self.is_finite and not Decimal(self.rad) >= 0:
            raise ValueError(f"rad is {self.rad}; a radius is >= 0")

    @classmethod
    def of(cls, ball: arb, digits: int) -> Enclosure:
        """The decimal enclosure of a ball: decimal rounding goes into the radius."""
        text = ball.str(digits, more=True)
        if "+/-" not in text:
            exact = Decimal(text)
            return cls("0" if exact == 0 else text, "0")
        mid, rad = text.strip("[]").split("+/-")
        return cls(mid.strip() or "0", rad.strip())

    @property
    def is_finite(self) -> bool:
        return self.mid != "inf"

    @property
    def lower(self) -> Fraction:
        """The exact lower end. Raises ValueError for an infinite value."""
        self._check()
        return Fraction(self.mid) - Fraction(self.rad)

    @property
    def upper(self) -> Fraction:
        """The exact upper end. Raises ValueError for an infinite value."""
        self._check()
        return Fraction(self.mid) + Fraction(self.rad)

    @property
    def digits(self) -> int:
        """How many significant digits are certain; a large number (999) for an exact value."""
        if not self.is_finite or Decimal(self.rad) == 0:
            return 999
        if Decimal(self.mid) == 0:
            return 0
        return max(0, math.floor((abs(Decimal(self.mid)) / Decimal(self.rad)).log10()))

    def _check(self) -> None:
        if not self.is_finite:
            raise ValueError("the value is infinite and has no finite ends; ask is_finite first")

    def __contains__(self, value: Fraction | int | float | str) -> bool:
        """Whether a number lies inside; a float by its exact binary value."""
        if not self.is_finite:
            return value == math.inf
        if isinstance(value, float) and not math.isfinite(value):
            return False
        return self.lower <= Fraction(value) <= self.upper

    def overlaps(self, other: Enclosure) -> bool:
        """Whether the two can be the same number."""
        if not self.is_finite or not other.is_finite:
            return self.is_finite == other.is_finite
        return self.lower <= other.upper and other.lower <= self.upper

    def __float__(self) -> float:
        return float(self.mid)

    def as_json(self) -> dict[str, str]:
        """{"mid": ..., "rad": ...}, decimal strings."""
        return {"mid": self.mid, "rad": self.rad}

    def __str__(self) -> str:
        return f"{self.mid} +/- {self.rad}"


def certified(value: Callable[[arb, list[int]], arb], digits: int, limit: int) -> Enclosure:
    """An enclosure of radius at most 10^-digits max(|v|, 10^-digits), from `value(tolerance, budget)`.

    `value` computes a ball at the working precision, aiming at an absolute error `tolerance`; `budget[0]` is how many
    evaluations it may make, which it counts down. The first round aims at `digits` decimals; the next ones at what the
    first found out about the size of the value and the digits lost.

    Raises ValueError for digits below 1 and EnclosureError when the limit is spent or four rounds do not suffice.
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits is {digits!r}; ask for a whole number of digits, at least 1")
    if limit < 1:
        raise ValueError(f"limit is {limit}; allow at least one evaluation")
    budget = [limit]
    decimals = working = digits + 3
    radius = arb("inf")
    for _ in range(4):
        with ctx.workprec(math.ceil(3.33 * (working + 8)) + 10):
            ball = value(arb(10) ** (-decimals), budget)
            if ball.is_finite():
                radius = ball.rad()
                size = abs(ball).lower()
                floor = arb(10) ** (-digits)
                wanted = floor * (size if size > floor else floor)
                if ball.is_exact() or radius <= wanted * arb("0.9"):
                    return Enclosure.of(ball, digits + 3)
                # What is missing: digits of the goal, and digits that rounding has eaten.
                lost = math.ceil(float((radius * arb(10) ** decimals + 1).log().upper()) / math.log(10))
                size_digits = -math.floor(float((abs(ball).upper() + floor**2).log().lower()) / math.log(10))
                decimals = digits + 3 + min(digits, max(0, size_digits))
                working = decimals + lost + max(0, -size_digits)
            else:
                working *= 2
        if budget[0] <= 0:
            break
    raise EnclosureError(
        f"{digits} digits not reached within {limit} evaluations: the radius is {radius.str(3, radius=False)}; "
        "ask for fewer digits or raise the limit"
    )
