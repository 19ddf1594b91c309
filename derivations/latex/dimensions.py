"""What is known of a step for vectors and matrices, once it is read in one dimension or not at all.

Main definitions: `of_vectors`, `of_matrices`.
"""

from __future__ import annotations

from derivations.language.statements import Statement
from derivations.language.terms import walk
from derivations.latex.cases import Context
from derivations.latex.covariances import DIMENSIONS, in_matrices
from derivations.latex.grammar import Row, spell
from derivations.latex.logarithms import in_logarithms
from derivations.latex.names import every_part
from derivations.latex.outcomes import Outcome, conditional, judged
from derivations.latex.vectors import in_components


def of_vectors(left: Row, relation: str, right: Row, context: Context, seed: int) -> Outcome | None:
    """What is known of a step about vectors, by their components; None if nothing."""
    read = in_components(left, relation, right, context)
    if read is None:
        return None
    statement, arbitrary = read
    if (proved := _proved(statement, seed)) is not None:
        return proved
    if not arbitrary or (found := judged(statement, seed)).verdict != "refuted":
        return None
    evidence = found.counterexample.as_json() if found.counterexample else None
    outcome = Outcome("refuted", found.message, repr(statement), counterexample=evidence)
    return outcome if _names_dimension(left, right) else conditional(outcome, "true in one dimension")


def _names_dimension(*sides: Row) -> bool:
    """Whether a step speaks of normal laws and of the number of dimensions."""
    found = [p for row in sides for p in every_part(row) if p.kind == "NAME"]
    return any(p.text == "Normal" for p in found) and any(spell((p,)) in DIMENSIONS for p in found)


def of_matrices(left: Row, relation: str, right: Row, context: Context, seed: int) -> Outcome | None:
    """What is known of a step that holds in one dimension, for vectors and full covariances; None if nothing.

    A step that is false in more dimensions is refuted if it speaks of their number, else a query.
    """
    statement = in_matrices(left, relation, right, context)
    if statement is not None and (proved := _proved(statement, seed)) is not None:
        return proved
    if statement is None or (found := judged(statement, seed)).verdict != "refuted":
        return None
    evidence = found.counterexample.as_json() if found.counterexample else None
    outcome = Outcome("refuted", found.message, repr(statement), counterexample=evidence)
    spelled = {spell((p,)) for row in (left, right) for p in every_part(row) if p.kind == "NAME"}
    vectors = any(t.head == "gaussian" for t in walk((statement.left, statement.right)))
    return outcome if vectors and spelled & set(DIMENSIONS) else conditional(outcome, "true in one dimension")


def _proved(statement: Statement, seed: int) -> Outcome | None:
    """The proof of a statement, as it stands or in logarithms."""
    for form in (statement, in_logarithms(statement)):
        if form is not None and (found := judged(form, seed)).verdict == "proved":
            return Outcome(
                "proved",
                "by " + ", ".join(found.rules),
                ("" if form is statement else "in logarithms: ") + repr(form),
                found.conditions,
                found.assumptions,
                found.trusts,
                found.rules,
            )
    return None
