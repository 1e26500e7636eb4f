"""The retry table: a request that may have been carried out is never sent again blindly."""

from __future__ import annotations

import enum
from collections.abc import Mapping

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
