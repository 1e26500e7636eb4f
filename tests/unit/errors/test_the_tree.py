"""The one tree of exceptions: who stands under whom, and which class a status has."""

from __future__ import annotations

import inspect
from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.servers import Script, json, status

import paperspace_projects as package
from paperspace_projects import APIStatusError, NotFoundError, PaperspaceError

BASES: dict[str, list[str]] = {
    "PaperspaceError": ["Exception"],
    "ConfigurationError": ["PaperspaceError"],
    "ClientClosedError": ["PaperspaceError"],
    "InvalidArgumentError": ["PaperspaceError", "ValueError"],
    "AmbiguousNameError": ["PaperspaceError"],
    "DesiredStateError": ["PaperspaceError", "ValueError"],
    "SecretReferenceError": ["PaperspaceError"],
    "StalePlanError": ["PaperspaceError"],
    "PaginationError": ["PaperspaceError"],
    "ExecutorError": ["PaperspaceError"],
    "APIError": ["PaperspaceError"],
    "APIConnectionError": ["APIError"],
    "APITimeoutError": ["APIError"],
    "DeadlineExceededError": ["APIError"],
    "OutcomeUnknownError": ["APIError"],
    "ResponseError": ["APIError"],
    "APIStatusError": ["APIError"],
    "BadRequestError": ["APIStatusError"],
    "AuthenticationError": ["APIStatusError"],
    "PermissionDeniedError": ["APIStatusError"],
    "NotFoundError": ["APIStatusError"],
    "ConflictError": ["APIStatusError"],
    "RateLimitError": ["APIStatusError"],
    "ServerError": ["APIStatusError"],
}


@pytest.mark.parametrize("name", BASES)
def test_each_error_stands_in_its_place(name: str) -> None:
    cls = getattr(package, name)
    assert [base.__name__ for base in cls.__bases__] == BASES[name]
    assert cls.__module__ == "paperspace_projects.errors"
    assert inspect.getdoc(cls)


def test_no_public_error_is_forgotten() -> None:
    errors = {
        name
        for name in package.__all__
        if isinstance(each := getattr(package, name), type) and issubclass(each, BaseException)
    }
    assert errors == set(BASES)


CLASSES: dict[int, str] = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    429: "RateLimitError",
    **dict.fromkeys([500, 501, 502, 503, 504, 505, 507, 511, 520, 524, 599], "ServerError"),
    **dict.fromkeys([402, 405, 406, 408, 410, 412, 413, 418, 422, 451, 499], "APIStatusError"),
    **dict.fromkeys([300, 301, 302, 304, 307, 308], "APIStatusError"),
}


def refused(drive: Driver, answer: Any) -> APIStatusError:
    client = drive.client(Script(answer))
    with pytest.raises(APIStatusError) as caught:
        drive(client.project("p 1").get())
    return caught.value


@pytest.mark.parametrize("code", CLASSES)
def test_each_status_has_its_class(drive: Driver, code: int) -> None:
    error = refused(drive, status(code))
    assert type(error).__name__ == CLASSES[code]
    assert error.status_code == code
    assert str(code) in str(error)


@pytest.mark.parametrize("code", CLASSES)
def test_a_status_counts_for_more_than_the_code_in_the_body(drive: Driver, code: int) -> None:
    error = refused(drive, json({"code": "CONFLICT", "message": "m"}, code))
    assert type(error).__name__ == CLASSES[code]
    assert error.code == "CONFLICT"


def test_an_error_carries_all_that_the_answer_says(drive: Driver) -> None:
    body = {
        "code": "BAD_REQUEST",
        "message": "The name is bad.",
        "details": {"field": ["name"]},
        "issues": [{"message": "too long"}, {"message": "too odd"}, {"other": 1}],
    }
    error = refused(drive, json(body, 400, x_request_id="r-1"))
    assert error.operation == "getProject"
    assert error.method == "GET"
    assert error.path == "/projects/p%201"
    assert error.attempts == 1
    assert error.code == "BAD_REQUEST"
    assert error.message == "The name is bad."
    assert error.details == {"field": ["name"]}
    assert error.issues == ("too long", "too odd")
    assert error.request_id == "r-1"
    for part in (
        *("getProject", "GET", "/projects/p%201", "400", "BAD_REQUEST", "The name is bad"),
        *("too long", "too odd", "r-1"),
    ):
        assert part in str(error)


