"""The trusted room: replays certificates.  Standard library only; ``python -I derivations/kernel.py CERTIFICATE.json``.

A certificate is plain data (``docs/certificates.md``): a statement (``docs/terms.md``), a proof, and the conditions,
assumptions, trusts and rules under which the kernel must find that the proof holds.  :func:`check` returns these or
raises :class:`Rejected`.  Nothing in here searches: whatever needs an idea (a split, a renaming, an atom, a
multiplier, a witness) stands in the certificate.

The rooms, in the order to read them in.  First the language: *the contract* (what is checked, and the names of the
rules), *numbers and names*, *sums* and *sums in a certificate* (the arithmetic that all proofs come down to), *terms*
(as JSON), *the form of a statement*, *theorems that may be cited*, *statements that others follow from*.  Then the
class ``Replay``, of one statement.  What is known: *hypotheses*.  How a term becomes a sum: *terms into sums*,
*integrals*, *densities and matrices*, *functions of sums*, *signs and supports*, *derivatives and limits*.  What may be
done with a sum: *binders that go*, *moves*.  Under which conditions: *finiteness*, *values at all points*.  What is
proved by it: *proofs*, *atoms of inequalities*, *equality cases*, *extrema*, *gradients and eigenvectors*.  How
conditions are told: *showing sums as terms*.  At the end *the command*.

The mathematics.  Terms are expanded into *sums*: linear combinations of integrals of monomials in atoms (densities,
logarithms, functions, symbols).  A sum is a dict from ``(binders, monomial)`` to a rational coefficient, and an
equality is proved when the difference of its sides becomes the empty sum by the *moves*

    collapse   a bound variable that occurs in one density, to the power one, and nowhere else, is integrated out
    score      integral of a d log a is the derivative of the integral of a, in a parameter
    moment     integral of N(x; m, v) x^n dx, from M(n+1) = m M(n) + n v M(n-1), M(0) = 1, M(1) = m
    component  a bound vector under a product of normalised component densities is integrated out but for one component
    batch      the indicators b_i of a uniformly drawn minibatch of M out of N have the sum M, and the same mean, so M/N
    count      a sum over an index that its term does not mention is the number of its values times the term
    fold       S^(-1) times the definition of S is 1

and an inequality when ``right - left - sum of multiplier * atom`` does, where each atom is non-negative by one of

    gibbs      integral of a log(a/b) - a + b >= 0        for a, b >= 0, zero only for a = b almost everywhere
    monotone   integral of w log(b/a) >= 0                for w >= 0, b >= a >= 0
    square     integral of w f^2 >= 0                     for w >= 0, zero only for w f = 0 almost everywhere
    nonneg     integral of t >= 0                         for t >= 0
    extremum   integral of w (sup f - f(y)) >= 0          for w >= 0, zero only for w (sup f - f(y)) = 0; y a point, or
                                                          a polynomial in the place of a function
               sup A - A(g) >= 0                          for a function g of the class over which the supremum is taken
    Rayleigh   l u.u - u.Su >= 0                          for the largest eigenvalue l of a symmetric matrix S
    Cauchy-Schwarz   |a| |b| - a.b >= 0                   for vectors a and b, given by their components
    coupling   E[c(G(z), H(z))] - W >= 0                  for W the least mean cost c between the laws of G(z) and H(z)
    critic     W - (E_a[f] - E_b[g]) >= 0                 for c(x, y) >= f(x) - g(y), W that of the laws a and b
    gluing     W(a, b) + W(b, c) - W(a, c) >= 0           where the costs satisfy the triangle inequality
    one sign   |integral of w d| - integral of w |d| >= 0  for w >= 0 and d(u) d(v) >= 0 for all u and v

Integrals of the same binders are added under one integral sign, which needs each *source* integral to be finite; a
move on a part of such an integral needs that part to be finite as well.  These needs, supports (q << p), and divisors
that must not vanish become the conditions of the verdict.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import factorial, gcd, lcm, prod
from typing import Any

Table = dict[str, Any]  # of a certificate, as JSON
Atom = tuple[Any, ...]
Number = int | Fraction  # a whole one is an int, which is 20 times as quick
Monomial = tuple[tuple[Atom, Number], ...]
Key = tuple[tuple[str, ...], Monomial]
Sum = dict[Key, Number]
Hazards = frozenset[tuple[str, Atom]]  # ("log", atom) and ("cancelled", atom)
Value = dict[Hazards, Sum]  # a sum in pieces, each with the hazards met in making it
Env = tuple[dict[str, Atom], tuple[str, ...]]  # what names stand for, and the bound names in use


# The contract ---------------------------------------------------------------------------------------------------------

ONE: Key = ((), ())
BINDERS = (
    *("int", "E", "sum", "prod", "KL", "JSD", "CE", "TV", "H", "I", "W"),
    *("sup", "inf", "grad", "limit", "eigenvalue"),
)
STEPS = 200_000  # products of monomials in one replay; beyond them the certificate is rejected
LIMIT = 20_000  # terms in one sum; beyond it the certificate is rejected, not believed
RULES = (
    *("definition of KL", "definition of JSD", "definition of entropy", "definition of cross-entropy"),
    *("definition of mutual information", "Bayes' rule", "logarithm of a product", "normalisation", "marginalisation"),
    *("Gaussian density", "Gaussian moments", "independence of components", "inverse matrix", "sum of a constant"),
    *("exchangeability", "size of a minibatch", "pushforward", "change of variables", "differentiation"),
    *("score function", "limit", "algebra of fractions", "hypothesis", "Markov chain", "Gibbs' inequality"),
    *("monotonicity of the logarithm", "squares are non-negative", "non-negative integrand"),
    *("bounded by its extremum", "least upper bound", "Rayleigh quotient", "unit eigenvector"),
    *("Cauchy-Schwarz inequality", "mean value theorem", "difference quotients", "coupling", "critic", "gluing"),
    *("one sign", "two bounds", "cases", "lemma", "attained extremum", "point masses"),
)
SCALARS = ("at", "fn", "den", "cond", "gaussian", "minibatch", "det", "entry", "inverse", "slope", "score", "grad")
DENSITIES = ("den", "cond", "normal", "prod")
POLYNOMIAL = frozenset(("num", "sym", "idx", "var", "fn", "at", "add", "mul", "sum"))
BATCHES = ("exchangeability", "size of a minibatch")

# What may be cited without a proof.  Whoever cites one of these poses a hypothesis; the verdict names the theorem.
THEOREMS = ("Kantorovich-Rubinstein", "Rademacher", "Eckart-Young")


class Rejected(Exception):
    """The certificate does not prove its statement; the message says where it failed."""


def refuse(wrong: object, reason: str) -> None:
    """Reject the certificate if something is wrong."""
    if wrong:
        raise Rejected(reason)


def check(certificate: Table) -> dict[str, list[str]]:
    """Replay a certificate.

    Returns its ``conditions``, ``assumptions``, ``trusts`` and ``rules``; they must be the ones that it carries.
    Raises :class:`Rejected` for a certificate that is malformed, altered or wrong.
    """
    with well_formed():
        keyed(certificate, "version statement proof factors conditions assumptions trusts rules digest")
        if certificate["version"] != 1 or type(certificate["version"]) is not int:
            raise Rejected(f"certificate version {certificate['version']!r} is not 1")
        refuse(certificate["digest"] != digest(certificate), "the digest is not that of the certificate's content")
        allowed = certificate["rules"]
        refuse([r for r in RULES if r in allowed] != allowed, "the rules are not known rules in the kernel's order")
        replay = Replay(certificate["statement"], frozenset(allowed), certificate["factors"])
        found = replay.run(certificate["proof"])
        for name in ("conditions", "assumptions", "trusts", "rules"):
            if certificate[name] != found[name]:
                raise Rejected(f"the certificate's {name} are {certificate[name]}, the proof has {found[name]}")
        return found


@contextlib.contextmanager
def well_formed() -> Iterator[None]:
    """Reject a certificate whose data are not of the documented form, whatever goes wrong with them first."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError, StopIteration) as error:
        raise Rejected(f"malformed certificate: {type(error).__name__}: {error}") from error


