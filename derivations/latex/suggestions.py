r"""The nearest true statement: one edit away from a false step, and proved.

The edits are those of :mod:`derivations.latex.edits`.  Main definition: `suggest`.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

from derivations.language.statements import Statement, declarations, encode
from derivations.language.terms import LanguageError, Term, walk
from derivations.latex.cases import Case, Context, glance, interpret
from derivations.latex.edits import Side, cancels, edits, weaker
from derivations.latex.grammar import rows
from derivations.latex.outcomes import is_constant, judged, outcome_of
from derivations.latex.tokens import spelled
from derivations.latex.verdicts import gated_proof
from derivations.refuter import Neighbourhood, Refuter

MAX_CANDIDATES = 100
_SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "!=": r"\ne"}


def suggest(
    left: Side,
    relation: str,
    right: Side,
    context: Context,
    *,
    case: Case | None = None,
    seed: int = 0,
    seconds: float = 2.0,
) -> str | None:
    """A relation in LaTeX that is one edit from the step and proved in its preferred reading, or None.

    *case* is the step in that reading: another relation between its sides needs no new reading.
    """
    around = None if case is None else Neighbourhood(case.data, seed + 1)
    deadline = time.process_time() + seconds  # of the processor: a loaded machine suggests the same
    constant = case is not None and any(is_constant(side) for side in (case.statement.left, case.statement.right))
    bound = not constant and (not context.wordy or case is None or _moves_a_logarithm(case.statement))
    false = set() if case is None else {_sides(case.statement)}
    candidates = itertools.islice(edits(left, relation, right, context), MAX_CANDIDATES)
    timely = itertools.takewhile(lambda _: time.process_time() < deadline, candidates)
    for a, sign, b in itertools.chain(timely, weaker(left, relation, right, bound)):
        if [t.source for t in a] == [t.source for t in b] or any(
            cancels(n) > cancels(o) for n, o in ((a, left), (b, right))
        ):
            continue
        glanced = None
        try:
            if case is not None and a is left and b is right:
                edited = replace(case, statement=replace(case.statement, relation=sign))
            else:
                if case is not None and around is not None:
                    glanced = _glanced(case, (left, a), sign, (b, right))
                if glanced is not None and around is not None:
                    if _sides(glanced) in false:  # another spelling of what was looked at
                        continue
                    if _ruled_out(glanced, "rhs" if a is left else "lhs", around, seed + 1):
                        false.add(_sides(glanced))
                        continue
                edited = interpret(rows(a), sign, rows(b), context, {})
        except LanguageError:
            continue
        seen = glanced is not None and _sides(glanced) == _sides(edited.statement)
        if not seen and not _plausible(Refuter(edited.data, seed + 1)):
            continue
        verdict = judged(edited.statement, seed, 0, words=False)
        if verdict.verdict != "proved":
            continue
        try:
            outcome = gated_proof(edited, outcome_of(edited, verdict), rows(a), sign, rows(b), context, seed)
        except LanguageError:  # its vectors or matrices are not read
            continue
        if outcome.verdict == "proved":
            return f"{spelled(list(a))} {_SIGNS[sign]} {spelled(list(b))}"
    return None


def _moves_a_logarithm(statement: Statement) -> bool:
    """Whether one side takes the logarithm of a mean where the other one does not, as Jensen's inequality does.

    Who claims any other equation amid prose did not mean an inequality.
    """
    outside = [
        any(t.head == "log" and any(u.head in ("E", "int") for u in walk(t.args[0])) for t in walk(side))
        for side in (statement.left, statement.right)
    ]
    return outside[0] != outside[1]


def _glanced(case: Case, lefts: tuple[Side, Side], sign: str, rights: tuple[Side, Side]) -> Statement | None:
    """An edited step with its unedited side as that was read; None where that is not to be had.

    Raises :class:`LanguageError` for what is not read.
    """
    (left, a), (b, right) = lefts, rights
    if a is not left and b is not right:
        return None
    return glance(case, None, sign, rows(b)) if a is left else glance(case, rows(a), sign, None)


def _ruled_out(glanced: Statement, edited: str, around: Neighbourhood, seed: int) -> bool:
    """Whether models contradict an edited step, seen with its unedited side as that was read."""
    side = glanced.left if edited == "lhs" else glanced.right
    try:
        agrees = around.agrees(declarations(side), encode(side), edited)
        return not (_plausible(Refuter(glanced.json(), seed)) if agrees is None else agrees)
    except LanguageError:
        return False


def _sides(statement: Statement) -> tuple[Term, str, Term]:
    """What tells apart statements under the same hypotheses."""
    return statement.left, statement.relation, statement.right


def _plausible(refuter: Refuter) -> bool:
    """Whether a model or two agree with a statement."""
    agreement = refuter.sample(models=1, certain=False)
    return agreement.consistent and bool(agreement.finite)
