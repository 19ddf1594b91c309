"""Expressions to terms of the language: what names, laws, sums and integrals stand for.

A `Meaning` interprets the sides of one step under one reading.  It notes what a careful reader would ask about: names
that nobody explained, laws whose variables were guessed, matrices read as numbers.  Main definition: `Meaning`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.language.terms import (
    Function,
    Symbol,
    Term,
    Variable,
    add,
    exp,
    log,
    mul,
    number,
    pi,
    power,
    term,
    walk,
)
from derivations.latex.arguments import INDEX_LETTERS, slot_and_copy, variable_key
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Row
from derivations.latex.names import Name, name_of, names_in, written
from derivations.latex.reserved import Reserved
from derivations.latex.tokens import Unread

POSITIVE = frozenset(("sigma", "tau", "Sigma", "Lambda"))
DIMENSIONS = frozenset("KNMTJLDdnk")
TEST_FUNCTIONS = frozenset("fgh")
MAX_EXPANSIONS = 200
_MATRICES = frozenset(("Sigma", "Lambda", "I", "one"))


class Meaning(Reserved):
    """The interpretation of one step under one reading."""

    # Expressions ------------------------------------------------------------------------------------------------

    def _value(self, node: Node) -> Term:
        """A term that was read before."""
        value: Term = node.args[0]
        return value

    def _number(self, node: Node) -> Term:
        return term(node.args[0])

    def _sum(self, node: Node) -> Term:
        bare = [n.args[0] for sign, n in node.args if sign < 0 and n.head == "name"]
        if any(n.head == "number" for _, n in node.args):
            for name in bare:
                if self.vocabulary.is_law(name) and name.key not in self.definitions:
                    self.unexplained[f"{name.key}, which may be a number"] = None
        terms = [self.term(n) if sign > 0 else -self.term(n) for sign, n in node.args]
        one = next((t for t in terms if number(t) == 1), None)
        distance = next((t for t in terms if t in self.second_moments), None)
        if one is not None and distance is not None:  # 1 + chi^2 is the second moment of the ratio
            terms = [self.second_moments.get(t, t) if t is distance else t for t in terms if t is not one]
        return add(*terms)

    def _product(self, node: Node) -> Term:
        self.in_order(node.args)
        return mul(*(self.term(n) for n in node.args))

    def _starred(self, node: Node) -> Term:
        """a * b, which for laws and functions is a convolution."""
        names = [n.args[0] for n in node.args]
        if any(self.vocabulary.is_law(n) or n.base in ("f", "g", "h") for n in names):
            raise Unread(f"{names[0].key} * {names[1].key}, which may be a convolution")
        return mul(*(self.term(n) for n in node.args))

    def _quotient(self, node: Node) -> Term:
        self.capitals(node)
        return self.term(node.args[0]) / self.term(node.args[1])

    def _power(self, node: Node) -> Term:
        base, exponent = node.args
        self.powers_of(base, exponent)
        if base.head == "norm" and exponent.head == "number" and exponent.args[0] == 2 and len(base.args) == 1:
            return self._squared_norm(base)
        e = number(self.term(exponent))
        squared = self.squared_distance(base) if e == 2 and base.head == "call" else None
        if squared is not None:
            return squared
        value = self.term(base)
        if e is None:
            self.exponent_of(exponent)
            return exp(self.term(exponent) * log(value))
        if e.denominator == 2 and e > 0:
            self.exists(value)
        return power(value, e)

    def squared_distance(self, call: Node) -> Term | None:
        """``chi^2(p || q)`` and ``H^2(p, q)``, whose squares are what is defined; None for another square."""
        name, row = call.args
        kind = {"chi": "chi2", "H": "Hellinger2", "h": "Hellinger2", "Hellinger": "Hellinger2"}.get(name.base)
        if kind is None or name.below or name.above or name.key in self.definitions or not self.speaks_of_laws(row):
            return None
        if len(split(row, "DBAR")) == 2 or (kind == "Hellinger2" and len(split(row, "COMMA")) == 2):
            return self.divergence(kind, row)
        return None

    def exists(self, radicand: Term) -> None:
        """Note that a radicand is not negative, since the step speaks of its root."""
        symbol = radicand.args[0] if radicand.head == "at" else radicand
        if isinstance(symbol, Symbol):
            self.radicands.add(symbol.name)
        elif radicand.head == "add":
            self.existing[radicand] = None

    def _squared_norm(self, node: Node) -> Term:
        inside = self.term(node.args[0])
        if any(t.head == "at" or (isinstance(t, (Variable, Symbol)) and t.shape) for t in walk(inside)):
            raise Unread("the norm of a vector")
        self.in_one_dimension()
        return power(inside, 2)

    def _log(self, node: Node) -> Term:
        body, base = node.args
        inside = self.term(body)
        if inside.head == "fn" and inside.args[1] == "real":
            self.positive.add(inside.args[0])
            self.notes[f"{inside.args[0]} > 0"] = None
        if isinstance(inside, Symbol) and inside.sign == "real":
            self.positive.add(inside.name)
        value = log(inside)
        if base is None or (base.head == "name" and base.args[0].key == "e"):
            return value
        if base.head == "name":
            raise Unread(f"a logarithm to the base {base.args[0].key}")
        return value / log(self.term(base))

    def _function(self, node: Node) -> Term:
        name, body = node.args
        if name == "e":
            self.euler()
        if name in ("exp", "e"):
            self.exponent_of(body)
            return exp(self.term(body))
        if name in ("trace", "det"):
            self.in_one_dimension()
            return self.term(body)
        raise Unread(f"the function {name}")

    def euler(self) -> Term:
        """Euler's number; not in a document in which e is a variable as well."""
        if not self.vocabulary.is_euler(Name("e")):
            raise Unread("e, which is a variable and the base of a power")
        return exp(term(1))

    def _transpose(self, node: Node) -> Term:
        self.in_one_dimension()
        return self.term(node.args[0])

    def _absolute(self, node: Node) -> Term:
        inner = node.args[0]
        if len(node.args) > 1:
            raise Unread("bars with a subscript")
        if not _MATRICES.isdisjoint(_letters(inner)) or self.capitals(inner):  # a determinant
            self.in_one_dimension()
            return self.term(inner)
        if inner.head == "name" and self.vocabulary.slot(variable_key(inner.args[0])) in self.random:
            raise Unread(f"|{inner.args[0].key}|, perhaps the number of its values")
        if inner.head == "name" and variable_key(inner.args[0]) in self.vocabulary.data_sets:
            return self.size_of(inner.args[0])
        return abs(self.term(inner))

    def _norm(self, node: Node) -> Term:
        laws = self.difference_of_laws(node.args[0])
        if laws is not None and len(node.args) > 1 and node.args[1] in ("TV", "tv", "1"):
            distance = self.compared("TV", *self.pair(*laws))
            return distance if node.args[1] != "1" else 2 * distance
        label = "norm" + ("_" + written(node.args[1]) if len(node.args) > 1 else "")
        return Function(label, "nonnegative")(self.term(node.args[0]))

    def difference_of_laws(self, node: Node) -> tuple[Node, Node] | None:
        """The laws in ``P - Q``."""
        if node.head == "sum" and [s for s, _ in node.args] == [1, -1] and all(self.laws_in(n) for _, n in node.args):
            return node.args[0][1], node.args[1][1]
        return None

    def _positive_part(self, node: Node) -> Term:
        value = self.term(node.args[0])
        return (value + abs(value)) / 2

    def _choice(self, node: Node) -> Term:
        kind, parts = node.args
        values = [self.term(p) for p in parts]
        if len(values) != 2 or kind not in ("min", "max"):
            raise Unread(f"a {kind} of {len(values)} values")
        a, b = values
        return (a + b + (abs(a - b) if kind == "max" else -abs(a - b))) / 2

    # Names ------------------------------------------------------------------------------------------------------

    def _name(self, node: Node) -> Term:
        name: Name = node.args[0]
        definition = self.definitions.get(name.key)
        if definition is not None:
            return self.expanded(definition, None)
        if name.base in self.RESERVED_NAMES or self.is_optimal_discriminator(name) or self.is_optimal_value(name):
            return self.reserved_name(name)
        if self.vocabulary.is_circular(name):
            return pi
        if self.vocabulary.is_euler(name):
            return self.euler()
        if name.base == "infinity":
            raise Unread("infinity")
        if name.base in ("const", "constant"):
            self.unexplained["const"] = None
            return self.symbol("const")
        if self.vocabulary.is_law(name):
            if name.below in INDEX_LETTERS and name.below in self.vocabulary.variables:
                return self.bare_density(replace(name, below="", below_row=()), (name.below,))
            return self.bare_density(name)
        if self.vocabulary.normaliser and name.key == "Z":
            self.unexplained["Z"] = None
            return self.symbol("Z", "positive")
        key = variable_key(name)
        stem = key.split("_")[0].split("^")[0]
        if key != stem and stem in self.vocabulary.variables and slot_and_copy(key) == (stem, True):
            return self.variable(key, name)
        if key in self.values:
            return self.values[key]
        if key in self.vocabulary.variables or key in self.renamed:
            return self.variable(key, name)
        return self.parameter(name)

    # Variables --------------------------------------------------------------------------------------------------

    # Laws -------------------------------------------------------------------------------------------------------

    # Calls ------------------------------------------------------------------------------------------------------

    def _call(self, node: Node) -> Term:
        name, row = node.args
        definition = self.definitions.get(name.key)
        if definition is not None and not definition.is_bare_of_reserved:
            return self.expanded(definition, row)
        if name.primes == 1 and (derivative := self.derived(replace(name, primes=0), row)) is not None:
            return derivative
        value = self.reserved_call(name, row)
        if value is not None:
            return value
        if self.vocabulary.is_law(name):
            return self.density(name, row)
        if self.is_normal(name, row):
            return self.normal_density(row)
        if name.base == "sigmoid" or (name.base == "sigma" and self.is_logistic(name, row)):
            return 1 / (1 + exp(-self.term(self.parse(row))))
        if self.is_pushforward(name, row):
            return self.pushed(name, row)
        arguments = []
        for _, piece in split(row, "COMMA", "SEMI", "BAR"):
            if len(split(piece, "REL")) > 1 or not piece:
                raise Unread(f"the arguments of {name.key}")
            arguments.append(self.term(self.parse(piece)))
        bound = all(self.is_bound(a) for a in arguments)
        if name.shown in self.dependent:
            arguments.append(self.symbol(self.dependent[name.shown]))
        arbitrary = self.is_discriminator(name) or (name.base in TEST_FUNCTIONS and bound and not name.above)
        if not arbitrary and name.shown not in self.parametric:
            self.unexplained[name.key] = None
        kind = (
            self.range_of_discriminator()
            if self.is_discriminator(name)
            else "positive"
            if name.base in POSITIVE
            else "real"
        )
        if kind == "real" and name.shown in self.positive:
            kind = "positive"
        return Function(name.shown, kind)(*arguments)

    def derived(self, name: Name, row: Row) -> Term | None:
        """``f'(a)`` of a function that the document defines, or of the logistic function, at a variable or symbol."""
        known = self.definitions.get(name.key)
        if known is None or known.parameters is None:
            is_logistic = name.base == "sigmoid" or (name.base == "sigma" and self.is_logistic(name, row))
            if not is_logistic:
                return None
        argument = name_of(row[0]) if len(row) == 1 else None
        if argument is None:
            raise Unread(f"the derivative of {name.key} at what is no variable")
        own = {n.key for n in names_in(known.parameters or ())} if known is not None else set()
        if known is not None and argument.key in {n.key for n in names_in(known.row or ())} - own:
            raise Unread(f"the derivative of {name.key} at what stands in its formula")
        if variable_key(argument) in self.vocabulary.variables:
            self.continuous.add(self.vocabulary.slot(variable_key(argument)))
        at_point = self.term(self.parse(row))
        return self.derivative(at_point, self._call(Node("call", (name, row))))

    def is_logistic(self, name: Name, row: Row) -> bool:
        """Whether sigma is the logistic function: it is only ever applied to one argument."""
        if name.below or name.above or name.primes or len(split(row, "COMMA")) != 1:
            return False
        if "sigma" in self.vocabulary.plain_names or self.vocabulary.deviations:
            return False
        self.notes["sigma is the logistic function"] = None
        return True

    def is_bound(self, t: Term) -> bool:
        """Whether a point is made of bound variables and of parameters of laws: there a test function is arbitrary."""
        bound = set(self.bound)  # a set asks for identity; == would state an equation

        def known(u: Any) -> bool:
            if isinstance(u, tuple):
                return all(known(a) for a in u)
            if not isinstance(u, Term) or u in bound:
                return True
            if u.head in ("var", "sym", "fn", "den"):
                return (u.args[0] if u.head == "fn" else getattr(u, "name", "")) in self.parametric
            return known(u.args)

        return known(t) and not bound.isdisjoint(walk(t))


def _letters(node: Any) -> set[str]:
    """The names of a product or power, without their marks."""
    if isinstance(node, Node):
        return {node.args[0].base} if node.head == "name" else set().union(*map(_letters, node.args))
    return set().union(*map(_letters, node)) if isinstance(node, tuple) else set()


__all__ = ["Meaning"]
