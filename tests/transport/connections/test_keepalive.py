"""The client's own connections are checked by the system, as `tcp_keepalive` says."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
from support.backends import BACKENDS, Backend
from support.driving import KEY, Driver
from support.fault_server import FaultServer
from support.proxy import proxying
from support.systems import needs

from paperspace_projects import AsyncClient, Client, InvalidArgumentError


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def options_of(client: Any) -> tuple[int, int, int]:
    """Whether the one open connection is checked, after how many seconds, and how often."""
    (pool,) = client._session.pools.open_pools.values()
    (connection,) = pool.connections.all
    found = connection.network._stream.get_extra_info("socket")
    names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPCNT)
    idle, count = (found.getsockopt(socket.IPPROTO_TCP, name) for name in names)
    return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)), idle, count


def after_a_call(backend: str, look: Callable[[Any], Any], **options: Any) -> Any:
    if backend == "sync":
        with Client(KEY, **options) as client:
            client.projects.get("p1")
            return look(client)

    async def main() -> Any:
        async with AsyncClient(KEY, **options) as client:
            await client.projects.get("p1")
            return look(client)

    if backend == "uvloop":
        needs("uvloop")
        return anyio.run(main, backend="asyncio", backend_options={"use_uvloop": True})
    return anyio.run(main, backend=backend)


every_backend = pytest.mark.parametrize("backend", [*BACKENDS, "uvloop"])
needs_linux = pytest.mark.skipif(
    not hasattr(socket, "TCP_KEEPIDLE"), reason="the system names the options otherwise"
)


@needs_linux
@every_backend
@pytest.mark.parametrize(("given", "seconds"), [({}, 60), ({"tcp_keepalive": 7}, 7)])
def test_a_connection_is_checked(
    server: FaultServer, backend: Backend, given: dict[str, int], seconds: int
) -> None:
    found = after_a_call(backend, options_of, base_url=server.url, **given)
    assert found == (True, seconds, 5)


@needs_linux
@every_backend
def test_none_is_checked_if_so_asked(server: FaultServer, backend: Backend) -> None:
    found = after_a_call(backend, options_of, base_url=server.url, tcp_keepalive=None)
    assert found[0] is False


@needs_linux
@every_backend
def test_so_is_one_through_a_proxy(
    server: FaultServer, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.url.replace("127.0.0.1", "projects.example")
    with proxying() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        found = after_a_call(backend, options_of, base_url=url, allow_insecure_http=True)
    assert found == (True, 60, 5)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "60", 32_768])
def test_a_number_that_no_system_takes_is_refused(drive: Driver, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="tcp_keepalive"):
        drive.client(tcp_keepalive=value)


def test_it_travels_with_the_settings(drive: Driver) -> None:
    assert drive.client(tcp_keepalive=9).settings.tcp_keepalive == 9
