"""How a watch waits, what ends it, and where it can be taken up again."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import anyio
import httpx
import pytest
from client.watching.course import Course, Feed, close, follow, step, watched
from support.driving import KEY, Driver
from support.servers import Script, json, status

from paperspace_projects import (
    APIConnectionError,
    APIError,
    AsyncClient,
    Client,
    ClientClosedError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    PaginationError,
    ServerError,
)
from paperspace_projects.hooks import before_sending

PATIENCE = 5.0
"""Seconds after which something that is waited for will not come any more."""


def test_nothing_is_sent_before_the_first_event_is_asked_for(drive: Driver) -> None:
    feed = Feed()
    close(drive, drive.client(feed).project("p1").watch())
    assert feed.requests == []


@pytest.mark.parametrize(
    ("options", "seconds"), [({}, 5.0), ({"poll": 0.5}, 0.5), ({"poll": 60}, 60)]
)
def test_so_many_seconds_are_waited_between_two_looks(
    drive: Driver, options: dict[str, Any], seconds: float
) -> None:
    feed = Feed()
    watched(drive, feed, feed.happen, lambda: None, partial(feed.happen, 3), **options)
    assert drive.clock.sleeps == [seconds] * 4
    assert len(feed.requests) == 4


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        *(
            ({"poll": poll}, "poll")
            for poll in (0, -1, float("nan"), float("inf"), "5", True, None)
        ),
        *(({"after": after}, "after") for after in ("", " ", 7)),
        *(({"type": kind}, "type") for kind in ("", " ", 7)),
    ],
)
def test_what_cannot_be_used_is_refused_at_once(
    drive: Driver, options: dict[str, Any], argument: str
) -> None:
    server = Script(json([]))
    with pytest.raises(InvalidArgumentError) as caught:
        drive.client(server).project("p1").watch(**options)
    assert caught.value.argument == argument
    assert server.requests == []


def test_a_look_that_fails_for_a_moment_is_repeated(drive: Driver) -> None:
    feed = Feed()

    def happen() -> None:
        feed.happen()
        feed.answers = [lambda: status(503), lambda: status(429, retry_after="1")]

    assert watched(drive, feed, happen, happen) == ["e0", "e1"]


def lost() -> httpx.Response:
    raise httpx.ReadError("lost")


TROUBLE: dict[str, Any] = {
    "status": lambda: status(503),
    "connection": lost,
    "answer": lambda: httpx.Response(200, content=b"<html>"),
}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_watch_that_ended_with_an_error_goes_on_where_it_was(
    drive: Driver, trouble: Any, page: int
) -> None:
    feed = Feed()
    feed.happen(5)

    def fail() -> None:
        feed.happen(300)
        feed.answers = [lambda: None] * (page - 1) + [trouble] * 4

    drive.clock = Course(feed.happen, fail)
    watch = drive.client(feed).project("p1").watch()
    assert step(drive, watch).id == "e5"
    with pytest.raises(APIError) as caught:
        step(drive, watch)
    assert "the watch can be resumed with after='e5'" in caught.value.__notes__
    feed.answers.clear()
    assert watched(drive, feed, feed.happen, after="e5") == feed.ids[6:]


def test_an_error_at_the_first_look_names_no_event(drive: Driver) -> None:
    with pytest.raises(ServerError) as caught:
        watched(drive, Script(status(501)))  # type: ignore[arg-type]
    assert not any("resumed" in note for note in getattr(caught.value, "__notes__", []))


@pytest.mark.parametrize("after", [None, "e3"])
def test_a_cursor_that_leads_nowhere_is_an_error_that_names_an_event(
    drive: Driver, after: str | None
) -> None:
    feed = Feed()
    feed.happen(4)
    broken = {"items": [{"id": "e9"}], "hasMore": True, "nextPage": "c1"}
    drive.clock = Course(lambda: feed.answers.extend([lambda: json(broken)] * 3))
    watch = drive.client(feed).project("p1").watch(after=after)
    with pytest.raises(PaginationError, match="the same cursor twice") as caught:
        step(drive, watch)
    assert caught.value.next_cursor == "e3"


def test_a_project_that_is_deleted_ends_its_watch(drive: Driver, emulator: Any) -> None:
    with Client(emulator.api_key, transport=emulator.transport()) as other:
        theirs = other.project(other.projects.create("home").id)
        drive.clock = Course(
            lambda: emulator.record_event(theirs.id, action="deployment.created"), theirs.delete
        )
        watch = (
            drive.client(emulator.transport(), api_key=emulator.api_key).project(theirs.id).watch()
        )
        assert step(drive, watch).type == "deployment.created"
        with pytest.raises(NotFoundError):
            step(drive, watch)


def test_a_deadline_is_that_of_each_look(drive: Driver) -> None:
    feed = Feed()
    feed.happen(100)
    drive.clock = Course(*[partial(feed.happen, 130)] * 20)
    slow = partial(drive.clock.advance, 0.8)  # two pages: 1.6 seconds
    feed.answers = [slow] * 100
    scope = drive.client(feed, deadline=2.0).project("p1")
    assert follow(drive, lambda after: scope.watch(after=after)) == feed.ids[100:]


def test_a_look_that_takes_longer_than_the_deadline_ends_the_watch(drive: Driver) -> None:
    feed = Feed()
    drive.clock = Course(partial(feed.happen, 500))
    slow = partial(drive.clock.advance, 0.8)
    feed.answers = [slow, slow, slow, lambda: status(503)]
    with pytest.raises(DeadlineExceededError):
        step(drive, drive.client(feed, deadline=2.0).project("p1").watch())


def test_a_watch_that_was_closed_gives_and_asks_nothing_more(drive: Driver) -> None:
    feed = Feed()
    drive.clock = Course(partial(feed.happen, 3))
    watch = drive.client(feed).project("p1").watch()
    assert step(drive, watch).id == "e0"
    close(drive, watch)
    assert drive.items(watch) == []
    assert len(feed.requests) == 2


def test_closing_the_client_ends_a_wait_at_once() -> None:
    asked, errors = threading.Event(), list[BaseException]()

    def answer(_: httpx.Request) -> httpx.Response:
        asked.set()
        return json([])

    client = Client(KEY, transport=httpx.MockTransport(answer))

    def wait() -> None:
        try:
            next(client.project("p1").watch(poll=1000))
        except ClientClosedError as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert asked.wait(PATIENCE)
    client.close()
    thread.join(PATIENCE)
    assert len(errors) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("ends", ["closed", "cancelled"])
def test_a_wait_of_a_task_ends_at_once(backend: str, ends: str) -> None:
    async def main() -> None:
        asked, outcomes = anyio.Event(), list[str]()

        async def answer(_: httpx.Request) -> httpx.Response:
            asked.set()
            return json([])

        async def wait() -> None:
            try:
                await anext(client.project("p1").watch(poll=1000))
            except ClientClosedError:
                outcomes.append("closed")
            except anyio.get_cancelled_exc_class():
                outcomes.append("cancelled")
                raise

        async with AsyncClient(KEY, transport=httpx.MockTransport(answer)) as client:
            with anyio.fail_after(PATIENCE):
                async with anyio.create_task_group() as group:
                    group.start_soon(wait)
                    await asked.wait()
                    await anyio.wait_all_tasks_blocked()
                    if ends == "closed":
                        await client.aclose()
                    else:
                        group.cancel_scope.cancel()
        assert outcomes == [ends]

    anyio.run(main, backend=backend)


def test_a_client_that_is_closed_before_has_no_watch(drive: Driver) -> None:
    client = drive.client(Feed())
    watch = client.project("p1").watch()
    drive.close(client)
    with pytest.raises(ClientClosedError):
        step(drive, watch)


def test_a_watch_is_not_doubled_by_an_answer_that_is_lost(drive: Driver) -> None:
    feed = Feed()

    def lose() -> httpx.Response:
        feed.happen()
        return lost()

    assert watched(drive, feed, lambda: feed.answers.append(lose), lambda: None) == ["e0"]


def test_a_connection_that_cannot_be_made_ends_a_watch(drive: Driver) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(APIConnectionError):
        step(drive, drive.client(refuse).project("p1").watch(after="e1"))


class Stop(BaseException):
    """What is no error."""


@pytest.mark.parametrize("flavour", ["sync", "asyncio", "trio"])
@pytest.mark.parametrize("where", ["transport", "guard"])
@pytest.mark.parametrize("kind", [Stop, SystemExit, KeyboardInterrupt, pytest.fail.Exception])
def test_whatever_is_raised_ends_a_watch(
    flavour: str, where: str, kind: type[BaseException]
) -> None:
    raised, asked = kind(), list[str]()

    def refuse(_: object) -> None:
        asked.append(where)
        if len(asked) == 3:  # at the third look
            raise raised

    def answer(_: httpx.Request) -> httpx.Response:
        if where == "transport":
            refuse(None)
        return json([])

    async def main() -> BaseException | None:
        async with AsyncClient(KEY, transport=httpx.MockTransport(answer)) as client:
            try:
                await anext(client.project("p1").watch(poll=0.001))
            except BaseException as error:
                return error
        return None

    with before_sending(refuse if where == "guard" else lambda _: None):
        if flavour == "sync":
            with (
                Client(KEY, transport=httpx.MockTransport(answer)) as client,
                pytest.raises(kind) as caught,
            ):
                next(client.project("p1").watch(poll=0.001))
            assert caught.value is raised
        else:
            assert anyio.run(main, backend=flavour) is raised
    assert len(asked) == 3
