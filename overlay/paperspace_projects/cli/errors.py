"""Errors of the command line, and how an error is shown."""

from __future__ import annotations

from typing import Final

import click

from .. import errors
from . import PROGRAM
from .exit_codes import Exit, exit_for
from .output.streams import echo_stderr, print_error

_SUBJECTS: Final = {"api_key": "the key of --api-key-env", "base_url": "--base-url"}
"""The options that set arguments of `Client`."""


class CommandError(Exception):
    """A command cannot be carried out.

    Args:
        message: What is wrong.
        code: The exit code.
        hint: What to do about it.
    """

    def __init__(self, message: str, code: Exit = Exit.USAGE, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


def describe(error: Exception) -> str:
    """Return an error's message, with options in place of arguments of `Client`."""
    if not isinstance(error, errors.ConfigurationError):
        return str(error)
    if error.subject is None:
        return error.problem
    return f"{_SUBJECTS.get(error.subject, error.subject)} {error.problem}"


def report_error(error: Exception, hint: str | None = None) -> Exit:
    """Print an error, and return the exit code that stands for it."""
    match error:
        case BrokenPipeError():
            return Exit.BROKEN_PIPE  # the reader wanted no more
        case click.UsageError():
            command = PROGRAM if error.ctx is None else error.ctx.command_path
            usage = f"`{command} --help` shows how to use it"
            message, hint, code = error.format_message(), usage, Exit.USAGE
        case CommandError():
            message, hint, code = str(error), error.hint, error.code
        case errors.PaperspaceError():
            message, code = describe(error), exit_for(error)
        case ImportError():
            message, code = str(error), Exit.FAILED
        case OSError():
            where = "" if error.filename is None else f": {error.filename}"
            message, code = f"the system says: {error.strerror or error}{where}", Exit.FAILED
        case _:  # its message may hold anything
            message = f"{type(error).__name__} in {PROGRAM} itself, which is a bug"
            hint, code = "--debug shows where", Exit.FAILED
    print_error(message)
    if hint:
        echo_stderr(f"hint: {hint}")
    return code
