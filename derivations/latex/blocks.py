"""Ranges of variables: what ``x_{1:T}`` is made of where a document also writes ``x_{1:T-1}`` or ``x_T``.

Main definitions: `blocks_of`, `moment`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from derivations.latex.moments import OverTime

_LAST = 10**6


def blocks_of(base: str, known: Iterable[tuple[str, str]], moments: Iterable[str], end: tuple[str, str]) -> list[str]:
    """The slots that a range is made of: the finest blocks that the *known* ranges and single *moments* share."""
    cuts: dict[int, str] = {}
    for a, b in known:
        cuts[_position(a)] = a
        cuts[_position(b) + 1] = ""
    for below in moments:
        place = _position(below)
        cuts[place] = below
        cuts.setdefault(place + 1, "")
    first, last = _position(end[0]), _position(end[1])
    if first not in cuts or last + 1 not in cuts:
        raise OverTime(f"the range {end[0]}:{end[1]} across others")
    places = [*sorted(p for p in cuts if first <= p <= last), last + 1]
    found = []
    for first, after in itertools.pairwise(places):
        shown = _spelled(first) if after == first + 1 else f"{_spelled(first)}:{_spelled(after - 1)}"
        found.append(f"{base}_{shown}")
    return found


def moment(below: str) -> str:
    """The spelling of a moment in blocks: n, the end of a range, is T."""
    return _spelled(_position(below))


def _position(spelled: str) -> int:
    if spelled.isdigit():
        return int(spelled)
    if spelled in ("T", "N", "K", "L", "n"):
        return _LAST
    if spelled in ("T-1", "N-1", "K-1", "L-1", "n-1"):
        return _LAST - 1
    if spelled in ("T+1", "N+1"):
        return _LAST + 1
    raise OverTime(f"the time index {spelled!r} beside a range")


def _spelled(position: int) -> str:
    offset = position - _LAST
    if offset == 0:
        return "T"
    return f"T{offset:+d}" if abs(offset) < 1000 else str(position)
