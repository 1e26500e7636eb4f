"""Whether a call that failed is sent again, and when: a table and a few pure functions.

The rule behind the table: a request that may have been carried out is never sent again blindly.
Nothing here sends, sleeps or reads a clock.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

import msgspec

from .._api.operations import Idempotency
from .._http.failures import Effect, Failure
from ..config import RetryPolicy


class RetryAction(enum.Enum):
    """What follows a failed attempt: the cells of the table."""

    FAIL = "fails"
    RETRY = "is sent again"
    VERIFY = "looks; is sent again if it is not there"


_ROWS: Mapping[Effect, tuple[RetryAction, ...]] = {  # in the order of Idempotency
    Effect.NONE: (RetryAction.RETRY,) * 4,
    Effect.POSSIBLE: (RetryAction.RETRY, RetryAction.RETRY, RetryAction.VERIFY, RetryAction.FAIL),
    Effect.POSSIBLE_AND_FINAL: (RetryAction.FAIL,) * 4,
    Effect.FINAL: (RetryAction.FAIL,) * 4,
}

TABLE: Mapping[Failure, Mapping[Idempotency, RetryAction]] = {
    failure: dict(zip(Idempotency, _ROWS[failure.effect], strict=True)) for failure in Failure
}
"""What follows each kind of failure of each kind of operation."""


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
    """Decide what follows a failed attempt, the `attempt`th. `left`: seconds of the deadline."""
    action = TABLE[failure][idempotency]
    verify, may_resend = action is RetryAction.VERIFY, attempt < policy.max_attempts
    if action is RetryAction.FAIL or not (verify or may_resend):
        return Decision(None)
    if left is not None and left <= 0:
        return Decision(None, "the deadline has passed", out_of_time=True)
    if retry_after is None:
        wait = uniform(0, min(policy.max_wait, policy.initial_wait * 2 ** min(attempt - 1, 60)))
        if left is not None and wait >= left:
            reason = "the deadline leaves no time for another attempt"
            return Decision(None, reason, out_of_time=True)
        return Decision(wait, verify=verify, may_resend=may_resend)
    reason = f"the server asks to wait {retry_after:g} s, which is more than the "
    if retry_after > policy.max_retry_after:
        reason += f"{policy.max_retry_after:g} s of RetryPolicy.max_retry_after"
    elif left is not None and retry_after >= left:
        reason += f"{left:.3g} s that are left of the deadline"
    else:
        return Decision(retry_after, verify=verify, may_resend=may_resend)
    return Decision(None, reason)
