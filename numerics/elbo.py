"""The variational lower bound in numbers: companion of `derivations.theory.elbo`.

Each function is named after a claim and checks it on concrete laws, by two computations that share no formula: sums and
integrals with certified error on one side, the closed form of the evidence or samples on the other.  All values are in
nats.  Source of the mathematics: Kingma and Welling, Auto-Encoding Variational Bayes, 2014, section 2.2.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import torch
from flint import acb, arb, ctx

from numerics.backend import backend
from numerics.checks import LEVEL, Check, agreement, disagreement, sampled, sampled_apart
from numerics.enclosure import Enclosure, expectation, kl
from numerics.forms import to_fmpq
from numerics.law import LineLaw
from numerics.laws import Categorical, Mixture, Normal
from numerics.montecarlo import Estimate
from numerics.montecarlo import expectation as sample_mean

__all__ = ["FiniteModel", "LinearNormalModel", "log_likelihood", "log_likelihood_as_scanned"]

# Digits of the enclosures, samples of the estimates: chosen so that a factor 1 + 1e-3 in a formula is found.
DIGITS = 24
SAMPLES = 100_000


@dataclass(frozen=True)
class FiniteModel:
    """A generative law p(x, z) and an encoder q(z | x) at one x, on finite sets, with exact probabilities.

    ``joint[z]`` is p(x, z) at the x that was observed, ``prior[z]`` is p(z), ``encoder[z]`` is q(z | x).  All positive.

    >>> third = Fraction(1, 3)
    >>> model = FiniteModel("demo", (third, Fraction(1, 6)), (Fraction(1, 2),) * 2, (third, 2 * third))
    >>> abs(model.bound() + model.gap() - model.evidence()) < 1e-12
    True
    """

    name: str
    joint: tuple[Fraction, ...]
    prior: tuple[Fraction, ...]
    encoder: tuple[Fraction, ...]

    def evidence(self) -> arb:
        """log p(x), from p(x) = sum_z p(x, z)."""
        return _log(sum(self.joint, Fraction(0)))

    def reconstruction(self) -> arb:
        """E_q[log p(x | z)], p(x | z) = p(x, z) / p(z)."""
        return _mean(self.encoder, (j / p for j, p in zip(self.joint, self.prior, strict=True)))

    def regulariser(self) -> arb:
        """KL(q(z | x) || p(z))."""
        return _mean(self.encoder, (q / p for q, p in zip(self.encoder, self.prior, strict=True)))

    def gap(self) -> arb:
        """KL(q(z | x) || p(z | x)), p(z | x) = p(x, z) / p(x)."""
        total = sum(self.joint, Fraction(0))
        return _mean(self.encoder, (q * total / j for q, j in zip(self.encoder, self.joint, strict=True)))

    def bound(self) -> arb:
        """The ELBO at x: reconstruction minus regulariser."""
        return self.reconstruction() - self.regulariser()

    def sample(self, values: list[float], seed: int, device: str) -> Estimate:
        """E_q of a table of values, by sampling z from the encoder."""
        table = torch.tensor(values, dtype=torch.float64, device=device)
        return sample_mean(
            Categorical(self.encoder),
            lambda z: table[z.long()],
            samples=SAMPLES,
            alpha=LEVEL,
            backend=backend(device, seed=seed),
            stream=self.name,
            # The sample may miss rare values; these bounds are true and make the interval right all the same.
            bounds=(min(values) - 1.0, max(values) + 1.0),
        )


def _log(value: Fraction) -> arb:
    return arb(to_fmpq(value)).log()


def _mean(law: tuple[Fraction, ...], ratios: Iterator[Fraction]) -> arb:
    """sum law[z] log ratio[z]."""
    return sum((to_fmpq(w) * _log(r) for w, r in zip(law, ratios, strict=True)), arb(0))


def _normalised(weights: list[Fraction]) -> tuple[Fraction, ...]:
    total = sum(weights, Fraction(0))
    return tuple(w / total for w in weights)


def finite_models(draw: random.Random) -> list[FiniteModel]:
    """Random models: ordinary ones, one with weights over eight orders of magnitude, one with q near the posterior."""

    def weight(orders: int) -> Fraction:
        return Fraction(draw.randint(1, 1000), 1000 * 10 ** draw.randint(0, orders))

    models = []
    for name, x_size, z_size, orders in (
        ("two points", 2, 2, 0),
        ("three times four points", 3, 4, 0),
        ("weights over eight orders of magnitude", 3, 4, 8),
        ("finite encoder near the posterior", 4, 5, 1),
    ):
        table = _normalised([weight(orders) for _ in range(x_size * z_size)])
        rows = [table[i * z_size : (i + 1) * z_size] for i in range(x_size)]
        prior = tuple(sum(column, Fraction(0)) for column in zip(*rows, strict=True))
        encoder = _normalised([weight(orders) for _ in range(z_size)])
        if "posterior" in name:
            encoder = _normalised([j * (1 + Fraction(draw.randint(-9, 9), 10**8)) for j in rows[0]])
        models.append(FiniteModel(name, rows[0], prior, encoder))
    return models


@dataclass(frozen=True)
class LinearNormalModel:
    """z from a prior on the line, x = slope z + offset + noise, noise ~ N(0, noise^2), seen at `x`; q(z | x) is normal.

    The prior is normal, or a mixture of normals; then the posterior is one too, by completing the square in each
    component.  ``spread`` is sqrt(slope^2 scale^2 + noise^2), which is rational by choice for each component.
    """

    name: str
    prior: LineLaw
    slope: Fraction
    offset: Fraction
    noise: Fraction
    x: Fraction
    encoder: Normal

    def components(self) -> list[tuple[Fraction, Normal]]:
        """The prior as weights and normal laws."""
        if isinstance(self.prior, Mixture):
            parts = zip(self.prior.weights, self.prior.components, strict=True)
            return [(w, c) for w, c in parts if isinstance(c, Normal)]
        assert isinstance(self.prior, Normal)
        return [(Fraction(1), self.prior)]

    def posterior(self) -> LineLaw:
        """p(z | x), by Bayes' rule for normal laws (Bishop, Pattern Recognition and Machine Learning, 2.116)."""
        weights, laws = [], []
        for weight, part in self.components():
            square = self.slope**2 * part.variance + self.noise**2
            spread = _root(square)
            residual = self.x - self.offset - self.slope * part.mean
            mean = part.mean + self.slope * part.variance * residual / square
            laws.append(Normal(mean, part.scale * self.noise / spread))
            weights.append(float(weight) * math.exp(-float(residual**2 / square) / 2) / float(spread))
        if len(laws) == 1:
            return laws[0]
        total = math.fsum(weights)
        return Mixture([w / total for w in weights], laws)

    def evidence(self) -> arb:
        """log p(x) = log E_{p(z)}[N(x; slope z + offset, noise^2)], by integration over z."""
        norm = _log(self.noise) + (2 * arb.pi()).log() / 2

        def likelihood(z: acb, analytic: bool) -> acb:
            return (self._square(z) - norm).exp()

        top = Fraction(1) / self.noise
        peak = (self.x - self.offset) / self.slope
        value = expectation(self.prior, likelihood, DIGITS, growth=(top, 0), kinks=[peak])
        return _arb(value).log()

    def _square(self, z: acb) -> acb:
        residual = to_fmpq(self.x - self.offset) - to_fmpq(self.slope) * z
        return -residual * residual / to_fmpq(2 * self.noise**2)

    def reconstruction(self) -> arb:
        """E_q[log p(x | z)], by integration over z."""
        norm = _log(self.noise) + (2 * arb.pi()).log() / 2
        constant = (abs(self.x - self.offset) + abs(self.slope)) ** 2 / (2 * self.noise**2)
        constant += abs(Fraction(math.log(self.noise))) + 1
        value = expectation(self.encoder, lambda z, analytic: self._square(z) - norm, DIGITS, growth=(constant, 2))
        return _arb(value)

    def regulariser(self) -> arb:
        """KL(q(z | x) || p(z)), by integration."""
        return _arb(kl(self.encoder, self.prior, DIGITS))

    def gap(self) -> arb:
        """KL(q(z | x) || p(z | x)), by integration."""
        return _arb(kl(self.encoder, self.posterior(), DIGITS))

    def log_likelihood_at(self, z: torch.Tensor) -> torch.Tensor:
        """log p(x | z) at samples of z."""
        residual = (float(self.x - self.offset) - float(self.slope) * z) / float(self.noise)
        return -residual.square() / 2 - math.log(float(self.noise)) - math.log(2 * math.pi) / 2

    def bound_at(self, z: torch.Tensor) -> torch.Tensor:
        """log p(x | z) + log p(z) - log q(z | x) at samples of z."""
        return self.log_likelihood_at(z) + self.prior.log_density(z) - self.encoder.log_density(z)


