"""Runs the program: as a process, on a terminal, or in this process where only time is saved.

However it is run, its output must not hold the key or the value of a secret: so every test is one
of secrecy, too.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import attrs
import pexpect
import pytest
from support.systems import needs

from paperspace_projects import Client
from paperspace_projects.cli import main
from paperspace_projects.testing import Dialect, Emulator

PROGRAM = str(Path(sys.executable).parent / "paperspace-projects")
KEY = "kQXZ0123456789-last"
VALUE = "vQXZ the value QXZ"
NEEDLE = "QXZ"
"""It is in the key, in every value of a secret, and nowhere else."""

COMMANDS = {
    *(
        f"projects {verb}"
        for verb in ["list", "get", "find", "create", "ensure", "update", "delete"]
    ),
    *(f"collaborators {verb}" for verb in ("list", "add", "remove", "sync")),
    *(f"secrets {verb}" for verb in ("list", "get", "set", "create", "update", "delete")),
    *(
        f"{part} {verb}"
        for part in ("tags", "models")
        for verb in ("list", "add", "remove", "sync")
    ),
    *(
        "activity",
        "api",
        "inventory",
        "plan",
        "apply",
        "export",
        "schema",
        "doctor",
        "dialect-report",
    ),
    "emulator",
}


_NUMBERS = itertools.count()


BrokenOutput = Literal["a full disk", "a closed pipe"]
BROKEN: dict[BrokenOutput, int] = {"a full disk": 1, "a closed pipe": 141}
"""The ways in which an output is broken, each with the exit code that tells it."""


@contextmanager
def broken_output(output: BrokenOutput) -> Iterator[int]:
    """The descriptor of an output that cannot be written to."""
    if output == "a full disk":
        needs("/dev/full")
        writing = os.open("/dev/full", os.O_WRONLY)
    else:
        reading, writing = os.pipe()
        os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@attrs.frozen
class Done:
    """What a run of the program has left."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    def json(self) -> Any:
        return json.loads(self.out)


@attrs.frozen
class Served:
    """An emulator that takes the key, and where it is served."""

    emulator: Emulator
    base_url: str

    @classmethod
    @contextmanager
    def open(cls, dialect: Dialect, latency: float = 0.0) -> Iterator[Served]:
        with (
            Emulator(dialect, api_key=KEY, latency=latency) as emulator,
            emulator.serve() as base_url,
        ):
            yield cls(emulator, base_url)


class Shell:
    """A user's shell: a server to talk to, an environment, a folder, and a client to look with."""

    def __init__(self, served: Served, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.emulator = served.emulator
        self.dialect = served.emulator.dialect
        self.folder = folder
        self.used: set[str] = set()
        self.client = Client(KEY, base_url=served.base_url)
        self.env = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(folder),
            "USERPROFILE": str(folder),
            "PAPERSPACE_API_KEY": KEY,
            "PAPERSPACE_API_URL": served.base_url,
            "TERM": "xterm-256color",
        }

    def project(self, name: str | None = None) -> str:
        """The id of a new project."""
        return self.client.projects.create(name or f"project {next(_NUMBERS)}").id

    def run(self, *arguments: str, stdin: str = "", code: int | None = 0, **env: str) -> Done:
        """Run a process, whose exit code is to be `code`, if it is not None."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            input=stdin.encode(),
            capture_output=True,
            check=False,
            timeout=60,
            cwd=self.folder,
            env={**self.env, **env},
        )
        return self._checked(
            arguments, Done(done.returncode, done.stdout.decode(), done.stderr.decode()), code
        )

    def broken(
        self, output: BrokenOutput, *arguments: str, stdin: str = "", code: int | None = 0
    ) -> Done:
        """Run a process whose standard output is broken from the beginning."""
        with broken_output(output) as stdout:
            done = subprocess.run(
                [PROGRAM, *arguments],
                input=stdin.encode(),
                stdout=stdout,
                stderr=subprocess.PIPE,
                check=False,
                timeout=60,
                cwd=self.folder,
                env=self.env,
            )
        return self._checked(arguments, Done(done.returncode, "", done.stderr.decode()), code)

    def sh(self, script: str, code: int | None = 0) -> Done:
        """Run a script of bash; `$P` is the program. Its code is that of any part of a pipe."""
        needs("shell")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", script],
            input=b"",
            capture_output=True,
            check=False,
            timeout=60,
            cwd=self.folder,
            env={**self.env, "P": PROGRAM},
        )
        return self._checked(
            (), Done(done.returncode, done.stdout.decode(), done.stderr.decode()), code
        )

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """Start a process that is to be talked to or stopped."""
        self._note(arguments)
        return subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**self.env, **env},
        )

    def terminal(self, *arguments: str, columns: int = 100, **env: str) -> pexpect.spawn[str]:
        """Start the program on a terminal of so many columns, and 40 lines."""
        needs("pseudo-terminals")
        self._note(arguments)
        return pexpect.spawn(
            PROGRAM,
            list(arguments),
            encoding="utf-8",
            codec_errors="replace",  # Ctrl-C has the terminal drop what is not shown yet
            dimensions=(40, columns),
            timeout=30,
            cwd=str(self.folder),
            env={**self.env, **env},
        )

    def shown(self, terminal: pexpect.spawn[str], code: int | None = 0) -> str:
        """What is shown on a terminal until the program ends."""
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == code, terminal.before
        assert terminal.before is not None
        assert NEEDLE not in terminal.before
        return terminal.before.replace("\r\n", "\n")

    def call(
        self,
        *arguments: str,
        stdin: str = "",
        code: int | None = 0,
        **env: str,
    ) -> Done:
        """Run the program in this process: quicker, and as true to life but for signals."""
        self._capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.env, **env}.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            status = main(arguments)
        said = self._capsys.readouterr()
        return self._checked(arguments, Done(status, said.out, said.err), code)

    def _note(self, arguments: Sequence[str]) -> None:
        for count in (1, 2):
            self.used.update(COMMANDS & {" ".join(arguments[:count])})

    def _checked(self, arguments: Sequence[str], done: Done, code: int | None) -> Done:
        self._note(arguments)
        assert NEEDLE not in f"{done.out}{done.err}", "a key or a value shows"
        assert code is None or done.code == code, done
        return done


def without_escapes(text: str) -> str:
    """What is seen of text with colours."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
