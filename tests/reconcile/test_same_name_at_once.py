"""Somebody else creates a project of the same name while a plan is applied: no twin goes unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import anyio
import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, document, failure, make, plan
from support.driving import Driver
from support.servers import json as answering
from support.servers import status

from paperspace_projects import AmbiguousNameError, AsyncClient, Client, reconcile
from paperspace_projects.reconcile import Plan, Result, async_plan, load
from paperspace_projects.testing import Emulator

EIGHT = document(*({"name": f"p{number}", "tags": ["a"]} for number in range(8)))


def names(drive: Driver, client: Any) -> list[str]:
    return sorted(each.name for each in drive.items(client.projects.list()))


def is_creation(request: httpx.Request) -> bool:
    return request.method == "POST" and request.url.path.endswith("/projects")


def before_creation(action: Callable[[], object], nth: int = 1) -> Any:
    """Do something as the first project, or the nth, is about to be created."""
    seen = 0

    def first(request: httpx.Request) -> None:
        nonlocal seen
        if is_creation(request):
            seen += 1
            if seen == nth:
                action()

    return first


@pytest.fixture
def somebody(between: Between) -> Any:
    """Somebody else, with a client of their own."""
    emulator = between.emulator
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        yield client


def test_a_project_that_was_created_while_others_were_is_taken_as_it_is(
    drive: Driver, watched: Any, between: Between, somebody: Any
) -> None:
    found = plan(drive, watched, EIGHT)

    def create() -> None:
        somebody.project(somebody.projects.create("p7").id).tags.add("a")

    between.first = before_creation(create)
    result = apply(drive, watched, found, concurrency=1)
    assert result.is_ok, result.summary()
    assert [each.detail for each in result.steps[-2:]] == ["already done"] * 2
    assert names(drive, watched) == [f"p{number}" for number in range(8)]
    assert plan(drive, watched, EIGHT).is_empty


def test_a_twin_is_told_with_both_ids_and_ends_the_work_on_the_project(
    drive: Driver, watched: Any, between: Between, somebody: Any
) -> None:
    """They are quicker by less than a look and a write are apart."""
    make(drive, watched, "old")
    desired = document({"name": "new", "tags": ["a"]}, {"name": "other"})
    found = plan(drive, watched, desired, prune=True)
    theirs: list[str] = []
    between.first = before_creation(lambda: theirs.append(somebody.projects.create("new").id))
    result = apply(drive, watched, found, concurrency=1)
    kind, error, detail = failure(result)
    (ours,) = (
        each.id for each in snapshots_of(somebody) if each.name == "new" and each.id not in theirs
    )
    assert kind == "create-project"
    assert isinstance(error, AmbiguousNameError)
    assert error.project_ids == (ours, *theirs)
    assert detail is not None
    assert f"this apply created {ours!r}" in detail
    assert "from somebody else or from a repeated request of this apply" in detail
    assert theirs[0] in detail
    assert [each.status for each in result.steps] == ["failed", "skipped", "done", "skipped"]
    between.first = lambda _: None
    drive(watched.projects.delete(ours))
    assert apply(drive, watched, plan(drive, watched, desired, prune=True)).is_ok
    assert names(drive, watched) == ["new", "other"]


def snapshots_of(client: Client) -> list[Any]:
    return client.projects.list().collect()


def test_two_applications_of_one_file_make_no_twins_unseen(
    drive: Driver, watched: Any, between: Between, somebody: Any
) -> None:
    """The other one is done in full as the first project of this one is created."""
    found, theirs = plan(drive, watched, EIGHT), reconcile.plan(somebody, load(EIGHT))
    between.first = before_creation(lambda: theirs.apply(somebody))
    result = apply(drive, watched, found, concurrency=1)
    assert isinstance(failure(result)[1], AmbiguousNameError)
    assert names(drive, watched) == ["p0", *(f"p{number}" for number in range(8))]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_of_two_applications_side_by_side_one_tells_of_each_twin(backend: str) -> None:
    with Emulator() as emulator:

        async def handle(request: httpx.Request) -> httpx.Response:
            await anyio.lowlevel.checkpoint()
            answer = emulator.handle(request)
            await anyio.lowlevel.checkpoint()
            return answer

        async def main() -> tuple[list[Result], list[str]]:
            results: list[Result] = []

            async def apply_one(found: Plan, client: AsyncClient) -> None:
                results.append(await found.async_apply(client, concurrency=4))

            transport = httpx.MockTransport(handle)
            async with AsyncClient(emulator.api_key, transport=transport) as client:
                plans = [await async_plan(client, load(EIGHT)) for _ in range(2)]
                async with anyio.create_task_group() as group:
                    for each in plans:
                        group.start_soon(apply_one, each, client)
                return results, [each.name async for each in client.projects.list()]

        results, there = anyio.run(main, backend=backend)
    told = {
        each.error.name
        for result in results
        for each in result.failed
        if isinstance(each.error, AmbiguousNameError)
    }
    assert {name for name in there if there.count(name) > 1} <= told
    assert set(there) == {f"p{number}" for number in range(8)}


def test_a_look_that_fails_after_a_creation_is_told_and_is_no_failure(
    drive: Driver, watched: Any, between: Between
) -> None:
    found = plan(drive, watched, document({"name": "new", "tags": ["a"]}))

    def first(request: httpx.Request) -> httpx.Response | None:
        is_look = request.method == "GET" and request.url.path.endswith("/projects")
        return status(403) if is_look and between.writes else None

    between.first = first
    result = apply(drive, watched, found)
    assert result.is_ok
    assert result.steps[0].detail == (
        "created; the check for other projects of this name failed (PermissionDeniedError)"
    )


def test_a_look_that_fails_before_a_creation_leaves_it(
    drive: Driver, watched: Any, between: Between
) -> None:
    found = plan(drive, watched, document({"name": "new"}))
    listings = 0

    def first(_: httpx.Request) -> httpx.Response | None:
        nonlocal listings
        listings += 1
        return status(403) if listings == 2 else None

    between.first = first
    assert failure(apply(drive, watched, found))[0] == "create-project"
    assert between.writes == []


def filled(dialect: Any, count: int) -> Emulator:
    """A team with many projects, each of which has a time of its own."""
    emulator = Emulator(dialect)
    for number in range(count):
        emulator.seed({"version": 1, "projects": [{"name": f"old {number}"}]})
        emulator.advance(timedelta(seconds=1))
    return emulator


@pytest.mark.parametrize("dialect", ["contract", "live"])
def test_looks_cost_a_page_each_and_no_listing(drive: Driver, dialect: Any) -> None:
    with filled(dialect, 500) as emulator:
        between = Between(emulator)
        client = drive.client(between, api_key=emulator.api_key)
        found = plan(drive, client, document(*({"name": f"new {each}"} for each in range(20))))
        between.lines.clear()
        assert apply(drive, client, found, concurrency=1).is_ok
    assert between.lines.count("POST /projects") == 20
    assert between.lines.count("GET /projects") == 5 + 2 * 20


@pytest.mark.parametrize("dialect", ["contract", "live"])
def test_a_server_that_ignores_the_order_is_listed_to_its_end(drive: Driver, dialect: Any) -> None:
    """What came of late is on its last page."""
    with filled(dialect, 130) as emulator:
        between = Between(emulator)
        somebody = Client(emulator.api_key, transport=emulator.transport())

        def oldest_first(request: httpx.Request) -> httpx.Response:
            if request.method == "GET":
                request.url = request.url.copy_merge_params({"order": "asc"})
            return between(request)

        client = drive.client(oldest_first, api_key=emulator.api_key)
        found = plan(drive, client, document({"name": "first"}, {"name": "new"}))
        between.first = before_creation(lambda: somebody.projects.create("new"))
        result = apply(drive, client, found, concurrency=1)
        assert [each.detail for each in result.steps] == [None, "already done"]
        between.first = before_creation(lambda: somebody.projects.create("twin"))
        twin = plan(drive, client, document({"name": "twin"}))
        assert isinstance(failure(apply(drive, client, twin))[1], AmbiguousNameError)
        somebody.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_those_who_wait_for_a_look_share_one(backend: str) -> None:
    """Where each look lists all, 16 projects side by side do not list all 32 times."""
    listings = 0

    async def main() -> None:
        async def handle(request: httpx.Request) -> httpx.Response:
            nonlocal listings
            await anyio.lowlevel.checkpoint()
            if request.method == "GET":
                listings += "after" not in request.url.params
                request.url = request.url.copy_merge_params({"order": "asc"})
            return emulator.handle(request)

        transport = httpx.MockTransport(handle)
        async with AsyncClient(emulator.api_key, transport=transport) as client:
            state = load(document(*({"name": f"new {number}"} for number in range(16))))
            found = await async_plan(client, state)
            assert (await found.async_apply(client, concurrency=16)).is_ok

    with filled("contract", 130) as emulator:
        anyio.run(main, backend=backend)
    assert listings < 16


def test_a_project_that_a_moving_listing_tells_twice_is_one(drive: Driver) -> None:
    """It is on two pages, as others came in between."""
    project = {"id": "p1", "name": "home", "teamId": "t1"}
    sent: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        if request.url.path.endswith("/projects"):
            more = "after" not in request.url.params
            return answering({"items": [project], "hasMore": more, "nextPage": "2" * more or None})
        return answering(project if request.url.path.endswith("/p1") else ["a"])

    client = drive.client(server)
    desired = document({"name": "home", "tags": ["a"]})
    assert plan(drive, client, desired).is_empty
    by_hand = Plan(steps=(reconcile.CreateProject(project="home", project_id=None),))
    result = apply(drive, client, by_hand)
    assert [each.detail for each in result.steps] == ["already done"]
    assert set(sent) == {"GET"}
