"""The variational lower bound in numbers: companion of `derivations.theory.elbo`.

Each function is named after a claim and checks it on concrete models (`numerics.latent`), by two computations that
share no formula: sums and integrals with certified error on one side, the closed form of the evidence or samples on the
other.  All values are in nats.  Source of the mathematics: Kingma and Welling, Auto-Encoding Variational Bayes, 2014,
sections 2.1 to 2.4.  What the sum over the data says about prior and codes is in `numerics.aggregate`.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import torch
from flint import acb, arb, ctx

from numerics.aggregate import aggregate_posterior, ancestral_sampling, elbo_joint_kl
from numerics.backend import Backend, backend
from numerics.cases import SAMPLES, decimal, noise, sample
from numerics.checks import Check, agreement, at_most, ball, disagreement, sampled, sampled_apart, sampled_at_most
from numerics.enclosure import entropy, expectation, kl
from numerics.forms import to_fmpq
from numerics.latent import (
    DIGITS,
    FiniteModel,
    LinearNormalModel,
    finite_autoencoders,
    finite_models,
    linear_normal_models,
    log_of,
    mean_log,
)
from numerics.laws import DiagonalNormal, MultivariateNormal, Normal
from numerics.montecarlo import Estimate
from numerics.quadrature import tensor

__all__ = [
    "FiniteModel",
    "LinearNormalModel",
    "aggregate_posterior",
    "ancestral_sampling",
    "elbo_bound",
    "elbo_joint_form",
    "elbo_joint_kl",
    "elbo_terms",
    "iid_log_likelihood",
    "log_likelihood",
    "log_likelihood_as_scanned",
    "mc_elbo_unbiased",
    "minibatch_unbiased",
]


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
            bound = sample(line.encoder, line.bound_at, home, line.name)
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


# The data -------------------------------------------------------------------------------------------------------------


def iid_log_likelihood(seed: int = 0, device: str = "cpu") -> list[Check]:
    """log p(x_1, ..., x_N) = sum_i log p(x_i) for independent data; with a shared code it fails.

    Finite models: p(x_1, ..., x_N) summed over all codes (z_1, ..., z_N), and the share of samples that are exactly
    these data.  Normal data: the joint density in N dimensions, by the determinant and inverse of its covariance.

    >>> all(check.passed for check in iid_log_likelihood(seed=1))
    True
    """
    draw = random.Random(f"{seed}/iid-log-likelihood")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_autoencoders(draw)[:3]:
            marginal = [sum(model.at(x).joint, Fraction(0)) for x in range(len(model.data))]
            for size in (1, 3):
                data = [draw.randrange(len(marginal)) for _ in range(size)]
                name = f"{model.name}, N = {size}"
                alone = sum((log_of(marginal[x]) for x in data), arb(0))
                codes = itertools.product(range(len(model.prior)), repeat=size)
                rows = [model.at(x).joint for x in data]
                whole = sum(
                    (
                        math.prod((row[z] for row, z in zip(rows, code, strict=True)), start=Fraction(1))
                        for code in codes
                    ),
                    Fraction(0),
                )
                checks.append(agreement(name, "exact-sum", log_of(whole), alone, 1e-30))
                found = sample(noise(size), _hits(marginal, data), home, name, (0.0, 1.0))
                checks.append(sampled(f"{name}: share of samples", found, alone.exp()))
            pair = [draw.randrange(len(marginal))] * 2
            shared = sum(
                (p * row[pair[0]] ** 2 for p, row in zip(model.prior, model.decoder, strict=True)), Fraction(0)
            )
            product = 2 * log_of(marginal[pair[0]])
            checks.append(disagreement(f"{model.name}: one code for two data", "exact-sum", log_of(shared), product))
        for name, size, scale in (
            ("normal, N = 1", 1, decimal(draw, 0.3, 2)),
            ("normal, N = 20", 20, decimal(draw, 0.3, 2)),
            ("normal, variance 1e-8", 5, Fraction(1, 10**4)),
            ("normal, variance 1e8", 5, Fraction(10**4)),
        ):
            law = Normal(decimal(draw, -1, 1), scale)
            seen = [law.mean + scale * decimal(draw, -3, 3) for _ in range(size)]
            square = [[scale**2 * (i == j) for j in range(size)] for i in range(size)]
            joint = MultivariateNormal([law.mean] * size, square).log_density_ball(seen)
            checks.append(
                agreement(name, "enclosure", joint, sum((law.log_density_ball(x) for x in seen), arb(0)), 1e-30)
            )
    return checks


def _hits(marginal: list[Fraction], data: list[int]) -> Callable[[torch.Tensor], torch.Tensor]:
    """Whether independent draws, by inversion of normal noise of shape (n, N), are exactly these data."""
    ends = [float(sum(marginal[:i], Fraction(0))) for i in range(len(marginal) + 1)]
    ends[-1] = 2.0

    def hit(eps: torch.Tensor) -> torch.Tensor:
        u = torch.special.ndtr(eps)
        inside = [(ends[x] <= u[:, i]) & (u[:, i] < ends[x + 1]) for i, x in enumerate(data)]
        return torch.stack(inside).all(0).to(eps.dtype)

    return hit


def minibatch_unbiased(seed: int = 0, device: str = "cpu") -> list[Check]:
    """(N/M) sum over a uniform minibatch of size M, without replacement, has the mean sum_i v_i.

    All binom(N, M) batches, exactly; and batches drawn as the first M of N data in random order.  A batch that always
    holds the first datum is not uniform, and its mean is another.

    >>> all(check.passed for check in minibatch_unbiased(seed=1))
    True
    """
    draw = random.Random(f"{seed}/minibatch-unbiased")
    home = backend(device, seed=seed)
    checks = []
    for name, size, batch, orders in (
        ("N = 1, M = 1", 1, 1, 0),
        ("N = 7, M = 1", 7, 1, 0),
        ("N = 8, M = 3, over eight orders of magnitude", 8, 3, 8),
        ("N = 6, M = 6", 6, 6, 0),
    ):
        values = [draw.choice([-1, 1]) * decimal(draw, 0.1, 9) / 10 ** draw.randint(0, orders) for _ in range(size)]
        sums = [sum(chosen, Fraction(0)) for chosen in itertools.combinations(values, batch)]
        mean = Fraction(size, batch) * sum(sums, Fraction(0)) / len(sums)
        checks.append(agreement(name, "exact-sum", mean, sum(values, Fraction(0)), 1e-30))
        checks.append(sampled(f"{name}, sampled", _batches(values, batch, home, name), sum(values, Fraction(0))))
        if batch == 3:
            biased = [values[0] + sum(chosen, Fraction(0)) for chosen in itertools.combinations(values[1:], batch - 1)]
            wrong = Fraction(size, batch) * sum(biased, Fraction(0)) / len(biased)
            checks.append(disagreement(f"{name}: first datum always in", "exact-sum", wrong, sum(values, Fraction(0))))
    for name, size, batch in (("N = 60, M = 13", 60, 13), ("N = 512, M = 1", 512, 1)):
        values = [decimal(draw, -1, 3) for _ in range(size)]
        checks.append(sampled(f"{name}, sampled", _batches(values, batch, home, name), sum(values, Fraction(0))))
    return checks


def _batches(values: list[Fraction], batch: int, home: Backend, name: str) -> Estimate:
    """The mean of (N/M) times the sum over the first M data, in the order of N independent noises."""
    entries = home.tensor([float(v) for v in values])
    size = len(values)
    top = size * max(abs(float(v)) for v in values) * (1 + 1e-9)

    def scaled_sum(eps: torch.Tensor) -> torch.Tensor:
        return size / batch * entries[eps.topk(batch, dim=1).indices].sum(1)

    return sample(noise(size), scaled_sum, home, name, (-top, top), samples=max(2000, min(SAMPLES, 500_000 // size)))


# The bound ------------------------------------------------------------------------------------------------------------


def elbo_bound(seed: int = 0, device: str = "cpu") -> list[Check]:
    """log p(x) >= ELBO(x), the gap is KL(q(z|x) || p(z|x)), equality iff q is the posterior; the same over the data.

    >>> all(check.passed for check in elbo_bound(seed=1))
    True
    """
    draw = random.Random(f"{seed}/elbo-bound")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_autoencoders(draw):
            rows = [model.at(x) for x in range(len(model.data))]
            evidence = sum((row.evidence() for row in rows), arb(0))
            bound, gap = (sum((f(row) for row in rows), arb(0)) for f in (FiniteModel.bound, FiniteModel.gap))
            checks.append(at_most(f"{model.name}: bound", "exact-sum", bound, evidence, strict=True))
            checks.append(agreement(f"{model.name}: gap", "exact-sum", evidence - bound, gap, 1e-30))
            exact = [replace(row, encoder=tuple(j / sum(row.joint) for j in row.joint)) for row in rows]
            tight = sum((row.bound() for row in exact), arb(0))
            checks.append(agreement(f"{model.name}: equality at the posterior", "exact-sum", tight, evidence, 1e-30))
        for line in linear_normal_models(draw)[:4]:
            evidence = line.evidence()
            posterior = line.posterior()
            assert isinstance(posterior, Normal)
            exact_line = replace(line, encoder=posterior)
            checks.append(at_most(f"{line.name}: bound", "enclosure", _elbo(line), evidence, strict=True))
            tight = _elbo(exact_line)
            checks.append(agreement(f"{line.name}: equality at the posterior", "enclosure", tight, evidence, 1e-15))
            flat = sample(posterior, exact_line.bound_at, home, f"{line.name}, posterior")
            # At the posterior the integrand is a constant, up to rounding.
            checks.append(sampled(f"{line.name}: constant at the posterior", flat, evidence, light_tails=True))
        checks += _summed(draw, home)
    return checks


def _elbo(line: LinearNormalModel) -> arb:
    """The ELBO by integration, term by term."""
    return line.reconstruction() - line.regulariser()


def _summed(draw: random.Random, home: Backend) -> list[Check]:
    """The bound summed over four data with an encoder for each, sampled together."""
    base = linear_normal_models(draw)[0]
    lines = [
        replace(base, x=base.x + decimal(draw, -1, 1), encoder=Normal(decimal(draw, -1, 1), decimal(draw, 0.3, 1.5)))
        for _ in range(4)
    ]
    evidence, gap = (
        sum((f(line) for line in lines), arb(0)) for f in (LinearNormalModel.evidence, LinearNormalModel.gap)
    )
    codes = DiagonalNormal([line.encoder.mean for line in lines], [line.encoder.scale for line in lines])
    total = sample(
        codes, lambda z: torch.stack([line.bound_at(z[:, i]) for i, line in enumerate(lines)]).sum(0), home, "four data"
    )
    return [
        sampled("four data, sampled together", total, evidence, offset=gap, light_tails=True),
        sampled_at_most("four data: bound", total, evidence, light_tails=True),
    ]


def elbo_terms(seed: int = 0, device: str = "cpu") -> list[Check]:
    """E_q[log p(x|z)] <= sup_z log p(x|z), and KL(q(z|x) || p(z)) >= 0 with equality iff q(z|x) = p(z)."""
    draw = random.Random(f"{seed}/elbo-terms")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_models(draw):
            likelihood = [j / p for j, p in zip(model.joint, model.prior, strict=True)]
            top = log_of(max(likelihood))
            checks.append(
                at_most(f"{model.name}: reconstruction", "exact-sum", model.reconstruction(), top, strict=True)
            )
            checks.append(at_most(f"{model.name}: regulariser", "exact-sum", 0.0, model.regulariser(), strict=True))
            same = replace(model, encoder=model.prior)
            checks.append(agreement(f"{model.name}: equal laws", "exact-sum", same.regulariser(), 0.0, 1e-30))
            estimate = model.sample([math.log(v) for v in likelihood], home.seed, device)
            checks.append(sampled_at_most(f"{model.name}, sampled", estimate, top))
            checks.append(sampled(f"{model.name}: reconstruction, sampled", estimate, model.reconstruction()))
        for line in linear_normal_models(draw)[:4]:
            # The peak of N(x; slope z + offset, noise^2), where the residual is 0.
            top = -(log_of(line.noise) + (2 * arb.pi()).log() / 2)
            reconstruction = line.reconstruction()
            checks.append(at_most(f"{line.name}: reconstruction", "enclosure", reconstruction, top, strict=True))
            checks.append(at_most(f"{line.name}: regulariser", "enclosure", 0.0, line.regulariser(), strict=True))
            estimate = sample(line.encoder, line.log_likelihood_at, home, line.name)
            checks.append(sampled(f"{line.name}, sampled", estimate, reconstruction, light_tails=True))
        prior = Normal(decimal(draw, -1, 1), decimal(draw, 0.5, 2))
        near = Normal(prior.mean, prior.scale * (1 + Fraction(1, 10**6)))
        checks.append(agreement("normal laws: equal", "enclosure", kl(prior, prior, DIGITS), 0.0, 1e-30))
        checks.append(at_most("normal laws: nearly equal", "enclosure", 0.0, kl(near, prior, DIGITS), strict=True))
    return checks


def elbo_joint_form(seed: int = 0, device: str = "cpu") -> list[Check]:
    """ELBO = E_q[-log q(z|x) + log p(x, z)], against reconstruction minus regulariser.

    Finite models: sums.  Linear normal models: the entropy of q and the mean of log p(x, z), integrated, and samples.
    """
    draw = random.Random(f"{seed}/elbo-joint-form")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_models(draw):
            mean = mean_log(model.encoder, model.joint) - mean_log(model.encoder, model.encoder)
            checks.append(agreement(model.name, "exact-sum", mean, model.bound(), 1e-30))
            rows = zip(model.joint, model.encoder, strict=True)
            estimate = model.sample([math.log(j) - math.log(q) for j, q in rows], seed, device)
            checks.append(sampled(f"{model.name}, sampled", estimate, model.bound()))
        for line in linear_normal_models(draw)[:4]:
            bound = _elbo(line)
            mean = ball(entropy(line.encoder, DIGITS)) + _joint_mean(line)
            checks.append(agreement(line.name, "enclosure", mean, bound, 1e-12))
            estimate = sample(line.encoder, line.bound_at, home, line.name)
            checks.append(sampled(f"{line.name}, sampled", estimate, bound, light_tails=True))
    return checks


def _joint_mean(line: LinearNormalModel) -> arb:
    """E_q[log p(x, z)]: two normal log-densities in one integrand."""
    assert isinstance(line.prior, Normal)
    terms = []
    for centre, scale, rate in (
        (line.x - line.offset, line.noise, -line.slope),
        (line.prior.mean, line.prior.scale, Fraction(-1)),
    ):
        terms.append((to_fmpq(centre), to_fmpq(rate), to_fmpq(2 * scale**2)))
    constant = log_of(line.noise * line.prior.scale) + (2 * arb.pi()).log()

    def log_joint(z: acb, analytic: bool) -> acb:
        return sum((-((c + r * z) ** 2) / v for c, r, v in terms), acb(0)) - constant

    size = (abs(line.x - line.offset) + abs(line.slope)) ** 2 / (2 * line.noise**2)
    size += (abs(line.prior.mean) + 1) ** 2 / (2 * line.prior.scale**2) + 60
    return ball(expectation(line.encoder, log_joint, DIGITS, growth=(size, 2)))


def mc_elbo_unbiased(seed: int = 0, device: str = "cpu") -> list[Check]:
    """(1/L) sum_l (log p(x,z_l) - log q(z_l|x)) has mean ELBO, and variance 1/L of one sample's.

    Finite models: all z in {1, ..., K}^L.  Linear normal models: tensor rules over (eps_1, ..., eps_L), which are exact
    for their quadratic integrand, and samples for L = 1, 16, 512.  That the draws are independent matters: L copies of
    one draw have the variance of one.
    """
    draw = random.Random(f"{seed}/mc-elbo-unbiased")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for model in finite_models(draw):
            values = [log_of(j / q) for j, q in zip(model.joint, model.encoder, strict=True)]
            spread = sum(
                (to_fmpq(w) * (v - model.bound()) ** 2 for w, v in zip(model.encoder, values, strict=True)), arb(0)
            )
            for size in (2, 4):
                mean, variance = _averages(model.encoder, values, size, model.bound())
                name = f"{model.name}, L = {size}"
                checks.append(agreement(f"{name}: mean", "exact-sum", mean, model.bound(), 1e-30))
                checks.append(agreement(f"{name}: variance", "exact-sum", variance, spread / size, 1e-30))
        for line in linear_normal_models(draw)[:4]:
            bound, one = _elbo(line), _variance_of_bound(line)
            centre = float(bound)
            f = _bound_in_noise(line)
            for size in (1, 2, 3):
                rule = tensor(noise(size), lambda e, f=f, c=centre: (f(e).mean(1) - c) ** 2, order=8)  # type: ignore[misc]
                name = f"{line.name}, L = {size}: variance"
                checks.append(agreement(name, "quadrature", rule, ball(one) / size, 1e-9))
            for size, samples in ((1, SAMPLES), (16, SAMPLES // 4), (512, 1000)):
                mean_of = _means(line, size)
                name = f"{line.name}, L = {size}"
                found = sample(noise(size), mean_of, home, name, samples=samples)
                checks.append(sampled(f"{name}: mean, sampled", found, bound, light_tails=True))
                if size == 16:

                    def square(e: torch.Tensor, f=mean_of, c: float = centre) -> torch.Tensor:  # type: ignore[no-untyped-def]
                        return (f(e) - c).square()

                    found = sample(noise(size), square, home, f"{name}, square", samples=samples)
                    checks.append(sampled(f"{name}: variance, sampled", found, ball(one) / size, light_tails=True))
    return checks


def _averages(law: tuple[Fraction, ...], values: list[arb], size: int, centre: arb) -> tuple[arb, arb]:
    """Mean and variance of the average of independent draws, over all of their outcomes."""
    mean, square = arb(0), arb(0)
    for chosen in itertools.product(range(len(law)), repeat=size):
        weight = to_fmpq(math.prod((law[z] for z in chosen), start=Fraction(1)))
        average = sum((values[z] for z in chosen), arb(0)) / size
        mean += weight * average
        square += weight * (average - centre) ** 2
    return mean, square


def _variance_of_bound(line: LinearNormalModel) -> Fraction:
    """The variance of one term, exactly: it is a eps^2 + b eps + c, so 2 a^2 + b^2."""
    assert isinstance(line.prior, Normal)
    residual = line.x - line.offset - line.slope * line.encoder.mean
    step, rest = line.slope * line.encoder.scale, line.encoder.mean - line.prior.mean
    a = (1 - step**2 / line.noise**2 - line.encoder.variance / line.prior.variance) / 2
    b = residual * step / line.noise**2 - rest * line.encoder.scale / line.prior.variance
    return 2 * a**2 + b**2


def _bound_in_noise(line: LinearNormalModel) -> Callable[[np.ndarray], np.ndarray]:
    mean, scale = float(line.encoder.mean), float(line.encoder.scale)
    return lambda e: line.bound_at(torch.from_numpy(mean + scale * e)).numpy()


def _means(line: LinearNormalModel, size: int) -> Callable[[torch.Tensor], torch.Tensor]:
    mean, scale = float(line.encoder.mean), float(line.encoder.scale)
    return lambda eps: line.bound_at(mean + scale * eps).mean(1)
