"""`plan`, `apply`, `export` and `schema`: bring projects to a desired state."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

import click
import msgspec

from ...errors import InvalidArgumentError
from .. import declare
from ..context import CommandContext, check_can_ask, confirm
from ..declare import Function
from ..errors import CommandError, Exit, exit_for, exit_for_all, report_error
from ..output import formats
from ..output.drawing import progress_bar
from ..output.plan_writer import StepsFormat, StepWriter, write_plan
from ..output.streams import discard_stream, echo_stderr, print_error

if TYPE_CHECKING:
    from pathlib import Path

    from ... import Client
    from ...reconcile import Plan, Reference, Rotation

FileFormat: TypeAlias = Literal["yaml", "json"]

_file_argument: Final = declare.argument("file", "FILE", "A desired state: a YAML or JSON file.")


def _plan_options(function: Function) -> Function:
    """Add `--output`, and the options that are arguments of `_make_plan`."""
    when = "never, always, or when older than P30D, PT12H or a number of days."
    suffix = "yaml or json, if the suffix does not tell."
    prune = declare.flag(
        "--prune", help="Also remove what is not declared, WHOLE PROJECTS included."
    )
    rotate = declare.option(
        "--rotate-secrets", "WHEN", f"Write secrets anew: {when}", default="never"
    )
    form = declare.option("--format", "FORMAT", suffix, type=click.Choice(get_args(FileFormat)))
    return prune(rotate(form(declare.output_option(get_args(StepsFormat))(function))))


def _make_plan(
    client: Client, file: str, *, format: FileFormat | None, prune: bool, rotate_secrets: str
) -> Plan:
    from ... import reconcile

    desired = reconcile.load(file, format=format)
    age = None if rotate_secrets in ("never", "always") else rotate_secrets
    rotation = cast("Rotation", rotate_secrets if age is None else "if-older-than")
    try:
        made = reconcile.plan(client, desired, prune=prune, rotate_secrets=rotation, older_than=age)
    except InvalidArgumentError as error:
        if error.argument != "older_than":
            raise
        raise CommandError(
            "--rotate-secrets must be never, always, a number of days, or an ISO 8601 duration "
            f"such as P30D or PT12H, not {age!r}"
        ) from None
    missing = [
        step
        for step in made.steps
        if isinstance(step, reconcile.CreateSecret | reconcile.RotateSecret)
        and not _leads_somewhere(step.reference, made.base)
    ]
    if not missing:
        return made
    listed = ", ".join(dict.fromkeys(str(step.reference) for step in missing))
    projects = len({(step.project_id, step.project) for step in missing})
    count = f"{projects} project{'' if projects == 1 else 's'}"
    note = f"`apply` would fail here in {count}, as there is no {listed}"
    return msgspec.structs.replace(made, notes=(note, *made.notes))


def _leads_somewhere(reference: Reference, base: Path) -> bool:
    """Whether the variable or file of a reference exists; commands are not run."""
    if reference.kind == "env":
        return bool(os.environ.get(reference.target))
    return reference.kind != "file" or os.path.exists(base / reference.target)


@declare.command(
    "plan", "projects.yaml", "projects.yaml --exit-code", "projects.yaml --prune -o json"
)
@_file_argument
@declare.flag("--exit-code", help="End with 10 if there are changes.")
@_plan_options
@click.pass_obj
def plan(
    context: CommandContext, /, file: str, *, exit_code: bool, output: StepsFormat, **planning: Any
) -> Exit:
    """Show what would be changed, without changing it."""
    with context.client() as client:
        made = _make_plan(client, file, **planning)
    write_plan(made, output)
    return Exit.CHANGES if exit_code and not made.is_empty else Exit.DONE


@declare.command(
    "apply",
    "projects.yaml",
    "projects.yaml --yes -o jsonl",
    "projects.yaml --rotate-secrets P30D --yes",
)
@_file_argument
@declare.flag("--allow-commands", help="Run the commands of cmd: references to secrets.")
@declare.concurrency_option("projects")
@declare.yes_option
@_plan_options
@click.pass_obj
def apply(
    context: CommandContext, /, file: str, yes: bool, output: StepsFormat, **options: Any
) -> Exit:
    """Bring projects to a desired state: plan, ask, apply.

    After a failure or an interruption, run it again: it resumes where it was. A step is refused as
    stale if its target has changed since the plan was made.
    """
    check_can_ask(yes, f"apply {file!r}")
    applying = {name: options.pop(name) for name in ("allow_commands", "concurrency")}
    context.progress = lambda: "nothing was changed"
    with context.client() as client:
        made = _make_plan(client, file, **options)
        echo_stderr(str(made))
        if not made.is_empty:
            confirm(yes, "apply this plan")
        with progress_bar(context, "steps", output, total=len(made.steps)) as bar:
            writer = StepWriter(made, output, bar)
            context.progress = lambda: f"{writer.progress()}\n{context.again()}"
            context.done = None if made.is_empty else writer.progress
            context.open_client = None  # after Ctrl-C, a step that has begun may still be done
            try:
                result = made.apply(client, on_step=writer.add, **applying)
            except KeyboardInterrupt as interruption:
                writer.interrupted(interruption)
                raise
    try:
        writer.finish(result)
    except OSError as error:
        if result.is_ok:
            raise
        discard_stream(sys.stdout)
        report_error(error)  # the failed steps decide the exit code
        print_error(writer.progress())
    else:
        if not result.is_ok:
            if output != "table":  # a table shows them among the results
                echo_stderr("\n".join(each.describe() for each in result.failed))
            print_error(writer.summary())
    codes = [exit_for(each.error) for each in result.failed if each.error is not None]
    return exit_for_all(codes, any_done=bool(result.done))


@declare.command("export", ">projects.yaml", "vision -o json")
@declare.projects_argument
@declare.concurrency_option("projects")
@declare.output_option(get_args(FileFormat), "yaml")
@click.pass_obj
def export(
    context: CommandContext, projects: tuple[str, ...], concurrency: int, output: FileFormat
) -> None:
    """Write the current state as a desired state.

    A plan for it is empty. The values of secrets cannot be read: references to environment
    variables stand in their place.
    """
    from ...reconcile import export as export_state

    with context.client() as client:
        found = (context.in_project(client, each, lambda scope: scope.get()) for each in projects)
        ids = [each.id for each in found] or None
        state = export_state(client, project_ids=ids, concurrency=concurrency)
    sys.stdout.write(formats.DOCUMENTS[output](state.to_dict()))
    echo_stderr("\n".join(f"note: {each}" for each in state.notes))


@declare.command("schema", ">desired-state.schema.json")
def schema() -> None:
    """Show the JSON Schema of a desired state."""
    from ...reconcile import schema as desired_state_schema

    sys.stdout.write(formats.json_one(desired_state_schema()))
