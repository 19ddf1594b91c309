"""Autoencoders in numbers: companion of `derivations.theory.autoencoder`.

Each function is named after a claim.  Losses are computed in rational arithmetic, from data, encoders and decoders with
exact entries, or in ball arithmetic; against them stand integrals and samples.  Likelihoods are in nats, losses in
squared units of the data.  Source of the mathematics: Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import acb, arb, ctx

from numerics.backend import Backend, backend
from numerics.cases import SAMPLES, decimal, highest_mean, noise, sample, table, weights
from numerics.checks import Check, agreement, at_most, ball, disagreement, sampled, sampled_at_most
from numerics.enclosure import expectation
from numerics.forms import to_fmpq
from numerics.latent import finite_models, log_of, mean_log
from numerics.laws import DiagonalNormal, Dirac, Normal
from numerics.principal import linear_ae_pca
from numerics.quadrature import tensor
from numerics.rational import Matrix, Vector, matrix, minus, square, times

__all__ = [
    "ae_code_freedom",
    "ae_gaussian_nll",
    "linear_ae_pca",
    "no_kl_bound",
    "no_kl_collapse",
]

DIGITS = 20

# The objective --------------------------------------------------------------------------------------------------------


def nll_form(square: Fraction, variance: Fraction, size: int) -> arb:
    """||x - f(g(x))||^2 / (2 s^2) + (n/2) log(2 pi s^2), from the squared error."""
    return to_fmpq(square / (2 * variance)) + (2 * arb.pi() * to_fmpq(variance)).log() * to_fmpq(Fraction(size, 2))


def ae_gaussian_nll(seed: int = 0, device: str = "cpu") -> list[Check]:
    """For p(x|z) = N(x; f(z), s^2 I_n), z = g(x): -log p(x|g(x)) = ||x - f(g(x))||^2/(2 s^2) + (n/2) log(2 pi s^2).

    The density is a product over coordinates; g is a linear map and f a ramp after a linear map, both exact.  Sampled
    is the mean over normal data for a linear f, whose mean squared error is a sum of squares of a matrix.

    >>> all(check.passed for check in ae_gaussian_nll(seed=1))
    True
    """
    draw = random.Random(f"{seed}/ae-gaussian-nll")
    home = backend(device, seed=seed)
    small = Fraction(1, 10**4)
    checks = []
    with ctx.workprec(200):
        for name, size, codes, scale in (
            ("n = 1", 1, 1, decimal(draw, 0.3, 2)),
            ("n = 5, K = 2", 5, 2, decimal(draw, 0.3, 2)),
            ("variance 1e-8", 3, 2, small),
            ("variance 1e8", 3, 2, 1 / small),
            ("n = 512, K = 1", 512, 1, decimal(draw, 0.3, 2)),
        ):
            encoder, decoder = matrix(draw, codes, size), matrix(draw, size, codes)
            x = tuple(decimal(draw, -2, 2) for _ in range(size))
            code = tuple(max(v, Fraction(0)) for v in times(encoder, x))
            image = times(decoder, code)
            density = DiagonalNormal(image, [scale] * size).log_density_ball(x)
            form = nll_form(square(minus(x, image)), scale**2, size)
            checks.append(agreement(name, "enclosure", -density, form, 1e-30))
            if size <= 5:
                mean = nll_form(_mean_error(encoder, decoder, size), scale**2, size)
                found = sample(noise(size), _nll(encoder, decoder, scale, home), home, name)
                checks.append(sampled(f"{name}, mean over data", found, mean, light_tails=True))
    return checks


def _mean_error(encoder: Matrix, decoder: Matrix, size: int) -> Fraction:
    """E ||x - B A x||^2 for x ~ N(0, I): the sum of squares of the entries of I - B A."""
    total = Fraction(0)
    for j in range(size):
        unit = tuple(Fraction(i == j) for i in range(size))
        total += square(minus(unit, times(decoder, times(encoder, unit))))
    return total


def _tensor(matrix: Matrix, home: Backend) -> torch.Tensor:
    return torch.stack([home.tensor([float(v) for v in row]) for row in matrix])


def _nll(encoder: Matrix, decoder: Matrix, scale: Fraction, home: Backend) -> Callable[[torch.Tensor], torch.Tensor]:
    """-log p(x | A x) with the decoder's mean B A x, by PyTorch's normal law."""
    a, b = _tensor(encoder, home), _tensor(decoder, home)
    deviation = home.tensor(float(scale))

    def value(x: torch.Tensor) -> torch.Tensor:
        return -torch.distributions.Normal(x @ a.T @ b.T, deviation).log_prob(x).sum(1)

    return value


# The law of the codes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shear:
    """T(u, v) = (c u, v / c + (c u)^2): a bijection of the plane with rational values both ways."""

    c: Fraction

    def forward(self, z: Vector) -> Vector:
        u = self.c * z[0]
        return u, z[1] / self.c + u * u

    def backward(self, w: Vector) -> Vector:
        return w[0] / self.c, (w[1] - w[0] * w[0]) * self.c

    def forward_t(self, z: torch.Tensor) -> torch.Tensor:
        u = float(self.c) * z[:, 0]
        return torch.stack([u, z[:, 1] / float(self.c) + u * u], 1)

    def backward_t(self, w: torch.Tensor) -> torch.Tensor:
        return torch.stack([w[:, 0] / float(self.c), (w[:, 1] - w[:, 0] * w[:, 0]) * float(self.c)], 1)


def ae_code_freedom(seed: int = 0, device: str = "cpu") -> list[Check]:
    """(T after g, f after T^-1) has the loss of (g, f) for every invertible T, and codes of another law.

    T is a shear of the plane of codes, not linear, g and f are ramps after linear maps.  Exactly, on finite data; and
    the mean loss over normal data, sampled with T and integrated without.  T^-1 left out, the loss changes.

    >>> all(check.passed for check in ae_code_freedom(seed=1))
    True
    """
    draw = random.Random(f"{seed}/ae-code-freedom")
    home = backend(device, seed=seed)
    checks = []
    for name, c in (
        ("ordinary", decimal(draw, 0.5, 2)),
        ("a mirror", -decimal(draw, 0.5, 2)),
        ("c = 1e-4", Fraction(1, 10**4)),
        ("c = 1e4", Fraction(10**4)),
    ):
        shear = _Shear(c)
        a, b = matrix(draw, 2, 3), matrix(draw, 3, 2)
        data = [tuple(decimal(draw, -2, 2) for _ in range(3)) for _ in range(8)]
        codes = [times(a, x) for x in data]
        plain = sum((square(minus(x, times(b, z))) for x, z in zip(data, codes, strict=True)), Fraction(0))
        moved = [shear.forward(z) for z in codes]
        pairs = list(zip(data, moved, strict=True))
        turned = sum((square(minus(x, times(b, shear.backward(w)))) for x, w in pairs), Fraction(0))
        lost = sum((square(minus(x, times(b, w))) for x, w in pairs), Fraction(0))
        means = [sum((z[1] for z in side), Fraction(0)) / 8 for side in (codes, moved)]
        checks.append(agreement(f"{name}: loss", "exact-sum", turned, plain, 1e-30))
        checks.append(disagreement(f"{name}: mean code", "exact-sum", means[1], means[0]))
        checks.append(disagreement(f"{name}: T alone", "exact-sum", lost, plain))
        encoder, decoder = (_tensor(m, home) for m in (a, b))

        def error(
            x: torch.Tensor, shear: _Shear = shear, a: torch.Tensor = encoder, b: torch.Tensor = decoder
        ) -> torch.Tensor:
            z = shear.backward_t(shear.forward_t(x @ a.T))
            return (x - z @ b.T).square().sum(1)

        f, g = np.array(b, dtype=float), np.array(a, dtype=float)
        rule = tensor(noise(3), lambda x, f=f, g=g: ((x - x @ g.T @ f.T) ** 2).sum(1), order=4)  # type: ignore[misc]
        exact = _mean_error(a, b, 3)
        checks.append(agreement(f"{name}: mean loss", "quadrature", rule, exact, 1e-10))
        found = sample(noise(3), error, home, name)
        # Through c = 1e4 and back, a square of the code is lost to rounding: eight digits.
        checks.append(sampled(f"{name}: mean loss, sampled", found, rule, tolerance=1e-6, light_tails=True))
    return checks


# Without the divergence -----------------------------------------------------------------------------------------------


def no_kl_bound(seed: int = 0, device: str = "cpu") -> list[Check]:
    """sup over q of E_q[log p(x|z)] = sup_z log p(x|z), reached by a point mass iff the supremum is attained.

    Finite codes: the best law by linear programming, with its certificate; random laws are below.  A normal likelihood:
    the point mass at the peak reaches it, normal laws stay below.  log p(x|z) = log sigmoid(z), whose supremum 0 is not
    attained: every law stays below, and laws further and further out come as close as one likes.

    >>> {check.method for check in no_kl_bound(seed=1)} == {"linear-program", "exact-sum", "enclosure", "monte-carlo"}
    True
    """
    draw = random.Random(f"{seed}/no-kl-bound")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_models(draw):
            likelihood = [j / p for j, p in zip(model.joint, model.prior, strict=True)]
            logs = [Fraction(math.log(v)) for v in likelihood]
            best, law = highest_mean(logs)
            checks.append(agreement(f"{model.name}: best law", "linear-program", best, max(logs), 1e-30))
            top = log_of(max(likelihood))
            checks.append(agreement(f"{model.name}: its mean", "exact-sum", mean_log(law, likelihood), top, 1e-14))
            for k in range(2):
                other = weights(draw, len(law), 4 * k)
                name = f"{model.name}: random law {k}"
                checks.append(at_most(name, "exact-sum", mean_log(other, likelihood), top, strict=True))
                found = table(other, [float(v) for v in logs], home, name)
                checks.append(sampled_at_most(f"{name}, sampled", found, top))
        checks += _attained(draw, home) + _not_attained(draw, home)
    return checks


def _attained(draw: random.Random, home: Backend) -> list[Check]:
    """log p(x|z) = -((x - w z - b)/s)^2/2 - log s - log(2 pi)/2, largest at z = (x - b)/w."""
    x, b, w, s = (decimal(draw, low, high) for low, high in ((-2, 2), (-1, 1), (0.3, 2), (0.3, 2)))
    top = -log_of(s) - (2 * arb.pi()).log() / 2
    peak = (x - b) / w
    objective = _Objective(x, w, b, s)
    checks = [
        agreement("normal likelihood: point mass at the peak", "exact-sum", objective.at(Dirac(peak)), top, 1e-15)
    ]
    for name, law in (
        ("at the peak", Normal(peak, Fraction(1, 10**4))),
        ("anywhere", Normal(decimal(draw, -2, 2), decimal(draw, 0.3, 2))),
    ):
        value = objective.at(law)
        checks.append(at_most(f"normal likelihood: normal law {name}", "enclosure", value, top, strict=True))
        found = sample(law, objective.tensors, home, f"normal likelihood, {name}")
        checks.append(sampled(f"normal likelihood: normal law {name}, sampled", found, value, light_tails=True))
    return checks


def _not_attained(draw: random.Random, home: Backend) -> list[Check]:
    """log p(x|z) = log sigmoid(z) < 0 = its supremum."""
    checks = []
    far = Fraction(0)
    for middle in (0, 5, 40):
        law = Normal(middle + decimal(draw, 0, 1), 1)

        def value(z: acb, analytic: bool) -> acb:
            if z.real.mid() < 0:
                return z - (1 + z.exp()).log(analytic=analytic)
            return -(1 + (-z).exp()).log(analytic=analytic)

        mean = expectation(law, value, DIGITS, growth=(1, 1))
        checks.append(at_most(f"not attained, mean near {middle}", "enclosure", mean, 0.0, strict=True))
        found = sample(law, torch.nn.functional.logsigmoid, home, f"not attained {middle}")
        checks.append(sampled(f"not attained, mean near {middle}, sampled", found, mean, light_tails=True))
        far = Fraction(mean.mid)
    # At a mean of 40 what is left is exp(-40) times a moment of exp(N(0, 1)).
    checks.append(agreement("not attained, in the limit", "enclosure", far, 0.0, 1e-15))
    return checks


@dataclass(frozen=True)
class _Objective:
    """E_q[log N(x; w z + b, s^2)] for laws q of the code."""

    x: Fraction
    w: Fraction
    b: Fraction
    s: Fraction

    def at(self, law: Normal | Dirac) -> arb:
        """The mean by integration, or at the point."""
        residual, rate = to_fmpq(self.x - self.b), to_fmpq(self.w)
        variance = to_fmpq(2 * self.s**2)
        constant = log_of(self.s) + (2 * arb.pi()).log() / 2
        size = (abs(self.x - self.b) + abs(self.w)) ** 2 / (2 * self.s**2) + 30

        def value(z: acb, analytic: bool) -> acb:
            return -((residual - rate * z) ** 2) / variance - constant

        return ball(expectation(law, value, DIGITS, growth=(size, 2)))

    def tensors(self, z: torch.Tensor) -> torch.Tensor:
        """log p(x|z) at samples."""
        residual = (float(self.x) - float(self.w) * z - float(self.b)) / float(self.s)
        return -residual.square() / 2 - math.log(float(self.s)) - math.log(2 * math.pi) / 2

    def form(self, m: Fraction, v: Fraction) -> arb:
        """-(1/2) log(2 pi s^2) - ((x - w m - b)^2 + w^2 v) / (2 s^2)."""
        square = (self.x - self.w * m - self.b) ** 2 + self.w**2 * v
        return -(2 * arb.pi() * to_fmpq(self.s**2)).log() / 2 - to_fmpq(square / (2 * self.s**2))


def no_kl_collapse(seed: int = 0, device: str = "cpu") -> list[Check]:
    """Decoder mean w z + b, q = N(m, v), no divergence: the objective falls in v at the rate w^2/(2 s^2).

    The closed form against the integral and samples; the derivative from two integrals, since the objective is linear
    in v; the limit v -> 0 against the value at the point mass, -log p(x|m) of an autoencoder.  With w = 0 it does not
    depend on v at all.

    >>> all(check.passed for check in no_kl_collapse(seed=1))
    True
    """
    draw = random.Random(f"{seed}/no-kl-collapse")
    home = backend(device, seed=seed)
    small = Fraction(1, 10**4)
    checks = []
    with ctx.workprec(200):
        for name, w, s in (
            ("ordinary", decimal(draw, 0.3, 2), decimal(draw, 0.3, 2)),
            ("w < 0", -decimal(draw, 0.3, 2), decimal(draw, 0.3, 2)),
            ("w = 0", Fraction(0), decimal(draw, 0.3, 2)),
            ("decoder variance 1e-8", decimal(draw, 0.3, 2), small),
            ("decoder variance 1e8", decimal(draw, 0.3, 2), 1 / small),
        ):
            objective = _Objective(decimal(draw, -2, 2), w, decimal(draw, -1, 1), s)
            m, one, two = decimal(draw, -1, 1), decimal(draw, 0.3, 1), decimal(draw, 1.1, 2)
            low, high = (objective.at(Normal(m, scale)) for scale in (one, two))
            checks.append(agreement(f"{name}: objective", "enclosure", low, objective.form(m, one**2), 1e-15))
            rate = (high - low) / to_fmpq(two**2 - one**2)
            checks.append(agreement(f"{name}: derivative in v", "enclosure", rate, -(w**2) / (2 * s**2), 1e-15))
            if w:
                checks.append(at_most(f"{name}: falls in v", "enclosure", high, low, strict=True))
            limit = objective.at(Dirac(m))
            near = objective.at(Normal(m, Fraction(1, 10**12)))
            checks.append(agreement(f"{name}: v to 0", "enclosure", near, limit, 1e-14))
            residual = objective.x - w * m - objective.b
            loss_there = nll_form(residual**2, s**2, 1)
            checks.append(agreement(f"{name}: loss of the autoencoder", "exact-sum", -limit, loss_there, 1e-15))
            found = sample(Normal(m, one), objective.tensors, home, name, samples=SAMPLES)
            checks.append(sampled(f"{name}: objective, sampled", found, objective.form(m, one**2), light_tails=True))
    return checks
