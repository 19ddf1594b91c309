"""What a density binds."""

from __future__ import annotations

from derivations.language.laws import targets
from derivations.language.terms import Term, Variable, walk
from derivations.language.terms import replace as exchanged
from derivations.latex.tokens import Unread


def bound_by(value: Term) -> tuple[Variable, ...]:
    """The variables that a density is a density of."""
    if value.head == "prod":  # an independent sample: the vector whose components have the law
        vectors = {t.args[0] for t in walk(value) if t.head == "at" and isinstance(t.args[0], Variable)}
        if len(vectors) == 1:
            return tuple(vectors)
    found = targets(value)
    if not all(isinstance(v, Variable) for v in found):
        raise Unread("an expectation over something that is no variable")
    return found  # type: ignore[return-value]


__all__ = ["bound_by", "exchanged"]
