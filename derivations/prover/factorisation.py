"""The prover's replay: the kernel's, which also finds the factors of the sums that stand in logarithms and powers."""

from __future__ import annotations

import json
from math import gcd, lcm
from typing import Any

from derivations.kernel import (
    Atom,
    Number,
    Rejected,
    Sum,
    Value,
    encoded,
    freeze,
    opened,
    order,
    point,
    ratio,
    scaled,
)
from derivations.prover.equality import Move, vanish
from derivations.prover.sharing import Sharing


class Search(Sharing):
    """A replay that factors polynomials with FLINT and notes what it found for the certificate.

    The atoms of a pool share most of their terms: what was expanded once is not looked at again, but the rules and
    conditions met then are noted again; nor is what was found non-negative, its conditions being noted already.
    """

    def __init__(self, statement: dict[str, Any], allowed: frozenset[str]) -> None:
        self.demanded: set[str] = set()  # rules that the form of the proof asks for: without them it fails
        self.expanded: dict[str, tuple[Value, set[str], dict[str, Any]]] = {}
        self.shown_signs: set[str] = set()
        self.moves: list[Move] = []  # those that were found
        super().__init__(statement, allowed)

    def demand(self, rule: str) -> None:
        self.demanded.add(rule)
        super().demand(rule)

    def after(self, s: Sum, moves: list[Any] | None) -> Sum:
        """The sum after moves, which are found first if they are None: what is tried leaves no trace in the proof."""
        if moves is None:
            used, conditions = self.used.copy(), self.conditions.copy()
            found = vanish(self, s)
            self.used, self.conditions = used, conditions
            if found is None:
                raise Rejected("no moves were found that empty the sum")
            self.moves = moves = found
        return super().after(s, moves)

    def aside(self, term: Any, names: dict[str, Atom] | None = None) -> Value:
        mark = repr((term, names is None, self.sign, self.statement["given"]))  # a proof by cases adds to what is given
        if mark not in self.expanded:
            outer = self.used, self.conditions
            self.used, self.conditions = set(), {}
            try:
                self.expanded[mark] = super().aside(term, names), self.used, self.conditions
            finally:
                self.used, self.conditions = outer
        value, used, conditions = self.expanded[mark]
        self.used |= used
        self.conditions |= conditions
        return value

    def sign_of(self, names: list[Any], t: Any) -> None:
        mark = json.dumps([names, t, self.statement["given"]])  # a proof by cases adds to what is given
        if mark not in self.shown_signs:
            super().sign_of(names, t)
            self.shown_signs.add(mark)

    def factors_of(self, atom: Atom) -> tuple[Atom, ...]:
        if atom not in self.factors and atom[0] == "sum":
            parts = self.signed_factors(opened(atom, ()))
            if len(parts) > 1:
                self.factor(atom, tuple(point(part) for part in parts))
            else:
                self.factors[atom] = (atom,)
        return super().factors_of(atom)

    def signed_factors(self, s: Sum) -> list[Sum]:
        """The factors, each with coprime whole coefficients and the sign in which it is known to be non-negative."""
        parts = []
        scale: Number = 1
        for part in factors(s):
            numbers = list(part.values())
            content = ratio(gcd(*(c.numerator for c in numbers)), lcm(*(c.denominator for c in numbers)))
            part = {k: ratio(c, content) for k, c in part.items()}
            if not self.nonnegative_sum(part) and self.nonnegative_sum(negative := {k: -c for k, c in part.items()}):
                part, content = negative, -content
            parts.append(part)
            scale *= content
        if scale != 1:  # of an argument with coprime coefficients, a sign at most: it goes to a factor of unknown sign
            chosen = next((n for n, part in enumerate(parts) if not self.nonnegative_sum(part)), 0)
            parts[chosen] = scaled(parts[chosen], scale)
        return parts

    def found_factors(self) -> list[Any]:
        """The factorisations for the certificate."""
        rows = [[encoded(a), [encoded(p) for p in parts]] for a, parts in self.factors.items() if len(parts) > 1]
        return sorted(rows, key=json.dumps)


def factors(s: Sum) -> list[Sum]:
    """The irreducible factors of a polynomial in atoms, each with its multiplicity; the sum itself if it is none."""
    atoms = sorted({a for _, m in s for a, _ in m}, key=order)
    powers = [e for _, m in s for _, e in m]
    if any(b for b, _ in s) or len(s) < 2 or any(e.denominator != 1 or e < 0 for e in powers) or len(s) > 60:
        return [s]
    import flint

    names = [f"a{n}" for n in range(len(atoms))]
    ring = flint.fmpq_mpoly_ctx.get(names, flint.Ordering.lex)
    rows = {}
    for (_, m), value in s.items():
        exponents = dict(m)
        rows[tuple(int(exponents.get(a, 0)) for a in atoms)] = flint.fmpq(value.numerator, value.denominator)
    constant, found = ring.from_dict(rows).factor()
    result = []
    scale = ratio(int(constant.p), int(constant.q))
    for polynomial, multiplicity in found:
        part: Sum = {}
        for row, c in polynomial.to_dict().items():
            m = tuple((a, int(e)) for a, e in zip(atoms, row, strict=True) if e)
            part[((), m)] = ratio(int(c.p), int(c.q))
        result += [part] * int(multiplicity)
    result.sort(key=lambda part: order(freeze(part)))
    return [scaled(result[0], scale), *result[1:]] if len(result) > 1 else [s]
