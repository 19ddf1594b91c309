"""Expectations, integrals, divergences, extrema: what binds variables.

Divergences take densities and bind the variables that the densities are densities *of*: KL(q(z | x), p(z)) binds z and
leaves x free.  Their meaning is defined in the kernel (section "Definitions") and, independently, in the refuter.
"""

from __future__ import annotations

from typing import Any

from derivations.language.laws import Law, targets
from derivations.language.terms import Function, Index, LanguageError, Scalar, Term, Variable, term


def _variables(values: tuple[Term, ...], where: str) -> tuple[Variable, ...]:
    for v in values:
        if not isinstance(v, Variable):
            raise LanguageError(f"{where} binds {v!r}, which is no variable; use a variable there and substitute later")
    return values  # type: ignore[return-value]


class _Expectation:
    """``E[density](body)``: the integral of density times body; ``E[p(x), q(z | x)]`` takes both, outermost first.

    >>> from derivations.language import laws, variables, log
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> E[q(z | x)](log(p(x | z)))
    E[q(z | x)](log(p(x | z)))
    """

    def __getitem__(self, densities: Any) -> Any:
        factors = densities if isinstance(densities, tuple) else (densities,)
        for f in factors:
            if not isinstance(f, Term):
                raise LanguageError(
                    f"E[{f!r}] is an expectation under {f!r}, which is no density; write E[q(z | x)](...) with the "
                    "variables of the law"
                )
        bound = [_variables(targets(f), f"E[{f!r}]") for f in factors]

        def expectation(body: Scalar) -> Term:
            value = term(body)
            for density, names in zip(reversed(factors), reversed(bound), strict=True):
                value = Term("E", names, density, value)
            return value

        return expectation


class _Binder:
    """``Integral[x, z](body)``: the integral over the base measures of its variables, a sum where they are discrete."""

    def __init__(self, head: str) -> None:
        self.head = head

    def __getitem__(self, names: Any) -> Any:
        bound = _variables(names if isinstance(names, tuple) else (names,), "Integral")
        return lambda body: Term(self.head, bound, term(body))


class _Range:
    """``Sum[k](body)`` and ``Product[k](body)`` over an index."""

    def __init__(self, head: str) -> None:
        self.head = head

    def __getitem__(self, k: Any) -> Any:
        if not isinstance(k, Index):
            raise LanguageError(f"a sum runs over an index, and {k!r} is none; write k = index('k', K)")
        return lambda body: Term(self.head, k, term(body))


class _Extremum:
    """``sup[y](body)``: over a variable or symbol (its declared range), a function (its range), or a law (all laws).

    ``sup[f, f(x) - f(y) <= K * d(x, y)](body)`` ranges over a class of functions: those that satisfy the inequalities
    at all values of their variables, and at which the integrals of the body converge.

    >>> from derivations.language import laws, symbols, variables
    >>> (p,), (x, y), (K,) = laws("p"), variables("x y"), symbols("K", sign="positive")
    >>> f, d = Function("f"), Function("d", range="nonnegative")
    >>> sup[f, f(x) - f(y) <= K * d(x, y)](E[p(x)](f(x)))
    sup[f, f(x) - f(y) <= K*d(x, y)](E[p(x)](f(x)))
    """

    def __init__(self, head: str) -> None:
        self.head = head

    def __getitem__(self, over: Any) -> Any:
        if isinstance(over, tuple) and len(over) > 1 and isinstance(over[0], Function):
            binder = Term("function", over[0].name, over[0].range, tuple(_inequality(h) for h in over[1:]))
        elif isinstance(over, Function):
            binder = Term("function", over.name, over.range)
        elif isinstance(over, (Variable, Law)) or (isinstance(over, Term) and over.head == "sym"):
            binder = over
        else:
            raise LanguageError(f"{self.head}[{over!r}] needs a variable, a symbol, a function or a law")
        return lambda body: Term(self.head, binder, term(body))


def _inequality(hypothesis: Any) -> tuple[str, Term, Term]:
    if getattr(hypothesis, "relation", None) not in ("<=", ">="):
        raise LanguageError(
            f"{hypothesis!r} describes no class of functions; write sup[f, f(x) - f(y) <= d(x, y)](...)"
        )
    return hypothesis.relation, hypothesis.left, hypothesis.right


class _Gradient:
    """``Grad[theta](body)``: the derivative in a parameter or a variable."""

    def __getitem__(self, parameter: Any) -> Any:
        if not isinstance(parameter, Term) or parameter.head not in ("sym", "var"):
            raise LanguageError(f"Grad[{parameter!r}] needs a symbol or a variable")
        return lambda body: Term("grad", parameter, term(body))


infinity = Term("infinity")
_MINUS_INFINITY = Term("minus infinity")


