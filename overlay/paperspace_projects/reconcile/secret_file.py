"""Taking in the value of a secret from a file or a pipe, up to the largest that a secret may be."""

from __future__ import annotations

import codecs
import os
import stat
import threading
import time
from pathlib import Path
from typing import Final

from .._security.secret_str import Hidden, hide

MAX_BYTES: Final = 1024 * 1024
"""The largest value of a secret, in bytes. More is taken for a mistake, such as a log or a disk."""
MOST_READ: Final = MAX_BYTES + len(codecs.BOM_UTF8) + len(b"\r\n")
"""The most bytes that are read for one: a byte order mark and a line's end are left out."""
TOO_LARGE: Final = f"it is larger than {MAX_BYTES // 1024:,} KiB"
ENDED: Final = "the application of the plan has ended"
PAUSE: Final = 0.02
"""Seconds between two looks at what a named pipe or a command has given so far."""
_NONBLOCK: Final[int] = getattr(os, "O_NONBLOCK", 0)  # Windows has none, nor pipes among its files

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


def read_file(path: Path, *, patience: float, stopped: threading.Event) -> Read:
    """What a file holds. A named pipe is waited for: none writes into it yet.

    Args:
        path: Where it is.
        patience: Seconds in which it has to come to its end.
        stopped: Ends the waiting when it is set.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _NONBLOCK)
    except (OSError, ValueError) as error:
        return _unreadable(error)
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
        intake, ends_at = Intake(descriptor), time.monotonic() + patience
        while True:
            intake.take()
            has_ended = intake.is_at_end and not (is_pipe and intake.is_empty)
            if has_ended or intake.is_too_large:
                return intake.text()
            if time.monotonic() >= ends_at:
                return f"the file did not come to its end within {patience:g} s"
            if stopped.wait(PAUSE):
                return ENDED
    except OSError as error:
        return _unreadable(error)
    finally:
        os.close(descriptor)


def _unreadable(error: Exception) -> str:
    return f"the file cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"


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


def read_secret_file(path: str | Path, *, timeout: float = 30.0) -> str:
    """Read the value of a secret from a file, as a plan reads a `file:` reference.

    Args:
        path: Where the file is. A named pipe is waited for.
        timeout: Seconds in which the file has to come to its end.

    Returns:
        Its text, without a byte order mark and one line break at the end. Its repr shows stars.

    Raises:
        ValueError: it cannot be read, is no UTF-8, or is larger than 1 MiB. The message says why,
            and shows neither the path nor what was read.
    """
    return _value(read_file(Path(path), patience=timeout, stopped=threading.Event()))


def decode_secret(data: bytes) -> str:
    """The value of a secret from bytes that were read, as `read_secret_file` gives it.

    Raises:
        ValueError: it is no UTF-8, or larger than 1 MiB.
    """
    return _value(text_of(data))


def _value(read: Read) -> Hidden:
    if not isinstance(read, Hidden):
        raise ValueError(read)
    return read
