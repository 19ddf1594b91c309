"""Reserved names to which a document gives a meaning of its own: what it says of them later is queried.

A game V(D, G) or a distance W whose first equation is not the standard one is likely the author's, and so is a
divergence or an information that the document poses as something else.  Main definitions:
`settle`, `without_its_half`, `of_its_own`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.language.statements import Statement
from derivations.language.terms import walk
from derivations.latex.cases import Case, Context
from derivations.latex.grammar import Row
from derivations.latex.limits import OutOfTime, time_limit
from derivations.latex.names import every_part, name_of, names_in, written
from derivations.latex.rungs import free_variables

if TYPE_CHECKING:
    from derivations.latex.outcomes import Outcome

OWN = frozenset("VCDW")  # games, discriminators and distances, which authors define in ways of their own
HALVED = frozenset(("JSD", "TV"))
TOLD_SECONDS = 1.0
STANDARD = frozenset(("KL", "JSD", "TV", "H", "I", "CE", "ELBO", "Var"))


def settle(left: Row, alone: bool, outcome: Outcome, context: Context, defines: bool) -> None:
    """Note what the first equation with a reserved name *alone* on the left makes of it, as its definition or not."""
    name = name_of(left[0]) if left and len(left) <= 2 else None
    if alone and is_energy(left, outcome.case):
        context.doubted.add("E")
    if alone and outcome.verdict != "proved" and _is_norm(left):
        context.norms = True
    if alone and outcome.verdict != "proved" and (law := context.vocabulary.total_of(left)) is not None:
        context.improper.add(written(law))  # int p(x) dx = 2
    if alone and name is not None and name.base in OWN | STANDARD and name.base not in context.settled:
        context.settled.add(name.base)
        if name.base in OWN and outcome.verdict not in ("proved", "refuted", "unsupported"):
            context.own.add(name.base)
        if defines and outcome.verdict == "conditional" and _of_the_same(outcome):
            context.redefined.add(name.base)
        if _is_formula(name.base, outcome):
            context.doubted.add(name.base)


def _is_norm(left: Row) -> bool:
    """Whether a side is the norm of a name, and no more."""
    bars = len(left) == 3 and left[0].kind == left[2].kind == "DBAR" and name_of(left[1]) is not None
    return bars or (len(left) == 1 and left[0].kind == "norm")


def _has_norm(row: Row) -> bool:
    """Whether a row has a norm in it; one double bar alone is that of a divergence."""
    rows = [row, *(inner for part in every_part(row) for inner in part.args)]
    return any(sum(p.kind == "DBAR" for p in r) > 1 or any(p.kind == "norm" for p in r) for r in rows)


def is_energy(left: Row, case: Case | None) -> bool:
    """Whether ``E(x) = ...`` may say what an energy is: of a point in small letters, of which the right side speaks."""
    name = name_of(left[0]) if left else None
    point = name_of(left[1].args[0][0]) if len(left) == 2 and left[1].text == "(" and left[1].args[0] else None
    if case is None or point is None or not point.base.islower() or left[0].style == "blackboard":
        return False
    left_side, right_side = case.statement.left, case.statement.right
    bound = left_side.args[0] if left_side.head == "E" and name is not None and name.key == "E" else ()
    return bool(set(bound) & free_variables(right_side))


def told_otherwise(left: Row, right: Row, context: Context) -> None:
    """Note what an equation within the prose makes of a reserved name, where that is not the standard thing."""
    from derivations.latex.verdicts import judge_step

    name = name_of(left[0]) if len(left) <= 2 else None
    if name is None or name.base not in STANDARD or name.base in {n.base for n in names_in(right)}:
        return
    if _is_formula(name.base, judge_step(left, "=", right, context, seconds=TOLD_SECONDS)):
        context.doubted.add(name.base)


def _is_formula(base: str, outcome: Outcome) -> bool:
    """Whether an equation that is not the standard one may define its left side, of which the right does not speak."""
    case = outcome.case
    if outcome.verdict not in ("refuted", "conditional") or case is None or case.statement.relation != "=":
        return False
    weighed = outcome.verdict == "refuted" or _of_the_same(outcome) or base == "ELBO"
    return weighed and base not in {t.head for t in walk(case.statement.right)}


def _of_the_same(outcome: Outcome) -> bool:
    """Whether both sides of a step speak of the same laws and of nothing that is not explained."""
    if outcome.case is None or outcome.case.unexplained or outcome.counterexample is None:
        return False
    statement = outcome.case.statement
    left, right = ({t.args[0] for t in walk(side) if t.head == "den"} for side in (statement.left, statement.right))
    return left == right


def without_its_half(
    left: Row, alone: bool, outcome: Outcome, context: Context, seed: int, defined: bool = False
) -> Outcome:
    """A query instead of the refutation of what may define a divergence without the factor 1/2 that is usual.

    Some write JSD and TV so; what first equates one may be their definition, in a document with sentences or where it
    is *defined* by its sign.
    """
    from derivations.latex.outcomes import conditional, judged

    name = name_of(left[0]) if left and len(left) <= 2 else None
    if (
        outcome.verdict != "refuted"
        or outcome.case is None
        or name is None
        or not (alone and (context.wordy or defined))
    ):
        return outcome
    statement = outcome.case.statement
    first = name.base in HALVED and name.base == statement.left.head and name.base not in context.settled
    if not first or statement.relation != "=" or any(t.head == name.base for t in walk(statement.right)):
        return outcome
    twice = Statement("=", 2 * statement.left, statement.right, (), statement.given)
    try:
        with time_limit(TOLD_SECONDS):
            proved = judged(twice, seed, words=False).verdict == "proved"
    except OutOfTime:
        return conditional(outcome, f"perhaps true with twice the usual {name.base}, which was not decided in time")
    if not proved:
        return outcome
    context.redefined.add(name.base)
    return conditional(outcome, f"true with twice the usual {name.base}")


def of_its_own(left: Row, right: Row, outcome: Outcome, context: Context) -> Outcome:
    """A query instead of a verdict that rests on the standard meaning of a name which the document gives another."""
    played = frozenset("VCD") if "V" in context.own else frozenset()  # the optima are those of the author's game
    taken = {"proved": context.redefined | context.doubted | played, "refuted": context.own | context.redefined}
    suspects = taken.get(outcome.verdict, set())
    names = names_in(left, right)
    if context.means and outcome.verdict in ("proved", "refuted") and any(n.key == "E" for n in names):
        message = f"the document says in words under which law E is. As it stands: {outcome.message}"
        return replace(outcome, verdict="conditional", message=message)
    used = {n.base for n in names} & suspects
    if context.norms and outcome.verdict == "proved" and any(_has_norm(row) for row in (left, right)):
        used = {"the norm"}
    if not used:
        return outcome
    message = f"the document gives {min(used)} a meaning of its own. As it stands: {outcome.message}"
    return replace(outcome, verdict="conditional", message=message)
