"""Whatever is raised while an inventory is read reaches the caller, and nothing is left running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, closing
from typing import Any

import anyio
import httpx
import pytest
import trio
from inventory.taking import Flavour, Taker, Team, Watched, is_part

from paperspace_projects.hooks import OutgoingRequest, before_sending

Raise = Callable[[], object]


class Odd(BaseException):
    """What nobody expects."""


RAISED: dict[str, Callable[[], BaseException]] = {
    "pytest.fail": lambda: pytest.fail.Exception("no network"),
    "sys.exit": lambda: SystemExit(3),
    "Ctrl-C": KeyboardInterrupt,
    "cancelled": lambda: asyncio.CancelledError("of something else"),
    "odd": Odd,
    "GeneratorExit": GeneratorExit,
    "error": ZeroDivisionError,
}


@pytest.fixture(params=RAISED)
def error(request: pytest.FixtureRequest) -> BaseException:
    return RAISED[request.param]()


def tasks(flavour: Flavour) -> int:
    """How many tasks there are."""
    if flavour == "trio":
        return trio.lowlevel.current_statistics().tasks_living
    return len(asyncio.all_tasks())


def came(taker: Taker, client: Any, *, at_most: int | None = None, **options: Any) -> Any:
    """What going through an inventory raises, when nothing is left running; None if nothing."""
    if taker.flavour == "sync":
        with client:
            try:
                with closing(client.inventory(**options)) as results:
                    for count, _ in enumerate(results, 1):
                        if count == at_most:
                            break
            except BaseException as error:
                return error
            return None

    async def run() -> Any:
        before, raised = tasks(taker.flavour), None
        async with client:
            try:
                async with aclosing(client.inventory(**options)) as results:
                    count = 0
                    async for _ in results:
                        count += 1
                        if count == at_most:
                            break
            except BaseException as error:
                raised = error
        assert tasks(taker.flavour) == before
        return raised

    return taker.run(run)


def test_what_a_transport_raises_reaches_the_caller(taker: Taker, error: BaseException) -> None:
    def answer(path: str) -> httpx.Response | None:
        if path == "/projects/p2/secrets":
            raise error
        return None

    watched = Watched(Team(200, answer))
    assert came(taker, taker.client(watched)) is error
    assert len(watched.lines) < 200


def test_what_the_listing_raises_reaches_the_caller(taker: Taker, error: BaseException) -> None:
    def answer(_: str) -> httpx.Response:
        raise error

    assert came(taker, taker.client(Team(3, answer))) is error


@pytest.mark.parametrize("operation", ["listProjects", "listProjectTags"])
def test_what_a_guard_raises_reaches_the_caller(
    taker: Taker, error: BaseException, operation: str
) -> None:
    def refuse(departure: OutgoingRequest) -> None:
        if departure.operation == operation:
            raise error

    watched = Watched(Team(200))
    with before_sending(refuse):
        assert came(taker, taker.client(watched)) is error
    assert not any(line.endswith("/tags") for line in watched.lines)


@pytest.mark.parametrize("callback", ["on_event", "on_progress"])
def test_what_a_callback_raises_reaches_the_caller(
    taker: Taker, error: BaseException, callback: str
) -> None:
    def refuse(_: object) -> None:
        raise error

    if callback == "on_event" and isinstance(error, Exception):
        return  # it is logged
    on_event = {"on_event": refuse} if callback == "on_event" else {}
    on_progress = {"on_progress": refuse} if callback == "on_progress" else {}
    assert came(taker, taker.client(Team(9), **on_event), **on_progress) is error


@pytest.mark.parametrize("is_async", [False, True])
def test_what_an_iterable_raises_reaches_the_caller(
    taker: Taker, error: BaseException, is_async: bool
) -> None:
    if is_async and taker.flavour == "sync":
        return

    def ids() -> Any:
        yield "p1"
        raise error

    async def async_ids() -> Any:
        yield "p1"
        raise error

    client = taker.client(Team(3))
    assert came(taker, client, project_ids=async_ids() if is_async else ids()) is error


def test_what_was_raised_meanwhile_is_not_lost_where_it_is_left(taker: Taker) -> None:
    """A thread or task has met with the end of the program, when the caller has enough."""
    error, left = SystemExit(3), []

    def until(request: httpx.Request) -> Callable[[], bool] | None:
        if "/projects/p0/" in request.url.path:
            return lambda: "p1" in watched.projects
        return (lambda: "p0" in left) if "/projects/p1/" in request.url.path else None

    def before(request: httpx.Request) -> None:
        if "/projects/p1/" in request.url.path:
            raise error

    watched = Watched(Team(2), until=until, before=before)

    def look(_: object) -> None:
        left.append("p0")
        watched.notify()

    client = taker.client(watched)
    raised = came(taker, client, at_most=1, include=["tags"], in_order=True, on_progress=look)
    # A task is cancelled before it goes on; a thread goes on to its end.
    assert raised is (error if taker.flavour == "sync" else None)


@pytest.mark.parametrize("whose", ["one", "all"])
def test_a_task_that_somebody_else_cancels_is_not_waited_for(whose: str) -> None:
    """By `current_task().cancel()` in a hook, say, or by a program that cancels all tasks."""
    taker = Taker("asyncio")

    def until(request: httpx.Request) -> Callable[[], bool] | None:
        if not is_part(request):
            return None
        current = asyncio.current_task()
        for task in [current] if whose == "one" else asyncio.all_tasks() - {mine[0]}:
            assert task is not None
            task.cancel()
        return lambda: False

    mine: list[Any] = []

    async def run() -> None:
        mine.append(asyncio.current_task())
        async with taker.client(Watched(Team(3), until=until)) as client:
            results = client.inventory()
            with pytest.raises(asyncio.CancelledError):
                await anext(results)
            assert mine[0].cancelling() == 0
        assert asyncio.all_tasks() == set(mine)

    taker.run(run)


def test_tasks_that_are_cancelled_before_they_begin_are_not_waited_for() -> None:
    taker = Taker("asyncio")

    async def run() -> None:
        mine = asyncio.current_task()
        async with taker.client(Team(3)) as client:
            results = client.inventory()

            def cancel() -> None:
                for task in asyncio.all_tasks() - {mine}:
                    task.cancel()

            asyncio.get_running_loop().call_soon(cancel)
            with pytest.raises(asyncio.CancelledError):
                await anext(results)

    taker.run(run)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_who_is_cancelled_is_told_so(backend: Any) -> None:
    """At each turn of the event loop, also while the tasks of the inventory come to their end."""
    taker = Taker(backend)

    async def run() -> None:
        for turns in range(40):
            ended: list[str] = []

            async def go_through(ended: list[str] = ended) -> None:
                async with taker.client(Team(3)) as client:
                    try:
                        async with aclosing(client.inventory()) as results:
                            async for _ in results:
                                break
                        await anyio.sleep_forever()
                    except anyio.get_cancelled_exc_class():
                        ended.append("cancelled")
                        raise

            async with anyio.create_task_group() as group:
                group.start_soon(go_through)
                for _ in range(turns):
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()
            assert ended in (["cancelled"], []) if turns < 2 else ["cancelled"]

    taker.run(run)
