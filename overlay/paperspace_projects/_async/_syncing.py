"""Making a part of a project exactly what is wanted: look, then add, change and remove.

Whoever else is at the same part is no hindrance: what is as wanted by now is left. After any error
it can be called again, and goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import paperspace_projects._differences as differences

from .._generated import roles
from ..errors import ConflictError, NotFoundError, PaperspaceError
from ..models import Changes, RoleChange

if TYPE_CHECKING:
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole

    from ._parts import AsyncCollaborators, AsyncModels, AsyncTags


async def sync_names(
    part: AsyncTags | AsyncModels,
    wanted: Collection[str],
    *,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make tags or models exactly these; gives what was, or would be, changed."""
    if changes is None:
        changes = await _name_changes(part, wanted)
    else:
        differences.check_changes(changes, dict.fromkeys(wanted))
    if dry_run:
        return changes
    for name in changes.added:
        with suppress(ConflictError):  # it was added meanwhile
            await part.add(name)
    for name in changes.removed:
        try:
            await part.remove(name)
        except NotFoundError:  # it was removed meanwhile, or the whole project
            if name in (await _name_changes(part, wanted)).removed:
                raise
    return changes


async def _name_changes(part: AsyncTags | AsyncModels, wanted: Collection[str]) -> Changes:
    there = await part.list().collect()
    return differences.of_names(
        [each if isinstance(each, str) else each.id for each in there], wanted
    )


async def sync_roles(
    part: AsyncCollaborators,
    wanted: Mapping[str, AddProjectCollaboratorBodyRole | None],
    *,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make the collaborators exactly these; gives what was, or would be, changed."""
    if changes is None:
        changes = await _role_changes(part, wanted)
    else:
        differences.check_changes(changes, wanted)
        if changes.changed:
            changes = differences.check_roles(changes, await _role_changes(part, wanted))
    if dry_run:
        return changes
    for user_id in changes.added:
        try:
            await part.add(user_id, wanted[user_id])
        except ConflictError:  # somebody else added the user meanwhile
            now = await _role_changes(part, wanted)
            if user_id in (each.user_id for each in now.changed):
                raise
    for change in changes.changed:
        await _change_role(part, change, wanted[change.user_id])
    for user_id in changes.removed:
        try:
            await part.remove(user_id)
        except NotFoundError:
            if user_id in (await _role_changes(part, wanted)).removed:
                raise
    return changes


async def _role_changes(
    part: AsyncCollaborators, wanted: Mapping[str, AddProjectCollaboratorBodyRole | None]
) -> Changes:
    return differences.of_roles(await part.list().collect(), wanted)


async def _change_role(
    part: AsyncCollaborators, change: RoleChange, role: AddProjectCollaboratorBodyRole | None
) -> None:
    """Remove a user and add them again, as the API has no update."""
    await part.remove(change.user_id)
    try:
        await part.add(change.user_id, role)
    except PaperspaceError as error:
        error.add_note(await _put_back(part, change))
        raise


async def _put_back(part: AsyncCollaborators, change: RoleChange) -> str:
    """Give a user the old role again; gives what is now."""
    old: AddProjectCollaboratorBodyRole | None = next(
        (each for each in roles() if each == change.before), None
    )
    if old is not None or change.before is None:
        with suppress(PaperspaceError):
            await part.add(change.user_id, old)
            return f"{change.user_id} was removed, and put back with the old role"
    return f"{change.user_id} was removed and may be out right now: call sync again"
