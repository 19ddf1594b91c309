r"""Steps between normal laws of vectors: full covariances, traces, determinants, quadratic forms.

The ordinary reading takes matrices for numbers, which is enough to refute a step, not to prove it.  What holds in one
dimension is read once more here, with vectors and covariances of a symbolic dimension; whatever does not fit this
vocabulary is not read.  Main definition: `in_matrices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derivations.language.matrices import Inverse, MultivariateNormal, det, inverse, quadratic_form, trace
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
from derivations.latex.cases import RELATIONS, Context
from derivations.latex.definitions import Definition, is_normal
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Row, spell
from derivations.latex.meaning import Meaning
from derivations.latex.names import Name, name_of
from derivations.latex.normals import GAUSSIAN
from derivations.latex.readings import Reading
from derivations.latex.tokens import Unread

MATRICES = ("Sigma", "S", "Lambda")
DIMENSIONS = ("d", "D", "k", "K", "n", "N", "J", "p")


def at_one_point(row: Row) -> None:
    """Check that the normal laws of a divergence are laws of one variable, wherever they show theirs."""
    laws = [piece for _, piece in split(row, "DBAR")]
    points = [split(p[-1].args[0], "SEMI", "BAR") for p in laws if p and p[-1].kind == "bracketed"]
    if len({spell(pieces[0][1]) for pieces in points if len(pieces) == 2}) > 1:
        raise Unread("a divergence of laws of different variables")


def said_to_be_normal(node: Node, definitions: Mapping[str, Definition], meaning: Meaning) -> Row | None:
    """The normal law, without a point, that the document says a law to be; None if it says nothing or two things."""
    name: Name = node.args[0]
    if not meaning.vocabulary.is_law(name):
        return None
    stem, found = meaning.vocabulary.stem(name), []
    for d in definitions.values():
        known = name_of(d.density[0]) if d.density is not None and d.row and is_normal(d.row) else None
        if d.density is None or d.row is None or known is None or meaning.vocabulary.stem(known) != stem:
            continue
        if node.head == "name" or spell(d.density[1].args[0]) == spell(node.args[1]):
            found.append(d.row)
    if len(found) != 1:
        return None
    law, arguments = found[0]
    for mark in ("SEMI", "BAR"):
        pieces = split(arguments.args[0], mark)
        if len(pieces) == 2:
            return (law, replace(arguments, args=(pieces[1][1],)))
    return found[0]


class Transposed:
    """A row vector."""

    def __init__(self, vector: Term) -> None:
        self.vector = vector


def in_matrices(left: Row, relation: str, right: Row, context: Context) -> Statement | None:
    """The statement that a step makes of vectors and full covariances, or None where it is not read so."""
    if relation not in RELATIONS or relation == "!=" or context.given:
        return None
    meaning = Meaning(context.vocabulary, Reading(), {}, context.discrete, context.signs)
    try:
        nodes = meaning.parse(left), meaning.parse(right)
        reader = Matrices(meaning, nodes, context.definitions)
        return Statement(relation, reader.number(nodes[0]), reader.number(nodes[1]))
    except LanguageError:  # Unread is one: it stays with the reading in one dimension
        return None


class Matrices:
    """Expressions as numbers, vectors, covariances and their inverses."""

    def __init__(
        self, meaning: Meaning, nodes: tuple[Node, Node], definitions: Mapping[str, Definition] | None = None
    ) -> None:
        self.meaning, self.definitions = meaning, definitions or {}
        self.vectors: set[str] = set()
        self.points: set[str] = set()
        names = [n for node in nodes for n in self.survey(node)]
        spelled = [n.key for n in names if n.key in DIMENSIONS]
        if len(set(spelled)) > 1:
            raise Unread("several dimensions")
        self.dimension = Symbol("sym", spelled[0] if spelled else "d", "positive", ())

    def survey(self, node: Any) -> list[Name]:
        """The plain names of an expression; the means and points of its normal laws are noted."""
        if isinstance(node, tuple):
            return [n for part in node for n in self.survey(part)]
        if not isinstance(node, Node):
            return []
        if node.head in ("name", "call") and (said := said_to_be_normal(node, self.definitions, self.meaning)):
            return self.survey(self.meaning.parse(said))
        if node.head == "name":
            return [node.args[0]]
        if node.head != "call":
            return self.survey(node.args)
        name, row = node.args
        found = []
        if name.base in GAUSSIAN:
            point, mean, _ = self.parameters(row)
            self.points |= {spell(point)} if point else set()
            self.vectors |= {n.key for p in mean for n in [name_of(p)] if n is not None}
            return []
        for _, piece in split(row, "DBAR", "COMMA"):
            found += self.survey(self.meaning.parse(piece))
        return found

    def parameters(self, row: Row) -> tuple[Row, Row, Row]:
        """The point (or nothing), the mean and the covariance of a normal law."""
        for mark in ("SEMI", "BAR"):
            pieces = split(row, mark)
            if len(pieces) == 2:
                break
        point = pieces[0][1] if len(pieces) == 2 else ()
        rest = split(pieces[-1][1], "COMMA")
        if len(rest) != 2:
            raise Unread("the parameters of a normal law")
        return point, rest[0][1], rest[1][1]

    # Values -----------------------------------------------------------------------------------------------------

    def number(self, node: Node) -> Term:
        value = self.value(node)
        if (
            not isinstance(value, Term)
            or (isinstance(value, (Symbol, Variable)) and value.shape)
            or self.is_vector(node)
        ):
            raise Unread("a vector or matrix where a number is meant")
        return value

    def value(self, node: Node) -> Any:
        method = getattr(self, f"_{node.head}", None)
        if method is None:
            raise Unread(f"a {node.head} of vectors")
        return method(node)

    def is_vector(self, node: Node) -> bool:
        if node.head == "name":
            return node.args[0].key in self.vectors | self.points
        return node.head == "sum" and any(self.is_vector(n) for _, n in node.args)

    def _number(self, node: Node) -> Term:
        return term(node.args[0])

    def _name(self, node: Node) -> Any:
        name: Name = node.args[0]
        if name.key in self.points:
            return Variable("var", name.shown, "continuous", name.shown, (self.dimension,))
        if name.key in self.vectors:
            return Symbol("sym", name.shown, "real", (self.dimension,))
        if name.base in MATRICES:
            return Symbol("sym", name.shown, "positive definite", (self.dimension, self.dimension))
        if name.key in DIMENSIONS:
            return self.dimension
        if self.meaning.vocabulary.is_circular(name):
            return pi
        if name.base == "e" and not name.below:
            return self.meaning.euler()
        raise Unread(f"the name {name.key} beside matrices")

    def _sum(self, node: Node) -> Term:
        vectors = [self.is_vector(n) for _, n in node.args]
        if any(vectors) and not all(vectors):
            raise Unread("a sum of vectors and numbers")
        read = self.value if any(vectors) else self.number
        total = term(0)
        for sign, n in node.args:
            total = total + read(n) if sign > 0 else total - read(n)
        return total

    def _transpose(self, node: Node) -> Transposed:
        if not self.is_vector(node.args[0]):
            raise Unread("the transpose of what is no vector")
        return Transposed(self.value(node.args[0]))

    def _product(self, node: Node) -> Term:
        """Numbers, and u^T S^-1 u or u^T u among them."""
        total, left = term(1), list(node.args)
        while left:
            value = self.value(left[0])
            if isinstance(value, Transposed):
                middle = self.value(left[1]) if len(left) > 1 else None
                length = 3 if isinstance(middle, Inverse) else 2
                if len(left) < length or not self.is_vector(left[length - 1]):
                    raise Unread("a product of vectors")
                if self.value(left[length - 1]) is not value.vector:
                    raise Unread("a bilinear form of two vectors")
                form = (
                    quadratic_form(middle, value.vector) if isinstance(middle, Inverse) else self.square(value.vector)
                )
                total, left = total * form, left[length:]
                continue
            total, left = total * self.number(left[0]), left[1:]
        return total

    def square(self, vector: Term) -> Term:
        """u^T u."""
        i = Index("idx", "i", term(1), self.dimension)
        return Term("sum", i, at(vector, i) ** 2)

    def _quotient(self, node: Node) -> Term:
        return self.number(node.args[0]) / self.number(node.args[1])

    def _power(self, node: Node) -> Any:
        base, exponent = node.args
        e = number(self.number(exponent))
        if base.head == "norm" and len(base.args) == 1 and e == 2 and self.is_vector(base.args[0]):
            return self.square(self.value(base.args[0]))
        value = self.value(base)
        if isinstance(value, Symbol) and len(value.shape) == 2:
            if e != -1:
                raise Unread("a power of a matrix")
            return inverse(value)
        value = self.number(base)
        return exp(self.number(exponent) * log(value)) if e is None else power(value, e)

    def _log(self, node: Node) -> Term:
        if node.args[1] is not None:
            raise Unread("a logarithm to another base")
        return log(self.number(node.args[0]))

    def _absolute(self, node: Node) -> Term:
        value = self.value(node.args[0])
        if not isinstance(value, Symbol) or len(value.shape) != 2:
            raise Unread("bars around what is no matrix")
        return det(value)

    def _function(self, node: Node) -> Term:
        name, body = node.args
        if name == "e":
            self.meaning.euler()
        if name in ("exp", "e"):
            return exp(self.number(body))
        if name == "det":
            return self._absolute(Node("absolute", (body,)))
        if name != "trace":
            raise Unread(f"the function {name} of matrices")
        parts = [self.value(n) for n in (body.args if body.head == "product" else (body,))]
        matrices = [p for p in parts if isinstance(p, Symbol) and len(p.shape) == 2]
        inverses = [p for p in parts if isinstance(p, Inverse)]
        if len(parts) == 2 and len(matrices) == len(inverses) == 1:
            return trace(inverses[0], matrices[0])
        if len(parts) == len(matrices) == 1:
            i = Index("idx", "i", term(1), self.dimension)
            return Term("sum", i, Term("entry", matrices[0], i, i))
        raise Unread("a trace of this form")

    # Laws -------------------------------------------------------------------------------------------------------

    def _call(self, node: Node) -> Term:
        name, row = node.args
        if name.base == "KL" and len(split(row, "DBAR")) == 2:
            a, b = (self.law(self.meaning.parse(piece)) for _, piece in split(row, "DBAR"))
            at_one_point(row)
            return Term("KL", (self.point(),), a, b)
        if name.base in ("H", "h") and len(split(row, "DBAR", "BAR")) == 1:
            a = self.law(self.meaning.parse(row))
            return Term("CE", (self.point(),), a, a)
        if name.base in GAUSSIAN and self.parameters(row)[0]:
            return self.law(node)
        raise Unread(f"{name.key} of vectors")

    def point(self) -> Variable:
        return Variable("var", "x", "continuous", "x", (self.dimension,))

    def law(self, node: Node) -> Term:
        """The density of a normal law with full covariance; ``N(0, I)`` by its independent components."""
        if node.head in ("name", "call") and (known := said_to_be_normal(node, self.definitions, self.meaning)):
            node = self.meaning.parse(known)
        if node.head == "name" and (said := self.meaning.vocabulary.drawn.get(node.args[0].key.lower())) is not None:
            self.meaning.used.add(node.args[0].key.lower())
            node = self.meaning.parse(said)
            self.survey(node)
        if node.head != "call" or node.args[0].base not in GAUSSIAN:
            raise Unread("a law that is not normal")
        at_, mean, covariance = self.parameters(node.args[1])
        point = self.value(self.meaning.parse(at_)) if at_ else self.point()
        centre = self.value(self.meaning.parse(mean))
        if spell(covariance) in ("I", "one") and number(centre) == 0:
            i = Index("idx", "i", term(1), self.dimension)
            return Term("prod", i, Term("normal", at(point, i), term(0), term(1)))
        matrix = self.value(self.meaning.parse(covariance))
        if not isinstance(matrix, Symbol) or len(matrix.shape) != 2:
            raise Unread("a covariance of this form")
        return MultivariateNormal(centre, matrix)(point)
