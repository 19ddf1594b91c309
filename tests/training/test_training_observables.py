"""Intervals and verdicts of the training lab: what each question accepts, and what it must reject."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from numerics.training.observables import (
    FAMILY_ERROR,
    FAMILY_SIZE,
    Result,
    at_most,
    equal,
    greater,
    reported,
    student_interval,
    within,
)

samples = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40)


@given(samples, st.sampled_from([0.5, 0.95, 1 - FAMILY_ERROR / FAMILY_SIZE]))
def test_the_interval_is_students(values: list[float], level: float) -> None:
    mean, low, high = student_interval(values, level)
    reference = stats.t(len(values) - 1, np.mean(values), max(stats.sem(values), 1e-300)).interval(level)
    # Two implementations of one quantile: relative 1e-9, of numbers up to 1e3 times the quantile.
    scale = 1e-9 * (1 + abs(high - low) + abs(mean))
    assert abs(low - reference[0]) <= scale
    assert abs(high - reference[1]) <= scale


def test_the_level_covers_as_often_as_it_says() -> None:
    # 4000 samples of 8 Gaussians at 95 %: binomial standard deviation 0.35 %. Five of them: false alarm below 1e-6.
    draws = np.random.Generator(np.random.PCG64(1)).normal(3.0, 2.0, size=(4000, 8))
    covered = 0
    for draw in draws:
        _, low, high = student_interval(draw)
        covered += low <= 3.0 <= high
    assert abs(covered / 4000 - 0.95) < 5 * math.sqrt(0.05 * 0.95 / 4000)


def test_a_true_theory_survives_where_the_usual_level_would_cry_wolf() -> None:
    # 2000 true theories: at 95 % a hundred alarms are due, at the family's level 0.025 in all.
    draws = np.random.Generator(np.random.PCG64(2)).normal(size=(2000, 8))
    alarms = sum(not equal("x", draw, 0.0).passed for draw in draws)
    usual = sum(not (low <= 0.0 <= high) for _, low, high in map(student_interval, draws))
    assert alarms == 0
    assert usual > 50


@pytest.mark.parametrize("theory", [0.8, 1.2])
def test_equal_rejects_a_theory_that_is_off(theory: float) -> None:
    per_seed = 1.0 + 0.01 * np.cos(np.arange(8))
    assert equal("x", per_seed, 1.0).passed
    assert not equal("x", per_seed, theory).passed
    assert equal("x", per_seed, theory, tolerance=0.2).passed


def test_within_does_not_pass_for_being_vague() -> None:
    vague = [0.0, 2.0, -1.0, 3.0, 1.0, 1.0]
    assert equal("x", vague, 1.0).passed
    assert not within("x", vague, 1.0, 0.5).passed
    assert not within("x", [1.3, 1.3001, 1.2999], 1.0, 0.25).passed


def test_a_bound_is_judged_by_its_worst_seed() -> None:
    seen = at_most("x", [-5.0, -5.0, -5.0, 0.2], 0.0, 0.1)
    assert seen.value == 0.2
    assert not seen.passed
    assert at_most("x", [-5.0, 0.05], 0.0, 0.1).passed


def test_greater_needs_the_whole_interval() -> None:
    assert not greater("x", [1.0, -0.9, 0.5, 0.4], 0.0).passed
    assert not greater("x", [-1.0, -1.01, -1.02], 0.0).passed


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_value_that_is_not_finite_is_no_observable(bad: float) -> None:
    for make in (lambda v: equal("x", v, 0.0), lambda v: at_most("x", v, 0.0), lambda v: reported("x", v)):
        with pytest.raises(ValueError, match="diverged seeds out"):
            make([1.0, bad, 2.0])


def test_one_seed_is_no_interval() -> None:
    with pytest.raises(ValueError, match="seeds=2 or more"):
        reported("x", [1.0])


def test_reported_only_has_neither_theory_nor_verdict() -> None:
    row = reported("x", [1.0, 2.0]).row()
    assert (row["theory"], row["tolerance"], row["passed"]) == (None, None, None)


def test_a_result_with_a_diverged_seed_or_a_failed_observable_does_not_pass() -> None:
    good = at_most("x", [-1.0], 0.0)
    assert Result("m", 2, 0.1, (good, reported("y", [1.0, 2.0]))).passed
    assert not Result("m", 2, 0.1, (good,), failed=(3,)).passed
    assert not Result("m", 2, 0.1, (good,), error="broken").passed
    assert not Result("m", 2, 0.1, (good, at_most("z", [1.0], 0.0))).passed


def test_a_row_is_json() -> None:
    row = Result("m", 2, 0.1, (within("x", [1.0, 2.0], 0.0, 1.0), at_most("z", [1.0], 0.0))).row()
    assert json.loads(json.dumps(row, allow_nan=False)) == row
