"""Reserved names to which a document gives a meaning of its own: what it says of them later is queried.

A game V(D, G) or a distance W whose first equation is not the standard one is likely the author's, and so is a
divergence or an information that the document poses as something else.  Main definitions:
`settle`, `of_its_own`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.latex.cases import Context
from derivations.latex.defining import parts
from derivations.latex.grammar import Row
from derivations.latex.names import name_of

if TYPE_CHECKING:
    from derivations.latex.outcomes import Outcome

OWN = frozenset("VCDW")  # games, discriminators and distances, which authors define in ways of their own
STANDARD = frozenset(("KL", "JSD", "TV", "H", "I", "CE", "ELBO"))


def settle(left: Row, alone: bool, verdict: str, context: Context, defines: bool = False) -> None:
    """Note what the first equation with a reserved name *alone* on the left makes of it, as its definition or not."""
    name = name_of(left[0]) if left and len(left) <= 2 else None
    if alone and name is not None and name.base in OWN | STANDARD and name.base not in context.settled:
        context.settled.add(name.base)
        if verdict not in ("proved", "refuted", "unsupported") and (name.base in OWN or defines):
            context.own.add(name.base)


def of_its_own(left: Row, right: Row, outcome: Outcome, context: Context) -> Outcome:
    """A query instead of a verdict that rests on the standard meaning of a name which the document gives another."""
    used = {n.base for row in (left, right) for p in parts(row) if (n := name_of(p)) is not None} & context.own
    if outcome.verdict not in ("refuted", "proved") or not used:
        return outcome
    message = f"the document gives {min(used)} a meaning of its own. As it stands: {outcome.message}"
    return replace(outcome, verdict="conditional", message=message)
