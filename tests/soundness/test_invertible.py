"""Invertible matrices and the covariance L L^T: what holds of them, and what holds of symmetric ones only."""

from __future__ import annotations

from typing import Any

import pytest
from judging import forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import (
    KL,
    E,
    Function,
    Grad,
    Integral,
    LanguageError,
    MultivariateNormal,
    Normal,
    Product,
    Sum,
    covariances,
    det,
    index,
    inverse,
    log,
    pi,
    quadratic_form,
    symbols,
    trace,
    variables,
)
from derivations.language.matrices import gram, invertible
from derivations.language.statements import Statement
from derivations.language.terms import Term
from derivations.prover import prove

Json = Any
(K,) = symbols("K", sign="positive")
L, R = invertible("L R", K)
(S,) = covariances("S", K)
mu, e = symbols("mu e", shape=(K,))
(z,) = variables("z", kind="continuous", shape=(K,))
i, j, k = index("i", K), index("j", K), index("k", K)
(a,) = symbols("a")


def entry(row: Any, column: Any) -> Term:
    return Term("entry", L, row, column)


law = MultivariateNormal(mu, gram(L))(z)
back = Sum[i](inverse(L)[k, i] * (z[i] - mu[i]))
standard = log(Product[k](Normal(0, 1)(back)))

