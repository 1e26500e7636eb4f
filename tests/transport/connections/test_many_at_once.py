"""One client may be shared: by threads, by asyncio tasks and by trio tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest
import trio

from paperspace_projects import AsyncClient, AttemptEvent, Client
from paperspace_projects._async.resources.project import AsyncProjectScope
from paperspace_projects._sync.resources.project import ProjectScope
from paperspace_projects.testing import Emulator

THREADS, ROUNDS = 20, 10
TASKS = 50


class Events:
    """Notes what each attempt came to."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.outcomes: list[str | None] = []
        self.highest_attempt = 0

    def __call__(self, event: AttemptEvent) -> None:
        with self._lock:
            self.outcomes.append(event.error)
            self.highest_attempt = max(self.highest_attempt, event.attempt)

    def all_went_well_at_once(self) -> bool:
        return set(self.outcomes) == {None} and self.highest_attempt == 1


@pytest.fixture
def events() -> Events:
    return Events()


def mixed_calls(client: Client, scope: ProjectScope, number: int) -> None:
    """One of five calls, by its number."""
    match number % 5:
        case 0:
            scope.tags.add(f"tag {number}")
        case 1:
            assert scope.secrets.create(f"S{number}", f"value {number}").name == f"S{number}"
        case 2:
            scope.models.add(f"m/{number}")
        case 3:
            assert scope.get().id == scope.id
        case _:
            assert client.projects.list().first() is not None


async def mixed_calls_async(client: AsyncClient, scope: AsyncProjectScope, number: int) -> None:
    match number % 5:
        case 0:
            await scope.tags.add(f"tag {number}")
        case 1:
            secret = await scope.secrets.create(f"S{number}", f"value {number}")
            assert secret.name == f"S{number}"
        case 2:
            await scope.models.add(f"m/{number}")
        case 3:
            assert (await scope.get()).id == scope.id
        case _:
            assert await client.projects.list().first() is not None


def test_20_threads_share_a_client(emulator: Emulator, base_url: str, events: Events) -> None:
    together = Barrier(THREADS)
    with Client(emulator.api_key, base_url=base_url, on_event=events) as client:
        scope = client.project(client.projects.create("home").id)

        def work(thread: int) -> None:
            together.wait(timeout=10)
            for number in range(thread * ROUNDS, (thread + 1) * ROUNDS):
                mixed_calls(client, scope, number)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(work, range(THREADS)))  # raises what a thread raised
        calls = THREADS * ROUNDS
        assert len(events.outcomes) == calls + 1
        assert events.all_went_well_at_once()
        assert set(scope.tags.list()) == {f"tag {number}" for number in range(0, calls, 5)}
        secrets = {f"S{number}": f"value {number}" for number in range(1, calls, 5)}
        assert {each.name for each in scope.secrets.list()} == secrets.keys()
        assert all(emulator.secret_is(scope.id, *secret) for secret in secrets.items())
        assert len({each.id for each in scope.models.list()}) == calls // 5


async def share_among_tasks(
    client: AsyncClient,
    events: Events,
    run_all: Callable[[Callable[[int], Awaitable[None]]], Awaitable[None]],
) -> None:
    """Let `TASKS` tasks of some async library make calls, four each, and see what came of it."""
    async with client:
        scope = client.project((await client.projects.create("home")).id)

        async def work(task: int) -> None:
            for number in range(task * 4, (task + 1) * 4):
                await mixed_calls_async(client, scope, number)

        await run_all(work)
        calls = TASKS * 4
        assert len(events.outcomes) == calls + 1
        assert events.all_went_well_at_once()
        tags = await scope.tags.list().collect()
        assert set(tags) == {f"tag {number}" for number in range(0, calls, 5)}
        assert len(await scope.secrets.list().collect()) == calls // 5
        assert len(await scope.models.list().collect()) == calls // 5


def test_50_asyncio_tasks_share_a_client(emulator: Emulator, base_url: str, events: Events) -> None:
    async def run_all(work: Callable[[int], Awaitable[None]]) -> None:
        await asyncio.gather(*map(work, range(TASKS)))

    client = AsyncClient(emulator.api_key, base_url=base_url, on_event=events)
    asyncio.run(share_among_tasks(client, events, run_all))


def test_50_trio_tasks_share_a_client(emulator: Emulator, base_url: str, events: Events) -> None:
    async def run_all(work: Callable[[int], Awaitable[None]]) -> None:
        async with trio.open_nursery() as nursery:
            for task in range(TASKS):
                nursery.start_soon(work, task)

    client = AsyncClient(emulator.api_key, base_url=base_url, on_event=events)
    trio.run(share_among_tasks, client, events, run_all)


def test_several_walks_through_one_pager_do_not_mix(emulator: Emulator, base_url: str) -> None:
    with Client(emulator.api_key, base_url=base_url) as client:
        scope = client.project(client.projects.create("home").id)
        for _ in range(13):
            emulator.record_event(scope.id, action="deployment.updated")
        listing = scope.activity(page_size=2)
        once = [each.id for each in listing]
        assert len(once) == 13 + (emulator.dialect == "contract")
        with ThreadPoolExecutor(6) as pool:
            walks = list(pool.map(lambda _: [each.id for each in listing], range(6)))
        assert walks == [once] * 6
