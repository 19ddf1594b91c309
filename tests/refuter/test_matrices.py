"""Covariance matrices and multivariate normal laws: closed forms hold, their mutations are refuted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import (
    KL,
    E,
    H,
    Integral,
    MultivariateNormal,
    Statement,
    covariances,
    cross_entropy,
    det,
    inverse,
    laws,
    log,
    pi,
    quadratic_form,
    symbols,
    trace,
    variables,
)
from derivations.refuter import evaluate, refute, sample_check
from derivations.refuter.search import Search

(K,) = symbols("K", sign="positive")
S1, S2 = covariances("S1 S2", K)
m1, m2 = symbols("m1 m2", shape=(K,))
(x,) = variables("x", kind="continuous", shape=(K,))
(p,) = laws("p")
N1, N2 = MultivariateNormal(m1, S1), MultivariateNormal(m2, S2)

divergence = KL(N1(x), N2(x))
spread, turned = trace(inverse(S2), S1), trace(inverse(S1), S2)
distance, scale = quadratic_form(inverse(S2), m2 - m1), log(det(S2) / det(S1))
entropy = (K * log(2 * pi) + K + log(det(S1))) / 2

TRUE: dict[str, Statement] = {
    "divergence": divergence == (spread + distance - K + scale) / 2,
    "divergence from the centred law": KL(N1(x), MultivariateNormal(0, S1)(x)) == quadratic_form(inverse(S1), m1) / 2,
    "gibbs": divergence >= 0,
    "gibbs for matrices": spread - K + scale >= 0,
    "entropy": H(N1(x)) == entropy,
    "cross-entropy": cross_entropy(N1(x), N2(x)) == (K * log(2 * pi) + spread + distance + log(det(S2))) / 2,
    "mass": Integral[x](N1(x)) == 1,
    "second moment": E[N1(x)](quadratic_form(inverse(S2), x - m2)) == spread + distance,
    "a law that is normal": (H(p(x)) == entropy).assuming(p(x) == N1(x)),
    "inverse": trace(inverse(S1), S1) == K,
    "determinant": det(S1) > 0,
}

FALSE: dict[str, Statement] = {
    "swapped trace": divergence == (turned + distance - K + scale) / 2,
    "sign of the distance": divergence == (spread - distance - K + scale) / 2,
    "other metric": divergence == (spread + quadratic_form(inverse(S1), m2 - m1) - K + scale) / 2,
    "missing dimension": divergence == (spread + distance + scale) / 2,
    "one for the dimension": divergence == (spread + distance - 1 + scale) / 2,
    "sign of the dimension": divergence == (spread + distance + K + scale) / 2,
    "swapped logarithm": divergence == (spread + distance - K - scale) / 2,
    "missing half": divergence == spread + distance - K + scale,
    "divergence, reversed": divergence <= 0,
    "entropy without its constant": H(N1(x)) == (K * log(2 * pi) + log(det(S1))) / 2,
    "entropy by the inverse": H(N1(x)) == (K * log(2 * pi) + K - log(det(S1))) / 2,
    "entropy is positive": H(N1(x)) >= 0,
    "determinant above one": det(S1) >= 1,
    "trace of another": turned == K,
}


@pytest.mark.parametrize("name", TRUE)
def test_closed_forms_hold(name: str) -> None:
    for seed in range(4):
        agreement = sample_check(TRUE[name].json(), seed=seed)
        assert (agreement.finite, agreement.consistent, agreement.supported) == (3, True, True)
    for seed in range(2):
        assert refute(TRUE[name].json(), seed=seed, models=40) is None


@pytest.mark.parametrize("name", FALSE)
def test_mutations_are_refuted(name: str) -> None:
    for seed in range(3):
        found = refute(FALSE[name].json(), seed=seed)
        assert found is not None
        assert "S1 = ((" in found.words
    assert evaluate(FALSE[name].json(), found.model)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_density_in_two_dimensions_agrees_with_its_formula(seed: int) -> None:
    search = Search((N1(x) >= 0).json(), seed)
    model = next(m for n in range(50) if (m := search.draw(n)) is not None and m.dimensions["K"] == 2)
    (a, b, _, c), mean = (tuple(map(_float, model.symbols[s])) for s in ("S1", "m1"))
    for (point,), left, _ in search.comparison.values(model):
        u, v = (_float(model.spaces["x"].values[i]) - m for i, m in zip(point, mean, strict=True))
        size = a * c - b * b
        value = math.exp(-(c * u * u - 2 * b * u * v + a * v * v) / (2 * size)) / (2 * math.pi * math.sqrt(size))
        assert left == pytest.approx(value, rel=1e-9)


def _float(value: object) -> float:
    return float(value.p) / float(value.q)  # type: ignore[attr-defined]


def test_a_gradient_in_a_matrix_is_unsupported() -> None:
    statement = (divergence == 0).json() | {"lhs": ["grad", ["sym", "S1"], ["det", ["sym", "S1"]]]}
    assert refute(statement) is None
    assert not sample_check(statement).supported
