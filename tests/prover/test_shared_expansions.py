"""Replays of one search take integrals from each other: certificates are the same as without that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from derivations import kernel
from derivations.language import JSD, KL, E, Function, laws, log, sup, symbols, variables
from derivations.prover import certificates, prove
from derivations.prover.factorisation import Search
from derivations.prover.sharing import shared_expansions

(p, q) = laws("p q")
(x,) = variables("x")
y = x.copy("y")
(a,) = symbols("a")
D = Function("D", range="unit")
STATEMENTS = [
    sup[D](E[p(x)](log(D(x))) + E[q(x)](log(1 - D(x)))) == -log(4) + 2 * JSD(p(x), q(x)),
    KL(p(x), (p(x) + q(x)) / 2) <= log(2),
    E[p(x)](log(p(x) / q(x))) + E[p(y)](a) == a + KL(p(x), q(x)),
    KL(p(x), q(x)) <= a,
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=str)
def test_the_same_certificate(statement, monkeypatch):
    shared = prove(statement.json())

    @contextlib.contextmanager
    def nothing_shared() -> Iterator[None]:
        yield

    monkeypatch.setattr(certificates, "shared_expansions", nothing_shared)
    alone = prove(statement.json())
    assert (shared is None) == (alone is None)
    assert shared is None or shared.data == alone.data


def expanded(replay, statement):
    replay.used, replay.conditions = set(), {}
    return replay.quietly(statement["lhs"]), replay.used, replay.conditions


def test_taken_over_only_under_rules_that_find_the_same():
    statement = (E[p(x)](log(p(x) * q(x))) == 0).json()
    rules = frozenset(kernel.RULES)
    for allowed in (rules, rules - {"logarithm of a product"}, rules, rules - {"limit"}):
        fresh = expanded(Search(statement, allowed), statement)
        with shared_expansions():
            for first in (rules, rules - {"logarithm of a product"}):
                expanded(Search(statement, first), statement)
            assert expanded(Search(statement, allowed), statement) == fresh


def test_nothing_is_taken_over_from_before_a_hypothesis():
    """What one function is known to be at least is not known where the hypothesis is not posed."""
    f = Function("f")
    bare = (E[p(x)](log(f(x) ** 2)) == 0).json()
    given = {**bare, "given": [[">=", ["fn", "f", [["var", "x"]]], ["num", "0"]]]}
    fresh = [expanded(Search(s, frozenset(kernel.RULES)), s) for s in (bare, given)]
    with shared_expansions():
        assert [expanded(Search(s, frozenset(kernel.RULES)), s) for s in (bare, given)] == fresh
