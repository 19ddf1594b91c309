r"""Formulas set as LaTeX: written out, cut into lines, measured.

Main definitions: `written`, a tree as LaTeX; `pieces`, a long formula cut before its operators; `width`, about how
wide it is set; `text_escaped`, words as LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derivations.report.mathematics import BINARY, LIMITS, OPERATORS, RELATIONS, SPACES, Node

__all__ = ["pieces", "text_escaped", "width", "written"]


def written(node: Node) -> str:
    r"""A tree as LaTeX.

    >>> from derivations.report.mathematics import parse
    >>> print(written(parse(r"p(x|z)\frac ab x'_1")))
    p(x\mid z)\frac{a}{b}x_{1}^{\prime}
    """
    return _joined(node.parts) if node.kind == "group" else _one(node)


def _joined(nodes: Sequence[Node]) -> str:
    out = ""
    for node in nodes:
        piece = _one(node)
        if re.search(r"\\[a-zA-Z]+$", out) and re.match(r"[a-zA-Z]", piece):
            out += " "
        out += piece
    return out


def _one(node: Node) -> str:
    if node.kind == "symbol":
        return node.name
    if node.kind == "text":
        return rf"\text{{{text_escaped(node.name)}}}"
    if node.kind == "group":
        return "{" + _joined(node.parts) + "}"
    if node.kind == "fence":
        left, inside, right = node.parts
        gap = " " if left.name[-1].isalpha() else ""
        return rf"\left{left.name}{gap}{_joined(inside.parts)}\right{right.name}"
    if node.kind == "delimiter":
        return rf"\{node.name}{node.parts[0].name}"
    if node.kind == "grid":
        body = r"\\".join("&".join(_joined(cell.parts) for cell in row) for row in node.rows)
        return rf"\begin{{{node.name}}}{body}\end{{{node.name}}}"
    if node.kind == "script":
        base, below, above = node.parts
        out = _one(base)
        if below.parts:
            out += "_{" + _joined(_subscript(below.parts)) + "}"
        return out + ("^{" + _joined(above.parts) + "}" if above.parts else "")
    if node.name == "sqrt" and len(node.parts) == 2:
        return rf"\sqrt[{_joined(node.parts[1].parts)}]{{{_joined(node.parts[0].parts)}}}"
    return "\\" + node.name + "".join("{" + _joined(part.parts) + "}" for part in node.parts)


def _subscript(parts: tuple[Node, ...]) -> tuple[Node, ...]:
    """A subscript that is a word, as in p_{data}, is set upright."""
    if len(parts) >= 3 and all(n.kind == "symbol" and n.name.isalpha() for n in parts):
        return (Node("command", "mathrm", (Node("group", parts=parts),)),)
    return parts


_ESCAPES = {
    **{c: "\\" + c for c in "{}$&#%_"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}


def text_escaped(text: str) -> str:
    """Words inside a formula; what is not printable ASCII becomes a question mark."""
    return "".join(_ESCAPES.get(c, c if c.isascii() and c.isprintable() else "?") for c in text)


# Cutting -------------------------------------------------------------------------------------------------------------

_BREAKS = {"+", "-", "=", "<", ">", *(f"\\{n}" for n in RELATIONS if n not in ("mid", "parallel", "perp", "in", "to"))}
_OPENING = {"(", "["}
_CLOSING = {")", "]"}


def pieces(node: Node, widest: float = 34.0) -> list[Node]:
    r"""The formula cut before its operators; brackets are opened where what is inside them is too wide.

    Opened brackets get a fixed size, so that every piece can stand alone.  *widest* is in units of a digit.

    >>> from derivations.report.mathematics import parse
    >>> [written(p) for p in pieces(parse(r"a + \left[b - c\right] - d"))]
    ['a', '+\\left[b-c\\right]', '-d']
    >>> [written(p) for p in pieces(parse(r"\log\left(a + b - c\right)"), widest=4)]
    ['\\log\\bigl(a', '+b', '-c\\bigr)']
    """
    out: list[list[Node]] = [[]]
    for part in _cut(node.parts, 0):
        if len(part) and part[0].kind == "symbol" and part[0].name in _BREAKS and out[-1]:
            out.append([])
        out[-1] += part
    narrow: list[Node] = []
    for piece in out:
        whole = Node("group", parts=tuple(piece))
        if width(whole) > widest and (flat := _opened(piece)) is not None:
            narrow += pieces(Node("group", parts=flat), widest)
        elif width(whole) > widest and (loose := _loose(piece)):
            narrow += loose
        else:
            narrow.append(whole)
    return narrow


def _cut(nodes: Sequence[Node], depth: int) -> Iterator[list[Node]]:
    """Runs of nodes, each starting at an operator outside all brackets (those of a fixed size do not count)."""
    run: list[Node] = []
    before: Node | None = None
    for node in nodes:
        if node.kind == "symbol" and node.name in _OPENING:
            depth += 1
        elif node.kind == "symbol" and node.name in _CLOSING:
            depth -= 1
        binary = before is not None and not (before.kind == "symbol" and before.name in {*_BREAKS, ",", r"\cdot"})
        binary = binary and not (before is not None and before.kind == "delimiter" and before.name.endswith("l"))
        if node.kind == "symbol" and node.name in _BREAKS and depth <= 0 and binary and run:
            yield run
            run = []
        run.append(node)
        before = node
    if run:
        yield run


def _opened(nodes: Sequence[Node]) -> tuple[Node, ...] | None:
    """The widest fence among the nodes replaced by brackets of a fixed size, or None."""
    fences = [(width(n), -i) for i, n in enumerate(nodes) if n.kind == "fence"]
    if not fences:
        return None
    place = -max(fences)[1]
    left, inside, right = nodes[place].parts
    if len(pieces(inside, float("inf"))) < 2 and not any(n.kind == "fence" for n in inside.parts):
        return None
    size = _size(inside)
    marks = [Node("delimiter", f"{size}{side}", (d,)) for side, d in (("l", left), ("r", right))]
    return (*nodes[:place], marks[0], *inside.parts, marks[1], *nodes[place + 1 :])


def _loose(nodes: Sequence[Node]) -> list[Node]:
    """The nodes cut where factors meet: before a fence, a fraction or a large operator."""
    runs: list[list[Node]] = [[]]
    for place, node in enumerate(nodes):
        head = node.parts[0] if node.kind == "script" else node
        tall = node.kind == "command" and node.name in ("frac", "dfrac")
        large = head.kind == "symbol" and head.name[1:] in ("sum", "prod", "int", "log")
        before = nodes[place - 1] if place else None
        joined = before is None or _binds(before)
        if (tall or large) and not joined and runs[-1]:
            runs.append([])
        runs[-1].append(node)
    return [Node("group", parts=tuple(run)) for run in runs] if len(runs) > 1 else []


def _binds(node: Node) -> bool:
    """Whether a formula does not end behind a node: an operator, a large operator, an opening bracket."""
    head = node.parts[0] if node.kind == "script" else node
    if head.kind == "delimiter":
        return head.name.endswith("l")
    return head.kind == "symbol" and (
        head.name in _BREAKS or head.name in _OPENING or head.name[1:] in ("log", "int", "sum", "prod")
    )


def _size(node: Node) -> str:
    """The size of brackets around a formula: that of a fraction or sum inside it."""
    return "bigg" if _tall(node) >= 2 else "big"


def _tall(node: Node) -> int:
    if node.kind == "grid":
        return 2
    if node.kind == "command" and node.name in ("frac", "dfrac", "binom"):
        return 2
    head = node.parts[0] if node.kind == "script" else node
    if head.kind == "symbol" and head.name[1:] in ("sum", "prod", "int"):
        return 2
    if node.kind == "script":
        return 1
    return max((_tall(p) for p in node.parts), default=0)


def width(node: Node) -> float:
    """About how wide a formula is set, in units of a digit."""
    if node.kind == "symbol":
        name = node.name
        if not name.startswith("\\"):
            return 1.8 if name in "+-=<>" else 0.6 if name in ",.;:!'()[]|" else 1.1
        bare = name[1:]
        if bare in OPERATORS or bare in ("sup", "inf", "max", "min", "lim"):
            return len(bare) + 0.4
        if bare in SPACES:
            return {"quad": 2.0, "qquad": 4.0}.get(bare, 0.4)
        return 2.0 if bare in RELATIONS or bare in BINARY or bare in LIMITS else 1.2
    if node.kind == "text":
        return len(node.name) * 0.95
    if node.kind == "script":
        base, below, above = node.parts
        return width(base) + 0.75 * max(width(below), width(above))
    if node.kind == "command" and node.name in ("frac", "dfrac", "tfrac", "binom"):
        return max(width(p) for p in node.parts) + 0.5
    if node.kind == "grid":
        return sum(max((width(row[i]) for row in node.rows if i < len(row)), default=0) + 2 for i in range(9))
    if node.kind == "fence":
        return sum(width(p) for p in node.parts) + 0.4
    return sum(width(p) for p in node.parts)
