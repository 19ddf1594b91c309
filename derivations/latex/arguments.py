"""The arguments of a law: what stands before and behind its bar, which of them are parameters.

Main definitions: `Argument`, `Arguments`, `read_arguments`, `variable_key`, `slot_and_copy`.
"""

from __future__ import annotations

import itertools
from collections.abc import Set
from dataclasses import dataclass, replace
from functools import lru_cache

from derivations.latex.expressions import split
from derivations.latex.grammar import Row, spell
from derivations.latex.names import PARAMETERS, Name, exact_name, is_greek, name_of
from derivations.latex.tokens import Unread

INDEX_LETTERS = frozenset("ijklmn")


@dataclass(frozen=True)
class Argument:
    """One argument: a variable by key, a placeholder (a dot), a range of variables, or an expression."""

    kind: str  # "variable", "dot", "range", "event", "expression"
    key: str = ""
    name: Name | None = None
    row: Row = ()


@dataclass(frozen=True)
class Arguments:
    """Arguments before the bar, behind it, and the parameters (behind a semicolon, or Greek ones behind the bar)."""

    targets: tuple[Argument, ...]
    given: tuple[Argument, ...]
    parameters: tuple[str, ...] = ()


def variable_key(name: Name) -> str:
    """The variable that a name is: X, x and bold x are the same one."""
    base = name.base.lower() if len(name.base) == 1 else name.base
    key = ("cal" if name.style == "calligraphic" else "") + base + "".join(name.accents)
    if name.below:
        key += "_" + name.below
    if name.above:
        key += "^" + name.above
    return key + "'" * name.primes


def slot_and_copy(key: str) -> tuple[str, bool]:
    """The slot of a variable, and whether it is a copy: ``z'``, ``z_k`` and ``z^k`` are copies for the slot z.

    The positive z^+ and the negative z^- of a contrast are no draws of one law.

    >>> slot_and_copy("z_k"), slot_and_copy("x_0"), slot_and_copy("z'"), slot_and_copy("z^+")
    (('z', True), ('x_0', False), ('z', True), ('z^+', False))
    """
    stem = key.rstrip("'")
    copy = stem != key
    if stem.endswith(("^+", "^-")):
        return stem, copy
    if "^" in stem:
        stem, copy = stem.split("^")[0], True
    if "_" in stem:
        base, below = stem.split("_", 1)
        if below in INDEX_LETTERS:
            return base, True
    if stem.endswith("tilde"):
        return stem.removesuffix("tilde") or stem, True
    return stem, copy


def may_overlap(one: str, other: str) -> bool:
    """Whether two names may be of one thing, or of a part of the other: x_i and x_j, x_i and x, but not x_1 and x_2.

    >>> may_overlap("x_i", "x_j"), may_overlap("x_i", "x"), may_overlap("x_1", "x_2"), may_overlap("x", "y")
    (True, True, False, False)
    """
    (stem, _, label), (other_stem, _, other_label) = one.partition("_"), other.partition("_")
    labels = {label, other_label}
    general = not labels.isdisjoint({"", "all", *INDEX_LETTERS}) or any("_to_" in part for part in labels)
    return stem == other_stem and one != other and general and "sup_star" not in labels


@lru_cache(maxsize=4_096)
def read_arguments(row: Row, variables: frozenset[str] = frozenset()) -> Arguments:
    """The arguments in a law's parentheses; raises :class:`Unread` for what is none.

    *variables* are the Greek letters that a document treats as variables: a posterior p(theta | D) has no parameter.
    """
    sections = split(row, "SEMI")
    bars = split(sections[0][1], "BAR")
    if len(bars) > 2 or len(sections) > 2:
        raise Unread(f"the arguments {spell(row)!r}")
    targets = [_argument(r) for _, r in split(bars[0][1], "COMMA")]
    behind = [_argument(_unsquared(r)) for _, r in split(bars[1][1], "COMMA")] if len(bars) == 2 else []
    parameters = [spell(r) for _, r in split(sections[1][1], "COMMA")] if len(sections) == 2 else []
    given = []
    for argument in behind:
        if _is_parameter(argument, variables):
            parameters.append(argument.key)
        else:
            given.append(argument)
    kept: list[Argument] = []
    for argument in targets:  # p(x, theta) beside p(x): parameters after the variables
        if kept and _is_parameter(argument, variables):
            parameters.append(argument.key)
        else:
            kept.append(argument)
    return Arguments(tuple(kept), tuple(given), tuple(parameters))


def _is_parameter(argument: Argument, variables: frozenset[str]) -> bool:
    if argument.name is None or argument.kind != "variable" or argument.key in variables:
        return False
    return argument.name.base in PARAMETERS


def _unsquared(row: Row) -> Row:
    """What a density is given: sigma^2 says as much as sigma, which is a scale; the density *of* sigma^2 is another."""
    name = name_of(row[0]) if len(row) == 1 else None
    square = name is not None and name.base in ("sigma", "tau") and spell(row[0].above) == "2"
    return (replace(row[0], above=None),) if square else row


def _argument(row: Row) -> Argument:
    row = tuple(p for p in row if p.kind != "STOP")
    if len(row) == 1:
        part = row[0]
        if part.kind in ("CDOT", "STOP", "SYMBOL") and part.text == ".":
            return Argument("dot", row=row)
        name = name_of(part)
        if name is not None and (part.above is None or name.above):
            if ":" in name.below:
                return Argument("range", variable_key(name), name, row)
            return Argument("variable", variable_key(name), name, row)
        if part.kind == "NUMBER":
            return Argument("expression", part.text, None, row)
    if any(p.kind == "REL" and p.text != "=" for p in row):
        raise Unread("an event with a relation in it, which is no value of a density")
    equals = split(row, "REL")
    if len(equals) == 2 and len(equals[0][1]) == 1:
        name = exact_name(equals[0][1][0])
        if name is None or name.above:
            raise Unread(f"the event {spell(row)!r}")
        return Argument("event", variable_key(name), name, equals[1][1])
    if not row:
        raise Unread("an argument that is empty")
    return Argument("expression", spell(row), None, row)


def is_argument_list(row: Row) -> bool:
    """Whether parentheses hold what a function takes: names, dots and bars, no sums."""
    return (
        bool(row)
        and all(p.kind in ("NAME", "accent", "COMMA", "SEMI", "BAR", "CDOT", "DOTS", "NUMBER") for p in row)
        and not all(p.kind == "NUMBER" for p in row)
        and _separated(row)
    )


def _separated(row: Row) -> bool:
    """Whether no two names stand side by side, as factors do."""
    names = [p.kind in ("NAME", "accent", "NUMBER") for p in row]
    return not any(a and b for a, b in itertools.pairwise(names))


def is_variable_letter(name: Name) -> bool:
    """Letters that stand for points and random variables rather than for parameters."""
    return len(name.base) == 1 and not is_greek(name.base)


def subscript_variables(below: Row, known: Set[str]) -> bool:
    """Whether a subscript lists variables: p_Z, p_{X|Y}, p_{XY}."""
    names = [exact_name(p) for p in below if p.kind not in ("BAR", "COMMA")]
    return bool(names) and all(
        n is not None and variable_key(n) in known and len(n.base) == 1 and n.base not in INDEX_LETTERS for n in names
    )
