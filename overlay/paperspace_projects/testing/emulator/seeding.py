"""Sends what a desired state holds to the emulator's own operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from .database import PROJECTS, Database

if TYPE_CHECKING:
    from ...reconcile import DesiredProject

SEEDED_VALUE: Final = "seeded-value"
"""The value of each seeded secret: a desired state has only references to values."""


def seed_project(database: Database, desired: DesiredProject, send: Callable[..., Any]) -> str:
    """Add a project and all of its parts; return its id.

    `send` takes an operation, the parameters of its path, and the fields of its body.
    """
    if desired.id is not None and database.find(PROJECTS, id=desired.id) is not None:
        raise ValueError(f"a project with the id {desired.id!r} already exists")
    path = {} if desired.id is None else {"id": desired.id}
    created = send("createProject", path, name=desired.name, description=desired.description)
    path = {"id": str(created["id"])}
    for user_id, role in (desired.collaborators or {}).items():
        send("addProjectCollaborator", path, userId=user_id, role=role)
    for name in desired.secrets or ():
        send("createProjectSecret", path, name=name, value=SEEDED_VALUE)
    for name in desired.tags or ():
        send("addProjectTag", path, name=name)
    for model in desired.models or ():
        send("addProjectModel", path | {"modelId": model})
    return path["id"]
