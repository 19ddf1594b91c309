r"""Formulas as MathML, through latex2mathml.

Main definition: `mathml`.  The tree is written in a LaTeX that latex2mathml and browsers set well: named operators get
their thin spaces, words one text element, limits their place below.  What comes back is read as XML and must consist
of the elements and attributes of MathML Core that presentation needs, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from derivations.report.mathematics import BINARY, OPERATORS, RELATIONS, SPACES, MathError, Node
from derivations.report.setting import written

__all__ = ["mathml"]

_ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
_ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "width", "height", "depth", "linethickness"),
    *("stretchy", "fence", "form", "separator", "minsize", "maxsize", "symmetric", "largeop", "movablelimits"),
    *("lspace", "rspace", "accent", "accentunder"),
    *("columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines"),
}
_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_UNDER = {"sup", "inf", "max", "min", "lim", "limsup", "liminf"}
_NAMED = {*OPERATORS, *_UNDER, "Pr"}


def mathml(node: Node, display: bool = False, continued: bool = False) -> str:
    r"""A formula as a ``<math>`` element; *continued* if it goes on after another piece.

    Raises MathError for what latex2mathml does not turn into presentation MathML.

    >>> from derivations.report.mathematics import parse
    >>> print(mathml(parse("x_1")))
    <math ...><msub><mi>x</mi><mrow><mn>1</mn></mrow></msub>...</math>
    """
    from latex2mathml import exceptions
    from latex2mathml.converter import convert

    declared = [v for v in vars(exceptions).values() if isinstance(v, type) and issubclass(v, Exception)]
    problems: tuple[type[Exception], ...] = (*declared, LookupError, ValueError, ElementTree.ParseError)
    source = written(Node("group", parts=_dialect(node.parts)))
    try:
        converted = convert("{}" + source if continued else source, display="block" if display else "inline")
        tree = ElementTree.fromstring(converted)
    except problems as error:
        raise MathError(f"no MathML for {source!r}: {type(error).__name__}") from error
    _vet(tree)
    _settle(tree)
    tree.set("display", "inline")  # pieces stand side by side
    if display:
        tree.set("displaystyle", "true")
    ElementTree.register_namespace("", _NAMESPACE)
    return ElementTree.tostring(tree, encoding="unicode")


def _vet(tree: ElementTree.Element) -> None:
    for element in tree.iter():
        name = str(element.tag).removeprefix(f"{{{_NAMESPACE}}}")
        if name not in _ELEMENTS:
            raise MathError(f"the element {name} is not on the list")
        for attribute in element.attrib:
            if attribute not in _ATTRIBUTES:
                raise MathError(f"the attribute {attribute} of {name} is not on the list")


def _settle(tree: ElementTree.Element) -> None:
    """A slash without space around it; limits of sums and products where displayed and inline style put them."""
    moved = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
    for element in tree.iter():
        name = str(element.tag).removeprefix(f"{{{_NAMESPACE}}}")
        if name == "mo" and element.text == "/":
            element.attrib |= {"lspace": "0", "rspace": "0"}
        if name in moved and element[0].text in ("∑", "∏"):
            element.tag = f"{{{_NAMESPACE}}}{moved[name]}"


def _operator(node: Node) -> bool:
    return node.kind == "symbol" and (
        node.name in ("+", "-", "=", "<", ">", "/", ",", ";", ":") or node.name[1:] in {*RELATIONS, *BINARY}
    )


_THIN = Node("symbol", r"\,")


def _dialect(nodes: Sequence[Node]) -> tuple[Node, ...]:
    out: list[Node] = []
    skipped = 0
    for place, node in enumerate(nodes):
        if skipped:
            skipped -= 1
            continue
        before = nodes[place - 1] if place else None
        after = nodes[place + 1] if place + 1 < len(nodes) else None
        named = _names_operator(node)
        if _sign(node) and before is not None and (_operator(before) or _opens(before)) and after is not None:
            operand = _operand(nodes[place + 1 :])
            out.append(Node("group", parts=(node, *map(_tuned, operand))))  # first in a row of its own: a prefix
            skipped = len(operand)
            continue
        if named and before is not None and not _operator(before) and not _opens(before):
            out.append(_THIN)
        out.append(_tuned(node))
        if named and after is not None and not _operator(after) and not _opens(after) and after.kind != "fence":
            out.append(_THIN)
    return tuple(out)


def _sign(node: Node) -> bool:
    return node.kind == "symbol" and node.name in ("+", "-")


def _operand(nodes: Sequence[Node]) -> Sequence[Node]:
    """A number, or else a single node."""
    digits = 0
    while digits < len(nodes) and nodes[digits].kind == "symbol" and nodes[digits].name in "0123456789.":
        digits += 1
    return nodes[: max(1, digits)]


def _names_operator(node: Node) -> bool:
    head = node.parts[0] if node.kind == "script" else node
    if head.kind == "command" and head.name == "operatorname":
        return True
    return head.kind == "symbol" and head.name[1:] in _NAMED


def _opens(node: Node) -> bool:
    if node.kind == "delimiter":
        return not node.name.endswith("r")
    return node.kind == "symbol" and (node.name in ("(", "[", r"\{") or node.name[1:] in SPACES)


def _tuned(node: Node) -> Node:
    if node.kind == "command" and node.name in ("mathrm", "operatorname"):
        word = "".join(n.name for n in node.parts[0].parts if n.kind == "symbol" and n.name.isalnum())
        if len(word) == len(node.parts[0].parts):
            return Node("text", word)
    if node.kind == "script":
        base, below, above = node.parts
        if base.kind == "symbol" and base.name[1:] in _UNDER and below.parts and not above.parts:
            return Node("command", "underset", (_group(below.parts), Node("group", parts=(base,))))
        return Node("script", parts=(_tuned(base), _group(below.parts), _group(above.parts)))
    if node.kind in ("group", "command", "fence"):
        parts = tuple(_group(p.parts) if p.kind == "group" else _tuned(p) for p in node.parts)
        return Node(node.kind, node.name, parts)
    if node.kind == "grid":
        return Node("grid", node.name, rows=tuple(tuple(_group(c.parts) for c in row) for row in node.rows))
    return node


def _group(parts: tuple[Node, ...]) -> Node:
    if len(parts) >= 3 and all(n.kind == "symbol" and n.name.isalpha() for n in parts):
        return Node("group", parts=(Node("text", "".join(n.name for n in parts)),))
    return Node("group", parts=_dialect(parts))
