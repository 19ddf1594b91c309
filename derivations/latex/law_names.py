"""The names of a document by the company they keep: laws, functions, objectives, sets of data.

Main definition: `LawNames`, a part of :class:`derivations.latex.vocabulary.Vocabulary`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derivations.latex.arguments import INDEX_LETTERS, is_argument_list, variable_key
from derivations.latex.expressions import split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import FUNCTION_LETTERS, PARAMETERS, RESERVED, Name, is_greek, name_of, placed

LAW_LETTERS = frozenset("pqPQ")
_NEVER = frozenset(("L", "D", "V", "J", "Loss", "ell", "u"))  # likelihoods, functions and fields, also before a bar
_POINTS = frozenset("xyzuvst")
DIVERGENCES = frozenset(("KL", "JSD", "TV", "W1"))
_SIGNED = frozenset(("NAME", "accent", "NUMBER", "PLUS", "MINUS"))
NO_LAWS = frozenset(("N", "pi", "U", "Sigma", "Lambda"))
DATA_SETS = frozenset("DB")


def of_points(row: Row) -> bool:
    """Whether arguments are points, as those of W(x, y), which is no distance of laws then."""
    return all(len(piece) == 1 and piece[0].plain and piece[0].text in _POINTS for _, piece in split(row, "COMMA"))


class LawNames:
    """What a name is, as far as other names and brackets around it say."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._parts: dict[int, list[tuple[Row, int, Part]]] = {}
        self._parts = {id(row): self._walk(row) for row in self.rows}
        self.functions: set[str] = set()
        self.values_actions = any(self._has_action_value(row) for row in self.rows)  # Q(s, a) is no law
        self.law_bases: set[str] = set()
        self.probable = any(self._classifies(row) for row in self.rows)  # D is the probability of a class
        self.objectives = self._objectives()
        self.squared_distances = any(self._has_squared_distance(row) for row in self.rows)  # H^2(p, q) is Hellinger's
        self.weighted = any(self._has_weight(row) for row in self.rows)  # pi is a weight of a mixture, no constant
        self.numbers = {n for row in self.rows for n in self._numbers(row)}  # letters of laws that are numbers as well
        self.iterated = frozenset(n for row in self.rows for n in self._iterated(row))
        self.normaliser = any(self._divides_by_z(row) for row in self.rows)  # Z is a constant, no variable
        self.payoffs = len({order for row in self.rows for order in self.orders_of_players(row)})
        self.energies = any(self._has_energy(row) for row in self.rows)
        self.plain_names = {n for row in self.rows for n in self._plain(row)}
        self.deviations = any(self._speaks_of_deviations(row) for row in self.rows)
        self.called: dict[str, set[str]] = {}
        for row in self.rows:
            self.note_calls(row)
        self.auxiliary = frozenset(name for row in self.rows for name in self._auxiliary(row))
        self.data_sets = frozenset(name for row in self.rows for name in self._data_sets(row))
        for row in self.rows:
            self._bases(row, False)

    def _walk(self, row: Row) -> list[tuple[Row, int, Part]]:
        """All parts of a row, outer ones first, each with the row it stands in and its place there."""
        found = self._parts.get(id(row))
        return placed(row) if found is None else found

    def _plain(self, row: Row) -> Iterator[str]:
        """Names that stand alone, without arguments."""
        for where, at, part in self._walk(row):
            name = name_of(part)
            called = at + 1 < len(where) and where[at + 1].kind == "bracketed"
            if name is not None and not called:
                yield name.base

    def _has_weight(self, row: Row) -> bool:
        """Whether a row writes ``1 - pi``, or ``pi p(x | y)`` with a density next to it."""
        for where, at, part in self._walk(row):
            if part.kind != "NAME" or part.text != "pi" or not part.plain:
                continue
            before = where[at - 1] if at else None
            if before is not None and before.kind == "MINUS" and at > 1 and where[at - 2].text == "1":
                return True
            scaled = before is not None and before.kind == "NUMBER"  # 2 pi
            if not scaled and (_is_called(where, at + 1) or _is_called(where, at - 2)):
                return True
        return False

    def _iterated(self, row: Row) -> Iterator[str]:
        """The names that a row writes with a time above, x^{t+1} or h^{l-1}, or draws with numbers above."""
        draws = next((at for at, part in enumerate(row) if part.kind == "SIM"), 0)
        yield from (n.base for p in row[:draws] if p.above and (n := name_of(p)) is not None)
        for _, _, part in self._walk(row):
            above, name = part.above or (), name_of(part)
            after = len(above) == 3 and above[1].kind in ("PLUS", "MINUS") and above[2].text == "1"
            if name is not None and (spell(above) == "1" or (after and above[0].text in ("t", "l", "s"))):
                yield name.base
            elif name is not None and after and above[0].text in INDEX_LETTERS:  # x^{n+1} beside x^n
                plain = (p for r in self.rows for _, _, p in self._walk(r) if p.text == part.text)
                yield from [name.base] if any(spell(p.above) == above[0].text for p in plain) else []

    def _divides_by_z(self, row: Row) -> bool:
        """Whether a row divides by a bare Z, as by the constant of a density."""
        for where, at, part in self._walk(row):
            below = part.args[1] if part.kind == "fraction" else where[at + 1 : at + 2] if part.kind == "SLASH" else ()
            if len(below) == 1 and below[0].text == "Z" and below[0].plain:
                return True
        return False

    def _numbers(self, row: Row) -> Iterator[str]:
        """Letters that a row writes as exponents, or of which it takes the double from 1, as it does with a chance."""
        for where, at, part in self._walk(row):
            for above in (part.above or ()), *(a for a in part.args if part.kind == "root_of"):
                yield from (n.key for p in above if (n := name_of(p)) is not None and n.key in ("p", "q"))
            name = name_of(part)
            if name is None or name.key not in ("p", "q") or part.below is not None or _is_called(where, at):
                continue
            last = at + 1 == len(where) or where[at + 1].kind in ("PLUS", "MINUS", "COMMA")
            if (
                last
                and at > 2
                and [where[at - 3].text, where[at - 2].kind, where[at - 1].kind] == ["1", "MINUS", "NUMBER"]
            ):
                yield name.key

    def orders_of_players(self, row: Row) -> Iterator[str]:
        """The orders in which a game's value takes its players: V(D, G), V(G, D)."""
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is not None and name.base == "V" and following is not None and following.kind == "bracketed":
                names = [n for p in following.args[0] if (n := name_of(p)) is not None]
                if sorted(n.base for n in names) == ["D", "G"]:
                    yield names[0].base

    def _has_energy(self, row: Row) -> bool:
        """Whether a row writes an energy of a point: the gradient of E(x), or something that begins with -E(x)."""
        for where, at, part in self._walk(row):
            called = where[at + 1] if at + 1 < len(where) else None
            if part.kind != "NAME" or part.text != "E" or part.style == "blackboard" or part.below or called is None:
                continue
            point = name_of(called.args[0][0]) if called.kind == "bracketed" and len(called.args[0]) == 1 else None
            before = where[at - 1].kind if at else ""
            if point is not None and point.base.islower() and (before == "NABLA" or (before == "MINUS" and at == 1)):
                return True
        return False

    def _has_action_value(self, row: Row) -> bool:
        """Whether a row writes Q(s, a)."""
        for where, at, part in self._walk(row):
            following = where[at + 1] if at + 1 < len(where) else None
            if part.kind == "NAME" and part.text == "Q" and following is not None and following.kind == "bracketed":
                pieces = [spell(p)[:1] for _, p in split(following.args[0], "COMMA", "BAR")]
                if pieces in (["s", "a"], ["S", "A"]):
                    return True
        return False

    def _has_squared_distance(self, row: Row) -> bool:
        """Whether a row writes ``H^2(p, q)``, so that H(p, q) is a distance and no cross-entropy."""
        return any(
            part.kind == "NAME" and part.text == "H" and part.above is not None and spell(part.above) == "2"
            for _, _, part in self._walk(row)
        )

    def note_calls(self, row: Row) -> None:
        """Note what names are applied to, where it is one name: sigma(a)."""
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is not None and following is not None and following.kind == "bracketed":
                inside = following.args[0]
                argument = name_of(inside[0]) if len(inside) == 1 else None
                if argument is not None:
                    self.called.setdefault(name.key, set()).add(argument.key)

    def _speaks_of_deviations(self, row: Row) -> bool:
        """Whether sigma(x) is a standard deviation: a parameter of a normal law, or beside a mean mu(x)."""
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is None or following is None or following.kind != "bracketed":
                continue
            inside = following.args[0]
            if name.base == "mu" or (name.base in ("N", "calN", "Normal") and "sigma" in spell(inside)):
                return True
        return False

    def _objectives(self) -> set[str]:
        """Letters of laws that only ever take parameters: Q(theta, theta') is the objective of EM."""
        taken: dict[str, list[bool]] = {}
        for row in self.rows:
            for where, at, part in self._walk(row):
                name = name_of(part)
                following = where[at + 1] if at + 1 < len(where) else None
                if name is None or name.base not in ("Q", "calQ"):
                    continue
                called = following.args[0] if following is not None and following.kind == "bracketed" else ()
                arguments = [p for p in called if p.kind not in ("COMMA", "SEMI", "BAR") and not name.below]
                names = [name_of(p) for p in arguments]
                parameters = bool(names) and all(n is not None and n.base in PARAMETERS for n in names)
                taken.setdefault(name.base, []).append(parameters)
        return {base for base, uses in taken.items() if all(uses)}

    def _classifies(self, row: Row) -> bool:
        """Whether a row speaks of D* or V(D, G), or takes the logarithm of ``D(x)`` or ``1 - D(x)``."""
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is not None and name.base == "D" and name.above == "*":
                return True
            called = following.args[0] if following is not None and following.kind == "bracketed" else ()
            if name is not None and name.base == "V" and not name.below and "D" in (p.text for p in called):
                return True
            if part.kind == "FUNCTION" and part.text == "log":
                reach = next((n for n, p in enumerate(where) if n > at and p.kind in ("PLUS", "MINUS")), len(where))
                for one in where[at + 1 : reach]:
                    names = [one, *(p for inner in one.args for _, _, p in self._walk(inner))]
                    if any(n is not None and n.base == "D" for n in map(name_of, names)):
                        return True
        return False

    def _auxiliary(self, row: Row) -> Iterator[str]:
        """Names of functions of a parameter and an iterate of it: Q(theta | theta^(t)) is no law of theta."""
        for where, at, part in self._walk(row):
            name, following = name_of(part), where[at + 1] if at + 1 < len(where) else None
            if name is None or following is None or following.kind != "bracketed" or name.base in ("p", "P"):
                continue
            pieces = [r for _, r in split(following.args[0], "COMMA", "SEMI", "BAR")]
            names = [name_of(r[0]) if len(r) == 1 else None for r in pieces]
            bases = {n.base if n is not None else "" for n in names}
            if len(names) > 1 and len(bases) == 1 and bases <= PARAMETERS and len({spell(r) for r in pieces}) > 1:
                yield name.base

    def _data_sets(self, row: Row) -> Iterator[str]:
        """The sets of data that sums and products run over, the D of a sum over x in D."""
        for _, _, part in self._walk(row):
            if part.kind == "BIG" and part.text in ("sum", "prod"):
                sides = split(part.below or (), "IN")
                name = name_of(sides[1][1][0]) if len(sides) == 2 and len(sides[1][1]) == 1 else None
                if name is not None and name.base in DATA_SETS:
                    yield variable_key(name)

    def _bases(self, row: Row, inside: bool) -> None:
        """Names that are laws by the company they keep: after a tilde, in a divergence, under an E, with a bar."""
        self._mixtures(row)
        for where, at, part in self._walk(row):
            name = name_of(part)
            if name is None:
                if part.kind == "SIM":
                    drawn = split(where[at + 1 :], "COMMA", "SEMI")[0][1]
                    if len(drawn) == 1 or (len(drawn) == 2 and drawn[1].kind == "bracketed"):
                        self._mark(drawn[0])
                continue
            following = where[at + 1] if at + 1 < len(where) else None
            if name.base == "E" and part.below is not None:
                self._mark_subscript(part.below)
            if following is None or following.kind != "bracketed":
                continue
            divergent = name.base == "D" and not name.below and len(split(following.args[0], "DBAR")) == 2
            if (
                name.base in DIVERGENCES
                or (name.base == "W" and not name.below and not of_points(following.args[0]))
                or divergent
            ):
                for _, side in split(following.args[0], "DBAR", "COMMA", "BAR"):
                    for p in side:
                        if p.kind in ("NAME", "accent"):
                            self._mark(p)
            elif len(split(following.args[0], "BAR")) == 2 and name.base == "pi":
                self.law_bases.add("pi")
            elif name.base == "h" and all(n.base.isupper() for p in following.args[0] if (n := name_of(p))):
                continue  # h(X | Y) is an entropy
            elif len(split(following.args[0], "BAR")) == 2 and name.base not in RESERVED | self.auxiliary | _NEVER:
                self._mark(part)

    def _mixtures(self, row: Row) -> None:
        """M in H(M) beside H(P) and H(Q) is a law, as those are."""
        alone = [
            following.args[0][0]
            for where, at, part in self._walk(row)
            if (name := name_of(part)) is not None and name.base == "H" and at + 1 < len(where)
            if (following := where[at + 1]).kind == "bracketed" and len(following.args[0]) == 1
        ]
        bases = {n.base for p in alone if (n := name_of(p)) is not None}
        if bases & {"P", "Q", "p", "q"} and bases <= {"P", "Q", "R", "M", "p", "q", "r", "m"}:
            for part in alone:
                self._mark(part)

    def _mark(self, part: Part) -> None:
        name = name_of(part)
        if name is not None and name.base not in RESERVED and name.base not in NO_LAWS | DIVERGENCES:
            self.law_bases.add(name.base)
        elif name is not None and name.base == "pi" and part.below is not None:
            self.law_bases.add("pi")

    def _mark_subscript(self, below: Row) -> None:
        for _, piece in split(below, "COMMA"):
            if len(piece) >= 2 and piece[0].kind == "NAME" and piece[1].kind == "bracketed":
                self._mark(piece[0])

    def is_law(self, name: Name) -> bool:
        """Whether a name is a law: p, q, P, Q, or a letter that is used as one."""
        base = name.base
        if base not in LAW_LETTERS and base not in self.law_bases:
            return False
        if base == "Q" and self.values_actions:
            return False
        return not (base in RESERVED or base in DIVERGENCES or base in self.objectives or base in self.auxiliary)

    def is_density(self, row: Row) -> bool:
        """Whether a row is a law with its arguments, and no more."""
        name = name_of(row[0]) if len(row) == 2 and row[1].kind == "bracketed" else None
        return name is not None and self.is_law(name)

    def applies(self, name: Name, row: Row) -> bool:
        """Whether parentheses after a name hold its arguments rather than a factor."""
        if self.is_law(name) and any(p.kind == "FUNCTION" for p in row) and len(split(row, "BAR", "COMMA")) == 1:
            return False  # p (log p - log q): a density times a bracket
        if name.base in RESERVED or name.base in DIVERGENCES or self.is_law(name):
            return True
        if name.base in ("N", "calN"):
            return len(split(row, "COMMA", "SEMI", "BAR")) >= 2
        if any(p.kind in ("DBAR",) for p in row) and len(split(row, "DBAR")) == 2:
            return True
        if name.base == "sigma" and not name.below and name.base not in self.plain_names:
            return True
        if name.base in FUNCTION_LETTERS or (len(name.base) > 2 and not is_greek(name.base)):
            return not (name.base in ("d", "c", "m", "s", "u", "v", "w", "A", "B") and not is_argument_list(row))
        if name.key in self.functions:
            return True
        inside = {n.key for p in row if (n := name_of(p)) is not None}
        if inside and inside <= self.called.get(name.key, set()) and all(p.kind in _SIGNED for p in row):
            return True  # sigma(-a) beside sigma(a)
        names = [n for p in row if (n := name_of(p)) is not None]
        single = len(name.base) == 1 and name.base.isupper() and len(names) == len(row) > 1
        if single and not all(n.base.isupper() for n in names):  # S(x beta), and not A(BC)
            return True
        if len(row) == 1 and row[0].kind == "NUMBER":
            return True  # nobody writes alpha (0) for a product
        several = len(split(row, "COMMA")) > 1
        return is_argument_list(row) and (several or not (name.base in ("a", "b", "c", "k") and not name.below))


def _is_called(row: Row, at: int) -> bool:
    """Whether the letter of a law stands at a place, with arguments behind it."""
    if not 0 <= at < len(row) - 1 or row[at + 1].kind != "bracketed":
        return False
    name = name_of(row[at])
    return name is not None and name.base in LAW_LETTERS
