"""Inequalities about differentiable functions: what changes from point to point for its gradient, and the other way.

``f(y) - f(x) <= B`` follows from ``grad f(m).(y - x) <= B`` for all m, by the mean value theorem, and ``grad f(x).v <=
B(v)`` from bounds of the difference quotients.  The kernel knows both as rules; here the points, the direction and the
form of the bound are found.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from derivations.kernel import Rejected
from derivations.prover.factorisation import Search

Term = list[Any]
Find = Callable[..., dict[str, Any] | None]
VECTOR = "^v"  # the direction, in the bound of a derivative


def gradient_proof(statement: dict[str, Any], rules: frozenset[str], hints: Any, find: Find) -> dict[str, Any] | None:
    """A proof of an inequality about a function whose gradient a hypothesis gives, or None."""
    for outline in _outlines(statement):
        replay = Search(statement, rules)
        try:
            inner = replay.reduced(statement, outline)[0]
        except Rejected:
            continue
        bounded = find(inner, rules - replay.demanded, hints)  # once, or the search would not end
        if bounded is not None:
            return {**outline, "bounded": bounded}
    return None


def points_proof(statement: dict[str, Any], rules: frozenset[str], hints: Any, find: Find) -> dict[str, Any] | None:
    """A proof that bounds a supremum or infimum over the points of a space by what bounds all values, or None."""
    for extremum in extrema([statement["lhs"], statement["rhs"]]):
        for point in statement["declare"]["variables"]:
            outline = {"rule": "least upper bound over points", "extremum": extremum, "point": point}
            try:
                inner = Search(statement, rules).reduced(statement, outline)[0]
            except Rejected:
                continue
            bounded = find(inner, rules, hints)
            if bounded is not None:
                return {**outline, "bounded": bounded}
    return None


def lemma_proof(statement: dict[str, Any], rules: frozenset[str], hints: Any, find: Find) -> dict[str, Any] | None:
    """A proof by the lemmas of a hint, one after the other; what is left of the hint is for what they prove."""
    lemma, *others = hints["lemmas"]
    left = {**hints, "lemmas": others}
    relation, low, high = lemma
    shown = find({**statement, "relation": relation, "lhs": low, "rhs": high, "equality": []}, rules, None)
    used = find({**statement, "given": [*statement["given"], lemma]}, rules, left) if shown else None
    return {"rule": "lemma", "lemma": lemma, "shown": shown, "used": used} if used else None


def extrema(t: Any) -> list[Term]:
    """The suprema and infima over variables that stand in a term."""
    if not isinstance(t, list) or not t:
        return []
    mine = [t] if t[0] in ("sup", "inf") and t[1][0] == "var" else []
    return mine + [found for part in t for found in extrema(part) if found not in mine]


def _outlines(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The reductions that may apply, but for the proof of what they lead to."""
    variables = statement["declare"]["variables"]
    taken = {name for table in statement["declare"].values() for name in table}
    gradients = [h[1:] for h in statement["given"] if h[0] == "gradient"]
    for number, (_, partial, (_, _, (_, (_, at)))) in enumerate(gradients):
        points = [n for n, facts in variables.items() if facts["slot"] == variables[at]["slot"] and not facts["shape"]]
        for start, end in itertools.permutations(points, 2):
            common = {"gradient": number, "start": start, "end": end}
            for point in points:
                yield {"rule": "mean value", **common, "point": point}
            for direction, bound in _directions(statement, partial, start):
                scale = next(n for i in itertools.count() if (n := "t" + "'" * i) not in taken)
                yield {
                    "rule": "difference quotients",
                    **common,
                    "scale": scale,
                    "direction": direction,
                    "bound": bound,
                }


def _directions(statement: dict[str, Any], partial: Term, start: str) -> Iterator[tuple[Term, Term]]:
    """What the components of the gradient are multiplied by, and the right side as a bound for any such vector."""
    left, (_, name, (k, _)) = statement["lhs"], partial
    if left[0] != "sum":
        return
    _, index, body = left
    slope = ["fn", name, [index, ["var", start]]]
    factors = [slope, slope] if body == ["pow", slope, "2"] else list(body[1:]) if body[0] == "mul" else [body]
    if slope not in factors:
        return
    factors.remove(slope)
    direction = ["mul", *factors] if len(factors) > 1 else factors[0] if factors else ["num", "1"]
    spans = statement["declare"]["indices"]
    components = {
        json.dumps(_put(direction, index, ["idx", i])): ["fn", VECTOR, [["idx", i]]]
        for i, span in spans.items()
        if span == spans[k[1]]
    }
    yield _put(direction, index, k), _exchanged(statement["rhs"], components)


def _put(t: Any, old: Term, new: Term) -> Any:
    """A term with another index in the place of one."""
    return _exchanged(t, {json.dumps(old): new})


def _exchanged(t: Any, terms: dict[str, Term]) -> Any:
    """A term with terms put for others, which are given in JSON."""
    if not isinstance(t, list):
        return t
    found = terms.get(json.dumps(t))
    return found if found is not None else [_exchanged(part, terms) for part in t]
