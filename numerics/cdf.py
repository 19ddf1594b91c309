"""Distribution functions in ball arithmetic, piece by piece.

Main definition: `cdf`.
"""

from __future__ import annotations

from fractions import Fraction

from flint import acb

from numerics.forms import to_fmpq
from numerics.law import LineLaw
from numerics.laws import Beta, Exponential, Gamma, Laplace, Mixture, Normal, Uniform

__all__ = ["cdf"]

_NOT_ANALYTIC = acb("nan")


def cdf(law: LineLaw, x: acb, inside: Fraction, analytic: bool) -> acb:
    """P(X <= x), continued analytically from the piece of the line that holds the point `inside`.

    The piece must hold no atom, no kink and no end of a support inside. With `analytic`, the result is not finite where
    the ball meets a branch cut. Formulas: NIST Handbook, 7.2, 8.2 and 8.17.

    Raises TypeError for a law that is not of `numerics.laws`.

    >>> cdf(Exponential(1), acb(0), Fraction(1), False).real.str(5)
    '0'
    """
    if law.atoms:
        return acb(to_fmpq(sum((weight for point, weight in law.atoms if point < inside), Fraction(0))))
    match law:
        case Mixture(weights=weights, components=components):
            pairs = zip(weights, components, strict=True)
            return sum((to_fmpq(w) * cdf(c, x, inside, analytic) for w, c in pairs if w), acb(0))
        case Normal(mean=mean, scale=scale):
            return ((to_fmpq(mean) - x) / (to_fmpq(scale) * acb(2).sqrt())).erfc() / 2
        case Laplace(mean=mean, scale=scale):
            z = (x - to_fmpq(mean)) / to_fmpq(scale)
            return z.exp() / 2 if inside < mean else 1 - (-z).exp() / 2
    lower, upper = law.forms[0][1].lower, law.forms[0][1].upper
    if lower is not None and inside < lower:
        return acb(0)
    if upper is not None and inside > upper:
        return acb(1)
    match law:
        case Exponential(rate=rate):
            return -(-to_fmpq(rate) * x).expm1()
        case Uniform(lower=a, upper=b):
            return (x - to_fmpq(a)) / to_fmpq(b - a)
        case Gamma(shape=shape, rate=rate):
            if analytic and not x.real > 0:
                return _NOT_ANALYTIC
            return (x * to_fmpq(rate)).gamma_lower(acb(to_fmpq(shape)), regularized=1)
        case Beta(a=a, b=b):
            if analytic and not (x.real > 0 and x.real < 1):
                return _NOT_ANALYTIC
            return x.beta_lower(acb(to_fmpq(a)), acb(to_fmpq(b)), regularized=1)
    raise TypeError(f"{type(law).__name__} has no distribution function here; build it from the laws of numerics.laws")
