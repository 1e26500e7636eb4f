"""One deadline for a whole call: attempts are shortened to it, and no wait goes past it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.servers import Answer, Script, json, pages_of, project, status

from paperspace_projects import (
    APIError,
    APITimeoutError,
    DeadlineExceededError,
    OutcomeUnknownError,
    RetryPolicy,
)

PARTS = ("connect", "read", "write", "pool")


def timeouts(request: httpx.Request) -> dict[str, float | None]:
    return request.extensions["timeout"]


def taking(drive: Driver, seconds: float, answer: Answer) -> Any:
    """An answer that takes its time."""

    def slowly(request: httpx.Request) -> httpx.Response:
        drive.clock.advance(seconds)
        return Script(answer)(request)

    return slowly


def timing_out(drive: Driver, error: type[httpx.TimeoutException] = httpx.ReadTimeout) -> Any:
    """A server that never answers: each attempt takes what its timeout allows."""

    def never(request: httpx.Request) -> httpx.Response:
        drive.clock.advance(timeouts(request)["read"] or 0)
        raise error("slow")

    return never


def test_without_a_deadline_each_attempt_has_the_whole_timeout(drive: Driver) -> None:
    server = Script(taking(drive, 29, status(500)))
    with pytest.raises(APIError):
        drive(drive.client(server).projects.get("p1"))
    assert [timeouts(each) for each in server.requests] == [dict.fromkeys(PARTS, 30.0)] * 4


def test_an_attempts_timeout_is_shortened_to_what_is_left(drive: Driver) -> None:
    server = Script(taking(drive, 4, status(500)))
    with pytest.raises(APIError):
        drive(drive.client(server, timeout=8, deadline=15).projects.get("p1"))
    # 4 s and 0.5 s are gone before the second attempt, 4 s and 1 s more before the third.
    assert [timeouts(each)["read"] for each in server.requests] == [8.0, 8.0, 5.5]
    assert all(len(set(timeouts(each).values())) == 1 for each in server.requests)


def test_a_timeout_in_parts_is_shortened_part_by_part(drive: Driver) -> None:
    server = Script(json(project()))
    parts = httpx.Timeout(connect=2, read=None, write=50, pool=9)
    drive(drive.client(server, timeout=parts, deadline=10).projects.get("p1"))
    assert timeouts(server.requests[0]) == {"connect": 2, "read": 10, "write": 10, "pool": 9}


def test_a_timeout_in_parts_is_sent_as_it_is_without_a_deadline(drive: Driver) -> None:
    server = Script(json(project()))
    parts = httpx.Timeout(connect=2, read=None, write=50, pool=9)
    drive(drive.client(server, timeout=parts).projects.get("p1"))
    assert timeouts(server.requests[0]) == {"connect": 2, "read": None, "write": 50, "pool": 9}


@pytest.mark.parametrize("deadline", [0.2, 0.5, 1, 5, 31, 60.5, 100])
@pytest.mark.parametrize("fraction", [0.0, 0.1, 1.0])
@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteTimeout]
)
def test_a_call_never_outlasts_its_deadline(
    drive: Driver, deadline: float, fraction: float, error: type[httpx.TimeoutException]
) -> None:
    drive.clock.fraction = fraction
    began = drive.clock.now
    policy = RetryPolicy(max_attempts=20, initial_wait=0.3)
    client = drive.client(Script(timing_out(drive, error)), deadline=deadline, retry=policy)
    with pytest.raises((APITimeoutError, DeadlineExceededError)):
        drive(client.projects.get("p1"))
    assert drive.clock.now - began <= deadline + 0.002


@pytest.mark.parametrize("fraction", [0.0, 1.0])
@pytest.mark.parametrize(
    "answer",
    [
        status(500),
        status(503),
        status(429),
        status(429, retry_after="0"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
    ],
    ids=lambda answer: repr(answer)[:40],
)
def test_nothing_is_sent_once_the_deadline_has_passed(
    drive: Driver, answer: Answer, fraction: float
) -> None:
    drive.clock.fraction = fraction
    server = Script(taking(drive, 11, answer))
    with pytest.raises(APIError):
        drive(drive.client(server, deadline=10).projects.get("p1"))
    assert len(server.requests) == 1
    assert drive.clock.sleeps == []


def test_a_deadline_that_leaves_no_time_for_a_wait_is_its_own_error(drive: Driver) -> None:
    server = Script(taking(drive, 9.8, status(500, b'{"code": "X", "message": "boom"}')))
    with pytest.raises(DeadlineExceededError, match="deadline") as caught:
        drive(drive.client(server, deadline=10).projects.get("p1"))
    error = caught.value
    assert drive.clock.sleeps == []
    assert (error.status_code, error.code, error.message) == (500, "X", "boom")
    assert (error.operation, error.method, error.path) == ("getProject", "GET", "/projects/p1")
    assert "boom" in str(error)
    assert type(error.__cause__).__name__ == "ServerError"


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteTimeout]
)
def test_a_timeout_that_the_deadline_caused_says_so(
    drive: Driver, error: type[httpx.TimeoutException]
) -> None:
    client = drive.client(Script(timing_out(drive, error)), deadline=10)
    with pytest.raises(DeadlineExceededError, match="deadline") as caught:
        drive(client.projects.get("p1"))
    assert caught.value.attempts == 1


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteTimeout]
)
def test_a_timeout_that_the_deadline_caused_says_so_without_retries(
    drive: Driver, error: type[httpx.TimeoutException]
) -> None:
    server = Script(timing_out(drive, error))
    client = drive.client(server, deadline=10, retry=RetryPolicy(max_attempts=1))
    with pytest.raises(DeadlineExceededError, match="deadline"):
        drive(client.projects.get("p1"))


def test_a_write_that_the_deadline_cut_off_has_an_unknown_outcome(drive: Driver) -> None:
    server = Script(timing_out(drive))
    with pytest.raises(OutcomeUnknownError, match=r"projects\.find"):
        drive(drive.client(server, deadline=10).projects.create("n"))
    assert len(server.requests) == 1


def test_a_call_that_succeeds_in_time_is_not_disturbed(drive: Driver) -> None:
    server = Script(taking(drive, 3, status(500)), json(project()))
    assert drive(drive.client(server, deadline=10).projects.get("p1")).id == "p1"


def test_a_refusal_near_the_deadline_stays_a_refusal(drive: Driver) -> None:
    from paperspace_projects import NotFoundError

    server = Script(taking(drive, 11, status(404)))
    with pytest.raises(NotFoundError):
        drive(drive.client(server, deadline=10).projects.get("p1"))


def test_each_page_of_a_listing_has_the_deadline_for_itself(drive: Driver) -> None:
    listing = pages_of([project(number) for number in range(5)], 2)
    server = Script(taking(drive, 6, listing))
    client = drive.client(server, deadline=10)
    assert len(drive.items(client.projects.list())) == 5
    assert [timeouts(each)["read"] for each in server.requests] == [10.0] * 3
