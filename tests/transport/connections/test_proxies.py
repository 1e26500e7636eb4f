"""A proxy that the environment names carries the calls, and hears no more than it has to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from retries.faults.conftest import make_authority
from support.driving import KEY, Driver
from support.fault_server import FaultServer, address_lookup
from support.proxy import Proxy, proxying

from paperspace_projects import APIConnectionError, ConfigurationError
from paperspace_projects.testing import Emulator

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
ELSEWHERE = "http://user:word@proxy.example:3128"


@pytest.fixture(autouse=True)
def no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxying() as proxy:
        yield proxy


@pytest.fixture
def named_url(base_url: str) -> str:
    """Where the emulator is, by a name beyond this machine, which the proxy knows."""
    return base_url.replace("127.0.0.1", "projects.example")


def test_plain_calls_go_by_one_connection_of_a_proxy_on_this_machine(
    drive: Driver,
    emulator: Emulator,
    named_url: str,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://user:word@"))
    client: Any = drive.client(
        base_url=named_url, api_key=emulator.api_key, allow_insecure_http=True
    )
    names = [drive(client.projects.create(f"by proxy {number}")).name for number in range(3)]
    drive.close(client)
    assert names == ["by proxy 0", "by proxy 1", "by proxy 2"]
    assert proxy.connections == 1
    assert [head.split(" ")[:2] for head in proxy.heads] == [["POST", f"{named_url}/projects"]] * 3
    assert all("proxy-authorization: basic" in head.lower() for head in proxy.heads)


def test_secure_calls_go_through_one_tunnel_and_the_proxy_hears_no_key(
    drive: Driver, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    authority = make_authority("projects.example")
    with FaultServer(tls=authority.server) as server:
        client: Any = drive.client(
            base_url=f"https://projects.example:{server.port}", ssl_context=authority.client
        )
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
    named_url: str,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "projects.example")
    lookup = address_lookup("projects.example", lambda: None)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    client: Any = drive.client(
        base_url=named_url, api_key=emulator.api_key, allow_insecure_http=True
    )
    drive(client.projects.create("direct"))
    drive.close(client)
    assert proxy.connections == 0


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1", "http://localhost", "https://127.0.0.1", "https://LOCALHOST"],
)
def test_no_proxy_is_asked_for_this_machine(
    drive: Driver,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    origin: str,
) -> None:
    monkeypatch.setenv(variable, proxy.url)
    authority = make_authority("127.0.0.1", "localhost")
    tls = authority.server if origin.startswith("https") else None
    with FaultServer(tls=tls) as server:
        client: Any = drive.client(base_url=f"{origin}:{server.port}", ssl_context=authority.client)
        assert drive(client.projects.create("direct")).name == "direct"
        drive.close(client)
    assert proxy.connections == 0


CLEAR = [
    {"HTTP_PROXY": ELSEWHERE},
    {"ALL_PROXY": ELSEWHERE},
    {"HTTP_PROXY": "http://192.0.2.7:3128"},
    {"HTTP_PROXY": "http://localhost.example:3128"},
    {"ALL_PROXY": "socks5://user:word@proxy.example:1080"},
    {"HTTP_PROXY": ELSEWHERE, "NO_PROXY": "elsewhere.example"},
]


@pytest.mark.parametrize("environment", CLEAR)
def test_no_proxy_beyond_this_machine_gets_the_key_in_clear(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    client: Any = drive.client(base_url="http://projects.example", allow_insecure_http=True)
    with pytest.raises(ConfigurationError, match="API key unencrypted") as caught:
        drive(client.projects.get("p1"))
    text = f"{caught.value!r}{caught.value.__context__!r}{caught.value.__cause__!r}"
    assert "https" in text
    assert "projects.example in NO_PROXY" in text
    assert "word" not in text


def test_a_proxy_over_https_may_be_asked_for_plain_http(
    drive: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "https://proxy.example:3128")
    looked_up: list[bool] = []

    def look_up() -> None:
        looked_up.append(True)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", address_lookup("proxy.example", look_up))
    client: Any = drive.client(base_url="http://projects.example", allow_insecure_http=True)
    with pytest.raises(APIConnectionError):
        drive(client.projects.get("p1"))
    assert looked_up


# ---- names of this machine ----


def test_localhost_is_not_looked_up(drive: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up() -> None:
        pytest.fail("a name server was asked where localhost is")

    monkeypatch.setattr(socket, "getaddrinfo", address_lookup("localhost", look_up))
    with FaultServer() as server:
        client: Any = drive.client(base_url=f"http://localhost:{server.port}")
        assert drive(client.projects.create("here")).name == "here"
        drive.close(client)


def test_localhost_is_the_second_address_where_nobody_listens_at_the_first(
    drive: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer() as server, socket.socket() as refusing:
        refusing.bind(("127.0.0.2", server.port))
        for half in ("_async", "_sync"):
            name = f"paperspace_projects.{half}.transport.network_backend._LOOPBACK"
            monkeypatch.setattr(name, ("127.0.0.2", urlsplit(server.url).hostname))
        client: Any = drive.client(base_url=f"http://localhost:{server.port}")
        assert drive(client.projects.create("here")).name == "here"
        drive.close(client)


def test_where_nobody_listens_on_localhost_the_first_reason_is_told(drive: Driver) -> None:
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        port = refusing.getsockname()[1]
        client: Any = drive.client(base_url=f"http://localhost:{port}")
        with pytest.raises(APIConnectionError, match="could not be reached") as caught:
            drive(client.projects.get("p1"))
        assert "::1" not in str(caught.value)
        drive.close(client)
