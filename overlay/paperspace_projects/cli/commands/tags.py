"""`tags`: the tags of a project."""

from __future__ import annotations

from functools import partial
from typing import Annotated, TypeAlias

import typer

from ..command import command, group
from ..context import Invocation, project_of
from ..options import Fields, Output, Project, Yes
from ..output import records as kinds
from ..output.listing import write_listing
from ..output.writer import Results
from ..prompts import ask, check_that_one_can_ask
from .sync import DryRun, write_sync

app = group("List, add, remove and sync the tags of a project.")

Tag: TypeAlias = Annotated[str, typer.Argument(metavar="TAG", help="The tag.")]


@command(app, "list", examples=("tags list PROJECT", "tags list name:vision -o name"))
def list_tags(
    invocation: Invocation, project: Project, output: Output = "table", fields: Fields = None
) -> None:
    """List the tags of a project."""
    results = Results(kinds.TAG, output, fields)
    with invocation.client() as client:
        write_listing(invocation, project_of(client, project).tags.list(), results)


@command(app, "add", examples=("tags add PROJECT gpu",))
def add_tag(invocation: Invocation, project: Project, tag: Tag) -> None:
    """Add a tag; one that the project has already is a conflict."""
    with invocation.client() as client:
        tags = project_of(client, project).tags
        invocation.writes("tags list PROJECT")
        tags.add(tag)
        invocation.wrote(f"added the tag {tag!r}", say_so=True)


@command(app, "remove", examples=("tags remove PROJECT gpu", "tags remove PROJECT gpu --yes"))
def remove_tag(invocation: Invocation, project: Project, tag: Tag, yes: Yes = False) -> None:
    """Remove a tag."""
    what = f"remove the tag {tag!r} from the project {project!r}"
    check_that_one_can_ask(yes, what)
    with invocation.client() as client:
        tags = project_of(client, project).tags
        ask(yes, what)
        invocation.writes("tags list PROJECT")
        tags.remove(tag)
        invocation.wrote(f"removed the tag {tag!r}", say_so=True)


@command(
    app,
    "sync",
    examples=("tags sync PROJECT gpu vision --dry-run", "tags sync PROJECT gpu vision --yes"),
)
def sync_tags(
    invocation: Invocation,
    project: Project,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="[TAG]...", help="All that it is to have.")
    ] = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Make a project's tags exactly these, and show what was changed."""
    with invocation.client() as client:
        scope = project_of(client, project)
        write_sync(
            invocation,
            partial(scope.tags.sync, tags or ()),
            look_at="tags list PROJECT",
            output=output,
            fields=fields,
            dry_run=dry_run,
            yes=yes,
        )
