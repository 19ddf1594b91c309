"""What a statement speaks about: its slots, laws, functions, symbols, dimensions, and how much work it is.

Read once per statement from the JSON of ``docs/terms.md``; models are drawn to this measure and the evaluation is
compiled against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from derivations.refuter import form
from derivations.refuter.fields import Unsupported
from derivations.refuter.form import RELATIONS

Json = Any
Pattern = tuple[tuple[str, ...], tuple[str, ...]]
"""The target slots and the given slots of a density."""
Names = frozenset[tuple[str, str]]
Known = dict[int, tuple[Json, Names]]
"""The free names of terms, by the identity of each term, which is kept with them so that it stays its own."""

ARITHMETIC = ("add", "mul", "log", "exp", "abs")
PLAIN = frozenset({*ARITHMETIC, "normal", "gaussian", "minibatch", "entry", "inverse", "det"})
LEAVES = frozenset({"num", "const", "sym", "var", "idx"})
BINDERS = frozenset({"int", "E", "KL", "JSD", "CE", "TV", "H", "W", "I", "eigenvalue", "sum", "prod", "sup", "inf"})
INTEGRALS = ("int", "E", "KL", "JSD", "CE", "TV", "H", "I", "W")


NOTHING: Names = frozenset()


def subterms(term: Json) -> list[Json]:
    """The immediate subterms of a term, without its binders."""
    head = term[0]
    if head in PLAIN:
        return term[1:]
    if head in LEAVES:
        return []
    if head == "pow":
        return [term[1]]
    if head == "at":
        return [term[1], term[2]]
    if head == "fn":
        return list(term[2])
    if head == "den":
        return [*term[1][2], *(t for _, t in term[2]), *(t for _, t in term[3])]
    if head in INTEGRALS:
        return list(term[{"H": 3, "I": 4, "W": 3}.get(head, 2) :])
    if head == "eigenvalue":
        return list(term[2:])
    if head in ("sum", "prod", "sup", "inf", "grad"):
        return [term[2], *described(term)]
    raise Unsupported(f"the head {head!r}")


def described(term: Json) -> list[Json]:
    """The sides of the inequalities of the class of functions over which an extremum ranges."""
    if term[0] not in ("sup", "inf") or term[1][0] != "function" or len(term[1]) < 4:
        return []
    return [side for _, *sides in term[1][3] for side in sides]


def bound(term: Json) -> list[Json]:
    """The variables, index or symbol that a term binds."""
    head = term[0]
    if head not in BINDERS:
        return []
    if head in ("int", "E", "KL", "JSD", "CE", "TV"):
        return list(term[1])
    if head in ("H", "W"):
        return [*term[1], *term[2]]
    if head == "I":
        return [*term[1], *term[2], *term[3]]
    if head == "eigenvalue":
        if free(term[2]) & {(kind, name) for kind, name in term[1]}:
            raise Unsupported("a rank that depends on the row of its own matrix")
        return list(term[1])
    if term[1][0] not in (("idx",) if head in ("sum", "prod") else ("var", "sym", "function", "law")):
        raise Unsupported(f"{head!r} over something of the head {term[1][0]!r}")
    return [term[1]]


def walk(term: Json) -> Iterator[Json]:
    """All terms inside a term, itself first."""
    stack = [term]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(subterms(item)))


def free(term: Json, known: Known | None = None) -> Names:
    """The free variables, indices, symbols and function names of a term, as pairs such as ``("var", "x")``.

    What is *known* of its parts is not looked for again, and what is found is added.
    """
    head = term[0]
    if head in ("var", "idx", "sym"):
        return frozenset({(head, term[1])})
    if head in LEAVES:
        return NOTHING
    if known is None:
        known = {}
    elif id(term) in known:
        return known[id(term)][1]
    sides = described(term) if head in ("sup", "inf") else []  # which speak of all points of their variables
    parts = [term[2]] if sides else subterms(term)
    names = NOTHING.union(*[free(t, known) for t in parts])
    if sides:
        names = names.union(*({n for n in free(t, known) if n[0] != "var"} for t in sides))
    elif head == "fn":
        names |= {("fn", term[1])}
    elif head == "den":
        names |= {("law", term[1][1])}
    elif head == "grad":
        names |= free(term[1], known)
    if binders := bound(term):
        names -= {(("fn" if b[0] == "function" else b[0]), b[1]) for b in binders}
    known[id(term)] = (term, names)
    return names


@dataclass(frozen=True)
class DensityDefinition:
    """A hypothesis that says what a density of a law on the real line is: targets, condition, variables, density."""

    targets: tuple[str, ...]
    given: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    parameters: Json
    density: Json
    hypothesis: int


@dataclass(frozen=True)
class Inverse:
    """A hypothesis that a function undoes another: ``outer(..., inner(..., variable, ...), ...) = variable``."""

    variable: str
    outer: Json
    inner: Json

    @classmethod
    def of(cls, relation: str, left: Json, right: Json) -> Inverse | None:
        """The hypothesis as an inverse, if it is one, of functions of distinct variables."""
        for side, other in ((left, right), (right, left)):
            if relation != "=" or side[0] != "fn" or other[0] != "var":
                continue
            inner = [t for t in side[2] if t[0] == "fn"]
            if len(inner) != 1 or other not in inner[0][2]:
                continue
            for arguments in (inner[0][2], [other, *(t for t in side[2] if t[0] != "fn")]):
                names = [t[1] for t in arguments if t[0] == "var"]
                if not len(names) == len(arguments) == len(set(names)):
                    break
            else:
                return cls(other[1], side, inner[0])
        return None


@dataclass
class Signature:
    """The vocabulary of one statement.

    *space* gives the space of each slot: slots that share a variable share a space and its name.  *laws* lists the
    slots of each law, in order; *whole* tells the pairs of law and slot whose argument is a whole vector.
    *points* gives, for functions with values in a space, that space; *literals* the numbers that fill slots.
    *domains* gives, for functions that a hypothesis speaks about at all values of a variable, the space of that
    argument: what a hypothesis says of f(z) is said of all points of the space of z, and f is applied to no others.
    """

    statement: dict[str, Json]
    variables: dict[str, dict[str, Json]]
    symbols: dict[str, dict[str, Json]]
    functions: dict[str, dict[str, Json]]
    indices: dict[str, dict[str, Json]]
    terms: list[Json] = field(default_factory=list)
    nodes: list[Json] = field(default_factory=list, repr=False)
    heads: frozenset[str] = frozenset()
    space: dict[str, str] = field(default_factory=dict)
    discrete: set[str] = field(default_factory=set)
    laws: dict[str, list[str]] = field(default_factory=dict)
    parametric: set[str] = field(default_factory=set)
    whole: dict[tuple[str, str], Json] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)
    domains: dict[str, dict[int, str]] = field(default_factory=dict)
    inverses: list[Inverse] = field(default_factory=list)
    located: dict[str, str] = field(default_factory=dict)
    dimensions: list[str] = field(default_factory=list)
    lines: set[str] = field(default_factory=set)
    analytic: set[str] = field(default_factory=set)
    densities: dict[str, list[DensityDefinition]] = field(default_factory=dict)
    patterns: dict[str, Pattern] = field(default_factory=dict)
    descriptions: dict[str, list[Pattern]] = field(default_factory=dict)
    literals: dict[str, set[str]] = field(default_factory=dict)
    definitions: dict[tuple[str, str], tuple[tuple[str, ...], Json]] = field(default_factory=dict)
    known: Known = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, statement: dict[str, Json]) -> Signature:
        """Read a statement; raises ``Unsupported`` for what no model of this package can give a meaning."""
        form.check(statement)
        declared = statement["declare"]
        self = cls(statement, *(declared.get(k, {}) for k in ("variables", "symbols", "functions", "indices")))
        self.terms = [statement["lhs"], statement["rhs"]]
        for pair in statement.get("equality", []):
            self.terms += pair
        for hypothesis in statement.get("given", []):
            self.terms += [] if hypothesis[0] == "markov" else hypothesis[1:]
        for facts in self.variables.values():
            self.space.setdefault(facts["slot"], facts["slot"])
            if len(facts["shape"]) > 1:
                raise Unsupported("a variable with a matrix shape")
        self.nodes = [u for t in self.terms for u in walk(t)]
        self.heads = frozenset(u[0] for u in self.nodes)
        for u in self.nodes:
            self._read(u)
        self._find_domains()
        for name, facts in self.variables.items():
            if facts["kind"] == "discrete":
                self.discrete.add(self.space_of(facts["slot"]))
            self._dimension(*facts["shape"])
            self.variables[name] = facts
        for facts in self.symbols.values():
            self._dimension(*facts["shape"])
        for facts in self.indices.values():
            self._dimension(facts["lower"], facts["upper"])
        self.space = {slot: self.space_of(slot) for slot in self.space}
        self.points = {f: self.space_of(s) for f, s in self.points.items()}
        for slot, numbers in list(self.literals.items()):
            self.literals.setdefault(self.space_of(slot), set()).update(numbers)
        self.located = {s: self.space_of(slot) for s, slot in self.located.items()}
        for hypothesis in statement.get("given", []):
            if hypothesis[0] == "markov":
                slots = self.laws.setdefault(hypothesis[2][1], [])
                slots += [s for s in hypothesis[1] if s not in slots]
                for s in hypothesis[1]:
                    self.space.setdefault(s, s)
        for slots in self.laws.values():
            slots.sort()
        self._find_lines()
        self._find_definitions()
        return self

    def space_of(self, slot: str) -> str:
        """The name of the space over which a slot ranges."""
        name = self.space.setdefault(slot, slot)
        while self.space[name] != name:
            name = self.space[name]
        return name

    def variable_space(self, name: str) -> str:
        """The name of the space of a variable (of its components, for a vector)."""
        return self.space_of(self.variables[name]["slot"])

    def _dimension(self, *terms: Json) -> None:
        for t in terms:
            for kind, name in sorted(free(t, self.known)):
                if kind == "sym" and name not in self.dimensions:
                    self.dimensions.append(name)

    def _read(self, term: Json) -> None:
        if term[0] == "minibatch" and term[1][0] == "var":
            self.literals.setdefault(self.variables[term[1][1]]["slot"], set()).update("01")
            self._dimension(term[2])
        if term[0] == "den":
            name = term[1][1]
            slots = self.laws.setdefault(name, [])
            if term[1][2]:
                self.parametric.add(name)
            for slot, argument in [*term[2], *term[3]]:
                self.space.setdefault(slot, slot)
                if slot not in slots:
                    slots.append(slot)
                self._argument(name, slot, argument)

    def _argument(self, law: str, slot: str, argument: Json) -> None:
        self._fill(slot, argument)
        vector: Json = None
        if argument[0] == "var":
            facts = self.variables[argument[1]]
            vector = facts["shape"][0] if facts["shape"] else None
        if argument[0] not in ("var", "at"):
            return
        if self.whole.setdefault((law, slot), vector) != vector:
            raise Unsupported(f"the law {law} takes vectors and their components in the slot {slot}")

    def _fill(self, slot: str, argument: Json) -> None:
        """What fills a slot is a point of its space."""
        if argument[0] == "at" and argument[1][0] == "var":
            self._join(slot, self.variables[argument[1][1]]["slot"])
        elif argument[0] == "var":
            self._join(slot, self.variables[argument[1]]["slot"])
        elif argument[0] == "fn":
            self._join(slot, self.points.setdefault(argument[1], slot))
        elif argument[0] == "num":
            self.literals.setdefault(slot, set()).add(argument[1])
        elif argument[0] == "sym":
            self.located.setdefault(argument[1], slot)

    def _find_domains(self) -> None:
        """Functions whose arguments, or values, must be points, since a hypothesis speaks about them."""
        for kind, *parts in self.statement.get("given", []):
            if kind == "pushforward":
                for slot, _ in parts[0][2]:
                    self._fill(slot, parts[2])
            inverse = Inverse.of(kind, *parts) if kind in RELATIONS else None
            if inverse:
                self.inverses.append(inverse)
                self._fill(self.variables[inverse.variable]["slot"], inverse.outer)
            for t in parts if kind in RELATIONS else []:
                for u in walk(t):
                    for position, argument in enumerate(u[2] if u[0] == "fn" else []):
                        if argument[0] == "var" and not self.variables[argument[1]]["shape"]:
                            slot = self.variables[argument[1]]["slot"]
                            self.domains.setdefault(u[1], {}).setdefault(position, slot)
        for u in self.nodes:
            for position, slot in self.domains.get(u[1], {}).items() if u[0] == "fn" else []:
                if position < len(u[2]):
                    self._fill(slot, u[2][position])

    def _join(self, slot: str, other: str) -> None:
        a, b = self.space_of(slot), self.space_of(other)
        if a != b:
            self.space[max(a, b)] = min(a, b)

    def _find_lines(self) -> None:
        """Spaces that must be a real line: their variables are integrated against normal densities."""
        points: set[str] = set()
        integrated: set[str] = set()
        for hypothesis in self.statement.get("given", []):
            if hypothesis[0] == "=" and any(side[0] == "den" for side in hypothesis[1:]):
                integrated |= {n for side in hypothesis[1:] for k, n in free(side, self.known) if k == "var"}
        for u in self.nodes:
            if u[0] in ("normal", "gaussian"):
                points |= {n for k, n in free(u[1], self.known) if k == "var"}
            if u[0] in INTEGRALS:
                integrated |= {b[1] for b in bound(u)}
        self.lines = {self.variable_space(n) for n in points & integrated}
        self.lines |= {self.variable_space(u[1][1]) for u in self.nodes if u[0] == "grad" and u[1][0] == "var"}
        for u in self.nodes:
            if u[0] in ("sup", "inf") and u[1][0] == "var" and u[1][1] in _by_value(u[2]):
                if self.variables[u[1][1]]["kind"] != "continuous":
                    raise Unsupported("an extremum over the values of a variable that may be discrete")
                self.lines.add(self.variable_space(u[1][1]))
        self._find_densities()
        for law, slots in self.laws.items():
            spaces = {self.space_of(s) for s in slots}
            if spaces & self.lines and law not in self.densities:
                self.lines |= spaces - self.discrete
        if self.lines:
            self._find_analytic()
            self.analytic |= {f for f, s in self.points.items() if s in self.lines}
            self.points = {f: s for f, s in self.points.items() if s not in self.lines}
            self.located = {name: s for name, s in self.located.items() if s not in self.lines}
        self.domains = {
            f: {i: space for i, s in slots.items() if (space := self.space_of(s)) not in self.lines}
            for f, slots in self.domains.items()
        }

    def presented(self, law: str) -> Pattern:
        """How to show a law: as the conditional density if the statement knows no other, else as the joint one."""
        if law not in self.patterns:
            found = self._used(law)
            self.patterns[law] = found[0] if len(found) == 1 else (tuple(self.laws[law]), ())
        return self.patterns[law]

    def _used(self, law: str) -> list[Pattern]:
        """The densities of a law that the statement knows, in the order of its slots."""
        order = self.laws[law]

        def slots(part: Json) -> tuple[str, ...]:
            return tuple(sorted((s for s, _ in part), key=order.index))

        densities = (u for u in self.nodes if u[0] == "den" and u[1][1] == law)
        return sorted({(slots(u[2]), slots(u[3])) for u in densities})

    def shown(self, law: str) -> list[Pattern]:
        """The densities by which a law is described: no more than the statement uses, if these can be chosen freely."""
        if law not in self.descriptions:
            self.descriptions[law] = self._shown(law)
        return self.descriptions[law]

    def _shown(self, law: str) -> list[Pattern]:
        used = self._used(law)
        markov = any(h[0] == "markov" and h[2][1] == law for h in self.statement.get("given", []))
        if len(used) == 1 or markov:
            return [self.presented(law)]
        whole = [frozenset(t) for t, g in used if not g]
        marginals = [p for p in used if not p[1] and not any(frozenset(p[0]) < w for w in whole)]
        conditionals = [(t, g) for t, g in used if g and not any({*t, *g} <= w for w in whole)]
        settled: set[str] = set()
        for t, _ in marginals:
            if settled & set(t):
                break
            settled |= set(t)
        else:
            # Conditional densities add to that what is still free, one after the other.
            targets = [s for t, _ in conditionals for s in t]
            waiting = list(conditionals)
            while ready := [p for p in waiting if not any(set(p[1]) & set(t) for t, _ in waiting)]:
                waiting = [p for p in waiting if p not in ready]
            if not waiting and len({*targets, *settled}) == len(targets) + len(settled):
                return [*marginals, *conditionals]
        slots = {s for t, g in used for s in (*t, *g)}
        return [(tuple(s for s in self.laws[law] if s in slots), ())]

    def line_slots(self, law: str) -> list[str]:
        """The slots of a law that range over the real line."""
        return [s for s in self.laws[law] if self.space_of(s) in self.lines]

    def _find_densities(self) -> None:
        """Hypotheses that define a density of a law on the real line."""
        for number, hypothesis in enumerate(self.statement.get("given", [])):
            if hypothesis[0] != "=":
                continue
            for side, other in (hypothesis[1:], hypothesis[:0:-1]):
                if (
                    side[0] != "den"
                    or not self.line_slots(side[1][1])
                    or ("law", side[1][1]) in free(other, self.known)
                ):
                    continue
                arguments = [*side[2], *side[3]]
                names = [t[1] for _, t in arguments if t[0] == "var"]
                known = self.densities.setdefault(side[1][1], [])
                targets, given = tuple(s for s, _ in side[2]), tuple(s for s, _ in side[3])
                if (
                    len(set(names)) == len(arguments)
                    and set(self.free_variables(other)) <= set(names)
                    and not any(set(targets) & set(d.targets) for d in known)
                ):
                    variables = tuple((s, t[1]) for s, t in arguments)
                    known.append(DensityDefinition(targets, given, variables, side[1][2], other, number))
                    break

    def _find_analytic(self) -> None:
        """Functions of real numbers that range over a continuum."""
        for u in self.nodes:
            if u[0] == "fn" and any(
                k == "var" and self.variable_space(n) in self.lines for a in u[2] for k, n in free(a, self.known)
            ):
                self.analytic.add(u[1])

    def _find_definitions(self) -> None:
        """Hypotheses ``symbol = term`` and ``f(x) = term`` define the symbol or function, if not in terms of itself."""
        for hypothesis in self.statement.get("given", []):
            if hypothesis[0] != "=":
                continue
            for side, other in (hypothesis[1:], hypothesis[:0:-1]):
                name = (side[0], side[1])
                arguments = [t[1] for t in side[2] if t[0] == "var"] if side[0] == "fn" else []
                if (
                    side[0] not in ("sym", "fn")
                    or name in self.definitions
                    or side[1] in (*self.dimensions, *self.located, *self.points)
                    or (side[0] == "sym" and self.symbols[side[1]]["shape"])
                    or (side[0] == "fn" and not len(arguments) == len(side[2]) == len(set(arguments)))
                    or not set(self.free_variables(other)) <= set(arguments)
                    or name in self.mentioned(other)
                ):
                    continue
                self.definitions[name] = (tuple(arguments), other)
                break

    def mentioned(self, term: Json) -> set[tuple[str, str]]:
        """The free names that a term mentions, also through definitions."""
        names: set[tuple[str, str]] = set()
        pending = sorted(free(term, self.known))
        while pending:
            name = pending.pop()
            if name not in names:
                names.add(name)
                pending += sorted(free(self.definitions[name][1])) if name in self.definitions else []
        return names

    def free_variables(self, *terms: Json) -> list[str]:
        """The free variables and indices of some terms, sorted."""
        return sorted({n for t in terms for k, n in free(t, self.known) if k in ("var", "idx")})

    def kind(self, name: str) -> str:
        """Whether a free variable is one (``"var"``) or an index (``"idx"``)."""
        return "var" if name in self.variables else "idx"

    def loops(self) -> Counter[tuple[str, ...]]:
        """How many subterms stand under which loops over variables, for a cost estimate."""
        found: Counter[tuple[str, ...]] = Counter()

        def visit(t: Json, around: tuple[str, ...]) -> None:
            binders = bound(t)
            inside = (*around, *(b[1] for b in binders if b[0] == "var")) if binders else around
            found[inside] += 1
            for u in subterms(t):
                visit(u, inside)

        for term in self.terms:
            visit(term, ())
        return found


def is_plain_density(term: Json) -> bool:
    """Whether a term is a density of one law at distinct variables (or numbers), so that an equation can impose it."""
    if term[0] != "den":
        return False
    arguments = [t for _, t in [*term[2], *term[3]]]
    names = [t[1] if t[0] == "var" else f"{n}:{t[1]}" for n, t in enumerate(arguments) if t[0] in ("var", "num")]
    if any(u[0] in ("var", "idx") for parameter in term[1][2] for u in walk(parameter)):
        return False
    return len(names) == len(arguments) == len(set(names))


def _by_value(term: Json) -> set[str]:
    """The variables that occur as numbers, not only as points of densities and functions."""
    if term[0] == "var":
        return {term[1]}
    if term[0] in ("den", "fn"):
        return {n for t in subterms(term) if t[0] != "var" for n in _by_value(t)}
    return {n for t in subterms(term) for n in _by_value(t)}
