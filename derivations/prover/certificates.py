"""From a statement to a certificate: try the rules, keep only those that the proof needs, have the kernel replay it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from derivations import kernel
from derivations.prover.equality import vanish
from derivations.prover.extremum import attained_proof
from derivations.prover.factorisation import Search
from derivations.prover.gradients import gradient_proof, lemma_proof, points_proof
from derivations.prover.inequality import bound_proof, equality_case
from derivations.prover.sharing import shared_expansions
from derivations.prover.suprema import classes, supremum_proof
from derivations.prover.transport import having

ALL = frozenset(kernel.RULES)
DEFINED = ("KL", "JSD", "H", "CE", "I")
UNFOLDING = frozenset(r for r in kernel.RULES if r.startswith("definition")) | {"Bayes' rule"}


@dataclass(frozen=True)
class Certificate:
    """A proof as data, replayed by the kernel; ``data`` is what goes into a file.

    ``conditions`` are terms under a kind (``finite``, ``support``, ``nonzero``), see ``docs/certificates.md``.
    """

    data: dict[str, Any]
    rules: tuple[str, ...]
    conditions: tuple[Any, ...]
    assumptions: tuple[str, ...]
    trusts: tuple[str, ...]

    @staticmethod
    def replayed(data: dict[str, Any]) -> Certificate:
        """A certificate from outside; raises :class:`derivations.kernel.Rejected` unless the kernel accepts it."""
        found = kernel.check(data)
        names = ("rules", "conditions", "assumptions", "trusts")
        return Certificate(data, *(tuple(found[name]) for name in names))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate as JSON, for ``python -I derivations/kernel.py``."""
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.data, file, indent=1)
            file.write("\n")


def prove(
    statement: dict[str, Any], rules: Iterable[str] = ALL, hints: Any = None, tidy: bool = True
) -> Certificate | None:
    """A certificate for a statement (as data), or None.

    *rules* restricts the rules that the proof may use; *hints* may carry a ``witness`` for an extremum and ``atoms``
    for an inequality; *tidy* takes away the rules that the proof does not need.
    """
    with shared_expansions():
        return _found(statement, frozenset(rules), hints, tidy)


def _found(statement: dict[str, Any], rules: frozenset[str], hints: Any, tidy: bool) -> Certificate | None:
    attempts = _attempts(statement, rules)
    for attempt in attempts if not tidy and _is_equation(statement) else []:
        if _stands_alone(statement) and attempt.isdisjoint(UNFOLDING):
            continue
        if (accepted := _accepted(statement, {"rule": "equal", "moves": []}, attempt)) is not None:
            return accepted
    failed: frozenset[str] = frozenset()
    for by_moves, attempt in _ways(statement, attempts):
        demanded: set[str] = set()
        if by_moves:  # they are found on the way of its replay
            found = _replayed(statement, {"rule": "equal", "moves": None}, attempt, demanded)
        else:
            try:
                proof = find_proof(statement, attempt, hints, expanded=True)
            except kernel.Rejected:
                continue
            accepted = None if tidy or proof is None else _accepted(statement, proof, attempt)
            if accepted is not None:
                return accepted
            found = None if proof is None else _replayed(statement, proof, attempt, demanded)
        if found is not None:
            if tidy:
                without = set(found.rules) - failed
                demanded |= without if failed and len(without) == 1 else set()  # no proof was found without it
                found = _with_fewest_rules(statement, found, demanded)
            return Certificate.replayed(found.data)
        failed = attempt
    return None


def _ways(statement: dict[str, Any], attempts: list[frozenset[str]]) -> list[tuple[bool, frozenset[str]]]:
    """In which order to try what under which rules: an equation by moves that empty the difference, all else by search.

    A supremum or infimum on one side only rarely vanishes by moves.
    """
    if not _is_equation(statement):
        return [(False, a) for a in attempts]
    extrema = [not kernel.heads(statement[side]).isdisjoint(("sup", "inf")) for side in ("lhs", "rhs")]
    if extrema[0] != extrema[1]:
        return [(by_moves, a) for by_moves in (False, True) for a in attempts]
    return [(by_moves, a) for a in attempts for by_moves in (True, False)]


def _attempts(statement: dict[str, Any], allowed: frozenset[str]) -> list[frozenset[str]]:
    """The sets of rules to try: definitions unfolded last, and normal laws that a gradient moves standardised last."""
    attempts = [allowed - UNFOLDING, allowed] if statement["relation"] == "=" else [allowed]
    if {"grad", "normal"} <= kernel.heads([statement["lhs"], statement["rhs"]]):
        attempts = [*(a - {"change of variables"} for a in attempts), *attempts]
    return list(dict.fromkeys(attempts))


def _is_equation(statement: dict[str, Any]) -> bool:
    return statement["relation"] == "=" and not statement["equality"]


def _stands_alone(statement: dict[str, Any]) -> bool:
    """Whether one divergence or entropy stands in an equation, so that only its definition can match it."""
    found = [t[0] for t in kernel.inside([statement["lhs"], statement["rhs"]]) if t[0] in DEFINED]
    return any(found.count(head) == 1 for head in found)


