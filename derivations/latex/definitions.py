"""Definitions that a document makes: names, and densities given by a formula."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.latex.grammar import Row
from derivations.latex.names import Name


@dataclass(frozen=True)
class Definition:
    """A name, its parameters if it is a function, and what it stands for; no row if that was not read."""

    name: Name
    parameters: Row | None
    row: Row | None


@dataclass(frozen=True)
class Gaussian:
    """The usual reading of a closed form: q and p normal, with these means and variances; a sum makes it a vector."""

    means: tuple[str, str | None]
    deviations: tuple[str, str | None]
    components: bool
