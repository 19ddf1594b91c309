"""Deterministic integrals in double precision, with error estimates.

Main definitions: `expectation`, `integrate`, the divergences `kl`, `cross_entropy`, `entropy`, `jsd` for laws on the
line, and `tensor` for normal laws in a few dimensions; their result `Integral`; `QuadratureError`.

On the line: adaptive Gauss-Kronrod rules of 10 and 21 points (Piessens et al. 1983, QUADPACK), all intervals at once.
The laws say where to look: the line is cut at the ends and kinks of densities and at multiples of each component's
scale around its centre, so a needle is never between the points. An expectation integrates over the standard noise e
of a component, x = centre + scale * e, where a needle is as wide as anything, and next to a singular end over log e.

Estimates are not proofs: the error returned is the difference of the two rules plus rounding, a large overestimate for
smooth integrands (tested against `numerics.enclosure`), but f may hide from any finite set of points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from numerics.forms import Constant, LogForm, cut_points, rational
from numerics.law import Law, LineLaw, absolutely_continuous
from numerics.laws import DiagonalNormal, Mixture, MultivariateNormal

__all__ = [
    "Integral",
    "QuadratureError",
    "cross_entropy",
    "entropy",
    "expectation",
    "integrate",
    "jsd",
    "kl",
    "tensor",
]

Function = Callable[[np.ndarray], np.ndarray]

# QUADPACK, qk21: Kronrod's nodes in [0, 1], his weights, and Gauss's weights at every second node.
_NODES = np.array(
    [0.995657163025808080735527280689003, 0.973906528517171720077964012084452, 0.930157491355708226001207180059508,
     0.865063366688984510732096688423493, 0.780817726586416897063717578345042, 0.679409568299024406234327365114874,
     0.562757134668604683339000099272694, 0.433395394129247190799265943165784, 0.294392862701460198131126603103866,
     0.148874338981631210884826001129720, 0.0]
)  # fmt: skip
_KRONROD = np.array(
    [0.011694638867371874278064396062192, 0.032558162307964727478818972459390, 0.054755896574351996031381300244580,
     0.075039674810919952767043140916190, 0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
     0.123491976262065851077958109585166, 0.134709217311473325928054001771707, 0.142775938577060080797094273138717,
     0.147739104901338491374841515972068, 0.149445554002916905664936468389821]
)  # fmt: skip
_GAUSS = np.array(
    [0.0, 0.066671344308688137593568809893332, 0.0, 0.149451349150580593145863397657697, 0.0,
     0.219086362515982043995534934228163, 0.0, 0.269266719309996355091226921569469, 0.0,
     0.295524224714752870173815619188769, 0.0]
)  # fmt: skip
_X = np.concatenate([-_NODES, _NODES[-2::-1]])
_K = np.concatenate([_KRONROD, _KRONROD[-2::-1]])
_G = np.concatenate([_GAUSS, _GAUSS[-2::-1]])

_CUTS = (1.0, 3.0, 8.0)
_MOST_INTERVALS = 20_000


class QuadratureError(ArithmeticError):
    """The tolerance was not reached: the integral may not exist, or be too rough."""


@dataclass(frozen=True)
class Integral:
    """A value, an estimate of its absolute error, and the number of evaluations of the integrand.

    >>> value, error = Integral(1.0, 1e-12, 21)
    """

    value: float
    error: float
    evaluations: int

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter((self.value, self.error))


def expectation(law: Law, f: Function, *, tolerance: float = 1e-10, points: Sequence[float] = ()) -> Integral:
    """E f(x) for x ~ law, to an absolute error of `tolerance` times max(1, |value|).

    `f` takes an array of x, of shape (n,), or (n, K) for a normal law in K dimensions (see `tensor`), and returns n
    values. `points` are places where f itself has a kink or jump.

    Raises QuadratureError when the tolerance is not reached, ValueError for values that are not finite or of a wrong
    shape.

    >>> from numerics.laws import Normal
    >>> abs(expectation(Normal(1000, 1e-6), lambda x: x).value - 1000) < 1e-9
    True
    """
    if not tolerance > 0:
        raise ValueError(f"tolerance is {tolerance}; it must be > 0")
    if not isinstance(law, LineLaw):
        return tensor(law, f, tolerance=tolerance)
    if law.atoms:
        return _atoms(law, f)

    def integrand(origin: Fraction, scale: Fraction) -> Function:
        return lambda e: _values(f, float(origin) + float(scale) * e)

    return _over_components(law, integrand, tolerance, points)


def integrate(
    f: Function,
    scales: LineLaw | Sequence[LineLaw | float],
    *,
    over: tuple[float, float] = (-math.inf, math.inf),
    tolerance: float = 1e-10,
) -> Integral:
    """The integral of f over an interval, to an absolute error of `tolerance` times max(1, |value|).

    `scales` says where f varies: a law, several laws, or points at which to cut. Raises as `expectation`.

    >>> from numerics.laws import Normal
    >>> needle = Normal(1000, "1/1048576")
    >>> value, error = integrate(lambda x: np.exp(needle.forms[0][1](x)), needle)
    >>> abs(value - 1) < 1e-8
    True
    """
    if not over[0] < over[1]:
        raise ValueError(f"over is {over}; give (lower, upper) with lower < upper")
    given = [scales] if isinstance(scales, LineLaw) else list(scales)
    cuts: set[float] = set()
    for item in given:
        if isinstance(item, LineLaw):
            cuts.update(float(point) for point in cut_points(form for _, form in item.forms))
            for centre, scale in item.scales:
                cuts.update(centre + sign * k * scale for k in (0.0, *_CUTS, 30.0) for sign in (-1, 1))
        else:
            cuts.add(float(item))
    if not all(math.isfinite(cut) for cut in cuts):
        raise ValueError("a cut is not finite; give finite points, and infinite ends by over=")
    inner = sorted(cut for cut in cuts if over[0] < cut < over[1])
    if not inner and math.isinf(over[0]) and math.isinf(over[1]):
        inner = [0.0]
    return _adaptive(lambda x: _values(f, x), [over[0], *inner, over[1]], tolerance)


def kl(p: LineLaw, q: LineLaw, *, tolerance: float = 1e-10) -> Integral:
    """KL(p || q) in nats; infinite, with error 0, when p is not absolutely continuous with respect to q.

    >>> from numerics.laws import Normal
    >>> abs(kl(Normal(0.3, 0.7), Normal(0, 1)).value - 0.14667494393873238) < 1e-12
    True
    """
    return _divergence(p, p, q, tolerance)


def cross_entropy(p: LineLaw, q: LineLaw, *, tolerance: float = 1e-10) -> Integral:
    """-E_p[log q(x)] in nats; infinite as in `kl`.

    >>> from numerics.laws import Exponential
    >>> abs(cross_entropy(Exponential(1), Exponential(1)).value - 1) < 1e-12
    True
    """
    return _divergence(p, None, q, tolerance)


def entropy(p: LineLaw, *, tolerance: float = 1e-10) -> Integral:
    """-E_p[log p(x)] in nats, differential for a continuous law.

    >>> from numerics.laws import Laplace
    >>> abs(entropy(Laplace(0, 1)).value - 1 - math.log(2)) < 1e-12
    True
    """
    return _divergence(p, None, p, tolerance)


def jsd(p: LineLaw, q: LineLaw, *, tolerance: float = 1e-10) -> Integral:
    """The Jensen-Shannon divergence KL(p || m)/2 + KL(q || m)/2, m = (p + q)/2, in nats.

    >>> from numerics.laws import Normal
    >>> abs(jsd(Normal(0.3, 0.7), Normal(0, 1)).value - 0.04212520571411589) < 1e-12
    True
    """
    if bool(p.atoms) != bool(q.atoms):
        return Integral(math.log(2), 0.0, 0)
    middle = Mixture(["1/2", "1/2"], [p, q])
    first, second = kl(p, middle, tolerance=tolerance), kl(q, middle, tolerance=tolerance)
    evaluations = first.evaluations + second.evaluations
    return Integral((first.value + second.value) / 2, (first.error + second.error) / 2, evaluations)


def tensor(law: Law, f: Function, *, order: int = 24, tolerance: float = math.inf) -> Integral:
    """E f(x) for a normal law in K dimensions by a tensor Gauss-Hermite rule; f takes (n, K) and returns n values.

    Exact for polynomials of degree below 2 order in each coordinate of the noise. The error is the difference from the
    rule of two thirds of the order. order^K is at most 2e6.

    Raises TypeError for other laws, ValueError when the rule is too large, QuadratureError beyond the tolerance.

    >>> from numerics.laws import DiagonalNormal
    >>> square = tensor(DiagonalNormal([0, 1], [1, 2]), lambda x: (x**2).sum(1))
    >>> round(square.value, 10)
    6.0
    """
    if not isinstance(law, DiagonalNormal | MultivariateNormal):
        raise TypeError(f"{type(law).__name__}: tensor rules take DiagonalNormal and MultivariateNormal")
    size = law.dimension
    if order < 3 or order**size > 2_000_000:
        raise ValueError(f"order {order} in {size} dimensions; take 3 <= order and order^K <= 2e6, or Monte Carlo")
    mean = np.array(law.mean, dtype=float)
    if isinstance(law, DiagonalNormal):
        root = np.diag(np.array(law.scales, dtype=float))
    else:
        root = np.linalg.cholesky(np.array(law.covariance, dtype=float))
    values, count, size_of_sum = [], 0, 0.0
    for n in (order, max(2, 2 * order // 3)):
        nodes, weights = np.polynomial.hermite_e.hermegauss(n)
        weights = weights / weights.sum()
        grid = np.stack([axis.ravel() for axis in np.meshgrid(*[nodes] * size, indexing="ij")], axis=1)
        mass = np.ones(1)
        for _ in range(size):
            mass = np.outer(mass, weights).ravel()
        at = _values(f, mean + grid @ root.T)
        values.append(float(mass @ at))
        size_of_sum = max(size_of_sum, float(mass @ np.abs(at)))
        count += len(at)
    error = abs(values[0] - values[1]) + 50 * np.finfo(float).eps * size_of_sum
    if error > tolerance * max(1.0, abs(values[0])):
        raise QuadratureError(f"error {error:.3g} with order {order}; raise the order or the tolerance")
    return Integral(values[0], error, count)


def _divergence(p: LineLaw, top: LineLaw | None, bottom: LineLaw, tolerance: float) -> Integral:
    for law in (p, bottom):
        if not isinstance(law, LineLaw):
            raise TypeError(f"{type(law).__name__} is not a law on the line; use tensor, enclosure or montecarlo")
    if not absolutely_continuous(p, bottom):
        return Integral(math.inf, 0.0, 0)
    if p.atoms:
        weights, other = dict(top.atoms) if top else None, dict(bottom.atoms)
        terms = [float(w) * ((math.log(weights[x]) if weights else 0.0) - math.log(other[x])) for x, w in p.atoms]
        value = math.fsum(terms)
        return Integral(value, 1e-15 * math.fsum(map(abs, terms)), len(terms))

    def integrand(origin: Fraction, scale: Fraction) -> Function:
        above = [] if top is None else _in_noise(top, origin, scale)
        below = _in_noise(bottom, origin, scale)
        if len(above) == len(below) == 1 and above == below:
            return lambda e: np.zeros_like(e)
        return lambda e: (_log_sum(above, e) if above else 0.0) - _log_sum(below, e)

    forms = [form for law in (p, bottom) for _, form in law.forms]
    # A needle of the other law is as easily stepped over as one of its own: cut at its scale as well.
    places = [form.centre + form.scale * Fraction(k) for form in forms for k in (0, *_CUTS, *(-c for c in _CUTS))]
    return _over_components(p, integrand, tolerance, [*cut_points(forms), *places])


def _in_noise(law: LineLaw, origin: Fraction, scale: Fraction) -> list[LogForm]:
    return [
        replace(moved, constant=moved.constant + Constant.log(weight))
        for weight, form in law.forms
        for moved in [form.in_noise(origin, scale)]
    ]


def _log_sum(forms: list[LogForm], e: np.ndarray) -> np.ndarray:
    if len(forms) == 1:
        return np.asarray(forms[0](e))
    values = np.stack([form(e) for form in forms])
    top = values.max(axis=0)
    # Off every support the sum is log 0; the density that it multiplies is 0 there.
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.exp(values - safe).sum(axis=0)))


# A function of the noise e with x = origin + scale * e, for any origin and scale.
InNoise = Callable[[Fraction, Fraction], Function]


def _over_components(
    law: LineLaw, integrand: InNoise, tolerance: float, points: Sequence[float | Fraction]
) -> Integral:
    """The sum over components of weight times the integral of density times integrand, in the noise of each."""
    value, error, count = 0.0, 0.0, 0
    for weight, form in law.forms:
        piece = _component(form, integrand, tolerance, points)
        value += float(weight) * piece.value
        error += float(weight) * piece.error
        count += piece.evaluations
    return Integral(value, error, count)


def _component(form: LogForm, integrand: InNoise, tolerance: float, points: Sequence[float | Fraction]) -> Integral:
    centre, scale = form.centre, form.scale
    part = _standard(form, centre, scale)
    lower = -math.inf if part.lower is None else float(part.lower)
    upper = math.inf if part.upper is None else float(part.upper)
    # Compared exactly: rounded, a point that is an end would look like one just inside.
    exact = [rational(point, "points") for point in points]
    inside = [x for x in exact if (form.lower is None or x > form.lower) and (form.upper is None or x < form.upper)]
    scaled = [float((x - centre) / scale) for x in inside]
    cuts = {0.0, *(sign * k for k in _CUTS for sign in (-1.0, 1.0)), *(float(x) for x, _ in part.kinks), *scaled}
    inner = sorted(cut for cut in cuts if lower < cut < upper)
    ends = [lower, *inner, upper]
    results = []
    for singular, end, place, side in ((form.left, form.lower, 1, 1), (form.right, form.upper, -2, -1)):
        if singular and end is not None:
            results.append(_at_end(form, integrand, end, abs(ends[place] - ends[place - side]), side, tolerance))
            ends = ends[1:] if side == 1 else ends[:-1]
    if len(ends) > 1:
        results.append(_adaptive(_product(part, integrand(centre, scale)), ends, tolerance))
    value = math.fsum(r.value for r in results)
    # The density is the exponential of a sum of terms of this size, each with its own rounding error.
    terms = [float(Constant.of(term)) for term in form.constant.terms]
    size = sum(map(abs, terms)) + 10 * float(abs(form.left) + abs(form.right))
    rounding = 4 * np.finfo(float).eps * size * max(1.0, abs(value))
    return Integral(value, float(math.fsum(r.error for r in results) + rounding), sum(r.evaluations for r in results))


def _standard(form: LogForm, origin: Fraction, scale: Fraction) -> LogForm:
    """The log-density of the noise e, x = origin + scale * e."""
    part = form.in_noise(origin, scale)
    return replace(part, constant=part.constant + Constant.log(scale))


def _product(part: LogForm, g: Function) -> Function:
    def product(e: np.ndarray) -> np.ndarray:
        density = np.exp(part(e))
        # 0 * inf: where the density underflows the product is below rounding for every integrable g.
        with np.errstate(invalid="ignore"):
            return np.where(density > 0, density * g(e), 0.0)

    return product


def _at_end(form: LogForm, integrand: InNoise, end: Fraction, width: float, side: int, tolerance: float) -> Integral:
    """The integral over the given width (in scales) next to a singular end, over t = log of the distance from it.

    The noise starts at the end, so that distances from it, and their logs, are exact however small.
    """
    power = float(form.left if side == 1 else form.right)
    part = _standard(form, end, form.scale)
    regular = replace(part, left=Fraction(0)) if side == 1 else replace(part, right=Fraction(0))
    g = integrand(end, form.scale)

    def product(t: np.ndarray) -> np.ndarray:
        e = side * np.exp(t)
        density = np.exp(np.asarray(regular(e)) + (power + 1) * t)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(density > 0, density * g(e), 0.0)

    top, fall = math.log(width), 1 / (power + 1)
    # e^(-40) is below rounding; exp(t) is a positive float down to t = -700.
    floor = max(top - 45 * fall, -700.0)
    starts = {max(top - k * fall, floor) for k in (45.0, 20.0, 8.0, 3.0, 1.0)}
    return _adaptive(product, sorted(starts | {top}), tolerance)


def _atoms(law: LineLaw, f: Function) -> Integral:
    values = _values(f, np.array([float(point) for point, _ in law.atoms]))
    terms = [float(w) * float(v) for (_, w), v in zip(law.atoms, values, strict=True)]
    return Integral(math.fsum(terms), 1e-15 * math.fsum(map(abs, terms)), len(terms))


def _values(f: Function, x: np.ndarray) -> np.ndarray:
    values = np.asarray(f(x), dtype=float)
    if values.shape != x.shape[:1]:
        raise ValueError(
            f"f returned shape {values.shape} for {len(x)} points; it must be vectorised (numpy.vectorize?)"
        )
    return values


def _adaptive(f: Function, ends: Sequence[float], tolerance: float) -> Integral:
    """The integral over the intervals between `ends`, halving those whose two rules differ most."""
    low, high, turn = [], [], []
    for a, b in pairwise(ends):
        if math.isinf(a) and math.isinf(b):
            raise ValueError("cut the line at some point first")
        # On [a, inf): x = a + u / (1 - u), 0 <= u < 1; on (-inf, b] its mirror image.
        infinite = math.isinf(a) or math.isinf(b)
        low.append(0.0 if infinite else a)
        high.append(1.0 if infinite else b)
        turn.append((b, -1.0) if math.isinf(a) else (a, 1.0) if math.isinf(b) else (0.0, 0.0))
    a_, b_ = np.array(low), np.array(high)
    origin, side = (np.array(column) for column in zip(*turn, strict=True))
    done_value: list[float] = []
    done_error = 0.0
    count = 0
    while True:
        half = (b_ - a_) / 2
        u = ((a_ + b_) / 2)[:, None] + half[:, None] * _X
        finite = side[:, None] == 0
        gap = np.where(finite, 1.0, 1 - u)
        x = np.where(finite, u, origin[:, None] + side[:, None] * u / gap)
        values = f(x.ravel()).reshape(x.shape) / gap**2
        count += x.size
        if not np.isfinite(values).all():
            bad = float(x.ravel()[~np.isfinite(values.ravel())][0])
            raise ValueError(f"f is not finite near {bad!r}; cut there (points=), or the integral does not exist")
        kronrod, gauss = half * (values @ _K), half * (values @ _G)
        rounding = 50 * np.finfo(float).eps * half * (np.abs(values) @ _K)
        error = np.abs(kronrod - gauss) + rounding
        total = math.fsum(done_value) + math.fsum(kronrod)
        whole = done_error + float(error.sum())
        goal = tolerance * max(1.0, abs(total))
        if whole <= goal:
            return Integral(total, whole, count)
        # What is within its share by width, or at the level of rounding, stays as it is.
        rough = (error > goal / (4 * len(error))) & (error > 4 * rounding)
        done_value += kronrod[~rough].tolist()
        done_error += float(error[~rough].sum())
        a_, b_, origin, side = a_[rough], b_[rough], origin[rough], side[rough]
        if not len(a_) or done_error > goal or count > 21 * _MOST_INTERVALS:
            raise QuadratureError(
                f"error {whole:.3g} after {count} evaluations, wanted {goal:.3g}; raise the tolerance, or cut at kinks"
            )
        middle = (a_ + b_) / 2
        a_, b_ = np.concatenate([a_, middle]), np.concatenate([middle, b_])
        origin, side = np.tile(origin, 2), np.tile(side, 2)
