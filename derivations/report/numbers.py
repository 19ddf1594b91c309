"""Numbers as a reader wants them: few digits, as many as are certain.

Main definitions: `decimal`, `Measured`, `measured`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

__all__ = ["Measured", "decimal", "measured", "power_of_ten"]


@dataclass(frozen=True)
class Measured:
    """A value and, where it has one, the radius around it; both written out, *radius* with two digits."""

    value: str
    radius: str | None = None


def decimal(value: Any, digits: int = 6) -> str:
    """A number with so many significant digits; what is no number is written as it is.

    >>> decimal(-0.45229272140), decimal(0), decimal(1234567.0), decimal(8.76e-41), decimal(None)
    ('-0.452293', '0', '1234567', '8.76e-41', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 10**digits:
        return f"{value:.{digits}g}"
    if abs(value) < 1e9 and value == int(value):
        return str(int(value))
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def measured(value: Any, digits: int = 10) -> Measured:
    """A number, or an enclosure ``{"mid", "rad"}`` cut to the digits that it is certain of (at most *digits*).

    >>> measured({"mid": "-0.4522927214077403191157541810665437456971", "rad": "4.38e-41"})
    Measured(value='-0.4522927214', radius='4.4e-41')
    >>> measured({"mid": "-2.9988229", "rad": "0.02"}), measured(0.25)
    (Measured(value='-2.999', radius='2.0e-2'), Measured(value='0.25', radius=None))
    """
    if not isinstance(value, Mapping) or not {"mid", "rad"} <= set(value):
        return Measured(decimal(value, digits) if isinstance(value, int | float | None) else str(value))
    try:
        middle, radius = Decimal(str(value["mid"])), Decimal(str(value["rad"]))
    except InvalidOperation:
        return Measured(f"{value['mid']} ± {value['rad']}")
    if not middle.is_finite() or not radius.is_finite():
        return Measured(f"{value['mid']} ± {value['rad']}")
    if radius == 0:
        return Measured(_rounded(middle, digits) if middle else "0", "0")
    certain = middle.adjusted() - radius.adjusted() + 1 if middle else 1
    shown = _rounded(middle, max(2, min(digits, certain + 1))) if middle else "0"
    mantissa = radius.scaleb(-radius.adjusted()).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return Measured(shown, f"{mantissa}e{radius.adjusted()}")


def _rounded(value: Decimal, digits: int) -> str:
    place = min(0, value.adjusted() - digits + 1)
    rounded = value.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN) if value.adjusted() < 24 else value
    if -4 <= rounded.adjusted() < 12:
        text = format(rounded, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{rounded:.3e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def power_of_ten(text: str) -> tuple[str, str] | None:
    """The mantissa and exponent of ``4.4e-41``, or None for a number without an exponent.

    >>> power_of_ten("4.4e-41"), power_of_ten("0.25"), power_of_ten("name")
    (('4.4', '-41'), None, None)
    """
    mantissa, mark, exponent = text.partition("e")
    if not mark or not exponent.lstrip("-").isdecimal():
        return None
    return (mantissa, exponent) if mantissa.lstrip("-").replace(".", "", 1).isdecimal() else None
