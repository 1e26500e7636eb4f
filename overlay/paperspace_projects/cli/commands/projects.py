"""`projects`: list, read, find, create, update and delete them."""

from __future__ import annotations

from typing import Any

import click

from ... import Project
from ..command import (
    Group,
    argument,
    option,
    page_options,
    project_argument,
    result_options,
    yes_option,
)
from ..context import CommandContext, check_can_ask, confirm, find_project_named
from ..errors import CommandError, Exit
from ..output.records import PROJECT
from ..output.writer import ResultWriter


@click.group("projects", cls=Group)
def projects() -> None:
    """List, read, find, create, update and delete projects."""


@projects.command(
    "list",
    examples=(
        "projects list",
        "projects list --order asc --limit 10 -o csv --fields id,name",
        "projects list -o jsonl | head -n 1",
    ),
)
@option("--order-by", "FIELD", "Sort by this field, such as dtCreated.")
@option("--order", "ORDER", "asc or desc.", type=click.Choice(["asc", "desc"]))
@page_options
@result_options(PROJECT)
@click.pass_obj
def list_projects(
    context: CommandContext,
    /,
    limit: int | None,
    results: ResultWriter[Project],
    **query: Any,
) -> None:
    """List the projects of the team."""
    with context.client() as client:
        results.write_listing(context, client.projects.list(**query), limit)


@projects.command("get", examples=("projects get PROJECT", "projects get name:vision -o json"))
@project_argument
@result_options(PROJECT)
@click.pass_obj
def get_project(context: CommandContext, project: str, results: ResultWriter[Project]) -> None:
    """Show a project."""
    with context.project(project) as scope:
        results.write_one(scope.get())


@projects.command("find", examples=("projects find vision", "projects find vision -o name"))
@argument("name", "NAME", "The project's exact name.")
@result_options(PROJECT)
@click.pass_obj
def find_project(context: CommandContext, name: str, results: ResultWriter[Project]) -> None:
    """Show the project with a name; several with that name are a conflict."""
    with context.client() as client:
        results.write_one(find_project_named(client, name))


@projects.command(
    "create",
    examples=(
        "projects create vision --description 'Images and video'",
        "projects create vision -o name",
    ),
)
@argument("name", "NAME", "The name; it need not be unique.")
@option("--description", "TEXT", "The description.")
@result_options(PROJECT)
@click.pass_obj
def create_project(
    context: CommandContext, name: str, description: str | None, results: ResultWriter[Project]
) -> None:
    """Create a project, and show it."""
    with context.client() as client:
        context.begin_write("projects find NAME")
        created = client.projects.create(name, description=description)
        context.end_write(f"created the project {created.name!r} ({created.id})")
        results.write_one(created)


@projects.command(
    "update",
    examples=(
        "projects update PROJECT --name vision-2",
        "projects update PROJECT --description ''",
    ),
)
@project_argument
@option("--name", "NAME", "The new name.")
@option("--description", "TEXT", "The new description; empty clears it.")
@result_options(PROJECT)
@click.pass_obj
def update_project(
    context: CommandContext, /, project: str, results: ResultWriter[Project], **given: str | None
) -> None:
    """Change a project's name or description, and show it."""
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise CommandError("there is nothing to update: give --name, --description or both")
    with context.project(project) as scope:
        context.begin_write("projects get PROJECT")
        updated = scope.update(**changes)
        context.end_write(f"updated the project {updated.name!r} ({scope.id})")
        results.write_one(updated)


@projects.command(
    "delete", examples=("projects delete PROJECT", "projects delete name:vision --yes")
)
@project_argument
@yes_option
@click.pass_obj
def delete_project(context: CommandContext, project: str, yes: bool) -> None:
    """Delete a project and everything in it."""
    check_can_ask(yes, f"delete the project {project!r}")
    with context.project(project) as scope:
        if not yes:
            name = scope.get().name
            confirm(yes, f"delete the project {name!r} ({scope.id}) and everything in it")
            now = scope.get().name
            if now != name:
                renamed = f"nothing was deleted: the project {scope.id} is now named {now!r}"
                raise CommandError(renamed, Exit.CONFLICT)
        context.begin_write("projects get PROJECT")
        scope.delete()
        context.end_write(f"deleted the project {scope.id}", notify_user=True)
