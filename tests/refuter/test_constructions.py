"""Hypotheses imposed by construction: disjoint supports, inverse functions, laws as images, components."""

from __future__ import annotations

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    H,
    Normal,
    Statement,
    Sum,
    index,
    laws,
    log,
    symbols,
    variables,
)
from derivations.refuter import evaluate, refute, sample_check
from derivations.refuter.models import Model, key_of
from derivations.refuter.search import Search

(p, q, r), (p_g,) = laws("p q r"), laws("p_g")
x, y, z, eps = variables("x y z eps")
D, positive = Function("D", range="unit"), Function("h", range="positive")
G, T, T_inv, d, f, g = (Function(n) for n in ("G", "T", "T_inv", "d", "f", "g"))

APART = p(x) * q(x) == 0
BACK = T_inv(T(z)) == z
FORTH = T(T_inv(y)) == y
IMAGE = ("pushforward", p_g(x), p(z), G(z))
GIVEN_IMAGE = ("pushforward", q(z | x), p(eps), g(eps, x))

TRUE: dict[str, Statement] = {
    "jsd of disjoint laws": (JSD(p(x), q(x)) == log(2)).assuming(APART),
    "total variation of disjoint laws": (TV(p(x), q(x)) == 1).assuming(APART),
    "disjoint joint laws": (JSD(p(x, z), q(x, z)) == log(2)).assuming(p(x, z) * q(x, z) == 0),
    "disjoint, and a mixture": (H(r(x)) == (H(p(x)) + H(q(x))) / 2 + log(2)).assuming(APART, r(x) == (p(x) + q(x)) / 2),
    "change of variables": (E[p(z)](log(1 - D(G(z)))) == E[p_g(x)](log(1 - D(x)))).assuming(IMAGE),
    "reparameterisation": (E[q(z | x)](f(z)) == E[p(eps)](f(g(eps, x)))).assuming(GIVEN_IMAGE),
    "averaged reparameterisation": (E[r(x)](E[q(z | x)](d(x, z))) == E[r(x)](E[p(eps)](d(x, g(eps, x))))).assuming(
        GIVEN_IMAGE
    ),
    "a marginal as the image of another": (E[p(x)](f(x)) == E[p(z)](f(G(z)))).assuming(
        ("pushforward", p(x), p(z), G(z))
    ),
    "an image of an image": (E[r(y)](f(y)) == E[p(z)](f(T(G(z))))).assuming(IMAGE, ("pushforward", r(y), p_g(x), T(x))),
    "an image that is positive": (E[p_g(x)](log(f(x) ** 2)) == E[p(z)](log(f(positive(z)) ** 2))).assuming(
        ("pushforward", p_g(x), p(z), positive(z))
    ),
    "an inverse after a map": (E[p(x)](d(x, f(T_inv(T(g(x)))))) == E[p(x)](d(x, f(g(x))))).assuming(BACK),
    "inverses both ways": (E[p(x)](d(x, f(T_inv(T(g(x)))))) == E[p(x)](d(x, f(g(x))))).assuming(BACK, FORTH),
    "a bijection and a density": (E[p(y)](f(T(T_inv(y)))) == E[p(y)](f(y))).assuming(BACK, FORTH),
    "an inverse under a condition": (E[p(x)](d(x, f(T_inv(T(g(x), x), x)))) == E[p(x)](d(x, f(g(x))))).assuming(
        T_inv(T(z, x), x) == z
    ),
    "an involution": (T(T(T(z))) == T(z)).assuming(T(T(z)) == z),
    "a positive map with an inverse": (log(positive(T_inv(positive(z)))) == log(positive(z))).assuming(
        T_inv(positive(z)) == z
    ),
    "equal functions, at a computed point": (E[p(x)](f(g(x))) == E[p(x)](d(g(x), g(x)))).assuming(f(z) == d(z, z)),
    "the image under a bijection": (KL(p_g(y), r(y)) == KL(p(z), q(z))).assuming(
        BACK, FORTH, p_g(y) == p(z=T_inv(y)), r(y) == q(z=T_inv(y))
    ),
}

