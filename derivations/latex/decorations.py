"""A prime, an accent or a label on an operator may make another operator of it, so none is dropped.

Main definition: `check_decorations`.
"""

from __future__ import annotations

from functools import lru_cache

from derivations.latex.grammar import Part, Row
from derivations.latex.names import Name, is_greek, name_of
from derivations.latex.tokens import Unread

OPERATORS = frozenset({"FUNCTION", "BIG", "NABLA", "PARTIAL", "EXTREMUM"})
MOMENTS = frozenset({"Var", "Cov"})
NORMAL = frozenset({"N", "calN", "Normal"})
DIMENSIONS = frozenset("dDkKnmp")


@lru_cache(maxsize=4_096)
def check_decorations(row: Row) -> None:
    """Raise :class:`Unread` for an operator, a normal law or a moment that is decorated."""
    for n, part in enumerate(row):
        name = name_of(part)
        applied = n + 1 < len(row) and row[n + 1].kind == "bracketed"
        if decorated_operator(part) or (name is not None and applied and decorated_name(name)):
            raise Unread(f"the decorated operator {name.key if name else part.text!r}")
        for inner in (*part.args, part.below or (), part.above or ()):
            check_decorations(inner)


def decorated_operator(part: Part) -> bool:
    """Whether a logarithm, determinant, sum, gradient or extremum has a prime or a label."""
    if part.kind not in OPERATORS:
        return False
    labelled = bool(part.above) and part.above is not None and part.above[0].kind in ("bracketed", "STAR")
    if part.above and (part.kind == "EXTREMUM" or (part.text in ("sum", "prod") and part.above[0].kind == "NUMBER")):
        labelled = labelled or part.kind == "EXTREMUM" or not any(p.kind == "REL" for p in part.below or ())
    indexed = part.kind == "FUNCTION" and part.text in ("det", "trace", "exp") and part.below is not None
    return bool(part.primes) or labelled or indexed


def decorated_name(name: Name) -> bool:
    """Whether a normal law or a moment has an accent, a prime or a label; a dimension is none."""
    marked = bool(name.accents or name.primes or name.above)
    if name.base in NORMAL:
        return marked or name.below not in DIMENSIONS | {""}
    return name.base in MOMENTS and marked


def is_plain(name: Name) -> bool:
    """Whether a name has no decoration but parameters."""
    return not (name.accents or name.primes or name.above) and (not name.below or is_greek(name.below))
