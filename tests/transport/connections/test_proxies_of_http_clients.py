"""A proxy of an `http_client` or transport of the user's own gets no key in clear either."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.driving import Driver
from support.fault_server import FaultServer, address_lookup
from support.libraries import both_libraries
from support.proxy import Proxy, proxying

from paperspace_projects import APIConnectionError, ConfigurationError, RetryPolicy
from paperspace_projects.testing import Emulator

ELSEWHERE = "http://user:word@proxy.example:3128"
ONCE = RetryPolicy(max_attempts=1)
library = both_libraries


@pytest.fixture(autouse=True)
def no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxying() as proxy:
        yield proxy


@pytest.fixture
def elsewhere(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Proxy]:
    """A proxy that is here, and its URL with a name that is not this machine's."""
    lookup = address_lookup("proxy.example", lambda: None)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return f"http://user:word@proxy.example:{urlsplit(proxy.url).port}", proxy


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "projects.example"])
@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_an_http_client_that_obeys_the_environment_gives_no_proxy_the_key_in_clear(
    drive: Driver,
    monkeypatch: pytest.MonkeyPatch,
    elsewhere: tuple[str, Proxy],
    host: str,
    name: str,
) -> None:
    url, proxy = elsewhere
    monkeypatch.setenv(name, url)
    http = drive.http_client()
    client = drive.client(base_url=f"http://{host}", http_client=http, allow_insecure_http=True)
    with pytest.raises(ConfigurationError, match="trust_env=False") as caught:
        drive(client.projects.get("p1"))
    assert "word" not in str(caught.value)
    assert proxy.heads == []
    drive.close(http)


@pytest.mark.parametrize(
    ("variables", "options"),
    [
        ({"HTTP_PROXY": ELSEWHERE}, {"trust_env": False}),
        ({"HTTP_PROXY": ELSEWHERE, "NO_PROXY": "127.0.0.1"}, {}),
        ({"HTTPS_PROXY": ELSEWHERE}, {}),
    ],
)
def test_an_http_client_that_uses_no_proxy_here_is_not_refused(
    drive: Driver,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    options: dict[str, Any],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    http = drive.http_client(**options)
    with FaultServer() as server:
        client: Any = drive.client(base_url=server.url, http_client=http)
        assert drive(client.projects.create("direct")).name == "direct"
        drive.close(client)
        drive.close(http)


def test_a_proxy_that_an_http_client_names_itself_is_the_users_choice(
    drive: Driver, emulator: Emulator, base_url: str, proxy: Proxy
) -> None:
    http = drive.http_client(proxy=proxy.url)
    client: Any = drive.client(base_url=base_url, http_client=http, api_key=emulator.api_key)
    drive(client.projects.create("by proxy"))
    drive.close(client)
    drive.close(http)
    assert proxy.connections == 1


def transport(drive: Driver, **options: Any) -> Any:
    name = "HTTPTransport" if drive.flavour == "sync" else "AsyncHTTPTransport"
    return getattr(drive.library, name)(**options)


def by_proxy(drive: Driver, proxy: str) -> dict[str, Any]:
    return {"http_client": drive.http_client(proxy=proxy)}


def by_mount(drive: Driver, proxy: str) -> dict[str, Any]:
    mounts = {"all://": transport(drive, proxy=proxy)}
    return {"http_client": drive.http_client(mounts=mounts)}


def by_transport_of_a_client(drive: Driver, proxy: str) -> dict[str, Any]:
    return {"http_client": drive.http_client(transport=transport(drive, proxy=proxy))}


def by_transport(drive: Driver, proxy: str) -> dict[str, Any]:
    return {"transport": transport(drive, proxy=proxy)}


def close(drive: Driver, client: Any, options: dict[str, Any]) -> None:
    drive.close(client)
    if "http_client" in options:
        drive.close(options["http_client"])


ways = pytest.mark.parametrize("way", [by_proxy, by_mount, by_transport_of_a_client, by_transport])
Way = Callable[[Driver, str], dict[str, Any]]


@ways
@pytest.mark.parametrize(
    "where", ["http://localhost", "http://127.0.0.1", "http://projects.example"]
)
@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_proxy_that_it_was_made_with_gets_no_key_in_clear(
    drive: Driver, way: Way, elsewhere: tuple[str, Proxy], kind: str, where: str
) -> None:
    url, proxy = elsewhere
    proxy_url = url.replace("http:", f"{kind}:")
    options = way(drive, proxy_url)
    client: Any = drive.client(base_url=where, allow_insecure_http=True, **options)
    with pytest.raises(ConfigurationError, match="API key unencrypted") as caught:
        drive(client.projects.get("p1"))
    assert f"proxy.example:{urlsplit(proxy_url).port}" in str(caught.value)
    assert proxy.heads == []
    assert "word" not in str(caught.value)
    close(drive, client, options)


@ways
def test_a_proxy_on_this_machine_may_be_asked(
    drive: Driver, emulator: Emulator, base_url: str, proxy: Proxy, way: Way
) -> None:
    options = way(drive, proxy.url)
    client: Any = drive.client(base_url=base_url, api_key=emulator.api_key, **options)
    assert drive(client.projects.create("by proxy")).name == "by proxy"
    close(drive, client, options)
    assert proxy.connections == 1


@ways
@pytest.mark.parametrize(
    ("base_url", "proxy_url"),
    [
        ("http://projects.example", "https://127.0.0.1:9"),
        ("https://projects.example", "http://127.0.0.1:9"),
    ],
)
def test_what_goes_to_a_proxy_secured_is_not_refused(
    drive: Driver, way: Way, base_url: str, proxy_url: str
) -> None:
    options = way(drive, proxy_url)
    client: Any = drive.client(base_url=base_url, allow_insecure_http=True, retry=ONCE, **options)
    with pytest.raises(APIConnectionError, match=r"through the proxy 127\.0\.0\.1:9\)"):
        drive(client.projects.get("p1"))
    close(drive, client, options)


def test_the_environment_of_the_moment_when_it_was_made_counts(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, elsewhere: tuple[str, Proxy]
) -> None:
    with FaultServer() as server:
        before = drive.http_client()
        monkeypatch.setenv("HTTP_PROXY", elsewhere[0])
        within = drive.http_client()
        assert drive(drive.client(base_url=server.url, http_client=before).projects.create("a"))
        monkeypatch.delenv("HTTP_PROXY")
        refused: Any = drive.client(base_url=server.url, http_client=within)
        with pytest.raises(ConfigurationError, match="unencrypted"):
            drive(refused.projects.create("b"))
        assert len(server.received) == 1
        drive.close(before)
        drive.close(within)


def test_a_transport_whose_inside_is_not_known_is_used_as_it_is(drive: Driver) -> None:
    def answer(_: object) -> Any:
        return drive.library.Response(200, json={"id": "p1", "name": "one"})

    class Other(drive.library.MockTransport):  # type: ignore[misc]
        _pool = object()

    client: Any = drive.client(Other(answer), base_url="http://localhost")
    assert drive(client.projects.get("p1")).name == "one"
