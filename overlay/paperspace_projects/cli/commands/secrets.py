"""`secrets`: list and show names and times, and write values, which are never shown.

A value never comes from an argument, which process lists and shells keep, and no message shows
what was given as a variable, a file or an extra argument: it may be the value.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from ..command import (
    Command,
    Decorator,
    Group,
    R,
    flag,
    option,
    project_argument,
    result_options,
    yes_option,
)
from ..context import CommandContext, check_can_ask, confirm
from ..errors import CommandError, Exit
from ..output.records import SECRET
from ..output.streams import echo_stderr, is_terminal
from ..output.writer import ResultWriter

if TYPE_CHECKING:
    from ... import Secret

_FILE_TIMEOUT: Final = 30.0
"""Seconds to read a file, as in `apply`."""
_MAX_STDIN_BYTES: Final = 2 * 1024 * 1024
"""More than a secret may have."""


class _SecretCommand(Command):
    """A command that refuses extra arguments without repeating them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        ctx.allow_extra_args = ctx.ignore_unknown_options = True
        rest = super().parse_args(ctx, args)
        if rest:
            raise CommandError(
                "more was given than this command takes (it is not shown here: it may be a "
                "secret's value, which is never given as an argument)",
                hint=f"`{ctx.command_path} --help` shows how to use it",
            )
        return rest


class SecretGroup(Group):
    """A group of commands that never repeat an extra argument."""

    command_class: type[click.Command] | None = _SecretCommand


def check_name(_ctx: click.Context, _argument: click.Parameter, name: str) -> str:
    """Refuse a name and a value in one argument."""
    if "=" in name:
        raise CommandError(
            "the secret's name contains a `=` (it is not shown here: a value may follow it)",
            hint="a value is read from standard input, or by --from-env or --from-file",
        )
    return name


def value_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options for a value, and pass a function that reads it as `read_value`."""

    @flag("--from-stdin", help="Read the value from standard input.")
    @option("--from-env", "VARIABLE", "Take the value of this environment variable.")
    @option("--from-file", "PATH", "Read the value from this file.")
    @flag("--allow-empty", help="Accept an empty value.")
    @wraps(function)
    def run(
        *args: Any,
        from_stdin: bool,
        from_env: str | None,
        from_file: str | None,
        allow_empty: bool,
        **kwargs: Any,
    ) -> R:
        if sum((from_stdin, from_env is not None, from_file is not None)) > 1:
            raise CommandError("give one of --from-stdin, --from-env and --from-file")

        def read_value(name: str) -> str:
            if from_env is not None:
                value = os.environ.get(from_env)
                if value is None:
                    raise CommandError("the environment variable that --from-env names is not set")
            elif from_file is not None:
                value = _read_file(from_file)
            elif from_stdin or not is_terminal(sys.stdin):
                value = _read_stdin()
            else:
                value = _ask_for_value(name)
            if not value and not allow_empty:
                raise CommandError("the value is empty", hint="--allow-empty accepts it")
            return value

        return function(*args, read_value=read_value, **kwargs)

    return run


name_argument: Decorator = click.argument(
    "name", metavar="NAME", callback=check_name, help="The secret's name."
)

_ABOUT_VALUES = """\
The value is read from standard input if that is no terminal, and else asked for, unless an option
says where it is. It is never an argument. A byte order mark at the start of standard input or of a
file, and one line break at the end, are not part of it. It may have up to 1 MiB.
"""


@click.group("secrets", cls=SecretGroup)
def secrets() -> None:
    """List, write and delete the secrets of a project. No value is ever shown."""


@secrets.command("list", examples=("secrets list PROJECT -o json",))
@project_argument
@result_options(SECRET)
@click.pass_obj
def list_secrets(context: CommandContext, project: str, results: ResultWriter[Secret]) -> None:
    """List the names and times of a project's secrets."""
    with context.project(project) as scope:
        results.write_listing(context, scope.secrets.list())


@secrets.command("get", examples=("secrets get PROJECT HF_TOKEN",))
@project_argument
@name_argument
@result_options(SECRET)
@click.pass_obj
def get_secret(
    context: CommandContext, project: str, name: str, results: ResultWriter[Secret]
) -> None:
    """Show the name and the times of a secret; its value is never returned."""
    with context.project(project) as scope:
        results.write_one(scope.secrets.get(name))


def _add_writing_command(verb: str, about: str, *examples: str) -> None:
    @secrets.command(verb, help=f"{about}\n\n{_ABOUT_VALUES}", examples=examples)
    @project_argument
    @name_argument
    @value_options
    @result_options(SECRET)
    @click.pass_obj
    def write_secret(
        context: CommandContext,
        project: str,
        name: str,
        *,
        read_value: Callable[[str], str],
        results: ResultWriter[Secret],
    ) -> None:
        with context.project(project) as scope:
            value = read_value(name)
            context.begin_write("secrets get PROJECT NAME")
            written = getattr(scope.secrets, verb)(name, value)
            context.end_write(f"wrote the secret {name!r}")
            results.write_one(written)


_add_writing_command(
    "set",
    "Create or update a secret.",
    "secrets set PROJECT HF_TOKEN",
    "secrets set PROJECT HF_TOKEN <token.txt",
    "secrets set PROJECT HF_TOKEN --from-env HF_TOKEN",
    "secrets set name:vision TLS_KEY --from-file key.pem",
)
_add_writing_command(
    "create",
    "Create a secret; one that exists already is a conflict.",
    "secrets create PROJECT HF_TOKEN --from-env HF_TOKEN",
)
_add_writing_command(
    "update",
    "Replace the value of an existing secret.",
    "secrets update PROJECT HF_TOKEN --from-file token.txt",
)


@secrets.command("delete", examples=("secrets delete PROJECT HF_TOKEN --yes",))
@project_argument
@name_argument
@yes_option
@click.pass_obj
def delete_secret(context: CommandContext, project: str, name: str, yes: bool) -> None:
    """Delete a secret."""
    action = f"delete the secret {name!r} of the project {project!r}"
    check_can_ask(yes, action)
    with context.project(project) as scope:
        confirm(yes, action)
        context.begin_write("secrets list PROJECT")
        scope.secrets.delete(name)
        context.end_write(f"deleted the secret {name!r}", notify_user=True)


def _read_file(path: str) -> str:
    from ...reconcile import read_secret_file

    try:
        return read_secret_file(path, timeout=_FILE_TIMEOUT)
    except ValueError as problem:
        raise CommandError(f"the file that --from-file names has no value: {problem}") from None


def _read_stdin() -> str:
    from ...reconcile import decode_secret

    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        raise CommandError("standard input is closed")
    try:
        return decode_secret(sys.stdin.buffer.read(_MAX_STDIN_BYTES))
    except OSError as error:
        raise CommandError(f"standard input cannot be read: {error.strerror}") from None
    except ValueError as problem:
        raise CommandError(f"standard input has no value: {problem}") from None


def _ask_for_value(name: str) -> str:
    while True:
        try:
            value = getpass.getpass(f"Value of {name} (it does not show): ")
            if value == getpass.getpass("The same again: "):
                return value
        except EOFError:
            echo_stderr("")
            raise CommandError("nothing was written", Exit.FAILED) from None
        echo_stderr("the two differ; once more")
