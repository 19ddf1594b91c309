"""True statements are never refuted; their mutations are; every trap of the design that concerns refutation is one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import (
    JSD,
    KL,
    TV,
    E,
    Function,
    H,
    I,
    Integral,
    Limit,
    Product,
    Statement,
    Sum,
    cross_entropy,
    index,
    infinity,
    laws,
    log,
    sqrt,
    symbols,
    variables,
)
from derivations.refuter import Agreement, evaluate, refute, sample_check
from derivations.refuter.intervals import bounds

(p, q, r, m), (p_data, p_g) = laws("p q r m"), laws("p_data p_g")
x, y, z = variables("x y z")
xd, zd = variables("x z", kind="discrete")
f, g = Function("f"), Function("g", range="positive")
D = Function("D", range="unit")
a, b = symbols("a b")


def value(decide: Any) -> Any:
    """The GAN value function of a discriminator."""
    return E[p_data(x)](log(decide(x))) + E[p_g(x)](log(1 - decide(x)))


def best(point: Any) -> Any:
    return p_data(point) / (p_data(point) + p_g(point))


ELBO = E[q(z | x)](log(p(x, z)) - log(q(z | x)))

TRUE: dict[str, Statement] = {
    "decomposition": log(p(x)) == E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "elbo bound": (log(p(x)) >= ELBO).iff(q(z | x) == p(z | x)),
    "chain rule of KL": KL(p(x, z), q(x, z)) == KL(p(x), q(x)) + E[p(x)](KL(p(z | x), q(z | x))),
    "chain rule of entropy": H(p(x, z)) == H(p(x)) + H(p(z | x)),
    "mutual information": I(p, x, z) == H(p(x)) - H(p(x | z)),
    "conditional mutual information": I(p, x, z, y) == H(p(x | y)) - H(p(x | y, z)),
    "cross-entropy": cross_entropy(p(x), q(x)) == H(p(x)) + KL(p(x), q(x)),
    "gibbs": (KL(p(x), q(x)) >= 0).iff(p(x) == q(x)),
    "independence": (I(p, x, z) >= 0).iff(p(x, z) == p(x) * p(z)),
    "jsd": (JSD(p(x), q(x)) <= log(2)).iff(p(x) * q(x) == 0),
    "jsd by entropies": (JSD(p(x), q(x)) == H(m(x)) - H(p(x)) / 2 - H(q(x)) / 2).assuming(m(x) == (p(x) + q(x)) / 2),
    "pinsker": KL(p(x), q(x)) >= 2 * TV(p(x), q(x)) ** 2,
    "jensen": (log(E[p(x)](g(x))) >= E[p(x)](log(g(x)))).iff(g(x) == E[p(x)](g(x))),
    "discrete entropy": H(p(xd)) >= 0,
    "discrete information": I(p, xd, zd) <= H(p(xd)),
    "discriminator": (value(D) <= value(best)).iff(D(x) == best(x)),
    "aggregate posterior": (E[p_data(x)](KL(q(z | x), p(z))) == I(q, x, z) + KL(q(z), p(z))).assuming(
        q(x) == p_data(x)
    ),
    "joint": (q(z | x) == q(x, z) / p_data(x)).assuming(q(x, z) == p_data(x) * q(z | x)),
    "markov": (p(x | y, z) == p(x | y)).assuming(("markov", ("x", "y", "z"), p)),
    "data processing": (I(p, x, z) <= I(p, x, y)).assuming(("markov", ("x", "y", "z"), p)),
    "independent": (I(p, x, z) == 0).assuming(p(x, z) == p(x) * p(z)),
    "a defined function": (E[p(x)](f(x)) == H(p(x))).assuming(f(x) == -log(p(x))),
    "a defined symbol": (a * b == b**3).assuming(a == b**2),
    "posterior of a label": (r(y=1, given=(x,)) == best(x)).assuming(
        r(x, y=1) == p_data(x) / 2, r(x, y=0) == p_g(x) / 2, r(x) == r(x, y=1) + r(x, y=0)
    ),
    "a bounded symbol": (a <= 1).assuming(a <= Fraction(1, 2)),
}

FALSE: dict[str, Statement] = {
    "decomposition, as scanned": E[q(z | x)](log(p(x | z))) == KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "decomposition, sign": log(p(x)) == E[q(z | x)](log(p(x | z))) + KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "decomposition, arguments": log(p(x)) == E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z)) + KL(p(z | x), q(z | x)),
    "decomposition, factor": log(p(x)) == E[q(z | x)](log(p(x | z))) - 2 * KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "decomposition, conditional": log(p(x)) == E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z)) + KL(q(z | x), p(z)),
    "decomposition, law": log(p(x)) == E[p(z | x)](log(p(x | z))) - KL(q(z | x), p(z)) + KL(q(z | x), p(z | x)),
    "elbo bound, reversed": log(p(x)) <= ELBO,
    "elbo bound, equality case": (log(p(x)) >= ELBO).iff(q(z | x) == p(z)),
    "gibbs, equality too wide": (KL(p(x), q(x)) >= 0).iff(p(x, z) == q(x, z)),
    "gibbs, equality too narrow": (KL(p(x, z), q(x, z)) >= 0).iff(p(x) == q(x)),
    "gibbs, strict": KL(p(x), q(x)) > 0,
    "always different": KL(p(x), q(x)) != 0,
    "discriminator, other one": value(D) <= value(lambda t: p_g(t) / (p_data(t) + p_g(t))),
    "discriminator, equality case": (value(D) <= value(best)).iff(D(x) == Fraction(1, 2)),
    "jensen, reversed": log(E[p(x)](g(x))) <= E[p(x)](log(g(x))),
    "jensen, equality case": (log(E[p(x)](g(x))) >= E[p(x)](log(g(x)))).iff(g(x) == 1),
    "aggregate posterior, without its hypothesis": E[p_data(x)](KL(q(z | x), p(z))) == I(q, x, z) + KL(q(z), p(z)),
    "posterior of a label, other label": (r(y=0, given=(x,)) == best(x)).assuming(
        r(x, y=1) == p_data(x) / 2, r(x, y=0) == p_g(x) / 2, r(x) == r(x, y=1) + r(x, y=0)
    ),
    "markov, not assumed": p(x | y, z) == p(x | y),
    "markov, other order": (p(x | y, z) == p(x | y)).assuming(("markov", ("x", "z", "y"), p)),
    "pinsker, too strong": KL(p(x), q(x)) >= 3 * TV(p(x), q(x)) ** 2,
    # The traps of section 5 of the design.
    "jensen under mass two": E[p(x) + q(x)](log(g(x))) <= log(E[p(x) + q(x)](g(x))),
    "jensen under a signed measure": E[2 * p(x) - q(x)](log(g(x))) <= log(E[2 * p(x) - q(x)](g(x))),
    "ratio without absolute continuity": E[q(x)](p(x) / q(x)) == 1,
    "entropy of an unknown kind": H(p(x)) >= 0,
    "density above one": log(p(x)) <= 0,
    "information above entropy": I(p, x, z) <= H(p(x)),
    "conditioning, unknown kind": H(p(x)) <= H(p(x, z)),
    "square root of a square": sqrt(f(x) ** 2) == f(x),
    "jsd below half log two": JSD(p(x), q(x)) <= log(2) / 2,
    "integral of one": Integral[x](p(x) / p(x)) == 1,
    "difference of squares": (a**2 - b**2) / (a - b) == a - b,
}


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_true_statements_are_not_refuted(name: str, seed: int) -> None:
    assert refute(TRUE[name].json(), seed=seed, models=60) is None


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_hold_in_generic_models(name: str) -> None:
    agreement = sample_check(TRUE[name].json())
    assert agreement.finite == 3
    assert agreement.consistent


@pytest.mark.parametrize("name", FALSE)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_false_statements_are_refuted(name: str, seed: int) -> None:
    assert refute(FALSE[name].json(), seed=seed) is not None


@pytest.mark.parametrize("name", [n for n in FALSE if not FALSE[n].equality])
def test_a_counterexample_contradicts_its_statement_when_read_back(name: str) -> None:
    """The JSON of the model alone reproduces enclosures that contradict the relation."""
    statement = FALSE[name]
    found = refute(statement.json())
    assert found is not None
    left = tuple(map(Decimal, found.left))
    right = tuple(map(Decimal, found.right))
    if statement.relation in ("=", "<=", ">="):
        assert abs(left[0] - right[0]) > left[1] + right[1]
    again = evaluate(statement.json(), found.model)
    inside = [
        all(
            not bounds(side)[0] > arb(str(mid + rad)) and not bounds(side)[1] < arb(str(mid - rad))
            for side, (mid, rad) in ((one, left), (two, right))
        )
        for _, one, two in again
    ]
    assert any(inside)


def test_the_scanned_claim_gets_a_counterexample_to_redo_by_hand() -> None:
    found = refute(FALSE["decomposition, as scanned"].json())
    assert found is not None
    assert "x = 0" in found.words
    assert found.left[0].startswith("-0.69314718055994530")
    assert found.right == ("0", "0")
    assert "log(1/2)" in found.words


def test_refutation_is_deterministic_in_the_seed() -> None:
    statement = FALSE["decomposition, factor"].json()
    assert refute(statement, seed=5) == refute(statement, seed=5)


def test_infinite_minus_infinite_refutes_nothing() -> None:
    """The sides are infinite or finite together; where they are infinite, their difference does not exist."""
    assert refute((KL(p(x), q(x)) - KL(p(x), q(x)) == 0).json()) is None
    assert refute((log(p(x)) - log(p(x)) == 0).json()) is None


def test_an_infinite_side_refutes_nothing() -> None:
    assert refute((KL(p(x), q(x)) <= 10**6 * (1 + TV(p(x), q(x)))).json(), models=60) is None


def test_counting_models_alone_do_not_refute_what_holds_for_discrete_variables_only() -> None:
    found = refute((H(p(x)) >= 0).json())
    assert found is not None
    assert any(w != "1" for space in found.model["spaces"].values() for w in space["weights"])


def test_symbolic_dimensions() -> None:
    (K,) = symbols("K")
    k = index("k", K)
    (u,) = symbols("u", shape=(K,))
    assert refute((Sum[k](u[k] + 1) == Sum[k](u[k]) + K).json()) is None
    assert refute((Sum[k](u[k] + 1) == Sum[k](u[k]) + 1).json()) is not None


def test_components_of_a_vector_variable() -> None:
    """Independent data: the joint density of a vector is the product over its components."""
    (N,) = symbols("N")
    i = index("i", N)
    (v,) = variables("v", shape=(N,))
    joint = Product[i](p(v[i]))
    assert refute((log(joint) == Sum[i](log(p(v[i])))).json()) is None
    assert refute((log(joint) == N * Sum[i](log(p(v[i])))).json()) is not None


def test_laws_with_parameters_are_different_laws() -> None:
    (theta, phi) = symbols("theta phi")
    assert refute((KL(p[theta](x), p[theta](x)) == 0).json()) is None
    assert refute((KL(p[theta](x), p[phi](x)) == 0).json()) is not None


def test_a_map_into_a_space() -> None:
    transport = Function("T")
    assert refute((p(x=transport(z)) == p(x=transport(z))).json()) is None
    assert refute((E[q(z)](log(p(x=transport(z)))) == E[p(x)](log(p(x)))).json()) is not None


SIDES = st.sampled_from(
    [log(p(x)), E[q(z | x)](log(p(x | z))), KL(q(z | x), p(z)), KL(q(z | x), p(z | x)), KL(p(z | x), q(z | x)), ELBO]
)


@settings(max_examples=40, deadline=None)
@given(
    coefficients=st.lists(st.sampled_from([-1, 0, 0, 1, 2]), min_size=3, max_size=3),
    terms=st.lists(SIDES, min_size=3, max_size=3),
)
def test_identities_of_the_linear_span_are_refuted_exactly_where_false(
    coefficients: list[int], terms: list[Any]
) -> None:
    """log p(x) = ELBO + KL(q(z|x)||p(z|x)) and ELBO = E log p(x|z) - KL(q(z|x)||p(z)) are the only linear relations."""
    rows = {
        id(log(p(x))): (1, 0, 1, 0),
        id(E[q(z | x)](log(p(x | z)))): (1, 1, 0, 0),
        id(KL(q(z | x), p(z))): (0, 1, 0, 0),
        id(KL(q(z | x), p(z | x))): (0, 0, 1, 0),
        id(KL(p(z | x), q(z | x))): (0, 0, 0, 1),
        id(ELBO): (1, 0, 0, 0),
    }
    total = [sum(c * rows[id(t)][n] for c, t in zip(coefficients, terms, strict=True)) for n in range(4)]
    left = coefficients[0] * terms[0] + coefficients[1] * terms[1] + coefficients[2] * terms[2]
    found = refute((left == 0).json(), models=60)
    assert (found is None) == (not any(total))


@pytest.mark.parametrize(
    "change",
    [
        {"lhs": ["frobnicate", ["num", "1"]]},
        {"rhs": ["log", ["limit", ["sym", "a"], ["infinity"], ["num", "1"]]]},
        {"equality": [[["frobnicate"], ["num", "1"]]]},
        {"rhs": ["sup", ["mul", ["num", "2"], ["var", "x"]], ["num", "1"]]},
        {"rhs": ["log", ["sym", "undeclared"]]},
        {"rhs": ["pow", ["num", "2"]]},
        {"rhs": ["E", [["sym", "x"]], ["num", "1"], ["num", "1"]]},
        {"given": [["frobnicates", ["num", "1"], ["num", "1"]]]},
        {"given": [["=", ["num", "1"]]]},
        {"given": [["=", ["frobnicate"], ["num", "1"]]]},
        {"given": [["markov", ["x"]]]},
    ],
    ids=str,
)
def test_what_is_unknown_is_unsupported_not_an_error(change: dict[str, Any]) -> None:
    statement = {**(log(p(x)) >= 0).json(), **change}
    assert refute(statement) is None
    assert sample_check(statement) == Agreement(0, True, supported=False)


def test_a_limit_is_unsupported() -> None:
    statement = Limit[a, infinity](1 / a) == 1
    assert refute(statement.json()) is None
    assert not sample_check(statement.json()).supported


@pytest.mark.parametrize("name", [n for n in FALSE if FALSE[n].equality])
def test_a_sample_notices_a_wrong_equality_case(name: str) -> None:
    assert not sample_check(FALSE[name].json()).consistent


@pytest.mark.parametrize(
    ("statement", "shown", "hidden"),
    [
        (E[p(x)](f(x)) == E[p(z)](f(z)), ["p(x): ", "p(z): "], ["p(x, z)"]),
        (E[p(x)](KL(p(z | x), q(z | x))) == 0, ["p(x): ", "p(z|x=0): ", "q(z|x=0): "], ["p(x, z)", "q(x"]),
        (log(p(x | z)) == log(p(y | z)), ["p(x|z=0): ", "p(y|z=0): "], ["p(x, y, z)", "p(z)"]),
        (E[q(x, z)](log(p(z | x))) == 0, ["p(z|x=0): ", "q(x, z): "], ["p(x)", "p(x, z)"]),
        (p(x | z) == p(z | x), ["p(x, z): "], []),
        (KL(q(z | x), p(z)) == KL(q(z), p(z)), ["p(z): ", "q(x, z): "], ["p(x"]),
        ((H(p(x, y)) == H(p(y, z))).assuming(("markov", ("x", "y", "z"), p)), ["p(x, y, z): "], []),
    ],
    ids=str,
)
def test_a_counterexample_shows_the_densities_that_the_statement_uses(
    statement: Statement, shown: list[str], hidden: list[str]
) -> None:
    found = refute(statement.json())
    assert found is not None
    assert all(text in found.words for text in shown), found.words
    assert not any(text in found.words for text in hidden), found.words
