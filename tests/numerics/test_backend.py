"""One choice of device, dtype and seed reaches every number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode

from numerics import montecarlo
from numerics.backend import backend
from numerics.laws import Beta, Categorical, DiagonalNormal, Gamma, Laplace, Law, Mixture, MultivariateNormal, Normal

LAWS: list[Law] = [
    Normal(0, 1),
    Laplace(0, 1),
    Gamma(0.5, 2),
    Beta(0.5, 3),
    Mixture([0.5, 0.5], [Normal(0, 1), Gamma(2, 1)]),
    Categorical([0.2, 0.8]),
    DiagonalNormal([0, 1], [1, 2]),
    MultivariateNormal([0, 1], [[2, 1], [1, 2]]),
]
FACTORIES = {"empty", "zeros", "ones", "full", "rand", "randn", "randperm", "tensor", "as_tensor", "arange"}


class Watch(TorchFunctionMode):
    """Collects tensors made without a device, and random numbers drawn without a generator."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in FACTORIES and "device" not in kwargs and "out" not in kwargs:
            # A tensor made from NumPy on the way to the device is moved at once by as_tensor(...).to(...).
            self.found += [] if name == "as_tensor" else [f"{name} without a device"]
        if (
            name in {"normal_", "uniform_", "exponential_", "rand", "randn", "randperm"}
            and kwargs.get("generator") is None
        ):
            self.found.append(f"{name} without a generator")
        return func(*args, **kwargs)


@pytest.mark.parametrize("law", LAWS, ids=[type(law).__name__ for law in LAWS])
def test_device_and_generator_are_passed_everywhere(law: Law) -> None:
    with Watch() as watch:
        law.sample(100, backend())
        montecarlo.entropy(law, samples=1000)
    assert watch.found == []


@pytest.mark.parametrize("law", LAWS, ids=[type(law).__name__ for law in LAWS])
def test_a_seed_reproduces_and_a_stream_is_its_own(law: Law) -> None:
    torch.manual_seed(0)
    first = law.sample(50, backend(seed=1))
    torch.manual_seed(1)
    assert first.equal(law.sample(50, backend(seed=1)))
    assert not first.equal(law.sample(50, backend(seed=2)))
    assert not first.equal(law.sample(50, backend(seed=1), "another"))
    assert first.dtype == torch.float64
    assert law.sample(50, backend(dtype="float32")).dtype == torch.float32


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("law", LAWS, ids=[type(law).__name__ for law in LAWS])
def test_the_same_code_on_cuda(law: Law) -> None:
    here = montecarlo.entropy(law, samples=200_000, alpha=1e-9, backend=backend("cuda", "float64"))
    there = montecarlo.entropy(law, samples=200_000, alpha=1e-9, backend=backend("cpu", "float64"))
    assert law.sample(10, backend("cuda")).device.type == "cuda"
    assert max(here.interval[0], there.interval[0]) <= min(here.interval[1], there.interval[1])
