"""Claims: statements with an id, the chains that prove them, their words and their numeric companions.

A chain is what a person would write: a first term, then steps, each a relation, a term and a reason.  Every step is
judged by itself; a wrong step is named with its counterexample, and a reason that is not the reason is an error.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from derivations.judge import Verdict, condition_text, judge
from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Term, term
from derivations.prover import prove

if TYPE_CHECKING:
    from derivations.sympy_proof import SecondProof

# What a reason permits: the rules of the kernel that a step may use under it.  The first of them must be used.
# Linearity of integrals and the algebra of polynomials need no rule.
REASONS: dict[str, tuple[str, ...]] = {
    "algebra": ("algebra of fractions", "sum of a constant"),
    "linearity": ("sum of a constant",),
    "normalisation": ("normalisation",),
    "marginalisation": ("marginalisation", "normalisation"),
    "Bayes' rule": ("Bayes' rule", "marginalisation", "normalisation"),
    "logarithm of a product": ("logarithm of a product",),
    "definition of KL": ("definition of KL",),
    "definition of JSD": ("definition of JSD", "definition of KL"),
    "definition of entropy": ("definition of entropy",),
    "definition of cross-entropy": ("definition of cross-entropy",),
    "definition of mutual information": ("definition of mutual information", "marginalisation"),
    "Gaussian density": ("Gaussian density", "independence of components", "logarithm of a product"),
    "Gaussian moments": ("Gaussian moments", "independence of components", "normalisation", "sum of a constant"),
    "independence": ("independence of components", "normalisation"),
    "Jensen's inequality": ("Gibbs' inequality", "algebra of fractions", "normalisation", "logarithm of a product"),
    "Gibbs' inequality": ("Gibbs' inequality", "definition of KL", "definition of JSD", "normalisation"),
    "monotonicity of the logarithm": ("monotonicity of the logarithm",),
    "hypothesis": ("hypothesis",),
    "common denominator": ("algebra of fractions",),
    "non-negative integrand": ("non-negative integrand", "marginalisation", "normalisation"),
    "squares": ("squares are non-negative", "sum of a constant"),
    "differentiation": ("differentiation", "logarithm of a product"),
    "score function": ("score function", "differentiation", "Bayes' rule", "normalisation", "marginalisation"),
    "pushforward": ("pushforward",),
    "change of variables": ("change of variables",),
    "limit": ("limit",),
    "bounded by its supremum": ("bounded by its extremum", "normalisation", "marginalisation", "Bayes' rule"),
    "bounded by its infimum": ("bounded by its extremum", "normalisation", "marginalisation", "Bayes' rule"),
    "theorem of Eckart and Young": ("non-negative integrand", "hypothesis", "bounded by its extremum"),
    "coupling": ("coupling", "pushforward", "hypothesis", "marginalisation", "normalisation"),
    "critic": ("critic", "hypothesis", "pushforward", "normalisation", "marginalisation", "least upper bound"),
    "Lipschitz bound": ("non-negative integrand", "hypothesis"),
    "Rayleigh quotient": ("Rayleigh quotient",),
    "unit eigenvector": (
        *("unit eigenvector", "least upper bound", "bounded by its extremum"),
        *("non-negative integrand", "hypothesis"),
    ),
    "sum of a constant": ("sum of a constant",),
    "triangle inequality": ("gluing", "hypothesis", "cases"),
    "nested events": ("one sign", "hypothesis", "pushforward", "normalisation"),
    "point masses": ("point masses",),
    "mean value theorem": ("mean value theorem", "bounded by its extremum"),
    "Cauchy-Schwarz inequality": ("Cauchy-Schwarz inequality", "least upper bound", "bounded by its extremum"),
    "derivative as a limit": ("difference quotients", "lemma", "non-negative integrand", "hypothesis"),
    "bounded at all points": ("least upper bound", "hypothesis", "non-negative integrand"),
    "supremum over a class": (
        "least upper bound",
        "bounded by its extremum",
        "two bounds",
        "hypothesis",
        "algebra of fractions",
    ),
    "exchangeability": ("exchangeability", "size of a minibatch", "normalisation", "sum of a constant"),
    "size of a minibatch": ("size of a minibatch", "normalisation", "sum of a constant"),
    "independent draws": ("independence of components", "normalisation", "sum of a constant"),
    "trace of an inverse": ("inverse matrix", "sum of a constant"),
    "disjoint supports": ("hypothesis", "normalisation"),
    "attained extremum": ("attained extremum", "Gibbs' inequality", "normalisation", "logarithm of a product"),
}
FREE = ("algebra", "linearity")  # reasons that need not be used


class FalseReason(LanguageError):
    """A step that holds, but not for the reason given; the message says which rules it needs."""


@dataclass(frozen=True)
class Step:
    """One line of a chain: the term it reaches, the relation to the line before, and the reason given.

    *hints* may help the prover, as those of :func:`derivations.judge.judge` do.
    """

    relation: str
    term: Term
    reason: str = ""
    hints: Any = None


@dataclass(frozen=True)
class Chain:
    """A first term and the steps from it.

    >>> from derivations.language import E, laws, log, variables
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> proof = chain(
    ...     log(p(x)),
    ...     ("=", E[q(z | x)](log(p(x))), "normalisation"),
    ...     ("=", E[q(z | x)](log(p(x, z) / p(z | x))), "Bayes' rule"),
    ... )
    >>> [v.verdict for v in proof.verify()]
    ['proved', 'proved']
    """

    start: Term
    steps: tuple[Step, ...]
    given: tuple[Any, ...] = ()

    def assuming(self, *hypotheses: Any) -> Chain:
        """The chain under hypotheses (see :meth:`derivations.language.Statement.assuming`)."""
        rows = Statement("=", self.start, self.start).assuming(*hypotheses).given
        return Chain(self.start, self.steps, self.given + rows)

    def statements(self) -> Iterator[tuple[Statement, str]]:
        """Each step as a statement, with its reason."""
        before = self.start
        for step in self.steps:
            yield Statement(step.relation, before, step.term, (), self.given), step.reason
            before = step.term

    def conclusion(self) -> Statement:
        """The relation between the first and the last term that the steps together give."""
        kinds = {s.relation for s in self.steps} - {"="}
        if len(kinds) > 1 and kinds not in ({"<=", "<"}, {">=", ">"}):
            raise LanguageError(f"a chain of {', '.join(sorted(kinds))} relates nothing; its inequalities must agree")
        relation = "=" if not kinds else min(kinds, key=len)  # < and <= give <
        return Statement(relation, self.start, self.steps[-1].term, (), self.given)

    def _repr_html_(self) -> str:
        from derivations.report import notebook

        return notebook.chain(self)

    def verify(self, **options: Any) -> list[Verdict]:
        """Judge every step.  Raises :class:`FalseReason` for a step that holds for another reason."""
        hinted = ({**options, "hints": step.hints} if step.hints else options for step in self.steps)
        return [_judged(s, reason, how) for (s, reason), how in zip(self.statements(), hinted, strict=True)]


def chain(start: Any, *steps: tuple[Any, ...]) -> Chain:
    """A chain from a first term and ``(relation, term, reason, hints)`` rows; the last two may be left out."""
    if not steps:
        raise LanguageError("a chain has at least one step; write chain(a, ('=', b, 'algebra'))")
    return Chain(term(start), tuple(Step(row[0], term(row[1]), *row[2:]) for row in steps))


def _judged(claim: Statement, reason: str, options: dict[str, Any]) -> Verdict:
    verdict = judge(claim, **options)
    if verdict.verdict != "proved" or not reason:
        return verdict
    names = [name.strip() for name in reason.split(",")]
    for name in names:
        if name not in REASONS:
            raise FalseReason(f"{name!r} is no reason that I know; use one of: {', '.join(REASONS)}")
    permitted = {rule for name in names for rule in REASONS[name]}
    certificate = prove(claim.json(), permitted, options.get("hints"))
    if certificate is None:
        extra = [rule for rule in verdict.rules if rule not in permitted]
        raise FalseReason(f"{claim!r} holds, but not by {reason!r} alone; it needs {', '.join(extra) or 'other rules'}")
    for name in names:
        core = REASONS[name][:1] if name not in FREE else ()
        if core and not set(core) & set(certificate.rules):
            raise FalseReason(
                f"{claim!r} does not use {name!r}; what it uses is {', '.join(certificate.rules) or 'algebra'}"
            )
    conditions = tuple(condition_text(c, certificate.data["statement"]["declare"]) for c in certificate.conditions)
    return Verdict(
        claim,
        "proved",
        conditions,
        certificate.assumptions,
        certificate.trusts,
        certificate.rules,
        reason,
        certificate,
        None,
        verdict.seconds,
    )


@dataclass(frozen=True)
class Part:
    """One statement of a claim, with the chains that derive it."""

    statement: Statement
    chains: tuple[Chain, ...] = ()
    hints: Any = None


@dataclass(frozen=True)
class Claim:
    """A claim of the library: what it says, how it is proved, in words, and who checks it in numbers.

    *companion* is the dotted name of a function ``(seed, device) -> list of checks`` in the numeric wing, which is
    imported only when the checks run; *notes* are remarks for the report.
    """

    id: str
    item: str
    title: str
    parts: tuple[Part, ...]
    words: str
    companion: str
    expected: str = "proved"
    question: str = ""
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from derivations.report import notebook

        return notebook.claim(self)

    def prove(self, **options: Any) -> Result:
        """Judge all parts and verify all chains."""
        start = time.perf_counter()
        verdicts, steps = [], []
        for part in self.parts:
            verdicts.append(judge(part.statement, hints=part.hints, **options))
            for derivation in part.chains:
                steps.append((derivation, derivation.verify(**options)))
        return Result(self, tuple(verdicts), tuple(steps), time.perf_counter() - start)

    def second_proof(self) -> SecondProof | None:
        """What SymPy says of the parts, independently of the kernel; None if it can show none of them."""
        from derivations.sympy_proof import SecondProof, second_proof

        if self.expected != "proved":
            return None
        found = [second_proof(part.statement) for part in self.parts]
        proved = [f.verdict == "proved" for f in found]
        if not any(proved):
            return None
        verdict = "proved" if all(proved) else "undecided"
        return SecondProof("sympy", verdict, sum(f.seconds for f in found), "; ".join(f.how for f in found))

    def checks(self, seed: int = 0, device: str = "cpu") -> list[Any]:
        """Run the numeric companion."""
        module, name = self.companion.rsplit(".", 1)
        return list(getattr(importlib.import_module(module), name)(seed, device))


@dataclass(frozen=True)
class Result:
    """The verdicts on a claim's statements and on the steps of its chains."""

    claim: Claim
    verdicts: tuple[Verdict, ...]
    chains: tuple[tuple[Chain, list[Verdict]], ...]
    seconds: float = field(default=0.0, compare=False)

    def _repr_html_(self) -> str:
        from derivations.report import notebook

        return notebook.result(self)

    @property
    def verdict(self) -> str:
        """The weakest verdict of the parts; a claim with an unproved step is undecided, or refuted if the step is."""
        everything = [v.verdict for v in self.verdicts] + [v.verdict for _, vs in self.chains for v in vs]
        order = ("refuted", "unsupported", "undecided", "conditional", "proved")
        return min(everything, key=order.index)

    def gathered(self, name: str) -> list[str]:
        """Conditions, assumptions, trusts or rules of all parts, each once."""
        return list(dict.fromkeys(value for v in self.verdicts for value in getattr(v, name)))


def topic(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims of a theory module; ids must differ."""
    ids = [c.id for c in claims]
    if len(set(ids)) < len(ids):
        raise LanguageError(f"claim ids repeat: {sorted({i for i in ids if ids.count(i) > 1})}")
    return tuple(claims)


def show(claims: Sequence[Claim], introduction: str | None) -> None:
    """Prove claims and print them under an introduction: what a theory module does when it runs alone."""
    from derivations.report import terminal

    terminal.show(claims, introduction)
