"""One deadline and one rate limit hold for a whole inventory, and for nothing else."""

from __future__ import annotations

import socket
import time
from typing import Any

import httpx
import pytest
from inventory.taking import Taker, Team, Watched

from paperspace_projects import (
    DeadlineExceededError,
    ProjectFailure,
    ProjectSnapshot,
    RateLimitError,
    RetryPolicy,
    ServerError,
)


def test_the_deadline_is_for_all_of_it(taker: Taker) -> None:
    """Each request takes a second, one after the other; there are 42 of them, and 20 seconds."""
    watched = Watched(Team(10), before=lambda _: taker.clock.advance(1))
    taken = taker.take(taker.client(watched, deadline=20), concurrency=1)
    assert all(isinstance(each, ProjectSnapshot) for each in taken.results)
    assert taken.names == ["0", "1", "2", "3"]
    assert isinstance(taken.error, DeadlineExceededError)
    assert "4 projects are done" in str(taken.error)
    assert len(watched.lines) == 20


def test_what_was_read_in_time_is_yielded_in_order(taker: Taker) -> None:
    """The last of four tag lists is held back until the others are there and time is over."""

    def until(request: httpx.Request) -> Any:
        if "/projects/p1/" not in request.url.path:
            return None
        return lambda: len(watched.answered) >= 4

    def before(request: httpx.Request) -> None:
        if "/projects/p1/" in request.url.path:
            taker.clock.advance(100)

    def answer(path: str) -> httpx.Response | None:
        return httpx.Response(503) if "/projects/p1/" in path else None

    watched = Watched(Team(4, answer), until=until, before=before)
    client = taker.client(watched, deadline=20)
    taken = taker.take(client, include=["tags"], in_order=True, concurrency=4)
    assert taken.names == ["0", "2", "3"]
    assert isinstance(taken.error, DeadlineExceededError)


def test_a_deadline_that_passes_between_two_requests_ends_it(taker: Taker) -> None:
    taken = taker.take(
        taker.client(Team(100), deadline=5),
        include=["tags"],
        concurrency=2,
        look=lambda _: taker.clock.advance(10),
    )
    assert 1 <= len(taken.results) <= 3
    assert all(isinstance(each, ProjectSnapshot) for each in taken.results)
    assert isinstance(taken.error, DeadlineExceededError)


def test_the_callers_own_calls_have_a_deadline_of_their_own() -> None:
    """A call between two results is sent twice, when all of the inventory's time has passed."""
    taker, asked = Taker("sync"), []

    def answer(path: str) -> httpx.Response | None:
        if path != "/projects/own":
            return None
        asked.append(path)
        return httpx.Response(503) if len(asked) == 1 else None

    def look(_: object) -> None:
        taker.clock.advance(100)
        assert client.projects.get("own").id == "own"

    client = taker.client(Team(1, answer), deadline=5)
    assert taker.take(client, look=look).names == ["0"]
    assert len(asked) == 2


def test_the_deadline_begins_with_the_first_request(taker: Taker) -> None:
    client = taker.client(Team(3), deadline=5)
    results = client.inventory()
    taker.clock.advance(100)
    if taker.flavour == "sync":
        assert len(list(results)) == 3
        return

    async def run() -> list[Any]:
        return [each async for each in results]

    assert len(taker.run(run)) == 3


def test_one_project_that_asks_for_more_time_than_there_is_fails_alone(taker: Taker) -> None:
    def answer(path: str) -> httpx.Response | None:
        if path == "/projects/p1/tags":
            return httpx.Response(503, headers={"Retry-After": "50"})
        return None

    taken = taker.take(taker.client(Team(5, answer), deadline=30), include=["tags"])
    assert taken.error is None
    (failure,) = [each for each in taken.results if isinstance(each, ProjectFailure)]
    assert isinstance(failure.error, ServerError)
    assert len(taken.results) == 5


def test_a_429_is_waited_out_by_all(taker: Taker) -> None:
    asked: list[float] = []

    def answer(_: str) -> httpx.Response | None:
        asked.append(taker.clock.now)
        if len(asked) == 3:
            return httpx.Response(429, headers={"Retry-After": "7"})
        return None

    begun = taker.clock.now
    taken = taker.take(taker.client(Team(5, answer)), include=["tags"], concurrency=1)
    assert len(taken.results) == 5
    assert [moment - begun for moment in asked] == [0, 0, 0, 7, 7, 7, 7]


def test_a_429_that_leaves_no_time_ends_it_at_once(taker: Taker) -> None:
    """A minute's wait for all, and half a minute's time: not every project is to fail for it."""

    def answer(path: str) -> httpx.Response | None:
        if path == "/projects/p3/tags":
            return httpx.Response(429, headers={"Retry-After": "50"})
        return None

    watched = Watched(Team(500, answer))
    client = taker.client(watched, deadline=30)
    taken = taker.take(client, include=["tags"], concurrency=2)
    failures = [each for each in taken.results if isinstance(each, ProjectFailure)]
    assert len(failures) <= 1
    assert all(isinstance(each.error, RateLimitError) for each in failures)
    assert isinstance(taken.error, DeadlineExceededError)
    assert len(watched.lines) < 20


def test_without_a_deadline_there_is_none(taker: Taker) -> None:
    watched = Watched(Team(3), before=lambda _: taker.clock.advance(10_000))
    taken = taker.take(taker.client(watched, retry=RetryPolicy(max_attempts=1)))
    assert (len(taken.results), taken.error) == (3, None)


@pytest.mark.parametrize("ids", [None, ["p1", "p2"]])
def test_a_server_that_is_silent_ends_it_in_time(taker: Taker, ids: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # it takes connections, and no more
        client = taker.client(
            None, base_url=f"http://127.0.0.1:{server.getsockname()[1]}", deadline=0.3
        )
        client._session.clock = type(client._session.clock)()  # real time
        begun = time.monotonic()
        taken = taker.take(client, ids)
        assert 0.25 < time.monotonic() - begun < 10
    assert isinstance(taken.error, DeadlineExceededError)
    assert taken.results == []
