"""Which claims a command speaks about: the library's or a script's, all of them or some.

Main definitions: `library`, `script`, `select`.
"""

from __future__ import annotations

import difflib
import importlib.util
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from derivations.claims import Claim
from derivations.language import LanguageError

__all__ = ["SelectionError", "item_key", "library", "script", "select"]


class SelectionError(LanguageError):
    """A claim, an item or a script that is not there; the message names what is near."""


def library() -> tuple[Claim, ...]:
    """The claims of the library, in the order of the sheet.

    >>> "gan-jsd" in [claim.id for claim in library()]
    True
    """
    from derivations.theory import claims

    return tuple(claims())


def script(path: str | os.PathLike[str]) -> tuple[Claim, ...]:
    """The claims that a proof script defines: its ``CLAIMS``, or else every `Claim` bound to a name in it.

    The script is run, like any Python file; modules beside it can be imported.  Raises SelectionError if it cannot be
    read, or defines no claim or two of one id; an error of the script itself passes through.
    """
    file = Path(path)
    if not file.is_file():
        raise SelectionError(f"{file} is no file; a proof script is a Python file that defines claims")
    spec = importlib.util.spec_from_file_location(f"proof_script_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise SelectionError(f"{file} is no Python file; a proof script has a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    beside = str(file.resolve().parent)
    if beside not in sys.path:
        sys.path.insert(0, beside)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    named = getattr(module, "CLAIMS", None)
    found = list(named) if named is not None else [v for v in vars(module).values() if isinstance(v, Claim)]
    found = list(dict.fromkeys(found))
    if not found or not all(isinstance(claim, Claim) for claim in found):
        raise SelectionError(
            f"{file} defines no claims; write my_claim = Claim(id=..., parts=(Part(left == right),), ...) in it, "
            "or CLAIMS = [...]"
        )
    ids = [claim.id for claim in found]
    if double := sorted({name for name in ids if ids.count(name) > 1}):
        raise SelectionError(f"{file} defines two claims with the id {double[0]!r}; ids must differ")
    return tuple(found)


def select(claims: Sequence[Claim], ids: Iterable[str] = (), items: Iterable[str] = ()) -> tuple[Claim, ...]:
    """The claims with one of these ids or items, in their own order; all of them if neither is given.

    An item ``2`` takes in 2.1, 2.7 and so on.  Raises SelectionError for an id or item that is not there.

    >>> "gaussian-kl-standard" in [claim.id for claim in select(library(), items=["2.7"])]
    True
    >>> select(library(), ids=["gan-jds"])
    Traceback (most recent call last):
    ...
    derivations.report.selection.SelectionError: there is no claim 'gan-jds'; did you mean gan-jsd...?
    """
    wanted, places = list(ids), list(items)
    known = {claim.id: claim for claim in claims}
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else f"the claims are {', '.join(known)}"
            raise SelectionError(f"there is no claim {name!r}; {hint}")
    for place in places:
        if not any(_within(claim.item, place) for claim in claims):
            there = dict.fromkeys(claim.item for claim in claims)
            raise SelectionError(f"there is no claim for the item {place!r}; items with claims are {', '.join(there)}")
    if not wanted and not places:
        return tuple(claims)
    return tuple(c for c in claims if c.id in wanted or any(_within(c.item, place) for place in places))


def _within(item: str, place: str) -> bool:
    return item == place or item.startswith(place.rstrip(".") + ".")


def item_key(item: str) -> tuple[tuple[int, str], ...]:
    """The order of items: 2.9 before 2.10, numbers before words.

    >>> sorted(["2.10", "1.1", "2.9", "appendix"], key=item_key)
    ['1.1', '2.9', '2.10', 'appendix']
    """
    parts = item.split(".") if item else []
    return tuple((int(p), "") if p.isdecimal() else (sys.maxsize, p) for p in parts)
