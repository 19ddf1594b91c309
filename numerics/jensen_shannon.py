"""The Jensen-Shannon divergence in numbers: its two forms, its bounds, and laws on disjoint sets.

The companions of jsd-forms, jsd-bounds and disjoint-jsd; import them from `numerics.gan`.  All values are in nats.
Source of the mathematics: Lin, Divergence measures based on the Shannon entropy, 1991.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import torch
from flint import arb, ctx

from numerics.backend import backend
from numerics.cases import SAMPLES, decimal, log_density, sample
from numerics.checks import LEVEL, Check, agreement, at_most, ball, sampled, sampled_at_most
from numerics.enclosure import entropy, jsd, kl
from numerics.latent import mean_log
from numerics.law import LineLaw
from numerics.laws import Categorical, Dirac, Exponential, Mixture, Uniform
from numerics.montecarlo import entropy as sampled_entropy
from numerics.montecarlo import jsd as sampled_jsd
from numerics.pairs import finite_pairs, mixture_pair, normal_pairs
from numerics.quadrature import integrate

__all__ = ["disjoint_jsd", "jsd_bounds", "jsd_forms"]

DIGITS = 14


def _middle(p: LineLaw, q: LineLaw) -> Mixture:
    return Mixture(["1/2", "1/2"], [p, q])


def line_pairs(draw: random.Random) -> list[tuple[str, LineLaw, LineLaw]]:
    """Normal pairs, mixtures, and laws that share only a part of their supports."""
    one, two = mixture_pair(draw)
    rate = decimal(draw, 0.5, 2)
    return [
        *normal_pairs(draw),
        ("mixtures", one, two),
        ("supports that overlap", Uniform(0, 1), Uniform(decimal(draw, 0.1, 0.9), 2)),
        ("exponential laws", Exponential(rate), Exponential(3 * rate)),
    ]


def jsd_forms(seed: int = 0, device: str = "cpu") -> list[Check]:
    """JSD = (KL(p||m) + KL(q||m))/2 = H(m) - (H(p) + H(q))/2 for finite entropies.

    Finite laws: three sums.  Laws on the line: the integral of one bounded function, certified; two divergences from
    the mixture and three entropies, each integrated by a Gauss-Kronrod rule; and sampled entropies.
    """
    draw = random.Random(f"{seed}/jsd-forms")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, p, q in finite_pairs(draw):
            m = _middle(p, q)
            both = (ball(kl(p, m, DIGITS)) + ball(kl(q, m, DIGITS))) / 2
            checks.append(agreement(f"{name}: divergences", "exact-sum", jsd(p, q, DIGITS), both, 1e-12))
            a, b = p.probabilities, q.probabilities
            half = [(x + y) / 2 for x, y in zip(a, b, strict=True)]
            entropies = [-mean_log(law, [w or Fraction(1) for w in law]) for law in (half, a, b)]
            form = entropies[0] - (entropies[1] + entropies[2]) / 2
            checks.append(agreement(f"{name}: entropies", "exact-sum", form, both, 1e-12))
        for name, one, two in line_pairs(draw):
            middle = _middle(one, two)
            whole = jsd(one, two, DIGITS)
            both = sum((_relative(law, middle, (one, two)) for law in (one, two)), arb(0)) / 2
            checks.append(agreement(f"{name}: divergences", "quadrature", both, whole, 1e-8))
            top, low, high = (-_relative(law, None, (one, two)) for law in (middle, one, two))
            rest = (low + high) / 2
            checks.append(agreement(f"{name}: entropies", "quadrature", top - rest, whole, 1e-8))
            found = sampled_entropy(middle, samples=SAMPLES, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}: entropy of the mixture, sampled", found, whole, -rest, light_tails=True))
    return checks


def _relative(law: LineLaw, other: LineLaw | None, scales: tuple[LineLaw, LineLaw]) -> arb:
    """The integral of p log(p/q), or of p log p, over the line, cut at the scales of both laws.

    Cutting at the scales of the law alone would step over a needle in the other.
    """

    def integrand(x: np.ndarray) -> np.ndarray:
        own = log_density(law, x)
        inside = own > -np.inf
        ratio = own if other is None else own - np.where(inside, log_density(other, x), 0.0)
        return np.where(inside, np.exp(own) * np.where(inside, ratio, 0.0), 0.0)

    low = min(part.support[0] for part in scales)
    high = max(part.support[1] for part in scales)
    found = integrate(integrand, list(scales), over=(low, high), tolerance=1e-10)
    return arb(found.value, found.error)


def jsd_bounds(seed: int = 0, device: str = "cpu") -> list[Check]:
    """0 <= JSD <= log 2: strictly between for laws that differ and overlap, 0 for equal ones, log 2 for disjoint ones.

    >>> {check.method for check in jsd_bounds(seed=1)} == {"exact-sum", "enclosure", "monte-carlo"}
    True
    """
    draw = random.Random(f"{seed}/jsd-bounds")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        log_two = arb(2).log()
        for name, p, q in finite_pairs(draw):
            value = jsd(p, q, 30)
            if name in ("equal", "disjoint"):
                goal = log_two if name == "disjoint" else 0.0
                checks.append(agreement(name, "exact-sum", value, goal, 1e-25))
                continue
            checks.append(at_most(f"{name}: positive", "exact-sum", 0.0, value, strict=True))
            checks.append(at_most(f"{name}: below log 2", "exact-sum", value, log_two, strict=True))
        for name, one, two in line_pairs(draw):
            value = jsd(one, two, DIGITS)
            # Far apart, what is missing of log 2 is far below the digits asked for.
            strict = name != "far apart"
            checks.append(at_most(f"{name}: positive", "enclosure", 0.0, value, strict=True))
            checks.append(at_most(f"{name}: below log 2", "enclosure", value, log_two, 1e-13, strict=strict))
            found = sampled_jsd(one, two, samples=SAMPLES, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}, sampled", found, value))
            checks.append(sampled_at_most(f"{name}: below log 2, sampled", found, log_two))
    return checks


def disjoint_jsd(seed: int = 0, device: str = "cpu") -> list[Check]:
    """Disjoint supports: JSD = log 2, C(G) = 0, and a discriminator that is right almost everywhere.

    Finite sets, intervals that touch, tails, a point and an interval: the divergence enclosed; by the entropies of the
    two laws and their mixture; and the share of samples that D = 1{x in the support of p} gets right, which is all.
    Where the intervals share a millionth of their length, the divergence is smaller.

    >>> all(check.passed for check in disjoint_jsd(seed=1))
    True
    """
    draw = random.Random(f"{seed}/disjoint-jsd")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        log_two = arb(2).log()
        width, rate, tiny = decimal(draw, 0.3, 3), decimal(draw, 0.5, 2), Fraction(1, 10**6)
        finite = finite_pairs(draw)[3]
        for name, p, q, border in (
            ("finite sets", finite[1], finite[2], Fraction(3, 2)),
            ("intervals that touch", Uniform(0, width), Uniform(width, 2 * width), width),
            ("intervals far apart", Uniform(0, tiny), Uniform(10**8, 10**8 + 1), Fraction(1)),
            ("an interval and a tail", Uniform(-width, 0), Exponential(rate), Fraction(0)),
            ("a point and an interval", Dirac(-tiny), Uniform(0, 1), -tiny / 2),
            ("two points", Dirac(0), Dirac(tiny), tiny / 2),
        ):
            value = jsd(p, q, DIGITS)
            checks.append(agreement(name, "enclosure", value, log_two, 1e-12))
            checks.append(agreement(f"{name}: C(G)", "enclosure", 2 * ball(value) - 2 * log_two, 0.0, 1e-12))
            if bool(p.atoms) == bool(q.atoms):
                parts = [ball(entropy(law, DIGITS)) for law in (_middle(p, q), p, q)]
                form = parts[0] - (parts[1] + parts[2]) / 2
                checks.append(agreement(f"{name}: entropies", "enclosure", form, log_two, 1e-12))
            for side, law in (("p", p), ("q", q)):
                edge = float(border)

                def right(x: torch.Tensor, edge: float = edge, below: bool = side == "p") -> torch.Tensor:
                    # log D or log(1 - D) of the discriminator 1{x <= border}: 0 where it is right, -inf where wrong.
                    return ((x <= edge) if below else (x >= edge)).to(x.dtype).log()

                found = sample(law, right, home, f"{name}, {side}", (-1e-9, 1e-9))
                checks.append(sampled(f"{name}: right on samples of {side}", found, 0.0))
        p, q = Uniform(0, width), Uniform(width - tiny * width, 2 * width)
        checks.append(at_most("sharing a millionth", "enclosure", jsd(p, q, DIGITS), log_two, strict=True))
        # On the shared part D = 1/2; its mass under the mixture is a millionth, and it counts log 2.
        goal = log_two * (1 - ball(tiny) / (1))
        checks.append(agreement("sharing a millionth: exactly", "enclosure", jsd(p, q, DIGITS), goal, 1e-9))
        same = Categorical(["1/2", "1/2"])
        checks.append(at_most("equal laws are not disjoint", "exact-sum", jsd(same, same, DIGITS), math.log(2) / 2))
    return checks
