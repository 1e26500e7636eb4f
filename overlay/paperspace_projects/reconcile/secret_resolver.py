"""Reading the values of secrets where references lead to, when a plan is applied.

A value is hidden at once, and what goes wrong is told without it: no error, and no local of a
traceback, shows any of it. Nor does the output of a command show, on whatever stream.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from .._security.secret_str import Hidden, hide
from ..errors import SecretReferenceError
from .document.references import Reference
from .secret_file import ENDED, MAX_BYTES, PAUSE, TOO_LARGE, Intake, Read, read_file


class Resolver:
    """Reads values of up to `MAX_BYTES`. Commands that still run when it is closed are killed.

    Args:
        base: The folder that relative paths start from.
        allow_commands: Whether `cmd:` references are allowed.
        command_timeout: Seconds that a command may take, and a file that has to be waited for.
    """

    def __init__(self, base: Path, *, allow_commands: bool, command_timeout: float) -> None:
        self._base = base
        self._allow_commands = allow_commands
        self._command_timeout = command_timeout
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._closed.set()
            for process in self._running:
                _kill(process)

    def value_of(self, reference: Reference) -> Hidden:
        """The value that a reference leads to.

        Raises:
            SecretReferenceError: there is none. It says why, and shows nothing of it.
        """
        read = self._read(reference)
        if isinstance(read, Hidden) and read.problem is None and read:
            return read
        problem = read if not isinstance(read, Hidden) else read.problem
        raise SecretReferenceError(str(reference), problem or "it is empty")

    def _read(self, reference: Reference) -> Read:
        if reference.kind == "env":
            return _of_environment(reference.target)
        if reference.kind == "file":
            path = self._base / reference.target
            return read_file(path, patience=self._command_timeout, stopped=self._closed)
        if not self._allow_commands:
            return "commands are not allowed here; allow_commands=True allows them"
        return self._output_of(reference.target)

    def _output_of(self, command_line: str) -> Read:
        """What a command says until it ends; what it has started may go on."""
        process = self._start(shlex.split(command_line))
        if isinstance(process, str):
            return process
        with process:
            try:
                intake = self._taken_in(process)
            finally:
                self._end(process)
        if isinstance(intake, str):
            return intake
        if process.returncode != 0:
            return f"the command ended with status {process.returncode}; what it said is not shown"
        return intake.text()

    def _taken_in(self, process: subprocess.Popen[bytes]) -> Intake | str:
        """All that a command has said when it ends, or what is wrong."""
        assert process.stdout is not None
        if hasattr(os, "set_blocking"):  # not on Windows before Python 3.12
            os.set_blocking(process.stdout.fileno(), False)
        intake, ends_at = Intake(process.stdout.fileno()), time.monotonic() + self._command_timeout
        while True:
            has_ended = process.poll() is not None  # before it is read: all that was said is there
            intake.take()
            if intake.is_too_large:
                return TOO_LARGE
            if has_ended:
                return intake
            if time.monotonic() >= ends_at:
                return f"the command was not done within {self._command_timeout:g} s"
            with suppress(subprocess.TimeoutExpired):
                process.wait(PAUSE)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a command if it still runs. What a command that is done left running may stay."""
        with self._lock:
            if process.returncode is None:
                _kill(process)
            self._running.discard(process)

    def _start(self, words: list[str]) -> subprocess.Popen[bytes] | str:
        with self._lock:
            if self._closed.is_set():
                return ENDED
            try:
                process = subprocess.Popen(
                    words,
                    cwd=self._base,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # so that what it starts can be killed with it
                )
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
                return f"the command cannot be run: {reason}"
            self._running.add(process)
            return process


def _of_environment(name: str) -> Read:
    value = os.environ.get(name)
    if value is None:
        return "there is no such environment variable"
    return TOO_LARGE if len(os.fsencode(value)) > MAX_BYTES else hide(value)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
