"""Evidence for many claims, gathered in processes: nothing that hangs or dies takes another claim along.

Main definition: `gather_all`.  A worker is a fresh Python process that loads the claims itself and sends what it
found as plain data; the verdicts are replayed on arrival (`derivations.report.replay`).  A claim whose time is up, or
whose process dies, is ``undecided``.
"""

from __future__ import annotations

import multiprocessing
import os
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from derivations.claims import Claim
from derivations.judge import Verdict
from derivations.report.evidence import Evidence, gather
from derivations.report.replay import received, sent
from derivations.report.selection import library, script

__all__ = ["Options", "gather_all"]

Source = str | None
"""Where a worker finds the claims: the path of a proof script, or None for the library."""


@dataclass(frozen=True)
class Options:
    """How the evidence is gathered: the seed of all that is drawn, the device of the checks, whether they run at all,
    how many processes, and the seconds after which a claim is given up (None: never)."""

    seed: int = 0
    device: str = "cpu"
    checks: bool = True
    jobs: int = 1
    timeout: float | None = None


@dataclass
class _Worker:
    """A process, our end of its pipe, and what it works at."""

    process: Any
    pipe: Connection
    number: int | None = None
    deadline: float = float("inf")


def gather_all(
    claims: Sequence[tuple[Source, Claim]],
    options: Options,
    started: Callable[[Claim], None] = lambda claim: None,
    done: Callable[[Evidence], None] = lambda evidence: None,
) -> list[Evidence]:
    """The evidence for claims, in their order; *started* and *done* hear of each as it happens.

    The result does not depend on the number of processes: each works with one thread and draws by name.
    """
    waiting = deque(range(len(claims)))
    found: dict[int, Evidence] = {}
    workers: list[_Worker] = []
    try:
        while len(found) < len(claims):
            while waiting and len([w for w in workers if w.number is not None]) < max(1, options.jobs):
                worker = next((w for w in workers if w.number is None), None) or _start(workers)
                number = waiting.popleft()
                source, claim = claims[number]
                worker.number = number
                worker.deadline = time.monotonic() + (options.timeout or float("inf"))
                worker.pipe.send((source, claim.id, options.seed, options.device, options.checks))
                started(claim)
            for worker, evidence in _heard(workers, claims):
                assert worker.number is not None
                found[worker.number] = evidence
                worker.number = None
                done(evidence)
    finally:
        for worker in workers:
            _end(worker)
    return [found[number] for number in range(len(claims))]


def _heard(workers: list[_Worker], claims: Sequence[tuple[Source, Claim]]) -> list[tuple[_Worker, Evidence]]:
    """The next answers; workers that died or whose time is up are ended and answered for."""
    busy = [w for w in workers if w.number is not None]
    left = min(w.deadline for w in busy) - time.monotonic()
    ready = wait([w.pipe for w in busy], None if left == float("inf") else max(left, 0))
    answers = []
    for worker in busy:
        claim = claims[worker.number or 0][1]
        if worker.pipe in ready:
            try:
                data = worker.pipe.recv()
            except EOFError:
                worker.process.join(5)
                message = f"the process ended without an answer (exit code {worker.process.exitcode})"
            else:
                failed = data.get("failure")
                answers.append((worker, _unanswered(claim, failed) if failed else received(claim, data)))
                continue
        elif time.monotonic() >= worker.deadline:
            message = "no verdict within the time limit"
        else:
            continue
        answers.append((worker, _unanswered(claim, message)))
        workers.remove(worker)
        _end(worker)
    return answers


def _unanswered(claim: Claim, message: str) -> Evidence:
    statements = tuple(Verdict(part.statement, "undecided", message=message) for part in claim.parts)
    steps = tuple(
        tuple(tuple(Verdict(s, "undecided", message=message) for s, _ in chain.statements()) for chain in part.chains)
        for part in claim.parts
    )
    return Evidence(claim, statements, steps, errors=(message,))


def _start(workers: list[_Worker]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    # One thread each: sums come in one order whatever the machine, and processes do not fight for cores.
    before = {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    try:
        os.environ.update(dict.fromkeys(before, "1"))
        process.start()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    theirs.close()
    worker = _Worker(process, ours)
    workers.append(worker)
    return worker


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    if worker.number is None:
        worker.process.join(5)
    if worker.process.is_alive():
        worker.process.terminate()
        worker.process.join(5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _work(pipe: Connection) -> None:
    """The worker: answers requests until the pipe is closed."""
    known: dict[Source, dict[str, Claim]] = {}
    while True:
        try:
            source, name, seed, device, checks = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            if source not in known:
                known[source] = {c.id: c for c in (library() if source is None else script(source))}
            pipe.send(sent(gather(known[source][name], seed=seed, device=device, checks=checks)))
        except Exception as error:  # noqa: BLE001  whatever broke off is told to the parent, as no verdict
            where = traceback.extract_tb(error.__traceback__)[-1]
            pipe.send(
                {"failure": f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"}
            )
