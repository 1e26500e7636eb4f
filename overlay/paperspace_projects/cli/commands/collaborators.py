"""`collaborators`: who may work in a project."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated, TypeAlias, get_args

import typer

from ..command import command, group
from ..context import Invocation, project_of
from ..errors import CommandError
from ..options import Fields, Output, Project, RoleName, Yes
from ..output import records as kinds
from ..output.listing import write_listing
from ..output.writer import Results
from ..prompts import ask, check_that_one_can_ask
from .sync import DryRun, write_sync

app = group("List, add, remove and sync the collaborators of a project.")

User: TypeAlias = Annotated[str, typer.Argument(metavar="USER_ID", help="The user's id.")]


@command(
    app,
    "list",
    examples=("collaborators list PROJECT", "collaborators list name:vision -o csv"),
)
def list_collaborators(
    invocation: Invocation, project: Project, output: Output = "table", fields: Fields = None
) -> None:
    """List the collaborators of a project."""
    results = Results(kinds.COLLABORATOR, output, fields)
    with invocation.client() as client:
        write_listing(invocation, project_of(client, project).collaborators.list(), results)


@command(app, "add", examples=("collaborators add PROJECT USER_ID --role viewer",))
def add_collaborator(
    invocation: Invocation,
    project: Project,
    user_id: User,
    *,
    role: Annotated[
        RoleName | None,
        typer.Option("--role", metavar="ROLE", help="admin, member or viewer; else the server's."),
    ] = None,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Add a user to a project, and show the collaborator."""
    results = Results(kinds.COLLABORATOR, output, fields)
    with invocation.client() as client:
        collaborators = project_of(client, project).collaborators
        invocation.writes("collaborators list PROJECT")
        added = collaborators.add(user_id, role)
        invocation.wrote(f"added the collaborator {user_id!r}")
        results.write_one(added)


@command(
    app,
    "remove",
    examples=("collaborators remove PROJECT USER_ID", "collaborators remove PROJECT USER_ID --yes"),
)
def remove_collaborator(
    invocation: Invocation, project: Project, user_id: User, yes: Yes = False
) -> None:
    """Remove a user from a project."""
    what = f"remove the collaborator {user_id!r} from the project {project!r}"
    check_that_one_can_ask(yes, what)
    with invocation.client() as client:
        collaborators = project_of(client, project).collaborators
        ask(yes, what)
        invocation.writes("collaborators list PROJECT")
        collaborators.remove(user_id)
        invocation.wrote(f"removed the collaborator {user_id!r}", say_so=True)


@command(
    app,
    "sync",
    examples=(
        "collaborators sync PROJECT USER_ID=admin OTHER_ID --dry-run",
        "collaborators sync PROJECT USER_ID=admin OTHER_ID --yes",
    ),
)
def sync_collaborators(
    invocation: Invocation,
    project: Project,
    users: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[USER_ID[=ROLE]]...",
            help="All that it is to have; a role that is not given stays.",
        ),
    ] = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Make a project's collaborators exactly these, and show what was changed."""
    wanted = _roles_by_user(users or ())
    with invocation.client() as client:
        scope = project_of(client, project)
        write_sync(
            invocation,
            partial(scope.collaborators.sync, wanted),
            look_at="collaborators list PROJECT",
            output=output,
            fields=fields,
            dry_run=dry_run,
            yes=yes,
        )


def _roles_by_user(users: Iterable[str]) -> dict[str, RoleName | None]:
    """The roles that are wanted.

    Raises:
        CommandError: there is no such role, or a user is given twice.
    """
    roles: dict[str, RoleName | None] = {}
    for user_id, role in map(_user_and_role, users):
        if user_id in roles:
            raise CommandError(f"the user {user_id!r} is given twice")
        roles[user_id] = role
    return roles


def _user_and_role(text: str) -> tuple[str, RoleName | None]:
    user_id, has_role, role = text.rpartition("=")
    if not has_role:
        return text, None
    for each in get_args(RoleName):
        if each == role:
            return user_id, each
    raise CommandError(f"no role {role!r}: there are {', '.join(get_args(RoleName))}")
