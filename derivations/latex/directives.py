"""Directives: what a document tells the checker in comments.

``assume q(x) = p_data(x)``, ``discrete x z``, ``markov x_0 -> x_1 -> x_2 [under q]``, ``nonneg beta``, ``positive s``,
``let M = (p + q)/2``.  Main definition: `apply_directives`.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.language.terms import LanguageError
from derivations.latex.arguments import variable_key
from derivations.latex.cases import RELATIONS, Context
from derivations.latex.chains import steps
from derivations.latex.definitions import Definition
from derivations.latex.grammar import Row, rows
from derivations.latex.names import Name, name_of
from derivations.latex.tokens import Unread, tokenize

_SIGNS = {"nonneg": "nonnegative", "nonnegative": "nonnegative", "positive": "positive", "real": "real"}


def apply_directives(directives: Iterable[tuple[int, str]], context: Context) -> None:
    """Enter what directives declare; raises :class:`LanguageError` with the line of one that is not understood."""
    for line, text in directives:
        word, _, rest = text.partition(" ")
        try:
            _apply(word, rest.strip(), context)
        except Unread as error:
            raise LanguageError(f"line {line}: the directive {text!r} is not understood: {error}") from error


def _apply(word: str, rest: str, context: Context) -> None:
    if word == "assume":
        for left, relation, right in _equations(rest):
            if relation not in RELATIONS:
                raise Unread(f"the relation {relation!r}")
            context.given.append((left, relation, right))
    elif word == "let":
        for left, _, right in _equations(rest):
            name = name_of(left[0]) if left else None
            if name is None:
                raise Unread("a definition of no name")
            arguments = left[1].args[0] if len(left) == 2 and left[1].kind == "bracketed" else None
            context.definitions[name.key] = Definition(name, arguments, right)
    elif word == "discrete":
        context.discrete |= {variable_key(n) for n in _names(rest)}
    elif word in _SIGNS:
        for name in _names(rest):
            context.signs[name.shown] = _SIGNS[word]
    elif word == "markov":
        slots = [variable_key(n) for piece in rest.split("->") for n in _names(piece)]
        if len(slots) < 3:
            raise Unread("a Markov chain needs three variables, as in markov x -> y -> z")
        context.chains.append(tuple(slots))
    else:
        raise Unread("use assume, let, discrete, nonneg, positive or markov")


def markov_chain(row: Row) -> tuple[str, ...] | None:
    r"""The variables of ``X \to Y \to Z``, said beside an equation; None for another remark."""
    names = [name_of(p) for p in row if p.kind != "TO"]
    arrows = [p.kind == "TO" for p in row]
    if len(row) < 5 or arrows != [n % 2 == 1 for n in range(len(row))] or any(n is None for n in names):
        return None
    return tuple(variable_key(n) for n in names if n is not None)


def _equations(text: str) -> list[tuple[Row, str, Row]]:
    found = [(rows(s.left), s.relation, rows(s.right)) for s in steps(text)]
    if not found:
        raise Unread("no relation sign in it")
    return found


def _names(text: str) -> list[Name]:
    names = [name_of(p) for p in rows(tuple(t for t in tokenize(text) if t.kind not in ("COMMA", "TEXT")))]
    found = [n for n in names if n is not None]
    if not found or len(found) < len(names):
        raise Unread(f"{text!r} is no list of names")
    return found
