"""Receives a body within a limit: a few kilobytes can decompress to gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Final

_PIECE = 1_048_576  # bytes; no more is decompressed at a time

ALLOWANCE: Final = 1_048_576
"""Bytes that may come beyond the limit, for heads, the framing of chunks and compression."""

ACCEPTED = "gzip, deflate"


_WINDOW_BITS: Final = {"": None, "identity": None, "gzip": 31, "x-gzip": 31, "deflate": 15}
"""The argument of `zlib.decompressobj` for each encoding; None: the body is not compressed."""


class BodyRejectedError(Exception):
    """A body that is refused. The message says why, and shows nothing of it."""


def too_large(limit: int) -> BodyRejectedError:
    """The error of an answer that is too large."""
    return BodyRejectedError(
        f"a body of more than {limit:,} bytes (the client's max_response_bytes)"
    )


class ResponseBody:
    """The body of one answer, as it comes in."""

    def __init__(self, headers: Mapping[str, str], limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._came = 0
        self._pieces: list[bytes] = []
        self._encoding = headers.get("content-encoding", "").strip().lower()
        if self._encoding not in _WINDOW_BITS:
            raise BodyRejectedError("a body that is compressed in a way that was not asked for")
        bits = _WINDOW_BITS[self._encoding]
        self._decompress = None if bits is None else zlib.decompressobj(bits)
        length = headers.get("content-length")
        if length is not None and length.isdecimal() and int(length[:20]) > limit:
            raise too_large(limit)

    def add(self, data: bytes) -> None:
        """Add data that was received; reject it if it is too large or cannot be decompressed."""
        self._came += len(data)
        if self._came > self._limit + ALLOWANCE:  # little or nothing may come of it
            raise too_large(self._limit)
        if self._decompress is None:
            self._keep(data)
            return
        while data and not self._decompress.eof:
            try:
                self._keep(self._decompress.decompress(data, _PIECE))
            except zlib.error:
                if self._encoding == "deflate" and not self._size:
                    self._decompress, self._encoding = zlib.decompressobj(wbits=-15), "raw deflate"
                    continue
                raise BodyRejectedError("a body that cannot be decompressed") from None
            data = self._decompress.unconsumed_tail

    def whole(self) -> bytes:
        """Return the whole body; reject one that ends too soon."""
        if self._decompress is not None and self._came and not self._decompress.eof:
            self._keep(self._decompress.flush())
            if not self._decompress.eof:
                raise BodyRejectedError("a compressed body that ends too soon")
        return b"".join(self._pieces)

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise too_large(self._limit)
        self._pieces.append(piece)


def joined(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; repeated ones are joined."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found
