"""The code under test: for each operation, calls of a client that reads the fuzzed response.

This module imports all private names that the fuzzer uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from paperspace_projects import AttemptEvent, Client, RetryPolicy
from paperspace_projects._http.response_reader import STATUS_OF_CODE
from paperspace_projects._security.secret_str import SecretStr as SecretType
from paperspace_projects._sync.clock import Clock

from .leaks import KEY, VALUES

__all__ = ["STATUS_OF_CODE", "TARGETS", "SecretType", "Target", "client"]


class Target(msgspec.Struct, frozen=True):
    """A call whose response is fuzzed, and the value of the secret that it sends, if any."""

    call: Callable[[Client], object]
    value: str | None = None


class _Clock:
    """A clock that moves only when the client sleeps."""

    now = 1_000.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def client(transport: httpx.BaseTransport, on_event: Callable[[AttemptEvent], None]) -> Client:
    """A client that makes two attempts and does not wait."""
    clock = _Clock()
    url, retry = "https://api.example/v1", RetryPolicy(max_attempts=2)
    made = Client(KEY, base_url=url, retry=retry, transport=transport, on_event=on_event)
    made._session.clock = Clock(
        monotonic=lambda: clock.now,
        wall=lambda: 1_774_000_000.0 + clock.now,
        sleep=clock.sleep,
        uniform=lambda _, high: high,
    )
    return made


SINCE = "2026-03-18T09:30:00Z"


def _some(pager: Any) -> object:
    return pager.collect(3)  # a response may name a next page for ever


def _writes(method: str) -> list[Target]:
    """Calls of a method of secrets with each value."""

    def target(value: str) -> Target:
        return Target(lambda c: getattr(c.project("p1").secrets, method)("TOKEN", value), value)

    return list(map(target, VALUES))


TARGETS = {
    "createProject": [
        Target(lambda c: c.projects.create("one")),
        Target(lambda c: c.projects.ensure("one")),
    ],
    "addProjectCollaborator": [Target(lambda c: c.project("p1").collaborators.add("u1"))],
    "createProjectSecret": _writes("create"),
    "addProjectTag": [Target(lambda c: c.project("p1").tags.add("größe/ö"))],
    "addProjectModel": [Target(lambda c: c.project("p1").models.add("m1"))],
    "listProjects": [Target(lambda c: _some(c.projects.list(page_size=2)))],
    "listProjectActivity": [
        Target(lambda c: _some(c.project("p1").activity(page_size=2, since=SINCE)))
    ],
    "listProjectCollaborators": [Target(lambda c: _some(c.project("p1").collaborators.list()))],
    "listProjectSecrets": [Target(lambda c: _some(c.project("p1").secrets.list()))],
    "listProjectTags": [Target(lambda c: _some(c.project("p1").tags.list()))],
    "listProjectModels": [Target(lambda c: _some(c.project("p1").models.list()))],
    "getProject": [Target(lambda c: c.projects.get("p1"))],
    "getProjectSecret": [Target(lambda c: c.project("p1").secrets.get("TOKEN"))],
    "updateProject": [Target(lambda c: c.projects.update("p1", name="größe 🙂"))],
    "updateProjectSecret": [*_writes("update"), *_writes("set")],
    "removeProjectCollaborator": [Target(lambda c: c.project("p1").collaborators.remove("u1"))],
    "deleteProjectSecret": [Target(lambda c: c.project("p1").secrets.delete("TOKEN"))],
    "removeProjectTag": [Target(lambda c: c.project("p1").tags.remove("größe/ö"))],
    "removeProjectModel": [Target(lambda c: c.project("p1").models.remove("m1"))],
    "deleteProject": [Target(lambda c: c.projects.delete("p1"))],
}
"""The calls of each operation; those that add come before those that remove."""
