"""Many copies of one small network, trained as one.

Main definitions: `Streams`, one random stream per seed; `Perceptron`, a multilayer perceptron whose parameters carry
the seeds as their first dimension; `Descent`, Adam on such parameters; `finite_seeds`; and what critics need:
`relu_gradient`, `spectral_norms`, `spectrally_normalised`.

The parameters of S seeds are stacked as `torch.func.stack_module_state` would stack them: weights [S, in, out],
biases [S, 1, out]. A `Perceptron` is a plain function of parameters and input, so `torch.func.vmap(network)` over the
first dimension *is* the batched network; calling it with stacked parameters computes the same by batched matrix
products, which was measured at 1.5 times the speed of the vmap (docs/training.md). Transforms that need one network
at a time (gradients and Jacobians per sample) use `torch.func` on the same function.

Three facts make a batch of seeds the same experiment as its seeds one by one, and tests hold the code to them. Each
seed draws from its own streams, so its numbers do not depend on its neighbours. The loss is a sum over seeds, so the
gradient of each seed is its own. Adam works element by element, so a seed that diverges to NaN leaves the others alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from numerics.backend import Backend

__all__ = [
    "Descent",
    "Perceptron",
    "Streams",
    "finite_seeds",
    "relu_gradient",
    "spectral_norms",
    "spectrally_normalised",
]

_BLOCK = 64  # draws fetched at once from each seed's stream; part of what makes a seed's numbers reproducible


@dataclass
class Streams:
    """One random stream per seed, all with the same name: draws have shape [S, ...].

    Seeds keep their numbers whatever seeds stand beside them:

    >>> from numerics.backend import backend
    >>> pair, alone = Streams(backend(), (3, 4), "noise"), Streams(backend(), (4,), "noise")
    >>> bool(pair.normal(5)[1].equal(alone.normal(5)[0]))
    True
    """

    home: Backend
    seeds: Sequence[int]
    name: str
    _tapes: dict[tuple[str, tuple[int, ...], int], Iterator[Tensor]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._generators = [self.home.reseeded(seed).generator(self.name) for seed in self.seeds]

    def normal(self, *shape: int) -> Tensor:
        """Standard Gaussian numbers, [S, *shape]."""
        return self._next("normal", shape)

    def uniform(self, *shape: int) -> Tensor:
        """Numbers uniform on [0, 1), [S, *shape]."""
        return self._next("uniform", shape)

    def integers(self, high: int, *shape: int) -> Tensor:
        """Integers uniform on 0, ..., high - 1, [S, *shape]."""
        return self._next("integers", shape, high)

    def permutation(self, n: int) -> Tensor:
        """One uniformly drawn order of 0, ..., n - 1 per seed, [S, n]."""
        return torch.stack([torch.randperm(n, generator=g, device=self.home.device) for g in self._generators])

    def _next(self, kind: Literal["normal", "uniform", "integers"], shape: tuple[int, ...], high: int = 0) -> Tensor:
        tape = self._tapes.get((kind, shape, high))
        if tape is None:
            tape = self._tapes[kind, shape, high] = self._tape(kind, shape, high)
        return next(tape)

    def _tape(self, kind: str, shape: tuple[int, ...], high: int) -> Iterator[Tensor]:
        # Small draws come in blocks: one call per seed and block, not one per seed and step.
        block = _BLOCK if math.prod(shape) <= 4096 else 1
        device, dtype = self.home.device, self.home.dtype
        while True:
            if kind == "normal":
                drawn = [
                    torch.randn((block, *shape), generator=g, device=device, dtype=dtype) for g in self._generators
                ]
            elif kind == "uniform":
                drawn = [torch.rand((block, *shape), generator=g, device=device, dtype=dtype) for g in self._generators]
            else:
                drawn = [torch.randint(high, (block, *shape), generator=g, device=device) for g in self._generators]
            yield from torch.stack(drawn, dim=1)


@dataclass(frozen=True)
class Perceptron:
    """A multilayer perceptron R^sizes[0] -> R^sizes[-1], as a function of its parameters.

    `network(parameters, x)` maps [B, in] to [B, out] with the parameters of one network, and [S, B, in] to [S, B, out]
    with stacked ones. The activation stands between layers, not after the last.

    >>> from numerics.backend import backend
    >>> network = Perceptron((2, 8, 1))
    >>> parameters = network.initial(Streams(backend(), (0, 1, 2), "weights"))
    >>> [tuple(p.shape) for p in parameters]
    [(3, 2, 8), (3, 1, 8), (3, 8, 1), (3, 1, 1)]
    >>> x = torch.ones(3, 5, 2, dtype=torch.float64)
    >>> bool(network(parameters, x).allclose(torch.func.vmap(network)(parameters, x)))
    True
    """

    sizes: tuple[int, ...]
    activation: Callable[[Tensor], Tensor] = torch.relu

    def initial(self, streams: Streams) -> list[Tensor]:
        """Fresh stacked parameters [W_1, b_1, W_2, b_2, ...], uniform on +-1/sqrt(fan-in), PyTorch's own default."""
        parameters = []
        for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False):
            scale = inputs**-0.5
            for shape in ((inputs, outputs), (1, outputs)):
                parameters.append(((2 * streams.uniform(*shape) - 1) * scale).requires_grad_())
        return parameters

    def __call__(self, parameters: Sequence[Tensor], x: Tensor) -> Tensor:
        affine = torch.baddbmm if x.dim() == 3 else torch.addmm
        layers = len(parameters) // 2
        for layer in range(layers):
            x = affine(parameters[2 * layer + 1], x, parameters[2 * layer])
            if layer < layers - 1:
                x = self.activation(x)
        return x


