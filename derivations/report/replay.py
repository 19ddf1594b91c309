"""Verdicts as plain data, and back: a verdict that crossed a process border counts only after it was replayed.

Main definitions: `sent`, `received`; `remodelled`, the model of a counterexample from its data.  A proof arrives as a
certificate and is replayed by the kernel, against the statement that was asked for.  A refutation arrives as a model,
in which both sides are enclosed again.  What does not survive this is ``undecided``, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import fmpq

from derivations import kernel
from derivations.claims import Claim
from derivations.judge import Verdict, condition_text
from derivations.language import Statement
from derivations.prover import Certificate
from derivations.refuter import Counterexample, Model, falsified
from derivations.refuter.fields import Unsupported
from derivations.refuter.models import Space, integer, key_of, rational
from derivations.refuter.signature import Signature
from derivations.report.evidence import Evidence

__all__ = ["received", "remodelled", "sent"]


def sent(evidence: Evidence) -> dict[str, Any]:
    """The evidence as plain data, without the claim."""
    return {
        "statements": [_packed(v) for v in evidence.statements],
        "steps": [[[_packed(v) for v in chain] for chain in part] for part in evidence.steps],
        "second_proof": None if evidence.second_proof is None else dict(evidence.second_proof),
        "checks": [dict(check) for check in evidence.checks],
        "errors": list(evidence.errors),
        "seconds": evidence.seconds,
    }


def received(claim: Claim, data: Mapping[str, Any]) -> Evidence:
    """The evidence for a claim from plain data; every certificate is replayed, every counterexample evaluated.

    >>> from derivations.report.evidence import gather
    >>> from derivations.report.selection import library, select
    >>> (claim,) = select(library(), ids=["log-likelihood"])
    >>> there = sent(gather(claim, checks=False))
    >>> received(claim, there).verdict
    'proved'
    >>> there["statements"][0]["certificate"]["statement"]["rhs"] = ["num", "0"]
    >>> received(claim, there).statements[0].message
    'the certificate is for another statement'
    """
    statements = [_opened(p.statement, v) for p, v in zip(claim.parts, data["statements"], strict=True)]
    steps = []
    for part, found in zip(claim.parts, data["steps"], strict=True):
        chains = []
        for chain, verdicts in zip(part.chains, found, strict=True):
            rows = zip(chain.statements(), verdicts, strict=True)
            chains.append(tuple(_opened(statement, v) for (statement, _), v in rows))
        steps.append(tuple(chains))
    return Evidence(
        claim,
        tuple(statements),
        tuple(steps),
        data["second_proof"],
        tuple(data["checks"]),
        tuple(data["errors"]),
        data["seconds"],
    )


def _packed(verdict: Verdict) -> dict[str, Any]:
    found = verdict.counterexample
    return {
        "verdict": verdict.verdict,
        "message": verdict.message,
        "rules": list(verdict.rules),
        "certificate": None if verdict.certificate is None else verdict.certificate.data,
        "counterexample": None if found is None else {**found.as_json(), "values": found.values},
        "seconds": verdict.seconds,
    }


def _opened(statement: Statement, data: Mapping[str, Any]) -> Verdict:
    said, message, seconds = data["verdict"], data["message"], data["seconds"]
    own = json.loads(json.dumps(statement.json()))
    if said == "proved":
        if data["certificate"] is None or data["certificate"]["statement"] != own:
            return _refused(statement, "the certificate is for another statement", seconds)
        try:
            certificate = Certificate.replayed(data["certificate"])
        except kernel.Rejected as reason:
            return _refused(statement, f"the kernel rejects the certificate: {reason}", seconds)
        return Verdict(
            statement,
            "proved",
            tuple(condition_text(c, own["declare"]) for c in certificate.conditions),
            certificate.assumptions,
            certificate.trusts,
            certificate.rules,
            message,
            certificate,
            None,
            seconds,
        )
    if said == "refuted":
        found = data["counterexample"]
        try:
            contradicted = found is not None and falsified(own, [remodelled(own, found["model"])]) is not None
        except (LookupError, ValueError, ZeroDivisionError, Unsupported) as error:
            return _refused(statement, f"the counterexample is no model of the statement: {error}", seconds)
        if not contradicted:
            return _refused(statement, "the counterexample does not contradict the statement", seconds)
        left, right = ((found[side]["mid"], found[side]["rad"]) for side in ("lhs", "rhs"))
        counterexample = Counterexample(found["model"], left, right, found["words"], found["values"])
        return Verdict(statement, "refuted", message=message, counterexample=counterexample, seconds=seconds)
    return Verdict(statement, said, rules=tuple(data["rules"]), message=message, seconds=seconds)


def _refused(statement: Statement, message: str, seconds: float) -> Verdict:
    return Verdict(statement, "undecided", message=message, seconds=seconds)


def remodelled(statement: dict[str, Any], data: Mapping[str, Any]) -> Model:
    """The finite model of a counterexample from its data (``Counterexample.model``).

    Raises ValueError or KeyError for data that is no model of the statement's vocabulary.
    """
    signature = Signature.of(statement)
    dimensions = {name: int(n) for name, n in data["dimensions"].items()}
    spaces = {
        name: Space(_numbers(space["values"]), _numbers(space["weights"])) for name, space in data["spaces"].items()
    }
    model = Model(signature, spaces, dimensions)
    for name, value in data["symbols"].items():
        model.symbols[name] = _numbers(value) if isinstance(value, list) else rational(value)
    for row in data["laws"]:
        cells = [points for points, _ in model.cells(signature.laws[row["law"]], row["law"])]
        key = key_of(fmpq(f.numerator, f.denominator) for f in map(Fraction, row["parameters"]))
        model.laws[row["law"], key] = dict(zip(cells, _numbers(row["density"]), strict=True))
    for name, rows in data["functions"].items():
        table = {}
        for arguments, value in rows:
            key = key_of(fmpq(f.numerator, f.denominator) for f in map(Fraction, arguments))
            table[key] = int(value) if name in signature.points else rational(value)
        model.functions[name] = table
    for name, facts in signature.symbols.items():
        shape = facts["shape"]
        count = integer(shape[0], dimensions) if shape else None
        value = model.symbols.get(name)
        if name not in dimensions and (len(value) if isinstance(value, tuple) else None) != count:
            raise ValueError(f"the model gives no value of the shape of {name}")
    return model


def _numbers(texts: list[str]) -> tuple[fmpq, ...]:
    return tuple(rational(text) for text in texts)
