"""Codes and prior over a whole data set, in numbers: the generative side of the lower bound.

The companions of ancestral-sampling, aggregate-posterior and elbo-joint-kl; import them from `numerics.elbo`.
q(x, z) = p_data(x) q(z|x), q(z) is its marginal, I its mutual information.  All values are in nats.
Source of the mathematics: Hoffman and Johnson, ELBO surgery, 2016.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from flint import arb, ctx

from numerics.backend import Backend, backend
from numerics.cases import decimal, log_density, noise, sample, uniforms
from numerics.checks import Check, agreement, at_most, ball, sampled, sampled_at_most
from numerics.enclosure import entropy
from numerics.enclosure import kl as certified_kl
from numerics.forms import to_fmpq
from numerics.latent import (
    DIGITS,
    FiniteAutoencoder,
    draw_twice,
    finite_autoencoders,
    linear_normal_models,
    log_of,
    mean_log,
)
from numerics.law import LineLaw
from numerics.laws import Mixture, Normal
from numerics.quadrature import expectation, integrate

__all__ = ["aggregate_posterior", "ancestral_sampling", "elbo_joint_kl"]


def ancestral_sampling(seed: int = 0, device: str = "cpu") -> list[Check]:
    """z ~ p(z), then x ~ p(x|z), gives x ~ p(x) = integral of p(x|z) p(z) dz.

    Finite models: how often each x comes up.  Linear normal models: p(x), integrated over z at random x, is the normal
    law (or the mixture) of the sum of independent normal variables, and x drawn in two steps has its distribution
    function.

    >>> all(check.passed for check in ancestral_sampling(seed=1))
    True
    """
    draw = random.Random(f"{seed}/ancestral-sampling")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_autoencoders(draw)[:4]:
            marginal = [sum(model.at(x).joint, Fraction(0)) for x in range(len(model.data))]
            checks.append(agreement(f"{model.name}: mass", "exact-sum", sum(marginal, Fraction(0)), 1.0, 1e-30))
            for x, mass in enumerate(marginal[:2]):

                def hit(eps: torch.Tensor, model: FiniteAutoencoder = model, x: int = x) -> torch.Tensor:
                    return (draw_twice(model.prior, model.decoder, eps)[1] == x).to(eps.dtype)

                found = sample(noise(2), hit, home, f"{model.name}, {x}", (0.0, 1.0))
                checks.append(sampled(f"{model.name}: share of x = {x}", found, mass))
        for line in [linear_normal_models(draw)[i] for i in (0, 4)]:
            laws = []
            for weight, part in line.components():
                spread = math.sqrt(line.slope**2 * part.variance + line.noise**2)
                laws.append((weight, Normal(line.slope * part.mean + line.offset, spread)))
            whole = Mixture([w for w, _ in laws], [law for _, law in laws])
            # The spread of a component is a float, which is where 1e-12 comes from.
            density = whole.log_density_ball(line.x)
            checks.append(agreement(f"{line.name}: density", "enclosure", line.evidence(), density, 1e-12))
            height = float(line.x)

            def below(eps: torch.Tensor, line=line, height: float = height) -> torch.Tensor:  # type: ignore[no-untyped-def]
                z = _inverted(line.components(), eps)
                x = float(line.slope) * z + float(line.offset) + float(line.noise) * eps[:, 2]
                return (x <= height).to(eps.dtype)

            goal = math.fsum(
                float(w) * math.erfc((float(law.mean) - height) / float(law.scale) / math.sqrt(2)) / 2
                for w, law in laws
            )
            found = sample(noise(3), below, home, line.name, (0.0, 1.0))
            checks.append(sampled(f"{line.name}: distribution function", found, goal))
    return checks


def _inverted(parts: list[tuple[Fraction, Normal]], eps: torch.Tensor) -> torch.Tensor:
    """z from a mixture of normal laws: the first noise chooses the component, the second is its noise."""
    u = uniforms(eps[:, 0])
    ends = u.new_tensor([float(w) for w, _ in parts]).cumsum(0)
    i = torch.searchsorted(ends, u.contiguous(), right=True).clamp(max=len(parts) - 1)
    mean, scale = (
        u.new_tensor([float(v) for v in column]) for column in zip(*((p.mean, p.scale) for _, p in parts), strict=True)
    )
    return mean[i] + scale[i] * eps[:, 1]


# The aggregate posterior ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Codes:
    """N data of equal weight, each with a normal law of its code."""

    name: str
    laws: tuple[Normal, ...]

    @property
    def aggregate(self) -> LineLaw:
        if len(self.laws) == 1:
            return self.laws[0]
        return Mixture([Fraction(1, len(self.laws))] * len(self.laws), self.laws)

    def information(self) -> arb:
        """I_q(x; z): the mean over the data of KL(q(z|x) || q(z)), by quadrature cut at the scales of all codes."""
        total = arb(0)
        for law in set(self.laws):

            def integrand(z: np.ndarray, law: Normal = law) -> np.ndarray:
                own = log_density(law, z)
                return np.exp(own) * (own - log_density(self.aggregate, z))

            found = integrate(integrand, list(self.laws), tolerance=1e-11)
            total += self.laws.count(law) * arb(found.value, found.error)
        return total / len(self.laws)

    def closed_kl(self) -> arb:
        """The mean over the data of KL(q(z|x) || N(0, 1)), in closed form."""
        terms = [to_fmpq(c.mean**2 + c.variance - 1) / 2 - log_of(c.scale) for c in self.laws]
        return sum(terms, arb(0)) / len(self.laws)

    def log_ratios(self, eps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """log q(z|x) - log p(z) and log q(z|x) - log q(z) at samples of q(x, z), from noise of shape (n, 2)."""
        i = (uniforms(eps[:, 0]) * len(self.laws)).long()
        mean, scale = (
            eps.new_tensor([float(v) for v in c]) for c in zip(*((c.mean, c.scale) for c in self.laws), strict=True)
        )
        z = mean[i] + scale[i] * eps[:, 1]
        own = -eps[:, 1].square() / 2 - scale[i].log()
        apart = (z[:, None] - mean) / scale
        mixed = (-apart.square() / 2 - scale.log()).logsumexp(1) - math.log(len(self.laws))
        return own + z.square() / 2, own - mixed


def _codes(draw: random.Random) -> list[_Codes]:
    def code(spread: float = 1.5) -> Normal:
        return Normal(decimal(draw, -spread, spread), decimal(draw, 0.2, 1.2))

    one = code()
    small = Fraction(1, 10**4)
    return [
        _Codes("four data", tuple(code() for _ in range(4))),
        _Codes("one datum", (one,)),
        _Codes("the same code for all", (one, one, one)),
        _Codes("codes far apart", tuple(Normal(100 * i, code().scale) for i in range(3))),
        _Codes("code variances 1e-8 and 1e8", (code(), Normal(one.mean, small), Normal(one.mean, 1 / small))),
        _Codes("codes nearly equal", (one, Normal(one.mean + small, one.scale))),
    ]


def aggregate_posterior(seed: int = 0, device: str = "cpu") -> list[Check]:
    """E_{p_data(x)} KL(q(z|x) || p(z)) = I_q(x;z) + KL(q(z) || p(z)), and 0 <= I_q(x;z) <= log N for N data.

    Finite models: each term is a sum of its own.  Normal codes: the left side in closed form or sampled, the right side
    by quadrature against the mixture q(z); I is 0 for one datum or one code, and log N for codes far apart.
    """
    draw = random.Random(f"{seed}/aggregate-posterior")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_autoencoders(draw):
            rows = enumerate(model.data)
            left = sum((to_fmpq(w) * model.at(x).regulariser() for x, w in rows), arb(0))
            right = information(model) + mean_log(
                model.aggregate,
                [a / p if a else Fraction(1) for a, p in zip(model.aggregate, model.prior, strict=True)],
            )
            checks.append(agreement(model.name, "exact-sum", left, right, 1e-30))
            found = sample(noise(2), _finite_ratio(model), home, model.name, _bounds(model))
            checks.append(sampled(f"{model.name}, sampled", found, right))
        for codes in _codes(draw):
            shared = codes.information()
            rest = ball(certified_kl(codes.aggregate, Normal(0, 1), 10))
            checks.append(agreement(codes.name, "quadrature", shared + rest, codes.closed_kl(), 1e-8))
            top = math.log(len(codes.laws))
            checks.append(at_most(f"{codes.name}: I at most log N", "quadrature", shared, top, 1e-8))
            checks.append(at_most(f"{codes.name}: I at least 0", "quadrature", 0.0, shared, 1e-8))
            if "apart" in codes.name or "same" in codes.name:
                goal = top if "apart" in codes.name else 0.0
                checks.append(agreement(f"{codes.name}: I", "quadrature", shared, goal, 1e-8))
            found = sample(noise(2), lambda eps, c=codes: c.log_ratios(eps)[0], home, codes.name)  # type: ignore[misc]
            checks.append(sampled(f"{codes.name}, sampled", found, shared + rest, tolerance=1e-8, light_tails=True))
            if "1e-8" not in codes.name:
                # Of a code of variance 1e8 few samples, or none, see another code of variance 1e-8.
                found = sample(noise(2), lambda eps, c=codes: c.log_ratios(eps)[1], home, f"{codes.name}, I")  # type: ignore[misc]
                checks.append(sampled(f"{codes.name}: I, sampled", found, shared, tolerance=1e-8, light_tails=True))
    return checks


def information(model: FiniteAutoencoder) -> arb:
    """I_q(x; z), the divergence of q(x, z) from p_data(x) q(z)."""
    product = [model.data[x] * model.aggregate[z] for x, z in model.pairs]
    return mean_log(model.encoded, [q / r if q else Fraction(1) for q, r in zip(model.encoded, product, strict=True)])


def _finite_ratio(model: FiniteAutoencoder) -> Callable[[torch.Tensor], torch.Tensor]:
    """log q(z|x) - log p(z) at samples of q(x, z)."""

    def ratio(eps: torch.Tensor) -> torch.Tensor:
        encoder = eps.new_tensor([[float(w) for w in row] for row in model.encoder])
        prior = eps.new_tensor([float(w) for w in model.prior])
        x, z = model.draw_pairs(eps)
        return encoder[x, z].log() - prior[z].log()

    return ratio


def _bounds(model: FiniteAutoencoder) -> tuple[float, float]:
    """What log q(z|x) - log p(z) can be."""
    logs = [math.log(row[z] / model.prior[z]) for row in model.encoder for z in range(len(row)) if row[z]]
    return min(logs) - 1e-6, max(logs) + 1e-6


# The joint laws -------------------------------------------------------------------------------------------------------


def elbo_joint_kl(seed: int = 0, device: str = "cpu") -> list[Check]:
    """E_{p_data(x)} ELBO(x) = -H(p_data) - KL(q(x,z) || p(x,z)).

    Finite models: sums.  Normal data, a linear encoder and a linear decoder: the divergence of two normal laws in the
    plane by its matrices, the mean ELBO by quadrature over x, and samples of (x, z).
    """
    draw = random.Random(f"{seed}/elbo-joint-kl")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_autoencoders(draw):
            left = sum((to_fmpq(w) * model.at(x).bound() for x, w in enumerate(model.data)), arb(0))
            minus_entropy = mean_log(model.data, model.data)
            ratios = [q / p if q else Fraction(1) for q, p in zip(model.encoded, model.joint, strict=True)]
            right = minus_entropy - mean_log(model.encoded, ratios)
            checks.append(agreement(model.name, "exact-sum", left, right, 1e-30))
            # A divergence is never negative, so the data's entropy bounds the mean ELBO.
            checks.append(at_most(f"{model.name}: bound", "exact-sum", left, minus_entropy, strict=True))
        for plane in _planes(draw):
            right = -ball(entropy(plane.data, DIGITS)) - plane.divergence()
            mean = expectation(plane.data, plane.bound_at)
            checks.append(agreement(plane.name, "quadrature", mean, right, 1e-8))
            checks += _sampled_plane(plane, right, home)
    return checks


@dataclass(frozen=True)
class _Plane:
    """x ~ N, q(z|x) = N(gain x + shift, width^2); z ~ N(0, 1), p(x|z) = N(slope z + offset, spread^2)."""

    name: str
    data: Normal
    gain: Fraction
    shift: Fraction
    width: Fraction
    slope: Fraction
    offset: Fraction
    spread: Fraction

    def divergence(self) -> arb:
        """KL(q(x,z) || p(x,z)) by means and covariances (Duchi, Derivations for linear algebra, 2007)."""
        mean_q = (self.data.mean, self.gain * self.data.mean + self.shift)
        v, w = self.data.variance, self.width**2
        q = (v, self.gain * v, self.gain**2 * v + w)
        p = (self.slope**2 + self.spread**2, self.slope, Fraction(1))
        det_q, det_p = v * w, self.spread**2
        d = (self.offset - mean_q[0], -mean_q[1])
        trace = (p[2] * q[0] - 2 * p[1] * q[1] + p[0] * q[2]) / det_p
        square = (p[2] * d[0] ** 2 - 2 * p[1] * d[0] * d[1] + p[0] * d[1] ** 2) / det_p
        return (to_fmpq(trace + square - 2) + log_of(det_p / det_q)) / 2

    def bound_at(self, x: np.ndarray) -> np.ndarray:
        """ELBO(x): E_q[log p(x|z)] - KL(q(z|x) || N(0, 1)) in closed form at each x."""
        mean, width = float(self.gain) * x + float(self.shift), float(self.width)
        residual = x - float(self.slope) * mean - float(self.offset)
        square = (residual**2 + float(self.slope) ** 2 * width**2) / (2 * float(self.spread) ** 2)
        reconstruction = -square - math.log(float(self.spread)) - math.log(2 * math.pi) / 2
        return reconstruction - (mean**2 + width**2 - 1) / 2 + math.log(width)

    def term(self, eps: torch.Tensor) -> torch.Tensor:
        """log p(x, z) - log q(z|x) at samples of q(x, z)."""
        x = float(self.data.mean) + float(self.data.scale) * eps[:, 0]
        z = float(self.gain) * x + float(self.shift) + float(self.width) * eps[:, 1]
        residual = (x - float(self.slope) * z - float(self.offset)) / float(self.spread)
        constant = math.log(float(self.width) / float(self.spread)) - math.log(2 * math.pi) / 2
        return (eps[:, 1].square() - residual.square() - z.square()) / 2 + constant


def _planes(draw: random.Random) -> list[_Plane]:
    def plane(name: str, scale: Fraction, width: Fraction, spread: Fraction) -> _Plane:
        rest = [decimal(draw, -1, 1) for _ in range(5)]
        return _Plane(name, Normal(rest[0], scale), rest[1], rest[2], width, rest[3], rest[4], spread)

    def size() -> Fraction:
        return decimal(draw, 0.3, 1.5)

    small = Fraction(1, 10**4)
    return [
        plane("normal data", size(), size(), size()),
        plane("data variance 1e-8", small, size(), size()),
        plane("encoder variance 1e-8", size(), small, size()),
        plane("data variance 1e8", 1 / small, size(), size()),
    ]


def _sampled_plane(plane: _Plane, right: arb, home: Backend) -> list[Check]:
    found = sample(noise(2), plane.term, home, plane.name)
    top = -ball(entropy(plane.data, DIGITS))
    return [
        sampled(f"{plane.name}, sampled", found, right, light_tails=True),
        sampled_at_most(f"{plane.name}: bound, sampled", found, top, light_tails=True),
    ]
