"""Steps between optimisers: ``argmax_theta A = argmax_theta B`` holds if A and B differ by a constant in theta."""

from __future__ import annotations

from derivations.language.statements import Statement
from derivations.language.terms import LanguageError, Symbol, Term, walk
from derivations.language.terms import replace as exchanged
from derivations.latex.cases import Context
from derivations.latex.expressions import Node
from derivations.latex.grammar import Row, spell
from derivations.latex.meaning import Meaning
from derivations.latex.readings import Reading
from derivations.latex.tokens import Unread, in_words


def common_optimiser(left: Row, relation: str, right: Row, context: Context) -> Statement | None:
    """The statement that two objectives differ by the same amount at two values of the parameter, or None."""
    if relation != "=" or not (left and right) or left[0].kind != "EXTREMUM" or right[0].kind != "EXTREMUM":
        return None
    meaning = Meaning(context.vocabulary, Reading(), context.definitions, context.discrete, context.signs)
    nodes = [meaning.parse(row) for row in (left, right)]
    if any(n.head != "extremum" or not n.args[0].startswith("arg") for n in nodes):
        return None
    over = {frozenset(spell(n.args[1]).split(",")) for n in nodes}
    if len(over) != 1:
        raise Unread("optimisers over different parameters")
    parameter = over.pop()
    try:
        values = [_objective(meaning, n, parameter) for n in nodes]
    except LanguageError as error:
        raise Unread(in_words(error)) from error
    if nodes[0].args[0] != nodes[1].args[0]:
        values[1] = -values[1]
    moved = [_moved(v, parameter) for v in values]
    if all(m is v for m, v in zip(moved, values, strict=True)):
        raise Unread(f"objectives in which {', '.join(sorted(parameter))} does not occur")
    return Statement("=", values[0] - values[1], moved[0] - moved[1])


def _objective(meaning: Meaning, node: Node, parameters: frozenset[str]) -> Term:
    if any(c in p for p in parameters for c in "_^:"):
        raise Unread(f"an optimiser over {', '.join(sorted(parameters))}")
    meaning.optimised = parameters
    return meaning.term(node.args[2])


def _moved(value: Term, parameters: frozenset[str]) -> Term:
    """The objective at another value of the parameters."""
    for t in list(walk(value)):
        if isinstance(t, Symbol) and t.name in parameters:
            value = exchanged(value, t, Symbol("sym", t.name + "'", "real", ()))
    return value