def _root(square: Fraction) -> Fraction:
    """The rational square root. Raises ValueError if there is none."""
    top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
    if top**2 != square.numerator or bottom**2 != square.denominator:
        raise ValueError(f"{square} is not the square of a rational; choose slope * scale : noise as 3 : 4, say")
    return Fraction(top, bottom)


def _arb(value: Enclosure) -> arb:
    return arb(f"[{value.mid} +/- {value.rad}]")


def linear_normal_models(draw: random.Random) -> list[LinearNormalModel]:
    """Random models: an ordinary one, encoder variances 1e-8 and 1e8, q near the posterior, and a mixture prior."""

    def number(low: float, high: float) -> Fraction:
        return Fraction(round(draw.uniform(low, high), 3))

    models = []
    for name in (
        "normal prior",
        "encoder variance 1e-8",
        "encoder variance 1e8",
        "encoder near the posterior",
        "mixture prior",
    ):
        unit, (a, b, _) = number(0.3, 2.0), draw.choice([(3, 4, 5), (5, 12, 13), (8, 15, 17), (4, 3, 5)])
        scale = number(0.4, 2.0)
        slope, noise = a * unit / scale, b * unit
        first = Normal(number(-1, 1), scale)
        prior: LineLaw = first
        if name == "mixture prior":
            weight = Fraction(draw.randint(2, 8), 10)
            prior = Mixture([weight, 1 - weight], [first, Normal(first.mean + 3 * scale, scale)])
        offset = number(-1, 1)
        x = slope * first.mean + offset + number(-1.5, 1.5) * unit
        deviation = {"encoder variance 1e-8": Fraction(1, 10**4), "encoder variance 1e8": Fraction(10**4)}
        encoder = Normal(number(-1, 1), deviation.get(name, number(0.5, 1.5)))
        model = LinearNormalModel(name, prior, slope, offset, noise, x, encoder)
        if name == "encoder near the posterior":
            exact = model.posterior()
            assert isinstance(exact, Normal)
            near = Normal(exact.mean + Fraction(1, 10**6), exact.scale * (1 + Fraction(1, 10**6)))
            model = LinearNormalModel(name, prior, slope, offset, noise, x, near)
        models.append(model)
    return models


