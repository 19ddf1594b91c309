"""Sentences that mean nothing: the error shows the mistake and a corrected line, and Python accepts that line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from derivations.judge import judge
from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    H,
    I,
    Integral,
    LanguageError,
    Normal,
    Sum,
    cross_entropy,
    index,
    laws,
    log,
    sup,
    symbols,
    variables,
)

p, q = laws("p q")
x, z = variables("x z")
f = Function("f")
a, K = symbols("a K")
k = index("k", K)

# The call, what of the mistake the message shows, and what of the remedy.
MISTAKES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a repeated slot": (lambda: p(x, x), "p(x, x) fills the slot 'x' twice", ".copy("),
    "a repeated slot behind the bar": (lambda: p(x | x), "fills the slot 'x' twice", ".copy("),
    "a slot named twice": (lambda: p(x, x=z), "fills the slot 'x' twice", ".copy("),
    "an unbound index": (lambda: a * k == 0, "the index k is unbound", "Sum[k]("),
    "an index bound on one side only": (lambda: Sum[k](f(k)) == f(k), "the index k is unbound", "Sum[k]("),
    "a divergence over different variables": (lambda: KL(q(z), p(x)), "KL(q(z), p(x))", "KL(q(z | x), p(z))"),
    "a symmetric divergence over different variables": (
        lambda: JSD(p(x), q(z)),
        "JSD(p(x), q(z))",
        "write both densities",
    ),
    "a distance over different variables": (lambda: TV(p(x), q(x, z)), "TV(p(x), q(x, z))", "write both densities"),
    "a divergence of a number": (lambda: KL(2, p(x)), "2 is not a density", "q(z | x)"),
    "a cross-entropy of a logarithm": (
        lambda: cross_entropy(p(x), log(p(x))),
        "log(p(x)) is not a density",
        "q(z | x)",
    ),
    "an entropy of a number": (lambda: H(1), "1 is not a density", "q(z | x)"),
    "an expectation under a function": (lambda: E[f(x)](x), "f(x) is not a density", "q(z | x)"),
    "an expectation under a number": (lambda: E[2](x), "E[2]", "E[q(z | x)]"),
    "an expectation under a law": (lambda: E[p](x), "p", "q(z | x)"),
    "an integral over a number": (lambda: Integral[1](p(x)), "binds 1", "variable"),
    "a sum over a symbol": (lambda: Sum[a](a), "runs over an index", "index('k', K)"),
    "an extremum over a number": (lambda: sup[3](a), "sup[3]", "a symbol"),
    "a float": (lambda: a * 0.5, "0.5 is a float", "Fraction('0.5')"),
    "a truth value": (lambda: a + True, "True is no term", "number"),
    "the logarithm of zero": (lambda: log(0), "log(0)", "positive"),
    "a division by zero": (lambda: a / 0, "division by zero", "not be the number 0"),
    "a variance of zero": (lambda: Normal(0, 0), "Normal(0, 0)", "positive"),
    "a symbolic exponent": (lambda: a**K, "a", "exp("),
    "a density of no variable": (lambda: p(), "no variable", "p(x)"),
    "a slot without a name": (lambda: p(f(x)), "f(x) is no variable", "p(z=f(x))"),
    "information of a variable about itself": (lambda: I(p, x, x), "shares variables", "disjoint"),
    "a chained comparison": (lambda: judge(True), "truth value", "two statements"),
    "a term where a statement is needed": (lambda: judge(log(p(x))), "no statement", "log(p(x)) == ..."),
    "an equality case of an equation": (lambda: (a == 1).iff(a == 2), "no inequality", "(a <= b).iff(y == c)"),
    "an unknown kind": (lambda: variables("y", kind="integer"), "'integer'", "discrete"),
    "an unknown sign": (lambda: symbols("b", sign="negative"), "'negative'", "nonnegative"),
    "an unknown range": (lambda: Function("g", range="01"), "'01'", "unit"),
    "one name for two things": (lambda: (E[p(x)](symbols("x")[0]) == 0).json(), "x", "another name"),
    "one name for two kinds": (lambda: (p(x) == p(variables("x", kind="discrete")[0])).json(), "x", "another name"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_error_shows_the_mistake_and_the_remedy(name: str) -> None:
    call, mistake, remedy = MISTAKES[name]
    with pytest.raises(LanguageError) as caught:
        call()
    assert mistake in str(caught.value)
    assert remedy in str(caught.value)


CORRECTED = {
    "a repeated slot": (lambda: p(x, x), r'(x2 = x\.copy\("x\'"\))'),
    "a divergence over different variables": (lambda: KL(q(z), p(x)), r"(KL\(q\(z \| x\), p\(z\)\))$"),
    "an unbound index": (lambda: a * k == 0, r"(Sum\[k\]\(.*\))$"),
    "a number where a density is needed": (lambda: KL(2, p(x)), r"such as (q\(z \| x\)), (Normal\(0, 1\)\(z\))"),
    "a slot without a name": (lambda: p(f(x)), r"(p\(z=f\(x\)\))$"),
    "a float": (lambda: a * 0.5, r"(Fraction\('0.5'\))$"),
}


@pytest.mark.parametrize("name", CORRECTED)
def test_the_corrected_line_is_python_that_runs(name: str) -> None:
    call, pattern = CORRECTED[name]
    with pytest.raises(LanguageError) as caught:
        call()
    found = re.search(pattern, str(caught.value))
    assert found is not None, str(caught.value)
    from fractions import Fraction

    names = {"x": x, "z": z, "p": p, "q": q, "f": f, "a": a, "k": k}
    names |= {"KL": KL, "Sum": Sum, "Normal": Normal, "Fraction": Fraction}
    for line in found.groups():
        exec(line, dict(names))  # noqa: S102 - lines of this project's own messages
