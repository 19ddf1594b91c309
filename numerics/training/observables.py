"""Observables: what a trained model shows, as a number with an interval over seeds, next to what theory says.

Main definitions: `Observable`; five ways to make one from per-seed values, each a different question
(`equal`, `within`, `at_most`, `greater`, `reported`); `Result`, one trained model with all its observables.

Intervals. The unit of repetition is the seed: every observable is first one number per seed, and its interval is
Student's t over seeds. An observable that is only reported carries the usual 95 % interval. Observables that are
*tested* share a family: FAMILY_ERROR is the chance that a complete run raises any false alarm, divided evenly
(Bonferroni) among FAMILY_SIZE tests, so the level of one test is 1 - 1.25e-5 and new seeds do not flake. An observable
that is bounded in every single run (`at_most`) has no sampling error to allow for; its interval is the range over
seeds, and its tolerance is for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FAMILY_ERROR",
    "FAMILY_SIZE",
    "Observable",
    "Outcome",
    "Result",
    "at_most",
    "equal",
    "greater",
    "reported",
    "student_interval",
    "within",
]

FAMILY_ERROR = 1e-3
FAMILY_SIZE = 80
_TESTED_LEVEL = 1.0 - FAMILY_ERROR / FAMILY_SIZE
_REPORTED_LEVEL = 0.95

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Observable:
    """One number seen in training, its interval, and what theory says about it.

    `expects` says in words how value and theory are compared; `theory`, `tolerance` and `passed` are None for an
    observable that is only reported. Units are those of the name (nats for losses and divergences).
    """

    name: str
    value: float
    interval: tuple[float, float]
    theory: float | None
    tolerance: float | None
    passed: bool | None
    expects: str

    def row(self) -> dict[str, Any]:
        """The observable as it stands in `train --format json` (design, section 8)."""
        return {
            "name": self.name,
            "value": self.value,
            "interval": list(self.interval),
            "theory": self.theory,
            "tolerance": self.tolerance,
            "passed": self.passed,
        }


def student_interval(per_seed: ArrayLike, level: float = _REPORTED_LEVEL) -> tuple[float, float, float]:
    """Mean and Student-t interval of independent per-seed values: (mean, low, high).

    Source: Student (1908); exact for Gaussian values, n - 1 degrees of freedom. Raises ValueError for fewer than two
    values or a value that is not finite: a diverged seed is to be reported, not averaged away.

    >>> mean, low, high = student_interval([1.0, 2.0, 3.0])
    >>> round(mean, 3), round(low, 3), round(high, 3)
    (2.0, -0.484, 4.484)
    """
    values = _finite(per_seed)
    if len(values) < 2:
        raise ValueError(
            f"an interval over seeds needs at least 2 seeds, got {len(values)}; train with seeds=2 or more"
        )
    from scipy.special import stdtrit

    mean = float(values.mean())
    half = float(stdtrit(len(values) - 1, 0.5 + level / 2)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def equal(name: str, per_seed: ArrayLike, theory: float, tolerance: float = 0.0) -> Observable:
    """Theory gives the mean exactly; sampling error is all that may part them.

    Passes iff the interval meets [theory - tolerance, theory + tolerance]. With tolerance 0 this is the t-test at the
    family's level: a true theory fails with chance FAMILY_ERROR / FAMILY_SIZE.

    >>> equal("mean", [0.9, 1.1, 1.0, 1.05], 1.0).passed
    True
    """
    mean, low, high = student_interval(per_seed, _TESTED_LEVEL)
    passed = low <= theory + tolerance and high >= theory - tolerance
    return Observable(name, mean, (low, high), theory, tolerance, passed, "= theory, up to the interval")


def within(name: str, per_seed: ArrayLike, theory: float, tolerance: float) -> Observable:
    """Training is said to arrive at theory: the whole interval must lie within `tolerance` of it.

    The stronger question: a wide interval fails instead of passing.

    >>> within("loss", [1.000, 1.001, 0.999, 1.000], 1.0, 0.05).passed, within("loss", [0.5, 1.5], 1.0, 0.05).passed
    (True, False)
    """
    mean, low, high = student_interval(per_seed, _TESTED_LEVEL)
    passed = theory - tolerance <= low and high <= theory + tolerance
    return Observable(name, mean, (low, high), theory, tolerance, passed, "= theory, the interval within the tolerance")


def at_most(name: str, per_seed: ArrayLike, bound: float, tolerance: float = 0.0) -> Observable:
    """A bound that holds in every run: the value is the worst seed, the interval the range over seeds.

    >>> at_most("gap", [-2.0, -1.0], 0.0).value, at_most("gap", [-2.0, 0.1], 0.0).passed
    (-1.0, False)
    """
    values = _finite(per_seed)
    worst = float(values.max())
    return Observable(
        name, worst, (float(values.min()), worst), bound, tolerance, worst <= bound + tolerance, "<= theory, every seed"
    )


def greater(name: str, per_seed: ArrayLike, bound: float) -> Observable:
    """Theory says which way a comparison falls, not by how much: the whole interval must lie above `bound`.

    >>> greater("difference", [1.00, 1.02, 0.99, 1.01], 0.0).passed, greater("difference", [-1.0, 1.2], 0.0).passed
    (True, False)
    """
    mean, low, high = student_interval(per_seed, _TESTED_LEVEL)
    return Observable(name, mean, (low, high), bound, 0.0, low > bound, "> theory, the whole interval")


def reported(name: str, per_seed: ArrayLike) -> Observable:
    """Theory predicts no number: the mean with its 95 % interval, no pass and no fail.

    >>> reported("modes", [7.0, 8.0]).passed is None
    True
    """
    mean, low, high = student_interval(per_seed, _REPORTED_LEVEL)
    return Observable(name, mean, (low, high), None, None, None, "reported")


@dataclass(frozen=True)
class Outcome:
    """What one model file hands back: per-seed health, observables over the healthy seeds, curves for the figures.

    `alive` is one truth value per seed: did every parameter and every loss of this seed stay finite? Curves are NumPy
    arrays on the CPU; by convention the first axis of a per-seed curve is the seed.
    """

    alive: Sequence[bool]
    observables: Sequence[Observable]
    curves: Mapping[str, Array]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Result:
    """One trained model: its observables, its failed seeds, and the curves that its figure draws.

    `failed` lists the seeds that diverged; they are in no mean and no interval, and a result with failed seeds does
    not pass. `error` is set when the model as a whole could not be trained.
    """

    name: str
    seeds: int
    seconds: float
    observables: tuple[Observable, ...]
    notes: tuple[str, ...] = ()
    failed: tuple[int, ...] = ()
    error: str | None = None
    curves: Mapping[str, Array] = field(default_factory=dict, repr=False, compare=False)

    @property
    def passed(self) -> bool:
        """True iff nothing failed: no error, no diverged seed, no observable off its theory."""
        return self.error is None and not self.failed and all(o.passed is not False for o in self.observables)

    def row(self) -> dict[str, Any]:
        """The result as it stands in `train --format json` (design, section 8).

        >>> Result("a", 2, 0.5, (reported("b", [1.0, 1.0]),)).row()["observables"][0]["interval"]
        [1.0, 1.0]
        """
        return {
            "name": self.name,
            "seeds": self.seeds,
            "seconds": self.seconds,
            "observables": [observable.row() for observable in self.observables],
        }


def _finite(per_seed: ArrayLike) -> Array:
    values = np.asarray(per_seed, dtype=np.float64).reshape(-1)
    if values.size == 0 or not np.isfinite(values).all():
        raise ValueError(
            "an observable needs finite values of at least one seed; leave diverged seeds out and name them"
        )
    return values
