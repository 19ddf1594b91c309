"""Equalities: the moves after which the difference of two sides is empty.

The kernel settles on its own what every term of an integral allows.  What is left to find is where to split an
integral, which bound variables to swap, and which denominators to fold (docs/normal-form.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from derivations.kernel import (
    Atom,
    Key,
    Number,
    Rejected,
    Replay,
    Sum,
    constant,
    encoded,
    freeze,
    multiply_monomials,
    names_in,
    opened,
    order,
    point,
    ratio,
    rename_monomial,
    slot_of,
)

Move = list[Any]
MOVES = 60  # moves tried on one difference before giving up


def vanish(replay: Replay, s: Sum) -> list[Move] | None:
    """Moves that empty a sum, or None.  Fewer splits come first: each may cost a condition of finiteness."""
    for tactics in (
        (supports, pushforwards, folds, swaps, splits),
        (splits, swaps, folds, pushforwards, supports, substitutions, affine_substitutions),
    ):
        moves, rest = reduce(replay, s, tactics)
        if not rest:
            return moves
    return None


def reduce(replay: Replay, s: Sum, tactics: Any = None) -> tuple[list[Move], Sum]:
    """Moves that bring a sum to a normal form, and that form."""
    moves: list[Move] = []
    s = replay.settle(s)
    seen = {_fingerprint(s)}
    while s and len(moves) < MOVES:
        for tactic in tactics or (supports, splits, swaps, leading_folds, pushforwards, substitutions):
            for move in tactic(replay, s):
                try:
                    after = replay.settle(replay.move(s, move))
                except Rejected:
                    continue
                mark = _fingerprint(after)
                if mark not in seen:
                    break
            else:
                continue
            break
        else:
            return moves, s
        seen.add(mark)
        moves.append(move)
        s = after
    return moves, s


def _fingerprint(s: Sum) -> frozenset[Any]:
    return frozenset(s.items())


def _groups(s: Sum) -> list[tuple[tuple[str, ...], list[Key]]]:
    """The terms of a sum by their binders, most binders first, each group in the kernel's order."""
    groups: dict[tuple[str, ...], list[Key]] = {}
    for key in sorted(s, key=order):
        groups.setdefault(key[0], []).append(key)
    return sorted(groups.items(), key=lambda g: (-len(g[0]), g[0]))


def splits(replay: Replay, s: Sum) -> Iterator[Move]:
    """Eliminate a binder from those terms that allow it, the most terms first."""
    found = []
    for binders, keys in _groups(s):
        for name in binders:
            chosen = [n for n, key in enumerate(keys) if replay.eliminate(name, key) is not None]
            if chosen:
                found.append((-len(binders), -len(chosen), ["eliminate", list(binders), name, chosen]))
    for _, _, move in sorted(found, key=lambda f: f[:2]):
        yield move


def swaps(replay: Replay, s: Sum) -> Iterator[Move]:
    """Exchange two bound variables of one slot where that makes terms smaller in the kernel's order."""
    for binders, keys in _groups(s):
        for i, first in enumerate(binders):
            for second in binders[i + 1 :]:
                if slot_of(first) != slot_of(second):
                    continue
                names = {first: second, second: first}
                chosen = [n for n, k in enumerate(keys) if order(rename_monomial(k[1], names)) < order(k[1])]
                if chosen:
                    yield ["swap", list(binders), [first, second], chosen]


def substitutions(replay: Replay, s: Sum) -> Iterator[Move]:
    """Bring a normal law to the standard one, x = m + sqrt(v) y, on a line that all normal laws share."""
    slot = min(replay.lines, default="")
    for binders, keys in _groups(s):
        for name in binders:
            for normal in sorted({a for k in keys for a, _ in k[1] if a[:2] == ("normal", ("var", name))}, key=order):
                if normal[2:] == (freeze({}), point(constant(1))) and name.startswith(f"{slot}."):
                    continue
                chosen = [n for n, key in enumerate(keys) if dict(key[1]).get(normal) == 1]
                scale = point(replay.power(opened(normal[3], ()), Fraction(1, 2)))
                yield ["substitute", list(binders), name, chosen, encoded(normal[2]), encoded(scale), slot]


