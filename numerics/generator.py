"""The generator's side of the adversarial objective, in numbers.

The companions of gan-value-pushforward, saturation and generator-best-response; import them from `numerics.gan`.
D = sigmoid(a) throughout; values are in nats.
Source of the mathematics: Goodfellow et al., Generative Adversarial Nets, 2014, section 3; Arjovsky and Bottou, Towards
principled methods for training generative adversarial networks, 2017, section 2.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import acb, arb, arb_series, ctx

from numerics.backend import Backend, backend
from numerics.cases import decimal, highest_mean, noise, points, sample, table, weights
from numerics.checks import Check, agreement, at_most, ball, sampled, sampled_at_most
from numerics.enclosure import expectation
from numerics.forms import to_fmpq
from numerics.law import LineLaw
from numerics.laws import Categorical, Dirac, Exponential, Gamma, Normal, Uniform
from numerics.quadrature import expectation as quadrature

__all__ = ["gan_value_pushforward", "generator_best_response", "saturation"]

DIGITS = 15


# The law of G(z) ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Generator:
    """x = G(z), z from a prior, and the law of x, from a table of laws."""

    name: str
    prior: LineLaw
    exact: Callable[[np.ndarray], np.ndarray]
    tensors: Callable[[torch.Tensor], torch.Tensor]
    law: LineLaw


def _generators(draw: random.Random) -> list[_Generator]:
    """Affine, a quantile function, a square, a constant, and affine maps of scale 1e-4 and 1e4."""
    rate = decimal(draw, 0.5, 2)

    def affine(name: str, scale: Fraction) -> _Generator:
        shift = decimal(draw, -1, 1)
        a, b = float(scale), float(shift)
        prior = Normal(decimal(draw, -1, 1), decimal(draw, 0.5, 2))
        law = Normal(scale * prior.mean + shift, abs(scale) * prior.scale)
        return _Generator(name, prior, lambda z: a * z + b, lambda z: a * z + b, law)

    r = float(rate)
    point = decimal(draw, -1, 1)
    return [
        affine("affine", decimal(draw, 0.3, 2)),
        affine("affine, falling", -decimal(draw, 0.3, 2)),
        affine("scale 1e-4", Fraction(1, 10**4)),
        affine("scale 1e4", Fraction(10**4)),
        _Generator(
            "quantile function", Uniform(0, 1), lambda z: -np.log1p(-z) / r, lambda z: -torch.log1p(-z) / r,
            Exponential(rate),
        ),
        # The square of a standard normal variable is Gamma(1/2, 1/2), and the map is two to one.
        _Generator("square", Normal(0, 1), lambda z: z**2, lambda z: z.square(), Gamma("1/2", "1/2")),
        _Generator(
            "constant", Normal(0, 1), lambda z: np.full_like(z, float(point)),
            lambda z: torch.full_like(z, float(point)), Dirac(point),
        ),
    ]  # fmt: skip


def gan_value_pushforward(seed: int = 0, device: str = "cpu") -> list[Check]:
    """E_{p(z)}[log(1 - D(G(z)))] = E_{p_g(x)}[log(1 - D(x))] for x = G(z), p_g from a table of laws.

    Both sides by quadrature, over z and over x, and z sampled; finite codes, exactly, where G joins some of them.

    >>> all(check.passed for check in gan_value_pushforward(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gan-value-pushforward")
    home = backend(device, seed=seed)
    checks = []
    for made in _generators(draw):
        # A discriminator that varies where the samples are.
        steep = float(decimal(draw, -2, 2)) / max(1.0, math.sqrt(made.law.variance))
        level = float(decimal(draw, -1, 1))
        kinks = [-level / steep] if steep else []

        def below(x: np.ndarray, a: float = steep, b: float = level) -> np.ndarray:
            return -np.logaddexp(0, a * x + b)

        over_codes = quadrature(made.prior, lambda z, g=made.exact, f=below: f(g(z)))  # type: ignore[misc]
        over_samples = quadrature(made.law, below, points=kinks)
        checks.append(agreement(made.name, "quadrature", over_codes, over_samples, 1e-8))

        def term(z: torch.Tensor, g=made.tensors, a: float = steep, b: float = level) -> torch.Tensor:  # type: ignore[no-untyped-def]
            return torch.nn.functional.logsigmoid(-(a * g(z) + b))

        found = sample(made.prior, term, home, made.name)
        checks.append(sampled(f"{made.name}, sampled", found, over_samples, light_tails=True))
    with ctx.workprec(200):
        for name, orders in (("finite codes", 0), ("finite codes over eight orders of magnitude", 8)):
            checks += _joined_codes(name, weights(draw, 6, orders), draw, home)
    return checks


def _joined_codes(name: str, law: tuple[Fraction, ...], draw: random.Random, home: Backend) -> list[Check]:
    """Six codes, three images: the sum over codes and the sum over images."""
    image = [0, 1, 2, *(draw.randrange(3) for _ in range(3))]
    rest = [Fraction(draw.randint(1, 999), 1000) for _ in range(3)]
    logs = [ball(v).log() for v in rest]
    over_codes = sum((to_fmpq(w) * logs[i] for w, i in zip(law, image, strict=True)), arb(0))
    masses = [sum((w for w, i in zip(law, image, strict=True) if i == k), Fraction(0)) for k in range(3)]
    over_images = sum((to_fmpq(m) * v for m, v in zip(masses, logs, strict=True)), arb(0))
    found = table(law, [math.log(rest[i]) for i in image], home, name)
    return [
        agreement(name, "exact-sum", over_codes, over_images, 1e-30),
        sampled(f"{name}, sampled", found, over_images),
    ]


# Saturation -----------------------------------------------------------------------------------------------------------


def log_sigmoid_slopes(a: Fraction) -> tuple[arb, arb]:
    """The derivatives of log(1 - sigmoid(a)) and of -log sigmoid(a) at a, from their power series in ball arithmetic.

    >>> first, second = log_sigmoid_slopes(Fraction(0))
    >>> first.str(3, radius=False), second.str(3, radius=False)
    ('-0.500', '-0.500')
    """
    series = arb_series([ball(a), 1], prec=2)
    sigmoid = 1 / (1 + (-series).exp())
    return (1 - sigmoid).log()[1], (-(sigmoid.log()))[1]


def saturation(seed: int = 0, device: str = "cpu") -> list[Check]:
    """D = sigmoid(a): log(1 - D) has the slope -sigmoid(a) -> 0 as a -> -infinity, -log D has -(1 - sigmoid(a)) -> -1.

    Slopes from power series and, for normal logits, from automatic differentiation at samples, whose mean is compared
    with the integral of the sigmoid.  The limits: at a = -200 the first is within e^-199 of 0 and the second of -1.

    >>> all(check.passed for check in saturation(seed=1))
    True
    """
    draw = random.Random(f"{seed}/saturation")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(1000):
        for a in (Fraction(0), decimal(draw, 0, 6), decimal(draw, -6, 0), Fraction(30), Fraction(-200)):
            first, second = log_sigmoid_slopes(a)
            sigmoid = 1 / (1 + ball(-a).exp())
            name = f"a = {float(a)}"
            checks.append(agreement(f"{name}: log(1 - D)", "enclosure", first, -sigmoid, 1e-30))
            checks.append(agreement(f"{name}: -log D", "enclosure", second, -(1 - sigmoid), 1e-30))
        tiny = arb(-199).exp()
        checks.append(at_most("saturated", "enclosure", abs(first), tiny, strict=True))
        checks.append(at_most("not saturated", "enclosure", abs(second + 1), tiny, strict=True))
    with ctx.workprec(200):
        for name, middle in (("undecided D", decimal(draw, -1, 1)), ("sure D", decimal(draw, -9, -7))):
            logits = Normal(middle, decimal(draw, 0.3, 1.5))
            mean = expectation(logits, _sigmoid, DIGITS, growth=(1, 0))
            for kind, goal in (("log(1 - D)", -ball(mean)), ("-log D", ball(mean) - 1)):
                found = sample(logits, _autograd(kind), home, f"{name}, {kind}", (-1 - 1e-9, 1e-9))
                checks.append(sampled(f"{name}: {kind}, sampled", found, goal))
    return checks


def _sigmoid(a: acb, analytic: bool) -> acb:
    if a.real.mid() < 0:
        return a.exp() / (1 + a.exp())
    return 1 / (1 + (-a).exp())


def _autograd(kind: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """The slope of a generator's loss in the logit, by automatic differentiation."""

    def slope(a: torch.Tensor) -> torch.Tensor:
        at = a.clone().requires_grad_(True)
        log_sigmoid = torch.nn.functional.logsigmoid
        loss = log_sigmoid(-at) if kind == "log(1 - D)" else -log_sigmoid(at)
        return torch.autograd.grad(loss.sum(), at)[0]

    return slope


# The best response ----------------------------------------------------------------------------------------------------


def generator_best_response(seed: int = 0, device: str = "cpu") -> list[Check]:
    """inf over all laws of E[log(1 - D)] = inf_x log(1 - D(x)), reached by a point mass iff the infimum is attained.

    Finite sets: the best law by linear programming, with its certificate, and it sits where D is largest; random laws
    are above.  On the line, D with its largest value at a point, and D that rises to its supremum 1/2 and never reaches
    it: there every law is above -log 2, and laws further out come as close as one likes.

    >>> {check.method for check in generator_best_response(seed=1)}  == {
    ...     "linear-program", "exact-sum", "enclosure", "monte-carlo"}
    True
    """
    draw = random.Random(f"{seed}/generator-best-response")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, size, ties in (("one point", 1, False), ("five points", 5, False), ("two best points", 5, True)):
            rated = [Fraction(draw.randint(1, 998), 1000) for _ in range(size)]
            if ties:
                rated[0] = rated[1] = Fraction(999, 1000)
            logs = [Fraction(math.log(1 - d)) for d in rated]
            best, law = highest_mean([-v for v in logs])
            checks.append(agreement(f"{name}: best law", "linear-program", -best, min(logs), 1e-30))
            floor = ball(1 - max(rated)).log()
            mean = sum((to_fmpq(w) * ball(1 - d).log() for w, d in zip(law, rated, strict=True)), arb(0))
            checks.append(agreement(f"{name}: its mean", "exact-sum", mean, floor, 1e-14))
            for k in range(2):
                other = weights(draw, size, 4 * k)
                value = sum((to_fmpq(w) * ball(1 - d).log() for w, d in zip(other, rated, strict=True)), arb(0))
                checks.append(at_most(f"{name}: random law {k}", "exact-sum", floor, value, 1e-30))
                found = table(other, [-float(v) for v in logs], home, f"{name}, {k}")
                checks.append(sampled_at_most(f"{name}: random law {k}, sampled", found, -floor))
        checks += _on_the_line(draw, home)
    return checks


def _on_the_line(draw: random.Random, home: Backend) -> list[Check]:
    """D = 1/(3 + (x - peak)^2), whose supremum 1/3 is attained, and D = x^2/(1 + 2 x^2), whose supremum 1/2 is not."""
    checks = []
    peak = decimal(draw, -1, 1)

    def attained(x: acb, analytic: bool) -> acb:
        square = (x - to_fmpq(peak)) ** 2
        return ((2 + square) / (3 + square)).log(analytic=analytic)

    def attained_t(x: torch.Tensor) -> torch.Tensor:
        square = (x - float(peak)).square()
        return -torch.log1p(1 / (2 + square))

    floor = arb(2).log() - arb(3).log()
    there = expectation(Dirac(peak), attained, DIGITS)
    checks.append(agreement("attained: point mass at the peak", "exact-sum", there, floor, 1e-12))

    def missed(x: acb, analytic: bool) -> acb:
        square = x * x
        return ((1 + square) / (1 + 2 * square)).log(analytic=analytic)

    def missed_t(x: torch.Tensor) -> torch.Tensor:
        square = x.square()
        return torch.log1p(square) - torch.log1p(2 * square)

    half = -arb(2).log()
    laws: list[tuple[str, LineLaw, bool]] = [
        ("attained: a normal law", Normal(peak, decimal(draw, 0.3, 2)), True),
        ("attained: a narrow law", Normal(peak, Fraction(1, 10**4)), True),
        ("not attained: near 0", Normal(decimal(draw, -1, 1), 1), False),
        ("not attained: near 100", Normal(100, 1), False),
        ("not attained: near 1e6", Normal(10**6, 1), False),
    ]
    for name, law, has_peak in laws:
        f, g, low = (attained, attained_t, floor) if has_peak else (missed, missed_t, half)
        value = expectation(law, f, DIGITS, growth=(1, 0))
        checks.append(at_most(f"{name}: above", "enclosure", low, value, strict=True))
        # Both functions lie between -log 2 and 0.
        found = sample(law, g, home, name, (-math.log(2) - 1e-9, 1e-9))
        checks.append(sampled(f"{name}, sampled", found, value))
    checks.append(agreement("not attained, in the limit", "enclosure", value, half, 1e-11))
    best = Categorical(weights(draw, 3), points(draw, 3))
    mixed = expectation(best, missed, DIGITS)
    checks.append(at_most("not attained: a finite law", "exact-sum", half, mixed, strict=True))
    found = sample(noise(1), lambda e: missed_t(1e6 * e[:, 0].exp()), home, "lognormal", (-math.log(2) - 1e-9, 1e-9))
    checks.append(sampled_at_most("not attained: far out, sampled", found, -0.69))
    return checks
