"""Two sides that may be infinite together: what need not be finite, and what still must be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from derivations.judge import judge
from derivations.language import KL, E, Function, H, Sum, index, laws, log, symbols, variables
from derivations.language.statements import Statement

p, q, r, p_data = laws("p q r p_data")
x, z = variables("x z")
x2, z2 = x.copy("x2"), z.copy("z2")
f, g = Function("f"), Function("g")
a, b = symbols("a b")
(N,) = symbols("N", sign="positive")
k = index("k", N)
same_data = q(x) == p_data(x)
elbo = E[q(z | x)](log(p(x | z))) - KL(q(z | x), p(z))
divergence = KL(q(x, z), p(x, z))
mean_log_ratio = E[q(x, z)](log(q(x, z) / p(x, z)))

# One side is infinite exactly if the other is; only what is added to a divergence must be finite.
ENOUGH: dict[str, tuple[Callable[[], Statement], set[str]]] = {
    "the mean of the bound": (
        lambda: (E[p_data(x)](elbo) == -H(p_data(x)) - divergence).assuming(same_data),
        {"H(p_data(x)) is finite"},
    ),
    "the mean of the bound, the sides exchanged": (
        lambda: (-divergence - H(p_data(x)) == E[p_data(x)](elbo)).assuming(same_data),
        {"H(p_data(x)) is finite"},
    ),
    "twice the mean of the bound": (
        lambda: (2 * E[p_data(x)](elbo) == -2 * H(p_data(x)) - 2 * divergence).assuming(same_data),
        {"H(p_data(x)) is finite"},
    ),
}

# An integral of integrals whose sign is not known: the order matters, or parts of it are infinite.
NEEDED: dict[str, tuple[Callable[[], Statement], int]] = {
    "no divergence but a mean of a logarithm": (
        lambda: (E[p_data(x)](elbo) == -H(p_data(x)) - mean_log_ratio).assuming(same_data),
        3,
    ),
    "a function of any sign": (lambda: E[q(x)](E[q(z | x)](f(x, z))) == E[q(x, z)](f(x, z)), 2),
    "a function of any sign beside a divergence": (
        lambda: (
            E[q(x)](E[q(z | x)](f(x, z) + log(q(z | x)) - log(p(z | x)))) + KL(q(x), p(x))
            == E[q(x, z)](f(x, z)) + divergence
        ),
        2,
    ),
    "integrals in the other order": (
        lambda: E[q(x)](E[q(z | x)](f(x, z))) == E[q(z)](E[q(x | z)](f(x, z))),
        2,
    ),
    "a product of integrals": (
        lambda: (
            E[q(x)](E[q(z | x)](f(x, z)) * E[r(z | x)](g(z))) + divergence
            == E[q(x, z)](f(x, z) * E[r(z2 | x)](g(z2))) + divergence
        ),
        1,
    ),
    "a coefficient that may vanish": (
        lambda: E[q(x)](f(x) * KL(q(z | x), p(z))) == E[q(x, z)](f(x) * log(q(z | x) / p(z))),
        2,
    ),
    "a sum that cancels an infinite divergence": (
        lambda: E[q(x)](KL(q(z | x), p(z | x))) + a == divergence - KL(q(x), p(x)) + a,
        2,
    ),
    "two divergences of two orders": (
        lambda: E[q(x)](KL(q(z | x), p(z | x))) + KL(q(x), p(x)) == E[q(z)](KL(q(x | z), p(x | z))) + KL(q(z), p(z)),
        2,
    ),
}


def finite(claim: Statement) -> set[str]:
    verdict = judge(claim, seconds=0.2)
    assert verdict.verdict in ("proved", "undecided"), verdict
    return {c for c in verdict.conditions if c.endswith("is finite")} if verdict.verdict == "proved" else {"undecided"}


@pytest.mark.parametrize("name", ENOUGH)
def test_what_a_divergence_bounds_need_not_be_finite(name: str) -> None:
    claim, conditions = ENOUGH[name]
    verdict = judge(claim())
    assert verdict.verdict == "proved", verdict
    assert set(verdict.conditions) == conditions


@pytest.mark.parametrize("name", NEEDED)
def test_what_may_be_infinite_in_both_directions_must_be_finite(name: str) -> None:
    claim, least = NEEDED[name]
    found = finite(claim())
    assert found == {"undecided"} or len(found) >= least, found


def test_a_chain_rule_of_divergences_has_its_conditions_or_none() -> None:
    """All its terms are at least zero: it holds in [0, infinity]."""
    claim = divergence == KL(q(x), p(x)) + E[q(x)](KL(q(z | x), p(z | x)))
    assert judge(claim).verdict == "proved"


def test_many_terms_do_not_hide_an_infinite_one() -> None:
    claim = E[q(x)](Sum[k](E[q(z | x)](f(z, k)))) == Sum[k](E[q(z)](f(z, k)))
    assert finite(claim) == {"undecided"} or finite(claim)
