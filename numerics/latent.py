"""Concrete latent-variable models, in exact numbers: what the companions of `numerics.elbo` compute with.

Main definitions: `FiniteModel`, at one observation, and `FiniteAutoencoder`, at all of them, on finite sets;
`LinearNormalModel` on the line; `finite_models`, `finite_autoencoders`, `linear_normal_models`, random ones.
All values are in nats.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import torch
from flint import acb, arb

from numerics.backend import backend
from numerics.cases import decimal, table, uniforms, weights
from numerics.checks import ball
from numerics.enclosure import expectation, kl
from numerics.forms import to_fmpq
from numerics.law import LineLaw
from numerics.laws import Mixture, Normal
from numerics.montecarlo import Estimate

__all__ = [
    "FiniteAutoencoder",
    "FiniteModel",
    "LinearNormalModel",
    "finite_autoencoders",
    "finite_models",
    "linear_normal_models",
    "log_of",
    "mean_log",
]

# Digits of the enclosures.
DIGITS = 20


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
        return log_of(sum(self.joint, Fraction(0)))

    def reconstruction(self) -> arb:
        """E_q[log p(x | z)], p(x | z) = p(x, z) / p(z)."""
        return mean_log(self.encoder, (j / p for j, p in zip(self.joint, self.prior, strict=True)))

    def regulariser(self) -> arb:
        """KL(q(z | x) || p(z))."""
        return mean_log(self.encoder, (q / p for q, p in zip(self.encoder, self.prior, strict=True)))

    def gap(self) -> arb:
        """KL(q(z | x) || p(z | x)), p(z | x) = p(x, z) / p(x)."""
        total = sum(self.joint, Fraction(0))
        return mean_log(self.encoder, (q * total / j for q, j in zip(self.encoder, self.joint, strict=True)))

    def bound(self) -> arb:
        """The ELBO at x: reconstruction minus regulariser."""
        return self.reconstruction() - self.regulariser()

    def sample(self, values: list[float], seed: int, device: str) -> Estimate:
        """E_q of a table of values, by sampling z from the encoder."""
        return table(self.encoder, values, backend(device, seed=seed), self.name)


def log_of(value: Fraction) -> arb:
    """log of a rational as a ball."""
    return arb(to_fmpq(value)).log()


def mean_log(law: Iterable[Fraction], ratios: Iterable[Fraction]) -> arb:
    """sum law[z] log ratio[z], with 0 log 0 = 0."""
    return sum((to_fmpq(w) * log_of(r) for w, r in zip(law, ratios, strict=True) if w), arb(0))


def _normalised(raw: list[Fraction]) -> tuple[Fraction, ...]:
    total = sum(raw, Fraction(0))
    return tuple(w / total for w in raw)


@dataclass(frozen=True)
class FiniteAutoencoder:
    """Laws on finite sets, exact: p_data(x), p(z), p(x | z) as ``decoder[z][x]``, q(z | x) as ``encoder[x][z]``.

    The prior and the decoder are positive; the data law and the encoder may be 0 at points.
    """

    name: str
    data: tuple[Fraction, ...]
    prior: tuple[Fraction, ...]
    decoder: tuple[tuple[Fraction, ...], ...]
    encoder: tuple[tuple[Fraction, ...], ...]

    def at(self, x: int) -> FiniteModel:
        """The model at one observation."""
        joint = tuple(p * row[x] for p, row in zip(self.prior, self.decoder, strict=True))
        return FiniteModel(f"{self.name}, x = {x}", joint, self.prior, self.encoder[x])

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """All (x, z)."""
        return [(x, z) for x in range(len(self.data)) for z in range(len(self.prior))]

    @property
    def joint(self) -> tuple[Fraction, ...]:
        """p(x, z) over `pairs`."""
        return tuple(self.prior[z] * self.decoder[z][x] for x, z in self.pairs)

    @property
    def encoded(self) -> tuple[Fraction, ...]:
        """q(x, z) = p_data(x) q(z | x) over `pairs`."""
        return tuple(self.data[x] * self.encoder[x][z] for x, z in self.pairs)

    @property
    def aggregate(self) -> tuple[Fraction, ...]:
        """q(z), the mean of q(z | x) over the data."""
        return tuple(
            sum((w * row[z] for w, row in zip(self.data, self.encoder, strict=True)), Fraction(0))
            for z in range(len(self.prior))
        )

    def draw_pairs(self, eps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(x, z) with x from the data and z from the encoder, from standard normal noise of shape (n, 2)."""
        return draw_twice(self.data, self.encoder, eps)


