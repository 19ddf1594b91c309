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

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import acb, arb

from numerics.bounded import Enclosure, EnclosureError, certified
from numerics.cdf import w1_value
from numerics.forms import Parameter, rational, to_fmpq
from numerics.integral import Factor, ball_of, constant_growth, integral, sum_of_growths
from numerics.law import Law, LineLaw, absolutely_continuous
from numerics.multivariate import DiagonalNormal
from numerics.pieces import Local, Mixed, Piece, Point, pieces, polynomial_growth

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

    Source: Vallender (1974). By parts, the integral of F over [a, b] is b F(b) - a F(a) minus that of x p(x); the signs
    of F - G are certified first, see `numerics.cdf`. Rational, hence exact, for two finite laws.

    >>> from numerics.laws import Dirac, Uniform
    >>> w1(Uniform(0, 1), Dirac(0), digits=20).as_json()["mid"][:5]
    '0.500'
    """
    _check_line(p, q)
    return certified(lambda tolerance, budget: w1_value(p, q, tolerance, budget), digits, limit)


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
        return sum((ball_of(w) * ball_of(w / weights[x]).log() for x, w in p.atoms if w != weights[x]), arb(0))
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
            if difference is not None:
                return _density(mine.parts[0](at), None, shift) * difference(at)
            log_p, head, rest = mine(at)
            return _density(head, rest, shift) * (log_p - other(at)[0])

        growth = sum_of_growths([mine, other] if difference is None else [difference])
        direct = None if difference is None else _polynomials(mine.parts[0], difference)
        total += integral(piece, integrand, mine.parts, growth, tolerance / len(plan), budget, direct)
    return total


def _polynomials(mass: Local, factor: Local) -> Callable[[acb, bool], acb] | None:
    """exp(mass) factor without logs, both about one centre: entire, and written out, since its speed is Python's."""
    if mass.logs or factor.logs or mass.centre_exact != factor.centre_exact:
        return None
    centre, a, b, c = mass.complex_centre, mass.complex_quadratic, mass.complex_linear, mass.complex_constant
    k, m, n = factor.complex_quadratic, factor.complex_linear, factor.complex_constant
    if not mass.linear_exact:
        # A centred normal law: its constant leaves the exponent.
        scale = c.exp()
        k, m, n = k * scale, m * scale, n * scale
        return lambda x, analytic: ((d := x - centre) * d * a).exp() * ((d * k + m) * d + n)
    return lambda x, analytic: (((d := x - centre) * a + b) * d + c).exp() * ((d * k + m) * d + n)


def _cross_entropy_of_lines(p: LineLaw, q: LineLaw, tolerance: arb, budget: list[int]) -> arb:
    if p.atoms:
        weights = dict(q.atoms)
        return -sum((ball_of(w) * ball_of(weights[x]).log() for x, w in p.atoms if weights[x] != 1), arb(0))
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

        growth = sum_of_growths([other])
        total += integral(piece, integrand, mine.parts, growth, tolerance / len(plan), budget)
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
            # On a wide ball log q = log p + u would lose the cancellation in it: each is evaluated by itself.
            log_q, head_q, rest_q = right(at)
            u = log_q - log_p if difference is None else difference(at)
            if u.real.mid() < 0:
                small = u.exp()
                density = _density(head, rest, shift)
            else:
                small, u = (-u).exp(), -u
                density = _density(head_q, rest_q, shift)
            both = density * small
            return both * u - (density + both) * (1 + small).log(analytic=at.analytic)

        masses = left.parts + right.parts
        total += integral(piece, integrand, masses, constant_growth(log_two), tolerance / len(plan), budget)
    return log_two + total / 2


def _jsd_of_atoms(p: LineLaw, q: LineLaw) -> arb:
    total = arb(0)
    other = dict(q.atoms)
    for point, a in p.atoms:
        if b := other.get(point):
            total += ball_of(a) * ball_of(a / (a + b)).log() + ball_of(b) * ball_of(b / (a + b)).log()
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
        return sum((ball_of(w) * _real(f(acb(to_fmpq(x)), False), x) for x, w in law.atoms), arb(0))
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
        total += integral(piece, integrand, mine.parts, bound, tolerance / len(plan), budget)
    return total


def _user_growth(growth: tuple[Parameter, int] | None) -> Factor:
    if growth is None:
        return constant_growth(arb("inf"))
    constant, degree = ball_of(rational(growth[0], "growth[0]")), growth[1]
    return Factor(
        lambda cut, side: polynomial_growth(constant, degree, cut),
        lambda end, side, width: (constant * (2 + abs(ball_of(end))) ** degree, arb(0)),
    )


def _real(value: acb, x: Fraction) -> arb:
    if not value.is_finite():
        raise ValueError(f"f is not finite at the atom {float(x)}")
    return value.real


def _mixed(law: LineLaw, piece: Piece) -> Mixed:
    return Mixed(law, piece.lower, piece.upper, piece.inside)


def _density(head: acb, rest: acb | None, shift: acb | None) -> acb:
    density = (head if shift is None else head + shift).exp()
    return density if rest is None else density * rest
