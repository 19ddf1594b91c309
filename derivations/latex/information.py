"""Divergences, entropies and mutual information: which laws, over which variables.

Main definition: `Information`, a part of :class:`derivations.latex.meaning.Meaning`.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.language.laws import Normal, density
from derivations.language.terms import Function, LanguageError, Symbol, Term, Variable, add, mul, power, term, walk
from derivations.latex.arguments import read_arguments, slot_and_copy, variable_key
from derivations.latex.binding import bound_by, exchanged
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import Name, exact_name, is_parameter, name_of, written
from derivations.latex.normals import Normals
from derivations.latex.tokens import Unread

BOUND_INSIDE = frozenset({"int", "E", "sum", "prod", "sup", "inf", "grad"})


def refuse_values(row: Row, beside: Row) -> None:
    """Raise :class:`Unread` for small letters beside capital ones: of the variables X and Y, H(X | y) takes a value."""
    mine, others = ([n for p in side if (n := name_of(p)) is not None] for side in (row, beside))
    small = [n.key for n in mine if len(n.base) == 1 and n.base.islower()]
    if small and not any(p.kind == "REL" for p in row) and all(n.base.isupper() for n in others):
        raise Unread(f"an entropy or information of the value {small[0]}")


class Information(Normals):
    """Divergences and entropies."""

    # Divergences ------------------------------------------------------------------------------------------------

    def divergence(self, kind: str, row: Row) -> Term:
        """KL, JSD, TV or W1 of two laws, over the variables of both."""
        pieces = split(row, "DBAR")
        for mark in ("COMMA", "SEMI", "BAR"):
            if len(pieces) != 2:
                pieces = split(row, mark)
        if len(pieces) != 2:
            raise Unread(f"the arguments of {kind}")
        averaging = split(pieces[1][1], "BAR") if kind == "KL" else []
        if len(averaging) == 2:  # D(P || Q | R): the mean over R of the divergence of conditional laws
            outer = self.law_term(self.parse(averaging[1][1]))
            variables = bound_by(outer)
            self.bound.extend(variables)
            try:
                inner = self.divergence(kind, (*pieces[0][1], Part("DBAR", "||"), *averaging[0][1]))
            finally:
                del self.bound[len(self.bound) - len(variables) :]
            return Term("E", variables, outer, inner)
        left, right = (self.parse(r) for _, r in pieces)
        against = not self.has_normal(right) or (self.is_standard(right) and self.gaussian_is_standard())
        given = self.has_formula(left) or self.has_formula(right)
        if self.gaussian is not None and kind == "KL" and not self.has_normal(left) and against and not given:
            return self.gaussian_divergence(left, right)
        a, b = self.pair(left, right)
        return self.compared(kind, a, b)

    def has_formula(self, node: Node) -> bool:
        """Whether the document gives a formula for a law, so that a closed form does not say which it is."""
        stems = {self.vocabulary.stem(law.args[0]) for law in self.laws_in(node)}
        known = [name_of(d.density[0]) for d in self.definitions.values() if d.density is not None and d.row]
        return any(n is not None and self.vocabulary.stem(n) in stems for n in known)

    def is_standard(self, node: Node) -> bool:
        """``N(0, I)`` or ``N(0, 1)``."""
        return spell(node.args[1]) in ("0,I", "0,1", "0,one") if node.head == "call" else False

    def gaussian_is_standard(self) -> bool:
        return self.gaussian is not None and self.gaussian.means[1] is None

    def has_normal(self, node: Node) -> bool:
        return node.head == "call" and self.is_normal(node.args[0], node.args[1])

    def pair(self, left: Node, right: Node) -> tuple[Term, Term]:
        """Two laws over the same variables."""
        mine, theirs = self.explicit_targets(left), self.explicit_targets(right)
        heads = [n.args[0].key for n in (left, right) if n.head == "call"]
        one_law = len(heads) == 2 and heads[0] == heads[1]  # p(y | x) and p(x) are two densities of it
        if mine and theirs and self.slots(mine) != self.slots(theirs) and not one_law:
            if left.head == "call" and self.conditional_pattern(left.args[0], theirs, mine):
                return self.law_term(left, theirs), self.law_term(right, theirs)
            if right.head == "call" and self.conditional_pattern(right.args[0], mine, theirs):
                return self.law_term(left, mine), self.law_term(right, mine)
        if not mine and not theirs:
            mine = self.common_targets(left, right)
        a = self.law_term(left, mine or theirs)
        b = self.law_term(right, theirs or mine)
        return a, b

    def slots(self, keys: tuple[str, ...]) -> set[str]:
        return {self.vocabulary.slot(k) for k in keys}

    def conditional_pattern(self, name: Name, targets: tuple[str, ...], given: tuple[str, ...]) -> bool:
        """Whether the document uses the law as a conditional one of these variables."""
        use = self.vocabulary.laws.get(self.vocabulary.stem(name))
        return use is not None and any(
            set(p[0]) == self.slots(targets) and set(p[1]) == self.slots(given) for p in use.patterns
        )

    def common_targets(self, left: Node, right: Node) -> tuple[str, ...]:
        """The variables of two bare laws."""
        shown = self.points_opposite(left, right)
        if shown:
            return shown
        choices = []
        for node in (left, right):
            names = [n.args[0] for n in self.laws_in(node) if n.head == "name"]
            dotted = [n for n in self.laws_in(node) if n.head == "call"]
            if dotted and (targets := self.dotted_targets(dotted[0])):
                choices.append(targets)
            elif names:
                choices.append(self.pattern_of(names[0], (), True)[0])
        known = [c for c in choices if c]
        return known[0] if known else ("x",)

    def points_opposite(self, left: Node, right: Node) -> tuple[str, ...]:
        """The letter i of two bare laws p and q of which the other side writes p_i and q_i."""
        stems = {self.vocabulary.stem(n.args[0]) for node in (left, right) for n in self.laws_in(node)}
        nodes = self.laws_in(self.opposite) if self.opposite is not None else []
        named = [n.args[0] for n in nodes if n.head == "name" and n.args[0].below in self.vocabulary.variables]
        letters = {n.below for n in named if self.vocabulary.stem(Name(n.base)) in stems}
        return tuple(letters) if len(letters) == 1 and letters <= self.vocabulary.summed else ()

    def dotted_targets(self, call: Node) -> tuple[str, ...]:
        """The variables that a dot stands for in ``q(. | x)``: those the law has elsewhere, or the one left."""
        name, row = call.args
        given = {self.vocabulary.slot(a.key) for a in read_arguments(row, self.vocabulary.greek).given}
        use = self.vocabulary.laws.get(self.vocabulary.stem(name))
        patterns = use.patterns if use else {}
        fitting = sorted((-n, p) for p, n in patterns.items() if p[0] and set(p[1]) == given)
        if fitting:
            return fitting[0][1][0]
        left = self.known_slots() - given
        return tuple(left) if len(left) == 1 else ()

    def compared(self, kind: str, a: Term, b: Term) -> Term:
        if kind == "W1":
            return self.transport_distance(a, b)
        mine, theirs = bound_by(a), bound_by(b)
        if set(mine) != set(theirs):
            if kind == "KL":  # no divergence, yet the integral a log(a/b) may be meant: KL(q(z | x) || p(x, z))
                from derivations.language.terms import log

                kin = "other" if {*mine}.isdisjoint(theirs) else "more or fewer"
                self.unexplained[f"KL over {kin} variables {mine} and {theirs}"] = None
                return Term("E", mine, a, log(a / b))
            raise LanguageError(f"a {kind} of laws over different variables")
        if kind == "chi2":
            value = Term("int", mine, (a - b) ** 2 / b)
            self.second_moments[value] = Term("int", mine, a**2 / b)
            return value
        if kind == "Hellinger2":  # with the half, so that it lies between 0 and 1, or without
            ways = ("the squared Hellinger distance has the factor 1/2", "it has no factor")
            whole = Term("int", mine, (power(a, Fraction(1, 2)) - power(b, Fraction(1, 2))) ** 2)
            return whole if self.reading.choose("Hellinger", ways) else whole / 2
        value = Term(kind, mine, a, b)
        given = tuple(v for _, v in a.args[2]) if kind == "KL" and a.head == b.head == "den" else ()
        if given and a.args[2] == b.args[2] and not any(v in self.bound for v in given):
            ways = ("KL of conditional laws leaves free what they are given", "it averages over what they are given")
            if self.reading.choose("KL of conditional laws", ways):  # as Cover and Thomas write it
                return Term("E", given, density(a.args[0], list(a.args[2]), []), value)
        return value

    def transport_distance(self, a: Term, b: Term) -> Term:
        """W1 as a non-negative number, or a function of what its laws depend on; nothing else is known of it here."""
        inside = [t for density in (a, b) for t in walk(density)]
        if not BOUND_INSIDE.isdisjoint(t.head for t in inside):
            raise Unread("a transport distance of laws that are given by integrals or products")
        bound = {v for density in (a, b) for v in bound_by(density)}
        depends = {t for t in inside if isinstance(t, (Symbol, Variable)) and t not in bound}
        name = "_".join(["W1", *sorted(written(_law_and_spaces(t)) for t in (a, b))])
        if not depends:
            return Symbol("sym", name, "nonnegative", ())
        return Function(name, "nonnegative")(*sorted(depends, key=repr))

    # Entropies --------------------------------------------------------------------------------------------------

    def entropy(self, name: Name, row: Row) -> Term:
        """H(X), H(X | Y), H(P), H(P, Q), H_q(z), H(q(z | x))."""
        if self.speaks_of_laws(row):
            label = name_of(name.below_row[0]) if len(name.below_row) == 1 else None
            if name.above or (name.below and (label is None or not self.vocabulary.is_law(label))):
                raise Unread(f"the entropy {name.key}")
            pieces = split(row, "COMMA", "DBAR")
            if len(pieces) == 2:
                a, b = self.pair(self.parse(pieces[0][1]), self.parse(pieces[1][1]))
                ways = ("H(p || q) is a cross-entropy", "H(p || q) is a relative entropy")
                relative = len(split(row, "DBAR")) == 2 and self.reading.choose("H with bars", ways)
                return self.compared("KL" if relative else "CE", a, b)
            if name.below and len(row) == 1:
                raise Unread(f"{name.key} of a law, which may be a cross-entropy")
            node = self.parse(row)
            bare = not self.explicit_targets(node) and not self.has_normal(node)
            a = self.law_term(node, self.common_targets(node, node) if bare else ())
            if a.head == "den" and not a.args[2]:
                return Term("H", bound_by(a), (), a)
            if a.head != "den":  # a mixture or a product
                return Term("CE", bound_by(a), a, a)
            if self.reading.choose("H of a conditional", ("H(q(z|x)) leaves x free", "H(q(z|x)) averages over x")):
                joint = Term("den", a.args[0], tuple(sorted(a.args[1] + a.args[2])), ())
                return Term("H", bound_by(a), tuple(t for _, t in a.args[2]), joint)
            return Term("CE", bound_by(a), a, a)
        alone = name_of(row[0]) if len(row) == 1 else None
        said = self.vocabulary.drawn.get(variable_key(alone)) if alone is not None else None
        if alone is not None and said is not None and variable_key(alone) not in self.lawful():
            self.used.add(variable_key(alone))
            a = self.law_term(self.parse(said), (variable_key(alone),))  # h(X), where X ~ N(mu, sigma^2)
            return Term("CE", bound_by(a), a, a)
        groups, events = self.groups(row)
        targets, given = groups
        law = self.information_law(name, (*targets, *given), targets)
        if targets and set(targets) <= set(given):  # nothing is left open
            self.notes[f"{', '.join(v.name for v in targets)} is discrete"] = None
            return term(0)
        joint = self.joint(law, (*targets, *given), events)
        return Term("H", targets, given, joint)

    def speaks_of_laws(self, row: Row) -> bool:
        """Whether the arguments of an entropy are laws rather than random variables."""
        for part in row:
            name = name_of(part)
            if name is not None and (self.vocabulary.is_law(name) or self.is_normal_name(name)):
                return True
            if part.kind in ("bracketed", "fraction") and any(self.speaks_of_laws(a) for a in part.args):
                return True
        return False

    def information(self, name: Name, row: Row) -> Term:
        """I(X; Y), I(X; Y | Z), I_q(x; z)."""
        conditions = split(row, "BAR")
        sides = split(conditions[0][1], "SEMI")
        for mark in ("COLON", "COMMA"):
            sides = sides if len(sides) == 2 else split(conditions[0][1], mark)
        if len(sides) != 2 or len(conditions) > 2:
            raise Unread("the arguments of a mutual information")
        refuse_values(sides[1][1], sides[0][1])
        refuse_values(sides[0][1], sides[1][1])
        left, right = (self.listed_variables(r) for _, r in sides)
        given, events = self.conditions(conditions[1][1]) if len(conditions) == 2 else ((), [])
        law = self.information_law(name, (*left, *right, *given), (*left, *right))
        if left == right and not events:  # what a discrete variable tells of itself
            self.notes[f"{', '.join(v.name for v in left)} is discrete"] = None
            return Term("H", left, given, self.joint(law, (*left, *given), events))
        return Term("I", left, right, given, self.joint(law, (*left, *right, *given), events))

    def listed_variables(self, row: Row) -> tuple[Variable, ...]:
        found: list[Variable] = []
        for _, piece in split(row, "COMMA"):
            name = exact_name(piece[0]) if len(piece) == 1 else None
            if name is None:
                raise Unread(f"the random variable {spell(piece)!r}")
            if (name.accents or name.above or name.primes) and self.vocabulary.slot(variable_key(name)) != variable_key(
                name
            ):
                raise Unread(f"the random variable {name.key}, which need not have the law of {name.base}")
            found += self._variables_of([name])
        return tuple(found)

    def conditions(self, row: Row) -> tuple[tuple[Variable, ...], list[tuple[str, Term]]]:
        """What stands behind the bar of an entropy: random variables to average over, and events such as S = s."""
        given: list[Variable] = []
        events: list[tuple[str, Term]] = []
        for _, piece in split(row, "COMMA"):
            sides = split(piece, "REL")
            if len(sides) == 2:
                name = exact_name(sides[0][1][0]) if sides[0][1] else None
                value = exact_name(sides[1][1][0]) if len(sides[1][1]) == 1 else None
                if name is None or value is None or any(p.kind == "REL" and p.text != "=" for p in piece):
                    raise Unread(f"the event {spell(piece)!r}")
                slot = self.vocabulary.slot(variable_key(name))
                own = variable_key(value)
                if own != slot and slot_and_copy(own) != (slot, True):  # X = x_i
                    raise Unread(f"the event {spell(piece)!r}")
                events.append((written(slot), self.slot_variable(slot, own)))
            else:
                given += self.listed_variables(piece)
        return tuple(given), events

    def groups(self, row: Row) -> tuple[tuple[tuple[Variable, ...], tuple[Variable, ...]], list[tuple[str, Term]]]:
        pieces = split(row, "BAR")
        if len(pieces) > 2:
            raise Unread("the arguments of an entropy")
        if len(pieces) == 2:
            refuse_values(pieces[1][1], pieces[0][1])
        targets = self.listed_variables(pieces[0][1])
        given, events = self.conditions(pieces[1][1]) if len(pieces) == 2 else ((), [])
        return (targets, given), events

    def joint(self, law: Term, variables: tuple[Variable, ...], events: list[tuple[str, Term]]) -> Term:
        return density(law, [(v.slot, v) for v in variables], events)  # type: ignore[arg-type]

    def information_law(self, name: Name, variables: tuple[Variable, ...], targets: tuple[Variable, ...]) -> Term:
        """The law of an entropy or mutual information: its subscript, or the one the document has over them."""
        mine = {v.slot for v in variables}
        labels = [n for p in name.below_row if p.kind != "COMMA" for n in [name_of(p)]]
        if name.below and not all(n and written(self.vocabulary.slot(variable_key(n))) in mine for n in labels):
            inner = labels[0] if len(labels) == 1 else None
            if inner is not None and self.vocabulary.is_law(inner):
                return self.law(inner)
            raise Unread(f"the subscript {name.below!r}")
        wanted = {v.slot for v in variables}
        if wanted <= self.random:  # all entropies of a step are under one law
            wanted = set(self.random)
        found = []
        for stem, use in sorted(self.vocabulary.laws.items()):
            known = [{written(s) for s in (*p[0], *p[1])} for p in use.patterns]
            joint = any(wanted <= k for k in known)
            apart = wanted <= set().union(*known) if known else False
            if joint or apart:
                found.append((not joint, stem))
        found.sort()
        stems = [s for missing, s in found if missing == found[0][0]]
        if not stems:
            others = sorted(self.vocabulary.laws)
            return self.law(Name(others[0] if len(others) == 1 else "p"))
        if len(stems) == 1:
            return self.law(Name(stems[0]))
        shown = ", ".join(sorted(wanted))
        ways = tuple(f"the law of {shown} is {stem}" for stem in stems)
        return self.law(Name(stems[self.reading.choose(f"information {shown}", ways)]))

    def law_term(self, node: Node, targets: tuple[str, ...] = ()) -> Term:
        """The density that an expression stands for where a law is meant; *targets* are its variables, if known."""
        slots = tuple(self.vocabulary.slot(k) for k in targets)
        if node.head == "name":
            name: Name = node.args[0]
            if name.key in self.definitions and self.definitions[name.key].row is not None:
                self.expansions += 1
                return self.law_term(self.parse(self.definitions[name.key].row or ()), targets)
            if self.vocabulary.is_law(name) or name.base.isupper():
                self.ask_about(name)
                value = self.bare_density(name, slots, True)
                return self.renamed_targets(value, targets)
            raise Unread(f"the law {name.key}")
        if node.head == "call":
            name, row = node.args
            if self.is_normal(name, row):
                return self.normal_law(row, targets)
            if self.vocabulary.is_law(name):
                self.ask_about(name)
                return self.density(name, row, targets)
            if name.key in self.definitions:
                return self.term(node)
            raise Unread(f"the law {name.key}")
        if node.head == "sum":
            return add(*(self.law_term(n, targets) if s > 0 else -self.law_term(n, targets) for s, n in node.args))
        if node.head == "product":
            return mul(
                *(
                    self.law_term(n, targets if len(self.laws_in(node)) == 1 else ())
                    if self.laws_in(n)
                    else self.term(n)
                    for n in node.args
                )
            )
        if node.head == "quotient":
            return self.law_term(node.args[0], targets) / self.term(node.args[1])
        if not self.laws_in(node):
            return self.term(node)
        raise Unread(f"a {node.head} as a law")

    def ask_about(self, name: Name) -> None:
        """A mixture that nobody defined is not arbitrary."""
        if name.base in ("M", "m") or name.below in ("m", "M", "mix"):
            self.unexplained[name.key] = None

    def renamed_targets(self, value: Term, targets: tuple[str, ...]) -> Term:
        """The density of a bare law at the variables that are drawn from it."""
        for key in targets:
            slot = self.vocabulary.slot(key)
            new = self.variable(key)
            for s, old in value.args[1] if value.head == "den" else ():
                if s == written(slot) and old is not new:
                    value = exchanged(value, old, new)
        return value

    def explicit_targets(self, node: Node) -> tuple[str, ...]:
        """The variables that a law in an argument is written with, before its bar."""
        for law in self.laws_in(node):
            if law.head == "name":
                below = split(law.args[0].below_row, "BAR")[0][1]
                names = [name_of(p) for p in below if p.kind != "COMMA"]
                keys = [variable_key(n) for n in names if n is not None]
                if keys and not is_parameter(below) and all(k in self.vocabulary.variables for k in keys):
                    return tuple(keys)
            if law.head == "call":
                read = read_arguments(law.args[1], self.vocabulary.greek)
                keys = [a.key for a in read.targets if a.kind == "variable"]
                if len(keys) == len(read.targets):
                    product = node.head == "product"
                    if not product:
                        return tuple(keys)
                    every = [
                        read_arguments(n.args[1], self.vocabulary.greek) for n in self.laws_in(node) if n.head == "call"
                    ]
                    return tuple(a.key for r in every for a in r.targets)
        return ()

    def encoder_and_prior(self, left: Node, right: Node) -> tuple[Node, Node]:
        """Which side of a divergence has the parameters: a conditional law or q, against an unconditional one."""
        conditional = [self.is_conditional(n) for n in (left, right)]
        names = self.stems(left, right)
        self.prior_first = conditional == [False, True]
        if conditional == [False, False] and names[1].startswith("q") and not names[0].startswith("q"):
            ways = tuple(f"{name} has the parameters" for name in reversed(names))
            self.prior_first = self.reading.choose("parameters of a divergence", ways) == 0
        prior = conditional[0 if self.prior_first else 1]
        if prior:
            raise Unread("a closed form for two conditional laws")
        return left, right

    def stems(self, left: Node, right: Node) -> list[str]:
        """The first law on each side of a divergence."""
        return [next((self.vocabulary.stem(n.args[0]) for n in self.laws_in(side)), "") for side in (left, right)]

    def swapped(
        self, means: tuple[str, str], deviations: tuple[str, ...], left: Node | None, right: Node | None
    ) -> bool:
        """Whether mu_p belongs to the first law of ``KL(q || p)``: by their labels, which a bare KL leaves open."""
        labels, others = ([m.partition("_")[2].split(",")[0] for m in names] for names in (means, deviations))
        if left is None or right is None:
            last = labels[1].startswith("q") and not labels[0].startswith("q")  # then the second comes first
            ways = tuple(f"KL is that of the laws {a} and {b}" for a, b in (labels[::-1] if last else labels,))
            ways += tuple(f"KL is that of the laws {a} and {b}" for a, b in (labels if last else labels[::-1],))
            return last == (self.reading.choose("bare KL of normal laws", ways) == 0)
        marks = [self.marks(left), self.marks(right)]
        straight, crossed = (
            sum(
                (label in mine) - (label in other)
                for pair in (labels, others)
                for label, mine, other in zip(pair[::way], marks, marks[::-1], strict=False)
            )
            for way in (1, -1)
        )
        if straight != crossed or labels[0] == labels[1]:
            return crossed > straight
        ways = tuple(f"{a} and {b} belong to the laws in this order" for a, b in (labels, labels[::-1]))
        return self.reading.choose("whose means", ways) == 1

    def marks(self, node: Node) -> set[str]:
        """What labels of means may repeat of a law: its letter, its subscript, what it is conditioned on."""
        found = set()
        for law in self.laws_in(node):
            name: Name = law.args[0]
            found |= {name.base, name.base.lower(), name.below}
            behind = split(law.args[1], "BAR")[1:] if law.head == "call" else []
            found |= {n.base for _, row in behind for p in row if (n := name_of(p)) is not None}
        return found - {""}

    def is_conditional(self, node: Node) -> bool:
        """Whether a law is written with a condition."""
        return any(law.head == "call" and len(split(law.args[1], "BAR")) == 2 for law in self.laws_in(node))

    def gaussian_divergence(self, left: Node | None, right: Node | None) -> Term:
        """KL(q || p) where the other side is a closed form in mu and sigma."""
        reading = self.gaussian
        assert reading is not None
        if left is not None and right is not None:
            if reading.means[1] is None:
                left, right = self.encoder_and_prior(left, right)
            targets = self.explicit_targets(left) or self.explicit_targets(right)
            keys = targets or self.common_targets(left, right)
            if len(keys) > 1:
                raise Unread("a closed form for a joint law")
        else:
            keys = ("z",)
        slot = self.vocabulary.slot(keys[0])
        self.continuous.add(slot)
        k = self.dimension_of_components()
        shape = (k,) if reading.components else ()
        point = self.slot_variable(slot, slot + "_" if slot in self.indices else slot, shape)
        sides = []
        for mean, deviation in zip(reading.means, reading.deviations, strict=True):
            m = term(0) if mean is None else self.symbol(mean, "real", shape)
            s = term(1) if deviation is None else self.symbol(deviation, "positive", shape)
            for name in (mean, deviation):
                if name is not None:
                    self.parametric.add(written(name))
            sides.append((m, s))
        shown = [f"N({m or 0}, {d + '^2' if d else 1})" for m, d in zip(reading.means, reading.deviations, strict=True)]
        second = reading.means[1]
        widths = tuple(d for d in reading.deviations if d is not None)
        if self.prior_first or (second is not None and self.swapped((reading.means[0], second), widths, left, right)):
            sides.reverse()
            shown.reverse()
        values = [Normal(m, s**2)(point) for m, s in sides]
        names = self.stems(left, right) if left is not None and right is not None else ["q", "p"]
        names = names if all(names) and names[0] != names[1] else ["q", "p"]
        self.notes[f"{names[0]} and {names[1]} are the normal laws {shown[0]} and {shown[1]}"] = None
        return Term("KL", (point,), values[0], values[1])


def _law_and_spaces(density: Term) -> str:
    """A name for a law in a transport distance that no other law has: p at x given z is not p at x, nor p at z."""
    if density.head != "den":
        return repr(density)
    law, targets, given = density.args
    spaces = ["".join(slot for slot, _ in side) for side in (targets, given) if side]
    return "_".join([law.name, "_given_".join(spaces)])
