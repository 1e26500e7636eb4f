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
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from .._hidden import Hidden, hide
from ..errors import SecretReferenceError
from ._references import Reference

Read = Hidden | str
"""What reading gives: a hidden value, or what is wrong in words. `Hidden` comes first: it is a
string, too."""


class Resolver:
    """Reads values. Commands that still run when it is closed are killed.

    Args:
        base: The folder that relative paths start from.
        allow_commands: Whether `cmd:` references are allowed.
        command_timeout: Seconds that a command may take.
    """

    def __init__(self, base: Path, *, allow_commands: bool, command_timeout: float) -> None:
        self._base = base
        self._allow_commands = allow_commands
        self._command_timeout = command_timeout
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_closed = True
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
            value = os.environ.get(reference.target)
            return "there is no such environment variable" if value is None else hide(value)
        if reference.kind == "file":
            return self._read_file(reference.target)
        if not self._allow_commands:
            return "commands are not allowed here; allow_commands=True allows them"
        return self._output_of(reference.target)

    def _read_file(self, target: str) -> Read:
        try:
            return _text((self._base / target).read_bytes())
        except OSError as error:
            return f"the file cannot be read: {error.strerror or type(error).__name__}"

    def _output_of(self, command_line: str) -> Read:
        process = self._start(shlex.split(command_line))
        if isinstance(process, str):
            return process
        with process:
            try:
                output, _ = process.communicate(timeout=self._command_timeout)
            except subprocess.TimeoutExpired:
                return f"the command was not done within {self._command_timeout:g} s"
            finally:
                self._end(process)
        if process.returncode != 0:
            return f"the command ended with status {process.returncode}; what it said is not shown"
        return _text(output)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a command if it still runs. What a command that is done left running may stay."""
        with self._lock:
            if process.returncode is None:
                _kill(process)
            self._running.discard(process)

    def _start(self, words: list[str]) -> subprocess.Popen[bytes] | str:
        with self._lock:
            if self._is_closed:
                return "the application of the plan has ended"
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


def _text(data: bytes) -> Read:
    """Text in UTF-8, without the one line's end that is at its end."""
    end = b"\r\n" if data.endswith(b"\r\n") else b"\n"
    try:
        return hide(data.removesuffix(end).decode())
    except UnicodeDecodeError:
        return "it is not text in UTF-8"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
