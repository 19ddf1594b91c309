"""Rows of parts to expressions: sums, products, fractions, roots, names and what they are called with.

A slash divides the product on its left; how far operators reach is in :mod:`derivations.latex.reaches`.  Where a
writer may have meant another reading, the place is a *choice* (`derivations.latex.readings`).
Main definition: `parse`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import Name, exact_name, name_of, names_in
from derivations.latex.operators import Operators
from derivations.latex.reaches import PRODUCTS, STOPS
from derivations.latex.readings import Reading
from derivations.latex.symbols import WORDS_OF_FUNCTIONS
from derivations.latex.tokens import Unread

MAX_NODES = 5_000
MAX_DIGITS = 290

Callable_ = Callable[[Name, Row], bool]


def parse(row: Row, applies: Callable_, reading: Reading, integrand: bool = False) -> Node:
    """The expression that a row is; *applies* tells a function's argument from a factor in parentheses."""
    if not row:
        raise Unread("a side that is empty")
    parser = _Parser(row, applies, reading)
    parser.integrand = integrand
    return parser.whole()


def _misplaced(part: Part) -> str:
    """A place where an expression does not go on, and what is wrong with it."""
    where = f"the place at {part.text or part.kind!r}"
    if part.kind == "DBAR":
        return f"{where}: a double bar after a name that is no divergence known here"
    if part.kind == "BAR":
        return f"{where}: a bar that belongs to no law and closes nothing"
    return where


def _integrates(node: Node) -> bool:
    """Whether an expression is an integral, or ends with one."""
    last = node.args[-1] if node.head == "product" else node.args[-1][1] if node.head == "sum" else node
    return node.head == "integral" or (isinstance(last, Node) and last is not node and _integrates(last))


