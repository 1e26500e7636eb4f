"""The code under test: each operation as calls of a client that reads the fuzzed response.

All that the fuzzer uses of the private packages is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from paperspace_projects import AttemptEvent, Client, RetryPolicy
from paperspace_projects._http.response_reader import STATUS_OF_CODE
from paperspace_projects._security.secret_str import SecretStr as SecretType
from paperspace_projects._sync.session import Clock

from .leaks import KEY, VALUES

__all__ = ["STATUS_OF_CODE", "TARGETS", "SecretType", "Target", "client"]


class Target(msgspec.Struct, frozen=True):
    """A call whose response is fuzzed. `value` is the secret's that it sends, if any."""

    call: Callable[[Client], object]
    value: str | None = None


class _Clock:
    """A clock that moves only when the client sleeps."""

    now = 1_000.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def client(transport: httpx.BaseTransport, on_event: Callable[[AttemptEvent], None]) -> Client:
    """A client of two attempts that waits for nothing."""
    clock = _Clock()
    made = Client(
        KEY,
        base_url="https://api.example/v1",
        retry=RetryPolicy(max_attempts=2),
        transport=transport,
        on_event=on_event,
    )
    made._session.clock = Clock(
        monotonic=lambda: clock.now,
        wall=lambda: 1_774_000_000.0 + clock.now,
        sleep=clock.sleep,
        uniform=lambda _, high: high,
    )
    return made


def _some(make: Callable[[Client], Any]) -> Target:
    # A few items are enough: a response may name a next page for ever.
    return Target(lambda client: make(client).collect(3))


def _create(value: str) -> Target:
    return Target(lambda c: c.project("p1").secrets.create("TOKEN", value), value)


def _update(value: str) -> Target:
    return Target(lambda c: c.project("p1").secrets.update("TOKEN", value), value)


def _set(value: str) -> Target:
    return Target(lambda c: c.project("p1").secrets.set("TOKEN", value), value)


TARGETS = {
    "createProject": [
        Target(lambda c: c.projects.create("one")),
        Target(lambda c: c.projects.ensure("one")),
    ],
    "addProjectCollaborator": [Target(lambda c: c.project("p1").collaborators.add("u1"))],
    "createProjectSecret": list(map(_create, VALUES)),
    "addProjectTag": [Target(lambda c: c.project("p1").tags.add("größe/ö"))],
    "addProjectModel": [Target(lambda c: c.project("p1").models.add("m1"))],
    "listProjects": [_some(lambda c: c.projects.list(page_size=2))],
    "listProjectActivity": [
        _some(lambda c: c.project("p1").activity(page_size=2, since="2026-03-18T09:30:00Z"))
    ],
    "listProjectCollaborators": [_some(lambda c: c.project("p1").collaborators.list())],
    "listProjectSecrets": [_some(lambda c: c.project("p1").secrets.list())],
    "listProjectTags": [_some(lambda c: c.project("p1").tags.list())],
    "listProjectModels": [_some(lambda c: c.project("p1").models.list())],
    "getProject": [Target(lambda c: c.projects.get("p1"))],
    "getProjectSecret": [Target(lambda c: c.project("p1").secrets.get("TOKEN"))],
    "updateProject": [Target(lambda c: c.projects.update("p1", name="größe 🙂"))],
    "updateProjectSecret": [*map(_update, VALUES), *map(_set, VALUES)],
    "removeProjectCollaborator": [Target(lambda c: c.project("p1").collaborators.remove("u1"))],
    "deleteProjectSecret": [Target(lambda c: c.project("p1").secrets.delete("TOKEN"))],
    "removeProjectTag": [Target(lambda c: c.project("p1").tags.remove("größe/ö"))],
    "removeProjectModel": [Target(lambda c: c.project("p1").models.remove("m1"))],
    "deleteProject": [Target(lambda c: c.projects.delete("p1"))],
}
"""The calls of each operation; what is removed is added before."""
