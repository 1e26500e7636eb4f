"""A proxy that the environment names carries the calls, and hears no more than it has to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faults.conftest import make_authority
from support.driving import KEY, Driver
from support.faults import FaultServer
from support.proxy import Proxy, proxying

from paperspace_projects.testing import Emulator


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with proxying() as proxy:
        yield proxy


def test_plain_calls_go_by_one_connection_of_the_proxy(
    drive: Driver,
    emulator: Emulator,
    base_url: str,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://user:word@"))
    client: Any = drive.client(base_url=base_url, api_key=emulator.api_key)
    names = [drive(client.projects.create(f"by proxy {number}")).name for number in range(3)]
    drive.close(client)
    assert names == ["by proxy 0", "by proxy 1", "by proxy 2"]
    assert proxy.connections == 1
    assert [head.split(" ")[:2] for head in proxy.heads] == [["POST", f"{base_url}/projects"]] * 3
    assert all("proxy-authorization: basic" in head.lower() for head in proxy.heads)


def test_secure_calls_go_through_one_tunnel_and_the_proxy_hears_no_key(
    drive: Driver, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    authority = make_authority("127.0.0.1")
    with FaultServer(tls=authority.server) as server:
        client: Any = drive.client(base_url=server.url, ssl_context=authority.client)
        made = drive(client.projects.create("by tunnel"))
        assert [drive(client.projects.get(made.id)) for _ in range(2)] == [made, made]
        drive.close(client)
    assert (proxy.connections, server.connections, len(server.received)) == (1, 1, 3)
    (head,) = proxy.heads
    assert head.startswith("CONNECT ")
    assert KEY not in head


def test_who_is_named_in_no_proxy_is_spoken_to_directly(
    drive: Driver,
    emulator: Emulator,
    base_url: str,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    client: Any = drive.client(base_url=base_url, api_key=emulator.api_key)
    drive(client.projects.create("direct"))
    drive.close(client)
    assert proxy.connections == 0
