"""Steps between positive quantities, by their logarithms: ``N(x; m, v) = exp(...) / ...``, ``E[e^f] >= e^{E f}``.

The logarithm is strictly increasing on the positive numbers, so a relation of two positive sides is that of their
logarithms.  Main definitions: `in_logarithms`, `in_units`.
"""

from __future__ import annotations

from typing import Any

from derivations.language.statements import Statement
from derivations.language.terms import Symbol, Term, log, mul, number, walk


def in_logarithms(statement: Statement) -> Statement | None:
    """The same relation between the logarithms of two positive sides, one of which has an exponential in it."""
    sides = statement.left, statement.right
    variances = frozenset(t.args[2] for s in sides for t in walk(s) if t.head == "normal")
    if statement.relation == "!=" or not all(is_positive(s, variances) for s in sides):
        return None
    if not any(t.head in ("normal", "gaussian", "exp") for s in sides for t in walk(s)):
        return None
    return Statement(statement.relation, log(sides[0]), log(sides[1]), (), statement.given)


_IN_UNITS = frozenset(("log", "KL", "JSD", "H", "I", "CE"))


def in_units(statement: Statement, unit: Term) -> Statement:
    """The statement with all logarithms, and what is made of them, in another unit than nats.

    >>> from derivations.language import laws, symbols, variables
    >>> (p,), (x,), (b,) = laws("p"), variables("x"), symbols("b", "positive")
    >>> in_units(log(p(x)) == 1, b)
    b*log(p(x)) == 1
    """

    def scaled(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(scaled(v) for v in value)
        if not isinstance(value, Term):
            return value
        args = tuple(scaled(a) for a in value.args)
        changed = any(a is not b for a, b in zip(args, value.args, strict=True))
        out = Term.__new__(type(value), value.head, *args) if changed else value
        return mul(unit, out) if value.head in _IN_UNITS else out

    left, right = scaled(statement.left), scaled(statement.right)
    return Statement(statement.relation, left, right, (), statement.given)


def is_positive(t: Term, known: frozenset[Term] = frozenset()) -> bool:
    """Whether a term is above zero wherever it exists, by its form; *known* terms are."""
    if t in known:
        return True
    value = number(t)
    if value is not None:
        return value > 0
    if isinstance(t, Symbol):
        return t.sign == "positive"
    if t.head in ("add", "mul"):
        return all(is_positive(a, known) for a in t.args)
    if t.head == "pow":
        return is_positive(t.args[0], known)
    if t.head in ("E", "prod"):
        return is_positive(t.args[-1], known)
    return t.head in ("normal", "gaussian", "det", "exp", "const")
