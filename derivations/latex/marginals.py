"""A law that a step writes once, q(x) beside p(x | y): it may be the marginal of the other one.

Main definition: `as_marginal`.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.language.laws import Law, density
from derivations.language.statements import Statement
from derivations.language.terms import Term, Variable, replace, walk
from derivations.latex.cases import Case

_OF_LAWS = frozenset(("E", "KL", "JSD", "TV", "CE", "H", "I", "W"))


def as_marginal(case: Case) -> Iterator[tuple[str, Statement]]:
    """An equation with q(x), of which it writes no other density, put for p(x), beside p(x, y) or p(x | y).

    What is averaged with or compared in a divergence is a law in its own right, an encoder or a prior.  A conditional
    density is taken for one of another law beside an information, or where several laws are named by their variables.
    """
    statement = case.statement
    sides = (statement.left, statement.right)
    found = list(dict.fromkeys(t for t in walk(sides) if t.head == "den"))
    meant: dict[Term, list[Term]] = {}
    for d in found if statement.relation == "=" else ():
        law, targets, behind = d.args
        if (len(targets) > 1 and behind) or any(o.args[0] is law for o in found if o is not d) or _weighs(d, sides):
            continue
        slots = {s for s, _ in (*targets, *behind)}
        for other in dict.fromkeys(o.args[0] for o in found if o.args[0] is not law):
            written = [{s for s, _ in (*o.args[1], *o.args[2])} for o in found if o.args[0] is other]
            variables = all(isinstance(x, Variable) for _, x in (*targets, *behind))
            if variables and isinstance(other, Law) and any(slots < w for w in written):
                meant.setdefault(d, []).append(density(other, [*targets], [*behind]))
    several = sum(bool(d.args[2]) for d in meant) > 1
    for d in list(meant):
        if d.args[2] and not several and not any(t.head == "I" for t in walk(sides)):
            del meant[d]
    ways = [{d: new} for d, news in meant.items() for new in news]
    for way in [*ways, {d: news[0] for d, news in meant.items()}] if several else ways:
        left, right = sides
        for d, new in way.items():
            left, right = replace(left, d, new), replace(right, d, new)
        words = ", ".join(f"{d!r} = {new!r}" for d, new in way.items())
        yield words, Statement("=", left, right, (), statement.given)


def _weighs(d: Term, sides: tuple[Term, Term]) -> bool:
    """Whether a density is one that a step averages with, or an argument of a divergence or an entropy."""
    for t in walk(sides):
        if t.head in _OF_LAWS:
            weights = t.args[1:2] if t.head == "E" else t.args
            if any(u is d for u in walk(weights)):
                return True
        if t.head == "mul" and any(u is d for u in t.args) and any(u.head == "log" for u in walk(t.args)):
            return True
    return False
