r"""Rows of parts to expressions: how far a logarithm, an expectation, an integral or a bar reaches.

The preferred reading: a logarithm takes the product up to the next plus or minus, its closing parenthesis, or a
``\cdot``; a bare expectation, and an integral or sum without a differential, take one term; a slash divides the product
on its left.  Where a writer may have meant another reach, the place is a *choice* (`derivations.latex.readings`).
Main definitions: `Node`, `parse`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derivations.latex.expressions import Differential, Node, speaks_of, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import Name, exact_name, name_of
from derivations.latex.readings import Reading
from derivations.latex.tokens import Unread

MAX_NODES = 5_000
MAX_DIGITS = 290

Callable_ = Callable[[Name, Row], bool]

_STOPS = frozenset(("COMMA", "SEMI", "COLON", "STOP", "REL", "SIM", "IN", "TO", "ARROW", "TEXT"))
_PRODUCTS = frozenset(("TIMES", "CDOT", "STAR"))


def parse(row: Row, applies: Callable_, reading: Reading) -> Node:
    """The expression that a row is; *applies* tells a function's argument from a factor in parentheses."""
    if not row:
        raise Unread("a side that is empty")
    return _Parser(row, applies, reading).whole()


def _misplaced(part: Part) -> str:
    """A place where an expression does not go on, and what is wrong with it."""
    where = f"the place at {part.text or part.kind!r}"
    if part.kind == "DBAR":
        return f"{where}: a double bar after a name that is no divergence known here"
    if part.kind == "BAR":
        return f"{where}: a bar that belongs to no law and closes nothing"
    return where


