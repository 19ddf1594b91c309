"""Expectations and divergences by Monte Carlo: streamed in cache-sized batches, with honest intervals.

Main definitions: `expectation`, `kl`, `entropy`, `cross_entropy`, `jsd`; their result `Estimate`; and `Comparisons`,
which shares one false-alarm rate among all the checks of a run.

Memory does not grow with the number of samples: buffers hold one batch, sums combine stably (`numerics.intervals`).
Divergences are evaluated in standard noise (`numerics.ratio`), where all that can cancel has cancelled.

Which interval is right. Without further knowledge no interval computed from samples is right for every integrand: a
rare large value may not have been seen. The default is the normal interval with its skewness removed; it needs a finite
third moment and says in `Estimate.caution` when the sample speaks against one. Two others are right for every sample
size under a hypothesis that the caller vouches for: `bounds=(a, b)` (empirical Bernstein), when the integrand stays in
[a, b], and `moment=(p, v)` (median of means), when E|f - E f|^p <= v for some 1 < p <= 2: the variance may be
infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import TypedDict, Unpack

import numpy as np
import torch

from numerics.backend import Backend
from numerics.backend import backend as make_backend
from numerics.intervals import MedianOfMeans, Moments, empirical_bernstein, skewed_normal
from numerics.law import Law, LineLaw
from numerics.noise import Sampler
from numerics.ratio import LogRatio, check_pair
from numerics.stream import Draws, FiniteDraws

__all__ = [
    "Comparison",
    "Comparisons",
    "Estimate",
    "Options",
    "cross_entropy",
    "entropy",
    "expectation",
    "jsd",
    "kl",
]

Integrand = Callable[[torch.Tensor], torch.Tensor]
Progress = Callable[[int, int], None]

# One buffer fills a part of the cache of a CPU core; a GPU wants longer batches to fill its multiprocessors.
_BUFFER_BYTES = {"cpu": 1 << 19, "cuda": 1 << 26}
_DEFAULT_SAMPLES = 1_000_000
_MOST_SAMPLES = 1_000_000_000


@dataclass(frozen=True)
class Estimate:
    """A mean from samples. `interval` misses the expectation with probability at most `alpha` (under `method`).

    `method` is "normal", "bounds" or "moment" (see the module); `reached` is False if a requested half-width was not
    reached within the budget of samples; `caution`, if not empty, says why the interval is not to be trusted.
    """

    mean: float
    standard_error: float
    interval: tuple[float, float]
    samples: int
    alpha: float
    method: str = "normal"
    reached: bool = True
    caution: str = ""
    moments: Moments = field(default=Moments(), repr=False)

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.interval[1] - self.interval[0]) / 2

    def __contains__(self, value: float) -> bool:
        return self.interval[0] <= value <= self.interval[1]


class Options(TypedDict, total=False):
    """The keyword arguments of `expectation`, which the divergences take as well."""

    half_width: float | None
    samples: int | None
    alpha: float
    bounds: tuple[float, float] | None
    moment: tuple[float, float] | None
    backend: Backend | None
    stream: int | str
    progress: Progress | None


@dataclass(frozen=True)
class _Goal:
    """What the caller asked for, checked."""

    half_width: float | None
    samples: int
    alpha: float
    bounds: tuple[float, float] | None
    moment: tuple[float, float] | None
    progress: Progress | None

    def __post_init__(self) -> None:
        if self.half_width is not None and not (math.isfinite(self.half_width) and self.half_width > 0):
            raise ValueError(f"half_width is {self.half_width}; it must be a finite number > 0")
        if isinstance(self.samples, bool) or not isinstance(self.samples, int) or self.samples < 2:
            raise ValueError(f"samples is {self.samples!r}; give a whole number >= 2")
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha is {self.alpha}; it is the probability of a miss, between 0 and 1")
        if self.bounds is not None and self.moment is not None:
            raise ValueError("bounds and moment were both given; give the hypothesis that the interval should rest on")
        if self.bounds is not None and not -math.inf < self.bounds[0] < self.bounds[1] < math.inf:
            raise ValueError(f"bounds is {self.bounds}; give finite (a, b) with a < b")
        if self.moment is not None and not (1 < self.moment[0] <= 2 and 0 < self.moment[1] < math.inf):
            raise ValueError(f"moment is {self.moment}; give (p, v) with 1 < p <= 2 and E|f - E f|^p <= v, 0 < v < inf")


def expectation(law: Law, f: Integrand, **options: Unpack[Options]) -> Estimate:
    """E f(x) for x ~ law.

    `f` takes a batch of samples, of shape (n,) or (n, K), on the backend's device, and returns n values; it must treat
    each sample by itself, since a batch of a mixture is not in random order. The options, all by keyword:

    - `half_width`: draw until the interval is no wider to each side. Looking at the interval several times costs
      alpha: look j is made at alpha / (j (j + 1)), so that all looks together miss with probability alpha;
    - `samples`: draw as many (10^6 unless a half-width is given), or with a half-width at most as many (10^9);
    - `alpha`: the probability of a miss, 0.01;
    - `bounds` or `moment`: the hypothesis that the interval rests on, see the module;
    - `backend` (a CPU in float64 with seed 0) and `stream`, the name of the random stream;
    - `progress(done, planned)`: called between batches.

    Raises ValueError for arguments that make no sense and for values of f that are not finite or not of shape (n,).

    >>> from numerics.laws import Normal
    >>> estimate = expectation(Normal(1, 2), lambda x: x.square(), samples=100_000)
    >>> 5.0 in estimate, estimate.samples
    (True, 100000)
    """
    home, stream, goal = _settings(options, "expectation")
    if isinstance(law, LineLaw) and law.atoms:
        points = home.tensor([float(point) for point, _ in law.atoms])
        values = _checked(f(points), len(points), home)
        return _run(FiniteDraws(values.tolist(), [w for _, w in law.atoms], home, stream), goal)
    size = min(_batch(home, law.dimension or 1), goal.samples)
    sampler = Sampler(law, home, size, home.generator(stream))
    return _run(Draws(lambda n: _checked(f(sampler.draw(n)), n, home), size, goal.bounds is not None), goal)


def kl(p: Law, q: Law, **options: Unpack[Options]) -> Estimate:
    """KL(p || q) = E_p[log p(x) - log q(x)], in nats, from samples of p. Options as in `expectation`.

    Raises ValueError for dimensions that differ, and when p is not absolutely continuous with respect to q, where the
    divergence is infinite.

    >>> from numerics.laws import Normal
    >>> 0.14667494393873238 in kl(Normal(0.3, 0.7), Normal(0, 1), samples=100_000)
    True
    """
    return _log_ratio(p, p, q, "kl", options)


def entropy(p: Law, **options: Unpack[Options]) -> Estimate:
    """H(p) = -E_p[log p(x)], in nats: differential for a continuous law. Options as in `expectation`.

    >>> from numerics.laws import Exponential
    >>> 1.0 in entropy(Exponential(1), samples=100_000)
    True
    """
    return _log_ratio(p, None, p, "entropy", options)


def cross_entropy(p: Law, q: Law, **options: Unpack[Options]) -> Estimate:
    """-E_p[log q(x)], in nats, from samples of p. Options as in `expectation`; raises as `kl` does.

    >>> from numerics.laws import Exponential
    >>> 1.0 in cross_entropy(Exponential(1), Exponential(1), samples=100_000)
    True
    """
    return _log_ratio(p, None, q, "cross entropy", options)


def jsd(p: LineLaw, q: LineLaw, **options: Unpack[Options]) -> Estimate:
    """The Jensen-Shannon divergence KL(p || m)/2 + KL(q || m)/2, m = (p + q)/2, in nats, for laws on the line.

    It is the mean under m of log 2 - h(D), D = p / (p + q), h the binary entropy: a bounded integrand, so the interval
    rests on its bounds (0, log 2) and is right for every pair of laws and every number of samples.
    Options as in `expectation`.

    >>> from numerics.laws import Normal
    >>> 0.04212520571411589 in jsd(Normal(0.3, 0.7), Normal(0, 1), samples=100_000)
    True
    """
    for law in (p, q):
        if not isinstance(law, LineLaw):
            raise TypeError(f"{type(law).__name__} is not a law on the line; jsd mixes laws on the line only")

    # The bounds are true of the integrand; the margin is for its rounding in float32.
    own: Options = {"bounds": (-1e-5, math.log(2) + 1e-5)}
    own.update(options)
    home, stream, goal = _settings(own, "jsd")
    if p.atoms or q.atoms:
        weights, others = dict(p.atoms), dict(q.atoms)
        points = sorted({*weights, *others}) if p.atoms and q.atoms else [Fraction(0)]
        shares = [(weights.get(x, Fraction(0)), others.get(x, Fraction(0))) for x in points]
        if not (p.atoms and q.atoms):
            # A finite and a continuous law share nothing: the integrand is log 2 everywhere.
            shares = [(Fraction(2), Fraction(0))]
        values = [math.log(2) + sum(float(s) * math.log(s) for s in (a / (a + b), b / (a + b)) if s) for a, b in shares]
        return _run(FiniteDraws(values, [(a + b) / 2 for a, b in shares], home, stream), goal)
    size = min(_batch(home, 1), goal.samples)
    generator = home.generator(stream)
    ratios = [LogRatio(a, a, b, home, size, generator, dominated=False) for a, b in ((p, q), (q, p))]
    halves = np.random.default_rng(generator.initial_seed() + 1)
    out = torch.empty(size, dtype=home.dtype, device=home.device)

    def draw(count: int) -> torch.Tensor:
        # In noise, like every divergence here: x itself may round to an end of the support.
        from_p = int(halves.binomial(count, 0.5))
        for ratio, part in zip(ratios, (out[:from_p], out[from_p:count]), strict=True):
            if len(part):
                torch.sigmoid(ratio.draw(len(part)), out=part)
        values = out[:count]
        return math.log(2) + torch.xlogy(values, values) + torch.xlogy(1 - values, 1 - values)

    return _run(Draws(draw, size, goal.bounds is not None), goal)


def _log_ratio(p: Law, numerator: Law | None, denominator: Law | None, name: str, options: Options) -> Estimate:
    home, stream, goal = _settings(options, name)
    if isinstance(p, LineLaw) and p.atoms:
        ratios = [0.0] * len(p.atoms)
        for sign, law in ((1, numerator), (-1, denominator)):
            if law is None:
                continue
            check_pair(p, law)
            assert isinstance(law, LineLaw)  # by check_pair: the dimension is the same
            weights = dict(law.atoms)
            ratios = [r + sign * math.log(weights[x]) for r, (x, _) in zip(ratios, p.atoms, strict=True)]
        return _run(FiniteDraws(ratios, [w for _, w in p.atoms], home, stream), goal)
    size = min(_batch(home, 1), goal.samples)
    ratio = LogRatio(p, numerator, denominator, home, size, home.generator(stream))
    return _run(Draws(ratio.draw, size, goal.bounds is not None), goal)


def _settings(options: Options, name: str) -> tuple[Backend, int | str, _Goal]:
    unknown = set(options) - set(Options.__annotations__)
    if unknown:
        raise TypeError(f"unknown options {sorted(unknown)}; there are {sorted(Options.__annotations__)}")
    half_width, samples, home = options.get("half_width"), options.get("samples"), options.get("backend")
    default = _DEFAULT_SAMPLES if half_width is None else _MOST_SAMPLES
    goal = _Goal(
        half_width,
        default if samples is None else samples,
        options.get("alpha", 0.01),
        options.get("bounds"),
        options.get("moment"),
        options.get("progress"),
    )
    return make_backend() if home is None else home, options.get("stream", name), goal


def _batch(home: Backend, dimension: int) -> int:
    width = 4 if home.dtype == torch.float32 else 8
    return max(64, _BUFFER_BYTES[home.device.type] // (width * dimension))


def _checked(values: torch.Tensor, count: int, home: Backend) -> torch.Tensor:
    if not isinstance(values, torch.Tensor):
        raise TypeError(f"f returned {type(values).__name__}; it must return a tensor of {count} values")
    if values.shape != (count,):
        raise ValueError(f"f returned shape {tuple(values.shape)} for a batch of {count}; it must return ({count},)")
    if values.device.type != home.device.type:
        raise ValueError(f"f returned a tensor on {values.device}, the samples are on {home.device}; keep it there")
    return values


def _run(draws: Draws | FiniteDraws, goal: _Goal) -> Estimate:
    if goal.moment is not None:
        return _run_blocks(draws, goal)
    total = Moments()
    planned = goal.samples if goal.half_width is None else min(goal.samples, max(draws.size, 10_000))
    look = 0
    while True:
        total += draws.moments(planned - total.count, _report(goal, total.count, planned))
        look += 1
        # Without a half-width there is one look; with one, look j spends alpha / (j (j + 1)), which sums to alpha.
        spent = goal.alpha if goal.half_width is None else goal.alpha / (look * (look + 1))
        if goal.bounds is not None:
            _inside(total, draws, goal.bounds)
            interval = empirical_bernstein(total, spent, goal.bounds)
        else:
            interval = skewed_normal(total, spent)
        half = (interval[1] - interval[0]) / 2
        reached = goal.half_width is None or half <= goal.half_width
        if reached or total.count >= goal.samples:
            break
        assert goal.half_width is not None
        # A little beyond the prediction n (half / wanted)^2, at least half as many again, at most 100 times as many.
        factor = min(100.0, max(1.5, 1.2 * (half / goal.half_width) ** 2))
        planned = min(goal.samples, math.ceil(total.count * factor))
    return Estimate(
        mean=total.mean,
        standard_error=total.standard_error,
        interval=interval,
        samples=total.count,
        alpha=goal.alpha,
        method="normal" if goal.bounds is None else "bounds",
        reached=reached,
        caution="" if goal.bounds is not None else _caution(total, draws),
        moments=total,
    )


def _run_blocks(draws: Draws | FiniteDraws, goal: _Goal) -> Estimate:
    assert goal.moment is not None
    plan = MedianOfMeans.plan(goal.alpha, *goal.moment)
    wanted = goal.samples if goal.half_width is None else min(goal.samples, plan.count(goal.half_width))
    size = wanted // plan.blocks
    if size == 0:
        raise ValueError(
            f"samples is {goal.samples}; {plan.blocks} blocks at alpha = {goal.alpha} need as many at least"
        )
    total = Moments()
    means = []
    for _ in range(plan.blocks):
        block = draws.moments(size, _report(goal, total.count, wanted))
        means.append(block.mean)
        total += block
    centre, radius = median(means), plan.radius(total.count)
    return Estimate(
        mean=centre,
        standard_error=total.standard_error,
        interval=(centre - radius, centre + radius),
        samples=total.count,
        alpha=goal.alpha,
        method="moment",
        reached=goal.half_width is None or radius <= goal.half_width,
        moments=total,
    )


def _report(goal: _Goal, before: int, planned: int) -> Callable[[int], None]:
    def report(done: int) -> None:
        if goal.progress is not None:
            goal.progress(before + done, planned)

    return report


def _inside(total: Moments, draws: Draws | FiniteDraws, bounds: tuple[float, float]) -> None:
    low, high = draws.extremes
    if low < bounds[0] or high > bounds[1]:
        raise ValueError(f"f took a value in [{low}, {high}], outside bounds = {bounds}; give bounds that hold")


def _caution(total: Moments, draws: Draws | FiniteDraws) -> str:
    if total.count < 100:
        return f"{total.count} samples are too few for a normal interval; give bounds= or draw more"
    index = draws.tail_index()
    if index > 0.5:
        return (
            f"heavy tail: the largest values look like a power law with index {1 / index:.1f}, where moments of that "
            "order and above are infinite; the normal interval is not to be trusted: give moment=(p, v)"
        )
    share = abs(total.skewness) / math.sqrt(total.count)
    if share > 0.2:
        return "a few samples carry the third moment; the normal interval is not to be trusted: draw more"
    return ""


@dataclass(frozen=True)
class Comparison:
    """One check of an estimate against a reference: `passed` iff the reference, give or take `tolerance`, is inside."""

    name: str
    estimate: Estimate
    reference: float
    tolerance: float
    interval: tuple[float, float]
    passed: bool


class Comparisons:
    """All comparisons of one run, with one false-alarm rate for the family.

    With right formulas the probability that any of up to `count` comparisons fails is at most `alpha`: each is made at
    alpha / count (Bonferroni), whatever the dependence between them, whatever their order, in one process or several.
    The price in power is small: at alpha = 1e-6 and count = 1000 an interval is 6.1 standard errors to each side
    rather than 2.6 at 1e-2, so that an error in a formula is found once it is ten standard errors large.

    Raises ValueError when more than `count` comparisons are made, and for an estimate whose interval is not to be
    trusted (`Estimate.caution`).

    >>> from numerics.laws import Normal
    >>> checks = Comparisons(alpha=1e-6, count=10)
    >>> estimate = expectation(Normal(0, 1), lambda x: x.square(), samples=100_000, alpha=checks.level)
    >>> checks.check("second moment", estimate, 1.0).passed, checks.check("wrong", estimate, 1.1).passed
    (True, False)
    """

    def __init__(self, alpha: float = 1e-6, count: int = 1000) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha is {alpha}; it is a probability, between 0 and 1")
        if count < 1:
            raise ValueError(f"count is {count}; plan for at least one comparison")
        self.alpha = alpha
        self.count = count
        self.made: list[Comparison] = []

    @property
    def level(self) -> float:
        """The false-alarm rate of one comparison: give it to `expectation` and its kin as `alpha`."""
        return self.alpha / self.count

    def check(self, name: str, estimate: Estimate, reference: float, tolerance: float = 0.0) -> Comparison:
        """Compare; `tolerance` is a bound on the error of the reference itself."""
        if len(self.made) >= self.count:
            raise ValueError(f"more than {self.count} comparisons; make Comparisons(alpha, count) with a larger count")
        if not math.isfinite(reference):
            raise ValueError(f"reference of {name!r} is {reference}; compare with a finite number")
        if not 0 <= tolerance < math.inf:
            raise ValueError(f"tolerance of {name!r} is {tolerance}; it must be >= 0")
        if estimate.caution:
            raise ValueError(f"{name!r}: {estimate.caution}")
        if estimate.alpha > self.level:
            if estimate.method != "normal" or not estimate.moments.count:
                raise ValueError(
                    f"{name!r}: its interval was made at alpha = {estimate.alpha}; make it at Comparisons.level"
                )
            interval = skewed_normal(estimate.moments, self.level)
        else:
            interval = estimate.interval
        low, high = interval[0] - tolerance, interval[1] + tolerance
        made = Comparison(name, estimate, reference, tolerance, interval, low <= reference <= high)
        self.made.append(made)
        return made

    @property
    def passed(self) -> bool:
        """Whether all comparisons made so far passed."""
        return all(comparison.passed for comparison in self.made)
