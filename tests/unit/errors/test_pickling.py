"""Every error pickles and copies, and keeps all that it carries."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.servers import Answer, Script, json, status

import paperspace_projects as package
from paperspace_projects import APIError, PaperspaceError

CONTEXT: dict[str, Any] = {
    "operation": "getProject",
    "method": "GET",
    "path": "/projects/p1",
    "attempts": 3,
    "status_code": 418,
    "code": "X",
    "message": "m",
    "details": {"a": [1, None]},
    "issues": ("one", "two"),
    "request_id": "r-1",
}
MADE: dict[str, PaperspaceError] = {
    "PaperspaceError": package.PaperspaceError("text"),
    "ConfigurationError": package.ConfigurationError("text"),
    "ClientClosedError": package.ClientClosedError("text"),
    "InvalidArgumentError": package.InvalidArgumentError("name", "a string"),
    "AmbiguousNameError": package.AmbiguousNameError("twin", ("p1", "p2")),
    "DesiredStateError": package.DesiredStateError(("a.yaml:1:2: name: is bad", "a.yaml:3:4: no")),
    "SecretReferenceError": package.SecretReferenceError("env:TOKEN", "it is not set"),
    "StalePlanError": package.StalePlanError("add tag 'a'", planned="no tag", found="a tag"),
    "PaginationError": package.PaginationError("listProjects", "a problem", "x"),
    "ExecutorError": package.ExecutorError("the executor failed"),
    "ResponseError": package.ResponseError(
        "text", json_path="$.id", expected="a string", found="null", **CONTEXT
    ),
    "RateLimitError": package.RateLimitError("text", retry_after=1.5, **CONTEXT),
    **{
        name: getattr(package, name)("text", **CONTEXT)
        for name in (
            *("APIError", "APIConnectionError", "APITimeoutError", "DeadlineExceededError"),
            *("OutcomeUnknownError", "APIStatusError", "BadRequestError", "AuthenticationError"),
            *("PermissionDeniedError", "NotFoundError", "ConflictError", "ServerError"),
        )
    },
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda error, protocol=protocol: pickle.loads(
            pickle.dumps(error, protocol)
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}
every_copy = pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)


def public(error: PaperspaceError) -> dict[str, Any]:
    """All that an error carries under a public name."""
    return {
        name: getattr(error, name)
        for name in dir(error)
        if not name.startswith("_") and not callable(getattr(error, name))
    }


def assert_the_same(again: PaperspaceError, error: PaperspaceError) -> None:
    assert again is not error
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert repr(again) == repr(error)
    assert again.args == error.args
    assert public(again) == public(error)
    assert getattr(again, "__notes__", None) == getattr(error, "__notes__", None)


def test_no_error_is_forgotten() -> None:
    errors = {
        name
        for name in package.__all__
        if isinstance(each := getattr(package, name), type) and issubclass(each, BaseException)
    }
    assert errors == set(MADE)


@every_copy
@pytest.mark.parametrize("name", MADE)
def test_an_error_keeps_what_it_carries(name: str, make: Callable[[Any], Any]) -> None:
    assert_the_same(make(MADE[name]), MADE[name])


@every_copy
@pytest.mark.parametrize("name", MADE)
def test_an_error_keeps_its_notes(name: str, make: Callable[[Any], Any]) -> None:
    error = copy.copy(MADE[name])
    error.add_note("attempt 1: went wrong")
    error.add_note("attempt 2: went wrong again")
    again = make(error)
    assert_the_same(again, error)
    assert again.__notes__ == ["attempt 1: went wrong", "attempt 2: went wrong again"]


def test_a_copy_has_notes_of_its_own() -> None:
    error = package.ConfigurationError("text")
    error.add_note("before")
    again = copy.copy(error)
    again.add_note("after")
    assert error.__notes__ == ["before"]


@every_copy
def test_a_copy_of_a_copy_is_the_same(make: Callable[[Any], Any]) -> None:
    for error in MADE.values():
        assert_the_same(make(make(error)), error)


RAISED: dict[str, Answer] = {
    "connection": httpx.ConnectError("refused"),
    "timeout": httpx.ReadTimeout("slow"),
    "status": json({"code": "X", "message": "m", "details": {"a": 1}}, 404, x_request_id="r"),
    "rate limit": status(429, retry_after="500"),
    "server": status(500),
    "unreadable": status(200, b"{"),
    "wrong type": json({"id": 5, "name": "n"}),
    "html": status(502, b"<h1>Bad Gateway</h1>", content_type="text/html"),
}


@every_copy
@pytest.mark.parametrize("answer", RAISED)
@pytest.mark.parametrize(
    "call",
    [lambda client: client.projects.get("p1"), lambda client: client.projects.create("n")],
    ids=["get", "create"],
)
def test_an_error_that_was_raised_keeps_what_it_carries(
    drive: Driver, answer: str, call: Any, make: Callable[[Any], Any]
) -> None:
    with pytest.raises(APIError) as caught:
        drive(call(drive.client(Script(RAISED[answer]))))
    assert_the_same(make(caught.value), caught.value)


def test_an_error_comes_back_from_another_process() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        future = pool.submit(exec, _FAILING)
        with pytest.raises(package.RateLimitError) as caught:
            future.result()
    assert caught.value.retry_after == 2.5
    assert "a note" in caught.value.__notes__


_FAILING = """
import paperspace_projects as package
error = package.RateLimitError(
    "text", retry_after=2.5, operation="getProject", method="GET", path="/"
)
error.add_note("a note")
raise error
"""


def test_an_error_can_be_raised_again_elsewhere() -> None:
    again = pickle.loads(pickle.dumps(MADE["NotFoundError"]))
    with pytest.raises(package.NotFoundError, match="text"):
        raise again
