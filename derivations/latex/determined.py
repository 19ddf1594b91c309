"""One of three variables as a function of the other two, in relations of their entropies and informations.

Main definition: `made_of_others`.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.language.laws import density
from derivations.language.statements import Statement
from derivations.language.terms import Term, Variable, replace, term, walk
from derivations.latex.cases import Case

Variables = frozenset[Variable]


def made_of_others(case: Case) -> Iterator[tuple[str, Statement]]:
    """``H(Z) = H(X, Y) - H(X, Y | Z)``, where Z is made of X and Y: what knows X and Y knows Z.

    Who writes H(X, Y, Z) does not mean that it is H(X, Y), nor who writes H(Z | X, Y) that it is zero.
    """
    statement = case.statement
    sides = (statement.left, statement.right)
    if statement.relation != "=" or not all(map(_informative, sides)):
        return
    found = list(dict.fromkeys(t for t in walk(sides) if t.head in ("H", "I")))
    laws = {t.args[-1].args[0] for t in found if t.args[-1].head == "den"}
    groups = [part for t in found for part in t.args[:-1]]
    everything = frozenset(v for group in groups for v in group)
    if len(laws) != 1 or len(everything) != 3 or any(not isinstance(v, Variable) for v in everything):
        return
    if any(t.args[-1].head != "den" for t in found) or any(len(group) == 3 for group in groups):
        return
    (law,) = laws

    def entropy(known: Variables, made: Variable) -> Term:
        kept = sorted(_shown(known, made), key=lambda v: v.name)
        return Term("H", tuple(kept), (), density(law, [(v.slot, v) for v in kept], [])) if kept else term(0)

    for made in sorted(everything, key=lambda v: v.name):
        left, right = sides
        nothing = False  # the step writes what would be zero
        for t in found:
            *several, given = (frozenset(part) for part in t.args[:-1])
            whole = given.union(*several)
            nothing |= any(_shown(part | given, made) == _shown(given, made) for part in several)
            if t.head == "H":
                value = entropy(whole, made) - entropy(given, made)
            else:
                apart = entropy(several[0] | given, made) + entropy(several[1] | given, made)
                value = apart - entropy(whole, made) - entropy(given, made)
            left, right = replace(left, t, value), replace(right, t, value)
        others = ", ".join(v.name for v in sorted(everything - {made}, key=lambda v: v.name))
        if not nothing:
            yield f"{made.name} is a function of {others}", Statement("=", left, right, (), statement.given)


def _shown(known: Variables, made: Variable) -> Variables:
    """Variables without the one that is made of the other two, where these are among them."""
    return known - {made} if len(known) == 3 else known


def _informative(t: Term) -> bool:
    """Whether a term is made of entropies, informations and numbers alone."""
    return t.head in ("H", "I", "num") or (t.head in ("add", "mul") and all(map(_informative, t.args)))
