r"""Steps about x_1, ..., x_n for every n, by induction: the step for n = 1, and what n + 1 adds to its sides.

The variables x_{1:n} are one block here, of which nothing is known, so that what n + 1 adds is the same statement for
every n: ``H(X_1, ..., X_n) = \sum_i H(X_i | X_{i-1}, ..., X_1)`` gains ``H(b, x) - H(b) = H(x | b)``.  Sides are sums
of terms in which n is the end of a range or of a sum, or one side is a product over 1, ..., n.  Main definitions:
`Induction`, `parts_of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivations.latex.grammar import Part, Row, spell
from derivations.latex.moments import Moments, fixed
from derivations.latex.names import name_of

BLOCK = 2  # x_{1:2} stands for x_{1:n}; its members are never spoken of apart


@dataclass(frozen=True)
class Induction:
    """The sides for n = 1 and what n + 1 adds to them, with their moments; *letter* is n."""

    letter: str
    base: tuple[Row, Row]
    step: tuple[Row, Row]

    @property
    def moments(self) -> tuple[Moments, Moments]:
        return Moments({self.letter: 1}, 1, 1), Moments({self.letter: BLOCK + 1}, 1, BLOCK + 1)


def parts_of(left: Row, relation: str, right: Row) -> Induction | None:
    """The base and the step of an induction that shows a step of a derivation, or None if it is of another form."""
    letters = {letter for row in (left, right) for letter in _ends(row)}
    if relation not in ("=", "<=", ">=") or len(letters) != 1 or _speaks_of_zero((*left, *right)):
        return None
    letter = letters.pop()
    base = tuple(fixed(row, Moments({letter: 1}, 1, 1)) for row in (left, right))
    step = _products(left, right, letter) if relation == "=" else None
    if step is None:
        gains = _gain(left, letter), _gain(right, letter)
        if gains[0] is None or gains[1] is None:
            return None
        step = gains[0], gains[1]
    return Induction(letter, (base[0], base[1]), step)


def _ends(row: Row) -> Iterator[str]:
    """The letters at which ranges, sums and products end."""
    for part in _everything(row):
        if part.kind == "BIG" and part.above and len(part.above) == 1 and part.above[0].kind == "NAME":
            yield part.above[0].text
        below = part.below or ()
        if part.kind in ("NAME", "accent") and [p.kind for p in below[1:]] == ["COLON", "NAME"]:
            name = name_of(below[2])
            if name is not None and not _bound(row, name.key):
                yield name.key


def _bound(row: Row, letter: str) -> bool:
    """Whether a sum or product in a row runs over a letter."""
    return any(p.kind == "BIG" and p.below and spell(p.below[:1]) == letter for p in _everything(row))


def _speaks_of_zero(row: Row) -> bool:
    """Whether a variable x_0 comes before the block, which would be left out of x_{<i}."""
    names = (p for p in _everything(row) if p.kind in ("NAME", "accent"))
    return any(q.kind == "NUMBER" and q.text == "0" for p in names for q in p.below or ())


def _everything(row: Row) -> Iterator[Part]:
    for part in row:
        yield part
        for inner in (*part.args, part.below or (), part.above or ()):
            yield from _everything(inner)


def _terms(row: Row) -> list[tuple[str, Row]]:
    """The terms of a sum with their signs."""
    found: list[tuple[str, list[Part]]] = [("PLUS", [])]
    for part in row:
        if part.kind in ("PLUS", "MINUS"):
            found.append((part.kind, []))
        else:
            found[-1][1].append(part)
    return [(sign, tuple(parts)) for sign, parts in found if parts]


def _gain(row: Row, letter: str) -> Row | None:
    """What a side gains from n to n + 1; None where n is more than the end of ranges and of sums that stand first."""
    found: list[Part] = []
    for sign, term in _terms(row):
        own = [p for p in _everything(term) if p.text == letter and p.kind == "NAME"]
        if not own:
            continue
        sums = [k for k, p in enumerate(term) if p.kind == "BIG" and spell(p.above) == letter]
        if sums:
            last = _last_term(term[sums[0] :], letter, "sum")
            if last is None or any(p.text == letter for p in _everything(term[: sums[0]])):
                return None
            found += [Part(sign, ""), *term[: sums[0]], _brackets(last)]
        elif _only_ends(term, letter):
            new, old = (fixed(term, Moments({letter: n}, 1, n)) for n in (BLOCK + 1, BLOCK))
            other = "MINUS" if sign == "PLUS" else "PLUS"
            found += [Part(sign, ""), _brackets(new), Part(other, ""), _brackets(old)]
        else:
            return None
    if found and found[0].kind == "PLUS":
        found = found[1:]
    return tuple(found) or (Part("NUMBER", "0"),)


def _products(left: Row, right: Row, letter: str) -> tuple[Row, Row] | None:
    """``a(n) = prod_i b(i)`` as ``a(n + 1) = a(n) b(n + 1)``."""
    for product, other in ((right, left), (left, right)):
        body = _last_term(product, letter, "prod")
        if body is not None and _only_ends(other, letter) and not any(p.kind == "BIG" for p in _everything(other)):
            new, old = (fixed(other, Moments({letter: n}, 1, n)) for n in (BLOCK + 1, BLOCK))
            return new, (_brackets(old), _brackets(body))
    return None


def _last_term(row: Row, letter: str, kind: str) -> Row | None:
    """The term for i = n + 1 of a sum or product over i = 1, ..., n, in whose terms n is not seen."""
    if not row or row[0].kind != "BIG" or row[0].text != kind or spell(row[0].above) != letter or len(row) < 2:
        return None
    below = row[0].below or ()
    if [p.kind for p in below] != ["NAME", "REL", "NUMBER"] or (below[1].text, below[2].text) != ("=", "1"):
        return None
    if any(p.kind in ("PLUS", "MINUS") for p in row) or any(p.text == letter for p in _everything(row[1:])):
        return None
    last: Row = fixed(row[1:], Moments({below[0].text: BLOCK + 1}, 1, BLOCK + 1))
    return last


def _only_ends(term: Row, letter: str) -> bool:
    """Whether a letter is nothing but the end of ranges x_{1:n}."""
    seen = sum(1 for p in _everything(term) if p.kind == "NAME" and p.text == letter)
    ranges = [p.below for p in _everything(term) if p.kind in ("NAME", "accent") and p.below]
    ends = [b for b in ranges if [p.kind for p in b] == ["NUMBER", "COLON", "NAME"] and b[0].text == "1"]
    return seen == sum(1 for b in ends if b[2].text == letter)


def _brackets(row: Row) -> Part:
    return Part("bracketed", "(", args=(row,))
