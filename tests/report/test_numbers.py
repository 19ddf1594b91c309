"""Numbers and drawings as they are shown."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.report.drawing import inline_svg
from derivations.report.numbers import decimal, measured

decimals = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=20)
radii = st.decimals(min_value=0, max_value=1, allow_nan=False, allow_infinity=False, places=25)


@given(decimals, radii)
def test_what_is_cut_from_an_enclosure_is_below_its_radius_or_its_last_digit(middle: Decimal, radius: Decimal) -> None:
    shown = measured({"mid": str(middle), "rad": str(radius)}, 8)
    assert shown.radius is not None
    error = abs(Decimal(shown.value) - middle)
    assert error <= radius + abs(middle) * Decimal("1e-3") * (1 if "e" in shown.value else Decimal("1e-4"))


@given(st.floats(-1e307, 1e307))
def test_a_float_is_shown_to_three_digits_at_least(value: float) -> None:
    assert float(decimal(value)) == pytest.approx(value, rel=6e-3, abs=0)


@given(st.text(max_size=20))
def test_what_is_no_number_is_shown_as_it_is(text: str) -> None:
    assert measured(text).value == text
    assert decimal(text) == text


HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">
<script>alert(1)</script><style>*{}</style><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>
<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a><image xlink:href="https://example.org/x.png"/>
<path id="a" d="M0 0" style="fill: url(https://example.org); stroke: #123456; behavior: url(x)" onclick="alert(1)"/>
<g clip-path="url(#a)"><use xlink:href="#a"/><use xlink:href="other.svg#a"/></g></svg>"""


def test_a_drawing_keeps_shapes_and_nothing_else() -> None:
    shown = inline_svg(HOSTILE, "f1", 'a "label" <b>')
    assert not re.search(
        r"script|style|foreignObject|javascript|https?://(?!www\.w3\.org)|onload|onclick|other\.svg", shown
    )
    assert 'stroke="#123456"' in shown
    assert 'id="f1-a"' in shown
    assert 'clip-path="url(#f1-a)"' in shown
    assert 'href="#f1-a"' in shown
    assert "&quot;label&quot; &lt;b&gt;" in shown


@pytest.mark.parametrize("source", ["<html/>", "no", "<svg/>", "<!DOCTYPE x [<!ENTITY e 'x'>]><svg>&f;</svg>"])
def test_what_is_no_drawing_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no SVG"):
        inline_svg(source, "f", "x")
