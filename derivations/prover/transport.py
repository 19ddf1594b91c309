"""Transport costs: couplings, critics and triangle inequalities that may bound them.

A coupling is read off an average of the cost that stands in the statement, or off hypotheses that give both laws as
images of the same noise; a critic off two averages under the two laws, or off the coordinates of their points.  The
kernel asks for the moves that show the marginals of a coupling; these are found here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from derivations.kernel import Rejected, Replay, plus, scaled
from derivations.prover.equality import vanish

Term = list[Any]
Atom = list[Any]
TRIPLES = 60  # triangles of transport costs that are tried


def completed(replay: Replay, atom: Atom) -> Atom:
    """An atom with the moves that the kernel asks for; raises :class:`Rejected` if they are not found."""
    kind, names, *terms = atom
    if kind == "coupling" and len(terms) == 3:
        (_, left, right, a, b, _), noise, images = terms
        sides = ((left, a, images[: len(left)]), (right, b, images[len(left) :]))
        found = [vanish(replay, replay.means_of_a_test(*side, names, noise)) for side in sides]
    elif kind == "one sign" and len(terms) == 5:
        _, _, w, d, mean = terms
        signed = replay.quietly(["int", terms[0], ["mul", w, d]])
        found = [vanish(replay, plus(signed, scaled(replay.quietly(mean), -1)))]
    else:
        return atom
    if any(moves is None for moves in found):
        raise Rejected("no moves show what this atom needs")
    return [*atom, found if kind == "coupling" else found[0]]


def transport_atoms(statement: dict[str, Any]) -> list[Atom]:
    """Atoms about the transport costs of a statement, without moves."""
    sides = [statement["lhs"], statement["rhs"]]
    costs = _distinct(having(sides, "W"))
    bounds = [_ordered(h) for h in statement["given"] if h[0] in ("<=", ">=", "<", ">")]
    triangles: list[Atom] = []
    for whole, second in itertools.permutations(costs, 2):
        for first in [*costs, *_missing(whole, second, bounds)]:
            if _in_a_row(first, second, whole) and len(triangles) < TRIPLES:
                triangles.append(["gluing", [], first, second, whole])
                costs = _distinct([*costs, first])
    averages = [_flattened(e) for e in having(sides, "E")]
    found = list(triangles)
    for cost in costs:
        found.append(["nonneg", [], cost])
        found += _couplings(cost, averages, statement)
        found += _critics(cost, averages, sides, statement)
    return _distinct([*found, *_signs(sides, bounds, averages, statement)])


def _couplings(cost: Term, averages: list[Term], statement: dict[str, Any]) -> Iterator[Atom]:
    _, left, right, a, b, c = cost
    points = [name for _, name in left + right]
    for _, names, noise, body in averages:
        images: dict[str, Term] = {}
        if _matches(c, body, set(points), images) and set(images) == set(points):
            yield ["coupling", names, cost, noise, [images[name] for name in points]]
    for first, second in itertools.product(_marginals_like(a, statement), _marginals_like(b, statement)):
        if first[1] == second[1]:
            joint = ["den", first[1], sorted(first[2] + second[2]), []]
            yield ["coupling", left + right, cost, joint, left + right]
    pushed = [h[1:] for h in statement["given"] if h[0] == "pushforward"]
    for _, noise, _ in pushed:
        (variable,) = [t for _, t in noise[2]] if len(noise[2]) == 1 else [None]
        if variable is None:
            continue
        images = {}
        for density in (d for law in (a, b) for d in (law[1:] if law[0] == "mul" else [law]) if d[0] == "den"):
            for slot, t in density[2]:
                if density[1] == noise[1] and slot == noise[2][0][0]:
                    images[t[1]] = variable
                for law, source, image in pushed:
                    if law[1] == density[1] and len(density[2]) == 1 and source[1] == noise[1]:
                        images[t[1]] = _exchanged(image, source[2][0][1][1], variable)
        if set(images) >= set(points):
            yield ["coupling", [variable], cost, noise, [images[name] for name in points]]


def _flattened(average: Term) -> Term:
    """An average of an average as one, over the variables of both."""
    _, names, density, body = average
    if body[0] != "E":
        return average
    _, more, other, inner = _flattened(body)
    return ["E", names + more, ["mul", density, other], inner]


def _marginals_like(density: Term, statement: dict[str, Any]) -> list[Term]:
    """The densities that hypotheses identify with one."""
    pairs = [h[1:] for h in statement["given"] if h[0] == "=" and h[1][0] == h[2][0] == "den"]
    return [a if b == density else b for a, b in pairs if density in (a, b)]


def _critics(cost: Term, averages: list[Term], sides: list[Term], statement: dict[str, Any]) -> Iterator[Atom]:
    _, left, right, a, b, _ = cost
    for (_, names, density, f), (_, others, other, g) in itertools.permutations(averages, 2):
        mine, theirs = _at(names, left, [density, f]), _at(others, right, [other, g])
        if mine and theirs and mine[0] == a and theirs[0] == b:
            yield ["critic", [], cost, mine[1], theirs[1]]
            yield ["critic", [], cost, _minus(mine[1]), _minus(theirs[1])]
    for _, over, body in having(sides, "int"):
        if body[0] == "abs":
            inside = having(body, "E")
            for first, second in itertools.permutations(inside, 2):
                mine, theirs = _at(first[1], left, first[2:]), _at(second[1], right, second[2:])
                if mine and theirs and mine[0] == a and theirs[0] == b:
                    yield ["critic", over, cost, mine[1], theirs[1]]
    kinds = statement["declare"]["variables"]
    for x, y in zip(left, right, strict=False):
        if kinds[x[1]]["kind"] == kinds[y[1]]["kind"] == "continuous" and not kinds[x[1]]["shape"]:
            yield ["critic", [], cost, x, y]
            yield ["critic", [], cost, _minus(x), _minus(y)]


def _signs(sides: list[Term], bounds: list[Any], averages: list[Term], statement: dict[str, Any]) -> Iterator[Atom]:
    """Integrals of differences of one sign, by a hypothesis d(u) d(v) >= 0."""
    variables = statement["declare"]["variables"]
    products = [high for low, high in bounds if low == ["num", "0"] and high[0] == "mul" and len(high) == 3]
    noises = [h[2] for h in statement["given"] if h[0] == "pushforward"] + [e[2] for e in averages]
    for (_, d, copy), weight in itertools.product(products, _distinct(noises)):
        names = [t for _, t in weight[2]] if weight[0] == "den" else []
        for other in [["var", v] for v in variables]:
            if len(names) == 1 and other != names[0] and copy == _exchanged(d, names[0][1], other):
                for _, over, body in having(sides, "int"):
                    if body[0] == "abs":
                        yield ["one sign", over, names, [other], weight, d, body[1]]


def _missing(whole: Term, second: Term, bounds: list[Any]) -> Iterator[Term]:
    """The transport cost between the first laws of two, by the triangle inequality of a hypothesis."""
    for low, high in bounds:
        if low == whole[5] and high[0] == "add" and len(high) == 3 and second[5] in high[1:]:
            rest = high[2] if high[1] == second[5] else high[1]
            yield ["W", whole[1], second[1], whole[3], second[3], rest]


def _in_a_row(first: Term, second: Term, whole: Term) -> bool:
    same = first[1] == whole[1] and first[2] == second[1] and second[2] == whole[2]
    return same and first[3] == whole[3] and first[4] == second[3] and second[4] == whole[4]


def _ordered(hypothesis: list[Any]) -> tuple[Term, Term]:
    relation, left, right = hypothesis
    return (left, right) if relation in ("<=", "<") else (right, left)


def _matches(pattern: Any, t: Any, points: set[str], images: dict[str, Term]) -> bool:
    """Whether a term is an instance of a cost, with images for the points."""
    if isinstance(pattern, list) and pattern[:1] == ["var"] and pattern[1] in points:
        return bool(images.setdefault(pattern[1], t) == t)
    if not isinstance(pattern, list) or not isinstance(t, list) or len(pattern) != len(t):
        return bool(pattern == t)
    return all(_matches(p, part, points, images) for p, part in zip(pattern, t, strict=True))


def _at(names: list[Term], points: list[Term], terms: list[Term]) -> list[Term] | None:
    """Terms with other names for the variables of an average, or None if there are more or fewer."""
    if len(names) != len(points):
        return None
    for name, new in zip(names, points, strict=True):
        terms = [_exchanged(t, name[1], new) for t in terms]
    return terms


def _exchanged(t: Any, name: str, new: Term) -> Any:
    if not isinstance(t, list):
        return t
    return new if t == ["var", name] else [_exchanged(part, name, new) for part in t]


def _minus(t: Term) -> Term:
    return ["mul", ["num", "-1"], t]


def having(t: Any, head: str) -> list[Term]:
    """The terms of a head that stand in a term."""
    if not isinstance(t, list):
        return []
    return ([t] if t[:1] == [head] else []) + [found for part in t for found in having(part, head)]


def _distinct(items: Any) -> list[Any]:
    return list({json.dumps(i): i for i in items}.values())


__all__ = ["completed", "having", "transport_atoms"]
