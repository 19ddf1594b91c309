"""Names, variables and laws as terms: the ground on which a step is interpreted.

Main definition: `Interpretation`, the state of reading one step, which `derivations.latex.meaning` completes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

from derivations.language.laws import Law, density
from derivations.language.terms import Function, Index, LanguageError, Symbol, Term, Variable, at, term, walk
from derivations.latex.arguments import Argument, Arguments, read_arguments, variable_key
from derivations.latex.binding import binds, is_density, named
from derivations.latex.decorations import check_decorations
from derivations.latex.definitions import Definition, Gaussian
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.moments import Moments
from derivations.latex.names import PARAMETERS, Name, is_parameter, name_of, written
from derivations.latex.notation import parse
from derivations.latex.readings import Reading
from derivations.latex.substitution import Exchange, as_number, occurs, with_names
from derivations.latex.tokens import Unread, in_words
from derivations.latex.vocabulary import Pattern, Vocabulary

POSITIVE = frozenset(("sigma", "tau", "Sigma", "Lambda"))
DIMENSIONS = frozenset("KNMTJLDdnk")
SIZES = frozenset("KNMTIZ")  # capitals that are numbers, or the matrix I, whichever way they are printed plainly
MAX_EXPANSIONS = 200


class Interpretation:
    """The state of reading one step, and what names, variables and laws stand for."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        reading: Reading,
        definitions: dict[str, Definition],
        discrete: frozenset[str] = frozenset(),
        signs: dict[str, str] | None = None,
    ) -> None:
        self.vocabulary, self.reading, self.definitions = vocabulary, reading, definitions
        self.discrete, self.signs = discrete, signs or {}
        self.unexplained: dict[str, None] = {}
        self.notes: dict[str, None] = {}
        self.scalar_only = False  # matrices or vectors were read as numbers: enough to refute, not to prove
        self.orders: set[tuple[str, str]] = set()  # letters for numbers or matrices, each before another in a product
        self.exponents: set[tuple[str, str]] = set()  # such letters within one exponent
        self.divisors: set[str] = set()  # letters that something is divided by, which are no matrices
        self.matrices = False  # and more than by components: there are matrices, norms, products of vectors
        self.bound: list[Variable] = []
        self.indices: dict[str, Index] = {}
        self.spread: Index | None = None
        self.renamed: dict[str, str] = {}
        self.taken: set[tuple[str, str]] = set()  # definitions, and parameters on which they depend
        self.values: dict[str, Term] = {}  # what the parameters of a definition stand for
        self.expansions = 0
        self.parametric: set[str] = set()  # symbols that are parameters of a law, so arbitrary by right
        self.continuous: set[str] = set()
        self.dense: set[str] = set()  # slots that normal laws of the document fill: a sum does not make them discrete
        self.existing: dict[Term, None] = {}  # radicands: non-negative where the step means anything
        self.expanding: list[str] = []
        self.opened: dict[str, dict[str, Definition]] = {}  # laws, with the formulas put for densities of them
        self.stated: Mapping[str, Definition] = {}  # formulas that are hypotheses on their law instead
        self.positive: set[str] = set()  # functions and symbols of which the step takes the logarithm
        self.random: frozenset[str] = frozenset()  # the slots in entropies of the step that name no law
        self.squared: set[str] = set()  # deviations whose squares are second parameters of normal laws
        self.radicands: set[str] = set()  # symbols of which the step takes the square root
        self.prior_first = False  # the divergence of a closed form has the standard normal law on its left
        self.dependent: dict[str, str] = {}  # functions that depend on a parameter which the step does not show
        self.transport = False  # W1 occurs, of which nothing is known here but that it is a distance
        self.gradients = vocabulary.gradients  # the parameters in which the step differentiates
        self.used: set[str] = set()  # definitions, and variables whose laws were said, that the reading takes
        self.told_laws: Mapping[str, Row] = {}  # normal laws that the prose before the step gives for variables
        self.vectors: dict[str, tuple[Term, ...]] = {}  # slots of vectors, whose normal laws are those of components
        self.components = False  # normal laws are those of vectors, since the other side sums over components
        self.summands: dict[Node, Term] = {}  # of the sides that were looked at since the step was read
        self.second_moments: dict[Term, Term] = {}  # the mean of p/q under p, for every chi-squared of p and q
        self.gaussian: Gaussian | None = None
        reading.energies, reading.iterated = vocabulary.energies, vocabulary.iterated
        self.moments: Moments | None = None
        self.opposite: Node | None = None  # the other side of the step
        self.generated: Variable | None = None  # the point G(z), inside an expectation over z
        self.listed: dict[str, str] = {}  # the values of a variable that a sum lists
        self.shown: dict[str, frozenset[Pattern]] = {}  # the patterns with which the step itself writes its laws
        self.nearby: dict[str, set[Pattern]] = {}  # those with which its section does
        self.times: set[str] = set()  # the variables and ranges of variables of the step
        self.optimised: frozenset[str] = frozenset()  # the parameters of an argmax: laws depend on them

    def side(self, row: Row) -> Term:
        """The term that a side of a step stands for; raises :class:`Unread`."""
        try:
            return self.term(self.parse(row))
        except LanguageError as error:
            if isinstance(error, Unread):
                raise
            raise Unread(in_words(error)) from error

    def parse(self, row: Row) -> Node:
        return parse(row, self.applies, self.reading)

    def applies(self, name: Name, row: Row) -> bool:
        """Whether parentheses after a name hold its arguments: a function that the document defines has some."""
        if any((n := name_of(p)) is not None and n.key == name.key for p in row) and all(
            p.kind != "bracketed" for p in row
        ):
            return False  # sigma (1 - sigma)
        defined = self.definitions.get(name.key)
        if (defined is not None and defined.parameters is not None) or self.vocabulary.applies(name, row):
            return True
        inside = {n.key for p in row if (n := name_of(p)) is not None}
        if not inside.isdisjoint(self.vocabulary.called.get(name.key, ())):  # mu(x + y) beside mu(x)
            return True
        if name.key == "sigma" and not self.vocabulary.deviations and any(p.kind in ("PLUS", "MINUS") for p in row):
            raise Unread("sigma before parentheses, perhaps the logistic function")
        return False

    def term(self, node: Node) -> Term:
        """The value of an expression."""
        self.reading.count()
        method = getattr(self, "_" + node.head.replace(" ", "_"), None)
        if method is None:
            raise Unread(f"a {node.head} where a number is meant")
        value: Term = method(node)
        return value

    def expanded(self, definition: Definition, arguments: Row | None) -> Term:
        """A defined name as what it stands for, with the variables of its arguments exchanged."""
        self.expansions += 1
        if self.expansions > MAX_EXPANSIONS or definition.name.key in self.expanding:
            raise Unread(f"the definition of {definition.name.key}, which goes in circles")
        if definition.row is None:
            self.unexplained[definition.name.key] = None
            return self.symbol(definition.name.shown)
        self.used.add(definition.name.key)
        new = self.exchange(definition, arguments)
        self.expanding.append(definition.name.key)
        try:
            if new.names or new.values:
                self.take(definition, new)
            value = self.read_with(with_names(definition.row, new.names, new.kept), new.values)
        finally:
            self.expanding.pop()
        if not named(new.terms).isdisjoint(named(binds(value))):
            raise Unread(f"{definition.name.key} at something that its definition binds")
        return value

    def exchange(self, definition: Definition, arguments: Row | None) -> Exchange:
        """What is put for the parameters of a definition."""
        new = Exchange({}, {}, set(), set())
        if arguments is None or definition.parameters is None:
            return new
        theirs, mine = (split(r, "COMMA", "SEMI", "BAR") for r in (definition.parameters, arguments))
        if len(theirs) != len(mine):
            raise Unread(f"{definition.name.key} at another number of arguments")
        for (_, a), (_, b) in zip(theirs, mine, strict=True):
            parameter, name = (name_of(r[0]) if len(r) == 1 else None for r in (a, b))
            known = name is not None and variable_key(name) in self.values
            if spell(a) == spell(b) and not known:
                new.kept.update([parameter.key] if parameter is not None else [])
            elif parameter is None or definition.row is None:
                raise Unread(f"{definition.name.key} at another argument")
            elif name is not None and (self.vocabulary.is_law(name) or not known):
                new.names[parameter.key] = b[0]
                new.terms.update([] if self.vocabulary.is_law(name) else walk(self.term(self.parse(b))))
            elif as_number(definition.row, parameter.key):
                new.values[variable_key(parameter)] = self.term(self.parse(b))
                new.terms.update(walk(new.values[variable_key(parameter)]))
            else:
                raise Unread(f"{definition.name.key} at an expression, where its definition needs a name")
        return new

    def read_with(self, row: Row, values: Mapping[str, Term]) -> Term:
        """The value of a row in which some names have values."""
        check_decorations(row)
        outer, self.values = self.values, dict(values)
        try:
            return self.term(self.parse(row))
        finally:
            self.values = outer

    def take(self, definition: Definition, new: Exchange) -> None:
        """Check that a definition takes each argument: it has another value with it than with its parameter.

        An argument that the reading drops, as the parameter of a law, would make any two values of it equal.
        """
        row, key = definition.row or (), definition.name.key
        for part in (p for _, (p, *_) in split(definition.parameters or (), "COMMA", "SEMI", "BAR")):
            name = name_of(part)
            if name is None or (name.key not in new.names and variable_key(name) not in new.values):
                continue
            if (key, name.key) in self.taken or (not occurs(row, name.key) and name.base not in PARAMETERS):
                continue
            plain = self.read_with(row, {})
            own = set() if self.vocabulary.is_law(name) else {self.read_with((part,), {})}
            if name.key in new.names:
                others = new.kept | new.names.keys() - {name.key}
                lost = self.read_with(with_names(row, {name.key: new.names[name.key]}, others), {}) is plain
            else:
                mark = Symbol("sym", f"{name.key}''", "real", ())
                found = set(walk(self.read_with(row, {variable_key(name): mark})))
                lost = mark not in found or not own.isdisjoint(found)
            if lost or not named(own).isdisjoint(named(binds(plain))):
                raise Unread(f"{key} at another {name.key}, of which it does not show that it depends on it")
            self.taken.add((key, name.key))

    def symbol(self, name: str, sign: str = "real", shape: tuple[Term, ...] = ()) -> Symbol:
        if sign == "real" and written(name) in self.positive | self.radicands:
            sign = "positive" if written(name) in self.positive else "nonnegative"
        return Symbol("sym", written(name), self.signs.get(name, sign), shape)

    def in_one_dimension(self) -> None:
        """Note that a matrix, or a number made of vectors, is read in one dimension."""
        self.scalar_only = self.matrices = True

    def in_order(self, factors: Iterable[Node]) -> None:
        """Note which letters that may be matrices stand before which others in a product."""
        for one, other in combinations([self.capitals(factor) for factor in factors], 2):
            self.orders |= {(a, b) for a in one for b in other if a != b and (a[0].isupper() or b[0].isupper())}

    def capitals(self, node: Any) -> set[str]:
        """The capitals that are factors or terms of an expression, but for sizes, random variables and laws.

        Small letters in bold, which are vectors, count as well: A x is not x A.
        """
        if isinstance(node, tuple):
            return set().union(*(self.capitals(part) for part in node))
        if not isinstance(node, Node) or node.head == "call":
            return set()
        if node.head == "name":
            name = node.args[0]
            roman = len(name.base) == 1 and name.base.isupper() and (name.style == "bold" or name.base not in SIZES)
            vector = name.style == "bold" and name.base.islower()
            known = variable_key(name) in self.vocabulary.variables or self.vocabulary.is_law(name)
            return {name.shown} if vector or (roman and not known) else set()
        if node.head == "quotient":  # nobody divides by a matrix
            self.divisors |= self.capitals(node.args[1:]) if node.args[1].head in ("name", "product") else set()
            return self.capitals(node.args)
        return self.capitals(node.args[:1] if node.head == "power" else node.args)

    def powers_of(self, base: Node, exponent: Node) -> None:
        """Note that (A B)^2 is A^2 B^2, (A B)^-1 is A^-1 B^-1 and (A + B)^2 has 2 A B for numbers only."""
        negative = exponent.head == "sum" and [(sign, part.args) for sign, part in exponent.args] == [(-1, (1,))]
        if base.head == "product" or (base.head == "sum" and not negative):
            self.orders |= set(permutations(sorted(self.capitals(base)), 2))

    def exponent_of(self, exponent: Node) -> None:
        """Note that exp(A + B) is exp(A) exp(B) for numbers only."""
        self.exponents |= set(permutations(sorted(self.capitals(exponent)), 2))

    @property
    def commuted(self) -> tuple[str, str] | None:
        """Two letters that products have in both orders: a proof with numbers is none for matrices."""
        turned = {(b, a) for a, b in self.orders} | self.exponents
        pairs = {pair for pair in self.orders & turned if not self.divisors.intersection(pair)}
        return min(pairs, default=None)

    def parameter(self, name: Name) -> Term:
        """A name that is neither law nor variable: a number that somebody should have explained."""
        if name.base in ("I", "one") and name.style in ("bold", "blackboard"):
            self.scalar_only = True
            return term(1)
        position, stem = self.position(name)
        sign = self.sign_of(name)
        if name.base in ("Sigma", "Lambda"):
            self.in_one_dimension()
        if position is not None:
            self.unexplained.setdefault(written(stem), None)
            return at(self.symbol(stem, sign, (position.upper,)), position)
        if name.base in self.indices and not name.below:
            return self.indices[name.base]
        if name.shown not in self.parametric:
            self.unexplained.setdefault(name.shown, None)
        if name.shown in self.dependent:
            return Function(name.shown, sign)(self.symbol(self.dependent[name.shown]))
        return self.symbol(name.key, sign)

    def sign_of(self, name: Name) -> str:
        """Deviations, temperatures and dimensions are positive."""
        size = name.base in DIMENSIONS and not name.below
        loss = name.base in ("J", "L") and name.base not in self.vocabulary.indices.values()  # where no sum ends
        return "positive" if name.base in POSITIVE or (size and not loss) else "real"

    def position(self, name: Name) -> tuple[Index | None, str]:
        """The index at which a name is a component, and the vector's name: mu_j, sigma_{1,j}, x_i, z^{(l)}."""
        pieces = [spell(r) for _, r in split(name.below_row, "COMMA")] if name.below else []
        base = name.base + "".join(name.accents)
        marks = "'" * name.primes
        for label in pieces:
            if label in self.indices:
                rest = [p for p in pieces if p != label]
                above = "^" + name.above if name.above else ""
                return self.indices[label], base + ("_" + ",".join(rest) if rest else "") + above + marks
        if name.above in self.indices:
            return self.indices[name.above], base + ("_" + name.below if name.below else "") + marks
        if self.spread is not None and name.base not in DIMENSIONS:
            return self.spread, name.key
        return None, name.key

    def variable(self, key: str, name: Name | None = None) -> Term:
        """The variable of a key; a component x_i where i is an index in scope."""
        key = self.vocabulary.moment(self.renamed.get(key, key))
        slot = self.vocabulary.slot(key)
        if name is not None and name.key in self.definitions:
            return self.expanded(self.definitions[name.key], None)
        stem = key.rstrip("'")
        for mark in ("_", "^"):
            base, found, label = stem.partition(mark)
            if found and label.strip("()") in self.indices and slot == base:
                index = self.indices[label.strip("()")]
                vector = self.slot_variable(slot, f"{base}_all" + key[len(stem) :], (index.upper,))
                if not any(v is vector for v in self.bound):
                    self.unexplained.setdefault(f"the components of {base}", None)
                return at(vector, index)
        return self.slot_variable(slot, key)

    def slot_variable(self, slot: str, key: str, shape: tuple[Term, ...] = ()) -> Variable:
        shape = shape or self.vectors.get(slot, ())
        kind = "continuous" if slot in self.continuous else "discrete" if self.is_discrete(slot) else "unknown"
        return Variable("var", written(key), kind, written(slot), shape)

    def is_discrete(self, slot: str) -> bool:
        known = self.vocabulary
        if slot in self.discrete or slot in known.integrated or slot in self.dense:
            return slot in self.discrete
        return any(known.slot(k) == slot for k in known.summed & known.variables)

    def law(self, name: Name, parameters: tuple[str, ...] = ()) -> Law:
        """The law that a name names, with the parameters in which the document differentiates."""

        stem = self.vocabulary.stem(name)
        if name.base == "data" and stem == self.vocabulary.data:
            self.notes[f"data names the law {stem}"] = None
        if self.indices and name.below:
            inside = [n for p in name.below_row if (n := name_of(p)) is not None]
            labels = {name.below, *(label for n in inside for label in (n.base, *n.below.split(",")))}
            if not labels.isdisjoint(self.indices):
                raise Unread(f"the law {name.key}, which has an index")
        if name.below_row and name.below_row[0].kind == "MINUS":
            raise Unread(f"the law {name.key}, of all variables but one")
        key = self.vocabulary.law_key(name, parameters)
        several = self.vocabulary.parameters_of(stem)
        if key == stem and len(several) > 1:  # a bare p beside p_theta and p_theta'
            ways = tuple(f"{name.key} is {stem} with {p}" for p in several)
            key = f"{stem}_{several[self.reading.choose(f'parameter of {stem}', ways)]}"
        gradients = self.gradients
        apart = stem in self.vocabulary.contrasted  # p beside p_theta, which is another law and alone depends on theta
        mine = self.vocabulary.laws[stem].parameters if stem in self.vocabulary.laws and not apart else {}
        used = sorted(p for p in mine if p in gradients or ("" in gradients and len(mine) == 1))
        spelled = (name.below,) if is_parameter(name.below_row) else parameters
        moving = sorted(p for p in self.optimised if p in spelled or (not spelled and p in mine))
        if moving:
            return Law("law", written(key if apart else stem), tuple(self.symbol(p) for p in moving))
        if used and key == stem:
            return Law("law", written(key), tuple(self.symbol(p) for p in used))
        return Law("law", written(key), ())

    def filled(self, argument: Argument, targets: tuple[str, ...]) -> list[tuple[str, Term]]:
        """The slots that an argument of a law fills, and with what."""
        if argument.key in self.vocabulary.data_sets:
            self.unexplained[f"the law of the data {argument.key}"] = None
        if argument.kind == "variable" and argument.name is not None:
            key = self.renamed.get(argument.key, argument.key)
            return [(written(self.vocabulary.slot(key)), self.variable(key, argument.name))]
        if argument.kind == "range" and argument.name is not None:
            return [(written(b), self.slot_variable(b, b)) for b in self.blocks(argument.name)]
        if argument.kind == "event" and argument.name is not None:
            slot = self.vocabulary.slot(argument.key)
            inner = name_of(argument.row[0]) if len(argument.row) == 1 else None
            if inner is not None:
                return [(written(slot), self.slot_variable(slot, variable_key(inner)))]
            return [(written(slot), self.term(self.parse(argument.row)))]
        if argument.kind == "dot":
            if not targets:
                raise Unread("a dot that stands for an unknown variable")
            return [(written(self.vocabulary.slot(k)), self.variable(k)) for k in targets]
        raise Unread(f"the argument {spell(argument.row)!r} of a law")

    def density(self, name: Name, row: Row, targets: tuple[str, ...] = ()) -> Term:
        """The density that a law with arguments is; *targets* stand for a dot."""

        read = self.with_slots(name, read_arguments(row, self.vocabulary.greek))
        keys = tuple(a.key for a in read.targets) if all(a.kind == "variable" for a in read.targets) else ()
        by_formula = self.by_formula(self.law_pattern(name, read), self.law(name, read.parameters), keys)
        if by_formula is not None:
            return by_formula
        left = [f for a in read.targets for f in self.filled(a, targets)]
        right = [f for a in read.given for f in self.filled(a, ())]
        if self.reversed_conditional(name, read, left, targets):
            left, right = [f for k in targets for f in self.filled(Argument("dot"), (k,))], left
        return density(self.law(name, read.parameters), left, right)

    def by_formula(self, pattern: str, law: Law, keys: tuple[str, ...]) -> Term | None:
        """A density that the document has given by a formula, unless that is a hypothesis here."""
        defined = self.definitions.get(pattern)
        if defined is None or defined.row is None or pattern in self.stated or defined.name.key in self.expanding:
            return None
        self.opened.setdefault(law.name, {})[pattern] = defined
        self.used.add(defined.name.key)
        self.expanding.append(defined.name.key)
        try:
            return self.formula(defined.row, keys)
        finally:
            self.expanding.pop()

    def formula(self, row: Row, targets: tuple[str, ...]) -> Term:
        """What the density of some variables is, by a formula."""
        return self.term(self.parse(row))

    def law_pattern(self, name: Name, read: Arguments) -> str:
        """The key under which a document may have defined a density: ``q(z|x)``."""
        sides = [",".join(sorted(a.key for a in side)) for side in (read.targets, read.given)]
        return f"{self.vocabulary.law_key(name, read.parameters)}({sides[0]}|{sides[1]})"

    def reversed_conditional(
        self, name: Name, read: Arguments, left: list[tuple[str, Term]], targets: tuple[str, ...]
    ) -> bool:
        """``z ~ q(x)``: a law named by what it is conditioned on."""
        if not targets or read.given or any(a.kind == "dot" for a in read.targets):
            return False
        slots = {written(self.vocabulary.slot(k)) for k in targets}
        return not slots & {s for s, _ in left}

    def _in_places(self, name: Name, places: list[Name], found: tuple[Argument, ...]) -> tuple[Argument, ...]:
        """Arguments in the places that a subscript lists; those with their own names stay what they are."""
        slots = [self.vocabulary.slot(variable_key(n)) for n in places]
        own = [self.vocabulary.slot(a.key) if a.kind in ("variable", "event") else "" for a in found]
        if slots == own or any(a.kind == "dot" for a in found):
            return found
        if len(slots) != len(own) or not set(slots).isdisjoint(own) or any(a.kind != "variable" for a in found):
            raise Unread(f"the arguments of the law {name.key}, which are not those of its subscript")
        return tuple(Argument("event", variable_key(n), n, a.row) for n, a in zip(places, found, strict=True))

    def with_slots(self, name: Name, read: Arguments) -> Arguments:
        """Arguments with the slots that a subscript gives them by their places: P_Z(x) is the density of Z at x."""
        if name.below and self.vocabulary.lists_variables(name.below_row):
            rows = [row for _, row in split(name.below_row, "BAR")]
            places = [[n for p in row if (n := name_of(p)) is not None] for row in rows]
            sides = [self._in_places(name, places[0], read.targets), read.given]
            if len(places) == 2:
                sides[1] = self._in_places(name, places[1], read.given)
            read = replace(read, targets=sides[0], given=sides[1])
        if all(a.kind != "expression" for a in (*read.targets, *read.given)):
            return read
        found = next(a.key for a in (*read.targets, *read.given) if a.kind == "expression")
        raise Unread(f"the argument {found!r} of the law {name.key}, which is no variable")

    def bare_density(self, name: Name, targets: tuple[str, ...] = (), fresh: bool = False) -> Term:
        """A law without arguments: its density at the variables at hand, conditioned as the document does.

        *fresh* says that it binds its variables, so that they are not those bound around it.
        """
        if name.key in self.vocabulary.numbers and not fresh:
            raise Unread(f"{name.key}, a number here and a law elsewhere")
        pattern = self.pattern_of(name, targets, fresh)
        key = f"{self.vocabulary.law_key(name)}({','.join(sorted(pattern[0]))}|{','.join(sorted(pattern[1]))})"
        by_formula = self.by_formula(key, self.law(name), pattern[0])
        if by_formula is not None:
            if is_density(by_formula):
                return by_formula
            of_law = self.opened[self.law(name).name]  # a formula with functions, of which only its law is known
            del of_law[key]
            if not of_law:
                del self.opened[self.law(name).name]
        left = [(written(s), self.current(s)) for s in self.finest(pattern[0])]
        right = [(written(s), self.current(s)) for s in self.finest(pattern[1])]
        return density(self.law(name), left, right)

    def blocks(self, name: Name) -> list[str]:
        """The slots of a range of variables, as the document or else the step cuts it."""
        try:
            return self.vocabulary.blocks(name)
        except Unread:
            return self.vocabulary.blocks(name, self.times)

    def finest(self, slots: tuple[str, ...]) -> list[str]:
        """Slots, with ranges as the blocks that they are made of."""
        found: list[str] = []
        for slot in slots:
            base, _, below = slot.partition("_")
            found += self.blocks(Name(base, below=below)) if ":" in below else [slot]
        return list(dict.fromkeys(found))

    def current(self, slot: str) -> Term:
        """The variable of a slot that is bound innermost, or the free one."""
        for v in reversed(self.bound):
            if v.slot == written(slot):
                return v
        return self.slot_variable(slot, slot)

    def pattern_of(
        self, name: Name, targets: tuple[str, ...] = (), fresh: bool = False
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The slots of a bare law: those of its own appearances, else those at hand, else the document's variable."""
        stem = self.vocabulary.stem(name)
        use = self.vocabulary.laws.get(stem)
        patterns = dict(use.patterns) if use else {}
        sides = split(name.below_row, "BAR")
        if len(sides) == 2:  # P_{Y|X}
            keys = [[variable_key(n) for p in row if (n := name_of(p)) is not None] for _, row in sides]
            if all(k in self.vocabulary.variables for k in (*keys[0], *keys[1])):
                return tuple(map(self.vocabulary.slot, keys[0])), tuple(map(self.vocabulary.slot, keys[1]))
        extra: list[Pattern] = []
        below = [variable_key(n) for p in name.below_row if (n := name_of(p)) is not None]
        if below and not is_parameter(name.below_row) and all(b in self.vocabulary.variables for b in below):
            return targets or tuple(self.vocabulary.slot(b) for b in below), ()  # p_z is the marginal, not p(z | x)
        if targets:
            fitting = [p for p in patterns if set(p[0]) == set(targets)]
            rest = {s for p in patterns for s in (*p[0], *p[1]) if set(targets) < {*p[0], *p[1]}} - set(targets)
            behind = (targets, tuple(sorted(rest)))  # a bare p beside q(z | x) may be the posterior
            if not fitting:
                fitting = [(targets, ())]
            if rest and behind not in fitting:
                extra.append(behind)
            if all(p[1] for p in fitting):
                extra.append((targets, ()))  # where only p(x | y) is written, p may be its marginal
        elif self.bound and not fresh and not any(p[0] for p in patterns):
            return tuple(dict.fromkeys(self.plain_slot(v) for v in self.bound[-1:])), ()
        else:
            fitting = list(patterns)
            extra += _joint(patterns)
        if not fitting:
            return self.likely_slot(stem), ()
        shown = self.shown.get(stem, frozenset())  # a bare q is the q(x) that the step itself writes
        nearby = self.nearby.get(stem, ())
        fitting.sort(key=lambda p: (p not in shown, p not in nearby, -patterns.get(p, 0), not p[1], p))
        fitting = [*fitting[:4], *extra]
        ways = tuple(
            f"{name.key} is {name.key}({', '.join(p[0])}{' | ' if p[1] else ''}{', '.join(p[1])})" for p in fitting
        )
        if not targets and len({p[0] for p in shown}) > 1:
            self.unexplained[f"the variables of {name.key}"] = None
        if len(fitting) == 1:
            return fitting[0]
        return fitting[self.reading.choose(f"law {stem} {','.join(targets)}", ways)]

    def plain_slot(self, variable: Variable) -> str:
        slots = {written(self.vocabulary.slot(k)): self.vocabulary.slot(k) for k in self.vocabulary.variables}
        return slots.get(variable.slot, variable.slot)

    def known_slots(self) -> set[str]:
        """The variables of a document that laws speak of, or else all of them."""
        slots = {p for use in self.vocabulary.laws.values() for q in use.patterns for p in (*q[0], *q[1])}
        return slots or {self.vocabulary.slot(k) for k in self.vocabulary.variables}

    def lawful(self) -> set[str]:
        """The slots of which the document names a law."""
        return {s for use in self.vocabulary.laws.values() for targets, _ in use.patterns for s in targets}

    def generic_slot(self) -> str:
        """The variable of a document that leaves it out: the only one there is, or x."""
        slots = self.known_slots()
        return next(iter(slots)) if len(slots) == 1 else "x"

    def likely_slot(self, stem: str) -> tuple[str, ...]:
        """The variable of a law that is never written with one: for an encoder what others condition on first."""
        slots = self.known_slots()
        if len(slots) < 2:
            return (self.generic_slot(),)
        given = {p for use in self.vocabulary.laws.values() for q in use.patterns for p in q[1]}
        latent = stem.startswith("q")
        order = sorted(slots, key=lambda s: (s not in given if latent else s in given, s))
        ways = tuple(f"{stem} is a law of {s}" for s in order[:4])
        return (order[self.reading.choose(f"law {stem}", ways)],)

    def is_discriminator(self, name: Name) -> bool:
        """A function D, of whose values `range_of_discriminator` tells."""
        return name.base == "D" and not name.above and not name.accents

    def range_of_discriminator(self) -> str:
        """A probability where the document takes the logarithm of D; a critic of least squares or a hinge is none."""
        if self.vocabulary.probable:
            return "unit"
        ways = ("D takes any values", "D takes values between 0 and 1")
        return "unit" if self.reading.choose("range of D", ways) else "real"

    def random_slots(self, row: Row) -> set[str]:
        """The slots of the random variables in the entropies and informations of a row."""
        found: set[str] = set()
        for part, following in zip(row, (*row[1:], None), strict=False):
            name = name_of(part) if following is not None and following.kind == "bracketed" else None
            if following is not None and name is not None and name.base in ("H", "I") and not name.below:
                names = [name_of(p) for p in following.args[0]]
                keys = [variable_key(n) for n in names if n is not None and not self.vocabulary.is_law(n)]
                found |= {written(self.vocabulary.slot(k)) for k in keys if k in self.vocabulary.variables}
            if part.args or part.below or part.above:
                for inner in (*part.args, part.below or (), part.above or ()):
                    found |= self.random_slots(inner)
        return found

    def names_variable(self, part: Part) -> bool:
        name = name_of(part)
        return name is not None and not self.vocabulary.is_law(name)


def _joint(patterns: Collection[Pattern]) -> list[Pattern]:
    """The joint law that factors make: of z_1 and z_2 given x, where q(z_1 | x) and q(z_2 | z_1, x) are written."""
    targets = [s for p in patterns for s in p[0]]
    if len(patterns) < 2 or len(set(targets)) < len(targets):
        return []
    return [(tuple(sorted(targets)), tuple(sorted({s for p in patterns for s in p[1]} - set(targets))))]
