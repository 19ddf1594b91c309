"""The evidence for a claim: verdicts on its statements and steps, the second proof, the checks in numbers.

Main definitions: `Evidence`, what was found; `gather`, which looks for it.  A step that fails, a false reason and a
check that breaks off become part of the evidence: one claim never hides another.
"""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derivations.claims import Chain, Claim
from derivations.judge import Verdict, judge
from derivations.language import LanguageError

__all__ = ["Evidence", "check_row", "gather"]

# From the weakest: what a claim is worth is what its weakest statement or step is worth.
STRENGTH = ("refuted", "unsupported", "undecided", "conditional", "proved")


@dataclass(frozen=True)
class Evidence:
    """What is known of a claim.

    *statements* has a verdict for every part of the claim; *steps* has, for every part, a list of verdicts for each of
    its chains, one per step.  *second_proof* and *checks* are rows as in ``verify --format json``; *errors* are
    messages of what broke off.  *seconds* is the time of kernel, prover and refuter.
    """

    claim: Claim
    statements: tuple[Verdict, ...]
    steps: tuple[tuple[tuple[Verdict, ...], ...], ...]
    second_proof: Mapping[str, Any] | None = None
    checks: tuple[Mapping[str, Any], ...] = ()
    errors: tuple[str, ...] = ()
    seconds: float = 0.0

    def chains(self) -> Iterator[tuple[int, Chain, tuple[Verdict, ...]]]:
        """Every chain with the number of its part and the verdicts on its steps."""
        for number, (part, found) in enumerate(zip(self.claim.parts, self.steps, strict=True)):
            for chain, verdicts in zip(part.chains, found, strict=True):
                yield number, chain, verdicts

    @property
    def verdict(self) -> str:
        """The weakest verdict on the statements and steps; ``undecided`` if nothing was found at all."""
        everything = [v.verdict for v in self.statements]
        everything += [v.verdict for _, _, verdicts in self.chains() for v in verdicts]
        return min(everything, key=STRENGTH.index, default="undecided")

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that the claim expects."""
        return self.verdict == self.claim.expected

    @property
    def passed(self) -> bool:
        """The verdict as expected, no check failed, nothing broke off, and no second proof contradicts it."""
        return self.as_expected and not self.errors and all(check["passed"] for check in self.checks)

    def gathered(self, name: str) -> list[str]:
        """Conditions, assumptions, trusts or rules of the statements, each once."""
        return list(dict.fromkeys(value for verdict in self.statements for value in getattr(verdict, name)))


def gather(
    claim: Claim, *, seed: int = 0, device: str = "cpu", checks: bool = True, seconds: float | None = None
) -> Evidence:
    """Prove a claim, each step of its chains and its second proof, and run its numeric companion.

    *seconds* bounds the search for each counterexample; *seed* fixes all that is drawn.

    >>> from derivations.report.selection import library, select
    >>> (claim,) = select(library(), ids=["log-likelihood"])
    >>> found = gather(claim, checks=False)
    >>> found.verdict, found.as_expected, [len(chain.steps) for _, chain, _ in found.chains()]
    ('proved', True, [5])
    """
    options: dict[str, Any] = {"seed": seed} if seconds is None else {"seed": seed, "seconds": seconds}
    start = time.perf_counter()
    statements, steps = [], []
    errors: list[str] = []
    for part in claim.parts:
        statements.append(judge(part.statement, hints=part.hints, **options))
        steps.append(tuple(_verified(chain, options) for chain in part.chains))
    spent = time.perf_counter() - start
    second = None
    if checks:
        try:
            found = claim.second_proof()
            second = None if found is None else found.json()
        except Exception:  # noqa: BLE001  a second opinion that breaks off is reported, and the first one stays
            errors.append(f"the second proof broke off: {_last_line()}")
    rows: tuple[Mapping[str, Any], ...] = ()
    if checks and claim.companion:
        try:
            rows = tuple(check_row(check) for check in claim.checks(seed, device))
        except Exception:  # noqa: BLE001  a companion may raise anything; it fails the claim, and is named
            errors.append(f"the numeric companion {claim.companion} broke off: {_last_line()}")
    return Evidence(claim, tuple(statements), tuple(steps), second, rows, tuple(errors), spent)


def _verified(chain: Chain, options: dict[str, Any]) -> tuple[Verdict, ...]:
    """Each step judged by itself; one that holds for another reason than the given one is undecided, with why."""
    found = []
    before = chain.start
    for step in chain.steps:
        alone = Chain(before, (step,), chain.given)
        try:
            found += alone.verify(**options)
        except LanguageError as error:
            found.append(Verdict(alone.conclusion(), "undecided", message=f"false reason: {error}"))
        before = step.term
    return tuple(found)


def check_row(check: Any) -> dict[str, Any]:
    """A numeric check as a row of ``verify --format json``, with whatever else it tells (an interval, samples).

    A check is a dataclass or a mapping with at least ``name``, ``method``, ``value``, ``reference``, ``error`` and
    ``passed``.
    """
    if dataclasses.is_dataclass(check) and not isinstance(check, type):
        row = {field.name: getattr(check, field.name) for field in dataclasses.fields(check)}
    else:
        row = dict(check)
    missing = {"name", "method", "value", "reference", "error", "passed"} - set(row)
    if missing:
        raise TypeError(f"a check lacks {', '.join(sorted(missing))}: {check!r}")
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """A value of JSON: numbers of NumPy and PyTorch as Python's, enclosures as mappings, the rest as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        return _plain(value.item())
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return str(value)


def _last_line() -> str:
    return traceback.format_exc().strip().splitlines()[-1]
