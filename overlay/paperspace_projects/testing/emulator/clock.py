"""What the emulator takes for the time: a clock, and how far a test has moved it on."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

NOWHERE: Final = timedelta()
LONGEST: Final = timedelta(days=365_000)
"""How far it can be moved on: some years later, dates end."""


class Clock:
    """A clock that can be moved on; never back, as activity is sorted by time."""

    def __init__(self, base: Callable[[], datetime] | None) -> None:
        self._base = base or _utc_now
        self._lock = threading.Lock()
        self.ahead = NOWHERE

    def advance(self, time: float | timedelta) -> None:
        """Move it on by so many seconds, or so much time.

        Raises:
            ValueError: the time is negative, or too long.
        """
        try:
            step = time if isinstance(time, timedelta) else timedelta(seconds=time)
        except (OverflowError, ValueError):
            step = timedelta.max
        with self._lock:
            if not NOWHERE <= step <= LONGEST - self.ahead:
                raise ValueError(f"the clock goes forward, for 1000 years, and not by {time!r}")
            self.ahead += step

    def now(self) -> str:
        """RFC 3339 in UTC, to the millisecond: always the same length, so that it sorts as text.

        Raises:
            ValueError: the clock under it tells no time zone.
        """
        now = self._base()
        if now.tzinfo is None:
            raise ValueError("the clock must return aware datetimes")
        utc = (now + self.ahead).astimezone(UTC)
        return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utc_now() -> datetime:
    return datetime.now(UTC)
