"""The bridge to SymPy: values survive the way there and the way back; the rest is refused with its reason."""

import math
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import (
    KL,
    E,
    Function,
    Grad,
    Integral,
    LanguageError,
    Normal,
    Product,
    Sum,
    exp,
    index,
    laws,
    log,
    pi,
    sqrt,
    symbols,
    variables,
)
from derivations.language.sympy_bridge import from_sympy, to_sympy
from derivations.language.terms import power, term

p, q = laws("p q")
x, z = variables("x z")
(t,) = variables("t", kind="continuous")
a, m = symbols("a m")
b, v = symbols("b v", sign="positive")
(K,) = symbols("K", sign="positive")
k = index("k", K)
(s,) = symbols("s", sign="positive", shape=(K,))
D = Function("D", range="unit")
NAMES = [p, q, x, z, t, a, m, b, v, K, s, D, k]

numbers = st.fractions(-4, 4, max_denominator=5).map(term)
leaves = st.one_of(numbers, st.sampled_from([a, m, b, v, pi]))
exponents = st.sampled_from([-2, -1, 2, 3, Fraction(1, 2), Fraction(-3, 2)])


def grow(inner):
    return st.one_of(
        st.builds(lambda l, r: l + r, inner, inner),
        st.builds(lambda l, r: l * r, inner, inner),
        st.builds(lambda l, r: l - r, inner, inner),
        st.builds(power, st.sampled_from([b, v, b + v, exp(a)]), exponents),
        st.builds(log, st.sampled_from([b, v, b * v, b + 1])),
        st.builds(abs, inner),
        st.builds(exp, st.sampled_from([a, m, a - m, a / 2])),
    )


scalars = st.recursive(leaves, grow, max_leaves=8)
AT = {"a": 0.7, "m": -1.3, "b": 0.4, "v": 2.5}


def value(e) -> float:
    """A term by floating-point arithmetic, apart from SymPy."""
    if e.head == "num":
        return float(e.args[0])
    if e.head == "const":
        return math.pi
    if e.head == "sym":
        return AT[e.args[0]]
    if e.head == "add":
        return sum(value(part) for part in e.args)
    if e.head == "mul":
        return math.prod(value(part) for part in e.args)
    if e.head == "pow":
        return value(e.args[0]) ** float(e.args[1])
    return {"log": math.log, "exp": math.exp, "abs": abs}[e.head](value(e.args[0]))


def by_sympy(e) -> float:
    return float(to_sympy(e).subs({to_sympy(n): AT[n.name] for n in (a, m, b, v)}))


@settings(max_examples=120, deadline=None)
@given(scalars)
def test_the_expression_has_the_value_of_the_term(e):
    assert by_sympy(e) == pytest.approx(value(e), rel=1e-9, abs=1e-9)


@settings(max_examples=120, deadline=None)
@given(scalars)
def test_the_way_back_keeps_the_value(e):
    back = from_sympy(to_sympy(e), NAMES)
    assert value(back) == pytest.approx(value(e), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    "e",
    [
        p(x | z),
        p[a](x, z),
        q(z=D(x)),
        D(x) * p(x),
        Sum[k](s[k] ** 2),
        Product[k](exp(s[k])),
        Integral[t](exp(t)),
        Grad[a](log(p[a](x))),
        log(p(x | z) / q(z | x)),
        sqrt(b) / 2,
    ],
)
def test_structured_terms_come_back_as_themselves(e):
    assert from_sympy(to_sympy(e), NAMES) is e


def test_different_densities_are_different_functions():
    images = {to_sympy(d) for d in (p(x), p(x, z), p(x | z), p(z | x), q(x), p(z=x), p[a](x))}
    assert len(images) == 7


def test_signs_become_assumptions():
    assert to_sympy(log(v**2)).expand(force=False) == 2 * sympy.log(to_sympy(v))
    assert to_sympy(s[k]).is_positive
    assert to_sympy(p(x)).is_positive
    assert to_sympy(a).is_positive is None


def test_a_normal_density_integrates_to_one():
    assert sympy.simplify(to_sympy(E[Normal(m, v)(t)](1)).doit()) == 1
    assert sympy.simplify(to_sympy(E[Normal(m, v)(t)](t**2)).doit() - to_sympy(m**2 + v)) == 0


def test_a_power_with_a_symbolic_exponent_comes_back_as_an_exponential():
    assert from_sympy(to_sympy(b) ** to_sympy(a), NAMES) is exp(a * log(b))


@pytest.mark.parametrize(
    ("e", "reason"),
    [
        (KL(p(x), q(x)), "no counterpart"),
        (Integral[x](p(x)), "no continuous number"),
        (E[q(z)](z), "no continuous number"),
    ],
)
def test_terms_without_a_counterpart_are_refused(e, reason):
    with pytest.raises(LanguageError, match=reason):
        to_sympy(e)


@pytest.mark.parametrize(
    ("e", "reason"),
    [
        (sympy.Float("0.1"), "not exact"),
        (sympy.oo, "no term"),
        (sympy.nan, "no term"),
        (sympy.I, "no term"),
        (sympy.Symbol("b"), "not among the symbols"),
        (sympy.sin(sympy.Symbol("a", real=True)), "no term for sin"),
        (sympy.Function("g")(sympy.Integer(1)), "neither a function nor a law"),
        (sympy.Symbol("a", real=True) ** sympy.Symbol("b", positive=True), "known to be positive"),
        (sympy.Integral(sympy.Symbol("t", real=True), (sympy.Symbol("t", real=True), 0, 1)), "whole line"),
        (sympy.Piecewise((1, sympy.Symbol("a", real=True) > 0), (0, True)), "no term"),
    ],
)
def test_expressions_without_a_term_are_refused(e, reason):
    with pytest.raises(LanguageError, match=reason):
        from_sympy(e, NAMES)
