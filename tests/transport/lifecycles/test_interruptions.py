"""Whoever is cancelled or interrupted in the midst of a call leaves nothing behind.

No connection stays in use, no half an answer waits for the next call, and no place at the gate is
lost: the next call on the same client works, and gets its own answer.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from random import Random
from types import FrameType
from typing import Any

import anyio
import pytest
from support.driving import KEY
from transport.lifecycles.holding_server import PATIENCE, HoldingServer
from transport.lifecycles.looking import assert_nothing_is_under_way, pool_of

from paperspace_projects import AsyncClient, Client, ClientClosedError

STEPS_APART = 17
"""Every so manyth step of a call is interrupted; a prime, so that loops are hit at each place."""
WHERE = ["held-1", "half-1", "later-1"]


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
                    for connection in tuple(pool_of(client).connections.all):
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


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    """Sends this thread a signal that raises KeyboardInterrupt once, as Ctrl-C does.

    The signal is sent until it has done so: one that comes just before a thread begins to wait for
    a lock is not seen until that wait is over.
    """
    arrived = threading.Event()

    def interrupt(_: int, __: FrameType | None) -> None:
        if not arrived.is_set():
            arrived.set()
            raise KeyboardInterrupt

    def send() -> None:
        arrived.clear()
        signal.pthread_kill(main, signal.SIGUSR1)
        while not arrived.wait(0.05):
            signal.pthread_kill(main, signal.SIGUSR1)

    main, before = threading.get_ident(), signal.signal(signal.SIGUSR1, interrupt)
    yield send
    signal.signal(signal.SIGUSR1, before)


def interrupted(
    call: Callable[[], object], until: Callable[[], None], ctrl_c: Callable[[], None]
) -> None:
    """Make a call in this thread, and interrupt it when something is so."""

    def wait() -> None:
        until()
        ctrl_c()

    thread = threading.Thread(target=wait)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        call()
    thread.join()


@pytest.mark.parametrize("where", WHERE)
def test_ctrl_c_in_a_call_leaves_nothing_behind(
    server: HoldingServer, ctrl_c: Callable[[], None], where: str
) -> None:
    waiting = threading.Event()
    with Client(
        KEY,
        base_url=server.url,
        max_concurrency=1,
        on_event=lambda event: event.wait and waiting.set(),
    ) as client:
        for number in range(3):
            waiting.clear()

            def under_way(count: int = len(server.ids) + 1) -> None:
                server.until_asked(count)
                if where == "later-1":
                    assert waiting.wait(PATIENCE)

            interrupted(lambda: client.projects.get(where), under_way, ctrl_c)
            assert client.projects.get(f"next-{number}").id == f"next-{number}"
            assert_nothing_is_under_way(client)
    server.let_go.set()
    server.until(lambda: server.open == 0)


def test_ctrl_c_in_the_queue_takes_no_place(
    server: HoldingServer, ctrl_c: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Client(KEY, base_url=server.url, max_concurrency=1) as client:
        other = threading.Thread(target=client.projects.get, args=("held-1",))
        other.start()
        server.until_asked()
        queued = threading.Event()
        semaphore = pool_of(client).limiter._semaphore
        acquire = semaphore.acquire

        def noted(blocking: bool = True, timeout: float | None = None) -> bool:
            if blocking:
                queued.set()
            return acquire(blocking, timeout)

        with monkeypatch.context() as patched:
            patched.setattr(semaphore, "acquire", noted)
            interrupted(lambda: client.projects.get("p1"), lambda: queued.wait(PATIENCE), ctrl_c)
        server.let_go.set()
        other.join(PATIENCE)
        assert client.projects.get("next").id == "next"
        assert server.ids == ["held-1", "next"]
        assert_nothing_is_under_way(client)


def test_ctrl_c_while_a_connection_is_made_leaves_nothing_behind(
    server: HoldingServer, ctrl_c: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting = threading.Event()

    def slow(*_: Any, **__: Any) -> socket.socket:
        connecting.set()
        threading.Event().wait()
        raise AssertionError

    with Client(KEY, base_url=server.url, max_concurrency=1) as client:
        with monkeypatch.context() as patched:
            patched.setattr(socket, "create_connection", slow)
            interrupted(
                lambda: client.projects.get("p1"), lambda: connecting.wait(PATIENCE), ctrl_c
            )
        assert client.projects.get("next").id == "next"
        assert_nothing_is_under_way(client)


def interrupted_at(call: Callable[[], object], step: int) -> bool:
    """Interrupt a call at a step: where a function begins, or one written in C has ended.

    There, and nowhere else but in loops, Python looks whether a signal has come. Gives whether the
    call has that many steps.
    """
    count = 0

    def look(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        if event in ("call", "c_return"):
            count += 1
            if count == step:
                raise KeyboardInterrupt

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(before)
    return count >= step


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # if in a finalizer
def test_ctrl_c_at_any_step_of_a_call_leaves_a_client_that_works(server: HoldingServer) -> None:
    with Client(KEY, base_url=server.url, max_concurrency=1, timeout=PATIENCE) as client:
        step = 0
        while interrupted_at(lambda: client.projects.get("p1"), step := step + STEPS_APART):
            project = f"next-{step}"
            assert client.projects.get(project).id == project
            assert_nothing_is_under_way(client)
        assert step > 500
    gc.collect()
    server.until(lambda: server.open == 0)


def test_other_threads_finish_what_they_are_at_when_one_is_interrupted(
    server: HoldingServer, ctrl_c: Callable[[], None]
) -> None:
    got: list[str] = []
    with Client(KEY, base_url=server.url, max_concurrency=3) as client:
        other = threading.Thread(target=lambda: got.append(client.projects.get("held-2").id))
        other.start()
        server.until_asked(1)
        interrupted(lambda: client.projects.get("held-1"), lambda: server.until_asked(2), ctrl_c)
        assert client.projects.get("next").id == "next"
        server.let_go.set()
        other.join(PATIENCE)
    assert got == ["held-2"]
    server.until(lambda: server.open == 0)


def test_closing_ends_also_what_others_are_at_since_an_interruption(
    server: HoldingServer, ctrl_c: Callable[[], None]
) -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            client.projects.get("held-2")
        except ClientClosedError as error:
            errors.append(error)

    client = Client(KEY, base_url=server.url, max_concurrency=3)
    other = threading.Thread(target=work)
    other.start()
    server.until_asked(1)
    interrupted(lambda: client.projects.get("held-1"), lambda: server.until_asked(2), ctrl_c)
    assert client.projects.get("next").id == "next"
    client.close()
    other.join(PATIENCE)
    assert len(errors) == 1
