"""An inventory that is left sends nothing more, and leaves no thread, task or warning behind."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from inventory.taking import PATIENCE, Taker, Team, Watched, is_part
from support.systems import needs

from paperspace_projects import AsyncClient, Client, ClientClosedError
from paperspace_projects.testing import Emulator, Fault, FaultPlan


@pytest.fixture(autouse=True, scope="module")
def nothing_warns() -> Iterator[None]:
    yield
    gc.collect()  # what was forgotten warns here, and a warning fails the test


def test_nothing_is_sent_before_the_first_is_asked_for(taker: Taker) -> None:
    watched = Watched(Team(3))
    client = taker.client(watched)
    results = client.inventory()
    assert watched.lines == []
    taker.run(results.aclose) if taker.flavour != "sync" else results.close()
    assert watched.lines == []


def test_when_it_is_left_nothing_more_is_sent(taker: Taker) -> None:
    watched = Watched(Team(1000))
    taken = taker.take(taker.client(watched), at_most=3, concurrency=4)
    assert len(taken.results) == 3
    count = len(watched.lines)
    assert count <= 1 + 4 * (3 + 4)
    assert len(watched.answered) == count or taker.flavour != "sync"  # a task is cancelled


class Gone(Exception):
    """What the user's own code raises."""


def leave_by(how: str, results: Any) -> None:
    for _ in results:
        match how:
            case "break":
                break
            case "close":
                results.close()
            case "exception":
                raise Gone
            case _:
                raise KeyboardInterrupt


@pytest.mark.parametrize("how", ["break", "exception", "Ctrl-C", "close"])
def test_threads_end_however_it_is_left(how: str) -> None:
    watched = Watched(Team(1000))
    with Taker("sync").client(watched) as client:
        results = client.inventory()
        with suppress(Gone, KeyboardInterrupt):
            leave_by(how, results)
        del results
        assert not [each for each in threading.enumerate() if "inventory" in each.name]
        count = len(watched.lines)
        client.projects.get("p1")
        assert len(watched.lines) == count + 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("how", ["exception", "cancelled", "another task"])
def test_tasks_end_however_it_is_left(backend: Any, how: str) -> None:
    taker, watched = Taker(backend), Watched(Team(1000))

    async def leave(client: Any) -> None:
        results = client.inventory()
        if how == "another task":
            await anext(results)

            async def close() -> None:  # anyio 4.11 starts coroutines alone
                await results.aclose()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(close)
            return
        async with aclosing(results):
            async for _ in results:
                if how == "exception":
                    raise Gone
                with anyio.CancelScope() as scope:
                    scope.cancel()
                    await anyio.sleep_forever()
                return

    async def run() -> None:
        async with taker.client(watched) as client:
            if how == "exception":
                with pytest.raises(Gone):
                    await leave(client)
            else:
                await leave(client)
            count = len(watched.lines)
            for _ in range(20):
                await anyio.sleep(0)
            assert len(watched.lines) == count

    taker.run(run)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_wait_for_the_next_one_can_be_cancelled(backend: Any) -> None:
    """Nothing is answered any more: who waits is cancelled, and so are the requests."""
    taker, scopes = Taker(backend), list[anyio.CancelScope]()

    def until(request: httpx.Request) -> Callable[[], bool] | None:
        if not is_part(request):
            return None
        if len(watched.lines) == 16:
            scopes[0].cancel()
        return lambda: False

    watched = Watched(Team(100), until=until)

    async def run() -> None:
        async with taker.client(watched) as client:
            with anyio.CancelScope() as scope:
                scopes.append(scope)
                async for _ in client.inventory():
                    raise AssertionError
            assert scope.cancelled_caught

    taker.run(run)
    assert len(watched.lines) == 17


def test_on_asyncio_a_break_is_enough() -> None:
    """Without aclosing: asyncio closes what nobody goes through any more, in a task of its own."""
    watched = Watched(Team(1000))

    async def main() -> None:
        async with asyncio.timeout(PATIENCE), AsyncClient("k", transport=watched) as client:
            async for _ in client.inventory():
                break
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0)
            count = len(watched.lines)
            await client.projects.get("p1")
            assert len(watched.lines) == count + 1

    asyncio.run(main())


def test_on_asyncio_the_end_of_the_loop_is_its_end() -> None:
    kept = []

    async def main() -> None:
        async with AsyncClient("k", transport=Team(1000)) as client:
            results = client.inventory()
            await anext(results)
            kept.append(results)

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["503", "429"])
def test_threads_that_wait_to_ask_again_are_called_off(kind: str) -> None:
    """The first answers are late, and the others ask to come back in half a minute."""
    asked = threading.Event()

    def answer(path: str) -> httpx.Response | None:
        if "tags" in path and "p0" not in path:
            asked.set()
            return httpx.Response(int(kind), headers={"Retry-After": "30"})
        return None

    watched = Watched(Team(50, answer))
    begun = time.monotonic()
    with Client("k", transport=watched) as client:
        with closing(client.inventory(include=["tags"])) as results:
            assert next(results).project.name == "0"
            assert asked.wait(PATIENCE)
        count = len(watched.lines)
        assert time.monotonic() - begun < 10
    assert count == len(watched.lines)


