"""The integral over one piece in ball arithmetic, with what is cut off in the radius.

Main definitions: `Factor`, what is known of the size of an integrand; `integral`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import acb, arb, ctx

from numerics.bounded import EnclosureError
from numerics.forms import to_fmpq
from numerics.pieces import Growth, Local, Mixed, Piece, Point, cut_for, end_bound, tail_bound

__all__ = ["Factor", "Integrand", "ball_of", "constant_growth", "integral", "linear_growth", "sum_of_growths"]

# The value at a point; the second argument is the log of the substitution's Jacobian, None without a substitution.
Integrand = Callable[[Point, acb | None], acb]


def ball_of(value: Fraction) -> arb:
    """An exact number as a ball."""
    return arb(to_fmpq(value))


class Factor:
    """A bound of a factor of density: its growth beyond a cut, or (c, d) with |factor| <= c + d |log y| near an end."""

    def __init__(
        self,
        growth: Callable[[arb, int], Growth],
        near: Callable[[Fraction, int, arb], tuple[arb, arb]],
    ) -> None:
        self.growth = growth
        self.near = near


def sum_of_growths(terms: Sequence[Mixed | Local]) -> Factor:
    """The factor |t_1| + |t_2| + ... of log-densities."""

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

    return Factor(growth, near)


def constant_growth(constant: arb) -> Factor:
    """A factor that is bounded."""
    return Factor(lambda cut, side: [constant], lambda end, side, width: (constant, arb(0)))


# The distance beyond a cut: it turns the bound for a mass into one for E(X - T)+.
linear_growth = Factor(lambda cut, side: [arb(0), arb(1)], lambda end, side, width: (arb(1), arb(0)))


def integral(
    piece: Piece,
    integrand: Integrand,
    masses: Sequence[Local],
    factor: Factor,
    tolerance: arb,
    budget: list[int],
    direct: Callable[[acb, bool], acb] | None = None,
) -> arb:
    """The integral of `integrand` over one piece, which |integrand| <= sum exp(masses) * factor bounds.

    `direct`, if given, is the same integrand in the variable x itself, in one function; a piece with a substitution
    does not use it. Raises EnclosureError when a tail cannot be bounded by a part of the tolerance; what the integrator
    itself does not reach shows in the radius.
    """
    share = tolerance / 8
    lower, upper, rest = piece.lower, piece.upper, arb(0)
    if piece.map:
        end, far = (lower, upper) if piece.map == 1 else (upper, lower)
        assert end is not None
        assert far is not None
        start, remainder = _end_cut(masses, factor, end, piece.map, far, share)
        stop = ball_of(abs(far - end)).log()
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
        rest += tail_bound(masses, factor.growth(ball_of(cut), side), ball_of(cut), side)
        lower, upper = (cut, upper) if side == -1 else (lower, cut)
    assert lower is not None
    assert upper is not None

    def plain(x: acb, analytic: bool) -> acb:
        return integrand(Point(x, analytic), None)

    return _arb_integral(plain if direct is None else direct, ball_of(lower), ball_of(upper), share, budget) + arb(
        0, rest.upper()
    )


def _slope(mass: Local) -> Fraction:
    """A rate at which a density falls off, as a scale for the search of a cut."""
    return abs(mass.linear_exact) if not mass.quadratic_exact else Fraction(math.sqrt(-2 * mass.quadratic_exact))


def _end_cut(
    masses: Sequence[Local], factor: Factor, end: Fraction, side: int, far: Fraction, share: arb
) -> tuple[arb, arb]:
    """(t, r): what lies between the end and its distance e^t has an integral of at most r <= share."""
    t = min(arb(-1), ball_of(abs(far - end)).log().floor() - 1)
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
