"""Distribution functions in ball arithmetic, and the Wasserstein-1 distance of two laws on the line from them.

Main definitions: `cdf`, `w1_value`.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from flint import acb, arb

from numerics.bounded import EnclosureError
from numerics.forms import cut_points, to_fmpq
from numerics.integral import ball_of, constant_growth, integral, linear_growth
from numerics.law import LineLaw
from numerics.laws import Beta, Exponential, Gamma, Laplace, Mixture, Normal, Uniform
from numerics.pieces import Local, Mixed, Piece, Point, cut_for, pieces, tail_bound

__all__ = ["cdf", "w1_value"]


def cdf(law: LineLaw, x: arb, inside: Fraction) -> arb:
    """P(X <= x) for real x in the piece of the line around the point `inside`, or at its ends, by the formula inside.

    The piece must hold no atom, no kink and no end of a support inside. Formulas: NIST Handbook, 7.2, 8.2 and 8.17.

    Raises TypeError for a law that is not of `numerics.laws`.

    >>> cdf(Exponential(1), arb(0), Fraction(1)).str(5)
    '0'
    """
    if law.atoms:
        return arb(to_fmpq(sum((weight for point, weight in law.atoms if point < inside), Fraction(0))))
    match law:
        case Mixture(weights=weights, components=components):
            pairs = zip(weights, components, strict=True)
            return sum((to_fmpq(w) * cdf(c, x, inside) for w, c in pairs if w), arb(0))
        case Normal(mean=mean, scale=scale):
            return ((to_fmpq(mean) - x) / (to_fmpq(scale) * arb(2).sqrt())).erfc() / 2
        case Laplace(mean=mean, scale=scale):
            z = (x - to_fmpq(mean)) / to_fmpq(scale)
            return z.exp() / 2 if inside < mean else 1 - (-z).exp() / 2
    lower, upper = law.forms[0][1].lower, law.forms[0][1].upper
    if lower is not None and inside < lower:
        return arb(0)
    if upper is not None and inside > upper:
        return arb(1)
    match law:
        case Exponential(rate=rate):
            return -(-to_fmpq(rate) * x).expm1()
        case Uniform(lower=a, upper=b):
            return (x - to_fmpq(a)) / to_fmpq(b - a)
        case Gamma(shape=shape, rate=rate):
            if x.is_zero():
                return arb(0)
            return acb(x * to_fmpq(rate)).gamma_lower(acb(to_fmpq(shape)), regularized=1).real
        case Beta(a=a, b=b):
            if x.is_zero() or (1 - x).is_zero():
                return x
            return acb(x).beta_lower(acb(to_fmpq(a)), acb(to_fmpq(b)), regularized=1).real
    raise TypeError(f"{type(law).__name__} has no distribution function here; build it from the laws of numerics.laws")


def w1_value(p: LineLaw, q: LineLaw, tolerance: arb, budget: list[int]) -> arb:
    """The integral of |F - G|, aiming at the given absolute error.

    Beyond a cut T it is at most E(X - T)+ + E(Y - T)+ = integral of (x - T)(p(x) + q(x)) over x > T, which
    `pieces.tail_bound` bounds. Between the cuts the sign of F - G is certified on intervals, halved until it is, or
    until what they hold is negligible; on an interval [a, b] of one sign, by parts,
    integral of F - G = b (F - G)(b) - a (F - G)(a) - integral of x (p - q).
    """
    atoms = [point for law in (p, q) for point, _ in law.atoms]
    ends = sorted({*atoms, *cut_points(form for law in (p, q) for _, form in law.forms)})
    if p.atoms and q.atoms:
        return ball_of(sum((abs(_step(p, q, (a + b) / 2)) * (b - a) for a, b in pairwise(ends)), Fraction(0)))
    base = pieces([p, q], ends)
    lowest, highest, rest = _cuts(p, q, base, ends, tolerance / 8)
    signs, small = _signs(p, q, base, ends, lowest, highest, tolerance / 8, budget)
    changes = [a for (_, s), (a, t) in pairwise(signs) if s != t]
    total = arb(0)
    fine = [piece for piece in pieces([p, q], [*ends, *changes]) if piece.lower is None or piece.lower < highest]
    for piece in _with_gaps(fine, lowest, highest):
        a, b = piece.lower, piece.upper
        assert a is not None
        assert b is not None
        inside = piece.inside
        sign = [s for start, s in signs if start <= inside][-1]
        left, right = Mixed(p, a, b, inside), Mixed(q, a, b, inside)

        def moment(at: Point, shift: acb | None, left: Mixed = left, right: Mixed = right) -> acb:
            density = acb(0)
            for factor, law in ((1, left), (-1, right)):
                for part in law.parts:
                    value = part(at)
                    density += factor * (value if shift is None else value + shift).exp()
            return density * at.x

        gap = ball_of(b) * _gap(p, q, ball_of(b), inside)
        gap -= ball_of(a) * _gap(p, q, ball_of(a), inside)
        masses = left.parts + right.parts
        if masses:
            size = constant_growth(1 + abs(ball_of(a)) + abs(ball_of(b)))
            gap -= integral(piece, moment, masses, size, tolerance / (4 * len(fine)), budget)
        total += sign * gap
    return total + arb(0, (rest + small).upper())


def _step(p: LineLaw, q: LineLaw, inside: Fraction) -> Fraction:
    below = [sum((w for x, w in law.atoms if x < inside), Fraction(0)) for law in (p, q)]
    return below[0] - below[1]


def _gap(p: LineLaw, q: LineLaw, x: arb, inside: Fraction) -> arb:
    return cdf(p, x, inside) - cdf(q, x, inside)


def _cuts(
    p: LineLaw, q: LineLaw, base: list[Piece], ends: list[Fraction], share: arb
) -> tuple[Fraction, Fraction, arb]:
    """A finite interval and a bound for the integral of |F - G| outside of it."""
    known = [*ends, *(end for piece in base for end in (piece.lower, piece.upper) if end is not None)]
    lowest, highest, rest = min(known), max(known), arb(0)
    for side, outer in ((-1, [x for x in base if x.lower is None]), (1, [x for x in base if x.upper is None])):
        for piece in outer:
            masses = [part for law in (p, q) for part in Mixed(law, piece.lower, piece.upper, piece.inside).parts]

            def bound(x: arb, s: int, masses: list[Local] = masses) -> arb:
                return tail_bound(masses, linear_growth.growth(x, s), x, s)

            start = highest if side == 1 else lowest
            scale = max(form.scale for law in (p, q) for _, form in law.forms)
            cut = cut_for(bound, start, scale, side, share)
            if cut is None:
                raise EnclosureError(f"the tail of |F - G| cannot be bounded by {share.str(3)}")
            rest += bound(ball_of(cut), side)
            lowest, highest = (cut, highest) if side == -1 else (lowest, cut)
    return lowest, highest, rest


def _signs(
    p: LineLaw,
    q: LineLaw,
    base: list[Piece],
    ends: list[Fraction],
    lowest: Fraction,
    highest: Fraction,
    share: arb,
    budget: list[int],
) -> tuple[list[tuple[Fraction, int]], arb]:
    """The sign of F - G from each of a sorted list of points on, and a bound for what the doubtful intervals hold.

    On [a, b] with middle m the gap lies within (F - G)(m) plus or minus (b - a)/2 times the largest |p - q|, and, by
    monotonicity, between F(a) - G(b) and F(b) - G(a).
    """
    cuts = {lowest, highest, *ends, *(x for piece in base for x in (piece.lower, piece.upper) if x is not None)}
    todo = [(a, b) for a, b in pairwise(sorted(x for x in cuts if lowest <= x <= highest))]
    todo.reverse()
    whole = ball_of(highest - lowest)
    signs: list[tuple[Fraction, int]] = []
    small = arb(0)
    while todo:
        a, b = todo.pop()
        budget[0] -= 1
        if budget[0] <= 0:
            raise EnclosureError("the limit was spent before the signs of F - G were certified; raise the limit")
        middle = (a + b) / 2
        gap = _gap_over(p, q, a, b, middle)
        if gap > 0 or gap < 0 or gap.is_zero():
            sign = 1 if gap > 0 else -1
        elif abs(gap).upper() * ball_of(b - a) * 2 <= share * ball_of(b - a) / whole or (
            abs(gap).upper() * ball_of(b - a) * 2 <= share / 1000
        ):
            sign = signs[-1][1] if signs else 1
            small += abs(gap).upper() * ball_of(b - a) * 2
        else:
            todo += [(middle, b), (a, middle)]
            continue
        if not signs or signs[-1][1] != sign:
            signs.append((a, sign))
    return signs, small


def _gap_over(p: LineLaw, q: LineLaw, a: Fraction, b: Fraction, middle: Fraction) -> arb:
    half = ball_of((b - a) / 2)
    over = Point(acb(ball_of(middle) + arb(0, 1) * half), False)
    left, right = Mixed(p, a, b, middle), Mixed(q, a, b, middle)
    if len(left.parts) == len(right.parts) == 1:
        # p - q = p (1 - e^u): no cancellation when the laws are close.
        u = right.parts[0].minus(left.parts[0])(over)
        slope = -left.parts[0](over).exp() * u.expm1()
    else:
        slope = sum((part(over).exp() for part in left.parts), acb(0))
        slope -= sum((part(over).exp() for part in right.parts), acb(0))
    at_middle = _gap(p, q, ball_of(middle), middle)
    if slope.is_finite():
        first = at_middle + slope.real * half * arb(0, 1)
        if first > 0 or first < 0 or first.is_zero():
            return first
    low = cdf(p, ball_of(a), middle) - cdf(q, ball_of(b), middle)
    high = cdf(p, ball_of(b), middle) - cdf(q, ball_of(a), middle)
    second = low.union(high)
    return second if not slope.is_finite() or abs(second).upper() < abs(first).upper() else first


def _with_gaps(fine: list[Piece], lowest: Fraction, highest: Fraction) -> list[Piece]:
    """The pieces between the cuts, with those parts filled in where no density is active and F - G is constant."""
    made: list[Piece] = []
    reached = lowest
    for piece in fine:
        lower = lowest if piece.lower is None else max(lowest, piece.lower)
        upper = highest if piece.upper is None else min(highest, piece.upper)
        if lower >= upper:
            continue
        if lower > reached:
            made.append(Piece(reached, lower))
        made.append(Piece(lower, upper, piece.map))
        reached = upper
    if reached < highest:
        made.append(Piece(reached, highest))
    return made
