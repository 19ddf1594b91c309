"""Rigorous enclosures of expectations and divergences, by integration in ball arithmetic (Arb, through python-flint).

Main definitions: `kl`, `jsd`, `entropy`, `cross_entropy`, `expectation`, `w1`; their result `Enclosure`; and
`EnclosureError`, raised when the digits asked for cannot be had within the limit.

How. The line is cut at the ends and kinks of the densities and around each centre at the scales of the laws
(`numerics.pieces`). On a piece the integrand is analytic; Petras's algorithm as implemented in Arb (Johansson 2018,
"Numerical integration in arbitrary-precision ball arithmetic") encloses its integral, given that analyticity is
declared truthfully, which every log here does by the integrator's flag. Tails are bounded by the inequalities proved in
`pieces.tail_bound` and `pieces.end_bound` and added to the radius. No closed form of a divergence is used. Log-ratios
of single components are formed exactly before they are integrated, and mixtures share one exponential per component.

Parameters of laws are exact (see `numerics.forms.rational`), so the enclosed number is that of the law as written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from flint import acb, arb, ctx

from numerics.bounded import Enclosure, EnclosureError, certified
from numerics.cdf import cdf
from numerics.forms import Parameter, cut_points, rational, to_fmpq
from numerics.law import Law, LineLaw, absolutely_continuous
from numerics.multivariate import DiagonalNormal
from numerics.pieces import (
    Growth,
    Local,
    Mixed,
    Piece,
    Point,
    cut_for,
    end_bound,
    pieces,
    polynomial_growth,
    tail_bound,
)

__all__ = ["Enclosure", "EnclosureError", "cross_entropy", "entropy", "expectation", "jsd", "kl", "w1"]

# Evaluations of an integrand before giving up; about a minute for a divergence of mixtures.
LIMIT = 2_000_000


def kl(p: Law, q: Law, digits: int = 50, limit: int = LIMIT) -> Enclosure:
    """KL(p || q) in nats, with at least `digits` significant digits.

    Laws on the line, or `DiagonalNormal` (the sum over coordinates). If the value is below 10^-digits, `digits` counts
    decimals after that many zeros: the radius is at most 10^-digits max(|value|, 10^-digits). Infinite exactly when p
    is not absolutely continuous with respect to q.

    Raises EnclosureError when `limit` evaluations of the integrand do not suffice, TypeError for other laws, ValueError
    for dimensions that differ or digits below 1.

    >>> from numerics.laws import Normal
    >>> kl(Normal(0.3, 0.7), Normal(0, 1), digits=30).mid[:32]
    '0.146674943938732378912638711241'
    """
    return _divergence(p, q, digits, limit, _kl_of_lines)


def cross_entropy(p: Law, q: Law, digits: int = 50, limit: int = LIMIT) -> Enclosure:
    """-E_p[log q(x)] in nats; laws, digits and errors as in `kl`.

    >>> from numerics.laws import Exponential
    >>> float(cross_entropy(Exponential(1), Exponential(1), digits=20))
    1.0
    """
    return _divergence(p, q, digits, limit, _cross_entropy_of_lines)


def entropy(p: Law, digits: int = 50, limit: int = LIMIT) -> Enclosure:
    """-E_p[log p(x)] in nats, differential for a continuous law; laws, digits and errors as in `kl`.

    >>> from numerics.laws import Uniform
    >>> entropy(Uniform(0, 1)).as_json()
    {'mid': '0', 'rad': '0'}
    """
    return _divergence(p, p, digits, limit, _cross_entropy_of_lines)


def jsd(p: LineLaw, q: LineLaw, digits: int = 50, limit: int = LIMIT) -> Enclosure:
    """The Jensen-Shannon divergence KL(p || m)/2 + KL(q || m)/2, m = (p + q)/2, in nats; digits and errors as in `kl`.

    Log 2 exactly for laws that share no set, a continuous and a finite one among them.

    >>> from numerics.laws import Normal
    >>> jsd(Normal(0.3, 0.7), Normal(0, 1), digits=30).mid[:32]
    '0.042125205714115894470290996872'
    """
    _check_line(p, q)
    return certified(lambda tolerance, budget: _jsd_value(p, q, tolerance, budget), digits, limit)


def expectation(
    law: LineLaw,
    f: Callable[[acb, bool], acb],
    digits: int = 50,
    *,
    growth: tuple[Parameter, int] | None = None,
    kinks: Sequence[Parameter] = (),
    limit: int = LIMIT,
) -> Enclosure:
    """E f(x) for x ~ law, digits and errors as in `kl`.

    `f(x, analytic)` takes and returns complex balls and must pass the flag on to everything that has a branch cut:
    `x.log(analytic=analytic)`, `x.sqrt(analytic=analytic)`, `x.real_abs(analytic=analytic)` for |x|. `growth=(c, k)`
    states |f(x)| <= c (1 + |x|)^k on the support; it is needed when the support is unbounded or the density singular at
    an end, and the enclosure is as true as it is. `kinks` are points where f is not analytic, if known: they save time.

    >>> from numerics.laws import Normal
    >>> second = expectation(Normal(1, 2), lambda x, analytic: x * x, digits=30, growth=(1, 2))
    >>> Fraction(5) in second
    True
    """
    _check_line(law)
    if growth is not None and (growth[1] < 0 or rational(growth[0], "growth[0]") < 0):
        raise ValueError(f"growth is {growth}; give (c, k) with c >= 0 and an integer k >= 0")
    points = [rational(point, "kinks") for point in kinks]
    return certified(lambda tol, budget: _mean_value(law, f, growth, points, tol, budget), digits, limit)


def w1(p: LineLaw, q: LineLaw, digits: int = 50, limit: int = LIMIT) -> Enclosure:
    """The Wasserstein-1 distance of two laws on the line, the integral of |F - G|; digits and errors as in `kl`.

    Source: Vallender (1974). Exact for two finite laws.

    >>> from numerics.laws import Dirac, Uniform
    >>> w1(Uniform(0, 1), Dirac(0), digits=20).as_json()["mid"][:5]
    '0.500'
    """
    _check_line(p, q)
    return certified(lambda tolerance, budget: _w1_value(p, q, tolerance, budget), digits, limit)


Integrand = Callable[[Point, acb | None], acb]


def _check_line(*laws: Law) -> None:
    for law in laws:
        if not isinstance(law, LineLaw):
            raise TypeError(f"{type(law).__name__} is not a law on the line; only kl and the entropies take products")


def _divergence(
    p: Law, q: Law, digits: int, limit: int, value: Callable[[LineLaw, LineLaw, arb, list[int]], arb]
) -> Enclosure:
    if isinstance(p, DiagonalNormal) and isinstance(q, DiagonalNormal):
        if p.dimension != q.dimension:
            raise ValueError(f"laws of dimensions {p.dimension} and {q.dimension}; give two laws of one dimension")
        pairs: dict[tuple[LineLaw, LineLaw], int] = {}
        for pair in zip(p.marginals, q.marginals, strict=True):
            pairs[pair] = pairs.get(pair, 0) + 1

        def total(tolerance: arb, budget: list[int]) -> arb:
            share = tolerance / p.dimension
            return sum((n * value(a, b, share, budget) for (a, b), n in pairs.items()), arb(0))

        return certified(total, digits, limit)
    if not isinstance(p, LineLaw) or not isinstance(q, LineLaw):
        raise TypeError(
            f"{type(p).__name__} and {type(q).__name__}: enclosures take two laws on the line or two DiagonalNormal"
        )
    if not absolutely_continuous(p, q):
        return Enclosure("inf", "0")
    return certified(lambda tolerance, budget: value(p, q, tolerance, budget), digits, limit)


def _kl_of_lines(p: LineLaw, q: LineLaw, tolerance: arb, budget: list[int]) -> arb:
    if p.atoms:
        weights = dict(q.atoms)
        return sum((_ball(w) * _ball(w / weights[x]).log() for x, w in p.atoms if w != weights[x]), arb(0))
    total = arb(0)
    plan = pieces([p, q])
    for piece in plan:
        mine, other = _mixed(p, piece), _mixed(q, piece)
        if not mine.parts:
            continue
        difference: Local | None = None
        if len(mine.parts) == 1 and len(other.parts) == 1:
            difference = mine.parts[0].minus(other.parts[0])
            if difference.is_zero:
                continue

        def integrand(at: Point, shift: acb | None, mine: Mixed = mine, other: Mixed = other,
                      difference: Local | None = difference) -> acb:  # fmt: skip
            log_p, head, rest = mine(at)
            ratio = log_p - other(at)[0] if difference is None else difference(at)
            return _density(head, rest, shift) * ratio

        growth = _sum_of_growths([mine, other] if difference is None else [difference])
        total += _integral(piece, integrand, mine.parts, growth, tolerance / len(plan), budget)
    return total


def _cross_entropy_of_lines(p: LineLaw, q: LineLaw, tolerance: arb, budget: list[int]) -> arb:
    if p.atoms:
        weights = dict(q.atoms)
        return -sum((_ball(w) * _ball(weights[x]).log() for x, w in p.atoms if weights[x] != 1), arb(0))
    total = arb(0)
    plan = pieces([p, q])
    for piece in plan:
        mine, other = _mixed(p, piece), _mixed(q, piece)
        if not mine.parts:
            continue
        if len(other.parts) == 1 and other.parts[0].is_zero:
            continue

        def integrand(at: Point, shift: acb | None, mine: Mixed = mine, other: Mixed = other) -> acb:
            log_p, head, rest = mine(at)
            return -_density(head, rest, shift) * (log_p if p == q else other(at)[0])

        growth = _sum_of_growths([other])
        total += _integral(piece, integrand, mine.parts, growth, tolerance / len(plan), budget)
    return total


def _jsd_value(p: LineLaw, q: LineLaw, tolerance: arb, budget: list[int]) -> arb:
    """JSD = log 2 + 1/2 integral of q u - (p + q) log(1 + e^u), u = log q - log p, over where both densities live.

    The integrand is between -(p + q) log 2 and 0, which bounds its tails. With Re u < 0 at the midpoint it is evaluated
    as written, else with p and q exchanged, so that the exponential is small and 1 + e^u stays off the branch cut.
    """
    log_two = arb(2).log()
    if bool(p.atoms) != bool(q.atoms):
        return log_two
    if p.atoms:
        return log_two + _jsd_of_atoms(p, q) / 2
    total = arb(0)
    plan = pieces([p, q])
    for piece in plan:
        left, right = _mixed(p, piece), _mixed(q, piece)
        if not left.parts or not right.parts:
            continue
        difference = right.parts[0].minus(left.parts[0]) if len(left.parts) == len(right.parts) == 1 else None

        def integrand(at: Point, shift: acb | None, left: Mixed = left, right: Mixed = right,
                      difference: Local | None = difference) -> acb:  # fmt: skip
            log_p, head, rest = left(at)
            if difference is None:
                log_q, head_q, rest_q = right(at)
                u = log_q - log_p
            else:
                u = difference(at)
                head_q, rest_q = head + u, None
            if u.real.mid() < 0:
                small = u.exp()
                density = _density(head, rest, shift)
            else:
                small, u = (-u).exp(), -u
                density = _density(head_q, rest_q, shift)
            both = density * small
            return both * u - (density + both) * (1 + small).log(analytic=at.analytic)

        masses = left.parts + right.parts
        total += _integral(piece, integrand, masses, _constant_growth(log_two), tolerance / len(plan), budget)
    return log_two + total / 2


def _jsd_of_atoms(p: LineLaw, q: LineLaw) -> arb:
    total = arb(0)
    other = dict(q.atoms)
    for point, a in p.atoms:
        if b := other.get(point):
            total += _ball(a) * _ball(a / (a + b)).log() + _ball(b) * _ball(b / (a + b)).log()
    return total


def _mean_value(
    law: LineLaw,
    f: Callable[[acb, bool], acb],
    growth: tuple[Parameter, int] | None,
    points: Sequence[Fraction],
    tolerance: arb,
    budget: list[int],
) -> arb:
    if law.atoms:
        return sum((_ball(w) * _real(f(acb(to_fmpq(x)), False), x) for x, w in law.atoms), arb(0))
    total = arb(0)
    plan = pieces([law], points)
    for piece in plan:
        mine = _mixed(law, piece)
        if not mine.parts:
            continue
        if growth is None and (piece.map or piece.lower is None or piece.upper is None):
            raise ValueError(
                f"{law} has an unbounded or singular density; state growth=(c, k) with |f(x)| <= c (1 + |x|)^k"
            )

        def integrand(at: Point, shift: acb | None, mine: Mixed = mine) -> acb:
            _, head, rest = mine(at)
            return _density(head, rest, shift) * f(at.x, at.analytic)

        bound = _user_growth(growth)
        total += _integral(piece, integrand, mine.parts, bound, tolerance / len(plan), budget)
    return total


def _w1_value(p: LineLaw, q: LineLaw, tolerance: arb, budget: list[int]) -> arb:
    """The integral of |F - G|: beyond a cut it is at most E(X - T)+ + E(Y - T)+, the integral of (x - T)(p + q)."""
    atoms = [point for law in (p, q) for point, _ in law.atoms]
    forms = [form for law in (p, q) for _, form in law.forms]
    ends = sorted({*atoms, *cut_points(forms)})
    if p.atoms and q.atoms:
        total = arb(0)
        for a, b in pairwise(ends):
            inside = (a + b) / 2
            gap = sum((w for x, w in p.atoms if x < inside), Fraction(0))
            gap -= sum((w for x, w in q.atoms if x < inside), Fraction(0))
            total += _ball(abs(gap) * (b - a))
        return total
    plan = [Piece(piece.lower, piece.upper) for piece in pieces([p, q], ends)]
    # Between the parts of two supports F - G is constant, and no density is active there.
    covered = {(piece.lower, piece.upper) for piece in plan}
    cuts = sorted({end for pair in covered for end in pair if end is not None} | set(ends))
    plan += [Piece(a, b) for a, b in pairwise(cuts) if not _overlaps(a, b, covered)]
    total = arb(0)
    for piece in plan:
        masses = _mixed(p, piece).parts + _mixed(q, piece).parts
        inside = piece.inside

        def integrand(at: Point, shift: acb | None, inside: Fraction = inside) -> acb:
            gap = cdf(p, at.x, inside, at.analytic) - cdf(q, at.x, inside, at.analytic)
            return gap.real_abs(analytic=at.analytic)

        # The growth s turns the bound for the density into one for E(X - T)+.
        total += _integral(piece, integrand, masses, _linear_growth, tolerance / len(plan), budget)
    return total


def _overlaps(a: Fraction, b: Fraction, covered: set[tuple[Fraction | None, Fraction | None]]) -> bool:
    middle = (a + b) / 2
    return any((lower is None or lower < middle) and (upper is None or middle < upper) for lower, upper in covered)


# A bound of a factor: its growth beyond a cut, or (c, d) with |factor| <= c + d |log y| near an end.
class _Factor:
    def __init__(
        self,
        growth: Callable[[arb, int], Growth],
        near: Callable[[Fraction, int, arb], tuple[arb, arb]],
    ) -> None:
        self.growth = growth
        self.near = near


def _sum_of_growths(terms: Sequence[Mixed | Local]) -> _Factor:
    def growth(cut: arb, side: int) -> Growth:
        total = [arb(0)] * 3
        for term in terms:
            total = [a + b for a, b in zip(total, term.growth(cut, side), strict=True)]
        return total

    def near(end: Fraction, side: int, width: arb) -> tuple[arb, arb]:
        constant, powers = arb(0), arb(0)
        for term in terms:
            c, d = term.near(end, side, width)
            constant, powers = constant + abs(c), powers + abs(d)
        return constant, powers

    return _Factor(growth, near)


def _constant_growth(constant: arb) -> _Factor:
    return _Factor(lambda cut, side: [constant], lambda end, side, width: (constant, arb(0)))


_linear_growth = _Factor(lambda cut, side: [arb(0), arb(1)], lambda end, side, width: (arb(1), arb(0)))


def _user_growth(growth: tuple[Parameter, int] | None) -> _Factor:
    if growth is None:
        return _constant_growth(arb("inf"))
    constant, degree = _ball(rational(growth[0], "growth[0]")), growth[1]
    return _Factor(
        lambda cut, side: polynomial_growth(constant, degree, cut),
        lambda end, side, width: (constant * (2 + abs(_ball(end))) ** degree, arb(0)),
    )


def _ball(value: Fraction) -> arb:
    return arb(to_fmpq(value))


def _real(value: acb, x: Fraction) -> arb:
    if not value.is_finite():
        raise ValueError(f"f is not finite at the atom {float(x)}")
    return value.real


def _mixed(law: LineLaw, piece: Piece) -> Mixed:
    return Mixed(law, piece.lower, piece.upper, piece.inside)


def _density(head: acb, rest: acb | None, shift: acb | None) -> acb:
    density = (head if shift is None else head + shift).exp()
    return density if rest is None else density * rest


def _integral(
    piece: Piece, integrand: Integrand, masses: Sequence[Local], factor: _Factor, tolerance: arb, budget: list[int]
) -> arb:
    """The integral over one piece, in its own variable, with the tails in the radius.

    `shift` is the log of the Jacobian of the substitution, None without one.
    """
    share = tolerance / 8
    lower, upper, rest = piece.lower, piece.upper, arb(0)
    if piece.map:
        end, far = (lower, upper) if piece.map == 1 else (upper, lower)
        assert end is not None
        assert far is not None
        start, remainder = _end_cut(masses, factor, end, piece.map, far, share)
        stop = _ball(abs(far - end)).log()
        side = piece.map

        def mapped(t: acb, analytic: bool) -> acb:
            step = t.exp()
            return integrand(Point(to_fmpq(end) + side * step, analytic, {(end, side): t}), t)

        return _arb_integral(mapped, start, stop, share, budget) + arb(0, remainder)
    for side in (-1, 1):
        if (lower if side == -1 else upper) is not None:
            continue
        near = upper if side == -1 else lower
        scale = max((1 / _slope(mass) for mass in masses), default=Fraction(1))
        origin = piece.inside if near is None else near
        cut = cut_for(lambda x, s: tail_bound(masses, factor.growth(x, s), x, s), origin, scale, side, share)
        if cut is None:
            raise EnclosureError(f"the tail of {piece} cannot be bounded by {share.str(3)}")
        rest += tail_bound(masses, factor.growth(_ball(cut), side), _ball(cut), side)
        lower, upper = (cut, upper) if side == -1 else (lower, cut)
    assert lower is not None
    assert upper is not None

    def plain(x: acb, analytic: bool) -> acb:
        return integrand(Point(x, analytic), None)

    return _arb_integral(plain, _ball(lower), _ball(upper), share, budget) + arb(0, rest.upper())


def _slope(mass: Local) -> Fraction:
    """A rate at which a density falls off, as a scale for the search of a cut."""
    return abs(mass.linear_exact) if not mass.quadratic_exact else Fraction(math.sqrt(-2 * mass.quadratic_exact))


def _end_cut(
    masses: Sequence[Local], factor: _Factor, end: Fraction, side: int, far: Fraction, share: arb
) -> tuple[arb, arb]:
    """(t, r): what lies between the end and its distance e^t has an integral of at most r <= share."""
    t = min(arb(-1), _ball(abs(far - end)).log().floor() - 1)
    for _ in range(200):
        width = t.exp().upper()
        constant, powers = factor.near(end, side, width)
        bound = end_bound(masses, constant, powers, end, side, width)
        if bound <= share:
            return t, bound
        t *= 2
    raise EnclosureError(f"the singularity at {float(end)} is too strong to bound its integral by {share.str(3)}")


def _arb_integral(f: Callable[[acb, bool], acb], start: arb, stop: arb, tolerance: arb, budget: list[int]) -> arb:
    failure: list[Exception] = []

    def counted(x: acb, analytic: bool) -> acb:
        budget[0] -= 1
        if failure:
            return acb("nan")
        try:
            return f(x, analytic)
        except Exception as error:  # noqa: BLE001
            # The integrator is C and cannot carry an exception; it is raised below.
            failure.append(error)
            return acb("nan")

    value = acb.integral(
        counted, acb(start), acb(stop), abs_tol=tolerance, rel_tol=arb(2) ** (-ctx.prec), eval_limit=max(1, budget[0])
    )
    if failure:
        raise failure[0]
    return value.real
