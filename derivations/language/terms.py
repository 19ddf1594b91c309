"""Terms of the language: what a statement is made of.

A term is a head and its arguments, immutable and hash-consed: equal terms are the same object, so ``is`` compares
them and ``==`` is free to write an equation.  The table of notation stands in :mod:`derivations.language`; the shape
of a term as JSON, which the kernel and the refuter read, is documented in ``docs/terms.md``.

Every value is a real number or a point of a variable's space; units are nats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Union
from weakref import ref

Scalar = Union["Term", int, Fraction, str]

KINDS = ("unknown", "discrete", "continuous")
SIGNS = ("real", "nonnegative", "positive", "nonzero", "positive definite", "invertible")
RANGES = ("real", "nonnegative", "positive", "unit")
MAX_BITS = 990  # of a number's parts: the 300 digits that the kernel reads
MAX_EXPONENT = 1_000
TOO_LONG = "a number of more than 300 digits; give it a name"


class LanguageError(ValueError):
    """A sentence of the language that means nothing; the message shows the mistake and a corrected line."""


class _Kept(ref["Term"]):
    """A weak reference from the table of terms, which leaves the table with its term."""

    __slots__ = ("key",)
    key: tuple[Any, ...]


_TABLE: dict[tuple[Any, ...], _Kept] = {}


def _forget(kept: _Kept, table: dict[tuple[Any, ...], _Kept] = _TABLE) -> None:  # its own, while Python shuts down
    if table.get(kept.key) is kept:
        del table[kept.key]


class Term:
    """A hash-consed node.  Build terms with the constructors of :mod:`derivations.language`, not with this class.

    >>> from derivations.language import laws, variables, log
    >>> (p,), (x, z) = laws("p"), variables("x z")
    >>> log(p(x | z)) + log(p(z)) is log(p(x | z)) + log(p(z))
    True
    """

    __slots__ = ("__weakref__", "args", "head", "inside")
    head: str
    args: tuple[Any, ...]
    inside: tuple[Term, ...]  # the terms below it, once somebody has walked there

    def __new__(cls, head: str, *args: Any) -> Term:
        if cls is Term:
            cls = _Compound
        key = (cls, head, *args)
        kept = _TABLE.get(key)
        found = None if kept is None else kept()
        if found is None:
            found = super().__new__(cls)
            object.__setattr__(found, "head", head)
            object.__setattr__(found, "args", args)
            kept = _TABLE[key] = _Kept(found, _forget)
            kept.key = key
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("terms are immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.head, *self.args))

    __hash__ = object.__hash__

    # Arithmetic ------------------------------------------------------------------------------------------------

    def __add__(self, other: Scalar) -> Term:
        return add(self, other)

    def __radd__(self, other: Scalar) -> Term:
        return add(other, self)

    def __sub__(self, other: Scalar) -> Term:
        return add(self, -term(other))

    def __rsub__(self, other: Scalar) -> Term:
        return add(other, -self)

    def __mul__(self, other: Scalar) -> Term:
        return mul(self, other)

    def __rmul__(self, other: Scalar) -> Term:
        return mul(other, self)

    def __truediv__(self, other: Scalar) -> Term:
        return mul(self, power(term(other), -1))

    def __rtruediv__(self, other: Scalar) -> Term:
        return mul(other, power(self, -1))

    def __pow__(self, exponent: Scalar) -> Term:
        return power(self, exponent)

    def __neg__(self) -> Term:
        return mul(-1, self)

    def __abs__(self) -> Term:
        return Term("abs", self)

    def __or__(self, other: Term) -> Given:
        return Given((self,), (other,))

    def __ror__(self, other: Scalar) -> Given:
        return Given((term(other),), (self,))

    def __getitem__(self, index: Term) -> Term:
        return at(self, index)

    # Relations -------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> Any:
        return _relation("=", self, other)

    def __ne__(self, other: object) -> Any:
        return _relation("!=", self, other)

    def __le__(self, other: Scalar) -> Any:
        return _relation("<=", self, other)

    def __ge__(self, other: Scalar) -> Any:
        return _relation(">=", self, other)

    def __lt__(self, other: Scalar) -> Any:
        return _relation("<", self, other)

    def __gt__(self, other: Scalar) -> Any:
        return _relation(">", self, other)

    # Printing --------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        from derivations.language.printing import text

        return text(self)

    def latex(self) -> str:
        """The term in LaTeX, without dollar signs."""
        from derivations.language.printing import latex

        return latex(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


class _Compound(Term):
    """The class of the terms that are no variable, symbol, index or law.

    Python asks the right side of a comparison first if its class descends from that of the left side.  With compound
    terms and variables in classes side by side, ``log(a) <= x`` keeps its sides where they were written.
    """

    __slots__ = ()


def _relation(relation: str, left: Term, right: object) -> Any:
    from derivations.language.statements import Statement

    if not isinstance(right, (Term, int, Fraction)):
        return NotImplemented
    return Statement(relation, left, term(right))


class Given:
    """``x | z``: the part of a density's arguments around its bar."""

    def __init__(self, targets: tuple[Term, ...], given: tuple[Term, ...]) -> None:
        self.targets, self.given = targets, given


