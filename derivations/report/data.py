"""The machine-readable output of ``derivations verify``, ``train`` and ``report``.

Main definitions: `verify_data`, `claim_data`, `train_data`, `report_data`.  JSON Schema files stand in
``derivations/schemas``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from importlib.resources import files
from typing import Any

from derivations.judge import Verdict
from derivations.language.printing import statement_text
from derivations.report.content import Content, ModelContent
from derivations.report.evidence import Evidence
from derivations.report.prose import Formula, Run
from derivations.report.setting import written

__all__ = ["claim_data", "dumped", "report_data", "schema", "step_data", "train_data", "verify_data"]

CHECK_FIELDS = ("name", "method", "value", "reference", "error", "passed")


def verify_data(found: Iterable[Evidence]) -> dict[str, Any]:
    """All evidence, in the shape of ``verify --format json``."""
    return {"version": 1, "claims": [claim_data(evidence) for evidence in found]}


def claim_data(evidence: Evidence) -> dict[str, Any]:
    """One claim.  Its steps are those of its chains, in order; a statement without a chain is a step of its own."""
    claim = evidence.claim
    steps: list[dict[str, Any]] = []
    for part, chains in zip(evidence.statements, evidence.steps, strict=True):
        for verdicts in chains or ((part,),):
            steps += [step_data(v, len(steps) + n) for n, v in enumerate(verdicts, 1)]
    return {
        "id": claim.id,
        "item": claim.item,
        "statement": "; ".join(statement_text(part.statement) for part in claim.parts),
        "expected": claim.expected,
        "verdict": evidence.verdict,
        **{name: evidence.gathered(name) for name in ("conditions", "assumptions", "trusts", "rules")},
        "seconds": round(evidence.seconds, 6),
        "steps": steps,
        "second_proof": _second_proof(evidence.second_proof),
        "checks": [{name: _finite(check[name]) for name in CHECK_FIELDS} for check in evidence.checks],
    }


def _second_proof(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: row[name] for name in ("method", "verdict", "seconds")}


def step_data(verdict: Verdict, line: int) -> dict[str, Any]:
    """A step, in the shape that ``check`` and ``verify`` share; *line* counts the steps of a claim from 1."""
    step = verdict.as_json()
    return {
        "line": line,
        "relation": step["relation"],
        "lhs": step["lhs"],
        "rhs": step["rhs"],
        "reading": statement_text(verdict.statement),
        "verdict": step["verdict"],
        **{name: step[name] for name in ("conditions", "assumptions", "trusts", "rules")},
        "counterexample": step["counterexample"],
        "suggestion": step.get("suggestion"),
        "message": step["message"],
    }


def train_data(results: Sequence[Any]) -> dict[str, Any]:
    """All trained models, in the shape of ``train --format json``."""
    return {"version": 1, "models": [_finite(result.row()) for result in results]}


def report_data(found: Iterable[Evidence], results: Sequence[Any], content: Content) -> dict[str, Any]:
    """All that a report shows: the evidence, the trained models, and the document that tells of them."""
    return {
        "version": 1,
        "facts": dict(content.facts),
        "verify": verify_data(found),
        "train": train_data(results),
        "document": {
            "title": content.title,
            "subtitle": content.subtitle,
            **{name: _told(getattr(content, name)) for name in ("sections", "models", "sources", "rules", "verdicts")},
        },
    }


def _told(value: Any) -> Any:
    """A part of the document as data: sentences as text with ``$...$``, formulas as text and as LaTeX."""
    if isinstance(value, ModelContent):  # its observables stand under "train"
        return {"name": value.name, "description": value.description, "figure": value.figure}
    if isinstance(value, Formula):
        return {"text": value.text, "latex": _source(value), "words": value.words}
    if isinstance(value, list) and value and isinstance(value[0], Run):
        return "".join(f"${_source(run.formula) or run.formula.text}$" if run.formula else run.words for run in value)
    if is_dataclass(value):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _told(v) for name, v in value.items()}
    if isinstance(value, list | tuple):
        return [_told(v) for v in value]
    return _finite(value)


def _source(value: Formula) -> str | None:
    """The LaTeX of a formula, or None where its source could not be read as one."""
    return None if value.tree is None else written(value.tree)


def _finite(value: Any) -> Any:
    """The value with what JSON has no number for (infinity, not a number) as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _finite(v) for name, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


def dumped(data: Mapping[str, Any]) -> str:
    """JSON text, indented, in the order in which the data was made."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return re.sub(r"[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)  # no UTF-8 has lone surrogates


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a format: ``verify``, ``train``, ``report`` or ``check``.

    >>> schema("verify")["title"]
    'derivations verify --format json'
    """
    text = (files("derivations") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
