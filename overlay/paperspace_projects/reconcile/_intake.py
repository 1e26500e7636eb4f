"""Taking in the value of a secret from a file or a pipe, up to the largest that a secret may be."""

from __future__ import annotations

import codecs
import os
from typing import Final

from .._hidden import Hidden, hide

MAX_BYTES: Final = 1024 * 1024
"""The largest value of a secret, in bytes. More is taken for a mistake, such as a log or a disk."""
MOST_READ: Final = MAX_BYTES + len(codecs.BOM_UTF8) + len(b"\r\n")
"""The most bytes that are read for one: a byte order mark and a line's end are left out."""
TOO_LARGE: Final = f"it is larger than {MAX_BYTES // 1024:,} KiB"

Read = Hidden | str
"""What reading gives: a hidden value, or what is wrong in words. `Hidden` comes first: it is a
string, too."""


class Intake:
    """What has come from an open file so far. No repr shows any of it.

    Args:
        descriptor: The file; if it does not block, no call here does.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._data = bytearray()
        self.is_at_end = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come yet."""
        return not self._data

    @property
    def is_too_large(self) -> bool:
        """Whether more has come than a secret may have, with all that is left out of it."""
        return len(self._data) > MOST_READ

    def take(self) -> None:
        """Take in what is there to be read, until more would have to be waited for."""
        self.is_at_end = False
        while not self.is_at_end and not self.is_too_large:
            before = len(self._data)
            try:
                self._data += os.read(self._descriptor, 65_536)
            except BlockingIOError:
                return
            self.is_at_end = len(self._data) == before

    def text(self) -> Read:
        """All that has come, as `text_of` it."""
        return text_of(self._data)


def text_of(data: bytes | bytearray) -> Read:
    """What was read as text in UTF-8.

    A byte order mark at its beginning is left out, and the one line's end at its end.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    data = data.removesuffix(b"\r\n" if data.endswith(b"\r\n") else b"\n")
    if len(data) > MAX_BYTES:
        return TOO_LARGE
    try:
        return hide(data.decode())
    except UnicodeDecodeError:
        return "it is not text in UTF-8"
