"""Compare what exists with what is wanted: pure, and the same for `sync` and for plans."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import structs

from ..errors import InvalidArgumentError, StalePlanError
from ..models import Changes, Collaborator, Project, RoleChange


def of_names(there: Iterable[str], wanted: Iterable[str]) -> Changes:
    """Return the changes that turn one set of names into another."""
    names, wanted_names = set(there), set(wanted)
    return Changes(
        added=tuple(sorted(wanted_names - names)), removed=tuple(sorted(names - wanted_names))
    )


def of_roles(there: Iterable[Collaborator], wanted: Mapping[str, str | None]) -> Changes:
    """Return the changes that make the collaborators the wanted ones; a role of None is any."""
    by_id = {each.user_id: each for each in there}
    names = of_names(by_id, wanted)
    changed, not_compared = list[RoleChange](), list[str]()
    for user_id, role in sorted(wanted.items()):
        found = by_id.get(user_id)
        if found is None or role is None or found.role == role:
            continue
        if is_role_told(found):
            changed.append(RoleChange(user_id=user_id, before=found.role, after=role))
        else:
            not_compared.append(user_id)
    return structs.replace(names, changed=tuple(changed), not_compared=tuple(not_compared))


def check_changes(changes: object, wanted: Mapping[str, str | None]) -> None:
    """Refuse changes that no dry run for these wanted names and roles has returned."""
    if not isinstance(changes, Changes):
        raise InvalidArgumentError("changes", f"Changes, not {type(changes).__name__}")
    if not (
        wanted.keys() >= {*changes.added}
        and wanted.keys().isdisjoint(changes.removed)
        and all(wanted.get(each.user_id) == each.after for each in changes.changed)
    ):
        raise InvalidArgumentError("changes", "what a dry run of the same `wanted` returned")


def check_roles(changes: Changes, now: Changes) -> Changes:
    """Return the changes of a dry run without the roles that are as wanted already.

    `now` is the result of the same dry run now.

    Raises:
        StalePlanError: a role is neither as wanted nor the one that the dry run found.
    """
    found = {
        **{each.user_id: f"the role {each.before}" for each in now.changed},
        **dict.fromkeys(now.added, "no such collaborator"),
        **dict.fromkeys(now.not_compared, "a role that the server does not tell"),
    }
    for each in changes.changed:
        planned = f"the role {each.before}"
        if found.get(each.user_id, planned) != planned:
            step = f"change the role of {each.user_id!r} to {each.after}"
            raise StalePlanError(step, planned=planned, found=found[each.user_id])
    remaining = tuple(each for each in changes.changed if each.user_id in found)
    return structs.replace(changes, changed=remaining)


def spelled_alike(name: str) -> str:
    """Return a name without what servers normalize: case, white space, and Unicode forms."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_role_told(collaborator: Collaborator) -> bool:
    """Whether the server tells this role, so that None means no role.

    The live server never does; it sends no project id with it either (docs/dialects.md).
    """
    return collaborator.role is not None or collaborator.project_id is not None


def has_role(collaborator: Collaborator, role: str | None) -> bool:
    """Whether a user has a role, as far as the server tells it; None is any role."""
    return role is None or collaborator.role == role or not is_role_told(collaborator)


def is_description_told(project: Project) -> bool:
    """Whether the server tells this description, so that None means no description.

    The live server never does; it sends no team id with it either (docs/dialects.md).
    """
    return project.description is not None or project.team_id is not None
