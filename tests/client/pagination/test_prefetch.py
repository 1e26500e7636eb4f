"""The next page comes while the caller is at this one, and no other page does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from client.pagination.kinds import quick
from hypothesis import given
from hypothesis import strategies as st
from support.driving import KEY, Driver
from support.servers import pages_of, project, status

from paperspace_projects import AsyncClient, Client, InvalidArgumentError, NotFoundError
from paperspace_projects.testing import Emulator

PATIENCE = 10
PROJECTS = [project(number) for number in range(1, 8)]


class Pages:
    """A server of pages of two, which counts what is asked for and tells of each request."""

    def __init__(self, fails_at: int = 0) -> None:
        self.asked = 0
        self._answer = pages_of(PROJECTS, 2)
        self._fails_at = fails_at
        self._came = threading.Condition()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._came:
            self.asked += 1
            self._came.notify_all()
            if self.asked == self._fails_at:
                return status(404)
        return self._answer(request)

    def wait_for(self, requests: int) -> bool:
        """Whether so many requests come."""
        with self._came:
            return self._came.wait_for(lambda: self.asked >= requests, PATIENCE)


def ids(items: list[Any]) -> list[str]:
    return [each.id for each in items]


@quick
@given(prefetch=st.sampled_from([0, 1]), most=st.none() | st.integers(1, 8))
def test_the_items_are_the_same(drive: Driver, prefetch: int, most: int | None) -> None:
    server = Pages()
    client = drive.client(server)
    found = drive(client.projects.list(prefetch=prefetch).collect(most))
    assert ids(found) == [each["id"] for each in PROJECTS][:most]
    assert server.asked == (4 if most is None else (min(most, 7) + 1) // 2)


def test_the_next_page_comes_while_the_caller_is_at_this_one() -> None:
    server = Pages()
    with Client(KEY, transport=httpx.MockTransport(server)) as client:
        items = iter(client.projects.list(prefetch=1))
        assert next(items).id == PROJECTS[0]["id"]
        assert server.wait_for(2)
        assert next(items).id == PROJECTS[1]["id"]
        assert server.asked == 2  # and not the page after it
        assert ids(list(items)) == [each["id"] for each in PROJECTS[2:]]
    assert server.asked == 4


def test_the_next_page_comes_while_a_task_is_at_this_one() -> None:
    async def main() -> None:
        server = Pages()
        async with AsyncClient(KEY, transport=httpx.MockTransport(server)) as client:
            items = aiter(client.projects.list(prefetch=1))
            await anext(items)
            for _ in range(20):
                await asyncio.sleep(0)  # the caller is at something else
            assert server.asked == 2
            assert len([each async for each in items]) == 6
            assert server.asked == 4

    asyncio.run(main())


def test_trio_fetches_each_page_when_it_is_asked_for() -> None:
    async def main() -> None:
        server = Pages()
        async with AsyncClient(KEY, transport=httpx.MockTransport(server)) as client:
            assert len(await client.projects.list(prefetch=1).collect()) == 7

    anyio.run(main, backend="trio")


def test_an_error_comes_in_the_place_of_its_page(drive: Driver) -> None:
    client = drive.client(Pages(fails_at=2))
    pager = client.projects.list(prefetch=1)
    came: list[Any] = []
    with pytest.raises(NotFoundError):
        collect_into(drive, pager, came)
    assert ids(came) == [each["id"] for each in PROJECTS[:2]]
    assert pager.next_cursor is not None


def collect_into(drive: Driver, iterable: Any, items: list[Any]) -> None:
    go: Callable[[], Any]
    if hasattr(iterable, "__aiter__"):

        async def go() -> None:
            async for item in iterable:
                items.append(item)

        drive(go())
    else:
        for item in iterable:
            items.append(item)


def test_nothing_is_left_running_when_the_caller_stops(drive: Driver) -> None:
    server = Pages()
    client = drive.client(server)
    before = set(threading.enumerate())
    assert ids(drive.items(client.projects.list(prefetch=1), at_most=1)) == [PROJECTS[0]["id"]]
    assert ids(drive.items(client.projects.list(prefetch=1).pages(), at_most=1)[0].items)
    assert set(threading.enumerate()) == before
    assert server.asked <= 4  # two pages for each walk, at the most


@pytest.mark.parametrize("prefetch", [-1, 2, True, "1", None])
def test_what_is_no_number_of_pages_is_refused(drive: Driver, prefetch: Any) -> None:
    client = drive.client(Pages())
    with pytest.raises(InvalidArgumentError, match="prefetch"):
        client.projects.list(prefetch=prefetch)


@pytest.mark.parametrize("dialect", ["contract", "live"])
def test_every_listing_can_be_fetched_ahead(drive: Driver, dialect: Any) -> None:
    emulator = Emulator(dialect)
    client = drive.client(emulator.transport(), api_key=emulator.api_key)
    made = drive(client.projects.create("a"))
    scope = client.project(made.id)
    for number in range(3):
        drive(scope.tags.add(f"t{number}"))
        drive(scope.models.add(f"m{number}"))
        drive(scope.secrets.create(f"S{number}", "v"))
        drive(scope.collaborators.add(f"u{number}"))
    for part in (scope.tags, scope.models, scope.secrets, scope.collaborators):
        size = 1 if dialect == "live" else None
        assert len(drive(part.list(page_size=size, prefetch=1).collect())) == 3
        emulator.record_event(scope.id, action="deployment.updated")
    own = 13 if dialect == "contract" else 0
    assert len(drive(scope.activity(page_size=2, prefetch=1).collect())) == 4 + own
    emulator.close()
