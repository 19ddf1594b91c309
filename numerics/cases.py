"""What the numeric companions draw: random concrete laws and parameters, and samples at the level that they share.

Main definitions: `decimal`, `weights`, `points`, random numbers with few digits; `noise`, `sample`, `table`, means by
Monte Carlo at `numerics.checks.LEVEL`; `slope`, the derivative of an enclosed integral; `highest_mean`, the largest
mean over all laws on finitely many points, by linear programming.

Numbers are drawn as short decimals, so that they are exact rationals in every computation they enter.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import torch
from flint import arb

from numerics.backend import Backend
from numerics.bounded import Enclosure
from numerics.checks import LEVEL, ball
from numerics.forms import to_fmpq
from numerics.law import Law, LineLaw
from numerics.laws import Categorical, DiagonalNormal
from numerics.montecarlo import Estimate, expectation

__all__ = [
    "SAMPLES",
    "decimal",
    "highest_mean",
    "log_density",
    "noise",
    "points",
    "sample",
    "slope",
    "table",
    "uniforms",
    "weights",
]

# An interval is six standard errors to each side, so this finds an error of 6 % of a standard deviation.
SAMPLES = 40_000


def decimal(draw: random.Random, low: float, high: float, places: int = 3) -> Fraction:
    """A random decimal between two numbers, exact.

    >>> decimal(random.Random(0), 0, 1, places=2)
    Fraction(21, 25)
    """
    return Fraction(round(draw.uniform(low, high) * 10**places), 10**places)


def weights(draw: random.Random, size: int, orders: int = 0) -> tuple[Fraction, ...]:
    """Random probabilities, all positive, over as many orders of magnitude.

    >>> sum(weights(random.Random(0), 5, orders=8))
    Fraction(1, 1)
    """
    raw = [Fraction(draw.randint(1, 1000), 1000 * 10 ** draw.randint(0, orders)) for _ in range(size)]
    total = sum(raw, Fraction(0))
    return tuple(w / total for w in raw)


def points(draw: random.Random, size: int, spread: int = 5) -> tuple[Fraction, ...]:
    """Different random numbers within *spread* of 0, in random order."""
    return tuple(Fraction(k, 100) for k in draw.sample(range(-100 * spread, 100 * spread + 1), size))


def noise(size: int) -> DiagonalNormal:
    """The standard normal law in *size* dimensions."""
    return DiagonalNormal([0] * size, [1] * size)


def uniforms(eps: torch.Tensor) -> torch.Tensor:
    """Standard normal noise as uniform noise in [0, 1)."""
    return torch.special.ndtr(eps).clamp(max=1 - 2**-53)


def sample(
    law: Law,
    f: Callable[[torch.Tensor], torch.Tensor],
    home: Backend,
    stream: str,
    bounds: tuple[float, float] | None = None,
    samples: int = SAMPLES,
) -> Estimate:
    """E f(x) for x ~ law, from samples, at the level of all companions; `bounds` as in `numerics.montecarlo`."""
    return expectation(law, f, samples=samples, alpha=LEVEL, backend=home, stream=stream, bounds=bounds)


def table(law: Sequence[Fraction], values: Sequence[float], home: Backend, stream: str) -> Estimate:
    """The mean of a table of values under probabilities, from samples."""
    entries = home.tensor([float(v) for v in values])
    room = 1e-9 * max(1.0, float(entries.abs().max()))
    # The sample may miss rare values; these bounds are true and make the interval right all the same.
    bounds = (float(entries.min()) - room, float(entries.max()) + room)
    return sample(Categorical(law), lambda i: entries[i.long()], home, stream, bounds)


def log_density(law: LineLaw, x: np.ndarray) -> np.ndarray:
    """log p(x) for the quadrature rules that take arrays; -inf off the support.

    >>> from numerics.laws import Normal
    >>> log_density(Normal(0, 1), np.zeros(1)).round(6).tolist()
    [-0.918939]
    """
    parts = np.stack([math.log(weight) + np.asarray(form(x)) for weight, form in law.forms])
    top = parts.max(axis=0)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.exp(parts - safe).sum(axis=0)))


def slope(value: Callable[[Fraction], Enclosure | arb], at: Fraction, step: Fraction = Fraction(1, 10**5)) -> arb:
    """The derivative of a smooth function, from four enclosed values, up to step^4 times a fifth derivative.

    Source: Abramowitz and Stegun, 25.3.6, without its middle term.

    >>> bool(abs(slope(lambda t: ball(t).exp(), Fraction(0)) - 1) < 1e-9)
    True
    """

    def at_ball(t: Fraction) -> arb:
        found = value(t)
        return ball(found) if isinstance(found, Enclosure) else found

    near = at_ball(at + step) - at_ball(at - step)
    far = at_ball(at + 2 * step) - at_ball(at - 2 * step)
    return (8 * near - far) / to_fmpq(12 * step)


def highest_mean(values: Sequence[Fraction]) -> tuple[Fraction, tuple[Fraction, ...]]:
    """The largest mean of finitely many values over all laws on them, and a law that has it: a linear program.

    HiGHS finds law and multiplier in floating point; both are rounded to rationals, and weak duality certifies them:
    the mean under the law is no less than the multiplier, which no value exceeds.

    Raises ArithmeticError if the solver fails or the certificate does not hold.

    >>> highest_mean([Fraction(1), Fraction(3), Fraction(2)])
    (Fraction(3, 1), (Fraction(0, 1), Fraction(1, 1), Fraction(0, 1)))
    """
    from scipy.optimize import linprog

    size = max(1.0, *(abs(float(v)) for v in values))
    costs = np.array([-float(v) / size for v in values])
    found = linprog(costs, A_eq=np.ones((1, len(values))), b_eq=[1.0], bounds=(0, None), method="highs-ds")
    if found.status != 0:
        raise ArithmeticError(f"the linear program was not solved: {found.message}")
    law = tuple(Fraction(float(x)).limit_denominator(10**6) for x in found.x)
    mean = sum((w * v for w, v in zip(law, values, strict=True)), Fraction(0))
    if sum(law) != 1 or min(law) < 0 or mean < max(values):
        raise ArithmeticError(f"the linear program's law {law} is not certified: its mean is {mean}")
    return mean, law
