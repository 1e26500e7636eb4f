"""`secrets`: their names and times are shown, their values are written and never read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ..command import command, group
from ..context import Invocation, project_of
from ..options import Fields, Output, Project, Yes
from ..output import records as kinds
from ..output.listing import write_listing
from ..output.writer import Results
from ..prompts import ask, check_that_one_can_ask
from .secret_input import (
    AllowEmpty,
    FromEnv,
    FromFile,
    FromStdin,
    SecretCommand,
    check_name,
    secret_value,
)

if TYPE_CHECKING:
    from ... import Secret, Secrets

app = group("List the secrets of a project, write and delete them. No value is ever shown.")

Name: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="The secret's name.")]

_ABOUT_VALUES = """\
The value is read from standard input if that is no terminal, and else asked for, unless an option
says where it is. It is never an argument. A byte order mark at the beginning of standard input or
of a file and one line break at the end are not a part of it. It may have 1 MiB at the most.
"""


@command(app, "list", cls=SecretCommand, examples=("secrets list PROJECT -o json",))
def list_secrets(
    invocation: Invocation, project: Project, output: Output = "table", fields: Fields = None
) -> None:
    """List the names and times of a project's secrets."""
    results = Results(kinds.SECRET, output, fields)
    with invocation.client() as client:
        write_listing(invocation, project_of(client, project).secrets.list(), results)


@command(app, "get", cls=SecretCommand, examples=("secrets get PROJECT HF_TOKEN",))
def get_secret(
    invocation: Invocation,
    project: Project,
    name: Name,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Show the name and the times of a secret; its value is never given back."""
    check_name(name)
    results = Results(kinds.SECRET, output, fields)
    with invocation.client() as client:
        results.write_one(project_of(client, project).secrets.get(name))


def _add_writing(
    verb: str, about: str, examples: Sequence[str], write: Callable[[Secrets, str, str], Secret]
) -> None:
    """Add a command that writes a secret and shows what the server says of it."""

    def write_secret(
        invocation: Invocation,
        project: Project,
        name: Name,
        *,
        from_stdin: FromStdin = False,
        from_env: FromEnv = None,
        from_file: FromFile = None,
        allow_empty: AllowEmpty = False,
        output: Output = "table",
        fields: Fields = None,
    ) -> None:
        check_name(name)
        results = Results(kinds.SECRET, output, fields)
        with invocation.client() as client:
            secrets = project_of(client, project).secrets
            value = secret_value(
                name,
                from_stdin=from_stdin,
                from_env=from_env,
                from_file=from_file,
                allow_empty=allow_empty,
            )
            invocation.writes("secrets get PROJECT NAME")
            written = write(secrets, name, value)
            invocation.wrote(f"wrote the secret {name!r}")
            results.write_one(written)

    write_secret.__doc__ = f"{about}\n\n{_ABOUT_VALUES}"
    command(app, verb, cls=SecretCommand, examples=examples)(write_secret)


_add_writing(
    "set",
    "Create or update a secret, whichever is right.",
    (
        "secrets set PROJECT HF_TOKEN",
        "secrets set PROJECT HF_TOKEN <token.txt",
        "secrets set PROJECT HF_TOKEN --from-env HF_TOKEN",
        "secrets set name:vision TLS_KEY --from-file key.pem",
    ),
    lambda secrets, name, value: secrets.set(name, value),
)
_add_writing(
    "create",
    "Create a secret; one that is there already is a conflict.",
    ("secrets create PROJECT HF_TOKEN --from-env HF_TOKEN",),
    lambda secrets, name, value: secrets.create(name, value),
)
_add_writing(
    "update",
    "Replace the value of a secret that is there.",
    ("secrets update PROJECT HF_TOKEN --from-file token.txt",),
    lambda secrets, name, value: secrets.update(name, value),
)


@command(app, "delete", cls=SecretCommand, examples=("secrets delete PROJECT HF_TOKEN --yes",))
def delete_secret(invocation: Invocation, project: Project, name: Name, yes: Yes = False) -> None:
    """Delete a secret."""
    check_name(name)
    what = f"delete the secret {name!r} of the project {project!r}"
    check_that_one_can_ask(yes, what)
    with invocation.client() as client:
        secrets = project_of(client, project).secrets
        ask(yes, what)
        invocation.writes("secrets list PROJECT")
        secrets.delete(name)
        invocation.wrote(f"deleted the secret {name!r}", say_so=True)
