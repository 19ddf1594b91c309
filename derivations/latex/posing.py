"""Steps that pose something rather than claim it: a model, a condition on laws, a factorisation, an iterate.

Nobody claims of two arbitrary laws that they are equal: ``p_g = p_data`` is a condition, ``q(z) = p(z | x)`` a choice,
``p(x, y) = p(x) p(y)`` a hypothesis.  Such a step is a query where a model contradicts it, and never a refutation.
Main definition: `posed`.
"""

from __future__ import annotations

import re
from fractions import Fraction

from derivations.language.statements import Statement
from derivations.language.terms import Term, Variable, number, walk
from derivations.latex.grammar import Row
from derivations.latex.names import PARAMETERS, name_of


def posed(statement: Statement) -> str | None:
    """What a statement poses, in words; None for one that claims something.

    >>> from derivations.language import laws, variables
    >>> (p, q), (x, y) = laws("p q"), variables("x y")
    >>> posed(q(x) == p(x | y)), posed(p(x, y) == p(x) * p(y)), posed(p(x, y) == p(x | y) * p(x))
    ('it says which law q is', 'its variables are independent as it says', None)
    """
    if (said := _of_variables(statement)) is not None:
        return said
    for side, other in ((statement.left, statement.right), (statement.right, statement.left)):
        logged = side.head == "log"
        d = side.args[0] if logged else side
        if d.head != "den":
            continue
        value = number(other)
        positive = statement.relation == (">" if side is statement.left else "<")
        if value == 0 and not logged and (positive or statement.relation in ("=", "!=")):
            return f"it says where {d.args[0]!r} is positive"
        if statement.relation != "=":
            continue
        laws = {t.args[0] for t in walk(other) if t.head == "den"}
        if laws and d.args[0] not in laws:
            return f"it says which law {d.args[0]!r} is"
        targets = {s for s, _ in d.args[1]}
        beside = {t.args[0] for t in walk(other) if t.head in ("den", "normal")} - {d.args[0]}
        mine = [t for t in walk(other) if t.head == "den" and t.args[0] is d.args[0]]
        averaged = not logged and not any(t.head == "log" for t in walk(other))
        if averaged and beside and not any(targets & {s for s, _ in (*t.args[1], *t.args[2])} for t in mine):
            return f"it says which law {', '.join(sorted(targets))} has under {d.args[0]!r}"
        if factorises(d, other, logged):
            return "its variables are independent as it says"
    if statement.relation == "=":
        heads = [{t.head for t in walk(side)} for side in (statement.left, statement.right)]
        for laws_of, formulas in (heads, heads[::-1]):
            if "den" in laws_of and "normal" not in laws_of and "normal" in formulas and "den" not in formulas:
                return "it says which normal laws its laws are"
    return None


def _of_variables(statement: Statement) -> str | None:
    """``X >= 0``, which says what values X has, or ``H(X) = H(Y)``, true of variables with one law."""
    sides = (statement.left, statement.right)
    if any(isinstance(a, Variable) and number(b) is not None for a, b in (sides, sides[::-1])):
        return f"it says which values {statement.left!r} and {statement.right!r} have"
    mine, other = ({t.name for t in walk(side) if isinstance(t, Variable)} for side in sides)
    if statement.relation == "=" and len(mine) == len(other) == 1 and mine != other:
        (x,), (y,) = mine, other
        if re.sub(rf"\b{x}\b", y, repr(statement.left)) == repr(statement.right):
            return f"it says that {x} and {y} have the same law"
    return None


def factorises(d: Term, other: Term, logged: bool) -> bool:
    """Whether a term is a product of densities of the law of *d*, each of its variables the target of one of them.

    Such a product is a law of those variables (a Bayesian network), so that the equation is a hypothesis on the law.
    """
    found = [f for part in _split(other, logged) for f in _factors(part)]
    if any(f.head != "den" or f.args[0] is not d.args[0] for f in found):
        return False
    if any(t.head in ("prod", "sum") for t in walk(other)):  # over the components of a vector
        return True
    own = [s for s, _ in d.args[1]]
    known = {s for s, _ in d.args[2]}
    known |= {s for f in found for s, _ in f.args[2]} - set(own)  # features of what it is conditioned on
    targets = [s for f in found for s, _ in f.args[1]]
    if sorted(targets) != sorted(own):
        return False
    left = list(found)
    while left:
        ready = [f for f in left if {s for s, _ in f.args[2]} <= known]
        if not ready:
            return False
        known |= {s for f in ready for s, _ in f.args[1]}
        left = [f for f in left if f not in ready]
    return True


def _split(t: Term, logged: bool) -> list[Term]:
    """The terms whose product (or, under a logarithm, whose sum of logarithms) a side is."""
    if not logged:
        return [t]
    parts = t.args if t.head == "add" else (t,)
    found = []
    for part in parts:
        inner = part.args[1] if part.head == "sum" else part
        found.append(inner.args[0] if inner.head == "log" else inner)
    return found


def _factors(t: Term) -> list[Term]:
    if t.head == "mul":
        return [f for a in t.args for f in _factors(a)]
    return _factors(t.args[1]) if t.head == "prod" else [t]


# Rounded numbers -----------------------------------------------------------------------------------------------------


def unit_of_rounding(*sides: Row) -> Fraction | None:
    """The unit in the last place of a side that is one decimal number, or else of the coarsest one in a step."""
    for side in sides:
        if len(side) == 1 and side[0].kind == "NUMBER" and "." in side[0].text:
            return Fraction(1, 10 ** len(side[0].text.split(".")[1]))
    digits: list[int] = []

    def visit(row: Row) -> None:
        for part in row:
            for inner in (*part.args, part.below or (), part.above or ()):
                visit(inner)
            if part.kind == "NUMBER" and "." in part.text:
                digits.append(len(part.text.split(".")[1]))

    for side in sides:
        visit(side)
    return Fraction(1, 10 ** min(digits)) if digits else None


# Iterates of an algorithm --------------------------------------------------------------------------------------------

_NEXT = {"t": "t+1", "k": "k+1", "n": "n+1", "i": "i+1", "s": "s+1", "m": "m+1", "old": "new", "t-1": "t", "k-1": "k"}
_NEXT |= {str(n): str(n + 1) for n in range(4)}


def iterates(*sides: Row) -> str | None:
    """Two successive iterates of one parameter or law, such as theta^(t) and theta^(t+1), that a step compares."""
    found: dict[str, set[str]] = {}

    def visit(row: Row) -> None:
        for part in row:
            for inner in (*part.args, part.below or (), part.above or ()):
                visit(inner)
            name = name_of(part)
            if name is not None and (name.base in PARAMETERS or (name.base in "pqPQ" and name.above)):
                for label in (name.above, name.below):
                    found.setdefault(name.base, set()).add(label.replace(" ", "").strip("()"))

    for side in sides:
        visit(side)
    for base, labels in sorted(found.items()):
        for label in sorted(labels):
            if _NEXT.get(label) in labels:
                return f"{base}^({label}) and {base}^({_NEXT[label]}) are what an algorithm makes them"
    return None
