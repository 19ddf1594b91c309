r"""Time steps: a step about x_{1:T} and sums over t, read for a few values of T.

No symbolic T is known to the language.  What fails for T = 3, under the chain that the document writes, fails; what
holds for T = 2 and T = 3 may fail for others, and is not called proved.  Main definitions: `Moments`, `fixed`,
`instances`, `condensed`, `factored`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derivations.latex.arguments import variable_key
from derivations.latex.expressions import Differential, Node, binds, split
from derivations.latex.grammar import Part, Row, spell
from derivations.latex.names import FUNCTION_LETTERS, Name, every_part, name_of
from derivations.latex.tokens import Unread

LONGEST = 8
_LASTS = frozenset("TNKLn")


class OverTime(Unread):
    """A step that runs over a number of time steps that it leaves open."""


@dataclass(frozen=True)
class Moments:
    """What the letters of time stand for, and the first and last moment of the variables of a step."""

    values: Mapping[str, int] = field(default_factory=dict)
    first: int = 1
    last: int = 3

    def at(self, letter: str, value: int) -> Moments:
        return replace(self, values={**self.values, letter: value})

    def number(self, row: Row) -> int | None:
        """The value of ``t - 1``, if all its letters have one."""
        total, sign = 0, 1
        for part in row:
            if part.kind in ("PLUS", "MINUS"):
                sign = 1 if part.kind == "PLUS" else -1
            elif part.plain and part.kind == "NUMBER" and part.text.isdigit():
                total += sign * int(part.text)
            elif part.plain and part.kind == "NAME" and part.text in self.values:
                total += sign * self.values[part.text]
            else:
                return None
        return total if row else None

    def interval(self, row: Row) -> tuple[int, int] | None:
        r"""The moments in ``1:t-1``, ``<t``, ``\ge t``."""
        ends = split(row, "COLON")
        if len(ends) == 2:
            a, b = (self.number(r) for _, r in ends)
            return None if a is None or b is None else (a, b)
        if not row or row[0].kind != "REL" or row[0].text not in ("<", "<=", ">", ">="):
            return None
        end = self.number(row[1:])
        if end is None:
            return None
        if row[0].text[0] == "<":
            return self.first, end - (row[0].text == "<")
        return end + (row[0].text == ">"), self.last

    def range(self, below: Row, above: Row) -> tuple[str, int, int] | None:
        r"""The letter of ``\sum_{t=1}^T``, ``\sum_{t>1}`` or ``\sum_t``, and the moments it runs over."""
        pieces = split(below, "REL")
        letter = name_of(pieces[0][1][0]) if len(pieces[0][1]) == 1 else None
        if letter is None or letter.key != letter.base or len(pieces) > 2:
            return None
        if len(pieces) == 1:
            alone = letter.key == "t" or (letter.key in "ijk" and letter.key not in self.values)
            return (letter.key, self.first or 1, self.last) if alone and not above else None
        relation = next(p.text for p in below if p.kind == "REL")
        start, end = self.number(pieces[1][1]), self.number(above) if above else self.last
        if start is None or end is None or relation not in ("=", ">", ">=") or (relation == "=" and not above):
            return None
        start += relation == ">"
        return (letter.key, start, end) if end - start < LONGEST else None


def fixed(thing: Any, moments: Moments) -> Any:
    """A row, or an expression, with the letters of time as numbers; ranges without a moment are left out."""
    if isinstance(thing, Part):
        return _fixed_part(thing, moments)
    if isinstance(thing, Name):
        below = fixed_script(thing.below_row, moments)
        if below is None:
            raise OverTime("a range of no moments")
        return thing if below is thing.below_row else replace(thing, below=spell(below), below_row=below)
    if isinstance(thing, Node):
        if thing.head == "name" and thing.args[0].key in moments.values:
            return Node("number", (Fraction(moments.values[thing.args[0].key]),), thing.place)
        if (letter := next((k for k in moments.values if binds(thing, k)), None)) is not None:
            below, above, body = thing.args  # the letter is another one inside
            inner = replace(moments, values={k: v for k, v in moments.values.items() if k != letter})
            return Node(thing.head, (fixed(below, inner), fixed(above, moments), fixed(body, inner)), thing.place)
        return Node(thing.head, tuple(fixed(a, moments) for a in thing.args), thing.place)
    if isinstance(thing, Differential):
        return Differential(fixed(thing.name, moments), fixed(thing.measure, moments))
    if isinstance(thing, tuple) and thing and all(isinstance(p, Part) for p in thing):
        return _fixed_row(thing, moments)
    return tuple(fixed(a, moments) for a in thing) if isinstance(thing, tuple) else thing


def _fixed_row(row: Row, moments: Moments) -> Row:
    listed = all(p.kind in ("NAME", "accent", "COMMA", "BAR", "SEMI") for p in row)
    bar = next((n for n, p in enumerate(row) if p.kind == "BAR"), len(row)) if listed else len(row)
    found = [None if n > bar and _before_all(p, moments) else _fixed_part(p, moments) for n, p in enumerate(row)]
    kept = tuple(p for p in found if p is not None)
    if len(kept) == len(row):
        return kept
    sides = [[r for _, r in split(side, "COMMA") if r] for _, side in split(kept, "BAR")]
    joined: list[Part] = []
    for n, side in enumerate(sides):
        if n and any(sides[n:]):
            joined.append(Part("BAR", "|"))
        for k, piece in enumerate(side):
            joined += [Part("COMMA", ","), *piece] if k else piece
    return tuple(joined)


def _before_all(part: Part, moments: Moments) -> bool:
    """Whether a variable comes before the first one, as x_{i-1} does for i = 1: p(x_1 | x_0) is p(x_1) then."""
    return (
        bool(part.below) and part.kind in ("NAME", "accent") and moments.number(part.below or ()) == moments.first - 1
    )


def _fixed_part(part: Part, moments: Moments) -> Part | None:
    if part.kind == "NAME" and part.plain and part.text in moments.values:
        return Part("NUMBER", str(moments.values[part.text]), part.place)
    args = tuple(_fixed_row(a, moments) for a in part.args)
    below, above = part.below, part.above
    if part.kind == "BIG":
        bound = name_of(below[0]) if below else None
        if below and below[0].below:  # sum over x_{1:T}
            below = _fixed_row(below, moments)
        elif below and not (bound is not None and bound.key in moments.values):
            below = (*below[:1], *_fixed_row(below[1:], moments))
        above = _fixed_row(above, moments) if above else above
    elif below is not None:
        below = fixed_script(below, moments) if part.kind in ("NAME", "accent") else _fixed_row(below, moments)
        if below is None:
            return None
    return replace(part, args=args, below=below, above=above)


def fixed_script(row: Row, moments: Moments) -> Row | None:
    """A subscript with its letters of time as numbers; None for a range without a moment."""
    if not row:
        return row
    found: list[Part] = []
    for n, (_, piece) in enumerate(split(row, "COMMA")):
        ends, value = moments.interval(piece), moments.number(piece)
        if ends is not None and ends[0] > ends[1]:
            return None
        if ends is not None:
            numbers = [Part("NUMBER", str(e)) for e in dict.fromkeys(ends)]
            new: Row = (numbers[0], Part("COLON", ":"), numbers[1]) if len(numbers) == 2 else (numbers[0],)
        elif value is not None and value >= 0:
            new = (Part("NUMBER", str(value)),)
        else:
            new = _fixed_row(piece, moments)
        found += [Part("COMMA", ","), *new] if n else new
    return tuple(found)


# Instances -------------------------------------------------------------------------------------------------------


def instances(left: Row, right: Row) -> Iterator[tuple[str, Row, Row, Moments]]:
    """A step for a few values of its letters of time, each in words, with what sums over time are then made of."""
    lasts, others, bound, zero = _letters((*left, *right))
    lasts -= bound
    others -= bound | lasts
    if not lasts | others | bound:
        return
    for last in (3, 2):
        values = dict.fromkeys(sorted(lasts), last) | dict.fromkeys(sorted(others), 2)
        moments = Moments(values, 0 if zero else 1, last)
        words = ", ".join(f"{letter} = {value}" for letter, value in values.items()) or f"T = {last}"
        yield words, fixed(left, moments), fixed(right, moments), moments
        if not lasts and not bound:
            return


def _letters(row: Row) -> tuple[set[str], set[str], set[str], bool]:
    """The letters of last moments, of other moments, of sums; whether a range starts at zero."""
    lasts: set[str] = set()
    others: set[str] = set()
    bound: set[str] = set()
    bare: set[str] = set()
    zero = False
    for part in every_part(row):
        below = part.below or ()
        if part.kind == "BIG" and part.text in ("sum", "prod") and below:
            letter = name_of(below[0])
            if letter is not None and (len(below) > 1 or letter.key == "t"):
                bound.add(letter.key)
            elif letter is not None and not part.above and letter.key in ("i", "j", "k"):
                bare.add(letter.key)
            if part.above and len(part.above) == 1 and part.above[0].kind == "NAME":
                lasts.add(part.above[0].text)
        elif part.kind in ("NAME", "accent"):
            for _, piece in split(below, "COMMA"):
                ends = split(piece, "COLON")
                zero |= spell(ends[0][1]) == "0"
                ranged = len(ends) == 2 or bool(piece and piece[0].kind == "REL")
                for _, end in ends if ranged else [("", piece)] if any(p.text == "t" for p in piece) else []:
                    names = {p.text for p in end if p.kind == "NAME" and p.plain}
                    lasts |= names & _LASTS
                    others |= {n for n in names - _LASTS if len(n) == 1}
                if not ranged and len(piece) == 1 and piece[0].text in ("T",):
                    lasts.add("T")
    return lasts, others, bound | bare if lasts | others else bound, zero


def letters_of_sums(row: Row) -> set[str]:
    """The letters that sums and products run over."""
    return _letters(row)[2]


# Dots ------------------------------------------------------------------------------------------------------------


def condensed(row: Row) -> Row:
    r"""A row with ``x_1, \dots, x_T`` among arguments as x_{1:T}, and products with dots between two densities as one.

    What is drawn, as in ``z_1, \dots, z_K \sim q``, stays: its draws are independent.
    """
    if not any(p.kind == "DOTS" or p.above for p in every_part(row)):
        return row
    return _condensed(row, "")


def _condensed(row: Row, arguments: str) -> Row:
    parts = [
        replace(
            p,
            args=tuple(_condensed(a, _called(row, n)) for a in p.args),
            below=None if p.below is None else _condensed(p.below, "of a name" if p.kind == "BIG" else ""),
        )
        for n, p in enumerate(row)
    ]
    if any(p.kind == "SIM" for p in parts):
        return tuple(parts)
    if arguments == "random":
        parts = [_power(p) for p in parts]
    at = 0
    while at < len(parts):
        if parts[at].kind == "DOTS":
            replaced = (
                _listed(parts, at, arguments) if arguments else _differentials(parts, at) or _densities(parts, at)
            )
            if replaced is not None:
                start, end, new = replaced
                parts[start:end] = new
                at = start
        at += 1
    return tuple(parts)


def _called(row: Row, n: int) -> str:
    """How a bracket is an argument: not at all, of a name, or of an entropy, whose arguments are random variables."""
    name = name_of(row[n - 1]) if row[n].kind == "bracketed" and n > 0 else None
    if name is None:
        return ""
    return (
        "random" if name.base in ("H", "I", "h") else "of a function" if name.base in FUNCTION_LETTERS else "of a name"
    )


def _power(part: Part) -> Part:
    """``X^n`` and ``X^{i-1}``, the first n and i - 1 variables, as x_{1:n}."""
    above = part.above or ()
    letter = above[0].text if above and above[0].kind == "NAME" and above[0].plain else ""
    if part.kind != "NAME" or part.below or part.primes or letter not in _LASTS | set("ijk") or letter == "T":
        return part
    if len(above) != 1 and not (len(above) == 3 and above[1].kind in ("PLUS", "MINUS") and above[2].text == "1"):
        return part
    below = (Part("NUMBER", "1"), Part("COLON", ":"), *above)
    return replace(part, below=below, above=None) if len(part.text) == 1 and part.text.isupper() else part


def _range(first: Part, last: Part) -> Part | None:
    """x_1 and x_T as x_{1:T}, in either order."""
    a, b = name_of(first), name_of(last)
    if a is None or b is None or not a.below or not b.below:
        return None
    if (a.base, a.accents, a.style) != (b.base, b.accents, b.style) or any(p.above or p.primes for p in (first, last)):
        return None
    if any(p.kind in ("COMMA", "COLON") for p in (*a.below_row, *b.below_row)):
        return None
    if not a.below.isdigit() and b.below.isdigit():
        first, last, a, b = last, first, b, a
    below = (*a.below_row, Part("COLON", ":"), *b.below_row)
    return replace(first, below=below)


def _without_gaps(listed: list[Part]) -> bool:
    """Whether each of the variables before dots follows on the one before, upwards or downwards."""
    shown = [spell(p.below) for p in listed]
    numbers = [int(s) for s in shown if s.isdigit()]
    if not numbers:  # x_n, x_{n-1}, ..., or x_t, x_{t+1}, ...
        ways = ([shown[0], *(f"{shown[0]}{sign}{n}" for n in range(1, len(shown)))] for sign in "-+")
        return shown in [list(way) for way in ways]
    return len(numbers) == len(shown) and numbers in (
        list(range(numbers[0], numbers[0] + len(shown))),
        list(range(numbers[0], numbers[0] - len(shown), -1)),
    )


def _listed(parts: list[Part], at: int, arguments: str) -> tuple[int, int, list[Part]] | None:
    """``x_1, x_2, ..., x_T`` around dots."""
    if at < 2 or at + 2 >= len(parts) or parts[at - 1].kind != "COMMA" or parts[at + 1].kind != "COMMA":
        return None
    start = at - 2
    name = name_of(parts[start])
    while start >= 2 and parts[start - 1].kind == "COMMA":
        before = name_of(parts[start - 2])
        if before is None or name is None or before.base != name.base or not before.below:
            break
        start -= 2
    listed = parts[start : at - 1 : 2]
    if not _without_gaps(listed) or any(_range(p, parts[at + 2]) is None for p in listed):
        return None
    new = _range(parts[start], parts[at + 2])
    backwards = new is not None and new.below is not None and spell(parts[start].below) != spell(new.below[:1])
    if backwards and arguments == "of a function":  # f(x_n, ..., x_1) is another value
        return None
    return None if new is None else (start, at + 3, [new])


def _differentials(parts: list[Part], at: int) -> tuple[int, int, list[Part]] | None:
    """``dx_1 ... dx_T``."""

    def is_d(part: Part) -> bool:
        return part.kind == "DIFFERENTIAL" or (part.kind == "NAME" and part.text == "d" and part.plain)

    if at < 2 or at + 2 >= len(parts) or not is_d(parts[at - 2]) or not is_d(parts[at + 1]):
        return None
    start = at - 2
    while start >= 2 and is_d(parts[start - 2]):
        start -= 2
    new = _range(parts[start + 1], parts[at + 2]) if _without_gaps(parts[start + 1 : at : 2]) else None
    return None if new is None else (start, at + 3, [parts[start], new])


def _densities(parts: list[Part], at: int) -> tuple[int, int, list[Part]] | None:
    r"""``q(x_1|x_0) \dots q(x_T|x_{T-1})``: the product over t of q(x_t|x_{t-1})."""
    start, end = at - 2, at + 3
    if start >= 0 and parts[at - 1].kind == "CDOT":
        start -= 1
    if end < len(parts) and parts[at + 1].kind == "CDOT":
        end += 1
    if start < 0 or end > len(parts):
        return None
    first, last = parts[start : start + 2], parts[end - 2 : end]
    if not all(p[0].kind == "NAME" and p[1].kind == "bracketed" for p in (first, last)):
        return None
    for one, other in ((last, first), (first, last)):
        for letter in sorted({p.text for p in every_part((one[1],)) if p.kind == "NAME"} & _LASTS):
            for low in (1, 2):
                if spell(fixed(tuple(one), Moments({letter: low}))) == spell(tuple(other)):
                    again = _renamed(tuple(one), letter)
                    runs = (Part("NAME", "t"), Part("REL", "="), Part("NUMBER", str(low)))
                    big = Part("BIG", "prod", below=runs, above=(Part("NAME", letter),))
                    return start, end, [Part("braced", "{", args=((big, *again),))]
    return None


def _renamed(row: Row, letter: str) -> Row:
    return tuple(
        replace(
            p,
            text="t" if p.kind == "NAME" and p.text == letter else p.text,
            args=tuple(_renamed(a, letter) for a in p.args),
            below=None if p.below is None else _renamed(p.below, letter),
        )
        for p in row
    )


# Markov chains ---------------------------------------------------------------------------------------------------


def factored(rows: list[Row]) -> Iterator[tuple[Name, str]]:
    r"""The laws that a document writes as ``\prod_t q(x_t | x_{t-1})``, each with the x that forms a Markov chain."""
    for row in rows:
        for n, part in enumerate(row):
            for inner in (*part.args, part.below or (), part.above or ()):
                yield from factored([inner])
            if part.kind != "BIG" or part.text != "prod" or not part.below or n + 2 >= len(row):
                continue
            law, letter = name_of(row[n + 1]), name_of(part.below[0])
            sides = split(row[n + 2].args[0], "BAR") if row[n + 2].kind == "bracketed" else []
            names = [name_of(side[0]) if len(side) == 1 else None for _, side in sides]
            if law is None or letter is None or len(names) != 2 or names[0] is None or names[1] is None:
                continue
            now = [Moments({letter.key: 5}).number(name.below_row) for name in names if name is not None]
            bases = {variable_key(replace(name, below="", below_row=())) for name in names if name is not None}
            if len(bases) == 1 and sorted(m or 0 for m in now) in ([4, 5], [5, 6]):
                yield law, bases.pop()
