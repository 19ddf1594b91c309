"""Suprema and infima over classes of functions: any one member for the bound one, and members that bound the others.

What remains of the larger side are suprema, each of which is at least its value at a function that is known to be in
its class: one that a hypothesis describes, times a factor that turns one bound into the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from derivations.kernel import (
    Rejected,
    Sum,
    constant,
    multiply_monomials,
    ratio,
    restricted,
    with_eigenvector,
    with_member,
)
from derivations.prover.factorisation import Search
from derivations.prover.inequality import bound_proof

Term = list[Any]
Find = Callable[..., dict[str, Any] | None]
CHOICES = 40  # of witnesses that are tried together


def classes(t: Any) -> list[Term]:
    """The suprema and infima over classes of functions that stand in a term."""
    if not isinstance(t, list) or not t:
        return []
    mine = [t] if t[0] in ("sup", "inf") and restricted(t[1]) else []
    inside = [found for part in t for found in classes(part)]
    return mine + [found for found in inside if found not in mine]


def supremum_proof(statement: dict[str, Any], rules: frozenset[str], hints: Any, find: Find) -> dict[str, Any] | None:
    """A proof of an inequality with extrema over classes of functions, or None."""
    if statement["equality"]:
        return bound_proof(statement, rules, hints)
    for extremum in classes([statement["lhs"], statement["rhs"]]) if "least upper bound" in rules else []:
        try:
            inner = with_member(statement, extremum)[0]
        except Rejected:
            continue
        bounded = find(inner, rules, hints)
        if bounded is not None:
            return {"rule": "least upper bound", "extremum": extremum, "bounded": bounded}
    for eigenvalue in _largest([statement["lhs"], statement["rhs"]]) if "unit eigenvector" in rules else []:
        proof = find(with_eigenvector(statement, eigenvalue)[0], rules - {"unit eigenvector"}, hints)
        if proof is not None:
            return {"rule": "unit eigenvector", "eigenvalue": eigenvalue, "bounded": proof}
    for atoms in itertools.islice(_choices(statement, rules), CHOICES):
        try:
            proof = bound_proof(statement, rules, {"atoms": atoms})
        except Rejected:
            continue
        if proof is not None:
            return proof
    return bound_proof(statement, rules, hints)


def _choices(statement: dict[str, Any], rules: frozenset[str]) -> Iterator[list[Any]]:
    """For each extremum, with its factor, one witness."""
    rows = []
    for extremum in classes([statement["lhs"], statement["rhs"]]):
        factor = _factor([statement["lhs"], statement["rhs"]], extremum)
        witnesses = list(_witnesses(extremum, statement, rules))
        rows.append([[factor, ["extremum", [], ["num", "1"], extremum, w]] for w in witnesses])
    for choice in itertools.product(*rows):
        yield list(choice)


def _largest(t: Any) -> list[Term]:
    """The largest eigenvalues that stand in a term."""
    if not isinstance(t, list):
        return []
    mine = [t] if t[:1] == ["eigenvalue"] and t[2] == ["num", "1"] else []
    return mine + [found for part in t for found in _largest(part) if found not in mine]


def _factor(t: Any, extremum: Term) -> Term:
    """What an extremum is multiplied by where it first stands."""
    for part in t if isinstance(t, list) else []:
        if isinstance(part, list) and part[:1] == ["mul"] and extremum in part:
            return ["mul", ["num", "1"], *(p for p in part[1:] if p != extremum)]
        if part == extremum:
            return ["num", "1"]
    found = (_factor(part, extremum) for part in t if isinstance(part, list) and classes(part))
    return next(found, ["num", "1"])


def _witnesses(extremum: Term, statement: dict[str, Any], rules: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Functions that hypotheses bound, times the ratio of two bounds."""
    functions, variables = statement["declare"]["functions"], [["var", v] for v in statement["declare"]["variables"]]
    _, (_, name, _, described), body = extremum
    arity = functions[name]["arity"]
    places = next((c for c in _calls_of([described, body], name) if all(a[0] == "idx" for a in c)), variables[:arity])
    parameters = [place for _, place in places]
    if len(set(parameters)) < arity:
        return
    replay = Search(statement, rules)
    for other, facts in functions.items():
        if other == name or facts["arity"] != arity:
            continue
        value = ["fn", other, places]
        yield {"parameters": parameters, "body": value}
        for h in statement["given"]:
            for mine in described:
                ratio = _ratio(replay, _without(name, mine), _without(other, h))
                if ratio is not None:
                    yield {"parameters": parameters, "body": ["mul", ratio, value]}


def _without(name: str, relation: Any) -> Term | None:
    """The side of an inequality that does not mention a function while the other does."""
    sides = [t for t in relation[1:] if not _calls(t, name)]
    return sides[0] if len(sides) == 1 else None


def _calls(t: Any, name: str) -> bool:
    return isinstance(t, list) and (t[:2] == ["fn", name] or any(_calls(part, name) for part in t))


def _calls_of(t: Any, name: str) -> Iterator[Any]:
    """The arguments with which a function is called."""
    if isinstance(t, list):
        if t[:2] == ["fn", name]:
            yield t[2]
        for part in t:
            yield from _calls_of(part, name)


def _ratio(replay: Search, above: Term | None, below: Term | None) -> Term | None:
    """One bound over another if that is one term, and not one."""
    if above is None or below is None:
        return None
    a, b = replay.quietly(above), replay.quietly(below)
    if len(a) != 1 or len(b) != 1:
        return None
    ((x, m), c), ((y, n), d) = next(iter(a.items())), next(iter(b.items()))
    monomial, factor, _ = multiply_monomials(m, tuple((atom, -e) for atom, e in n))
    quotient: Sum = {((), monomial): ratio(factor * c, d)}
    if x or y or quotient == constant(1):
        return None
    shown: Term = replay.shown_sum(quotient)
    return shown