def affine_substitutions(replay: Replay, s: Sum) -> Iterator[Move]:
    """Bring a normal vector with covariance L L^T to the standard one, x = m + L y."""
    for binders, _ in _groups(s):
        for name in binders:
            normals = {a for key in s for a, _ in key[1] if a[:2] == ("gaussian", ("var", name)) and a[3][0] == "gram"}
            for _, _, _, matrix, _ in sorted(normals, key=order):
                shape = [replay.dimension(matrix)]
                for y in (n for n, facts in replay.variables.items() if facts["shape"] == shape):
                    for k, facts in replay.indices.items():
                        if facts["lower"] == ["num", "1"] and [facts["upper"]] == shape:
                            yield ["affine", list(binders), name, y, k]


def supports(replay: Replay, s: Sum) -> Iterator[Move]:
    """Use that two laws have no common support."""
    for number in range(len(replay.disjoint)):
        yield ["disjoint", number]


def pushforwards(replay: Replay, s: Sum) -> Iterator[Move]:
    """Exchange the law of G(z) for the law of z, where a hypothesis says which is which."""
    for number, (_, law, _, _) in enumerate(replay.pushed):
        slot = law[2][0][0]
        for binders, keys in _groups(s):
            for name in binders:
                pushed = ("den", law[1][1], (), ((slot, ("var", name)),))
                if all(dict(key[1]).get(pushed) == 1 for key in keys):
                    yield ["pushforward", list(binders), name, number]


def leading_folds(replay: Replay, s: Sum) -> Iterator[Move]:
    """Folds of leading terms only: what is left does not depend on where one began, so that sums can be compared."""
    return folds(replay, s, 1)


def folds(replay: Replay, s: Sum, leads: int | None = None) -> Iterator[Move]:
    """Divide by a sum that stands in a denominator: lead terms of its definition are exchanged for the rest."""
    atoms = sorted({a for _, m in s for a, e in m if a[0] == "sum" and e <= -1}, key=order)
    for atom in atoms:
        for key in sorted(s, key=order):
            exponent = dict(key[1]).get(atom)
            if exponent is None or exponent > -1:
                continue
            for lead, c in sorted(opened(atom, ()).items(), key=_leading, reverse=True)[:leads]:
                rest = _quotient(key, lead, atom)
                if rest is not None:
                    monomial, factor = rest
                    yield ["fold", encoded(atom), encoded(monomial), str(ratio(s[key] * factor, c))]


def _leading(term: tuple[Key, Number]) -> tuple[bool, str]:
    """How a term of a divisor ranks: a constant last, since dividing by it raises the degree without end."""
    return term[0][1] != (), order(term)


def _quotient(key: Key, lead: Key, atom: Atom) -> tuple[Key, Number] | None:
    """What a term is a multiple of: term = rest * lead / atom, with no new denominators of densities."""
    for names in _onto(lead[0], key[0]):
        mine = {names[b] for b in lead[0]}
        inverse = tuple((a, -e) for a, e in rename_monomial(lead[1], names))
        monomial, factor, _ = multiply_monomials(key[1], inverse)
        monomial, more, _ = multiply_monomials(monomial, ((atom, 1),))
        before = dict(key[1])
        if any(e < 0 and e < before.get(a, 0) for a, e in monomial):
            continue
        if any(names_in(a) & mine for a, _ in monomial):
            continue
        return (tuple(b for b in key[0] if b not in mine), monomial), factor * more
    return None


def _onto(lead: tuple[str, ...], binders: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The ways to take the bound names of a lead term for some of those of a term, slot by slot."""
    if not lead:
        yield {}
        return
    for b in binders:
        if slot_of(b) == slot_of(lead[0]):
            for rest in _onto(lead[1:], tuple(other for other in binders if other != b)):
                yield {lead[0]: b, **rest}


APART = (supports, splits, leading_folds, pushforwards, substitutions)  # tactics that leave copies of a variable apart
