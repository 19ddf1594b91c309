r"""What authors write with an equals sign in sentences though they mean less, or leave out what they have just said.

A posterior without its evidence, a mean by one sample, q(z) for q(z | x), an inequality that is strict but for one
case.  A step that is false as it stands and true so is a query.  Main definition: `shorthands`.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.language.statements import Statement
from derivations.language.terms import Term, Variable, exp, replace, walk
from derivations.latex.rungs import Rung, free_variables


def shorthands(statement: Statement) -> Iterator[Rung]:
    """What a statement may stand for, each in words that say when it is true."""
    yield from _up_to_a_factor(statement)
    yield from _on_average(statement)
    yield from _with_conditions(statement)
    yield from _symmetric(statement)
    if statement.relation in ("<", ">"):
        weak = Statement(statement.relation + "=", statement.left, statement.right, (), statement.given)
        yield "but for the case of equality", weak


def _densities(statement: Statement) -> list[Term]:
    return list(dict.fromkeys(t for t in walk((statement.left, statement.right)) if t.head == "den"))


def proportional(statement: Statement, variables: list[Variable]) -> Statement:
    """Equal up to a factor that does not depend on some variables: a(z) b(z') = a(z') b(z)."""
    left, right = moved = statement.left, statement.right
    for v in variables:
        moved = replace(moved[0], v, v.copy(v.name + "'")), replace(moved[1], v, v.copy(v.name + "'"))
    return Statement("=", left * moved[1], moved[0] * right, (), statement.given)


def _up_to_a_factor(statement: Statement) -> Iterator[Rung]:
    """``p(z | x) = p(x | z) p(z)``, and so with logarithms: equal up to what does not depend on z."""
    logarithm = statement.left.head == "log"
    density = statement.left.args[0] if logarithm else statement.left
    variables = [v for _, v in density.args[1] if isinstance(v, Variable)] if density.head == "den" else []
    if statement.relation != "=" or not variables:
        return
    names = ", ".join(v.name for v in variables)
    if logarithm:
        of_exponentials = Statement("=", density, exp(statement.right), (), statement.given)
        yield f"up to a constant that does not depend on {names}", proportional(of_exponentials, variables)
    else:
        yield f"up to a factor that does not depend on {names}", proportional(statement, variables)


def _on_average(statement: Statement) -> Iterator[Rung]:
    """``KL(q || p) = log q(z) - log p(z)``, by one sample: a side that speaks of a point averages over it."""
    from derivations.language.operators import E

    sides = (statement.left, statement.right)
    free = [free_variables(side) for side in sides]
    for n, side in enumerate(sides):
        loose = free[n] - free[1 - n]
        for d in _densities(statement) if loose else ():
            behind = {v for _, v in d.args[2]}
            if {v for _, v in d.args[1]} == loose and not loose & behind:
                means = (E[d](side), sides[1]) if n == 0 else (sides[0], E[d](side))
                meant = Statement(statement.relation, means[0], means[1], (), statement.given)
                yield f"on average under {d!r}", meant


def _with_conditions(statement: Statement) -> Iterator[Rung]:
    """``q(z)`` beside ``q(z | x)``, for which authors write it."""
    found = _densities(statement)
    for bare in (d for d in found if not d.args[2]):
        for full in found:
            if full.args[2] and full.args[0] is bare.args[0] and full.args[1] == bare.args[1]:
                left, right = (replace(side, bare, full) for side in (statement.left, statement.right))
                yield f"with {full!r} for {bare!r}", Statement(statement.relation, left, right, (), statement.given)


def _symmetric(statement: Statement) -> Iterator[Rung]:
    """``q(x' | x)`` beside ``q(x | x')``, which cancel for a symmetric proposal."""
    found = _densities(statement)
    for one in (d for d in found if len(d.args[1]) == len(d.args[2]) == 1):
        (_, target), (_, given) = one.args[1][0], one.args[2][0]
        if not (isinstance(target, Variable) and isinstance(given, Variable)) or not _are_copies(target, given):
            continue
        other = next(
            (
                d
                for d in found
                if d.args[0] is one.args[0]
                and d is not one
                and [v for _, v in d.args[1]] == [given]
                and [v for _, v in d.args[2]] == [target]
            ),
            None,
        )
        if other is not None and repr(one) < repr(other):
            left, right = (replace(side, other, one) for side in (statement.left, statement.right))
            yield f"with {one!r} = {other!r}", Statement(statement.relation, left, right, (), statement.given)


def _are_copies(one: Variable, other: Variable) -> bool:
    return one.name.rstrip("'") == other.name.rstrip("'")
