"""A step judged by what displays say before it; where that is no proof, by what later ones and the prose tell as well.

Main definitions: `judge_as_told`, `unmoved`, `of_an_open_law`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.latex.cases import Context
from derivations.latex.definitions import Definition, Place
from derivations.latex.grammar import Row
from derivations.latex.names import names_in
from derivations.latex.outcomes import Outcome, conditional
from derivations.latex.suppositions import freed_since
from derivations.latex.told import Remark, Told
from derivations.latex.verdicts import judge_step


def judge_as_told(
    line: int,
    section: int,
    sides: tuple[Row, str, Row],
    context: Context,
    prose: Told | None,
    options: dict[str, Any],
) -> tuple[Outcome, Context]:
    """The outcome of a step, and the document as it was understood; *options* are those of :func:`judge_step`.

    What the section of the step tells is believed.  What other sections tell may have ended with them: it may prove a
    step, but where it only makes the step false, the step is a query.
    """
    left, relation, right = sides
    plain = judge_step(left, relation, right, context, **options)
    guessed = plain.made is not None or (plain.case is not None and plain.case.guesses_a_law)
    settled = plain.verdict == "proved" and not guessed
    coming = [] if settled else _coming(line, left, right, context)
    if coming and plain.verdict in ("conditional", "undecided"):
        defined = {**context.definitions, **{d.name.key: d for _, d in coming}}
        outcome = judge_step(left, relation, right, replace(context, definitions=defined), **options)
        elsewhere = next((p for p, _ in coming if p.special or p.section != section), None)
        if outcome.verdict == "proved" and elsewhere is not None:
            return conditional(outcome, f"true with {elsewhere.words} as in line {elsewhere.line}"), context
        found = next((p for p, _ in coming if not p.named and p.line > line), None)
        if outcome.verdict == "proved" and found is not None:  # it may follow from the step
            return conditional(outcome, f"true with {found.words} as in line {found.line}, which comes later"), context
        if outcome.verdict == "proved":
            notes = tuple(f"{p.words} as defined in line {p.line}" for p, _ in coming)
            return replace(outcome, conditions=(*outcome.conditions, *notes)), context
    statement = plain.case.statement if settled and plain.case is not None else None
    moving = prose.moving(line, statement) if prose is not None and statement is not None else None
    remarks = [] if prose is None or (settled and moving is None) else prose.concerning(line, left, right)
    near = [r for r in remarks if r.place.section[0] <= line < r.place.section[1]]
    if prose is not None and near:
        with_near = prose.with_definitions(line, near, context)
        outcome = judge_step(left, relation, right, with_near, **options)
        if outcome.verdict in ("proved", "refuted") or (near == remarks and outcome.verdict != "unsupported"):
            return _with_words(outcome, near), with_near
    if prose is not None and len(remarks) > len(near):
        with_all = prose.with_definitions(line, remarks, context)
        outcome = judge_step(left, relation, right, with_all, **options)
        if outcome.verdict == "refuted" and plain.verdict != "refuted":
            message = f"false with what the prose of other sections says. {outcome.message}"
            return _with_words(replace(outcome, verdict="conditional", message=message), remarks), with_all
        if outcome.verdict not in ("unsupported", "refuted"):
            return _with_words(outcome, remarks), with_all
    return plain, context


def unmoved(outcome: Outcome, line: int, prose: Told | None) -> Outcome:
    """A verdict, or the query it is where the prose makes of another variable what it takes for a number or free."""
    if prose is None or outcome.case is None:
        return outcome
    if outcome.verdict == "refuted" and (made := prose.made_of(line, outcome.case.statement)) is not None:
        return conditional(outcome, f"perhaps true with {made.words}, as line {made.place.line} says")
    if outcome.verdict != "proved":
        return outcome
    moving = prose.moving(line, outcome.case.statement)
    return outcome if moving is None else replace(outcome, verdict="conditional", message=f"true if {moving}")


def of_an_open_law(
    outcome: Outcome,
    line: int,
    section: int,
    sides: tuple[Row, str, Row],
    context: Context,
    options: dict[str, Any],
) -> Outcome:
    """The outcome of a step whose reading makes an open law one of a function of noise, if its section agrees.

    The section may have made it of something else before, may draw its variable from a normal law, or may give a
    formula for it later, which then decides.
    """
    if outcome.made is None or outcome.verdict != "proved":
        return outcome
    law, image = outcome.made
    where, before = context.made.setdefault((section, repr(law)), (line, image))
    if before != image:
        message = f"true if {law!r} is this law, but line {where} makes it another"
        return replace(outcome, verdict="conditional", message=message)
    if any(v.name in context.drawn or v.slot in context.drawn for _, v in law.args[1]):
        message = f"true if {law!r} is this law, but its section draws the variable from a normal law"
        return replace(outcome, verdict="conditional", message=message)
    later = [(n, d) for n, place, d in context.formulas if n >= line and place == section]
    if not later:
        return outcome
    known = {d.name.key: d for _, d in later} | context.definitions
    left, relation, right = sides
    found = judge_step(left, relation, right, replace(context, definitions=known), **options)
    if found.made is not None:  # the formulas are those of other laws
        return outcome
    lines = ", ".join(str(n) for n in dict.fromkeys(n for n, _ in later))
    if found.verdict == "proved":
        return replace(found, conditions=(*found.conditions, f"the formulas of laws in line {lines}"))
    message = f"not with the formulas that line {lines} gives for its laws. {found.message}"
    return replace(found, verdict="conditional", message=message, counterexample=None)


def _coming(line: int, left: Row, right: Row, context: Context) -> list[tuple[Place, Definition]]:
    """The definitions that come after a step of names that it mentions and that nothing sets free before it."""
    keys = {n.key for n in names_in(left, right)}
    found: list[tuple[Place, Definition]] = []
    for key in sorted(keys & context.ahead.keys() - context.definitions.keys()):
        later = ((p, d) for p, d in context.ahead[key] if p.line >= line)
        found += [(p, d) for p, d in later if freed_since(key, p.line, line, context) is None][:1]
    return found


def _with_words(outcome: Outcome, remarks: list[Remark]) -> Outcome:
    """The outcome with the remarks that its reading took."""
    taken = outcome.case.used if outcome.case is not None else frozenset()
    defined = [r.definition.name.key if r.definition else "" for r in remarks]
    used = [
        r for r, key in zip(remarks, defined, strict=True) if r.bound or not taken or r.names & taken or key in taken
    ]
    notes = tuple(f"{r.words} (line {r.place.line})" for r in used)
    return replace(outcome, conditions=(*outcome.conditions, *notes))
