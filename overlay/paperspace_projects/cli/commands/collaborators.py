"""`collaborators`: the users who may work in a project."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import get_args

import click

from ... import Collaborator
from ..command import (
    Group,
    RoleName,
    argument,
    option,
    project_argument,
    result_options,
    yes_option,
)
from ..context import CommandContext
from ..errors import CommandError
from ..output.records import COLLABORATOR, Record
from ..output.writer import ResultWriter
from ..prompts import check_can_ask, confirm
from .sync import CHANGE, dry_run_option, write_sync

_LOOK_AT = "collaborators list PROJECT"

user_argument = argument("user_id", "USER_ID", "The user's id.")


@click.group("collaborators", cls=Group)
def collaborators() -> None:
    """List, add, remove and sync the collaborators of a project."""


@collaborators.command(
    "list", examples=("collaborators list PROJECT", "collaborators list name:vision -o csv")
)
@project_argument
@result_options(COLLABORATOR)
@click.pass_obj
def list_collaborators(
    context: CommandContext, project: str, results: ResultWriter[Collaborator]
) -> None:
    """List the collaborators of a project."""
    with context.project(project) as scope:
        results.write_listing(context, scope.collaborators.list())


@collaborators.command("add", examples=("collaborators add PROJECT USER_ID --role viewer",))
@project_argument
@user_argument
@option(
    "--role",
    "ROLE",
    "admin, member or viewer; the server's default if not given.",
    type=click.Choice(get_args(RoleName)),
)
@result_options(COLLABORATOR)
@click.pass_obj
def add_collaborator(
    context: CommandContext,
    project: str,
    user_id: str,
    *,
    role: RoleName | None,
    results: ResultWriter[Collaborator],
) -> None:
    """Add a user to a project, and show the collaborator."""
    with context.project(project) as scope:
        context.begin_write(_LOOK_AT)
        added = scope.collaborators.add(user_id, role)
        context.end_write(f"added the collaborator {user_id!r}")
        results.write_one(added)


@collaborators.command(
    "remove",
    examples=("collaborators remove PROJECT USER_ID", "collaborators remove PROJECT USER_ID --yes"),
)
@project_argument
@user_argument
@yes_option
@click.pass_obj
def remove_collaborator(context: CommandContext, project: str, user_id: str, yes: bool) -> None:
    """Remove a user from a project."""
    action = f"remove the collaborator {user_id!r} from the project {project!r}"
    check_can_ask(yes, action)
    with context.project(project) as scope:
        confirm(yes, action)
        context.begin_write(_LOOK_AT)
        scope.collaborators.remove(user_id)
        context.end_write(f"removed the collaborator {user_id!r}", notify_user=True)


@collaborators.command(
    "sync",
    examples=(
        "collaborators sync PROJECT USER_ID=admin OTHER_ID --dry-run",
        "collaborators sync PROJECT USER_ID=admin OTHER_ID --yes",
    ),
)
@project_argument
@argument("users", "[USER_ID[=ROLE]]...", "The wanted users; without a role, it stays.", nargs=-1)
@dry_run_option
@yes_option
@result_options(CHANGE)
@click.pass_obj
def sync_collaborators(
    context: CommandContext,
    project: str,
    *,
    users: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    results: ResultWriter[Record],
) -> None:
    """Make a project's collaborators exactly these, and show the changes."""
    wanted = _roles_by_user(users)
    with context.project(project) as scope:
        sync = partial(scope.collaborators.sync, wanted)
        write_sync(context, sync, results, look_at=_LOOK_AT, dry_run=dry_run, yes=yes)


def _roles_by_user(users: Iterable[str]) -> dict[str, RoleName | None]:
    """Parse `USER_ID` and `USER_ID=ROLE`."""
    roles = dict[str, RoleName | None]()
    for text in users:
        user_id, has_role, name = text.rpartition("=")
        role = next((each for each in get_args(RoleName) if each == name), None)
        if has_role and role is None:
            raise CommandError(f"no role {name!r}: there are {', '.join(get_args(RoleName))}")
        user_id = user_id if has_role else text
        if user_id in roles:
            raise CommandError(f"the user {user_id!r} is given twice")
        roles[user_id] = role if has_role else None
    return roles
