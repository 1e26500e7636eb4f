"""Tells, after a write whose outcome is unknown, whether this call carried it out. Pure.

Finding the item proves that this call made it only if all that the call writes can be read back,
and an earlier check of this call did not find it, or its time lies within this call. Otherwise the
outcome stays unknown.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from .._api import operations as ops
from .._http.server_clock import Span
from .._pagination import list_requests
from .._pagination.list_requests import ListRequest
from ..models import Collaborator, Secret

T = TypeVar("T")

TOLERANCE = 5.0  # seconds by which the clocks of Date headers and of the data may differ


class Verdict(enum.Enum):
    """The result of a check after a write."""

    MADE = "this call made it"
    NOT_MADE = "it is there, and this call did not make it"
    ABSENT = "it is not there"
    UNDECIDED = "it is there, and nothing tells whether this call made it"


class Found(msgspec.Struct, Generic[T], frozen=True, eq=False):
    """The item that was found: the result of the call, its time, and whether it is as asked for.
    `shows_all`: all that the call writes can be read back; a secret's value cannot."""

    value: T
    created: datetime | None = None
    fits: bool = True
    shows_all: bool = True


class WriteVerifier(msgspec.Struct, Generic[T], frozen=True, kw_only=True, eq=False):
    """The list to read after a write, and how to recognize the item that the write makes."""

    source: ListRequest[Any]
    find: Callable[[Any], Found[T] | None]


def judge(
    found: Found[Any] | None, *, began: Span | None, now: Span | None, was_absent: bool
) -> Verdict:
    """Judge a write by the item that was found. By the server's clock, the first attempt that may
    have been carried out began at `began`; `was_absent`: an earlier check of this call found
    nothing."""
    if found is None:
        return Verdict.ABSENT
    if not found.fits:
        return Verdict.NOT_MADE
    if found.created is not None and began is not None and now is not None:
        created = found.created.timestamp()
        if created < began.earliest - TOLERANCE:
            return Verdict.NOT_MADE
        is_within = now.dates > 1 and began.latest + TOLERANCE < created <= now.latest
        was_absent = was_absent or is_within
    # Somebody else may have made it meanwhile, with another value or role.
    return Verdict.MADE if was_absent and found.shows_all else Verdict.UNDECIDED


def secret(project_id: str, name: str) -> WriteVerifier[Secret]:
    """createProjectSecret: getProjectSecret, which answers 404 where there is none."""
    return WriteVerifier(
        source=list_requests.one_secret(project_id, name),
        find=lambda item: (
            Found(item, item.dt_created, shows_all=False) if item.name == name else None
        ),
    )


def collaborator(project_id: str, user_id: str, role: str | None) -> WriteVerifier[Collaborator]:
    """addProjectCollaborator: listProjectCollaborators, by the user's id and the role."""

    def find(item: Collaborator) -> Found[Collaborator] | None:
        if item.user_id != user_id or item.is_deleted:
            return None
        fits = role is None or item.role is None or item.role.casefold() == role.casefold()
        return Found(item, item.dt_created, fits, shows_all=role is None or item.role is not None)

    source = list_requests.sub_list(ops.LIST_COLLABORATORS, project_id)
    return WriteVerifier(source=source, find=find)


def tag(project_id: str, name: str) -> WriteVerifier[None]:
    """addProjectTag: listProjectTags."""
    return WriteVerifier(
        source=list_requests.detailed_tags(project_id),
        find=lambda item: Found(None, item.dt_created) if item.name == name else None,
    )


def model(project_id: str, model_id: str) -> WriteVerifier[None]:
    """addProjectModel: listProjectModels. Its times are the model's own, not of its association."""
    return WriteVerifier(
        source=list_requests.sub_list(ops.LIST_MODELS, project_id),
        find=lambda item: Found(None) if item.id == model_id else None,
    )
