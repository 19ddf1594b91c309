"""What a document enters, before its steps and between them: definitions, suppositions, draws, what it sets free.

Main definitions: `Sides`, `enter`, `define`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from derivations.latex.arguments import variable_key
from derivations.latex.cases import Context
from derivations.latex.chains import Step, remarks, steps
from derivations.latex.defining import (
    definition_at_the_end,
    definition_of,
    definition_on_the_way,
    is_expandable,
    laws_of,
)
from derivations.latex.definitions import Place
from derivations.latex.documents import Display, Document
from derivations.latex.grammar import Row, rows, spell
from derivations.latex.names import name_of, names_in, written
from derivations.latex.own_meanings import STANDARD
from derivations.latex.premises import Bound, bounds_in
from derivations.latex.prose import WHERE, denied_behind, denies, in_a_special_case, lead, names
from derivations.latex.suppositions import Supposition, draws, head_key, tied
from derivations.latex.tokens import Unread, spelled, tokenize


@dataclass
class Sides:
    """A step with its sides as rows, or why they were not read."""

    step: Step
    left: Row | None
    right: Row | None
    error: str = ""


Displays = list[tuple[Display, list[Sides], str]]  # with their steps, or what kept them from being read


def remarks_of(display: Display) -> list[Row]:
    """What a display says of its variables beside its equations, as far as it is read."""
    found = []
    for tokens in remarks(display.latex):
        try:
            found.append(rows(tokens))
        except Unread:  # a remark in words, of which nothing is used
            continue
    return found


def define(sides: Sides, context: Context, seen: set[str], display: Display, seed: int) -> None:
    """Enter the definition that a step makes, if it is one, so that later steps can use it."""
    from derivations.latex.verdicts import no_density

    step, left, right = sides.step, sides.left, sides.right
    if left is None or not _may_define(step) or denies(display.before) or denied_behind(display.behind):
        return
    definition = definition_of(left, step.relation, right or (), context, seen) if step.alone else None
    if definition is None and step.last and right is not None:
        definition = definition_at_the_end(left, step.relation, right, context, seen)
    if definition is None and not step.alone and right is not None:
        definition = definition_on_the_way(left, step.relation, right, context, seen)
    bare = len(left) == 1 and (name := name_of(left[0])) is not None and context.vocabulary.is_law(name)  # q = 2 p
    if definition is None and not bare:
        return
    if definition is not None and definition.density is not None and _only_ties(sides, context, display):
        return
    speaks = laws_in(sides, context) if definition is not None else laws_of(right or (), context.vocabulary)
    if step.alone and right and step.relation in ("=", ":=") and speaks:
        law = no_density(left, right, context, seed)
        context.improper |= set() if law is None else {law}
    if definition is None:
        return
    formula = definition.row or ()
    lawless = bool(names_in(formula)) and not laws_of(formula, context.vocabulary)
    if definition.parameters is None and definition.name.key in STANDARD and lawless:  # H = phi / (1 - Phi), a hazard
        context.doubted.add(definition.name.key)
    if definition.density is None and (law := context.vocabulary.total_of(definition.row or ())) is not None:
        context.improper.add(written(law))  # who gives a name to its mass does not take it for 1
    known = is_expandable(definition, context.vocabulary) and not _is_partial(step)
    if known and not _only_ties(sides, context, display):
        context.definitions[definition.name.key] = definition
        context.places[definition.name.key] = place_of(sides, display)
    context.defining[id(sides)] = definition


def _may_define(step: Step) -> bool:
    """Whether a step is neither a question nor what follows from an equation: x - b = 0, hence x = b."""
    return step.over != "asked" and not step.implied


def _is_partial(step: Step) -> bool:
    """Whether an equation for a function holds for some of its arguments only, by an inequality behind it."""
    return any(t.text in step.within for t in step.left[1:] if t.kind == "NAME")


def place_of(sides: Sides, display: Display) -> Place:
    step = sides.step
    line = display.line + display.latex.count("\n", 0, step.place)
    named = step.relation == ":=" or step.posed.lower().startswith("where") or names(display.before)
    named = named or WHERE.search(lead(display.before)) is not None
    return Place(line, display.section, spelled(list(step.left)), in_a_special_case(display.before), named=named)


def _draw(row: Row, display: Display, context: Context) -> None:
    """Note from which laws a display draws what variables, and where it says that they are normal."""
    context.draws += [(display.line, *drawn) for drawn in draws(row, context.vocabulary)]
    special = in_a_special_case(display.before)
    for name in (n for p in row if (n := name_of(p)) is not None and variable_key(n) in context.vocabulary.drawn):
        context.places.setdefault(variable_key(name), Place(display.line, display.section, spell(row), special))


def _only_ties(sides: Sides, context: Context, display: Display) -> bool:
    """Whether an equation ties names to each other or to a number, and is not said to define one."""
    if not sides.left or not sides.right or sides.step.relation == ":=" or names(display.before):
        return False
    return bool(tied(sides.left, sides.right, context.vocabulary))


def suppose(line: int, display: Display, sides: Sides, context: Context) -> None:
    """Note an equation under which what follows it in its section may be meant."""
    if _only_ties(sides, context, display) and sides.left and sides.right:
        words = f"{spelled(list(sides.step.left))} = {spelled(list(sides.step.right))}"
        ties = tied(sides.left, sides.right, context.vocabulary)
        meant = definition_of(sides.left, "=", sides.right, context, set())
        context.supposed.append(Supposition(line, words, ties, meant, display.reach))


def _ahead(displays: Displays, context: Context) -> dict[str, list[Any]]:
    """The definitions of names by the displays of a document, each with its line."""
    found: dict[str, list[Any]] = {}
    for display, all_sides, error in displays:
        for sides in all_sides if not error else ():
            step = sides.step
            if not step.alone or not _may_define(step) or _is_partial(step) or denies(display.before):
                continue
            if sides.left is None or not sides.right or _is_primed(sides.left):
                continue
            definition = definition_of(sides.left, sides.step.relation, sides.right, context, set())
            if definition is None or not definition.row or not is_expandable(definition, context.vocabulary):
                continue
            if _only_ties(sides, context, display):
                continue
            place = place_of(sides, display)
            if definition.density is not None:
                context.formulas.append((place.line, display.section, definition))
            else:
                found.setdefault(definition.name.key, []).append((place, definition))
    return found


def _is_primed(side: Row) -> bool:
    """Whether a side starts with a primed name, which may be a derivative of what is defined elsewhere."""
    name = name_of(side[0]) if side else None
    return name is not None and name.primes > 0


def defined_in(displays: Displays) -> set[str]:
    """The names that stand alone on the left of an equation of a display."""
    equations = [s for _, found, _ in displays for s in found if s.step.relation in ("=", ":=")]
    rows_ = [s.left for s in equations if s.left and len(s.left) <= 2]
    return {name.key for row in rows_ if (name := name_of(row[0])) is not None}


def laws_in(sides: Sides, context: Context) -> set[str]:
    found: set[str] = set()
    for row in (sides.left, sides.right):
        if row is not None:
            found |= laws_of(row, context.vocabulary)
    return found


def enter(document: Document, displays: Displays, context: Context) -> None:
    """What the displays and the prose of a document say before any step is looked at."""
    context.ahead = _ahead(displays, context)
    for display, found, error in displays:
        for name in bounds_in([s.step for s in found] if not error else [], display.latex):
            context.bounded.append(Bound(name, display.line, display.reach))
    for line, until, latex in document.ranged:
        with contextlib.suppress(Unread):
            context.bounded += [Bound(name, line, until) for name in bounds_in(steps(latex), latex)]
    for display, _, error in displays:
        for row in remarks_of(display) if not error else ():
            _draw(row, display, context)
    for latex in document.unnormalised:
        if (row := _row(latex)) and (law := name_of(row[0])) is not None and context.vocabulary.is_law(law):
            context.improper.add(written(context.vocabulary.stem(law)))
    for line, latex in document.freed:
        if (key := head_key(_row(latex), context.vocabulary)) is not None:
            context.freed.setdefault(key, []).append(line)


def _row(latex: str) -> Row:
    """A formula within prose; one that is not read says nothing."""
    try:
        return rows(tuple(tokenize(latex)))
    except Unread:
        return ()
