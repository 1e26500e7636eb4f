"""The code under test: each operation as an API request to decode, and as a call of a client.

All that the fuzzer uses of the private packages is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from paperspace_projects import AttemptEvent, Client, RetryPolicy
from paperspace_projects._api import operations as ops
from paperspace_projects._api.operations import ApiRequest
from paperspace_projects._http.failures import FailedAttempt
from paperspace_projects._http.response_reader import (
    STATUS_OF_CODE,
    RawResponse,
    ResponseReader,
)
from paperspace_projects._security.secret_str import SecretStr, as_secret
from paperspace_projects._sync.clock import Clock
from paperspace_projects_api import models as generated

from .leaks import KEY, VALUES

if TYPE_CHECKING:
    from .case import Case

NOW = 1_774_000_000.0
ERROR_CODES = STATUS_OF_CODE
SECRET_TYPE = SecretStr
_KEY = as_secret(KEY)


class Target(msgspec.Struct, frozen=True):
    """A request whose response is fuzzed. `value` is the secret's that was sent, if one was."""

    request: ApiRequest[Any]
    call: Callable[[Client], object]
    value: str | None = None


def decode(case: Case, target: Target, _logged: list[str]) -> object:
    """Decode a response with the decoder alone; returns its value or error."""
    response = RawResponse(case.status, headers(case), case.content)
    outcome = ResponseReader(_KEY).read(target.request, response, lambda: NOW)
    return outcome.error if isinstance(outcome, FailedAttempt) else outcome


def headers(case: Case) -> httpx.Headers:
    """The headers as they arrive: bytes in any encoding."""
    return httpx.Headers([(n.encode("latin-1"), v.encode("latin-1")) for n, v in case.headers])


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
        wall=lambda: NOW + clock.now,
        sleep=clock.sleep,
        uniform=lambda _, high: high,
    )
    return made


def _some(make: Callable[[Client], Any]) -> Callable[[Client], object]:
    # A few items are enough: a response may name a next page for ever.
    return lambda client: make(client).collect(3)


def _writes_of(value: str) -> tuple[Target, Target]:
    """Creates and updates a secret with this value."""
    new = generated.SecretCreate(name="TOKEN", value=as_secret(value))
    changed = generated.UpdateProjectSecretBody(value=as_secret(value))
    return (
        Target(
            ops.CREATE_SECRET("p1", body=new),
            lambda client: client.project("p1").secrets.create("TOKEN", value),
            value,
        ),
        Target(
            ops.UPDATE_SECRET("p1", "TOKEN", body=changed),
            lambda client: client.project("p1").secrets.set("TOKEN", value),
            value,
        ),
    )


_TARGETS = (
    Target(ops.LIST_PROJECTS(), _some(lambda c: c.projects.list())),
    Target(
        ops.CREATE_PROJECT(body=generated.CreateProjectBody(name="one")),
        lambda c: c.projects.ensure("one"),
    ),
    Target(ops.GET_PROJECT("p1"), lambda c: c.projects.get("p1")),
    Target(
        ops.UPDATE_PROJECT("p1", body=generated.UpdateProjectBody(name="one")),
        lambda c: c.projects.update("p1", name="one"),
    ),
    Target(ops.DELETE_PROJECT("p1"), lambda c: c.projects.delete("p1")),
    Target(
        ops.LIST_ACTIVITY("p1", limit=2),
        _some(lambda c: c.project("p1").activity(page_size=2, since="2026-03-18T09:30:00Z")),
    ),
    Target(ops.LIST_COLLABORATORS("p1"), _some(lambda c: c.project("p1").collaborators.list())),
    Target(
        ops.ADD_COLLABORATOR("p1", body=generated.AddProjectCollaboratorBody(user_id="u1")),
        lambda c: c.project("p1").collaborators.add("u1"),
    ),
    Target(
        ops.REMOVE_COLLABORATOR("p1", "u1"),
        lambda c: c.project("p1").collaborators.remove("u1"),
    ),
    Target(ops.LIST_SECRETS("p1"), _some(lambda c: c.project("p1").secrets.list())),
    *(target for value in VALUES for target in _writes_of(value)),
    Target(ops.GET_SECRET("p1", "TOKEN"), lambda c: c.project("p1").secrets.get("TOKEN")),
    Target(ops.DELETE_SECRET("p1", "TOKEN"), lambda c: c.project("p1").secrets.delete("TOKEN")),
    Target(ops.LIST_TAGS("p1"), _some(lambda c: c.project("p1").tags.list())),
    Target(
        ops.ADD_TAG("p1", body=generated.AddProjectTagBody(name="blue")),
        lambda c: c.project("p1").tags.add("blue"),
    ),
    Target(ops.REMOVE_TAG("p1", name="blue"), lambda c: c.project("p1").tags.remove("blue")),
    Target(ops.LIST_MODELS("p1"), _some(lambda c: c.project("p1").models.list())),
    Target(ops.ADD_MODEL("p1", "m1"), lambda c: c.project("p1").models.add("m1")),
    Target(ops.REMOVE_MODEL("p1", "m1"), lambda c: c.project("p1").models.remove("m1")),
)

TARGETS: dict[str, list[Target]] = {}
"""By operation id; a write of a secret comes once for each value."""

for _target in _TARGETS:
    TARGETS.setdefault(_target.request.operation, []).append(_target)
