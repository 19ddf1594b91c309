"""The line cut into pieces on which log-densities are analytic, and rigorous bounds for what lies beyond the cuts.

For the enclosures: everything here is ball arithmetic and exact rationals.

Main definitions: `Local`, a log-density on one piece; `Mixed`, that of a law with several components; `Piece` and
`pieces`; `tail_bound` and `end_bound`, two proved inequalities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import comb, factorial

from flint import acb, arb

from numerics.forms import Constant, LogForm, cut_points, to_fmpq
from numerics.law import LineLaw

__all__ = ["Local", "Mixed", "Piece", "Point", "cut_for", "end_bound", "pieces", "polynomial_growth", "tail_bound"]

# A coefficient list [r_0, r_1, ...] of a polynomial in the distance s >= 0 from a cut.
Growth = list[arb]
_WIDE = arb("1e-9")


class Point:
    """One place x of an integrand, a ball of complex numbers, with the logs that several log-densities share there.

    `known` holds logs that the change of variable gives for free, keyed by (point, side): side +1 means log(x - point),
    side -1 log(point - x). `analytic` is the flag of the integrator: when it is set, a log whose branch cut meets the
    ball is not finite.
    """

    def __init__(self, x: acb, analytic: bool, known: dict[tuple[Fraction, int], acb] | None = None) -> None:
        self.x = x
        self.analytic = analytic
        self._logs = {} if known is None else known
        # On a wide ball polynomials are expanded about its middle, where x occurs only once in the leading terms.
        self.middle: acb | None = None
        if x.real.rad() > _WIDE or x.imag.rad() > _WIDE:
            self.middle = x.mid()
            self.step = x - self.middle
            self.step_squared = self.step**2

    def log(self, point: Fraction, side: int) -> acb:
        key = (point, side)
        if key not in self._logs:
            difference = (self.x - to_fmpq(point)) * side
            self._logs[key] = difference.log(analytic=self.analytic)
        return self._logs[key]


class Local:
    """A log-density, or a difference of two, on a piece that holds no kink and no end of a support inside.

    `inside` is any point of the piece: it says on which side of each kink the piece lies.
    """

    def __init__(self, form: LogForm, inside: Fraction) -> None:
        constant, linear = form.constant, form.linear
        for point, k in form.kinks:
            signed = k if inside > point else -k
            linear += signed
            constant = constant + Constant.rational(signed * (form.centre - point))
        self._constant = constant
        self.linear_exact, self.quadratic_exact, self.centre_exact = linear, form.quadratic, form.centre
        self.logs: list[tuple[Fraction, int, Fraction]] = []
        for end, side, power in ((form.lower, 1, form.left), (form.upper, -1, form.right)):
            if end is not None and power:
                self.logs.append((end, side, power))
        self._balls()

    def _balls(self) -> None:
        self.constant = self._constant.ball()
        self.centre = to_fmpq(self.centre_exact)
        self.linear = to_fmpq(self.linear_exact)
        self.quadratic = to_fmpq(self.quadratic_exact)
        self._powers = [(end, side, to_fmpq(power)) for end, side, power in self.logs]
        # The integrand's own copies: a rational would be rounded again at each of thousands of evaluations.
        self.complex_constant = acb(self.constant)
        self.complex_centre = acb(self.centre)
        self.complex_linear = acb(self.linear)
        self.complex_quadratic = acb(self.quadratic)

    def minus(self, other: Local) -> Local:
        """The difference, formed exactly, with equal logs merged."""
        shift = self.centre_exact - other.centre_exact
        made = Local.__new__(Local)
        moved = Constant.rational(other.linear_exact * shift + other.quadratic_exact * shift**2)
        made._constant = self._constant - other._constant - moved
        made.centre_exact = self.centre_exact
        made.linear_exact = self.linear_exact - other.linear_exact - 2 * other.quadratic_exact * shift
        made.quadratic_exact = self.quadratic_exact - other.quadratic_exact
        powers: dict[tuple[Fraction, int], Fraction] = {(end, side): power for end, side, power in self.logs}
        for end, side, power in other.logs:
            powers[end, side] = powers.get((end, side), Fraction(0)) - power
        made.logs = [(end, side, power) for (end, side), power in powers.items() if power]
        made._balls()
        return made

    @property
    def is_zero(self) -> bool:
        """Whether this is the function 0, exactly."""
        return not (self._constant.terms or self.linear_exact or self.quadratic_exact or self.logs)

    def __call__(self, at: Point) -> acb:
        value = self.complex_constant
        a, b = self.complex_quadratic, self.complex_linear
        if at.middle is not None and self.quadratic_exact:
            d = at.middle - self.complex_centre
            step = d * a
            value = value + (step + b) * d + (step + step + b) * at.step + at.step_squared * a
        elif self.quadratic_exact:
            d = at.x - self.complex_centre if self.centre_exact else at.x
            value = value + (d * a + b) * d
        elif self.linear_exact:
            value = value + (at.x - self.complex_centre if self.centre_exact else at.x) * b
        for end, side, power in self._powers:
            value = value + at.log(end, side) * power
        return value

    def polynomial(self, x: arb) -> tuple[arb, arb]:
        """Value and derivative of all but the logs."""
        d = x - self.centre
        return self.constant + (d * self.quadratic + self.linear) * d, 2 * d * self.quadratic + self.linear

    def decay(self, cut: arb, side: int) -> tuple[arb, arb]:
        """(v, r) with this function <= v - r s at cut + side * s, for all s >= 0 inside the support.

        Polynomial part: at most quadratic with leading coefficient <= 0, hence concave: it lies under its tangent. A
        log of the distance to an end behind the cut is concave too if its power is positive; with a negative power it
        decreases, and stays below its value at the cut.
        """
        assert self.quadratic_exact <= 0
        value, slope = self.polynomial(cut)
        rate = -slope * side
        for end, log_side, power in self._powers:
            distance = (cut - to_fmpq_end(end)) * log_side
            value += distance.log() * power
            if power > 0:
                rate -= power / distance
        return value, rate

    def growth(self, cut: arb, side: int) -> Growth:
        """Coefficients r_k with |this function| <= sum r_k s^k at cut + side * s, s >= 0.

        Taylor's formula for the polynomial; |log(y + s)| <= |log y| + s / y for the logs.
        """
        value, slope = self.polynomial(cut)
        first, second, third = abs(value), abs(slope), arb(abs(self.quadratic))
        for end, log_side, power in self._powers:
            distance = (cut - to_fmpq_end(end)) * log_side
            first += abs(distance.log()) * abs(power)
            second += abs(power) / distance
        return [first, second, third]

    def near(self, end: Fraction, side: int, width: arb) -> tuple[arb, arb]:
        """(g, a): this function is a log y + a value in the ball g, at distance 0 < y < width from the end."""
        x = arb(to_fmpq(end)) + side * (width / 2 + arb(0, 1) * (width / 2))
        value, _ = self.polynomial(x)
        power_here = arb(0)
        for point, log_side, power in self._powers:
            if point == end and log_side == side:
                power_here = arb(power)
            else:
                value += ((x - to_fmpq(point)) * log_side).log() * power
        return value, power_here


def to_fmpq_end(end: Fraction) -> arb:
    """An end of a support as a ball."""
    return arb(to_fmpq(end))


class Mixed:
    """The log-density of a law on one piece: log sum_i exp(l_i)."""

    def __init__(self, law: LineLaw, lower: Fraction | None, upper: Fraction | None, inside: Fraction) -> None:
        self.parts = []
        for weight, form in law.forms:
            if form.covers(lower, upper):
                weighted = replace(form, constant=form.constant + Constant.log(weight))
                self.parts.append(Local(weighted, inside))

    def __call__(self, at: Point) -> tuple[acb, acb, acb | None]:
        """(log-density, l_j, G) with density = exp(l_j) G; G is None for a single component.

        j is the largest component at the ball's midpoint. On a ball where G = 1 + sum exp(l_i - l_j) keeps away from
        the negative axis, l_j + log G is one analytic function, real on the real line: the choice of j may differ from
        ball to ball, its restriction to the line does not.
        """
        values = [part(at) for part in self.parts]
        if len(values) == 1:
            return values[0], values[0], None
        largest = 0
        for i in range(1, len(values)):
            if values[i].real.mid() > values[largest].real.mid():
                largest = i
        rest = acb(1)
        for i, value in enumerate(values):
            if i != largest:
                rest += (value - values[largest]).exp()
        return values[largest] + rest.log(analytic=at.analytic), values[largest], rest

    def growth(self, cut: arb, side: int) -> Growth:
        """As `Local.growth`: max l_i <= log sum exp(l_i) <= max l_i + log n, so |it| <= sum |l_i| + log n."""
        total = [arb(len(self.parts)).log(), arb(0), arb(0)]
        for part in self.parts:
            total = [a + b for a, b in zip(total, part.growth(cut, side), strict=True)]
        return total

    def near(self, end: Fraction, side: int, width: arb) -> tuple[arb, arb]:
        """(c, d) with |log-density| <= c + d |log y| at distance 0 < y < width from the end."""
        constant, powers = arb(len(self.parts)).log(), arb(0)
        for part in self.parts:
            value, power = part.near(end, side, width)
            constant += abs(value)
            powers += abs(power)
        return constant, powers


def polynomial_growth(constant: arb, degree: int, cut: arb) -> Growth:
    """Coefficients of constant * (1 + |cut| + s)^degree in s."""
    base = 1 + abs(cut)
    return [constant * comb(degree, k) * base ** (degree - k) for k in range(degree + 1)]


def tail_bound(masses: Sequence[Local], growth: Growth, cut: arb, side: int) -> arb:
    """An upper bound of the integral of sum_i exp(l_i(x)) |g(x)| beyond the cut, to the given side.

    With l_i <= v_i - r_i s (`Local.decay`) and |g| <= sum_k c_k s^k, s the distance from the cut, it is at most
    sum_i exp(v_i) sum_k c_k k! / r_i^(k+1). Infinite when some r_i is not positive: cut further out.
    """
    total = arb(0)
    for mass in masses:
        value, rate = mass.decay(cut, side)
        if not rate > 0:
            return arb("inf")
        total += value.exp() * sum((c * factorial(k) / rate ** (k + 1) for k, c in enumerate(growth)), arb(0))
    return total.upper()


def end_bound(masses: Sequence[Local], constant: arb, powers: arb, end: Fraction, side: int, width: arb) -> arb:
    """An upper bound of the integral of sum_i exp(l_i(x)) (constant + powers |log y|) over 0 < y < width < 1.

    y is the distance from the end, l_i = g_i + a_i log y with g_i in a ball and a_i > -1, and
    integral of y^a over (0, w) = w^(a+1)/(a+1), of y^a |log y| = w^(a+1) (|log w|/(a+1) + 1/(a+1)^2).
    """
    total = arb(0)
    log_width = abs(width.log())
    for mass in masses:
        value, power = mass.near(end, side, width)
        b = power + 1
        logs = log_width / b + 1 / b**2
        total += value.upper().exp() * width**b * (constant / b + powers * logs)
    return total.upper()


@dataclass(frozen=True)
class Piece:
    """An interval without kinks inside, None where infinite.

    `map` is 0 for the variable x itself, +1 for x = lower + e^t, -1 for x = upper - e^t.
    """

    lower: Fraction | None
    upper: Fraction | None
    map: int = 0

    @property
    def inside(self) -> Fraction:
        if self.lower is None:
            return Fraction(0) if self.upper is None else self.upper - 1
        return self.lower + 1 if self.upper is None else (self.lower + self.upper) / 2


def pieces(laws: Sequence[LineLaw], points: Sequence[Fraction] = ()) -> list[Piece]:
    """The line cut at ends, kinks and `points`, and around each centre at the scales of the laws.

    Next to an end where a density has a log, the piece carries the substitution that makes the integrand analytic.
    """
    forms = [form for law in laws for _, form in law.forms]
    cuts = sorted({*cut_points(forms), *points})
    made: list[Piece] = []
    for lower, upper in zip([None, *cuts], [*cuts, None], strict=True):
        active = [form for form in forms if form.covers(lower, upper)]
        if not active:
            continue
        singular_left = any(form.left and form.lower == lower for form in active)
        singular_right = any(form.right and form.upper == upper for form in active)
        # Arb halves intervals where it must; a cut at each component of common width is enough. A narrow one is fenced.
        widest = max(form.scale for form in active)
        wanted = {active[0].centre}
        for form in active:
            if 8 * form.scale < widest:
                wanted.update(form.centre + k * form.scale for k in (-8, 0, 8))
        inner = sorted(x for x in wanted if (lower is None or x > lower) and (upper is None or x < upper))
        if not inner and singular_left and upper is None and lower is not None:
            inner = [lower + 1]
        if not inner and singular_left and singular_right and lower is not None and upper is not None:
            inner = [(lower + upper) / 2]
        ends = [lower, *inner, upper]
        for i, (a, b) in enumerate(pairwise(ends)):
            turned = 1 if singular_left and i == 0 else -1 if singular_right and i == len(ends) - 2 else 0
            made.append(Piece(a, b, turned))
    return made


Bound = Callable[[arb, int], arb]


def cut_for(bound: Bound, start: Fraction, scale: Fraction, side: int, wanted: arb) -> Fraction | None:
    """A cut beyond `start` whose bound is at most `wanted`; None if 200 doublings of the scale do not find one."""
    step = 8 * scale
    for _ in range(200):
        if bound(arb(to_fmpq(start + side * step)), side) <= wanted:
            break
        step *= 2
    else:
        return None
    low, high = step / 2, step
    for _ in range(3):
        middle = (low + high) / 2
        if bound(arb(to_fmpq(start + side * middle)), side) <= wanted:
            high = middle
        else:
            low = middle
    return start + side * high
