"""Closing a client at any moment of a call that connects ends it with the client's own error."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
import trustme
from support.driving import KEY
from transport.lifecycles.holding_server import PATIENCE, HoldingServer

from paperspace_projects import AsyncClient, Client, ClientClosedError
from paperspace_projects._sync.transport import network_backend as _network

TURNS = 60
"""More turns of an event loop than a call on loopback takes."""
CALLS: dict[str, Callable[[Any], Any]] = {
    "read": lambda client: client.projects.get("p1"),
    "write": lambda client: client.projects.create("new"),
}


@pytest.fixture(params=["plain", "TLS"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[HoldingServer, ssl.SSLContext]]:
    """A server, and what its clients trust."""
    authority = trustme.CA()
    of_client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(of_client)
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(of_server)
    with HoldingServer(tls=of_server if request.param == "TLS" else None) as server:
        yield server, of_client


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_task_that_connects_is_told_at_whatever_turn(
    served: tuple[HoldingServer, ssl.SSLContext], backend: str, call: str
) -> None:
    server, context = served
    ended: list[Any] = []

    async def closed_after(turns: int) -> None:
        client = AsyncClient(KEY, base_url=server.url, ssl_context=context)

        async def make() -> None:
            try:
                ended.append(await CALLS[call](client))
            except Exception as error:
                ended.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(make)
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
            await client.aclose()

    async def main() -> None:
        for turns in range(TURNS):
            await closed_after(turns)

    anyio.run(main, backend=backend)
    assert len(ended) == TURNS
    others = [
        each
        for each in ended
        if isinstance(each, Exception) and not isinstance(each, ClientClosedError)
    ]
    assert others == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("after", ["connect", "start_tls"])
def test_a_thread_that_has_connected_sends_nothing_more(
    served: tuple[HoldingServer, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    after: str,
    call: str,
) -> None:
    server, context = served
    if after == "start_tls" and server.url.startswith("http:"):
        after = "connect"
    owner: Any = _network if after == "connect" else _network.RecordedStream
    real = getattr(owner, after)
    has_connected, closed = threading.Event(), threading.Event()

    def connected(*args: Any, **options: Any) -> Any:
        made = real(*args, **options)
        has_connected.set()
        assert closed.wait(PATIENCE)
        return made

    monkeypatch.setattr(owner, after, connected)
    client = Client(KEY, base_url=server.url, ssl_context=context)
    ended: list[Exception] = []

    def make() -> None:
        try:
            CALLS[call](client)
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    assert has_connected.wait(PATIENCE)
    client.close()
    closed.set()
    thread.join(PATIENCE)
    (error,) = ended
    assert isinstance(error, ClientClosedError)
    assert "closed during the call" in str(error)
    assert "may have been carried out" not in str(error)
    assert server.ids == []
