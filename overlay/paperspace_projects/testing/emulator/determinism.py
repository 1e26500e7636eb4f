"""The time and the ids, which tests control."""

from __future__ import annotations

import random
import string
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

MAX_ADVANCE: Final = timedelta(days=365_000)  # dates end some thousand years later


class Clock:
    """A clock that can be advanced, and never put back, as activity is sorted by time."""

    def __init__(self, base: Callable[[], datetime] | None) -> None:
        self._base = base or (lambda: datetime.now(UTC))
        self._lock = threading.Lock()
        self.ahead: timedelta = timedelta()

    def advance(self, time: float | timedelta) -> None:
        try:
            step = time if isinstance(time, timedelta) else timedelta(seconds=time)
        except (OverflowError, ValueError):
            step = timedelta.max
        with self._lock:
            if not timedelta() <= step <= MAX_ADVANCE - self.ahead:
                raise ValueError(f"the clock goes forward, up to 1000 years, and not by {time!r}")
            self.ahead += step

    def now(self) -> str:
        now = self._base()
        if now.tzinfo is None:
            raise ValueError("the clock must return aware datetimes")
        return as_text(now + self.ahead)


def as_text(time: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, to the millisecond, so that it sorts as text."""
    utc = time.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ids:
    """Draws ids at random or from a seed: rows and requests have a sequence each."""

    def __init__(self, seed: int | None) -> None:
        # Strings are hashed in full: neighbouring numbers would have much in common.
        self._rows = random.Random(None if seed is None else f"ids {seed}")
        self._requests = random.Random(None if seed is None else f"request ids {seed}")

    def for_row(self, prefix: str) -> str:
        """Draw an id that looks like the vendor's. It takes no lock: call it in a transaction."""
        return prefix + "".join(self._rows.choices(string.ascii_lowercase + string.digits, k=10))

    def for_event(self) -> str:
        return str(uuid.UUID(int=self._rows.getrandbits(128), version=4))

    def for_request(self) -> str:
        return f"{self._requests.getrandbits(128):032x}"