def test_an_error_without_a_body_carries_what_there_is(drive: Driver) -> None:
    error = refused(drive, status(404))
    assert (error.code, error.message, error.details, error.issues) == (None, None, None, ())
    assert error.request_id is None
    assert "404 Not Found" in str(error)
    assert "request id" not in str(error)


@pytest.mark.parametrize("body", [None, 5, "text", [], {}, {"code": 5, "message": ["m"]}])
def test_a_body_of_another_shape_is_no_obstacle(drive: Driver, body: Any) -> None:
    error = refused(drive, json(body, 404))
    assert type(error) is NotFoundError
    assert (error.code, error.message) == (None, None)


def test_the_attempts_are_told(drive: Driver) -> None:
    error = refused(drive, json({"code": "X", "message": "m"}, 503, x_request_id="r-2"))
    assert error.attempts == 4
    assert "4 attempts" in str(error)
    assert "r-2" in str(error)


@pytest.mark.parametrize("code", [400, 404, 500, 502])
@pytest.mark.parametrize(
    "content",
    [
        b"<html><head><style>p{x:y}</style><script>evil()</script></head><h1>502 Bad</h1></html>",
        b"<html>" + b"<p>many words</p>" * 500,
        b"plain \x1b[31mred\x1b[0m \x00\x07\r\n\t text",
        "<p>\u202eright to left\u2028line \x9b31m</p>".encode(),
        b"x" * 100_000,
    ],
)
@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/plain", ""])
def test_a_page_is_told_in_a_few_clean_words(
    drive: Driver, code: int, content: bytes, content_type: str
) -> None:
    error = refused(drive, status(code, content, content_type=content_type))
    text = str(error)
    assert text.isprintable()
    quoted = text[text.index("'") + 1 : text.rindex("'")]
    assert 0 < len(quoted) <= 200
    assert "evil()" not in text
    assert (error.code, error.message) == (None, None)


@pytest.mark.parametrize("field", ["message", "code", "issues"])
def test_what_a_server_says_is_told_in_clean_and_not_too_many_words(
    drive: Driver, field: str
) -> None:
    """A log line stays one line, and a terminal is not told to do anything."""
    nasty = "first\nsecond \x1b[2J\x00\u202e" + "word " * 10_000
    body: dict[str, Any] = {"code": "X", "message": "m"}
    body[field] = [{"message": nasty}] if field == "issues" else nasty
    text = str(refused(drive, json(body, 400)))
    assert text.isprintable()
    assert len(text) < 2000


def test_a_request_id_is_told_in_clean_words(drive: Driver) -> None:
    answer = httpx.Response(404, headers=[(b"x-request-id", b"r-1\x9b31m\xad")])
    text = str(refused(drive, answer))
    assert "r-1" in text
    assert text.isprintable()


@pytest.mark.parametrize(
    ("code", "hint"), [(401, "API key"), (403, "team"), (404, "id or name"), (409, "already")]
)
def test_an_error_says_what_to_do(drive: Driver, code: int, hint: str) -> None:
    assert hint in str(refused(drive, status(code)))


def test_a_404_that_is_about_no_project_is_about_the_base_url(drive: Driver) -> None:
    client = drive.client(Script(status(404), status(404)))
    for call in (client.projects.list().first, lambda: client.projects.create("vision")):
        with pytest.raises(NotFoundError, match="check base_url, whose path"):
            drive(call())


def test_everything_is_caught_by_the_base() -> None:
    for name in BASES:
        assert issubclass(getattr(package, name), PaperspaceError)
