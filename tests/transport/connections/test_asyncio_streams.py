"""Connections of asyncio's own: which address of a host is taken, and how much is kept unread."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpcore
import pytest
import uvloop
from retries.faults.conftest import make_authority
from support.faults import FaultServer

import paperspace_projects._http.asyncio_streams as streams
from paperspace_projects import AsyncClient
from paperspace_projects.testing import Emulator

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs on an event loop of asyncio's, or on one that is not written in Python."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        yield runner.run
    gc.collect()  # what was left open is complained of here


def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
def open_port() -> Iterator[int]:
    with listening() as server:
        yield server.getsockname()[1]


@pytest.fixture
def refusing_port() -> int:
    with listening() as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Nobody answers there: as many wait to be let in as there is room for."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for each in waiting:
            each.close()


def addresses(*ports: int) -> list[Any]:
    return [
        (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))
        for port in ports
    ]


async def connected(*ports: int) -> int:
    """The port that is connected to, of several that a host has."""
    found = await streams._connected(addresses(*ports), None)
    with found:
        return int(found.getpeername()[1])


def test_the_first_address_that_answers_is_taken(run: Run, open_port: int) -> None:
    with listening() as other:
        assert run(connected(open_port, other.getsockname()[1])) == open_port


def test_an_address_that_refuses_is_passed_over(
    run: Run, refusing_port: int, open_port: int
) -> None:
    assert run(connected(refusing_port, open_port)) == open_port


def test_an_address_that_says_nothing_is_not_waited_for(
    run: Run, silent_port: int, open_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_MOMENT", 0.01)
    assert run(connected(silent_port, open_port)) == open_port


def test_a_late_one_still_counts(
    run: Run, silent_port: int, refusing_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_MOMENT", 0.01)

    async def within(seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await connected(silent_port, refusing_port)

    with pytest.raises(TimeoutError):  # the refusal does not end what the other is at
        run(within(0.05))


def test_where_all_refuse_the_first_reason_is_told(run: Run, refusing_port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        run(connected(refusing_port, refusing_port))


def test_who_is_cancelled_while_several_are_tried_leaves_nothing_open(
    run: Run, silent_port: int, open_port: int
) -> None:
    async def cancelled_after(turns: int) -> None:
        task = asyncio.ensure_future(connected(silent_port, open_port))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    for turns in range(8):
        run(cancelled_after(turns))


def test_the_families_of_addresses_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    six, four = socket.AF_INET6, socket.AF_INET

    async def found() -> list[Any]:
        async def looked_up(*_: object, **__: object) -> list[Any]:
            return [(six, 1), (six, 2), (six, 3), (four, 4)]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up, raising=False)
        return await streams._addresses("two.families.example", 443)

    with asyncio.Runner() as runner:
        assert runner.run(found()) == [(six, 1), (four, 4), (six, 2), (six, 3)]


def test_no_more_is_kept_unread_than_a_moment_of_it(run: Run) -> None:
    size = 8 * streams._MOST_UNREAD

    async def read_all(port: int) -> None:
        stream = await streams.AsyncioBackend().connect_tcp("127.0.0.1", port, 1.0)
        taken = most = 0
        while piece := await stream.read(65_536, 1.0):
            taken += len(piece)
            most = max(most, len(stream._inbox.unread))  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        assert taken == size
        assert most <= 3 * streams._MOST_UNREAD
        await stream.aclose()

    async def serve_and_read() -> None:
        async def send(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"x" * size)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(send, "127.0.0.1", 0)
        await read_all(server.sockets[0].getsockname()[1])
        server.close()
        await server.wait_closed()

    run(serve_and_read())


def test_a_closed_connection_is_neither_read_nor_written(run: Run, open_port: int) -> None:
    async def use() -> None:
        stream = await streams.AsyncioBackend().connect_tcp("127.0.0.1", open_port, 1.0)
        await stream.aclose()
        with pytest.raises(httpcore.ReadError, match="closed"):
            await stream.read(1, 1.0)
        with pytest.raises(httpcore.WriteError, match="closed"):
            await stream.write(b"x", 1.0)

    run(use())


@pytest.mark.parametrize("dialect", ["contract", "live"])
def test_many_calls_at_once_and_the_end(run: Run, dialect: Any) -> None:
    with Emulator(dialect) as emulator, emulator.serve() as base_url:

        async def calls() -> None:
            async with AsyncClient(emulator.api_key, base_url=base_url) as client:
                made = await client.projects.create("one")
                read = await asyncio.gather(*(client.projects.get(made.id) for _ in range(40)))
                assert {each.name for each in read} == {"one"}

        run(calls())


def test_secure_connections(run: Run) -> None:
    authority = make_authority("127.0.0.1")
    with FaultServer(tls=authority.server) as server:

        async def calls(context: ssl.SSLContext) -> None:
            async with AsyncClient(
                "a-key-of-ours", base_url=server.url, ssl_context=context
            ) as client:
                for _ in range(3):
                    await client.projects.create("x" * 100_000)

        run(calls(authority.client))
        assert (len(server.received), server.connections) == (3, 1)
