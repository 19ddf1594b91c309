"""Bounds on the work for one step: seconds of the clock, where the platform can interrupt."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What a fault of the checker itself may raise: caught where a verdict or an answer is still owed, and always shown.
INTERNAL = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, AssertionError)


COLLECT_AFTER = 100_000  # new objects, beyond those freed, between two searches for garbage in circles


class OutOfTime(BaseException):
    """A step took longer than allowed; no search may swallow this."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage that refers to itself less often: terms, tables and trees are freed without that search."""
    before = gc.get_threshold()
    gc.set_threshold(max(COLLECT_AFTER, before[0]), *before[1:]) if before[0] else None
    try:
        yield
    finally:
        gc.set_threshold(*before)


AGAIN = (
    0.5  # seconds after which the limit is raised again: what Python does at the end of an object's life swallows it
)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`OutOfTime` in the main thread after *seconds*; elsewhere only the size of terms is bounded.

    Inside another limit, whichever ends first holds, and what is left of the outer one goes on afterwards.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    start = time.monotonic()
    outer, repeated = signal.getitimer(signal.ITIMER_REAL)
    before = signal.signal(signal.SIGALRM, stop)
    try:  # within which the signal may come at once
        signal.setitimer(signal.ITIMER_REAL, min(seconds, outer) if outer > 0 else seconds, AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer > 0:  # at once, but not before the handler is back, if its time is over
            signal.setitimer(signal.ITIMER_REAL, max(1e-6, outer - (time.monotonic() - start)), repeated)
