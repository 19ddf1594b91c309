"""Equations that tie a name to a number or a law to another law: they hold in a special case, and name nothing.

``p_g = p_data`` is where a game ends and ``sigma = 1`` a special case, unless their sentence defines the one by the
other.  What is proved does not rest on them; what they may excuse is no refutation.  Main definitions: `Supposition`,
`tied`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivations.latex.defining import OBJECTIVES, STANDARD, parts
from derivations.latex.definitions import Definition
from derivations.latex.grammar import Row
from derivations.latex.names import is_star, name_of
from derivations.latex.prose import lead
from derivations.latex.vocabulary import Vocabulary

_NAMES = re.compile(r"\b(?:let|defin\w+|denot\w+|writ(?:e|es|ing|ten)|call|abbreviat\w+|introduc\w+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Supposition:
    """An equation under which a section may speak from its line on, in words, with the names that it ties.

    *meant* is how it is taken, if it is read as a definition; *until* is the line where it ends.
    """

    line: int
    section: int
    words: str
    names: frozenset[str]
    meant: Definition | None = None
    until: float = math.inf


def tied(left: Row, right: Row, vocabulary: Vocabulary) -> frozenset[str]:
    """The names that an equation ties to a number or to each other; none if it says more than that.

    A starred name is the name of an optimum, which such an equation defines.
    """
    names = [frozenset(heads(side)) - STANDARD - OBJECTIVES - {"H", "I", "V", "C"} for side in (left, right)]
    constant = [all(name_of(p) is None for p in parts(side)) for side in (left, right)]
    if constant[0] != constant[1]:
        return names[constant[0]]
    first = [name_of(side[0]) for side in (left, right)]
    lone = all(len(side) == 1 or (len(side) == 2 and side[1].kind == "bracketed") for side in (left, right))
    if not lone or any(n is None or is_star(n) for n in first):
        return frozenset()
    laws = [n is not None and vocabulary.is_law(n) for n in first]
    return names[0] | names[1] if all(laws) or (len(left) == len(right) == 1 and not any(laws)) else frozenset()


def defines(relation: str, before: str) -> bool:
    """Whether an equation that ties names is said to define one of them, by its sign or its sentence.

    >>> defines("=", "The bound is tight if"), defines("=", "We write"), defines(":=", "")
    (False, True, True)
    """
    return relation == ":=" or _NAMES.search(lead(before)) is not None


def heads(row: Row) -> Iterator[str]:
    """The names of a side, without those to which a law or a function is applied."""
    for before, part in zip((None, *row), row, strict=False):
        name = name_of(part)
        if name is not None:
            yield name.key
        elif part.kind != "bracketed" or before is None or name_of(before) is None:
            for inner in part.args:
                yield from heads(inner)