class Variable(Term):
    """A point of a space with a base measure: ``args = (name, kind, slot, shape)``.

    The *slot* is the argument place of a law that the variable fills; ``x.copy("x'")`` is another variable for the
    same slot.
    """

    __slots__ = ()

    name = property(lambda self: self.args[0])
    kind = property(lambda self: self.args[1])
    slot = property(lambda self: self.args[2])
    shape = property(lambda self: self.args[3])

    def copy(self, name: str) -> Variable:
        """Another variable for the same slot, of the same kind and shape."""
        return Variable("var", name, self.kind, self.slot, self.shape)

    def draws(self, name: str, number: Scalar) -> Variable:
        """A vector of points that fill the slot: its components are the arguments of densities at the slot.

        >>> (z,), (L,) = variables("z"), symbols("L", sign="positive")
        >>> z.draws("sample", L)[index("l", L)]
        sample[l]
        """
        if self.shape:
            raise LanguageError(f"{self!r} is a vector itself; draw from a variable without a shape")
        return Variable("var", name, self.kind, self.slot, (term(number),))


class Symbol(Term):
    """An unknown real number or vector: ``args = (name, sign, shape)``."""

    __slots__ = ()

    name = property(lambda self: self.args[0])
    sign = property(lambda self: self.args[1])
    shape = property(lambda self: self.args[2])


class Index(Term):
    """A summation index: ``args = (name, lower, upper)``, running over the integers from lower to upper."""

    __slots__ = ()

    name = property(lambda self: self.args[0])
    lower = property(lambda self: self.args[1])
    upper = property(lambda self: self.args[2])


class Function:
    """An uninterpreted real function; *range* is one of ``real``, ``nonnegative``, ``positive``, ``unit`` ([0, 1]).

    >>> from derivations.language import variables
    >>> D = Function("D", range="unit")
    >>> D(variables("x")[0])
    D(x)
    """

    __slots__ = ("name", "range")

    def __init__(self, name: str, range: str = "real") -> None:
        if range not in RANGES:
            raise LanguageError(f"Function({name!r}, range={range!r}): the range is one of {', '.join(RANGES)}")
        self.name, self.range = name, range

    def __call__(self, *arguments: Scalar) -> Term:
        if not arguments:
            raise LanguageError(f"{self.name}() has no argument; write {self.name}(x)")
        return Term("fn", self.name, self.range, tuple(term(a) for a in arguments))

    def __repr__(self) -> str:
        return self.name


def variables(names: str, kind: str = "unknown", shape: Sequence[Scalar] = ()) -> tuple[Variable, ...]:
    """Variables by name, separated by spaces.

    *kind* is ``discrete``, ``continuous`` or ``unknown`` (what is proved must then hold for both); *shape* is a tuple
    of dimensions, numbers or symbols.

    >>> variables("x z")
    (x, z)
    """
    if kind not in KINDS:
        raise LanguageError(f"kind={kind!r}: a variable is one of {', '.join(KINDS)}")
    return tuple(Variable("var", n, kind, n, tuple(term(s) for s in shape)) for n in names.split())


def symbols(names: str, sign: str = "real", shape: Sequence[Scalar] = ()) -> tuple[Symbol, ...]:
    """Unknown real numbers (or vectors) by name; *sign* is ``real``, ``nonnegative``, ``positive`` or ``nonzero``."""
    if sign not in SIGNS:
        raise LanguageError(f"sign={sign!r}: the sign is one of {', '.join(SIGNS)}")
    return tuple(Symbol("sym", n, sign, tuple(term(s) for s in shape)) for n in names.split())


def index(name: str, upper: Scalar, lower: Scalar = 1) -> Index:
    """An index running from *lower* to *upper*, both included."""
    return Index("idx", name, term(lower), term(upper))


def term(value: Scalar) -> Term:
    """The term of a number, or the term itself.

    Floats are refused: a decimal such as 0.1 is not the number that was meant.
    """
    if isinstance(value, Term):
        return value
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        n = value if type(value) is Fraction else Fraction(value)
        if max(n.numerator.bit_length(), n.denominator.bit_length()) > MAX_BITS:
            raise LanguageError(TOO_LONG)
        return Term("num", n)
    if isinstance(value, float):
        raise LanguageError(f"{value!r} is a float, which is not exact; write Fraction({str(value)!r})")
    raise LanguageError(f"{value!r} is no term; a term is a number, a symbol, a density, or built from these")


def number(value: Term) -> Fraction | None:
    """The rational number that a term is, or None."""
    return value.args[0] if value.head == "num" else None