class _Limit:
    """``Limit[a, -infinity](f)``: the limit of f as the symbol a goes to a number or to an infinity.

    >>> from derivations.language import exp, symbols
    >>> (a,) = symbols("a")
    >>> Limit[a, -infinity](1 / (1 + exp(a))), Limit[a, 0](a**2)
    (Limit[a, -infinity](1/(exp(a) + 1)), Limit[a, 0](a**2))
    """

    def __getitem__(self, where: Any) -> Any:
        symbol, place = where if isinstance(where, tuple) and len(where) == 2 else (where, None)
        if place is None or not isinstance(symbol, Term) or symbol.head != "sym":
            raise LanguageError(f"Limit[{where!r}] needs a symbol and where it goes; write Limit[a, 0](f)")
        value = term(place)
        if value is -infinity:
            value = _MINUS_INFINITY
        if value.head not in ("num", "infinity", "minus infinity"):
            raise LanguageError(f"Limit[{symbol!r}, {place!r}]: a symbol goes to a number, to infinity or to -infinity")
        return lambda body: Term("limit", symbol, value, term(body))


E = _Expectation()
Integral = _Binder("int")
Sum = _Range("sum")
Product = _Range("prod")
sup = _Extremum("sup")
inf = _Extremum("inf")
Grad = _Gradient()
Limit = _Limit()


def _divergence(head: str, left: Scalar, right: Scalar) -> Term:
    a, b = term(left), term(right)
    mine, others = targets(a), targets(b)
    if set(mine) != set(others):
        raise LanguageError(
            f"{head}({a!r}, {b!r}) compares laws over different variables, {_names(mine)} and {_names(others)}; "
            f"write both densities over the same ones, as in {head}(q(z | x), p(z))"
        )
    return Term(head, _variables(mine, f"{head}({a!r}, {b!r})"), a, b)


def _names(values: tuple[Term, ...]) -> str:
    return "(" + ", ".join(repr(v) for v in values) + ")"


def KL(left: Scalar, right: Scalar) -> Term:
    """The Kullback-Leibler divergence, integral of a log(a / b), in nats.

    >>> from derivations.language import laws, variables
    >>> (p, q), (x, z) = laws("p q"), variables("x z")
    >>> KL(q(z | x), p(z))
    KL(q(z | x), p(z))
    """
    return _divergence("KL", left, right)


def JSD(left: Scalar, right: Scalar) -> Term:
    """The Jensen-Shannon divergence, 1/2 KL(a, m) + 1/2 KL(b, m) with m = (a + b) / 2 (Lin, 1991)."""
    return _divergence("JSD", left, right)


def TV(left: Scalar, right: Scalar) -> Term:
    """The total variation distance, 1/2 integral of |a - b|."""
    return _divergence("TV", left, right)


def cross_entropy(left: Scalar, right: Scalar) -> Term:
    """The cross-entropy H(a, b) = -integral of a log b, in nats."""
    return _divergence("CE", left, right)


def H(density: Scalar) -> Term:
    """The entropy -integral of a log a, in nats; of a conditional p(x | z), averaged over the joint p(x, z)."""
    a = term(density)
    bound = _variables(targets(a), f"H({a!r})")
    if a.head == "den" and a.args[2]:
        given = _variables(tuple(t for _, t in a.args[2]), f"H({a!r})")
        joint = Term("den", a.args[0], tuple(sorted(a.args[1] + a.args[2])), ())
        return Term("H", bound, given, joint)
    return Term("H", bound, (), a)


def I(law: Law, left: Any, right: Any, given: Any = ()) -> Term:  # noqa: E743
    """The mutual information I(x; z), or I(x; z | w), of groups of variables under a law, in nats.

    >>> from derivations.language import laws, variables
    >>> (q,), (x, z) = laws("q"), variables("x z")
    >>> I(q, x, z)
    I(q, x, z)
    """
    groups = [g if isinstance(g, tuple) else (g,) for g in (left, right, given)]
    a, b, c = (_variables(g, "I") for g in groups)
    if set(a) & set(b):
        raise LanguageError(f"I({law!r}, ...) shares variables between its two groups; they must be disjoint")
    return Term("I", a, b, c, law(*a, *b, *c))


def W1(left: Scalar, right: Scalar, cost: Scalar) -> Term:
    """The optimal transport cost: the infimum of E[cost] over all joint laws of the two that are given.

    The cost is a non-negative term in the variables of both laws; with a distance it is the Wasserstein distance W_1
    (Villani, *Optimal Transport*, 2009, chapter 6).  The two laws need variables of their own.

    >>> from derivations.language import Function, laws, variables
    >>> (p, q), (x, y) = laws("p q"), variables("x y")
    >>> W1(p(x), q(y), Function("d", range="nonnegative")(x, y))
    W1(p(x), q(y), d(x, y))
    """
    a, b = term(left), term(right)
    where = f"W1({a!r}, {b!r}, ...)"
    mine, others = _variables(targets(a), where), _variables(targets(b), where)
    if shared := [v for v in mine if v in others]:
        raise LanguageError(
            f"{where} uses {shared[0]!r} in both laws; a coupling needs variables of its own for each, as in "
            "W1(p(x), q(y), d(x, y))"
        )
    return Term("W", mine, others, a, b, term(cost))
