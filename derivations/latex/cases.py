"""A step under a reading: the statement it makes, and what it leaves open.

Main definitions: `Context`, `Case`, `interpret`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Symbol, Term, Variable, log, number, replace, term, walk
from derivations.latex.arguments import read_arguments
from derivations.latex.decorations import check_decorations
from derivations.latex.definitions import Definition, Gaussian, Place, is_normal
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Row
from derivations.latex.meaning import DIMENSIONS, Meaning
from derivations.latex.moments import Moments, fixed, letters_of_sums
from derivations.latex.names import PARAMETERS, Name, every_part, name_of, names_in, placed, written
from derivations.latex.numbering import by_number
from derivations.latex.readings import Reading
from derivations.latex.tokens import Unread, in_words
from derivations.latex.vocabulary import Pattern, Vocabulary

if TYPE_CHECKING:
    from derivations.latex.premises import Bound, Claim
    from derivations.latex.suppositions import Retold, Supposition

MAX_TERMS = 3_000
RELATIONS = ("=", "!=", "<=", ">=", "<", ">")


@dataclass
class Context:
    """What a document has said so far."""

    vocabulary: Vocabulary
    definitions: dict[str, Definition] = field(default_factory=dict)
    discrete: frozenset[str] = frozenset()
    signs: dict[str, str] = field(default_factory=dict)
    given: list[tuple[Row, str, Row]] = field(default_factory=list)
    chains: list[tuple[str, ...]] = field(default_factory=list)
    defining: dict[int, Definition] = field(default_factory=dict)
    dense: set[str] = field(default_factory=set)  # slots that normal laws of the document fill
    factored: list[tuple[str, str]] = field(default_factory=list)  # laws written as products over time, with their x
    ahead: dict[str, list[tuple[Place, Definition]]] = field(default_factory=dict)  # all definitions of names
    freed: dict[str, list[int]] = field(default_factory=dict)  # names that are anything, from lines on
    draws: list[tuple[int, str, str]] = field(default_factory=list)  # lines, variables, and the laws that they have
    retold: dict[str, Retold] = field(default_factory=dict)  # what the prose says of names that displays define
    moments: Moments | None = None  # the values of the letters of time, in an instance of a step
    own: set[str] = field(default_factory=set)  # reserved names whose first equation gives them a meaning of their own
    redefined: set[str] = field(default_factory=set)  # reserved names that the document defines as something else
    twofold: set[str] = field(default_factory=set)  # names that the document defines a second time, as something else
    settled: set[str] = field(default_factory=set)  # reserved names that had their first equation
    drawn: Mapping[str, Row] = field(default_factory=dict)  # normal laws of variables, by what leads to the step
    places: dict[str, Place] = field(default_factory=dict)  # where displays define what
    integrals: dict[int, set[str]] = field(default_factory=dict)  # slots over which each section integrates
    integrated: frozenset[str] = frozenset()  # slots over which the section at hand integrates
    written: dict[int, dict[str, set[Pattern]]] = field(default_factory=dict)  # how each section writes its laws
    nearby: dict[str, set[Pattern]] = field(default_factory=dict)  # how the section at hand does
    formulas: list[tuple[int, int, Definition]] = field(default_factory=list)  # of laws, with their lines and sections
    made: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)  # open laws, of what they are
    means: bool = False  # the document says in words under which law expectations are
    bases: bool = False  # its logarithms may be to another base than e
    wordy: bool = False  # the document has sentences, which may say of a name what no formula does
    doubted: set[str] = field(default_factory=set)  # reserved names that it may define otherwise, or states an error of
    supposed: list[Supposition] = field(default_factory=list)  # under which sections may speak
    bounded: list[Bound] = field(default_factory=list)  # names of which the document says what values they have
    claimed: list[Claim] = field(default_factory=list)  # what it poses, up to the step at hand
    taken: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)  # how sections read what is bare
    norms: bool = False  # the document says what its norm is
    sizes: frozenset[str] = frozenset()  # letters that the document writes as dimensions
    improper: set[str] = field(default_factory=set)  # laws whose formula has not the mass one, or is negative somewhere
    weighed: dict[str, str] = field(default_factory=dict)  # laws whose formula may have the mass one, in words


@dataclass(frozen=True)
class Case:
    """A statement with the questions it leaves: unexplained names, assumptions, choices of reading."""

    statement: Statement
    unexplained: tuple[str, ...]
    notes: tuple[str, ...]
    scalar_only: bool
    choices: Mapping[str, tuple[str, ...]]
    reading: Reading
    formulas: bool = False  # it takes formulas that the document gives for laws
    used: frozenset[str] = frozenset()  # definitions, and variables with laws, that the reading takes
    matrices: bool = False  # what was read in one dimension is more than components of vectors
    commuted: tuple[str, str] | None = None  # letters that may be matrices and are multiplied in both orders
    meaning: Meaning | None = field(default=None, repr=False, compare=False)  # how its sides were read, if each alone

    @property
    def guesses_a_law(self) -> bool:
        """Whether a bare mean ``E_x`` is taken under a law that the reading chose among several."""
        return any(name.startswith("E_{") for name in self.unexplained)

    def taken(self, *kinds: str) -> dict[str, str]:
        """What the reading took at the choices of some kinds, in words."""
        chosen = self.reading.chosen
        return {key: ways[chosen.get(key, 0)] for key, ways in self.choices.items() if key.startswith(kinds)}

    @cached_property
    def data(self) -> dict[str, Any]:
        """The statement as data; nothing changes them."""
        return self.statement.json()


def glance(case: Case, left: Row | None, relation: str, right: Row | None) -> Statement | None:
    """The statement with one side edited, read as the step was: enough to reject it, not to judge it; None if unsure.

    The side that is None is that of the case.  Raises :class:`LanguageError` for what is not read.
    """
    row, meaning = left or right, case.meaning
    if meaning is None or case.scalar_only or row is None:
        return None
    meaning.expansions = 0
    side = meaning.term(_summed(meaning.parse(row), meaning))
    sides = (side, case.statement.right) if left is not None else (case.statement.left, side)
    return Statement(relation, *sides, (), case.statement.given)


def _summed(node: Node, meaning: Meaning) -> Node:
    """An expression with its summands as values: each one is read for itself, and no more than once."""
    if node.head != "sum":
        return node
    for _, part in node.args:
        if part not in meaning.summands:
            meaning.summands[part] = meaning.term(part)
    known = meaning.summands
    plain = ("name", "number")  # what a sum looks at itself
    parts = [(sign, p if p.head in plain else Node("value", (known[p],), p.place)) for sign, p in node.args]
    return Node("sum", tuple(parts), node.place)


def any_laws(context: Context) -> Context:
    """A document of which the formulas for its laws are forgotten: what holds then holds for any laws."""
    kept = {key: d for key, d in context.definitions.items() if d.density is None}
    return replaced(context, definitions=kept)


def without_bound(context: Context, sides: tuple[Row, Row]) -> Context:
    """A document without its definitions of the letters that a step sums, integrates or differentiates over."""
    bound = {key for side in sides for key in bound_letters(side)} & context.definitions.keys()
    kept = {k: d for k, d in context.definitions.items() if k not in bound or d.parameters is not None or d.density}
    return replaced(context, definitions=kept) if len(kept) < len(context.definitions) else context


def bound_letters(row: Row) -> Iterator[str]:
    """The letters over which a row sums, integrates or takes derivatives and extrema."""
    for where, at, part in placed(row):
        if part.kind in ("BIG", "NABLA", "EXTREMUM"):
            yield from (n.key for _, piece in split(part.below or (), "COMMA") if piece and (n := name_of(piece[0])))
        following = name_of(where[at + 1]) if at + 1 < len(where) else None
        if following is not None and (part.kind in ("PARTIAL", "DIFFERENTIAL") or (part.text == "d" and part.plain)):
            yield following.key


def interpret(left: Row, relation: str, right: Row, context: Context, chosen: Mapping[str, int]) -> Case:
    """The statement that a step makes under a reading; raises :class:`Unread` with the construct that is not read."""
    reading = Reading(dict(chosen))
    continuous: set[str] = set()
    positive: set[str] = set()
    radicands: set[str] = set()
    dependent: dict[str, str] = {}
    squared: set[str] = set()
    context = without_bound(context, (left, right))
    first = Meaning(context.vocabulary, reading, context.definitions, context.discrete, context.signs)
    for row in (left, right):
        check_decorations(row)
    if len({order for row in (left, right) for order in context.vocabulary.orders_of_players(row)}) > 1:
        raise Unread("V(D, G) beside V(G, D), which may be what each player gains")
    nodes = first.parse(left), first.parse(right)
    shown = context.vocabulary.shown((*left, *right))
    random = frozenset(first.random_slots(left) | first.random_slots(right))
    whole = in_full((left, right), context)
    timed = whole if context.moments is None else context.vocabulary.rows
    times: set[str] = set().union(*(context.vocabulary.times(row) for row in timed))
    components = any(_is_divergence(n) and _has_sum(o) for n, o in (nodes, nodes[::-1]))
    components = components or (any(map(_has_sum, nodes)) and by_components((left, right), context))
    vectors: dict[str, tuple[Term, ...]] = {}
    parameters = {n for d in context.definitions.values() for n in parameters_of(d)}
    stated: dict[str, Definition] = {}
    gradients = context.vocabulary.gradients
    if gradients and not any(p.kind in ("NABLA", "PARTIAL") for row in whole for p in every_part(row)):
        gradients = set()  # a step without derivatives holds its parameters fixed
    for _ in range(5):  # a normal law anywhere makes its variable continuous everywhere
        meaning = Meaning(context.vocabulary, reading, context.definitions, context.discrete, context.signs)
        meaning.continuous |= continuous
        meaning.dense |= context.dense
        meaning.gradients = gradients
        meaning.vectors |= vectors
        meaning.parametric |= parameters
        meaning.told_laws = context.drawn
        meaning.positive |= positive
        meaning.radicands |= radicands
        meaning.dependent |= dependent
        meaning.squared |= squared
        meaning.shown, meaning.nearby = shown, context.nearby
        meaning.random, meaning.components = random, components
        meaning.times, meaning.stated, meaning.moments = times, stated, context.moments
        meaning.gaussian = gaussian(*nodes)
        sides = []
        try:
            for node, other in (nodes, nodes[::-1]):
                meaning.opposite = other
                sides.append(meaning.term(node))
            mixed = {t.args[0].name for side in sides for t in walk(side) if t.head == "den"}
            known = {k: d for k, d in context.definitions.items() if d.density and law_of(d, context) in mixed}
            if not stated.keys() >= known.keys():  # what the law is elsewhere would not know of its formulas
                stated = known
                continue
            given = [hypothesis(meaning, *row) for row in context.given]
            given += [formula(meaning, d.density, d.row) for d in stated.values() if d.density and d.row]
        except Unread:
            raise
        except LanguageError as error:
            raise Unread(in_words(error)) from error
        found = (meaning.continuous, meaning.positive, meaning.radicands, meaning.dependent, meaning.squared)
        if (*found, [*meaning.vectors]) == (continuous, positive, radicands, dependent, squared, [*vectors]):
            break
        vectors = dict(meaning.vectors)
        squared = set(meaning.squared)
        dependent = dict(meaning.dependent)
        continuous, positive = set(meaning.continuous), set(meaning.positive)
        radicands = set(meaning.radicands)
    else:
        raise Unread("a step whose reading does not settle")
    sides, numbered = by_number(sides)
    meaning.notes.update({numbered: None} if numbered else {})
    said = chains(context.chains, sides) + written_chains(context, sides)
    meaning.notes.update({f"{' -> '.join(order)} is a Markov chain": None for _, order, _ in said})
    given += said
    case = _case(meaning, sides[0], relation, sides[1], given, reading)
    return replaced(case, meaning=None) if numbered else case


def in_full(found: tuple[Row, ...], context: Context) -> tuple[Row, ...]:
    """Rows, and those of the definitions that they use."""
    seen: set[str] = set()
    waiting = list(found)
    while waiting:
        for name in names_in(waiting.pop()):
            definition = context.definitions.get(name.key)
            if definition is not None and definition.row and name.key not in seen:
                seen.add(name.key)
                found = (*found, definition.row)
                waiting.append(definition.row)
    return found


def parameters_of(definition: Definition) -> set[str]:
    """Names that a definition makes arbitrary by right: the parameters of a normal law, the argument of a function."""
    if definition.density is None and definition.parameters:
        names = [name_of(p) for p in definition.parameters]
        return {n.shown for n in names if n is not None and n.base not in PARAMETERS}
    if definition.density is None or definition.row is None or not is_normal(definition.row):
        return set()
    inside = definition.row[1].args[0]
    point = split(inside, "SEMI")[-1][1]
    return {n.shown for n in names_in(point)}


def law_of(definition: Definition, context: Context) -> str:
    """The law of a density that a document gives by a formula."""
    name = name_of(definition.density[0]) if definition.density else None
    return written(context.vocabulary.law_key(name)) if name is not None else ""


def by_components(sides: tuple[Row, ...], context: Context) -> bool:
    """Whether a step speaks of components mu_j of what is a parameter mu of a normal law, in it or in a formula."""
    mentioned = {n.base for n in names_in(*sides)}
    formulas = [d for d in context.definitions.values() if d.density and d.row]
    laws = [d.row for d in formulas if d.density and (n := name_of(d.density[0])) and n.base in mentioned]
    whole: set[str] = set()
    for row in (*sides, *(r for r in laws if r is not None)):
        for where in (row, *(a for p in every_part(row) for a in p.args)):
            for part, following in pairwise(where):
                name = name_of(part)
                if name is not None and name.base in ("N", "calN", "Normal") and following.kind == "bracketed":
                    whole |= {n.base for n in names_in(following.args[0]) if not n.below}
    single = {n.base for n in names_in(*sides) if n.below and n.below.split(",")[-1] in context.vocabulary.indices}
    return not whole.isdisjoint(single)


def chains(declared: list[tuple[str, ...]], sides: list[Term]) -> list[Any]:
    """The declared Markov chains as hypotheses on the laws that hold at least three of their variables."""
    laws: dict[Term, set[str]] = {}
    if not declared:
        return []
    for d in (t for side in sides for t in walk(side) if t.head == "den"):
        laws.setdefault(d.args[0], set()).update(s for s, _ in (*d.args[1], *d.args[2]))
    found: list[Any] = []
    for slots in declared:
        for law, known in laws.items():
            order = tuple(written(s) for s in slots if written(s) in known)
            if len(order) > 2:
                found.append(("markov", order, law))
    return found


def for_moments(sides: tuple[Row, Row], step: tuple[Row, Row], context: Context, moments: Moments) -> Context:
    """The context of an instance of a step over time: its names are those that it speaks of at its moments."""
    kept = {
        key: replaced(d, row=fixed(d.row, moments))
        for key, d in context.definitions.items()
        if d.row and d.density is None
    }
    poses = any(context.vocabulary.is_density(row) for row in step)  # it says what a law is
    own = replaced(context, definitions=kept, moments=moments, factored=[] if poses else context.factored)
    bound = letters_of_sums((*step[0], *step[1]))
    found: list[Row] = []
    for n in range(1, moments.last + 1):
        values = {**moments.values, **dict.fromkeys(bound, n)}
        found += [fixed(row, replaced(moments, values=values)) for row in in_full(sides, own)]
    return replaced(own, vocabulary=Vocabulary(dict.fromkeys(found)))


def written_chains(context: Context, sides: list[Term]) -> list[Any]:
    """In an instance of a step over time: the chains of the laws that the document writes as products over time."""
    if context.moments is None:
        return []
    laws: dict[Term, set[str]] = {}
    for d in (t for side in sides for t in walk(side) if t.head == "den"):
        laws.setdefault(d.args[0], set()).update(s for s, _ in (*d.args[1], *d.args[2]))
    found: list[Any] = []
    for name, base in dict.fromkeys(context.factored):
        for law, slots in laws.items():
            order = sorted((s for s in slots if moment(s, base) is not None), key=lambda s: moment(s, base) or 0)
            if law.args[0] == written(name) and len(order) > 2:
                found.append(("markov", tuple(order), law))
    return found


def moment(slot: str, base: str) -> int | None:
    """The number in a slot such as x_2."""
    stem, _, label = slot.partition("_")
    return int(label) if stem == base and label.isdigit() else None


def hypothesis(meaning: Meaning, left: Row, relation: str, right: Row) -> tuple[str, Term, Term]:
    return relation, meaning.term(meaning.parse(left)), meaning.term(meaning.parse(right))


def formula(meaning: Meaning, law: Row, row: Row) -> tuple[str, Term, Term]:
    """The hypothesis that a density is what a formula says."""
    targets = read_arguments(law[1].args[0], meaning.vocabulary.greek).targets
    return "=", meaning.term(meaning.parse(law)), meaning.formula(row, tuple(a.key for a in targets))


def _case(meaning: Meaning, left: Term, relation: str, right: Term, given: list[Any], reading: Reading) -> Case:
    size = sum(1 for side in (left, right) for _ in walk(side))
    if size > MAX_TERMS:
        raise Unread(f"a step of more than {MAX_TERMS} terms")
    if meaning.scalar_only:  # in one dimension
        for t in {t for side in (left, right) for t in walk(side)}:
            if isinstance(t, Symbol) and t.name in DIMENSIONS and t.name in meaning.unexplained:
                left, right = (replace(side, t, term(1)) for side in (left, right))
                del meaning.unexplained[t.name]
    given += [("<=", term(0), r) for r in meaning.existing if number(r) is None and not _positive(r)]
    try:
        statement = Statement(relation, left, right, (), tuple(given))
        data = statement.json()
    except LanguageError as error:
        raise Unread(in_words(error)) from error
    for words in _of_one_law(left, right):
        meaning.notes.setdefault(words, None)
    known = {written(name) for name in meaning.signs}
    for name in sorted(meaning.positive - known):  # what has a logarithm is positive, or the step means nothing
        meaning.notes.setdefault(f"{name} > 0", None)
    sides = (left, right) if meaning.unexplained else ()
    names = {t.name for side in sides for t in walk(side) if isinstance(t, Symbol)}
    unexplained = tuple(
        n
        for n in meaning.unexplained
        if n not in meaning.parametric and not (n in data["declare"]["symbols"] and n not in names)
    )
    formulas = bool(meaning.opened or meaning.stated)
    case = Case(
        statement,
        unexplained,
        tuple(meaning.notes),
        meaning.scalar_only,
        dict(reading.met),
        reading,
        formulas,
        frozenset(meaning.used | meaning.stated.keys()),
        meaning.matrices,
        meaning.commuted,
        meaning,
    )
    vars(case)["data"] = data  # made already
    return case


def _of_one_law(*sides: Term) -> Iterator[str]:
    """The variables x, x_1, x_2 that are read as of one law, since the document has an x_i."""
    slots: dict[str, set[str]] = {}
    for v in (t for side in sides for t in walk(side) if isinstance(t, Variable) and not t.shape):
        slots.setdefault(v.slot, set()).add(v.name)
    for slot, found in sorted(slots.items()):
        if len(found) > 1 and any(n.removeprefix(f"{slot}_").isdigit() for n in found):
            yield f"{', '.join(sorted(found))} have the same law"


def _positive(radicand: Term) -> bool:
    return isinstance(radicand, Symbol) and radicand.sign == "positive"


def gaussian(left: Node, right: Node) -> Gaussian | None:
    """The usual reading of ``KL(q || p) = closed form in mu and sigma``, if the step has this shape."""
    for side, other in ((left, right), (right, left)):
        if _is_divergence(side):
            names: dict[str, Name] = {}
            _names(other, names)
            means = sorted({_stem(n) for n in names.values() if n.base == "mu" and not n.accents})
            deviations = sorted({_stem(n) for n in names.values() if n.base == "sigma" and not n.accents})
            others = {n.base for n in names.values()} - {"mu", "sigma", "pi", "e", "K", "d", "J", "k", "n", "D"}
            if others - {n.base for n in names.values() if n.below} or not deviations or _has_laws(other):
                return None
            if len(means) == len(deviations) == 2:
                return Gaussian((means[0], means[1]), (deviations[0], deviations[1]), _has_sum(other))
            if len(means) == len(deviations) == 1:
                return Gaussian((means[0], None), (deviations[0], None), _has_sum(other))
    return None


def _stem(name: Name) -> str:
    labels = [b for b in name.below.split(",") if b and b not in ("i", "j", "k", "d")]
    return name.base + ("_" + ",".join(labels) if labels else "")


def _is_divergence(node: Node) -> bool:
    if node.head == "sum" and len(node.args) == 1:
        return _is_divergence(node.args[0][1])
    return node.head in ("call", "name") and node.args[0].base == "KL"


def _names(node: Any, found: dict[str, Name]) -> None:
    if isinstance(node, Node):
        if node.head in ("name", "call"):
            found.setdefault(node.args[0].key, node.args[0])
        for part in node.args:
            _names(part, found)
    elif isinstance(node, tuple) and not isinstance(node, str):
        for part in node:
            if isinstance(part, (Node, tuple)):
                _names(part, found)


def _has_laws(node: Any) -> bool:
    if isinstance(node, Node):
        if node.head in ("expectation", "integral", "call"):
            return True
        return any(_has_laws(part) for part in node.args)
    return isinstance(node, tuple) and any(_has_laws(part) for part in node if isinstance(part, (Node, tuple)))


def _has_sum(node: Any) -> bool:
    if isinstance(node, Node):
        return node.head == "total" or any(_has_sum(part) for part in node.args)
    return isinstance(node, tuple) and any(_has_sum(part) for part in node if isinstance(part, (Node, tuple)))


__all__ = ["Case", "Context", "gaussian", "interpret", "log"]