def add(*values: Scalar) -> Term:
    """A sum; nested sums are flattened and numbers gathered, nothing else is rewritten."""
    parts: list[Term] = []
    constant: int | Fraction = 0
    for value in values:
        t = term(value)
        for part in t.args if t.head == "add" else (t,):
            n = number(part)
            if n is None:
                parts.append(part)
            else:
                constant += n
    if constant or not parts:
        parts.append(term(constant))
    return parts[0] if len(parts) == 1 else Term("add", *parts)


def mul(*values: Scalar) -> Term:
    """A product; nested products are flattened and numbers gathered in front, nothing else is rewritten."""
    parts: list[Term] = []
    constant: int | Fraction = 1
    for value in values:
        t = term(value)
        for part in t.args if t.head == "mul" else (t,):
            n = number(part)
            if n is None:
                parts.append(part)
            else:
                constant *= n
    if not parts:
        return term(constant)
    if constant == 0:
        return term(0)
    if constant != 1:
        parts.insert(0, term(constant))
    return parts[0] if len(parts) == 1 else Term("mul", *parts)


def power(base: Scalar, exponent: Scalar) -> Term:
    """A power.  The exponent is a number; a symbolic one is written exp(b * log(a))."""
    base, exponent = term(base), term(exponent)
    e, b = number(exponent), number(base)
    if e is not None and b is None and (abs(e) > MAX_EXPONENT or e.denominator > MAX_EXPONENT):
        raise LanguageError(f"an exponent beyond {MAX_EXPONENT}; give it a name: exp(n * log(x))")
    if e is None:
        raise LanguageError(f"({base})**({exponent}): write exp(({exponent}) * log({base})) for a symbolic exponent")
    if e == 1:
        return base
    if b is not None and e.denominator == 1 and (b != 0 or e > 0):
        bits = max(b.numerator.bit_length(), b.denominator.bit_length()) - 1
        if bits * abs(e) > MAX_BITS or e.numerator.bit_length() > MAX_BITS:
            raise LanguageError(TOO_LONG)
        return term(b ** int(e))
    if b == 0 and e < 0:
        raise LanguageError("a division by zero; the denominator must not be the number 0")
    if e == -1 and base.head == "pow" and base.args[1] > 0:
        return Term("pow", base.args[0], -base.args[1])  # 1 / b**2 is b**-2, with the same domain
    return Term("pow", base, e)


def sqrt(value: Scalar) -> Term:
    """The non-negative square root."""
    return power(value, Fraction(1, 2))


def log(value: Scalar) -> Term:
    """The natural logarithm."""
    value = term(value)
    n = number(value)
    if n is not None and n <= 0:
        raise LanguageError(f"log({n}): the logarithm takes a positive number")
    return term(0) if n == 1 else Term("log", value)


def exp(value: Scalar) -> Term:
    """The exponential."""
    value = term(value)
    return term(1) if number(value) == 0 else Term("exp", value)


pi = Term("const", "pi")


def shape(value: Term) -> tuple[Term, ...]:
    """The shape of a term: ``()`` for a number."""
    if isinstance(value, (Variable, Symbol)):
        return value.shape
    if value.head in ("add", "mul", "pow", "log", "exp", "abs"):
        shapes = [shape(a) for a in value.args if isinstance(a, Term)]
        return max(shapes, key=len, default=())
    return ()


def at(value: Scalar, position: Term) -> Term:
    """The component of a vector; an operation on vectors is taken component by component, a number is its own."""
    value = term(value)
    if not shape(value):
        return value
    if isinstance(value, (Variable, Symbol)):
        return Term("at", value, position)
    return Term(value.head, *(at(a, position) if isinstance(a, Term) else a for a in value.args))


def walk(value: Any) -> Iterator[Term]:
    """All terms inside a term, itself first, each distinct one once."""
    if not isinstance(value, Term):
        yield from _within((value,))
        return
    yield value
    try:
        inside = value.inside
    except AttributeError:
        inside = tuple(_within(value.args))
        object.__setattr__(value, "inside", inside)
    yield from inside


def _within(items: tuple[Any, ...]) -> dict[Term, None]:
    found: dict[Term, None] = {}
    waiting = [*items[::-1]]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Term):
            if item in found:
                continue
            found[item] = None
            try:
                found.update(dict.fromkeys(item.inside))
            except AttributeError:
                waiting.extend(item.args[::-1])
        elif isinstance(item, tuple):
            waiting.extend(item[::-1])
        elif not isinstance(item, str) and hasattr(item, "parameters"):
            waiting.extend(item.parameters)
    return found


def replace(value: Any, old: Term, new: Term) -> Any:
    """The term with one subterm put for another, everywhere."""
    if value is old:
        return new
    if isinstance(value, Term):
        args = tuple(replace(a, old, new) for a in value.args)
        changed = any(a is not b for a, b in zip(args, value.args, strict=True))
        return Term.__new__(type(value), value.head, *args) if changed else value
    if isinstance(value, tuple):
        items = tuple(replace(v, old, new) for v in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
