"""Statements: relations between terms, the hypotheses they stand under, and their equality cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derivations.language.laws import Law
from derivations.language.terms import Index, LanguageError, Symbol, Term, Variable, add, mul, power, term, walk

RELATIONS = {"=": "=", "!=": r"\ne", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
THEOREMS = ("Kantorovich-Rubinstein", "Rademacher", "Eckart-Young")  # those that may be cited
BINDERS = (
    *("int", "E", "KL", "JSD", "CE", "TV", "H", "I", "W"),
    *("sum", "prod", "sup", "inf", "grad", "limit", "eigenvalue"),
)


@dataclass(frozen=True, eq=False)
class Statement:
    """``left relation right`` for every model in which both sides exist.

    *equality* lists the equations that hold exactly when an inequality holds with equality (densities and functions
    are compared almost everywhere); *given* lists hypotheses, see :meth:`assuming`.
    """

    relation: str
    left: Term
    right: Term
    equality: tuple[tuple[Term, Term], ...] = ()
    given: tuple[tuple[Any, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise LanguageError(f"{self.relation!r} is no relation; use one of {' '.join(RELATIONS)}")
        for side in (self.left, self.right):
            for name in unbound_indices(side) if any(isinstance(t, Index) for t in walk(side)) else ():
                raise LanguageError(f"the index {name} is unbound in {side!r}; bind it, as in Sum[{name}]({side!r})")

    def __bool__(self) -> bool:
        if self.relation in ("=", "!="):
            return (self.left is self.right) == (self.relation == "=")
        raise TypeError(f"{self!r} is a statement, not a truth value; judge it with judge(...)")

    def __hash__(self) -> int:
        return hash((self.relation, self.left, self.right, self.equality, self.given))

    def iff(self, *equations: Statement | tuple[Any, Any]) -> Statement:
        """The inequality together with its equality case: equality holds exactly when all *equations* do.

        An equation for every value of an index is a pair of terms: ``.iff((mu[k], 0), (s[k], 1))``.
        """
        if self.relation not in ("<=", ">="):
            raise LanguageError(f"{self!r} is no inequality, so it has no equality case; write (a <= b).iff(y == c)")
        pairs = []
        for e in equations:
            if isinstance(e, Statement) and e.relation != "=":
                raise LanguageError(f"{e!r} is no equation; the equality case is made of equations")
            a, b = (e.left, e.right) if isinstance(e, Statement) else e
            pairs.append((term(a), term(b)))
        return Statement(self.relation, self.left, self.right, tuple(pairs), self.given)

    def assuming(self, *hypotheses: Statement | tuple[Any, ...]) -> Statement:
        """The statement under hypotheses: ``q(x) == p_data(x)`` identifies two marginals; ``y <= 1`` bounds terms.

        A theorem is cited with :func:`cited`.
        """
        rows = tuple(
            (h.relation, h.left, h.right)
            if isinstance(h, Statement)
            else tuple(term(t) if isinstance(t, (int, Fraction)) else t for t in h)
            for h in hypotheses
        )
        return Statement(self.relation, self.left, self.right, self.equality, self.given + rows)

    def json(self) -> dict[str, Any]:
        """The statement as plain data, with the declarations of all that occurs in it (``docs/terms.md``)."""
        return {
            "version": 1,
            "declare": declarations(self.left, self.right, self.equality, self.given),
            "given": [[h[0], *(encode(t) for t in h[1:])] for h in self.given],
            "relation": self.relation,
            "lhs": encode(self.left),
            "rhs": encode(self.right),
            "equality": [[encode(a), encode(b)] for a, b in self.equality],
        }

    def latex(self) -> str:
        """The statement in LaTeX, without dollar signs."""
        from derivations.language.printing import statement_latex

        return statement_latex(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        from derivations.language.printing import statement_text

        return statement_text(self)


def cited(theorem: str, says: Statement) -> tuple[Any, ...]:
    """A hypothesis that is a theorem cited by name: ``claim.assuming(cited("Rademacher", n(t) == 0))``.

    The verdict lists the theorem under its assumptions.  The list of theorems is closed (:data:`THEOREMS`), and what is
    cited may not be the claim.  The kernel takes only what that theorem says (``docs/certificates.md``).

    >>> from derivations.language import Function, variables
    >>> (t,), f = variables("t"), Function("f")
    >>> cited("Fermat", f(t) == 0)
    Traceback (most recent call last):
    derivations.language.terms.LanguageError: 'Fermat' cannot be cited, only Kantorovich-Rubinstein, Rademacher, ...
    """
    if theorem not in THEOREMS:
        raise LanguageError(
            f"{theorem!r} cannot be cited, only {', '.join(THEOREMS)}; pose it as a hypothesis, unnamed"
        )
    if says.equality or says.given or says.relation == "!=":
        raise LanguageError(f"what {theorem} says must be one relation, not {says!r}")
    return ("cited", theorem, (says.relation, says.left, says.right))


def gradient(value: Term, partial: Term, coordinate: Term) -> tuple[Any, ...]:
    """A hypothesis: on an open set, f is differentiable, and these are its partial derivatives.

    Written as ``gradient(f(x), g(k, x), c(k, x))``, where c(k, x) is the k-th coordinate of the point x and g(k, x) the
    derivative of f in that coordinate, for an index k.  By their coordinates the points of the space of x are those of
    an open set; that it is convex is a hypothesis of its own, ``convex(c(k, x))``.

    >>> from derivations.language import Function, index, symbols, variables
    >>> (n,), (x,) = symbols("n", sign="positive"), variables("x")
    >>> k, f, g, c = index("k", n), Function("f"), Function("g"), Function("c")
    >>> (f(x) <= 1).assuming(gradient(f(x), g(k, x), c(k, x)), convex(c(k, x)))
    (f(x) <= 1).assuming(gradient(f(x), g(k, x), c(k, x)), convex(c(k, x)))
    >>> gradient(f(x), g(x, k), c(k, x))
    Traceback (most recent call last):
    derivations.language.terms.LanguageError: g(x, k) should be a function of an index and a point, as in g(k, x)
    """
    if value.head != "fn" or len(value.args[2]) != 1 or not isinstance(value.args[2][0], Variable):
        raise LanguageError(f"{value!r} should be a function of a point, as in f(x)")
    for t in (partial, coordinate):
        _check_component(t)
        if t.args[2] != (coordinate.args[2][0], value.args[2][0]):
            raise LanguageError(f"{t!r} should be taken at the index and the point of the others")
    return ("gradient", value, partial, coordinate)


def nondifferentiable(indicator: Term, value: Term, coordinate: Term) -> tuple[Any, ...]:
    """A hypothesis: n(x) is 1 at the points of an open set at which f is not differentiable, and 0 at the others.

    Written as ``nondifferentiable(n(x), f(x), c(k, x))``, with the coordinates of :func:`gradient`; densities on the
    space of x are with respect to volume.  The theorem of Rademacher is about such an n:
    ``cited("Rademacher", n(x) == 0)``.

    >>> from derivations.language import Function, index, symbols, variables
    >>> (n,), (x,) = symbols("n", sign="positive"), variables("x")
    >>> k, f, rough, c = index("k", n), Function("f"), Function("rough", range="unit"), Function("c")
    >>> nondifferentiable(rough(x), f(x), c(k, x))
    ('nondifferentiable', rough(x), f(x), c(k, x))
    """
    _check_component(coordinate)
    for t in (indicator, value):
        if t.head != "fn" or t.args[2] != coordinate.args[2][1:]:
            raise LanguageError(f"{t!r} should be a function of the point of {coordinate!r}")
    return ("nondifferentiable", indicator, value, coordinate)


def convex(coordinate: Term) -> tuple[Any, ...]:
    """A hypothesis: by their coordinates c(k, x), the points of the space of x form a convex set."""
    _check_component(coordinate)
    return ("convex", coordinate)


def _check_component(t: Term) -> None:
    good = t.head == "fn" and [type(a) for a in t.args[2]] == [Index, Variable]
    if not good:
        raise LanguageError(f"{t!r} should be a function of an index and a point, as in g(k, x)")


def declarations(*parts: Any) -> dict[str, dict[str, Any]]:
    """What is said of the names in terms as data; raises :class:`LanguageError` if one name is two things."""
    found: dict[str, dict[str, Any]] = {"variables": {}, "symbols": {}, "functions": {}, "indices": {}}
    tables: dict[str, str] = {}

    def declare(table: str, name: str, **facts: Any) -> None:
        if tables.setdefault(name, table) != table:
            raise LanguageError(f"{name} names two things, of {tables[name]} and of {table}; give one another name")
        known = found[table].setdefault(name, facts)
        if known != facts:
            raise LanguageError(f"{name} is declared twice, as {known} and as {facts}; give one another name")

    for t in dict.fromkeys(t for part in parts for t in walk(part)):
        if isinstance(t, Variable):
            declare("variables", t.name, kind=t.kind, slot=t.slot, shape=[encode(s) for s in t.shape])
        elif isinstance(t, Symbol):
            declare("symbols", t.name, sign=t.sign, shape=[encode(s) for s in t.shape])
        elif isinstance(t, Index):
            declare("indices", t.name, lower=encode(t.lower), upper=encode(t.upper))
        elif t.head == "fn":
            declare("functions", t.args[0], range=t.args[1], arity=len(t.args[2]))
    return found


def encode(value: Any) -> Any:
    """A term as nested lists of strings."""
    if isinstance(value, Term):
        head, args = value.head, value.args
        if head in ("var", "sym", "idx"):
            return [head, args[0]]
        if head in ("num", "pow"):
            return [head, *map(encode, args[:-1]), str(args[-1])]
        return [head, *map(encode, (args[0], args[2]) if head == "fn" else args)]
    return [*map(encode, value)] if isinstance(value, tuple) else value


def decode(data: Any, declare: dict[str, Any]) -> Any:
    """The term that :func:`encode` wrote, given the declarations of its statement."""
    head = data[0]
    if head == "var":
        facts = declare["variables"].get(data[1].rstrip("'"), {"kind": "unknown", "slot": data[1], "shape": []})
        return Variable("var", data[1], facts["kind"], facts["slot"], _decoded(facts["shape"], declare))
    if head == "sym":
        facts = declare["symbols"][data[1]]
        return Symbol("sym", data[1], facts["sign"], _decoded(facts["shape"], declare))
    if head == "idx":
        facts = declare["indices"].get(data[1]) or declare["indices"][data[1].rstrip("'")]
        return Index("idx", data[1], decode(facts["lower"], declare), decode(facts["upper"], declare))
    if head == "law":
        return Law("law", data[1], _decoded(data[2], declare))
    if head == "num":
        return term(Fraction(data[1]))
    if head == "const":
        return Term("const", data[1])
    if head in ("add", "mul"):
        return (add if head == "add" else mul)(*_decoded(data[1:], declare))
    if head == "pow":
        return power(decode(data[1], declare), Fraction(data[2]))
    if head == "fn":
        return Term("fn", data[1], declare["functions"][data[1]]["range"], _decoded(data[2], declare))
    if head == "function":
        described = [tuple((h[0], *_decoded(h[1:], declare)) for h in part) for part in data[3:]]
        return Term("function", data[1], data[2], *described)
    if head == "den":
        law = decode(data[1], declare)
        left, right = (tuple((slot, decode(t, declare)) for slot, t in part) for part in data[2:])
        return Term("den", law, left, right)
    return Term(head, *_decoded(data[1:], declare))


def _decoded(items: Any, declare: dict[str, Any]) -> tuple[Any, ...]:
    """A list of terms, or of lists of terms (the groups of variables that a binder names)."""
    return tuple(_decoded(i, declare) if not i or isinstance(i[0], list) else decode(i, declare) for i in items)


def unbound_indices(value: Any, bound: frozenset[str] = frozenset()) -> set[str]:
    """The names of the indices that occur in a term outside the sums and products that bind them."""
    if isinstance(value, Index):
        return set() if value.name in bound else {value.name}
    if isinstance(value, Term):
        if value.head in ("sum", "prod"):
            return unbound_indices(value.args[1], bound | {value.args[0].name})
        if value.head == "eigenvalue":
            row, column = value.args[0]
            inside = unbound_indices(value.args[2], bound | {row.name, column.name})
            return unbound_indices(value.args[1], bound) | inside
        return set().union(*(unbound_indices(a, bound) for a in value.args), set())
    if isinstance(value, tuple):
        return set().union(*(unbound_indices(v, bound) for v in value), set())
    return set()


def statement(value: Any) -> Statement:
    """The statement itself, or an error that says what was given instead."""
    if isinstance(value, Statement):
        return value
    if isinstance(value, bool):
        raise LanguageError("this is a Python truth value; a chained comparison a <= b <= c must be two statements")
    raise LanguageError(f"{value!r} is no statement; write an equation or inequality of terms, as in log(p(x)) == ...")


__all__ = [
    *("RELATIONS", "THEOREMS", "Statement", "cited", "convex", "declarations", "decode", "encode", "gradient"),
    *("nondifferentiable", "statement", "unbound_indices"),
]
