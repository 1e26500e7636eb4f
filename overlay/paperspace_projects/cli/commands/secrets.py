"""`secrets`: list and show names and times, and write values, which are never shown.

A value never comes from an argument, which process lists and shells keep, and no message shows
what was given as a variable, a file or an extra argument: it may be the value.
"""

from __future__ import annotations

import getpass
import itertools
import os
import re
import sys
from typing import Any, Final

import click

from ...models import Secret
from .. import declare
from ..context import CommandContext
from ..declare import Command, Group
from ..errors import CommandError, Exit
from ..output.results import SECRET, ResultWriter
from ..output.streams import echo_stderr, is_terminal, read_stdin
from .parts import add_list_command, add_removal_command

_FILE_TIMEOUT: Final = 30.0  # seconds to read a file, as in `apply`
_MAX_STDIN_BYTES: Final = 2 * 1024 * 1024  # more than a secret may have


class _SecretCommand(Command):
    """A command that refuses extra arguments without repeating them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = ctx.ignore_unknown_options = True
        # Click looks for options letter by letter, and repeats what follows a wrong `-o`.
        looks_right = self._short_options().fullmatch
        options = itertools.takewhile(lambda each: each != "--", args)
        is_odd = any(re.match("-[^-]", each) and not looks_right(each) for each in options)
        if is_odd or super().parse_args(ctx, args):
            raise CommandError(
                "more was given than this command takes (it is not shown here: it may be a "
                "secret's value, which is never given as an argument)",
                hint=f"`{ctx.command_path} --help` shows how to use it",
            )
        return []

    def _short_options(self) -> re.Pattern[str]:
        """Return what an argument with short options of this command looks like."""
        flags, valued = "", list[str]()
        short = [(name[1], each) for each in self.params for name in each.opts if len(name) == 2]
        for letter, each in short:
            if isinstance(each, click.Option) and (each.is_flag or each.count):
                flags += letter
            elif isinstance(each.type, click.Choice):
                valued.append(f"{letter}({'|'.join(each.type.choices)})?")
            elif isinstance(each, click.Option):
                valued.append(f"{letter}.*")
        return re.compile(f"-(h|[{flags}]*({'|'.join(valued)})?)", re.DOTALL)


def _check_name(_ctx: click.Context, _argument: click.Parameter, name: str) -> str:
    """Refuse a name and a value in one argument."""
    if "=" in name:
        raise CommandError(
            "the secret's name contains a `=` (it is not shown here: a value may follow it)",
            hint="a value is read from standard input, or by --from-env or --from-file",
        )
    return name


_name_argument: Final = declare.argument("name", "NAME", "The secret's name.", callback=_check_name)

_ABOUT_VALUES: Final = """\
The value is read from standard input if that is no terminal, and else asked for, unless an option
says where it is. It is never an argument. A byte order mark at the start of standard input or of a
file, and one line break at the end, are not part of it. It may have up to 1 MiB.
"""

secrets: Final = Group(
    "secrets", help="List, write and delete the secrets of a project. No value is ever shown."
)
secrets.command_class = _SecretCommand
add_list_command(
    secrets, SECRET, "List the names and times of a project's secrets.", "PROJECT -o json"
)


@secrets.subcommand("get", "PROJECT HF_TOKEN")
@declare.in_project
@_name_argument
@declare.results(SECRET)
def get_secret(scope: declare.Scope, name: str, results: ResultWriter) -> None:
    """Show the name and the times of a secret; its value is never returned."""
    results.write_one(scope.secrets.get(name))


def _add_writing_command(verb: str, about: str, *examples: str) -> None:
    @secrets.subcommand(verb, *examples, help=f"{about}\n\n{_ABOUT_VALUES}")
    @declare.project_argument
    @_name_argument
    @declare.flag("--from-stdin", help="Read the value from standard input.")
    @declare.option("--from-env", "VARIABLE", "Take the value of this environment variable.")
    @declare.option("--from-file", "PATH", "Read the value from this file.")
    @declare.flag("--allow-empty", help="Accept an empty value.")
    @declare.results(SECRET)
    @click.pass_obj
    def write_secret(
        context: CommandContext, /, project: str, results: ResultWriter, **given: Any
    ) -> None:
        def write(scope: declare.Scope) -> Secret:
            context.begin_write("secrets get PROJECT NAME")
            written: Secret = getattr(scope.secrets, verb)(name, value)
            context.end_write(f"wrote the secret {name!r}")
            return written

        with context.client() as client:
            name, value = given["name"], _read_value(**given)
            results.write_one(context.in_project(client, project, write))


_add_writing_command(
    "set",
    "Create or update a secret.",
    "PROJECT HF_TOKEN",
    "PROJECT HF_TOKEN <token.txt",
    "PROJECT HF_TOKEN --from-env HF_TOKEN",
    "name:vision TLS_KEY --from-file key.pem",
)
_add_writing_command(
    "create",
    "Create a secret; one that exists already is a conflict.",
    "PROJECT HF_TOKEN --from-env HF_TOKEN",
)
_add_writing_command(
    "update",
    "Replace the value of an existing secret.",
    "PROJECT HF_TOKEN --from-file token.txt",
)
add_removal_command(
    secrets, SECRET, _name_argument, "delete", "Delete a secret.", "PROJECT HF_TOKEN --yes"
)


def _read_value(
    name: str, *, from_stdin: bool, from_env: str | None, from_file: str | None, allow_empty: bool
) -> str:
    if sum((from_stdin, from_env is not None, from_file is not None)) > 1:
        raise CommandError("give one of --from-stdin, --from-env and --from-file")
    if from_env is not None:
        value = os.environ.get(from_env)
        if value is None:
            raise CommandError("the environment variable that --from-env names is not set")
    elif from_file is not None or from_stdin or not is_terminal(sys.stdin):
        value = read_stream(from_file, "the file that --from-file names")
    else:
        value = _ask_for_value(name)
    if not value and not allow_empty:
        raise CommandError("the value is empty", hint="--allow-empty accepts it")
    return value


def read_stream(path: str | None, file: str) -> str:
    """Read a file, which errors call `file`, or standard input if the path is None."""
    from ...reconcile import decode_secret, read_secret_file

    source = "standard input" if path is None else file
    try:
        if path is not None:
            return read_secret_file(path, timeout=_FILE_TIMEOUT)
        return decode_secret(read_stdin(_MAX_STDIN_BYTES))
    except OSError as error:
        raise CommandError(f"{source} cannot be read: {error.strerror}") from None
    except ValueError as problem:
        raise CommandError(f"{source} has no value: {problem}") from None


def _ask_for_value(name: str) -> str:
    while True:
        try:
            value = getpass.getpass(f"Value of {name} (it does not show): ")
            if value == getpass.getpass("The same again: "):
                return value
        except EOFError:
            raise CommandError("nothing was written", Exit.FAILED) from None
        echo_stderr("the two differ; once more")
