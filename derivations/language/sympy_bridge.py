"""Terms to SymPy and back, where SymPy has a counterpart.

Main definitions: `to_sympy`, `from_sympy`.

==============================  ===============================================================
term                            SymPy
==============================  ===============================================================
numbers, ``pi``, arithmetic     ``Rational``, ``pi``, ``Add``, ``Mul``, ``Pow``
symbols, variables              ``Symbol`` with the assumptions of the declared sign
components of vectors           ``Indexed``; the index is an integer ``Symbol``
``log``, ``exp``, ``abs``       ``log``, ``exp``, ``Abs``
sums and products               ``Sum``, ``Product``
functions                       applied undefined functions, ``D(x)``
densities                       applied undefined positive functions, named by their slots
normal densities                the closed form
integrals, expectations         ``Integral`` over the line, for continuous numbers only
gradients                       ``Derivative``
==============================  ===============================================================

Divergences, entropies, extrema and laws have none.  Nothing here parses text: SymPy's ``sympify`` would run it.
SymPy is imported on the first call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derivations.language.laws import Law
from derivations.language.operators import Grad, Integral, Product, Sum
from derivations.language.terms import Function, Index, LanguageError, Symbol, Term, Variable, term
from derivations.language.terms import add as add_terms
from derivations.language.terms import at as component
from derivations.language.terms import exp as exp_term
from derivations.language.terms import log as log_term
from derivations.language.terms import mul as mul_terms
from derivations.language.terms import pi as pi_term
from derivations.language.terms import power as power_term

if TYPE_CHECKING:
    import sympy

__all__ = ["from_sympy", "to_sympy"]

_ASSUMPTIONS: dict[str, dict[str, bool]] = {
    "real": {"real": True},
    "nonnegative": {"nonnegative": True},
    "positive": {"positive": True},
    "nonzero": {"real": True, "nonzero": True},
    "unit": {"nonnegative": True},
}


def to_sympy(value: Term) -> sympy.Expr:
    """The term as a SymPy expression.

    A density p(x | z) becomes the value at (x, z) of a positive function named ``p(x | z)``, parameters first.
    Raises LanguageError, with the reason, for what SymPy has no counterpart of.

    >>> from derivations.language import log, symbols
    >>> (v,) = symbols("v", sign="positive")
    >>> to_sympy(log(v**2) / 2)
    log(v**2)/2
    """
    import sympy

    head, args = value.head, value.args
    if head == "num":
        return sympy.Rational(args[0].numerator, args[0].denominator)
    if head == "const":
        return sympy.pi
    if isinstance(value, (Symbol, Variable)):
        facts = _ASSUMPTIONS[value.sign if isinstance(value, Symbol) else "real"]
        return (sympy.IndexedBase if value.shape else sympy.Symbol)(value.name, **facts)
    if isinstance(value, Index):
        return sympy.Symbol(value.name, integer=True)
    if head == "at":
        return to_sympy(args[0])[to_sympy(args[1])]
    if head in ("add", "mul"):
        return (sympy.Add if head == "add" else sympy.Mul)(*(to_sympy(a) for a in args))
    if head == "pow":
        return to_sympy(args[0]) ** sympy.Rational(args[1].numerator, args[1].denominator)
    if head in ("log", "exp", "abs"):
        return {"log": sympy.log, "exp": sympy.exp, "abs": sympy.Abs}[head](to_sympy(args[0]))
    if head == "fn":
        return sympy.Function(args[0], **_ASSUMPTIONS[args[1]])(*(to_sympy(a) for a in args[2]))
    if head == "den":
        law, targets, given = args
        bar = f" | {', '.join(s for s, _ in given)}" if given else ""
        name = f"{law.name}({', '.join(s for s, _ in targets)}{bar})"
        points = [to_sympy(t) for t in (*law.parameters, *(t for _, t in targets), *(t for _, t in given))]
        return sympy.Function(name, positive=True)(*points)
    if head == "normal":
        point, mean, variance = (to_sympy(a) for a in args)
        return sympy.exp(-((point - mean) ** 2) / (2 * variance)) / sympy.sqrt(2 * sympy.pi * variance)
    if head in ("sum", "prod"):
        k = args[0]
        limits = (to_sympy(k), to_sympy(k.lower), to_sympy(k.upper))
        return (sympy.Sum if head == "sum" else sympy.Product)(to_sympy(args[1]), limits)
    if head in ("int", "E"):
        for v in args[0]:
            if v.kind != "continuous" or v.shape:
                raise LanguageError(
                    f"{value!r} integrates over {v!r}, which is no continuous number, and SymPy integrates over the "
                    f'line only; declare it as variables("{v!r}", kind="continuous")'
                )
        body = to_sympy(args[1]) * to_sympy(args[2]) if head == "E" else to_sympy(args[1])
        return sympy.Integral(body, *((to_sympy(v), -sympy.oo, sympy.oo) for v in args[0]))
    if head == "grad":
        return sympy.Derivative(to_sympy(args[1]), to_sympy(args[0]))
    raise LanguageError(
        f"SymPy has no counterpart of {value!r}; write divergences and entropies as expectations of logarithms"
    )


def from_sympy(expression: sympy.Basic, symbols: Iterable[Term | Function] = ()) -> Term:
    """The SymPy expression as a term.

    *symbols* names what may occur in it: symbols, variables and indices (recognised as the symbols that `to_sympy`
    makes of them), functions and laws (by name).  Numbers must be exact.  Raises LanguageError, with the reason, for
    floats, infinities, complex numbers and whatever the language has no term for.

    >>> import sympy
    >>> from derivations.language import symbols
    >>> a, b = symbols("a b", sign="positive")
    >>> A, B = to_sympy(a), to_sympy(b)
    >>> from_sympy(sympy.factor(A**2 + 2 * A * B + B**2), [a, b])
    (a + b)**2
    >>> from_sympy(sympy.Float(0.5))
    Traceback (most recent call last):
    ...
    derivations.language.terms.LanguageError: 0.5... is a float, which is not exact; use sympy.Rational
    """
    known: dict[Any, Term] = {}
    functions: dict[str, Function] = {}
    laws: dict[str, Law] = {}
    for s in symbols:
        if isinstance(s, Function):
            functions[s.name] = s
        elif isinstance(s, Law):
            laws[s.name] = s
        else:
            known[to_sympy(s)] = s
    return _Reader(known, functions, laws).read(expression)


class _Reader:
    def __init__(self, known: dict[Any, Term], functions: dict[str, Function], laws: dict[str, Law]) -> None:
        self.known, self.functions, self.laws = known, functions, laws

    def read(self, e: Any) -> Term:
        import sympy

        if e in self.known:
            return self.known[e]
        if isinstance(e, sympy.Float):
            raise LanguageError(f"{e} is a float, which is not exact; use sympy.Rational")
        if isinstance(e, sympy.Rational):
            return term(Fraction(int(e.p), int(e.q)))
        if e is sympy.pi:
            return pi_term
        if e is sympy.E:
            return exp_term(1)
        if isinstance(e, sympy.Add):
            return add_terms(*(self.read(a) for a in e.args))
        if isinstance(e, sympy.Mul):
            # What divides goes last, as it is written.
            factors = sorted(e.args, key=lambda a: isinstance(a, sympy.Pow) and a.exp.is_negative is True)
            return mul_terms(*(self.read(a) for a in factors))
        if isinstance(e, sympy.exp):
            return exp_term(self.read(e.args[0]))
        if isinstance(e, sympy.Pow):
            return self.power(*e.args)
        if isinstance(e, sympy.log):
            return log_term(self.read(e.args[0]))
        if isinstance(e, sympy.Abs):
            return abs(self.read(e.args[0]))
        if isinstance(e, sympy.Indexed) and len(e.indices) == 1 and e.base in self.known:
            return component(self.known[e.base], self.read(e.indices[0]))
        if isinstance(e, (sympy.Sum, sympy.Product)):
            return self.ranged(e)
        if isinstance(e, sympy.Integral):
            return self.integral(e)
        if isinstance(e, sympy.Derivative) and all(n == 1 for _, n in e.variable_count):
            body = self.read(e.expr)
            for v, _ in e.variable_count:
                body = Grad[self.read(v)](body)
            return body
        if isinstance(e, sympy.core.function.AppliedUndef):
            return self.applied(e)
        if isinstance(e, (sympy.Symbol, sympy.Indexed, sympy.IndexedBase)):
            raise LanguageError(
                f"{e} is not among the symbols given, or has other assumptions; pass its term, and make it by to_sympy"
            )
        raise LanguageError(f"the language has no term for {e}, a SymPy {type(e).__name__}")

    def power(self, base: Any, exponent: Any) -> Term:
        import sympy

        if isinstance(exponent, sympy.Rational):
            return power_term(self.read(base), Fraction(int(exponent.p), int(exponent.q)))
        if base.is_positive:
            return exp_term(self.read(exponent) * log_term(self.read(base)))
        raise LanguageError(f"{base}**({exponent}): a symbolic exponent needs a base that is known to be positive")

    def ranged(self, e: Any) -> Term:
        import sympy

        body, binder = e.function, Sum if isinstance(e, sympy.Sum) else Product
        reader, made = self, []
        for k, lower, upper in reversed(e.limits):
            index = Index("idx", k.name, reader.read(lower), reader.read(upper))
            reader = _Reader({**reader.known, k: index}, self.functions, self.laws)
            made.append(index)
        value = reader.read(body)
        for index in reversed(made):
            value = binder[index](value)
        return value

    def integral(self, e: Any) -> Term:
        import sympy

        for limits in e.limits:
            if len(limits) != 3 or (limits[1], limits[2]) != (-sympy.oo, sympy.oo):
                raise LanguageError(f"{e} is not over the whole line; the language integrates over whole spaces")
        names = [self.read(limits[0]) for limits in e.limits]
        for v in names:
            if not isinstance(v, Variable) or v.kind != "continuous" or v.shape:
                raise LanguageError(f"{e} integrates over {v!r}, which is no continuous variable among the symbols")
        return Integral[tuple(names)](self.read(e.function))

    def applied(self, e: Any) -> Term:
        name, points = e.func.__name__, [self.read(a) for a in e.args]
        if name in self.functions:
            return self.functions[name](*points)
        match = re.fullmatch(r"([^()]+)\(([^()|]+?)(?: \| ([^()|]+))?\)", name)
        if match is None or match[1] not in self.laws:
            raise LanguageError(f"{name} is neither a function nor a law among the symbols given")
        targets, given = match[2].split(", "), match[3].split(", ") if match[3] else []
        count = len(points) - len(targets) - len(given)
        slots = list(zip([*targets, *given], points[count:], strict=True))
        law = Law("law", match[1], tuple(points[:count]))
        return Term("den", law, tuple(slots[: len(targets)]), tuple(slots[len(targets) :]))
