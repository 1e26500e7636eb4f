"""The 20 operations, each as a call for the reader alone and as what a user does with a client."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import frozen

import paperspace_projects._api.operations as ops
from paperspace_projects import Client
from paperspace_projects._api.operations import Call
from paperspace_projects._security.secret_str import hide
from paperspace_projects_api import models as generated

from .case import OPERATIONS
from .planted import VALUES


@frozen
class Target:
    """What an answer is an answer to. `value` is the secret's that was sent, if one was."""

    call: Call[Any]
    run: Callable[[Client], object]
    value: str | None = None


def _some(make: Callable[[Client], Any]) -> Callable[[Client], object]:
    # A few items are enough: an answer may name a next page for ever.
    return lambda client: make(client).collect(3)


def _create(value: str, client: Client) -> object:
    return client.project("p1").secrets.create("TOKEN", value)


def _set(value: str, client: Client) -> object:
    return client.project("p1").secrets.set("TOKEN", value)


def _writes_of_secrets() -> list[Target]:
    targets = []
    for value in VALUES:
        new = generated.SecretCreate(name="TOKEN", value=hide(value))
        changed = generated.UpdateProjectSecretBody(value=hide(value))
        targets += [
            Target(
                ops.CREATE_SECRET("p1", body=new),
                partial(_create, value),
                value,
            ),
            Target(
                ops.UPDATE_SECRET("p1", "TOKEN", body=changed),
                partial(_set, value),
                value,
            ),
        ]
    return targets


_TARGETS = (
    Target(ops.LIST_PROJECTS(), _some(lambda client: client.projects.list())),
    Target(
        ops.CREATE_PROJECT(body=generated.CreateProjectBody(name="one")),
        lambda client: client.projects.ensure("one"),
    ),
    Target(ops.GET_PROJECT("p1"), lambda client: client.projects.get("p1")),
    Target(
        ops.UPDATE_PROJECT("p1", body=generated.UpdateProjectBody(name="one")),
        lambda client: client.projects.update("p1", name="one"),
    ),
    Target(ops.DELETE_PROJECT("p1"), lambda client: client.projects.delete("p1")),
    Target(
        ops.LIST_ACTIVITY("p1", limit=2),
        _some(lambda c: c.project("p1").activity(page_size=2, since="2026-03-18T09:30:00Z")),
    ),
    Target(
        ops.LIST_COLLABORATORS("p1"),
        _some(lambda client: client.project("p1").collaborators.list()),
    ),
    Target(
        ops.ADD_COLLABORATOR("p1", body=generated.AddProjectCollaboratorBody(user_id="u1")),
        lambda client: client.project("p1").collaborators.add("u1"),
    ),
    Target(
        ops.REMOVE_COLLABORATOR("p1", "u1"),
        lambda client: client.project("p1").collaborators.remove("u1"),
    ),
    Target(ops.LIST_SECRETS("p1"), _some(lambda client: client.project("p1").secrets.list())),
    *_writes_of_secrets(),
    Target(ops.GET_SECRET("p1", "TOKEN"), lambda client: client.project("p1").secrets.get("TOKEN")),
    Target(
        ops.DELETE_SECRET("p1", "TOKEN"),
        lambda client: client.project("p1").secrets.delete("TOKEN"),
    ),
    Target(ops.LIST_TAGS("p1"), _some(lambda client: client.project("p1").tags.list())),
    Target(
        ops.ADD_TAG("p1", body=generated.AddProjectTagBody(name="blue")),
        lambda client: client.project("p1").tags.add("blue"),
    ),
    Target(
        ops.REMOVE_TAG("p1", name="blue"), lambda client: client.project("p1").tags.remove("blue")
    ),
    Target(ops.LIST_MODELS("p1"), _some(lambda client: client.project("p1").models.list())),
    Target(ops.ADD_MODEL("p1", "m1"), lambda client: client.project("p1").models.add("m1")),
    Target(ops.REMOVE_MODEL("p1", "m1"), lambda client: client.project("p1").models.remove("m1")),
)

TARGETS = {
    operation: tuple(each for each in _TARGETS if each.call.operation == operation)
    for operation in OPERATIONS
}
"""By operation id; a write of a secret comes once for each value."""

if not all(TARGETS.values()) or sum(map(len, TARGETS.values())) != len(_TARGETS):
    raise RuntimeError("an operation has no target, or a target no operation")
