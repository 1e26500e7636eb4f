"""The command line, `paperspace-projects`: for people at a terminal, and for pipelines.

It is made of the package's public names alone. Results go to standard output, all else to standard
error; neither a key nor a secret's value is ever on either, nor taken as an argument. It needs the
extra `cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

PROGRAM: Final = "paperspace-projects"
_OF_THE_EXTRA: Final = ("typer", "rich", "yaml")

__all__ = ["PROGRAM", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: What follows the program's name; those of the process if None.

    Returns:
        The exit code (docs/command-line.md).
    """
    try:
        from .app import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # before a command has begun
        return 130
    except ModuleNotFoundError as missing:
        name = (missing.name or "").partition(".")[0]
        if name not in _OF_THE_EXTRA:
            raise
        from .output.messages import say

        say(
            f"{PROGRAM}: the command line needs {name}, which is not installed: "
            'pip install "paperspace-projects[cli]"'
        )
        return 1
