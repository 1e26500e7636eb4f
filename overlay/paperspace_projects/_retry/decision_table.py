"""Whether a call that failed is sent again, and when: a table and a few pure functions.

The rule behind the table: a request that may have been carried out is never sent again blindly.
Nothing here sends, sleeps or reads a clock.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

import msgspec

from .._api.operations import Idempotency
from .._http.failures import Failure
from ..config import RetryPolicy


class RetryAction(enum.Enum):
    """What follows a failed attempt: the cells of the table."""

    FAIL = "fails"
    RETRY = "is sent again"
    VERIFY = "looks; is sent again if it is not there"


def _row(
    action: RetryAction, natural_key: RetryAction | None = None, none: RetryAction | None = None
) -> dict[Idempotency, RetryAction]:
    return {
        Idempotency.READ: action,
        Idempotency.IDEMPOTENT: action,
        Idempotency.NATURAL_KEY: natural_key or action,
        Idempotency.NONE: none or action,
    }


_NEVER = _row(RetryAction.FAIL)
_NOT_APPLIED = _row(RetryAction.RETRY)
_MAY_BE_APPLIED = _row(RetryAction.RETRY, natural_key=RetryAction.VERIFY, none=RetryAction.FAIL)

TABLE: Mapping[Failure, Mapping[Idempotency, RetryAction]] = {
    Failure.NAME_NOT_RESOLVED: _NOT_APPLIED,
    Failure.CONNECT_FAILED: _NOT_APPLIED,
    Failure.CONNECT_TIMEOUT: _NOT_APPLIED,
    Failure.CERTIFICATE_REFUSED: _NEVER,
    Failure.TLS_FAILED: _NOT_APPLIED,
    Failure.POOL_TIMEOUT: _NOT_APPLIED,
    Failure.WRITE_FAILED: _MAY_BE_APPLIED,
    Failure.READ_TIMEOUT: _MAY_BE_APPLIED,
    Failure.LOST_BEFORE_ANSWER: _MAY_BE_APPLIED,
    Failure.LOST_WITHIN_ANSWER: _MAY_BE_APPLIED,
    Failure.REQUEST_TIMEOUT: _MAY_BE_APPLIED,
    Failure.TOO_EARLY: _NOT_APPLIED,
    Failure.TOO_MANY_REQUESTS: _NOT_APPLIED,
    Failure.INTERNAL_ERROR: _MAY_BE_APPLIED,
    Failure.BAD_GATEWAY: _MAY_BE_APPLIED,
    Failure.UNAVAILABLE: _MAY_BE_APPLIED,
    Failure.UNAVAILABLE_FOR_A_TIME: _MAY_BE_APPLIED,
    Failure.GATEWAY_TIMEOUT: _MAY_BE_APPLIED,
    Failure.CLIENT_CLOSED_REQUEST: _NEVER,
    Failure.OTHER_SERVER_ERROR: _NEVER,
    Failure.FINAL: _NEVER,
}
"""What follows each kind of failure of each kind of operation."""


_UNCERTAIN = frozenset(
    (
        *(failure for failure, row in TABLE.items() if row is _MAY_BE_APPLIED),
        *(Failure.CLIENT_CLOSED_REQUEST, Failure.OTHER_SERVER_ERROR),
    )
)


def is_uncertain(failure: Failure) -> bool:
    """Whether the request may have been carried out although it failed like this.

    425 and 429 are refusals by definition: RFC 8470 and RFC 6585 say that the request was not
    processed. A 503 is not, with Retry-After or without: RFC 9110 only says when to come back.
    """
    return failure in _UNCERTAIN


class Decision(msgspec.Struct, frozen=True):
    """What follows an attempt: a wait, or the end of the call.

    Attributes:
        wait: Seconds to wait; None: the call ends.
        reason: Why it ends; None: that needs no explanation.
        out_of_time: Whether the deadline leaves no time for a wait that the server did not ask for.
        verify: Whether to find out after the wait if the request was carried out.
        may_resend: Whether to send it again after the wait.
    """

    wait: float | None
    reason: str | None = None
    out_of_time: bool = False
    verify: bool = False
    may_resend: bool = True


def decide(
    failure: Failure,
    idempotency: Idempotency,
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
        idempotency: What a repeat may do.
        attempt: How many attempts were made.
        policy: The client's policy.
        retry_after: The seconds that the server asks to wait.
        left: The seconds that are left of the deadline; None: there is none.
        uniform: Draws a number between two, as `random.uniform` does.
    """
    action = TABLE[failure][idempotency]
    verify, may_resend = action is RetryAction.VERIFY, attempt < policy.max_attempts
    if action is RetryAction.FAIL or not (verify or may_resend):
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
        return Decision(retry_after, verify=verify, may_resend=may_resend)
    wait = uniform(0, min(policy.max_wait, policy.initial_wait * 2 ** min(attempt - 1, 60)))
    if left is not None and wait >= left:
        return Decision(None, "the deadline leaves no time for another attempt", out_of_time=True)
    return Decision(wait, verify=verify, may_resend=may_resend)
