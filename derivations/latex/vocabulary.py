"""What the names of a document are: laws, variables, functions, parameters.

A law's signature is read off all displays first: a bare q is q(z | x) if that is how q appears.  Main definition:
`Vocabulary`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derivations.latex.arguments import (
    INDEX_LETTERS,
    Arguments,
    read_arguments,
    slot_and_copy,
    subscript_variables,
    variable_key,
)
from derivations.latex.blocks import blocks_of, moment
from derivations.latex.expressions import split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.law_names import LAW_LETTERS, LawNames
from derivations.latex.names import PARAMETERS, RESERVED, Name, is_parameter, name_of, written
from derivations.latex.tokens import Unread

RANDOM = frozenset("xyzuv")  # letters of random variables where no law is named
NUMBERS = frozenset("BCDHIJKLMNT")  # capitals that are rather sizes, functions and matrices than random variables
Pattern = tuple[tuple[str, ...], tuple[str, ...]]  # targets, given, as slots


@dataclass
class LawUse:
    """How a law appears in a document: the slots it is used with, and the spellings of its parameters."""

    patterns: Counter[Pattern] = field(default_factory=Counter)
    parameters: Counter[str] = field(default_factory=Counter)
    bare: int = 0
    sampled: Counter[str] = field(default_factory=Counter)  # variables drawn from the bare law


def _arguments(row: Row) -> Iterator[tuple[Part, bool]]:
    """The parts of random variables in a row, and whether each is one for itself: X, and not the c of H(cX)."""
    for _, piece in split(row, "COMMA", "SEMI", "BAR", "COLON"):
        factors = [p for p in piece if p.kind in ("NAME", "accent")]
        letters = all(p.text.isupper() or not p.plain for p in factors)
        yield from ((p, len(piece) == 1 or letters) for p in factors)


NOISES = frozenset(("e", "epsilon", "varepsilon", "xi", "zeta", "omega"))  # letters of what is random, if anything is


class Vocabulary(LawNames):
    """The names of a document, from all rows of all its displays."""

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self.subscripted = {
            (name.base.lower(), name.below)
            for row in self.rows
            for _, _, part in self._walk(row)
            if part.below and (name := name_of(part)) is not None
        }
        self.data = self._law_of_data()
        self.variables: set[str] = set()
        self.summed: set[str] = set()
        self.integrated: set[str] = set()
        self.laws: dict[str, LawUse] = {}
        self.gradients: set[str] = set()
        self.indices: dict[str, str] = {}
        self.ranges: dict[str, set[tuple[str, str]]] = {}
        self.said: dict[str, dict[str, Row]] = {}  # the normal laws that a variable is said to have, by their spelling
        self.greek = frozenset(name for row in self.rows for name in self._greek(row))
        for row in self.rows:
            self._subscripts(row)
        self.apart = {key for row in self.rows for key in self._beside_their_own(row)}
        self.copied = {base for row in self.rows for base in self._numbered_draws(row)}
        for row in self.rows:
            self._variables(row)
        for row in self.rows:
            self._uses(row)
        self.unnormalised = frozenset(written(stem) for row in self.rows for stem in self._over_a_constant(row))
        self.unnormalised |= {written(stem) for stem in self.laws if stem.endswith("tilde")}
        self.contrasted = frozenset(stem for row in self.rows for stem in self._contrasts(row))

    # What is a constant -----------------------------------------------------------------------------------------

    def is_circular(self, name: Name) -> bool:
        """Whether a name is the constant pi: plain, and pi is no law, weight, variable or parameter of the document."""
        if name.key != "pi" or name.style == "number":
            return name.key == "pi"
        return not (name.style or self.weighted or "pi" in self.law_bases or "pi" in self.variables or self._marks_pi)

    @cached_property
    def moving(self) -> frozenset[tuple[str, str]]:
        """The names of which the document writes a derivative, dx/dt, with what they move with."""
        found = set()
        for row in self.rows:
            for _, _, part in self._walk(row):
                sides = part.args if part.kind == "fraction" and len(part.args) == 2 else ()
                names = [n for s in sides if len(s) == 2 and s[0].text == "d" and (n := name_of(s[1])) is not None]
                if len(names) == 2:
                    found.add((variable_key(names[0]), variable_key(names[1])))
        return frozenset(found)

    def is_euler(self, name: Name) -> bool:
        """Whether a name is Euler's number: plain, and e is no variable, no error that the document defines."""
        if name.base != "e" or name.below or name.accents or name.primes:
            return False
        alone = any(len(row) == 1 and row[0].text == "e" and row[0].plain for row in self.rows)  # e = y - f(x)
        return not alone and "e" not in self.variables

    @cached_property
    def _marks_pi(self) -> bool:
        """Whether a document marks some pi, as in pi' and pi_k, or differentiates in it."""
        for row in self.rows:
            for where, at, part in self._walk(row):
                name = name_of(part)
                if name is not None and name.base == "pi":
                    before = where[at - 1].kind if at else ""
                    if name.key != "pi" or name.style or before == "PARTIAL" or row == (part,):  # pi = 1/2
                        return True
                if part.kind == "NABLA" and any(p.text == "pi" for p in part.below or ()):
                    return True
        return False

    # What is a variable -----------------------------------------------------------------------------------------

    def _greek(self, row: Row) -> Iterator[str]:
        """Greek letters that are variables: a law is a density of them, or an integral runs over them."""
        for where, at, part in self._walk(row):
            following = where[at + 1] if at + 1 < len(where) else None
            name = name_of(part)
            if following is None:
                continue
            if name is not None and following.kind == "bracketed" and self.is_law(name) and following.args[0]:
                first = name_of(following.args[0][0])
                if first is not None and first.base in PARAMETERS:
                    yield variable_key(first)
            if part.kind == "DIFFERENTIAL" or (part.kind == "NAME" and part.text == "d"):
                drawn = name_of(following)
                if drawn is not None and drawn.base in PARAMETERS and any(p.kind == "BIG" for p in where[:at]):
                    yield variable_key(drawn)

    def _beside_their_own(self, row: Row) -> Iterator[str]:
        r"""In p(\tilde x | x) both are arguments of one density: a noisy x is no other draw of x."""
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is None or following is None or following.kind != "bracketed" or not self.is_law(name):
                continue
            read = self.arguments(following.args[0])
            keys = {a.key for a in (*read.targets, *read.given)} if read is not None else set()
            yield from (k for k in keys if k.endswith(("tilde", "'")) and slot_and_copy(k)[0] in keys)

    def _numbered_draws(self, row: Row) -> Iterator[str]:
        """``z_1, z_2 ~ q(z)``: z_1 and z_2 are independent draws of z, no variables of their own.

        So they are for a bare q, if the document has a q(z) and is not about a chain of variables.
        """
        for where, at, part in self._walk(row):
            if part.kind != "SIM" or at + 1 >= len(where):
                continue
            names = [name_of(p) for p in where[:at] if p.kind != "COMMA"]
            found = [n for n in names if n is not None and n.below.isdigit()]
            bases = {variable_key(Name(n.base, accents=n.accents)) for n in found}
            law = name_of(where[at + 1])
            if len(names) < 2 or len(found) < len(names) or len(bases) != 1 or law is None:
                continue
            called = where[at + 2] if at + 2 < len(where) and where[at + 2].kind == "bracketed" else None
            rows = [called.args[0]] if called is not None else self._arguments_of(law.base)
            firsts = [split(r, "BAR")[0][1] for r in rows]
            if any(len(f) == 1 and (n := name_of(f[0])) is not None and {variable_key(n)} == bases for f in firsts):
                yield bases.pop()

    def _arguments_of(self, base: str) -> list[Row]:
        """What stands in the parentheses of a name, wherever it is written with some."""
        found = []
        for row in self.rows:
            for where, at, part in self._walk(row):
                name = name_of(part)
                if name is not None and name.base == base and at + 1 < len(where) and where[at + 1].kind == "bracketed":
                    found.append(where[at + 1].args[0])
        return found

    def _subscripts(self, row: Row) -> None:
        """``P_{XY}`` and ``P_{Y|X}`` say that X and Y are variables."""
        for _, _, part in self._walk(row):
            name = name_of(part)
            if name is None or name.base not in LAW_LETTERS or len(name.below_row) < 2:
                continue
            letters = [n for p in name.below_row if p.kind not in ("BAR", "COMMA") for n in [name_of(p)]]
            if all(n is not None and len(n.key) == 1 and (n.base.isupper() or n.base in RANDOM) for n in letters):
                for n in letters:
                    if n is not None:
                        self._add_variable(n)

    # Variables --------------------------------------------------------------------------------------------------

    def arguments(self, row: Row) -> Arguments | None:
        try:
            return read_arguments(row, self.greek)
        except Unread:
            return None

    def _add_variable(self, name: Name) -> None:
        if ":" in name.below:
            start, end = name.below.split(":", 1)
            base = variable_key(Name(name.base, accents=name.accents))
            self.ranges.setdefault(base, set()).add((start, end))
        self.variables.add(variable_key(name))

    @cached_property
    def drawn(self) -> dict[str, Row]:
        """The normal law that a variable is said to have, where it is one throughout the document."""
        return {key: law for key, said in self.said.items() if len(said) == 1 for law in said.values() if law}

    def _normal_law(self, name: Name, row: Row) -> None:
        """``X ~ N(mu, sigma^2)``: the law of X, where nothing else is said of it."""
        said = self.said.setdefault(variable_key(name), {})
        alone = len(row) == 2 or (len(row) > 2 and row[2].kind in ("COMMA", "SEMI", "STOP", "BAR"))
        law = name_of(row[0]) if alone and row[1].kind == "bracketed" else None
        normal = law is not None and law.key == law.base and law.base in ("Normal", "N", "calN")
        if normal and len(split(row[1].args[0], "COMMA")) == 2:
            said[spell(row[:2])] = row[:2]
        else:
            said[""] = ()

    def _point_of_normal(self, row: Row) -> None:
        """``N(x; m, v)`` and ``N(x | m, v)``: the point is a variable."""
        for mark in ("SEMI", "BAR"):
            pieces = split(row, mark)
            name = name_of(pieces[0][1][0]) if len(pieces) == 2 and len(pieces[0][1]) == 1 else None
            if name is not None:
                self._add_variable(name)

    def _differentials(self, row: Row) -> Iterator[Name]:
        """The variables over which a row integrates."""
        for where, at, part in self._walk(row):
            if part.kind == "DIFFERENTIAL" or (part.kind == "NAME" and part.text == "d"):
                name = name_of(where[at + 1]) if at + 1 < len(where) and part.plain else None
                measure = name is not None and self.is_law(name) and name.base.isupper()  # int f dP
                if name is not None and not measure and any(p.kind == "BIG" for p in where[:at]):
                    yield name
            if part.kind == "BIG" and part.text == "int":
                for _, piece in split(part.below or (), "COMMA"):
                    name = name_of(piece[0]) if piece and not any(p.kind == "REL" for p in piece) else None
                    if name is not None:
                        yield name

    def integrated_in(self, row: Row) -> set[str]:
        """The slots over which a row integrates."""
        return {slot_and_copy(variable_key(name))[0] for name in self._differentials(row)}

    def _variables(self, row: Row) -> None:
        self.variables |= {variable_key(name) for name in self._differentials(row)}
        self.integrated |= self.integrated_in(row)
        for integrated in self._differentials(row):
            if ":" in integrated.below:
                self._add_variable(integrated)
        for where, at, part in self._walk(row):
            following = where[at + 1] if at + 1 < len(where) else None
            if part.kind == "BIG":
                self._bound_by(part)
            name = name_of(part)
            if part.kind == "SIM":
                before = [name_of(p) for p in where[:at]]
                if before and before[-1] is not None:
                    self._add_variable(before[-1])
                    if at == 1 or where[at - 2].kind in ("COMMA", "SEMI", "QUAD", "AND"):  # not log X ~ N(0, 1)
                        self._normal_law(before[-1], where[at + 1 :])
            if part.kind in ("NABLA", "PARTIAL") and part.below:
                for p in part.below:
                    if p.kind == "NAME":
                        self.gradients.add(spell((p,)))
            if part.kind == "NABLA" and not part.below:
                self.gradients.add("")
            if name is not None and name.base in ("E", "Var", "Cov"):
                self._averaged(part, following)
            if name is None or following is None or following.kind != "bracketed":
                continue
            if name.base in ("Normal", "N", "calN"):
                self._point_of_normal(following.args[0])
            if self.is_law(name) and len(split(following.args[0], "DBAR")) == 1:
                read = self.arguments(following.args[0])
                for argument in (*read.targets, *read.given) if read else ():
                    if argument.name is not None and not self.is_law(argument.name):
                        self._add_variable(argument.name)
            elif name.base in ("H", "I") and not any(
                (n := name_of(p)) is not None and self.is_law(n) for p in following.args[0]
            ):
                for p, alone in _arguments(following.args[0]):
                    inner = name_of(p)
                    known = inner is None or self.is_law(inner) or inner.base in PARAMETERS
                    if inner is not None and not known and (alone or inner.base.isupper()):
                        self._add_variable(inner)

    def _averaged(self, part: Part, following: Part | None) -> None:
        """``E_x[...]`` and ``E[X]``: what is averaged over is a variable."""
        for _, piece in split(part.below or (), "COMMA"):
            name = name_of(piece[0]) if len(piece) == 1 else None
            if name is not None and not self.is_law(name) and name.base not in PARAMETERS:
                self._add_variable(name)
        named = any(p.kind in ("SIM", "bracketed") for p in part.below or ())
        if not named and following is not None and following.kind == "bracketed":
            alone = len(following.args[0]) == 1  # nobody averages a number
            walked = self._walk(following.args[0])
            labels = {id(p.below) for _, _, p in walked if p.below and name_of(p) is not None}  # the G of D_G is none
            for row, at, inner in walked:
                name = name_of(inner)
                called = at + 1 < len(row) and row[at + 1].kind == "bracketed"
                if name is None or called or id(row) in labels or self.is_law(name) or name.base in RESERVED:
                    continue
                if (
                    name.base.lower() in RANDOM
                    or (alone and name.key in NOISES and inner.above is None)
                    or (len(name.base) == 1 and name.base.isupper() and (alone or name.base not in NUMBERS))
                ):
                    self._add_variable(name)

    def _is_point(self, letter: str) -> bool:
        """Whether a summation letter is the point of a law: p_i for p(i), not the p_i of a power p_i^{x_i}."""
        found = False
        for row in self.rows:
            for where, at, part in self._walk(row):
                name = name_of(part)
                called = at + 1 < len(where) and where[at + 1].kind == "bracketed"
                if name is None or name.base not in LAW_LETTERS or name.below != letter:
                    continue
                if part.above and part.above[0].kind != "NUMBER":
                    return False
                found |= not called
        return found

    def _bound_by(self, part: Part) -> None:
        below = part.below or ()
        start = split(below, "REL")[0][1] if part.text == "sum" and below else ()
        first = name_of(start[0]) if start else None
        if first is not None and first.key in INDEX_LETTERS and self._is_point(first.key):
            self.variables.add(first.key)
            self.summed.add(first.key)
        pieces = split(below, "COMMA")
        for _, piece in pieces:
            if any(p.kind == "REL" for p in piece) or (part.text == "sum" and spell(below).find("=") >= 0):
                letter = name_of(piece[0]) if piece else None
                if letter is not None:
                    self.indices[letter.key] = spell(part.above)
                continue
            name = name_of(piece[0]) if piece else None
            if name is not None and part.text == "sum":
                self.summed.add(variable_key(name))

    # Uses of laws -----------------------------------------------------------------------------------------------

    def _uses(self, row: Row) -> None:
        for where, at, part in self._walk(row):
            name = name_of(part)
            if name is None or not self.is_law(name):
                continue
            following = where[at + 1] if at + 1 < len(where) else None
            use = self.laws.setdefault(self.stem(name), LawUse())
            if is_parameter(name.below_row):
                use.parameters[name.below] += 1
            if following is None or following.kind != "bracketed" or len(split(following.args[0], "DBAR")) > 1:
                use.bare += 1
                if name.below and self.lists_variables(name.below_row):  # P_{Y|X}
                    use.patterns[self._listed(name.below_row)] += 1
                if at >= 2 and where[at - 1].kind == "SIM":
                    drawn = name_of(where[at - 2])
                    if drawn is not None:
                        use.sampled[variable_key(drawn)] += 1
                        slot = self.slot(variable_key(drawn))
                        if slot not in [s for p in use.patterns for s in p[0]]:
                            use.patterns[(slot,), ()] += 1
                continue
            read = self.arguments(following.args[0])
            if read is None:
                continue
            for parameter in read.parameters:
                use.parameters[parameter] += 1
            drawn = name_of(where[at - 2]) if at >= 2 and where[at - 1].kind == "SIM" else None
            pattern = self.pattern(read)
            if drawn is not None and pattern is not None:
                slot = self.slot(variable_key(drawn))
                if slot not in pattern[0] and "." not in pattern[0] and not read.given:  # z ~ q(x) is z ~ q(z | x)
                    pattern = ((slot,), pattern[0])
                else:
                    pattern = (tuple(slot if s == "." else s for s in pattern[0]), pattern[1])
            if pattern is not None and "." not in pattern[0] and "." not in pattern[1]:
                use.patterns[pattern] += 1

    def total_of(self, row: Row) -> str | None:
        """The law whose density, over all its variables, a row sums or integrates and no more."""
        signs = [p for p in row if p.kind == "BIG"]
        density = tuple(p for p in row if p.kind not in ("BIG", "DIFFERENTIAL") and p.text != "d")[:2]
        if not signs or any(p.text not in ("sum", "int") for p in signs) or not self.is_density(density):
            return None
        read, name = self.arguments(density[1].args[0]), name_of(density[0])
        over = {variable_key(n) for p in signs for n in (name_of(q) for q in p.below or ()) if n is not None}
        between = [variable_key(n) for n in self._differentials(row)]
        extra = len(row) - len(signs) - 2 - 2 * len(between)
        if (
            name is None
            or read is None
            or read.given
            or extra
            or not {a.key for a in read.targets} <= {*over, *between}
        ):
            return None
        return self.stem(name)

    def _density_of(self, row: Row) -> str:
        return spell(tuple(p for p in row if p.kind not in ("BIG", "DIFFERENTIAL") and p.text != "d")[:2])

    def _over_a_constant(self, row: Row) -> Iterator[str]:
        r"""Laws that a document divides by their normalising constant: ``\tilde p(x) / Z`` has mass one instead."""
        for where, at, part in self._walk(row):
            numerator, denominator = part.args if part.kind == "fraction" else ((), ())
            constant = name_of(denominator[0]) if denominator else None
            last = at + 1 == len(where)
            total = self.total_of(denominator)
            if total is not None and len(numerator) == 2 and self._density_of(denominator) == spell(numerator):
                yield total
            if constant is not None and constant.base == "Z":
                last = at + 3 == len(where) if spell(numerator) == "1" else last
                numerator = where[at + 1 : at + 3] if spell(numerator) == "1" else numerator
            elif part.kind == "SLASH" and at + 1 < len(where) and where[at + 1].text == "Z":
                numerator = where[:at]
            else:
                continue
            alone = last and self.is_density(numerator)  # of \\frac{1}{Z} q(x), q has the mass Z
            alone = alone and len(split(numerator[1].args[0], "BAR")) == 1
            for name in (name_of(p) for _, _, p in self._walk(numerator)):  # also in a sum, a gradient
                if name is not None and (name.accents or name.above or alone) and self.is_law(name):
                    yield self.stem(name)

    def shown(self, row: Row) -> dict[str, frozenset[Pattern]]:
        """The patterns with which a row writes its laws."""
        found: dict[str, set[Pattern]] = {}
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is None or following is None or following.kind != "bracketed" or not self.is_law(name):
                continue
            read = self.arguments(following.args[0])
            pattern = self.pattern(read) if read is not None else None
            if pattern is not None:
                found.setdefault(self.stem(name), set()).add(pattern)
        return {stem: frozenset(patterns) for stem, patterns in found.items()}

    def pattern(self, read: Arguments) -> Pattern | None:
        """The slots of a law's arguments, or None where one is an expression; a dot stays a dot."""
        sides = []
        for side in (read.targets, read.given):
            slots: list[str] = []
            for argument in side:
                if argument.kind == "dot":
                    slots.append(".")
                elif argument.kind == "range" and argument.name is not None:
                    try:
                        slots += self.blocks(argument.name)
                    except Unread:  # beside x_t: what the range is made of is a matter of the step
                        slots.append(argument.key)
                elif argument.name is not None:
                    slots.append(self.slot(argument.key))
                else:
                    return None
            sides.append(tuple(sorted(dict.fromkeys(slots))))
        return sides[0], sides[1]

    def slot(self, key: str) -> str:
        """The slot of a variable; x_1 is one of its own, unless the document also indexes x (x_i)."""
        if key in self.apart:
            return key
        slot, _ = slot_and_copy(self.moment(key))
        if "_" in slot:
            base, below = slot.split("_", 1)
            indexed = any(
                v.split("_")[0] == base and slot_and_copy(v) == (base, True) and "_" in v for v in self.variables
            )
            if below.isdigit() and (indexed or base in self.copied) and base not in self.ranges:
                return base
        return slot

    def stem(self, name: Name) -> str:
        """The law that a name names, parameters aside: P and p are one law; p_Z is a marginal of p."""
        base = name.base.lower() if name.base in LAW_LETTERS else name.base
        key = base + "".join(name.accents)
        below = name.below_row
        if below and not is_parameter(below) and not self.lists_variables(below):
            label = name.below.replace(" ", "")
            two = (base, label.swapcase()) in self.subscripted  # p_t beside p_T
            key += "_" + (label if two else label.lower())
        if name.above:
            key += "^" + name.above
        if key == "data" and self.data and not name.primes:
            return self.data
        return key + "'" * name.primes

    def _law_of_data(self) -> str:
        """The law p_data that the word data names after a tilde, if the document has one and gives data no points."""
        for where, at, part in (place for row in self.rows for place in self._walk(row)):
            name = name_of(part)
            if name is not None and name.base == "data" and at + 1 < len(where) and where[at + 1].kind == "bracketed":
                return ""
        bases = {base for base, below in self.subscripted if below == "data" and base in LAW_LETTERS}
        return f"{bases.pop()}_data" if len(bases) == 1 else ""

    def lists_variables(self, below: Row) -> bool:
        """Whether the subscript of a law lists variables: p_Z, p_{X|Y}, p_{XY}."""
        return not is_parameter(below) and subscript_variables(below, self.variables)

    def _listed(self, below: Row) -> Pattern:
        """The slots that a subscript lists, before its bar and behind it."""
        sides = [
            tuple(sorted({self.slot(variable_key(n)) for p in row if (n := name_of(p)) is not None}))
            for _, row in split(below, "BAR")
        ]
        return sides[0], sides[1] if len(sides) > 1 else ()

    def law_key(self, name: Name, parameters: tuple[str, ...] = ()) -> str:
        """The law with its parameter where the document uses two of them side by side (theta and theta')."""
        stem = self.stem(name)
        use = self.laws.get(stem)
        spelled = [name.below] if is_parameter(name.below_row) else list(parameters)
        several = stem in self.contrasted or (use is not None and len(use.parameters) > 1)
        if not spelled or not several:
            return stem
        return f"{stem}_{','.join(spelled)}"

    def _contrasts(self, row: Row) -> Iterator[str]:
        """The laws p of which a divergence compares p with p_theta, as laws of the same kind: there they are two.

        KL(p_theta(z | x) || p(z)) compares a posterior with its prior, of one law.
        """
        for _, _, part in self._walk(row):
            pieces = split(part.args[0], "DBAR") if part.kind == "bracketed" and part.args else []
            sides = [side for _, side in pieces if len(side) == 1 or (len(side) == 2 and side[1].kind == "bracketed")]
            names = [name_of(side[0]) for side in sides]
            if len(pieces) != 2 or len(sides) != 2 or names[0] is None or names[1] is None:
                continue
            conditional = [len(side) == 2 and len(split(side[1].args[0], "BAR")) == 2 for side in sides]
            marked = [is_parameter(n.below_row) for n in (names[0], names[1])]
            labels = {n.below for n in (names[0], names[1])} & self.gradients
            alike = self.stem(names[0]) == self.stem(names[1])
            bare = names[0].base == names[1].base and all(len(side) == 1 for side in sides)  # p_x and p_theta
            if (
                self.is_law(names[0])
                and (alike or bare)
                and conditional[0] == conditional[1]
                and marked[0] != marked[1]
                and not labels
            ):
                yield self.stem(names[0] if marked[0] else names[1])

    def parameters_of(self, stem: str) -> list[str]:
        """The spellings of a law's parameters, the commonest first."""
        use = self.laws.get(stem)
        return sorted(use.parameters, key=lambda p: (-use.parameters[p], p))[:4] if use else []

    # Ranges of variables ----------------------------------------------------------------------------------------

    def times(self, row: Row) -> set[str]:
        """The spellings of the variables and ranges of variables in a row."""
        names = [name_of(part) for _, _, part in self._walk(row)]
        return {variable_key(n) for n in names if n is not None and n.below}

    def moment(self, key: str) -> str:
        """The key of a variable at the end of a range, as the blocks spell it: x_n beside x_{1:n} is x_T."""
        base, _, below = key.partition("_")
        ends = {end[:1] for _, end in self.ranges.get(base, ())}
        if below[:1] not in ends or below[:1] not in "NKLn" or not below:
            return key
        try:
            return f"{base}_{moment(below)}"
        except Unread:  # x_{n+k}
            return key

    def blocks(self, name: Name, times: set[str] | None = None) -> list[str]:
        """The slots that a range such as x_{1:T} is made of: the finest blocks that all ranges of x share.

        *times* are the variables and ranges of a step: where a document also speaks of x_t, the blocks are its own.
        """
        base = variable_key(Name(name.base, accents=name.accents))
        start, end = name.below.split(":", 1)
        known = self.ranges.get(base, {(start, end)})
        if times is not None:
            spelled = [key.partition("_")[2] for key in times if key.partition("_")[0] == base and ":" in key]
            known = {(start, end), *((s.split(":", 1)[0], s.split(":", 1)[1]) for s in spelled)}
        keys = [key.partition("_") for key in (self.variables if times is None else times)]
        moments = [below for stem, _, below in keys if stem == base and below and ":" not in below]
        return blocks_of(base, known, moments, (start, end))

    def observed_and_latent(
        self, shown: Mapping[str, frozenset[Pattern]] | None = None
    ) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        """The encoder q, the model p, the latent slots and the observed ones, as a document on the ELBO uses them.

        *shown* are the patterns that the step itself writes, which come first.
        """
        encoder = next((k for k in self.laws if k.startswith("q")), "q")
        models = [k for k in self.laws if k.startswith("p") and k != encoder]
        model = min(models, key=lambda k: k.endswith(("data", "real")), default="p")  # the first, but for the data's
        patterns = self.laws[encoder].patterns if encoder in self.laws else Counter[Pattern]()
        here = (shown or {}).get(encoder, ())
        conditional = [p for p in here or patterns if p[1]]
        latent: tuple[str, ...] = ()
        observed: tuple[str, ...] = ()
        if conditional:
            latent, observed = max(conditional, key=lambda p: patterns[p])
        elif here or patterns:
            latent = max(here or patterns, key=lambda p: patterns[p])[0]
        mine = self.laws[model].patterns if model in self.laws else Counter[Pattern]()
        if not latent:
            known = {s for p in mine for s in (*p[0], *p[1])}
            latent = ("z",) if "z" in known or "x" in known or not known else ()
        if not observed:
            left = [s for p in mine for s in (*p[0], *p[1]) if s not in latent]
            observed = tuple(dict.fromkeys(left))[:1] or ("x",)
        return encoder, model, latent, observed
