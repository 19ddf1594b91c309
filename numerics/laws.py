"""Concrete laws: exact parameters, densities in floating point, in tensors and in balls, and samples.

Main definitions: `Normal`, `Laplace`, `Exponential`, `Gamma`, `Beta`, `Uniform` and `Mixture` on the line; `Bernoulli`,
`Categorical` and `Dirac` on finite sets of numbers; `DiagonalNormal` and `MultivariateNormal` in several dimensions.

A law is immutable and compares by value. Its parameters are exact rationals: a float stands for the decimal that prints
as it, so `Normal(0.3, 0.7)` is the law with mean 3/10 and standard deviation 7/10 (see `numerics.forms.rational`).
Densities of continuous laws are with respect to Lebesgue measure, those of finite laws with respect to counting
measure. Sampling and tensor log-densities use PyTorch; it is imported when first needed, and nothing else here needs
it. Parameterisations follow `torch.distributions` (Gamma and Exponential by rate).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from numerics.forms import Constant, LogForm, Parameter, positive, rational, rationals
from numerics.law import Law, LineLaw, normalised
from numerics.multivariate import DiagonalNormal, MultivariateNormal

if TYPE_CHECKING:
    import torch

    from numerics.backend import Backend

__all__ = [
    "Bernoulli",
    "Beta",
    "Categorical",
    "DiagonalNormal",
    "Dirac",
    "Exponential",
    "Gamma",
    "Laplace",
    "Law",
    "LineLaw",
    "Mixture",
    "MultivariateNormal",
    "Normal",
    "Uniform",
]

_ONE = Fraction(1)


@dataclass(frozen=True)
class Normal(LineLaw):
    """N(mean, scale^2): `scale` is the standard deviation.

    Raises ValueError for a scale that is not positive.

    >>> Normal(0.3, 0.7).variance
    Fraction(49, 100)
    """

    mean: Fraction
    scale: Fraction

    def __init__(self, mean: Parameter = 0, scale: Parameter = 1) -> None:
        object.__setattr__(self, "mean", rational(mean, "mean"))
        object.__setattr__(self, "scale", positive(scale, "scale"))

    @property
    def variance(self) -> Fraction:
        return self.scale**2

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        constant = Constant.of(("log2pi", _ONE, Fraction(-1, 2))) + Constant.log(self.scale, -1)
        return ((_ONE, LogForm(self.mean, self.scale, constant, quadratic=-1 / (2 * self.scale**2))),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Normal

        return Normal(backend.tensor(float(self.mean)), backend.tensor(float(self.scale)))


@dataclass(frozen=True)
class Laplace(LineLaw):
    """The density exp(-|x - mean| / scale) / (2 scale).

    >>> Laplace(0, 2).variance
    Fraction(8, 1)
    """

    mean: Fraction
    scale: Fraction

    def __init__(self, mean: Parameter = 0, scale: Parameter = 1) -> None:
        object.__setattr__(self, "mean", rational(mean, "mean"))
        object.__setattr__(self, "scale", positive(scale, "scale"))

    @property
    def variance(self) -> Fraction:
        return 2 * self.scale**2

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        kinks = ((self.mean, -1 / self.scale),)
        return ((_ONE, LogForm(self.mean, self.scale, Constant.log(2 * self.scale, -1), kinks=kinks)),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Laplace

        return Laplace(backend.tensor(float(self.mean)), backend.tensor(float(self.scale)))


@dataclass(frozen=True)
class Exponential(LineLaw):
    """The density rate exp(-rate x) on x >= 0.

    >>> Exponential(4).mean
    Fraction(1, 4)
    """

    rate: Fraction

    def __init__(self, rate: Parameter = 1) -> None:
        object.__setattr__(self, "rate", positive(rate, "rate"))

    @property
    def mean(self) -> Fraction:
        return 1 / self.rate

    @property
    def variance(self) -> Fraction:
        return 1 / self.rate**2

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        form = LogForm(Fraction(0), 1 / self.rate, Constant.log(self.rate), linear=-self.rate, lower=Fraction(0))
        return ((_ONE, form),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Exponential

        return Exponential(backend.tensor(float(self.rate)))


@dataclass(frozen=True)
class Gamma(LineLaw):
    """The density rate^shape x^(shape - 1) exp(-rate x) / Gamma(shape) on x > 0.

    >>> Gamma(3, 2).mean
    Fraction(3, 2)
    """

    shape: Fraction
    rate: Fraction

    def __init__(self, shape: Parameter, rate: Parameter = 1) -> None:
        object.__setattr__(self, "shape", positive(shape, "shape"))
        object.__setattr__(self, "rate", positive(rate, "rate"))

    @property
    def mean(self) -> Fraction:
        return self.shape / self.rate

    @property
    def variance(self) -> Fraction:
        return self.shape / self.rate**2

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        constant = Constant.log(self.rate, self.shape) + Constant.of(("lgamma", self.shape, Fraction(-1)))
        # The centre is the mean, where the mass is when the shape is large; the scale a rational near the deviation.
        scale = Fraction(math.sqrt(self.shape)).limit_denominator(1000) or Fraction(math.sqrt(self.shape))
        form = LogForm(
            Fraction(0), _ONE / self.rate, constant, linear=-self.rate, lower=Fraction(0), left=self.shape - 1
        )
        centred = form.recentred(self.mean)
        return ((_ONE, replace(centred, scale=scale / self.rate)),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Gamma

        return Gamma(backend.tensor(float(self.shape)), backend.tensor(float(self.rate)))


@dataclass(frozen=True)
class Beta(LineLaw):
    """The density x^(a - 1) (1 - x)^(b - 1) / B(a, b) on 0 < x < 1.

    >>> Beta(2, 3).mean
    Fraction(2, 5)
    """

    a: Fraction
    b: Fraction

    def __init__(self, a: Parameter, b: Parameter) -> None:
        object.__setattr__(self, "a", positive(a, "a"))
        object.__setattr__(self, "b", positive(b, "b"))

    @property
    def mean(self) -> Fraction:
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> Fraction:
        total = self.a + self.b
        return self.a * self.b / (total**2 * (total + 1))

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        constant = Constant.of(
            ("lgamma", self.a + self.b, _ONE), ("lgamma", self.a, Fraction(-1)), ("lgamma", self.b, Fraction(-1))
        )
        # `scale` is a rational: the deviation rounded.
        form = LogForm(
            self.mean,
            Fraction(math.sqrt(self.variance)),
            constant,
            lower=Fraction(0),
            upper=_ONE,
            left=self.a - 1,
            right=self.b - 1,
        )
        return ((_ONE, form),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Beta

        return Beta(backend.tensor(float(self.a)), backend.tensor(float(self.b)))


@dataclass(frozen=True)
class Uniform(LineLaw):
    """The density 1 / (upper - lower) between `lower` and `upper`.

    Raises ValueError unless lower < upper.

    >>> Uniform(0, 2).variance
    Fraction(1, 3)
    """

    lower: Fraction
    upper: Fraction

    def __init__(self, lower: Parameter = 0, upper: Parameter = 1) -> None:
        object.__setattr__(self, "lower", rational(lower, "lower"))
        object.__setattr__(self, "upper", rational(upper, "upper"))
        if not self.lower < self.upper:
            raise ValueError(f"Uniform({lower}, {upper}) is empty; it must have lower < upper")

    @property
    def mean(self) -> Fraction:
        return (self.lower + self.upper) / 2

    @property
    def variance(self) -> Fraction:
        return (self.upper - self.lower) ** 2 / 12

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        width = self.upper - self.lower
        form = LogForm(self.mean, width / 2, Constant.log(width, -1), lower=self.lower, upper=self.upper)
        return ((_ONE, form),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Uniform

        return Uniform(backend.tensor(float(self.lower)), backend.tensor(float(self.upper)))


@dataclass(frozen=True)
class Mixture(LineLaw):
    """sum_i weights[i] components[i]: laws on the line, all continuous or all finite.

    Raises ValueError for weights that are negative or do not sum to one, for lengths that differ, and for a mix of
    continuous and finite components, which has no density.

    >>> Mixture([0.25, 0.75], [Normal(0, 1), Normal(4, 1)]).mean
    Fraction(3, 1)
    """

    weights: tuple[Fraction, ...]
    components: tuple[LineLaw, ...]

    def __init__(self, weights: Sequence[Parameter], components: Sequence[LineLaw]) -> None:
        object.__setattr__(self, "weights", normalised(weights, "weights"))
        object.__setattr__(self, "components", tuple(components))
        if len(self.weights) != len(self.components):
            raise ValueError(
                f"{len(self.weights)} weights for {len(self.components)} components; give one weight for each component"
            )
        for i, component in enumerate(self.components):
            if not isinstance(component, LineLaw):
                raise TypeError(f"components[{i}] is {component!r}; give laws on the line")
        if len({bool(component.atoms) for component in self.components}) == 2:
            raise ValueError("components are partly continuous and partly finite; such a mixture has no density")

    @property
    def mean(self) -> Fraction:
        return sum((w * c.mean for w, c in zip(self.weights, self.components, strict=True)), Fraction(0))

    @property
    def variance(self) -> Fraction:
        pairs = zip(self.weights, self.components, strict=True)
        second = sum((w * (c.variance + c.mean**2) for w, c in pairs), Fraction(0))
        return second - self.mean**2

    @property
    def atoms(self) -> tuple[tuple[Fraction, Fraction], ...]:
        total: dict[Fraction, Fraction] = {}
        for weight, component in zip(self.weights, self.components, strict=True):
            for point, probability in component.atoms:
                total[point] = total.get(point, Fraction(0)) + weight * probability
        return tuple(sorted((point, weight) for point, weight in total.items() if weight))

    @cached_property
    def forms(self) -> tuple[tuple[Fraction, LogForm], ...]:
        # Equal components are merged, or a mixture of a law with itself would not be that law.
        total: dict[LogForm, Fraction] = {}
        for weight, component in zip(self.weights, self.components, strict=True):
            for inner, form in component.forms:
                if weight * inner:
                    total[form] = total.get(form, Fraction(0)) + weight * inner
        return tuple((weight, form) for form, weight in total.items())

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        """This mixture as a PyTorch distribution, which needs components of one family; TypeError otherwise."""
        from numerics.densities import mixture_distribution

        return mixture_distribution(self, backend)


@dataclass(frozen=True)
class Categorical(LineLaw):
    """The law on finitely many numbers `values` (0, 1, 2, ... unless given) with the given probabilities.

    Raises ValueError for probabilities that are negative or do not sum to one, and for values that repeat.

    >>> Categorical(["1/2", "1/3", "1/6"]).mean
    Fraction(2, 3)
    """

    probabilities: tuple[Fraction, ...]
    values: tuple[Fraction, ...]

    def __init__(self, probabilities: Sequence[Parameter], values: Sequence[Parameter] | None = None) -> None:
        object.__setattr__(self, "probabilities", normalised(probabilities, "probabilities"))
        points = range(len(self.probabilities)) if values is None else values
        object.__setattr__(self, "values", rationals(points, "values"))
        if len(self.values) != len(self.probabilities):
            raise ValueError(
                f"{len(self.values)} values for {len(self.probabilities)} probabilities; give one value for each"
            )
        if len(set(self.values)) != len(self.values):
            raise ValueError("values repeat; give each value once, with its whole probability")

    @property
    def mean(self) -> Fraction:
        return sum((point * weight for point, weight in self.atoms), Fraction(0))

    @property
    def variance(self) -> Fraction:
        return sum(((point - self.mean) ** 2 * weight for point, weight in self.atoms), Fraction(0))

    @property
    def atoms(self) -> tuple[tuple[Fraction, Fraction], ...]:
        return tuple(sorted((v, p) for v, p in zip(self.values, self.probabilities, strict=True) if p))

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        """The PyTorch law of the *index* into `values`."""
        from torch.distributions import Categorical

        return Categorical(probs=backend.tensor([float(p) for p in self.probabilities]))


@dataclass(frozen=True)
class Bernoulli(LineLaw):
    """1 with the given probability, else 0.

    >>> Bernoulli(0.25).variance
    Fraction(3, 16)
    """

    probability: Fraction

    def __init__(self, probability: Parameter) -> None:
        object.__setattr__(self, "probability", rational(probability, "probability"))
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability is {probability}; it must lie between 0 and 1")

    @property
    def mean(self) -> Fraction:
        return self.probability

    @property
    def variance(self) -> Fraction:
        return self.probability * (1 - self.probability)

    @property
    def atoms(self) -> tuple[tuple[Fraction, Fraction], ...]:
        pairs = ((Fraction(0), 1 - self.probability), (_ONE, self.probability))
        return tuple((point, weight) for point, weight in pairs if weight)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        from torch.distributions import Bernoulli

        return Bernoulli(probs=backend.tensor(float(self.probability)))


@dataclass(frozen=True)
class Dirac(LineLaw):
    """The point mass at `point`.

    >>> Dirac(3).atoms
    ((Fraction(3, 1), Fraction(1, 1)),)
    """

    point: Fraction

    def __init__(self, point: Parameter) -> None:
        object.__setattr__(self, "point", rational(point, "point"))

    @property
    def mean(self) -> Fraction:
        return self.point

    @property
    def variance(self) -> Fraction:
        return Fraction(0)

    @property
    def atoms(self) -> tuple[tuple[Fraction, Fraction], ...]:
        return ((self.point, _ONE),)

    def distribution(self, backend: Backend) -> torch.distributions.Distribution:
        """PyTorch has no point mass: raises TypeError."""
        raise TypeError("PyTorch has no point mass; use Dirac.atoms, Dirac.sample or Dirac.log_density")
