"""Log-densities of the laws of `numerics.laws`, evaluated: on tensors by PyTorch, at points in ball arithmetic.

Apart from `laws` so that the list of laws stays readable, and so that one file decides what happens off a support.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numerics.forms import LogForm, Parameter, rational, to_fmpq

if TYPE_CHECKING:
    import torch
    from flint import arb

    from numerics.backend import Backend
    from numerics.laws import Law, LineLaw, Mixture

__all__ = ["form_ball", "log_density", "log_density_ball", "mixture_distribution", "to_ball"]


def log_density(law: Law, x: torch.Tensor) -> torch.Tensor:
    """log p(x) by `torch.distributions`; see `Law.log_density`."""
    import torch

    from numerics.backend import Backend
    from numerics.laws import LineLaw, Mixture

    if not isinstance(x, torch.Tensor):
        raise TypeError(f"x is of type {type(x).__name__}; give a tensor, for example torch.tensor({x!r})")
    if not x.is_floating_point():
        raise TypeError(f"x has dtype {x.dtype}; give floats, for example x.double()")
    if x.isnan().any():
        raise ValueError("x holds NaN; a density is defined at numbers only")
    if law.dimension is not None and (x.ndim == 0 or x.shape[-1] != law.dimension):
        raise ValueError(f"x has shape {tuple(x.shape)}; its last axis must have the law's dimension {law.dimension}")
    # A float16 tensor is rejected here, with the backend's own message.
    home = Backend(x.device, x.dtype, 0)
    if not isinstance(law, LineLaw):
        return law.distribution(home).log_prob(x)
    if law.atoms:
        value = torch.full_like(x, -torch.inf)
        for point, weight in law.atoms:
            value = torch.where(x == float(point), home.tensor(float(weight)).log(), value)
        return value
    if isinstance(law, Mixture):
        parts = [
            home.tensor(float(weight)).log() + log_density(component, x)
            for weight, component in zip(law.weights, law.components, strict=True)
            if weight
        ]
        return torch.stack(parts).logsumexp(0)
    lower, upper = law.support
    inside = (x >= lower) & (x <= upper)
    distribution = law.distribution(home)
    # PyTorch raises, or returns NaN, off the support; its log_prob sees a point inside instead.
    value = distribution.log_prob(torch.where(inside, x, home.tensor(float(law.mean))))
    return torch.where(inside, value, -torch.inf)


def mixture_distribution(law: Mixture, backend: Backend) -> torch.distributions.Distribution:
    """A mixture of one family as PyTorch's MixtureSameFamily."""
    from torch import stack
    from torch.distributions import Categorical, MixtureSameFamily

    made = [component.distribution(backend) for component in law.components]
    family: Any = type(made[0])
    names = _PARAMETERS.get(family.__name__)
    if names is None or any(type(d) is not family for d in made):
        found = sorted({type(component).__name__ for component in law.components})
        raise TypeError(
            f"PyTorch mixes one family among {sorted(_PARAMETERS)}, not {found}; use Mixture.log_density and .sample"
        )
    stacked = {name: stack([getattr(d, name) for d in made]) for name in names}
    weights = backend.tensor([float(weight) for weight in law.weights])
    return MixtureSameFamily(Categorical(probs=weights), family(**stacked))


_PARAMETERS = {
    "Normal": ("loc", "scale"),
    "Laplace": ("loc", "scale"),
    "Exponential": ("rate",),
    "Gamma": ("concentration", "rate"),
    "Beta": ("concentration1", "concentration0"),
    "Uniform": ("low", "high"),
    "Bernoulli": ("probs",),
}


def to_ball(value: Parameter | arb) -> arb:
    """A number as a ball: exact numbers by the convention of `numerics.forms.rational`, balls as they are."""
    from flint import arb

    if isinstance(value, arb):
        if value.is_nan():
            raise ValueError("x is a NaN ball; a density is defined at numbers only")
        return value
    return arb(to_fmpq(rational(value, "x")))


def form_ball(form: LogForm, x: arb) -> arb:
    """The value of a log-form at a real ball inside its support, or -inf outside; ValueError on the boundary."""
    from flint import arb

    d = x - to_fmpq(form.centre)
    value = form.constant.ball() + (d * to_fmpq(form.quadratic) + to_fmpq(form.linear)) * d
    for point, coefficient in form.kinks:
        value += abs(x - to_fmpq(point)) * to_fmpq(coefficient)
    ends: tuple[tuple[Fraction | None, Fraction, int], ...] = (
        (form.lower, form.left, 1),
        (form.upper, form.right, -1),
    )
    for end, power, sign in ends:
        if end is None:
            continue
        distance = sign * (x - to_fmpq(end))
        if distance < 0:
            return arb("-inf")
        if power:
            if distance.is_zero():
                return value + arb("-inf" if power > 0 else "inf")
            value += distance.log() * to_fmpq(power)
        if not distance >= 0:
            raise ValueError(f"x = {x} overlaps the end {end} of the support; give a narrower ball or an exact number")
    return value


def log_density_ball(law: LineLaw, x: Parameter | arb) -> arb:
    """log p(x) in ball arithmetic; see `LineLaw.log_density_ball`."""
    from flint import arb

    ball = to_ball(x)
    if law.atoms:
        for point, weight in law.atoms:
            if ball == to_fmpq(point):
                return arb(to_fmpq(weight)).log()
            if ball.overlaps(arb(to_fmpq(point))):
                raise ValueError(f"x = {x} overlaps the atom {point}; give a narrower ball or an exact number")
        return arb("-inf")
    parts = [(weight, form_ball(form, ball)) for weight, form in law.forms]
    parts = [(weight, value) for weight, value in parts if value != arb("-inf")]
    if len(parts) == 1:
        weight, value = parts[0]
        return value if weight == 1 else value + arb(to_fmpq(weight)).log()
    total = arb(0)
    largest = max((value.mid() for _, value in parts), default=arb(0))
    for weight, value in parts:
        total += (value - largest).exp() * to_fmpq(weight)
    return largest + total.log() if parts else arb("-inf")
