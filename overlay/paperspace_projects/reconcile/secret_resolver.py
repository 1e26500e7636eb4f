"""Read the values of secrets from environment variables, files and commands.

A value is hidden at once. No error and no local of a traceback shows any of it, nor what a command
writes to any stream.
"""

from __future__ import annotations

import codecs
import io
import os
import shlex
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from .._api import validation as arguments
from .._security.secret_str import SecretStr, as_secret
from ..errors import SecretReferenceError
from .document.desired_state import Reference

_MAX_BYTES: Final = 1024 * 1024
"""The largest value of a secret. A larger one is taken for a mistake, such as a log or a disk."""
_MAX_READ: Final = _MAX_BYTES + len(codecs.BOM_UTF8) + len(b"\r\n")
_TOO_LARGE: Final = f"it is larger than {_MAX_BYTES // 1024:,} KiB"
_STOPPED: Final = "the application of the plan has ended"
_POLL_SECONDS: Final = 0.02
"""The pause between two reads of a named pipe or of the output of a command."""
_NONBLOCK: Final[int] = getattr(os, "O_NONBLOCK", 0)  # Windows has neither this nor named pipes

_ReadResult = SecretStr | str
"""A hidden value, or the problem in words. Test for `SecretStr` first: it is a string, too."""


class SecretResolver:
    """Reads the values of references. Commands that still run when it is closed are killed."""

    def __init__(self, base: Path, *, allow_commands: bool, command_timeout: float) -> None:
        self._base = base
        self._allow_commands = allow_commands
        self._timeout = arguments.seconds("command_timeout", command_timeout)
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed.set()
            for process in self._running:
                _kill(process)

    def value_of(self, reference: Reference) -> SecretStr:
        """Return the value that a reference leads to."""
        result = self._read(reference)
        if isinstance(result, SecretStr) and result.problem is None and result:
            return result
        problem = result.problem if isinstance(result, SecretStr) else result
        raise SecretReferenceError(str(reference), problem or "it is empty")

    def _read(self, reference: Reference) -> _ReadResult:
        match reference.kind:
            case "env":
                return _read_variable(reference.target)
            case "file":
                return _read_file(self._base / reference.target, self._timeout, self._closed)
            case "cmd" if self._allow_commands:
                return self._run(shlex.split(reference.target))
            case _:
                return "commands are not allowed here; allow_commands=True allows them"

    def _run(self, command: list[str]) -> _ReadResult:
        """Return what a command writes until it ends; processes that it started may go on."""
        with self._lock:
            if self._closed.is_set():
                return _STOPPED
            try:
                process = subprocess.Popen(
                    command,
                    cwd=self._base,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # so that the processes it starts can be killed with it
                )
            except (OSError, ValueError) as error:
                return f"the command cannot be run: {_reason_of(error)}"
            self._running.add(process)
        with process:
            try:
                return self._output(process)
            finally:
                with self._lock:
                    if process.returncode is None:
                        _kill(process)
                    self._running.discard(process)

    def _output(self, process: subprocess.Popen[bytes]) -> _ReadResult:
        assert process.stdout is not None
        output = process.stdout.fileno()
        if hasattr(os, "set_blocking"):  # not on Windows before Python 3.12
            os.set_blocking(output, False)

        def has_ended(_is_at_end: bool, _has_data: bool) -> bool:
            return process.poll() is not None

        result = _read_until(has_ended, output, "the command", self._timeout, self._closed)
        if process.returncode:
            return f"the command ended with status {process.returncode}; its output is not shown"
        return result


def _read_variable(name: str) -> _ReadResult:
    value = os.environ.get(name)
    if value is None:
        return "there is no such environment variable"
    return _TOO_LARGE if len(os.fsencode(value)) > _MAX_BYTES else as_secret(value)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and the processes that it started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _read_file(path: Path, timeout: float, stopped: threading.Event) -> _ReadResult:
    """Read a file. A named pipe is waited for until its writer has closed it."""
    try:
        with open(
            path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | _NONBLOCK)
        ) as file:
            is_pipe = stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)

            def has_ended(is_at_end: bool, has_data: bool) -> bool:
                # a pipe is at its end, too, before somebody writes into it
                return is_at_end and (has_data or not is_pipe)

            return _read_until(has_ended, file.fileno(), "the file", timeout, stopped)
    except (OSError, ValueError) as error:
        return f"the file cannot be read: {_reason_of(error)}"


def _reason_of(error: Exception) -> str:
    """Return why the system refused something, without the path or command of the error."""
    return getattr(error, "strerror", None) or type(error).__name__


def _read_until(
    has_ended: Callable[[bool, bool], bool],
    descriptor: int,
    subject: str,
    timeout: float,
    stopped: threading.Event,
) -> _ReadResult:
    """Read a value until `has_ended`, which gets whether it is at its end and has data."""
    data = io.BytesIO()  # its repr shows no content
    ends_at = time.monotonic() + timeout
    while True:
        is_at_end = _read_available(descriptor, data)
        if has_ended(is_at_end, data.tell() > 0):
            _read_available(descriptor, data)  # what came after the read before
            return _decode(data.getvalue())
        if data.tell() > _MAX_READ:
            return _TOO_LARGE
        if time.monotonic() >= ends_at:
            return f"{subject} did not end within {timeout:g} s"
        if stopped.wait(_POLL_SECONDS):
            return _STOPPED


def _read_available(descriptor: int, data: io.BytesIO) -> bool:
    """Read up to the largest size, without waiting; return whether the file is at its end."""
    with suppress(BlockingIOError, BrokenPipeError):  # the second on Windows, for an empty pipe
        while data.tell() <= _MAX_READ:
            if not data.write(os.read(descriptor, 65_536)):
                return True
    return False


def _decode(data: bytes) -> _ReadResult:
    """Decode UTF-8, without a byte order mark and one line break at the end."""
    data = data.removeprefix(codecs.BOM_UTF8)
    data = data.removesuffix(b"\r\n" if data.endswith(b"\r\n") else b"\n")
    if len(data) > _MAX_BYTES:
        return _TOO_LARGE
    try:
        return as_secret(data.decode())
    except UnicodeDecodeError:
        return "it is not text in UTF-8"


def read_secret_file(path: str | Path, *, timeout: float = 30.0) -> str:
    """Read the value of a secret from a file, as a plan reads a `file:` reference.

    Example: `scope.secrets.set("TOKEN", reconcile.read_secret_file("token.txt"))`

    Args:
        path: The path of the file. A named pipe is waited for.
        timeout: Seconds in which the file must end.

    Returns:
        The text, without a byte order mark and one line break at the end. Its repr shows stars.

    Raises:
        ValueError: The file cannot be read, is not UTF-8, or is larger than 1 MiB. The message says
            why, and shows neither the path nor the content.
    """
    return _value(_read_file(Path(path), timeout, threading.Event()))


def decode_secret(data: bytes) -> str:
    """Decode the value of a secret, as `read_secret_file` does.

    Example: `scope.secrets.set("TOKEN", reconcile.decode_secret(Path("token.txt").read_bytes()))`

    Raises:
        ValueError: It is not UTF-8, or larger than 1 MiB.
    """
    return _value(_decode(data))


def _value(result: _ReadResult) -> SecretStr:
    if not isinstance(result, SecretStr):
        raise ValueError(result)
    return result
