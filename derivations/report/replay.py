"""Verdicts as plain data, and back: a verdict that crossed a process border counts only after it was replayed.

Main definitions: `sent`, `received`.  A proof arrives as a
certificate and is replayed by the kernel, against the statement that was asked for.  A refutation arrives as a model,
in which both sides are enclosed again.  What does not survive this is ``undecided``, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from derivations import kernel
from derivations.claims import Claim
from derivations.judge import Verdict, condition_text
from derivations.language import Statement
from derivations.prover import Certificate
from derivations.refuter import Counterexample, falsified
from derivations.refuter.comparison import Comparison
from derivations.refuter.fields import Unsupported
from derivations.refuter.interchange import model_from_json
from derivations.refuter.signature import Signature
from derivations.report.evidence import Evidence

__all__ = ["contradicts", "received", "sent"]


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
            return _refused(statement, f"the kernel rejects the certificate: {str(reason)[:200]}", seconds)
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
            contradicted = found is not None and contradicts(own, found["model"])
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


def contradicts(statement: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether a model (as data) contradicts a statement, or the equality case of an inequality; evaluated anew."""
    signature = Signature.of(statement)
    model = model_from_json(signature, data)
    if falsified(statement, [model]) is not None:
        return True
    if not statement["equality"]:
        return False
    given = [*statement["given"], *(["=", *pair] for pair in statement["equality"])]
    posed = {**statement, "relation": "=", "equality": [], "given": given}
    if falsified(posed, [model_from_json(Signature.of(posed), data)]) is not None:
        return True
    meeting = Comparison(signature, "!=", statement["lhs"], statement["rhs"])
    apart = (Comparison(signature, "=", *pair) for pair in statement["equality"])
    return meeting.falsified(model) is not None and any(c.falsified(model) is not None for c in apart)
