"""Everything a report says, before it is typeset: LaTeX and HTML show the same content.

Main definitions: `Content`, the whole report; `compose`, which makes it from evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derivations import kernel
from derivations.claims import Chain
from derivations.judge import Verdict, explain
from derivations.language import Statement
from derivations.language.statements import decode
from derivations.language.terms import Term, add, log, mul
from derivations.report.evidence import Evidence
from derivations.report.numbers import Measured, decimal, measured
from derivations.report.prose import (
    Formula,
    Run,
    condition_formulas,
    equality_formulas,
    hypothesis_formulas,
    prose,
    relation_formula,
    statement_formula,
    term_formula,
)
from derivations.report.rules import RULE_LINES, VERDICT_LINES
from derivations.report.selection import item_key
from derivations.report.sheet import ITEMS, SOURCES, TASKS, Source
from derivations.report.worked import Worked, worked

__all__ = [
    "ChainContent",
    "ClaimContent",
    "Content",
    "ItemContent",
    "ModelContent",
    "Section",
    "StatementContent",
    "StepContent",
    "claim_content",
    "compose",
    "statement_content",
]

Paragraphs = list[list[Run]]

FEW_CHECKS = 8  # rows that a claim's page shows of a long table, which stands in the appendix
MOST_CHECKS = 12  # rows of a table that is not long


@dataclass(frozen=True)
class StepContent:
    """A step of a chain: relation, term, reason, and whether it holds; *message* says what is wrong."""

    relation: Formula
    term: Formula
    reason: str
    verdict: str
    message: str


@dataclass(frozen=True)
class ChainContent:
    """A chain; *own* marks one that the prover found by itself."""

    start: Formula
    steps: tuple[StepContent, ...]
    own: bool = False


@dataclass(frozen=True)
class StatementContent:
    """One statement of a claim with its evidence; *atoms* are the non-negative terms that an inequality rests on."""

    formula: Formula
    left: Formula
    relation: Formula
    right: Formula
    equality: list[Formula]
    given: list[Formula]
    verdict: str
    conditions: list[Formula]
    assumptions: tuple[str, ...]
    trusts: tuple[str, ...]
    rules: tuple[str, ...]
    chains: tuple[ChainContent, ...]
    atoms: tuple[StepContent, ...]
    worked: Worked | None
    words: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class CheckContent:
    """A row of the cross-check table: *value* stands in *relation* to *reference* where the check has *passed*."""

    name: str
    method: str
    value: Measured
    relation: Formula
    reference: Measured
    error: str
    samples: str
    passed: bool


@dataclass(frozen=True)
class ClaimContent:
    """A claim, as the report tells it."""

    id: str
    title: str
    question: Paragraphs
    statements: tuple[StatementContent, ...]
    words: Paragraphs
    notes: tuple[Paragraphs, ...]
    verdict: str
    expected: str
    second_proof: Mapping[str, Any] | None
    checks: tuple[CheckContent, ...]
    errors: tuple[str, ...]
    steps: tuple[int, int]
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that the claim expects."""
        return self.verdict == self.expected

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(check.passed for check in self.checks)

    @property
    def shown_checks(self) -> tuple[CheckContent, ...]:
        """The rows for a page: all that failed, and of the others a few of every method, from all over the table."""
        if len(self.checks) <= MOST_CHECKS:
            return self.checks
        kinds: dict[tuple[str, str], list[int]] = {}
        for place, check in enumerate(self.checks):
            kinds.setdefault((check.method, check.relation.text), []).append(place)
        share = max(1, FEW_CHECKS // len(kinds))
        chosen = {place for place, check in enumerate(self.checks) if not check.passed}
        for places in kinds.values():
            count = min(share, len(places))
            chosen |= {places[n * len(places) // count] for n in range(count)}
        return tuple(self.checks[place] for place in sorted(chosen))


@dataclass(frozen=True)
class ModelContent:
    """A trained model: its observables, and the name of its figure, if it has one."""

    name: str
    description: str
    seeds: int
    seconds: float
    observables: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    passed: bool
    figure: str | None


@dataclass(frozen=True)
class ItemContent:
    """An item of the sheet (or a script's group of claims)."""

    number: str
    title: str
    question: Paragraphs
    sources: tuple[int, ...]
    claims: tuple[ClaimContent, ...]
    models: tuple[ModelContent, ...] = ()


@dataclass(frozen=True)
class Section:
    """A task of the sheet, or a proof script."""

    title: str
    items: tuple[ItemContent, ...]


@dataclass(frozen=True)
class Content:
    """The whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    models: tuple[ModelContent, ...]
    sources: tuple[Source, ...]
    rules: tuple[tuple[str, Paragraphs], ...]
    verdicts: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def claims(self) -> list[ClaimContent]:
        """All claims, in order."""
        return [claim for section in self.sections for item in section.items for claim in item.claims]

    @property
    def long_tables(self) -> list[ClaimContent]:
        """The claims whose pages show a part of their checks."""
        return [claim for claim in self.claims if len(claim.shown_checks) < len(claim.checks)]

    @property
    def counts(self) -> dict[str, int]:
        """How many claims were proved and refuted as expected or came out otherwise, and how many checks passed."""
        claims = self.claims
        return {
            "claims": len(claims),
            "proved": sum(c.as_expected and c.expected == "proved" for c in claims),
            "refuted": sum(c.as_expected and c.expected == "refuted" for c in claims),
            "otherwise": sum(not c.as_expected for c in claims),
            "steps": sum(c.steps[1] for c in claims),
            "good_steps": sum(c.steps[0] for c in claims),
            "checks": sum(len(c.checks) for c in claims),
            "passed": sum(c.passed for c in claims),
            "second": sum(c.second_proof is not None and c.second_proof["verdict"] == "proved" for c in claims),
        }


# Which item of the sheet shows which trained model.
SHOWN = {
    "linear-autoencoder": "1.1",
    "autoencoder": "1.3",
    "vae-without-kl": "1.4",
    "linear-vae": "2.2",
    "vae": "2.4",
    "discriminator": "3.2",
    "parallel-lines": "4.1",
    "saturation": "4.2",
    "ring": "4.3",
    "critics": "4.4",
}


def compose(
    found: Sequence[Evidence],
    results: Sequence[Any] = (),
    *,
    figures: Mapping[str, str] | None = None,
    facts: Sequence[tuple[str, str]] = (),
    scripts: Sequence[str] = (),
) -> Content:
    """The content of a report.

    *results* are trained models (``numerics.training.Result``), *figures* the names of their figures, *facts* what the
    appendix says about versions, seeds and machine; *scripts* are the proof scripts that the claims come from.

    >>> from derivations.report.evidence import gather
    >>> from derivations.report.selection import library, select
    >>> claims = select(library(), items=["2.1"])
    >>> content = compose([gather(claim, checks=False) for claim in claims])
    >>> content.sections[0].title, content.counts["refuted"]
    ('Task 2. The variational lower bound', 1)
    """
    models = tuple(_model(r, (figures or {}).get(r.name)) for r in results)
    names = list(dict.fromkeys(s for e in found if not scripts for s in _sources(e)))
    order = tuple(SOURCES[name] for name in names)
    groups: dict[str, dict[str, list[Evidence]]] = {}
    for evidence in sorted(found, key=lambda e: item_key(e.claim.item)):
        item = evidence.claim.item
        task = item.split(".")[0]
        title = f"Task {task}. {TASKS[task]}" if task in TASKS and not scripts else "Claims"
        groups.setdefault(title, {}).setdefault(item, []).append(evidence)
    sections = tuple(
        Section(title, tuple(_item(number, group, names, models, bool(scripts)) for number, group in items.items()))
        for title, items in groups.items()
    )
    placed = {m.name for s in sections for i in s.items for m in i.models}
    return Content(
        title="Derivations, verified" if not scripts else "Proofs, verified",
        subtitle=(
            "Model solutions for the mathematics of variational autoencoders and generative adversarial networks"
            if not scripts
            else ", ".join(scripts)
        ),
        sections=sections,
        models=tuple(m for m in models if m.name not in placed),
        sources=order,
        rules=tuple((name, prose(line)) for name, line in RULE_LINES.items()),
        verdicts=tuple(VERDICT_LINES.items()),
        facts=tuple(facts),
    )


def _sources(evidence: Evidence) -> tuple[str, ...]:
    item = ITEMS.get(evidence.claim.item)
    return item.sources if item else ()


def _item(
    number: str, group: Sequence[Evidence], sources: list[str], models: Sequence[ModelContent], own: bool
) -> ItemContent:
    known = None if own else ITEMS.get(number)
    asked = any(e.claim.question for e in group)
    return ItemContent(
        number=number if len(number) <= 5 else "",
        title=known.title if known else "",
        question=prose(known.question) if known and not asked else [],
        sources=tuple(sources.index(name) + 1 for name in known.sources) if known else (),
        claims=tuple(claim_content(evidence) for evidence in group),
        models=() if own else tuple(m for m in models if SHOWN.get(m.name) == number),
    )


def claim_content(evidence: Evidence) -> ClaimContent:
    """A claim with its evidence."""
    claim = evidence.claim
    verdicts = [v.verdict for _, _, chain in evidence.chains() for v in chain]
    statements = []
    for number, (part, verdict) in enumerate(zip(claim.parts, evidence.statements, strict=True)):
        chains = tuple(_chain(chain, found) for chain, found in zip(part.chains, evidence.steps[number], strict=True))
        statements.append(statement_content(part.statement, verdict, chains))
    return ClaimContent(
        id=claim.id,
        title=claim.title or claim.id,
        question=prose(claim.question),
        statements=tuple(statements),
        words=prose(claim.words),
        notes=tuple(prose(note) for note in claim.notes),
        verdict=evidence.verdict,
        expected=claim.expected,
        second_proof=evidence.second_proof,
        checks=tuple(_check(row) for row in evidence.checks),
        errors=evidence.errors,
        steps=(sum(v == "proved" for v in verdicts), len(verdicts)),
        seconds=evidence.seconds,
    )


def statement_content(statement: Statement, verdict: Verdict, chains: tuple[ChainContent, ...]) -> StatementContent:
    """A statement with its verdict and its verified chains."""
    found = verdict.counterexample
    if not chains and verdict.verdict == "proved":
        chains = _own_chain(verdict)
    return StatementContent(
        formula=statement_formula(statement),
        left=term_formula(statement.left),
        relation=relation_formula(statement.relation),
        right=term_formula(statement.right),
        equality=equality_formulas(statement),
        given=hypothesis_formulas(statement),
        verdict=verdict.verdict,
        conditions=condition_formulas(verdict),
        assumptions=verdict.assumptions,
        trusts=verdict.trusts,
        rules=verdict.rules or (("linearity",) if verdict.verdict == "proved" and not chains else ()),
        chains=chains,
        atoms=_atoms(verdict) if not chains or statement.relation == "=" else (),
        worked=worked(verdict),
        words=tuple(found.words.splitlines()) if found else (),
        message="" if found or verdict.verdict == "proved" else verdict.message,
    )


def _chain(chain: Chain, verdicts: Sequence[Verdict]) -> ChainContent:
    steps = []
    for step, verdict in zip(chain.steps, verdicts, strict=True):
        wrong = verdict.verdict != "proved"
        found = verdict.counterexample
        message = found.words if found else verdict.message if wrong else ""
        relation = relation_formula(step.relation)
        steps.append(StepContent(relation, term_formula(step.term), step.reason, verdict.verdict, message))
    return ChainContent(term_formula(chain.start), tuple(steps))


def _own_chain(verdict: Verdict) -> tuple[ChainContent, ...]:
    """The proof that the prover found for an equation without given steps, as a chain of named rules."""
    if verdict.certificate is None or verdict.certificate.data["proof"].get("rule") != "equal":
        return ()
    try:
        first, *rest = explain(verdict)
    except kernel.Rejected:  # a rule without which the statement has no sums to show, as in a limit
        return ()
    steps = tuple(StepContent(relation_formula("="), term_formula(t), rule, "proved", "") for t, rule in rest)
    made = ChainContent(term_formula(first[0]), steps, own=True)
    shown = all(formula.tree is not None for formula in (made.start, *(step.term for step in steps)))
    return (made,) if len(steps) > 1 and shown else ()  # a single step is the statement once more


_ATOM_RULES = {
    "gibbs": "Gibbs' inequality",
    "monotone": "monotonicity of the logarithm",
    "square": "squares are non-negative",
    "nonneg": "non-negative integrand",
}


def _atoms(verdict: Verdict) -> tuple[StepContent, ...]:
    """What the difference of the sides of an inequality is a sum of: terms that are never negative, and why."""
    if verdict.certificate is None:
        return ()
    proof = verdict.certificate.data["proof"]
    if proof["rule"] in kernel.REDUCTIONS:  # what is bounded there is another statement, with names of its own
        return ()
    proof = proof.get("bounded", proof)
    if proof.get("rule") != "bound":
        return ()
    declare = verdict.certificate.data["statement"]["declare"]
    found = []
    for multiplier, (kind, names, *terms) in proof["atoms"]:
        if kind not in _ATOM_RULES:  # it is made of more than terms, or shown by a chain
            return ()
        value = _atom_term(kind, [decode(t, declare) for t in terms])
        if value is None:
            return ()
        bound = tuple(decode(n, declare) for n in names if n[0] == "var")
        if len(bound) < len(names):
            return ()
        whole = mul(decode(multiplier, declare), Term("int", bound, value) if bound else value)
        found.append(StepContent(relation_formula(">="), term_formula(whole), _ATOM_RULES[kind], "proved", ""))
    return tuple(found)


def _atom_term(kind: str, terms: list[Term]) -> Term | None:
    """The integrand of an atom (see the kernel), written as in a book."""
    if kind == "gibbs":
        a, b = terms
        return add(mul(a, log(a / b)), mul(-1, a), b)
    if kind == "monotone":
        w, a, b = terms
        return mul(w, log(b / a))
    if kind == "square":
        return mul(terms[0], terms[1] ** 2)
    return terms[0] if kind == "nonneg" else None


def _check(row: Mapping[str, Any]) -> CheckContent:
    """A row of the table: a sampled value stands with the half-width of its interval and its distance from the
    reference, an enclosed one with its radius and the largest distance that the enclosures leave open."""
    value, reference, error = row["value"], row["reference"], row["error"]
    shown = measured(value, 6)
    if row["method"] == "monte-carlo" and isinstance(value, float) and isinstance(reference, float):
        digits = max(2, min(6, _places(value, error)))
        shown = Measured(decimal(value, digits), decimal(error, 2))
        error = abs(value - reference)
    return CheckContent(
        name=str(row["name"]),
        method=str(row["method"]),
        value=shown,
        relation=relation_formula(str(row.get("relation", "="))),
        reference=measured(reference, 6),
        error=decimal(error, 2) if isinstance(error, int | float) else measured(error, 3).value,
        samples=decimal(row.get("samples")),
        passed=bool(row["passed"]),
    )


def _places(value: float, error: float) -> int:
    """The significant digits of a value down to the second digit of its error."""
    if not (math.isfinite(value) and math.isfinite(error)) or not value or not error:
        return 6
    return math.floor(math.log10(abs(value))) - math.floor(math.log10(abs(error))) + 2


def _model(result: Any, figure: str | None) -> ModelContent:
    return ModelContent(
        name=result.name,
        description=_description(result.name),
        seeds=result.seeds,
        seconds=result.seconds,
        observables=tuple({**o.row(), "expects": o.expects} for o in result.observables),
        notes=tuple(result.notes),
        passed=result.passed,
        figure=figure,
    )


def _description(name: str) -> str:
    from numerics.training.registry import MODELS

    return MODELS[name].description if name in MODELS else ""
