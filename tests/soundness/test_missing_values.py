"""What a certificate brings along has a value: roots of negative numbers, quotients by zero, eigenvectors of nothing.

The statement says nothing where its sides do not exist; atoms, multipliers and witnesses do not stand in it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from judging import ONE, forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import E, Function, Sum, exp, index, laws, log, sqrt, sup, symbols, variables
from derivations.language.matrices import eigenvalue
from derivations.language.statements import Statement, encode
from derivations.language.terms import Term, term

Json = Any
p, q, r = laws("p q r")
(x,) = variables("x")
f, v, S = Function("f"), Function("v"), Function("S")
w = Function("w", range="nonnegative")
a, b = symbols("a b")
(c,) = symbols("c", sign="positive")
(n,) = symbols("n", sign="nonnegative")
i, j = index("i", n), index("j", n)
none, nothing = index("k", 3, 2), index("l", 3, 2)


def bound(*rows: Json) -> dict[str, Json]:
    return {"rule": "bound", "atoms": [list(row) for row in rows], "moves": [], "equality": None}


def square(of: Term, weight: Term | None = None) -> Json:
    names = [] if weight is None else [["var", "x"]]
    return [ONE, ["square", names, ONE if weight is None else encode(weight), encode(of)]]


def attained(witness: Term, *rows: Json, parameters: tuple[str, ...] = ()) -> dict[str, Json]:
    chosen = {"body": encode(witness), "parameters": list(parameters)}
    return {"rule": "attained", "witness": chosen, "reached": {"rule": "equal", "moves": []}, "bounded": bound(*rows)}


ROOTS: dict[str, Callable[[], Json]] = {
    "the square of a root": lambda: forged(a >= 0, bound(square(sqrt(a)))),
    "under an average": lambda: forged(E[p(x)](f(x)) >= 0, bound(square(sqrt(f(x)), p(x)))),
    "a root times a root": lambda: forged(a >= 0, bound([encode(sqrt(a)), ["nonneg", [], encode(sqrt(a))]])),
    "a root for a weight": lambda: forged(
        a >= 0, bound([ONE, ["square", [], encode(sqrt(a)), encode(a ** Fraction(1, 4))]])
    ),
    "a root for a witness": lambda: forged(sup[b](-((b**2 - a) ** 2)) == 0, attained(sqrt(a), square(b**2 - a))),
}


@pytest.mark.parametrize("name", ROOTS)
def test_roots_are_those_of_what_is_at_least_zero(name: str) -> None:
    with pytest.raises(kernel.Rejected, match="root"):
        ROOTS[name]()


def test_roots_of_what_is_at_least_zero_are_taken() -> None:
    forged(E[p(x)](w(x)) >= 0, bound(square(sqrt(w(x)), p(x))))
    forged(sup[b](-((b**2 - c) ** 2)) == 0, attained(sqrt(c), square(b**2 - c)))


# The witness has no value where a or p is zero, and there the supremum is below zero, unless nothing looks there.
CONDITIONS: dict[str, tuple[Callable[[], Json], Json]] = {
    "the inverse of a number": (
        lambda: forged(sup[b](-((a * b - 1) ** 2)) == 0, attained(1 / a, square(a * b - 1))),
        ["nonzero", encode(a)],
    ),
    "the inverse of a density at a point": (
        lambda: forged(sup[b](-((p(x) * b - 1) ** 2)) == 0, attained(1 / p(x), square(p(x) * b - 1))),
        ["nonzero", encode(p(x))],
    ),
    "a ratio of densities": (
        lambda: forged(
            sup[f](-E[r(x)]((p(x) * f(x) - q(x)) ** 2)) == 0,
            attained(q(x) / p(x), square(p(x) * f(x) - q(x), r(x)), parameters=("x",)),
        ),
        ["support", ["mul", encode(q(x)), encode(r(x))], encode(p(x))],
    ),
    "a logarithm": (
        lambda: forged(
            sup[f](-E[q(x)]((exp(-f(x)) * p(x) - 1) ** 2)) == 0,
            attained(log(p(x)), square(exp(-f(x)) * p(x) - 1, q(x)), parameters=("x",)),
        ),
        ["support", encode(q(x)), encode(p(x))],
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_witness_without_a_value_somewhere_is_one_on_a_condition(name: str) -> None:
    proof, condition = CONDITIONS[name]
    assert condition in proof()["conditions"]


def test_a_witness_under_an_operator_that_is_not_opened_has_a_value_everywhere() -> None:
    claim = sup[f](-E[q(x)](sup[x]((p(x) * f(x) - 1) ** 2))) == 0
    with pytest.raises(kernel.Rejected):
        forged(claim, attained(1 / p(x), square(term(0)), parameters=("x",)))


def test_the_ratio_of_weights_needs_no_condition_where_one_of_them_looks() -> None:
    D = Function("D", range="unit")
    value = E[p(x)](log(D(x))) + E[q(x)](log(1 - D(x)))
    verdict = judge(sup[D](value) == E[p(x)](log(p(x) / (p(x) + q(x)))) + E[q(x)](log(q(x) / (p(x) + q(x)))))
    assert (verdict.verdict, verdict.conditions) == ("proved", ())


def no_rows() -> Statement:
    """A statement that is false for n = 0, where there is no eigenvalue, but only an empty sum mentions one."""
    largest = eigenvalue(term(1), i, j, S(i) * S(j))
    ball = sup[f, Sum[j](f(j) ** 2) <= 1](Sum[i](f(i) ** 2))
    return Sum[none](largest) - Sum[nothing](largest) + 1 <= ball


def test_a_matrix_without_rows_has_no_eigenvector() -> None:
    claim = no_rows()
    ball, largest = encode(claim.right), encode(eigenvalue(term(1), i, j, S(i) * S(j)))
    member = ["extremum", [], ONE, ball, {"body": encode(v(x)), "parameters": ["x"]}]
    unit = ["nonneg", [], encode(Sum[i](v(i) * v(i)) - 1)]
    data = claim.json()
    data["declare"]["variables"]["x"] = {"kind": "unknown", "slot": "x", "shape": []}
    proof = {"rule": "unit eigenvector", "eigenvalue": largest, "bounded": bound([ONE, member], [ONE, unit])}
    with pytest.raises(kernel.Rejected, match="no rows"):
        forged(data, proof)
    data["declare"]["symbols"]["n"]["sign"] = "positive"
    forged(data, proof)
