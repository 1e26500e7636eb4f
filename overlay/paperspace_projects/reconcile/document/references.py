"""References to the values of secrets: where a value is, never the value itself.

A reference can be shown anywhere. Reading it is the business of `_resolving.py`, and of the moment
in which a plan is applied.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Final, Literal

from attrs import frozen

ReferenceKind = Literal["env", "file", "cmd"]

PATTERN: Final = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\x00]+|cmd:[^\x00]*[^\x00\s][^\x00]*)$(?!\n)"
"""What a reference looks like, as the schema has it."""
EXPECTED: Final = "a reference: env:NAME, file:PATH or cmd:COMMAND"


@frozen
class Reference:
    """Where the value of a secret is: `env:NAME`, `file:PATH` or `cmd:COMMAND`.

    `kind` is `env`, `file` or `cmd`, `target` is the name, the path or the command line. `str`
    gives the reference as it is written.
    """

    kind: ReferenceKind
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"

    def resolved(self, base: Path) -> Reference:
        """The same with the whole path of a file, so that one file has one reference."""
        if self.kind != "file":
            return self
        return Reference("file", os.path.normpath(base.absolute() / self.target))


def parse(text: str) -> Reference | None:
    """The reference that a text is; None where it is none, as it may then be the secret itself."""
    if re.search(PATTERN, text) is None or is_odd_command(text):
        return None
    kind, _, target = text.partition(":")
    return Reference(_KINDS[kind], target)


def is_odd_command(text: str) -> bool:
    """Whether it is a `cmd:` reference whose quotes do not match."""
    if not text.startswith("cmd:"):
        return False
    try:
        return not shlex.split(text.removeprefix("cmd:")) and re.search(PATTERN, text) is not None
    except ValueError:
        return True


_KINDS: Final[dict[str, ReferenceKind]] = {"env": "env", "file": "file", "cmd": "cmd"}
