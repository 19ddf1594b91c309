"""Normal laws in several dimensions; import them from `numerics.laws`.

Main definitions: `DiagonalNormal`, `MultivariateNormal`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from numerics.forms import Parameter, positive, rationals, to_fmpq
from numerics.law import Law

if TYPE_CHECKING:
    import torch
    from flint import arb

    from numerics.backend import Backend
    from numerics.laws import Normal

__all__ = ["DiagonalNormal", "MultivariateNormal"]


@dataclass(frozen=True)
class DiagonalNormal(Law):
    """N(mean, diag(scales^2)) in K dimensions: `scales` are standard deviations, each of `mean`, `scales` has length K.

    Raises ValueError for lengths that differ and for scales that are not positive.

    >>> from numerics.laws import DiagonalNormal
    >>> DiagonalNormal([0, 1], [1, 2]).dimension
    2
    """

    mean: tuple[Fraction, ...]
    scales: tuple[Fraction, ...]

    def __init__(self, mean: Sequence[Parameter], scales: Sequence[Parameter]) -> None:
        object.__setattr__(self, "mean", rationals(mean, "mean"))
        object.__setattr__(self, "scales", tuple(positive(s, f"scales[{i}]") for i, s in enumerate(scales)))
        if len(self.mean) != len(self.scales):
            raise ValueError(
                f"mean has length {len(self.mean)} and scales has length {len(self.scales)}; they must agree"
            )

    @property
    def dimension(self) -> int:  # type: ignore[override]
        return len(self.mean)

    @property
    def marginals(self) -> tuple[Normal, ...]:
        """The K independent coordinates."""
        from numerics.laws import Normal

        return tuple(Normal(m, s) for m, s in zip(self.mean, self.scales, strict=True))

    def log_density_ball(self, x: Sequence[Parameter | arb]) -> arb:
        """log p(x) in nats as a ball.

        >>> from numerics.laws import DiagonalNormal
        >>> DiagonalNormal([0, 0], [1, 1]).log_density_ball([0, 0]).str(10)
        '[-1.837877066 +/- ...]'
        """
        from flint import arb

        if len(x) != self.dimension:
            raise ValueError(f"x has length {len(x)}; this law has dimension {self.dimension}")
        return sum((c.log_density_ball(value) for c, value in zip(self.marginals, x, strict=True)), arb(0))

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Independent, Normal

        mean = backend.tensor([float(m) for m in self.mean])
        return Independent(Normal(mean, backend.tensor([float(s) for s in self.scales])), 1)


@dataclass(frozen=True)
class MultivariateNormal(Law):
    """N(mean, covariance) in K dimensions: `covariance` is symmetric and positive definite, given by rows.

    Raises ValueError for shapes that do not fit and for a matrix that is not symmetric positive definite.

    >>> from numerics.laws import MultivariateNormal
    >>> MultivariateNormal([0, 0], [[2, 1], [1, 2]]).dimension
    2
    """

    mean: tuple[Fraction, ...]
    covariance: tuple[tuple[Fraction, ...], ...]

    def __init__(self, mean: Sequence[Parameter], covariance: Sequence[Sequence[Parameter]]) -> None:
        object.__setattr__(self, "mean", rationals(mean, "mean"))
        rows = tuple(rationals(row, f"covariance[{i}]") for i, row in enumerate(covariance))
        object.__setattr__(self, "covariance", rows)
        size = len(self.mean)
        if len(rows) != size or any(len(row) != size for row in rows):
            shape = f"{len(rows)} rows of lengths {sorted({len(row) for row in rows})}"
            raise ValueError(f"covariance has {shape}; for a mean of length {size} it must be {size} x {size}")
        for i in range(size):
            for j in range(i):
                if rows[i][j] != rows[j][i]:
                    raise ValueError(
                        f"covariance[{i}][{j}] is {float(rows[i][j])} but covariance[{j}][{i}] is {float(rows[j][i])}; "
                        "a covariance is symmetric"
                    )
        import numpy as np

        try:
            np.linalg.cholesky(np.array(rows, dtype=float))
        except np.linalg.LinAlgError as error:
            raise ValueError(
                "covariance is not positive definite; its eigenvalues must all be > 0 (add a multiple of the identity?)"
            ) from error

    @property
    def dimension(self) -> int:  # type: ignore[override]
        return len(self.mean)

    def log_density_ball(self, x: Sequence[Parameter | arb]) -> arb:
        """log p(x) in nats as a ball.

        >>> from numerics.laws import MultivariateNormal
        >>> MultivariateNormal([0, 0], [[1, 0], [0, 1]]).log_density_ball([0, 0]).str(10)
        '[-1.837877066 +/- ...]'
        """
        from flint import arb, arb_mat

        from numerics.densities import to_ball

        size = self.dimension
        if len(x) != size:
            raise ValueError(f"x has length {len(x)}; this law has dimension {size}")
        covariance = arb_mat([[arb(to_fmpq(entry)) for entry in row] for row in self.covariance])
        d = arb_mat([[to_ball(value) - to_fmpq(m)] for value, m in zip(x, self.mean, strict=True)])
        square = (d.transpose() * covariance.solve(d))[0, 0]
        return -(square + covariance.det().log() + size * (2 * arb.pi()).log()) / 2

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch import stack
        from torch.distributions import MultivariateNormal

        mean = backend.tensor([float(m) for m in self.mean])
        covariance = [backend.tensor([float(entry) for entry in row]) for row in self.covariance]
        return MultivariateNormal(mean, stack(covariance))
