"""The retry table: a request that may have been carried out is never sent again blindly."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from .._api.operations import Idempotency
from .._http.failures import Effect, Failure


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


class Decision(msgspec.Struct, frozen=True):
    """What follows an attempt: a `wait` in seconds, or the end of the call, with the `reason`.

    After the wait, `verify` asks whether the request was carried out; else it is sent again. It is
    `out_of_time` if the deadline leaves no time for a wait that the server did not ask for.
    """

    wait: float | None
    reason: str | None = None
    out_of_time: bool = False
    verify: bool = False
    may_resend: bool = True
