"""Points of laws by number: where a step writes p_i beside p(x), the letter i numbers the values of x.

Main definition: `by_number`.
"""

from __future__ import annotations

from derivations.language.laws import density
from derivations.language.terms import LanguageError, Term, Variable, replace, walk
from derivations.latex.arguments import INDEX_LETTERS

_OF_LAWS = frozenset(("H", "CE", "KL", "JSD", "TV", "I", "W"))


def by_number(sides: list[Term]) -> tuple[list[Term], str]:
    """The sides with p_i as the density of p at point i, and a remark that says so; or the sides as they are.

    Every law of the step must be used with single variables only, with the letter and with one other variable.
    """
    slots: dict[Term, set[str]] = {}
    variables: dict[str, Variable] = {}
    for d in (t for side in sides for t in walk(side) if t.head == "den"):
        if len(d.args[1]) != 1 or d.args[2] or not isinstance(d.args[1][0][1], Variable):
            return sides, ""
        slot, variable = d.args[1][0]
        slots.setdefault(d.args[0], set()).add(slot)
        variables.setdefault(slot, variable)
    used = set().union(*slots.values()) if slots else set()
    letters = used & INDEX_LETTERS
    if len(used) != 2 or len(letters) != 1 or not any(len(own) == 2 for own in slots.values()):
        return sides, ""
    letter = letters.pop()
    (slot,) = used - {letter}
    entropies = (u for side in sides for t in walk(side) if t.head in _OF_LAWS for u in walk(t.args) if u.head == "den")
    if any(d.args[1][0][0] == letter for d in entropies):  # H(k) is the entropy of K, whose values no letter numbers
        return sides, ""
    if variables[letter].name == variables[slot].name:  # P(I) and P_G(I), of which the first is no density of G
        return sides, ""
    kind = variables[slot].kind
    found = []
    try:
        for side in sides:
            for d in [d for d in walk(side) if d.head == "den"]:
                side = replace(side, d, density(d.args[0], [(slot, d.args[1][0][1])], []))
            for v in {t for t in walk(side) if isinstance(t, Variable) and t.slot in (letter, slot)}:
                side = replace(side, v, Variable("var", v.name, kind, slot, v.shape))
            found.append(side)
    except LanguageError:
        return sides, ""
    return found, f"{letter} numbers the values of {slot}"
