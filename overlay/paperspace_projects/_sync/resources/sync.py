# Derived from _async/resources/sync.py by `nox -s generate`: change that one.
"""Make a resource of a project exactly what is wanted: compare, then add, change and remove.

Other clients may change the same resource at the same time: after a failure it is compared again,
and a change that is no longer needed counts as done. After any error, another sync continues.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from ..._api import diff
from ..._api.presence import id_of, present
from ...errors import ConflictError, NotFoundError, OutcomeUnknownError, PaperspaceError
from ...models import Changes, RoleChange

if TYPE_CHECKING:
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole

    from .collaborators import Collaborators
    from .resource import NamedT, NameSet

_MAY_BE_DONE = (ConflictError, NotFoundError, OutcomeUnknownError)
"""After these errors the resource may be as wanted."""
_BY = "another sync"


def sync_names(
    resource: NameSet[NamedT],
    wanted: Collection[str],
    *,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make tags or models exactly these; return what was, or would be, changed."""

    def compare() -> Changes:
        return diff.of_names(map(id_of, resource.list().collect()), wanted)

    if changes is None:
        changes = compare()
    else:
        diff.check_changes(changes, dict.fromkeys(wanted))
    if dry_run:
        return changes
    for name in changes.added:
        _write(resource.add, name, compare)
    if changes.added and changes.removed:
        changes = _without_other_spellings(changes, left=compare())
    for name in changes.removed:
        _write(resource.remove, name, compare)
    return changes


def _without_other_spellings(changes: Changes, *, left: Changes) -> Changes:
    """Return the changes without names that the server stores in another spelling.

    A server that lower-cases names accepts `GPU` and lists `gpu`, which must then stay. `left` are
    the changes that are still needed after all additions.

    Raises:
        PaperspaceError: the server may list an added name under any of the names to be removed.
    """
    spelled = {diff.spelled_alike(name): name for name in changes.removed}
    kept = {name: spelled.get(diff.spelled_alike(name)) for name in left.added}
    new = set(left.removed).difference(changes.removed)
    unknown = [name for name, spelling in kept.items() if spelling is None]
    if len(unknown) > len(new):  # else each is listed under a name that did not exist before
        raise PaperspaceError(
            f"the server has accepted {', '.join(map(repr, unknown))} and does not list it: it may "
            "keep it under another name that is listed. Nothing was removed: call list(), and use "
            "the names as the server spells them"
        )
    return Changes(
        added=tuple(name for name in changes.added if kept.get(name) is None),
        removed=tuple(name for name in changes.removed if name not in kept.values()),
    )


def sync_roles(
    resource: Collaborators,
    wanted: Mapping[str, AddProjectCollaboratorBodyRole | None],
    *,
    project_id: str,
    dry_run: bool,
    changes: Changes | None,
) -> Changes:
    """Make the collaborators exactly these; return what was, or would be, changed."""
    from .. import role_change  # not all programs do this

    def compare() -> Changes:
        return diff.of_roles(present(resource.list().collect()), wanted)

    not_compared: set[str] = set()

    def add(user_id: str) -> None:
        role = wanted[user_id]
        made = role_change.add(resource, user_id, role, project_id=project_id)
        if role is not None and made.role is None:  # sent, and perhaps not kept
            not_compared.add(user_id)

    def change(this: RoleChange) -> None:
        user_id, new = this.user_id, wanted[this.user_id]
        try:
            failed = role_change.change_role(
                resource, user_id, project_id=project_id, old=this.before, new=new
            )
        except _MAY_BE_DONE:  # of the removal: another client may be changing the same role
            now = _compare_again(compare)
            if now is None or user_id in (each.user_id for each in now.changed):
                raise
            if user_id in now.added:
                _write(add, user_id, compare)
            return
        if failed is not None:
            failed.error.add_note(failed.outcome.describe(user_id, by=_BY, new=new))
            raise failed.error

    if changes is None:
        changes = compare()
    else:
        diff.check_changes(changes, wanted)
        if changes.changed:
            changes = diff.check_roles(changes, compare())
    if dry_run:
        return changes
    added = list(changes.added)
    not_compared.update(changes.not_compared)
    for user_id in changes.added:
        now = _write(add, user_id, compare)
        if now is not None and user_id in now.not_compared:  # in, perhaps added by another client
            added.remove(user_id)
            not_compared.add(user_id)
    for each in changes.changed:
        try:
            change(each)
        except Exception:
            raise
        except BaseException as interruption:
            outcome = role_change.RoleChangeOutcome.INTERRUPTED
            interruption.add_note(outcome.describe(each.user_id, by=_BY, new=each.after))
            raise
    for user_id in changes.removed:
        _write(resource.remove, user_id, compare)
    return structs.replace(changes, added=tuple(added), not_compared=tuple(sorted(not_compared)))


def _write(
    write: Callable[[str], object], name: str, compare: Callable[[], Changes]
) -> Changes | None:
    """Make one change; return the comparison after a failure that shows it is not needed."""
    try:
        write(name)
    except _MAY_BE_DONE:
        now = _compare_again(compare)
        if now is None or name in (*now.added, *now.removed, *(e.user_id for e in now.changed)):
            raise
        return now
    return None


def _compare_again(compare: Callable[[], Changes]) -> Changes | None:
    """Return the changes that are still needed; None if that cannot be found out."""
    try:
        return compare()
    except PaperspaceError:
        return None
