"""What the time is by the server's clock, as far as the Date headers of its answers tell.

A Date names the whole second in which an answer was begun, some time after its request was sent.
Answers can come from several machines whose clocks differ, so the last few are kept, and what they
say together is a span of time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

_FORM = len("Fri, 20 Mar 2026 09:46:40 GMT")
"""The length of the one form of HTTP dates that is still sent."""
_KEPT = 8
"""Dates that count. One answer of a gateway with a wrong clock is forgotten after as many more."""


class Span(msgspec.Struct, frozen=True):
    """A moment by the server's clock, seconds since the epoch: somewhere between the two.

    `dates` is how many different Dates say so. One alone does not show that the clock runs.
    """

    earliest: float
    latest: float
    dates: int


class ServerClock:
    """Learns what a server's clock says. `now` is always this machine's monotonic clock."""

    def __init__(self) -> None:
        self._seen = 0
        self._ahead: tuple[tuple[float, float], ...] = ()  # replaced as a whole: threads share it

    def learn(self, date: str | None, *, sent: float, now: float) -> None:
        """Take the Date header of an answer whose head came now; `sent` is when its attempt began.

        The server wrote it in between: so much is its clock ahead of `now` at the least and most.
        """
        if date is None or len(date) != _FORM or hash(date) == self._seen:
            return  # the first answer of a second tells the most
        self._seen = hash(date)
        time = timestamp(date)
        if time is not None:
            self._ahead = (*self._ahead[1 - _KEPT :], (time - now, time + 1 - sent))

    def at(self, now: float) -> Span | None:
        """What the server's clock shows at a moment; None where no answer had a Date."""
        ahead = self._ahead
        if not ahead:
            return None
        least, most = min(each[0] for each in ahead), max(each[1] for each in ahead)
        return Span(now + least, now + most, len(ahead))


def parse_retry_after(
    value: str | None, date: str | None, now: Callable[[], float]
) -> float | None:
    """The seconds that a Retry-After header asks for; None where there is none to understand.

    Args:
        value: The header: seconds, or an HTTP date.
        date: The answer's Date header. A date is counted from it: the two clocks may differ.
        now: This machine's clock, seconds since the epoch, for an answer that bears no date.
    """
    if value is None:
        return None
    try:
        wait = float(value)
    except ValueError:
        until, answered = timestamp(value), timestamp(date)
        if until is None:
            return None
        return max(0.0, until - (now() if answered is None else answered))
    return wait if 0 <= wait < math.inf else None


def timestamp(date: str | None) -> float | None:
    """The seconds since the epoch that an HTTP date means; None where it is none."""
    if date is None:
        return None
    try:
        moment = parsedate_to_datetime(date)
        # One of the three forms of HTTP dates names no zone: all are in GMT.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
