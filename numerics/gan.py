"""The objective of generative adversarial networks in numbers: companion of `derivations.theory.gan`.

Each function is named after a claim.  D runs through functions into [0, 1]; V(D) = E_p[log D] + E_q[log(1 - D)] with p
the data law and q that of the generator.  Maxima are found by branch and bound in ball arithmetic, which knows no
formula for the maximiser; integrals are certified (Arb) or sampled.  All values are in nats.
Source of the mathematics: Goodfellow et al., Generative Adversarial Nets, 2014, section 4.
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
from numerics.cases import SAMPLES, noise, sample, weights
from numerics.checks import LEVEL, Check, agreement, at_most, ball, sampled, sampled_apart
from numerics.enclosure import expectation, jsd
from numerics.forms import to_fmpq
from numerics.generator import gan_value_pushforward, generator_best_response, saturation
from numerics.jensen_shannon import disjoint_jsd, jsd_bounds, jsd_forms
from numerics.laws import Bernoulli, Categorical, LineLaw, Mixture, Normal
from numerics.montecarlo import Estimate
from numerics.montecarlo import expectation as sample_mean
from numerics.montecarlo import jsd as sampled_jsd
from numerics.montecarlo import kl as sampled_kl
from numerics.pairs import finite_pairs, mixture_pair, normal_pairs
from numerics.quadrature import expectation as quadrature

__all__ = [
    "Peak",
    "disjoint_jsd",
    "gan_bce",
    "gan_global_minimum",
    "gan_jsd",
    "gan_value_pushforward",
    "generator_best_response",
    "jsd_bounds",
    "jsd_forms",
    "maximum",
    "optimal_discriminator",
    "pointwise_optimum",
    "saturation",
]

DIGITS = 14
ONE, TINY = Fraction(1), Fraction(1, 10**8)


# The maximum on [0, 1] ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Peak:
    """Where all maximisers of a log y + b log(1 - y) on [0, 1] lie, exact ends, and an enclosure of the maximum."""

    lower: Fraction
    upper: Fraction
    value: arb


def maximum(a: Fraction, b: Fraction, width: Fraction = Fraction(1, 10**9)) -> Peak:
    """The maximum of f(y) = a log y + b log(1 - y) over 0 <= y <= 1, by branch and bound; a, b >= 0, a + b > 0.

    A cell [l, u] is dropped when f stays below a value already seen.  Two bounds hold on it: a log u + b log(1 - l),
    since the first term rises and the second falls; and the tangent at the midpoint, since f is concave.  Halving goes
    on until what is left is narrower than *width*, times the larger of its upper end and 1e-20, and the maximum is
    enclosed as closely.

    Raises ValueError for weights that are negative or both 0, and ArithmeticError if 200 halvings do not suffice.

    >>> peak = maximum(Fraction(1), Fraction(3))
    >>> peak.lower <= Fraction(1, 4) <= peak.upper
    True
    """
    if a < 0 or b < 0 or a + b == 0:
        raise ValueError(f"weights are {a} and {b}; give a, b >= 0, not both 0")
    cells = [(Fraction(0), Fraction(1))]
    # Near the maximum f is flat: telling its values apart takes twice the digits of the width.
    with ctx.workprec(max(ctx.prec, 64 + 3 * width.denominator.bit_length())):
        best = arb("-inf")
        for _ in range(200):
            kept: list[tuple[Fraction, Fraction, arb]] = []
            for low, high in cells:
                for y in (low, (low + high) / 2, high):
                    seen = _weighted_logs(a, b, y).lower()
                    best = seen if seen > best else best
                kept.append((low, high, _ceiling(a, b, low, high)))
            # Not certainly below: a comparison of balls is true only if it holds for all their points.
            kept = [cell for cell in kept if not cell[2] < best]
            lower, upper = min(c[0] for c in kept), max(c[1] for c in kept)
            top = max((c[2].upper() for c in kept), key=float)
            narrow = upper - lower <= width * max(upper, Fraction(1, 10**20))
            if narrow and top - best <= to_fmpq(width / 1000):
                return Peak(lower, upper, best.union(top))
            cells = [half for low, high, _ in kept for half in _halves(low, high)]
    raise ArithmeticError(f"the maximum for weights {a} and {b} was not enclosed within 200 halvings")


def _halves(low: Fraction, high: Fraction) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
    return (low, (low + high) / 2), ((low + high) / 2, high)


def _weighted_logs(a: Fraction, b: Fraction, y: Fraction) -> arb:
    """a log y + b log(1 - y), with 0 log 0 = 0."""
    total = arb(0)
    for weight, place in ((a, y), (b, 1 - y)):
        if weight:
            total += to_fmpq(weight) * arb(to_fmpq(place)).log() if place else arb("-inf")
    return total


def _ceiling(a: Fraction, b: Fraction, low: Fraction, high: Fraction) -> arb:
    """An upper bound of f on a cell."""
    bound = _weighted_logs(a, Fraction(0), high) + _weighted_logs(Fraction(0), b, low)
    middle, half = (low + high) / 2, (high - low) / 2
    slope = a / middle - b / (1 - middle)
    tangent = _weighted_logs(a, b, middle) + to_fmpq(abs(slope) * half)
    return tangent if tangent < bound else bound


def pointwise_optimum(seed: int = 0, device: str = "cpu") -> list[Check]:
    """a log y + b log(1 - y) on [0, 1] has the one maximiser a/(a + b), for random weights and at the ends.

    The sampled check draws labels: with probability a/(a + b) a label is 1, and the mean advantage of a/(a + b) over
    another y in log-likelihood is what the objective loses at y, divided by a + b.

    >>> all(check.passed for check in pointwise_optimum(seed=1))
    True
    """
    draw = random.Random(f"{seed}/pointwise-optimum")
    home = backend(device, seed=seed)

    def weight() -> Fraction:
        return Fraction(draw.randint(1, 5000), 1000)

    large, small = Fraction(10**4), Fraction(1, 10**4)
    cases = [("ordinary", weight(), weight()), ("equal", *(2 * (weight(),))), ("a = 0", Fraction(0), weight())]
    cases += [("b = 0", weight(), Fraction(0)), ("a/b = 1e-8", small, large), ("a/b = 1e8", large, small)]
    checks = []
    with ctx.workprec(200):
        for name, a, b in cases:
            best = a / (a + b)
            peak = maximum(a, b)
            where = arb(to_fmpq(peak.lower)).union(arb(to_fmpq(peak.upper)))
            checks.append(agreement(f"{name}: maximiser", "enclosure", where, best, 3e-9))
            checks.append(agreement(f"{name}: maximum", "enclosure", peak.value, _weighted_logs(a, b, best), 1e-11))
            other = Fraction(draw.randint(50, 950), 1000)
            labels = sampled_kl(
                Bernoulli(best), Bernoulli(other), samples=SAMPLES, alpha=LEVEL, backend=home, stream=name,
                bounds=_log_ratio_bounds(best, other),
            )  # fmt: skip
            loss = (_weighted_logs(a, b, best) - _weighted_logs(a, b, other)) / to_fmpq(a + b)
            checks.append(sampled(f"{name}: loss at {float(other)}", labels, loss))
    return checks


def _log_ratio_bounds(p: Fraction, q: Fraction) -> tuple[float, float]:
    """What the log-likelihood ratio of two coins can be."""
    ratios = [math.log(x / y) for x, y in ((p, q), (1 - p, 1 - q)) if x]
    return min(ratios) - 1e-9, max(ratios) + 1e-9


# Discriminators -------------------------------------------------------------------------------------------------------


def _finite_best(p: Categorical, q: Categorical) -> arb:
    """max over D of V(D) for finite laws: the sum of the maxima over the points."""
    points = zip(p.probabilities, q.probabilities, strict=True)
    return sum((maximum(a, b).value for a, b in points if a + b), arb(0))


def _finite_value(p: Categorical, q: Categorical) -> arb:
    """V at p/(p + q)."""
    points = zip(p.probabilities, q.probabilities, strict=True)
    return sum((_weighted_logs(a, b, a / (a + b)) for a, b in points if a + b), arb(0))


def _log_sigmoid(u: acb, analytic: bool) -> acb:
    """log(1 / (1 + e^-u)), with the exponential that is small where u is far from 0."""
    if u.real.mid() < 0:
        return u - (1 + u.exp()).log(analytic=analytic)
    return -(1 + (-u).exp()).log(analytic=analytic)


@dataclass(frozen=True)
class _Logit:
    """u(x) = log p(x) - log q(x) of two normal laws, and discriminators sigmoid(u + shift)."""

    p: Normal
    q: Normal

    def __call__(self, x: acb) -> acb:
        terms = []
        for law in (self.p, self.q):
            distance = (x - to_fmpq(law.mean)) / to_fmpq(law.scale)
            terms.append(-distance * distance / 2 - arb(to_fmpq(law.scale)).log())
        return terms[0] - terms[1]

    def growth(self) -> tuple[Fraction, int]:
        """|u(x)| + 1 <= c (1 + |x|)^2, with some room for a shift below 8."""
        constant = Fraction(10)
        for law in (self.p, self.q):
            constant += (1 + abs(law.mean)) ** 2 / (2 * law.scale**2) + abs(Fraction(math.log(law.scale)))
        return constant, 2

    def value(self, shift: Fraction = Fraction(0)) -> arb:
        """V(sigmoid(u + shift)), by integration."""
        move = to_fmpq(shift)
        kinks = [self.p.mean, self.q.mean]
        real = expectation(
            self.p, lambda x, an: _log_sigmoid(self(x) + move, an), DIGITS, growth=self.growth(), kinks=kinks
        )
        fake = expectation(
            self.q, lambda x, an: _log_sigmoid(-self(x) - move, an), DIGITS, growth=self.growth(), kinks=kinks
        )
        return ball(real) + ball(fake)


def _logit(p: LineLaw, q: LineLaw, x: torch.Tensor) -> torch.Tensor:
    return p.log_density(x) - q.log_density(x)


def _label_divergence(p: LineLaw, q: LineLaw, shift: float, x: torch.Tensor) -> torch.Tensor:
    """KL(Bernoulli(D*(x)) || Bernoulli(D(x))) for D = sigmoid(u + shift)."""
    u = _logit(p, q, x)
    best = u.sigmoid()
    softplus = torch.nn.functional.softplus
    real = softplus(-u - shift) - softplus(-u)
    fake = softplus(u + shift) - softplus(u)
    return best * real + (1 - best) * fake


def optimal_discriminator(seed: int = 0, device: str = "cpu") -> list[Check]:
    """D* = p/(p + q) maximises V, any other D loses, and D* is the posterior probability of the label.

    Finite laws: the maximum over all D, point by point, against V(D*).  Normal laws: V(D*) - V(D) by integration, for
    D = sigmoid(log p - log q + shift), against the mean divergence of labels under D* from labels under D, sampled
    from (p + q)/2.  The posterior: half of p(x <= c) is the mean of D* on x <= c.
    """
    draw = random.Random(f"{seed}/optimal-discriminator")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, a, b in finite_pairs(draw):
            checks.append(agreement(f"{name}: maximum", "exact-sum", _finite_best(a, b), _finite_value(a, b), 1e-10))
        for name, p, q in normal_pairs(draw):
            logit, shift = _Logit(p, q), Fraction(draw.choice([-1, 1]) * draw.randint(500, 2000), 1000)
            loss = logit.value() - logit.value(shift)
            size = abs(float(shift))
            estimate = sample_mean(
                Mixture(["1/2", "1/2"], [p, q]),
                lambda x, p=p, q=q, s=float(shift): 2 * _label_divergence(p, q, s, x),  # type: ignore[misc]
                samples=SAMPLES,
                alpha=LEVEL,
                backend=home,
                stream=name,
                # A logit that moves by s changes each log-likelihood by at most |s|.
                bounds=(-1e-6, 2 * size + 1e-6),
            )
            checks.append(sampled(f"{name}: loss of another discriminator", estimate, loss))
            checks += _posterior(name, p, q, draw, home)
    return checks


def _posterior(name: str, p: Normal, q: Normal, draw: random.Random, home: Backend) -> list[Check]:
    """E_m[D*(x); x <= c] = p(x <= c)/2, m = (p + q)/2."""
    position = draw.uniform(-1, 1)
    c = float(p.mean) + position * float(p.scale)
    half = math.erfc(-position / math.sqrt(2)) / 4
    estimate = sample_mean(
        Mixture(["1/2", "1/2"], [p, q]),
        lambda x: _logit(p, q, x).sigmoid() * (x <= c),
        samples=SAMPLES,
        alpha=LEVEL,
        backend=home,
        stream=f"{name}, posterior",
        bounds=(-1e-6, 1 + 1e-6),
    )
    return [sampled(f"{name}: posterior of the label", estimate, half)]


def gan_jsd(seed: int = 0, device: str = "cpu") -> list[Check]:
    """max over D of V(D) = -log 4 + 2 JSD(p || q) on random laws.

    Finite laws: the maximum found point by point against the divergence summed with certified error.  Normal laws:
    V(D*) by integration against the divergence by integration, and against the sampled divergence.  Mixtures: V(D*)
    sampled against the integrated divergence.
    """
    draw = random.Random(f"{seed}/gan-jsd")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        log_four = arb(4).log()
        for name, a, b in finite_pairs(draw):
            divergence = 2 * ball(jsd(a, b, DIGITS)) - log_four
            checks.append(agreement(name, "exact-sum", _finite_best(a, b), divergence, 1e-10))
        for name, p, q in normal_pairs(draw):
            value = _Logit(p, q).value()
            checks.append(agreement(name, "enclosure", value, 2 * ball(jsd(p, q, DIGITS)) - log_four, 1e-12))
            estimate = sampled_jsd(p, q, samples=SAMPLES, alpha=LEVEL, backend=home, stream=name)
            checks.append(sampled(f"{name}: sampled divergence", estimate, (value + log_four) / 2))
        one, two = mixture_pair(draw)
        estimate = sample_mean(
            Mixture(["1/2", "1/2"], [one, two]),
            lambda x: _value_at(_logit(one, two, x)),
            samples=SAMPLES,
            alpha=LEVEL,
            backend=home,
            stream="mixtures",
            # 2 (D log D + (1 - D) log(1 - D)) lies between -2 log 2 and 0.
            bounds=(-2 * math.log(2) - 1e-6, 1e-6),
        )
        checks.append(sampled("mixtures: sampled V", estimate, 2 * ball(jsd(one, two, DIGITS)) - log_four))
    return checks


def _value_at(u: torch.Tensor) -> torch.Tensor:
    """What a point contributes to V(D*) as a mean under (p + q)/2: 2 (D* log D* + (1 - D*) log(1 - D*))."""
    best = u.sigmoid()
    softplus = torch.nn.functional.softplus
    return -2 * (best * softplus(-u) + (1 - best) * softplus(u))


# The objective --------------------------------------------------------------------------------------------------------


def gan_bce(seed: int = 0, device: str = "cpu") -> list[Check]:
    """V(D, G) = -2 BCE(D) with balanced labels: y = 1 with probability 1/2, x from p if y = 1, else from q.

    Finite laws: the mean over all (x, y), and PyTorch's own binary cross-entropy with these weights, against V as two
    sums.  Normal laws: V by integration, against the mean of -log of the probability given to labels that are drawn.
    With labels that are not balanced, it is another number.

    >>> all(check.passed for check in gan_bce(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gan-bce")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        for name, p, q in finite_pairs(draw):
            rated = [Fraction(draw.randint(1, 999), 1000) for _ in p.probabilities]
            value = _two_sums(p.probabilities, q.probabilities, rated)
            loss = _cross_entropy(p, q, rated, Fraction(1, 2))
            checks.append(agreement(name, "exact-sum", -2 * loss, value, 1e-30))
            library = _library_cross_entropy(p, q, rated, home)
            checks.append(agreement(f"{name}: PyTorch", "exact-sum", -2 * library, value, 1e-12))
        tilted = -2 * _cross_entropy(p, q, rated, Fraction(1, 3))
        weighted = _two_sums(p.probabilities, q.probabilities, rated, Fraction(2, 3), Fraction(4, 3))
        checks.append(agreement("one label in three: weighted sums", "exact-sum", tilted, weighted, 1e-30))
        for name, real, fake in normal_pairs(draw):
            # A logit that varies where the samples are.
            rate = Fraction(draw.randint(-2000, 2000), 1000) / (1 + real.scale + fake.scale)
            level = Fraction(draw.randint(-2000, 2000), 1000)
            value = _linear_value(real, fake, rate, level)
            logit = (float(rate), float(level))
            found = sample(noise(2), _label_loss(real, fake, *logit), home, name)
            checks.append(sampled(f"{name}, sampled", found, -value / 2, light_tails=True))
            rule = _softplus_loss(real, fake, *logit)
            checks.append(agreement(f"{name}: softplus", "quadrature", -2 * rule, value, 1e-8))
    return checks


def _linear_value(p: Normal, q: Normal, rate: Fraction, level: Fraction) -> arb:
    """V(D) by integration, for D = sigmoid(rate x + level)."""
    growth = (abs(rate) + abs(level) + 1, 1)
    a, b = to_fmpq(rate), to_fmpq(level)
    real = expectation(p, lambda x, an: _log_sigmoid(a * x + b, an), DIGITS, growth=growth)
    fake = expectation(q, lambda x, an: _log_sigmoid(-a * x - b, an), DIGITS, growth=growth)
    return ball(real) + ball(fake)


def _two_sums(
    p: tuple[Fraction, ...], q: tuple[Fraction, ...], rated: list[Fraction], a: Fraction = ONE, b: Fraction = ONE
) -> arb:
    """a E_p[log D] + b E_q[log(1 - D)]."""
    real = sum((to_fmpq(w) * arb(to_fmpq(d)).log() for w, d in zip(p, rated, strict=True)), arb(0))
    fake = sum((to_fmpq(w) * arb(to_fmpq(1 - d)).log() for w, d in zip(q, rated, strict=True)), arb(0))
    return to_fmpq(a) * real + to_fmpq(b) * fake


def _cross_entropy(p: Categorical, q: Categorical, rated: list[Fraction], share: Fraction) -> arb:
    """-E log of the probability that D gives to the label, over all (x, y), y = 1 with probability *share*."""
    total = arb(0)
    for law, label, weight in ((p, 1, share), (q, 0, 1 - share)):
        for mass, d in zip(law.probabilities, rated, strict=True):
            total -= to_fmpq(weight * mass) * arb(to_fmpq(d if label else 1 - d)).log()
    return total


def _library_cross_entropy(p: Categorical, q: Categorical, rated: list[Fraction], home: Backend) -> float:
    """PyTorch's binary cross-entropy of the rows (D(x), y), each weighted with its probability."""
    places = home.tensor([float(d) for d in rated]).repeat(2)
    labels = torch.cat([torch.ones(len(rated)), torch.zeros(len(rated))]).to(places)
    mass = home.tensor([float(w) / 2 for law in (p, q) for w in law.probabilities])
    entropy = torch.nn.functional.binary_cross_entropy(places, labels, weight=mass, reduction="sum")
    return float(entropy)


def _label_loss(p: Normal, q: Normal, rate: float, level: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """-log D(x) or -log(1 - D(x)) at a label and a sample drawn together, from noise of shape (n, 2)."""

    def loss(eps: torch.Tensor) -> torch.Tensor:
        real = eps[:, 0] > 0
        one, other = (float(law.mean) + float(law.scale) * eps[:, 1] for law in (p, q))
        u = rate * torch.where(real, one, other) + level
        return torch.nn.functional.binary_cross_entropy_with_logits(u, real.to(u.dtype), reduction="none")

    return loss


def _softplus_loss(p: Normal, q: Normal, rate: float, level: float) -> arb:
    """The cross-entropy by a Gauss-Kronrod rule on each half of the labels: -log D = log(1 + e^-u)."""
    total = arb(0)
    for law, sign in ((p, -1), (q, 1)):

        def softplus(x: np.ndarray, sign: int = sign) -> np.ndarray:
            return np.logaddexp(0, sign * (rate * x + level))

        rule = quadrature(law, softplus)
        total += arb(rule.value, rule.error)
    return total / 2


def gan_global_minimum(seed: int = 0, device: str = "cpu") -> list[Check]:
    """C(G) >= -log 4 with equality iff p_g = p_data.

    Finite laws: C summed from the maxima over D at each point, certainly above -log 4 unless the laws are equal; and a
    descent over all laws q from a random start ends at p, with C = -log 4.  Normal laws: the integral of V at the best
    D is above, samples of it are apart from -log 4, and for q = p they are constant.

    >>> all(check.passed for check in gan_global_minimum(seed=1))
    True
    """
    draw = random.Random(f"{seed}/gan-global-minimum")
    home = backend(device, seed=seed)
    checks = []
    with ctx.workprec(200):
        floor = -arb(4).log()
        for name, p, q in finite_pairs(draw):
            best = _finite_best(p, q)
            if name == "equal":
                checks.append(agreement("equal", "exact-sum", best, floor, 1e-10))
            else:
                checks.append(at_most(name, "exact-sum", floor, best, strict=True))
            reached, start = descended(p, weights(draw, len(p.probabilities)))
            checks.append(agreement(f"{name}: descent", "exact-sum", _finite_value(p, reached), floor, 1e-8))
            checks.append(at_most(f"{name}: descent from", "exact-sum", floor, _finite_value(p, start), strict=True))
        whole = finite_pairs(draw)[0][1].probabilities
        near = Categorical([whole[0] * (1 + TINY), whole[1] - whole[0] * TINY, *whole[2:]])
        checks.append(
            at_most(
                "finite laws, nearly equal", "exact-sum", floor, _finite_value(Categorical(whole), near), strict=True
            )
        )
        for name, one, two in normal_pairs(draw):
            value = _Logit(one, two).value()
            checks.append(at_most(name, "enclosure", floor, value, strict=True))
            if name != "nearly equal":
                checks.append(sampled_apart(f"{name}, sampled", _sampled_value(one, two, home, name), floor))
        flat = _sampled_value(one, one, home, "equal")
        checks.append(sampled("equal normal laws, sampled", flat, floor))
    return checks


def _sampled_value(p: Normal, q: Normal, home: Backend, stream: str) -> Estimate:
    """V at the best D, sampled from the middle of the two laws."""
    bounds = (-2 * math.log(2) - 1e-6, 1e-6)
    middle = Mixture(["1/2", "1/2"], [p, q])
    return sample(middle, lambda x: _value_at(_logit(p, q, x)), home, f"{stream}, V", bounds)


def descended(p: Categorical, start: tuple[Fraction, ...], rounds: int = 400) -> tuple[Categorical, Categorical]:
    """Where exponentiated gradients of C over all laws q lead from a start (Kivinen and Warmuth, 1997); and the start.

    The derivative of C in q(x) is log(q/(p + q)); each step multiplies q by exp(-2 log(q/(p + q))) and normalises.
    Laws are rounded to rationals with sum one.
    """
    goal = np.array([float(w) for w in p.probabilities])
    q = np.array([float(w) for w in start])
    for _ in range(rounds):
        # 0.9 of a step keeps it a descent where p is small; q stays positive.
        slope = np.log(q / (goal + q))
        q = q * np.exp(-0.9 * (slope - slope.min()))
        q = np.maximum(q / q.sum(), 1e-300)
    raw = [Fraction(float(w)) for w in q]
    total = sum(raw, Fraction(0))
    return Categorical([w / total for w in raw]), Categorical(start)
