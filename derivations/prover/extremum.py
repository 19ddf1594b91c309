"""Extrema that are attained: find the witness, prove that it reaches the value and that nothing passes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from derivations.kernel import Rejected, substituted
from derivations.prover.inequality import _survey

Term = list[Any]
Find = Callable[[dict[str, Any], frozenset[str]], dict[str, Any] | None]


def attained_proof(statement: dict[str, Any], rules: frozenset[str], hints: Any, find: Find) -> dict[str, Any] | None:
    """A proof of ``sup f = value`` (or inf) by a witness, or None."""
    extremum, value = statement["lhs"], statement["rhs"]
    if extremum[0] not in ("sup", "inf"):
        extremum, value = value, extremum
    if extremum[0] not in ("sup", "inf") or value[0] in ("sup", "inf") or "attained extremum" not in rules:
        return None
    head, binder, body = extremum
    relation = "<=" if head == "sup" else ">="
    for witness in witnesses(binder, body, hints):
        try:
            at_witness = substituted(body, binder, witness)
            reached = find({**statement, "lhs": at_witness, "rhs": value}, rules)
        except Rejected:
            continue
        if reached is not None:  # the bound is the dearer half
            bounded = find({**statement, "relation": relation, "lhs": body, "rhs": value}, rules)
            if bounded is None:
                return None
            return {"rule": "attained", "witness": witness, "reached": reached, "bounded": bounded}
    return None


def witnesses(binder: Term, body: Term, hints: Any) -> Iterator[dict[str, Any]]:
    """Candidates: hints, then for weighted logarithms of y and 1 - y the ratio of weights a/(a + b)."""
    yield from (hints or {}).get("witness", [])
    logs: list[Any] = []
    _survey(body, [], ["num", "1"], [], [], logs, [])
    target, parameters = None, []
    for _, _, inside in logs:
        if binder[0] == "function" and inside[:2] == ["fn", binder[1]]:
            if all(a[0] == "var" for a in inside[2]):
                target, parameters = inside, [a[1] for a in inside[2]]
        elif inside == binder:
            target = inside
    if target is None:
        return
    complement = ["add", ["num", "1"], ["mul", ["num", "-1"], target]]
    above = [w for _, w, inside in logs if inside == target]
    below = [w for _, w, inside in logs if inside in (complement, ["add", *reversed(complement[1:])])]
    for a in above:
        for b in below:
            yield {"parameters": parameters, "body": ["mul", a, ["pow", ["add", a, b], "-1"]]}
