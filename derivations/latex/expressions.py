"""Expressions as trees, and rows cut into pieces.  Main definitions: `Node`, `split`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derivations.latex.grammar import Part, Row
from derivations.latex.names import Name


@dataclass(frozen=True)
class Node:
    """An expression: a head, its arguments, its place in the display."""

    head: str
    args: tuple[Any, ...]
    place: int = 0


@dataclass(frozen=True)
class Differential:
    """``dx``, or ``dP(x)``: a variable, or a measure with its arguments."""

    name: Name
    measure: Row | None = None


def binds(node: Node, letter: str) -> bool:
    """Whether an expression is a sum or product over a letter of that name."""
    if node.head not in ("total", "product over"):
        return False
    below: Row = node.args[0]
    return bool(below) and below[0].kind == "NAME" and below[0].text == letter


def speaks_of(thing: Any, letter: str) -> bool:
    """Whether a letter occurs in an expression, in its scripts too."""
    if isinstance(thing, Node):
        if binds(thing, letter):
            return False
        return any(speaks_of(a, letter) for a in thing.args)
    if isinstance(thing, Name):
        return thing.base == letter or speaks_of((thing.below_row, thing.above_row), letter)
    if isinstance(thing, Part):
        return thing.text == letter or speaks_of((thing.args, thing.below or (), thing.above or ()), letter)
    return isinstance(thing, tuple) and any(speaks_of(a, letter) for a in thing)


def split(row: Row, *kinds: str) -> list[tuple[str, Row]]:
    """A row cut at the parts of some kinds: each piece with the kind of the cut before it."""
    pieces: list[tuple[str, list[Part]]] = [("", [])]
    for part in row:
        if part.kind in kinds and part.plain:
            pieces.append((part.kind, []))
        else:
            pieces[-1][1].append(part)
    return [(kind, tuple(parts)) for kind, parts in pieces]
