"""Normal laws: ``N(x; m, v)`` as a density, ``N(m, v)`` as a law; in one dimension or by components.

Main definition: `Normals`, a part of :class:`derivations.latex.meaning.Meaning`.
"""

from __future__ import annotations

from derivations.language.terms import Index, Symbol, Term, at, power, term, walk
from derivations.latex.arguments import variable_key
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Row
from derivations.latex.names import Name, name_of
from derivations.latex.sums import Sums
from derivations.latex.tokens import Unread

GAUSSIAN = ("Normal", "N", "calN")


class Normals(Sums):
    """Normal laws and densities."""

    # Normal laws ------------------------------------------------------------------------------------------------

    def is_normal_name(self, name: Name) -> bool:
        return name.base in GAUSSIAN

    def is_normal(self, name: Name, row: Row) -> bool:
        return self.is_normal_name(name) and len(split(row, "COMMA")) >= 2

    def normal_density(self, row: Row) -> Term:
        """``N(x; mu, sigma^2)`` or ``N(x | mu, sigma^2)``."""
        pieces = split(row, "SEMI")
        if len(pieces) != 2:
            pieces = split(row, "BAR")
        if len(pieces) != 2:
            raise Unread("a normal law where a density is meant")
        name = name_of(pieces[0][1][0]) if len(pieces[0][1]) == 1 else None
        if name is not None and variable_key(name) in self.vocabulary.variables:
            self.continuous.add(self.vocabulary.slot(variable_key(name)))
            if self.by_components():
                return self.vector_law(variable_key(name), pieces[1][1])
        point = self.term(self.parse(pieces[0][1]))
        return self.normal_at(point, pieces[1][1])

    def normal_law(self, row: Row, targets: tuple[str, ...]) -> Term:
        """``N(mu, sigma^2)`` as the law of a variable."""
        if len(split(row, "SEMI")) == 2 or len(split(row, "BAR")) == 2:
            return self.normal_density(row)
        if len(targets) > 1:
            raise Unread("a normal law of several variables")
        key = targets[0] if targets else "x"
        slot = self.vocabulary.slot(key)
        self.continuous.add(slot)
        if self.by_components():
            return self.vector_law(key, row)
        return self.normal_at(self.variable(key), row)

    def by_components(self) -> bool:
        """Whether a normal law is that of a vector, since the step sums over components."""
        return self.components and self.spread is None and not self.indices

    def vector_law(self, key: str, row: Row) -> Term:
        """The normal law of a vector with independent components."""
        index = Index("idx", "k", term(1), self.dimension_of_components())
        if not any(p.text == "I" or p.kind == "bracketed" for p in split(row, "COMMA")[-1][1]):  # N(mu, sigma^2)
            self.notes[f"the normal law of {key} is that of independent components"] = None
        self.vectors[self.vocabulary.slot(key)] = (index.upper,)
        self.spread = index
        try:
            return Term("prod", index, self.normal_at(at(self.variable(key), index), row))
        finally:
            self.spread = None

    def formula(self, row: Row, targets: tuple[str, ...]) -> Term:
        """What a density is, by a formula or by its normal law alone: ``N(z; 0, 1)``, ``N(0, 1)``."""
        node = self.parse(row)
        if node.head == "call" and self.is_normal(*node.args) and targets:
            return self.normal_law(node.args[1], targets)
        return self.term(node)

    def normal_at(self, point: Term, row: Row) -> Term:
        pieces = split(row, "COMMA")
        if len(pieces) != 2:
            raise Unread("the parameters of a normal law")
        mean = self.term(self.parse(pieces[0][1]))
        node = self.parse(pieces[1][1])
        spread = self.variance_of(node)
        symbol = spread.args[0] if spread.head == "at" else spread
        if isinstance(symbol, Symbol) and symbol.name.startswith("sigma"):
            ways = ("N(m, s) has the standard deviation s", "N(m, s) has the variance s")
            beside = bool(self.squared) or _is_matrix(node)  # then it is the variance, or the writer errs
            chosen = self.reading.choose("normal beside squares" if beside else "normal", ways[:: -1 if beside else 1])
            if (chosen == 0) != beside:
                spread = power(spread, 2)
                self.notes[f"{symbol.name} is the standard deviation in a normal law"] = None
        elif isinstance(symbol, Symbol) and symbol.name.partition("_")[0] in ("s", "tau", "S"):
            self.notes[f"{symbol.name} is the variance in a normal law"] = None
        elif spread.head == "pow":  # who writes sigma^2 there once writes variances there
            self.squared |= {t.name for t in walk(spread) if isinstance(t, Symbol) and t.name.startswith("sigma")}
        for t in (*walk(mean), *walk(spread)):
            if isinstance(t, Symbol) or t.head == "fn":
                name = t.name if isinstance(t, Symbol) else t.args[0]
                self.parametric.add(name)
                self.unexplained.pop(name, None)
        return Term("normal", point, mean, spread)

    def variance_of(self, node: Node) -> Term:
        """The second parameter of a normal law; a covariance matrix is read in one dimension."""
        if node.head == "name" and node.args[0].base == "I":
            self.scalar_only |= self.spread is None  # the components of a vector are numbers
            return term(1)
        if node.head == "product":
            kept = tuple(n for n in node.args if not (n.head == "name" and n.args[0].base == "I"))
            if len(kept) < len(node.args):
                self.scalar_only |= self.spread is None  # the components of a vector are numbers
                node = Node("product", kept) if len(kept) > 1 else kept[0]
        if node.head == "function" and node.args[0] == "diag":
            self.scalar_only |= self.spread is None  # the components of a vector are numbers
            node = node.args[1]
        return self.term(node)

    def dimension_of_components(self) -> Term:
        for upper in self.vocabulary.indices.values():
            if upper:
                return self.dimension(upper)
        return self.dimension("K")


def _is_matrix(node: Node) -> bool:
    """Whether a covariance is written as a matrix, sigma I or diag(sigma): its entries are variances."""
    identity = [n.head == "name" and n.args[0].base == "I" for n in (node.args if node.head == "product" else ())]
    return any(identity) or (node.head == "function" and node.args[0] == "diag")