def _with_fewest_rules(statement: dict[str, Any], found: Certificate, demanded: set[str]) -> Certificate:
    """The certificate without the rules that its proof does not need; those that its form demands are not tried."""
    for rule in (r for r in reversed(found.rules) if r not in demanded):
        fewer = _replayed(statement, found.data["proof"], frozenset(found.rules) - {rule})
        if fewer is not None and len(fewer.conditions) <= len(found.conditions):
            found = fewer
    return found


def _accepted(statement: dict[str, Any], proof: dict[str, Any], rules: frozenset[str]) -> Certificate | None:
    """The certificate that the kernel's own replay of a proof writes, if the proof needs no factors to be found.

    The replay is that of the certificate, which lists the rules that it used: allowed ones change nothing unless used.
    """
    try:
        found = kernel.Replay(statement, rules).run(proof)
    except kernel.Rejected:
        return None
    return _written(statement, proof, [], found)


def _replayed(
    statement: dict[str, Any], proof: dict[str, Any], rules: frozenset[str], demanded: set[str] | None = None
) -> Certificate | None:
    """The certificate of a proof under rules, with the conditions that the replay finds; None if it needs others.

    The moves of an equation may be left to be found.  The rules that the form of the proof demands are added to
    *demanded*.
    """
    try:
        search = Search(statement, rules)
        found = search.run(proof)
    except kernel.Rejected:
        return None
    if demanded is not None:
        demanded |= search.demanded
    if proof["rule"] == "equal":
        proof = {**proof, "moves": search.moves if proof["moves"] is None else proof["moves"]}
    return _written(statement, proof, search.found_factors(), found)


def _written(
    statement: dict[str, Any], proof: dict[str, Any], factors: list[Any], found: dict[str, list[Any]]
) -> Certificate:
    data = {"version": 1, "statement": statement, "proof": proof, "factors": factors, **found}
    data["digest"] = kernel.digest(data)
    return Certificate(data, *(tuple(found[name]) for name in ("rules", "conditions", "assumptions", "trusts")))


def find_proof(
    statement: dict[str, Any], rules: frozenset[str], hints: Any = None, expanded: bool = False
) -> dict[str, Any] | None:
    """A proof of a statement under rules; the kernel has not seen it yet.

    *expanded*: the sides of an equation are known not to expand to the same.
    """
    relation = statement["relation"]
    if relation == "=":
        if not (expanded or statement["equality"]):
            replay = Search(statement, rules)
            moves = vanish(replay, replay.difference(statement["lhs"], statement["rhs"]))
            if moves is not None:
                return {"rule": "equal", "moves": moves}
        if any(side[0] in ("sup", "inf") and side[1][0] == "law" for side in (statement["lhs"], statement["rhs"])):
            return {"rule": "point masses"}
        if classes([statement["lhs"], statement["rhs"]]) or any(
            "W" in kernel.heads(statement[side]) for side in ("lhs", "rhs")
        ):
            return _two_bounds(statement, rules, hints)
        return attained_proof(statement, rules, hints, find_proof)
    if relation in ("<=", ">=", "<", ">"):
        if hints and hints.get("lemmas"):
            return lemma_proof(statement, rules, hints, find_proof)
        if relation in ("<=", ">=") and classes([statement["lhs"], statement["rhs"]]):
            return supremum_proof(statement, rules, hints, find_proof)
        proof = bound_proof(statement, rules, hints) or _cases(statement, rules, hints)
        if proof is None and relation in ("<=", ">=") and not statement["equality"]:
            proof = gradient_proof(statement, rules, hints, find_proof) or points_proof(
                statement, rules, hints, find_proof
            )
        if proof is not None and statement["equality"]:
            witness = equality_case(statement, rules, proof["atoms"])
            return {**proof, "equality": witness} if witness is not None else None
        return proof
    return None


def _two_bounds(statement: dict[str, Any], rules: frozenset[str], hints: Any) -> dict[str, Any] | None:
    """An equation from two inequalities."""
    found = {
        part: find_proof({**statement, "relation": relation}, rules, hints)
        for part, relation in (("above", "<="), ("below", ">="))
    }
    return {"rule": "two bounds", **found} if None not in found.values() else None


def _cases(statement: dict[str, Any], rules: frozenset[str], hints: Any) -> dict[str, Any] | None:
    """An inequality from the two cases of the sign of what stands between bars: a transport cost, an integral."""
    sides = [statement["lhs"], statement["rhs"]]
    given = statement["given"]
    for _, t in having(sides, "abs"):
        plain = not having(sides, "W") and not kernel.has_binder(t)  # its sign is settled point by point
        if plain or kernel.free_names(t) or any(h[1:] == [t, ["num", "0"]] for h in given):
            continue
        found = {
            part: find_proof({**statement, "given": [*given, [relation, t, ["num", "0"]]]}, rules, hints)
            for part, relation in (("above", ">="), ("below", "<="))
        }
        if None not in found.values():
            return {"rule": "cases", "term": t, **found}
    return None


__all__ = ["Certificate", "find_proof", "prove"]