def draw_twice(
    first: tuple[Fraction, ...], second: tuple[tuple[Fraction, ...], ...], eps: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """i from `first`, then j from `second[i]`, by inversion of uniform noise; eps is normal, of shape (n, 2)."""
    u = uniforms(eps)
    start = u.new_tensor([float(w) for w in first]).cumsum(0)
    rows = u.new_tensor([[float(w) for w in row] for row in second]).cumsum(1)
    # Rounded, the last sum may fall short of 1 by a few units in the last place.
    i = torch.searchsorted(start, u[:, 0].contiguous(), right=True).clamp(max=len(first) - 1)
    j = (rows[i] <= u[:, 1:]).sum(1).clamp(max=rows.shape[1] - 1)
    return i, j


def finite_autoencoders(draw: random.Random) -> list[FiniteAutoencoder]:
    """Random ones: ordinary, over eight orders of magnitude, near the posterior, point masses, blind to the data."""
    made = []
    for name, x_size, z_size, orders in (
        ("two points", 2, 2, 0),
        ("three times four points", 3, 4, 0),
        ("weights over eight orders of magnitude", 3, 4, 8),
        ("finite encoder near the posterior", 4, 5, 1),
        ("point masses as encoder", 4, 3, 0),
        ("encoder blind to the data", 3, 3, 0),
    ):
        prior = weights(draw, z_size, orders)
        decoder = tuple(weights(draw, x_size, orders) for _ in range(z_size))
        encoder = tuple(weights(draw, z_size, orders) for _ in range(x_size))
        if "posterior" in name:
            bent = [
                [p * row[x] * (1 + Fraction(draw.randint(-9, 9), 10**8)) for p, row in zip(prior, decoder, strict=True)]
                for x in range(x_size)
            ]
            encoder = tuple(_normalised(row) for row in bent)
        if "masses" in name:
            encoder = tuple(tuple(Fraction(z == x % z_size) for z in range(z_size)) for x in range(x_size))
        if "blind" in name:
            encoder = (encoder[0],) * x_size
        made.append(FiniteAutoencoder(name, weights(draw, x_size, orders), prior, decoder, encoder))
    return made


def finite_models(draw: random.Random) -> list[FiniteModel]:
    """The first four of `finite_autoencoders` at their first point."""
    return [model.at(0) for model in finite_autoencoders(draw)[:4]]


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
        norm = log_of(self.noise) + (2 * arb.pi()).log() / 2

        def likelihood(z: acb, analytic: bool) -> acb:
            return (self._square(z) - norm).exp()

        top = Fraction(1) / self.noise
        peak = (self.x - self.offset) / self.slope
        value = expectation(self.prior, likelihood, DIGITS, growth=(top, 0), kinks=[peak])
        return ball(value).log()

    def _square(self, z: acb) -> acb:
        residual = to_fmpq(self.x - self.offset) - to_fmpq(self.slope) * z
        return -residual * residual / to_fmpq(2 * self.noise**2)

    def reconstruction(self) -> arb:
        """E_q[log p(x | z)], by integration over z."""
        norm = log_of(self.noise) + (2 * arb.pi()).log() / 2
        constant = (abs(self.x - self.offset) + abs(self.slope)) ** 2 / (2 * self.noise**2)
        constant += abs(Fraction(math.log(self.noise))) + 1
        value = expectation(self.encoder, lambda z, analytic: self._square(z) - norm, DIGITS, growth=(constant, 2))
        return ball(value)

    def regulariser(self) -> arb:
        """KL(q(z | x) || p(z)), by integration."""
        return ball(kl(self.encoder, self.prior, DIGITS))

    def gap(self) -> arb:
        """KL(q(z | x) || p(z | x)), by integration."""
        return ball(kl(self.encoder, self.posterior(), DIGITS))

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


def linear_normal_models(draw: random.Random) -> list[LinearNormalModel]:
    """Random models: an ordinary one, encoder variances 1e-8 and 1e8, q near the posterior, and a mixture prior."""

    models = []
    for name in (
        "normal prior",
        "encoder variance 1e-8",
        "encoder variance 1e8",
        "encoder near the posterior",
        "mixture prior",
    ):
        unit, (a, b, _) = decimal(draw, 0.3, 2.0), draw.choice([(3, 4, 5), (5, 12, 13), (8, 15, 17), (4, 3, 5)])
        scale = decimal(draw, 0.4, 2.0)
        slope, noise = a * unit / scale, b * unit
        first = Normal(decimal(draw, -1, 1), scale)
        prior: LineLaw = first
        if name == "mixture prior":
            weight = Fraction(draw.randint(2, 8), 10)
            prior = Mixture([weight, 1 - weight], [first, Normal(first.mean + 3 * scale, scale)])
        offset = decimal(draw, -1, 1)
        x = slope * first.mean + offset + decimal(draw, -1.5, 1.5) * unit
        deviation = {"encoder variance 1e-8": Fraction(1, 10**4), "encoder variance 1e8": Fraction(10**4)}
        encoder = Normal(decimal(draw, -1, 1), deviation.get(name, decimal(draw, 0.5, 1.5)))
        model = LinearNormalModel(name, prior, slope, offset, noise, x, encoder)
        if name == "encoder near the posterior":
            exact = model.posterior()
            assert isinstance(exact, Normal)
            near = Normal(exact.mean + Fraction(1, 10**6), exact.scale * (1 + Fraction(1, 10**6)))
            model = LinearNormalModel(name, prior, slope, offset, noise, x, near)
        models.append(model)
    return models
