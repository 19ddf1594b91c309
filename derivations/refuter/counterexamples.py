"""A counterexample as data and in words.

Numbers are exact: rationals as ``"3/4"``, enclosures as decimal midpoint and radius.  The words are written for
somebody who redoes the computation with pencil and paper, so short exact values are given as they are (``log(3/4)``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from derivations.refuter.comparison import Violation
from derivations.refuter.fields import Unsupported, Value, ball
from derivations.refuter.interchange import model_json
from derivations.refuter.intervals import Interval, exact
from derivations.refuter.models import Key, Model
from derivations.refuter.wording import describe, rows, show, show_point, show_symbol

LONGEST = 120
"""Decimals with more zeros than this are written with an exponent."""
LARGEST = 100_000
"""The largest exponent of ten of a number in a counterexample."""


@dataclass(frozen=True)
class Counterexample:
    """A model in which a statement is false, and both sides there.

    *left* and *right* are enclosures, decimal strings (midpoint, radius), in nats where the sides are entropies;
    *values* gives the free variables and the symbols.
    """

    model: dict[str, Any]
    left: tuple[str, str]
    right: tuple[str, str]
    words: str
    values: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The counterexample as in the output of ``derivations check --format json``."""
        sides = {"lhs": self.left, "rhs": self.right}
        return {
            "model": self.model,
            **{name: {"mid": mid, "rad": rad} for name, (mid, rad) in sides.items()},
            "words": self.words,
        }


def counterexample(model: Model, variables: tuple[str, ...], violation: Violation) -> Counterexample:
    """Describe a violation found at an assignment of *variables*."""
    left, right = _enclosures(violation.left, violation.right)
    values = {v: show_point(model, v, p) for v, p in zip(variables, violation.assignment, strict=True)}
    place = ", ".join(f"{v} = {shown}" for v, shown in values.items())
    sides = f"the left side is {show(violation.left)} and the right side {show(violation.right)}"
    sides = f"At {place} {sides}." if place else f"{sides[0].upper()}{sides[1:]}."
    lines = [*describe(model), *([sides, violation.reason] if violation.reason else [sides])]
    values |= {s: show_symbol(model, s) for s in model.symbols if ("sym", s) not in model.signature.definitions}
    data = model_json(model) | {"free": {v: shown for v, shown in values.items() if v in variables}}
    return Counterexample(data, left, right, "\n".join(lines), values)


def _enclosures(left: Value, right: Value) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both sides in decimals, with as many digits as keep them apart."""
    for digits in (15, 30, 60, 120):
        with ctx.workprec(4 * digits + 32):
            a, b = decimal_enclosure(left, digits), decimal_enclosure(right, digits)
        if "inf" in (a[1], b[1]):
            break
        gap = abs(Fraction(a[0]) - Fraction(b[0]))
        if gap > Fraction(a[1]) + Fraction(b[1]) or gap == 0:
            break
    return a, b


def decimal_enclosure(value: Value, digits: int = 15) -> tuple[str, str]:
    """A value's enclosure as decimal strings (midpoint, radius).

    >>> decimal_enclosure(fmpq(3, 4))
    ('0.75', '0')
    """
    if isinstance(value, fmpq) and _terminates(value.q):
        return _decimal(value), "0"
    if isinstance(value, Interval) and not (value.low.is_finite() and value.high.is_finite()):
        end = value.low if value.low.is_finite() else value.high
        return decimal_enclosure(exact(end), digits)[0], "inf"
    middle, radius, exponent = (int(n) for n in arb(ball(value)).mid_rad_10exp(digits))
    if abs(exponent) > LARGEST:
        raise Unsupported("a number too large or too small to be shown")
    form = "f" if abs(exponent) <= LONGEST else "E"
    return tuple(format(Decimal(n).scaleb(exponent), form) if n else "0" for n in (middle, radius))  # type: ignore[return-value]


def _terminates(denominator: Any) -> bool:
    n = int(denominator)
    for p in (2, 5):
        while n % p == 0:
            n //= p
    return n == 1 and int(denominator) < 10**30


def _decimal(value: fmpq) -> str:
    q, digits = int(value.q), 0
    while 10**digits % q:
        digits += 1
    return format(Decimal(int(value.p) * 10**digits // q).scaleb(-digits), "f")


def pruned(model: Model, evaluate: Callable[[Model], Any]) -> Model:
    """The model without the function values that an evaluation does not ask for."""
    model = model.copy()
    evaluate(model)
    for f, table in model.functions.items():
        model.functions[f] = {key: v for key, v in table.items() if (f, key) in model.asked}
    return model


def law_numbers(model: Model, law: str, key: Key) -> Iterable[fmpq]:
    """The numbers by which a law of a model is shown."""
    for pattern in model.signature.shown(law):
        for _, values in rows(model, law, key, pattern):
            yield from values


def other_numbers(model: Model) -> Iterable[fmpq]:
    """All other numbers by which a model is shown."""
    for rest in model.chains.values():
        yield from rest.table.values()
        for _, mean, slopes, variance in rest.chain:
            yield from (mean, *slopes, variance)
    for constant, slopes, curvature in model.polynomials.values():
        yield from (constant, *slopes, curvature)
    for value in model.symbols.values():
        yield from value if isinstance(value, tuple) else (value,)
    for f, table in model.functions.items():
        if f not in model.signature.points:
            yield from table.values()
    for space in model.spaces.values():
        yield from space.weights
        yield from space.values
