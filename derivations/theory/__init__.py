"""The claims of the library, by topic; each module is a proof script that runs by itself."""

from __future__ import annotations

import importlib

TOPICS = (
    "autoencoder",
    "aggregate",
    "elbo",
    "reparameterization",
    "gaussian",
    "gan",
    "gan_training",
    "transport",
    "wasserstein",
    "lipschitz",
)


def claims():  # type: ignore[no-untyped-def]
    """All claims of the library, in the order of the sheet's items."""
    found = [c for name in TOPICS for c in importlib.import_module(f"derivations.theory.{name}").CLAIMS]
    return sorted(found, key=lambda c: [int(part) for part in c.item.split(".")])
