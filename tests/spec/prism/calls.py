"""A call of each operation, with the type of its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paperspace_projects import ActivityEvent, AttemptEvent, Collaborator, Model, Project, Secret

ID = "p/1 ü"  # one segment, whatever is in it
Call = Callable[[Any], Any]

CALLS: dict[str, tuple[Call, type]] = {
    "listProjects": (lambda client: client.projects.list().first(), Project),
    "createProject": (lambda client: client.projects.create("a", description="b"), Project),
    "getProject": (lambda client: client.projects.get(ID), Project),
    "updateProject": (lambda client: client.projects.update(ID, name="a"), Project),
    "deleteProject": (lambda client: client.projects.delete(ID), type(None)),
    "listProjectActivity": (lambda client: client.project(ID).activity().first(), ActivityEvent),
    "listProjectCollaborators": (
        lambda client: client.project(ID).collaborators.list().first(),
        Collaborator,
    ),
    "addProjectCollaborator": (
        lambda client: client.project(ID).collaborators.add("u1", "viewer"),
        Collaborator,
    ),
    "removeProjectCollaborator": (
        lambda client: client.project(ID).collaborators.remove("u/1"),
        type(None),
    ),
    "listProjectSecrets": (lambda client: client.project(ID).secrets.list().first(), Secret),
    "createProjectSecret": (lambda client: client.project(ID).secrets.create("A", "v"), Secret),
    "getProjectSecret": (lambda client: client.project(ID).secrets.get("A"), Secret),
    "updateProjectSecret": (lambda client: client.project(ID).secrets.update("A", "v"), Secret),
    "deleteProjectSecret": (lambda client: client.project(ID).secrets.delete("A"), type(None)),
    "listProjectTags": (lambda client: client.project(ID).tags.list().first(), str),
    "addProjectTag": (lambda client: client.project(ID).tags.add("a & b"), type(None)),
    "removeProjectTag": (lambda client: client.project(ID).tags.remove("a & b"), type(None)),
    "listProjectModels": (lambda client: client.project(ID).models.list().first(), Model),
    "addProjectModel": (lambda client: client.project(ID).models.add("m/1"), type(None)),
    "removeProjectModel": (lambda client: client.project(ID).models.remove("m/1"), type(None)),
}


def operations(events: list[AttemptEvent]) -> list[str]:
    """The operations that were carried out, each at the first attempt."""
    assert all(each.error is None and each.attempt == 1 for each in events)
    return [each.operation for each in events]
