"""Figures inside the page: SVG without style sheets, scripts or anything from outside.

Main definition: `inline_svg`.  Style attributes become presentation attributes, so that the page's content security
policy need not allow inline styles; black and white become the page's own colours, for light and dark.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

__all__ = ["inline_svg"]

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_ELEMENTS = {
    *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use", "defs", "clipPath"),
    *("text", "tspan", "image", "title", "desc", "linearGradient", "radialGradient", "stop", "marker", "symbol"),
}
_PRESENTATION = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity"),
    *("stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "clip-path", "clip-rule"),
    *("font-size", "font-weight", "text-anchor", "stop-color", "stop-opacity"),
}
_GEOMETRY = {
    *("id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points"),
    *("viewBox", "transform", "preserveAspectRatio", "offset", "gradientUnits", "gradientTransform", "clipPathUnits"),
}
_INK = {"#000000", "#222222", "black"}
_SOFT = {"#555555": "0.75", "#8a8a8a": "0.55", "#e6e6e6": "0.14", "#b0b0b0": "0.3"}
_PAPER = {"#ffffff", "white"}


def inline_svg(source: str, prefix: str, label: str) -> str:
    """The drawing as an ``<svg>`` element for a page; *prefix* sets its ids apart, *label* describes it to those who
    hear the page.

    Raises ValueError for what is no SVG.

    >>> source = '<svg xmlns="http://www.w3.org/2000/svg"><path style="fill: #000000" d="M0 0"/></svg>'
    >>> print(inline_svg(source, "figure-1", "a dot"))
    <svg ...role="img" aria-label="a dot"...><path d="M0 0" fill="currentColor" /></svg>
    """
    try:
        tree = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        raise ValueError(f"this is no SVG: {error}") from error
    if tree.tag != f"{{{_SVG}}}svg":
        raise ValueError(f"this is no SVG: its root is {tree.tag}")
    _clean(tree, prefix)
    for name in ("width", "height"):
        tree.attrib.pop(name, None)
    tree.attrib |= {"role": "img", "aria-label": label, "stroke-linejoin": "round", "stroke-linecap": "butt"}
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(tree, encoding="unicode")


def _clean(element: ElementTree.Element, prefix: str) -> None:
    for child in list(element):
        name = str(child.tag).removeprefix(f"{{{_SVG}}}")
        if name not in _ELEMENTS:
            element.remove(child)
        else:
            _clean(child, prefix)
    kept: dict[str, str] = {}
    styles = {
        name.strip(): value.strip()
        for name, mark, value in (part.partition(":") for part in element.attrib.get("style", "").split(";"))
        if mark
    }
    for name, value in {**element.attrib, **styles}.items():
        local = name.removeprefix(f"{{{_XLINK}}}")
        if local == "href":
            if value.startswith("#"):
                kept[f"{{{_XLINK}}}href"] = f"#{prefix}-{value[1:]}"
            elif re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=\s]+", value):
                kept[f"{{{_XLINK}}}href"] = value
        elif name == "id":
            kept["id"] = f"{prefix}-{value}"
        elif name in _PRESENTATION:
            kept |= _painted(name, value, prefix)
        elif name in _GEOMETRY and "(" not in value.replace("(", "", value.count("(") if name == "transform" else 0):
            kept[name] = value
    element.attrib.clear()
    element.attrib |= kept


def _painted(name: str, value: str, prefix: str) -> dict[str, str]:
    """A presentation attribute; the colours of ink and paper are those of the page."""
    if inner := re.fullmatch(r"url\(#([^)\"'\s]+)\)", value):
        return {name: f"url(#{prefix}-{inner[1]})"}
    if "(" in value or ":" in value:
        return {}
    if value in _INK:
        return {name: "currentColor"}
    if value in _SOFT and name in ("fill", "stroke"):
        return {name: "currentColor", f"{name}-opacity": _SOFT[value]}
    if value in _PAPER and name == "fill":
        return {name: "none"}
    return {name: value}
