"""The largest eigenvalue bounds a quadratic form and is reached; neither more nor elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flint import arb
from judging import ONE, forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import E, Function, Grad, Sum, index, laws, sup, symbols, variables
from derivations.language.matrices import eigenvalue
from derivations.language.statements import encode
from derivations.language.terms import Term, term
from derivations.refuter import evaluate
from derivations.refuter.search import Search
from derivations.theory.hints import atoms, rayleigh

Json = Any
(n,) = symbols("n", sign="positive")
i, j, k = index("i", n), index("j", n), index("k", n)
(u,) = symbols("u", shape=(n,))
(t,) = symbols("t")
S, W, f, v = Function("S"), Function("W"), Function("f"), Function("v")
(x,), (p,) = variables("x"), laws("p")


def gram(weight: Callable[..., Term] = W) -> Term:
    return Sum[i](weight(i, j) * weight(i, k))


def form(entry: Term) -> Term:
    return Sum[j](Sum[k](entry * u[j] * u[k]))


def along(weight: Callable[..., Term], vector: Function) -> Term:
    return Sum[i](Sum[j](weight(i, j) * vector(j)) * Sum[k](weight(i, k) * vector(k)))


largest = eigenvalue(term(1), j, k, gram())
second = eigenvalue(term(2), j, k, gram())
length = Sum[j](u[j] ** 2)
ball = sup[f, Sum[j](f(j) ** 2) <= 1](along(W, f))


def test_the_largest_eigenvalue_bounds_the_form_and_is_reached() -> None:
    assert judge(form(gram()) <= largest * length, hints=atoms(rayleigh(largest, u[j]))).verdict == "proved"
    assert judge(largest <= ball).verdict == "proved"


FALSE = {
    "half of it": form(gram()) <= largest * length / 2,
    "without the length": form(gram()) <= largest,
    "the second": form(gram()) <= second * length,
    "from below": form(gram()) >= largest * length,
    "of another matrix": form(Sum[i](S(i, j) * S(i, k))) <= largest * length,
    "more than is reached": 2 * largest <= ball,
    "more than any number": largest <= 0 * ball + 1,
    "in a smaller ball": largest <= sup[f, Sum[j](f(j) ** 2) <= term(1) / 2](along(W, f)),
    "of another map": largest <= sup[f, Sum[j](f(j) ** 2) <= 1](along(S, f)),
    "the supremum of a larger ball": sup[f, Sum[j](f(j) ** 2) <= 4](along(W, f)) <= largest,
    "negative": largest <= -1 + 0 * t,
}


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_never_proved(name: str) -> None:
    hints = atoms(rayleigh(largest, u[j]), rayleigh(second, u[j]))
    for given in (None, hints):
        assert judge(FALSE[name], hints=given).verdict != "proved"


# The refuter knows the eigenvalues of matrices of one or two rows; suprema over classes of functions it leaves open.
SEEN = ("half of it", "without the length", "the second", "from below", "of another matrix", "more than any number")


@pytest.mark.parametrize("name", [*SEEN, "negative"])
def test_small_matrices_refute_what_is_said_of_their_eigenvalues(name: str) -> None:
    verdict = judge(FALSE[name])
    assert verdict.verdict == "refuted", verdict


@pytest.mark.parametrize("seed", range(40))
def test_the_refuter_computes_eigenvalues(seed: int) -> None:
    """Trace, determinant and order, for the moments of random matrices of two rows, as exact numbers or as balls."""
    rows, (first, last), two = index("r", 2), (index("a", 2), index("b", 2)), index("e", 2)
    entry = Sum[rows](W(rows, first) * W(rows, last))
    one, other = (eigenvalue(term(rank), first, last, entry) for rank in (1, 2))
    trace = Sum[two](Sum[rows](W(rows, two) ** 2))
    area = (W(1, 1) * W(2, 2) - W(1, 2) * W(2, 1)) ** 2
    for claim in (one + other == trace, one * other == area, one >= other):
        search = Search(claim.json(), seed)
        model = search.draw(seed)
        assert model is not None
        assert search.comparison.falsified(model) is None
        for _, left, right in evaluate(claim.json(), model):
            assert claim.relation == ">=" or arb(left).overlaps(arb(right))
            assert float(arb(left).rad()) <= 1e-12 * (1 + abs(float(arb(left).mid())))
    wrong = Search((one + other == trace + 1).json(), seed)
    assert wrong.comparison.falsified(wrong.draw(seed)) is not None


def test_a_rank_that_a_matrix_has_not_has_no_eigenvalue() -> None:
    assert judge(eigenvalue(term(3), j, k, gram()) <= largest).verdict != "refuted"


def bound(*rows: Json) -> dict[str, Json]:
    return {"rule": "bound", "atoms": [list(row) for row in rows], "moves": [], "equality": None}


def above(eigen: Term, component: Term) -> Json:
    return ["Rayleigh", [], encode(eigen), encode(component)]


def reached(eigen: Term, proof: Json) -> Json:
    return {"rule": "unit eigenvector", "eigenvalue": encode(eigen), "bounded": proof}


def known(low: Term, high: Term) -> Json:
    """The atom of a hypothesis about an eigenvector."""
    return [ONE, ["nonneg", [], encode(high - low)]]


skew = eigenvalue(term(1), j, k, S(j, k))
moving = eigenvalue(term(1), j, k, f(x) * gram())
scaled = eigenvalue(term(1), j, k, t * gram())
ours = Sum[j](Sum[k](gram() * v(j) * v(k)))
moved = Sum[j](Sum[k](f(x) * gram() * v(j) * v(k)))

FORGERIES: dict[str, Callable[[], Json]] = {
    "a matrix that is not symmetric": lambda: forged(form(S(j, k)) <= skew * length, bound([ONE, above(skew, u[j])])),
    "the second eigenvalue": lambda: forged(form(gram()) <= second * length, bound([ONE, above(second, u[j])])),
    "a vector that looks at the column": lambda: forged(
        form(gram()) <= largest * length,
        bound([ONE, above(largest, u[k])]),
    ),
    "a negative multiple": lambda: forged(
        form(gram()) >= largest * length, bound([["num", "-1"], above(largest, u[j])])
    ),
    "the second eigenvalue for a unit vector": lambda: forged(
        second <= ball, reached(second, bound(known(ours, second)))
    ),
    "an eigenvector of what is not there": lambda: forged(
        t <= t - 1, reached(largest, bound(known(Sum[j](v(j) * v(j)), term(1))))
    ),
    "an eigenvector that moves with a variable": lambda: forged(
        E[p(x)](moving) <= sup[f, Sum[j](f(j) ** 2) <= 1](along(W, f)), reached(moving, bound(known(moved, moving)))
    ),
    "an eigenvector at a free variable": lambda: forged(moving <= moving - 1, reached(moving, bound())),
    "an eigenvector under a derivative": lambda: forged(
        Grad[t](scaled) <= 1, reached(scaled, bound(known(t * ours, scaled)))
    ),
    "a strict relation": lambda: forged(largest < largest, reached(largest, bound())),
    "an eigenvector by a name that is taken": lambda: forged(
        largest <= ours, reached(largest, bound(known(largest, ours)))
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_certificate_about_an_eigenvalue_is_rejected(name: str) -> None:
    with pytest.raises(kernel.Rejected):
        FORGERIES[name]()
