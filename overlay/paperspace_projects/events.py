"""What a client passes to its `on_event` callback."""

from __future__ import annotations

import msgspec


class AttemptEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was sent, or that could not be sent.

    Attributes:
        operation: The spec's operation id, or method and route of `client.request`.
        method: The HTTP method.
        path: The path below the base URL, without the query.
        attempt: Its number, from 1.
        status_code: The status of the answer; None: no answer came.
        error: The name of the error class; None on success.
        elapsed: Seconds since the attempt was admitted, or since it began to wait for admission.
        wait: Seconds until the next attempt; None: there is none.
    """

    operation: str
    method: str
    path: str
    attempt: int
    status_code: int | None
    error: str | None
    elapsed: float
    wait: float | None
