"""Tokens to rows of parts: brackets, scripts and commands with arguments.

What stands side by side stays a flat row; the reach of logarithms, expectations, integrals and bars is settled in
``notation.py``.  The rules are told apart by their first tokens; the grammar is LALR(1), and
``tests/latex/grammar.lark`` holds the parser to it::

    row:      part*                                   part: item | a sign, as PLUS or COMMA
    item:     base (SUB bare | SUP bare | PRIME)*
    base:     NAME | NUMBER | ... | OPEN inside CLOSE | LBRACE inside RBRACE | LABS row RABS | LNORM row RNORM
            | FRAC argument argument | SQRT argument | SQRT OPEN row CLOSE argument | ACCENT argument
            | BRACE argument | BEGIN (part | AMP | ROW | REL)* END
    inside:   (part | REL | AMP | ROW | QUAD)*
    argument: LBRACE inside RBRACE | NAME | NUMBER | ... | FRAC argument argument | SQRT argument | ACCENT argument
    bare:     argument | STAR | PRIME | PLUS | MINUS | BIG | CDOT | SYMBOL | SUP

Main definitions: `Part`, `rows`, `spell`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from derivations.latex.tokens import Token, Unread

Row = tuple["Part", ...]

GROUPS = ("bracketed", "braced", "absolute", "norm")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in a row: a token, or a construct with arguments, with its scripts.

    *kind* is the token's kind or the construct's name; *below* and *above* are its scripts, *primes* their number.
    """

    kind: str
    text: str = ""
    place: int = 0
    style: str = ""
    args: tuple[Row, ...] = ()
    below: Row | None = None
    above: Row | None = None
    primes: int = 0
    named: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)
    """The name that it is, once `derivations.latex.names.name_of` has found it."""

    @property
    def labelled(self) -> bool:
        """Whether it is a brace under or over a formula with no marks beside its label, which a square would be."""
        beside = self.above if self.text == "under" else self.below
        return self.kind == "label" and beside is None and not self.primes

    @property
    def plain(self) -> bool:
        """Whether it has no scripts."""
        return self.below is None and self.above is None and not self.primes


_SIGNS = frozenset(
    (
        *("PLUS", "MINUS", "TIMES", "CDOT", "SLASH", "COMMA", "SEMI", "COLON", "STOP", "SIM", "IN", "TO", "ARROW"),
        *("DOTS", "SYMBOL", "TEXT"),
    )
)
_SPACING = frozenset(("AMP", "ROW", "QUAD"))
_INSIDE = _SIGNS | _SPACING | {"REL"}
_BLOCK = _SIGNS | {"REL", "AMP", "ROW"}
_ARGUMENTS = frozenset(("NAME", "NUMBER", "NABLA", "PARTIAL", "DIFFERENTIAL", "FUNCTION", "EXTREMUM"))
_BARE = _ARGUMENTS | {"STAR", "PRIME", "PLUS", "MINUS", "BIG", "CDOT", "SYMBOL"}
_LEAVES = _ARGUMENTS | {"BIG", "STAR", "BAR", "DBAR"}
_BRACKETS = {
    "OPEN": ("bracketed", "CLOSE", _INSIDE),
    "LBRACE": ("braced", "RBRACE", _INSIDE),
    "LABS": ("absolute", "RABS", _SIGNS),
    "LNORM": ("norm", "RNORM", _SIGNS),
}
_CONSTRUCTS = {"FRAC": ("fraction", 2), "SQRT": ("root", 1), "ACCENT": ("accent", 1), "BRACE": ("label", 1)}
_BASES = _LEAVES | _BRACKETS.keys() | _CONSTRUCTS.keys() | {"BEGIN"}


@lru_cache(maxsize=4_096)
def rows(tokens: tuple[Token, ...]) -> Row:
    """The parts of one side of a step; raises :class:`Unread` where brackets or scripts do not fit.

    >>> from derivations.latex.tokens import tokenize
    >>> [(p.kind, p.text) for p in rows(tuple(tokenize("2 p(x)")))]
    [('NUMBER', '2'), ('NAME', 'p'), ('bracketed', '(')]
    """
    return _Reader(tokens).whole()


