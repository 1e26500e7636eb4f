"""What the time is by the server's clock, as far as the Date headers of its answers tell.

They name whole seconds, and are written before an answer comes: each gives a moment that the
server's clock has reached at the least. The best of them is kept. Nothing of a header but its time.
"""

from __future__ import annotations

from ._retry import timestamp

_FORM = len("Fri, 20 Mar 2026 09:46:40 GMT")
"""The length of the one form of HTTP dates that is still sent."""
_SET_BACK = 5.0
"""Seconds; a Date that is so much behind means that the server's clock was set back."""


class ServerClock:
    """Learns what a server's clock says. `now` is always this machine's monotonic clock."""

    def __init__(self) -> None:
        self._seen = 0
        self._ahead: float | None = None

    def learn(self, date: str | None, now: float) -> None:
        """Take the Date header of an answer that came now."""
        if date is None or len(date) != _FORM or hash(date) == self._seen:
            return  # the first answer of a second tells the most
        self._seen = hash(date)
        time = timestamp(date)
        if time is None:
            return
        ahead = time - now
        if self._ahead is None or ahead > self._ahead or ahead < self._ahead - _SET_BACK:
            self._ahead = ahead

    def at(self, now: float) -> float | None:
        """What the server's clock shows at the least, seconds since the epoch; None if unknown."""
        return None if self._ahead is None else now + self._ahead
