"""An `http_client` whose response hook raises: an error status stays what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.libraries import both_libraries
from support.servers import Script, json, project, status

from paperspace_projects import (
    APIStatusError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
)

BODY = {"code": "NOT_FOUND", "message": "no such project"}
MakeClient = Callable[..., Any]
library = both_libraries


@pytest.fixture(params=["unread", "read first"])
def raising(request: pytest.FixtureRequest, drive: Driver) -> MakeClient:
    """Makes a client on a server, whose hook calls `raise_for_status`, having read or not."""

    def hook(response: httpx.Response) -> None:
        if request.param == "read first":
            response.read()
        response.raise_for_status()

    async def async_hook(response: httpx.Response) -> None:
        if request.param == "read first":
            await response.aread()
        response.raise_for_status()

    hooks = {"response": [hook if drive.flavour == "sync" else async_hook]}

    def make(server: Any, **options: Any) -> Any:
        http = drive.http_client(transport=drive.transport(server), event_hooks=hooks)
        return drive.client(http_client=http, **options)

    return make


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (302, APIStatusError),
        (401, AuthenticationError),
        (404, NotFoundError),
        (409, ConflictError),
        (418, APIStatusError),
    ],
)
def test_a_status_is_its_error_after_one_request(
    drive: Driver, raising: MakeClient, code: int, error: type[APIStatusError]
) -> None:
    server = Script(json(BODY, code))
    with pytest.raises(error) as caught:
        drive(raising(server).projects.get("p1"))
    assert type(caught.value) is error
    assert (caught.value.status_code, len(server.requests)) == (code, 1)


def test_a_tag_that_is_there_is_a_conflict(drive: Driver, raising: MakeClient) -> None:
    server = Script(status(409), json(["blue"]))
    with pytest.raises(ConflictError):
        drive(raising(server).project("p1").tags.add("blue"))
    assert len(server.requests) == 1


def test_a_secret_that_is_there_is_a_conflict(drive: Driver, raising: MakeClient) -> None:
    server = Script(status(409), json({"name": "TOKEN"}))
    with pytest.raises(ConflictError):
        drive(raising(server).project("p1").secrets.create("TOKEN", "v"))
    assert len(server.requests) == 1


def test_a_refused_creation_is_no_unknown_outcome(drive: Driver, raising: MakeClient) -> None:
    with pytest.raises(AuthenticationError):
        drive(raising(Script(status(401))).projects.create("n"))


def test_a_wait_that_the_server_asks_for_is_obeyed(drive: Driver, raising: MakeClient) -> None:
    server = Script(status(429, retry_after="7"), json(project()))
    assert drive(raising(server).projects.get("p1")).id == "p1"
    assert drive.clock.sleeps == [7.0]


def test_a_failure_that_lasts_is_told_as_what_it_is(drive: Driver, raising: MakeClient) -> None:
    with pytest.raises(ServerError):
        drive(raising(Script(status(502))).projects.get("p1"))
    with pytest.raises(RateLimitError):
        drive(raising(Script(status(429))).projects.get("p1"))


def test_a_message_that_the_hook_has_read_is_told(drive: Driver) -> None:
    def hook(response: httpx.Response) -> None:
        response.read()
        response.raise_for_status()

    async def async_hook(response: httpx.Response) -> None:
        await response.aread()
        response.raise_for_status()

    hooks = {"response": [hook if drive.flavour == "sync" else async_hook]}
    http = drive.http_client(transport=drive.transport(Script(json(BODY, 404))), event_hooks=hooks)
    with pytest.raises(NotFoundError, match="no such project") as caught:
        drive(drive.client(http_client=http).projects.get("p1"))
    assert caught.value.code == "NOT_FOUND"


def test_the_status_of_a_request_that_a_hook_has_sent_is_not_the_calls(drive: Driver) -> None:
    """A hook that asks another server: its 404 says nothing of what became of the write."""
    elsewhere = drive.library.Request("GET", "https://elsewhere.example/token")

    def hook(_: httpx.Response) -> None:
        drive.library.Response(404, request=elsewhere).raise_for_status()

    async def async_hook(response: httpx.Response) -> None:
        hook(response)

    hooks = {"response": [hook if drive.flavour == "sync" else async_hook]}
    server = Script(json(project(), 201))
    http = drive.http_client(transport=drive.transport(server), event_hooks=hooks)
    with pytest.raises(OutcomeUnknownError):
        drive(drive.client(http_client=http).projects.create("n"))
    assert len(server.requests) == 1
