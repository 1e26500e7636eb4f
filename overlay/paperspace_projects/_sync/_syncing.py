# Derived from _async/_syncing.py by `nox -s generate`: change that one.
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

    from ._parts import Collaborators, Models, Tags


def sync_names(
    part: Tags | Models,
    wanted: Collection[str],
    *,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make tags or models exactly these; gives what was, or would be, changed."""
    if changes is None:
        changes = _name_changes(part, wanted)
    else:
        differences.check_changes(changes, dict.fromkeys(wanted))
    if dry_run:
        return changes
    for name in changes.added:
        with suppress(ConflictError):  # it was added meanwhile
            part.add(name)
    for name in changes.removed:
        try:
            part.remove(name)
        except NotFoundError:  # it was removed meanwhile, or the whole project
            if name in (_name_changes(part, wanted)).removed:
                raise
    return changes


def _name_changes(part: Tags | Models, wanted: Collection[str]) -> Changes:
    there = part.list().collect()
    return differences.of_names(
        [each if isinstance(each, str) else each.id for each in there], wanted
    )


def sync_roles(
    part: Collaborators,
    wanted: Mapping[str, AddProjectCollaboratorBodyRole | None],
    *,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make the collaborators exactly these; gives what was, or would be, changed."""
    if changes is None:
        changes = _role_changes(part, wanted)
    else:
        differences.check_changes(changes, wanted)
        if changes.changed:
            changes = differences.check_roles(changes, _role_changes(part, wanted))
    if dry_run:
        return changes
    for user_id in changes.added:
        try:
            part.add(user_id, wanted[user_id])
        except ConflictError:  # somebody else added the user meanwhile
            now = _role_changes(part, wanted)
            if user_id in (each.user_id for each in now.changed):
                raise
    for change in changes.changed:
        _change_role(part, change, wanted[change.user_id])
    for user_id in changes.removed:
        try:
            part.remove(user_id)
        except NotFoundError:
            if user_id in (_role_changes(part, wanted)).removed:
                raise
    return changes


def _role_changes(
    part: Collaborators, wanted: Mapping[str, AddProjectCollaboratorBodyRole | None]
) -> Changes:
    return differences.of_roles(part.list().collect(), wanted)


def _change_role(
    part: Collaborators, change: RoleChange, role: AddProjectCollaboratorBodyRole | None
) -> None:
    """Remove a user and add them again, as the API has no update."""
    part.remove(change.user_id)
    try:
        part.add(change.user_id, role)
    except PaperspaceError as error:
        error.add_note(_put_back(part, change))
        raise


def _put_back(part: Collaborators, change: RoleChange) -> str:
    """Give a user the old role again; gives what is now."""
    old: AddProjectCollaboratorBodyRole | None = next(
        (each for each in roles() if each == change.before), None
    )
    if old is not None or change.before is None:
        with suppress(PaperspaceError):
            part.add(change.user_id, old)
            return f"{change.user_id} was removed, and put back with the old role"
    return f"{change.user_id} was removed and may be out right now: call sync again"
