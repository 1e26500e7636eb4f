"""`secrets`: list and show names and times, and write values, which are never shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ..command import project_argument, result_options, yes_option
from ..context import CommandContext, check_can_ask, confirm
from ..output.records import SECRET
from ..output.writer import ResultWriter
from .secret_input import SecretGroup, check_name, value_options

if TYPE_CHECKING:
    from ... import Secret

name_argument = click.argument(
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
