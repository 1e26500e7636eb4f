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
        received: The bytes of the answer that were read.
        head: The bytes of its head; 0 until that was read whole.
        tail: The last bytes of the answer, or its head as far as it was read.
        proxy: Host and port of the proxy of a user's own client, if it has used one.
    """

    ends_at: float | None = None
    has_body: bool = False
    is_recorded: bool = False
    may_have_arrived: bool = False
    write_failed: bool = False
    received: int = 0
    head: int = 0
    tail: bytes = b""
    proxy: str | None = None
