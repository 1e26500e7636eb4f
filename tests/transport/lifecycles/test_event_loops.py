"""An `AsyncClient` is at home on any event loop, on several at once, and leaves each in order."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator

import anyio
import pytest
from support.driving import KEY
from support.fault_server import FaultServer
from support.faults import falls_silent
from support.systems import needs
from transport.lifecycles.holding_server import PATIENCE, HoldingServer
from transport.lifecycles.looking import open_sockets

from paperspace_projects import AsyncClient, ClientClosedError


@pytest.fixture
def client(server: HoldingServer) -> Iterator[AsyncClient]:
    client = AsyncClient(KEY, base_url=server.url)
    yield client
    asyncio.run(client.aclose())


async def ask(client: AsyncClient, project_id: str) -> None:
    assert (await client.projects.get(project_id)).id == project_id


@pytest.mark.parametrize(
    "backends", [("asyncio", "asyncio"), ("asyncio", "trio"), ("trio", "trio"), ("trio", "asyncio")]
)
def test_one_loop_after_the_other_and_each_closes_its_connections(
    client: AsyncClient, server: HoldingServer, backends: tuple[str, str]
) -> None:
    before = len(open_sockets())
    for number, backend in enumerate(backends, 1):
        anyio.run(ask, client, f"p{number}", backend=backend)
        server.until(lambda: server.open == 0)
        assert server.connections == number
        assert len(open_sockets()) == before
    assert len(client._session.pools.open_pools) == 1  # the first loop's was given up


@pytest.mark.parametrize("backends", [("asyncio", "asyncio"), ("asyncio", "trio")])
def test_two_loops_at_once(
    client: AsyncClient, server: HoldingServer, backends: tuple[str, str]
) -> None:
    failures: list[BaseException] = []
    together = threading.Barrier(2)

    async def work(name: str) -> None:
        await ask(client, name)
        await anyio.to_thread.run_sync(together.wait, PATIENCE)
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(ask, client, f"{name}-{number}")

    def run(name: str, backend: str) -> None:
        try:
            anyio.run(work, name, backend=backend)
        except BaseException as error:
            failures.append(error)

    threads = [
        threading.Thread(target=run, args=(f"loop-{number}", backend))
        for number, backend in enumerate(backends)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    assert len(set(server.ids)) == len(server.ids) == 42
    server.until(lambda: server.open == 0)


def test_a_loop_that_ends_in_the_midst_of_a_call_closes_its_connections(
    client: AsyncClient, server: HoldingServer
) -> None:
    async def leave() -> None:
        task = asyncio.ensure_future(ask(client, "held-1"))
        await asyncio.to_thread(server.until_asked)
        assert not task.done()  # asyncio.run cancels it

    asyncio.run(leave())
    server.let_go.set()
    server.until(lambda: server.open == 0)
    asyncio.run(ask(client, "p1"))


def leave_open(client: AsyncClient) -> None:
    """Use a client on a loop that is closed without ado, as no `asyncio.run` would."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(ask(client, "p1"))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.mark.parametrize("use", [leave_open], ids=["shutdown_asyncgens"])
def test_a_loop_that_is_run_by_hand(
    client: AsyncClient, server: HoldingServer, use: Callable[[AsyncClient], None]
) -> None:
    use(client)
    gc.collect()
    server.until(lambda: server.open == 0)
    asyncio.run(ask(client, "p2"))


def test_on_uvloop_closing_ends_the_calls_that_wait() -> None:
    needs("uvloop")

    async def main() -> None:
        client = AsyncClient(KEY, base_url=server.url)
        call = asyncio.ensure_future(client.projects.get("p1"))
        await anyio.to_thread.run_sync(server.arrived.acquire)
        await client.aclose()
        with pytest.raises(ClientClosedError):
            await call

    with FaultServer() as server:
        server.play(falls_silent())
        anyio.run(main, backend_options={"use_uvloop": True})
