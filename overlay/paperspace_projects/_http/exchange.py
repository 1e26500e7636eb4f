"""One request on the wire: when it must end, and how far it came."""

from __future__ import annotations

import msgspec


class Exchange(msgspec.Struct, eq=False):
    """The state of one request and its answer, as the network reports it, for retry decisions.

    Attributes:
        ends_at: When the attempt must end, by `time.monotonic`; None: never.
        has_body: Whether the request has a body, which is written together with the head.
        is_recorded: Whether the connection reports at all; a user's own transport does not.
        may_have_arrived: Whether a byte of the request was written. Set before the write.
        received: What was read of the answer, piece by piece.
        proxy: Host and port of the proxy of a user's own client, if it has used one.
    """

    ends_at: float | None = None
    has_body: bool = False
    is_recorded: bool = False
    may_have_arrived: bool = False
    write_failed: bool = False
    received: list[bytes] = msgspec.field(default_factory=list)
    proxy: str | None = None