class _Parser:
    def __init__(self, row: Row, applies: Callable_, reading: Reading) -> None:
        self.row, self.applies, self.reading = row, applies, reading
        self.at = 0

    def sub(self, row: Row) -> Node:
        return parse(row, self.applies, self.reading)

    def peek(self, ahead: int = 0) -> Part | None:
        place = self.at + ahead
        return self.row[place] if place < len(self.row) else None

    def whole(self) -> Node:
        node = self.expression()
        rest = self.peek()
        if rest is not None:
            if rest.kind == "COMMA":
                return self.listed(node)
            raise Unread(_misplaced(rest))
        return node

    def listed(self, first: Node) -> Node:
        nodes = [first]
        while (part := self.peek()) is not None and part.kind == "COMMA":
            self.at += 1
            nodes.append(self.expression())
        if self.peek() is not None:
            raise Unread(f"the place after a comma at {spell(self.row[self.at :])[:20]!r}")
        return Node("list", tuple(nodes), first.place)

    def expression(self) -> Node:
        terms: list[tuple[int, Node]] = []
        start = self.row[self.at].place if self.at < len(self.row) else 0
        sign = 1
        part = self.peek()
        if part is not None and part.kind in ("PLUS", "MINUS"):
            sign = -1 if part.kind == "MINUS" else 1
            self.at += 1
        while True:
            node = self.term()
            found, after = self.differentials(self.at)
            if found:  # a second integrand under the sign of the first: an integral sign is understood
                node = Node("integral", (None, None, tuple(found), node), node.place)
                self.at = after
            terms.append((sign, node))
            part = self.peek()
            if part is None or part.kind not in ("PLUS", "MINUS"):
                break
            sign = -1 if part.kind == "MINUS" else 1
            self.at += 1
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Node("sum", tuple(terms), start)

    def term(self, in_log: bool = False, across_dots: bool = False) -> Node:
        """A product: up to the next plus or minus; inside a logarithm also up to a dot or another operator."""
        factors: list[Node] = []
        start_at = self.at
        start = self.row[self.at].place if self.at < len(self.row) else 0
        while (part := self.peek()) is not None:
            if part.kind in ("PLUS", "MINUS"):
                times = self.at > 0 and self.row[self.at - 1].kind in _PRODUCTS
                if (factors and not times) or part.kind == "PLUS":
                    break
                self.at += 1  # a sign after a product sign, as in 2 \cdot -1
                factors.append(Node("number", (Fraction(-1),), part.place))
                continue
            if part.kind == "STOP" and factors and self.goes_on():
                self.at += 1
                continue
            if part.kind in _STOPS or (part.kind == "BAR" and factors and not self.bar_opens()):
                break
            if part.kind == "DBAR" and factors and not self.bar_opens():
                break
            if in_log and factors and ((part.kind == "CDOT" and not across_dots) or self.ends_log(part)):
                break
            if self.differentials(self.at)[0] and factors:
                break
            if part.kind in _PRODUCTS:
                self.at += 1
                following = self.peek()
                alone = following is None or following.kind in ("PLUS", *_STOPS)
                star = part.kind == "STAR" and (not factors or (following is not None and following.kind == "MINUS"))
                if alone or star:
                    raise Unread("a product sign with nothing beside it")
                if part.text == "otimes" and not (factors and self.are_densities(self.row[self.at - 2 : self.at + 1])):
                    raise Unread("a tensor product of what are no laws")
                if part.kind == "STAR" and factors and factors[-1].head == "name" and following is not None:
                    right = self.factor()  # f * g, which for functions and laws is no product
                    factors.append(Node("starred", (factors.pop(), right)) if right.head == "name" else right)
                continue
            if part.kind == "SLASH":
                if not factors:
                    raise Unread("a slash with nothing on its left")
                self.at += 1
                below = self.denominator()
                factors = [Node("quotient", (self.product(factors), below), start)]
                continue
            if part.kind == "NUMBER" and self.at > start_at and self.row[self.at - 1].kind == "NUMBER":
                raise Unread("two numbers side by side")
            factors.append(self.factor())
        if not factors:
            what = self.peek()
            raise Unread(f"an operator with nothing {'after' if what is None else 'before'} it")
        return self.product(factors)

    def goes_on(self) -> bool:
        """Whether a factor follows a full stop, which then is a product sign."""
        following = self.peek(1)
        return following is not None and following.kind in ("bracketed", "fraction", "NAME", "FUNCTION", "NUMBER")

    @staticmethod
    def product(factors: Sequence[Node]) -> Node:
        return factors[0] if len(factors) == 1 else Node("product", tuple(factors), factors[0].place)

    def ends_log(self, part: Part) -> bool:
        return part.kind in ("NABLA",) or (part.kind == "FUNCTION" and part.text in ("log", "log2"))

    def denominator(self) -> Node:
        """The factor after a slash; a product of plain names after it is the other reading."""
        factors = [self.factor()]
        following = self.peek()
        ways = ("the slash divides by one factor", "the slash divides by the product")
        if following is not None and following.kind in ("NAME", "NUMBER") and self.is_plain_factor(following):
            whole = self.reading.choose("slash", ways)
            if whole:
                while (part := self.peek()) is not None and part.kind in ("NAME", "NUMBER"):
                    factors.append(self.factor())
        return self.product(factors)

    def is_plain_factor(self, part: Part) -> bool:
        name = name_of(part)
        return name is None or name.base not in ("E", "KL", "JSD", "H", "I")

    # Factors ----------------------------------------------------------------------------------------------------

    def factor(self) -> Node:
        part = self.peek()
        if part is None:
            raise Unread("an operator with nothing after it")
        self.at += 1
        self.reading.count()
        kind = part.kind
        if kind == "NUMBER":
            if len(part.text) > MAX_DIGITS:
                raise Unread(f"a number of more than {MAX_DIGITS} digits")
            if not part.text.strip("."):
                raise Unread(f"the place at {part.text!r}")
            if part.below is not None:
                raise Unread(f"the number {part.text} with a subscript, as of an indicator")
            return self.powered(Node("number", (Fraction(part.text),), part.place), part)
        if kind in ("NAME", "accent"):
            return self.named(part)
        if kind in ("bracketed", "braced"):
            return self.powered(self.group(part), replace(part, below=None))
        if kind == "fraction":
            return self.powered(self.fraction(part), part)
        if kind in ("root", "root_of"):
            return self.rooted(part)
        if kind == "label":
            if part.primes or (part.above is not None and part.below is not None):
                raise Unread("a mark on a brace under a formula")
            return self.sub(part.args[0])
        if kind == "FUNCTION":
            return self.function(part)
        if kind == "BIG":
            return self.big(part)
        if kind in ("NABLA", "PARTIAL"):
            return self.gradient(part)
        if kind == "EXTREMUM":
            return self.extremum(part)
        if kind in ("absolute", "norm"):
            node = Node("absolute" if kind == "absolute" else "norm", (self.sub(part.args[0]),), part.place)
            return self.powered(self.with_label(node, part), replace(part, below=None))
        if kind in ("BAR", "DBAR"):
            return self.barred(part)
        if kind == "DOTS":
            raise Unread("dots")
        raise Unread(f"the symbol {part.text!r}")

    def with_label(self, node: Node, part: Part) -> Node:
        label = spell(part.below)
        return Node(node.head, (*node.args, label), node.place) if label not in ("", "2") else node

    def group(self, part: Part) -> Node:
        inside = part.args[0]
        if part.text == "." or not inside:
            raise Unread("a bracket that is empty")
        if part.text == "<" and len(split(inside, "COMMA", "BAR")) == 1:
            raise Unread("angle brackets, which may be a mean")
        node = self.sub(inside)
        if part.below is not None:
            if spell(part.below) != "+":
                raise Unread("a bracket with a subscript")
            node = Node("positive part", (node,), part.place)
        return node

    def fraction(self, part: Part) -> Node:
        above, below = part.args
        if (above and above[0].kind in ("PARTIAL", "DIFFERENTIAL")) or (
            spell(above) == "d" and below and below[0].text == "d"
        ):
            return self.quotient_of_differentials(part, above, below)
        heads = [row[0].text if row and row[0].kind == "NAME" else "" for row in (above, below)]
        if heads[0] == heads[1] == "d" and len(above) == len(below) == 2 and self.are_laws(above[1], below[1]):
            return self.density_ratio(part, above[1], below[1])
        ordinary = heads[0] == heads[1] == "d" and len(below) == 2 and exact_name(below[1]) is not None
        if ordinary and len(above) > 1 and above[0].plain and below[0].plain:
            return self.quotient_of_differentials(part, above, below)
        if heads[0] == heads[1] and heads[0] in ("delta", "d") and len(above) > 1:
            raise Unread("a derivative in d or delta notation")
        return Node("quotient", (self.sub(above), self.sub(below)), part.place)

    def are_densities(self, around: Row) -> bool:
        """Whether a law, with its arguments or without, stands on both sides of an operator."""
        before, _, behind = around
        if before.kind == "bracketed" and self.at >= 3:
            before = self.row[self.at - 3]
        names = [exact_name(replace(p, below=None)) for p in (before, behind)]
        return all(n is not None and n.base in "pqPQr" for n in names)

    def are_laws(self, *parts: Part) -> bool:
        names = [exact_name(p) for p in parts]
        return all(n is not None and n.base[0].isupper() and self.applies(n, ()) for n in names)

    def density_ratio(self, part: Part, above: Part, below: Part) -> Node:
        r"""``\frac{dP}{dQ}(x)``: the ratio of the densities."""
        following = self.peek()
        called = following is not None and following.kind == "bracketed" and following.plain
        self.at += called
        nodes = []
        for name in (name_of(above), name_of(below)):
            arguments = following.args[0] if called and following is not None else ()
            nodes.append(Node("call", (name, arguments), part.place) if called else Node("name", (name,), part.place))
        return Node("quotient", tuple(nodes), part.place)

    def quotient_of_differentials(self, part: Part, above: Row, below: Row) -> Node:
        """``\\frac{\\partial}{\\partial x} f`` and ``\\frac{\\partial f}{\\partial x}``."""
        if above[0].above is not None or not below or len(below) < 2:
            raise Unread("a higher derivative")
        variable = below[1:]
        body = self.sub(above[1:]) if len(above) > 1 else self.gradient_body()
        return Node("gradient", (variable, body), part.place)

    def rooted(self, part: Part) -> Node:
        degree = Fraction(2)
        if part.kind == "root_of":
            shown = spell(part.args[0])
            if not shown.isdigit():
                raise Unread("a root of a symbolic degree")
            degree = Fraction(shown)
        inside = part.args[-1]
        if part.below is not None and len(inside) == 1 and inside[0].kind == "NAME" and inside[0].below is None:
            inside = (replace(inside[0], below=part.below),)  # \\sqrt\\beta_t is the root of beta_t
            part = replace(part, below=None)
        node = Node("power", (self.sub(inside), Node("number", (1 / degree,))), part.place)
        return self.powered(node, part)

    def powered(self, node: Node, part: Part) -> Node:
        """The node with the superscript of a part as its exponent."""
        if part.primes:
            raise Unread("a prime on an expression")
        if part.below is not None:
            raise Unread("a subscript on an expression")
        if part.above is None:
            return node
        if spell(part.above) in ("T", "transpose"):
            return Node("transpose", (node,), part.place)
        if len(part.above) == 1 and part.above[0].kind in ("STAR", "bracketed", "PLUS", "MINUS"):
            raise Unread("a mark on an expression")
        return Node("power", (node, self.sub(part.above)), part.place)

    def decorated(self, node: Node, bracket: Part) -> Node:
        """What is called with a bracket, with the bracket's superscript as its exponent."""
        if bracket.below is not None:
            raise Unread("a bracket with a subscript")
        return self.powered(node, bracket)

    def named(self, part: Part) -> Node:
        name = name_of(part)
        if name is None:
            raise Unread("an accent over an expression")
        if name.base in ("E", "Var", "Cov") and not name.accents and self.is_expectation(name):
            return self.expectation(part, name)
        power = replace(part, below=None, primes=0) if part.above is not None and not name.above else None
        if name.base == "e" and part.above is not None and not name.below:
            return Node("function", ("exp", self.sub(part.above)), part.place)
        following = self.peek()
        called = following is not None and following.kind == "bracketed"
        inner = called and following is not None and following.text == "<"  # an inner product is a factor
        if called and following is not None and not inner and self.applies(name, following.args[0]):
            if part.above is not None and spell(part.above) == "-1":
                raise Unread("an inverse function")
            self.at += 1
            call = Node("call", (name, following.args[0]), part.place)
            call = self.decorated(call, following)
            return self.powered(call, power) if power else call
        node = Node("name", (name,), part.place)
        return self.powered(node, power) if power else node

    def is_expectation(self, name: Name) -> bool:
        """An E with a parameter for a subscript, before parentheses, is an energy unless it is a blackboard E."""
        following = self.peek()
        if name.style == "blackboard" or name.base != "E":
            return True
        if name.above or name.primes:
            return False
        parameter = bool(name.below) and name.below in ("theta", "phi", "psi", "eta", "omega")
        return not (parameter and following is not None and following.kind == "bracketed" and following.text == "(")

    def expectation(self, part: Part, name: Name) -> Node:
        following = self.peek()
        below = part.below or ()
        if following is None:
            raise Unread("an expectation of nothing")
        if following.kind == "bracketed":
            self.at += 1
            inside = split(following.args[0], "BAR")
            square = following.above is not None and following.text == "(" and len(following.args[0]) > 1
            if square and len(inside) == 1:  # E(X - Y)^2
                ways = ("a mean takes the power of its parentheses", "a power of a mean in parentheses")
                if not self.reading.choose("power of a mean", ways):
                    body = self.powered(self.sub(following.args[0]), replace(following, below=None))
                    return Node("expectation", (name.base, below, body), part.place)
            if len(inside) == 2:  # E[x | y]
                node = Node("expectation", (name.base, below, self.sub(inside[0][1]), inside[1][1]), part.place)
            else:
                node = Node("expectation", (name.base, below, self.sub(following.args[0])), part.place)
            node = self.decorated(node, following)
        else:
            start = self.at
            body = self.reach("expectation")
            if not below and any(
                p.kind in _PRODUCTS and not self.is_operator(q)
                for p, q in itertools.pairwise(self.row[start : self.at])
            ):
                raise Unread("a mean without brackets before a product sign, which may end there")
            node = Node("expectation", (name.base, below, body), part.place)
        if part.above is not None:
            if any(p.kind != "NUMBER" for p in part.above):
                raise Unread("a mark on an expectation")
            node = self.powered(node, replace(part, below=None))
        return node

    def reach(self, what: str) -> Node:
        """One term after an operator without brackets; the rest of the expression is the other reading."""
        start = self.at
        body = self.term()
        part = self.peek()
        if part is not None and part.kind in ("PLUS", "MINUS"):
            ways = (f"the {what} takes one term", f"the {what} takes all that follows")
            if self.reading.choose(what, ways):
                self.at = start
                return self.expression()
        return body

    def function(self, part: Part) -> Node:
        name = part.text
        exponent = part.above
        following = self.peek()
        if following is None:
            raise Unread(f"a {name} of nothing")
        base: Any = None
        if name == "log" and part.below is not None:
            base = self.sub(part.below)
        elif name == "log2":
            name, base = "log", Node("number", (Fraction(2 if part.text == "log2" else 10),))
        outer = None
        if following.kind == "bracketed" and following.text != ".":
            outer = (
                following if following.above is not None and spell(following.above) not in ("T", "transpose") else None
            )
            body = self.bracketed_argument(replace(following, above=None) if outer is not None else following)
        elif name == "log":
            body = self.log_argument()
        else:
            body = self.factor()
        node = Node("log", (body, base), part.place) if name == "log" else Node("function", (name, body), part.place)
        if exponent is not None:
            node = Node("power", (node, self.sub(exponent)), part.place)
        return (
            node if outer is None else self.powered(node, replace(outer, below=None))
        )  # \\exp(a)^2 is the square of exp(a)

    def bracketed_argument(self, following: Part) -> Node:
        """The argument in brackets; what is multiplied to it is a factor of its own, or part of it."""
        start = self.at
        self.at += 1
        body = self.powered(self.group(following), replace(following, below=None))
        part = self.peek()
        if part is not None and part.kind in ("bracketed", "SLASH", "fraction", "NAME"):
            ways = ("a logarithm ends with its closing parenthesis", "a logarithm takes the product")
            if self.reading.choose("closed log", ways):
                self.at = start
                return self.term(in_log=True)
        return body

    def log_argument(self) -> Node:
        start = self.at
        after_gradient = start >= 2 and self.row[start - 2].kind in ("NABLA", "PARTIAL")
        first = self.factor()
        one = self.at
        part = self.peek()
        if part is not None and part.kind == "CDOT":
            ways = ("a logarithm ends before the dot", "a logarithm takes the product across the dot")
            if self.reading.choose("log before a dot", ways):
                self.at = start
                return self.term(in_log=True, across_dots=True)
        if part is None or part.kind in ("PLUS", "MINUS", "CDOT") or part.kind in _STOPS or self.ends_log(part):
            return first
        if part.kind in ("BIG", "EXTREMUM") or (part.kind == "NAME" and self.is_operator(part)):
            applied = any(p.kind == "bracketed" for p in self.row[start:one])  # log p(x) \int ..., not log 1/K \sum ...
            ways = ("a logarithm takes the operator after it", "a logarithm ends before an operator")
            if (
                self.reading.choose(
                    f"log before an operator{' after a value' if applied else ''}", ways[::-1] if applied else ways
                )
                == applied
            ):
                self.at = start
                return self.term(in_log=True)
            return first
        self.at = start
        product = self.term(in_log=True)
        if self.at == one:
            return product
        ways = ("a logarithm takes the product", "a logarithm takes one factor")
        if after_gradient:
            ways = (ways[1], ways[0])
        chosen = self.reading.choose("log after nabla" if after_gradient else "log", ways)
        if bool(chosen) != after_gradient:
            self.at = one
            return first
        return product

    def is_operator(self, part: Part) -> bool:
        name = name_of(part)
        return name is not None and name.base == "E" and self.is_expectation(name)

    # Integrals, sums, gradients, extrema ------------------------------------------------------------------------

    def differentials(self, at: int) -> tuple[list[Differential], int]:
        """The run of differentials at a place (``dx``, ``d x dz``, ``dP(x)``), and where it ends."""
        found = []
        while at + 1 < len(self.row):
            part, following = self.row[at], self.row[at + 1]
            is_d = part.kind == "DIFFERENTIAL" or (part.kind == "NAME" and part.text == "d")
            name = exact_name(following) if is_d and part.plain else None
            if name is None or name.base in ("KL", "d"):
                break
            at += 2
            measure = None
            if at < len(self.row) and self.row[at].kind == "bracketed" and self.row[at].plain:
                measure = self.row[at].args[0]
                at += 1
            found.append(Differential(name, measure))
        return found, at

    def big(self, part: Part) -> Node:
        if part.text != "int":
            body = self.reach("sum" if part.text == "sum" else "product sign")
            if part.text == "prod" and body.head == "product":
                return self.product_over(part, body)
            head = "total" if part.text == "sum" else "product over"
            return Node(head, (part.below or (), part.above or (), body), part.place)
        self.row = (*self.row[: self.at - 1], *_in_the_open(self.row[self.at - 1 :]))
        first, after = self.differentials(self.at)
        if first:
            self.at = after
            rest = self.peek()
            alone = rest is None or rest.kind in ("PLUS", "MINUS", *_STOPS)
            body = Node("number", (Fraction(1),)) if alone else self.reach("integral")
            return Node("integral", (part.below, part.above, tuple(first), body), part.place)
        end = self.closing_differential()
        if end is None:
            return Node("integral", (part.below, part.above, (), self.reach("integral")), part.place)
        found, after = self.differentials(end)
        body = self.sub(self.row[self.at : end]) if end > self.at else Node("number", (Fraction(1),))
        self.at = after
        return Node("integral", (part.below, part.above, tuple(found), body), part.place)

    def product_over(self, part: Part, body: Node) -> Node:
        r"""A product sign takes the factors up to the last one that has its letter: \prod_t q(x_t) h is h times it."""
        letter = name_of(part.below[0]) if part.below else None
        kept = len(body.args)
        while kept and letter is not None and not speaks_of(body.args[kept - 1], letter.base):
            kept -= 1
        kept = kept or len(body.args)
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
        return Node("gradient", (part.below or (), self.gradient_body()), part.place)

    def gradient_body(self) -> Node:
        """A gradient takes the next factor, with the operators in front of it; in brackets all that they hold."""
        if self.peek() is None:
            raise Unread("a gradient of nothing")
        return self.factor()

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
        return at + 1 >= len(self.row) or self.row[at + 1].kind in ("PLUS", "MINUS", *_STOPS)

    # Bars -------------------------------------------------------------------------------------------------------

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
    r"""A row without the brackets behind an integral sign that hold its differential as well: ``\int {p(x) dx}``."""
    at = 1
    while at < len(row):
        sign, group = row[at - 1], row[at]
        around = sign.kind == "BIG" and sign.text == "int" and group.kind in ("braced", "bracketed") and group.plain
        inside = _in_the_open(group.args[0]) if around else ()
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
