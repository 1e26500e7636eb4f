"""The server's clock, as the Date headers of its answers show it.

Answers can come from machines whose clocks differ, so the last few Dates together give a span.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

_FORM = len("Fri, 20 Mar 2026 09:46:40 GMT")  # the one form of HTTP dates that is still sent
_KEPT = 8  # dates: one of a gateway with a wrong clock is forgotten after as many more


class Span(msgspec.Struct, frozen=True):
    """A moment by the server's clock, between two numbers of seconds since the epoch. `dates`
    counts the different Dates: one alone does not show that the clock runs."""

    earliest: float
    latest: float
    dates: int


class ServerClock:
    """Estimates a server's clock. `now` is always this machine's monotonic clock."""

    def __init__(self) -> None:
        self._seen = 0
        self._ahead: tuple[tuple[float, float], ...] = ()  # replaced as a whole: threads share it

    def learn(self, date: str | None, *, sent: float, now: float) -> None:
        """Take the Date header of an answer that came `now` to a request that was begun at `sent`:
        the server wrote it in between, which bounds how far its clock is ahead."""
        if date is None or len(date) != _FORM or hash(date) == self._seen:
            return  # the first answer of a second tells the most
        self._seen = hash(date)
        time = timestamp(date)
        if time is not None:
            self._ahead = (*self._ahead[1 - _KEPT :], (time - now, time + 1 - sent))

    def at(self, now: float) -> Span | None:
        """The server's clock at a moment; None if no answer had a Date."""
        if not (ahead := self._ahead):
            return None
        least, most = zip(*ahead, strict=True)
        return Span(now + min(least), now + max(most), len(ahead))


def parse_retry_after(
    value: str | None, date: str | None, now: Callable[[], float]
) -> float | None:
    """The seconds that a Retry-After header asks for; None if it is missing or invalid.

    Of several numbers, the longest counts: a gateway may have sent the header, too. An HTTP date
    is counted from the answer's `date`, as the two clocks may differ; else from `now`.
    """
    if value is None:
        return None
    try:
        wait = max(map(float, value.split(", ")))
    except ValueError:
        until, answered = timestamp(value), timestamp(date)
        if until is None:
            return None
        return max(0.0, until - (now() if answered is None else answered))
    return wait if 0 <= wait < math.inf else None


def timestamp(date: str | None) -> float | None:
    """The seconds since the epoch of an HTTP date; None if it is invalid."""
    if date is None:
        return None
    try:
        moment = parsedate_to_datetime(date)
        # One of the three forms of HTTP dates names no zone: all are in GMT.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
