"""What came before it was asked for is never taken for an answer: the connection is not used."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
from attrs import frozen
from retries.faults.conftest import make_authority
from support.backends import BACKENDS, Backend, outcome, outcomes
from support.driving import KEY
from support.early import FORGED, BufferedTLS, Listener, have_clients_wait, listening
from support.faults import http

from paperspace_projects import (
    APIConnectionError,
    APITimeoutError,
    OutcomeUnknownError,
    RetryPolicy,
)

ONCE: dict[str, Any] = {"retry": RetryPolicy(max_attempts=1), "timeout": 10}
HOST = "projects.example"
OK = b"HTTP/1.1 200 OK\r\n"
WHOLE = http(200, b'{"id": "p1", "name": "asked for"}')
ANOTHER = http(200, b'{"id": "p2", "name": "asked for"}')
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def get(client: Any) -> Any:
    return client.projects.get("p1")


def get_another(client: Any) -> Any:
    return client.projects.get("p2")


def create(client: Any) -> Any:
    return client.projects.create("new")


each_call = pytest.mark.parametrize("call", [get, create])


def assert_nothing_was_sent(error: Any) -> None:
    """The call failed as one that reached nobody: it was surely not carried out."""
    assert isinstance(error, APIConnectionError), repr(error)
    assert not isinstance(error, OutcomeUnknownError), repr(error)
    assert not isinstance(error, APITimeoutError), repr(error)


@pytest.fixture(autouse=True)
def no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@frozen(eq=False)
class Secured:
    """Both sides of TLS of one version."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture
def secured(request: pytest.FixtureRequest) -> Secured:
    authority = make_authority("127.0.0.1", HOST)
    version: ssl.TLSVersion = getattr(request, "param", ssl.TLSVersion.TLSv1_3)
    authority.server.minimum_version = authority.server.maximum_version = version
    return Secured(authority.server, authority.client)


# ---- a proxy that answers for the server ----


def padded(size: int) -> bytes:
    """A proxy's consent of so many bytes."""
    return OK + b"X-Pad: " + b"x" * (size - len(OK) - len(b"X-Pad: \r\n\r\n")) + b"\r\n\r\n"


@each_call
@every_backend
@pytest.mark.parametrize("size", [200, 65_535, 65_536, 65_537, 90_000])
@pytest.mark.parametrize("forged", [FORGED, FORGED * 2_000], ids=["short", "long"])
def test_a_proxy_cannot_answer_for_a_secure_server(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, size: int, forged: bytes
) -> None:
    def consents_and_answers(listener: Listener, connection: socket.socket) -> None:
        listener.hear(connection)
        connection.sendall(padded(size) + forged)
        listener.hear(connection, end=b"")

    with listening(consents_and_answers) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        error = outcome(backend, call, base_url=f"https://{HOST}", **ONCE)
        assert_nothing_was_sent(error)
        assert KEY.encode() not in proxy.heard


@every_backend
def test_a_proxy_that_speaks_first_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    def speaks(listener: Listener, connection: socket.socket) -> None:
        connection.sendall(padded(200))
        listener.has_spoken.set()
        listener.hear(connection, end=b"")

    with listening(speaks) as proxy:
        have_clients_wait(monkeypatch, proxy, after="connect")
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        error = outcome(backend, create, base_url=f"https://{HOST}", **ONCE)
        assert_nothing_was_sent(error)
        assert proxy.heard == b""


@every_backend
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_socks_proxy_cannot_answer_for_a_server(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, scheme: str
) -> None:
    # The reply bears a name that is as long as what httpcore reads of it at once.
    reply = b"\x05\x00\x00\x03" + b"x" * 4_090 + b"\x00\x50"

    def consents_and_answers(listener: Listener, connection: socket.socket) -> None:
        connection.recv(3)
        connection.sendall(b"\x05\x00")
        connection.recv(4_096)
        connection.sendall(reply + FORGED)
        listener.hear(connection, end=b"")

    with listening(consents_and_answers) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        url = f"{scheme}://{HOST}"
        error = outcome(backend, create, base_url=url, allow_insecure_http=True, **ONCE)
        assert_nothing_was_sent(error)
        assert KEY.encode() not in proxy.heard


# ---- a server that answers before it is asked ----