FALSE: dict[str, Statement] = {
    "jsd of disjoint laws, half": (JSD(p(x), q(x)) == log(2) / 2).assuming(APART),
    "jsd, without the hypothesis": JSD(p(x), q(x)) == log(2),
    "entropy of disjoint laws": (H(p(x)) == H(q(x))).assuming(APART),
    "change of variables, other side": (E[p(z)](log(1 - D(G(z)))) == E[p_g(x)](log(D(x)))).assuming(IMAGE),
    "change of variables, not assumed": E[p(z)](log(1 - D(G(z)))) == E[p_g(x)](log(1 - D(x))),
    "change of variables, other map": (E[p(z)](f(T(z))) == E[p_g(x)](f(x))).assuming(IMAGE),
    "entropy of an image": (H(p_g(x)) == H(p(z))).assuming(IMAGE),
    "reparameterisation, other condition": (E[q(z | x)](f(z)) == E[p(eps)](f(g(eps, y)))).assuming(GIVEN_IMAGE),
    "a marginal as itself": (E[p(x)](f(x)) == E[p(z)](f(z))).assuming(("pushforward", p(x), p(z), G(z))),
    "a map without its inverse": (E[p(x)](d(x, f(T(g(x))))) == E[p(x)](d(x, f(g(x))))).assuming(BACK),
    "an inverse on the other side": (T(T_inv(y)) == y).assuming(BACK),
    "an involution is no identity": (T(z) == z).assuming(T(T(z)) == z),
    "equal functions, other ones": (E[p(x)](f(g(x))) == E[p(x)](d(g(x), x))).assuming(f(z) == d(z, z)),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_hold_in_models_that_are_found(name: str) -> None:
    for seed in range(4):
        agreement = sample_check(TRUE[name].json(), seed=seed)
        assert (agreement.finite, agreement.consistent, agreement.supported) == (3, True, True)


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_not_refuted(name: str) -> None:
    for seed in range(2):
        assert refute(TRUE[name].json(), seed=seed, models=60) is None


@pytest.mark.parametrize("name", FALSE)
def test_mutations_are_refuted(name: str) -> None:
    for seed in range(3):
        assert refute(FALSE[name].json(), seed=seed) is not None


@pytest.mark.parametrize("name", FALSE)
def test_a_sample_notices_mutations(name: str) -> None:
    assert not sample_check(FALSE[name].json()).consistent


@pytest.mark.parametrize("name", FALSE)
def test_the_model_alone_reproduces_the_contradiction(name: str) -> None:
    found = refute(FALSE[name].json())
    assert found is not None
    assert evaluate(FALSE[name].json(), found.model)


def draws(statement: Statement, seed: int) -> list[Model]:
    search = Search(statement.json(), seed)
    return [model for number in range(16) if (model := search.draw(number)) is not None]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_disjoint_laws_keep_their_mass(seed: int) -> None:
    models = draws(TRUE["disjoint joint laws"], seed)
    assert models
    for model in models:
        left, right = model.laws["p", ()], model.laws["q", ()]
        assert all(left[c] == 0 or right[c] == 0 for c in left)
        for table in (left, right):
            assert sum((table[c] * w for c, w in model.cells(["x", "z"], "p")), fmpq(0)) == 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_an_image_has_the_mass_of_its_preimages(seed: int) -> None:
    models = draws(TRUE["change of variables"], seed)
    assert models
    for model in models:
        points, values = model.spaces["x"], model.spaces["z"].values
        for n, weight in enumerate(points.weights):
            mass = sum(
                (
                    model.laws["p", ()][i,] * w
                    for i, w in enumerate(model.spaces["z"].weights)
                    if model.function("G", key_of([values[i]])) == n
                ),
                fmpq(0),
            )
            assert model.laws["p_g", ()][n,] * weight == mass


@pytest.mark.parametrize(
    "hypothesis",
    [
        ("pushforward", p_g(x), p(z), f(z, y)),
        ("pushforward", p_g(x, y), p(z), G(z)),
        ("pushforward", q(z | x), p(eps | y), g(eps, x)),
        ("pushforward", f(x), p(z), G(z)),
    ],
    ids=str,
)
def test_images_of_another_form_are_unsupported(hypothesis: tuple[object, ...]) -> None:
    statement = (KL(p(x), q(x)) >= 0).assuming(hypothesis).json()
    assert refute(statement) is None
    assert not sample_check(statement).supported


def test_the_words_of_a_counterexample_show_the_map() -> None:
    found = refute((KL(p_g(x), q(x)) == 0).assuming(IMAGE).json())
    assert found is not None
    assert "G(0) = " in found.words
    assert "G(1) = " in found.words


(K,) = symbols("K", sign="positive")
k = index("k", K)
mu, nu = symbols("mu nu", shape=(K,))
(var,) = symbols("var", shape=(K,), sign="positive")
(v,) = variables("v", kind="continuous", shape=(K,))
length = Sum[k](mu[k] ** 2)
from_standard = KL(Normal(mu, var)(v), Normal(0, 1)(v)) >= 0

COMPONENTS: dict[str, tuple[Statement, bool]] = {
    "length": ((length >= 0).iff((mu[k], 0)), True),
    "length, other vector": ((length >= 0).iff((mu[k], 1)), False),
    "closed form of normal laws": (from_standard.iff((mu[k], 0), (var[k], 1)), True),
    "closed form, too wide": (from_standard.iff((mu[k], 0)), False),
    "closed form, too narrow": (from_standard.iff((mu[k], 0), (var[k], 1), (nu[k], 2)), False),
    "equal vectors": ((length == Sum[k](nu[k] ** 2)).assuming(("=", mu[k], nu[k])), True),
    "opposite vectors": ((Sum[k](mu[k]) == Sum[k](nu[k])).assuming(("=", mu[k], -nu[k])), False),
    "a component of the wrong sign": ((length == 0).assuming(("=", var[k], mu[k] - mu[k] - 1)), True),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_equation_with_a_free_index_holds_at_all_its_values(name: str) -> None:
    statement, true = COMPONENTS[name]
    for seed in range(3):
        assert (refute(statement.json(), seed=seed, models=100) is None) == true
        assert sample_check(statement.json(), seed=seed).consistent or not true
