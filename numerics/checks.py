"""What a numeric companion of a claim returns, and the false-alarm rate that all companions of a run share.

Main definitions: `Check`; `agreement`, two enclosures of one number; `disagreement`, of two different numbers;
`at_most`, of two numbers in order; `sampled`, `sampled_apart` and `sampled_at_most`, the same by Monte Carlo; `LEVEL`.

Statistical rule.  A run of all companions makes at most `COMPARISONS` Monte Carlo checks, each with an interval that
misses with probability at most `LEVEL` = `FALSE_ALARM` / `COMPARISONS`; so with right formulas the probability that any
check of a run fails is at most `FALSE_ALARM`, whatever the seed (Bonferroni).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import arb, ctx

from numerics.bounded import Enclosure

if TYPE_CHECKING:
    from numerics.montecarlo import Estimate
    from numerics.quadrature import Integral

__all__ = [
    "COMPARISONS",
    "FALSE_ALARM",
    "LEVEL",
    "METHODS",
    "Check",
    "agreement",
    "at_most",
    "ball",
    "disagreement",
    "enclosed",
    "sampled",
    "sampled_apart",
    "sampled_at_most",
]

# What can be compared: a number, or a number with its error.
Number: TypeAlias = "Enclosure | arb | Fraction | Integral | float"

METHODS = ("monte-carlo", "quadrature", "enclosure", "exact-sum", "linear-program")

FALSE_ALARM = 1e-6
COMPARISONS = 1000
LEVEL = FALSE_ALARM / COMPARISONS


@dataclass(frozen=True)
class Check:
    """One comparison of two computations.

    *value* and *reference* are numbers or enclosures ``{"mid", "rad"}`` in the units of the claim (nats unless said);
    *error* bounds their distance, or is the half-width of the interval of a Monte Carlo estimate.  *passed* says that
    they agree; for a refuted claim, that the enclosures of its two sides are disjoint.  *relation* is how the value
    then stands to the reference: ``=``, ``<=``, ``<`` or ``!=``; *samples* is the size of a Monte Carlo sample.

    >>> Check("demo", "exact-sum", 1.0, 1.0, 0.0, True).json()["method"]
    'exact-sum'
    """

    name: str
    method: str
    value: Any
    reference: Any
    error: Any
    passed: bool
    relation: str = "="
    samples: int | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method is {self.method!r}; it is one of {', '.join(METHODS)}")

    def json(self) -> dict[str, Any]:
        """The check as plain data."""
        return asdict(self)


def ball(value: Enclosure | Fraction | float) -> arb:
    """A number as a ball, at the working precision of python-flint.

    >>> ball(Enclosure("0.5", "0.25")).contains(arb("0.7")), ball(Fraction(1, 4)).is_exact()
    (True, True)
    """
    from numerics.forms import to_fmpq

    if isinstance(value, Enclosure):
        return arb(value.mid, value.rad)
    return arb(to_fmpq(value)) if isinstance(value, Fraction) else arb(value)


def enclosed(value: Number) -> Enclosure:
    """A number as an enclosure: a float or a fraction is exact, up to its decimal rounding.

    The result of a quadrature is taken with its estimate of the error, which is no proof.

    >>> enclosed(Fraction(1, 3)).digits, 0.25 in enclosed(0.25)
    (39, True)
    """
    if isinstance(value, Enclosure):
        return value
    if isinstance(value, Fraction):
        with ctx.workprec(300):
            value = ball(value)
    elif isinstance(value, float | int):
        value = arb(value)
    elif not isinstance(value, arb):
        value = arb(value.value, value.error)
    if not value.is_finite():
        raise ValueError(f"{value} is not finite; compare finite numbers")
    return Enclosure.of(value, 40)


def _distance(a: Enclosure, b: Enclosure) -> Fraction:
    """The largest distance that two enclosed numbers can have."""
    return max(a.upper - b.lower, b.upper - a.lower)


def agreement(
    name: str,
    method: str,
    value: Number,
    reference: Number,
    tolerance: float = 1e-12,
) -> Check:
    """Passed iff two numbers cannot differ by more than *tolerance*, times the reference where that is above 1.

    >>> from fractions import Fraction
    >>> agreement("thirds", "exact-sum", Fraction(1, 3), Fraction(1, 3)).passed
    True
    >>> agreement("a wrong third", "exact-sum", 0.3334, Fraction(1, 3)).passed
    False
    """
    a, b = enclosed(value), enclosed(reference)
    error = _distance(a, b)
    passed = error <= Fraction(tolerance) * max(Fraction(1), abs(Fraction(b.mid)))
    return Check(name, method, a.as_json(), b.as_json(), float(error), passed)


def disagreement(name: str, method: str, value: Number, reference: Number) -> Check:
    """Passed iff two enclosures are disjoint: the numbers are different.

    >>> disagreement("apart", "exact-sum", 1.0, 2.0).passed, disagreement("same", "exact-sum", 1.0, 1.0).passed
    (True, False)
    """
    a, b = enclosed(value), enclosed(reference)
    return Check(name, method, a.as_json(), b.as_json(), float(_distance(a, b)), not a.overlaps(b), "!=")


def at_most(
    name: str, method: str, value: Number, bound: Number, tolerance: float = 0.0, strict: bool = False
) -> Check:
    """Passed iff a number is certainly no larger than another, *tolerance* (times the bound, if above 1) aside.

    With *strict*, iff it is certainly smaller.  *error* is what is left: the least that the bound exceeds the value by.

    >>> at_most("a third", "exact-sum", Fraction(1, 3), 0.34).passed, at_most("two", "exact-sum", 2.0, 1.0).passed
    (True, False)
    >>> at_most("not less", "exact-sum", 1.0, 1.0).passed, at_most("less", "exact-sum", 1.0, 1.0, strict=True).passed
    (True, False)
    """
    a, b = enclosed(value), enclosed(bound)
    room = b.lower - a.upper
    passed = room > 0 if strict else room >= -Fraction(tolerance) * max(Fraction(1), abs(Fraction(b.mid)))
    return Check(name, method, a.as_json(), b.as_json(), float(room), passed, "<" if strict else "<=")


def sampled(
    name: str,
    estimate: Estimate,
    reference: Number,
    offset: Number = 0.0,
    tolerance: float = 1e-9,
    light_tails: bool = False,
) -> Check:
    """Passed iff the interval of ``estimate + offset`` holds the reference, give or take rounding.

    *tolerance* is the rounding error allowed, times the reference where that is above 1.  The estimate must have been
    made at `LEVEL`; raises ValueError otherwise, and for an interval that is not to be trusted.  *light_tails* says
    that the integrand has all moments, because it is bounded by a polynomial and its law is normal, say; then a sample
    that merely looks heavy-tailed is trusted, unless a few of its values carry the third moment.
    """
    low, high, centre, goal = _interval(name, estimate, reference, offset, tolerance, light_tails)
    return Check(name, "monte-carlo", centre, goal, (high - low) / 2, low <= goal <= high, "=", estimate.moments.count)


def sampled_apart(
    name: str,
    estimate: Estimate,
    reference: Number,
    offset: Number = 0.0,
) -> Check:
    """Passed iff the interval of ``estimate + offset`` misses the reference; otherwise as `sampled`."""
    low, high, centre, goal = _interval(name, estimate, reference, offset, 1e-9)
    return Check(
        name, "monte-carlo", centre, goal, (high - low) / 2, not low <= goal <= high, "!=", estimate.moments.count
    )


def sampled_at_most(
    name: str, estimate: Estimate, bound: Number, tolerance: float = 1e-9, light_tails: bool = False
) -> Check:
    """Passed unless the whole interval of the estimate lies above the bound; otherwise as `sampled`."""
    low, high, centre, goal = _interval(name, estimate, bound, 0.0, tolerance, light_tails)
    return Check(name, "monte-carlo", centre, goal, (high - low) / 2, low <= goal, "<=", estimate.moments.count)


def _interval(
    name: str,
    estimate: Estimate,
    reference: Number,
    offset: Number,
    tolerance: float,
    light_tails: bool = False,
) -> tuple[float, float, float, float]:
    if estimate.alpha > LEVEL:
        raise ValueError(f"{name!r}: its interval was made at alpha = {estimate.alpha}; make it at {LEVEL}")
    moments = estimate.moments
    lopsided = moments.count < 100 or abs(moments.skewness) > 0.2 * math.sqrt(moments.count)
    if estimate.caution and (lopsided or not light_tails):
        raise ValueError(f"{name!r}: {estimate.caution}")
    goal, shift = float(enclosed(reference)), float(enclosed(offset))
    slack = tolerance * max(1.0, abs(goal), abs(shift), abs(estimate.mean))
    low, high = estimate.interval[0] + shift - slack, estimate.interval[1] + shift + slack
    if not math.isfinite(low) or not math.isfinite(high):
        raise ValueError(f"{name!r}: the interval ({low}, {high}) is not finite")
    return low, high, estimate.mean + shift, goal