@each_call
@every_backend
@pytest.mark.parametrize("early", [FORGED, b"x", b""], ids=["an answer", "a byte", "the end"])
@pytest.mark.parametrize("turns", [0, 5])
def test_an_answer_that_came_before_the_request_is_none(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, early: bytes, turns: int
) -> None:
    def speaks(listener: Listener, connection: socket.socket) -> None:
        connection.sendall(early)
        if not early:
            connection.shutdown(socket.SHUT_WR)
        listener.has_spoken.set()
        listener.hear(connection, end=b"")

    with listening(speaks) as server:
        have_clients_wait(monkeypatch, server, after="connect", turns=turns)
        error = outcome(backend, call, base_url=f"http://127.0.0.1:{server.port}", **ONCE)
        assert_nothing_was_sent(error)
        assert server.heard == b""


@every_backend
def test_a_write_that_met_an_early_answer_is_sent_again(
    monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    def speaks_the_first_time(listener: Listener, connection: socket.socket) -> None:
        if listener.connections == 1:
            connection.sendall(FORGED)
        listener.has_spoken.set()
        listener.hear(connection, end=b"}")
        connection.sendall(http(201, b'{"id": "p1", "name": "asked for"}'))

    with listening(speaks_the_first_time) as server:
        have_clients_wait(monkeypatch, server, after="connect")
        url = f"http://127.0.0.1:{server.port}"
        retry = RetryPolicy(initial_wait=0)
        assert outcome(backend, create, base_url=url, retry=retry).name == "asked for"
        assert server.heard.count(b"POST") == 1


@each_call
@every_backend
@pytest.mark.parametrize("secured", [ssl.TLSVersion.TLSv1_2], indirect=True)
def test_an_answer_that_came_with_the_handshake_is_none(
    backend: Backend, call: Any, secured: Secured
) -> None:
    def speaks(listener: Listener, connection: socket.socket) -> None:
        tls = BufferedTLS(connection, secured.server)
        tls.shake_hands()
        tls.send(FORGED)
        listener.hear(tls, end=b"")

    with listening(speaks) as server:
        url = f"https://127.0.0.1:{server.port}"
        error = outcome(backend, call, base_url=url, ssl_context=secured.client, **ONCE)
        assert_nothing_was_sent(error)
        assert server.heard == b""


@each_call
@every_backend
@pytest.mark.parametrize("secured", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], indirect=True)
def test_an_answer_that_came_after_the_handshake_is_none(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, secured: Secured
) -> None:
    def speaks(listener: Listener, connection: socket.socket) -> None:
        tls = BufferedTLS(connection, secured.server)
        tls.shake_hands()
        tls.send()
        tls.send(FORGED)
        listener.has_spoken.set()
        listener.hear(tls, end=b"")

    with listening(speaks) as server:
        have_clients_wait(monkeypatch, server, after="start_tls")
        url = f"https://127.0.0.1:{server.port}"
        error = outcome(backend, call, base_url=url, ssl_context=secured.client, **ONCE)
        assert_nothing_was_sent(error)
        assert server.heard == b""


@every_backend
@pytest.mark.parametrize("turns", [0, 5])
def test_session_tickets_are_no_answer(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, secured: Secured, turns: int
) -> None:
    def answers(listener: Listener, connection: socket.socket) -> None:
        tls = BufferedTLS(connection, secured.server)
        tls.shake_hands()
        tls.send()  # the tickets, which make the socket readable
        listener.has_spoken.set()
        listener.hear(tls)
        tls.send(WHOLE)
        listener.hear(tls)
        tls.send(ANOTHER)
        listener.hear(tls, end=b"")

    with listening(answers) as server:
        have_clients_wait(monkeypatch, server, after="start_tls", turns=turns)
        url = f"https://127.0.0.1:{server.port}"
        found = outcomes(
            backend, get, get_another, base_url=url, ssl_context=secured.client, **ONCE
        )
        assert [each.id for each in found] == ["p1", "p2"]
        assert server.connections == 1


# ---- a server that answers the next call as well ----


@every_backend
@pytest.mark.parametrize("secured", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], indirect=True)
def test_a_second_answer_in_a_record_of_its_own_is_not_the_next_calls(
    backend: Backend, secured: Secured
) -> None:
    def answers_twice(listener: Listener, connection: socket.socket) -> None:
        tls = BufferedTLS(connection, secured.server)
        tls.shake_hands()
        tls.send()
        first = b"/p1 " in listener.hear(tls)
        tls.send(*((WHOLE, FORGED) if first else (ANOTHER,)))
        listener.hear(tls, end=b"")

    with listening(answers_twice) as server:
        url = f"https://127.0.0.1:{server.port}"
        found = outcomes(
            backend, get, get_another, base_url=url, ssl_context=secured.client, **ONCE
        )
        assert [each.name for each in found] == ["asked for", "asked for"]
        assert server.connections == 2
