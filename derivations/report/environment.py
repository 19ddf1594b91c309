"""What a report was made with: versions, seeds, machine, and when.

Main definitions: `facts`, `today`.
"""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version

__all__ = ["facts", "moment", "today"]

PACKAGES = ("derivations", "python-flint", "sympy", "numpy", "scipy", "torch", "matplotlib", "latex2mathml")


def moment() -> int:
    """The time of the report, in seconds since 1970; ``SOURCE_DATE_EPOCH`` overrides the clock."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))


def today() -> str:
    """The date of the report, in words."""
    found = time.gmtime(moment())
    return f"{found.tm_mday} {time.strftime('%B %Y', found)}"


def facts(seed: int, device: str) -> list[tuple[str, str]]:
    """Rows for the appendix, without importing any of the packages.

    >>> dict(facts(3, "cpu"))["seed"]
    '3'
    """
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} not installed")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return [
        ("seed", str(seed)),
        ("device", device),
        ("Python", platform.python_version()),
        ("packages", ", ".join(versions)),
        ("machine", machine),
    ]
