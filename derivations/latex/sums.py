"""Integrals, sums and products over variables and indices, and gradients: what they run over.

Main definition: `Sums`, a part of :class:`derivations.latex.meaning.Meaning`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from derivations.language.laws import Law
from derivations.language.terms import Index, Symbol, Term, Variable, add, mul, term, walk
from derivations.latex.arguments import INDEX_LETTERS, Argument, may_overlap, read_arguments, variable_key
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.interpretation import Interpretation
from derivations.latex.moments import OverTime, fixed
from derivations.latex.names import Name, exact_name, is_parameter, name_of, names_in, written
from derivations.latex.tokens import Unread

_RELATIONS = frozenset(("REL", "COLON", "BAR", "SYMBOL", "TEXT", "TO", "SIM"))
_POWERS = frozenset("nNdDkKmMT") | {"2", "3"}  # of spaces, whose points are vectors


class Sums(Interpretation):
    """What runs over a range or a space."""

    # Sums and integrals over variables --------------------------------------------------------------------------

    def under(self, variables: tuple[Variable, ...], node: Node) -> Term:
        """An expression under binders."""
        self.bound.extend(variables)
        try:
            return self.term(node)
        finally:
            del self.bound[len(self.bound) - len(variables) :]

    def _integral(self, node: Node) -> Term:
        below, above, differentials, body = node.args
        self._limits(below, above)
        names = [d.name for d in differentials]
        if below:
            self.whole(below)
            if any(n.style == "blackboard" and n.base in "NZ" for n in names_in(below)):
                raise Unread(f"an integral over {spell(below)!r}, whose points are counted")
            mine = {variable_key(n) for n in names}
            for piece in (row for _, row in split(below, "COMMA") if names and len(split(row, "IN")) == 1):
                if "infinity" in spell(piece):
                    continue
                name = exact_name(piece[0]) if len(piece) == 1 else None
                if not self.is_space(piece, ()) and (name is None or variable_key(name) not in mine):
                    raise Unread(f"an integral over {spell(piece)!r}, which may be a part of the space")
        if not names and below:
            for _, piece in split(below, "COMMA"):
                name = exact_name(piece[0]) if piece else None
                if name is not None and self.vocabulary.is_law(name):
                    raise Unread(f"an integral over {name.key}, which is a law")
                if name is not None and variable_key(name) in self.vocabulary.variables:
                    names.append(name)
        if any(d.measure is not None for d in differentials):
            return self._against_measures(differentials, body)
        if len(differentials) == 1 and self.is_measure(names[0]):  # int f dP
            density = self.bare_density(names[0], (), True)
            variables = tuple(v for _, v in density.args[1] if isinstance(v, Variable))
            return Term("E", variables, density, self.under(variables, body))
        variables = self._variables_of(names) if names else self.understood(body)
        return Term("int", variables, self.under(variables, body))

    def is_measure(self, name: Name) -> bool:
        """Whether ``dP`` integrates with respect to a law, in a capital letter that is no variable."""
        capital = name.base in ("P", "Q") or (name.style in ("blackboard", "calligraphic") and name.base.isupper())
        return capital and self.vocabulary.is_law(name)

    def _against_measures(self, differentials: Any, body: Node) -> Term:
        variables: tuple[Variable, ...] = ()
        for d in differentials:
            if d.measure is None:
                variables += self._variables_of([d.name])
            else:
                read = read_arguments(d.measure, self.vocabulary.greek)
                variables += self._variables_of([a.name for a in read.targets if a.name is not None])
        weights = [Node("call", (d.name, d.measure)) for d in differentials if d.measure is not None]
        return Term("int", variables, self.under(variables, Node("product", (*weights, body))))

    def whole(self, below: Row) -> None:
        """Check that what stands below an integral or a sum names variables or their whole space, no part of it."""
        for piece in (row for _, row in split(below, "COMMA")):
            point, *places = [row for _, row in split(piece, "IN")]
            relations = {p.text for p in piece if p.kind in _RELATIONS} - {"="}
            ranged = any(p.kind == "REL" for p in piece) or "infinity" in spell(point)
            if len(point) > 1 and not (places or ranged):
                raise Unread(f"an integral or sum over {spell(piece)!r}")
            if relations or len(places) > 1 or not all(self.is_space(place, point) for place in places):
                raise Unread(f"an integral or sum over {spell(piece)!r}, which may be a part of the space")

    def is_space(self, row: Row, point: Row) -> bool:
        """Whether a row is a space of points: a script or blackboard letter, Omega, {0, 1}, or X for points x."""
        name = name_of(row[0]) if row else None
        if name is None:
            listed = row[0].args[0] if row and row[0].kind == "bracketed" else ()
            return bool(listed) and row[0].text == "{" and self._listed_once(point, listed)
        if len(row) > 1:
            return False
        mine = name_of(point[0]) if len(point) == 1 else None
        power = name.above or spell(row[0].above)
        marked = bool(name.below or name.primes or name.accents)
        if mine is not None and name.base.lower() == mine.base.lower():
            marks = [(n.below, n.primes, n.accents) for n in (name, mine)]
            return (not marked or marks[0] == marks[1]) and power in ("", mine.above, spell(point[0].above), *_POWERS)
        if mine is not None and name.below.lower() == mine.base.lower() and len(self.vocabulary.laws) == 1:
            return not (name.primes or name.accents or power)  # S_X, the support of the only law
        if name.style == "blackboard" and name.base in "RNZC":
            return not marked and (len(power) < 2 and power not in ("c", "*", "+", "-"))
        space = name.base in ("Omega", "chi") or (name.base == "X" and name.style == "calligraphic")
        return space and not (marked or power)

    def covers(self, variable: str, below: Row, above: Row) -> None:
        """Check that the limits of a sum are those of a whole space, and that the step gives its variable no others."""
        ranges = [split(piece, "REL") for _, piece in split(below, "COMMA")]
        upper = spell(above)
        if all(len(limits) < 2 for limits in ranges) and not set(upper).isdisjoint("+-"):
            raise Unread(f"a sum over {variable} up to {upper}, which may be a part of the space")
        for limits in (limits for limits in ranges if len(limits) > 1):
            lower = spell(limits[1][1])
            below_upper = upper.removesuffix("-1") if lower == "0" else upper
            whole = lower in ("0", "1") and upper not in ("", lower) and set(below_upper).isdisjoint("+-")
            whole = whole or (lower == "-infinity" and upper.lstrip("+") == "infinity")
            if not whole or self.listed.setdefault(variable, f"{lower} to {upper}") != f"{lower} to {upper}":
                raise Unread(f"a sum over {variable} from {lower} to {upper or '?'}, which may be a part of the space")
            if upper == variable or variable in [n.key for n in names_in(above)]:
                raise Unread(f"a sum over {variable} up to itself")
            if upper.islower() and upper != "infinity":
                self.notes[f"{lower}, ..., {upper} are all values of {variable}"] = None

    def _listed_once(self, point: Row, listed: Row) -> bool:
        """Whether braces list all values of a variable, and the step lists no others."""
        if any(p.kind in ("REL", "COLON", "BAR", "IN") for p in listed) or len(split(listed, "COMMA")) < 2:
            return False
        once = self.listed.setdefault(spell(point), spell(listed)) == spell(listed)
        if once and spell(listed) not in ("0,1", "1,0", "-1,1", "1,-1"):
            self.notes[f"{spell(listed)} are all values of {spell(point)}"] = None
        return once

    def _limits(self, below: Row | None, above: Row | None) -> None:
        shown = (spell(below), spell(above))
        if "infinity" in "".join(shown) and (shown[0], shown[1].lstrip("+")) != ("-infinity", "infinity"):
            raise Unread(f"an integral from {shown[0]} to {shown[1]}")
        if above and "infinity" not in shown[1]:
            raise Unread(f"an integral from {shown[0]} to {shown[1]}")
        if below and below[0].kind in ("NUMBER",):
            raise Unread(f"an integral from {shown[0]}")

    def _variables_of(self, names: list[Name]) -> tuple[Variable, ...]:
        found: list[Variable] = []
        for name in names:
            if ":" in name.below:
                found += [self.slot_variable(b, b) for b in self.blocks(name)]
                continue
            value = self.variable(variable_key(name), None)
            if value.head == "at":  # X_i in a sum over i: one of several variables
                raise OverTime(f"the variable {name.key} in a sum over its index")
            if not isinstance(value, Variable):
                raise Unread(f"an integral over {name.key}")
            found.append(value)
        return tuple(dict.fromkeys(found))

    def understood(self, body: Node, count: int = 1) -> tuple[Variable, ...]:
        """The variables of *count* integrals or sums that name none: those that a law in it is a density of.

        A variable that the other side of the step speaks of is free rather than bound, if another can be meant.
        """
        candidates: dict[tuple[Variable, ...], None] = {}
        for law in self.laws_in(body):
            if law.head == "call":
                read = read_arguments(law.args[1], self.vocabulary.greek)
                variables = self._variables_of(self.values_of(read.targets))
            else:
                variables = tuple(self.slot_variable(s, s) for s in self.pattern_of(law.args[0], (), True)[0])
            free = tuple(v for v in variables if v not in self.bound)
            if free:
                candidates[free] = None
        found = [c for c in candidates if count in (1, len(c))]
        if not found:
            raise Unread("an integral or sum over nothing that is named")
        if self.opposite is not None and len(found) > 1:
            elsewhere = set(self.spoken_of(self.opposite))
            found.sort(key=lambda vs: any(v in elsewhere for v in vs))
        shown = [", ".join(v.name for v in vs) for vs in found[:3]]
        ways = tuple(f"the sum or integral runs over {variables}" for variables in shown)
        return found[self.reading.choose(f"runs over {'; '.join(shown)}", ways)] if len(found) > 1 else found[0]

    def spoken_of(self, node: Node) -> list[Variable]:
        """The variables that the laws of an expression are written with."""
        found: list[Variable] = []
        for law in self.laws_in(node):
            if law.head == "call":
                read = read_arguments(law.args[1], self.vocabulary.greek)
                names = [a.name for a in (*read.targets, *read.given) if a.kind == "variable" and a.name is not None]
                found += self._variables_of(names)
        return found

    def laws_in(self, node: Any) -> list[Node]:
        """The laws of an expression, in order."""
        if isinstance(node, Node):
            if node.head in ("call", "name") and self.vocabulary.is_law(node.args[0]):
                return [node]
            if node.head == "expectation":
                return self.laws_in(node.args[2])
            return [law for part in node.args for law in self.laws_in(part)]
        if isinstance(node, tuple) and not isinstance(node, str):
            return [law for part in node for law in self.laws_in(part)]
        return []

    def over_data(self, head: str, below: Row, body: Node) -> Term | None:
        """A sum or product over the members x of a set of data: over the index i of x_i, as often as they occur."""
        sides = split(below, "IN")
        if len(sides) != 2 or len(sides[0][1]) != 1 or len(sides[1][1]) != 1:
            return None
        point, data = name_of(sides[0][1][0]), name_of(sides[1][1][0])
        if point is None or data is None or variable_key(data) not in self.vocabulary.data_sets:
            return None
        key = variable_key(point)
        letter = next((c for c in "inmkjl" if c not in self.indices and c not in self.vocabulary.indices), "")
        if not letter or point.below or point.above or key not in self.vocabulary.variables:
            raise Unread(f"a sum over the members of {data.key}")
        outer = dict(self.renamed)
        self.renamed[key] = f"{key}_{letter}"
        try:
            return self.ranged(head, letter, term(1), self.size_of(data), body)
        finally:
            self.renamed = outer

    def size_of(self, data: Name) -> Symbol:
        """The number of members of a set of data."""
        return Symbol("sym", "size_of_" + written(variable_key(data)), "positive", ())

    def summed(self, variables: tuple[Variable, ...], body: Node) -> Term:
        """A sum over the values of variables, which those of a normal density are not."""
        inside = self.under(variables, body)
        if any(t.head == "normal" and not set(walk(t.args[0])).isdisjoint(variables) for t in walk(inside)):
            raise Unread("a sum over the values of a normal density")
        return Term("int", variables, inside)

    def _total(self, node: Node) -> Term:
        below, above, body = node.args
        if (steps := self.unrolled(below, above, body)) is not None:
            return add(*steps)
        members = self.over_data("sum", below, body)
        if members is not None:
            return members
        self.whole(below)
        points = self.points_of(below, body)
        if points:
            self.alone(points, spell(split(below, "REL")[0][1]), body)
            self.covers(points[0].base, below, above)
            variables = self._variables_of(points)
            return self.summed(variables, body)
        letter, lower, upper = self.range_of(below, above)
        if letter is None:
            names = [exact_name(piece[0]) for _, piece in split(below, "COMMA") if piece]
            known = [n for n in names if n is not None and (":" in n.below or self.is_variable(n))]
            if known and len(known) == len(names):
                self.covers(known[0].base, below, above)
                variables = self._variables_of(known)
                return self.summed(variables, body)
            if not below and self.laws_in(body):
                count = 1
                while body.head == "total" and not body.args[0]:  # sum sum p(x, y)
                    count, body = count + 1, body.args[2]
                variables = self.understood(body, count)
                return self.summed(variables, body)
            if not below and any(n.below in INDEX_LETTERS for n in _names(body)):
                raise Unread("a sum without an index of what has one")
            if not below:
                return self.spread_sum(body)
            if len(names) != 1 or names[0] is None:
                raise Unread(f"a sum over {spell(below)!r}")
            letter, lower, upper = names[0].key, term(1), self.dimension(self.vocabulary.indices.get(names[0].key, ""))
        elif letter in self.vocabulary.variables:
            self.covers(letter, below, above)
            named = list(_names(body))
            listed = {n.base for n in named if n.below == letter}
            odd = [n for n in named if n.base in listed and n.below in INDEX_LETTERS - {letter, *self.indices}]
            if odd:  # sum_i p_k log p_i, where p_k is one of them
                raise Unread(f"{odd[0].key} in a sum over {letter}")
            variables = self._variables_of([Name(letter)])
            return self.summed(variables, body)
        return self.ranged("sum", letter, lower, upper, body)

    def unrolled(self, below: Row, above: Row, body: Node) -> list[Term] | None:
        """The terms of a sum over time, in an instance of a step with numbers for its letters of time."""
        runs = self.moments.range(below, above) if self.moments is not None else None
        if self.moments is None or runs is None:
            return None
        letter, start, end = runs
        return [self.term(fixed(body, self.moments.at(letter, n))) for n in range(start, end + 1)]

    def points_of(self, below: Row, body: Node) -> list[Name]:
        """``sum_i p(x_i) ...``: the points x_i of a sum over the space of x, since it is weighted with their law."""
        head = split(below, "REL")[0][1]
        letter = exact_name(head[0]) if len(head) == 1 else None
        if letter is None:
            return []
        factors = body.args if body.head == "product" else (body,)
        for factor in factors:
            if factor.head == "call" and self.vocabulary.is_law(factor.args[0]):
                read = read_arguments(factor.args[1], self.vocabulary.greek)
                found = [n for n in self.values_of(read.targets) if n.below == letter.key]
                if found:
                    return found
        return []

    def alone(self, points: list[Name], letter: str, body: Node) -> None:
        """Check that nothing but the points x_i speaks of i in a sum over i of p(x_i) times more."""
        others = {n.key for n in _names(body) if n.base == letter or letter in {m.key for m in names_in(n.below_row)}}
        if len(points) > 1 or others - {points[0].key}:
            raise Unread(f"a sum over {letter} of more than the values of {points[0].base}")
        self.notes[f"{points[0].key} runs over the values of {points[0].base}"] = None

    def is_variable(self, name: Name) -> bool:
        return variable_key(name) in self.vocabulary.variables

    def values_of(self, arguments: Sequence[Argument]) -> list[Name]:
        """The points at which a density stands: x of p(x), and y_j of P(Y = y_j)."""
        names = [name_of(a.row[0]) if a.kind == "event" and len(a.row) == 1 else a.name for a in arguments]
        return [n for n in names if n is not None]

    def _product_over(self, node: Node) -> Term:
        below, above, body = node.args
        if (steps := self.unrolled(below, above, body)) is not None:
            return mul(*steps)
        members = self.over_data("prod", below, body)
        if members is not None:
            return members
        self.whole(below)
        letter, lower, upper = self.range_of(below, above)
        if letter is None:
            name = exact_name(below[0]) if len(below) == 1 else None
            if name is None:
                raise Unread(f"a product over {spell(below)!r}")
            letter, lower, upper = name.key, term(1), self.dimension(self.vocabulary.indices.get(name.key, ""))
        return self.ranged("prod", letter, lower, upper, body)

    def range_of(self, below: Row, above: Row) -> tuple[str | None, Term, Term]:
        pieces = split(below, "REL")
        if len(pieces) != 2:
            return None, term(1), term(1)
        name = exact_name(pieces[0][1][0]) if len(pieces[0][1]) == 1 else None
        lower = spell(pieces[1][1])
        if name is None or not lower.isdigit():
            raise Unread(f"a sum over {spell(below)!r}")
        if name.key == "t" or self.is_time(name.key):
            raise OverTime("a sum over time steps")
        if "infinity" in spell(above):
            self.notes["sums without end converge"] = None
        return name.key, term(int(lower)), self.dimension(spell(above))

    def is_time(self, letter: str) -> bool:
        return any(v.partition("_")[2].startswith(letter) for v in self.vocabulary.variables if letter == "t")

    def dimension(self, spelled: str) -> Term:
        if spelled.isdigit():
            return term(int(spelled))
        spelled = written(spelled) if spelled else "K"
        if not spelled.replace("_", "").isalpha():  # N - 1, 2 K, |B|: a number of its own, of which nothing is refuted
            self.unexplained.setdefault(spelled, None)
        return Symbol("sym", spelled, "positive", ())

    def ranged(self, head: str, letter: str, lower: Term, upper: Term, body: Node) -> Term:
        if letter in self.indices:
            raise Unread(f"the index {letter} twice")
        index = Index("idx", letter, lower, upper)
        self.indices[letter] = index
        try:
            value = self.term(body)
        finally:
            del self.indices[letter]
        bare = any(n.head == "name" for n in self.laws_in(body))
        if head == "sum" and bare and not any(t is index for t in walk(value)):
            raise Unread(f"a sum over {letter} of densities that do not show it")
        return Term(head, index, value)

    def spread_sum(self, body: Node) -> Term:
        """A sum without an index, over the components of the vectors it is made of."""
        if self.spread is not None:
            raise Unread("a sum without an index inside another one")
        self.spread = Index("idx", "j", term(1), self.dimension("K"))
        try:
            return Term("sum", self.spread, self.term(body))
        finally:
            self.spread = None

    # Gradients --------------------------------------------------------------------------------------------------

    def _gradient(self, node: Node) -> Term:
        row, body = node.args
        if row:
            name = exact_name(row[0]) if len(row) == 1 else None
            if name is None:
                raise Unread(f"a gradient in {spell(row)!r}")
            key = variable_key(name)
            if self.vocabulary.is_law(name):
                raise Unread(f"a derivative in the law {name.key}")
            if key in self.vocabulary.variables and not is_parameter(row):
                value = self.term(body)  # first: a normal law in it makes the variable continuous
                return self.derivative(self.variable(key), value)
            self.parametric.add(name.key)
            return self.derivative(self.symbol(name.key, self.sign_of(name)), self.term(body))
        parameters = sorted({p for use in self.vocabulary.laws.values() for p in use.parameters})
        if len(parameters) != 1:
            raise Unread("a gradient in an unknown parameter")
        self.parametric.add(parameters[0])
        return self.derivative(self.symbol(parameters[0]), self.term(body))

    def derivative(self, parameter: Term, body: Term) -> Term:
        """A derivative; what does not show the parameter may depend on it unseen, so it is no zero."""
        inside = list(walk(body))
        if all(t.head in ("num", "const", "add", "mul", "pow", "log", "exp") for t in inside):
            return term(0)
        named = {t.name for t in inside if isinstance(t, Symbol) and t.name.endswith(f"_{parameter.args[0]}")}
        if named - set(self.dependent) and parameter.head == "sym":  # mu_phi is mu(phi)
            self.dependent |= dict.fromkeys(named, parameter.args[0])
            return Term("grad", parameter, body)
        if not any(t is parameter for t in inside):
            hidden = {t.args[0] for t in inside if t.head == "fn"}
            if hidden - set(self.dependent) and parameter.head == "sym":  # w(x) is w(x, theta): read the step again
                self.dependent |= dict.fromkeys(hidden, parameter.args[0])
                return Term("grad", parameter, body)
            raise Unread(f"a gradient in {parameter!r} of what does not show it")
        for t in inside:
            if t.head == "fn" and not any(u is parameter for u in walk(t)):
                self.notes[f"{t.args[0]} does not depend on {parameter!r}"] = None
            name = t.args[0].name if t.head == "at" else t.name if isinstance(t, (Symbol, Variable)) else ""
            moves = (name, parameter.args[0]) in self.vocabulary.moving
            if name and (moves or may_overlap(parameter.args[0], name)):
                raise Unread(f"a gradient in {parameter!r} beside {t!r}, which may vary with it")
        for t in body.args if body.head == "add" else ():
            shown = list(walk(t))
            if not any(u is parameter for u in shown) and any(isinstance(u, (Symbol, Law)) for u in shown):
                self.notes[f"{t!r} does not depend on {parameter!r}"] = None
        return Term("grad", parameter, body)


def _names(value: object) -> Iterator[Name]:
    """The names in an expression, those in rows as well, without those in their subscripts."""
    if isinstance(value, Name):
        yield value
        yield from _names(value.above_row)
    elif isinstance(value, Part):
        name = name_of(value)
        yield from [name] if name is not None else []
        yield from _names((*value.args, value.above or ()) if name is None else (value.above or ()))
    elif isinstance(value, Node):
        yield from _names(value.args)
    elif isinstance(value, tuple):
        for v in value:
            yield from _names(v)
