r"""Steps about vectors, by their components: inner products, norms, normal laws with covariance s I or diag(s).

A second reading of what holds in one dimension, or seems not to: vectors have a symbolic dimension, and what a function
gives at a point is any vector, so that what is proved holds for all.  Nothing is refuted by it.  Main definitions:
`in_components`, `componentwise`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derivations.language.statements import Statement
from derivations.language.terms import (
    Index,
    LanguageError,
    Symbol,
    Term,
    Variable,
    at,
    exp,
    log,
    number,
    pi,
    power,
    term,
)
from derivations.latex.arguments import read_arguments
from derivations.latex.cases import RELATIONS, Context
from derivations.latex.covariances import DIMENSIONS, at_one_point, said_to_be_normal
from derivations.latex.definitions import Definition
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Row, spell
from derivations.latex.meaning import POSITIVE, Meaning
from derivations.latex.names import Name, every_part, name_of, names_in, written
from derivations.latex.normals import GAUSSIAN
from derivations.latex.readings import Reading
from derivations.latex.tokens import Unread

VECTORS = frozenset(("x", "y", "z", "u", "v", "w", "b", "m", "s", "f", "g", "h", "mu", "nu", "epsilon"))
NUMBERS = frozenset(("alpha", "beta", "gamma", "lambda", "eta", "tau", "kappa", "rho", "sigma", "c", "t"))


@dataclass(frozen=True)
class Vector:
    """A vector by its components; *row* says that it is transposed."""

    component: Callable[[Index], Term]
    row: bool = False


def speaks_of_vectors(*sides: Row) -> bool:
    """Whether a step has norms, inner products or normal laws of vectors in it."""
    found = [p for row in sides for p in every_part(row)]
    return any(p.kind == "norm" or p.text in ("I", "one", "transpose", "<") for p in found) or any(
        p.above and spell(p.above) in ("T", *DIMENSIONS) for p in found if p.kind != "BIG"
    )


def in_components(left: Row, relation: str, right: Row, context: Context) -> tuple[Statement, bool] | None:
    """The statement that a step makes of vectors, and whether all of them are arbitrary; None if it is not read so."""
    if relation not in RELATIONS or relation == "!=" or context.given:
        return None
    meaning = Meaning(context.vocabulary, Reading(), {}, context.discrete, context.signs)
    try:
        reader = Vectors(meaning, (left, right))
        reader.definitions = context.definitions
        sides = [reader.number(meaning.parse(row)) for row in (left, right)]
        if not reader.used:
            return None
        given = [("<=", term(0), r) for r in reader.radicands]
        return Statement(relation, sides[0], sides[1], (), tuple(given)), not reader.opaque
    except LanguageError:  # Unread is one
        return None


def componentwise(left: Row, right: Row, context: Context) -> bool:
    r"""Whether both sides are vectors made linearly of others, so that the step in one dimension is its component.

    A score \nabla_x \log N(x; m, s I) is such a vector: its component i depends on the i-th ones of x and m alone.
    """
    meaning = Meaning(context.vocabulary, Reading(), {}, context.discrete, context.signs)
    try:
        reader = Vectors(meaning, (left, right))
        reader.linear, reader.definitions = True, context.definitions
        one, other = (reader.value(meaning.parse(row)) for row in (left, right))
        linear = isinstance(one, Vector) and isinstance(other, Vector) and one.row == other.row
        return linear and not reader.products
    except LanguageError:
        return False


class Vectors:
    """Expressions as numbers and vectors."""

    def __init__(self, meaning: Meaning, sides: tuple[Row, Row]) -> None:
        self.meaning = meaning
        self.definitions: Mapping[str, Definition] = {}
        self.linear = False  # no products are asked for
        self.opaque = False  # a function of vectors, which may be any
        self.used = False  # an inner product, a norm or a normal law of vectors
        self.sums = self.products = 0
        self.vectors = VECTORS | {name for row in sides for name in _measured(row)}
        spelled = sorted(
            {p.text for row in sides for p in every_part(row) if p.kind == "NAME" and p.plain and p.text in DIMENSIONS}
        )
        if len(spelled) > 1:
            raise Unread("several dimensions")
        self.size = Symbol("sym", spelled[0] if spelled else "dimension", "positive", ())
        self.bound: dict[str, Index] = {}
        self.drawn: dict[str, Variable] = {}  # the vectors that expectations average over
        self.radicands: list[Term] = []

    # Values -----------------------------------------------------------------------------------------------------

    def value(self, node: Node) -> Any:
        method = getattr(self, "_" + node.head.replace(" ", "_"), None)
        if method is None:
            raise Unread(f"a {node.head} of vectors")
        return method(node)

    def number(self, node: Node) -> Term:
        value = self.value(node)
        if not isinstance(value, Term):
            raise Unread("a vector where a number is meant")
        return value

    def vector(self, node: Node) -> Vector:
        value = self.value(node)
        if not isinstance(value, Vector):
            raise Unread("a number where a vector is meant")
        return value

    def over_components(self, body: Callable[[Index], Term]) -> Term:
        self.used = True
        self.sums += 1
        self.products += 1
        index = Index("idx", f"i{self.sums}", term(1), self.size)
        return Term("sum", index, body(index))

    def inner(self, u: Vector, v: Vector) -> Term:
        return self.over_components(lambda i: u.component(i) * v.component(i))

    # Expressions ------------------------------------------------------------------------------------------------

    def _number(self, node: Node) -> Term:
        return term(node.args[0])

    def _sum(self, node: Node) -> Any:
        values = [(sign, self.value(n)) for sign, n in node.args]
        if all(isinstance(v, Term) for _, v in values):
            total = term(0)
            for sign, v in values:
                total = total + v if sign > 0 else total - v
            return total
        rows = {v.row for _, v in values if isinstance(v, Vector)}
        if len(rows) != 1 or any(isinstance(v, Term) for _, v in values):
            raise Unread("a sum of vectors and numbers")

        def component(i: Index) -> Term:
            parts = [v.component(i) if sign > 0 else -v.component(i) for sign, v in values]
            return sum(parts[1:], parts[0])

        return Vector(component, rows.pop())

    def _product(self, node: Node) -> Any:
        factor, waiting = term(1), None
        for n in node.args:
            value = self.value(n)
            if isinstance(value, Term):
                factor = factor * value
            elif waiting is None:
                waiting = value
            elif waiting.row and not value.row:
                factor, waiting = factor * self.inner(waiting, value), None
            else:
                raise Unread("a product of vectors")
        if waiting is None:
            return factor
        whole, number_ = waiting, factor
        return Vector(lambda i: number_ * whole.component(i), whole.row)

    def _quotient(self, node: Node) -> Any:
        value, below = self.value(node.args[0]), self.number(node.args[1])
        return Vector(lambda i: value.component(i) / below, value.row) if isinstance(value, Vector) else value / below

    def _power(self, node: Node) -> Term:
        base, exponent = node.args
        e = number(self.number(exponent))
        if base.head == "norm" and len(base.args) == 1:
            if e != 2:
                raise Unread("a power of a norm")
            u = self.vector(base.args[0])
            return self.inner(u, u)
        value = self.number(base)
        if e is None:
            return exp(self.number(exponent) * log(value))
        if e.denominator == 2 and number(value) is None:
            self.radicands.append(value)
        return power(value, e)

    def _transpose(self, node: Node) -> Vector:
        u = self.vector(node.args[0])
        return Vector(u.component, not u.row)

    def _list(self, node: Node) -> Term:
        if len(node.args) != 2:
            raise Unread("a list")
        return self.inner(self.vector(node.args[0]), self.vector(node.args[1]))

    def _log(self, node: Node) -> Term:
        if node.args[1] is not None:
            raise Unread("a logarithm to another base")
        return log(self.number(node.args[0]))

    def _function(self, node: Node) -> Term:
        if node.args[0] == "e":
            self.meaning.euler()
        elif node.args[0] != "exp":
            raise Unread(f"the function {node.args[0]} of vectors")
        return exp(self.number(node.args[1]))

    def _total(self, node: Node) -> Term:
        below, above, body = node.args
        pieces = split(below, "REL")
        letter = name_of(pieces[0][1][0]) if len(pieces[0][1]) == 1 else None
        if letter is None or letter.key in self.bound or (len(pieces) == 2 and spell(pieces[1][1]) != "1"):
            raise Unread("a sum of this form")
        if above and spell(above) not in DIMENSIONS:
            raise Unread("a sum of this length")
        self.bound[letter.key] = index = Index("idx", letter.key, term(1), self.size)
        try:
            return Term("sum", index, self.number(body))
        finally:
            del self.bound[letter.key]

    def _expectation(self, node: Node) -> Term:
        """The mean of a number under a normal law of a vector."""
        kind, below, body = node.args[:3]
        sides = split(below, "SIM")
        name = name_of(sides[0][1][0]) if len(sides) == 2 and len(sides[0][1]) == 1 else None
        if kind != "E" or len(node.args) > 3 or name is None or name.key in self.drawn:
            raise Unread("an expectation of this form")
        variable = Variable("var", written(name.key), "continuous", written(name.key), (self.size,))
        density = self.law(sides[1][1], Vector(lambda i: at(variable, i)))
        self.drawn[name.key] = variable
        try:
            return Term("E", (variable,), density, self.number(body))
        finally:
            del self.drawn[name.key]

    # Names ------------------------------------------------------------------------------------------------------

    def _name(self, node: Node) -> Any:
        name: Name = node.args[0]
        if name.key in self.drawn:
            variable = self.drawn[name.key]
            return Vector(lambda i: at(variable, i))
        if self.meaning.vocabulary.is_circular(name):
            return pi
        if name.base == "e" and not name.below:
            return self.meaning.euler()
        if name.key in DIMENSIONS:
            return self.size
        if name.above in DIMENSIONS and name.base in NUMBERS:  # sigma^d
            return exp(self.size * log(self._name(Node("name", (plain(name),)))))
        if self.linear and is_identity(node):  # in s I = t I
            return Vector(lambda _: term(1))
        if self.meaning.vocabulary.is_law(name) or name.key in {*self.meaning.definitions, *self.definitions}:
            raise Unread("a law beside vectors")
        if name.accents and name.base in self.drawn:
            raise Unread(f"{name.key}, which may be made of what is averaged")
        for letter, index in self.bound.items():
            if name.below == letter:
                return at(self.symbol(name.base + "".join(name.accents), name.base, True), index)
        if name.base in self.vectors:
            key = name.key
            return Vector(lambda i: at(self.symbol(key, name.base, True), i))
        if name.base not in NUMBERS:
            raise Unread(f"the name {name.key} beside vectors")
        return self.symbol(name.key, name.base, False)

    def symbol(self, key: str, base: str, vector: bool) -> Symbol:
        return Symbol("sym", written(key), "positive" if base in POSITIVE else "real", (self.size,) if vector else ())

    def _call(self, node: Node) -> Any:
        name, row = node.args
        if name.base in GAUSSIAN:
            return self.density(row)
        if name.base == "KL" and len(split(row, "DBAR")) == 2:
            a, b = (self.law(piece) for _, piece in split(row, "DBAR"))
            at_one_point(row)
            return Term("KL", (self.point,), a, b)
        if name.base in ("H", "h") and row and row[0].text in GAUSSIAN:
            a = self.law(row)
            return Term("CE", (self.point,), a, a)
        if name.base not in VECTORS or self.meaning.vocabulary.is_law(name):
            raise Unread(f"{name.key} of vectors")
        spoken = {n.key for n in names_in(row)}
        if spoken & {*self.drawn, *self.definitions}:
            raise Unread(f"a function {name.key} of what is averaged or defined")
        self.opaque = True
        key = f"{name.key}_of_{spell(row)}"
        return Vector(lambda i: at(self.symbol(key, "", True), i))

    def _gradient(self, node: Node) -> Vector:
        r"""\nabla_x \log N(x; m, s I), of which only :func:`componentwise` asks."""
        row, body = node.args
        call = body.args[0] if body.head == "log" and body.args[1] is None else None
        if call is not None and call.head == "call" and self.meaning.vocabulary.is_law(call.args[0]):
            read = read_arguments(call.args[1], self.meaning.vocabulary.greek)
            said = self.definitions.get(self.meaning.law_pattern(call.args[0], read))
            call = self.meaning.parse(said.row) if said is not None and said.row else None
        if call is None or call.head != "call" or call.args[0].base not in GAUSSIAN or spell(row) == "":
            raise Unread("a gradient of this form")
        point, _ = self.pieces(call.args[1])
        if spell(point) != spell(row):
            raise Unread("a gradient in something else")
        self.density(call.args[1])

        def component(i: Index) -> Term:
            raise Unread("a gradient among vectors")

        return Vector(component)

    # Normal laws ------------------------------------------------------------------------------------------------

    @property
    def point(self) -> Variable:
        return Variable("var", "point", "continuous", "point", (self.size,))

    def pieces(self, row: Row) -> tuple[Row, Row]:
        """The point, or nothing, and the parameters."""
        for mark in ("SEMI", "BAR"):
            found = split(row, mark)
            if len(found) == 2:
                return found[0][1], found[1][1]
        return (), row

    def law(self, row: Row, where: Vector | None = None) -> Term:
        """The density of a normal law at a vector, or at the point of a divergence, wherever it is written."""
        node = self.meaning.parse(row)
        here = where or Vector(lambda i: at(self.point, i))
        if node.head in ("name", "call") and (said := said_to_be_normal(node, self.definitions, self.meaning)):
            return self.density(self.pieces(said[1].args[0])[1], here)
        if node.head != "call" or node.args[0].base not in GAUSSIAN:
            raise Unread("a law that is not normal")
        return self.density(self.pieces(node.args[1])[1], here)

    def density(self, row: Row, where: Vector | None = None) -> Term:
        """The density of a normal law of a vector with independent components, where it is written or given."""
        self.used = True
        place, parameters = self.pieces(row)
        rest = split(parameters, "COMMA")
        if len(rest) != 2:
            raise Unread("the parameters of a normal law")
        mean = self.value(self.meaning.parse(rest[0][1]))
        if isinstance(mean, Term):
            if number(mean) != 0:
                raise Unread("a number as the mean of a vector")
            mean = Vector(lambda _: term(0))
        if place:
            name = name_of(place[0]) if len(place) == 1 else None
            if name is None:
                raise Unread("the point of a normal law")
            where = self.vector(self.meaning.parse(place))
        elif where is None:
            raise Unread("a normal law where a density is meant")
        point = where
        variance = self.variance(self.meaning.parse(rest[1][1]))
        self.sums += 1
        index = Index("idx", f"i{self.sums}", term(1), self.size)
        return Term(
            "prod", index, Term("normal", point.component(index), mean.component(index), variance.component(index))
        )

    def variance(self, node: Node) -> Vector:
        """``s I`` and ``diag(s)``."""
        if node.head == "function" and node.args[0] == "diag":
            return self.diagonal(node.args[1])
        factors = node.args if node.head == "product" else (node,)
        kept = [n for n in factors if not is_identity(n)]
        if len(kept) == len(factors):
            raise Unread("a covariance of this form")
        value = self.number(Node("product", tuple(kept))) if kept else term(1)
        return Vector(lambda _: value)

    def diagonal(self, node: Node) -> Vector:
        """``sigma^2`` in ``diag(sigma^2)``: the squares of the components of sigma."""
        base = node.args[0] if node.head == "power" and number(self.number(node.args[1])) == 2 else None
        if base is None or base.head != "name" or base.args[0].base != "sigma":
            raise Unread("a diagonal of this form")
        key = base.args[0].key
        return Vector(lambda i: at(self.symbol(key, "sigma", True), i) ** 2)


def _measured(row: Row) -> Iterator[str]:
    """The letters of what has a norm, and of the means of normal laws, where they are no usual numbers."""
    for n, part in enumerate(row):
        for inner in (*part.args, part.below or (), part.above or ()):
            yield from _measured(inner)
        following = row[n + 1] if n + 1 < len(row) else None
        inside: Row = part.args[0] if part.kind == "norm" else ()
        if part.text in GAUSSIAN and following is not None and following.kind == "bracketed":
            inside = split(split(following.args[0], "SEMI", "BAR")[-1][1], "COMMA")[0][1]
        names = [name_of(p) for p in inside]
        yield from (m.base for m in names if m is not None and m.base not in NUMBERS and m.key not in DIMENSIONS)


def plain(name: Name) -> Name:
    """A name without its superscript."""
    return Name(name.base, name.style, name.accents, name.below, "", name.primes, name.place, name.below_row)


def is_identity(node: Node) -> bool:
    return bool(node.head == "name" and node.args[0].base in ("I", "one") and not node.args[0].above)
