"""httpx still has what the client puts its own into: private names, which a release may change."""

from __future__ import annotations

from typing import Any

import httpcore
import httpx
import pytest
from support.driving import Driver
from support.insides import connections_of, makers_of
from transport.lifecycles.holding_server import HoldingServer

from paperspace_projects._async.transport.network_backend import AsyncStreams, AsyncTimedBackend
from paperspace_projects._sync.transport.network_backend import Streams, TimedBackend

PROXY = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "localhost",
}
WHAT_TO_DO = (
    "httpx {version} has no {missing} where `_connections` looks for it: without "
    "it, a server that trickles outlasts every timeout, and closing ends no call that reads. See "
    "where httpx keeps its pools now, and change that function; until then, hold httpx back in "
    "pyproject.toml"
)


def transports_of(http: Any) -> list[Any]:
    """The transport of an httpx client, and those of its proxies, each if it has any."""
    for name in ("_transport", "_mounts", "_transport_for_url"):
        assert hasattr(http, name), WHAT_TO_DO.format(version=httpx.__version__, missing=name)
    return [each for each in (http._transport, *http._mounts.values()) if each is not None]


def fresh_makers_of(drive: Driver, client: Any) -> list[Any]:
    """What makes the connections of a client that has sent nothing yet."""
    pool = drive(client._session.pools.pool())
    drive(pool.carriers.give_back(pool.carriers.take()))
    return makers_of(pool)


@pytest.mark.parametrize("kind", [httpx.Client, httpx.AsyncClient])
@pytest.mark.parametrize("proxy", [{}, PROXY], ids=["direct", "proxy from the environment"])
def test_httpx_has_the_names_that_are_relied_on(
    kind: type[Any], proxy: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in proxy.items():
        monkeypatch.setenv(name, value)
    transports = transports_of(kind())
    assert len(transports) == (3 if proxy else 1)
    for transport in transports:
        for owner, name in (
            (transport, "_pool"),
            (getattr(transport, "_pool", None), "_network_backend"),
            (getattr(transport, "_pool", None), "create_connection"),
        ):
            missing = WHAT_TO_DO.format(version=httpx.__version__, missing=name)
            assert hasattr(owner, name), missing


@pytest.mark.parametrize("proxy", [{}, PROXY], ids=["direct", "proxy from the environment"])
def test_all_connections_of_a_client_end_in_time(
    drive: Driver, proxy: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in proxy.items():
        monkeypatch.setenv(name, value)
    client = drive.client()
    (inner,) = fresh_makers_of(drive, client)
    assert (getattr(inner, "_proxy_url", None) is not None) == bool(proxy)
    timed = TimedBackend if drive.flavour == "sync" else AsyncTimedBackend
    assert isinstance(inner._network_backend, timed)
    expected = Streams if drive.flavour == "sync" else AsyncStreams
    assert isinstance(drive(client._session.pools.pool()).streams, expected)


def test_the_connections_that_a_pool_makes_go_by_that_backend(drive: Driver) -> None:
    client = drive.client()
    (inner,) = fresh_makers_of(drive, client)
    origin = httpcore.URL("https://api.paperspace.com").origin
    made = inner.create_connection(origin)
    assert made._network_backend is inner._network_backend


def test_httpcore_has_the_names_that_are_relied_on(drive: Driver, server: HoldingServer) -> None:
    client: Any = drive.client(base_url=server.url)
    drive(client.projects.get("p1"))
    (outer,) = connections_of(drive(client._session.pools.pool()))
    drive.close(client)
    inner = outer._connection
    for owner, name in (
        (outer, "_request_lock"),
        (inner, "_state_lock"),
        (inner, "_h11_state"),
        (inner._h11_state, "trailing_data"),
    ):
        assert hasattr(owner, name), (
            f"httpcore {httpcore.__version__} has no {type(owner).__name__}.{name}, where `_line` "
            "looks for it: without it, what a server sends beyond an answer is taken for the next"
        )
