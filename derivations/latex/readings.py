"""Readings: the choices that ambiguous notation leaves, and their finite set.

A reading maps a choice (``"log"``: how far logarithms reach) to the option taken; option 0 is the preferred one.  All
places of one kind are read alike, so a document that leaves three questions open has at most a few dozen readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from derivations.latex.tokens import Unread

MAX_READINGS = 36
# Choices of which neither option is what everybody reads: a proof has to hold under both.
OPEN = frozenset(
    (
        *("slash", "derivative", "function", "product of letters"),
        *("log over", "bracketed log", "log under a sign", "log before an operator after a value"),
    )
)
MAX_NODES = 4_000


@dataclass
class Reading:
    """A reading in use: it answers `choose`, and remembers which choices came up and what was assumed."""

    chosen: Mapping[str, int] = field(default_factory=dict)
    met: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: int = 0
    energies: bool = False  # the document writes E(x) for an energy
    iterated: frozenset[str] = frozenset()  # the names of sequences, with their place above: x^{t+1}

    def choose(self, choice: str, ways: Sequence[str]) -> int:
        """The option taken at a choice; *ways* says in words what the options are, the preferred one first."""
        self.met.setdefault(choice, tuple(ways))
        return min(self.chosen.get(choice, 0), len(ways) - 1)

    def count(self) -> None:
        """Count a node of the expression at hand, against inputs without end."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Unread(f"an expression of more than {MAX_NODES} parts")

    def words(self) -> list[str]:
        """What this reading takes otherwise than the preferred one."""
        return [self.met[c][n] for c, n in self.chosen.items() if n and c in self.met and n < len(self.met[c])]


def others(met: Mapping[str, Sequence[str]]) -> Iterator[dict[str, int]]:
    """The readings beside the preferred one, those that differ in fewer choices first."""
    choices = sorted(met)
    every = product(*(range(len(met[c])) for c in choices))
    options = sorted((n for n in every if any(n)), key=lambda n: sum(1 for i in n if i))
    for combination in options[: MAX_READINGS + 1]:
        yield {c: n for c, n in zip(choices, combination, strict=True) if n}


def doubtful(met: Mapping[str, Sequence[str]]) -> Iterator[dict[str, int]]:
    """The other readings of what a writer may well have meant so."""
    yield from others({choice: ways for choice, ways in met.items() if choice in OPEN})


def too_many(met: Mapping[str, Sequence[str]]) -> bool:
    """Whether there are more readings than are tried."""
    total = 1
    for ways in met.values():
        total *= len(ways)
    return total > MAX_READINGS
