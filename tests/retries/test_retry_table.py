"""Which calls are sent again after which failures, and what they end with.

The table is written out here once more, from the rule and not from the code: a request that may
have been carried out is never sent again blindly.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from retries.calls import CALLS, DELETES, WRITES, WRITES_AND_WHAT_TELLS
from support.driving import Driver
from support.libraries import both_libraries
from support.servers import Answer, Script, json, project, status

from paperspace_projects import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    RetryPolicy,
    ServerError,
)
from paperspace_projects.errors import (
    OutcomeUnknownNotFoundError,
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
)

SUCCESSES: dict[str, httpx.Response] = {
    "GET": json(project()),
    "PUT": json(project()),
    "DELETE": status(204),
    "POST": json(project(), 201),
    "PATCH": json({"name": "TOKEN"}),
}
FAILURES: dict[str, Answer] = {
    "ConnectError": httpx.ConnectError("refused"),
    "ConnectTimeout": httpx.ConnectTimeout("slow"),
    "PoolTimeout": httpx.PoolTimeout("full"),
    "ReadTimeout": httpx.ReadTimeout("slow"),
    "WriteTimeout": httpx.WriteTimeout("slow"),
    "ReadError": httpx.ReadError("reset"),
    "WriteError": httpx.WriteError("broken pipe"),
    "RemoteProtocolError": httpx.RemoteProtocolError("gone"),
    **{
        str(code): status(code)
        for code in (
            *(400, 401, 403, 404, 408, 409, 418, 425, 429, 499),
            *(500, 501, 502, 503, 504, 520, 599),
        )
    },
    "503 with Retry-After": status(503, retry_after="1"),
    "429 with Retry-After": status(429, retry_after="1"),
    "200 that is no JSON": status(200, b"<html>"),
    "302": status(302, location="https://elsewhere.example/x"),
}
SURELY_NOT_CARRIED_OUT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "425",
    "429",
    "429 with Retry-After",
}
PERHAPS_CARRIED_OUT = {
    *("ReadTimeout", "WriteTimeout", "ReadError", "WriteError", "RemoteProtocolError"),
    *("408", "500", "502", "503", "503 with Retry-After", "504"),
}
REPEATED = {
    "GET": SURELY_NOT_CARRIED_OUT | PERHAPS_CARRIED_OUT,
    "PUT": SURELY_NOT_CARRIED_OUT | PERHAPS_CARRIED_OUT,
    "DELETE": SURELY_NOT_CARRIED_OUT | PERHAPS_CARRIED_OUT,
    "POST": SURELY_NOT_CARRIED_OUT,
    "PATCH": SURELY_NOT_CARRIED_OUT,
}
ENDS: dict[str, type[APIError]] = {
    "ConnectError": APIConnectionError,
    "ConnectTimeout": APITimeoutError,
    "PoolTimeout": APITimeoutError,
    "ReadTimeout": APITimeoutError,
    "WriteTimeout": APITimeoutError,
    "ReadError": APIConnectionError,
    "WriteError": APIConnectionError,
    "RemoteProtocolError": APIConnectionError,
    "400": BadRequestError,
    "401": AuthenticationError,
    "403": PermissionDeniedError,
    "404": NotFoundError,
    "408": APIStatusError,
    "409": ConflictError,
    "418": APIStatusError,
    "425": APIStatusError,
    "429": RateLimitError,
    "499": APIStatusError,
    **dict.fromkeys(("500", "501", "502", "503", "504", "520", "599"), ServerError),
    "503 with Retry-After": ServerError,
    "429 with Retry-After": RateLimitError,
    "200 that is no JSON": ResponseError,
    "302": APIStatusError,
}
UNKNOWN: dict[str, type[APIError]] = {
    **dict.fromkeys(("302", "408", "499"), OutcomeUnknownStatusError),
    **dict.fromkeys(
        ("500", "501", "502", "503", "503 with Retry-After", "504", "520", "599"),
        OutcomeUnknownServerError,
    ),
}
"""What a write ends with that a server answered like this: nobody knows what became of it."""
LOST = {"ReadTimeout", "WriteTimeout", "ReadError", "WriteError", "RemoteProtocolError"}

EVERY_CASE = [(method, failure) for method in CALLS for failure in FAILURES]
library = both_libraries
every_case = pytest.mark.parametrize(("method", "failure"), EVERY_CASE)


def expected_end(method: str, failure: str) -> type[APIError]:
    if method in WRITES and failure in LOST:
        return OutcomeUnknownError
    return UNKNOWN.get(failure, ENDS[failure]) if method in WRITES else ENDS[failure]


@every_case
def test_a_failure_that_lasts_is_tried_four_times_or_once(
    drive: Driver, method: str, failure: str
) -> None:
    server = Script(FAILURES[failure])
    with pytest.raises(APIError) as caught:
        drive(CALLS[method](drive.client(server)))
    times = 4 if failure in REPEATED[method] else 1
    assert [request.method for request in server.requests] == [method] * times
    assert type(caught.value) is expected_end(method, failure)
    assert caught.value.attempts == times
    assert len(drive.clock.sleeps) == times - 1


@every_case
def test_a_failure_that_passes_is_got_over_only_where_a_repeat_is_allowed(
    drive: Driver, method: str, failure: str
) -> None:
    server = Script(FAILURES[failure], SUCCESSES[method])
    client = drive.client(server)
    if failure in REPEATED[method]:
        drive(CALLS[method](client))
        assert len(server.requests) == 2
    else:
        with pytest.raises(expected_end(method, failure)):
            drive(CALLS[method](client))
        assert len(server.requests) == 1


@pytest.mark.parametrize("method", CALLS)
def test_a_repeat_is_the_same_request(drive: Driver, method: str) -> None:
    server = Script(status(429), status(429), SUCCESSES[method])
    drive(CALLS[method](drive.client(server)))
    first, *others = server.requests
    for other in others:
        assert (other.method, other.url, other.content) == (first.method, first.url, first.content)
        assert other.headers == first.headers


@pytest.mark.parametrize("method", CALLS)
def test_no_failure_is_repeated_when_retries_are_off(drive: Driver, method: str) -> None:
    for failure in SURELY_NOT_CARRIED_OUT | PERHAPS_CARRIED_OUT:
        server = Script(FAILURES[failure], SUCCESSES[method])
        client = drive.client(server, retry=RetryPolicy(max_attempts=1))
        with pytest.raises(expected_end(method, failure)) as caught:
            drive(CALLS[method](client))
        assert caught.value.attempts == len(server.requests) == 1
    assert drive.clock.sleeps == []


NAMES = [operation for operation, _, _ in WRITES_AND_WHAT_TELLS]


@pytest.mark.parametrize("failure", sorted(LOST))
@pytest.mark.parametrize(("operation", "call", "tells"), WRITES_AND_WHAT_TELLS, ids=NAMES)
def test_a_write_whose_outcome_is_unknown_names_the_call_that_tells(
    drive: Driver, operation: str, call: Callable[[Any], Any], tells: str, failure: str
) -> None:
    server = Script(FAILURES[failure])
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(call(drive.client(server)))
    assert sum(request.method != "GET" for request in server.requests) == 1
    assert caught.value.operation == operation
    assert tells in str(caught.value)
    assert isinstance(caught.value.__cause__, APIError)


@pytest.mark.parametrize("failure", sorted(UNKNOWN))
@pytest.mark.parametrize(("operation", "call", "tells"), WRITES_AND_WHAT_TELLS, ids=NAMES)
def test_a_write_that_a_server_error_may_have_carried_out_names_the_call_that_tells(
    drive: Driver, operation: str, call: Callable[[Any], Any], tells: str, failure: str
) -> None:
    server = Script(FAILURES[failure])
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(call(drive.client(server)))
    assert sum(request.method != "GET" for request in server.requests) == 1
    assert type(caught.value) is UNKNOWN[failure]
    assert isinstance(caught.value, ENDS[failure])
    assert caught.value.status_code == int(failure[:3])
    assert caught.value.operation == operation
    assert tells in str(caught.value)


@pytest.mark.parametrize(("operation", "call", "tells"), WRITES_AND_WHAT_TELLS, ids=NAMES)
def test_a_write_whose_answer_cannot_be_read_says_that_it_may_be_done(
    drive: Driver, operation: str, call: Callable[[Any], Any], tells: str
) -> None:
    server = Script(status(201, b"{"))
    with pytest.raises(ResponseError, match="may have been carried out") as caught:
        drive(call(drive.client(server)))
    assert (len(server.requests), caught.value.operation) == (1, operation)
    assert tells in str(caught.value)


@pytest.mark.parametrize("failure", sorted(PERHAPS_CARRIED_OUT - {"503 with Retry-After"}))
@pytest.mark.parametrize("thing", DELETES)
def test_a_delete_whose_repeat_finds_nothing_has_succeeded(
    drive: Driver, thing: str, failure: str
) -> None:
    server = Script(FAILURES[failure], status(429), status(404))
    assert drive(DELETES[thing](drive.client(server))) is None
    assert len(server.requests) == 3


@pytest.mark.parametrize("failure", sorted(SURELY_NOT_CARRIED_OUT))
@pytest.mark.parametrize("thing", DELETES)
def test_a_delete_that_was_surely_not_carried_out_and_then_finds_nothing_has_failed(
    drive: Driver, thing: str, failure: str
) -> None:
    server = Script(FAILURES[failure], status(404))
    with pytest.raises(NotFoundError) as caught:
        drive(DELETES[thing](drive.client(server)))
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert caught.value.attempts == 2


@pytest.mark.parametrize("thing", DELETES)
def test_a_delete_that_was_put_off_and_then_finds_nothing_is_not_reported_as_done(
    drive: Driver, thing: str
) -> None:
    """A 503 with Retry-After mostly means that nothing was done, and may mean that it was."""
    server = Script(status(503, retry_after="1"), status(404))
    with pytest.raises(OutcomeUnknownNotFoundError) as caught:
        drive(DELETES[thing](drive.client(server)))
    assert isinstance(caught.value, NotFoundError)
    assert caught.value.status_code == 404
    assert "may have been carried out" in str(caught.value)
    assert [note for note in caught.value.__notes__ if "503" in note]


@pytest.mark.parametrize("thing", DELETES)
def test_a_delete_that_finds_nothing_at_once_has_failed(drive: Driver, thing: str) -> None:
    server = Script(status(404))
    with pytest.raises(NotFoundError):
        drive(DELETES[thing](drive.client(server)))
    assert len(server.requests) == 1


def test_an_update_whose_repeat_finds_nothing_has_failed(drive: Driver) -> None:
    server = Script(status(502), status(404))
    with pytest.raises(NotFoundError) as caught:
        drive(CALLS["PUT"](drive.client(server)))
    assert caught.value.attempts == 2


def test_a_delete_whose_repeat_is_answered_with_not_found_on_a_200_has_succeeded(
    drive: Driver,
) -> None:
    server = Script(status(502), json({"code": "NOT_FOUND", "message": "no such project"}))
    assert drive(CALLS["DELETE"](drive.client(server))) is None


def test_the_connection_may_fail_after_the_headers_came(drive: Driver) -> None:
    class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Any:
            yield b'{"id": '
            raise httpx.ReadError("reset in mid-body")

        async def __aiter__(self) -> Any:
            yield b'{"id": '
            raise httpx.ReadError("reset in mid-body")

    server = Script(lambda _: httpx.Response(200, stream=Broken()), json(project()))
    assert drive(CALLS["GET"](drive.client(server))).id == "p1"
    server = Script(lambda _: httpx.Response(201, stream=Broken()), json(project()))
    with pytest.raises(OutcomeUnknownError):
        drive(CALLS["POST"](drive.client(server)))
    assert len(server.requests) == 1


@pytest.mark.parametrize(("value", "waits"), [("1, 3", [3.0]), ("3, 3", [3.0]), ("1, 9999", [])])
def test_of_several_waits_that_a_server_asks_for_the_longest_counts(
    drive: Driver, value: str, waits: list[float]
) -> None:
    """A gateway that repeats the header, or adds one of its own."""
    headers = [("retry-after", each) for each in value.split(", ")]
    server = Script(httpx.Response(503, headers=headers), json(project()))
    with contextlib.suppress(ServerError):  # asked to wait for too long
        drive(drive.client(server).projects.get("p1"))
    assert drive.clock.sleeps == waits