class _Parser(Operators):
    def sub(self, row: Row, integrand: bool = False) -> Node:
        return parse(row, self.applies, self.reading, integrand)

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
            if found and not any(_integrates(before) for _, before in terms):
                raise Unread("a differential without an integral sign")
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
                times = self.at > 0 and self.row[self.at - 1].kind in PRODUCTS
                if (factors and not times) or part.kind == "PLUS":
                    break
                self.at += 1  # a sign after a product sign, as in 2 \cdot -1
                factors.append(Node("number", (Fraction(-1),), part.place))
                continue
            if part.kind == "STOP" and factors and self.stop_multiplies():
                self.at += 1
                continue
            if part.kind in STOPS or (part.kind == "BAR" and factors and not self.bar_opens()):
                break
            if part.kind == "DBAR" and factors and not self.bar_opens():
                break
            if in_log and factors and ((part.kind == "CDOT" and not across_dots) or self.ends_log(part)):
                break
            if self.differentials(self.at)[0] and factors:
                break
            if part.kind in PRODUCTS:
                self.at += 1
                following = self.peek()
                alone = following is None or following.kind in ("PLUS", *STOPS)
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
            before = self.row[self.at - 1] if self.at > start_at else None
            if part.kind == "NUMBER" and before is not None and before.kind in ("NUMBER", "NAME"):
                label = before.kind == "NAME" and before.above is None and part.above is None  # P1 is a name
                if before.kind == "NUMBER" or label:
                    raise Unread("two numbers side by side" if not label else f"a number behind {before.text}")
            if part.kind == "fraction" and before is not None and before.kind == "NUMBER" and not names_in((part,)):
                raise Unread("a number beside a fraction, which may be a mixed number")
            factors.append(self.factor())
        if not factors:
            what = self.peek()
            raise Unread(f"an operator with nothing {'after' if what is None else 'before'} it")
        return self.product(factors)

    def stop_multiplies(self) -> bool:
        """Whether a factor follows a full stop, which then is a product sign."""
        following = self.peek(1)
        return following is not None and following.kind in ("bracketed", "fraction", "NAME", "FUNCTION", "NUMBER")

    @staticmethod
    def product(factors: Sequence[Node]) -> Node:
        return factors[0] if len(factors) == 1 else Node("product", tuple(factors), factors[0].place)

    def denominator(self) -> Node:
        """The factor after a slash; a product of plain names after it is the other reading."""
        factors = [self.factor()]
        following = self.peek()
        ways = ("the slash divides by one factor", "the slash divides by the product")
        plain = ("NAME", "NUMBER", "root", "root_of")
        if following is not None and following.kind in plain and self.is_plain_factor(following):
            whole = self.reading.choose("slash", ways)
            if whole:
                while (part := self.peek()) is not None and part.kind in plain:
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
            if not part.labelled:
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
        if heads[0] == heads[1] == "d" and not above[0].plain:
            raise Unread("a higher derivative")
        if heads[0] == heads[1] == "d" and len(above) == len(below) == 2 and self.are_laws(above[1], below[1]):
            return self.density_ratio(part, above[1], below[1])
        ordinary = heads[0] == heads[1] == "d" and len(below) == 2 and exact_name(below[1]) is not None
        if ordinary and len(above) > 1 and above[0].plain and below[0].plain:
            return self.quotient_of_differentials(part, above, below)
        if heads[0] == heads[1] and heads[0] in ("delta", "d", "Delta", "D") and len(above) > 1:
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
        body = self.sub(above[1:]) if len(above) > 1 else self.differentiated(variable, quotient=True)
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

    def increment(self, following: Part, called: bool, place: int) -> Node:
        """``Delta t`` as one name; Delta before anything else is an operator."""
        other, behind = name_of(following), self.peek(1)
        if (
            called
            or other is None
            or following.above is not None
            or (behind is not None and behind.kind == "bracketed")
        ):
            raise Unread("the operator Delta")
        self.at += 1
        return Node("name", (replace(other, base=f"Delta{other.base}"),), place)

    def named(self, part: Part) -> Node:
        name = name_of(part)
        if name is None:
            raise Unread("an accent over an expression")
        if name.base in ("E", "Var", "Cov") and not name.accents and self.is_expectation(name):
            return self.expectation(part, name)
        power = replace(part, below=None, primes=0) if part.above is not None and not name.above else None
        if name.base == "e" and part.above is not None and not name.below:
            return Node("function", ("e", self.sub(part.above)), part.place)
        following = self.peek()
        called = following is not None and following.kind == "bracketed"
        inside = following.args[0] if called and following is not None else ()
        if len(inside) == 2 and (inside[0].kind == "DIFFERENTIAL" or inside[0].text == "d") and inside[0].plain:
            raise Unread(f"the measure {name.key}")
        if name.key == "d" and called and self.integrand and len(inside) == 1:
            raise Unread(f"d({spell(inside)}), perhaps a differential")
        if called and name.base in ("O", "o") and name.style != "bold":
            raise Unread(f"{name.base}({spell(inside)}), an order of magnitude")
        if name.key == "delta" and called:
            raise Unread(f"delta({spell(inside)}), perhaps a point mass")
        if name.key == "Delta" and following is not None and (called or following.kind == "NAME"):
            return self.increment(following, called, part.place)
        raised = spell(power.above) if power is not None else ""
        if power is not None and (
            raised == "0" or (raised not in ("T", "transpose", "-1") and name.base in self.reading.iterated)
        ):
            name, power = replace(name, above=raised, above_row=power.above or ()), None  # a member of a sequence
        inner = called and following is not None and following.text == "<"  # an inner product is a factor
        if name.base in WORDS_OF_FUNCTIONS and not called and following is not None:
            raise Unread(f"the function {name.base} without brackets")
        if called and name.key in ("Gamma", "zeta", "Phi") and not self.applies(name, ()):
            raise Unread(f"the function {name.key}")
        if called and following is not None and not inner and self.applies(name, following.args[0]):
            if part.above is not None and spell(part.above) == "-1":
                raise Unread("an inverse function")
            self.at += 1
            call = Node("call", (name, following.args[0]), part.place)
            call = self.decorated(call, following)
            return self.powered(call, power) if power else call
        before = self.row[self.at - 2] if self.at > 1 else None
        if name.key == "pi" and before is not None and before.kind == "NUMBER" and before.text == "2" and not called:
            name = replace(name, style="number")  # 2 pi, also beside a policy
        node = Node("name", (name,), part.place)
        return self.powered(node, power) if power else node
