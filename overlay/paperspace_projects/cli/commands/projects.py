"""`projects`: list, read, find, create, update and delete them."""

from __future__ import annotations

from typing import Any, Final

import click

from ..._api.generated import orders
from .. import declare
from ..context import CommandContext, check_can_ask, confirm, find_project_named
from ..errors import CommandError, Exit
from ..output.results import PROJECT, ResultWriter
from ..output.streams import notify_unconfirmed

projects: Final = declare.Group(
    "projects", help="List, read, find, create, update and delete projects."
)


@projects.subcommand(
    "list", "", "--order asc --limit 10 -o csv --fields id,name", "-o jsonl | head -n 1"
)
@declare.option("--order-by", "FIELD", "Sort by this field, such as dtCreated.")
@declare.option("--order", "ORDER", "asc or desc.", type=declare.EnumValue(orders))
@declare.pages
@declare.results(PROJECT)
@click.pass_obj
def list_projects(
    context: CommandContext, /, limit: int | None, results: ResultWriter, **query: Any
) -> None:
    """List the projects of the team."""
    with context.client() as client:
        results.write_listing(client.projects.list(**query), limit)


@projects.subcommand("get", "PROJECT", "vision -o json")
@declare.in_project
@declare.results(PROJECT)
def get_project(scope: declare.Scope, results: ResultWriter) -> None:
    """Show a project."""
    results.write_one(scope.get())


@projects.subcommand("find", "vision", "vision -o name")
@declare.argument("name", "NAME", "The project's exact name.")
@declare.results(PROJECT)
@click.pass_obj
def find_project(context: CommandContext, name: str, results: ResultWriter) -> None:
    """Show the project with a name; several with that name are a conflict."""
    with context.client() as client:
        results.write_one(find_project_named(client, name))


@projects.subcommand("create", "vision --description 'Images and video'", "vision -o name")
@declare.argument("name", "NAME", "The name; it need not be unique.")
@declare.option("--description", "TEXT", "The description.")
@declare.results(PROJECT)
@click.pass_obj
def create_project(
    context: CommandContext, name: str, description: str | None, results: ResultWriter
) -> None:
    """Create a project, and show it."""
    with context.client() as client:
        context.begin_write("projects find NAME")
        created = client.projects.create(name, description=description)
        context.end_write(f"created the project {created.name!r} ({created.id})")
        results.write_one(created)
        notify_unconfirmed(created, description=description)


@projects.subcommand("update", "PROJECT --name vision-2", "PROJECT --description ''")
@declare.in_project
@declare.option("--name", "NAME", "The new name.")
@declare.option("--description", "TEXT", "The new description; empty clears it.")
@declare.results(PROJECT)
@click.pass_obj
def update_project(
    context: CommandContext, /, scope: declare.Scope, results: ResultWriter, **given: str | None
) -> None:
    """Change a project's name or description, and show it."""
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise CommandError("there is nothing to update: give --name, --description or both")
    context.begin_write("projects get PROJECT")
    updated = scope.update(**changes)
    context.end_write(f"updated the project {updated.name!r} ({scope.id})")
    results.write_one(updated)
    notify_unconfirmed(updated, **changes)


@projects.subcommand("delete", "PROJECT", "name:vision --yes")
@declare.project_argument
@declare.yes_option
@click.pass_obj
def delete_project(context: CommandContext, project: str, yes: bool) -> None:
    """Delete a project and everything in it."""
    check_can_ask(yes, f"delete the project {project!r}")

    def delete(scope: declare.Scope) -> None:
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

    with context.client() as client:
        context.in_project(client, project, delete)
