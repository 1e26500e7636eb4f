"""A page that is fetched ahead: no cancellation is lost with it, nor what else it raises."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing, closing
from typing import Any

import anyio
import httpx
import pytest
from support.driving import KEY
from support.servers import pages_of, project

from paperspace_projects import AsyncClient, Client

answer = pages_of([project(number) for number in range(1, 8)], 2)
RAISED: dict[str, Callable[[], BaseException]] = {
    "pytest.fail": lambda: pytest.fail.Exception("no network"),
    "sys.exit": lambda: SystemExit(3),
    "Ctrl-C": KeyboardInterrupt,
    "cancelled": lambda: asyncio.CancelledError("of something else"),
    "error": ZeroDivisionError,
}
SOME = ["pytest.fail", "sys.exit", "Ctrl-C"]


class Slow(httpx.AsyncBaseTransport):
    """The pages after the first one take some turns of the event loop, and so does their end."""

    def __init__(self, turns: int, at_the_end: int) -> None:
        self._turns = turns
        self._at_the_end = at_the_end
        self.under_way = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "after" in request.url.params:
            self.under_way += 1
            try:
                for _ in range(self._turns):
                    await asyncio.sleep(0)
            finally:
                try:
                    for _ in range(self._at_the_end):
                        await asyncio.sleep(0)
                finally:
                    self.under_way -= 1
        return answer(request)


@pytest.mark.parametrize("turns", [0, 3, 1000])
@pytest.mark.parametrize("at_the_end", [0, 1, 10])
def test_a_cancellation_after_the_break_is_never_lost(turns: int, at_the_end: int) -> None:
    """At each of the first turns of the event loop after it."""

    async def main() -> None:
        transport = Slow(turns, at_the_end)
        async with AsyncClient(KEY, transport=transport) as client:
            for turn in range(25):
                left: list[str] = []

                async def go_through(left: list[str] = left) -> None:
                    async with aclosing(aiter(client.projects.list(prefetch=1))) as items:
                        async for _ in items:
                            await asyncio.sleep(0)  # the page is begun
                            left.append("by break")
                            break
                    await asyncio.Event().wait()

                task = asyncio.create_task(go_through())
                while not left:
                    await asyncio.sleep(0)
                for _ in range(turn):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert transport.under_way == 0
                assert asyncio.all_tasks() == {asyncio.current_task()}

    async def in_time() -> None:
        with anyio.fail_after(60):  # what is lost is waited for in vain
            await main()

    anyio.run(in_time)


def test_several_cancellations_wait_for_the_end_of_the_page() -> None:
    async def main() -> None:
        transport = Slow(1000, 10)
        async with AsyncClient(KEY, transport=transport) as client:
            with anyio.CancelScope() as scope:  # it cancels at each turn of the event loop
                async with aclosing(aiter(client.projects.list(prefetch=1))) as items:
                    async for _ in items:
                        await asyncio.sleep(0)
                        scope.cancel()
                        break
                await asyncio.Event().wait()
            assert scope.cancelled_caught
            assert transport.under_way == 0

    anyio.run(main)


def came(flavour: str, transport: Any, at_most: int | None = None) -> Any:
    """What going through a listing raises; None if nothing."""
    if flavour == "sync":
        threads = set(threading.enumerate())
        with Client(KEY, transport=transport) as client:
            try:
                with closing(iter(client.projects.list(prefetch=1))) as items:
                    for count, _ in enumerate(items, 1):
                        if count == at_most:
                            break
            except BaseException as error:
                return error
            finally:
                assert set(threading.enumerate()) == threads
        return None

    async def main() -> Any:
        async with AsyncClient(KEY, transport=transport) as client:
            try:
                async with aclosing(aiter(client.projects.list(prefetch=1))) as items:
                    count = 0
                    async for _ in items:
                        count += 1
                        if count == at_most:
                            if flavour == "asyncio":
                                while not transport.asked:
                                    await asyncio.sleep(0)
                            break
            except BaseException as error:
                return error
            finally:
                assert flavour == "trio" or len(asyncio.all_tasks()) == 1

    return anyio.run(main, backend=flavour)


class Raising(httpx.MockTransport):
    """Raises in place of the second page."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.asked = False
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if "after" in request.url.params:
            self.asked = True
            raise self.error
        return answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.answer(request)


@pytest.mark.parametrize("flavour", ["sync", "asyncio", "trio"])
@pytest.mark.parametrize("kind", RAISED)
def test_whatever_is_raised_comes_in_the_place_of_its_page(flavour: str, kind: str) -> None:
    error = RAISED[kind]()
    assert came(flavour, Raising(error)) is error


@pytest.mark.parametrize("flavour", ["sync", "asyncio"])
@pytest.mark.parametrize("kind", SOME)
def test_the_end_of_the_program_is_not_lost_where_the_listing_is_left(
    flavour: str, kind: str
) -> None:
    error = RAISED[kind]()
    assert came(flavour, Raising(error), at_most=1) is error


@pytest.mark.parametrize("flavour", ["sync", "asyncio"])
def test_an_error_of_a_page_that_nobody_asks_for_is_none(flavour: str) -> None:
    assert came(flavour, Raising(ZeroDivisionError()), at_most=1) is None
