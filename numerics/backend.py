"""One choice of device, precision and seed, for sampling and for training alike.

Main definitions: `Backend`, the choice itself, and `backend`, which makes one from words.

Randomness comes from named streams. A stream is a `torch.Generator` on the backend's own device, seeded by a hash of
the backend's seed and the stream's name, so that adding a stream never shifts the numbers of another, and nothing
touches PyTorch's global generators. The same code runs on a CPU and on CUDA; the numbers differ between the two,
because their generators do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

__all__ = ["Backend", "backend"]

_DTYPES = {"float32": torch.float32, "float64": torch.float64}
_DEVICE_TYPES = ("cpu", "cuda")


@dataclass(frozen=True)
class Backend:
    """Where tensors live, how precise they are, and which random numbers they see.

    Frozen and comparable: two equal backends give the same numbers. Make one with `backend`, which takes words and
    checks them; the constructor checks as well.

    Raises ValueError for a device that is not there, a dtype other than float32 and float64, or a negative seed, and
    TypeError for arguments of the wrong type.

    >>> home = backend("cpu", "float32", seed=7)
    >>> home.dtype, home.double().dtype
    (torch.float32, torch.float64)
    >>> one, again = home.generator("noise"), home.generator("noise")
    >>> bool(torch.randn(4, generator=one).equal(torch.randn(4, generator=again)))
    True
    """

    device: torch.device
    dtype: torch.dtype
    seed: int

    def __post_init__(self) -> None:
        if not isinstance(self.device, torch.device):
            raise TypeError(f"device is {self.device!r}; make a Backend from words with backend({self.device!r})")
        if self.device.type not in _DEVICE_TYPES:
            raise ValueError(
                f"device {str(self.device)!r} is not supported; use one of 'cpu', 'cuda', 'cuda:N', 'auto'"
            )
        if self.device.type == "cuda":
            if not torch.cuda.is_available():
                raise ValueError(f"device {str(self.device)!r}: no CUDA device is available; use 'cpu' or 'auto'")
            if self.device.index is not None and self.device.index >= torch.cuda.device_count():
                raise ValueError(
                    f"device {str(self.device)!r}: there are {torch.cuda.device_count()} CUDA devices, counted from 0"
                )
        if self.dtype not in _DTYPES.values():
            raise ValueError(f"dtype {self.dtype} is not supported; use 'float32' or 'float64'")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise TypeError(f"seed is {self.seed!r}; a seed is an integer, for example seed=0")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; a seed is an integer >= 0")

    def generator(self, stream: int | str = 0) -> torch.Generator:
        """A fresh generator on this device, at the start of the named stream.

        The same backend and stream always give the same numbers; different streams, or different seeds, give
        independent ones. (A CPU generator of PyTorch keeps 32 bits of its seed, so two of n streams coincide by
        chance with probability about n^2 / 2^33.)

        >>> a, b = backend(seed=1).generator("weights"), backend(seed=1).generator("data")
        >>> bool(torch.randn(4, generator=a).equal(torch.randn(4, generator=b)))
        False
        """
        if isinstance(stream, bool) or not isinstance(stream, int | str):
            raise TypeError(f"stream is {stream!r}; name a stream by an integer or a string")
        # The type is part of the name, or stream 1 and stream "1" would be one stream.
        name = f"{self.seed}/{type(stream).__name__}/{stream}".encode()
        digest = hashlib.sha256(name).digest()
        made = torch.Generator(device=self.device)
        made.manual_seed(int.from_bytes(digest[:8], "big") >> 1)
        return made

    def double(self) -> Backend:
        """The same backend in float64, for the checks that ordinary precision cannot carry.

        >>> backend("cpu", "float32", seed=3).double() == backend("cpu", "float64", seed=3)
        True
        """
        return replace(self, dtype=torch.float64)

    def reseeded(self, seed: int) -> Backend:
        """The same backend with another seed.

        >>> backend(seed=0).reseeded(5).seed
        5
        """
        return replace(self, seed=seed)

    def tensor(self, values: torch.Tensor | Sequence[float] | float) -> torch.Tensor:
        """`values` as a tensor of this backend: its device, its dtype.

        >>> backend(dtype="float32").tensor([1.0, 2.0]).dtype
        torch.float32
        """
        return torch.as_tensor(values, dtype=self.dtype, device=self.device)


def backend(device: str | torch.device = "cpu", dtype: str | torch.dtype = "float64", seed: int = 0) -> Backend:
    """A `Backend` from words.

    `device` is "cpu", "cuda", "cuda:N", or "auto", which means CUDA where there is one and the CPU otherwise; `dtype`
    is "float64" or "float32", or the PyTorch dtype of that name; `seed` is an integer >= 0.

    Raises ValueError for a device or dtype that is unknown or not there.

    >>> backend()
    Backend(device=device(type='cpu'), dtype=torch.float64, seed=0)
    >>> backend(dtype="float16")
    Traceback (most recent call last):
    ...
    ValueError: dtype 'float16' is not supported; use 'float32' or 'float64'
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if isinstance(device, str):
        try:
            device = torch.device(device)
        except RuntimeError as error:
            raise ValueError(f"device {device!r} is unknown; use one of 'cpu', 'cuda', 'cuda:N', 'auto'") from error
    if isinstance(dtype, str):
        if dtype not in _DTYPES:
            raise ValueError(f"dtype {dtype!r} is not supported; use 'float32' or 'float64'")
        dtype = _DTYPES[dtype]
    return Backend(device, dtype, seed)
