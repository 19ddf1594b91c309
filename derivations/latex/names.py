"""Names: what a letter with its accents and scripts is called, and which ones have a standard meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from derivations.latex.grammar import Part, Row, spell
from derivations.latex.symbols import GREEK

# Letters whose subscripts are parameters, not parts of a name.
PARAMETERS = frozenset(["theta", "phi", "psi", "omega", "eta", "vartheta", "varphi", "vartheta", "lambda", "w"]) - {"w"}

_DIVERGENCES = {"KL": "KL", "JS": "JSD", "JSD": "JSD", "TV": "TV", "kl": "KL", "js": "JSD", "tv": "TV"}
_DIVERGENCES |= {"chi^2": "chi2", "chi2": "chi2"}

RESERVED = frozenset(
    (
        "KL",
        "chi2",
        "Hellinger2",
        "JSD",
        "TV",
        "H",
        "I",
        "ELBO",
        "CE",
        "BCE",
        "W1",
        "E",
        "Var",
        "Cov",
        "V",
        "C",
        "Normal",
    )
)


@dataclass(frozen=True)
class Name:
    """A name: its letter or word, accents, subscript and superscript in short, primes."""

    base: str
    style: str = ""
    accents: tuple[str, ...] = ()
    below: str = ""
    above: str = ""
    primes: int = 0
    place: int = 0
    below_row: Row = ()
    above_row: Row = ()

    @cached_property
    def key(self) -> str:
        """The name as one word; bold and upright letters are not told apart."""
        script = "cal" if self.style == "calligraphic" and self.base not in ("Loss", "Normal", "H", "I") else ""
        out = script + self.base + "".join(self.accents)
        if self.below:
            out += f"_{self.below}"
        if self.above:
            out += f"^{self.above}"
        return out + "'" * self.primes

    @property
    def shown(self) -> str:
        """The name as the language spells it: letters, digits, underscores and primes."""
        return written(self.key)


FUNCTION_LETTERS = frozenset("fghDGFTVCWLHIJRUrsuvwmdZABc") | {"Loss", "calL", "psi", "phi", "varphi", "sigmoid", "ell"}
_MARKS = {"*": "star", ":": "_to_", ",": "_and_", ";": "_then_", "|": "_given_", "/": "_over_", "(": "_of_", ")": ""}
_STEP = {"-": "m", "+": "p"}


@lru_cache(maxsize=4_096)
def written(key: str) -> str:
    """A key without the characters that the kernel keeps for itself; two names stay two.

    >>> [written(key) for key in ("x_t-1", "f_1,2", "f_12", "p_+", "a^k", "a^(k)")]
    ['x_tm1', 'f_1_and_2', 'f_12', 'p__plus_', 'a_sup_k', 'a_sup__of_k']
    """
    out = re.sub(r"(?<=[A-Za-z])([mp])(?=\d)", r"\1\1", key)  # x_{tm1} is not x_{t-1}
    out = re.sub(r"(?<=[A-Za-z0-9])[-+](?=\d)", lambda m: _STEP[m[0]], out)
    out = out.replace("^", "_sup_").replace("-", "_minus_").replace("+", "_plus_")
    return "".join(c if c.isalnum() or c in "_'" else _MARKS.get(c, f"_u{ord(c):x}_") for c in out)


NAMED = ("NAME", "accent")  # the kinds of parts that may be names


def name_of(part: Part) -> Name | None:
    """The name that a part is, or None.  A numeric superscript is a power and stays out of the name."""
    if part.kind not in NAMED:
        return None
    if not part.named:
        part.named.append(_named(part))
    name: Name | None = part.named[0]
    return name


def every_part(row: Row) -> list[Part]:
    """All parts of a row at any depth, outer ones first."""
    return [part for _, _, part in placed(row)]


def placed(row: Row) -> list[tuple[Row, int, Part]]:
    """All parts of a row at any depth, outer ones first, each with the row it stands in and its place there."""
    found: list[tuple[Row, int, Part]] = []
    _collect(row, found)
    return found


def _collect(row: Row, found: list[tuple[Row, int, Part]]) -> None:
    for at, part in enumerate(row):
        found.append((row, at, part))
        for inner in part.args:
            _collect(inner, found)
        if part.below:
            _collect(part.below, found)
        if part.above:
            _collect(part.above, found)


def names_in(*rows: Row) -> list[Name]:
    """The names that rows mention, at any depth."""
    return [n for row in rows for p in every_part(row) if p.kind in NAMED and (n := name_of(p)) is not None]


def exact_name(part: Part) -> Name | None:
    """The name that a part is, if it is no more than that: X, and not X^2."""
    name = name_of(part)
    return name if part.above is None or (name is not None and name.above) else None


def _named(part: Part) -> Name | None:
    accents: list[str] = []
    inner = part
    below, above, primes = part.below, part.above, part.primes
    while inner.kind == "accent" and len(inner.args[0]) == 1:
        accents.append(inner.text)
        inner = inner.args[0][0]
        if inner.above is not None and not is_label(inner, inner.above):
            return None  # the mean of squares is not the square of the mean
        if (below and inner.below) or (above and inner.above):
            return None
        below = inner.below if below is None else below
        above = inner.above if above is None else above
        primes += inner.primes
    if inner.kind != "NAME":
        return None
    if below and len(below) == 1 and below[0].kind == "bracketed" and any(p.kind == "COMMA" for p in below[0].args[0]):
        below = below[0].args[0]  # P_{(X,Y)} is P_{X,Y}
    name = Name(inner.text, inner.style, tuple(accents), spell(below), "", primes, inner.place, below or ())
    if above is not None and is_label(inner, above):
        name = replace(name, above=spell(above).strip("()"), above_row=above)
    return _standard(name)


def is_label(part: Part, above: Row) -> bool:
    """Whether a superscript is part of the name: a star, a sign, an iterate in parentheses, an index; not a power."""
    if len(above) != 1:
        return spell(above).strip("()").isalnum() and above[0].kind == "bracketed"
    one = above[0]
    if one.kind == "bracketed":
        return True
    if one.kind in ("STAR", "PLUS", "MINUS"):  # y^+ is preferred to y^-
        return True
    return one.kind == "NAME" and one.text not in ("T", "transpose") and part.text != "e"


def is_star(name: Name) -> bool:
    return name.above == "*"


def _standard(name: Name) -> Name:
    """Spellings of the reserved names brought to one: D_KL and KL, W and W_1."""
    below = name.below.replace(" ", "")
    if name.base in ("D", "d", "delta", "calD") and below in _DIVERGENCES:
        return replace(name, base=_DIVERGENCES[below], below="", below_row=(), style="")
    if name.base in ("L", "Loss", "F", "calF") and below.lower() == "elbo" and not name.accents and not name.above:
        return replace(name, base="ELBO", below="", below_row=(), style="objective")
    if name.base == "W" and below == "1" and not name.accents:
        return replace(name, base="W1", below="", below_row=())
    return name


def is_greek(name: str) -> bool:
    return name in GREEK


def is_parameter(row: Row) -> bool:
    """Whether a subscript names parameters only: theta, theta', (theta, phi), theta^*, theta_old."""
    names = [p for p in row if p.kind not in ("COMMA", "SEMI")]
    return bool(names) and all(
        (p.kind == "NAME" and p.text in PARAMETERS) or (p.kind == "accent" and is_parameter(p.args[0])) for p in names
    )
