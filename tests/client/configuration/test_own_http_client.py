"""A user's own httpx client: used, left open, and not obeyed where the key would go astray."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest
from support.driving import KEY, Driver
from support.libraries import both_libraries
from support.servers import Script, json, project, status

from paperspace_projects import (
    APIStatusError,
    AsyncClient,
    Client,
    ClientClosedError,
    InvalidArgumentError,
)
from paperspace_projects.config import DEFAULT_BASE_URL

library = both_libraries


def own(drive: Driver, server: Any, **options: Any) -> Any:
    return drive.http_client(transport=drive.transport(server), **options)


def test_it_is_used_and_stays_open(drive: Driver) -> None:
    server = Script(json(project()))
    http = own(drive, server)
    client = drive.client(http_client=http)
    drive(client.projects.get("p1"))
    assert len(server.requests) == 1
    drive.close(client)
    assert client.is_closed
    assert not http.is_closed
    with pytest.raises(ClientClosedError):
        drive(client.projects.get("p1"))
    drive.close(http)


def test_two_clients_may_share_it(drive: Driver) -> None:
    server = Script(json(project()))
    http = own(drive, server)
    first, second = (drive.client(http_client=http, api_key=f"key-{n}") for n in (1, 2))
    drive(first.projects.get("p1"))
    drive.close(first)
    drive(second.projects.get("p1"))
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer key-1", "Bearer key-2"]
    drive.close(http)


def test_closing_it_closes_the_client(drive: Driver) -> None:
    http = own(drive, Script(json(project())))
    client = drive.client(http_client=http)
    drive.close(http)
    assert client.is_closed
    with pytest.raises(ClientClosedError):
        drive(client.projects.get("p1"))


def test_a_transport_is_closed_with_the_client(
    drive: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = drive.transport(Script(json(project())))
    client, closed = drive.client(transport), []
    real = transport.close if drive.flavour == "sync" else transport.aclose

    def close() -> Any:
        closed.append(True)
        return real()

    monkeypatch.setattr(transport, real.__name__, close)
    drive(client.projects.get("p1"))
    drive.close(client)
    assert closed == [True]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_its_following_of_redirects_is_not_applied(drive: Driver, code: int) -> None:
    server = Script(status(code, location="https://evil.example/"), json(project()))
    http = own(drive, server, follow_redirects=True)
    with pytest.raises(APIStatusError, match=r"evil\.example"):
        drive(drive.client(http_client=http).projects.get("p1"))
    assert len(server.requests) == 1
    drive.close(http)


def test_its_auth_is_not_applied(drive: Driver) -> None:
    server = Script(json(project()))
    http = own(drive, server, auth=("user", "word"))
    drive(drive.client(http_client=http).projects.get("p1"))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    drive.close(http)


def test_its_headers_go_along_but_do_not_replace_ours(drive: Driver) -> None:
    server = Script(json(project()))
    headers = {"X-Own": "yes", "Authorization": "Bearer other", "Accept": "text/html"}
    http = own(drive, server, headers=headers)
    drive(drive.client(http_client=http).projects.get("p1"))
    (sent,) = server.requests
    assert sent.headers["x-own"] == "yes"
    assert sent.headers.get_list("authorization") == [f"Bearer {KEY}"]
    assert sent.headers.get_list("accept") == ["application/json"]
    drive.close(http)


def test_its_base_url_does_not_replace_ours(drive: Driver) -> None:
    server = Script(json(project()))
    http = own(drive, server, base_url="https://evil.example/x")
    drive(drive.client(http_client=http).projects.get("p1"))
    assert str(server.requests[0].url) == f"{DEFAULT_BASE_URL}/projects/p1"
    drive.close(http)


def test_its_timeout_does_not_replace_ours(drive: Driver) -> None:
    server = Script(json(project()))
    http = own(drive, server, timeout=None)
    drive(drive.client(http_client=http, timeout=7).projects.get("p1"))
    assert set(server.requests[0].extensions["timeout"].values()) == {7.0}
    drive.close(http)


def test_the_key_is_not_left_behind_in_it(drive: Driver) -> None:
    http = own(drive, Script(json(project())))
    drive(drive.client(http_client=http).projects.get("p1"))
    assert "authorization" not in http.headers
    assert KEY not in repr(vars(http))
    drive.close(http)


def test_the_wrong_flavour_is_refused(library: Any) -> None:
    with (
        library.Client() as sync,
        pytest.raises(InvalidArgumentError, match=r"http_client must be an httpx\.AsyncClient"),
    ):
        AsyncClient(api_key="key", http_client=sync)
    with pytest.raises(InvalidArgumentError, match=r"http_client must be an httpx\.Client"):
        Client(api_key="key", http_client=library.AsyncClient())


@pytest.mark.parametrize("value", [object(), "http", httpx.Client, httpx2.Client])
def test_what_is_no_http_client_is_refused(drive: Driver, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="http_client"):
        drive.client(http_client=value)


def test_a_transport_of_the_wrong_flavour_is_refused(library: Any) -> None:
    class Sync(library.BaseTransport):
        pass

    class Async(library.AsyncBaseTransport):
        pass

    with pytest.raises(InvalidArgumentError, match="transport"):
        AsyncClient(api_key="key", transport=Sync())
    with pytest.raises(InvalidArgumentError, match="transport"):
        Client(api_key="key", transport=Async())


def test_a_transport_beside_it_is_refused(drive: Driver) -> None:
    http = own(drive, Script(json(project())))
    transport = drive.transport(Script(json(project())))
    with pytest.raises(InvalidArgumentError, match="transport"):
        drive.client(transport, http_client=http)
    drive.close(http)
