"""Whether a call that failed is sent again, and when: a table and a few pure functions.

The rule behind the table: a request that may have been carried out is never sent again blindly.
Nothing here sends, sleeps or looks at a clock.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from attrs import frozen

from .._api import validation as arguments


class Safety(enum.Enum):
    """What a repeat of an operation may do: the columns of the table."""

    READ = "read"
    IDEMPOTENT = "idempotent write"  # PUT and DELETE: twice is the same as once
    KEYED = "write with a natural key"  # POST of what can be looked up by its name or id
    WRITE = "write without one"  # twice may be two, and no lookup tells whether it was once

    @property
    def may_double(self) -> bool:
        """Whether a blind repeat may do it a second time."""
        return self in (Safety.KEYED, Safety.WRITE)


class Then(enum.Enum):
    """What follows a failed attempt: the cells of the table."""

    FAIL = "fails"
    REPEAT = "is sent again"
    LOOK = "looks; is sent again if it is not there"


class Failure(enum.Enum):
    """The kinds of failure that the table tells apart: its rows."""

    NAME_NOT_RESOLVED = "host name not resolved"
    CONNECT_FAILED = "connection refused, or no way to the host"
    CONNECT_TIMEOUT = "no connection in time"
    CERTIFICATE_REFUSED = "TLS: certificate not accepted"
    TLS_FAILED = "TLS: handshake failed"
    POOL_TIMEOUT = "no connection of the pool free in time"
    WRITE_FAILED = "request not sent whole"
    READ_TIMEOUT = "no answer in time"
    LOST_BEFORE_ANSWER = "connection lost before the answer"
    LOST_WITHIN_ANSWER = "connection lost within the answer"
    REQUEST_TIMEOUT = "408"
    TOO_EARLY = "425"
    TOO_MANY_REQUESTS = "429"
    INTERNAL_ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    UNAVAILABLE_FOR_A_TIME = "503 with Retry-After"
    GATEWAY_TIMEOUT = "504"
    CLIENT_CLOSED_REQUEST = "499"
    OTHER_SERVER_ERROR = "another 5xx"
    FINAL = "another status, or an answer that cannot be read"


def _row(then: Then, keyed: Then | None = None, write: Then | None = None) -> dict[Safety, Then]:
    return {
        Safety.READ: then,
        Safety.IDEMPOTENT: then,
        Safety.KEYED: keyed or then,
        Safety.WRITE: write or then,
    }


_NEVER = _row(Then.FAIL)
_NOT_CARRIED_OUT = _row(Then.REPEAT)
_PERHAPS_CARRIED_OUT = _row(Then.REPEAT, keyed=Then.LOOK, write=Then.FAIL)

TABLE: Mapping[Failure, Mapping[Safety, Then]] = {
    Failure.NAME_NOT_RESOLVED: _NOT_CARRIED_OUT,
    Failure.CONNECT_FAILED: _NOT_CARRIED_OUT,
    Failure.CONNECT_TIMEOUT: _NOT_CARRIED_OUT,
    Failure.CERTIFICATE_REFUSED: _NEVER,
    Failure.TLS_FAILED: _NOT_CARRIED_OUT,
    Failure.POOL_TIMEOUT: _NOT_CARRIED_OUT,
    Failure.WRITE_FAILED: _PERHAPS_CARRIED_OUT,
    Failure.READ_TIMEOUT: _PERHAPS_CARRIED_OUT,
    Failure.LOST_BEFORE_ANSWER: _PERHAPS_CARRIED_OUT,
    Failure.LOST_WITHIN_ANSWER: _PERHAPS_CARRIED_OUT,
    Failure.REQUEST_TIMEOUT: _PERHAPS_CARRIED_OUT,
    Failure.TOO_EARLY: _NOT_CARRIED_OUT,
    Failure.TOO_MANY_REQUESTS: _NOT_CARRIED_OUT,
    Failure.INTERNAL_ERROR: _PERHAPS_CARRIED_OUT,
    Failure.BAD_GATEWAY: _PERHAPS_CARRIED_OUT,
    Failure.UNAVAILABLE: _PERHAPS_CARRIED_OUT,
    Failure.UNAVAILABLE_FOR_A_TIME: _PERHAPS_CARRIED_OUT,
    Failure.GATEWAY_TIMEOUT: _PERHAPS_CARRIED_OUT,
    Failure.CLIENT_CLOSED_REQUEST: _NEVER,
    Failure.OTHER_SERVER_ERROR: _NEVER,
    Failure.FINAL: _NEVER,
}
"""What follows which failure of which kind of operation."""


_UNCERTAIN = frozenset(
    (
        *(failure for failure, row in TABLE.items() if row is _PERHAPS_CARRIED_OUT),
        *(Failure.CLIENT_CLOSED_REQUEST, Failure.OTHER_SERVER_ERROR),
    )
)


def is_uncertain(failure: Failure) -> bool:
    """Whether the request may have been carried out although it failed like this.

    425 and 429 are refusals by definition: RFC 8470 and RFC 6585 say that the request was not
    processed. A 503 is not, with Retry-After or without: RFC 9110 only says when to come back.
    """
    return failure in _UNCERTAIN


def failure_for_status(status: int, retry_after: float | None) -> Failure:
    """The row of the table for an error status."""
    if status == 503 and retry_after is not None:
        return Failure.UNAVAILABLE_FOR_A_TIME
    try:
        return Failure(str(status))
    except ValueError:
        return Failure.OTHER_SERVER_ERROR if status >= 500 else Failure.FINAL


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how patiently a call is repeated.

    Args:
        max_attempts: Attempts in all, the first one included; 1 turns retries off.
        initial_wait: Seconds; the wait before attempt n is drawn evenly from 0 to
            `initial_wait * 2 ** (n - 2)` (exponential with full jitter).
        max_wait: Seconds; no drawn wait is longer.
        max_retry_after: Seconds; when the server asks for a longer wait (Retry-After), the call
            fails at once and says so. A wait that the server asks for is never cut short.
    """

    max_attempts: int = 4
    initial_wait: float = 0.5
    max_wait: float = 30.0
    max_retry_after: float = 120.0

    def __attrs_post_init__(self) -> None:
        arguments.whole_number("max_attempts", self.max_attempts, least=1)
        for name in ("initial_wait", "max_wait", "max_retry_after"):
            arguments.seconds(name, getattr(self, name), least=0)


