"""What a change of a role that failed has left behind, in words, and a role that is another one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal, TypeAlias
from urllib.parse import quote

from attrs import frozen

from .._api import diff as differences
from ..errors import APIStatusError, OutcomeUnknownError, ResponseError
from ..models import Collaborator

LeftBehind: TypeAlias = Literal["put back", "in again", "out", "unknown", "removal unknown"]
"""What became of a user who did not get the new role.

They were put back with the old role, they are in again by other hands, they are out, or nothing
tells: not where they are, or not even whether they were removed.
"""


@frozen
class HalfDone:
    """A change whose first half alone was done: the error, and what that left."""

    error: Exception
    left_behind: LeftBehind

    def told(self, user: str, *, by: str, new: str | None) -> str:
        """What became of the user, and that `by` adds them with the `new` role."""
        match self.left_behind:
            case "put back":
                return f"{user} was removed, and put back with the old role"
            case "in again":
                return f"{user} was removed, and is in again: {by} looks with which role"
            case "out":
                return f"{user} was removed and is OUT right now: {by} adds them as {new}"
            case "unknown":
                begun = "was removed"
            case "removal unknown":
                begun = "may have been removed"
        return f"{user} {begun}, and may be out right now: {by} adds them as {new} if they are"


def interrupted(user: str, *, by: str, new: str | None) -> str:
    """What to say of a user whose role was being changed when an interruption came."""
    return (
        f"{user} was being removed and added again, and may be out right now: {by} adds them as "
        f"{new} if they are"
    )


@contextmanager
def noting_interruptions(user: str, *, by: str, new: str | None) -> Generator[None, None, None]:
    """Add a note of the user to an interruption: to what is raised and is no `Exception`."""
    try:
        yield
    except Exception:
        raise
    except BaseException as interruption:
        interruption.add_note(interrupted(user, by=by, new=new))
        raise


def did_nothing(error: Exception) -> bool:
    """Whether the server has answered that it did nothing, and no earlier attempt may have."""
    if isinstance(error, OutcomeUnknownError) or not isinstance(error, APIStatusError):
        return False
    return error.attempts == 1 and 400 <= error.status_code < 500 and error.status_code != 408


def has_role(now: Collaborator, role: str | None) -> bool:
    """Whether a user has a role, as far as the server tells it."""
    return role is None or now.role == role or not differences.is_role_told(now)


def check_given(added: Collaborator, role: str | None, project_id: str, user_id: str) -> None:
    """Refuse a user's addition that was answered with another role than the one asked for.

    Raises:
        ResponseError: it was. The user is in.
    """
    if has_role(added, role):
        return
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
