"""A watchdog over one execution: what takes too long is ended, so that its input can be kept.

It counts processor time, since a busy machine makes everything slow; where the code waits instead,
time by the clock counts after a while.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_BY_THE_CLOCK = 30.0
"""Seconds; so long may even the slowest machine take for one second's work."""


class TooSlow(BaseException):
    """It took too long. Not an `Exception`, so that nothing under test catches it."""


@contextmanager
def at_most(seconds: float) -> Generator[None, None, None]:
    """Raise `TooSlow` in what takes more processor time; in the main thread only."""
    began, busy = time.monotonic(), time.process_time()

    def look(_signal: int, _frame: FrameType | None) -> None:
        left = seconds - (time.process_time() - busy)
        if left <= 0 or time.monotonic() - began > _BY_THE_CLOCK:
            raise TooSlow
        signal.setitimer(signal.ITIMER_REAL, max(left, 0.01))

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if time.process_time() - busy > seconds:  # within code that hears no signal
        raise TooSlow
