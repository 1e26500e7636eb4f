"""Read the value of a secret from a file or pipe, up to the largest size of a secret."""

from __future__ import annotations

import codecs
import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .._security.secret_str import SecretStr, as_secret

MAX_BYTES: Final = 1024 * 1024
"""The largest value of a secret. A larger one is taken for a mistake, such as a log or a disk."""
_MAX_READ: Final = MAX_BYTES + len(codecs.BOM_UTF8) + len(b"\r\n")
TOO_LARGE: Final = f"it is larger than {MAX_BYTES // 1024:,} KiB"
STOPPED: Final = "the application of the plan has ended"
_POLL_SECONDS: Final = 0.02
"""The pause between two reads of a named pipe or of the output of a command."""
_NONBLOCK: Final[int] = getattr(os, "O_NONBLOCK", 0)  # Windows has neither this nor named pipes

ReadResult = SecretStr | str
"""A hidden value, or the problem in words. Test for `SecretStr` first: it is a string, too."""


class BoundedReader:
    """Collects the bytes of an open file, not many more than a secret may have.

    No repr shows them. If the file is non-blocking, no read blocks.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._data = bytearray()

    def read_until(
        self, has_ended: Callable[[bool, bool], bool], *, timeout: float, stopped: threading.Event
    ) -> ReadResult | None:
        """Read and decode a value; None if it has not ended in time.

        Args:
            has_ended: Called after each read, with whether the file is at its end and has data.
            timeout: Seconds in which it must end.
            stopped: Ends the waiting when it is set.
        """
        ends_at = time.monotonic() + timeout
        while True:
            is_at_end = self._read()
            if has_ended(is_at_end, bool(self._data)):
                self._read()  # what came after the read before
                return _decode(self._data)
            if len(self._data) > _MAX_READ:
                return TOO_LARGE
            if time.monotonic() >= ends_at:
                return None
            if stopped.wait(_POLL_SECONDS):
                return STOPPED

    def _read(self) -> bool:
        """Read what is available; return whether the file is at its end."""
        while len(self._data) <= _MAX_READ:
            before = len(self._data)
            try:
                self._data += os.read(self._descriptor, 65_536)
            except BlockingIOError:
                return False
            if len(self._data) == before:
                return True
        return False


def read_file(path: Path, *, timeout: float, stopped: threading.Event) -> ReadResult:
    """Read a file. A named pipe is waited for until its writer has closed it."""
    try:
        with open(
            path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | _NONBLOCK)
        ) as file:
            is_pipe = stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)
            result = BoundedReader(file.fileno()).read_until(
                # a pipe is at its end, too, before somebody writes into it
                lambda is_at_end, has_data: is_at_end and (has_data or not is_pipe),
                timeout=timeout,
                stopped=stopped,
            )
    except (OSError, ValueError) as error:
        return f"the file cannot be read: {reason_of(error)}"
    return f"the file did not end within {timeout:g} s" if result is None else result


def reason_of(error: Exception) -> str:
    """Return why the system refused something, without the path or command of the error."""
    return getattr(error, "strerror", None) or type(error).__name__


def _decode(data: bytes | bytearray) -> ReadResult:
    """Decode UTF-8, without a byte order mark and one line break at the end."""
    data = data.removeprefix(codecs.BOM_UTF8)
    data = data.removesuffix(b"\r\n" if data.endswith(b"\r\n") else b"\n")
    if len(data) > MAX_BYTES:
        return TOO_LARGE
    try:
        return as_secret(data.decode())
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


def _value(result: ReadResult) -> SecretStr:
    if not isinstance(result, SecretStr):
        raise ValueError(result)
    return result
