"""What a law is: the two abstract classes that `numerics.laws` and `numerics.multivariate` fill in.

Main definitions: `Law`, `LineLaw`, `normalised`, which decides what counts as probabilities, and
`absolutely_continuous`, which decides whether a divergence can be finite.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numerics.forms import LogForm, Parameter, cut_points, rationals

if TYPE_CHECKING:
    import torch
    from flint import arb

    from numerics.backend import Backend

__all__ = ["Law", "LineLaw", "absolutely_continuous", "normalised"]


class Law(ABC):
    """A probability law. `dimension` is None on the line, else the number K of coordinates of a sample."""

    dimension: int | None = None

    @abstractmethod
    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        """This law as a PyTorch distribution on the backend."""

    def sample(self, count: int, backend: Backend, stream: int | str = "sample") -> torch.Tensor:
        """`count` independent samples, of shape (count,) or (count, K), from the named stream of the backend.

        Raises ValueError for a count below 1.

        >>> from numerics.backend import backend
        >>> from numerics.laws import Normal
        >>> Normal(1000, 1e-6).sample(3, backend(seed=0)).round().tolist()
        [1000.0, 1000.0, 1000.0]
        """
        from numerics.noise import Sampler

        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ValueError(f"count is {count!r}; ask for at least one sample")
        return Sampler(self, backend, count, backend.generator(stream), shuffled=True).draw(count)

    def log_density(self, x: torch.Tensor) -> torch.Tensor:
        """log p(x) in nats for a tensor of shape (...) or (..., K), on its own device and dtype; -inf off the support.

        Raises TypeError for anything but a tensor and ValueError for NaN or a wrong last axis.

        >>> import torch
        >>> from numerics.laws import Exponential
        >>> Exponential(2).log_density(torch.tensor([-1.0, 0.5])).tolist()
        [-inf, -0.306852817...]
        """
        from numerics.densities import log_density

        return log_density(self, x)


class LineLaw(Law):
    """A law on the real line, or on a finite set of reals."""

    # Declared, not defined: for some laws these are parameters, and a dataclass field may not shadow a property.
    if TYPE_CHECKING:

        @property
        def mean(self) -> Fraction:
            """The expectation, exact."""

        @property
        def variance(self) -> Fraction:
            """The variance, exact."""

    @property
    def atoms(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Pairs (point, probability), sorted by point; empty for a continuous law."""
        return ()

    @property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        """Pairs (weight, log-density) whose weighted sum of densities is the density; empty for a finite law."""
        return ()

    @property
    def support(self) -> tuple[float, float]:
        """The ends of the smallest closed interval of probability one.

        >>> from numerics.laws import Gamma
        >>> Gamma(2, 1).support
        (0.0, inf)
        """
        if self.atoms:
            return float(self.atoms[0][0]), float(self.atoms[-1][0])
        forms = [form for _, form in self.forms]
        return (
            min(-math.inf if form.lower is None else float(form.lower) for form in forms),
            max(math.inf if form.upper is None else float(form.upper) for form in forms),
        )

    @property
    def scales(self) -> tuple[tuple[float, float], ...]:
        """Pairs (centre, scale) that say where the mass sits, one for each component; a scale is like a deviation."""
        if self.atoms:
            return tuple((float(point), 0.0) for point, _ in self.atoms)
        return tuple((float(form.centre), float(form.scale)) for _, form in self.forms)

    def log_density_ball(self, x: Parameter | arb) -> arb:
        """log p(x) in nats as a ball that holds the true value, at python-flint's working precision.

        `x` is an exact number, or a ball, for which the result holds log p at each of its points; -inf off the support.
        Raises ValueError for a ball that overlaps an end of the support.

        >>> from numerics.laws import Normal
        >>> Normal(0, 1).log_density_ball(0).str(12)
        '[-0.918938533205 +/- ...]'
        """
        from numerics.densities import log_density_ball

        return log_density_ball(self, x)


def normalised(weights: Iterable[Any], name: str) -> tuple[Fraction, ...]:
    """Probabilities: exact, none negative, with sum one.

    Floats whose sum is one up to rounding (1e-12 times their number) are divided by their sum; anything further off is
    a mistake. Raises ValueError for a negative weight or a sum that is not one.

    >>> normalised([1 / 3, 1 / 3, 1 / 3], "weights")[0]
    Fraction(1, 3)
    >>> normalised([0.5, 0.6], "weights")
    Traceback (most recent call last):
    ...
    ValueError: weights sum to 1.1, not to 1; divide each by the sum
    """
    exact = rationals(weights, name)
    for i, weight in enumerate(exact):
        if weight < 0:
            raise ValueError(f"{name}[{i}] is {float(weight)}; a probability is >= 0")
    total = sum(exact, Fraction(0))
    if abs(total - 1) > Fraction(len(exact), 10**12):
        raise ValueError(f"{name} sum to {float(total)}, not to 1; divide each by the sum")
    return tuple(weight / total for weight in exact)


def absolutely_continuous(p: LineLaw, q: LineLaw) -> bool:
    """Whether p << q: q(A) = 0 implies p(A) = 0. Decided exactly.

    >>> from numerics.laws import Exponential, Normal
    >>> absolutely_continuous(Exponential(1), Normal(0, 1)), absolutely_continuous(Normal(0, 1), Exponential(1))
    (True, False)
    """
    if p.atoms or q.atoms:
        return bool(p.atoms) and {point for point, _ in p.atoms} <= {point for point, _ in q.atoms}
    ends = cut_points(form for law in (p, q) for _, form in law.forms)
    for lower, upper in zip([None, *ends], [*ends, None], strict=True):
        if any(form.covers(lower, upper) for _, form in p.forms) and not any(
            form.covers(lower, upper) for _, form in q.forms
        ):
            return False
    return True
