"""What an elimination rests on is noted each time that the kernel uses it, also where it keeps what it found."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations import kernel
from derivations.language import W1, E, Function, Grad, Integral, laws, log, symbols, variables
from derivations.prover import prove

(p, q) = laws("p q")
(x,) = variables("x")
(t,) = symbols("t")
f = Function("f")


def eliminated(replay: kernel.Replay, term: Any) -> tuple[kernel.Sum, set[str], list[Any]]:
    """The settled sum of a term, with the rules and the conditions that settling it notes."""
    s = replay.quietly(term)
    replay.used, replay.conditions = set(), {}
    return replay.settle(s), {*replay.used}, list(replay.conditions.values())


def test_rules_and_conditions_are_noted_again() -> None:
    score = Integral[x](p[t](x) * Grad[t](log(p[t](x))))
    replay = kernel.Replay((score == 0).json(), frozenset(kernel.RULES))
    term = (score == 0).json()["lhs"]
    first, second = eliminated(replay, term), eliminated(replay, term)
    assert first == second
    assert first[0] == {}
    assert {"normalisation", "score function"} <= first[1]
    assert [c[0] for c in first[2]] == ["differentiation"]


def test_nothing_is_kept_across_rules() -> None:
    statement = (E[p(x)](1) == 1).json()
    for rules, left in ((kernel.RULES, False), ((), True), (kernel.RULES, False)):
        replay = kernel.Replay(statement, frozenset(rules))
        assert any(key[0] for key in replay.settle(replay.quietly(statement["lhs"]))) is left


def test_nothing_is_kept_from_before_a_hypothesis() -> None:
    """The integral of f under p is that under q only once a hypothesis says that they are the same."""
    replay = kernel.Replay((E[p(x)](f(x)) == E[q(x)](f(x))).json(), frozenset(kernel.RULES))
    term = (Integral[x](p(x) * f(x)) == 0).json()["lhs"]
    before = replay.settle(replay.quietly(term))
    replay.assume(["=", *((q(x) == p(x)).json()[side] for side in ("lhs", "rhs"))])
    assert replay.kept == {}
    assert replay.settle(replay.quietly(term)) != before


def test_the_condition_of_a_score_is_on_the_certificate() -> None:
    statement = (Grad[t](E[p[t](x)](f(x))) == E[p[t](x)](f(x) * Grad[t](log(p[t](x))))).json()
    certificate = prove(statement)
    assert certificate is not None
    assert "differentiation" in {c[0] for c in certificate.conditions}


def test_numbers_stay_whole_and_what_cancels_is_gone() -> None:
    total: kernel.Sum = {kernel.ONE: Fraction(1, 2)}
    kernel.add_term(total, kernel.ONE, Fraction(1, 2))
    assert total == {kernel.ONE: 1}
    assert type(total[kernel.ONE]) is int
    kernel.add_term(total, kernel.ONE, -1)
    assert total == {}


def test_supports_of_a_kept_integral_go_to_each_source() -> None:
    """The second of two sources with the same integral has the supports that its finiteness implies as well."""
    statement = (E[p(x)](log(q(x))) == 2 * E[p(x)](log(q(x)))).json()
    replay = kernel.Replay(statement, frozenset(kernel.RULES))
    replay.difference(statement["lhs"], statement["rhs"])
    assert len(replay.nodes) == 2
    assert replay.nodes[0].supports == replay.nodes[1].supports != {}


def test_a_transport_cost_is_noted_wherever_it_occurs() -> None:
    y = x.copy("y")
    d = Function("d", range="nonnegative")
    statement = (log(W1(p(x), q(y), d(x, y))) <= 0).json()
    replay = kernel.Replay(statement, frozenset(kernel.RULES))
    for _ in range(2):
        replay.costs = {}
        replay.quietly(statement["lhs"])
        assert len(replay.costs) == 1


def test_the_sides_of_a_hypothesis_leave_nothing_kept() -> None:
    """They are expanded before it is known, and what it says may change an expansion."""
    g = Function("g")
    statement = (E[p(x)](log(f(x) * g(x))) == 0).json()
    replay = kernel.Replay(statement, frozenset(kernel.RULES))
    before = replay.quietly(statement["lhs"])
    bound = E[p(x)](log(f(x) * g(x))) >= 0
    replay.assume([">=", bound.json()["lhs"], ["num", "0"]])
    assert replay.kept == {}
    assert replay.quietly(statement["lhs"]) == before
