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
from paperspace_projects._sync.session import Clock

from ..operation_calls import STORY, Call
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


def _target(call: Call) -> Target:
    """The call of an operation with an odd text; of a list, a few items."""

    def make(client: Client) -> object:
        given: dict[str, Any] = {"since": SINCE} if call.operation == "listProjectActivity" else {}
        if call.operation in NAMED:
            given["name"] = NAMED[call.operation]
        made = call(client, **given)
        return made.collect(3) if call.is_list else made  # it may name a next page for ever

    return Target(make)


def _writes(method: str) -> list[Target]:
    """Calls of a method of secrets with each value."""

    def target(value: str) -> Target:
        return Target(lambda c: getattr(c.project("p1").secrets, method)("TOKEN", value), value)

    return list(map(target, VALUES))


NAMED = {"updateProject": "größe 🙂", "addProjectTag": "größe/ö", "removeProjectTag": "größe/ö"}
TARGETS = {
    **{call.operation: [_target(call)] for call in STORY},
    "createProjectSecret": _writes("create"),
    "updateProjectSecret": [*_writes("update"), *_writes("set")],
}
TARGETS["createProject"].append(Target(lambda c: c.projects.ensure("one")))
"""The calls of each operation; those that add come before those that remove."""