def digest(certificate: Table) -> str:
    """SHA-256 of the certificate's content, so that a damaged one is told from a wrong one."""
    content = {name: part for name, part in certificate.items() if name != "digest"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# Numbers and names ----------------------------------------------------------------------------------------------------


def simplest(c: Number) -> Number:
    """The number, an int if it is whole."""
    return c.numerator if c.denominator == 1 else c


def ratio(a: Number, b: Number) -> Number:
    """a / b, exactly: the only division of the kernel."""
    return simplest(a if b == 1 else Fraction(a, b))


@lru_cache(maxsize=10_000)
def rational(text: str) -> Number:
    """A number from its text, such as -3/4."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,300}(/[0-9]{1,300})?", text):
        raise Rejected(f"{str(text)[:40]!r} is not a number such as -3/4")
    return simplest(Fraction(text))


def primes(n: int) -> dict[int, int]:
    found: dict[int, int] = {}
    p = 2
    while p * p <= n and p < 100_000:
        while n % p == 0:
            found[p] = found.get(p, 0) + 1
            n //= p
        p += 1
    if n > 1:
        found[n] = found.get(n, 0) + 1
    return found


def prime_powers(c: Number) -> list[tuple[int, int]]:
    """A positive number as a product of powers of primes."""
    return [*primes(c.numerator).items(), *((p, -times) for p, times in primes(c.denominator).items())]


@lru_cache(maxsize=200_000)
def order(item: Any) -> str:
    """The canonical order of atoms, monomials and keys: that of their printed form."""
    if isinstance(item, tuple):
        return f"({','.join(map(order, item))})"
    return repr(item) if isinstance(item, str) else str(item)


def _by_atom(power: tuple[Atom, Number]) -> str:
    return order(power[0])


def keyed(table: Any, names: str) -> None:
    """Check that a table has exactly the named entries."""
    refuse(not isinstance(table, dict) or set(table) != set(names.split()), f"a table should have the entries {names}")


def plain(name: Any) -> str:
    """A name without the characters that the kernel keeps for bound names."""
    if not isinstance(name, str) or not name or set(name) & set("^.#@"):
        raise Rejected(f"{str(name)[:40]!r} is no name, or has a character that the kernel keeps for bound names")
    return name


def slot_of(name: str) -> str:
    """The slot (or index range) of a bound name: names are slot, dot, level, or slot, ^height, dot, ordinal."""
    return name.rsplit(".", 1)[0].split("^", 1)[0]


def filled_by(name: str) -> str:
    """The slot that a bound variable fills; the names of vectors carry the number of their shape after an @."""
    return slot_of(name).split("@", 1)[0]


def unused(slot: str, taken: Container[str]) -> str:
    """The name of a slot at the lowest level that is not taken."""
    return next(name for level in itertools.count() if (name := f"{slot}.{level}") not in taken)


def fresh_names(binders: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """For bound names, one after the other, the next free levels of their slots."""
    used, names = set(taken), {}
    for b in binders:
        names[b] = unused(slot_of(b), used)
        used.add(names[b])
    return names


# Sums -----------------------------------------------------------------------------------------------------------------


def constant(c: Number) -> Sum:
    return {ONE: simplest(c)} if c else {}


def single(atom: Atom, exponent: Number = 1) -> Sum:
    return {((), ((atom, simplest(exponent)),)): 1}


def add_term(total: Sum, key: Key, c: Number) -> None:
    """Add a term to a sum in the making; what cancels is gone."""
    if old := total.get(key):
        if c := old + c:
            total[key] = c if type(c) is int else simplest(c)
        else:
            del total[key]
    else:
        total[key] = c


def plus(*sums: Sum) -> Sum:
    total = dict(sums[0]) if sums else {}
    for s in sums[1:]:
        for key, c in s.items():
            add_term(total, key, c)
    if len(total) > LIMIT:
        raise Rejected(f"a sum of more than {LIMIT} terms")
    return total


def minus(s: Sum, t: Sum) -> Sum:
    return plus(s, scaled(t, -1))


def scaled(s: Sum, c: Number) -> Sum:
    return {key: simplest(v * c) for key, v in s.items()} if c else {}


def exponents(atom: Atom, s: Sum) -> list[Number]:
    """The exponents of an atom in the terms of a sum."""
    return [dict(m).get(atom, 0) for _, m in s]


@lru_cache(maxsize=100_000)
def multiply_monomials(a: Monomial, b: Monomial) -> tuple[Monomial, Number, tuple[Atom, ...]]:
    """The product, a rational factor (whole powers of primes), and the atoms whose powers of both signs met."""
    if not a or not b:
        return a or b, 1, ()
    powers = dict(a)
    factor: Number = 1
    cancelled = []
    for atom, e in b:
        old = powers.pop(atom, 0)
        if old and (old > 0) != (e > 0):
            cancelled.append(atom)
        e = simplest(e + old)
        if atom[0] == "prime":
            floor = e.numerator // e.denominator
            factor = simplest(factor * Fraction(atom[1]) ** floor)
            e = simplest(e - floor)
        if e:
            powers[atom] = e
    return tuple(sorted(powers.items(), key=_by_atom)), factor, tuple(cancelled)


def _prime_power(p: int, e: Number) -> Sum:
    floor = e.numerator // e.denominator
    rest = e - floor
    monomial: Monomial = ((("prime", p), rest),) if rest else ()
    return {((), monomial): simplest(Fraction(p) ** floor)}


class Budget:
    """How many products of monomials are left to the replay at hand."""

    left = STEPS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Rejected("the replay takes more steps than any proof should")


budget = Budget()


def product(s: Sum, t: Sum, cancelled: set[Atom] | None = None) -> Sum:
    """The product of two sums; a binder of one that the other mentions or binds as well is renamed."""
    total: Sum = {}
    for (b1, m1), c1 in s.items():
        for (b2, m2), c2 in t.items():
            left, right = (b1, m1), (b2, m2)
            if b1 and not (names_in(m2) | set(b2)).isdisjoint(b1):
                left = renamed_apart(left, names_in(m2) | set(b2))
            if b2 and not names_in(left[1]).isdisjoint(b2):
                right = renamed_apart(right, names_in(left[1]) | set(left[0]))
            m, factor, gone = multiply_monomials(left[1], right[1])
            if cancelled is not None:
                cancelled.update(gone)
            budget.spend()
            for key, c in _expanded(tuple(sorted((*left[0], *right[0]))), m, simplest(c1 * c2 * factor)):
                add_term(total, key, c)
        if len(total) > LIMIT:
            raise Rejected(f"a product of more than {LIMIT} terms")
    return total


def product_of(sums: Iterable[Sum]) -> Sum:
    """The product of several sums."""
    total = constant(1)
    for s in sums:
        total = product(total, s)
    return total


def _expanded(binders: tuple[str, ...], monomial: Monomial, c: Number) -> Iterable[tuple[Key, Number]]:
    """A term with the whole positive powers of its inner sums multiplied out."""
    inner = next((p for p in monomial if p[0][0] == "sum" and p[1] >= 1), None)
    if inner is None:
        return [((binders, monomial), c)]
    refuse(inner[1] > 64, "a power of a sum that is out of bounds")
    rest: Sum = {(binders, tuple(p for p in monomial if p != inner)): c}
    for _ in range(int(inner[1])):
        rest = product(rest, opened(inner[0], binders))
    return product(rest, single(inner[0], inner[1] % 1)).items() if inner[1] % 1 else rest.items()


def under(binders: Iterable[str], s: Sum) -> Sum:
    """The sum with binders put around each of its terms, which may mention them."""
    around = tuple(binders)
    total: Sum = {}
    for key, c in s.items() if around else ():
        b, m = renamed_apart(key, around) if set(key[0]) & set(around) else key
        add_term(total, (tuple(sorted((*b, *around))), m), c)
    return total if around else dict(s)


def renamed_apart(key: Key, taken: Iterable[str]) -> Key:
    """A term with those of its binders renamed that are taken, each to the next free level of its slot."""
    binders, monomial = key
    names = fresh_names((b for b in binders if b in taken), {*taken, *binders, *names_in(monomial)})
    return tuple(sorted(names.get(b, b) for b in binders)), rename_monomial(monomial, names)


def lowered(key: Key, free: set[str]) -> Key:
    """A term with its binders at the lowest levels of their slots but for the free ones: bound variables have no names.
    Terms under one integral sign stay under one if they are given the same free names."""
    binders, monomial = key
    names = fresh_names(sorted(binders, key=lambda b: (slot_of(b), int(b.rsplit(".", 1)[1]))), free)
    if all(old == new for old, new in names.items()):
        return key
    return tuple(sorted(names.values())), rename_monomial(monomial, names)


def independent(key: Key) -> list[Key]:
    """The integrals that a term is a product of; factors without bound variables are left out."""
    binders, monomial = key
    groups: list[tuple[set[str], list[tuple[Atom, Number]]]] = [({b}, []) for b in binders]
    for power in monomial:
        mine = names_in(power[0]) & set(binders)
        touched = [g for g in groups if g[0] & mine]
        if touched:
            groups = [g for g in groups if g not in touched]
            groups.append((set().union(*(g[0] for g in touched)), [p for g in touched for p in g[1]] + [power]))
    keys = [(tuple(sorted(names)), tuple(sorted(powers, key=_by_atom))) for names, powers in groups]
    return [lowered(key, levels(key[1]) - set(key[0])) for key in keys]


@lru_cache(maxsize=200_000)
def names_in(item: Any) -> frozenset[str]:
    """The names of variables and indices that occur in an atom or monomial."""
    if not isinstance(item, tuple):
        return frozenset()
    if len(item) == 2 and item[0] in ("var", "idx"):
        return frozenset([item[1]])
    return frozenset().union(*(names_in(i) for i in item))


def levels(m: Monomial) -> set[str]:
    """The bound names of a term that have a level: those that only binders around the term may bind."""
    return {n for n in names_in(m) if "." in n and "^" not in n}


def height(s: Sum) -> int:
    """A height above those of all bound names in a sum."""
    return 1 + max((int(n.split("^")[1].split(".")[0]) for key in s for n in names_in(key[1]) if "^" in n), default=0)


def rename(item: Any, names: dict[str, str]) -> Any:
    """An atom with its variables and indices renamed; inner sums are put in order again."""
    if names.keys().isdisjoint(names_in(item)):
        return item
    if len(item) == 2 and item[0] in ("var", "idx"):
        return (item[0], names.get(item[1], item[1]))
    if len(item) == 2 and item[0] == "sum":
        items = (((b, rename_monomial(m, names)), c) for (b, m), c in item[1])
        return ("sum", tuple(sorted(items, key=order)))
    return tuple(rename(i, names) for i in item)


def rename_monomial(monomial: Monomial, names: dict[str, str]) -> Monomial:
    if names.keys().isdisjoint(names_in(monomial)):
        return monomial
    return tuple(sorted(((rename(a, names), e) for a, e in monomial), key=_by_atom))


def _renamed(s: Sum, names: dict[str, str]) -> Sum:
    return plus(*({(b, rename_monomial(m, names)): c} for (b, m), c in s.items()))


def freeze(s: Sum) -> Atom:
    """A sum as an atom.  Its binders get names by height, which do not depend on where the sum stands."""
    items = ((min(_arrangements(*k, height({k: c})), key=order) if k[0] else k, c) for k, c in s.items())
    return ("sum", tuple(sorted(items, key=order)))


def _arrangements(binders: tuple[str, ...], monomial: Monomial, level: int) -> Iterable[Key]:
    """The keys that differ in the order of binders of the same slot (all of them up to four of a kind)."""
    groups = [list(g) for _, g in itertools.groupby(sorted(binders, key=slot_of), key=slot_of)]
    orders = [itertools.permutations(g) if len(g) <= 4 else [g] for g in groups]
    refuse(prod(factorial(len(g)) for g in groups if len(g) <= 4) > 1_000, "an integral over too many variables alike")
    for choice in itertools.product(*orders):
        names = {b: f"{slot_of(b)}^{level}.{n}" for group in choice for n, b in enumerate(group)}
        yield tuple(sorted(names.values())), rename_monomial(monomial, names)


def opened(atom: Atom, taken: Iterable[str]) -> Sum:
    """The sum that a frozen atom is, its binders at levels that are not taken."""
    if atom[0] != "sum":
        return single(atom)
    around = set(taken)
    total: Sum = {}
    for (binders, monomial), c in atom[1]:
        names = fresh_names(binders, around | names_in(monomial))
        add_term(total, (tuple(sorted(names.values())), rename_monomial(monomial, names)), c)
    return total


def point(s: Sum) -> Atom:
    """The argument of a density or function: an atom if the sum is one, else the frozen sum."""
    if len(s) == 1:
        (binders, monomial), c = next(iter(s.items()))
        if c == 1 and not binders and len(monomial) == 1 and monomial[0][1] == 1:
            return monomial[0][0]
    return freeze(s)


def _with_power(s: Sum, atom: Atom, value: Sum) -> Sum:
    """A sum with another sum in place of an atom, where it stands as a factor to a whole power."""
    total: Sum = {}
    for (binders, m), c in s.items():
        term: Sum = {(binders, tuple(p for p in m if p[0] != atom)): c}
        for _ in range(int(dict(m).get(atom, 0))):
            term = product(term, value)
        total = plus(total, term)
    return total


def _changed(s: Sum, change: Callable[[Any], Any], taken: Iterable[str]) -> Sum:
    """The sum with its atoms changed, inside atoms as well; the change is None where it is to go on inside. The names
    *taken* are those that the changed parts mention."""

    def put(item: Any) -> Any:
        if (new := change(item)) is not None:
            return new
        if not isinstance(item, tuple):
            return item
        if len(item) == 2 and item[0] == "sum":
            return freeze(_changed(opened(item, taken), change, taken))
        return tuple(put(i) for i in item)

    total: Sum = {}
    for (b, m), c in s.items():
        moved = {a: new for a, _ in m if (new := put(a)) != a}
        term: Sum = {((), tuple(p for p in m if p[0] not in moved)): c}
        for a, e in m:
            if a in moved:
                term = product(term, single(moved[a], e))
        total = plus(total, under(b, term))
    return total


def _put(s: Sum, old: Atom, new: Atom) -> Sum:
    """The sum with one atom put for another, inside atoms as well."""

    def change(item: Any) -> Any:
        if item == old:
            return new
        return None if names_in(old) <= names_in(item) else item

    return _changed(s, change, names_in((old, new)))


def _put_components(s: Sum, vector: Atom, image: Callable[[Atom], Sum], fresh: str) -> Sum:
    """The sum with images put for the components of a vector, inside atoms as well; the images mention a fresh name."""

    def change(item: Any) -> Any:
        found = isinstance(item, tuple) and len(item) == 3 and item[:2] == ("at", vector)
        return point(image(item[2])) if found else None

    return _changed(s, change, (vector[1], fresh))


def _components(item: Any, vector: Atom) -> set[Atom] | None:
    """The indices at which components of a vector occur, or None if the vector occurs otherwise."""
    if item == vector:
        return None
    if not isinstance(item, tuple):
        return set()
    if len(item) == 3 and item[0] == "at" and item[1] == vector:
        return {item[2]}
    found: set[Atom] = set()
    for part in item:
        inner = _components(part, vector)
        if inner is None:
            return None
        found |= inner
    return found


def by_variables(s: Sum) -> dict[tuple[str, ...], Sum]:
    """The parts of a sum that are integrals over the same variables; sums over indices are finite."""
    parts: dict[tuple[str, ...], Sum] = {}
    for key, c in s.items():
        parts.setdefault(tuple(b for b in key[0] if not b.startswith("#")), {})[key] = c
    return parts


def merged(values: Iterable[Value]) -> Value:
    """The sum of sums in pieces."""
    total: Value = {}
    for value in values:
        for hazards, s in value.items():
            total[hazards] = plus(total.get(hazards, {}), s)
    return total


def inner_sums(item: Any) -> Iterator[Atom]:
    """The outermost sums in atoms."""
    if isinstance(item, tuple):
        if len(item) == 2 and item[0] == "sum":
            yield item
        else:
            for part in item:
                yield from inner_sums(part)


def differentiates(item: Any, name: str) -> bool:
    """Whether a derivative of something that mentions a bound name stands anywhere inside."""
    return any(a[0] in ("grad", "score", "slope") and name in names_in(a) for a in inside(item))


def hides_integral(item: Any, place: Atom) -> bool:
    """Whether an inner sum in an atom integrates something that depends on a place."""
    keys = [key for a in inside(item) if len(a) == 2 and a[0] == "sum" for key, _ in a[1]]
    return any(contains(m, place) and not all(b.startswith("#") for b in binders) for binders, m in keys)


def arguments_of(item: Any, name: str) -> list[tuple[Atom, ...]]:
    """The arguments of a function in atoms; none of its values may stand under what is not opened."""
    for a in inside(item):
        refuse(a[:1] in UNOPENED and any(part[:2] == ("fn", name) for part in inside(a)), f"a witness under {a[0]!r}")
    return [a[2] for a in inside(item) if a[:2] == ("fn", name)]


# Sums in a certificate ------------------------------------------------------------------------------------------------


def encoded(item: Any) -> Any:
    """Atoms and keys as JSON."""
    if type(item) in (int, Fraction):
        return {"q": str(item)}
    return [encoded(i) for i in item] if isinstance(item, tuple) else item


def decoded(item: Any) -> Any:
    if isinstance(item, dict):
        keyed(item, "q")
        return rational(item["q"])
    if isinstance(item, list):
        return tuple(decoded(i) for i in item)
    refuse(type(item) not in (str, bool), f"{str(item)[:40]!r} has no place in a sum")
    return item


def canonical(item: Any) -> Any:
    """An atom or key from a certificate, if it has the form that the kernel itself gives it. Powers of distinct atoms
    in order, none zero; inner sums frozen; primes prime."""
    if not isinstance(item, tuple):
        return item
    if len(item) == 2 and item[0] == "sum":
        for (_, m), c in item[1]:
            check_powers(m)
            refuse(type(c) not in (int, Fraction) or not c, "a sum with a coefficient that is none")
        refuse(freeze(opened(item, ())) != item, "a sum that is not in its canonical form")
    refuse(item[:1] == ("prime",) and (type(item[1]) is not int or primes(item[1]) != {item[1]: 1}), "not a prime")
    for part in item:
        canonical(part)
    return item


def canonical_key(item: Any) -> Key:
    binders, m = canonical(item)
    check_powers(m)
    refuse(tuple(sorted(set(binders))) != binders, "binders that are not distinct and in order")
    return binders, m


def check_powers(m: Monomial) -> None:
    if tuple(sorted(dict(m).items(), key=_by_atom)) != m or any(type(e) not in (int, Fraction) or not e for _, e in m):
        raise Rejected("a monomial that is not in its canonical form")


# Terms ----------------------------------------------------------------------------------------------------------------


def _quotient(a: Any, b: Any) -> list[Any]:
    return ["mul", a, ["pow", b, "-1"]]


def _difference(a: Any, b: Any) -> list[Any]:
    return ["add", a, ["mul", ["num", "-1"], b]]


def as_integral(t: Any) -> tuple[str, list[Any], Any]:
    """What is an integral by definition: the rule that says so, if it takes one, the variables and the integrand."""
    if t[0] in ("int", "sum"):
        return "", t[1] if t[0] == "int" else [t[1]], t[2]
    if t[0] == "E":
        return "", t[1], ["mul", t[2], t[3]]
    if t[0] in ("H", "I"):
        *groups, given, a = t[1:]
        names = [n for group in groups for n in group]
        if t[0] == "H":
            inside = _quotient(a, ["int", names, a]) if given else a
            return "definition of entropy", names + given, ["mul", ["num", "-1"], a, ["log", inside]]
        both = ["mul", a, ["int", names, a]] if given else a
        inside = _quotient(both, ["mul", *(["int", group, a] for group in groups)])
        return "definition of mutual information", names + given, ["mul", a, ["log", inside]]
    head, names, a, b = t
    rule, body = {
        "TV": ("", ["mul", ["num", "1/2"], ["abs", _difference(a, b)]]),
        "KL": ("definition of KL", ["mul", a, ["log", _quotient(a, b)]]),
        "CE": ("definition of cross-entropy", ["mul", ["num", "-1"], a, ["log", b]]),
    }[head]
    return rule, names, body


def inside(item: Any) -> list[Any]:
    """The terms in a term, or the atoms in an atom: itself and all parts of parts, in the order they are written in."""
    found, left = [], [item] if isinstance(item, (list, tuple)) and item else []
    while left:
        item = left.pop()
        found.append(item)
        left += [part for part in reversed(item) if isinstance(part, (list, tuple)) and part]
    return found


def contains(item: Any, part: Any) -> bool:
    """Whether a term stands anywhere in a term, or an atom in an atom."""
    return any(i == part for i in inside(item))


def with_head(t: Any, head: str) -> list[Any]:
    """The terms of a head that stand in a term."""
    return [part for part in inside(t) if part[0] == head]


def heads(t: Any) -> set[str]:
    """The heads that occur in a term."""
    return {part[0] for part in inside(t) if isinstance(part[0], str)}


def leaves(t: Any) -> set[tuple[str, str]]:
    """The variables, indices, symbols and laws that a term mentions, bound or free."""
    named = [part for part in inside(t) if part[0] in ("var", "idx", "sym", "law", "fn", "function")]
    return {(part[0], part[1]) for part in named if isinstance(part[1], str)}


def applications(t: Any, name: str) -> list[Any]:
    """The arguments to which a function is applied in a term."""
    return [part[2] for part in inside(t) if part[:2] == ["fn", name]]


def mentions(t: Any, name: str) -> bool:
    parts = t.values() if isinstance(t, dict) else t if isinstance(t, list) else ()
    return t == name or any(mentions(part, name) for part in parts)


def binders_of(t: Any) -> list[Any]:
    """What the head of a term binds: its first argument, or for entropies and information all groups."""
    if t[0] in ("H", "I", "W"):
        return list(t[1 : 3 if t[0] == "W" else -1])
    if t[0] in ("sup", "inf") and restricted(t[1]):
        return [t[1][:3]]  # what describes a class is no more bound than the body
    return [t[1]] if t[0] in BINDERS else []


def has_binder(t: Any) -> bool:
    return not heads(t).isdisjoint(BINDERS)


def bound_names(t: Any) -> set[str]:
    """The names that binders in a term bind."""
    return {name for part in inside(t) for _, name in leaves(binders_of(part))}


def bound_functions(t: Any) -> set[str]:
    """The functions that extrema in a term range over."""
    return {name for part in inside(t) for head, name in leaves(binders_of(part)) if head == "function"}


def free_names(t: Any) -> set[str]:
    """The variables that a term mentions outside the binders that bind them."""
    found: set[str] = set()
    left: list[tuple[Any, frozenset[str]]] = [(t, frozenset())] if isinstance(t, list) and t else []
    while left:
        t, bound = left.pop()
        if t[0] == "var":
            found |= {t[1]} - bound
            continue
        if binders := binders_of(t):
            bound = bound.union(name for _, name in leaves(binders))
        left += [(part, bound) for part in t if isinstance(part, list) and part]
    return found


def leaves_open(t: Any, name: str) -> bool:
    """Whether a name is mentioned outside the binders that bind it."""
    if isinstance(t, list) and t and isinstance(t[0], str) and name in {n for _, n in leaves(binders_of(t))}:
        return t[0] in ("grad", "limit")  # which speak of their symbol
    parts = t.values() if isinstance(t, dict) else t if isinstance(t, list) else ()
    return t == name or any(leaves_open(part, name) for part in parts)


def restricted(binder: list[Any]) -> bool:
    """Whether an extremum ranges over a class of functions, given by inequalities."""
    return binder[0] == "function" and len(binder) == 4


def nested(t: Any) -> bool:
    """Whether an integral has others inside; the sum of one over an index is one integral, over the index as well."""
    while t[0] == "sum" and t[2][0] in ("sum", "int", "E", "KL", "CE"):
        t = t[2]
    return has_binder(t[2:])


def source_integrals(t: Any) -> list[Any]:
    """The integrals and divergences of a term that stand outside all others."""
    if not isinstance(t, list) or not t:
        return []
    if t[0] in ("int", "E", "KL", "JSD", "CE", "TV", "H", "I", "sum"):
        return [t]
    return [found for part in t for found in source_integrals(part)]


def _exchanged(t: Any, terms: Table) -> Any:
    """A term with terms put for variables and indices, all at once."""
    if not isinstance(t, list):
        return t
    if len(t) == 2 and t[0] in ("var", "idx") and t[1] in terms:
        return terms[t[1]]
    return [_exchanged(part, terms) for part in t]


def substituted(t: Any, binder: list[Any], witness: Table) -> Any:
    """A term with a witness put for the function or symbol that an extremum ranges over."""
    if not isinstance(t, list):
        return t
    if binder[0] == "function" and t[:2] == ["fn", binder[1]]:
        arguments = [substituted(argument, binder, witness) for argument in t[2]]
        return _exchanged(witness["body"], dict(zip(witness["parameters"], arguments, strict=True)))
    if binder[0] == "sym" and t == binder:
        return witness["body"]
    return [substituted(part, binder, witness) for part in t]


def renamed_term(t: Any, names: dict[str, str]) -> Any:
    """A term with other names for its variables and functions."""
    if not isinstance(t, list):
        return t
    if len(t) > 1 and t[0] in ("var", "fn", "function") and isinstance(t[1], str):
        return [t[0], names.get(t[1], t[1]), *(renamed_term(part, names) for part in t[2:])]
    return [renamed_term(part, names) for part in t]


# The form of a statement ----------------------------------------------------------------------------------------------

FACTS = {  # of declarations: for each table its entries, and the words that one of them may be
    "variables": ("kind slot shape", "kind", ("unknown", "discrete", "continuous")),
    "symbols": (
        "sign shape",
        "sign",
        ("real", "nonnegative", "positive", "nonzero", "positive definite", "invertible"),
    ),
    "functions": ("range arity", "range", ("real", "nonnegative", "positive", "unit")),
    "indices": ("lower upper", None, ()),
}
PARTS = {
    "pushforward": 3,
    "gradient": 3,
    "nondifferentiable": 3,
    "convex": 1,
}  # of hypotheses that are no relation of two terms

# What follows each head: t a term, n a number, v a list of variables, i an index, d a symbol or variable, x what an
# extremum ranges over, w where a limit is taken, p two indices, m a covariance, * one or more terms.  Names and
# densities have checks of their own.
FORMS = {
    **dict.fromkeys(("add", "mul"), "*"),
    **dict.fromkeys(("log", "exp", "abs"), "t"),
    **dict.fromkeys(("E", "KL", "JSD", "CE", "TV"), "vtt"),
    **dict.fromkeys(("sum", "prod"), "it"),
    **dict.fromkeys(("sup", "inf"), "xt"),
    **{"num": "n", "pow": "tn", "normal": "ttt", "gaussian": "ttm", "minibatch": "tt", "eigenvalue": "ptt"},
    **{"int": "vt", "H": "vvt", "I": "vvvt", "W": "vvttt", "grad": "dt", "limit": "dwt"},
}
NAMED = {"sym": "symbols", "var": "variables", "idx": "indices"}


def check_form(statement: Table) -> None:
    """Check that a statement has the documented form, down to its declarations; its terms are read later."""
    keyed(statement, "version declare given relation lhs rhs equality")
    refuse(statement["version"] != 1 or type(statement["version"]) is not int, "a statement of an unknown version")
    refuse(statement["relation"] not in ("=", "!=", "<=", ">=", "<", ">"), "a statement with an unknown relation")
    if not isinstance(statement["given"], list) or not isinstance(statement["equality"], list):
        raise Rejected("hypotheses and equality cases are lists")
    keyed(statement["declare"], " ".join(FACTS))
    for table, (names, word, words) in FACTS.items():
        refuse(not isinstance(statement["declare"][table], dict), f"the declared {table} are no table")
        for name, facts in statement["declare"][table].items():
            keyed(facts, names)
            refuse(word is not None and facts[word] not in words, f"{name} is declared with an unknown {word}")
            refuse(not isinstance(facts.get("shape", []), list), f"the shape of {name} is no list")
            if table == "functions" and (type(facts["arity"]) is not int or facts["arity"] < 1):
                raise Rejected(f"the function {name} has no number of arguments")
            for t in (*facts.get("shape", []), *(facts[n] for n in ("lower", "upper") if n in facts)):
                check_term(t, statement["declare"])
    for t in (statement["lhs"], statement["rhs"], *(t for pair in statement["equality"] for t in pair)):
        check_term(t, statement["declare"])
    refuse(any(len(pair) != 2 for pair in statement["equality"]), "an equality case is made of pairs of terms")
    for relation, *terms in statement["given"]:
        if relation == "cited":
            name, (relation, *terms) = terms
            if name not in THEOREMS or relation not in ("=", "<=", ">=", "<", ">"):
                raise Rejected(
                    f"{str(name)[:40]!r} is cited, which is none of {', '.join(THEOREMS)}, or says no relation"
                )
            refuse(not is_case(name, [relation, *terms], statement), f"what is cited is no case of {name}")
        if not isinstance(relation, str) or len(terms) != PARTS.get(relation, 2):
            raise Rejected(f"a hypothesis {relation!r} of another form than the documented one")
        if relation != "markov":
            check_terms(terms, statement["declare"])


def check_term(t: Any, declare: Table) -> None:
    """Check that a term has the documented form, all its names declared."""
    if not isinstance(t, list) or not t or not isinstance(t[0], str):
        raise Rejected(f"{str(t)[:40]} is no term")
    head, rest = t[0], t[1:]
    if head in NAMED:
        good = len(rest) == 1 and isinstance(rest[0], str) and rest[0] in declare[NAMED[head]]
    elif head == "const":
        good = rest == ["pi"]
    elif head == "fn":
        good = len(rest) == 2 and isinstance(rest[1], list) and len(rest[1]) == declare["functions"][rest[0]]["arity"]
        check_terms(rest[1], declare)
    elif head == "at":
        check_terms(rest, declare)
        kind, name = rest[0][:2]
        shape = declare[NAMED[kind]][name]["shape"] if kind in ("sym", "var") else []
        good = len(rest) == 2 and (kind == "fn" or len(shape) == 1)
    elif head in ("entry", "inverse", "det"):
        check_terms(rest[1:], declare)
        good = len(rest) == (1 if head == "det" else 3) and is_matrix(rest[0], declare)
    elif head == "den":
        (kind, name, parameters), above, below = rest
        good = kind == "law" and isinstance(name, str) and bool(above) and isinstance(below, list)
        check_terms(parameters, declare)
        check_terms([a for _, a in above + below], declare)
    elif FORMS.get(head) == "*":
        good = bool(rest)
        check_terms(rest, declare)
    else:
        good = head in FORMS and len(FORMS[head]) == len(rest)
        for form, part in zip(FORMS.get(head, ""), rest, strict=False):
            good = good and check_part(form, part, declare)
    if not good:
        raise Rejected(f"a term of the head {head!r} has not the documented form")


def check_terms(terms: Any, declare: Table) -> None:
    refuse(not isinstance(terms, list), "a list of terms is needed")
    for t in terms:
        check_term(t, declare)


def check_given(parts: Any, declare: Table) -> None:
    """Check that what a certificate gives to a rule are terms of the documented form, lists of them, or witnesses."""
    refuse(not isinstance(parts, list), "a list of terms is needed")
    for part in parts:
        if isinstance(part, dict):
            keyed(part, "parameters body")
            check_term(part["body"], declare)
        elif part and isinstance(part[0], str):
            check_term(part, declare)
        else:
            check_given(part, declare)


def check_part(form: str, part: Any, declare: Table) -> bool:
    """Check one argument of a head, see FORMS."""
    if form == "n":
        rational(part)
        return True
    if form == "v":
        names = [name for head, name in part]
        check_terms(part, declare)
        return len(set(names)) == len(names) and all(head == "var" for head, _ in part)
    if form == "m":
        return is_matrix(part, declare, ("positive definite",))
    if form == "p":
        check_terms(part, declare)
        return len(part) == 2 and part[0] != part[1] and all(head == "idx" for head, _ in part)
    if form == "w" and part in (["infinity"], ["minus infinity"]):
        return True
    if form == "x" and part[0] in ("function", "law"):
        if part[0] == "law":
            return part[2:] == [[]] and isinstance(part[1], str)
        for relation, *terms in part[3] if len(part) == 4 else []:
            check_terms(terms, declare)
            if relation not in ("<=", ">=") or len(terms) != 2 or not heads(terms).isdisjoint({*BINDERS} - {"sum"}):
                raise Rejected("a class of functions is given by inequalities without integrals and extrema")
        return len(part) in (3, 4) and part[2] == declare["functions"].get(part[1], {}).get("range")
    check_term(part, declare)
    return part[0] in {"i": ("idx",), "d": ("sym", "var"), "x": ("sym", "var"), "w": ("num",)}.get(form, (part[0],))


def is_matrix(t: Any, declare: Table, signs: tuple[str, ...] = ("positive definite", "invertible")) -> bool:
    """Whether a term is a square matrix: a positive definite S, an invertible L, or the product L L^T."""
    if t[0] == "gram":
        return len(t) == 2 and t[1][0] == "sym" and is_matrix(t[1], declare, ("invertible",))
    facts = declare["symbols"][t[1]] if t[0] == "sym" and len(t) == 2 else {"sign": "", "shape": []}
    return facts["sign"] in signs and len(facts["shape"]) == 2 and facts["shape"][0] == facts["shape"][1]


# Theorems that may be cited -------------------------------------------------------------------------------------------


def instance(pattern: Any, t: Any, found: Table) -> bool:
    """Whether a term is of a pattern, in which ?a stands for one part, the same everywhere; *found* tells which."""
    if isinstance(pattern, list):
        alike = isinstance(t, list) and len(t) == len(pattern)
        return alike and all(instance(part, other, found) for part, other in zip(pattern, t, strict=True))
    return bool(found.setdefault(pattern, t) == t if pattern.startswith("?") else pattern == t)


def value_of(name: str, *places: str) -> list[Any]:
    """The pattern of a value of a function."""
    return ["fn", name, list(places)]


LEAST_SQUARES = [  # inf over c and d of the sum over i and j of (x_ij - sum over k of c_ik d_kj)^2
    *("inf", ["function", "?c", "real"]),
    [
        *("inf", ["function", "?d", "real"]),
        ["sum", "?i", ["sum", "?j", ["pow", _difference(value_of("?x", "?i", "?j"), "?product"), "2"]]],
    ],
]
FACTORS = ["sum", "?k", ["mul", value_of("?c", "?i", "?k"), value_of("?d", "?k", "?j")]]
MOMENTS = ["mul", ["sum", "?i", ["mul", value_of("?x", "?i", "?j"), value_of("?x", "?i", "?m")]], ["pow", "?n", "-1"]]
SMALLEST = ["mul", "?n", ["sum", "?t", ["eigenvalue", ["?j", "?m"], "?t", MOMENTS]]]


def eckart_young(says: Any, statement: Table, a: Table) -> bool:
    """The least squared distance of a matrix X from the products of an N x K and a K x n matrix is the sum of all
    eigenvalues of X^T X but the K largest; these are N times those of X^T X / N.
    """
    if not instance(["=", LEAST_SQUARES, SMALLEST], says, a) or not instance(FACTORS, a["?product"], a):
        return False
    spans = [statement["declare"]["indices"][a[i][1]] for i in ("?i", "?j", "?m", "?k", "?t")]
    (rows, columns, again, rank, rest), one = ((s["lower"], s["upper"]) for s in spans), ["num", "1"]
    return bool(
        len({a["?x"], a["?c"], a["?d"]}) == 3
        and len({a[i][1] for i in ("?i", "?j", "?m", "?k", "?t")}) == 5
        and rows == (one, a["?n"])
        and columns == again == (one, rest[1])
        and rank[0] == one
        and rest[0] == ["add", rank[1], one]
    )


RISE = _difference(value_of("?w", "?t"), value_of("?w", "?s"))
STEP = _difference(value_of("?c", "?k", "?t"), value_of("?c", "?k", "?s"))
LIPSCHITZ = ["<=", ["abs", RISE], ["mul", "?K", ["pow", ["sum", "?k", ["pow", STEP, "2"]], "1/2"]]]
AVERAGE = ["E", ["?v"], ["den", "?law", [["?slot", "?v"]], []], value_of("?n", "?v")]


def rademacher(says: Any, statement: Table, a: Table) -> bool:
    """On an open set of vectors a Lipschitz function w is differentiable at almost all points. Hypotheses say that n(r)
    tells the points r without a derivative, and that |w(t) - w(s)| <= K |t - s|. What holds at almost all points is
    used under averages over laws with densities only.
    """
    declare, given = statement["declare"], statement["given"]
    if not instance(["=", value_of("?n", "?r"), ["num", "0"]], says, a):
        return False
    rough = a["?n"]
    ((_, _, (_, w, _), (_, c, (index, at))),) = (h for h in given if h[0] == "nondifferentiable" and h[1][1] == rough)
    sides = [statement["lhs"], statement["rhs"], statement["equality"]]
    averaged = [t[1][0] for t in with_head(sides, "E") if instance(AVERAGE, t, {"?n": rough})]
    slot = declare["variables"][a["?r"][1]]["slot"]
    return bool(
        any(is_lipschitz(h, {"?w": w, "?c": c}, index, at, declare) for h in given)
        and all(declare["variables"][v]["slot"] == slot for _, v in (*averaged, at))
        and len(averaged) == len(applications(sides, rough))
        and len(applications(given, rough)) == 2
        and ("function", rough) not in leaves([sides, given])
    )


def is_lipschitz(h: Any, a: Table, index: Any, at: Any, declare: Table) -> bool:
    """Whether a hypothesis says that |w(t) - w(s)| <= K |t - s|, by the coordinates c(k, t) and c(k, s)."""
    return bool(
        instance(LIPSCHITZ, h, a)
        and a["?K"][0] == "sym"
        and declare["symbols"][a["?K"][1]]["shape"] == []
        and declare["indices"][a["?k"][1]] == declare["indices"][index[1]]
        and one_space([a["?t"], a["?s"], at], declare)
        and a["?t"] != a["?s"]
    )


def one_space(points: list[Any], declare: Table) -> bool:
    """Whether all are variables of one slot, and none a vector of points."""
    facts = [declare["variables"][name] for head, name in points if head == "var"]
    return len(facts) == len(points) and all(f == facts[0] for f in facts) and facts[0]["shape"] == []


LAWS = [["den", ["law", law, []], [[slot, x]], []] for law, slot, x in (("?a", "?p", "?x"), ("?b", "?q", "?y"))]
AT_OTHERS = [["den", ["law", law, []], [[slot, x]], []] for law, slot, x in (("?a", "?p", "?s"), ("?b", "?q", "?t"))]
MEANS = [["E", [x], law, value_of("?f", x)] for law, x in zip(AT_OTHERS, ("?s", "?t"), strict=True)]
CRITICS = ["<=", _difference(value_of("?f", "?u"), value_of("?f", "?v")), value_of("?d", "?u", "?v")]
DUALITY = [
    *("=", ["W", ["?x"], ["?y"], *LAWS, value_of("?d", "?x", "?y")]),
    ["sup", ["function", "?f", "real", [CRITICS]], _difference(*MEANS)],
]
DISTANCE = (  # d(u, u) <= 0; d(u, v) <= d(v, u); d(u, w) <= d(u, v) + d(v, w)
    ["<=", value_of("?d", "?u", "?u"), ["num", "0"]],
    ["<=", value_of("?d", "?u", "?v"), value_of("?d", "?v", "?u")],
    ["<=", value_of("?d", "?u", "?w"), ["add", value_of("?d", "?u", "?v"), value_of("?d", "?v", "?w")]],
)


def kantorovich_rubinstein(says: Any, statement: Table, a: Table) -> bool:
    """W(a, b), for a distance d as its cost, is the supremum of E_a[f] - E_b[f] over all f with f(u) - f(v) <= d(u, v).
    Hypotheses say that d is a distance (two points of the distance zero need not be the same).
    """
    declare = statement["declare"]
    return bool(
        instance(DUALITY, says, a)
        and one_space([a[x] for x in ("?x", "?y", "?u", "?v", "?s", "?t")], declare)
        and a["?x"] != a["?y"]
        and a["?u"] != a["?v"]
        and a["?f"] != a["?d"]
        and declare["functions"][a["?d"]]["range"] == "nonnegative"
        and all(any(holds_anywhere(axiom, h, a["?d"], declare) for h in statement["given"]) for axiom in DISTANCE)
    )


def holds_anywhere(axiom: Any, h: Any, d: str, declare: Table) -> bool:
    """Whether a hypothesis is an axiom about a distance d, at distinct free points of one space."""
    found = {"?d": d}
    good = instance(axiom, h, found)
    points: list[Any] = [t for name, t in found.items() if name != "?d"]
    return good and one_space(points, declare) and len({t[1] for t in points}) == len(points)


CASES_OF_THEOREMS: dict[str, Callable[..., bool]] = {
    "Kantorovich-Rubinstein": kantorovich_rubinstein,
    "Rademacher": rademacher,
    "Eckart-Young": eckart_young,
}


def is_case(theorem: str, says: Any, statement: Table) -> bool:
    """Whether a relation is what a theorem says, word for word, under the other hypotheses of a statement."""
    try:
        return theorem in CASES_OF_THEOREMS and CASES_OF_THEOREMS[theorem](says, statement, {})
    except (LookupError, TypeError, ValueError):
        return False


# Statements that others follow from -----------------------------------------------------------------------------------


def with_function(statement: Table, name: str, facts: Table, known: list[Any]) -> Table:
    """A statement with a new function, and with what is known about it as hypotheses."""
    functions = {**statement["declare"]["functions"], name: facts}
    declare = {**statement["declare"], "functions": functions}
    return {**statement, "declare": declare, "given": [*statement["given"], *known]}


def new_name(statement: Table, names: Iterable[str]) -> str:
    """The first of some names that a statement does not declare."""
    taken = {name for table in statement["declare"].values() for name in table}
    return next(name for name in names if name not in taken)


def with_member(statement: Table, extremum: list[Any]) -> tuple[Table, list[Any], Table]:
    """An inequality with the value at any one function of a class for the extremum over the class. Also the factors of
    the extremum, which must be positive, and the function, whose name is new."""
    _, binder, body = extremum
    name, functions = binder[1], statement["declare"]["functions"]
    if not restricted(binder) or name in bound_names([body, binder[3]]):
        raise Rejected("this rule needs an extremum over a class of functions, whose name nothing in it binds again")
    fresh = new_name(statement, (name + "'" * n for n in itertools.count(1)))
    parameters = [f"^{n}" for n in range(functions[name]["arity"])]
    member = {"body": ["fn", fresh, [["var", n] for n in parameters]], "parameters": parameters}
    class_of = [[h[0], *(substituted(t, binder, member) for t in h[1:])] for h in binder[3]]
    inner, factors = with_value(statement, extremum, substituted(body, binder, member))
    return with_function(inner, fresh, functions[name], class_of), factors, member


def with_value(statement: Table, extremum: list[Any], value: Any) -> tuple[Table, list[Any]]:
    """An inequality with a value for an extremum, and the factors of the extremum, which must be positive. A supremum
    stands on the smaller side and an infimum on the larger, alone, as a factor, or as such a term of a sum."""
    factors: list[Any] = []

    def opened_side(t: Any, inside: bool) -> Any:
        if t == extremum:
            return value
        places = [n for n, part in enumerate(t) if contains(part, extremum)]
        if len(places) != 1 or t[0] not in (("add", "mul") if inside else ("mul",)):
            raise Rejected("the extremum does not stand alone, as a factor, or as a term of a sum")
        if t[0] == "mul":
            factors.extend(part for n, part in enumerate(t) if n and n != places[0])
        return [opened_side(part, False) if n == places[0] else part for n, part in enumerate(t)]

    side = "lhs" if (statement["relation"] == "<=") == (extremum[0] == "sup") else "rhs"
    return {**statement, side: opened_side(statement[side], True)}, factors


def with_eigenvector(statement: Table, eigenvalue: list[Any]) -> tuple[Table, str]:
    """A statement in which a largest eigenvalue stands, with a unit eigenvector of it, whose name is new."""
    _, (row, column), _, entry = eigenvalue
    if not contains([statement["lhs"], statement["rhs"]], eigenvalue):
        raise Rejected("the eigenvalue of an eigenvector stands in the statement, or else there may be none")
    fixed = {name for _, name in leaves(eigenvalue)} - bound_names(eigenvalue)
    if free_names(eigenvalue) or fixed & bound_names([statement["lhs"], statement["rhs"]]):
        raise Rejected("the eigenvector would depend on a variable, or on what the statement binds")
    name = new_name(statement, ("v" + "'" * n for n in itertools.count()))
    u, other = (["fn", name, [place]] for place in (row, column))
    length = ["sum", row, ["mul", u, u]]
    form = ["sum", row, ["sum", column, ["mul", entry, u, other]]]
    equations = ((length, ["num", "1"]), (form, eigenvalue))
    known = [[relation, *sides] for sides in equations for relation in ("<=", ">=")]
    return with_function(statement, name, {"range": "real", "arity": 1}, known), name


# The replay of a certificate ------------------------------------------------------------------------------------------

# What a cost, a critic or an image is made of: it has a finite value at all points of its variables.
FINITE = frozenset(("num", "const", "sym", "var", "idx", "at", "add", "mul", "pow", "exp", "abs", "fn", "sum"))

# What a witness for a function is made of: with whole powers and no division by zero it has a value everywhere.
TOTAL = frozenset(("num", "const", "sym", "var", "idx", "at", "add", "mul", "pow", "exp", "abs", "fn"))

# Rules by which an inequality follows from another one that holds for all of something new.
REDUCTIONS = ("least upper bound over points", "unit eigenvector", "mean value", "difference quotients")

# Atoms that bind names without being sums.
UNOPENED = [(head,) for head in ("sup", "inf", "prod", "eigenvalue", "opaque", "grad", "score", "slope")]
ATOMS = {  # with the rules that they take
    "gibbs": "Gibbs' inequality",
    "monotone": "monotonicity of the logarithm",
    "square": "squares are non-negative",
    "nonneg": "non-negative integrand",
    "extremum": "bounded by its extremum",
    "Rayleigh": "Rayleigh quotient",
    "Cauchy-Schwarz": "Cauchy-Schwarz inequality",
    **{name: name for name in ("coupling", "critic", "gluing", "one sign")},
}
PROOFS = {  # what each carries, and the relations that it proves
    "equal": ("rule moves", ("=",)),
    "two bounds": ("rule above below", ("=",)),
    "attained": ("rule witness reached bounded", ("=",)),
    "point masses": ("rule", ("=",)),
    "least upper bound": ("rule extremum bounded", ("<=", ">=")),
    "least upper bound over points": ("rule extremum point bounded", ("<=", ">=")),
    "unit eigenvector": ("rule eigenvalue bounded", ("<=", ">=")),
    "mean value": ("rule gradient start end point bounded", ("<=", ">=")),
    "difference quotients": ("rule gradient start end scale direction bound bounded", ("<=", ">=")),
    "bound": ("rule atoms moves equality", ("<=", ">=", "<", ">")),
    "cases": ("rule term above below", ("=", "!=", "<=", ">=", "<", ">")),
    "lemma": ("rule lemma shown used", ("=", "!=", "<=", ">=", "<", ">")),
}
WITH_EQUALITY = ("bound", "cases", "lemma")  # the proofs of statements that say when there is equality


def strongest(conditions: list[Any]) -> list[Any]:
    """The conditions without those supports that follow from one for more variables of the same law."""

    def places(d: Any) -> set[str]:
        return {json.dumps(p) for p in d[2] + d[3]} if d[0] == "den" else set()

    def follows(one: Any, other: Any) -> bool:
        """From A << B follow A << B' and, for joint densities, A' << B', where primes are marginals of the same law."""
        (a, b), (c, d) = one[1:], other[1:]
        if one == other or b[0] != "den" or d[0] != "den" or b[1] != d[1] or not places(b) <= places(d):
            return False
        marginal = a[0] == c[0] == "den" and a[1] == c[1] and not (a[3] or c[3]) and places(b) <= places(a) <= places(c)
        return bool(a == c or marginal)

    supports = [c for c in conditions if c[0] == "support"]
    return [c for c in conditions if c[0] != "support" or not any(follows(c, other) for other in supports)]


def must_converge(conditions: Table) -> int:
    """How many conditions say that an integral is finite."""
    return sum(c[0] == "finite" for c in conditions.values())


class Node:
    """A source integral: a binder that stands in the statement outside all others, with the sign of its coefficient."""

    def __init__(self, term: Any, sign: int, env: Env = ({}, ())) -> None:
        self.term, self.sign, self.env = term, sign, env
        self.value: Sum = {}
        self.proper: bool | None = None  # whether it is a divergence of densities of finite mass, once asked
        self.finite: bool | None = None  # whether it is known to be finite, once that was asked
        self.supports: dict[str, list[Any]] = {}  # absolute continuities that its finiteness implies


class Replay:
    """One statement, expanded and argued about under a set of allowed rules."""

    def __init__(self, statement: Table, allowed: frozenset[str], factors: Any = ()) -> None:
        budget.left = STEPS
        self.read(statement)
        self.statement = statement
        self.allowed = allowed
        self.factors: dict[Atom, tuple[Atom, ...]] = {}
        refuse(not isinstance(factors, (list, tuple)), "the factorisations are no list")
        for atom, parts in factors:
            self.factor(canonical(decoded(atom)), tuple(canonical(decoded(part)) for part in parts))
        refuse(len(self.factors) < len(factors), "a sum is factored twice")
        self.used: set[str] = set()
        self.conditions: Table = {}
        self.declare: Table = statement["declare"]
        self.variables: Table = self.declare["variables"]
        self.symbols: Table = self.declare["symbols"]
        self.functions: Table = dict(self.declare["functions"])
        self.indices: Table = self.declare["indices"]
        names = [n for table in self.declare.values() for n in table]
        for name in names + [facts["slot"] for facts in self.variables.values()]:
            plain(name)
        refuse(len(set(names)) < len(names), "a name is declared as two things")
        self.kinds: dict[str, str] = {}
        self.vectors: list[list[Any]] = []  # slots with a shape: spaces of vectors of points that fill the slot
        for facts in self.variables.values():
            slot, kind, shape = facts["slot"], facts["kind"], facts["shape"]
            refuse(self.kinds.setdefault(slot, kind) != kind, f"the slot {slot} has variables of two kinds")
            if shape and [slot, shape] not in self.vectors:
                self.vectors.append([slot, shape])
        self.depths: dict[tuple[str, str], int] = {}  # of the points that fill a slot of a law
        self.display: dict[str, str] = {}  # bound name -> a declared name to show for it
        self.free = free_names([statement["lhs"], statement["rhs"]])
        self.ranges: list[tuple[Atom, ...]] = []  # of indices, from a lower to an upper end
        self.nodes: list[Node] = []  # those of the right side first
        self.right_nodes = 0
        self.node: Node | None = None
        self.sign = 1
        self.loose: set[tuple[str, Atom]] = set()
        self.identified: list[tuple[list[Any], frozenset[str], list[Any]]] = []
        self.rewritten: list[tuple[Any, Any]] = []
        self.divisors: set[Atom] = set()  # what the sides of an inequality divide by or take the logarithm of
        self.pushed: list[Any] = []
        self.lines: set[str] = set()  # slots that normal densities of the statement fill
        self.disjoint: list[list[str]] = []  # pairs of laws without a common support
        self.disjoint_slots: list[frozenset[str]] = []
        self.depth = 0
        self.kept: dict[Any, tuple[Any, set[str], Table]] = {}  # what was found, and what it rests on
        self.chains: list[tuple[str, tuple[str, ...]]] = []  # laws, and slots that form a Markov chain under them
        self.costs: dict[Atom, None] = {}  # transport costs that occur in the argument at hand
        self.moved: set[Atom] = set()  # those that are finite, because a coupling or other finite ones say so
        self.bounds: list[Sum] = []  # sums that are at least zero by hypothesis
        self.strict: list[Sum] = []  # and above zero
        self.gradients: list[list[Any]] = []  # f(x), its partial derivatives and the coordinates of x, on an open set
        self.convex: list[tuple[Any, ...]] = []  # the coordinates of which the points form a convex set
        cited = [h for h in statement["given"] if h[0] == "cited"]
        for hypothesis in statement["given"]:
            if hypothesis not in cited:
                self.assume(hypothesis)
        for _, _, hypothesis in cited:
            refuse(self.is_the_claim(hypothesis), "what is cited as a theorem is the claim itself")
        for _, _, hypothesis in cited:
            self.assume(hypothesis)
        self.posed = self.costs  # those of hypotheses
        self.assumptions = [name for name in THEOREMS if any(name == h[1] for h in cited)]

    def read(self, statement: Table) -> None:
        """Refuse a statement of another form than the documented one; a search for a proof does so once."""
        check_form(statement)

    def run(self, proof: Table) -> dict[str, list[Any]]:
        """Replay a proof of the statement; what it rests on."""
        with well_formed():
            self.prove(self.statement, proof)
        return {
            "conditions": strongest(list(self.conditions.values())),
            "assumptions": self.assumptions,
            "trusts": [],
            "rules": [r for r in RULES if r in self.used],
        }

    def factor(self, atom: Atom, parts: tuple[Atom, ...]) -> None:
        """Note a factorisation, checked by multiplying."""
        whole = product_of(opened(part, ()) for part in parts)
        refuse(whole != opened(atom, ()), "a factorisation does not multiply out to what it factors")
        self.factors[atom] = parts

    def factors_of(self, atom: Atom) -> tuple[Atom, ...]:
        """The known factors of a sum; the prover's replay finds them, the kernel looks them up."""
        return self.factors.get(atom, (atom,))

    def use(self, rule: str) -> bool:
        """Whether a rule is allowed; if so, it is noted as used."""
        if rule in self.allowed:
            self.used.add(rule)
        return rule in self.allowed

    def demand(self, rule: str) -> None:
        refuse(not self.use(rule), f"the proof uses the rule {rule!r}, which the certificate does not list")

    def condition(self, kind: str, *terms: Any) -> None:
        """Conditions: ``finite`` T, ``support`` A B (A << B), ``nonzero`` T."""
        self.conditions[json.dumps([kind, *terms])] = [kind, *terms]

    def once(self, key: Any, find: Callable[[], Any]) -> Any:
        """What is found for a key, kept for the rest of this replay. The rules and conditions that it rests on are
        noted each time; nothing is kept across hypotheses, or where one was put in, as its integrals are sources. A key
        tells all else that the result depends on: rules, declarations and factors are those of the whole replay."""
        found = self.kept.get(key)
        if found is None:
            used, conditions, self.used, self.conditions = self.used, self.conditions, set(), {}
            try:
                found = find(), self.used, self.conditions
            finally:
                self.used, self.conditions = used, conditions
            if "hypothesis" not in found[1]:
                self.kept[key] = found
        result, used, conditions = found
        self.used |= used
        self.conditions.update(conditions)
        return result

    # Hypotheses -------------------------------------------------------------------------------------------------------

    def assume(self, hypothesis: list[Any]) -> None:
        """A hypothesis: two laws have the same marginal, a density is given by a term, a term is at most another."""
        self.kept = {}
        if hypothesis[0] in ("gradient", "nondifferentiable", "convex"):
            self.assume_domain(*hypothesis)
            return
        relation, left, right = hypothesis[:3]
        if relation == "markov":
            moving = heads([self.statement["lhs"], self.statement["rhs"]]) & {"grad", "limit", "sup", "inf"}
            if moving or right[2] or len(set(left)) < len(left):
                raise Rejected("a Markov chain is one of different slots, under a law that nothing moves")
            self.chains.append((plain(right[1]), tuple(plain(s) for s in left)))
            return
        if any(t[0] == "den" and (t[1][2] or t[3]) for t in (left, right)):
            raise Rejected("a hypothesis about a law with parameters, or about a conditional density")
        densities = [t for t in (left, right, *(left[1:] if left[0] == "mul" else [])) if t[0] == "den"]
        for law, slot, t in ((d[1][1], slot, t) for d in densities for slot, t in d[2] if relation == "="):
            depth = (self.dimensions(t) or 0) if t[0] == "var" else 0
            if t[0] == "var" and (self.slot(t) != slot or self.depths.setdefault((law, slot), depth) != depth):
                raise Rejected("a hypothesis about a law at a variable of another space")
        if relation == "=" and left[0] == right[0] == "den" and not left[3] and left[2:] == right[2:]:
            names = [t[1] for _, t in left[2] if t[0] == "var"]
            refuse(left[1][1] == right[1][1] or len(set(names)) < len(left[2]), "two marginals that are not told apart")
            self.identified.append((right[1], frozenset(s for s, _ in right[2]), left[1]))
        elif (relation == "=" and left[0] == "den" and not left[3]) or (relation == "=" and left[0] == "fn"):
            self.rewritten.append((left, right))
        elif relation == "pushforward":
            self.pushed.append(hypothesis)
        elif relation == "=" and left[0] == "mul" and right == ["num", "0"] and len(left) == 3:
            if any(t[0] != "den" or t[1][2] or t[3] or t[2] != left[1][2] for t in left[1:]):
                raise Rejected("a product that vanishes is one of two densities at the same variables")
            self.disjoint.append([t[1][1] for t in left[1:]])
            if len({t[1] for _, t in left[1][2] if t[0] == "var"}) < len(left[1][2]):
                raise Rejected("disjoint supports are a matter of distinct variables")
            self.disjoint_slots.append(frozenset(slot for slot, _ in left[1][2]))
        elif relation in ("<=", "<", ">=", ">", "="):
            low, high = (left, right) if relation in ("<=", "<") else (right, left)
            self.bounds.append(minus(self.quietly(high), self.quietly(low)))
            if relation == "=":
                self.bounds.append(scaled(self.bounds[-1], -1))
            if relation in ("<", ">"):
                self.strict.append(self.bounds[-1])
            self.kept = {}
        else:
            raise Rejected("a hypothesis that the kernel does not know")

    def assume_domain(self, kind: str, *terms: Any) -> None:
        """By their coordinates c_k(x) the points of a slot are those of an open set of vectors. A function f is
        differentiable on it, with the partial derivatives g_k(x); or n(x) is 1 where f is not differentiable and 0
        elsewhere, and the base measure is volume; or the set is convex."""
        coordinate = self.coordinate(terms[-1])
        if kind == "convex":
            self.convex.append(coordinate)
            return
        if kind == "nondifferentiable":
            if [t[0] for t in terms[:2]] != ["fn", "fn"] or any(t[2] != terms[2][2][1:] for t in terms[:2]):
                raise Rejected("the points without a derivative are told by n(x), for f(x) and coordinates c(k, x)")
            if len({t[1] for t in terms}) < 3 or self.functions[terms[0][1]]["range"] != "unit":
                raise Rejected("an indicator has values in [0, 1], and is none of the functions that it is about")
            return
        value, partial, places = *terms[:2], terms[-1][2]
        if value[0] != "fn" or partial[0] != "fn" or value[2] != places[1:] or partial[2] != places:
            raise Rejected("a gradient is that of f(x), with the components g(k, x), in the coordinates c(k, x)")
        refuse(len({value[1], partial[1], coordinate[0]}) < 3, "a gradient needs three functions to be told apart")
        self.gradients.append(list(terms))

    def coordinate(self, t: Any) -> tuple[Any, ...]:
        """The function, the slot and the range of the index of coordinates c(k, x)."""
        name, (k, x) = t[1:]
        refuse(t[0] != "fn" or k[0] != "idx" or x[0] != "var", "coordinates of a point x are c(k, x) for an index k")
        if self.variables[x[1]]["shape"] or self.variables[x[1]]["kind"] == "discrete":
            raise Rejected("the points of an open set are neither vectors of others nor discrete")
        return name, self.slot(x), self.indices[k[1]]

    def slot(self, variable: Any) -> Any:
        return self.variables[variable[1]]["slot"]

    def is_the_claim(self, hypothesis: list[Any]) -> bool:
        """Whether a hypothesis says what the statement says, by any names of its free variables and bound functions.
        That is so if the differences of the sides, expanded, are multiples of each other, whatever the relations."""
        sides, table = [self.statement["lhs"], self.statement["rhs"]], self.declare
        renamings: list[dict[str, str]] = [{}]
        for named, facts in ((free_names, table["variables"]), (bound_functions, table["functions"])):
            mine, theirs = ([n for n in facts if n in named(terms)] for terms in (hypothesis[1:], sides))
            refuse(len(theirs) ** len(mine) * len(renamings) > 1_000, "a cited theorem about too many variables")
            choices = [
                dict(zip(mine, names, strict=True))
                for names in itertools.product(theirs, repeat=len(mine))
                if all(facts[a] == facts[b] for a, b in zip(mine, names, strict=True))
            ]
            renamings = [one | other for one in renamings for other in choices]
        used, conditions = set(self.used), dict(self.conditions)
        claim = self.settle(minus(self.quietly(sides[1]), self.quietly(sides[0])))
        found = False
        for names in renamings:
            left, right = (renamed_term(t, names) for t in hypothesis[1:])
            says = self.settle(minus(self.quietly(right), self.quietly(left)))
            found = found or (set(says) == set(claim) and len({ratio(says[key], claim[key]) for key in claim}) == 1)
        self.used, self.conditions = used, conditions
        return found

    # Terms into sums --------------------------------------------------------------------------------------------------

    def quietly(self, term: Any) -> Sum:
        """A term that is not part of the statement, its variables free: no source integral, no condition."""
        return plus(*self.aside(term).values())

    def open_term(self, term: Any) -> Sum:
        """A term at any values of its free variables and indices."""
        return plus(*self.aside(term, {name: ("idx", name) for name in self.indices}).values())

    def aside(self, term: Any, names: dict[str, Atom] | None = None) -> Value:
        """A term in pieces, none of its integrals noted as a source."""
        outer, self.node = self.node, Node(term, 0)
        value = self.value(term, (names or {}, ()))
        self.node = outer
        return value

    def value(self, t: Any, env: Env) -> Value:
        """A term as a sum of integrals of monomials, in pieces that remember their hazards."""
        head = t[0]
        if head == "add":
            total: Value = {}
            for part in t[1:]:
                for hazards, s in self.value(part, env).items():
                    total[hazards] = plus(total.get(hazards, {}), s)
            return total
        if head == "mul":
            outer = self.sign
            numbers = [rational(part[1]) for part in t[1:] if part[0] == "num"]
            others = [part for part in t[1:] if part[0] != "num"]
            steady = sum(part[0] not in ("num", "sym", "const") for part in others) <= 1
            for n in numbers:
                self.sign *= 1 if n > 0 else -1
            if not steady or not all(part[0] != "sym" or self.nonnegative(("sym", part[1])) for part in others):
                self.sign = 0
            result = self.value(t[1], env)
            for part in t[2:]:
                result = self.times(result, self.value(part, env))
            self.sign = outer
            return result
        if head in ("int", "E", "sum", "KL", "JSD", "CE", "TV", "H", "I", "W"):
            return self.node_value(t, env)
        outer, self.sign = self.sign, 0
        try:
            if head in ("log", "pow"):
                return self.value_once(repr(t), env, lambda: self.log_or_power(t, env))
            around, self.loose = self.loose, set()
            try:
                s = self.density(t, env) if head == "den" else self.leaf(t, env)
                return {frozenset(self.loose): s}
            finally:
                self.loose = around
        finally:
            self.sign = outer

    def log_or_power(self, t: Any, env: Env) -> Value:
        inner = self.value(t[1], env)
        if t[0] == "pow":
            return {frozenset().union(*inner): self.power(plus(*inner.values()), rational(t[2]))}
        found: set[Atom] = set()
        s = self.log(plus(*inner.values()), found)
        return {frozenset().union(*inner) | {("log", a) for a in found}: s}

    def value_once(self, text: str, env: Env, find: Callable[[], Value]) -> Value:
        """The value of a term under a source integral, once for a text, the bound names in use, and what names stand
        for. The supports that the source integral takes from it, and the hazards that go to what is around, are noted
        each time. With a derivative inside it is not kept, whose conditions are named after the source integrals at
        hand, nor with a transport cost, which is noted where it occurs."""
        outer, loose = self.node, self.loose
        if outer is None or "'grad'" in text or "'W'" in text:
            return find()
        inner = self.node = Node(outer.term, 0)
        self.loose = set()
        try:
            key = (text, env[1], tuple(env[0].items()))
            value, supports, hazards = self.once(key, lambda: (find(), inner.supports, self.loose))
        finally:
            self.node, self.loose = outer, loose
        outer.supports.update(supports)
        self.loose.update(hazards)
        return dict(value)

    def total(self, t: Any, env: Env) -> Sum:
        """A term as one sum; the hazards met go to whatever term it is an argument of."""
        value = self.value(t, env)
        self.loose.update(*value)
        return plus(*value.values())

    def place(self, t: Any, env: Env) -> Atom:
        """A term that is an argument, as an atom."""
        return self.named(t, env) if t[0] in NAMED else point(self.total(t, env))

    def named(self, t: Any, env: Env) -> Atom:
        """A variable, index or symbol, or what stands for it."""
        head, name = t
        if name not in (self.variables if head == "var" else self.symbols if head == "sym" else env[0]):
            raise Rejected(f"{name} is not declared, or an index that nothing binds")
        return env[0].get(name, (head, name))

    def times(self, a: Value, b: Value) -> Value:
        result: Value = {}
        for h1, s1 in a.items():
            for h2, s2 in b.items():
                cancelled: set[Atom] = set()
                s = product(s1, s2, cancelled)
                hazards = h1 | h2 | {("cancelled", atom) for atom in cancelled}
                result[hazards] = plus(result.get(hazards, {}), s)
        return result

    def leaf(self, t: Any, env: Env) -> Sum:
        """What is neither a sum, a product, a density nor a binder of variables."""
        head = t[0]
        if head == "num":
            return constant(rational(t[1]))
        if head == "const" and t[1] == "pi":
            return single(("const", "pi"))
        if head in NAMED:
            return single(self.named(t, env))
        if head == "at" and t[1][0] in ("sym", "var", "fn"):
            return single(("at", self.place(t[1], env), self.place(t[2], env)))
        if head == "fn":
            return self.call(t, env)
        if head in ("exp", "abs"):
            argument = self.total(t[1], env)
            return self.exponential(argument) if head == "exp" else self.absolute(argument)
        if head in ("entry", "inverse"):
            return self.entry(head, self.matrix(t[1]), *(self.place(a, env) for a in t[2:]))
        if head == "det":
            return self.determinant(self.matrix(t[1]))
        by_head: dict[str, Callable[[Any, Env], Sum]] = {
            **{"normal": self.normal, "gaussian": self.gaussian, "minibatch": self.minibatch},
            **{"prod": self.product_over_index, "sup": self.extremum, "inf": self.extremum},
            **{"grad": self.gradient, "limit": self.limit, "eigenvalue": self.eigenvalue},
        }
        refuse(head not in by_head, f"a term of the unknown kind {head!r}")
        return by_head[head](t, env)

    def call(self, t: Any, env: Env) -> Sum:
        """A function at arguments, or what a hypothesis says that it is."""
        _, name, parts = t
        refuse(self.functions[name]["arity"] != len(parts), f"the function {name} has another number of arguments")
        arguments = tuple(self.place(a, env) for a in parts)
        for pattern, meaning in self.rewritten:
            names: dict[str, Atom] = {}
            if pattern[:2] == ["fn", name] and self.matches(pattern[2], arguments, names):
                return self.replaced_by_hypothesis(meaning, names)
        return single(("fn", name, arguments))

    def matches(self, patterns: list[Any], arguments: tuple[Atom, ...], names: dict[str, Atom]) -> bool:
        """Whether arguments are an instance of patterns: variables stand for anything, functions for themselves."""
        if len(patterns) != len(arguments) or "hypothesis" not in self.allowed:
            return False
        for pattern, argument in zip(patterns, arguments, strict=True):
            if pattern[0] == "var":
                alike = names.setdefault(pattern[1], argument) == argument
            else:
                alike = pattern[0] == "fn" and argument[:2] == ("fn", pattern[1])
                alike = alike and self.matches(pattern[2], argument[2], names)
            if not alike:
                return False
        return True

    def replaced_by_hypothesis(self, meaning: Any, names: dict[str, Atom]) -> Sum:
        """The right side of a hypothesis for an instance of its left side."""
        if not heads(meaning).isdisjoint(("grad", "limit", "sup", "inf", "W")):
            raise Rejected("a hypothesis with a derivative, a limit or an extremum is not put into terms")
        self.use("hypothesis")
        self.depth += 1
        refuse(self.depth > 20, "the hypotheses define each other in a circle")
        total = self.total(meaning, (names, tuple(sorted(names_in(tuple(names.values()))))))
        self.depth -= 1
        return total

    def bind(self, names: list[Any], env: Env) -> tuple[Env, list[str]]:
        """Bound names for variables and indices: the slot (or range) and a level that nothing around has taken."""
        table, active = dict(env[0]), list(env[1])
        bound = []
        for head, name in names:
            if head == "idx":
                facts = self.indices[name]
                slot = self.range_of(tuple(self.place(facts[end], env) for end in ("lower", "upper")))
            else:
                slot, shape = self.variables[name]["slot"], self.variables[name]["shape"]
                slot += f"@{self.vectors.index([slot, shape])}" if shape else ""
            fresh = unused(slot, active)
            active.append(fresh)
            bound.append(fresh)
            table[name] = (head, fresh)
            self.show_as(fresh, name)
        return (table, tuple(active)), bound

    def show_as(self, bound: str, name: str) -> None:
        """A name to show for a bound variable: its own, primed until no other variable is shown by it."""
        taken = {shown for other, shown in self.display.items() if other != bound} | self.free
        while bound not in self.display:
            if name not in taken:
                self.display[bound] = name
            name += "'"

    def components_of(self, dimension: Any) -> str:
        """The range of the indices of a vector's components."""
        return self.range_of((point(constant(1)), point(self.quietly(dimension))))

    def range_of(self, span: tuple[Atom, ...]) -> str:
        """The slot of the indices from one end to another."""
        if span not in self.ranges:
            self.check_range(span)
            self.ranges.append(span)
        return f"#{self.ranges.index(span)}"

    def ends_of(self, slot: str) -> tuple[Atom, ...]:
        """The ends of the range of an index, told by its slot."""
        return self.ranges[int(slot[1:])]

    def check_range(self, span: tuple[Atom, ...]) -> None:
        """Ends of a range are whole numbers: numbers, or sums of them and of symbols for whole numbers >= 0. By
        convention a symbol in a range stands for a whole number."""
        for end in span:
            for (binders, m), c in opened(end, ()).items():
                symbols = all(a[0] == "sym" and e == 1 and self.nonnegative(a) for a, e in m)
                refuse(binders or len(m) > 1 or c.denominator != 1 or not symbols, "the end of a range is not whole")

    def product_over_index(self, t: Any, env: Env) -> Sum:
        """A product over an index as an atom; the index gets a name by height."""
        _, index, factor = t
        inner, (name,) = self.bind([index], env)
        body = self.total(factor, inner)
        bound = f"{slot_of(name)}^{height(body)}.p"
        self.show_as(bound, index[1])
        return single(("prod", bound, rename(point(body), {name: bound})))

    def unrestricted(self, binder: list[Any]) -> None:
        """Check that neither a hypothesis nor a range nor a shape depends on what a term moves or ranges over."""
        shapes = [facts["shape"] for facts in (*self.variables.values(), *self.symbols.values())]
        spoken = (*self.statement["given"], list(self.indices.values()), shapes)
        refuse(any(leaves_open(t, binder[1]) for t in spoken), f"a hypothesis or a range depends on {binder[1]}")

    def extremum(self, t: Any, env: Env) -> Sum:
        """A supremum or infimum as an atom; a variable that it ranges over gets a name by height."""
        head, binder, body = t
        refuse("W" in heads(body), "an extremum of transport costs")
        self.unrestricted(binder)
        if restricted(binder):
            return self.extremum_of_class(t, env)
        if binder[0] != "var":
            table = {name: a for name, a in env[0].items() if name != binder[1]}
            return single((head, json.dumps(binder), point(self.total(body, (table, *env[1:])))))
        inner, (name,) = self.bind([binder], env)
        s = self.total(body, inner)
        bound = f"{slot_of(name)}^{height(s)}.s"
        self.show_as(bound, binder[1])
        return single((head, bound, rename(point(s), {name: bound})))

    def extremum_of_class(self, t: Any, env: Env) -> Sum:
        """A supremum or infimum over a class of functions as an atom: it is what it is written as, nothing is expanded.
        So it may depend on nothing that is bound around it; the atom shows on which symbols and variables it
        depends."""
        head, binder, body = t
        named = {(kind, name) for kind, name in leaves(t) if kind in ("var", "idx", "sym")}
        refuse(any(name in env[0] for _, name in named), "an extremum over a class depends on what is bound around it")
        return single((head, json.dumps([binder, body]), tuple(sorted(named))))

    # Integrals, and what is one by definition -------------------------------------------------------------------------

    def node_value(self, t: Any, env: Env) -> Value:
        """A term that binds variables.  The outermost ones of the statement are its source integrals."""
        if self.node is not None:
            return self.binder(t, env)
        self.node = Node(t, self.sign, env)
        try:
            result = self.binder(t, env)
            self.node.value = plus(*result.values())
            self.nodes.append(self.node)
            return result
        finally:
            self.node = None

    def binder(self, t: Any, env: Env) -> Value:
        """A term that binds variables as the integral that it is by definition, or else as an atom."""
        head = t[0]
        if head == "W":
            return self.transport(t, env)
        if head == "JSD":
            if self.use("definition of JSD"):
                mixture = ["mul", ["num", "1/2"], ["add", t[2], t[3]]]
                halves = [["mul", ["num", "1/2"], a, ["log", _quotient(a, mixture)]] for a in (t[2], t[3])]
                return merged(self.integral(t[1], h, env) for h in halves)
        else:
            rule, names, body = as_integral(t)
            if not rule or self.use(rule):
                return self.integral(names, body, env)
        groups, terms = (t[1:2], t[2:]) if head in ("KL", "JSD", "CE") else (t[1:-1], t[-1:])
        names = [n for group in groups for n in group]
        inner, bound = self.bind(names, env)
        proper = head == "JSD" or (
            head == "KL" and all(self.settle(self.total(["int", t[1], a], env)) == constant(1) for a in terms)
        )
        values = [self.total(a, inner) for a in terms]
        return {frozenset(): single(self.opaque(head, groups, values, inner, bound, proper))}

    def opaque(
        self, head: str, groups: list[Any], values: list[Sum], inner: Env, bound: list[str], proper: bool
    ) -> Atom:
        """A divergence, an entropy or a transport cost as an atom, under the names that it binds."""
        places = tuple(inner[0][name] for group in groups for _, name in group)
        atom = (head, tuple(map(len, groups)), places, *map(point, values))
        return ("opaque", head, freeze({(tuple(sorted(bound)), ((atom, 1),)): 1}), proper)

    def transport(self, t: Any, env: Env) -> Value:
        """The least mean cost over all joint laws of two, as an atom: an infimum of numbers that are at least zero."""
        _, left, right, *terms = t
        if env[1] or len({name for _, name in left + right}) < len(left + right) or not left or not right:
            raise Rejected("a transport cost under a binder, or of laws that share a variable")
        if free_names(terms[0]) & {n for _, n in right} or free_names(terms[1]) & {n for _, n in left}:
            raise Rejected("a transport cost of a law that mentions a point of the other")
        self.finite_at_all_points(terms[2])
        self.at_all_points(terms[2])
        inner, bound = self.bind(left + right, env)
        values = [self.value(part, inner) for part in terms]
        refuse(any(hazards for value in values for hazards in value), "a transport cost of what has no value somewhere")
        found = self.opaque("W", [left, right], [plus(*value.values()) for value in values], inner, bound, True)
        self.costs[found] = None
        return {frozenset(): single(found)}

    def integral(self, names: list[Any], body: Any, env: Env) -> Value:
        """Bind, expand, and settle the hazards that depend on what is bound: conditions on supports and divisors."""
        return self.value_once(repr((names, body)), env, lambda: self.integral_now(names, body, env))

    def integral_now(self, names: list[Any], body: Any, env: Env) -> Value:
        inner, bound = self.bind(names, env)
        result: Value = {}
        for hazards, s in self.value(body, inner).items():
            left = set(hazards)
            for kind, atom in sorted(hazards, key=order):
                if names_in(atom) & set(bound):
                    left.discard((kind, atom))
                    for _, m in s:
                        self.support(kind, m, atom, set(bound))
            key = frozenset(left)
            result[key] = plus(result.get(key, {}), under(bound, s))
        return result

    # Densities and matrices -------------------------------------------------------------------------------------------

    def density(self, t: Any, env: Env) -> Sum:
        """A density p(targets | given) is p(targets, given) / p(given); marginals may be identified by hypothesis."""
        _, law, targets, given = t
        refuse(not targets, "a density of no variable")
        slots = [plain(s) for s, _ in targets + given]
        plain(law[1])
        refuse(len(set(slots)) < len(slots), "a density that fills a slot twice")
        places = {s: self.place(a, env) for s, a in targets + given}
        for slot, a in targets + given:
            depth = self.dimensions(a)
            if depth is not None and self.depths.setdefault((law[1], slot), depth) != depth:
                raise Rejected(f"the slot {slot} of {law[1]} takes a vector here and a component there")
        parameters = tuple(self.place(a, env) for a in law[2])
        if given and not self.use("Bayes' rule"):
            above, below = (tuple(sorted((s, places[s]) for s, _ in part)) for part in (targets, given))
            return single(("cond", law[1], parameters, above, below))
        joint = self.marginal(law[1], parameters, places)
        if not given:
            return joint
        condition = self.marginal(law[1], parameters, {s: places[s] for s, _ in given})
        cancelled: set[Atom] = set()
        quotient = product(joint, self.power(condition, -1), cancelled)
        self.loose.update(("cancelled", atom) for atom in cancelled)
        return quotient

    def dimensions(self, t: Any) -> int | None:
        """The number of dimensions of a variable or of a component of one."""
        if t[0] == "at":
            inner = self.dimensions(t[1])
            return None if inner is None else inner - len(t[2:])
        return len(self.variables[t[1]]["shape"]) if t[0] == "var" else None

    def marginal(self, law: str, parameters: tuple[Atom, ...], places: dict[str, Atom]) -> Sum:
        """A marginal density of a law, or what a hypothesis says that it is."""
        for old, slots, new in self.identified:
            if old[1] == law and not old[2] and not parameters and slots.issuperset(places):
                law = new[1] if self.use("hypothesis") else law
        for pattern, meaning in [] if parameters else self.rewritten:
            if pattern[0] != "den" or pattern[1][1] != law or sorted(s for s, _ in pattern[2]) != sorted(places):
                continue
            names: dict[str, Atom] = {}
            if any(names.setdefault(t[1], places[s]) != places[s] for s, t in pattern[2] if t[0] == "var"):
                continue
            fixed = [(places[s], point(self.quietly(t))) for s, t in pattern[2] if t[0] != "var"]
            if all(a == b for a, b in fixed) and "hypothesis" in self.allowed:
                return self.replaced_by_hypothesis(meaning, names)
        for owner, chain in self.chains:
            order = [s for s in chain if s in places]
            if owner == law and not parameters and len(order) == len(places) > 2 and self.use("Markov chain"):
                return self.factored_chain(law, order, places)
        return single(("den", law, parameters, tuple(sorted(places.items()))))

    def factored_chain(self, law: str, order: list[str], places: dict[str, Atom]) -> Sum:
        """p(a, b, c) = p(a, b) p(b, c) / p(b) for a Markov chain, and so on; parts of a chain are chains."""
        above = [self.marginal(law, (), {s: places[s] for s in pair}) for pair in itertools.pairwise(order)]
        below = [self.power(self.marginal(law, (), {s: places[s]}), -1) for s in order[1:-1]]
        return product_of([*above, *below])

    def normal(self, t: Any, env: Env) -> Sum:
        """The density N(x; m, v) of a normal law on the reals, on condition that v is positive."""
        _, x, mean, variance = t
        if self.dimensions(x) not in (0, None) or (x[0] == "var" and self.variables[x[1]]["kind"] != "continuous"):
            raise Rejected("a normal density needs a continuous variable with values in the reals")
        if x[0] == "var":
            self.lines.add(self.variables[x[1]]["slot"])
        v = self.total(variance, env)
        if not self.positive_sum(v):
            self.condition("positive", variance)
        return single(("normal", self.place(x, env), self.place(mean, env), point(v)))

    def gaussian(self, t: Any, env: Env) -> Sum:
        """The density of a normal law with a mean vector and a positive definite covariance matrix."""
        _, x, mean, covariance = t
        declared = self.declare
        if x[0] != "var" or not is_matrix(covariance, declared, ("positive definite",)):
            raise Rejected("this density needs a variable and a positive definite matrix")
        dimension = self.dimension(self.matrix(covariance))
        facts = self.variables[x[1]]
        centre = self.symbols[mean[1]]["shape"] if mean[0] == "sym" else None
        if facts["shape"] != [dimension] or facts["kind"] != "continuous" or centre not in ([dimension], None):
            raise Rejected("a normal density of shapes that do not fit")
        refuse(mean[0] not in ("sym", "num"), "the mean of this density is a symbol or a number")
        places = (point(self.leaf(a, env)) for a in (x, mean))
        return single(("gaussian", *places, self.matrix(covariance), self.components_of(dimension)))

    def minibatch(self, t: Any, env: Env) -> Sum:
        """The density, for counting, of the indicators b_1, ..., b_N of a uniformly drawn subset of M out of N."""
        _, b, size = t
        facts = self.variables[b[1]] if b[0] == "var" else {"kind": "", "shape": []}
        refuse(facts["kind"] != "discrete" or len(facts["shape"]) != 1, "a minibatch is told by a discrete vector")
        m = self.place(size, env)
        self.check_range((point(constant(1)), m))
        return single(("minibatch", point(self.leaf(b, env)), m, self.components_of(facts["shape"][0])))

    def matrix(self, t: Any) -> Atom:
        """A matrix as an atom: a symbol, or L L^T of one."""
        return ("gram", ("sym", t[1][1])) if t[0] == "gram" else ("sym", t[1])

    def dimension(self, matrix: Atom) -> Any:
        return self.symbols[matrix[1][1] if matrix[0] == "gram" else matrix[1]]["shape"][0]

    def definite(self, matrix: Atom) -> bool:
        """Whether a matrix is positive definite."""
        return bool(matrix[0] == "gram" or self.symbols[matrix[1]]["sign"] == "positive definite")

    def entry(self, head: str, matrix: Atom, row: Atom, column: Atom) -> Sum:
        """An entry of a matrix or of its inverse; a positive definite matrix is symmetric. (L L^T)_ij is the sum of
        L_ik L_jk over k, and its inverse, L^-T L^-1, that of (L^-1)_ki (L^-1)_kj."""
        if matrix[0] == "gram":
            slot, taken = self.components_of(self.dimension(matrix)), names_in((row, column))
            k = ("idx", unused(slot, taken))
            pairs = [(row, k), (column, k)] if head == "entry" else [(k, row), (k, column)]
            self.show_as(k[1], "k")
            left, right = (single((head, matrix[1], *pair)) for pair in pairs)
            return under([k[1]], product(left, right))
        places = sorted((row, column), key=order) if self.definite(matrix) else (row, column)
        return single((head, matrix, *places))

    def determinant(self, matrix: Atom) -> Sum:
        """The determinant of a matrix; that of L L^T is the square of that of L."""
        return single(("det", matrix[1]), 2) if matrix[0] == "gram" else single(("det", matrix))

    def component_of(self, mean: Atom, i: Atom) -> Sum:
        """A component of the mean of a normal vector: a vector, or a number for all of them."""
        return single(("at", mean, i)) if mean[0] == "sym" else opened(mean, ())

    def eigenvalue(self, t: Any, env: Env) -> Sum:
        """The eigenvalue of a rank, the largest being the first, of a symmetric matrix given by its entries."""
        _, places, rank, entry = t
        inner, (row, column) = self.bind(places, env)
        s = self.settle(self.total(entry, inner))
        if slot_of(row) != slot_of(column) or _renamed(s, {row: column, column: row}) != s:
            raise Rejected("a matrix that is not symmetric")
        names = {name: f"{slot_of(name)}^{height(s)}.{end}" for name, end in ((row, "r"), (column, "c"))}
        for name, place in zip(names.values(), places, strict=True):
            self.show_as(name, place[1])
        return single(("eigenvalue", *names.values(), self.place(rank, env), rename(point(s), names)))

    # Functions of sums ------------------------------------------------------------------------------------------------

    def log(self, s: Sum, found: set[Atom]) -> Sum:
        """The logarithm, split over the known non-negative factors of its argument; *found* collects its arguments."""
        s = self.common_denominator(self.settle(s))
        content, rest = self.content(s)
        if rest == content == constant(1):
            return {}
        if not self.use("logarithm of a product"):
            argument = point(s)
            found.add(argument)
            return single(("log", argument))
        (_, monomial), c = next(iter(content.items()))
        total = plus(*(scaled(single(("log", ("prime", p))), times) for p, times in prime_powers(c)))
        for atom, e in monomial:
            total = plus(total, scaled(self.log_atom(atom, found), e))
        if rest != constant(1):
            parts = self.factors_of(point(rest))
            if len(parts) > 1 and not all(self.nonnegative(part) for part in parts):
                parts = (point(rest),)
            for part in parts:
                found.add(part)
                total = plus(total, single(("log", part)))
        return total

    def log_atom(self, atom: Atom, found: set[Atom]) -> Sum:
        """The logarithm of one non-negative atom."""
        if atom[0] == "normal" and self.use("Gaussian density"):
            _, x, m, v = atom
            d = minus(opened(x, ()), opened(m, ()))
            quadratic = product(product(d, d), self.power(opened(v, ()), -1))
            scale = self.log(product(scaled(single(("const", "pi")), 2), opened(v, ())), found)
            return plus(scaled(scale, Fraction(-1, 2)), scaled(quadratic, Fraction(-1, 2)))
        if atom[0] == "gaussian" and self.use("Gaussian density"):
            return self.log_gaussian(atom, found)
        if atom[0] == "prod":
            name = unused(slot_of(atom[1]), names_in(atom))
            s = self.log(_renamed(opened(atom[2], ()), {atom[1]: name}), found)
            self.show_as(name, self.shown_index(atom[1]))
            return under([name], s)
        if atom[0] == "exp":
            return opened(atom[1], ())
        found.add(atom)
        return single(("log", atom))

    def log_gaussian(self, atom: Atom, found: set[Atom]) -> Sum:
        """-1/2 (K log(2 pi) + log det S + sum over i and j of (S^-1)_ij (x - m)_i (x - m)_j)."""
        _, x, mean, matrix, slot = atom
        first = unused(slot, names_in(atom))
        i, j = ("idx", first), ("idx", unused(slot, names_in(atom) | {first}))
        for index in (i, j):
            self.show_as(index[1], "i")
        fall = [minus(single(("at", x, n)), self.component_of(mean, n)) for n in (i, j)]
        quadratic = under([i[1], j[1]], product(self.entry("inverse", matrix, i, j), product(fall[0], fall[1])))
        circle = self.log(scaled(single(("const", "pi")), 2), found)
        dimension = opened(self.ends_of(slot)[1], ())
        volume = plus(product(dimension, circle), self.log(self.determinant(matrix), found))
        return scaled(plus(volume, quadratic), Fraction(-1, 2))

    def content(self, s: Sum) -> tuple[Sum, Sum]:
        """A positive factor of a sum and the rest: its rational content, its common non-negative atoms. An even power
        of an atom of unknown sign is the same power of its absolute value."""
        refuse(not s, "the logarithm of zero")
        if len(s) == 1:
            ((binders, m), c) = next(iter(s.items()))
            if not binders and c > 0:
                known = tuple(p for p in m if self.nonnegative(p[0]))
                positive = product(constant(c), {((), known): 1})
                inside = []
                for a, e in (p for p in m if p not in known):
                    if e.denominator == 1 and e % 2 == 0 and a[0] != "sum":
                        positive = product(positive, single(("abs", a), e))
                    else:
                        inside.append((a, e))
                return positive, {((), tuple(inside)): 1}
        numbers = list(s.values())
        number = ratio(gcd(*(c.numerator for c in numbers)), lcm(*(c.denominator for c in numbers)))
        candidates = {a for (_, m) in s for a, _ in m if self.nonnegative(a)}
        bound = {b for (bs, _) in s for b in bs}
        common = []
        for a in sorted(candidates, key=order):
            e = min(exponents(a, s))
            if e and not names_in(a) & bound:
                common.append((a, e))
        factor: Sum = {((), tuple(sorted(common, key=_by_atom))): number}
        inverse: Sum = {((), tuple(sorted(((a, -e) for a, e in common), key=_by_atom))): ratio(1, number)}
        return factor, product(s, inverse)

    def factored(self, s: Sum) -> tuple[Sum, Sum]:
        """A factor and the rest, for whole powers: any sign may be pulled out."""
        if len(s) == 1:
            (binders, m), c = next(iter(s.items()))
            if not binders:
                return {((), m): c}, constant(1)
        content, rest = self.content(s)
        least = min(rest.items(), key=lambda item: order(item[0]))[1]
        if not self.nonnegative_sum(rest) and (least < 0 or self.nonnegative_sum(scaled(rest, -1))):
            return scaled(content, -1), scaled(rest, -1)
        return content, rest

    def power(self, s: Sum, e: Number) -> Sum:
        """A power with a rational exponent."""
        refuse(not -64 <= e <= 64 or e.denominator > 64, "an exponent that is out of bounds")
        if e.denominator == 1 and 0 <= e <= 12:
            return product_of([s] * int(e))
        s = self.common_denominator(self.settle(s))
        refuse(not s, "a division by zero")
        content, rest = self.factored(s) if e.denominator == 1 else self.content(s)
        (_, monomial), c = next(iter(content.items()))
        factors = [single(a, x * e) for a, x in monomial]
        if e.denominator != 1:
            factors += [_prime_power(p, times * e) for p, times in prime_powers(c)]
        if rest != constant(1):
            parts = self.factors_of(point(rest))
            if e.denominator != 1 and not all(self.nonnegative(part) for part in parts):
                parts = (point(rest),)
            factors += [single(part, e) for part in parts]
        return scaled(product_of(factors), Fraction(c) ** int(e) if e.denominator == 1 else 1)

    def exponential(self, s: Sum) -> Sum:
        """exp of a sum: each term its own factor, to the power of its coefficient; exp(c log a) is a^c."""
        powers: Sum = constant(1)
        for (binders, m), c in s.items():
            if not binders and len(m) == 1 and m[0][0][0] == "log" and m[0][1] == 1 and self.nonnegative(m[0][0][1]):
                self.use("logarithm of a product")
                base = m[0][0][1]
                factor = _prime_power(base[1], c) if base[0] == "prime" else single(base, c)
            else:
                factor = single(("exp", freeze({(binders, m): 1})), c)
            powers = product(powers, factor)
        return powers

    def absolute(self, s: Sum) -> Sum:
        content, rest = self.factored(s) if s else (constant(1), {})
        if not s or self.nonnegative_sum(s):
            return s
        if self.nonnegative_sum(scaled(s, -1)):
            return scaled(s, -1)
        (_, monomial), c = next(iter(content.items()))
        powers = monomial if rest == constant(1) else (*monomial, (point(rest), 1))
        sizes = (single(a if self.nonnegative(a) else ("abs", a), e) for a, e in powers)
        return product_of([constant(c if c > 0 else -c), *sizes])

    def common_denominator(self, s: Sum) -> Sum:
        """The sum over one denominator, where sums (such as p + q) stand in denominators of its terms."""
        sums = sorted({a for (_, m) in s for a, e in m if a[0] == "sum" and e < 0}, key=order)
        if len(s) < 2 or not sums or not self.use("algebra of fractions"):
            return s
        for a in sums:
            e = -min(exponents(a, s))
            cleared: Sum = {}
            for (b, m), c in s.items():
                powers = dict(m)
                left = powers.pop(a, 0) + e
                rest: Sum = {((), tuple(sorted(powers.items(), key=_by_atom))): c}
                if left.denominator != 1:
                    return s
                cleared = plus(cleared, under(b, product_of([rest, *[opened(a, b)] * int(left)])))
            s = plus(*(under(b, product({((), m): c}, single(a, -e))) for (b, m), c in cleared.items()))
        return s

    # Signs and supports -----------------------------------------------------------------------------------------------

    def nonnegative(self, atom: Atom) -> bool:
        """Whether an atom is known to be at least zero: densities, declared signs, sums of such."""
        head = atom[0]
        return bool(
            head in ("den", "cond", "normal", "gaussian", "minibatch", "exp", "prime", "const", "abs")
            or (head == "sum" and self.nonnegative_sum(opened(atom, ())))
            or (head == "sym" and self.symbols[atom[1]]["sign"] in ("positive", "nonnegative"))
            or (head == "at" and atom[1][0] == "sym" and self.nonnegative(atom[1]))
            or (head == "fn" and self.functions[atom[1]]["range"] != "real")
            or (head == "prod" and self.nonnegative(atom[2]))
            or (head == "opaque" and atom[3])
            or (head == "log" and atom[1][0] == "prime")
            or (head == "det" and self.definite(atom[1]))
            or (head == "idx" and self.least(atom) >= 0)
        )

    def least(self, index: Atom) -> Number:
        """The smallest value of an index, if it is a number; else minus one, which says nothing."""
        lower = opened(self.ends_of(slot_of(index[1]))[0], ()) if index[1].startswith("#") else {}
        return lower.get(ONE, 0) if set(lower) <= {ONE} and index[1].startswith("#") else -1

    def nonnegative_monomial(self, m: Monomial) -> bool:
        return all(e.denominator % 2 == 0 or (e.numerator % 2 == 0) or self.nonnegative(a) for a, e in m)

    def nonnegative_sum(self, s: Sum, depth: int = 3, here: tuple[Sum, ...] = ()) -> bool:
        """Whether a sum is at least zero: term by term, after subtracting multiples of bounds, or for |u| = u and -u.
        The sums *here* are at least zero at the point in question, but not at every point."""
        negative = [k for k, c in s.items() if c < 0 or not self.nonnegative_monomial(k[1])]
        if not negative:
            return True
        if depth == 0:
            return False
        key = min(negative, key=order)
        local = [b for b in here if not frozenset().union(*(names_in(m) for _, m in b)) & set(key[0])]
        for bound in (*self.bounds_about(key, s), *local):
            if set(bound) == set(s) and len(ratios := {ratio(s[k], bound[k]) for k in s}) == 1 and min(ratios) > 0:
                return True
            for lead, v in bound.items():
                inverse = tuple((a, -e) for a, e in lead[1])
                quotient, factor, _ = multiply_monomials(key[1], inverse)
                c = ratio(s[key] * factor, v)
                around = () if lead[0] == key[0] else key[0]
                if (lead[0] and (around or names_in(quotient) & set(lead[0]))) or any(e < 0 for _, e in quotient):
                    continue
                if c < 0 or not self.nonnegative_monomial(quotient):
                    continue
                multiple = under(around, product(bound, {((), quotient): c}))
                rest = minus(s, multiple)
                if self.nonnegative_sum(rest, depth - 1, here):
                    return True
        powers = [p for _, m in s for p in m if p[0][0] == "abs"]
        absolute = min((a for a, _ in powers), default=None, key=order)
        if absolute is None or len(here) >= 4 or any(names_in(absolute) & set(binders) for binders, _ in s):
            return False
        if any(a == absolute and (e < 0 or e.denominator != 1) for a, e in powers):
            return False
        u = opened(absolute[1], set().union(*(names_in(m) | set(binders) for binders, m in s)))
        signs = [scaled(u, sign) for sign in (1, -1)]
        return all(self.nonnegative_sum(_with_power(s, absolute, v), 3, (*here, v)) for v in signs)

    def bounds_about(self, key: Key, s: Sum) -> Iterable[Sum]:
        """Sums known to be at least zero about an atom of the key: hypotheses, 1 - D, p(x) - p(x, z) for discrete z."""
        for bound in self.bounds:
            self.use("hypothesis")
            yield bound
        for atom in sorted({a for _, m in s for a, _ in m if a[0] == "abs"}, key=order):
            for sign in (1, -1):
                yield plus(single(atom), scaled(opened(atom[1], ()), sign))
        for atom, _ in key[1]:
            if atom[0] == "fn" and self.functions[atom[1]]["range"] == "unit":
                yield minus(constant(1), single(atom))
            if atom[0] == "den":
                larger = {a for _, m in s for a, _ in m if a[0] == "den" and a[1:3] == atom[1:3]}
                for other in [None, *sorted(larger, key=order)]:
                    rest = set(atom[3]) - set(other[3] if other else ())
                    inside = other is None or set(other[3]) < set(atom[3])
                    if inside and all(self.kinds.get(slot) == "discrete" for slot, _ in rest):
                        yield minus(single(other) if other else constant(1), single(atom))

    def positive_sum(self, s: Sum) -> bool:
        """Whether a sum is known to be above zero, term by term."""
        signs = [c > 0 and self.nonnegative_monomial(m) for (_, m), c in s.items()]
        return all(signs) and any(not b and all(self.above_zero(a, e) for a, e in m) for b, m in s)

    def above_zero(self, atom: Atom, e: Number) -> bool:
        """Whether a power is positive: of something positive, or an even one of a symbol that is not zero."""
        even = e.denominator == 1 and e % 2 == 0
        return self.implied(atom, []) or (even and atom[0] == "sym" and self.symbols[atom[1]]["sign"] == "nonzero")

    def implied(self, atom: Atom, weight: list[Atom]) -> bool:
        """Whether an atom is positive wherever the weights are: a weight, a marginal of one, or a sum with one."""
        head = atom[0]
        if atom in weight:
            return True
        if head == "sum":
            items = opened(atom, ())
            return all(c > 0 and self.nonnegative_monomial(m) for (_, m), c in items.items()) and any(
                self.positive_integral(key) if key[0] else self.positive(key[1], weight) for key in items
            )
        if head == "exp":  # of a polynomial: of minus infinity it is zero
            terms = opened(atom[1], ())
            return not any(b or any(a[0] not in ("var", "sym", "at", "fn", "idx") for a, _ in m) for b, m in terms)
        whole = atom[1] if head == "at" else atom
        return bool(
            head in ("normal", "gaussian", "prime", "const")
            or (head in ("sym", "at") and whole[0] != "var" and self.symbols[whole[1]]["sign"] == "positive")
            or (head == "fn" and self.functions[atom[1]]["range"] == "positive")
            or (head == "den" and any(w[:3] == atom[:3] and set(atom[3]) <= set(w[3]) for w in weight))
            or (head == "prod" and all(self.implied(a, []) for _, m in opened(atom[2], ()) for a, _ in m))
            or (head == "det" and self.definite(atom[1]))
            or (head == "idx" and self.least(atom) > 0)
        )

    def positive(self, m: Monomial, weight: list[Atom]) -> bool:
        return all(e < 0 or self.implied(a, weight) for a, e in m)

    def positive_integral(self, key: Key) -> bool:
        """Whether an integral is positive: of a probability density times factors that are positive everywhere."""
        densities = tuple(p for p in key[1] if p[0][0] in ("den", "normal") and p[1] == 1)
        others = tuple(p for p in key[1] if p not in densities)
        mass = self.settle({(key[0], densities): 1})
        return set(mass) == {ONE} and self.positive(others, [])

    def support(self, kind: str, monomial: Monomial, atom: Atom, bound: set[str]) -> None:
        """Where the weight of a monomial is positive, an atom must be: it was cancelled, or stands in a logarithm. A
        density at free variables, or at all components of one, stands in the statement, whose sides exist only where it
        is positive."""
        bound = {name for name in bound if not name.startswith("#")}
        weight = [a for a, e in monomial if e > 0 and a[0] in (*DENSITIES, "fn", "sym", "at")]
        if self.implied(atom, weight) or (atom[0] in ("den", "cond") and not names_in(atom) & bound):
            return
        densities = [a for a in weight if a[0] in DENSITIES and names_in(a) & bound]
        apart = kind == "cancelled" and not names_in(atom) & bound
        if apart or not densities or not self.nonnegative(atom):
            if kind == "cancelled":
                self.condition("nonzero", self.shown(atom))
            return
        targets, kept = names_in(atom) & bound, names_in(atom)
        shown = [self.conditional(a, targets, kept) for a in densities]
        w = shown[0] if len(shown) == 1 else ["mul", *shown]
        need = ["support", w, self.conditional(atom, targets, kept)]
        if kind == "log" and self.node is not None:
            self.node.supports[json.dumps(need)] = need
        else:
            self.condition(*need)

    # Derivatives and limits -------------------------------------------------------------------------------------------

    def gradient(self, t: Any, env: Env) -> Sum:
        """The derivative in a symbol or a free variable, taken under integral signs on condition that it may be."""
        _, parameter, body = t
        place = point(self.leaf(parameter, env))
        self.unrestricted(parameter)
        s = self.settle(self.total(body, env))
        if not self.use("differentiation"):
            return single(("grad", place, point(s)))
        still = self.standardised(s, place)
        if still != s:
            s, body = still, self.shown_sum(still)
        if any(not n.startswith("#") for (b, m) in s for n in b if contains(m, place)) or hides_integral(
            tuple(s), place
        ):
            self.condition("differentiation", parameter, body)
        return self.derivative(s, place)

    def standardised(self, s: Sum, place: Atom) -> Sum:
        """x = m + sqrt(v) y under normal laws whose parameters depend on a place, which then moves what is averaged."""
        while "change of variables" in self.allowed:
            moving = (
                (binders, a)
                for binders, m in sorted(s, key=order)
                for a, e in m
                if a[0] == "normal" and a[1][1] in binders and e == 1 and contains(a[2:], place)
                if self.positive_sum(opened(a[3], ()))
            )
            binders, normal = next(moving, ((), ()))
            if not normal:
                break
            group = sorted((key for key in s if key[0] == binders), key=order)
            chosen = [n for n, key in enumerate(group) if dict(key[1]).get(normal) == 1]
            scale = point(self.power(opened(normal[3], ()), Fraction(1, 2)))
            slot = min(self.lines - {slot_of(normal[1][1])}, default=slot_of(normal[1][1]))
            move = list(binders), normal[1][1], chosen, encoded(normal[2]), encoded(scale), slot
            s = self.settle(self.substitute(s, *move, around=names_in(normal[2:]) - set(binders)))
        return s

    def derivative(self, s: Sum, place: Atom) -> Sum:
        total: Sum = {}
        for (binders, m), c in s.items():
            for a, e in m:
                if contains(a, place):
                    others: Sum = {((), tuple(p for p in m if p[0] != a)): c * e}
                    inner = product(single(a, e - 1) if e != 1 else constant(1), self.atom_derivative(a, place))
                    total = plus(total, under(binders, product(others, inner)))
        return total

    def atom_derivative(self, a: Atom, place: Atom) -> Sum:
        """The derivative of an atom; that of a density is the density times its score, the derivative of its log."""
        head = a[0]
        if not contains(a, place):
            return {}
        if a == place:
            return constant(1)
        if head == "log":
            inner = opened(a[1], ())
            if a[1][0] in ("den", "cond"):
                return single(("score", place, a[1]))
            return product(self.derivative(inner, place), self.power(inner, -1))
        if head == "sum":
            return self.derivative(opened(a, ()), place)
        if head == "exp":
            return product(single(a), self.derivative(opened(a[1], ()), place))
        if head == "abs":  # t / |t| where t is not zero
            inner = opened(a[1], ())
            self.condition("nonzero", self.shown(a[1]))
            return product(product(inner, single(a, -1)), self.derivative(inner, place))
        if head == "normal":
            return product(single(a), self.derivative(self.log_atom(a, set()), place))
        if head in ("den", "cond"):
            return product(single(a), single(("score", place, a)))
        if head == "fn":
            total: Sum = {}
            for n, argument in enumerate(a[2]):
                outer, moved = single(("slope", n, a)), self.derivative(opened(argument, ()), place)
                if not self.is_vector(place) and any(self.is_vector(b) for _, m in moved for b, _ in m):
                    raise Rejected(
                        "a function of a vector along a line: its derivative is no product, but a sum of them"
                    )
                total = plus(total, product(outer, moved))
            return total
        return single(("grad", place, a))

    def is_vector(self, item: Any) -> bool:
        """Whether an atom is a vector, or what is taken of one component by component."""
        if not isinstance(item, tuple) or not item:
            return False
        if item[0] == "sym":
            return bool(self.symbols[item[1]]["shape"])
        if item[0] == "var":
            return "@" in item[1] or bool(self.variables[item[1]]["shape"] if item[1] in self.variables else False)
        return item[0] not in SCALARS and any(self.is_vector(part) for part in item)

    def limit(self, t: Any, env: Env) -> Sum:
        """The limit of a polynomial in a symbol at a number, or of a rational function of exp(symbol) at infinity. A
        function of neither kind is refused."""
        _, symbol, where, body = t
        refuse("W" in heads(body), "a limit of transport costs")
        place = point(self.leaf(symbol, env))
        s = self.settle(self.total(body, env))
        refuse(place[0] != "sym" or not self.use("limit"), "a limit needs a symbol and the rule for limits")
        self.unrestricted(symbol)
        least = rational(where[1]) if where[0] == "num" else 1 if where == ["infinity"] else -1
        if least < 0 and self.symbols[symbol[1]]["sign"] in ("nonnegative", "positive"):
            raise Rejected("a limit outside of the sign of its symbol")
        if where[0] == "num":
            return self.at_limit(s, place, constant(rational(where[1])), place)
        growing = ("exp", freeze(single(place)))
        refuse(where not in (["infinity"], ["minus infinity"]), "a limit at neither a number nor an infinity")
        if where == ["infinity"]:  # in u = exp(-a), which goes to zero
            s = self.common_denominator(self.reciprocal(s, growing))
        return self.at_limit(s, growing, {}, place)

    def reciprocal(self, s: Sum, atom: Atom) -> Sum:
        """The sum with an atom put to the power minus one, inside sums as well."""
        total: Sum = {}
        for (b, m), c in s.items():
            turned = [
                (self.reciprocal(opened(a, b), atom) if a[0] == "sum" else single(a, -1 if a == atom else 1), e)
                for a, e in m
            ]
            total = plus(total, under(b, product_of([constant(c), *(self.power(t, e) for t, e in turned)])))
        return total

    def at_limit(self, s: Sum, atom: Atom, value: Sum, place: Atom) -> Sum:
        """A sum with an atom put to a value at which it is continuous: whole powers, and sums that do not vanish. The
        symbol itself may stand nowhere else, and beside a factor that vanishes nothing that may be infinite."""
        total: Sum = {}
        for (binders, m), c in s.items():
            term: Sum = {((), ()): c}
            for a, e in m:
                if not contains(a, place):
                    factor = single(a, e)
                elif a == atom and e.denominator == 1 and e > 0:
                    factor = self.power(value, e) if value else {}
                elif a[0] == "sum" and not binders:
                    inner = self.at_limit(opened(a, ()), atom, value, place)
                    refuse(not self.positive_sum(inner), "a limit under a power of what may vanish")
                    factor = self.power(inner, e)
                else:
                    raise Rejected("a limit that the kernel does not know")
                term = product(term, factor) if factor else {}
            refuse(binders and any(contains(a, place) for a, _ in m), "a limit under an integral sign")
            # What goes to zero takes only what is finite with it.
            refuse(not term and any(self.may_be_infinite(a) for a, _ in m), "a limit of zero times infinity")
            total = plus(total, under(binders, term))
        return total

    # Binders that go --------------------------------------------------------------------------------------------------

    def settle(self, s: Sum) -> Sum:
        """Eliminate every binder that can go from all terms with the same binders at once."""
        while True:
            groups: dict[tuple[str, ...], list[Key]] = {}
            for key in s:
                groups.setdefault(key[0], []).append(key)
            for binders, keys in sorted(groups.items(), key=lambda g: (-len(g[0]), g[0])):
                step = next((r for b in binders if (r := self.without(b, keys)) is not None), None)
                if step is not None:
                    break
            else:
                return s
            s = self.replaced(s, keys, step)

    def without(self, name: str, keys: list[Key]) -> list[Sum] | None:
        results = []
        for key in keys:
            result = self.eliminate(name, key)
            if result is None:
                return None
            results.append(result)
        return results

    def replaced(self, s: Sum, keys: list[Key], results: list[Sum]) -> Sum:
        """The sum with terms replaced; powers that cancel in this need the support of what is left."""
        s = dict(s)
        new: list[Sum] = []
        free: set[str] = set().union(*(levels(key[1]) - set(key[0]) for key in keys))
        for key, result in zip(keys, results, strict=True):
            before = {a for a, e in key[1] if e < 0}
            loose = levels(key[1]) - set(key[0])
            for binders, m in result:
                refuse(not levels(m) <= loose | set(binders), "a bound variable would escape from its binder")
                for atom in sorted(before - {a for a, _ in m}, key=order):
                    self.support("cancelled", m, atom, set(binders))
            c = s.pop(key)
            new.extend({lowered(k, free): v * c} for k, v in result.items())
        return plus(s, *new)

    def eliminate(self, name: str, key: Key) -> Sum | None:
        """One term of a sum with one of its binders gone, or None."""
        found: Sum | None = self.once((name, key), lambda: self.eliminated_now(name, key))
        return found

    def eliminated_now(self, name: str, key: Key) -> Sum | None:
        """One term of a sum with one of its binders gone, by collapse, moment, component or count; or None."""
        binders, monomial = key
        rest = tuple(b for b in binders if b != name)
        inside = [(a, e) for a, e in monomial if name in names_in(a)]
        outside: Sum = {((), tuple(p for p in monomial if p not in inside)): 1}
        if name.startswith("#"):
            gone = self.contraction(name, key) or self.whole_batch(name, key)
            return gone or (None if inside else self.counted(name, outside, rest))
        densities = [a for a, e in inside if e == 1 and a[0] in (*DENSITIES, "gaussian", "minibatch")]
        scores = [a for a, e in inside if e == 1 and a[0] == "score"]
        scored = len(densities) == len(scores) == 1 and len(inside) == 2 and scores[0][2] == densities[0]
        found = None
        if scored:
            found = self.mean_score(name, densities[0], scores[0][1])
        elif len(densities) == 2:
            found = self.recombined(name, inside)
        elif len(densities) == 1:
            by_head = {"normal": self.moment, "gaussian": self.second_moment, "minibatch": self.included}
            found = self.collapse(densities[0], name) if len(inside) == 1 else None
            if found is None and densities[0][0] in by_head:
                found = by_head[densities[0][0]](name, densities[0], inside)
        if found is not None:
            return under(rest, product(outside, found))
        products = [a for a in densities if a[0] == "prod"]
        return self.component(name, products[0], monomial, rest) if len(products) == 1 and not scored else None

    def collapse(self, atom: Atom, name: str) -> Sum | None:
        """The integral over a variable of a density in which it fills one slot."""
        variable = ("var", name)
        if atom[0] == "normal":
            alone = atom[1] == variable and name not in names_in(atom[2:]) and self.real_line(name)
            return constant(1) if alone and self.use("normalisation") else None
        if atom[0] in ("prod", "gaussian", "minibatch"):
            return None
        slots = atom[3]
        mine = [s for s, a in slots if a == variable and s == filled_by(name)]
        others = (*atom[2], *(a for s, a in slots if a != variable), *(atom[4] if atom[0] == "cond" else ()))
        if len(mine) != 1 or name in names_in(others):
            return None
        left = tuple((s, a) for s, a in slots if s != mine[0])
        if not left:
            return constant(1) if self.use("normalisation") else None
        if not self.use("marginalisation"):
            return None
        if atom[0] == "cond":
            return single((*atom[:3], left, atom[4]))
        return self.marginal(atom[1], atom[2], dict(left))

    def recombined(self, name: str, inside: list[tuple[Atom, Number]]) -> Sum | None:
        """The integral of p(a, b) p(b, c) / p(b) over b is p(a, c), for a Markov chain with b between a and c."""
        middle = (filled_by(name), ("var", name))
        below = [a for a, e in inside if e == -1 and a[0] == "den" and a[3] == (middle,)]
        above = [a for a, e in inside if e == 1 and a[0] == "den" and len(a[3]) == 2 and middle in a[3]]
        if len(inside) != 3 or len(below) != 1 or len(above) != 2 or len({a[1:3] for a in (*below, *above)}) > 1:
            return None
        law, parameters = below[0][1:3]
        ends = dict(p for a in above for p in a[3] if p != middle)
        if parameters or len(ends) != 2 or name in names_in(tuple(ends.values())):
            return None
        for owner, slots in self.chains:
            order = [s for s in slots if s in ends or s == middle[0]]
            if owner == law and len(order) == 3 and order[1] == middle[0] and self.use("Markov chain"):
                return self.marginal(law, (), ends)
        return None

    def counted(self, name: str, outside: Sum, rest: tuple[str, ...]) -> Sum | None:
        """A sum over an index that its term does not mention is the number of its values times the term."""
        if not self.use("sum of a constant"):
            return None
        lower, upper = (opened(s, rest) for s in self.ends_of(slot_of(name)))
        count = plus(upper, scaled(lower, -1), constant(1))
        if set(count) <= {ONE}:
            count = constant(max(Fraction(0), count.get(ONE, 0)))
        return under(rest, product(outside, count)) if self.nonnegative_sum(count) else None

    def contraction(self, name: str, key: Key) -> Sum | None:
        """The sum over i and j of (S^-1)_ij S_ij is the dimension of S."""
        binders, monomial = key
        pairs = [a for a, e in monomial if e == 1 and a[0] in ("entry", "inverse") and ("idx", name) in a[2:]]
        if sorted(a[0] for a in pairs) != ["entry", "inverse"] or pairs[0][1:] != pairs[1][1:]:
            return None
        if not self.definite(pairs[0][1]):  # (L^-1)_ij L_ij says nothing for a matrix that is not symmetric
            return None
        indices = {i[1] for i in pairs[0][2:] if i[0] == "idx"}
        others = tuple(p for p in monomial if p[0] not in pairs)
        span = (point(constant(1)), point(self.quietly(self.symbols[pairs[0][1][1]]["shape"][0])))
        ranges = {self.ends_of(slot_of(i)) for i in indices}
        if len(indices) != 2 or not indices <= set(binders) or names_in(others) & indices or ranges != {span}:
            return None
        if not self.use("inverse matrix"):
            return None
        rest = tuple(b for b in binders if b not in indices)
        return under(rest, product({((), others): 1}, opened(span[1], rest)))

    def whole_batch(self, name: str, key: Key) -> Sum | None:
        """The sum of b_i over all i is M wherever the density of a minibatch of size M is not zero."""
        binders, monomial = key
        mine = [(a, e) for a, e in monomial if name in names_in(a)]
        for batch in (a for a, e in monomial if a[0] == "minibatch" and e > 0 and a[3] == slot_of(name)):
            if mine == [(("at", batch[1], ("idx", name)), 1)] and self.use("size of a minibatch"):
                rest: Sum = {((), tuple(p for p in monomial if p not in mine)): 1}
                return under((b for b in binders if b != name), product(rest, opened(batch[2], ())))
        return None

    def mean_score(self, name: str, density: Atom, place: Atom) -> Sum | None:
        """The integral of a density times its score in a parameter is the derivative of its integral."""
        replaced = self.collapse(density, name)
        if replaced is None or ("var", name) == place or not self.use("score function"):
            return None
        self.condition("differentiation", self.shown(place), self.shown_sum({((name,), ((density, 1),)): 1}))
        return self.derivative(replaced, place)

    def moment(self, name: str, normal: Atom, inside: list[Any]) -> Sum | None:
        """The integral of N(x; m, v) x^n over x."""
        variable = ("var", name)
        powers = [e for a, e in inside if a == variable]
        _, x, mean, variance = normal
        good = x == variable and name not in names_in((mean, variance)) and len(inside) == 2 and len(powers) == 1
        good = good and self.real_line(name)
        if not good or powers[0].denominator != 1 or not 0 < powers[0] <= 12 or not self.use("Gaussian moments"):
            return None
        m, v = opened(mean, ()), opened(variance, ())
        below, current = constant(1), m
        for n in range(1, int(powers[0])):
            below, current = current, plus(product(m, current), scaled(product(v, below), n))
        return current

    def second_moment(self, name: str, atom: Atom, inside: list[Any]) -> Sum | None:
        """Mass one, E[x_i] = m_i and E[x_i x_j] = m_i m_j + S_ij under a normal law with mean m and covariance S."""
        vector = ("var", name)
        _, x, mean, matrix, _ = atom
        parts = [(a, e) for a, e in inside if a != atom]
        components = [a[2] for a, e in parts for _ in range(int(e)) if a[:2] == ("at", vector) and e.denominator == 1]
        good = x == vector and name not in names_in((mean, matrix)) and len(components) <= 2
        good = good and all(a[:2] == ("at", vector) and e in (1, 2) for a, e in parts)
        if not good or any(name in names_in(i) for i in components) or not self.use("Gaussian moments"):
            return None
        result = product_of(self.component_of(mean, i) for i in components)
        if len(components) == 2:
            result = plus(result, self.entry("entry", matrix, *components))
        return result

    def included(self, name: str, atom: Atom, inside: list[Any]) -> Sum | None:
        """Mass one, and E[b_i] = M/N for the indicators of a uniformly drawn minibatch. Exchanging two data maps the
        subsets of size M onto themselves, so all b_i have the same mean; their sum is M."""
        vector = ("var", name)
        parts = [(a, e) for a, e in inside if a != atom]
        if atom[1] != vector or name in names_in(atom[2]):
            return None
        if not parts:
            return constant(1) if self.use("normalisation") else None
        (a, e), whole = parts[0], opened(self.ends_of(atom[3])[1], ())
        alone = len(parts) == e == 1 and a[:2] == ("at", vector)
        alone = alone and a[2][0] == "idx" and slot_of(a[2][1]) == atom[3]
        if not alone or not self.positive_sum(whole) or not self.allowed.issuperset(BATCHES):
            return None
        self.used.update(BATCHES)
        return product(opened(atom[2], ()), self.power(whole, -1))

    def real_line(self, name: str) -> bool:
        """Whether a bound variable ranges over the reals: a continuous one, or a component of a continuous vector."""
        return self.kinds.get(filled_by(name)) == "continuous"

    def component(self, name: str, atom: Atom, monomial: Monomial, rest: tuple[str, ...]) -> Sum | None:
        """A vector under a product of densities of its components: all components but the one in use integrate to 1."""
        vector = ("var", name)
        others = tuple(p for p in monomial if p[0] != atom)
        uses = _components(tuple(a for a, _ in others), vector)
        body = opened(atom[2], ())
        index = ("idx", atom[1])
        if uses is None or len(uses) > 2 or _components(tuple(m for _, m in body), vector) != {index}:
            return None
        shape = self.vectors[int(slot_of(name).split("@")[1])][1] if "@" in name else []
        span = self.ends_of(slot_of(atom[1]))
        whole = len(shape) == 1 and span == (point(constant(1)), point(self.quietly(shape[0])))
        if not whole or any(j[0] != "idx" or slot_of(j[1]) != slot_of(atom[1]) or "^" in j[1] for j in uses):
            return None  # product and index run over the whole vector, and no inner sum binds the index
        slot, taken = filled_by(name), names_in(monomial) | set(rest)
        fresh, other = unused(slot, taken), unused(slot, taken | {unused(slot, taken)})
        for n in (fresh, other):
            self.show_as(n, self.display.get(name, slot))
        mass = self.one_component(body, index, vector, index, fresh)
        if {key: self.eliminate(fresh, ((fresh,), key[1])) for key in mass} != dict.fromkeys(mass, constant(1)):
            return None
        if list(mass.values()) != [1] or any(b for b, _ in mass) or not self.use("independence of components"):
            return None
        for divisor in sorted({a for _, m in mass for a, e in m if e < 0}, key=order):
            self.support("cancelled", others, divisor, set(rest))
        function: Sum = {((), others): 1}
        if not uses:
            return {(rest, others): 1}
        if len(uses) == 1:
            (j,) = uses
            density = self.one_component(body, index, vector, j, fresh)
            return under((*rest, fresh), product(density, _put(function, ("at", vector, j), ("var", fresh))))
        return self.pair(body, index, vector, function, sorted(uses, key=order), (fresh, other), rest)

    def one_component(self, body: Sum, index: Atom, vector: Atom, j: Atom, name: str) -> Sum:
        """The factor of a product of densities at an index, for a component that is a variable of its own."""
        return _put(_put(body, index, j), ("at", vector, j), ("var", name))

    def pair(
        self, body: Sum, index: Atom, vector: Atom, function: Sum, uses: list[Atom], fresh: tuple[str, str], rest: Any
    ) -> Sum | None:
        """Two components in use, summed over both indices: the terms with equal indices, and the others. The second
        index must be summed over the whole range and stand nowhere else; every value but the one of the first gives the
        same integral."""
        first, second = uses
        (at_first, at_second) = (("at", vector, j) for j in uses)
        (x, y) = (("var", n) for n in fresh)
        apart = _put(_put(function, at_first, x), at_second, y)
        whole = second[1] in rest and slot_of(second[1]) == slot_of(first[1])
        if not whole or any(second[1] in names_in(m) for _, m in apart):
            return None
        density = [self.one_component(body, index, vector, first, n) for n in fresh]
        if any(names_in(m) & {first[1]} for s in density for _, m in s):
            return None  # not identically distributed
        around = tuple(b for b in rest if b != second[1])
        lower, upper = (opened(end, ()) for end in self.ends_of(slot_of(index[1])))
        equal = _put(_put(function, at_second, at_first), at_first, x)
        different = product(product(density[0], density[1]), apart)
        others = product(minus(upper, lower), different)
        return plus(under((*around, fresh[0]), product(density[0], equal)), under((*around, *fresh), others))

    # Moves ------------------------------------------------------------------------------------------------------------

    def after(self, s: Sum, moves: list[Any]) -> Sum:
        """The sum after moves of the certificate, settled after each."""
        refuse(not isinstance(moves, list), "the moves are no list")
        for move in moves:
            s = self.settle(self.move(s, move))
        return s

    def move(self, s: Sum, move: list[Any]) -> Sum:
        """Apply a move of the certificate, which may act on some of the terms with the same binders."""
        by_kind: dict[str, Callable[..., Sum]] = {
            **{"eliminate": self.eliminate_from, "swap": self.swap, "fold": self.fold, "disjoint": self.apart},
            **{"substitute": self.substitute, "affine": self.affine, "pushforward": self.pushforward},
        }
        refuse(move[0] not in by_kind, f"an unknown move {move[0]!r}")
        return by_kind[move[0]](s, *move[1:])

    def split(self, s: Sum, binders: list[str], chosen: list[int]) -> list[Key]:
        """Some of the terms with the same binders, told by their places in order; apart, they must be finite."""
        if len(set(chosen)) < len(chosen) or not all(type(n) is int and n >= 0 for n in chosen):
            raise Rejected("a move acts on a term twice, or on what is no term")
        group = sorted((k for k in s if k[0] == tuple(binders)), key=order)
        keys = [group[n] for n in chosen]
        if len(keys) < len(group):
            self.need_finite({k: s[k] for k in keys})
        return keys

    def eliminate_from(self, s: Sum, binders: list[str], name: str, chosen: list[int]) -> Sum:
        """A bound variable integrated out of some of the terms with the same binders."""
        refuse(name not in binders, "a move eliminates a name that nothing binds")
        keys = self.split(s, binders, chosen)
        results = self.without(name, keys)
        if results is None:
            raise Rejected(f"the binder {name} cannot be eliminated there")
        return self.replaced(s, keys, results)

    def swap(self, s: Sum, binders: list[str], pair: list[str], chosen: list[int]) -> Sum:
        """Two bound variables of one slot exchanged in some of the terms with the same binders."""
        keys, (first, second) = self.split(s, binders, chosen), pair
        refuse(slot_of(first) != slot_of(second) or not {first, second} <= set(binders), "a swap of two slots")
        names = {first: second, second: first}
        return self.replaced(s, keys, [{(k[0], rename_monomial(k[1], names)): 1} for k in keys])

    def fold(self, s: Sum, divisor: Any, others: Any, number: str) -> Sum:
        """The sum plus zero: c times rest times (1 - S / S) for a sum S that stands in a denominator."""
        atom, (binders, m), c = canonical(decoded(divisor)), canonical_key(decoded(others)), rational(number)
        refuse(atom[0] != "sum", "a fold is of a sum")
        self.demand("algebra of fractions")
        self.support("cancelled", m, atom, set(binders))
        if not self.always_finite(opened(atom, binders)):
            self.condition("finite", self.shown(atom))
        body: Sum = {((), m): c}
        definition = product(product(opened(atom, binders), single(atom, -1)), body)
        return plus(s, under(binders, body), scaled(under(binders, definition), -1))

    def averaged_over(self, name: str, start: Atom, key: Key) -> tuple[Atom, Sum]:
        """The density of a bound variable in a term, by the start of the atom, and what is averaged under it. A change
        of the variable needs that density once, and that no derivative hides the variable."""
        laws = [a for a, e in key[1] if a[: len(start)] == start and e == 1]
        others = tuple(p for p in key[1] if p[0] not in laws)
        if len(laws) != 1 or differentiates(others, name):
            raise Rejected("a change of variables needs the density of its law, once, in every term")
        return laws[0], {((), others): 1}

    def substitute(
        self, s: Sum, binders: Any, name: str, chosen: list[int], shift: Any, scale: Any, slot: str, *, around: Any = ()
    ) -> Sum:
        """x = shift + scale y under N(x; m, v): then y has N(y; (m - shift)/scale, v/scale^2). The slot of y is one
        that normal laws fill, so that it has the same space. Shift and scale may depend on what else is bound there,
        and on the names bound *around* the sum."""
        taken = set(binders)
        a, b = (opened(canonical(decoded(t)), binders) for t in (shift, scale))
        good = name in taken and self.real_line(name) and filled_by(name) in self.lines and slot in self.lines
        free = {n for t in (a, b) for _, m in t for n in levels(m)} <= (taken - {name}).union(around)
        refuse(not good or not free or not self.positive_sum(b), "a substitution needs a positive scale on a line")
        self.demand("change of variables")
        keys = self.split(s, binders, chosen)
        inverse = self.power(b, -1)
        results: list[Sum] = []
        for key in keys:
            (_, _, mean, variance), others = self.averaged_over(name, ("normal", ("var", name)), key)
            refuse(name in names_in((mean, variance)), "a substitution in a law that is not normal")
            fresh = unused(slot, taken | names_in(key[1]))
            y = ("var", fresh)
            self.show_as(fresh, slot)
            mean = point(product(minus(opened(mean, binders), a), inverse))
            variance = point(product(opened(variance, binders), self.power(inverse, 2)))
            moved = _put(others, ("var", name), point(plus(a, product(b, single(y)))))
            density = single(("normal", y, mean, variance))
            results.append(under([*(n for n in binders if n != name), fresh], product(density, moved)))
        return self.replaced(s, keys, results)

    def affine(self, s: Sum, binders: list[str], name: str, y: str, k: str) -> Sum:
        """x = m + L y under N(x; m, L L^T): then y has N(y; 0, I), for all terms with these binders. The Jacobian of
        this change of variables is |det L|, the root of det L L^T, and (x - m)^T (L L^T)^-1 (x - m) is y^T y. What is
        averaged mentions x by its components."""
        self.demand("change of variables")
        facts, keys, results = self.variables[y], [key for key in s if key[0] == tuple(binders)], []
        vector, taken = ("var", name), (*binders, *sorted(names_in(tuple(s))))
        standard = ["normal", ["at", ["var", y], ["idx", k]], ["num", "0"], ["num", "1"]]
        for key in keys:
            (_, _, mean, matrix, slot), others = self.averaged_over(name, ("gaussian", vector), key)
            whole = _components(tuple(a for _, m in others for a, _ in m), vector) is None
            refuse(name not in binders or whole, "an affine substitution needs a bound vector, used by its components")
            if matrix[0] != "gram" or facts["kind"] != "continuous" or facts["shape"] != [self.dimension(matrix)]:
                raise Rejected("an affine substitution needs the covariance L L^T, and a vector of its dimension")
            inner, (fresh,) = self.bind([["var", y]], ({}, taken))
            density = self.total(["prod", ["idx", k], standard], inner)
            refuse(any(slot_of(a[1]) != slot for _, ((a, _),) in density), "a component of another range")

            def image(i: Atom, mean: Atom = mean, matrix: Atom = matrix, slot: str = slot, fresh: str = fresh) -> Sum:
                j = ("idx", unused(slot, names_in(i)))
                centre = self.component_of(mean, i)
                moved = product(single(("entry", matrix[1], i, j)), single(("at", ("var", fresh), j)))
                return plus(centre, under([j[1]], moved))

            moved = _put_components(others, vector, image, fresh)
            results.append(under([*(b for b in binders if b != name), fresh], product(density, moved)))
        return self.replaced(s, keys, results)

    def pushforward(self, s: Sum, binders: Iterable[str], name: str, number: int) -> Sum:
        """An average under the law of G(z) is the average under the law of z, for all terms with these binders."""
        binders, (_, law, source, image) = tuple(binders), self.pushed[number]
        if law[3] or source[3] or len(law[2]) != 1 or len(source[2]) != 1 or not self.use("pushforward"):
            raise Rejected("a pushforward is a law of one variable, given as the image of another")
        (slot, x), (origin, z) = law[2][0], source[2][0]
        good = name in binders and slot_of(name) == slot == self.slot(x) and self.slot(z) == origin
        if not good or x[0] != "var" or z[0] != "var":
            raise Rejected("a pushforward acts on a bound variable of its own slot")
        pushed = ("den", law[1][1], (), ((slot, ("var", name)),))
        keys = [k for k in s if k[0] == binders]
        refuse(not keys, "a pushforward acts on no term")
        results: list[Sum] = []
        for key in keys:
            _, others = self.averaged_over(name, pushed, key)
            inner, (fresh,) = self.bind([z], ({}, (*binders, *sorted(names_in(key[1])))))
            moved = _put(others, ("var", name), self.place(image, inner))
            rest = [b for b in binders if b != name]
            results.append(under([*rest, fresh], product(self.total(source, inner), moved)))
        return self.replaced(s, keys, results)

    def apart(self, s: Sum, number: int) -> Sum:
        """Where one of two laws without a common support has weight, the density of the other is zero."""
        self.demand("hypothesis")
        laws, slots = self.disjoint[number], self.disjoint_slots[number]
        keys = sorted(s, key=order)
        return self.replaced(s, keys, [self.without_other(key, laws, slots) for key in keys])

    def without_other(self, key: Key, laws: list[str], slots: frozenset[str]) -> Sum:
        """One term, in which a law that has weight puts the density of the other to zero at the same point."""
        binders, m = key
        for a, e in m:
            if a[0] != "den" or a[1] not in laws or a[2] or e <= 0 or {slot for slot, _ in a[3]} != slots:
                continue
            other = ("den", laws[1 - laws.index(a[1])], (), a[3])
            term = product_of(self.put_to_zero(b, x, other) if contains(b, other) else single(b, x) for b, x in m)
            if any(dict(result).get(a, 0) <= 0 for _, result in term):
                continue  # the weight is gone, and with it the reason
            return under(binders, term)
        return {key: 1}

    def put_to_zero(self, atom: Atom, e: Number, other: Atom) -> Sum:
        """A power of an atom where a density is zero: in sums, and in logarithms of sums."""
        if atom == other and e > 0:
            return {}
        inner = atom[1] if atom[0] == "log" else atom
        if inner[0] != "sum" or (atom[0] == "log" and e != 1):
            return single(atom, e)
        rest = {key: c for key, c in opened(inner, ()).items() if dict(key[1]).get(other, 0) <= 0}
        if any(contains(k, other) for k in rest) or not rest or any(b for b, _ in opened(inner, ())):
            return single(atom, e)
        return self.log(rest, set()) if atom[0] == "log" else self.power(rest, e)

    # Finiteness -------------------------------------------------------------------------------------------------------

    def need_finite(self, part: Sum, term: Any = None) -> None:
        """The condition that a part of an integral is finite, named after an integral of the statement if it is one."""
        if self.always_finite(part):
            return
        if len(part) == 1:
            factors = independent(next(iter(part)))
            if len(factors) > 1:  # a product of integrals is finite if they are
                for key in factors:
                    self.need_finite({key: 1})
                return
        settled = self.settle(part)
        for node in self.nodes if len(part) == 1 else []:
            whole = self.settle(node.value)
            ratios = {ratio(whole[k], c) if k in whole else 0 for k, c in settled.items()}
            if len(whole) == len(settled) and len(ratios) == 1 and ratios != {0}:
                self.condition("finite", node.term)
                return
        self.condition("finite", term or self.shown_sum(part))

    def always_finite(self, s: Sum) -> bool:
        """Whether a sum of integrals is finite in every model: it settles, or is like integral a log(a/(a+b))."""
        left = dict(s)
        for key in sorted(s, key=order):
            logs = [(a, e) for a, e in key[1] if a[0] == "log"]
            if key not in left or len(logs) != 1 or logs[0][0][1][0] != "sum" or logs[0][1] != 1:
                continue
            weight = tuple(p for p in key[1] if p != logs[0])
            density: Sum = {((), weight): 1}
            whole = opened(logs[0][0][1], key[0])
            a = whole.get(((), weight))
            terms = [weight, *(m for _, m in whole)]
            laws = all(len(m) == 1 and m[0][0][0] in ("den", "normal") and m[0][1] == 1 for m in terms)
            dominated = a and laws and all(c > 0 and not b for (b, _), c in whole.items())
            if not dominated or any(b for m in terms for b, _ in self.settle({(key[0], m): 1})):
                continue
            matching = under(key[0], product(density, self.log(density, set())))
            left = plus(left, {key: -left[key]}, scaled(matching, left[key]))
        left = {key: c for key, c in left.items() if not self.average_of_bounded(key)}
        alone = [self.settle({key: c}) for key, c in left.items()]  # together, terms might cancel that are infinite
        alone = [self.pulled_back(s) for s in alone]
        return all(b.startswith("#") for s in alone for binders, _ in s for b in binders)

    def average_of_bounded(self, key: Key) -> bool:
        """Whether a term is an average, under probability densities, of something between zero and one."""
        binders, m = key
        powers = dict(m)
        for a, e in m:
            unit = a[0] == "fn" and self.functions[a[1]]["range"] == "unit"
            drawn = a[0] == "at" and any(b[:2] == ("minibatch", a[1]) and x > 0 for b, x in m)
            if e > 0 and (unit or drawn):
                del powers[a]
            items = opened(a, ()) if a[0] == "sum" and e == -1 else {}
            if items and all(c > 0 and not b and self.nonnegative_monomial(n) for (b, n), c in items.items()):
                parts = (n[0] for (_, n), c in items.items() if len(n) == 1 and c >= 1)
                part = next((b for b, x in parts if x == 1 and powers.get(b, 0) >= 1), None)
                if part is not None:
                    del powers[a]
                    powers[part] -= 1
        rest = tuple(sorted(powers.items(), key=_by_atom))
        mass = self.settle({(binders, rest): 1})
        variables = {b for b in binders if not b.startswith("#")}
        under_laws = (a[0] for a, e in rest if e > 0 and names_in(a) & variables)
        densities = all(head in ("den", "normal", "gaussian", "prod", "minibatch") for head in under_laws)
        return densities and all(b.startswith("#") for names, _ in mass for b in names)

    def pulled_back(self, s: Sum) -> Sum:
        """The sum with the laws of images replaced by the laws of what they are images of, where that is possible."""
        for number, (_, law, _, _) in enumerate(self.pushed):
            for binders in sorted({key[0] for key in s}):
                for name in binders:
                    if name in dict(law[2]) or slot_of(name) == law[2][0][0]:
                        with contextlib.suppress(Rejected):
                            s = self.settle(self.pushforward(s, binders, name, number))
        return s

    def finite(self, node: Node) -> bool:
        """Whether a source integral is finite in every model."""
        if node.term[0] == "W":
            return all(m[0][0] in self.moved for _, m in node.value)
        if node.finite is None:
            node.finite = self.always_finite(node.value)
        return node.finite

    def finiteness(self, dispensable: bool, spared: tuple[Node, ...] = ()) -> None:
        """The statement's integrals must be finite, unless that is known or an infinite one does no harm."""
        for node in self.nodes:
            if self.finite(node):
                continue
            parts = by_variables(node.value)
            if len(parts) > 1:  # an integral of integrals and more: taken apart by the expansion
                for part in parts.values():
                    self.need_finite(part)
            infinite_above = node.term[0] == "W" and self.bounded_below(node)  # which only makes right - left larger
            if not dispensable and not infinite_above and node not in spared:
                self.condition("finite", node.term)
                for need in node.supports.values():
                    self.condition(*need)

    def bounded_below(self, node: Node, direction: int = 1) -> bool:
        """Whether an integral, with the sign of its coefficient in right - left, is above minus infinity. With the
        *direction* -1, whether it is below infinity."""
        sign = node.sign * direction
        if self.finite(node) or (sign > 0 and self.proper(node)):
            return True
        return sign != 0 and all(self.signed(m, c) == sign for (_, m), c in node.value.items())

    def proper(self, node: Node) -> bool:
        """Whether an integral is a divergence of densities of finite mass, so above minus infinity."""
        if node.proper is None:
            outer, self.node, loose, self.loose = self.node, node, self.loose, set()
            densities = node.term[2:] if node.term[0] in ("KL", "JSD", "TV") else []
            masses = [self.settle(self.total(["int", node.term[1], a], node.env)) for a in densities]
            node.proper = bool(masses) and not any(binders for mass in masses for binders, _ in mass)
            self.node, self.loose = outer, loose
        return node.proper

    def signed(self, m: Monomial, c: Number) -> int:
        """The sign of a term, if known: one logarithm of something above or below one, the rest non-negative."""
        logs = [a for a, e in m if a[0] == "log" and e == 1]
        rest = tuple((a, e) for a, e in m if a not in logs)
        sign = 1 if c > 0 else -1
        if not self.nonnegative_monomial(rest) or len(logs) > 1:
            return 0
        if not logs:
            return sign
        argument = opened(logs[0][1], ())
        if self.nonnegative_sum(minus(constant(1), argument)):
            return -sign
        if self.nonnegative_sum(plus(argument, constant(-1))):
            return sign
        return 0

    def infinite_nodes(self) -> tuple[list[Node], list[Node]]:
        """The integrals of the right and of the left side that may be infinite."""
        right, left = self.nodes[: self.right_nodes], self.nodes[self.right_nodes :]
        return [n for n in right if not self.finite(n)], [n for n in left if not self.finite(n)]

    def one_sided_pairs(self) -> list[tuple[Node, Node]]:
        """Pairs of integrals, one of each side, that may both be infinite while all others are finite. One of them can
        be infinite in one direction only, as a divergence can, and the integrand of the other is a multiple of its
        integrand but for what is integrable. Then the other is a multiple of it as well, also as an integral of
        integrals (Tonelli's and Fubini's theorems), and the two sides are infinite together."""
        right, left = self.infinite_nodes()
        pairs: list[tuple[Node, Node]] = []
        for some, others in ((left, right), (right, left)):
            simple = [b for b in others if b.sign and not has_binder(b.term[2:])]
            one_sided = [b for b in simple if self.bounded_below(b) or self.bounded_below(b, -1)]
            multiples = [a for a in some if a.sign and (not has_binder(a.term[2:]) or self.iterated(a.term))]
            pairs += itertools.product(multiples, one_sided)
        return pairs

    def iterated(self, t: Any) -> bool:
        """Whether a term is an average of a sum of integrals with numbers as their coefficients."""
        if t[0] != "E" or has_binder(t[2]):
            return False
        for part in t[3][1:] if t[3][0] == "add" else [t[3]]:
            factors = [f for f in (part[1:] if part[0] == "mul" else [part]) if f[0] != "num"]
            if any(map(has_binder, factors)) and (
                len(factors) > 1 or factors[0][0] not in ("E", "int", "KL", "CE") or has_binder(factors[0][2:])
            ):
                return False
        return True

    def additive(self) -> bool:
        """Whether integrands that cancel point by point are enough, in [-infinity, infinity]. The integral of a sum is
        the sum of the integrals where that sum exists: so it is if one of the sides is just one integral, or if each
        side's can only be infinite in one direction."""
        infinite = self.infinite_nodes()
        if any(has_binder(n.term[2:]) for side in infinite for n in side):
            return False
        one_sided = [
            all(self.bounded_below(n) for n in side) or all(self.bounded_below(n, -1) for n in side)
            for side in infinite
        ]
        return min(self.right_nodes, len(self.nodes) - self.right_nodes) == 1 or all(one_sided)

    def same_integral(self) -> bool:
        """Whether each side has one integral that may be infinite, and these two are the same integral."""
        right, left = self.infinite_nodes()
        if len(left) != 1 or len(right) != 1 or any(has_binder(n.term[2:]) for n in left + right):
            return False  # of integrals of integrals the order may matter unless they converge absolutely
        (a,), (b,) = left, right
        return a.sign * b.sign == -1 and self.settle(a.value) == self.settle(b.value)

    def converges(self, part: Sum) -> None:
        """The condition that an integral is finite, named after one of the statement of which it is a multiple."""
        if self.always_finite(part):
            return
        settled = self.settle(part)
        for node in self.nodes:
            whole = self.settle(node.value)
            first = min(settled, key=order)
            for b, m in (key for key in whole if key[0] == first[0]):
                quotient, factor, _ = multiply_monomials(first[1], tuple((a, -e) for a, e in m))
                numbers = all(a[0] in ("sym", "prime", "const") and (e > 0 or self.implied(a, [])) for a, e in quotient)
                times: Sum = {((), quotient): ratio(factor * settled[first], whole[b, m])}
                if numbers and product(whole, times) == settled:
                    self.condition("finite", node.term)
                    return
        self.condition("finite", self.shown_sum(part))

    def may_be_infinite(self, item: Any) -> bool:
        """Whether an atom has an extremum, a divergence, or a logarithm of what may vanish, anywhere inside."""
        return any(
            a[0] in ("sup", "inf", "opaque") or (a[0] == "log" and not self.implied(a[1], [])) for a in inside(item)
        )

    # Values at all points ---------------------------------------------------------------------------------------------

    def sign_of(self, names: list[Any], t: Any) -> None:
        """Check that a term is non-negative at all values of the named variables and indices."""
        self.node, outer = Node(t, 0), self.node
        inner, _ = self.bind([n for n in names if n[0] == "idx"], ({}, ()))
        s = self.common_denominator(self.settle(self.total(t, inner)))
        self.node = outer
        refuse(not self.nonnegative_sum(s) and not self.root(s), "a term of an atom is not known to be non-negative")

    def root(self, s: Sum) -> bool:
        """Whether c sqrt(S) - T >= 0 with c > 0, because S - T^2 / c^2 is at least zero, or a square."""
        roots = [key for key in s if any(a[0] == "sum" and e == Fraction(1, 2) for a, e in key[1])]
        if len(roots) != 1 or roots[0][0] or len(roots[0][1]) != 1 or s[roots[0]] < 0:
            return False
        t = scaled({key: c for key, c in s.items() if key != roots[0]}, ratio(1, s[roots[0]]))
        left = minus(opened(roots[0][1][0][0], ()), product(t, t))
        if self.nonnegative_sum(left):
            return True
        parts = self.factors_of(point(self.content(left)[1]))  # of which a positive factor was taken out
        return all(self.nonnegative(part) for part in parts if parts.count(part) % 2)

    def at_all_points(self, t: Any) -> None:
        """Check that a term is at least zero at all values of its variables, null sets included."""
        outer, self.loose = self.loose, set()
        self.sign_of([], t)
        refuse(self.loose, "a term that has no value at some points")
        self.loose = outer

    def finite_at_all_points(self, t: Any) -> None:
        """Check that a term has a finite value at all points of its variables. It has no density, logarithm or
        division, and roots only of what is visibly at least zero."""
        roots = [(base, rational(e)) for _, base, e in with_head(t, "pow")]
        real = (e >= 0 and (e.denominator == 1 or self.visibly_nonnegative(base)) for base, e in roots)
        refuse(not (heads(t) <= FINITE and all(real)), "a term that may have no finite value at some points")

    def visibly_nonnegative(self, t: Any) -> bool:
        """Whether a term is at least zero by the way it is written: a sum of squares, a function of that range."""
        if t[0] in ("add", "mul"):
            return all(self.visibly_nonnegative(part) for part in t[1:])
        if t[0] == "sum":
            return self.visibly_nonnegative(t[2])
        if t[0] == "pow" and rational(t[2]) % 2 == 0:
            return True
        return t[0] in ("abs", "exp") or (t[0] != "idx" and self.nonnegative_sum(self.open_term(t)))

    def has_real_roots(self, t: Any) -> None:
        """Check that the roots in what a certificate brings along are those of what is at least zero. A root of a
        number below zero is no number, and its square, which is, would pass for one that is at least zero."""
        for base in (base for _, base, e in with_head(t, "pow") if rational(e).denominator > 1):
            whole = self.common_denominator(self.settle(self.open_term(base)))
            if not self.visibly_nonnegative(base) and not self.nonnegative_sum(whole):
                raise Rejected("a root of what is not known to be at least zero")

    # Proofs -----------------------------------------------------------------------------------------------------------

    def prove(self, statement: Table, proof: Table) -> None:
        """Check a proof of a statement, by the method that its rule names."""
        rule = proof["rule"]
        entries, relations = PROOFS.get(rule, ("rule", ()))
        keyed(proof, entries)
        if statement["relation"] not in relations or (statement["equality"] and rule not in WITH_EQUALITY):
            raise Rejected(f"the rule {rule!r} does not prove a statement of this form")
        by_rule: dict[str, Callable[[Table, Table], None]] = {
            **{"equal": self.equal, "two bounds": self.two_bounds, "attained": self.attained, "bound": self.bound},
            **{"point masses": self.point_masses, "least upper bound": self.least_upper_bound},
            **{"cases": self.cases, "lemma": self.lemma, **dict.fromkeys(REDUCTIONS, self.by_reduction)},
        }
        by_rule[rule](statement, proof)

    def difference(self, left: Any, right: Any) -> Sum:
        """right - left, with the source integrals of the two noted."""
        env: Env = ({}, ())
        self.nodes = []
        self.costs, self.moved = dict(self.posed), set()
        sides = []
        for side, self.sign in ((right, 1), (left, -1)):
            pieces = self.value(side, env)
            for hazards, s in pieces.items():
                for kind, atom in sorted(hazards, key=order):
                    for _, m in s:
                        self.support(kind, m, atom, set())
            sides.append(plus(*pieces.values()))
            self.right_nodes = self.right_nodes if len(sides) == 2 else len(self.nodes)
        self.sign = 1
        return minus(sides[0], sides[1])

    def equal(self, statement: Table, proof: Table) -> None:
        """Both sides are the same sum after the moves of the proof."""
        whole = self.difference(statement["lhs"], statement["rhs"])
        pointwise = not whole
        s = self.after(self.settle(whole), proof["moves"])
        refuse(s, f"the difference of the two sides does not vanish: {len(s)} terms are left")
        before = self.conditions.copy()
        self.finiteness(self.same_integral() or (pointwise and self.additive()))
        fewest = self.conditions
        for pair in self.one_sided_pairs() if must_converge(fewest) else ():
            self.conditions = before.copy()
            for part in by_variables(whole).values():
                self.need_finite(part)
            self.finiteness(False, pair)
            if set(self.conditions) < set(fewest) and must_converge(self.conditions) < must_converge(fewest):
                fewest = self.conditions
        self.conditions = fewest

    def two_bounds(self, statement: Table, proof: Table) -> None:
        """What is at most and at least a value is the value."""
        self.demand("two bounds")
        for part, one_way in (("above", "<="), ("below", ">=")):
            self.prove({**statement, "relation": one_way}, proof[part])

    def bound(self, statement: Table, proof: Table) -> None:
        """The larger side less the smaller one is a sum of multiples of what is at least zero."""
        low, high, relation, equality = (statement[part] for part in ("lhs", "rhs", "relation", "equality"))
        low, high, strict = (low, high, relation == "<") if relation[0] == "<" else (high, low, relation == ">")
        refuse(not isinstance(proof["atoms"], list), "the atoms of a proof are a list")
        s = self.difference(low, high)
        nodes = list(self.nodes)
        factors = []
        for multiplier, atom in proof["atoms"]:
            check_term(multiplier, self.declare)
            self.has_real_roots(multiplier)
            factor = self.quietly(multiplier)
            refuse(not self.nonnegative_sum(factor), "a multiplier is not known to be non-negative")
            for _, m in factor:
                self.divides_safely(m, [], set())
            factors.append(factor)
            s = minus(s, product(factor, self.atom(atom)))
        s = self.after(self.settle(s), proof["moves"])
        if strict:
            outside = (m for side in (low, high) for m in by_variables(self.quietly(side)).get((), {}))
            if any(self.may_be_infinite(a) for _, m in outside for a, _ in m):  # integrals are conditions of their own
                raise Rejected("a strict inequality between terms that may be infinite")
            refuse(not self.positive_sum(s), "the difference exceeds the atoms by nothing that is known to be positive")
        elif s:
            raise Rejected(f"the difference of the two sides is not that of the atoms: {len(s)} terms are left")
        refuse(bool(equality) != (proof["equality"] is not None), "an equality case and its proof belong together")
        if equality:
            terms = [m for t in (low, high) for _, m in self.quietly(t)]
            self.divisors = {a[1] if a[0] == "log" else a for m in terms for a, e in m if e < 0 or a[0] == "log"}
            for a in sorted({a for m in terms for a, _ in m if a[0] in ("sup", "inf")}, key=order):
                self.condition("finite", self.shown(a))
            for a in sorted({m[0][0][1] for m in terms if len(m) == 1 and m[0][0][0] == "log"}, key=order):
                if a[0] not in ("den", "cond") and not self.implied(a, []) and opened(a, ()) not in self.strict:
                    self.condition("positive", self.shown(a))
            bound = {name for _, atom in proof["atoms"] for head, name in atom[1] if head == "var"}
            refuse(any(set(factor) != {ONE} for factor in factors), "an equality case needs constant multipliers")
            self.equality_case(equality, [self.gap(atom) for _, atom in proof["atoms"]], proof["equality"], bound)
        self.nodes = nodes
        costs = {m[0][0] for n in nodes if n.term[0] == "W" for _, m in n.value}
        for a in [a for a in self.costs if a not in self.moved and a not in costs]:
            self.condition("finite", self.shown(a))
        # An infinite integral on its own makes right - left plus infinity: minus would contradict the atoms.
        infinite = [n for n in nodes if not self.finite(n)]
        alone = len(infinite) <= 1 and not any(n.term[0] == "W" or nested(n.term) for n in infinite)
        self.finiteness(not strict and (alone or all(self.bounded_below(n) for n in nodes)))

    def cases(self, statement: Table, proof: Table) -> None:
        """A number is at least zero or at most zero: the statement is proved in both cases. It is one that stands in
        the statement between bars, and depends on none of its variables."""
        self.demand("cases")
        t = proof["term"]
        if free_names(t) or not contains([statement["lhs"], statement["rhs"]], ["abs", t]):
            raise Rejected("cases are those of the sign of a number whose absolute value is in the statement")
        whole, bounds = self.statement, self.bounds
        for part, relation in (("above", ">="), ("below", "<=")):
            self.statement = {**whole, "given": [*whole["given"], [relation, t, ["num", "0"]]]}
            self.bounds = list(bounds)
            self.assume([relation, t, ["num", "0"]])
            self.prove(statement, proof[part])
        self.statement, self.bounds, self.kept = whole, bounds, {}

    def lemma(self, statement: Table, proof: Table) -> None:
        """What is proved at all values of its variables, and without a condition, may be used as a hypothesis is."""
        self.demand("lemma")
        relation, *sides = proof["lemma"]
        check_terms(sides, statement["declare"])
        refuse(relation not in ("<=", ">=") or len(sides) != 2, "a lemma is an inequality")
        self.finite_at_all_points(["add", *sides])
        shown = {**statement, "relation": relation, "lhs": sides[0], "rhs": sides[1], "equality": []}
        refuse(self.within(shown, proof["shown"]).conditions, "a lemma that holds under conditions only")
        self.for_any({**statement, "given": [*statement["given"], proof["lemma"]]}, [], proof["used"])

    def within(self, statement: Table, proof: Table) -> Replay:
        """The replay of a proof of another statement, under the same rules and out of the same budget."""
        left = budget.left
        replay = type(self)(statement, self.allowed)
        replay.factors, budget.left = self.factors, left
        replay.prove(statement, proof)
        self.used |= replay.used
        return replay

    def for_any(self, inner: Table, names: list[str], proof: Table) -> None:
        """Another statement, proved at all values of some names, on which no condition may depend."""
        for kind, *terms in self.within(inner, proof).conditions.values():
            refuse(any(mentions(terms, name) for name in names), "a condition restricts what a proof is for")
            self.condition(kind, *terms)

    def by_reduction(self, statement: Table, proof: Table) -> None:
        self.for_any(*self.reduced(statement, proof), proof["bounded"])

    def reduced(self, statement: Table, proof: Table) -> tuple[Table, list[str]]:
        """The inequality from which another one follows, and the names of what it is to hold for all of."""
        by_rule: dict[str, Callable[[Table, Table], tuple[Any, ...]]] = {
            "least upper bound over points": self.least_upper_bound_over_points,
            "unit eigenvector": self.unit_eigenvector,
            "mean value": self.mean_value,
            "difference quotients": self.difference_quotients,
        }
        inner, *names = by_rule[proof["rule"]](statement, proof)
        return inner, names

    def new_point(self, name: str, like: Any, statement: Table) -> Any:
        """A variable for any point of the space of another variable; the statement does not speak of it."""
        refuse(name in free_names([statement["lhs"], statement["rhs"]]), "a point of the statement is not any point")
        refuse(self.slot(["var", name]) != self.slot(like), "a point of another space")
        refuse(self.variables[name]["shape"] != self.variables[like[1]]["shape"], "a point of another shape")
        return ["var", name]

    # Atoms of inequalities --------------------------------------------------------------------------------------------

    def atom(self, atom: list[Any]) -> Sum:
        """A sum that is at least zero, see the head of this file."""
        kind, names, *terms = atom
        refuse(type(names) is not list or kind not in ATOMS, f"an atom {kind!r} of an unknown form")
        check_given([names, *(terms[:-1] if kind in ("coupling", "one sign") else terms)], self.declare)
        self.has_real_roots(terms)
        self.demand(ATOMS[kind])
        by_kind: Table = {
            **{"Rayleigh": self.rayleigh, "Cauchy-Schwarz": self.cauchy_schwarz, "one sign": self.one_sign},
            **{"coupling": self.coupling, "critic": self.critic, "gluing": self.gluing},
        }
        if kind in by_kind:
            found: Sum = by_kind[kind](names, *terms)
            return found
        if kind == "extremum" and restricted(terms[1][1]) and not names and terms[0] == ["num", "1"]:
            return self.member(*terms[1:])
        signs, body = self.integrand(kind, *terms)
        for t in signs:
            self.sign_of(names, t)
        for index in (n for n in names if n[0] == "idx"):
            body = ["sum", index, body]
        names = [n for n in names if n[0] != "idx"]
        return self.quietly(["int", names, body] if names else body)

    def integrand(self, kind: str, *terms: Any) -> tuple[list[Any], Any]:
        """What must be at least zero, so that what is integrated in an atom is."""
        if kind == "gibbs":
            a, b = terms
            return [a, b], ["add", ["mul", a, ["log", _quotient(a, b)]], ["mul", ["num", "-1"], a], b]
        if kind == "monotone":
            w, a, b = terms
            return [w, a, _difference(b, a)], ["mul", w, ["log", _quotient(b, a)]]
        if kind == "square":
            w, f = terms
            return [w], ["mul", w, ["pow", f, "2"]]
        if kind == "nonneg":
            return [terms[0]], terms[0]
        w, extremum, y = terms
        refuse(extremum[0] not in ("sup", "inf"), "this atom needs a supremum or an infimum")
        fall = _difference(extremum, self.chosen(extremum, y))
        return [w], ["mul", ["num", "1" if extremum[0] == "sup" else "-1"], w, fall]

    def chosen(self, extremum: Any, y: Any) -> Any:
        """What an extremum ranges over, at one choice: a point of the space, or a real function in closed form."""
        _, binder, f = extremum
        if binder[0] == "var" and y[0] == "var" and heads(f).isdisjoint({*BINDERS} - {"sum"}):
            if self.slot(y) != self.slot(binder) or self.variables[y[1]]["shape"] != self.variables[binder[1]]["shape"]:
                raise Rejected("an extremum bounds values at points of its own space only")
            return _exchanged(f, {binder[1]: y})
        if binder[0] != "function" or restricted(binder) or binder[2] != "real" or binder[1] not in self.functions:
            raise Rejected("this atom needs an extremum over a variable or over all real functions")
        keyed(y, "parameters body")
        check_terms([extremum, y["body"]], self.declare)
        self.closed(binder, f, y)
        caught = bound_names(y["body"]) & ({name for _, name in leaves(f)} | set(y["parameters"]))
        if caught or not heads(y["body"]) <= POLYNOMIAL or mentions(y["body"], binder[1]):
            raise Rejected("a function is chosen as a polynomial that binds no name of what it is put into")
        refuse(len(y["parameters"]) != self.functions[binder[1]]["arity"], "a choice of another number of arguments")
        return substituted(f, binder, y)

    def cauchy_schwarz(self, names: list[Any], a: Any, b: Any) -> Sum:
        """|a| |b| - a.b, for vectors with the components a and b at the indices that are named."""
        refuse(not names or any(head != "idx" for head, _ in names), "the components of vectors are told by indices")
        self.finite_at_all_points(["add", a, b])
        products = [["mul", a, a], ["mul", b, b], ["mul", a, b]]
        for index in names:
            products = [["sum", index, t] for t in products]
        lengths = (["pow", t, "1/2"] for t in products[:2])
        return self.quietly(_difference(["mul", *lengths], products[2]))

    def quadratic(self, eigenvalue: Any, root: Any) -> tuple[Any, Any]:
        """u.u and u.Su for the matrix S of a largest eigenvalue and a vector u, given by its component at the row."""
        check_terms([eigenvalue, root], self.declare)
        refuse(eigenvalue[0] != "eigenvalue" or eigenvalue[2] != ["num", "1"], "this is about largest eigenvalues")
        _, (row, column), _, entry = eigenvalue
        self.quietly(eigenvalue)  # of a symmetric matrix
        self.finite_at_all_points(entry)
        self.finite_at_all_points(root)
        refuse(has_binder(root) or mentions(root, column[1]), "this component of a vector has no place here")
        other = _exchanged(root, {row[1]: column})
        return ["sum", row, ["mul", root, root]], ["sum", row, ["sum", column, ["mul", entry, root, other]]]

    def rayleigh(self, names: list[Any], eigenvalue: Any, root: Any) -> Sum:
        """l u.u - u.Su >= 0 for the largest eigenvalue l of S."""
        length, form = self.quadratic(eigenvalue, root)
        refuse(names, "this atom is not integrated")
        return self.quietly(_difference(["mul", eigenvalue, length], form))

    def parts_of(self, cost: list[Any]) -> list[Any]:
        """What a transport cost is made of: the points of its two laws, their densities, the cost."""
        check_term(cost, self.declare)
        refuse(cost[0] != "W", "this atom is about a transport cost")
        return cost[1:]

    def coupling(self, names: list[Any], cost: Any, noise: Any, images: list[Any], moves: list[Any]) -> Sum:
        """E[c(G(z), H(z))] - W: the pair (G(z), H(z)) has a joint law of the laws of G(z) and of H(z)."""
        left, right, a, b, c = self.parts_of(cost)
        check_terms([*names, noise, *images], self.declare)
        for image in images:
            self.finite_at_all_points(image)
        points = [name for _, name in left + right]
        if len(images) != len(points) or not heads(images).isdisjoint(("idx", "sum")):
            raise Rejected("a coupling needs an image for each point, without an index")
        refuse((free_names(c) - set(points)) & {name for _, name in names}, "the cost mentions the noise")
        self.sign_of(names, noise)
        mine, theirs = images[: len(left)], images[len(left) :]
        refuse(any(type(steps) is not list for steps in moves), "the moves of a coupling are lists")
        for steps, law in zip(moves, ((left, a, mine), (right, b, theirs)), strict=True):
            s = self.after(self.settle(self.means_of_a_test(*law, names, noise)), steps)
            refuse(s, "a coupling with other marginals")
        if any(mentions(condition, f"^{n}") for condition in self.conditions.values() for n in range(len(points))):
            raise Rejected("the marginals of a coupling are right under conditions on a test function only")
        at_images = _exchanged(c, dict(zip(points, images, strict=True)))
        value = self.quietly(["int", names, ["mul", noise, at_images]])
        self.need_finite(value, ["E", names, noise, at_images])
        found = self.quietly(cost)
        self.moved.update(m[0][0] for _, m in found)
        return minus(value, found)

    def means_of_a_test(self, group: list[Any], density: Any, images: list[Any], names: list[Any], noise: Any) -> Sum:
        """The mean of a function under a density, less that of its value at images of noise. If that vanishes for every
        function with values in [0, 1], the density is that of the images."""
        test = f"^{len(group) - 1}"
        self.functions[test] = {"range": "unit", "arity": len(group)}
        ours = ["int", group, ["mul", density, ["fn", test, group]]]
        theirs = ["int", names, ["mul", noise, ["fn", test, images]]]
        return minus(self.quietly(ours), self.quietly(theirs))

    def critic(self, over: list[Any], cost: Any, f: Any, g: Any) -> Sum:
        """W - (E_a[f] - E_b[g]), or W - integral over t of |E_a[f_t] - E_b[g_t]|. Every coupling has E[c] >= E[f(x) -
        g(y)] = E_a[f] - E_b[g] if c >= f(x) - g(y) at all points; and it has E[c] >= integral of E|f_t(x) - g_t(y)| if
        c >= integral of |f_t(x) - g_t(y)|."""
        left, right, a, b, c = self.parts_of(cost)
        check_terms([*over, f, g], self.declare)
        self.finite_at_all_points(["add", f, g])
        ours, theirs, bound = ({name for _, name in group} for group in (left, right, over))
        if free_names(f) & theirs or free_names(g) & ours or bound & (ours | theirs | free_names([a, b, c])):
            raise Rejected("a critic of points of the other law")
        means = [["int", left, ["mul", a, f]], ["int", right, ["mul", b, g]]]
        fall, gain = (_difference(s, t) for s, t in ((f, g), means))
        if over:
            fall, gain = (["int", over, ["abs", t]] for t in (fall, gain))
        self.at_all_points(_difference(c, fall))
        for mean in means:
            refuse(over and not self.always_finite(self.quietly(mean)), "critics with means that may not be finite")
            self.need_finite(self.quietly(mean))
        return minus(self.quietly(cost), self.quietly(gain))

    def gluing(self, names: list[Any], first: Any, second: Any, whole: Any) -> Sum:
        """W(a, b) + W(b, c) - W(a, c): couplings of a with b and of b with c are marginals of a law of all three."""
        (x, y, a, b, c1), (y2, z, b2, c, c2), (x2, z2, a2, c3, c4) = (self.parts_of(t) for t in (first, second, whole))
        points = [name for _, name in x + y + z]
        if [x, y, z, a, b, c] != [x2, y2, z2, a2, b2, c3] or len(set(points)) < len(points) or names:
            raise Rejected("these three transport costs are not of three laws in a row")
        self.at_all_points(["add", c1, c2, ["mul", ["num", "-1"], c4]])
        found = self.quietly(whole)
        self.moved.update(m[0][0] for _, m in found)
        return plus(self.quietly(first), self.quietly(second), scaled(found, -1))

    def one_sign(
        self, over: list[Any], names: list[Any], others: list[Any], w: Any, d: Any, mean: Any, moves: list[Any]
    ) -> Sum:
        """|m| - integral of w |d| for m the integral of w d: a term d with d(u) d(v) >= 0 never changes its sign."""
        check_terms([*over, *names, *others, w, d, mean], self.declare)
        self.finite_at_all_points(d)
        facts = [[{**self.variables[name]} for _, name in group] for group in (names, others)]
        mine, copies, around = ({name for _, name in group} for group in (names, others, over))
        if facts[0] != facts[1] or mine & copies or copies & free_names(d) or around & (mine | copies):
            raise Rejected("a term is compared with itself at other points of the same spaces")
        self.sign_of(names, w)
        at_others = dict(zip((name for _, name in names), others, strict=True))
        self.at_all_points(["mul", d, _exchanged(d, at_others)])
        signed = self.quietly(["int", names, ["mul", w, d]])
        refuse(not self.always_finite(signed), "an integral that may not be finite")
        s = self.after(self.settle(minus(signed, self.quietly(mean))), moves)
        refuse(s, "this is not the integral of what has one sign")
        size = ["int", names, ["mul", w, ["abs", d]]]
        sides = (self.quietly(["int", over, t] if over else t) for t in (["abs", mean], size))
        return minus(next(sides), next(sides))

    def member(self, extremum: Any, witness: Table) -> Sum:
        """sup A - A(g) or A(g) - inf A, for a function g in the class, at which the integrals of A converge."""
        check_term(extremum, self.declare)
        head, binder, body = extremum
        keyed(witness, "body parameters")
        check_term(witness["body"], self.declare)
        whole = all(rational(e).denominator == 1 for _, _, e in with_head(witness["body"], "pow"))
        refuse(not whole or not heads(witness["body"]) <= TOTAL, "a witness that may have no value somewhere")
        for _, m in self.open_term(witness["body"]):
            self.divides_safely(m, [], set())
        self.in_range(binder, witness)
        self.closed(binder, body, witness)
        loose = {name for _, name in leaves(witness["body"]) if name not in witness["parameters"]}
        for relation, *sides in binder[3]:
            self.closed(binder, sides, witness)
            refuse(loose & free_names(sides), "the witness depends on the points at which its class is described")
            low, high = (substituted(t, binder, witness) for t in (sides if relation == "<=" else sides[::-1]))
            pieces = self.aside(_difference(high, low))
            s = self.common_denominator(self.settle(plus(*pieces.values())))
            for a in sorted({a for _, m in s for a, e in m if e < 0 and self.implied(a, [])}, key=order):
                s = product(s, single(a, -min(exponents(a, s))))
            hazards = frozenset().union(*pieces)
            if not self.nonnegative_sum(s) or not all(self.implied(a, []) for _, a in hazards):
                raise Rejected("the witness is not known to be in the class of the extremum")
        value = substituted(body, binder, witness)
        for part in source_integrals(value):
            self.converges(self.quietly(part))
        return scaled(minus(self.quietly(extremum), self.quietly(value)), 1 if head == "sup" else -1)

    # Equality cases ---------------------------------------------------------------------------------------------------

    def gap(self, atom: list[Any]) -> Sum:
        """A sum that vanishes almost everywhere exactly if the value of an atom is zero."""
        kind, _, *terms = atom
        if kind == "gibbs":
            return minus(self.open_term(terms[0]), self.open_term(terms[1]))
        if kind == "nonneg":
            return self.open_term(terms[0])
        if kind == "extremum" and not restricted(terms[1][1]):
            terms[1] = _difference(terms[1], self.chosen(terms[1], terms[2]))
        elif kind != "square":
            raise Rejected("an atom of this kind has no equality case")
        return product(self.open_term(terms[0]), self.open_term(terms[1]))

    def equality_case(self, equations: list[Any], inner: list[Sum], witness: Table, bound: set[str]) -> None:
        """The atoms all vanish exactly if the equations hold: each is a combination of the others."""
        keyed(witness, "forward backward")
        check_given(list(witness.values()), self.declare)
        sides = [minus(self.open_term(a), self.open_term(b)) for a, b in equations]
        for _, m in (key for side in sides for key in side):
            self.divides_safely(m, inner, bound)
        for targets, sources, matrix in ((sides, inner, witness["forward"]), (inner, sides, witness["backward"])):
            if len(matrix) != len(targets) or any(len(row) != len(sources) for row in matrix):
                raise Rejected("the equality case has a matrix of the wrong size")
            for target, row in zip(targets, matrix, strict=True):
                for f in row:
                    for _, m in self.open_term(f):
                        self.divides_safely(m, inner, bound)
                terms = [product(self.open_term(f), s) for f, s in zip(row, sources, strict=True)]
                if self.common_denominator(plus(target, *(scaled(t, -1) for t in terms))):
                    raise Rejected("the equality case does not follow from the atoms, or the atoms not from it")

    def divides_safely(self, m: Monomial, gaps: list[Sum], bound: set[str]) -> None:
        """Where a divisor vanishes, it says nothing: then no density of the statement may look there. A divisor is
        positive, by declaration or by hypothesis or as a density at free variables, or all terms of all gaps vanish
        where it does, because they have a density that does."""
        for a in (a for a, e in m if e < 0):
            free = a[0] in ("den", "cond") and gaps and not names_in(a) & bound
            at_index = free and self.at_any_index(a) in map(self.at_any_index, self.divisors)
            if at_index or self.implied(a, []) or opened(a, ()) in self.strict:
                continue
            terms = [m for g in gaps for _, m in g]
            densities = [[w for w, e in t if e > 0 and w[0] in ("den", "cond", "normal", "gaussian")] for t in terms]
            if not densities or not all(self.implied(a, weights) for weights in densities):
                raise Rejected("an equality case divides by something that may vanish")

    def at_any_index(self, atom: Atom) -> Atom:
        """An atom with its one index, if it has one, named for its range: a sum over it has all its values."""
        indices = [n for n in names_in(atom) if n.startswith("#") or n in self.indices]
        if len(indices) != 1:
            return atom
        (name,) = indices
        if name in self.indices:
            span = tuple(point(self.quietly(self.indices[name][end])) for end in ("lower", "upper"))
            return rename(atom, {name: f"#{self.ranges.index(span)}"}) if span in self.ranges else atom
        return rename(atom, {name: slot_of(name)})

    # Extrema ----------------------------------------------------------------------------------------------------------

    def attained(self, statement: Table, proof: Table) -> None:
        """A supremum (infimum) equals a value: every choice stays below (above), and a witness reaches it."""
        self.demand("attained extremum")
        extremum, value = statement["lhs"], statement["rhs"]
        if extremum[0] not in ("sup", "inf"):
            extremum, value = value, extremum
        head, binder, body = extremum
        if head not in ("sup", "inf") or mentions(value, binder[1]):
            raise Rejected("this rule needs an extremum on one side, and the other side free of what it ranges over")
        refuse(restricted(binder), "this rule does not check that a witness is in a class of functions")
        if binder[0] == "function" and self.functions[binder[1]]["range"] != binder[2]:
            raise Rejected("the extremum ranges over other functions than the declared ones")
        self.unrestricted(binder)
        check_given([proof["witness"]], self.declare)
        self.in_range(binder, proof["witness"])
        self.closed(binder, body, proof["witness"])
        at_witness = substituted(body, binder, proof["witness"])
        relation = "<=" if head == "sup" else ">="
        self.prove({**statement, "relation": "=", "lhs": at_witness, "rhs": value}, proof["reached"])
        self.prove({**statement, "relation": relation, "lhs": body, "rhs": value}, proof["bounded"])
        self.counts_where_it_exists(binder, body, proof["witness"])
        if any(mentions(c, binder[1]) for c in self.conditions.values()):
            raise Rejected("a condition restricts what the extremum ranges over")

    def closed(self, binder: list[Any], body: Any, witness: Table) -> None:
        """A witness for a function depends on its parameters, and on nothing that the body binds."""
        parameters = witness["parameters"]
        if len(set(parameters)) < len(parameters) or (binder[0] != "function" and parameters):
            raise Rejected("the parameters of a witness must be distinct, and those of a function")
        loose = {name for _, name in leaves(witness["body"]) if name not in parameters}
        refuse(loose & bound_names(body) or binder[1] in bound_names(body), "the witness mentions what is bound")
        if binder[0] != "function" and not heads(body).isdisjoint(("sup", "inf", "grad", "limit")):
            raise Rejected("a symbol is not put into a term that ranges over symbols")

    def in_range(self, binder: list[Any], witness: Table) -> None:
        body = witness["body"]
        refuse(has_binder(body), "a witness may not bind variables")
        kind = binder[2] if binder[0] == "function" else self.symbols[binder[1]]["sign"]
        if kind == "real":
            return
        upper = {"unit": [_difference(["num", "1"], body)], "nonnegative": []}
        refuse(kind not in upper, f"a witness of range {kind!r} is not checked")
        for t in (body, *upper[kind]):
            refuse(not self.nonnegative_sum(self.common_denominator(self.quietly(t))), "the witness leaves its range")

    def counts_where_it_exists(self, binder: list[Any], body: Any, witness: Table) -> None:
        """A witness may divide by zero, or take the logarithm of zero, only where the body has no weight. There it is
        as good as any other function."""
        formula = witness["body"]
        refuse(mentions(formula, binder[1]), "a witness that mentions what the extremum ranges over")
        self.has_real_roots(formula)
        partial = [("nonzero", base) for _, base, e in with_head(formula, "pow") if rational(e) < 0]
        partial += [("positive", argument) for _, argument in with_head(formula, "log")]
        if not partial:
            return
        if binder[0] != "function":
            self.needs(partial, {}, (), frozenset())
            return
        for arguments in set(arguments_of(tuple(self.quietly(body)), binder[1])):
            if not any("." in name for name in names_in(arguments)):
                self.needs(partial, dict(zip(witness["parameters"], arguments, strict=True)), (), frozenset())
        for part in source_integrals(body):
            self.counts_under_integrals(self.quietly(part), binder[1], witness["parameters"], partial)

    def counts_under_integrals(self, s: Sum, name: str, parameters: list[str], partial: list[Any]) -> None:
        """The same for a sum, at the arguments of the function that its own integrals bind."""
        for binders in {key[0] for key in s}:
            monomials = [m for b, m in s if b == binders]
            for arguments in set(arguments_of(tuple(monomials), name)):
                mine = names_in(arguments)
                if mine & set(binders) and not any("^" in n for n in mine):
                    for m in monomials:
                        self.needs(partial, dict(zip(parameters, arguments, strict=True)), m, frozenset(binders))
            for m in monomials:
                for inner in inner_sums(m):
                    self.counts_under_integrals(opened(inner, (*binders, *names_in(m))), name, parameters, partial)

    def needs(self, partial: list[Any], names: dict[str, Atom], monomial: Monomial, binders: frozenset[str]) -> None:
        """The conditions that terms are not zero, or positive, where there is weight; names stand for atoms."""
        points = {n for n in binders if not n.startswith("#")}
        for kind, term in partial:
            outer, self.node = self.node, Node(term, 0)
            s = self.settle(self.total(term, (names, tuple(sorted({*binders, *names_in(monomial)})))))
            self.node = outer
            ((b, m), c), *others = s.items() if s else [(ONE, 0)]
            for atom in [point(s)] if others or b or c <= 0 else [a for a, _ in m]:
                if self.implied(atom, []):
                    continue
                if not names_in(atom) & points:
                    self.condition(kind, self.shown(atom))
                elif kind == "positive" and not self.nonnegative(atom):
                    raise Rejected("a witness with the logarithm of what may be below zero")
                else:
                    self.support("cancelled", monomial, atom, set(binders))

    def least_upper_bound(self, statement: Table, proof: Table) -> None:
        """A supremum over a class is at most what its value at no function of the class exceeds; infima likewise. The
        extremum ranges over the functions at which the source integrals of its body converge, so that they do is no
        condition."""
        self.demand("least upper bound")
        extremum = proof["extremum"]
        check_term(extremum, statement["declare"])
        self.unrestricted(extremum[1])
        inner, factors, member = with_member(statement, extremum)
        self.all_positive(factors)
        replay = self.within(inner, proof["bounded"])
        sources = source_integrals(substituted(extremum[2], extremum[1], member))
        for kind, *terms in replay.conditions.values():
            if not mentions(terms, member["body"][1]):
                self.condition(kind, *terms)
            elif kind != "finite" or terms[0] not in sources:
                raise Rejected("a condition restricts what the extremum ranges over")

    def all_positive(self, factors: list[Any]) -> None:
        for factor in factors:
            refuse(not self.positive_sum(self.quietly(factor)), "a factor of an extremum that may not be positive")

    def least_upper_bound_over_points(self, statement: Table, proof: Table) -> tuple[Any, ...]:
        """A supremum over points is at most what its value at no point exceeds; infima likewise."""
        self.demand("least upper bound")
        extremum, name = proof["extremum"], proof["point"]
        check_term(extremum, statement["declare"])
        head, binder, body = extremum
        if head not in ("sup", "inf") or binder[0] != "var" or name in bound_names(body):
            raise Rejected("this rule needs an extremum over a variable, and a point that nothing in it binds")
        self.unrestricted(binder)
        point = self.new_point(name, binder, statement)
        inner, factors = with_value(statement, extremum, _exchanged(body, {binder[1]: point}))
        self.all_positive(factors)
        return inner, name

    def point_masses(self, statement: Table, proof: Table) -> None:
        """sup over laws q of E_q[f] = sup f: an average stays below, and point masses come as near as one likes."""
        self.demand("point masses")
        left, right = statement["lhs"], statement["rhs"]
        if left[1][0] != "law":
            left, right = right, left
        head, law, average = left
        kind, names, density, f = average
        same = right[0] == head and right[1:] == [names[0], f]
        plain = density[0] == "den" and density[1] == law and density[2] == [[self.slot(names[0]), names[0]]]
        if head not in ("sup", "inf") or kind != "E" or len(names) != 1 or not same or not plain:
            raise Rejected("this rule needs the extremum over a law of an average, and the same extremum over points")
        if mentions(f, law[1]) or mentions(density[3], names[0][1]) or self.statement["given"]:
            raise Rejected("what is averaged may not mention the law, and no hypothesis may restrict it")

    # Gradients and eigenvectors ---------------------------------------------------------------------------------------

    def rise(self, proof: Table) -> tuple[Any, ...]:
        """For a gradient and two points: what it is made of, x, y, f(y) - f(x), and the k-th coordinate of y - x."""
        number = proof["gradient"]
        refuse(type(number) is not int or not 0 <= number < len(self.gradients), "no hypothesis gives this gradient")
        value, _, coordinate = self.gradients[number]
        at = coordinate[2][1]
        points = [["var", proof[end]] for end in ("start", "end")]
        if any(self.slot(t) != self.slot(at) or self.variables[t[1]]["shape"] for t in points):
            raise Rejected("a gradient at a point of another space")
        falls = []
        for t in (value, coordinate):
            here, there = (_exchanged(t, {at[1]: point}) for point in points)
            falls.append(_difference(there, here))
        return self.gradients[number], *points, *falls

    def same(self, one: Any, other: Any) -> None:
        """Check that a side of the statement, which has a finite value at all points, is what a rule speaks of."""
        self.finite_at_all_points(one)
        refuse(minus(self.quietly(one), self.quietly(other)), "the statement is not about what this rule speaks of")

    def mean_value(self, statement: Table, proof: Table) -> tuple[Any, ...]:
        """f(y) - f(x) = grad f(m).(y - x) for some m between x and y, if f is differentiable on an open convex set. So
        what bounds the right side, whatever m is, bounds the left one."""
        self.demand("mean value theorem")
        (_, partial, coordinate), x, y, rise, step = self.rise(proof)
        refuse(self.coordinate(coordinate) not in self.convex, "the mean value theorem needs a convex set")
        self.same(statement["lhs"], rise)
        k, at = coordinate[2]
        m = self.new_point(proof["point"], at, statement)
        refuse(m in (x, y), "the point between two points is neither of them")
        slope = ["sum", k, ["mul", _exchanged(partial, {at[1]: m}), step]]
        return {**statement, "lhs": slope}, m[1]

    def difference_quotients(self, statement: Table, proof: Table) -> tuple[Any, ...]:
        """grad f(x).v is the limit of (f(y) - f(x)) / t for y = x + t v, as t > 0 goes to zero, on an open set. So it
        is at most B(v) if f(y) - f(x) <= t B((y - x) / t) for all y and all t > 0; lower bounds likewise."""
        self.demand("difference quotients")
        (_, partial, coordinate), x, y, rise, step = self.rise(proof)
        (k, at), declare, direction, bound = coordinate[2], statement["declare"], proof["direction"], proof["bound"]
        self.new_point(y[1], at, statement)
        scale, vector = ["sym", plain(proof["scale"])], ["function", "^v"]
        if y == x or any(scale[1] in table for table in declare.values()) or mentions([direction, bound], y[1]):
            raise Rejected("a scale or a point that is not new")
        check_term(direction, declare)
        check_term(bound, {**declare, "functions": {**declare["functions"], "^v": {"range": "real", "arity": 1}}})
        self.finite_at_all_points(direction)
        places = [place for (place,) in applications(bound, "^v")]
        if has_binder(direction) or any(p[0] != "idx" or self.indices[p[1]] != self.indices[k[1]] for p in places):
            raise Rejected("a direction that binds something, or a component that it has not")
        bodies = (direction, ["mul", step, ["pow", scale, "-1"]])
        witnesses = [{"parameters": [k[1]], "body": body} for body in bodies]
        for witness in witnesses:
            self.closed(vector, bound, witness)
        at_direction, at_quotient = (substituted(bound, vector, witness) for witness in witnesses)
        self.same(statement["lhs"], ["sum", k, ["mul", _exchanged(partial, {at[1]: x}), direction]])
        refuse(statement["rhs"] != at_direction, "the statement has another bound of the derivative")
        symbols = {**declare["symbols"], scale[1]: {"sign": "positive", "shape": []}}
        sides = {"lhs": rise, "rhs": ["mul", scale, at_quotient]}
        return {**statement, **sides, "declare": {**declare, "symbols": symbols}}, y[1], scale[1]

    def unit_eigenvector(self, statement: Table, proof: Table) -> tuple[Any, ...]:
        """The largest eigenvalue of a symmetric matrix S is u.Su for some u with u.u = 1, by the spectral theorem."""
        self.demand("unit eigenvector")
        eigenvalue = proof["eigenvalue"]
        inner, name = with_eigenvector(statement, eigenvalue)
        self.quadratic(eigenvalue, ["num", "1"])
        span = self.indices[eigenvalue[1][0][1]]
        if not self.positive_sum(
            self.quietly(["add", span["upper"], ["mul", ["num", "-1"], span["lower"]], ["num", "1"]])
        ):
            raise Rejected("a matrix that may have no rows has no eigenvector")
        return inner, name

    # Showing sums as terms --------------------------------------------------------------------------------------------

    def conditional(self, atom: Atom, targets: frozenset[str], kept: frozenset[str]) -> Any:
        """A density as the conditional of its bound variables given its free ones, for showing. Of the variables that
        are bound further out those that are *kept* stand among its targets; without the others it is a marginal."""
        if atom[0] != "den":
            return self.shown(atom)
        bound = targets | {n for n in kept if "." in n and n[0] != "#"}
        above = [[s, self.shown(a)] for s, a in atom[3] if names_in(a) & bound]
        others = [(s, a) for s, a in atom[3] if not names_in(a) & bound]
        below = [[s, self.shown(a)] for s, a in others if all("." not in n or n[0] == "#" for n in names_in(a))]
        shown = self.shown(atom)
        return ["den", shown[1], above, below] if names_in(atom) & targets else shown

    def shown(self, atom: Atom) -> Any:
        """An atom as a term."""
        head = atom[0]
        if head == "idx" and atom[1].startswith("#"):
            return [head, self.shown_index(atom[1])]
        if head in ("var", "idx"):
            return [head, self.display.get(atom[1], filled_by(atom[1]))]
        if head in ("sym", "const"):
            return list(atom)
        if head == "prime":
            return ["num", str(atom[1])]
        if head in ("at", "entry", "inverse", "det", "gram", "log", "exp", "abs", "normal", "grad"):
            return [head, *map(self.shown, atom[1:])]
        if head in ("gaussian", "minibatch"):
            return [head, *map(self.shown, atom[1:-1])]
        if head == "fn":
            return ["fn", atom[1], [self.shown(a) for a in atom[2]]]
        if head in ("den", "cond"):
            law = ["law", atom[1], [self.shown(a) for a in atom[2]]]
            given = [[s, self.shown(a)] for s, a in atom[4]] if head == "cond" else []
            return ["den", law, [[s, self.shown(a)] for s, a in atom[3]], given]
        if head == "prod":
            return ["prod", ["idx", self.shown_index(atom[1])], self.shown(atom[2])]
        if head == "sum":
            return self.shown_sum(opened(atom, ()))
        if head == "eigenvalue":
            return [head, [["idx", self.shown_index(n)] for n in atom[1:3]], *(self.shown(a) for a in atom[3:])]
        if head == "opaque":
            inner = next(iter(opened(atom[2], ())))[1][0][0]
            names = iter([self.shown(v) for v in inner[2]])
            groups = [[next(names) for _ in range(n)] for n in inner[1]]
            return [atom[1], *groups, *(self.shown(a) for a in inner[3:])]
        if head == "score":
            return ["grad", self.shown(atom[1]), ["log", self.shown(atom[2])]]
        if head == "slope":
            return ["slope", str(atom[1]), self.shown(atom[2])]
        if len(atom) == 3 and atom[1].startswith("[["):
            return [head, *json.loads(atom[1])]
        if "^" in atom[1]:
            return [head, ["var", self.display[atom[1]]], self.shown(atom[2])]
        return [head, json.loads(atom[1]), self.shown(atom[2])]

    def shown_index(self, bound: str) -> str:
        """The name of a bound index: that of another one of its range if it came from a renaming."""
        name = next((n for b, n in self.display.items() if slot_of(b) == slot_of(bound)), "i")
        self.show_as(bound, name)
        return self.display[bound]

    def shown_powers(self, m: Monomial) -> list[Any]:
        """The factors of a monomial, divisors last; a joint density over its marginal is a conditional density."""
        powers = dict(m)
        shown = []
        for a in [a for a, e in m if a[0] == "den" and e == 1]:
            below = next(
                (b for b, e in m if e == -1 and b[:3] == a[:3] and set(b[3]) < set(a[3]) and b in powers), None
            )
            if below is not None:
                del powers[a], powers[below]
                above = tuple(place for place in a[3] if place not in below[3])
                shown.append(self.shown(("cond", *a[1:3], above, below[3])))
        for a, e in sorted(powers.items(), key=lambda p: p[1] < 0):
            shown.append(self.shown(a) if e == 1 else ["pow", self.shown(a), str(e)])
        return shown

    def shown_sum(self, s: Sum) -> Any:
        """A sum as a term: its integrals, each with all terms of the same binders under one sign."""
        groups: dict[tuple[str, ...], list[Any]] = {}
        for (binders, m), c in sorted(s.items(), key=order):
            powers = self.shown_powers(m)
            parts = [["num", str(c)], *powers] if c != 1 or not powers else powers
            groups.setdefault(binders, []).append(["mul", *parts] if len(parts) > 1 else parts[0])
        terms = []
        for binders, parts in groups.items():
            body = ["add", *parts] if len(parts) > 1 else parts[0]
            for b in binders:
                if b.startswith("#"):
                    body = ["sum", ["idx", self.shown_index(b)], body]
            names = [["var", self.display.get(b, slot_of(b))] for b in binders if not b.startswith("#")]
            terms.append(["int", names, body] if names else body)
        return ["add", *terms] if len(terms) > 1 else terms[0] if terms else ["num", "0"]


# The command ----------------------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Replay certificate files; 0 if all are accepted, 1 if one is rejected, 2 if one cannot be read."""
    status = 0 if arguments else 2
    if not arguments:
        print("usage: python -I kernel.py CERTIFICATE.json ...", file=sys.stderr)
    for path in arguments:
        try:
            with open(path, encoding="utf-8") as file:
                certificates = json.load(file)
        except (OSError, ValueError, RecursionError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            status = 2
            continue
        for certificate in certificates if isinstance(certificates, list) else [certificates]:
            try:
                found = check(certificate)
            except Rejected as reason:
                print(f"{path}: rejected: {reason}")
                status = max(status, 1)
            else:
                print(f"{path}: proved by {', '.join(found['rules']) or 'arithmetic'}")
                for condition in found["conditions"]:
                    print(f"  condition: {json.dumps(condition)}")
                for theorem in found["assumptions"]:
                    print(f"  assuming the theorem of {theorem}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
