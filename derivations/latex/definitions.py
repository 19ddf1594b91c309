"""Definitions that a document makes: names, and densities given by a formula."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.latex.grammar import Row
from derivations.latex.names import Name, name_of

_WITH_ARGUMENTS = frozenset(("H", "I", "KL", "JSD", "TV", "W1", "CE", "V"))


@dataclass(frozen=True)
class Definition:
    """A name, its parameters if it is a function, and what it stands for; no row if that was not read.

    *density* is a law with its arguments, where a formula gives it: ``q(z | x)`` in ``q(z | x) = N(z; mu, sigma^2)``.
    """

    name: Name
    parameters: Row | None
    row: Row | None
    density: Row | None = None

    @property
    def is_bare_of_reserved(self) -> bool:
        """Whether it gives a name of a divergence, an entropy or a game without its arguments: H says no H(X | Y)."""
        return self.parameters is None and self.density is None and self.name.base in _WITH_ARGUMENTS


@dataclass(frozen=True)
class Place:
    """Where a display defines something, in words: its line, its section, whether that speaks of a special case.

    *said*: a formula for a law that was spoken of before, which the document says and does not show; *named*: its
    sentence names it, so that it does not follow from what stands before.
    """

    line: int
    section: int
    words: str
    special: bool
    said: bool = False
    named: bool = False


@dataclass(frozen=True)
class Gaussian:
    """The usual reading of a closed form: q and p normal, with these means and variances; a sum makes it a vector."""

    means: tuple[str, str | None]
    deviations: tuple[str, str | None]
    components: bool


def is_normal(row: Row) -> bool:
    """Whether a side is a normal law or its density, and nothing else."""
    name = name_of(row[0]) if len(row) == 2 and row[1].kind == "bracketed" else None
    return name is not None and name.base in ("N", "calN", "Normal")
