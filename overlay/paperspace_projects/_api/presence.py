"""Reduce a listing to the things that exist: each once, without those marked as deleted.

The live server gives projects and collaborators a `dtDeleted`. Whether its lists contain deleted
ones is not known (docs/dialects.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import quote

from ..errors import NotFoundError
from ..models import ActivityEvent, Collaborator, Model, Project, Secret

Thing = TypeVar("Thing", Project, Collaborator, Secret, Model, str)


def present(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """Return each thing once, without those that the server says are deleted.

    A list that changes while it is read gives some things twice.
    """
    by_id: dict[str, Thing] = {}
    for thing in things:
        if not (isinstance(thing, Project | Collaborator) and thing.is_deleted):
            by_id.setdefault(id_of(thing), thing)
    return tuple(by_id.values())


def id_of(thing: Project | Collaborator | Secret | Model | ActivityEvent | str) -> str:
    """Return what identifies a thing within its list: its id, a user id, or a name."""
    if isinstance(thing, Collaborator):
        return thing.user_id
    if isinstance(thing, Secret):
        return thing.name
    return thing if isinstance(thing, str) else thing.id


def not_there(project: Project) -> NotFoundError:
    """Return the error for a project that getProject returned and that is marked as deleted."""
    return NotFoundError(
        "the project was deleted: the answer has a dtDeleted. Check the id, or list the projects",
        operation="getProject",
        method="GET",
        path=f"/projects/{quote(project.id, safe='')}",
        status_code=200,
    )
