"""Standard output and standard error: as they are meant to be, and as they break."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from ..errors import CommandError
from ..exit_codes import Exit


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at what is written there, or writes what is read. None: closed."""
    return stream is not None and stream.isatty()


def has_colours(stream: TextIO | None) -> bool:
    """Whether what is written there may have colours (https://no-color.org)."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown")
    return is_terminal(stream) and not is_plain


def prepare_stdout() -> None:
    """Have results written as UTF-8, line by line, whatever the locale says."""
    # None has no such method, and what a test has put there.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def check_stdout() -> None:
    """Refuse to run without a standard output.

    Raises:
        CommandError: there is none.
    """
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        raise CommandError("standard output is closed", Exit.FAILED)


def let_go(stream: TextIO | None) -> None:
    """Have what cannot be written go nowhere: the interpreter would try once more at its end."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
