"""Today's state as a desired state: pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import paperspace_projects.reconcile._checking as checking

from .. import Role
from ..errors import DesiredStateError
from ..models import ProjectSnapshot
from ._desired import DesiredProject, DesiredState
from ._references import Reference
from ._schema import ROLES

C = TypeVar("C", bound="Iterable[str]")


def desired_state(snapshots: Sequence[ProjectSnapshot]) -> DesiredState:
    """The desired state that is met by what is there.

    Raises:
        DesiredStateError: a project's name is one that no file can hold.
    """
    blank = [each.project for each in snapshots if not checking.is_name(each.project.name)]
    if blank:
        raise DesiredStateError(
            tuple(f"the name of the project {each.id!r} is blank: rename it" for each in blank)
        )
    variables = Counter(
        _variable(each.project.name, secret.name) for each in snapshots for secret in each.secrets
    )

    def reference(snapshot: ProjectSnapshot, secret: str) -> Reference:
        name = _variable(snapshot.project.name, secret)
        if variables[name] > 1:  # no two may share a value by the chance of their names
            name = f"{_variable(snapshot.project.name, snapshot.project.id)}_{secret}"
        return Reference("env", name)

    in_order = sorted(snapshots, key=lambda each: (each.project.name, each.project.id))
    return DesiredState(projects=tuple(_project(each, reference) for each in in_order))


def _project(
    snapshot: ProjectSnapshot, reference: Callable[[ProjectSnapshot, str], Reference]
) -> DesiredProject:
    project = snapshot.project
    roles: dict[str, Role | None] = {
        each.user_id: _known_role(each.role)
        for each in sorted(snapshot.collaborators, key=lambda each: each.user_id)
    }
    secrets = {
        each: reference(snapshot, each) for each in sorted(each.name for each in snapshot.secrets)
    }
    return DesiredProject(
        name=project.name,
        id=project.id,
        description=project.description,
        collaborators=_if_all(checking.is_key, roles),
        secrets=_if_all(checking.is_secret_name, secrets),
        tags=_if_all(checking.is_key, tuple(sorted(set(snapshot.tags)))),
        models=_if_all(checking.is_key, tuple(sorted({each.id for each in snapshot.models}))),
    )


def _if_all(can_stand: Callable[[str], bool], part: C) -> C | None:
    """A part, if a file can hold all of it."""
    return part if all(map(can_stand, part)) else None


def _known_role(role: str | None) -> Role | None:
    """A role that can be given; any other is left to the server."""
    return next((each for each in ROLES if each == role), None)


def _variable(*parts: str) -> str:
    """The name of an environment variable that is made of others."""
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")
    return name if re.match(r"[A-Z]", name) else f"_{name}"