class _Reader:
    """Reads tokens by recursive descent, each of them once; what fits and is not read is said at the end."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens, self.at = tokens, 0
        self.kinds = [*[t.kind for t in tokens], "end"]
        self.refused: Unread | None = None

    def whole(self) -> Row:
        row = self.row(_SIGNS)
        self.take("end")
        if self.refused is not None:
            raise self.refused
        return row

    def take(self, kind: str) -> None:
        """Pass a token that must be of some kind."""
        if self.kinds[self.at] != kind:
            raise Unread(self.complaint())
        self.at += 1

    def complaint(self) -> str:
        if self.at < len(self.tokens):
            where = f"the place at {self.tokens[self.at].source!r}"
            return f"{where} (a bracket, script or argument does not fit)"
        opened = [t.source for t in self.tokens if t.kind in _BRACKETS]
        return "an unbalanced bracket" + (f" (one of {' '.join(opened[:3])})" if opened else "")

    def refuse(self, what: str) -> None:
        self.refused = self.refused or Unread(what)

    def leaf(self) -> Part:
        token = self.tokens[self.at]
        self.at += 1
        return Part(token.kind, token.text, token.place, token.style)

    def row(self, signs: frozenset[str]) -> Row:
        """Parts side by side.  Braces show nothing: an empty pair goes; ``a {- b}``, a coloured term, is ``a - b``."""
        found: list[Part] = []
        while True:
            kind = self.kinds[self.at]
            if kind in _SPACING and kind in signs:
                self.at += 1
            elif kind in signs:
                found.append(self.leaf())
            elif kind in _BASES:
                part = self.item()
                group = part.args[0] if part.kind == "braced" and part.plain else None
                if group is None or (group and (not found or group[0].kind not in ("PLUS", "MINUS"))):
                    found.append(part)
                else:
                    found += group
            else:
                return _over(found)

    def item(self) -> Part:
        """A base with its scripts."""
        part = self.base()
        if self.kinds[self.at] not in ("SUB", "SUP", "PRIME"):
            return part
        below, above, primes = part.below, part.above, part.primes
        while (kind := self.kinds[self.at]) in ("SUB", "SUP", "PRIME"):
            self.at += 1
            if kind == "PRIME":
                primes += 1
                continue
            row = self.script()
            if kind == "SUB":
                below = row if below is None else (*below, Part("COMMA", ","), *row)
            elif row and all(p.kind == "PRIME" or p.text == "prime" for p in row):
                primes += len(row)
            elif above is None:
                above = row
            else:
                self.refuse("a double superscript")
        if below is None and above is None and not primes:
            return part
        return replace(part, below=below, above=above, primes=primes)

    def base(self) -> Part:
        kind = self.kinds[self.at]
        if kind in _LEAVES:
            return self.leaf()
        if kind in _BRACKETS:
            name, closing, signs = _BRACKETS[kind]
            opening, inside = self.tokens[self.at], self.within(closing, signs)
            if name == "braced" and len(inside) == 1:  # braces around a single thing are no more than that thing
                return inside[0]
            return Part(name, opening.text, opening.place, args=(inside,))
        if kind == "SQRT" and self.kinds[self.at + 1] == "OPEN":
            head = self.tokens[self.at]
            self.at += 1
            return Part("root_of", head.text, head.place, args=(self.within("CLOSE", _SIGNS), self.argument()))
        if kind == "BEGIN":
            self.refuse(f"the environment {self.tokens[self.at].text!r}")
            return Part("environment", args=(self.within("END", _BLOCK),))
        return self.construct()

    def within(self, closing: str, signs: frozenset[str]) -> Row:
        """What stands between the token at hand and its closing one."""
        self.at += 1
        row = self.row(signs)
        self.take(closing)
        return row

    def construct(self) -> Part:
        """A command with its arguments."""
        head = self.tokens[self.at]
        name, arity = _CONSTRUCTS[head.kind]
        self.at += 1
        return Part(name, head.text, head.place, args=tuple([self.argument() for _ in range(arity)]))

    def argument(self) -> Row:
        kind = self.kinds[self.at]
        if kind == "LBRACE":
            return self.within("RBRACE", _INSIDE)
        if kind in _ARGUMENTS:
            return (self.leaf(),)
        if kind not in ("FRAC", "SQRT", "ACCENT"):
            raise Unread(self.complaint())
        return (self.construct(),)

    def script(self) -> Row:
        if self.kinds[self.at] in _BARE:
            return (self.leaf(),)
        if self.kinds[self.at] == "SUP":
            self.at += 1
            return ()
        return self.argument()


def _over(parts: list[Part]) -> Row:
    r"""``{a \over b}``: all that stands before it in its group, over all that stands behind."""
    for n, part in enumerate(parts):
        if part.kind == "SYMBOL" and part.text == "\\over" and 0 < n < len(parts) - 1:
            return (Part("fraction", "", part.place, args=(tuple(parts[:n]), tuple(parts[n + 1 :]))),)
    return tuple(parts)


def spell(row: Row | None) -> str:
    """A row in short, as part of a name: ``t-1``, ``data``, ``1:T``.

    >>> from derivations.latex.tokens import tokenize
    >>> spell(rows(tuple(tokenize(r"x_{t-1}")))[0].below)
    't-1'
    """
    return "".join(_spelled(p) for p in row or ())


def _spelled(part: Part) -> str:
    out = part.text
    if part.kind in GROUPS:
        pair = {"bracketed": "()", "braced": "", "absolute": "||", "norm": "||"}[part.kind]
        out = (pair[:1] or "") + spell(part.args[0]) + (pair[1:] or "")
    elif part.kind == "accent":
        out = spell(part.args[0]) + part.text
    elif part.kind in ("fraction", "root", "root_of", "label"):
        out = "/".join(spell(a) for a in part.args)
        out = f"root({out})" if part.kind.startswith("root") else out
    if part.below is not None:
        out += "_" + spell(part.below)
    if part.above is not None:
        out += "^" + spell(part.above)
    return out + "'" * part.primes
