"""Suprema, infima and what runs over: functions, events, laws, Lipschitz functions, couplings.

Main definition: `Suprema`, a part of :class:`derivations.latex.meaning.Meaning`.
"""

from __future__ import annotations

from typing import Any

from derivations.language.terms import Function, Term
from derivations.latex.arguments import variable_key
from derivations.latex.binding import exchanged
from derivations.latex.expectations import Expectations
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import Name, exact_name, name_of
from derivations.latex.tokens import Unread

EVENTS = frozenset("ABES")  # sets over which a supremum of probabilities runs


class Suprema(Expectations):
    """What optimises."""

    def _extremum(self, node: Node) -> Term:
        kind, below, body = node.args
        head = {"max": "sup", "sup": "sup", "min": "inf", "inf": "inf"}.get(kind)
        if head is None:
            raise Unread(f"an {kind} as a number")
        lipschitz = self.lipschitz(below)
        if lipschitz is not None:
            return self.dual(head, *lipschitz, body)
        marginals = self.couplings(below)
        if marginals is not None:
            return self.primal(head, *marginals, body)
        if len(below) > 1 and below[1].kind == "IN" and below[0].text in EVENTS:
            self.notes[f"{spell(below[2:])} is the class of all events"] = None
            below = below[:1]
        function = self.function_over(below, body)
        if function is not None:
            return Term(head, Term("function", function.shown, "real"), self.term(body))
        name = exact_name(below[0]) if len(below) == 1 else None
        if name is None:
            raise Unread(f"a {kind} over {spell(below) or 'nothing that is named'}")
        if self.is_discriminator(name):
            return Term(head, Term("function", name.shown, self.range_of_discriminator()), self.term(body))
        if self.vocabulary.is_law(name):
            return Term(head, self.law(name), self.term(body))
        key = variable_key(name)
        if name.base in EVENTS and not name.below and self.laws_in(body):
            laws = self.difference_at(body.args[0], name) if body.head == "absolute" and head == "sup" else None
            if laws is None:
                raise Unread(f"a {kind} over events {name.key}")
            return self.compared("TV", *self.pair(*laws))  # sup_A |P(A) - Q(A)| is the total variation
        if key in self.vocabulary.variables:
            return Term(head, self.variable(key), self.term(body))
        raise Unread(f"a {kind} over {name.key}")

    def function_over(self, below: Row, body: Node) -> Name | None:
        r"""The function of ``\sup_T``, ``\sup_{g: X \to R}``, ``\sup_{T \in \mathcal{T}}`` (a class)."""
        pieces = split(below, "IN", "COLON")
        name = exact_name(pieces[0][1][0]) if len(pieces[0][1]) == 1 else None
        if name is None or len(pieces) > 2 or self.is_discriminator(name) or self.vocabulary.is_law(name):
            return None
        if variable_key(name) in self.vocabulary.variables or not self.calls(body, name):
            return None
        if len(pieces) == 2 and not any(p.kind == "TO" for p in pieces[1][1]):
            self.unexplained[spell(pieces[1][1])] = None
        return name

    def calls(self, node: Any, name: Name) -> bool:
        """Whether an expression applies a function."""
        if isinstance(node, Node):
            return (node.head == "call" and node.args[0].key == name.key) or any(self.calls(a, name) for a in node.args)
        if isinstance(node, tuple) and all(isinstance(p, Part) for p in node):
            return any((n := name_of(p)) is not None and n.key == name.key for p in node)
        return isinstance(node, tuple) and any(self.calls(a, name) for a in node)

    def difference_at(self, node: Node, event: Name) -> tuple[Node, Node] | None:
        """The laws in ``P(A) - Q(A)``."""
        if node.head != "sum" or [s for s, _ in node.args] != [1, -1]:
            return None
        calls = [n for _, n in node.args if n.head == "call" and spell(n.args[1]) == event.base]
        if len(calls) != 2 or not all(self.vocabulary.is_law(n.args[0]) for n in calls):
            return None
        return Node("name", (calls[0].args[0],)), Node("name", (calls[1].args[0],))

    def lipschitz(self, below: Row) -> tuple[Name, Term] | None:
        r"""``\|f\|_L \le K``: the function and its constant."""
        sides = split(below, "REL")
        if len(sides) != 2 or not sides[0][1]:
            return None
        names = [n for p in sides[0][1] for n in [name_of(p.args[0][0]) if p.kind == "norm" else name_of(p)] if n]
        label = spell(sides[0][1][-1:]) or ""
        if len(names) != 1 or "L" not in label or sides[0][1][0].kind not in ("BAR", "DBAR", "norm", "absolute"):
            return None
        return names[0], self.term(self.parse(sides[1][1]))

    def couplings(self, below: Row) -> tuple[str, tuple[Node, Node]] | None:
        r"""``\gamma \in \Pi(P, Q)``: the name of a coupling, and the laws that are coupled."""
        sides = split(below, "IN")
        if len(sides) != 2 or len(sides[1][1]) != 2 or sides[1][1][1].kind != "bracketed":
            return None
        name, laws = name_of(sides[1][1][0]), split(sides[1][1][1].args[0], "COMMA")
        if name is None or name.base not in ("Pi", "Gamma", "calC", "C", "U", "calU") or len(laws) != 2:
            return None
        if name.below or name.above or name.primes or name.accents:
            raise Unread(f"the couplings {name.key}, perhaps not all of them")
        return spell(sides[0][1]), (self.parse(laws[0][1]), self.parse(laws[1][1]))

    def primal(self, head: str, coupling: str, marginals: tuple[Node, Node], body: Node) -> Term:
        """The infimum over couplings of the mean distance under them: W1 by definition."""
        if body.head == "expectation" and body.args[1]:
            law = split(body.args[1], "SIM")[-1][1]
            if spell(law[:1]) != coupling or any(part.kind != "bracketed" for part in law[1:]):
                raise Unread("an average under another law than the coupling")
        distance = body.args[2] if body.head == "expectation" and len(body.args) == 3 else body
        plain = distance.args[0] if distance.head == "norm" and len(distance.args) == 1 else body
        terms = plain.args if plain.head == "sum" else ()
        points = {n.args[0].key for _, n in terms if n.head == "name"}
        drawn = split(body.args[1], "SIM")[0][1] if body.head == "expectation" and body.args[1] else ()
        drawn = drawn[0].args[0] if len(drawn) == 1 and drawn[0].kind == "bracketed" else drawn
        coupled = [n.key for p in drawn for n in [name_of(p)] if n is not None]
        if len(coupled) > 1 and (set(coupled) != points or len(coupled) > 2):
            raise Unread("the mean distance of other points than those of the coupling")
        if len(coupled) == 1 and coupled[0] != coupling:
            raise Unread("a coupling of one point")
        if head == "inf" and [s for s, _ in terms] == [1, -1] and len(points) == 2:
            return self.transport_distance(*self.pair(*marginals))
        raise Unread("an extremum over couplings of this form")

    def dual(self, head: str, name: Name, constant: Term, body: Node) -> Term:
        """The supremum over K-Lipschitz functions of a difference of expectations: K times W1."""
        value = self.term(body)
        function = Function(name.shown, "real")
        parts = value.args if value.head == "add" else ()
        if head == "sup" and len(parts) == 2:
            first, second = parts
            second = -second
            if first.head == second.head == "E" and all(
                len(e.args[0]) == 1 and e.args[2] is function(*e.args[0]) for e in (first, second)
            ):
                b = _in_the_space_of(first, second)
                self.unexplained.pop(name.key, None)
                self.notes["Kantorovich-Rubinstein duality"] = None
                return constant * self.transport_distance(first.args[1], b)
        raise Unread("a supremum over Lipschitz functions of this form")


def _in_the_space_of(first: Term, second: Term) -> Term:
    """The law of the second expectation as one of the points of the first, since one function takes both.

    Two marginals of one law stay two.
    """
    (here,), mine, _ = first.args
    (there,), theirs, _ = second.args
    if theirs.head != "den" or mine.head != "den" or mine.args[0] is theirs.args[0] or len(theirs.args[1]) != 1:
        return exchanged(theirs, there, here) if here.slot == there.slot else theirs
    return Term("den", theirs.args[0], ((here.slot, here),), theirs.args[2])
