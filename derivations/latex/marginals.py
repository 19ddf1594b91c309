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

    What is averaged with or compared in a divergence is a law in its own right, an encoder or a prior.
    """
    statement = case.statement
    sides = (statement.left, statement.right)
    found = list(dict.fromkeys(t for t in walk(sides) if t.head == "den"))
    for d in found if statement.relation == "=" else ():
        law, targets, behind = d.args
        if behind or len(targets) != 1 or any(o.args[0] is law for o in found if o is not d) or _weighs(d, sides):
            continue
        ((slot, x),) = targets
        for other in dict.fromkeys(o.args[0] for o in found if o.args[0] is not law):
            written = [{s for s, _ in (*o.args[1], *o.args[2])} for o in found if o.args[0] is other]
            if isinstance(x, Variable) and isinstance(other, Law) and any(slot in w and len(w) > 1 for w in written):
                new = density(other, [(slot, x)], [])
                left, right = (replace(side, d, new) for side in sides)
                yield f"{d!r} = {new!r}", Statement("=", left, right, (), statement.given)


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
