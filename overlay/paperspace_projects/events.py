"""What a client tells its `on_event` callback: one `AttemptEvent` for each attempt at a call."""

from __future__ import annotations

import msgspec


class AttemptEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One request that was sent, or that could not be sent.

    `operation` is the spec's operation id; `path` is below the base URL, without the query.
    `attempt` counts from 1. `status_code` is the answer's, None when there was none. `error` is
    the name of the error class, None on success. `elapsed` is what the attempt took since its
    turn came, or since it began to wait for one that did not come; `wait` what the client waits
    before the next one (None: there is none), both in seconds.
    """

    operation: str
    method: str
    path: str
    attempt: int
    status_code: int | None
    error: str | None
    elapsed: float
    wait: float | None
