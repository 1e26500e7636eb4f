# Derived from _async/resources/sync.py by `nox -s generate`: change that one.
"""Making a part of a project exactly what is wanted: look, then add, change and remove.

Others may change the same part at the same time: after a failure it looks again, and goes on if
what is wanted is there. After any error it can be called again, and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

from ..._api import diff as differences
from ..._api.presence import present
from ...errors import ConflictError, NotFoundError, OutcomeUnknownError, PaperspaceError
from ...models import Changes, RoleChange

if TYPE_CHECKING:
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole

    from .collaborators import Collaborators
    from .models import Models
    from .tags import Tags

_MAY_BE_SO = (ConflictError, NotFoundError, OutcomeUnknownError)
"""After these errors another look can show that all is as wanted."""
_AGAIN = "another sync"


def sync_names(
    part: Tags | Models,
    wanted: Collection[str],
    *,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make tags or models exactly these; gives what was, or would be, changed."""

    def look() -> Changes:
        there = part.list().collect()
        return differences.of_names(
            [each if isinstance(each, str) else each.id for each in there], wanted
        )

    if changes is None:
        changes = look()
    else:
        differences.check_changes(changes, dict.fromkeys(wanted))
    if dry_run:
        return changes
    for name in changes.added:
        _do(part.add, name, look)
    if changes.added and changes.removed:
        changes = _without_other_spellings(changes, left=look())
    for name in changes.removed:
        _do(part.remove, name, look)
    return changes


def _without_other_spellings(changes: Changes, *, left: Changes) -> Changes:
    """The changes, without a name that the server keeps in another spelling, and that spelling.

    A server that lower-cases names accepts `GPU` and lists `gpu`: to remove `gpu` would remove what
    is wanted. `left` is what is still to be changed once all was added.

    Raises:
        PaperspaceError: the server lists an added name in a spelling that cannot be told.
    """
    spelled = {differences.spelled_alike(name): name for name in changes.removed}
    kept = {name: spelled.get(differences.spelled_alike(name)) for name in left.added}
    new = set(left.removed).difference(changes.removed)
    unknown = [name for name, spelling in kept.items() if spelling is None]
    if len(unknown) > len(new):  # else each has become another name that was not there before
        raise PaperspaceError(
            f"the server has accepted {', '.join(map(repr, unknown))} and does not list it: it may "
            "keep it under another name that is there. Nothing was removed: see with list() what "
            "is there, and ask for the names as the server spells them"
        )
    return Changes(
        added=tuple(name for name in changes.added if kept.get(name) is None),
        removed=tuple(name for name in changes.removed if name not in kept.values()),
    )


def sync_roles(
    part: Collaborators,
    wanted: Mapping[str, AddProjectCollaboratorBodyRole | None],
    *,
    project_id: str,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make the collaborators exactly these; gives what was, or would be, changed."""
    from ..._role_changes import outcomes
    from ..._role_changes._sync import role_change as roles  # not all programs do this

    def look() -> Changes:
        return differences.of_roles(present(part.list().collect()), wanted)

    def add(user_id: str) -> None:
        roles.add(part, user_id, wanted[user_id], project_id=project_id)

    def change(this: RoleChange) -> None:
        user_id, new = this.user_id, wanted[this.user_id]
        try:
            failed = roles.change_role(
                part, user_id, project_id=project_id, old=this.before, new=new
            )
        except _MAY_BE_SO:  # of the removal: somebody else may be at the same role
            now = _look_again(look)
            if now is None or user_id in (each.user_id for each in now.changed):
                raise
            if user_id in now.added:
                _do(add, user_id, look)
            return
        if failed is not None:
            failed.error.add_note(failed.told(user_id, by=_AGAIN, new=new))
            raise failed.error

    if changes is None:
        changes = look()
    else:
        differences.check_changes(changes, wanted)
        if changes.changed:
            changes = differences.check_roles(changes, look())
    if dry_run:
        return changes
    for user_id in changes.added:
        now = _do(add, user_id, look)
        if now is not None and user_id in now.not_compared:  # they are in, perhaps by other hands
            changes = _without_role(changes, user_id)
    for each in changes.changed:
        with outcomes.noting_interruptions(each.user_id, by=_AGAIN, new=each.after):
            change(each)
    for user_id in changes.removed:
        _do(part.remove, user_id, look)
    return changes


def _without_role(changes: Changes, user_id: str) -> Changes:
    """The changes, where a user who was to be added is in with a role that is not told."""
    return msgspec.structs.replace(
        changes,
        added=tuple(each for each in changes.added if each != user_id),
        not_compared=tuple(sorted({*changes.not_compared, user_id})),
    )


def _do(write: Callable[[str], object], name: str, look: Callable[[], Changes]) -> Changes | None:
    """Make one of the changes. A failure after which all is as wanted is none.

    Gives what a look after a failure found still to be changed, if there was one.
    """
    try:
        write(name)
    except _MAY_BE_SO:
        now = _look_again(look)
        if now is None or name in _open(now):
            raise
        return now
    return None


def _look_again(look: Callable[[], Changes]) -> Changes | None:
    """What is still to be changed; None if that cannot be found out."""
    try:
        return look()
    except PaperspaceError:
        return None


def _open(changes: Changes) -> set[str]:
    """The names of all that is still to be changed."""
    others = {each.user_id for each in changes.changed}
    return {*changes.added, *changes.removed, *others}
