"""Replays that share integrals: those of one search for a proof expand the same integrals again and again.

The kernel keeps an integral for the rest of one replay. A search makes many replays of statements with the same
declarations and hypotheses, under different rules; here they take integrals over from each other. Nothing of this is
trusted: the kernel alone replays the certificate in the end.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from derivations.kernel import BATCHES, Atom, Replay, refuse

Key = tuple[Any, ...]
UNNOTED = frozenset(("hypothesis", "change of variables", *BATCHES))  # rules that are also looked up without being used


@dataclass
class Traces:
    """What the expansion of an integral leaves behind in a replay, beside its value."""

    shown: dict[str, tuple[str, str]] = field(default_factory=dict)  # bound name -> the name to show, and as shown
    depths: dict[tuple[str, str], int] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)
    factors: dict[Atom, tuple[Atom, ...]] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)  # rules that were asked for and not allowed

    def add(self, other: Traces) -> None:
        self.shown.update(other.shown)
        self.depths.update(other.depths)
        self.factors.update(other.factors)
        self.lines |= other.lines
        self.missed |= other.missed


@dataclass
class Expansion:
    """An integral as it was found under allowed rules, with names shown before as they were.

    Under other rules it is the same if they have those that were used, none of those that were missed, and the same of
    those that the kernel looks up without noting so.
    """

    allowed: frozenset[str]
    display: dict[str, str]
    found: tuple[Any, set[str], dict[str, Any]]
    traces: Traces


class Store(dict[Key, list[Expansion]]):
    """The expansions of one search by their places, and the statements that it has read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: dict[int, dict[str, Any]] = {}


EXPANSIONS: ContextVar[Store | None] = ContextVar("EXPANSIONS", default=None)


@contextlib.contextmanager
def shared_expansions() -> Iterator[None]:
    """All replays in here share their integrals."""
    token = EXPANSIONS.set(Store())
    try:
        yield
    finally:
        EXPANSIONS.reset(token)


class Sharing(Replay):
    """A replay that takes integrals from earlier ones of the same search."""

    def __init__(self, statement: dict[str, Any], allowed: frozenset[str]) -> None:
        self.traces = Traces()  # of what is expanded at the moment
        self.left: dict[Key, Traces] = {}  # by what is kept
        self.store: Store | None = None  # with only some of the hypotheses known, nothing is shared
        self.world: tuple[Any, str] = (None, "")
        super().__init__(statement, allowed)
        self.store = EXPANSIONS.get()

    def read(self, statement: dict[str, Any]) -> None:
        store = EXPANSIONS.get()
        if store is None or store.read.get(id(statement)) is not statement:
            super().read(statement)
        if store is not None:
            store.read[id(statement)] = statement

    def assume(self, hypothesis: list[Any]) -> None:
        store, self.store = self.store, None
        super().assume(hypothesis)
        self.store = store

    def use(self, rule: str) -> bool:
        if rule not in self.allowed:
            self.traces.missed.add(rule)
        return super().use(rule)

    def show_as(self, bound: str, name: str) -> None:
        super().show_as(bound, name)
        self.traces.shown[bound] = name, self.display[bound]

    def factors_of(self, atom: Atom) -> tuple[Atom, ...]:
        parts = super().factors_of(atom)
        if atom in self.factors:
            self.traces.factors[atom] = parts
        return parts

    def once(self, key: Key, find: Callable[[], Any]) -> Any:
        if key in self.kept:
            self.traces.add(self.left[key])
            return super().once(key, find)
        place = self.place_of(key)
        for expansion in self.store.get(place, []) if self.store is not None and place else []:
            if self.fits(expansion):
                self.kept[key], self.left[key] = expansion.found, expansion.traces
                self.take(expansion.traces)
                return super().once(key, find)
        outer, self.traces = self.traces, Traces()
        depths, lines, self.depths, self.lines = self.depths, self.lines, {}, set()
        before = dict(self.display)
        try:
            result = super().once(key, find)
        finally:
            traces, self.traces = self.traces, outer
            traces.depths, traces.lines = self.depths, self.lines
            self.depths, self.lines = depths, lines
            self.take(traces)
        if key in self.kept:
            self.left[key] = traces
            if place and self.store is not None and place == self.place_of(key):
                self.store.setdefault(place, []).append(Expansion(self.allowed, before, self.kept[key], traces))
        return result

    def place_of(self, key: Key) -> Key | None:
        """Where an integral is stored: it depends on declarations, hypotheses and the ranges numbered so far. What is
        no integral (a key of three: text, names in use, what names stand for) is not shared."""
        if len(key) != 3:
            return None
        if self.world[0] is not self.statement:  # which a proof by cases changes
            text = json.dumps([self.statement["declare"], self.statement["given"]])
            self.world = self.statement, text
        return (self.world[1], tuple(self.ranges), key)

    def fits(self, expansion: Expansion) -> bool:
        """Whether this replay would find the same, with the same names shown in its conditions."""
        (_, supports, _), used, conditions = expansion.found
        if not used <= self.allowed or not self.allowed.isdisjoint(expansion.traces.missed):
            return False
        if self.allowed & UNNOTED != expansion.allowed & UNNOTED:
            return False
        if (supports or conditions) and expansion.display != self.display:
            return False
        for bound, (name, shown) in expansion.traces.shown.items():
            self.show_as(bound, name)
            if self.display[bound] != shown:
                return False
        return True

    def take(self, traces: Traces) -> None:
        """The traces of an expansion, left here as well."""
        self.traces.add(traces)
        self.lines |= traces.lines
        for atom, parts in traces.factors.items():
            self.factors.setdefault(atom, parts)
        for slot, depth in traces.depths.items():
            wrong = self.depths.setdefault(slot, depth) != depth
            refuse(wrong, f"the slot {slot[1]} of {slot[0]} takes a vector here and a component there")
