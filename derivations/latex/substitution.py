"""A defined name at other arguments: what is put for the parameters of its definition, in scripts and laws as well.

Main definitions: `Exchange`, `with_names`, `occurs`, `as_number`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from derivations.language.terms import Term
from derivations.latex.grammar import Part, Row
from derivations.latex.names import Name, name_of
from derivations.latex.tokens import Unread


@dataclass(frozen=True)
class Exchange:
    """What is put for the parameters of a definition: names, or values where they stand for numbers.

    The names of parameters that are *kept* are not exchanged; *terms* are all terms that are put.
    """

    names: dict[str, Part]
    values: dict[str, Term]
    kept: set[str]
    terms: set[Term]


def with_names(row: Row, names: Mapping[str, Part], kept: Collection[str] = ()) -> Row:
    """A row with other names in the place of some, all at once, beside those that are kept.

    Raises :class:`Unread` where it is not clear what is to become of a name like theirs.
    """
    return tuple(_with_names(part, names, kept) for part in row)


def _with_names(part: Part, names: Mapping[str, Part], kept: Collection[str]) -> Part:
    name = name_of(part)
    if name is not None and name.key in names:
        new, power = names[name.key], None if name.above else part.above
        if power is not None and new.above is not None:
            raise Unread(f"a power of {name.key} at a name with a superscript")
        return replace(new, above=new.above if power is None else with_names(power, names, kept), place=part.place)
    if name is not None and name.key not in kept and any(akin(name, key) for key in names):
        raise Unread(f"{name.key} in a definition at another argument than its own")
    below, above = (None if script is None else with_names(script, names, kept) for script in (part.below, part.above))
    return replace(part, args=tuple(with_names(inner, names, kept) for inner in part.args), below=below, above=above)


def akin(name: Name, key: str) -> bool:
    """Whether a name is another one of the same letter: a component, a copy, an iterate, or the capital."""
    letter = re.split(r"[_^']", key)[0]
    return name.key != key and name.base.lower() == letter.lower()


def occurs(row: Row, key: str) -> bool:
    """Whether a name stands in a row."""
    for part in row:
        name = name_of(part)
        inner = (*part.args, part.below or (), part.above or ())
        if (name is not None and name.key == key) or any(occurs(r, key) for r in inner):
            return True
    return False


def as_number(row: Row, key: str, divided: bool = False) -> bool:
    """Whether a name stands in a row only where any expression may: in no subscript, label or derivative."""
    divided = divided or any(part.kind == "SLASH" for part in row)
    for part in row:
        name = name_of(part)
        if (divided and part.text == "d") or (name is not None and akin(name, key)):
            return False
        if part.kind in ("NABLA", "PARTIAL") or (part.below and occurs(part.below, key)):
            return False
        if name is not None and name.above and part.above and occurs(part.above, key):
            return False
        if not all(as_number(r, key, part.kind == "fraction") for r in part.args):
            return False
        if part.above and not as_number(part.above, key):
            return False
    return True
