"""`plan`, `apply`, `export` and `schema`: projects brought to a described state."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from ...errors import InvalidArgumentError
from ..command import command
from ..context import Invocation, project_of
from ..errors import CommandError
from ..exit_codes import Exit, exit_for, exit_for_all
from ..options import StepsFormat, Yes
from ..output import formats
from ..output.messages import say, say_error
from ..output.plan_writer import Applied, write_plan
from ..output.progress import no_bar, progress_bar
from ..output.streams import let_go
from ..prompts import ask, check_that_one_can_ask
from ..runner import failed

if TYPE_CHECKING:
    from ... import Client
    from ...reconcile import Plan, Rotation

FileFormat: TypeAlias = Literal["yaml", "json"]

File: TypeAlias = Annotated[
    str, typer.Argument(metavar="FILE", help="A desired state: a YAML or JSON file.")
]
Format: TypeAlias = Annotated[
    FileFormat | None,
    typer.Option("--format", metavar="FORMAT", help="yaml or json, if the suffix does not tell."),
]
Prune: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--prune",
        help="Remove what is not declared, WHOLE PROJECTS included. Else nothing is removed.",
    ),
]
Rotate: TypeAlias = Annotated[
    str,
    typer.Option(
        "--rotate-secrets",
        metavar="WHEN",
        help="Write secrets anew: never, always, or when older than P30D, PT12H or so many days.",
    ),
]
Steps: TypeAlias = Annotated[
    StepsFormat,
    typer.Option("--output", "-o", metavar="FORMAT", help="table, json, jsonl, csv or yaml."),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(
        app,
        "plan",
        examples=(
            "plan projects.yaml",
            "plan projects.yaml --exit-code",
            "plan projects.yaml --prune -o json",
        ),
    )(show_plan)
    command(
        app,
        "apply",
        examples=(
            "apply projects.yaml",
            "apply projects.yaml --yes -o jsonl",
            "apply projects.yaml --rotate-secrets P30D --yes",
        ),
    )(apply_plan)
    command(
        app,
        "export",
        examples=("export >projects.yaml", "export name:vision -o json"),
    )(export_state)
    command(app, "schema", examples=("schema >desired-state.schema.json",))(show_schema)


def show_plan(
    invocation: Invocation,
    file: File,
    *,
    prune: Prune = False,
    rotate_secrets: Rotate = "never",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 10 if there are changes.")
    ] = False,
    format: Format = None,
    output: Steps = "table",
) -> Exit:
    """Show what would be changed; nothing is written."""
    with invocation.client() as client:
        plan = make_plan(client, file, format, prune=prune, rotate_secrets=rotate_secrets)
    write_plan(plan, output)
    return Exit.CHANGES if exit_code and not plan.is_empty else Exit.DONE


def apply_plan(
    invocation: Invocation,
    file: File,
    *,
    prune: Prune = False,
    rotate_secrets: Rotate = "never",
    allow_commands: Annotated[
        bool,
        typer.Option("--allow-commands", help="Run the commands of cmd: references to secrets."),
    ] = False,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", help="So many projects at a time.")
    ] = 16,
    yes: Yes = False,
    format: Format = None,
    output: Steps = "table",
) -> Exit:
    """Bring projects to a desired state: plan, ask, apply.

    It can be run again after any failure or interruption, and goes on where it was. A step is
    refused as stale if what it is about has changed since the plan was made.
    """
    check_that_one_can_ask(yes, f"apply {file!r}")
    with invocation.client() as client:
        plan = make_plan(client, file, format, prune=prune, rotate_secrets=rotate_secrets)
        say(str(plan))
        if not plan.is_empty:
            ask(yes, "apply this plan")
        with no_bar() if plan.is_empty else progress_bar(invocation, "steps", output) as bar:
            applied = Applied(plan, output, bar)
            invocation.progress = applied.reached
            invocation.done = None if plan.is_empty else applied.reached
            result = plan.apply(
                client,
                on_step=applied.take,
                allow_commands=allow_commands,
                concurrency=concurrency,
            )
    codes = [exit_for(each.error) for each in result.failed if each.error is not None]
    try:
        applied.end(result)
    except OSError as error:
        if result.is_ok:
            raise
        let_go(sys.stdout)
        failed(error)  # what the steps failed with decides the exit code
        say_error(applied.reached())
    else:
        if not result.is_ok:
            if output != "table":  # there they stand among the results
                say("\n".join(each.describe() for each in result.failed))
            say_error(applied.said())
    return exit_for_all(codes, any_done=bool(result.done))


def export_state(
    invocation: Invocation,
    projects: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROJECT]...", help="Ids of projects, or name:NAME; else all."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", help="So many projects at a time.")
    ] = 16,
    output: Annotated[
        FileFormat, typer.Option("--output", "-o", metavar="FORMAT", help="yaml or json.")
    ] = "yaml",
) -> None:
    """Write down today's state as a desired state.

    A plan for it is empty. The values of secrets cannot be read: in their place are references to
    environment variables.
    """
    from ...reconcile import export

    with invocation.client() as client:
        ids = [project_of(client, each).id for each in projects] if projects else None
        state = export(client, project_ids=ids, concurrency=concurrency)
    write = formats.json_one if output == "json" else formats.yaml_one
    sys.stdout.write(write(state.to_dict()))
    if state.notes:
        say("\n".join(f"note: {each}" for each in state.notes))


def show_schema(_invocation: Invocation) -> None:
    """Show the JSON Schema of a desired state."""
    from ...reconcile import schema

    sys.stdout.write(formats.json_one(schema()))


def make_plan(
    client: Client,
    file: str,
    format: FileFormat | None,
    *,
    prune: bool,
    rotate_secrets: str,
) -> Plan:
    """The plan for a file, whose secrets are rotated `never`, `always`, or at an age.

    Raises:
        PaperspaceError: the file or the age cannot be used, or what is there cannot be read.
    """
    from ...reconcile import load, plan

    desired = load(file, format=format)
    match rotate_secrets:
        case "never" | "always":
            return plan(client, desired, prune=prune, rotate_secrets=rotate_secrets)
        case age:
            rotation: Rotation = "if-older-than"
    try:
        return plan(client, desired, prune=prune, rotate_secrets=rotation, older_than=age)
    except InvalidArgumentError as error:
        if error.argument != "older_than":
            raise
        raise CommandError(
            "--rotate-secrets must be never, always, a number of days, or an ISO 8601 duration "
            f"such as P30D or PT12H, not {age!r}"
        ) from None
