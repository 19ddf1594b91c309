r"""What a document tells in formulas within its prose: ``where $M = (p + q)/2$``, ``the prior $p(z) = N(0, 1)$``.

A step is judged without them first.  Where that is no proof and it speaks of what they define, it is judged again with
them, and the verdict names those it took.  Main definitions: `Told`, `told`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derivations.language.statements import Statement
from derivations.language.terms import Index, LanguageError, Symbol, Variable, walk
from derivations.latex.arguments import slot_and_copy, variable_key
from derivations.latex.cases import Context, interpret
from derivations.latex.chains import Step, remarks, steps
from derivations.latex.defining import definition_of, is_expandable, laws_of
from derivations.latex.definitions import Definition, is_normal
from derivations.latex.documents import Formula
from derivations.latex.expressions import split
from derivations.latex.grammar import Row, rows, spell
from derivations.latex.names import PARAMETERS, Name, name_of, names_in
from derivations.latex.own_meanings import told_otherwise
from derivations.latex.suppositions import Retold, Supposition, draws, freed_since, is_density, tied
from derivations.latex.tokens import Unread, spelled
from derivations.latex.vocabulary import Vocabulary


@dataclass(frozen=True)
class Remark:
    """A definition within the prose: where it stands, in words, and the names whose steps it concerns."""

    place: Formula
    words: str
    names: frozenset[str]
    definition: Definition | None = None
    drawn: Row = ()  # the law of a variable
    bound: tuple[Row, str, Row] | None = None  # an inequality between a symbol and a number


@dataclass(frozen=True)
class Made:
    """An equation within the prose, of which the name on its left is made of those on its right."""

    place: Formula
    words: str
    name: str
    of: frozenset[str]


class Told:
    """The definitions and laws that prose tells, and the document as it is understood with them."""

    def __init__(self, remarks: list[Remark], context: Context, made: list[Made]) -> None:
        self.remarks, self.context, self.made = remarks, context, made

    def moving(self, line: int, statement: Statement) -> str | None:
        """Why what a proof takes for a number may vary with what it binds: its section says z = mu + sigma e."""
        terms = list(walk((statement.left, statement.right)))
        binders = [t.args[0] for t in terms if t.head in ("E", "int", "sum", "prod", "grad")]
        over = [v for b in binders for v in (b if isinstance(b, tuple) else (b,))]
        bound = {v.name for v in over if isinstance(v, (Variable, Symbol, Index))}
        numbers = {t.name for t in terms if isinstance(t, (Symbol, Variable))} - bound
        for made in self.made:
            inside = made.place.section[0] <= line < made.place.section[1]
            if inside and made.name in numbers and (moved := sorted(made.of & bound)):
                return f"{made.name} does not vary with {moved[0]}, though line {made.place.line} says {made.words}"
        return None

    def made_of(self, line: int, statement: Statement) -> Made | None:
        """What makes one random variable of a step of another: its section says Y = g(X)."""
        names = {t.name for t in walk((statement.left, statement.right)) if isinstance(t, Variable)}
        for made in self.made:
            inside = made.place.section[0] <= line < made.place.section[1]
            others = {variable_key(Name(n)) for n in made.of} & names
            if inside and variable_key(Name(made.name)) in names and others - {variable_key(Name(made.name))}:
                return made
        return None

    def concerning(self, line: int, *sides: Row) -> list[Remark]:
        """The remarks on names that a step mentions, and on names that those speak of."""
        here = [
            r
            for r in self.remarks
            if r.place.since <= line < r.place.until
            and all(freed_since(n, r.place.line, line, self.context) is None for n in r.names)
        ]
        cases: dict[str, Formula] = {}  # of several bounds of one symbol, one case after another, the last one holds
        for r in sorted(here, key=lambda r: (r.place.line <= line, r.place.line)):
            cases.update(dict.fromkeys(r.names if r.bound else (), r.place))
        here = [r for r in here if not r.bound or all(cases[n] == r.place for n in r.names)]
        mentioned = _names(*sides)
        found: list[Remark] = []
        while more := [r for r in here if r not in found and r.names & mentioned]:
            found += more
            mentioned |= _names(*(r.definition.row or () for r in more if r.definition is not None))
        return found

    def with_definitions(self, line: int, remarks: list[Remark], now: Context) -> Context:
        """The document as told to a step, with what its displays have defined up to now, which comes first.

        Who writes ``X ~ N(0, 1)`` before a step, in its section, means that X there, until it is said otherwise.
        """
        laws: dict[str, tuple[int, set[Row]]] = {}
        for r in sorted(remarks, key=lambda r: r.place.line):
            if r.drawn and r.place.line <= line and r.place.section[0] <= line < r.place.section[1]:
                for variable in r.names:
                    before, said = laws.get(variable, (r.place.line, set()))
                    same = said if before == r.place.line else set()
                    laws[variable] = r.place.line, same | {r.drawn}  # the last line that says so counts
        drawn = {variable: said.pop() for variable, (_, said) in laws.items() if len(said) == 1}
        mine = {r.definition.name.key: r.definition for r in remarks if r.definition is not None}
        return replace(
            self.context,
            definitions={**mine, **now.definitions},
            chains=now.chains,
            dense=self.context.dense | now.dense,
            improper=now.improper,
            places=now.places,
            drawn=drawn,
            given=[*now.given, *(r.bound for r in remarks if r.bound is not None)],
        )


def told(formulas: Iterable[Formula], context: Context, shown: list[Row], defined: set[str]) -> Told | None:
    """What formulas within prose tell, or None; *shown* are the rows of displays, *defined* names that they define.

    Equations that are no definitions are entered as suppositions.
    """
    from derivations.latex.verdicts import no_density

    equations: list[tuple[Formula, str, Row, Row]] = []
    laws: list[tuple[Formula, Row]] = []
    bounds: list[tuple[Formula, str, str, tuple[Row, str, Row]]] = []
    made: list[Made] = []
    for place in formulas:
        try:
            found = steps(place.latex)
            bounds += [(place, *b) for step in found for b in _bounds(step) if not place.aside]
            if len(found) == 1 and found[0].relation in ("=", ":=") and found[0].left and found[0].right:
                step = found[0]
                words = f"{spelled(list(step.left))} = {spelled(list(step.right))}"
                left, right = rows(step.left), rows(step.right)
                inside = left[0].args[0] if len(left) == 1 and left[0].kind == "bracketed" else left
                listed = [piece for _, piece in split(inside, "COMMA")]
                named = [n for piece in listed if len(piece) == 1 and (n := name_of(piece[0])) is not None]
                if len(named) == len(listed):
                    of = {n.shown for n in names_in(right)} | {n.below for n in names_in(right) if n.below}
                    made += [Made(place, words, name.shown, frozenset(of)) for name in named]
                equations += [] if place.aside else [(place, words, left, right)]
                if not place.poses:
                    told_otherwise(left, right, context)
            if place.aside:
                continue
            laws += [] if place.poses else [(place, rows(tokens)) for tokens in remarks(place.latex)]
        except Unread:  # a formula that is not read tells nothing
            continue
    if not equations and not laws and not bounds and not made:
        return None
    own = [row for _, _, left, right in equations for row in (left, right)]
    known = replace(context, vocabulary=Vocabulary([*shown, *own, *(row for _, row in laws)]), definitions={})
    known.vocabulary.called |= context.vocabulary.called
    known.vocabulary.deviations |= context.vocabulary.deviations
    context.draws += [(place.line, *d) for place, row in laws for d in draws(row, known.vocabulary)]
    found_remarks = []
    for place, words, left, right in equations:
        ties = tied(left, right, known.vocabulary)
        remark = None if place.poses or (ties and not place.names) else _definition(place, words, left, right, known)
        if remark is not None:
            found_remarks.append(remark)
            if remark.definition is not None and remark.definition.name.key in defined:
                said = Retold(place.line, place.ordinal, words, left, right)
                context.retold[remark.definition.name.key] = said
        name = name_of(left[0])
        among_laws = name is not None and known.vocabulary.is_law(name) and bool(laws_of(right, known.vocabulary))
        formula = remark is not None and is_density(remark.definition) and not is_normal(right)
        if formula or (among_laws and not place.poses):  # also q = 2 p
            law = no_density(left, right, known, 0)
            context.improper |= set() if law is None else {law}
        if remark is None and ties:
            meant = definition_of(left, "=", right, known, set())
            until = min(place.until, place.section[1])
            context.supposed.append(Supposition(place.line, words, ties, meant, until))
    names = [r.definition.name.key for r in found_remarks if r.definition is not None]
    kept = [
        r for r, key in zip(found_remarks, names, strict=True) if key not in defined and _agreed(r, key, found_remarks)
    ]
    kept += [Remark(place, spell(row), names, None, law) for place, row in laws for names, law in _drawn(row)]
    kept += [Remark(place, words, frozenset((name,)), None, (), bound) for place, words, name, bound in bounds]
    kept = list({(r.words, r.place.since): r for r in reversed(kept)}.values())
    return Told(kept, known, made) if kept or made else None


def _names(*rows: Row) -> set[str]:
    return {n.key for n in names_in(*rows)}


def _definition(place: Formula, words: str, left: Row, right: Row, context: Context) -> Remark | None:
    """The remark that an equation within prose is, if it defines a name and is read."""
    definition = definition_of(left, "=", right, context, set())
    if definition is None or definition.row is None or not is_expandable(definition, context.vocabulary):
        return None
    name = name_of(left[0])
    constant = not names_in(right)
    if name is None or constant or (definition.density is None and name.base in PARAMETERS):
        return None  # a special case, or what parameters consist of
    if not is_normal(right):
        try:
            interpret(left, "=", right, context, {})
        except LanguageError:
            return None
    if definition.density is not None and len(left) == 1:  # p = N(0, 1): which variable's p is a matter of the section
        place = replace(place, since=max(place.since, place.section[0]), until=min(place.until, place.section[1]))
    return Remark(place, words, frozenset((name.key, *_letters(definition))), definition)


def _bounds(step: Step) -> Iterator[tuple[str, str, tuple[Row, str, Row]]]:
    """The inequality that a step states between a symbol and a number, in words and with the name of the symbol."""
    if step.relation not in ("<=", ">=", "<", ">") or not step.left or not step.right:
        return
    left, right = rows(step.left), rows(step.right)
    for side, other in ((left, right), (right, left)):
        name = name_of(side[0]) if len(side) == 1 else None
        if name is not None and not names_in(other):
            words = f"{spelled(list(step.left))} {step.relation} {spelled(list(step.right))}"
            yield words, name.key, (left, step.relation, right)


def _letters(definition: Definition) -> set[str]:
    """The parameters of a normal law that is told: what is said of them is said of its parameters."""
    known = definition.row if definition.density is not None and definition.row and is_normal(definition.row) else ()
    inside = split(known[1].args[0], "SEMI")[-1][1] if known else ()
    return {n.key for n in names_in(inside) if n.base not in ("I", "e", "pi")}


def _agreed(remark: Remark, key: str, others: list[Remark]) -> bool:
    """Whether a name has one meaning in all that the prose says of it, where it says so."""
    same = [o for o in others if o.definition is not None and o.definition.name.key == key]
    mine = remark.place
    return all(o.words == remark.words or o.place.until <= mine.since or mine.until <= o.place.since for o in same)


def _drawn(row: Row) -> Iterator[tuple[frozenset[str], Row]]:
    """The variables that ``x ~ p`` speaks of, copies for themselves, and their law."""
    at = next((n for n, p in enumerate(row) if p.kind == "SIM"), 0)
    names = [n for p in row[:at] if (n := name_of(p)) is not None]
    if any(p.kind != "COMMA" and name_of(p) is None for p in row[:at]):  # log X ~ N(0, 1)
        return
    if any(a.kind != "COMMA" and b.kind != "COMMA" for a, b in itertools.pairwise(row[:at])):  # 2 X, X Y
        return
    keys = {variable_key(n) for n in names}
    if names:
        yield frozenset((*(n.key for n in names), *keys, *(slot_and_copy(k)[0] for k in keys))), row[at + 1 :]
