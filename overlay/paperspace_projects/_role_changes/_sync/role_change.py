# Derived from _role_changes/_async/role_change.py by `nox -s generate`: change that one.
"""Removing a user and adding them again, as the API has no update of a role."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..._api.generated import roles
from ..._api.presence import present
from ...errors import PaperspaceError
from ...models import Collaborator
from ..outcomes import HalfDone, LeftBehind, check_given, did_nothing, has_role

if TYPE_CHECKING:
    from ... import Collaborators, Role


def add(collaborators: Collaborators, user_id: str, role: Role | None, *, project_id: str) -> None:
    """Add a user with a role.

    Raises:
        ResponseError: the server has given them another role.
        PaperspaceError: they could not be added.
    """
    check_given(collaborators.add(user_id, role), role, project_id, user_id)


def change_role(
    collaborators: Collaborators,
    user_id: str,
    *,
    project_id: str,
    old: str | None,
    new: Role | None,
) -> HalfDone | None:
    """Change a role by removing the user and adding them again.

    After a failure it looks whether the user is in, and with which role. If they were removed and
    are out, they are put back with the old role: after an error of a hook or a transport, too.

    Returns:
        None if the user has the new role.

    Raises:
        Exception: the user could not be removed, so that nothing has changed.
    """
    try:
        collaborators.remove(user_id)
    except Exception as error:
        if did_nothing(error):
            raise
        try:
            is_in = _find(collaborators, user_id) is not None
        except Exception:
            return HalfDone(error, "removal unknown")
        if is_in:
            raise
        if not isinstance(error, PaperspaceError):
            return HalfDone(error, _put_back(collaborators, user_id, old, project_id))
    try:
        add(collaborators, user_id, new, project_id=project_id)
    except Exception as error:
        with suppress(Exception):  # if the user is in after all, putting them back is refused
            now = _find(collaborators, user_id)
            if now is not None:
                is_done = isinstance(error, PaperspaceError) and has_role(now, new)
                return None if is_done else HalfDone(error, "in again")
        return HalfDone(error, _put_back(collaborators, user_id, old, project_id))
    return None


def _find(collaborators: Collaborators, user_id: str) -> Collaborator | None:
    listed = present(collaborators.list().collect())
    return next((each for each in listed if each.user_id == user_id), None)


def _put_back(
    collaborators: Collaborators, user_id: str, old: str | None, project_id: str
) -> LeftBehind:
    """Give a user the old role again; gives what is now."""
    role: Role | None = next((each for each in roles() if each == old), None)
    with suppress(Exception):
        if role is not None or old is None:  # else it is a role that cannot be given
            add(collaborators, user_id, role, project_id=project_id)
            return "put back"
    with suppress(Exception):
        return "out" if _find(collaborators, user_id) is None else "in again"
    return "unknown"
