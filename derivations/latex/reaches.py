r"""How far expectations, logarithms and other functions reach, and the sums and integrals that ask the same.

The preferred reading: a logarithm takes the product up to the next plus or minus, its closing parenthesis, or a
``\cdot``; a bare expectation, and an integral or sum without a differential, take one term.  Where a writer may have
meant another reach, the place is a *choice* (`derivations.latex.readings`).
Main definition: `Reaches`, the ground of `derivations.latex.operators`.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derivations.latex.arguments import INDEX_LETTERS
from derivations.latex.expressions import Differential, Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import Name, every_part, exact_name, name_of, names_in
from derivations.latex.readings import Reading
from derivations.latex.tokens import Unread

STOPS = frozenset(("COMMA", "SEMI", "COLON", "STOP", "REL", "SIM", "IN", "TO", "ARROW", "TEXT"))
_RANDOM = frozenset("UVWXYZ")
PRODUCTS = frozenset(("TIMES", "CDOT", "STAR"))


class Reaches(ABC):
    """A place in a row, and what is read there of an operator; *applies* tells an argument from a factor."""

    def __init__(self, row: Row, applies: Callable[[Name, Row], bool], reading: Reading) -> None:
        self.row, self.applies, self.reading = row, applies, reading
        self.at = 0
        self.integrand = False  # the row stands between an integral sign and its differential

    @abstractmethod
    def sub(self, row: Row, integrand: bool = False) -> Node:
        """The expression that another row is."""

    @abstractmethod
    def expression(self) -> Node:
        """The expression at the place, up to where none goes on."""

    @abstractmethod
    def term(self, in_log: bool = False, across_dots: bool = False) -> Node:
        """The product at the place."""

    @abstractmethod
    def factor(self) -> Node:
        """The factor at the place."""

    @abstractmethod
    def group(self, part: Part) -> Node:
        """What brackets hold."""

    def peek(self, ahead: int = 0) -> Part | None:
        place = self.at + ahead
        return self.row[place] if place < len(self.row) else None

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

    def with_label(self, node: Node, part: Part) -> Node:
        label = spell(part.below)
        return Node(node.head, (*node.args, label), node.place) if label not in ("", "2") else node

    def ends_log(self, part: Part) -> bool:
        return part.kind in ("NABLA",) or (part.kind == "FUNCTION" and part.text in ("log", "log2"))

    # Expectations and logarithms --------------------------------------------------------------------------------------

    def is_expectation(self, name: Name) -> bool:
        """An E before parentheses is an energy, with a parameter for a subscript or where the document has energies.

        A blackboard E is none.
        """
        following = self.peek()
        if name.style == "blackboard" or name.base != "E":
            return True
        if name.style == "calligraphic":
            return False
        if name.above or name.primes:
            return False
        energy = self.reading.energies and not name.below
        energy |= bool(name.below) and name.below in ("theta", "phi", "psi", "eta", "omega")
        return not (energy and following is not None and following.kind == "bracketed" and following.text == "(")

    def is_operator(self, part: Part) -> bool:
        name = name_of(part)
        return name is not None and name.base == "E" and self.is_expectation(name)

    def expectation(self, part: Part, name: Name) -> Node:
        following = self.peek()
        below = part.below or ()
        if following is None:
            raise Unread("an expectation of nothing")
        if part.primes:
            raise Unread("a prime on an expectation")
        behind = self.peek(1)
        if not below and following.kind == "braced" and behind is not None and behind.kind in ("bracketed", "braced"):
            raise Unread(f"an expectation with {spell(following.args[0])} in braces, perhaps its law")
        if following.kind == "bracketed":
            self.at += 1
            inside = split(following.args[0], "BAR")
            sums = following.text == "(" and any(p.kind in ("PLUS", "MINUS") for p in following.args[0])
            if name.base == "E" and sums and (self.bracket_follows() or self.variable_follows()):  # E(X - a)(Y - b)
                ways = ("a mean takes the product of parentheses", "a mean ends with its closing parenthesis")
                if not self.reading.choose("mean of parentheses", ways):
                    self.at -= 1
                    return Node("expectation", (name.base, below, self.brackets()), part.place)
            square = following.above is not None and following.text == "(" and len(following.args[0]) > 1
            square = square and name.base == "E"  # Var(X - Y)^2 is the square of a variance
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
                p.kind in PRODUCTS and not self.is_operator(q) for p, q in itertools.pairwise(self.row[start : self.at])
            ):
                raise Unread("a mean without brackets before a product sign, which may end there")
            node = Node("expectation", (name.base, below, body), part.place)
        if part.above is not None:
            if any(p.kind != "NUMBER" for p in part.above):
                raise Unread("a mark on an expectation")
            node = self.powered(node, replace(part, below=None))
        return node

    def bracket_follows(self) -> bool:
        """Whether a parenthesis stands at the place."""
        part = self.peek()
        part = self.peek(1) if part is not None and part.kind == "CDOT" else part
        return part is not None and part.kind == "bracketed" and part.text == "("

    def variable_follows(self) -> bool:
        """Whether a random variable in a capital letter stands at the place."""
        name = name_of(part) if (part := self.peek()) is not None else None
        return name is not None and len(name.base) == 1 and name.base in _RANDOM

    def brackets(self) -> Node:
        """The product of the parentheses at the place."""
        factors = [self.factor()]
        while self.bracket_follows() or self.variable_follows():
            part = self.peek()
            self.at += part is not None and part.kind == "CDOT"
            factors.append(self.factor())
        return Node("product", tuple(factors), factors[0].place)

    def goes_on(self, *ends: str) -> bool:
        """Whether something is multiplied to what stands before the place, or divides it."""
        part = self.peek()
        if part is None or part.kind in ("PLUS", "MINUS", "BAR", "DBAR", *STOPS, *ends):
            return False
        return not self.differentials(self.at)[0]

    def reach(self, what: str, letter: str = "") -> Node:
        """One term after an operator without brackets; the rest of the expression is the other reading.

        Where the rest speaks of the *letter* of a sum, the sum rather takes it: \\sum_t a_t + b_t.
        """
        start = self.at
        body = self.term()
        part = self.peek()
        if part is not None and part.kind in ("PLUS", "MINUS"):
            ways = (f"the {what} takes one term", f"the {what} takes all that follows")
            spoken = letter in INDEX_LETTERS | {"t"} and _left_free(letter, self.row[self.at :])
            chosen = self.reading.choose(f"{what} over {letter}" if spoken else what, ways[::-1] if spoken else ways)
            if bool(chosen) != spoken:
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
            body = self.bracketed_argument(name, replace(following, above=None) if outer is not None else following)
        elif name == "log":
            body = self.log_argument()
        else:
            start = self.at
            body = self.factor()
            number = not bases(self.row[start : self.at])
            ways = (f"{name} takes the product", f"{name} takes one factor")
            if self.goes_on("TIMES", "STAR") and (number or not self.reading.choose("function", ways)):
                self.at = start
                body = self.term()
        node = Node("log", (body, base), part.place) if name == "log" else Node("function", (name, body), part.place)
        if exponent is not None:
            node = Node("power", (node, self.sub(exponent)), part.place)
        return (
            node if outer is None else self.powered(node, replace(outer, below=None))
        )  # \\exp(a)^2 is the square of exp(a)

    def bracketed_argument(self, name: str, following: Part) -> Node:
        """The argument in brackets; what is multiplied to it is a factor of its own, or part of it."""
        start = self.at
        self.at += 1
        body = self.powered(self.group(following), replace(following, below=None))
        part = self.peek()
        if part is not None and part.kind in ("bracketed", "SLASH", "fraction", "NAME"):
            ways = ("a logarithm ends with its closing parenthesis", "a logarithm takes the product")
            both = name == "log" and following.text == part.text == "("  # log(1 - x)(1 + x)
            if self.reading.choose("bracketed log" if both else "closed log", ways):
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
        if part is None or part.kind in ("PLUS", "MINUS", "CDOT") or part.kind in STOPS or self.ends_log(part):
            return first
        base = one == start + 1 and self.row[start].text == "e" and self.row[start].above is None
        if base and part.kind == "bracketed":  # log e (...): what another base makes of nats
            return first
        if part.kind in ("BIG", "EXTREMUM") or (part.kind == "NAME" and self.is_operator(part)):
            # log p(x) \int ..., not log 1/K \sum ...
            applied = any(p.kind == "bracketed" for p in every_part(self.row[start:one]))
            applied = applied or (one == start + 1 and self.row[start].kind == "NUMBER") or base  # log 2 \int ...
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
        over = self.over_another(start)
        if over is not None:
            ways = ("a logarithm takes the quotient", "a logarithm ends before the slash")
            if self.reading.choose("log over", ways):
                product, self.at = self.sub(self.row[start:over]), over
                return product
        ways = ("a logarithm takes the product", "a logarithm takes one factor")
        after_sign = start >= 2 and self.row[start - 2].kind == "BIG" and self.row[start - 2].text != "prod"
        after_sign |= self.integrand and start == 1
        if after_sign and not after_gradient:  # \\int log p(x) q(x) dx
            if self.reading.choose("log under a sign", ways):
                self.at = one
                return first
            return product
        if after_gradient:
            ways = (ways[1], ways[0])
        chosen = self.reading.choose("log after nabla" if after_gradient else "log", ways)
        if bool(chosen) != after_gradient:
            self.at = one
            return first
        return product

    def over_another(self, start: int) -> int | None:
        r"""The place of a slash that may divide the logarithm from a place on, as in ``\log n/n``.

        It does not in the log of 1/n, of p(x)/q(x), of p/(1 - p), and of s_2/s_1.
        """
        slash = next((n for n in range(start, self.at) if self.row[n].kind == "SLASH"), None)
        if slash is None or slash + 1 >= self.at:
            return None
        above, below = self.row[start:slash], self.row[slash + 1]
        if spell(above) == "1" or below.kind not in ("NAME", "NUMBER", "FUNCTION"):
            return None
        following = self.row[slash + 2] if slash + 2 < self.at else None
        alike = spell(above) == spell(self.row[slash + 1 : self.at])
        if following is not None and following.kind == "bracketed" and below.kind == "NAME" and not alike:  # p(x)/q(x)
            return None
        names = [name_of(above[0]), name_of(below)] if len(above) == 1 else []
        one, other = names or (None, None)
        if one is not None and other is not None:
            if one.base == other.base and one.key != other.key:
                return None
            if one.key != other.key and all(self.applies(n, ()) for n in (one, other)):
                return None
        return slash

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


def bases(row: Row) -> list[str]:
    return [n.base for n in names_in(row)]


def _left_free(letter: str, row: Row) -> bool:
    """Whether a term of a row speaks of a letter over which it does not sum."""
    terms: list[list[Part]] = [[]]
    for part in row:
        terms[-1].append(part)
        if part.kind in ("PLUS", "MINUS"):
            terms.append([])
    free = (t for t in terms if letter in bases(tuple(t)))
    return any(not any(p.kind == "BIG" and letter in bases(p.below or ()) for p in t) for t in free)
