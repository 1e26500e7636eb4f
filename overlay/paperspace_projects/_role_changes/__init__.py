"""Change a collaborator's role: the same for `collaborators.sync` and for plans.

The API cannot update a role, so the user is removed and added again. Only the public methods of
collaborators are used.
"""

from __future__ import annotations

import enum

import msgspec


class RoleChangeOutcome(enum.Enum):
    """The state of a user who did not get the new role."""

    PUT_BACK = "{user} was removed, and put back with the old role"
    ADDED_BY_OTHERS = "{user} was removed, and is in again: {by} looks with which role"
    REMOVED = "{user} was removed and is OUT right now: {by} adds them as {new}"
    MAYBE_PUT_BACK = (
        "{user} was removed, and may be out right now: {by} adds them as {new} if they are"
    )
    MAYBE_REMOVED = (
        "{user} may have been removed, and may be out right now: {by} adds them as {new} if they "
        "are"
    )
    INTERRUPTED = (
        "{user} was being removed and added again, and may be out right now: {by} adds them as "
        "{new} if they are"
    )

    def describe(self, user: str, *, by: str, new: str | None) -> str:
        """Describe the state of the user, whom `by` adds with the `new` role."""
        return self.value.format(user=user, by=by, new=new)


class FailedRoleChange(msgspec.Struct, frozen=True):
    """A role change that failed after the user was, or may have been, removed."""

    error: Exception
    outcome: RoleChangeOutcome
