"""How what is there differs from what is wanted: pure, and the same for `sync` and for plans."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from ..errors import InvalidArgumentError, StalePlanError
from ..models import Changes, Collaborator, Project, RoleChange


def of_names(there: Iterable[str], wanted: Iterable[str]) -> Changes:
    """What makes a set of names the wanted one."""
    names, wanted_names = set(there), set(wanted)
    return Changes(
        added=tuple(sorted(wanted_names - names)), removed=tuple(sorted(names - wanted_names))
    )


def of_roles(there: Iterable[Collaborator], wanted: Mapping[str, str | None]) -> Changes:
    """What makes the collaborators the wanted ones. Where no role is wanted, any will do."""
    by_id = {each.user_id: each for each in there}
    names = of_names(by_id, wanted)
    others = [
        RoleChange(user_id=user_id, before=by_id[user_id].role, after=role)
        for user_id, role in sorted(wanted.items())
        if role is not None and user_id in by_id and by_id[user_id].role != role
    ]
    return Changes(
        added=names.added,
        removed=names.removed,
        changed=tuple(each for each in others if is_role_told(by_id[each.user_id])),
        not_compared=tuple(
            each.user_id for each in others if not is_role_told(by_id[each.user_id])
        ),
    )


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
    """The changes without the roles that are as wanted by now.

    Args:
        changes: What a dry run returned.
        now: What a dry run of the same would return now.

    Raises:
        StalePlanError: a role is neither as wanted nor the one that the dry run saw.
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
    return msgspec.structs.replace(
        changes, changed=tuple(each for each in changes.changed if each.user_id in found)
    )


def spelled_alike(name: str) -> str:
    """A name without what servers change in it: case, white space, and forms of one letter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_role_told(collaborator: Collaborator) -> bool:
    """Whether the server tells this role, so that None means that there is none.

    The live server never does; nor does it tell the project's id with it (docs/dialects.md).
    """
    return collaborator.role is not None or collaborator.project_id is not None


def is_description_told(project: Project) -> bool:
    """Whether the server tells this description, so that None means that there is none.

    The live server never does; nor does it tell the team's id with it (docs/dialects.md).
    """
    return project.description is not None or project.team_id is not None
