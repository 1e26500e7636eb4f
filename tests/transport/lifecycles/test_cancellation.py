"""A call that is cancelled leaves nothing behind.

No connection stays in use, no half an answer waits for the next call, and no place at the gate is
lost: the next call on the same client works, and gets its own answer.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from random import Random

import anyio
import pytest
from support.driving import KEY
from transport.lifecycles.holding_server import PATIENCE, WHERE, HoldingServer
from transport.lifecycles.looking import assert_nothing_is_under_way, pool_of

from paperspace_projects import AsyncClient


async def assert_the_next_call_works(client: AsyncClient, number: int) -> None:
    with anyio.fail_after(PATIENCE):
        assert (await client.projects.get(f"next-{number}")).id == f"next-{number}"
    assert_nothing_is_under_way(client)


Cancelling = Callable[[Callable[[], Awaitable[object]], Callable[[], None]], Awaitable[None]]


async def by_task(call: Callable[[], Awaitable[object]], until: Callable[[], None]) -> None:
    task = asyncio.ensure_future(call())
    await asyncio.to_thread(until)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def by_timeout(call: Callable[[], Awaitable[object]], until: Callable[[], None]) -> None:
    loop, timeout = asyncio.get_running_loop(), asyncio.timeout(None)

    def over() -> None:
        until()
        loop.call_soon_threadsafe(lambda: timeout.reschedule(loop.time()))

    async def limited() -> None:
        async with timeout:
            await call()

    waiting = asyncio.ensure_future(asyncio.to_thread(over))
    with pytest.raises(TimeoutError):
        await limited()
    await waiting


async def by_scope(call: Callable[[], Awaitable[object]], until: Callable[[], None]) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await anyio.to_thread.run_sync(until)
        group.cancel_scope.cancel()


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize(
    ("backend", "cancel"),
    [
        pytest.param("asyncio", by_task, id="asyncio, task.cancel()"),
        pytest.param("asyncio", by_timeout, id="asyncio.timeout"),
        pytest.param("asyncio", by_scope, id="asyncio, CancelScope"),
        pytest.param("trio", by_scope, id="trio, CancelScope"),
    ],
)
def test_a_cancelled_call_leaves_nothing_behind(
    server: HoldingServer, backend: str, cancel: Cancelling, where: str
) -> None:
    async def main() -> None:
        async with AsyncClient(KEY, base_url=server.url, max_concurrency=1) as client:
            await assert_the_next_call_works(client, 1)
            for number in range(2, 5):
                before = len(server.ids)
                await cancel(
                    lambda: client.projects.get(where),
                    lambda before=before: server.until_asked(before + 1),
                )
                await assert_the_next_call_works(client, number)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_who_is_cancelled_in_the_queue_takes_no_place(server: HoldingServer, backend: str) -> None:
    async def main() -> None:
        async with AsyncClient(KEY, base_url=server.url, max_concurrency=1) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.projects.get, "held-1")
                await anyio.to_thread.run_sync(server.until_asked)
                async with anyio.create_task_group() as queue:
                    for number in range(5):
                        queue.start_soon(client.projects.get, f"p{number}")
                    await anyio.lowlevel.checkpoint()
                    queue.cancel_scope.cancel()
                server.let_go.set()
            assert server.ids == ["held-1"]
            await assert_the_next_call_works(client, 1)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("fresh", [False, True], ids=["kept connection", "new connection"])
def test_a_call_can_be_cancelled_after_any_number_of_steps(
    server: HoldingServer, backend: str, fresh: bool
) -> None:
    """A step is a turn of the event loop: at each of them a call is cancelled once."""

    async def main() -> None:
        async with AsyncClient(KEY, base_url=server.url, max_concurrency=1) as client:
            await assert_the_next_call_works(client, 0)
            number, ended = 0, False
            while not ended:
                if fresh:
                    for connection in pool_of(client).connections._all:
                        await connection.aclose()
                with anyio.CancelScope() as scope:
                    async with anyio.create_task_group() as group:

                        async def call() -> None:
                            nonlocal ended
                            await client.projects.get("p1")
                            ended = True

                        group.start_soon(call)
                        for _ in range(number):
                            await anyio.lowlevel.checkpoint()
                        if not ended:
                            scope.cancel()
                number += 1
                await assert_the_next_call_works(client, number)
            assert number > 2

    anyio.run(main, backend=backend)
    gc.collect()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_calls_that_are_cancelled_at_random_leave_the_others_alone(
    server: HoldingServer, backend: str
) -> None:
    async def main() -> None:
        chance = Random(20260320)
        async with AsyncClient(KEY, base_url=server.url, max_concurrency=4) as client:

            async def work(number: int) -> None:
                with anyio.move_on_after(chance.uniform(0, 0.02)):
                    assert (await client.projects.get(f"p{number}")).id == f"p{number}"

            for start in range(0, 200, 20):
                async with anyio.create_task_group() as group:
                    for number in range(start, start + 20):
                        group.start_soon(work, number)
                await assert_the_next_call_works(client, start)

    anyio.run(main, backend=backend)
    gc.collect()
