"""What a density binds."""

from __future__ import annotations

from derivations.language.laws import targets
from derivations.language.terms import LanguageError, Term, Variable, walk
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


def is_density(value: Term) -> bool:
    """Whether a term has the form of a density."""
    try:
        return bool(bound_by(value))
    except LanguageError:
        return False


def binds(value: Term) -> set[Term]:
    """The variables and indices that binders inside a term bind."""
    groups = {"H": 2, "I": 3}
    found = [part for t in walk(value) if t.head in BINDERS for part in t.args[: groups.get(t.head, 1)]]
    return {t for part in found for t in (part if isinstance(part, tuple) else (part,)) if isinstance(t, Term)}


def named(terms: set[Term]) -> set[str]:
    """The names of variables, indices and symbols among terms."""
    return {t.args[0] for t in terms if t.head in ("var", "idx", "sym")}


BINDERS = frozenset({"int", "E", "sum", "prod", "KL", "JSD", "CE", "TV", "H", "I", "sup", "inf"})

__all__ = ["binds", "bound_by", "exchanged", "named"]
