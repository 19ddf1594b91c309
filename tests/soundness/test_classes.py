"""Suprema over classes of functions: false neighbours are refuted, certificates with the wrong witness are rejected."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from judging import ONE, contradiction, forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import E, Function, Grad, LanguageError, Sum, index, inf, laws, sup, symbols, variables
from derivations.language.statements import Statement, decode, encode
from derivations.language.terms import Term
from derivations.prover import prove

Json = Any
p, q = laws("p q")
x, y, z = variables("x y z")
f, g, h = Function("f"), Function("g"), Function("h")
d, D = Function("d", range="nonnegative"), Function("D", range="unit")
(K,) = symbols("K", sign="positive")
(N,) = symbols("N", sign="nonnegative")
(c, a) = symbols("c a")
k = index("k", 3)


def gain(critic: Function) -> Term:
    return E[p(x)](critic(x)) - E[q(x)](critic(x))


def steepest(constant: Any, critic: Function = f, body: Callable[[Function], Term] = gain) -> Term:
    """The supremum over the functions with a Lipschitz constant."""
    return sup[critic, critic(x) - critic(y) <= constant * d(x, y)](body(critic))


def bounded(body: Callable[[Function], Term]) -> Term:
    return sup[f, f(x) <= 1, f(x) >= -1](body(f))


def above(critic: Function) -> Term:
    return E[p(x)](critic(x))


def below(critic: Function) -> Term:
    return -E[q(x)](critic(x))


TRUE = {
    "scaled classes": lambda: steepest(K) == K * steepest(1),
    "by another name": lambda: steepest(K) == K * steepest(1, g),
    "a factor in the body": lambda: steepest(1, body=lambda f: K * gain(f)) == K * steepest(1),
    "an infimum": lambda: inf[f, f(x) - f(y) <= K * d(x, y)](gain(f)) == K * inf[f, f(x) - f(y) <= d(x, y)](gain(f)),
    "of a sum": lambda: bounded(gain) <= bounded(above) + bounded(below),
    "of a smaller class": lambda: sup[f, f(x) - f(y) <= d(x, y), f(x) <= 1](gain(f)) <= steepest(1),
}

FALSE = {
    "the square of the constant": lambda: steepest(K) == K**2 * steepest(1),
    "the inverse of the constant": lambda: steepest(K) == steepest(1) / K,
    "no factor": lambda: steepest(K) == steepest(1),
    "no factor, from above": lambda: steepest(K) <= steepest(1),
    "no factor, from below": lambda: steepest(K) >= steepest(1),
    "a factor too much in the body": lambda: steepest(K, body=lambda f: K * gain(f)) == K * steepest(1),
    "of a sum, as an equation": lambda: bounded(gain) == bounded(above) + bounded(below),
    "a class with a second bound": lambda: (
        sup[f, f(x) - f(y) <= d(x, y), f(x) <= 1, f(x) >= -1](gain(f)) == steepest(1)
    ),
    "another cost": lambda: steepest(1) == sup[f, f(x) - f(y) <= d(y, x)](gain(f)),
    "the laws exchanged": lambda: steepest(1) == steepest(1, body=lambda f: -gain(f)),
    "zero": lambda: steepest(1) <= 0,
    "a function of the class": lambda: gain(f) <= steepest(1),
    "the infimum above the supremum": lambda: inf[f, f(x) - f(y) <= d(x, y)](gain(f)) >= steepest(1),
}

# True only where a supremum is a number, or a constant not zero; or beyond what models on finite spaces can say.
NEVER_PROVED = {
    "a constant that may be zero": lambda: steepest(N) == N * steepest(1),
    "a constant of any sign": lambda: steepest(c) == c * steepest(1),
    "the size of a constant of any sign": lambda: steepest(c) == abs(c) * steepest(1),
    "a derivative in the constant": lambda: Grad[c](steepest(c)) == 0,
    "a derivative of the scaled supremum": lambda: Grad[K](steepest(K)) == 0,
    "an average of suprema": lambda: (
        E[p(z)](sup[f, f(x) - f(y) <= d(x, z)](gain(f))) == sup[f, f(x) - f(y) <= d(x, z)](gain(f))
    ),
    "an unbounded class": lambda: sup[f, f(x) >= 0](above(f)) == 0,
    "an empty class": lambda: sup[f, f(x) <= -1, f(x) >= 1](above(f)) == 0,
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_about_classes_are_proved_without_a_condition(name: str) -> None:
    verdict = judge(TRUE[name]())
    assert verdict.verdict == "proved", verdict
    assert not verdict.conditions


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_about_classes_are_refuted(name: str) -> None:
    claim = FALSE[name]()
    assert prove(claim.json()) is None
    assert judge(claim, seconds=10.0).verdict == "refuted"


@pytest.mark.parametrize("name", NEVER_PROVED)
def test_statements_that_need_more_are_never_proved(name: str) -> None:
    assert prove(NEVER_PROVED[name]().json()) is None


# Certificates ---------------------------------------------------------------------------------------------------------


def atom(extremum: Term, body: Term, *parameters: str) -> Json:
    return ["extremum", [], ONE, encode(extremum), {"body": encode(body), "parameters": list(parameters)}]


def bound(*atoms: Json) -> dict[str, Json]:
    return {"rule": "bound", "atoms": [list(row) for row in atoms], "moves": [], "equality": None}


def member_of(extremum: Term, proof: dict[str, Json]) -> dict[str, Json]:
    return {"rule": "least upper bound", "extremum": encode(extremum), "bounded": proof}


def with_data(claim: Statement, **changes: Json) -> dict[str, Json]:
    return {**claim.json(), **changes}


one, steep = steepest(1), steepest(K)
fresh = Function("f'")
captured = sup[f, f(x) - f(y) <= d(x, y)](above(f))
everything = sup[f, f(x) <= 1, f(x) >= -1](above(f))
small = sup[D, D(x) <= 1](E[p(x)](D(x)))
mass = sup[f, f(x) <= 1](f(z))

counted = (Sum[k](k + K) == 3 * steep).json()
indexed = json.loads(json.dumps(encode(steep)).replace('["sym", "K"]', '["idx", "k"]'))

FORGERIES: dict[str, Callable[[], dict[str, Json]]] = {
    "a constant that a sum counts": lambda: forged(
        {**counted, "lhs": ["sum", ["idx", "k"], indexed]}, {"rule": "equal", "moves": []}
    ),
    "a witness outside of its class": lambda: forged(gain(g) <= one, bound([ONE, atom(one, g(x), "x")])),
    "a weighted witness outside of its class": lambda: forged(
        E[p(z)](gain(f)) <= E[p(z)](captured),
        bound([ONE, ["extremum", [["var", "z"]], encode(p(z)), encode(captured), {"body": ONE, "parameters": ["x"]}]]),
    ),
    "a polynomial outside of its class": lambda: forged(
        c - c + 2 <= everything,
        bound(
            [
                ["num", "2"],
                ["extremum", [], ["num", "1/2"], encode(everything), {"body": ["num", "2"], "parameters": ["x"]}],
            ]
        ),
    ),
    "a witness of twice the constant": lambda: forged(
        steep <= one, member_of(steep, bound([ONE, atom(one, fresh(x), "x")]))
    ),
    "a witness divided by what may be zero": lambda: forged(
        steepest(N) <= N * one,
        member_of(steepest(N), bound([encode(N), atom(one, fresh(x) / N, "x")])),
    ),
    "a witness of one class taken for another": lambda: forged(
        everything <= captured, member_of(everything, bound([ONE, atom(captured, fresh(x), "x")]))
    ),
    "a witness that looks at the points of its class": lambda: forged(
        E[p(x)](d(x, y)) <= sup[f, f(x) <= d(x, y)](above(f)),
        bound([ONE, atom(sup[f, f(x) <= d(x, y)](above(f)), d(z, y), "z")]),
    ),
    "a witness with a logarithm": lambda: forged(
        (E[p(x)](g(x)) <= sup[f, f(x) - f(x) <= 0](above(f))),
        bound([ONE, atom(sup[f, f(x) - f(x) <= 0](above(f)), p(x), "x")]),
    ),
    "a witness beyond the range": lambda: forged(E[p(x)](d(x, x)) <= small, bound([ONE, atom(small, d(x, x), "x")])),
    "a supremum on the larger side": lambda: forged(one >= 1, member_of(one, bound())),
    "an infimum on the smaller side": lambda: forged(
        inf[f, f(x) <= 1](above(f)) <= 0, member_of(inf[f, f(x) <= 1](above(f)), bound())
    ),
    "a factor of any sign": lambda: forged(
        c * one <= steepest(c), member_of(one, bound([ONE, atom(steepest(c), c * fresh(x), "x")]))
    ),
    "a factor that may be zero": lambda: forged(N * one <= -1, member_of(one, bound())),
    "under a root": lambda: forged(one**2 <= 1, member_of(one, bound())),
    "a member by a name that is taken": lambda: forged(one <= gain(fresh), member_of(one, bound())),
    "a value for a supremum over a class": lambda: forged(
        mass == 2,
        {
            "rule": "attained",
            "witness": {"body": ["num", "2"], "parameters": ["x"]},
            "reached": {"rule": "equal", "moves": []},
            "bounded": bound(),
        },
    ),
    "one bound for two": lambda: forged(one == 0, {"rule": "two bounds", "above": bound(), "below": bound()}),
    "a strict bound": lambda: forged(one < one + 0 * c, member_of(one, bound([ONE, atom(one, fresh(x), "x")]))),
    "a class with an integral": lambda: forged(
        with_data(sup[f, f(x) <= c](above(f)) <= c, lhs=encode(sup[f, E[q(x)](f(x)) <= c](above(f)))), bound()
    ),
    "a class of another relation": lambda: forged(
        with_data(
            sup[f, f(x) <= c](above(f)) <= c,
            lhs=["sup", ["function", "f", "real", [["<", encode(f(x)), encode(c)]]], encode(above(f))],
        ),
        bound(),
    ),
    "an extremum under the binder that its class mentions": lambda: forged(
        E[p(z)](sup[f, f(x) <= d(x, z)](above(f))) == sup[f, f(x) <= d(x, z)](above(f)), {"rule": "equal", "moves": []}
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_certificate_about_a_class_is_rejected(name: str) -> None:
    with pytest.raises(kernel.Rejected):
        FORGERIES[name]()


def test_what_a_class_does_not_describe_is_not_smuggled_into_it() -> None:
    """A condition on the member of a class that is no convergence of its body's integrals is refused."""
    body = sup[f, f(x) <= 1](E[p(x)](f(x)))
    divided = body + fresh(z) <= 1 + fresh(z)
    proof = member_of(body, bound([ONE, ["nonneg", [["var", "x"]], encode(p(x) * (1 - Function("f''")(x)))]]))
    certificate = forged(divided, proof)  # f' is taken, so the member is f''
    assert contradiction(certificate["statement"], certificate["conditions"]) is None
    assert not any("f''" in str(condition) for condition in certificate["conditions"])


def test_a_class_of_functions_survives_data_and_print() -> None:
    claim = steep == K * one
    data = claim.json()
    assert decode(data["lhs"], data["declare"]) is claim.left
    assert repr(one) == "sup[f, f(x) - f(y) <= d(x, y)](E[p(x)](f(x)) - E[q(x)](f(x)))"
    assert one.latex().startswith(r"\sup_{f :\, f(x) - f(y) \le d(x, y)} ")


def test_a_class_is_described_by_weak_inequalities() -> None:
    with pytest.raises(LanguageError, match="describes no class"):
        sup[f, f(x) < 1](above(f))
    with pytest.raises(LanguageError, match="describes no class"):
        sup[f, g](above(f))
