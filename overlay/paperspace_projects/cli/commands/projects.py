"""`projects`: list, read, find, create, update and delete them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ... import UNSET
from ..command import command, group
from ..context import Invocation, found, project_of
from ..errors import CommandError
from ..exit_codes import Exit
from ..options import Fields, Output, Project, Yes
from ..output import records as kinds
from ..output.listing import After, Limit, PageSize, page_size_for, write_listing
from ..output.writer import Results
from ..prompts import ask, check_that_one_can_ask

app = group("List, read, find, create, update and delete projects.")


@command(
    app,
    "list",
    examples=(
        "projects list",
        "projects list --order asc --limit 10 -o csv --fields id,name",
        "projects list -o jsonl | head -n 1",
    ),
)
def list_projects(
    invocation: Invocation,
    *,
    order_by: Annotated[
        str | None,
        typer.Option("--order-by", metavar="FIELD", help="What to sort by, such as dtCreated."),
    ] = None,
    order: Annotated[
        Literal["asc", "desc"] | None,
        typer.Option("--order", metavar="ORDER", help="asc or desc."),
    ] = None,
    limit: Limit = None,
    after: After = None,
    page_size: PageSize = None,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """List the projects of the team."""
    results = Results(kinds.PROJECT, output, fields)
    with invocation.client() as client:
        pager = client.projects.list(
            order_by=order_by,
            order=order,
            page_size=page_size_for(limit, page_size),
            after=after,
        )
        write_listing(invocation, pager, results, limit)


@command(
    app,
    "get",
    examples=("projects get PROJECT", "projects get name:vision -o json"),
)
def get_project(
    invocation: Invocation, project: Project, output: Output = "table", fields: Fields = None
) -> None:
    """Show a project."""
    results = Results(kinds.PROJECT, output, fields)
    with invocation.client() as client:
        results.write_one(project_of(client, project).get())


@command(
    app,
    "find",
    examples=("projects find vision", "projects find vision -o name"),
)
def find_project(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its exact name.")],
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Show the one project of a name; several of that name are a conflict."""
    results = Results(kinds.PROJECT, output, fields)
    with invocation.client() as client:
        results.write_one(found(client, name))


@command(
    app,
    "create",
    examples=(
        "projects create vision --description 'Images and video'",
        "projects create vision -o name",
    ),
)
def create_project(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name; it need not be unique.")],
    description: Annotated[
        str | None,
        typer.Option("--description", metavar="TEXT", help="What it is for."),
    ] = None,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Create a project, and show it."""
    results = Results(kinds.PROJECT, output, fields)
    with invocation.client() as client:
        invocation.writes("projects find NAME")
        created = client.projects.create(name, description=description)
        invocation.wrote(f"created the project {created.name!r} ({created.id})")
        results.write_one(created)


@command(
    app,
    "update",
    examples=(
        "projects update PROJECT --name vision-2",
        "projects update PROJECT --description ''",
    ),
)
def update_project(
    invocation: Invocation,
    project: Project,
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Its new name.")
    ] = None,
    description: Annotated[
        str | None,
        typer.Option(
            "--description", metavar="TEXT", help="Its new description; an empty one clears it."
        ),
    ] = None,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Change a project's name or description, and show it."""
    results = Results(kinds.PROJECT, output, fields)
    if name is None and description is None:
        raise CommandError("there is nothing to update: give --name, --description or both")
    with invocation.client() as client:
        scope = project_of(client, project)
        invocation.writes("projects get PROJECT")
        updated = scope.update(
            name=UNSET if name is None else name,
            description=UNSET if description is None else description,
        )
        invocation.wrote(f"updated the project {updated.name!r} ({scope.id})")
        results.write_one(updated)


@command(
    app,
    "delete",
    examples=("projects delete PROJECT", "projects delete name:vision --yes"),
)
def delete_project(invocation: Invocation, project: Project, yes: Yes = False) -> None:
    """Delete a project and all that it holds."""
    check_that_one_can_ask(yes, f"delete the project {project!r}")
    with invocation.client() as client:
        scope = project_of(client, project)
        if not yes:
            name = scope.get().name
            ask(yes, f"delete the project {name!r} ({scope.id}) and all that it holds")
            now = scope.get().name
            if now != name:
                renamed = f"nothing was deleted: the project {scope.id} is named {now!r} by now"
                raise CommandError(renamed, Exit.CONFLICT)
        invocation.writes("projects get PROJECT")
        scope.delete()
        invocation.wrote(f"deleted the project {scope.id}", say_so=True)
