"""A statement in, a verdict out: the one hall that every caller passes.

The prover looks for a proof and the kernel replays it; the refuter looks for a model in which the statement is false.
A proof is shown not to be vacuous by models in which both sides are finite and agree.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from derivations import kernel
from derivations.language.printing import text
from derivations.language.statements import Statement, decode, statement
from derivations.prover import Certificate, prove
from derivations.refuter import Agreement, Counterexample, Refuter

UNSHOWN = frozenset({"limit"})  # rules without which a term has no form to show
SCREENING = 0.2  # seconds for a first look at the models of a statement
FIRST_LOOK = 20  # models of an inequality before its proof is tried
VERDICTS = ("proved", "refuted", "conditional", "undecided", "unsupported", "definition")


@dataclass(frozen=True)
class Verdict:
    """What is known of a statement, with the evidence.

    *verdict* is one of :data:`VERDICTS`; *conditions* restrict the models, *assumptions* are cited theorems, *trusts*
    names machinery without a witness.  ``proved`` carries a certificate that the kernel has replayed, ``refuted`` a
    counterexample.
    """

    statement: Statement
    verdict: str
    conditions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    trusts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    message: str = ""
    certificate: Certificate | None = field(default=None, repr=False)
    counterexample: Counterexample | None = field(default=None, repr=False)
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.statement!r}"]
        for name in ("conditions", "assumptions", "trusts", "rules"):
            if values := getattr(self, name):
                lines.append(f"  {name}: " + "; ".join(values))
        if self.counterexample is not None:
            lines += ["  " + line for line in self.counterexample.words.splitlines()]
        elif self.message:
            lines.append(f"  {self.message}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from derivations.report import notebook

        return notebook.verdict(self)

    def as_json(self) -> dict[str, Any]:
        """The evidence as a step of the machine-readable output (``docs/json.md``)."""
        return {
            "relation": self.statement.relation,
            "lhs": text(self.statement.left),
            "rhs": text(self.statement.right),
            "verdict": self.verdict,
            "conditions": list(self.conditions),
            "assumptions": list(self.assumptions),
            "trusts": list(self.trusts),
            "rules": list(self.rules),
            "counterexample": self.counterexample.as_json() if self.counterexample else None,
            "message": self.message,
        }


def judge(
    claim: Statement,
    *,
    hints: Any = None,
    seed: int = 0,
    seconds: float = 2.0,
    tidy: bool = True,
    words: bool = True,
) -> Verdict:
    """Prove or refute a statement of the language.

    *hints* may carry ``{"witness": [...]}`` for an extremum and ``{"atoms": [...]}`` for an inequality; *seed* fixes
    the models that are drawn; *seconds* bounds the search for a counterexample after no proof was found (0: none);
    without *tidy* the rules of a proof may be more than it needs; without *words* a refutation does not say which
    counterexample it has.  Raises :class:`derivations.language.LanguageError` for what is no statement.

    >>> from derivations.language import KL, E, laws, log, variables
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> verdict = judge(KL(q(z), p(z)) == E[q(z)](log(q(z)) - log(p(z))))
    >>> verdict.verdict
    'proved'
    >>> judge(KL(q(z), p(z)) == KL(p(z), q(z))).verdict
    'refuted'
    """
    start = time.perf_counter()
    data = statement(claim).json()
    free = without_theorems(data)
    refuter = Refuter(free, seed)

    def refuted(models: int, seconds: float) -> Verdict | None:
        if not words:
            return Verdict(claim, "refuted") if refuter.contradicted(models, seconds) else None
        found = refuter.refute(models, seconds)
        return None if found is None else _refuted(claim, found, start)

    # A false statement is refuted sooner than the search for its proof gives up, unless a model is as dear as a proof.
    agreement, verdict = None, None
    if claim.relation != "=":
        verdict = refuted(FIRST_LOOK, SCREENING)
    elif not refuter.searches:
        agreement = refuter.sample(certain=False)
        if not agreement.consistent:
            agreement, verdict = None, refuted(200, max(seconds, SCREENING))
    if verdict is not None:
        return verdict
    certificate = prove(data, hints=hints, tidy=tidy)
    if certificate is not None:
        return _proved(claim, free, certificate, agreement or refuter.sample(), start)
    verdict = refuted(200, seconds) if seconds else None
    message = "neither a proof nor a counterexample was found"
    return verdict or Verdict(claim, "undecided", message=message, seconds=time.perf_counter() - start)


def without_theorems(data: dict[str, Any]) -> dict[str, Any]:
    """A statement as data, without the theorems that it cites and that hold in every model.

    In a model all points may lie in a null set, so that Rademacher's theorem, which says nothing of single points, does
    not hold in every one.
    """
    everywhere = ("Kantorovich-Rubinstein", "Eckart-Young")
    theorems = [h for h in data["given"] if h[0] == "cited" and h[1] in everywhere and kernel.is_case(h[1], h[2], data)]
    return {**data, "given": [h for h in data["given"] if h not in theorems]}


def _refuted(claim: Statement, found: Counterexample, start: float) -> Verdict:
    return Verdict(
        claim,
        "refuted",
        message=found.words,
        counterexample=found,
        seconds=time.perf_counter() - start,
    )


def _proved(
    claim: Statement, data: dict[str, Any], certificate: Certificate, agreement: Agreement, start: float
) -> Verdict:
    """A replayed certificate, confronted with a few models: they must not contradict it, nor find it empty."""
    message = ""
    verdict = "proved"
    if not agreement.consistent:
        verdict = "undecided"
        message = "the kernel accepts a proof that a model contradicts; please report this statement as a bug"
    elif not agreement.finite and (data["given"] or agreement.supported):
        verdict = "undecided"
        message = "no model was found in which both sides are finite"
        if data["given"]:
            message = f"it follows from the hypotheses, but {message} and they hold"
    elif (never := next((c for c in certificate.conditions if _impossible(c, data)), None)) is not None:
        verdict = "undecided"
        message = f"it holds only where {condition_text(never, data['declare'])}, which is never so"
    return Verdict(
        claim,
        verdict,
        conditions=tuple(condition_text(c, data["declare"]) for c in certificate.conditions),
        assumptions=certificate.assumptions,
        trusts=certificate.trusts,
        rules=certificate.rules,
        message=message,
        certificate=certificate,
        seconds=time.perf_counter() - start,
    )


def _impossible(condition: list[Any], data: dict[str, Any]) -> bool:
    """Whether what a condition wants to be positive, or not zero, is proved to be at most zero, or zero."""
    if condition[0] not in ("positive", "nonzero"):
        return False
    relation = "<=" if condition[0] == "positive" else "="
    claim = {**data, "relation": relation, "lhs": condition[1], "rhs": ["num", "0"], "equality": []}
    return prove(claim, tidy=False) is not None


def condition_text(condition: list[Any], declare: dict[str, Any]) -> str:
    """A condition of the kernel in words: ``q(z | x) << p(z | x)``, ``KL(q(z), p(z)) is finite``, ``w != 0``."""
    kind, *terms = condition
    shown = [text(decode(t, declare)) for t in terms]
    if kind == "support":
        return f"{shown[0]} << {shown[1]}"
    if kind == "finite":
        return f"{shown[0]} is finite"
    if kind in ("nonzero", "positive"):
        return f"{shown[0]} {'!=' if kind == 'nonzero' else '>'} 0"
    if kind == "differentiation":
        return f"{shown[1]} may be differentiated in {shown[0]} under the integral sign"
    raise ValueError(f"a condition of the unknown kind {kind!r}")


def explain(verdict: Verdict) -> list[tuple[Any, str]]:
    """The proof of an equality as a chain: terms, each with the rule that gives it from the one before.

    Empty for what is not an equality proved by expansion.

    >>> from derivations.language import E, laws, log, variables
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> for term, rule in explain(judge(log(p(x)) == E[q(z | x)](log(p(x, z) / p(z | x))))):
    ...     print(f"{rule:16} {term}")
                     log(p(x))
    marginalisation  Integral[z](q(z | x)*log(p(x)))
    Bayes' rule      Integral[z](q(z | x)*log(p(x, z)/p(z | x)))
    linearity        E[q(z | x)](log(p(x, z)/p(z | x)))
    """
    if verdict.certificate is None or verdict.certificate.data["proof"]["rule"] != "equal":
        return []
    data = verdict.certificate.data
    declare = data["statement"]["declare"]
    chains = []
    for side in ("lhs", "rhs"):
        rows: list[tuple[Any, str]] = [(data["statement"][side], "")]
        for n in range(len(verdict.rules) + 1):
            replay = kernel.Replay(data["statement"], frozenset(verdict.rules[:n]) | UNSHOWN, data["factors"])
            shown = replay.shown_sum(replay.settle(replay.quietly(data["statement"][side])))
            if shown != rows[-1][0]:
                rows.append((shown, verdict.rules[n - 1] if n else "linearity"))
        chains.append(rows)
    left, right = chains
    steps = [(decode(t, declare), rule) for t, rule in left]
    for (t, _), (_, rule) in zip(reversed(right[:-1]), reversed(right[1:]), strict=True):
        steps.append((decode(t, declare), rule))
    return steps
