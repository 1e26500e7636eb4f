"""Change a collaborator's role: remove and add the user, as the API cannot update a role."""

from __future__ import annotations

import enum
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from .._api.diff import has_role
from .._api.generated import roles
from .._api.presence import present
from ..errors import APIStatusError, OutcomeUnknownError, PaperspaceError, ResponseError
from ..models import Collaborator

if TYPE_CHECKING:
    from .. import AsyncCollaborators, Role

_IF_OUT = "may be out right now: {by} adds them as {new} if they are"


class RoleChangeOutcome(enum.Enum):
    """The state of a user who did not get the new role."""

    PUT_BACK = "{user} was removed, and put back with the old role"
    ADDED_BY_OTHERS = "{user} was removed, and is in again: {by} looks with which role"
    REMOVED = "{user} was removed and is OUT right now: {by} adds them as {new}"
    MAYBE_PUT_BACK = "{user} was removed, and " + _IF_OUT
    MAYBE_REMOVED = "{user} may have been removed, and " + _IF_OUT
    INTERRUPTED = "{user} was being removed and added again, and " + _IF_OUT

    def describe(self, user: str, *, by: str, new: str | None) -> str:
        """Describe the state of the user, whom `by` adds with the `new` role."""
        return self.value.format(user=user, by=by, new=new)


class FailedRoleChange(msgspec.Struct, frozen=True):
    """A role change that failed after the user was, or may have been, removed."""

    error: Exception
    outcome: RoleChangeOutcome


async def add(
    collaborators: AsyncCollaborators, user_id: str, role: Role | None, *, project_id: str
) -> Collaborator:
    """Add a user with a role; the result has no role if the server tells none.

    Raises:
        ResponseError: the user was added, with another role.
        PaperspaceError: the user could not be added.
    """
    added = await collaborators.add(user_id, role)
    if has_role(added, role):
        return added
    found = "no role" if added.role is None else f"the role {added.role!r}"
    raise ResponseError(
        f"the user {user_id!r} was added, and the server has given them {found} instead of the "
        f"role {role!r}: list the collaborators to see which role they have",
        json_path="$.role",
        expected=repr(role),
        found=found,
        operation="addProjectCollaborator",
        method="POST",
        path=f"/projects/{quote(project_id, safe='')}/collaborators",
    )


async def change_role(
    collaborators: AsyncCollaborators,
    user_id: str,
    *,
    project_id: str,
    old: str | None,
    new: Role | None,
) -> FailedRoleChange | None:
    """Change a role; return None if the user has the new one.

    After a failure it checks whether the user is in, and with which role. If they are out, they are
    put back with the old role; this includes errors of hooks and transports.

    Raises:
        Exception: the user could not be removed: nothing has changed.
    """
    try:
        await collaborators.remove(user_id)
    except Exception as error:
        if _was_refused(error):
            raise
        try:
            found = await _find(collaborators, user_id)
        except Exception:
            return FailedRoleChange(error, RoleChangeOutcome.MAYBE_REMOVED)
        if found is not None:
            raise
        if not isinstance(error, PaperspaceError):
            return await _put_back(collaborators, user_id, old, project_id, error)
    try:
        await add(collaborators, user_id, new, project_id=project_id)
    except Exception as error:
        with suppress(Exception):  # if the user is in after all, putting them back is refused
            now = await _find(collaborators, user_id)
            if now is not None:
                if isinstance(error, PaperspaceError) and has_role(now, new):
                    return None
                return FailedRoleChange(error, RoleChangeOutcome.ADDED_BY_OTHERS)
        return await _put_back(collaborators, user_id, old, project_id, error)
    return None


def _was_refused(error: Exception) -> bool:
    """Whether the only attempt was answered with an error that says that nothing was done."""
    if isinstance(error, OutcomeUnknownError) or not isinstance(error, APIStatusError):
        return False
    return error.attempts == 1 and 400 <= error.status_code < 500 and error.status_code != 408


async def _find(collaborators: AsyncCollaborators, user_id: str) -> Collaborator | None:
    listed = present(await collaborators.list().collect())
    return next((each for each in listed if each.user_id == user_id), None)


async def _put_back(
    collaborators: AsyncCollaborators,
    user_id: str,
    old: str | None,
    project_id: str,
    error: Exception,
) -> FailedRoleChange:
    """Add a user with the old role again, after an error; return their state."""
    role: Role | None = next((each for each in roles() if each == old), None)
    with suppress(Exception):
        if role is not None or old is None:  # else the API does not take the old role
            await add(collaborators, user_id, role, project_id=project_id)
            return FailedRoleChange(error, RoleChangeOutcome.PUT_BACK)
    outcome = RoleChangeOutcome.MAYBE_PUT_BACK
    with suppress(Exception):
        is_out = await _find(collaborators, user_id) is None
        outcome = RoleChangeOutcome.REMOVED if is_out else RoleChangeOutcome.ADDED_BY_OTHERS
    return FailedRoleChange(error, outcome)
