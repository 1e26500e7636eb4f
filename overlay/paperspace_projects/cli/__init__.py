"""The command line, `paperspace-projects`: for people at a terminal, and for pipelines.

It uses the package's public names only. Results go to standard output, everything else to standard
error. No key and no secret value is written to either, or taken as an argument. It needs the extra
`cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from .output.streams import PROGRAM, echo_stderr

__all__ = ["PROGRAM", "main"]

_EXTRA: Final = ("click", "rich", "yaml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The arguments after the program's name; those of the process if None.

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
        if name not in _EXTRA:
            raise
        echo_stderr(
            f"{PROGRAM}: the command line needs {name}, which is not installed: "
            'pip install ".[cli]" in a clone of the repository'
        )
        return 1
