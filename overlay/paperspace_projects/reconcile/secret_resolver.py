"""Read the values of secrets from their references, when a plan is applied.

A value is hidden at once. No error and no local of a traceback shows any of it, nor what a command
writes to any stream.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from .._api import validation as arguments
from .._security.secret_str import SecretStr, as_secret
from ..errors import SecretReferenceError
from .document.desired_state import Reference
from .secret_file import (
    MAX_BYTES,
    STOPPED,
    TOO_LARGE,
    BoundedReader,
    ReadResult,
    read_file,
    reason_of,
)


class SecretResolver:
    """Reads values of up to 1 MiB. Commands that still run when it is closed are killed.

    Args:
        base: The folder that relative paths start from.
        allow_commands: Whether `cmd:` references are allowed.
        command_timeout: Seconds that a command may take, and a file that has to be waited for.
    """

    def __init__(self, base: Path, *, allow_commands: bool, command_timeout: float) -> None:
        arguments.seconds("command_timeout", command_timeout)
        self._base = base
        self._allow_commands = allow_commands
        self._timeout = command_timeout
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

    def _read(self, reference: Reference) -> ReadResult:
        match reference.kind:
            case "env":
                return _read_variable(reference.target)
            case "file":
                path = self._base / reference.target
                return read_file(path, timeout=self._timeout, stopped=self._closed)
            case "cmd" if self._allow_commands:
                return self._run(shlex.split(reference.target))
            case _:
                return "commands are not allowed here; allow_commands=True allows them"

    def _run(self, command: list[str]) -> ReadResult:
        """Return what a command writes until it ends; processes that it started may go on."""
        with self._lock:
            if self._closed.is_set():
                return STOPPED
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
                return f"the command cannot be run: {reason_of(error)}"
            self._running.add(process)
        with process:
            try:
                return self._output(process)
            finally:
                with self._lock:
                    if process.returncode is None:
                        _kill(process)
                    self._running.discard(process)

    def _output(self, process: subprocess.Popen[bytes]) -> ReadResult:
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        if hasattr(os, "set_blocking"):  # not on Windows before Python 3.12
            os.set_blocking(descriptor, False)
        result = BoundedReader(descriptor).read_until(
            lambda _, __: process.poll() is not None, timeout=self._timeout, stopped=self._closed
        )
        if result is None:
            return f"the command did not end within {self._timeout:g} s"
        if process.returncode:
            return f"the command ended with status {process.returncode}; its output is not shown"
        return result


def _read_variable(name: str) -> ReadResult:
    value = os.environ.get(name)
    if value is None:
        return "there is no such environment variable"
    return TOO_LARGE if len(os.fsencode(value)) > MAX_BYTES else as_secret(value)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and the processes that it started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
