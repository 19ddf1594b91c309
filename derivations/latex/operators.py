r"""Operators and what they run over: integrals, sums, products, gradients, extrema, bars.

How far they reach is in :mod:`derivations.latex.reaches`.
Main definition: `Operators`, a part of the parser of `derivations.latex.notation`.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

from derivations.latex.expressions import Node, speaks_of, split
from derivations.latex.grammar import Part, Row
from derivations.latex.names import exact_name, name_of
from derivations.latex.reaches import STOPS, Reaches, bases
from derivations.latex.tokens import Unread

_SCALARS = frozenset(("NAME", "FUNCTION", "NUMBER"))


class Operators(Reaches):
    """Integrals, sums, gradients, extrema and bars at a place in a row."""

    # Integrals, sums, gradients, extrema ------------------------------------------------------------------------------

    def big(self, part: Part) -> Node:
        if part.text != "int":
            runs = name_of(part.below[0]) if part.below else None
            letter = runs.base if runs is not None and part.text == "sum" and not runs.below else ""
            body = self.reach("sum" if part.text == "sum" else "product sign", letter)
            if part.text == "prod" and body.head == "product":
                return self.product_over(part, body)
            head = "total" if part.text == "sum" else "product over"
            return Node(head, (part.below or (), part.above or (), body), part.place)
        self.row = (*self.row[: self.at - 1], *_in_the_open(self.row[self.at - 1 :]))
        first, after = self.differentials(self.at)
        if first:
            self.at = after
            rest = self.peek()
            alone = rest is None or rest.kind in ("PLUS", "MINUS", *STOPS)
            body = Node("number", (Fraction(1),)) if alone else self.reach("integral")
            return Node("integral", (part.below, part.above, tuple(first), body), part.place)
        end = self.closing_differential()
        if end is None:
            return Node("integral", (part.below, part.above, (), self.reach("integral")), part.place)
        found, after = self.differentials(end)
        body = self.sub(self.row[self.at : end], True) if end > self.at else Node("number", (Fraction(1),))
        self.at = after
        return Node("integral", (part.below, part.above, tuple(found), body), part.place)

    def product_over(self, part: Part, body: Node) -> Node:
        r"""A product sign takes the factors up to the last one that has its letter: \prod_t q(x_t) h is h times it.

        Where those behind it are no laws or functions, the writer may have meant all of them.
        """
        letter = name_of(part.below[0]) if part.below else None
        kept = len(body.args)
        while kept and letter is not None and not speaks_of(body.args[kept - 1], letter.base):
            kept -= 1
        kept = kept or len(body.args)
        apart = body.args[kept:]
        ways = ("a product sign ends with its letter", "a product sign takes all factors")
        if apart and not any(n.head == "call" for n in apart) and self.reading.choose("product of letters", ways):
            kept = len(body.args)  # \prod_i x_i \lambda e^{-\lambda}, but \prod_i p(x_i) p(\theta)
        inner = Node("product", body.args[:kept], body.place) if kept > 1 else body.args[0]
        whole = Node("product over", (part.below or (), part.above or (), inner), part.place)
        return Node("product", (whole, *body.args[kept:]), part.place) if kept < len(body.args) else whole

    def closing_differential(self) -> int | None:
        """Where the differentials of the integral sign just read begin; inner integrals take theirs first."""
        inner = 0
        at = self.at
        while at < len(self.row):
            part = self.row[at]
            if part.kind == "BIG" and part.text == "int":
                inner += 1
            found, after = self.differentials(at)
            if found:
                taken = min(inner, len(found)) if inner else 0
                if taken < len(found):
                    for _ in range(taken):
                        at += 2
                    return at
                inner -= taken
                at = after
            else:
                at += 1
        return None

    def gradient(self, part: Part) -> Node:
        if part.above is not None:
            raise Unread("a second derivative")
        below = part.below or ()
        return Node("gradient", (below, self.differentiated(below)), part.place)

    def differentiated(self, variable: Row, quotient: bool = False) -> Node:
        """What a derivative takes: the next factor with the operators in front of it, or the product, a choice.

        Where that factor is a constant, it takes the product.  *quotient*: d/dx, which takes dots and slashes as well.
        """
        if self.peek() is None:
            raise Unread("a gradient of nothing")
        start = self.at
        first = self.factor()
        one = self.at
        constant = not quotient and self.is_constant(self.row[start:one], variable)
        ends = () if quotient or constant else ("SLASH", "TIMES", "STAR", *(() if self.dots_at_a_name() else ("CDOT",)))
        of_log = not quotient and self.row[start].kind == "FUNCTION"  # a choice of its own
        if not self.goes_on(*ends) or of_log or self.differentiates():
            return first
        ways = ("a derivative takes one factor", "a derivative takes the product")
        if quotient:
            one_factor = self.reading.choose("derivative d/dx", ways[::-1]) == 1
        else:
            one_factor = not constant and self.reading.choose("derivative", ways) == 0
        if one_factor:
            return first
        self.at = start
        return self.term()

    def is_constant(self, row: Row, variable: Row = ()) -> bool:
        """Whether a factor is a number or a plain letter that is not differentiated in."""
        part = row[0]
        plain = part.kind in ("NUMBER", "fraction", "root") or (part.kind == "NAME" and part.text.islower())
        return plain and len(row) == 1 and {*bases(row)}.isdisjoint(bases(variable))

    def dots_at_a_name(self) -> bool:
        """Whether a dot and a name or function follow: of f(x) . (y - x) the gradient is that of f."""
        part, following = self.peek(), self.peek(1)
        return part is not None and part.kind == "CDOT" and following is not None and following.kind in _SCALARS

    def differentiates(self) -> bool:
        """Whether a derivative stands at the place."""
        part = self.peek()
        if part is None or part.kind != "fraction":
            return part is not None and part.kind in ("NABLA", "PARTIAL")
        heads = [row[0] for row in part.args if row]
        return len(heads) == 2 and all(p.kind in ("PARTIAL", "DIFFERENTIAL") or p.text == "d" for p in heads)

    def extremum(self, part: Part) -> Node:
        kind, below = part.text, part.below or ()
        following = self.peek()
        if kind == "arg":
            if following is None or following.kind != "EXTREMUM":
                raise Unread("an arg of nothing")
            self.at += 1
            kind, below = "arg" + following.text, (*below, *(following.below or ()))
            following = self.peek()
        if following is None:
            raise Unread(f"a {kind} of nothing")
        if following.kind == "bracketed" and following.plain and not below:
            pieces = split(following.args[0], "COMMA")
            if len(pieces) > 1:
                self.at += 1
                return Node("choice", (kind, tuple(self.sub(row) for _, row in pieces)), part.place)
        if following.kind == "bracketed" and following.plain and self.last_factor(self.at):
            self.at += 1
            return Node("extremum", (kind, below, self.sub(following.args[0])), part.place)
        start = self.at
        body = self.expression()
        if body.head == "sum":
            ways = (f"the {kind} takes all that follows", f"the {kind} takes one term")
            if self.reading.choose(kind, ways):
                self.at = start
                body = self.term()
        return Node("extremum", (kind, below, body), part.place)

    def last_factor(self, at: int) -> bool:
        """Whether no factor follows the part at a place."""
        return at + 1 >= len(self.row) or self.row[at + 1].kind in ("PLUS", "MINUS", *STOPS)

    # Bars -------------------------------------------------------------------------------------------------------------

    def bar_opens(self) -> bool:
        """Whether the bar at hand opens an absolute value: another one follows."""
        part = self.row[self.at]
        return part.plain and any(p.kind == part.kind for p in self.row[self.at + 1 :])

    def barred(self, part: Part) -> Node:
        for end in range(self.at + 1, len(self.row)):
            if self.row[end].kind == part.kind:
                closing = self.row[end]
                body = self.sub(self.row[self.at : end])
                self.at = end + 1
                node = Node("absolute" if part.kind == "BAR" else "norm", (body,), part.place)
                return self.powered(self.with_label(node, closing), replace(closing, below=None))
        raise Unread("a bar that is not closed")


def _in_the_open(row: Row) -> Row:
    r"""A row without the brackets, or the brace below it, that hold the differential of the integral sign before."""
    at = 1
    while at < len(row):
        sign, group = row[at - 1], row[at]
        group_of_it = group.labelled or (group.kind in ("braced", "bracketed") and group.plain)
        inside = _in_the_open(group.args[0]) if sign.kind == "BIG" and sign.text == "int" and group_of_it else ()
        if _integrates(inside):
            row = (*row[:at], *inside, *row[at + 1 :])
        else:
            at += 1
    return row


def _integrates(row: Row) -> bool:
    """Whether a row has more differentials than integral signs, so that one belongs to a sign before it."""
    drawn = sum(
        (a.kind == "DIFFERENTIAL" or (a.kind == "NAME" and a.text == "d")) and a.plain and exact_name(b) is not None
        for a, b in itertools.pairwise(row)
    )
    return drawn > sum(p.kind == "BIG" and p.text == "int" for p in row)