def test_a_thread_that_waits_for_room_is_called_off() -> None:
    """There is room for one request, which is held back while others wait for it."""
    held, leaving = threading.Event(), threading.Event()

    def until(request: httpx.Request) -> Callable[[], bool] | None:
        if "/projects/p1/" not in request.url.path:
            return None
        held.set()
        return leaving.is_set

    watched = Watched(Team(50), until=until)
    with Client("k", transport=watched, max_concurrency=8) as client:
        results = client.inventory(include=["tags"], concurrency=8)
        assert next(results).project.name == "0"
        assert held.wait(PATIENCE)

        def let_go() -> None:
            leaving.set()
            watched.notify()

        threading.Timer(0.05, let_go).start()
        results.close()
        count = len(watched.lines)
    assert count == len(watched.lines) == len(watched.answered)


def test_a_client_that_is_closed_ends_it(taker: Taker) -> None:
    client = taker.client(Team(1000))
    if taker.flavour == "sync":
        taken = taker.take(client, look=lambda _: client.close())
        assert isinstance(taken.error, ClientClosedError)
        return

    async def run() -> None:
        async with aclosing(client.inventory()) as results:
            async for _ in results:
                await client.aclose()

    with pytest.raises(ClientClosedError):
        taker.run(run)


def test_of_a_closed_client_there_is_none(taker: Taker) -> None:
    client = taker.client(Team(3))
    taker.take(client)
    assert isinstance(taker.take(client).error, ClientClosedError)


PROGRAM = """
import asyncio, sys
from paperspace_projects import AsyncClient, Client
from paperspace_projects.testing import Emulator
emulator = Emulator()
with Client(emulator.api_key, transport=emulator.transport()) as other:
    for number in range(40):
        other.projects.create(str(number))
{}
print("the end")
"""
SYNC = """
client = Client(emulator.api_key, transport=emulator.transport())
results = client.inventory()
print(next(results).project.name)
"""
ASYNC = """
async def main():
    global results
    async with AsyncClient(emulator.api_key, transport=emulator.transport()) as client:
        results = client.inventory()
        print((await anext(results)).project.name)
asyncio.run(main())
"""


@pytest.mark.parametrize("body", [SYNC, ASYNC], ids=["sync", "asyncio"])
def test_a_program_ends_although_an_inventory_was_forgotten(body: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("the end\n")


INTERRUPTED = """
import sys
from paperspace_projects import Client
with Client("emulator-key", base_url=sys.argv[1]) as client:
    try:
        for _ in client.inventory():
            print("begun", flush=True)
    except KeyboardInterrupt:
        print("left", flush=True)
"""


def test_ctrl_c_ends_it_while_it_waits(tmp_path: Path) -> None:
    """What is under way, and takes a tenth of a second here, is waited for."""
    needs("signals")
    file = tmp_path / "projects"
    with (
        Emulator(path=file) as quick,
        Client(quick.api_key, transport=quick.transport()) as client,
    ):
        for number in range(100):
            client.projects.create(str(number))
    with Emulator(path=file, latency=0.1) as emulator, emulator.serve() as url:
        process = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED, url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (out.endswith("left\n"), err, process.returncode) == (True, "", 0)


def test_ctrl_c_while_a_thread_starts_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was started is not known to be then, and must not end in another one's place."""
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def start_and_be_interrupted(thread: threading.Thread) -> None:
        start(thread)
        started.append(thread)
        if len(started) == 3:
            raise KeyboardInterrupt

    with Taker("sync").client(Watched(Team(20))) as client:
        monkeypatch.setattr(threading.Thread, "start", start_and_be_interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(client.inventory())
    for thread in started:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_on_the_emulator_the_requests_stop(taker: Taker, emulator: Emulator) -> None:
    """As its log of faults has it: each request is answered late, and so counted."""
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        for number in range(60):
            client.projects.create(str(number))
    emulator.faults = FaultPlan(rate=1, faults=[Fault.nulls()])
    client = taker.client(emulator.transport(), api_key=emulator.api_key)
    taker.take(client, at_most=2, concurrency=2, include=["activity"])
    counted = len(emulator.injected)
    assert counted <= 1 + 2 + 2
    assert len(emulator.injected) == counted