@frozen
class Decision:
    """What follows a failed attempt: a wait in seconds, or the end and why.

    After the wait the client looks, where `look` is set, whether the request was carried out, and
    sends it again where `again` is set. `reason` is None where the end needs no explanation.
    `out_of_time` tells that the deadline leaves no room for a wait that nobody but the client
    asked for.
    """

    wait: float | None
    reason: str | None = None
    out_of_time: bool = False
    look: bool = False
    again: bool = True


def decide(
    failure: Failure,
    safety: Safety,
    *,
    attempt: int,
    policy: RetryPolicy,
    retry_after: float | None,
    left: float | None,
    uniform: Callable[[float, float], float],
) -> Decision:
    """Decide what follows a failed attempt.

    Args:
        failure: What went wrong.
        safety: What a repeat may do.
        attempt: How many attempts were made.
        policy: The client's policy.
        retry_after: What the server asked to wait, in seconds.
        left: What is left of the deadline, in seconds; None when there is none.
        uniform: Draws a number between two, as `random.uniform` does.
    """
    then = TABLE[failure][safety]
    look, again = then is Then.LOOK, attempt < policy.max_attempts
    if then is Then.FAIL or not (look or again):
        return Decision(None)
    if left is not None and left <= 0:
        return Decision(None, "the deadline has passed", out_of_time=True)
    if retry_after is not None:
        if retry_after > policy.max_retry_after:
            return Decision(
                None,
                f"the server asks to wait {retry_after:g} s, which is more than the "
                f"{policy.max_retry_after:g} s of RetryPolicy.max_retry_after",
            )
        if left is not None and retry_after >= left:
            return Decision(
                None,
                f"the server asks to wait {retry_after:g} s, "
                f"which is more than the {max(left, 0):.3g} s that are left of the deadline",
            )
        return Decision(retry_after, look=look, again=again)
    wait = uniform(0, min(policy.max_wait, policy.initial_wait * 2 ** min(attempt - 1, 60)))
    if left is not None and wait >= left:
        return Decision(None, "the deadline leaves no time for another attempt", out_of_time=True)
    return Decision(wait, look=look, again=again)


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