TRUE = {
    "the density": standard - log(abs(det(L))) == log(law),
    "the density, by the determinant of the covariance": standard - log(det(gram(L))) / 2 == log(law),
    "the determinant": det(gram(L)) == det(L) ** 2,
    "the quadratic form": quadratic_form(inverse(gram(L)), z - mu) == Sum[k](back**2),
    "second moments": E[law](Sum[i](z[i] ** 2)) == Sum[i](mu[i] ** 2) + Sum[i](Sum[k](entry(i, k) ** 2)),
    "the mean": E[law](Sum[i](z[i])) == Sum[i](mu[i]),
}
FALSE = {
    "the density without a Jacobian": standard == log(law),
    "the density with the inverse Jacobian": standard + log(abs(det(L))) == log(law),
    "the density with the Jacobian twice": standard - log(det(L) ** 2) == log(law),
    "the density with a signed Jacobian": standard - log(det(L)) == log(law),
    "the density with the transposed inverse": log(Product[k](Normal(0, 1)(Sum[i](inverse(L)[i, k] * (z[i] - mu[i])))))
    - log(abs(det(L)))
    == log(law),
    "the density with L for its inverse": log(Product[k](Normal(0, 1)(Sum[i](entry(k, i) * (z[i] - mu[i])))))
    - log(abs(det(L)))
    == log(law),
    "the density around another mean": log(Product[k](Normal(0, 1)(Sum[i](inverse(L)[k, i] * z[i])))) - log(abs(det(L)))
    == log(law),
    "the density of another matrix": standard - log(abs(det(L))) == log(MultivariateNormal(mu, gram(R))(z)),
    "L^T L for L L^T": quadratic_form(inverse(gram(L)), z - mu)
    == Sum[k](Sum[i](inverse(L)[i, k] * (z[i] - mu[i])) ** 2),
    "a determinant that is positive": det(L) > 0,
    "a determinant that is not negative": det(L) >= 0,
    "the size of a determinant": abs(det(L)) == det(L),
    "the determinant of the covariance": det(gram(L)) == det(L),
    "a symmetric matrix": Sum[i](Sum[j](entry(i, j) * e[i] * mu[j])) == Sum[i](Sum[j](entry(j, i) * e[i] * mu[j])),
    "a symmetric inverse": Sum[i](Sum[j](inverse(L)[i, j] * e[i] * mu[j]))
    == Sum[i](Sum[j](inverse(L)[j, i] * e[i] * mu[j])),
    "the trace of an inverse and its matrix, side by side": Sum[i](Sum[j](inverse(L)[i, j] * entry(i, j))) == K,
    "second moments of the transposed": E[law](Sum[i](z[i] ** 2 * e[i]))
    == Sum[i](mu[i] ** 2 * e[i]) + Sum[i](Sum[k](entry(k, i) ** 2 * e[i])),
    "second moments without the mean": E[law](Sum[i](z[i] ** 2)) == Sum[i](Sum[k](entry(i, k) ** 2)),
    "the trace of the covariance": trace(inverse(S), gram(L)) == K,
    "no divergence": KL(law, MultivariateNormal(mu, S)(z)) == 0,
    "an entry that does not move with itself": Grad[a](a * Sum[i](entry(i, i))) == 0,
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_of_an_invertible_matrix_is_proved(name: str) -> None:
    verdict = judge(TRUE[name])
    assert verdict.verdict == "proved", verdict
    assert verdict.conditions == ()


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_of_an_invertible_matrix_is_never_proved(name: str) -> None:
    assert judge(FALSE[name], seconds=0.2).verdict != "proved"


def declared(sign: str = "invertible", shape: Json = None) -> dict[str, Json]:
    data = TRUE["the determinant"].json()
    data["declare"]["symbols"]["L"] |= {"sign": sign, "shape": shape or [["sym", "K"], ["sym", "K"]]}
    return data


@pytest.mark.parametrize(
    "data",
    [
        declared(sign="positive definite"),
        declared(sign="real"),
        declared(sign="singular"),
        declared(shape=[["sym", "K"]]),
        declared(shape=[["sym", "K"], ["num", "2"]]),
        {**declared(), "lhs": ["det", ["gram", ["gram", ["sym", "L"]]]]},
        {**declared(), "lhs": ["gram", ["sym", "L"]]},
        {**declared(), "lhs": ["det", ["num", "1"]]},
        {**declared(), "lhs": ["det", ["gram", ["sym", "L"], ["sym", "L"]]]},
    ],
)
def test_a_matrix_of_another_form_is_rejected(data: dict[str, Json]) -> None:
    forged(declared(), {"rule": "equal", "moves": []})
    with pytest.raises(kernel.Rejected):
        forged(data, {"rule": "equal", "moves": []})


def test_a_covariance_is_positive_definite() -> None:
    for wrong in (L, a, 1):
        with pytest.raises(LanguageError, match="covariance"):
            MultivariateNormal(mu, wrong)
    with pytest.raises(LanguageError, match="no invertible matrix"):
        gram(S)
    data = (log(MultivariateNormal(mu, gram(L))(z)) == -(K * log(2 * pi)) / 2).json()
    assert data["lhs"][1][3] == ["gram", ["sym", "L"]]
    data["lhs"][1][3] = ["sym", "L"]
    with pytest.raises(kernel.Rejected):
        forged(data, {"rule": "equal", "moves": []})


# The affine substitution ----------------------------------------------------------------------------------------------

D, f = Function("D", range="unit"), Function("f")
(raw,) = variables("r", kind="continuous", shape=(K,))
(short,) = variables("y", kind="continuous", shape=(K + 1,))
(loose,) = variables("w", kind="unknown", shape=(K,))
(c,) = symbols("c", shape=(K,))
m, n = index("m", K), index("n", K + 1)
standard_law = Product[k](Normal(0, 1)(raw[k]))
image = Sum[i](c[i] * (mu[i] + Sum[j](entry(i, j) * raw[j])))
AFFINE = E[standard_law](D(image)) == E[law](D(Sum[i](c[i] * z[i])))
MOVE = ["affine", ["z@0.0"], "z@0.0", "r", "k"]


def moves_of(claim: Statement) -> list[Json]:
    found = prove(claim.json())
    assert found is not None
    return list(found.data["proof"]["moves"])


def test_an_affine_image_of_a_standard_normal_vector_is_normal() -> None:
    assert judge(AFFINE).verdict == "proved"
    assert judge(AFFINE).conditions == ()
    assert "affine" in [move[0] for move in moves_of(AFFINE)]


def test_a_proof_without_its_substitution_is_rejected() -> None:
    moves = moves_of(AFFINE)
    forged(AFFINE, {"rule": "equal", "moves": moves})
    with pytest.raises(kernel.Rejected):
        forged(AFFINE, {"rule": "equal", "moves": [move for move in moves if move[0] != "affine"]})
    with pytest.raises(kernel.Rejected):
        forged(AFFINE, {"rule": "equal", "moves": moves}, without=["change of variables"])


def also(claim: Statement) -> Statement:
    """The claim with other vectors and indices declared beside it."""
    zero = Sum[n](short[n]) * 0 + Sum[k](loose[k]) * 0
    return Statement(
        "=", claim.left, claim.right, (), ((">=", Sum[n](short[n] ** 2), zero), (">=", Sum[k](loose[k] ** 2), zero))
    )


@pytest.mark.parametrize(
    "change", [(3, "y"), (3, "w"), (3, "z"), (4, "n"), (2, "r"), (2, "z"), (1, []), (1, ["r@0.0"])]
)
def test_an_altered_substitution_is_rejected(change: tuple[int, Json]) -> None:
    """Another vector, of another dimension or measure; another index; a name that nothing binds."""
    claim, moves = also(AFFINE), moves_of(also(AFFINE))
    place = [move[0] for move in moves].index("affine")
    where, what = change
    altered = [*moves[place]]
    altered[where] = what
    with pytest.raises(kernel.Rejected):
        forged(claim, {"rule": "equal", "moves": [*moves[:place], altered, *moves[place + 1 :]]})


NOT_AFFINE = {
    "a function of the whole vector": E[standard_law](f(raw)) == E[law](f(z)),
    "a covariance that is no product": E[standard_law](D(image))
    == E[MultivariateNormal(mu, S)(z)](D(Sum[i](c[i] * z[i]))),
    "the density twice": Integral[raw](standard_law**2 * D(image)) == Integral[z](law**2 * D(Sum[i](c[i] * z[i]))),
    "a square beside it": E[standard_law](D(image)) == E[law](D(Sum[i](c[i] * z[i])) + Sum[i](z[i] - mu[i]) ** 2),
    "a vector that an inner integral binds": E[law](log(Integral[raw](standard_law * D(Sum[i](c[i] * z[i] * raw[i])))))
    == E[standard_law](log(Integral[raw](standard_law * D(Sum[i](c[i] * raw[i] * raw[i]))))),
}


@pytest.mark.parametrize("name", NOT_AFFINE)
def test_what_is_no_affine_image_is_not_proved(name: str) -> None:
    assert judge(NOT_AFFINE[name], seconds=0.2).verdict != "proved"
