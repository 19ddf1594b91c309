"""What a step comes to: verdicts on statements, and the outcome that ``check`` shows.

Main definitions: `Outcome`, `judged`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from derivations.judge import Verdict, judge
from derivations.language.statements import Statement
from derivations.language.terms import Term, walk
from derivations.latex.cases import Case
from derivations.latex.limits import INTERNAL

_cache: dict[tuple[Any, ...], Verdict] = {}


@dataclass(frozen=True)
class Outcome:
    """The verdict on a step with its evidence, as the JSON of ``check`` shows it."""

    verdict: str
    message: str = ""
    reading: str = ""
    conditions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    trusts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    counterexample: dict[str, Any] | None = None
    suggestion: str | None = None
    made: tuple[Term, str] | None = None  # a law that the step leaves open, and of what the usual reading makes it
    case: Case | None = field(default=None, repr=False, compare=False)


def new_document() -> None:
    """Forget the verdicts of the document before: statements recur within one, seldom between two."""
    _cache.clear()


def judged(statement: Statement, seed: int = 0, seconds: float = 1.0, words: bool = True) -> Verdict:
    """The verdict on a statement; within a document the same statement is judged once.

    Without *words* a refutation comes without its counterexample.
    """
    key = (statement.relation, statement.left, statement.right, statement.given, seed, seconds, words)
    found = _cache.get(key)
    if found is None:
        try:
            found = judge(statement, seed=seed, seconds=seconds, tidy=False, words=words)
        except INTERNAL as error:
            message = f"the checker failed on this step, please report it: {type(error).__name__}: {error}"
            found = Verdict(statement, "undecided", message=message)
        _cache[key] = found
    return found


def outcome_of(case: Case, verdict: Verdict) -> Outcome:
    return Outcome(
        verdict.verdict,
        verdict.message,
        repr(case.statement),
        (*verdict.conditions, *case.notes),
        verdict.assumptions,
        verdict.trusts,
        verdict.rules,
        verdict.counterexample.as_json() if verdict.counterexample else None,
        case=case,
    )


def all_parts(case: Case) -> tuple[Any, ...]:
    return (case.statement.left, case.statement.right, *(t for h in case.statement.given for t in h[1:]))


def conditional(outcome: Outcome, message: str) -> Outcome:
    return replace(outcome, verdict="conditional", message=f"{message}. As it stands: {outcome.message}")


def is_constant(t: Term) -> bool:
    return all(u.head in ("num", "const", "add", "mul", "pow", "log", "exp") for u in walk(t))
