"""Where the values of secrets come from: never from an argument, which others see and shells keep.

No message here shows what it was given in place of a variable or a file: it may be the value.
"""

from __future__ import annotations

import getpass
import os
import sys
from typing import Annotated, Any, Final, TypeAlias

import typer

from ..command import Command
from ..errors import CommandError
from ..exit_codes import Exit
from ..output.messages import say
from ..output.streams import is_terminal

_PATIENCE: Final = 30.0
"""Seconds in which a file has to come to its end, as `apply` takes for those of a plan."""
_MOST_READ: Final = 2 * 1024 * 1024
"""Bytes that are read of standard input: more than a secret may have."""

FromStdin: TypeAlias = Annotated[
    bool, typer.Option("--from-stdin", help="Read the value from standard input.")
]
FromEnv: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--from-env", metavar="VARIABLE", help="Take the value of this environment variable."
    ),
]
FromFile: TypeAlias = Annotated[
    str | None, typer.Option("--from-file", metavar="PATH", help="Read the value from this file.")
]
AllowEmpty: TypeAlias = Annotated[
    bool, typer.Option("--allow-empty", help="Take an empty value, too.")
]


class SecretCommand(Command):
    """A command that is given no more than it asks for, and never repeats what is too much."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, and refuse any that are too many."""
        ctx.allow_extra_args = True
        ctx.ignore_unknown_options = True
        rest = super().parse_args(ctx, args)
        if rest:
            raise CommandError(
                "more was given than this command takes (it is not shown here: it may be a "
                "secret's value, which is never given as an argument)",
                hint=f"`{ctx.command_path} --help` shows how it is used",
            )
        return rest


def check_name(name: str) -> None:
    """Refuse what is no name of a secret but a name and its value.

    Raises:
        CommandError: there is a `=` in it.
    """
    if "=" in name:
        raise CommandError(
            "the secret's name holds a `=` (it is not shown here: a value may follow it)",
            hint="a value is read from standard input, or by --from-env or --from-file",
        )


def secret_value(
    name: str,
    *,
    from_stdin: bool,
    from_env: str | None,
    from_file: str | None,
    allow_empty: bool,
) -> str:
    """The value of a secret; asked for, twice, where nothing says where it is.

    Of standard input and of a file, a byte order mark at the beginning and one line break at the
    end are not a part of it.

    Raises:
        CommandError: there is none, or more than one way to it was given.
    """
    if sum((from_stdin, from_env is not None, from_file is not None)) > 1:
        raise CommandError("give one of --from-stdin, --from-env and --from-file")
    if from_env is not None:
        value = os.environ.get(from_env)
        if value is None:
            raise CommandError("the environment variable that --from-env names is not set")
    elif from_file is not None:
        value = _read_file(from_file)
    elif from_stdin or not is_terminal(sys.stdin):
        value = _read_stdin()
    else:
        value = _asked_for(name)
    if not value and not allow_empty:
        raise CommandError("the value is empty", hint="--allow-empty takes it as it is")
    return value


def _read_file(path: str) -> str:
    from ...reconcile import read_secret_file

    try:
        return read_secret_file(path, timeout=_PATIENCE)
    except ValueError as problem:
        raise CommandError(f"the file that --from-file names has no value: {problem}") from None


def _read_stdin() -> str:
    from ...reconcile import decode_secret

    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        raise CommandError("standard input is closed")
    try:
        return decode_secret(sys.stdin.buffer.read(_MOST_READ))
    except OSError as error:
        raise CommandError(f"standard input cannot be read: {error.strerror}") from None
    except ValueError as problem:
        raise CommandError(f"standard input has no value: {problem}") from None


def _asked_for(name: str) -> str:
    while True:
        try:
            value = getpass.getpass(f"Value of {name} (it does not show): ")
            if value == getpass.getpass("The same again: "):
                return value
        except EOFError:
            say("")
            raise CommandError("nothing was written", Exit.FAILED) from None
        say("the two are not the same; once more")
