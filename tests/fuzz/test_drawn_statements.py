"""No drawn statement is proved that a model contradicts, or refuted that all models agree with."""

from __future__ import annotations

import collections

import grammar_level
import statements


def test_verdicts_on_drawn_statements_agree_with_their_truth_in_models() -> None:
    table: collections.Counter[tuple[str, bool | None]] = collections.Counter()
    for n in range(20):
        verdict, truth, fault = grammar_level.compared(77, n, models=50, timeout=2.0)
        assert not fault
        table[verdict, truth] += 1
    assert table["proved", True] >= 3  # the fuzzer draws true statements, and such as are decided
    assert table["refuted", False] >= 3


def test_verdicts_on_drawn_statements_about_normal_laws_agree_with_quadrature() -> None:
    table: collections.Counter[tuple[str, bool | None]] = collections.Counter()
    for n in range(20):
        verdict, truth, fault = grammar_level.compared_normal(3, n, timeout=2.0)
        assert not fault
        table[verdict, truth] += 1
    assert table["proved", True] >= 5
    assert table["refuted", False] >= 5


def test_the_evaluator_finds_the_statements_true_that_it_starts_from_and_their_opposites_false() -> None:
    for n, claim in enumerate(statements.TRUE):
        if claim[0][0] in ("H", "I") and claim[1] != "=":
            continue
        evaluated, worst = statements.margins(claim, set(), n, 25)
        assert evaluated, claim
        assert worst < 1e-9, claim
        doubled = (claim[0], claim[1], statements.total((2, claim[2]), statements.num(-1 if claim[1] == ">=" else 1)))
        if claim[1] == "=":
            assert statements.margins(doubled, set(), n, 25)[1] > 1e-3, claim
