"""Tokens to rows of parts, by the LALR grammar in ``grammar.lark``: brackets, scripts and commands with arguments.

Main definitions: `Part`, `rows`, `spell`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import lark
from lark.lexer import Lexer

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
    def plain(self) -> bool:
        """Whether it has no scripts."""
        return self.below is None and self.above is None and not self.primes


class _Tokens(Lexer):
    """Hands the parser tokens that are read already."""

    def __init__(self, _: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[lark.Token]:
        for token in lexer_state:
            yield lark.Token(token.kind, token)


@lru_cache(maxsize=1)
def _parser() -> lark.Lark:
    source = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(source, parser="lalr", lexer=_Tokens)


@lru_cache(maxsize=4_096)
def rows(tokens: tuple[Token, ...]) -> Row:
    """The parts of one side of a step; raises :class:`Unread` where brackets or scripts do not fit.

    >>> from derivations.latex.tokens import tokenize
    >>> [(p.kind, p.text) for p in rows(tuple(tokenize("2 p(x)")))]
    [('NUMBER', '2'), ('NAME', 'p'), ('bracketed', '(')]
    """
    try:
        tree: Any = _parser().parse(list(tokens))
    except lark.UnexpectedInput as error:
        raise Unread(_complaint(error, tokens)) from None
    return _row(tree.children[0])


def _complaint(error: lark.UnexpectedInput, tokens: Sequence[Token]) -> str:
    token = getattr(error, "token", None)
    value = getattr(token, "value", None)
    if isinstance(value, Token):
        where = f"{value.source!r}"
        return f"the place at {where} (a bracket, script or argument does not fit)"
    opened = [t.source for t in tokens if t.kind in ("OPEN", "LBRACE", "LABS", "LNORM")]
    return "an unbalanced bracket" + (f" (one of {' '.join(opened[:3])})" if opened else "")


def _row(tree: Any) -> Row:
    """The parts of a row.  Braces show nothing: an empty pair goes, and ``a {- b}``, a coloured term, is ``a - b``."""
    found: list[Part] = []
    for part in (p for child in tree.children for p in _parts(child)):
        group = part.args[0] if part.kind == "braced" and part.plain else None
        if group is None or (group and (not found or group[0].kind not in ("PLUS", "MINUS"))):
            found.append(part)
        else:
            found += group
    return _over(found)


def _over(parts: list[Part]) -> Row:
    r"""``{a \over b}``: all that stands before it in its group, over all that stands behind."""
    for n, part in enumerate(parts):
        if part.kind == "SYMBOL" and part.text == "\\over" and 0 < n < len(parts) - 1:
            return (Part("fraction", "", part.place, args=(tuple(parts[:n]), tuple(parts[n + 1 :]))),)
    return tuple(parts)


def _parts(node: Any) -> Iterator[Part]:
    if isinstance(node, lark.Token):
        if node.type not in ("AMP", "ROW", "QUAD"):
            yield _part(node)
    elif node.data == "sign":
        yield _part(node.children[0])
    else:
        yield _part(node)


def _part(node: Any) -> Part:
    if isinstance(node, lark.Token):
        token: Token = node.value
        return Part(token.kind, token.text, token.place, token.style)
    if node.data == "item":
        return _scripted(_part(node.children[0]), node.children[1:])
    if node.data in ("row", "inside"):
        return Part("braced", args=(_row(node),))
    if node.data in ("bracketed", "braced", "absolute", "norm"):
        opening: Token = node.children[0].value
        inside = _row(node.children[1])
        part = Part(str(node.data), opening.text, opening.place, args=(inside,))
        return _unwrapped(part)
    if node.data == "environment":
        raise Unread(f"the environment {node.children[0].value.text!r}")
    head: Token = node.children[0].value
    args = [_argument(c) for c in node.children[1:] if not (isinstance(c, lark.Token) and c.type in ("OPEN", "CLOSE"))]
    return Part(str(node.data), head.text, head.place, args=tuple(args))


def _unwrapped(part: Part) -> Part:
    """Braces around a single thing are no more than that thing."""
    if part.kind == "braced" and len(part.args[0]) == 1:
        return part.args[0][0]
    return part


def _argument(node: Any) -> Row:
    if not isinstance(node, lark.Token) and node.data in ("braced", "row"):
        return _row(node.children[1] if node.data == "braced" else node)
    return (_part(node),)


def _scripted(part: Part, scripts: Sequence[Any]) -> Part:
    below, above, primes = part.below, part.above, part.primes
    for script in scripts:
        if script.data == "prime":
            primes += 1
            continue
        content = script.children[1]
        row: Row = () if isinstance(content, lark.Token) and content.type == "SUP" else _argument(content)
        if script.data == "below":
            below = row if below is None else (*below, Part("COMMA", ","), *row)
        elif row and all(p.kind == "PRIME" or p.text == "prime" for p in row):
            primes += len(row)
        elif above is None:
            above = row
        else:
            raise Unread("a double superscript")
    if below is None and above is None and not primes:
        return part
    return replace(part, below=below, above=above, primes=primes)


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
    if part.below is not None:
        out += "_" + spell(part.below)
    if part.above is not None:
        out += "^" + spell(part.above)
    return out + "'" * part.primes