def relu_gradient(parameters: Sequence[Tensor], x: Tensor) -> Tensor:
    """Gradient in x of a scalar ReLU perceptron, at every row: [S, B, in] for stacked parameters and x [S, B, in].

    Where no unit sits at its kink the network is affine, and its gradient is the product of the weights with the rows
    of inactive units struck out. Written so, a gradient penalty is an ordinary function of the weights and needs no
    second differentiation through the input.

    >>> W, b, v = torch.tensor([[[1.0, -1.0]]]), torch.zeros(1, 1, 2), torch.tensor([[[3.0], [5.0]]])
    >>> relu_gradient([W, b, v, torch.zeros(1, 1, 1)], torch.tensor([[[2.0], [-2.0]]])).flatten().tolist()
    [3.0, -5.0]
    """
    active = []
    for layer in range(len(parameters) // 2 - 1):
        x = torch.baddbmm(parameters[2 * layer + 1], x, parameters[2 * layer])
        active.append((x > 0).to(x.dtype))
        x = x * active[-1]
    slope = parameters[-2].mT
    for layer in reversed(range(len(active))):
        slope = (active[layer] * slope) @ parameters[2 * layer].mT
    return slope


def spectral_norms(parameters: Sequence[Tensor]) -> Tensor:
    """Largest singular value of every weight: [S, layers].

    Their product bounds the Lipschitz constant of a network with 1-Lipschitz activations (claim `lipschitz-layers`).

    >>> spectral_norms([torch.diag(torch.tensor([3.0, 1.0]))[None], torch.zeros(1, 1, 2)])
    tensor([[3.]])
    """
    return torch.stack([_spectral_norm(weight) for weight in parameters[::2]], dim=1)


def spectrally_normalised(parameters: Sequence[Tensor]) -> list[Tensor]:
    """Every weight divided by its largest singular value: each layer 1-Lipschitz, and with ReLU the network too.

    Source: Miyato et al. (2018), with singular values where they iterate a power method, so the bound is exact.

    >>> spectral_norms(spectrally_normalised([torch.tensor([[[3.0, 4.0]]]), torch.zeros(1, 1, 2)]))
    tensor([[1.]])
    """
    return [p / _spectral_norm(p)[:, None, None] if place % 2 == 0 else p for place, p in enumerate(parameters)]


def _spectral_norm(weight: Tensor) -> Tensor:
    # A singular value decomposition refuses the whole batch if one matrix has a NaN; a diverged seed shall be alone.
    healthy = finite_seeds(weight)
    norm = torch.linalg.matrix_norm(torch.where(healthy[:, None, None], weight, torch.zeros_like(weight)), 2)
    return torch.where(healthy, norm, torch.full_like(norm, math.nan))


class Descent:
    """Adam (Kingma and Ba 2015) on stacked parameters, its rate constant or falling to 0 along a half cosine.

    One call is one step on the sum over seeds of `loss`, a tensor [S].

    >>> x = torch.tensor([[3.0], [5.0]], requires_grad=True)
    >>> descend = Descent([x], rate=0.3, steps=200)
    >>> for _ in range(200):
    ...     descend((x**2).sum(1))
    >>> bool((x.abs() < 1e-3).all())
    True
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        rate: float,
        steps: int | None = None,
        betas: tuple[float, float] = (0.9, 0.999),
    ) -> None:
        self.parameters = list(parameters)
        self.rate = rate
        self.steps = steps
        self.taken = 0
        self._adam = torch.optim.Adam(self.parameters, lr=rate, betas=betas, fused=True)

    def __call__(self, loss: Tensor) -> None:
        if self.steps is not None:
            for group in self._adam.param_groups:
                group["lr"] = self.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, self.taken / self.steps)))
        gradients = torch.autograd.grad(loss.sum(), self.parameters)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient
        self._adam.step()
        self.taken += 1


def finite_seeds(*stacked: Tensor) -> Tensor:
    """Which seeds have only finite numbers in all of these tensors [S, ...]: bool [S].

    >>> finite_seeds(torch.tensor([[1.0, 2.0], [float("nan"), 0.0]]))
    tensor([ True, False])
    """
    return torch.stack([t.detach().reshape(len(t), -1).isfinite().all(1) for t in stacked]).all(0)
