# Derived from _async/clock.py by `nox -s generate`: change that one.
"""The clocks, the sleep and the chance of a session. Tests put their own in their place."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import msgspec


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Clocks, sleep and chance. All times are in seconds.

    Attributes:
        monotonic: Measures attempts and deadlines.
        wall: Seconds since the epoch; dates of an answer are compared with it.
        sleep: Waits. None: waits are real, and end early when the client is closed.
        uniform: Draws a number between two.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    uniform: Callable[[float, float], float] = random.uniform
