"""How to find out, after a write whose outcome is unknown, whether it was carried out.

A check is a listing to go through and what to look for in it. Pure data; nothing is sent here. The
thing that is found must be what this call made: one that was there before is somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

from attrs import frozen

import paperspace_projects._operations as ops
import paperspace_projects._sources as sources

from ._listings import Source
from ._wire import WirePage
from .models import Collaborator, Model, Secret

T = TypeVar("T")


@frozen(kw_only=True)
class Check(Generic[T]):
    """Where to look for what a write makes, and how to recognise it.

    `find` takes an item and when the call began by the server's clock (seconds since the epoch;
    None where the server tells no time); it gives what the call returns, in a tuple, or None.
    """

    source: Source[Any]
    find: Callable[[Any, float | None], tuple[T] | None]


def _is_of_this_call(created: datetime | None, began: float | None) -> bool:
    """Whether a thing was made after the call began; where no dates tell, it is taken to be.

    Where the server gives whole seconds, the second that the call began in counts.
    """
    if created is None or began is None:
        return True
    return created.timestamp() >= (began if created.microsecond else began // 1)


def secret(project_id: str, name: str) -> Check[Secret]:
    """createProjectSecret: getProjectSecret, which answers 404 where there is none."""

    def find(found: Secret, began: float | None) -> tuple[Secret] | None:
        ours = found.name == name and _is_of_this_call(found.dt_created, began)
        return (found,) if ours else None

    return Check(source=sources.one_secret(project_id, name), find=find)


def collaborator(project_id: str, user_id: str, role: str | None) -> Check[Collaborator]:
    """addProjectCollaborator: listProjectCollaborators, by the user's id and the role."""

    def find(found: Collaborator, _: float | None) -> tuple[Collaborator] | None:
        ours = found.user_id == user_id and (
            role is None or found.role is None or found.role == role
        )
        return (found,) if ours else None

    return Check(source=_list(ops.LIST_COLLABORATORS, project_id), find=find)


def tag(project_id: str, name: str) -> Check[None]:
    """addProjectTag: listProjectTags."""

    def find(found: str, _: float | None) -> tuple[None] | None:
        return (None,) if found == name else None

    return Check(source=_list(ops.LIST_TAGS, project_id), find=find)


def model(project_id: str, model_id: str) -> Check[None]:
    """addProjectModel: listProjectModels."""

    def find(found: Model, _: float | None) -> tuple[None] | None:
        return (None,) if found.id == model_id else None

    return Check(source=_list(ops.LIST_MODELS, project_id), find=find)


def _list(operation: ops.Operation[[str], WirePage[T]], project_id: str) -> Source[T]:
    return sources.sub_list(operation, project_id, page_size=None, after=None)