def log_likelihood(seed: int = 0, device: str = "cpu") -> list[Check]:
    """log p(x) = E_q[log p(x|z)] - KL(q(z|x) || p(z)) + KL(q(z|x) || p(z|x)) on random finite and normal models.

    The left side is a sum, or an integral over z; on the right every term is computed by itself, and once more the
    lower bound by sampling the encoder.
    """
    draw = random.Random(f"{seed}/log-likelihood")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_models(draw):
            evidence = model.evidence()
            checks.append(agreement(model.name, "exact-sum", model.bound() + model.gap(), evidence, 1e-30))
            rows = zip(model.joint, model.encoder, strict=True)
            estimate = model.sample([math.log(j) - math.log(q) for j, q in rows], seed, device)
            checks.append(sampled(f"{model.name}, sampled", estimate, evidence, offset=model.gap()))
        for line in linear_normal_models(draw):
            evidence, gap = line.evidence(), line.gap()
            total = line.reconstruction() - line.regulariser() + gap
            # The weights of a mixture posterior are floats, which is where 1e-12 comes from.
            checks.append(agreement(line.name, "enclosure", total, evidence, 1e-12))
            bound = sample_mean(
                line.encoder, line.bound_at, samples=SAMPLES, alpha=LEVEL, backend=home, stream=line.name
            )
            # The integrand grows like a square and the encoder is normal: all moments are finite.
            checks.append(sampled(f"{line.name}, sampled", bound, evidence, offset=gap, light_tails=True))
    return checks


def log_likelihood_as_scanned(seed: int = 0, device: str = "cpu") -> list[Check]:
    """E_q[log p(x|z)] = KL(q(z|x) || p(z)) + KL(q(z|x) || p(z|x)) is false: both sides are enclosed, and are disjoint.

    >>> all(check.passed for check in log_likelihood_as_scanned(seed=1))
    True
    """
    draw = random.Random(f"{seed}/log-likelihood-as-scanned")
    checks = []
    with ctx.workprec(200):
        for model in finite_models(draw):
            right = model.regulariser() + model.gap()
            checks.append(disagreement(model.name, "exact-sum", model.reconstruction(), right))
            rows = zip(model.joint, model.prior, strict=True)
            estimate = model.sample([math.log(j / p) for j, p in rows], seed, device)
            checks.append(sampled_apart(f"{model.name}, sampled", estimate, right))
    return checks
