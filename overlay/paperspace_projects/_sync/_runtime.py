"""What the sync side takes from its surroundings: clocks, sleep, chance, and a gate.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from attrs import frozen

Gate = threading.Semaphore
"""Lets so many callers in at a time: `Gate(100)`, then `with gate:`."""


@frozen(kw_only=True)
class Runtime:
    """Clocks, sleep and chance; a test puts its own in their place. All times are in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform
