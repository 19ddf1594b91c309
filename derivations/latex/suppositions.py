"""Equations that tie a name to a number or a law to another law: they hold in a special case, and name nothing.

``p_g = p_data`` is where a game ends and ``sigma = 1`` a special case, unless their sentence defines the one by the
other.  What is proved does not rest on them; what they may excuse is no refutation.  Nor do formulas that a document
gives in an example prove anything elsewhere.  Main definitions: `Supposition`, `tied`, `excused`, `resting_on`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivations.language.terms import Symbol, Variable, walk
from derivations.latex.arguments import variable_key
from derivations.latex.cases import Context
from derivations.latex.defining import OBJECTIVES, STANDARD
from derivations.latex.definitions import Definition
from derivations.latex.grammar import Row
from derivations.latex.names import Name, is_star, name_of, names_in, written
from derivations.latex.vocabulary import Vocabulary

if TYPE_CHECKING:
    from derivations.latex.outcomes import Outcome

REUSED = frozenset(("f", "g", "h", "phi", "varphi", "psi", "lambda", "nu"))  # functions and multipliers of a section
MAX_SUPPOSITIONS = 10  # that are tried on a step


@dataclass(frozen=True)
class Supposition:
    """An equation under which a section may speak from its line on, in words, with the names that it ties.

    *meant* is how it is taken, if it is read as a definition; *until* is the line where its section ends, or it does.
    """

    line: int
    words: str
    names: frozenset[str]
    meant: Definition | None
    until: int


@dataclass(frozen=True)
class Retold:
    """An equation within prose for a name that a display defines as well: its place, in words, and its sides."""

    line: int
    section: int
    words: str
    left: Row
    right: Row


def head_key(row: Row, vocabulary: Vocabulary) -> str | None:
    """The name with which a formula starts, as one that can be set free: a law, a function, a random variable."""
    name = name_of(row[0]) if row else None
    if name is None:
        return None
    if vocabulary.is_law(name):
        return vocabulary.stem(name)
    if name.base.isupper() and variable_key(name) in vocabulary.variables:
        return variable_key(name)
    return None if variable_key(name) in vocabulary.variables else name.key


def freed_since(key: str | None, defined: int, line: int, context: Context) -> int | None:
    """The line before a step that sets a name free after it was defined, or before it will be."""
    lines = context.freed.get(key or "", [])
    at = bisect_left(lines, defined if defined <= line else 0)
    return lines[at] if at < len(lines) and lines[at] <= line else None


def tied(left: Row, right: Row, vocabulary: Vocabulary) -> frozenset[str]:
    """The names that an equation ties to a number or to each other; none if it says more than that.

    A starred name is the name of an optimum, which such an equation defines.
    """
    known = STANDARD | OBJECTIVES | {"H", "I", "V", "C"} | set(vocabulary.variables)
    names = [frozenset(heads(side)) - known for side in (left, right)]
    constant = [not names_in(side) for side in (left, right)]
    if constant[0] != constant[1]:
        return names[constant[0]]
    first = [name_of(side[0]) for side in (left, right)]
    lone = all(len(s) == 1 or (len(s) == 2 and s[1].kind == "bracketed") for s in (left, right))
    lone = lone and all(s[-1].above is None for s in (left, right))  # p(x)^2 is no law
    if not lone or any(n is None or is_star(n) for n in first):
        return frozenset()
    laws = [n is not None and vocabulary.is_law(n) for n in first]
    return names[0] | names[1] if all(laws) or (len(left) == len(right) == 1 and not any(laws)) else frozenset()


def heads(row: Row) -> Iterator[str]:
    """The names of a side, without those to which a law or a function is applied."""
    for before, part in zip((None, *row), row, strict=False):
        name = name_of(part)
        if name is not None:
            yield name.key
        elif part.kind != "bracketed" or before is None or name_of(before) is None:
            for inner in part.args:
                yield from heads(inner)


def excused(
    outcome: Outcome,
    line: int,
    sides: tuple[Row, str, Row],
    context: Context,
    options: dict[str, Any],
) -> Outcome:
    """A refutation that nothing excuses which its section supposes of its names, or the query it becomes."""
    from derivations.latex.outcomes import conditional
    from derivations.latex.verdicts import judge_step

    left, relation, right = sides
    names = {n.key for n in names_in(left, right)}
    here = (s for s in context.supposed if s.line <= line < s.until and s.names & names)
    for number, s in enumerate({s.words: s for s in here}.values()):
        excuse = "perhaps meant"
        if number == MAX_SUPPOSITIONS:
            return conditional(outcome, f"perhaps meant under one of more than {number} suppositions of its section")
        if s.meant is not None:
            within = replace(context, definitions={**context.definitions, s.meant.name.key: s.meant})
            under = judge_step(left, relation, right, within, **options)
            if under.verdict == "refuted":
                continue
            excuse = "true" if under.verdict == "proved" else excuse
        return conditional(outcome, f"{excuse} under {s.words}, of which line {s.line} speaks")
    return outcome


def is_density(definition: Definition | None) -> bool:
    return definition is not None and definition.density is not None


def drawn_otherwise(outcome: Outcome, line: int, names: list[Name], context: Context) -> Outcome:
    """A proof in which a bare E ranges over a variable that the document draws from another law, or the query it is."""
    from derivations.latex.outcomes import conditional

    if outcome.verdict != "proved" or outcome.case is None or not any(n.key == "E" for n in names):
        return outcome
    statement = outcome.case.statement
    for t in (t for t in walk((statement.left, statement.right)) if t.head == "E"):
        laws = {d.args[0].name for d in walk(t.args[1]) if d.head == "den"}
        for v in t.args[0]:
            said = {law for at, key, law in context.draws if law and at <= line and key in (v.name, v.slot)}
            if said and laws.isdisjoint(said):
                return conditional(outcome, f"true if {v.name} is not drawn from {min(said)}, as the document says")
    terms = list(walk((statement.left, statement.right)))
    bound = {v.name for t in terms if t.head in ("E", "int") for v in t.args[0]}
    random = {key for at, key, _ in context.draws if at <= line}
    loose = sorted({t.name for t in terms if isinstance(t, (Symbol, Variable))} & random - bound)
    if loose and any(t.head == "E" for t in terms):
        return conditional(outcome, f"true if {loose[0]}, which the document draws, is given")
    return outcome


def resting_on(taken: Collection[str], outcome: Outcome, line: int, section: int, context: Context) -> Outcome:
    """A verdict with what it takes from other places; a query if that was said of an example, or may have ended."""
    from derivations.latex.outcomes import conditional

    places = {t: context.places[t] for t in sorted(taken) if t in context.places}
    elsewhere = {t: p for t, p in places.items() if p.section != section}
    if outcome.verdict == "refuted" and any(is_density(context.definitions.get(t)) for t in elsewhere):
        message = f"false with the formula that another section gives for a law. {outcome.message}"
        return replace(outcome, verdict="conditional", message=message)
    if outcome.verdict != "proved":
        return outcome
    for t, p in places.items():
        d = context.definitions.get(t)
        key = t if d is None else head_key(d.density, context.vocabulary) if d.density else d.name.key
        if (free := freed_since(key, p.line, line, context)) is not None:
            return conditional(outcome, f"true with {p.words} as in line {p.line}, but line {free} sets it free")
    if (special := next((p for p in elsewhere.values() if p.special), None)) is not None:
        return conditional(outcome, f"true with {special.words} as in line {special.line}, which is a special case")
    for t, p in elsewhere.items():
        d = context.definitions.get(t)
        if d is not None and d.density is None and d.name.base in REUSED:
            return conditional(outcome, f"true with {p.words} as in line {p.line}, which is another section")
    notes = (
        f"{p.words} as in line {p.line}"
        for t, p in places.items()
        if p.special or p.said or p.line > line or t in elsewhere
    )
    return replace(outcome, conditions=(*outcome.conditions, *notes))


def draws(row: Row, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """The variables that ``x ~ p`` speaks of, each with its law, or nothing for one without a name: ``N(0, 1)``."""
    at = next((n for n, p in enumerate(row) if p.kind == "SIM"), 0)
    law = name_of(row[at + 1]) if at + 1 < len(row) else None
    if at and law is not None:
        named = written(vocabulary.law_key(law)) if vocabulary.is_law(law) else ""
        for name in (n for p in row[:at] if (n := name_of(p)) is not None):
            yield variable_key(name).partition("_")[0], named


def as_retold(
    taken: Collection[str], outcome: Outcome, section: int, context: Context, options: dict[str, Any]
) -> Outcome:
    """A verdict that takes a definition of which the prose of its section says something else, or the query it is."""
    from derivations.latex.outcomes import conditional
    from derivations.latex.verdicts import judge_step

    said = (context.retold[t] for t in sorted(taken) if t in context.retold)
    for r in said if outcome.verdict in ("proved", "refuted") else ():
        if r.section == section and judge_step(r.left, "=", r.right, context, **options).verdict != "proved":
            return conditional(outcome, f"the document also says that {r.words}, in line {r.line}")
    return outcome
