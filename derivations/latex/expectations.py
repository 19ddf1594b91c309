"""Expectations, and what their subscripts and bodies say of the law that they are under.

Bare ``E_q`` binds the variables that q does not condition on; a divergence of conditional densities leaves the
conditioning free, ``H(X | Y)`` and ``I(X; Y)`` average.  Main definition: `Expectations`, a part of
:class:`derivations.latex.meaning.Meaning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from derivations.language.laws import density
from derivations.language.terms import Index, Symbol, Term, Variable, at, number, power, term, walk
from derivations.latex.arguments import slot_and_copy, variable_key
from derivations.latex.binding import bound_by, exchanged
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.information import Information
from derivations.latex.interpretation import SIZES
from derivations.latex.names import PARAMETERS, Name, exact_name, is_parameter, name_of, names_in, written
from derivations.latex.tokens import Unread
from derivations.latex.vocabulary import NOISES

GAUSSIAN = ("Normal", "N", "calN")


class Expectations(Information):
    """What binds variables under a law."""

    # Expectations -----------------------------------------------------------------------------------------------

    def _expectation(self, node: Node) -> Term:
        kind, below, body = node.args[:3]
        given = node.args[3] if len(node.args) == 4 else None
        if kind == "Var":
            square = Node("power", (body, Node("number", (number(term(2)),))))
            return self.mean(below, square, given, body) - power(self.mean(below, body, given, body), 2)
        if kind == "Cov":
            if body.head != "list" or len(body.args) != 2:
                raise Unread("the arguments of a covariance")
            both = Node("product", body.args)
            first, second = (self.mean(below, n, given, n if not below else both) for n in body.args)
            return self.mean(below, both, given, both) - first * second
        return self.mean(below, body, given, body)

    def mean(self, below: Row, value: Node, given: Row | None, body: Node) -> Term:
        """The expectation of a value, under the law that a subscript, a condition or the body says."""
        beside = {n.base for n in _names_in(body)}
        if both := sorted(b for b in beside if len(b) == 1 and b.islower() and b.upper() in beside):
            key = variable_key(Name(both[0]))
            if key in self.vocabulary.variables:
                raise Unread(f"{both[0]} beside {both[0].upper()}, perhaps a value of it")
        densities = self.binders(below, body) if given is None else [self.conditional_law(below, body, given)]
        return self.averaged(densities, value)

    def conditional_law(self, below: Row, body: Node, row: Row) -> Term:
        """The law of what is averaged in ``E[x | y]``."""
        behind = tuple(v for _, piece in split(row, "COMMA") for v in self._variables_of([self.one_name(piece)]))
        laws = self.binders(below, body)
        law = laws[0]
        if len(laws) > 1 or law.head != "den":
            raise Unread("a conditional expectation")
        targets = [(s, v) for s, v in law.args[1] if v not in behind]
        if not targets or law.args[2]:
            raise Unread("a conditional expectation")
        return density(law.args[0], targets, [(v.slot, v) for v in behind])

    def variables_in(self, body: Node) -> list[Name]:
        """The names of variables in an expression, arguments of functions included; not those averaged over."""
        found: list[Name] = []

        def visit(node: Any) -> None:
            if isinstance(node, Node) and node.head == "expectation":
                if len(node.args) == 4:
                    found.extend(self.one_name(piece) for _, piece in split(node.args[3], "COMMA"))
                elif node.args[1]:
                    bound = {spell((p,)) for p in node.args[1]}
                    found.extend(n for n in self.variables_in(node.args[2]) if not bound & {n.key, n.base})
                return
            if isinstance(node, Node):
                if node.head == "name" and variable_key(node.args[0]) in self.vocabulary.variables:
                    found.append(node.args[0])
                if node.head == "call":
                    names = [name_of(p) for p in node.args[1]]
                    found.extend(n for n in names if n is not None and variable_key(n) in self.vocabulary.variables)
                for part in node.args:
                    visit(part)
            elif isinstance(node, tuple):
                for part in node:
                    visit(part)

        visit(body)
        return found

    def totals_in(self, node: Any) -> set[str]:
        """The letters over which the sums in an expression run."""
        if isinstance(node, Node):
            mine = {spell(split(node.args[0], "REL")[0][1])} if node.head == "total" else set()
            return mine.union(*(self.totals_in(part) for part in node.args))
        return set().union(*(self.totals_in(part) for part in node)) if isinstance(node, tuple) else set()

    def independent_draws(self, name: Name) -> Term:
        """The law of x_1, ..., x_N in a mean over i of f(x_i): independent draws of one law."""
        base = variable_key(Name(name.base, accents=name.accents))
        size = self.vocabulary.indices.get(_label(name), "")
        if not size or size.isdigit():
            raise Unread("an expectation of a sum over an unknown number of draws")
        single = self.unnamed([Part("NAME", name.base)])
        self.notes[f"{base}_1, ..., {base}_{size} are independent draws"] = None
        return self.drawn_vector(base, size, single)

    def symbols_in(self, node: Any) -> bool:
        """Whether an expression has names in it that may be random."""
        if isinstance(node, Node):
            if node.head == "name" and node.args[0].key not in ("pi", "e"):
                return True
            if node.head == "call" and any(name_of(p) is not None for p in node.args[1]):  # f(s)
                return True
            return any(self.symbols_in(part) for part in node.args)
        return isinstance(node, tuple) and any(self.symbols_in(part) for part in node)

    def one_name(self, row: Row) -> Name:
        name = exact_name(row[0]) if len(row) == 1 else None
        if name is None:
            raise Unread(f"the condition {spell(row)!r}")
        return name

    def averaged(self, densities: list[Term], body: Node) -> Term:
        """The nested expectation of a body under densities, outermost first."""
        variables = [bound_by(d) for d in densities]
        value = self.under(tuple(v for vs in variables for v in vs), body)
        samples = {
            v.name.removesuffix("_all"): v
            for d, vs in zip(densities, variables, strict=True)
            for v in vs
            if d.head == "prod"
        }
        for v in (v for v in walk(value) if isinstance(v, Variable) and samples):
            sample = samples.get(v.name.partition("_")[0])
            if sample is not None and v is not sample and "_" in v.name:
                raise Unread(f"{v.name}, perhaps one of the draws that an expectation is over")
        for d, vs in zip(reversed(densities), reversed(variables), strict=True):
            value = Term("E", vs, d, value)
        return value

    def binders(self, below: Row, body: Node) -> list[Term]:
        """The densities under which a subscript averages, outermost first."""
        if not below:
            if not self.variables_in(body) and self.symbols_in(body):
                raise Unread("an expectation over what is not named")
            return [self.law_of_the_body(body)]
        found: list[Term] = []
        waiting: list[Part] = []
        for _, piece in split(below, "COMMA", "SEMI"):
            sides = split(piece, "SIM")
            if len(sides) == 2:
                found += self.all_drawn([*waiting, *sides[0][1]], sides[1][1])
                waiting = []
            elif len(piece) == 1 and self.names_variable(piece[0]):
                waiting.append(piece[0])
            elif piece and all(p.kind == "DOTS" for p in piece):
                waiting += piece
            else:
                found += self.factors_of(piece, body)
        if waiting:
            found.append(self.unnamed(waiting))
        return self.ordered(found)

    def ordered(self, densities: list[Term]) -> list[Term]:
        """Densities so that each comes after those of what it is conditioned on."""
        left, found = list(densities), []
        while left:
            ready = [
                d
                for d in left
                if not any(v in set(walk(d)) for o in left if o is not d for v in bound_by(o) if v not in bound_by(d))
            ]
            if not ready:
                raise Unread("laws that are conditioned on each other")
            found += ready
            left = [d for d in left if d not in ready]
        return found

    def all_drawn(self, left: list[Part], right: Row) -> list[Term]:
        """``x, x' ~ p`` are independent draws of one law; ``x, y ~ p`` have a joint law."""
        names = [exact_name(p) for p in left if p.kind != "COMMA"]
        slots = {slot_and_copy(self.vocabulary.slot(variable_key(n)))[0] for n in names if n is not None}
        range_of_draws = any(":" in spell(p.below) or p.kind == "DOTS" for p in left)
        if len(names) > 1 and slots & {"s", "o"} and any(n is not None and n.primes for n in names):
            raise Unread(f"{spell(tuple(left))}, perhaps a state and the next one")
        if len(names) > 1 and len(slots) == 1 and all(n is not None for n in names) and not range_of_draws:
            return [self.copy_drawn(variable_key(n), right) for n in names if n is not None]
        return [self.drawn(left, right)]

    def copy_drawn(self, key: str, right: Row) -> Term:
        """The density of one of several draws of the same variable."""
        slot = self.vocabulary.slot(key)
        single = self.law_term(self.parse(right), (slot,))
        return exchanged(single, self.slot_variable(slot, slot), self.variable(key))

    def drawn(self, left: list[Part], right: Row) -> Term:
        """``x ~ p``, ``z ~ q(z | x)``, ``z_1, ..., z_K ~ q``: the density of what is drawn."""
        if any(p.kind == "DOTS" for p in left) or any(":" in spell(p.below) for p in left):
            return self.sample(left, right)
        if any(a.kind in ("NAME", "accent") and b.kind == "bracketed" for a, b in pairwise(left)):
            raise Unread(f"the draw {spell(tuple(left))!r}")
        rows = [p.args[0] if p.kind == "bracketed" else (p,) for p in left]
        parts = [p for row in rows for p in row if p.kind != "COMMA"]
        names = [exact_name(p) for p in parts]
        keys = tuple(variable_key(n) for n in names if n is not None)
        if not keys or len(keys) != len(names):
            raise Unread(f"what is drawn in {spell(tuple(left))!r}")
        if len(keys) > 2 and (nexts := [k for k in keys if k.endswith("'") and k.rstrip("'") in keys]):
            raise Unread(f"{nexts[0]}, perhaps the next {nexts[0][0]}")
        node = self.parse(right)
        if node.head == "sum" and not self.laws_in(node):  # y ~ x + noise
            value = self.term(node)
            given = tuple(dict.fromkeys(v for v in walk(value) if isinstance(v, Variable) and v in self.bound))
            return self.open_law(f"E_{{{', '.join(keys)}}}", keys, given)
        if node.head == "call" and self.vocabulary.is_law(node.args[0]):
            self.drawn_from(node.args[0], node.args[1], keys)
        return self.law_term(node, keys)

    def drawn_from(self, law: Name, arguments: Row, keys: tuple[str, ...]) -> None:
        """``x ~ p(y)``: perhaps the law of y, perhaps that of x given y, which the verdict then says."""
        behind = {variable_key(n) for n in names_in(arguments)} & self.vocabulary.variables
        if behind and behind.isdisjoint(keys) and not any(p.text == "." for p in arguments):
            reading = (
                f"{', '.join(keys)} ~ {law.shown}({spell(arguments)}) is {', '.join(keys)} given {spell(arguments)}"
            )
            self.unexplained[reading] = None
            self.notes[reading] = None

    def sample(self, left: list[Part], right: Row) -> Term:
        """An independent sample z_1, ..., z_K: a vector whose components have the law; or a range and its own law."""
        node = self.parse(right)
        if node.head == "call" and self.vocabulary.is_law(node.args[0]) and self.speaks_of(node.args[1], left):
            return self.law_term(node)
        if self.is_of_ranges(node, left):
            return self.law_term(node, tuple(b for p in left if (n := name_of(p)) is not None for b in self.blocks(n)))
        first, last = name_of(left[0]), name_of(left[-1])
        if first is None or last is None or self.moments is not None:  # whose members are not those of the moments
            raise Unread(f"the sample {spell(tuple(left))!r}")
        start = first.below.split(":")[0] or first.above
        if start != "1":
            raise Unread(f"a sample that starts with {start or 'no number'}")
        size = last.below.split(":")[-1] or last.above
        base = variable_key(Name(first.base, accents=first.accents))
        return self.drawn_vector(base, size, self.law_term(node, (base,)))

    def is_of_ranges(self, node: Node, drawn: list[Part]) -> bool:
        """Whether a bare law, or one with a dot, is that of all that a range is made of: ``x_{1:T} ~ q`` of a chain."""
        names = [name_of(p) for p in drawn if p.kind != "COMMA"]
        if node.head not in ("name", "call") or any(n is None or ":" not in n.below for n in names):
            return False
        if node.head == "call" and not any(p.text == "." for p in node.args[1]):
            return False
        stem = self.vocabulary.stem(node.args[0])
        use = self.vocabulary.laws.get(stem)
        patterns = self.shown.get(stem) or (use.patterns if use is not None else ())  # first what the step writes
        slots = {s for pattern in patterns for side in pattern for s in side}
        singles = {variable_key(Name(n.base, accents=n.accents)) for n in names if n is not None}
        return slots.isdisjoint(singles)

    def speaks_of(self, arguments: Row, drawn: list[Part]) -> bool:
        """Whether the arguments of a law begin with what is drawn from it, as in ``x_{1:T} ~ q(x_{1:T} | x_0)``."""
        targets = split(arguments, "BAR")[0][1]
        return spell(targets) == spell(tuple(drawn))

    def drawn_vector(self, base: str, size: str, single: Term) -> Term:
        """The product law of a vector whose components have the law of a single draw."""
        count = Symbol("sym", written(size), "positive", ())
        self.parametric.add(count.name)
        index = Index("idx", "k", term(1), count)
        vector = self.slot_variable(base, f"{base}_all", (count,))
        plain = self.slot_variable(base, base)
        return Term("prod", index, exchanged(single, plain, at(vector, index)))

    def factors_of(self, row: Row, body: Node) -> list[Term]:
        """The densities of a product such as ``p(x) q(z|x)``."""
        node = self.parse(row)
        if node.head == "product":
            return [self.law_term(n) for n in node.args]
        if node.head == "number":
            law = self.law_of_the_body(body)
            return [density(self.law(Name(f"law_{node.args[0]}")), list(law.args[1]), [])]
        if node.head == "name" and self.vocabulary.is_law(node.args[0]):
            return [self.law_term(node, self.averaged_over(node.args[0], body))]
        if node.head == "name" and node.args[0].base == "Normal":
            raise Unread("a normal law without parameters")
        if node.head == "name" and is_parameter((Part("NAME", node.args[0].base),)):
            raise Unread("an expectation whose subscript is a parameter")
        return [self.law_term(node)]

    def unnamed(self, parts: list[Part], subscript: bool = True) -> Term:
        """``E_x``: under the law of x, which the document has named elsewhere or left open; so a bare E of its body."""
        keys = tuple(variable_key(n) for p in parts if (n := name_of(p)) is not None)
        slots = tuple(self.vocabulary.slot(k) for k in keys)
        said = self.told_laws.get(keys[0]) if len(keys) == 1 else None
        if said is None and len(keys) == 1 and keys[0] not in self.lawful():
            said = self.vocabulary.drawn.get(keys[0])
        if said is not None:
            self.used.add(keys[0])
            random = {variable_key(n) for n in names_in(said)} & {*self.told_laws, *self.vocabulary.drawn}
            for key in sorted(random - {keys[0]}):  # x ~ N(z, 1), where z ~ N(0, 1)
                self.unexplained[f"whether {key} is given where {keys[0]} is averaged"] = None
                self.notes[f"given {key}"] = None
            return self.law_term(self.parse(said), keys)
        candidates: list[tuple[str, tuple[str, ...]]] = []
        for stem, use in sorted(self.vocabulary.laws.items()):
            for targets, given in sorted(use.patterns):
                if set(targets) == set(slots):
                    candidates.append((stem, given))
        if any(
            (k.partition("_")[0] in PARAMETERS or k.startswith("pi")) and k not in self.vocabulary.greek for k in keys
        ):
            raise Unread("a mean that a parameter marks")
        shown = "E_{" + ", ".join(keys) + "}"
        if not candidates:
            return self.open_law(shown, keys)
        candidates.sort(key=lambda c: (not c[0].endswith(("data", "real", "_r")), c))
        if not candidates[0][0].endswith(("data", "real", "_r")):
            self.unexplained[shown] = None
        ways = tuple(f"{shown} is under {stem}" for stem, _ in candidates)
        stem, given = candidates[self.reading.choose(shown, ways) if len(ways) > 1 else 0]
        bar = f"({', '.join(slots)} | {', '.join(given)})" if given else ""
        if subscript or bar or len(ways) > 1 or self.vocabulary.parameters_of(stem):
            self.notes[f"{shown} is under {stem}{bar}"] = None  # x may come from data, and not from the model
        left = [(written(s), self.variable(k)) for s, k in zip(slots, keys, strict=True)]
        found = density(self.law(Name(stem)), left, [(written(s), self.current(s)) for s in given])
        moved = sorted(self.gradients - {""})
        if moved and not found.args[0].parameters:
            self.notes[f"the law of {', '.join(keys)} does not depend on {', '.join(moved)}"] = None
        return found

    def averaged_over(self, name: Name, body: Node) -> tuple[str, ...]:
        """The variable of a bare law of which the document shows none: the one that its body speaks of."""
        use = self.vocabulary.laws.get(self.vocabulary.stem(name))
        if use is not None and use.patterns:
            return ()
        held = {v.name for v in self.bound}
        keys = {variable_key(n) for n in self.variables_in(body)} - held
        return tuple(keys) if len(keys) == 1 else ()

    def open_law(self, shown: str, keys: tuple[str, ...], given: tuple[Term, ...] = ()) -> Term:
        """A law that the document leaves open: what is proved holds for any, what fails may be a matter of it."""
        law = Name("law_of_" + written("_".join(keys)))
        slots = {self.vocabulary.slot(k) for k in keys}
        if (
            len(self.vocabulary.laws) < 2
            and not given
            and slots <= self.lawful() | (slots if not self.lawful() else set())
        ):
            law = Name(next(iter(self.vocabulary.laws), "p"))  # the law of all random variables
        else:
            self.unexplained[f"the law under {shown}"] = None
        left = [(written(self.vocabulary.slot(k)), self.variable(k)) for k in keys]
        behind = [(v.slot, v) for v in given if isinstance(v, Variable) and v not in dict(left).values()]
        return density(self.law(law), left, behind)  # type: ignore[arg-type]

    def law_of_the_body(self, body: Node) -> Term:
        """``E[f(X)]``: under the one law of the variables in its body."""
        found = self.variables_in(body)
        if not found:
            return self.open_law("E", (self.generic_slot(),))
        added = {n.args[0].shown for _, n in body.args if n.head == "name"} if body.head == "sum" else set()
        noises = {n.key for n in _names_in(body) if n.key in NOISES} - self.vocabulary.variables - {"e"}
        for name in sorted(self.capitals(body) | (added & SIZES) | noises):  # of the letters that are numbers elsewhere
            if name[0].isupper() or name in noises:
                self.notes[f"{name} is a constant"] = None
        indexed = [n for n in found if _label(n) in self.totals_in(body)]
        if indexed and not indexed[0].below and not any(p.kind == "bracketed" for p in indexed[0].above_row):
            raise Unread(f"{indexed[0].key}, a draw or a power")
        if indexed and len({n.base for n in found}) == 1:
            return self.independent_draws(indexed[0])
        parts = {variable_key(n): Part("NAME", n.base, below=n.below_row or None) for n in found}
        for n in found:
            if variable_key(n) != variable_key(Name(n.base, below=n.below)):  # E[X | Y'], a sigma-algebra
                raise Unread(f"{n.key} in a mean that names no law")
        for n in _names_in(body):
            row = self.definitions[n.key].row if n.key in self.definitions else None
            if any(variable_key(m) in self.vocabulary.variables for m in names_in(row or ())):  # b = E[X | Y]
                raise Unread(f"{n.key}, which is made of random variables, in a mean that names no law")
        stems = {self.vocabulary.stem(n.args[0]) for n in self.laws_in(body)}
        slots = {self.vocabulary.slot(k) for k in parts}
        drawn = any(set(p[0]) == slots for use in self.vocabulary.laws.values() for p in use.patterns)
        if len(stems) == 1 and not drawn:  # E log p(X, Y | Z): under the joint law p
            if len(self.shown) > 1 and len(parts) > 1:  # beside q(z | x), perhaps under that
                self.unexplained["the law of E"] = None
            keys = dict.fromkeys(parts)
            places = [(written(self.vocabulary.slot(k)), self.variable(k)) for k in keys]
            return density(self.law(Name(stems.pop())), places, [])
        return self.unnamed(list(parts.values()), subscript=False)


def _names_in(node: Any) -> Iterator[Name]:
    """The names in an expression, those of expectations and in subscripts aside."""
    if isinstance(node, Node) and node.head == "name":
        yield node.args[0]
    elif isinstance(node, Node) and node.head == "call":
        yield from (n for p in node.args[1] if (n := name_of(p)) is not None)
    elif isinstance(node, Node) and node.head != "expectation":
        yield from _names_in(node.args)
    elif isinstance(node, tuple):
        for part in node:
            yield from _names_in(part)


def _label(name: Name) -> str:
    """The index of one of several draws: ``z_l``, ``z^l``, ``z^{(l)}``."""
    return name.below or name.above.strip("()")
