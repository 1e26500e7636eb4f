"""An error body on a 2xx is the error that its code says, and is retried like it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from retries.calls import CALLS, DELETES, WRITES, WRITES_AND_WHAT_TELLS
from support.driving import Driver
from support.servers import Script, json, project

from paperspace_projects import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from paperspace_projects.errors import (
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
)

CODES: dict[str, type[APIStatusError]] = {
    "PARSE_ERROR": BadRequestError,
    "BAD_REQUEST": BadRequestError,
    "UNAUTHORIZED": AuthenticationError,
    "FORBIDDEN": PermissionDeniedError,
    "NOT_FOUND": NotFoundError,
    "METHOD_NOT_SUPPORTED": APIStatusError,
    "TIMEOUT": APIStatusError,
    "CONFLICT": ConflictError,
    "PRECONDITION_FAILED": APIStatusError,
    "PAYLOAD_TOO_LARGE": APIStatusError,
    "TOO_MANY_REQUESTS": RateLimitError,
    "CLIENT_CLOSED_REQUEST": APIStatusError,
    "INTERNAL_SERVER_ERROR": ServerError,
    "SOMETHING_NEW": APIStatusError,
}


CODES_REPEATED = {
    "TIMEOUT": {"GET", "PUT", "DELETE"},
    "INTERNAL_SERVER_ERROR": {"GET", "PUT", "DELETE"},
    "TOO_MANY_REQUESTS": set(CALLS),
}


UNKNOWN_BY_CODE: dict[str, type[APIStatusError]] = {
    "TIMEOUT": OutcomeUnknownStatusError,
    "INTERNAL_SERVER_ERROR": OutcomeUnknownServerError,
    "CLIENT_CLOSED_REQUEST": OutcomeUnknownStatusError,
    "SOMETHING_NEW": OutcomeUnknownStatusError,
}


@pytest.mark.parametrize("answered", [200, 201])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("method", CALLS)
def test_an_error_body_on_a_success_is_the_error_that_its_code_says(
    drive: Driver, method: str, code: str, answered: int
) -> None:
    server = Script(json({"code": code, "message": "said so"}, answered))
    with pytest.raises(APIStatusError) as caught:
        drive(CALLS[method](drive.client(server)))
    known = CODES[code]
    if method in WRITES and code in UNKNOWN_BY_CODE:
        known = UNKNOWN_BY_CODE[code]
    assert type(caught.value) is known
    assert (caught.value.code, caught.value.message) == (code, "said so")
    assert caught.value.status_code == answered
    assert len(server.requests) == (4 if method in CODES_REPEATED.get(code, ()) else 1)


@pytest.mark.parametrize(
    "call", [*DELETES.values(), *(call for _, call, _ in WRITES_AND_WHAT_TELLS)]
)
def test_an_error_body_on_a_success_may_say_more_than_errors_do(
    drive: Driver, call: Callable[[Any], Any]
) -> None:
    body = {"code": "FORBIDDEN", "message": "said so", "requestId": "r1"}
    with pytest.raises(PermissionDeniedError):
        drive(call(drive.client(Script(json(body)))))


@pytest.mark.parametrize("code", CODES)
def test_an_error_body_on_a_success_is_obeyed_when_it_names_a_wait(
    drive: Driver, code: str
) -> None:
    server = Script(json({"code": code, "message": "m"}, retry_after="7"), json(project()))
    if "GET" in CODES_REPEATED.get(code, ()):
        drive(CALLS["GET"](drive.client(server)))
        assert drive.clock.sleeps == [7.0]
    else:
        with pytest.raises(CODES[code]):
            drive(CALLS["GET"](drive.client(server)))
        assert drive.clock.sleeps == []
