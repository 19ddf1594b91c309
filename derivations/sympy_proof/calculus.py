"""Proof by calculus: maxima of strictly concave functions on [0, 1], alone or pointwise under an integral."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derivations.sympy_proof.definitions import (
    Data,
    Undecided,
    free_variables,
    heads,
    mul,
    substituted,
    subterms,
    unfold,
)
from derivations.sympy_proof.integrands import Integrands, is_zero


@dataclass(frozen=True)
class Maximum:
    """The one maximiser of a function on [0, 1] and its value there, as SymPy expressions."""

    argument: Any
    value: Any


def maximise(function: Any, y: Any) -> Maximum:
    """The maximum over 0 <= y <= 1 of a strictly concave (or strictly monotone) SymPy expression in *y*.

    All other symbols of the expression must be positive.  The proof: the second derivative is negative on (0, 1), so
    a zero of the first derivative inside is the only maximiser; if there is none and the derivative keeps one sign,
    the maximiser is an end of the interval.  Signs are read off the coefficients after y = u/(1 + u), u > 0.

    Raises Undecided if SymPy shows neither.

    >>> import sympy
    >>> y, a, b = sympy.symbols("y a b", positive=True)
    >>> maximise(a * sympy.log(y) + b * sympy.log(1 - y), y).argument
    a/(a + b)
    >>> maximise(sympy.log(1 - y), y)
    Maximum(argument=0, value=0)
    """
    import sympy

    u = sympy.Symbol("u", positive=True)
    first = sympy.diff(function, y)
    slope = _sign(first.subs(y, u / (1 + u)))
    if slope:
        end = sympy.Integer(1 if slope > 0 else 0)
        value = sympy.limit(function, y, end, "-" if slope > 0 else "+")
        if not value.is_finite:
            raise Undecided(f"{function} is not bounded above on [0, 1]")
        return Maximum(end, value)
    if _sign(sympy.diff(function, y, 2).subs(y, u / (1 + u))) != -1:
        raise Undecided(f"{function} is not shown to be strictly concave on [0, 1]")
    inside = [s for s in sympy.solve(first, y) if _sign(s) == 1 and _sign(1 - s) == 1]
    if len(inside) != 1 or sympy.simplify(first.subs(y, inside[0])) != 0:
        raise Undecided(f"the derivative of {function} is not shown to vanish once in (0, 1)")
    return Maximum(sympy.factor(inside[0]), function.subs(y, inside[0]))


def _sign(value: Any) -> int:
    """1 or -1 if the coefficients of the rational expression in positive symbols show its sign, else 0."""
    import sympy

    sign = 1
    for polynomial in sympy.fraction(sympy.cancel(sympy.together(value))):
        symbols = sorted(polynomial.free_symbols, key=str)
        if not all(s.is_positive for s in symbols) or not polynomial.is_polynomial(*symbols):
            return 0
        coefficients = sympy.Poly(polynomial, *symbols).coeffs() if symbols else [polynomial]
        if all(c.is_positive for c in coefficients):
            continue
        if not all(c.is_negative for c in coefficients):
            return 0
        sign = -sign
    return sign


@dataclass(frozen=True)
class _Pointwise:
    """An integral over one variable of an integrand in y = D(x), with the densities at x as symbols."""

    variable: Data
    integrand: Data
    point: Data  # the symbol y
    values: dict[str, Data]  # the name of a symbol -> the density that it stands for
    declared: Data

    def expression(self, t: Data, zero: Iterable[str] = ()) -> Any:
        """A term in these symbols as a SymPy expression, where some densities are 0."""
        return Integrands({"declare": self.declared, "given": []}).value(_with_zeros(t, set(zero)), {})

    def cases(self) -> Iterator[tuple[str, ...]]:
        """The sets of densities that may vanish together: all but the whole (where the integrand must be 0)."""
        names = sorted(self.values)
        for n in range(len(names)):
            yield from itertools.combinations(names, n)

    def abstracted(self, t: Data) -> Data:
        """A term at the variable, with the symbols put for the function and the densities."""
        places = {str(d): ["sym", name] for name, d in self.values.items()}
        return substituted(t, lambda s: places.get(str(s)))


_Y = "y at the point"


def _pointwise(name: str, value: Data, data: Data) -> _Pointwise:
    """A sum of integrals as one integral whose integrand depends on the function *name* only at its variable."""
    pieces = list(_integrals(value, Fraction(1)))
    variable = pieces[0][1]
    slots = {data["declare"]["variables"][v[1]]["slot"] for _, v, _ in pieces}
    if len(slots) > 1:
        raise Undecided("integrals over different spaces")
    if variable[1] in free_variables(value):
        raise Undecided(f"{variable[1]} is both free and bound")
    summands = []
    for coefficient, v, body in pieces:
        if variable != v and variable[1] in free_variables(body):
            raise Undecided(f"{variable[1]} is both free and bound")
        renamed = substituted(body, lambda s, v=v: variable if s == v else None)  # type: ignore[misc]
        summands.append(mul(["num", str(coefficient)], renamed))
    integrand = ["add", *summands]
    here = ["fn", name, [variable]]
    integrand = substituted(integrand, lambda s: ["sym", _Y] if s == here else None)
    if any(f[1] == name for f in subterms(integrand, "fn")):
        raise Undecided(f"{name} is used at another point than the variable of the integral")
    if heads(integrand) & {"int"}:
        raise Undecided("nested integrals around a function")
    densities: list[Data] = []
    for d in subterms(integrand, "den"):
        if d not in densities:
            densities.append(d)
    values = {f"density {i}": d for i, d in enumerate(densities)}
    signs = {n: {"sign": "positive", "shape": []} for n in (_Y, *values)}
    declared = data["declare"] | {"symbols": data["declare"]["symbols"] | signs}
    made = _Pointwise(variable, integrand, ["sym", _Y], values, declared)
    return _Pointwise(variable, made.abstracted(integrand), ["sym", _Y], values, declared)


def _integrals(value: Data, factor: Fraction) -> Iterator[tuple[Fraction, Data, Data]]:
    """The summands coefficient * integral of a term; raises for what has no such form."""
    if value[0] == "add":
        for a in value[1:]:
            yield from _integrals(a, factor)
    elif value[0] == "mul":
        numbers = [Fraction(a[1]) for a in value[1:] if a[0] == "num"]
        others = [a for a in value[1:] if a[0] != "num"]
        for n in numbers:
            factor *= n
        if len(others) != 1:
            raise Undecided("a product around a function that is not under one integral sign")
        yield from _integrals(others[0], factor)
    elif value[0] == "int" and len(value[1]) == 1:
        yield factor, value[1][0], value[2]
    else:
        raise Undecided("a function that is not under one integral sign")


def _with_zeros(t: Data, names: set[str]) -> Data:
    """The term where some symbols are 0, with the convention that 0 times anything, 0 log 0 too, is 0."""
    zero = ["num", "0"]
    if not isinstance(t, list) or not names:
        return t
    if t[0] == "sym" and t[1] in names:
        return zero
    made = [_with_zeros(a, names) for a in t]
    if made[0] == "mul" and zero in made:
        return zero
    if made[0] == "add":
        kept = [a for a in made[1:] if a != zero]
        return ["add", *kept] if len(kept) > 1 else kept[0] if kept else zero
    return made


def without_suprema(t: Data, data: Data, notes: list[str]) -> Data:
    """The term with every supremum over the functions into [0, 1] replaced by its value at the maximiser."""
    if not isinstance(t, list) or not t:
        return t
    if t[0] == "sup" and t[1][0] == "function" and t[1][2] == "unit":
        name = t[1][1]
        form = _pointwise(name, t[2], data)
        best = None
        for zero in form.cases():
            maximum = maximise(form.expression(form.integrand, zero), form.expression(form.point))
            if best is None:
                best = maximum
                argument = _encoded(maximum.argument, form)
            elif not is_zero(maximum.argument - form.expression(argument, zero)):
                raise Undecided(f"where {' and '.join(zero)} vanish the maximiser is {maximum.argument}")
        if form.expression(form.integrand, form.values) != 0:
            raise Undecided("the integrand does not vanish where all densities do")
        places = form.values | {_Y: _back(argument, form.values)}
        notes.append(f"calculus: the supremum over {name} is reached pointwise, at the zero of the derivative")
        return ["int", [form.variable], _back(form.integrand, places)]
    return [without_suprema(a, data, notes) for a in t]


def _back(t: Data, places: dict[str, Data]) -> Data:
    return substituted(t, lambda s: places.get(s[1]) if len(s) == 2 and s[0] == "sym" else None)


def _encoded(value: Any, form: _Pointwise) -> Data:
    """A rational SymPy expression in the symbols of the form, as a term."""
    if value.is_Rational:
        return ["num", f"{value.p}/{value.q}"]
    if value.is_Symbol:
        return ["sym", value.name]
    if value.is_Add or value.is_Mul:
        return ["add" if value.is_Add else "mul", *(_encoded(a, form) for a in value.args)]
    if value.is_Pow and value.exp.is_Rational:
        return ["pow", _encoded(value.base, form), f"{value.exp.p}/{value.exp.q}"]
    raise Undecided(f"the maximiser {value} is not a rational function of the densities")


def by_calculus(data: Data) -> str:
    """An inequality in one number, or one function with values, in [0, 1], with its equality case."""
    left, right = unfold(data["lhs"]), unfold(data["rhs"])
    if data["relation"] == ">=":
        left, right = right, left
    difference = ["add", left, mul(["num", "-1"], right)]
    functions = [n for n, facts in data["declare"]["functions"].items() if facts["range"] == "unit"]
    used = [n for n in functions if any(f[1] == n for f in subterms(difference, "fn"))]
    if used:
        if len(used) > 1:
            raise Undecided("more than one function")
        form = _pointwise(used[0], difference, data)
        here = ["fn", used[0], [form.variable]]
        cases: Iterable[tuple[str, ...]] = form.cases()
        what = f"pointwise in {used[0]}"
        if form.expression(form.integrand, form.values) != 0:
            raise Undecided("the integrand does not vanish where all densities do")
        pairs = [_renamed_pair(pair, form, here) for pair in data["equality"]]
    else:
        form, cases = _scalar_form(difference, data)
        what = f"in {form.point[1]} on [0, 1]"
        pairs = data["equality"]
    count = 0
    for zero in cases:
        maximum = maximise(form.expression(form.integrand, zero), form.expression(form.point))
        if not is_zero(maximum.value):
            raise Undecided(f"the largest difference of the sides is {maximum.value}, which is not shown to be 0")
        for pair in pairs:
            other = [t for t in pair if t != form.point]
            if len(pair) != 2 or len(other) != 1 or form.point[1] in _symbols(other[0]):
                raise Undecided("an equality case of another form than y = maximiser")
            if not is_zero(form.expression(other[0], zero) - maximum.argument):
                raise Undecided(f"the sides are equal at {maximum.argument}, not where the equality case says")
        count += 1
    return (
        f"calculus: strictly concave {what}, derivative zero (or an end of the interval) at the one maximiser, where "
        f"the sides are equal; {count} case(s) of vanishing coefficients"
    )


def _symbols(t: Data) -> set[str]:
    return {s[1] for s in subterms(t, "sym")}


def _renamed_pair(pair: Data, form: _Pointwise, here: Data) -> list[Data]:
    """The equality case at the variable of the integral, in the symbols of the form."""
    names = free_variables(pair) - {form.variable[1]}
    if len(names) > 1:
        raise Undecided("an equality case at more than one point")
    moved = substituted(pair, lambda s: form.variable if s[0] == "var" and s[1] in names else None)
    return [form.abstracted(substituted(t, lambda s: form.point if s == here else None)) for t in moved]


def _scalar_form(difference: Data, data: Data) -> tuple[_Pointwise, list[tuple[str, ...]]]:
    """A difference in a symbol that is declared or supposed to lie in [0, 1], and the cases of vanishing symbols."""
    if heads(difference) & {"den", "int", "normal", "fn", "var"}:
        raise Undecided("inequalities between integrals are not treated")
    symbols = data["declare"]["symbols"]
    bounded = [n for n in symbols if _between_zero_and_one(n, symbols[n]["sign"], data["given"])]
    if len(bounded) != 1:
        raise Undecided("an inequality without one number between 0 and 1")
    if any(symbols[n]["sign"] not in ("positive", "nonnegative") for n in symbols if n not in bounded):
        raise Undecided("an inequality in symbols of unknown sign")
    signs = {n: {"sign": "positive", "shape": facts["shape"]} for n, facts in symbols.items()}
    form = _Pointwise([], difference, ["sym", bounded[0]], {}, data["declare"] | {"symbols": signs})
    vanishing = [n for n in symbols if n not in bounded and symbols[n]["sign"] == "nonnegative"]
    cases = []
    for n in range(len(vanishing) + 1):
        cases += [zero for zero in itertools.combinations(vanishing, n) if not _excluded(form, zero, data["given"])]
    return form, cases


def _between_zero_and_one(name: str, sign: str, given: Data) -> bool:
    y, zero, one = ["sym", name], ["num", "0"], ["num", "1"]
    below = any(h in (["<=", y, one], [">=", one, y], ["<", y, one], [">", one, y]) for h in given)
    above = any(h in ([">=", y, zero], ["<=", zero, y], [">", y, zero], ["<", zero, y]) for h in given)
    return below and (above or sign in ("nonnegative", "positive"))


def _excluded(form: _Pointwise, zero: tuple[str, ...], given: Data) -> bool:
    """Whether a strict hypothesis or one with != fails where these symbols vanish."""
    for _, a, b in (h for h in given if h[0] in ("<", ">", "!=")):
        if form.point[1] in _symbols([a, b]):
            continue
        if form.expression(["add", a, mul(["num", "-1"], b)], zero) == 0:
            return True
    return False
