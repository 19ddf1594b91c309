"""The law of a minibatch: what the kernel knows of it, and what it must not conclude."""

from __future__ import annotations

from typing import Any

import pytest
from judging import forged

from derivations import kernel
from derivations.judge import judge
from derivations.language import (
    E,
    Function,
    Integral,
    LanguageError,
    Minibatch,
    Product,
    Sum,
    index,
    laws,
    symbols,
    variables,
)
from derivations.language.statements import Statement

Json = Any
(p,) = laws("p")
(x,) = variables("x")
f = Function("f")
N, M, K = symbols("N M K", sign="positive")
(n0,) = symbols("n0", sign="nonnegative")
(b,) = variables("b", kind="discrete", shape=(N,))
(c,) = variables("c", kind="discrete", shape=(N,))
(e,) = variables("e", kind="discrete", shape=(n0,))
(v,) = symbols("v", shape=(N,))
i, j, k, inner = index("i", N), index("j", N), index("k", K), index("l", N - 1)
batch = Minibatch(M)(b)

TRUE = {
    "normalisation": E[batch](1) == 1,
    "the size": E[batch](Sum[i](b[i])) == M,
    "the size, squared": E[batch](Sum[i](b[i]) ** 2) == M**2,
    "the size beside another function of the batch": E[batch](Sum[i](b[i]) * f(b)) == M * E[batch](f(b)),
    "inclusion": E[batch](Sum[i](v[i] * b[i])) == M / N * Sum[i](v[i]),
    "two batches": E[batch, Minibatch(K)(c)](Sum[i](b[i]) * Sum[j](v[j] * c[j])) == M * K / N * Sum[i](v[i]),
    "a batch and a sample": E[batch, p(x)](Sum[i](v[i] * b[i]) * f(x)) == M / N * Sum[i](v[i]) * E[p(x)](f(x)),
}

FALSE = {
    "indicators that are independent": E[batch](Sum[i](v[i] * b[i]) ** 2) == (M / N * Sum[i](v[i])) ** 2,
    "a square for the indicator of another": E[batch](Sum[i](v[i] * b[i] ** 2)) == (M / N) ** 2 * Sum[i](v[i]),
    "indicators in the plain sum over all vectors": Integral[b](Sum[i](b[i])) == M,
    "the law twice": Integral[b](batch**2) == 1,
    "the law twice, with an indicator": Integral[b](batch**2 * Sum[i](v[i] * b[i])) == M / N * Sum[i](v[i]),
    "one batch for two": E[batch, Minibatch(K)(c)](Sum[i](b[i] * c[i])) == M,
    "not the whole range": E[batch](Sum[inner](b[inner])) == M,
    "an index of another range": E[batch](Sum[k](b[k])) == M,
    "a product for the sum": E[batch](Product[i](b[i])) == M,
    "the size of another": E[batch](Sum[i](b[i])) == N,
    "a sum that weighs": E[batch](Sum[i](i * b[i])) == M * Sum[i](i),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_of_minibatches_is_not_refuted(name: str) -> None:
    assert judge(TRUE[name]).verdict in ("proved", "undecided")


@pytest.mark.parametrize("name", [n for n in TRUE if n != "two batches"])
def test_what_is_true_of_minibatches_is_proved(name: str) -> None:
    verdict = judge(TRUE[name])
    assert verdict.verdict == "proved", verdict


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_of_minibatches_is_never_proved(name: str) -> None:
    assert judge(FALSE[name], seconds=0.3).verdict != "proved"


def altered(claim: Statement, table: str, name: str, **facts: Json) -> dict[str, Json]:
    data = claim.json()
    data["declare"][table][name] |= facts
    return data


CLAIM = TRUE["inclusion"]
MALFORMED = {
    "indicators that range over a continuum": altered(CLAIM, "variables", "b", kind="continuous"),
    "indicators of any measure": altered(CLAIM, "variables", "b", kind="unknown"),
    "one number": altered(CLAIM, "variables", "b", shape=[]),
    "a table": altered(CLAIM, "variables", "b", shape=[["sym", "N"], ["sym", "N"]]),
    "a size that may be below zero": altered(CLAIM, "symbols", "M", sign="real"),
    "a number of data that may be below zero": altered(CLAIM, "symbols", "N", sign="real"),
    "a fractional size": (E[Minibatch(M / 2)(b)](Sum[i](v[i] * b[i])) == M / (2 * N) * Sum[i](v[i])).json(),
    "a random size": (E[p(x), Minibatch(x)(b)](Sum[i](v[i] * b[i])) == E[p(x)](x) / N * Sum[i](v[i])).json(),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_minibatch_of_another_form_is_rejected(name: str) -> None:
    forged(CLAIM, {"rule": "equal", "moves": []})
    with pytest.raises(kernel.Rejected):
        forged(MALFORMED[name], {"rule": "equal", "moves": []})


def test_the_share_of_no_data_is_not_taken() -> None:
    """Where there may be no data, M/N says nothing."""
    m = index("m", n0)
    assert judge(E[Minibatch(M)(e)](Sum[m](e[m] * f(m))) == M / n0 * Sum[m](f(m))).verdict != "proved"


def test_the_mean_needs_both_rules() -> None:
    for rule in kernel.BATCHES:
        with pytest.raises(kernel.Rejected):
            forged(CLAIM, {"rule": "equal", "moves": []}, without=[rule])


def test_a_minibatch_is_told_by_a_discrete_vector() -> None:
    with pytest.raises(LanguageError, match="discrete vector"):
        Minibatch(M)(x)
