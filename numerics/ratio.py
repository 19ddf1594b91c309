"""Log-ratios of laws at random points, from standard noise, in preallocated buffers: the fast path of Monte Carlo.

For x ~ p the number log a(x) - log b(x) is a function of the standard noise e that makes x = location + scale * e. This
module forms that function exactly, from the rational coefficients of `numerics.forms`, before any noise is drawn: what
cancels on paper costs nothing, x itself is never formed, and a needle far from zero loses no digits. In K dimensions
the log-ratio of normal laws is a quadratic polynomial in e; the eigenbasis of its matrix, in which standard noise has
the same law, makes it diagonal, so that no matrix meets a sample.

Main definition: `LogRatio`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import torch

from numerics.backend import Backend
from numerics.forms import Constant, LogForm
from numerics.law import Law, LineLaw, absolutely_continuous
from numerics.laws import DiagonalNormal, MultivariateNormal
from numerics.noise import Noise, Part, parts, split_count

__all__ = ["LogRatio", "check_pair"]


def check_pair(p: Law, q: Law) -> None:
    """Raise ValueError unless log p - log q makes sense under p: same dimension, and p << q."""
    if p.dimension != q.dimension:
        raise ValueError(
            f"laws of dimensions {p.dimension or 1} and {q.dimension or 1}; give two laws of one dimension"
        )
    if isinstance(p, LineLaw) and isinstance(q, LineLaw) and not absolutely_continuous(p, q):
        raise ValueError(f"{p} is not absolutely continuous with respect to {q}: the divergence is infinite")


@dataclass
class _Polynomial:
    """c + b e + a e^2 + kinks + logs, in the noise of one part; supports as masks where the noise may leave them."""

    constant: float
    linear: float
    quadratic: float
    kinks: list[tuple[float, float]]
    # (point, sign, coefficient): coefficient * log(sign * (e - point))
    logs: list[tuple[float, int, float]]
    lower: float | None = None
    upper: float | None = None

    @classmethod
    def of(cls, form: LogForm, weight: Fraction, ends: tuple[Fraction | None, Fraction | None]) -> _Polynomial:
        form_constant = form.constant + Constant.log(weight)
        covered_left = form.lower is None or (ends[0] is not None and ends[0] >= form.lower)
        covered_right = form.upper is None or (ends[1] is not None and ends[1] <= form.upper)
        logs = []
        if form.left and form.lower is not None:
            logs.append((float(form.lower), 1, float(form.left)))
        if form.right and form.upper is not None:
            logs.append((float(form.upper), -1, float(form.right)))
        return cls(
            float(form_constant),
            float(form.linear),
            float(form.quadratic),
            [(float(point), float(k)) for point, k in form.kinks],
            logs,
            None if covered_left or form.lower is None else float(form.lower),
            None if covered_right or form.upper is None else float(form.upper),
        )

    @property
    def is_constant(self) -> bool:
        """Whether the noise makes no difference, and need not be drawn."""
        return not (self.linear or self.quadratic or self.kinks or self.logs)

    def into(self, out: torch.Tensor, noise: Noise, scratch: torch.Tensor) -> None:
        if self.is_constant and self.lower is None and self.upper is None:
            out.fill_(self.constant)
            return
        e = noise.e
        if self.quadratic:
            torch.mul(e, self.quadratic, out=out)
            if self.linear:
                out.add_(self.linear)
            out.mul_(e)
        elif self.linear:
            torch.mul(e, self.linear, out=out)
        else:
            out.zero_()
        if self.constant:
            out.add_(self.constant)
        for point, coefficient in self.kinks:
            out.add_(torch.sub(e, point, out=scratch).abs_(), alpha=coefficient)
        for point, sign, coefficient in self.logs:
            if sign == 1 and point == 0 and noise.has_log:
                out.add_(noise.log_e, alpha=coefficient)
            elif sign == -1 and point == 1 and noise.has_rest:
                out.add_(noise.log_rest, alpha=coefficient)
            else:
                # Off the support the mask below takes over; on it the clamp only keeps rounding from reaching log 0.
                scratch = torch.sub(e, point, out=scratch)
                scratch.mul_(sign).clamp_(min=torch.finfo(out.dtype).tiny).log_()
                out.add_(scratch, alpha=coefficient)
        if self.lower is not None:
            out.masked_fill_(e < self.lower, -torch.inf)
        if self.upper is not None:
            out.masked_fill_(e > self.upper, -torch.inf)


@dataclass
class _Block:
    """One part of p: its noise, and the log-densities to be added and subtracted, each a list of components."""

    noise: Noise
    # With one component on each side the difference is one polynomial, formed exactly.
    difference: _Polynomial | None
    numerator: list[_Polynomial] = field(default_factory=list)
    denominator: list[_Polynomial] = field(default_factory=list)


class LogRatio:
    """log a(x) - log b(x) at x ~ p; `numerator` a and `denominator` b may be None, for 0.

    `draw(n)` returns n independent values as a view of a buffer that the next draw overwrites. Values of one batch may
    come in blocks, one for each component of p: sums do not see the order.

    Raises ValueError for dimensions that differ and for b that does not dominate p; without `dominated`, for laws on
    the line, the ratio is infinite where b vanishes instead.
    """

    def __init__(
        self,
        p: Law,
        numerator: Law | None,
        denominator: Law | None,
        backend: Backend,
        size: int,
        generator: torch.Generator,
        dominated: bool = True,
    ) -> None:
        for other in (numerator, denominator):
            if other is not None and dominated:
                check_pair(p, other)
        self._out = torch.empty(size, dtype=backend.dtype, device=backend.device)
        self._scratch = torch.empty_like(self._out)
        self._counts = np.random.default_rng(generator.initial_seed())
        self._dimension = p.dimension or 1
        self._blocks: list[_Block] = []
        if isinstance(p, DiagonalNormal | MultivariateNormal):
            square, linear, self._constant = _quadratic(p, numerator, denominator)
            self._square = backend.tensor(square.tolist())
            self._linear = backend.tensor(linear.tolist()) if linear.any() else None
            # The noise fills one buffer as large as the caller's, the values many of them: sums cost the same for more.
            self._rows_at_once = max(1, size // self._dimension)
            self._noise = Noise("normal", (), self._rows_at_once * self._dimension, backend, generator)
            return
        if not isinstance(p, LineLaw) or p.atoms:
            raise TypeError(
                f"{type(p).__name__} has no noise; log-ratios are drawn for continuous laws of this package"
            )
        made = parts(p)
        self._weights = np.array([float(part.weight) for part in made])
        self._weights /= self._weights.sum()
        top = numerator.forms if isinstance(numerator, LineLaw) else ()
        bottom = denominator.forms if isinstance(denominator, LineLaw) else ()
        rows = max(len(top), len(bottom))
        if rows > 1:
            self._rows = torch.empty(rows, size, dtype=backend.dtype, device=backend.device)
        for part in made:
            self._blocks.append(_block(part, top, bottom, backend, size, generator, dominated))

    def draw(self, count: int) -> torch.Tensor:
        """`count` values, of shape (count,)."""
        if self._blocks:
            start = 0
            counts = split_count(count, self._weights, self._counts)
            for block, size in zip(self._blocks, counts, strict=True):
                if size:
                    self._evaluate(block, self._out[start : start + size])
                start += size
            return self._out[:count]
        for start in range(0, count, self._rows_at_once):
            self._gaussian(self._out[start : min(count, start + self._rows_at_once)])
        return self._out[:count]

    def _gaussian(self, out: torch.Tensor) -> None:
        self._noise.fill(len(out) * self._dimension)
        e = self._noise.e.view(len(out), self._dimension)
        if self._linear is None:
            torch.mv(e.mul_(e), self._square, out=out).add_(self._constant)
        else:
            torch.mv(e, self._linear, out=out)
            out.addmv_(e.mul_(e), self._square).add_(self._constant)

    def _evaluate(self, block: _Block, out: torch.Tensor) -> None:
        count = len(out)
        scratch = self._scratch[:count]
        if block.difference is not None:
            if not block.difference.is_constant:
                block.noise.fill(count)
            block.difference.into(out, block.noise, scratch)
            return
        block.noise.fill(count)
        if block.numerator:
            self._log_sum_exp(block.numerator, block.noise, out)
        else:
            out.zero_()
        if block.denominator:
            below = self._below(count)
            self._log_sum_exp(block.denominator, block.noise, below)
            out.sub_(below)

    def _below(self, count: int) -> torch.Tensor:
        if not hasattr(self, "_second"):
            self._second = torch.empty_like(self._out)
        return self._second[:count]

    def _log_sum_exp(self, forms: list[_Polynomial], noise: Noise, out: torch.Tensor) -> None:
        scratch = self._scratch[: len(out)]
        if len(forms) == 1:
            forms[0].into(out, noise, scratch)
            return
        rows = self._rows[: len(forms), : len(out)]
        for form, row in zip(forms, rows, strict=True):
            form.into(row, noise, scratch)
        torch.amax(rows, 0, out=scratch)
        rows.sub_(scratch).exp_()
        torch.sum(rows, 0, out=out).log_().add_(scratch)


def _block(
    part: Part,
    top: tuple[tuple[Fraction, LogForm], ...],
    bottom: tuple[tuple[Fraction, LogForm], ...],
    backend: Backend,
    size: int,
    generator: torch.Generator,
    dominated: bool,
) -> _Block:
    ends: tuple[Fraction | None, Fraction | None] = {
        "normal": (None, None),
        "laplace": (None, None),
        "exponential": (Fraction(0), None),
        "gamma": (Fraction(0), None),
        "uniform": (Fraction(0), Fraction(1)),
        "beta": (Fraction(0), Fraction(1)),
    }[part.kind]
    above = [(w, form.in_noise(part.location, part.scale)) for w, form in top]
    below = [(w, form.in_noise(part.location, part.scale)) for w, form in bottom]
    difference: _Polynomial | None = None
    numerator: list[_Polynomial] = []
    denominator: list[_Polynomial] = []
    if len(above) <= 1 and len(below) <= 1 and dominated:
        difference = _difference([f for _, f in above], [f for _, f in below])
        needed = [difference]
    else:
        numerator = [_Polynomial.of(form, w, ends) for w, form in above]
        denominator = [_Polynomial.of(form, w, ends) for w, form in below]
        needed = numerator + denominator
    logs = any(polynomial.logs for polynomial in needed)
    noise = Noise(part.kind, part.shapes, size, backend, generator, logs=logs)
    return _Block(noise, difference, numerator, denominator)


def _difference(above: list[LogForm], below: list[LogForm]) -> _Polynomial:
    """log a - log b for single components, as one polynomial; supports were checked, so no masks are needed."""
    constant = Constant()
    linear = quadratic = Fraction(0)
    kinks: dict[Fraction, Fraction] = {}
    logs: dict[tuple[Fraction, int], Fraction] = {}
    for sign, forms in ((1, above), (-1, below)):
        for form in forms:
            centred = form.recentred(Fraction(0))
            constant = constant + centred.constant if sign == 1 else constant - centred.constant
            linear += sign * centred.linear
            quadratic += sign * centred.quadratic
            for point, k in form.kinks:
                kinks[point] = kinks.get(point, Fraction(0)) + sign * k
            for end, side, power in ((form.lower, 1, form.left), (form.upper, -1, form.right)):
                if end is not None:
                    logs[end, side] = logs.get((end, side), Fraction(0)) + sign * power
    return _Polynomial(
        float(constant),
        float(linear),
        float(quadratic),
        [(float(point), float(k)) for point, k in kinks.items() if k],
        [(float(point), side, float(power)) for (point, side), power in logs.items() if power],
    )


def _quadratic(p: Law, numerator: Law | None, denominator: Law | None) -> tuple[np.ndarray, np.ndarray, float]:
    """(a, b, c) with log a(x) - log b(x) = sum_k a_k e_k^2 + b_k e_k + c in law, for x ~ p and e standard normal."""
    laws = [(1, numerator), (-1, denominator)]
    if all(isinstance(law, DiagonalNormal | None) for law in (p, numerator, denominator)):
        return _diagonal_quadratic(p, laws)
    mean, covariance = _moments(p)
    root = np.linalg.cholesky(covariance)
    matrix = np.zeros_like(covariance)
    linear = np.zeros_like(mean)
    constant = 0.0
    for sign, law in laws:
        if law is None:
            continue
        other_mean, other_covariance = _moments(law)
        other_root = np.linalg.cholesky(other_covariance)
        # log density of the other law at mean + root e: -|W e + w|^2 / 2 - log det(other_root) - K/2 log 2 pi
        w_matrix = np.linalg.solve(other_root, root)
        w = np.linalg.solve(other_root, mean - other_mean)
        matrix -= sign * w_matrix.T @ w_matrix / 2
        linear -= sign * w_matrix.T @ w
        log_norm = np.log(np.diag(other_root)).sum() + len(mean) / 2 * np.log(2 * np.pi)
        constant -= sign * (w @ w / 2 + log_norm)
    values, basis = np.linalg.eigh(matrix)
    return values, basis.T @ linear, float(constant)


def _diagonal_quadratic(p: Law, laws: list[tuple[int, Law | None]]) -> tuple[np.ndarray, np.ndarray, float]:
    """The same coordinate by coordinate, with exact differences."""
    assert isinstance(p, DiagonalNormal)
    square, linear = [], []
    constants: list[tuple[str, Fraction, Fraction]] = []
    marginals = {sign: law.marginals for sign, law in laws if isinstance(law, DiagonalNormal)}
    for k, (mean, scale) in enumerate(zip(p.mean, p.scales, strict=True)):
        both = [(sign, each[k].forms[0][1].in_noise(mean, scale)) for sign, each in marginals.items()]
        square.append(float(sum((sign * form.quadratic for sign, form in both), Fraction(0))))
        linear.append(float(sum((sign * form.linear for sign, form in both), Fraction(0))))
        for sign, form in both:
            constants += [(kind, argument, sign * c) for kind, argument, c in form.constant.terms]
    return np.array(square), np.array(linear), float(Constant.of(*constants))


def _moments(law: Law) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(law, DiagonalNormal):
        scales = np.array([float(s) for s in law.scales])
        return np.array([float(m) for m in law.mean]), np.diag(scales**2)
    assert isinstance(law, MultivariateNormal)
    return np.array([float(m) for m in law.mean]), np.array(law.covariance, dtype=float)
