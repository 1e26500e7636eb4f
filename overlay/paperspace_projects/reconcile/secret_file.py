"""Read the value of a secret from a file or pipe, up to the largest size of a secret."""

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
"""The largest value of a secret. A larger one is taken for a mistake, such as a log or a disk."""
_MAX_READ: Final = MAX_BYTES + len(codecs.BOM_UTF8) + len(b"\r\n")
TOO_LARGE: Final = f"it is larger than {MAX_BYTES // 1024:,} KiB"
STOPPED: Final = "the application of the plan has ended"
POLL_SECONDS: Final = 0.02
"""The pause between two reads of a named pipe or of the output of a command."""
_NONBLOCK: Final[int] = getattr(os, "O_NONBLOCK", 0)  # Windows has neither this nor named pipes

ReadResult = Hidden | str
"""A hidden value, or the problem in words. Test for `Hidden` first: it is a string, too."""


class BoundedReader:
    """Collects the bytes of an open file, no more than a secret may have. No repr shows them.

    Args:
        descriptor: The file; if it is non-blocking, no call here blocks.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._data = bytearray()
        self.is_at_end = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been read yet."""
        return not self._data

    @property
    def is_too_large(self) -> bool:
        """Whether more was read than a secret may have."""
        return len(self._data) > _MAX_READ

    def read(self) -> None:
        """Read what is available."""
        self.is_at_end = False
        while not self.is_at_end and not self.is_too_large:
            before = len(self._data)
            try:
                self._data += os.read(self._descriptor, 65_536)
            except BlockingIOError:
                return
            self.is_at_end = len(self._data) == before

    def decoded(self) -> ReadResult:
        """Decode what was read."""
        return _decode(self._data)


def read_file(path: Path, *, timeout: float, stopped: threading.Event) -> ReadResult:
    """Read a file. A named pipe is waited for until its writer has closed it.

    Args:
        path: The path of the file.
        timeout: Seconds in which the file must end.
        stopped: Ends the waiting when it is set.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _NONBLOCK)
    except (OSError, ValueError) as error:
        return _unreadable(error)
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
        reader, ends_at = BoundedReader(descriptor), time.monotonic() + timeout
        while True:
            reader.read()
            is_unopened = is_pipe and reader.is_empty  # nobody writes into it yet
            if reader.is_too_large or (reader.is_at_end and not is_unopened):
                return reader.decoded()
            if time.monotonic() >= ends_at:
                return f"the file did not end within {timeout:g} s"
            if stopped.wait(POLL_SECONDS):
                return STOPPED
    except OSError as error:
        return _unreadable(error)
    finally:
        os.close(descriptor)


def _unreadable(error: Exception) -> str:
    return f"the file cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"


def _decode(data: bytes | bytearray) -> ReadResult:
    """Decode UTF-8, without a byte order mark and one line break at the end."""
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
        path: The path of the file. A named pipe is waited for.
        timeout: Seconds in which the file must end.

    Returns:
        The text, without a byte order mark and one line break at the end. Its repr shows stars.

    Raises:
        ValueError: The file cannot be read, is not UTF-8, or is larger than 1 MiB. The message says
            why, and shows neither the path nor the content.
    """
    return _value(read_file(Path(path), timeout=timeout, stopped=threading.Event()))


def decode_secret(data: bytes) -> str:
    """Decode the value of a secret, as `read_secret_file` does.

    Raises:
        ValueError: It is not UTF-8, or larger than 1 MiB.
    """
    return _value(_decode(data))


def _value(result: ReadResult) -> Hidden:
    if not isinstance(result, Hidden):
        raise ValueError(result)
    return result
