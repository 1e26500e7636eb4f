"""One request on the wire: when it must end, and how far it came."""

from __future__ import annotations

_FOR_A_PROXY = (b"CONNECT ", b"\x05", b"\x01")
"""How data begins that only a proxy reads (SOCKS: RFC 1928, RFC 1929). No request begins so."""
_END_OF_HEAD = b"\r\n\r\n"


class Exchange:
    """The state of one request and its answer, which the network reports.

    The retry decision rests on it, so nothing is assumed that the network did not report.

    Attributes:
        ends_at: When the attempt must end, by the clock that `left` is given; None: never.
        is_recorded: Whether the connection reports at all; a user's own transport does not.
        may_have_arrived: Whether a byte of the request was written. Set before the write.
        write_failed: Whether a write failed.
        answer_began: Whether a byte of the answer was read.
        proxy: Host and port of the proxy of a user's own client, if it has used one.
    """

    __slots__ = (
        *("ends_at", "is_recorded", "may_have_arrived", "write_failed", "answer_began"),
        *("proxy", "_head", "_head_length", "_length", "_tail"),
    )

    def __init__(self, ends_at: float | None = None) -> None:
        self.ends_at = ends_at
        self.is_recorded = False
        self.may_have_arrived = False
        self.write_failed = False
        self.answer_began = False
        self.proxy: str | None = None
        self._head = b""
        self._head_length = 0
        self._length = 0
        self._tail = b""

    def left(self, timeout: float | None, late: type[Exception], *, now: float) -> float | None:
        """The seconds that a wait may take, `timeout` at most; None: no limit.

        Raises:
            late: the time of the attempt is over.
        """
        if self.ends_at is None:
            return timeout
        left = self.ends_at - now
        if left <= 0:
            raise late("the time for the whole attempt is over")
        return left if timeout is None else min(timeout, left)

    def begin_write(self, data: bytes) -> None:
        """Note that data is about to be written."""
        if data and not data.startswith(_FOR_A_PROXY):
            self.may_have_arrived = True

    def received(self, data: bytes) -> None:
        """Note data that was read. Before the request was written, a proxy sent it."""
        if not data or not self.may_have_arrived:
            return
        self.answer_began = True
        self._length += len(data)
        self._tail = (self._tail + data)[-len(_END_OF_HEAD) :]
        if not self._head_length:
            self._head += data
            self._head_length = self._head.find(_END_OF_HEAD) + len(_END_OF_HEAD)
            if self._head_length < len(_END_OF_HEAD):
                self._head_length = 0
            else:
                self._head = b""

    def ended_exactly(self, status: int, content_length: str | None) -> bool:
        """Whether nothing was read beyond the answer, as far as its length tells.

        httpcore takes what a server sent beyond an answer for the beginning of the next one.
        A chunked answer ends with an empty line, as does a head without a body.
        """
        if not self._head_length:
            return False
        if status in (204, 304):  # without a body, whatever its length is said to be
            content_length = "0"
        if content_length is None:
            return self._tail == _END_OF_HEAD
        return content_length.isdecimal() and (
            self._length == self._head_length + int(content_length[:20])
        )
