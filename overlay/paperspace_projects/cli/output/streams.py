"""Standard output and standard error, also where they are closed or broken.

Names, descriptions and messages come from a server. A terminal obeys control characters, and some
invisible characters reverse the direction of text: all of them are escaped.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Final, TextIO

PROGRAM: Final = "paperspace-projects"
ALIAS: Final = "psp"  # the same program under a short name

# Python calls these unprintable: spaces of other widths, and the joiner and the non-joiner that
# some scripts and emojis need.
_HARMLESS: Final = "\u00a0\u2007\u2009\u202f\u3000\u200c\u200d"
_ESCAPABLE: Final = re.compile(f"[^ -~{_HARMLESS}]")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; None is a closed stream."""
    return stream is not None and stream.isatty()


def has_colours(stream: TextIO | None) -> bool:
    """Whether to write colours to a stream (https://no-color.org)."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown")
    return is_terminal(stream) and not is_plain


def prepare_stdout() -> None:
    """Write results as UTF-8, line by line, in every locale and on every system."""
    # None has no such method, nor has a stream that a test has put there.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        options = {"encoding": "utf-8", "errors": "backslashreplace", "newline": "\n"}
        reconfigure(**options, line_buffering=True)


def read_stdin(limit: int = -1) -> bytes:
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        raise OSError(errno.EBADF, "it is closed", "standard input")
    return sys.stdin.buffer.read(limit)


def discard_stream(stream: TextIO | None) -> None:
    """Discard what cannot be written, or the interpreter tries again at exit, with a traceback."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def write_stderr(text: str) -> None:
    """Write to standard error as is; do nothing if it is closed."""
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        discard_stream(sys.stderr)


def echo_stderr(text: str) -> None:
    """Write lines to standard error, without control characters."""
    write_stderr("".join(f"{printable(line)}\n" for line in text.splitlines()))


def notify(text: str) -> None:
    """Say what was done, if standard error is a terminal: a pipeline has the exit code."""
    if is_terminal(sys.stderr):
        echo_stderr(text)


def notify_unconfirmed(result: object, **sent: object) -> None:
    """Say which of the values that were sent the result does not have: they may not be kept."""
    for name, value in sent.items():
        if value and getattr(result, name) is None:
            notify(f"the server does not confirm the {name}: it may not keep it")


def print_error(text: str) -> None:
    write_stderr("\x1b[31merror:\x1b[0m " if has_colours(sys.stderr) else "error: ")
    echo_stderr(text)


def printable(text: str) -> str:
    r"""Escape control characters as in Python: `\x1b`."""
    return _ESCAPABLE.sub(lambda match: repr(match[0])[1:-1], text)


def printable_json(text: str) -> str:
    r"""Escape control characters in the strings of a JSON text: `\u001b`. Its value stays."""

    def escape(match: re.Match[str]) -> str:
        if match[0] == "\n" or match[0].isprintable():  # line feeds stand between strings only
            return match[0]
        units = match[0].encode("utf-16-be", "surrogatepass").hex()
        return re.sub("....", r"\\u\g<0>", units)

    return _ESCAPABLE.sub(escape, text)
