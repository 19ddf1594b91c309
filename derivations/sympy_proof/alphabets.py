"""Proof on finite alphabets: two points a variable, symbolic tables and base weights, exact arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from derivations.sympy_proof.definitions import Data, Undecided, free_variables, heads, law_name, subterms


class OutOfReach(Exception):
    """The statement is about more than finite alphabets can say."""


def by_alphabets(difference: Data, data: Data) -> str:
    if data["given"]:
        raise OutOfReach("hypotheses")
    finite = Alphabets(difference, data)
    free = sorted(free_variables(difference))
    count = 0
    for points in itertools.product((0, 1), repeat=len(free)):
        residual = finite.value(difference, dict(zip(free, points, strict=True)))
        if residual:
            raise Undecided(
                f"finite alphabets: the difference does not vanish at {dict(zip(free, points, strict=True))}"
            )
        count += 1
    values = f"all {count} values of {', '.join(free)}" if free else "no free variable"
    tables = "symbolic tables and base weights" if finite.weighted else "symbolic tables"
    return f"finite alphabets: two points a variable, {tables}, {values}: the difference is 0"


Monomial = tuple[tuple[Any, int], ...]  # logarithms (of positive irreducible polynomials, or of primes) and pi
Polynomial = dict[Monomial, Any]  # coefficients in a field of rational functions


class Alphabets:
    """Evaluation over alphabets of two points, exactly, in logarithms over a field of rational functions."""

    def __init__(self, difference: Data, data: Data) -> None:
        from sympy.polys.domains import QQ
        from sympy.polys.fields import field

        self.declared = data["declare"]
        facts = self.declared["variables"]
        if any(v["shape"] for v in facts.values()) or heads(difference) & {"normal", "sum", "prod", "at"}:
            raise OutOfReach("vectors, sums and normal laws")
        self.slots: dict[str, list[str]] = {}
        for density in subterms(difference, "den"):
            known = self.slots.setdefault(law_name(density[1]), [])
            known += [s for s, _ in (*density[2], *density[3]) if s not in known]
        self.discrete = {v["slot"] for v in facts.values() if v["kind"] == "discrete"}
        every = {v["slot"] for v in facts.values()}
        names: list[Any] = []
        for law, slots in self.slots.items():
            names += [("table", law, point) for point in itertools.product((0, 1), repeat=len(slots))]
        for name, function in self.declared["functions"].items():
            names += [("value", name, p) for p in itertools.product((0, 1), repeat=function["arity"])]
        names += [("symbol", name) for name in self.declared["symbols"]]
        weights = [("weight", slot, i) for slot in sorted(every - self.discrete) for i in (0, 1)]
        # Base weights double the degree of every polynomial; with many symbols the counting measure has to do.
        self.weighted = len(names) + len(weights) <= 12
        names += weights if self.weighted else []
        if len(names) > 40:
            raise OutOfReach(f"{len(names)} symbols")
        signs = [self._positive(name) for name in names]
        self.field, *generators = field([f"g{i}" for i in range(len(names))] or ["g"], QQ)
        self.generators = dict(zip(names, generators, strict=False))
        self.positive = [*signs, True][: len(self.field.gens)]

    def _positive(self, name: Any) -> bool:
        if name[0] == "value":
            return self.declared["functions"][name[1]]["range"] in ("positive", "unit")
        if name[0] == "symbol":
            return bool(self.declared["symbols"][name[1]]["sign"] == "positive")
        return True

    def number(self, value: Any) -> Polynomial:
        return {(): self.field(value)} if value else {}

    def value(self, t: Data, env: dict[str, int]) -> Polynomial:
        head = t[0]
        if head == "num":
            return self.number(Fraction(t[1]))
        if head == "const":
            return {((t[1], 1),): self.field.one}
        if head == "sym":
            return {(): self.generators["symbol", t[1]]}
        if head == "fn":
            return self.number(self.function(t, env))
        if head == "den":
            return self.number(self.density(t, env))
        if head == "add":
            return _total(self.value(a, env) for a in t[1:])
        if head == "mul":
            made = self.number(Fraction(1))
            for factor in t[1:]:
                made = _times(made, self.value(factor, env))
            return made
        if head == "pow":
            return self.power(self.value(t[1], env), Fraction(t[2]))
        if head == "log":
            return self.log(self.rational(self.value(t[1], env), "a logarithm"))
        if head == "int":
            return _total(self.integrand(t, env, points) for points in itertools.product((0, 1), repeat=len(t[1])))
        raise OutOfReach(f"{head!r}")

    def integrand(self, t: Data, env: dict[str, int], points: tuple[int, ...]) -> Polynomial:
        own = {v[1]: i for v, i in zip(t[1], points, strict=True)}
        weight = self.field.one
        for name, i in own.items():
            weight *= self.weight(self.declared["variables"][name]["slot"], i)
        return _times({(): weight}, self.value(t[2], env | own))

    def weight(self, slot: str, point: int) -> Any:
        return self.field.one if slot in self.discrete or not self.weighted else self.generators["weight", slot, point]

    def rational(self, value: Polynomial, where: str) -> Any:
        if set(value) - {()}:
            raise OutOfReach(f"a logarithm inside {where}")
        return value.get((), self.field.zero)

    def power(self, value: Polynomial, exponent: Fraction) -> Polynomial:
        if exponent.denominator != 1:
            raise OutOfReach("roots")
        base = self.rational(value, "a power")
        if not base and exponent <= 0:
            raise Undecided("a division by zero")
        return self.number(base ** int(exponent))

    def place(self, argument: Data, env: dict[str, int]) -> int:
        if argument[0] != "var":
            raise OutOfReach("a density or function at a computed point")
        return env[argument[1]]

    def function(self, t: Data, env: dict[str, int]) -> Any:
        value = self.generators["value", t[1], tuple(self.place(a, env) for a in t[2])]
        # A value u/(1 + u) runs through (0, 1) as u runs through the positive numbers.
        return value / (1 + value) if self.declared["functions"][t[1]]["range"] == "unit" else value

    def density(self, t: Data, env: dict[str, int]) -> Any:
        law, given = law_name(t[1]), {slot: self.place(a, env) for slot, a in t[3]}
        joint = given | {slot: self.place(a, env) for slot, a in t[2]}
        return self.mass(law, joint) / self.mass(law, given)

    def mass(self, law: str, known: dict[str, int]) -> Any:
        """The table summed over the slots that are not known."""
        total = self.field.zero
        for point in itertools.product((0, 1), repeat=len(self.slots[law])):
            at = dict(zip(self.slots[law], point, strict=True))
            if all(at[slot] == i for slot, i in known.items()):
                value = self.generators["table", law, point]
                for slot, i in at.items():
                    value *= self.field.one if slot in known else self.weight(slot, i)
                total += value
        return total

    def log(self, value: Any) -> Polynomial:
        """The logarithm, split over factors whose coefficients show them positive."""
        if not value:
            raise Undecided("finite alphabets: the logarithm of 0")
        atoms: dict[Any, int] = {}
        coefficient, rest = Fraction(1), self.field.ring.one
        for polynomial, sign in ((value.numer, 1), (value.denom, -1)):
            content, factors = polynomial.factor_list()
            coefficient *= Fraction(int(content.numerator), int(content.denominator)) ** sign
            for factor, n in factors:
                if all(c > 0 and self.signed(m) for m, c in factor.terms()):
                    atoms[factor] = atoms.get(factor, 0) + sign * n
                elif sign < 0:
                    raise OutOfReach("a denominator of unknown sign in a logarithm")
                else:
                    rest *= factor**n
        if rest != 1:
            atoms[rest * (1 if coefficient > 0 else -1)] = 1
            coefficient = abs(coefficient)
        if coefficient <= 0:
            raise Undecided("finite alphabets: the logarithm of a negative number")
        from sympy import factorint

        for number, sign in ((coefficient.numerator, 1), (coefficient.denominator, -1)):
            for prime, n in factorint(number).items():
                atoms[int(prime)] = atoms.get(int(prime), 0) + sign * n
        return {((atom, 1),): self.field(n) for atom, n in atoms.items() if n}

    def signed(self, exponents: tuple[int, ...]) -> bool:
        return all(positive or not n for positive, n in zip(self.positive, exponents, strict=True))


def _total(values: Iterable[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for value in values:
        for monomial, c in value.items():
            total[monomial] = total[monomial] + c if monomial in total else c
    return {m: c for m, c in total.items() if c}


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    made: list[Polynomial] = []
    for (m, c), (n, d) in itertools.product(a.items(), b.items()):
        powers = dict(m)
        for atom, k in n:
            powers[atom] = powers.get(atom, 0) + k
        made.append({tuple(sorted(powers.items(), key=str)): c * d})
    return _total(made)
