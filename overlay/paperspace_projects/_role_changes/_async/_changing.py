"""Removing a user and adding them again, as the API has no update of a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import frozen

import paperspace_projects._differences as differences

from ..._generated import roles
from ...errors import APIStatusError, ConflictError, OutcomeUnknownError, PaperspaceError
from ...models import Collaborator

if TYPE_CHECKING:
    from ... import AsyncCollaborators, Role

LeftBehind: TypeAlias = Literal["put back", "in again", "out", "unknown"]
"""What became of a user who was removed and did not get the new role.

They were put back with the old role, they are in again by other hands, they are out, or nothing
tells.
"""


@frozen
class HalfDone:
    """A change whose first half alone was done: the error of the second, and what that left."""

    error: PaperspaceError
    left_behind: LeftBehind


async def change_role(
    collaborators: AsyncCollaborators, user_id: str, *, old: str | None, new: Role | None
) -> HalfDone | None:
    """Change a role by removing the user and adding them again.

    After a failure it looks whether the user is in, and with which role. If they were removed and
    are out, they are put back with the old role.

    Returns:
        None if the user has the new role.

    Raises:
        PaperspaceError: the user could not be removed, so that nothing has changed.
    """
    try:
        await collaborators.remove(user_id)
    except PaperspaceError as error:
        if _is_refusal(error):
            raise
        try:
            is_in = await _find(collaborators, user_id) is not None
        except PaperspaceError:
            return HalfDone(error, "unknown")
        if is_in:
            raise
    try:
        await collaborators.add(user_id, new)
    except PaperspaceError as error:
        is_out = _is_refusal(error)
        try:
            now = await _find(collaborators, user_id)
        except PaperspaceError:
            pass  # if the user is in after all, putting them back is refused
        else:
            if now is not None:
                return None if _has(now, new) else HalfDone(error, "in again")
            is_out = True
        return HalfDone(error, await _put_back(collaborators, user_id, old, is_out=is_out))
    return None


def _is_refusal(error: PaperspaceError) -> bool:
    """Whether the server has answered that it did nothing."""
    if isinstance(error, OutcomeUnknownError) or not isinstance(error, APIStatusError):
        return False
    return 400 <= error.status_code < 500 and error.status_code != 408


async def _find(collaborators: AsyncCollaborators, user_id: str) -> Collaborator | None:
    listed = await collaborators.list().collect()
    return next((each for each in listed if each.user_id == user_id and not each.is_deleted), None)


def _has(now: Collaborator, role: Role | None) -> bool:
    """Whether a user has a role, as far as the server tells it."""
    return role is None or now.role == role or not differences.is_role_told(now)


async def _put_back(
    collaborators: AsyncCollaborators, user_id: str, old: str | None, *, is_out: bool
) -> LeftBehind:
    """Give a user the old role again; gives what is now."""
    role: Role | None = next((each for each in roles() if each == old), None)
    if role is None and old is not None:  # a role that cannot be given
        return "out" if is_out else "unknown"
    try:
        await collaborators.add(user_id, role)
    except ConflictError:
        return "in again"
    except PaperspaceError as error:
        return "out" if is_out and _is_refusal(error) else "unknown"
    return "put back"
