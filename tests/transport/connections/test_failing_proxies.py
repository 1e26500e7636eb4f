"""A proxy that fails before the way to the server is open: nothing of a request was sent then."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen
from retries.faults.conftest import make_authority
from support.backends import BACKENDS, Backend, outcome
from support.early import Listener, listening
from support.faults import http

from paperspace_projects import (
    APIConnectionError,
    APITimeoutError,
    NotFoundError,
    OutcomeUnknownError,
    RetryPolicy,
)

HOST = "projects.example"
TWICE = RetryPolicy(max_attempts=2, initial_wait=0)
ONCE = RetryPolicy(max_attempts=1)
NOT_FOUND = http(404, b'{"code": "NOT_FOUND", "message": "no such project"}')
CREATED = http(201, b'{"id": "p1", "name": "new"}')
CONSENT = b"HTTP/1.1 200 OK\r\n\r\n"
METHOD, SOCKS_CONSENT = b"\x05\x00", b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def delete(client: Any) -> Any:
    return client.projects.delete("p1")


def create(client: Any) -> Any:
    return client.projects.create("new")


each_call = pytest.mark.parametrize("call", [delete, create])


@frozen(eq=False)
class Failing:
    """What a proxy does the first time: it replies to each that it hears, then ends, or hangs."""

    replies: tuple[bytes, ...]
    hangs: bool = False

    def __call__(self, listener: Listener, connection: socket.socket) -> None:
        for reply in self.replies:
            connection.recv(4_096)
            connection.sendall(reply)
        if self.hangs:
            listener.hear(connection, end=b"")


FAILURES = {
    "drops": Failing((b"",)),
    "half a consent": Failing((b"HTTP/1.1 200 ",)),
    "a consent, and the end": Failing((CONSENT, b"")),
    "nonsense": Failing((b"\x00\x01\x02\r\n\r\n",)),
    "refuses": Failing((http(502),)),
}
SOCKS_FAILURES = {
    "drops": Failing((b"",)),
    "drops after a method": Failing((METHOD, b"")),
    "refuses": Failing((METHOD, b"\x05\x05" + SOCKS_CONSENT[2:])),
}
USER_METHOD, WELCOME = b"\x05\x02", b"\x01\x00"
PASSWORD_FAILURES = {
    "drops at the password": Failing((USER_METHOD, b"")),
    "drops after the password": Failing((USER_METHOD, WELCOME, b"")),
}


class Route:
    """A proxy that fails the first time, and a server behind it."""

    def __init__(
        self, first: Failing, replies: tuple[bytes, ...], tls: ssl.SSLContext | None
    ) -> None:
        self._first, self._replies, self._tls = first, replies, tls
        self.requests: list[bytes] = []

    def __call__(self, listener: Listener, connection: socket.socket) -> None:
        if listener.connections == 1:
            self._first(listener, connection)
            return
        for reply in self._replies:
            connection.recv(4_096)
            connection.sendall(reply)
        server: Any = connection
        if self._tls is not None:
            server = self._tls.wrap_socket(connection, server_side=True)
        with server:
            self.requests.append(listener.hear(server).partition(b" ")[0])
            server.sendall(NOT_FOUND if self.requests == [b"DELETE"] else CREATED)
            listener.hear(server, end=b"")


def assert_it_was_sent_once(
    backend: Backend, call: Callable[[Any], Any], route: Route, **options: Any
) -> None:
    """The second attempt's answer is what the call ends with, as the first had reached nobody."""
    ended = outcome(backend, call, retry=TWICE, allow_insecure_http=True, **options)
    if call is delete:
        assert isinstance(ended, NotFoundError), repr(ended)
    else:
        assert getattr(ended, "name", None) == "new", repr(ended)
    assert len(route.requests) == 1


@each_call
@every_backend
@pytest.mark.parametrize("first", FAILURES.values(), ids=FAILURES)
def test_a_tunnel_that_was_not_opened_carried_nothing(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, first: Failing
) -> None:
    authority = make_authority(HOST)
    route = Route(first, (CONSENT,), authority.server)
    with listening(route) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert_it_was_sent_once(
            backend, call, route, base_url=f"https://{HOST}", ssl_context=authority.client
        )


@each_call
@every_backend
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("first", SOCKS_FAILURES.values(), ids=SOCKS_FAILURES)
def test_a_socks_proxy_that_did_not_connect_carried_nothing(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, scheme: str, first: Failing
) -> None:
    authority = make_authority(HOST)
    tls = authority.server if scheme == "https" else None
    route = Route(first, (METHOD, SOCKS_CONSENT), tls)
    with listening(route) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        assert_it_was_sent_once(
            backend, call, route, base_url=f"{scheme}://{HOST}", ssl_context=authority.client
        )


@every_backend
@pytest.mark.parametrize("first", PASSWORD_FAILURES.values(), ids=PASSWORD_FAILURES)
def test_what_a_socks_proxy_hears_of_a_password_is_no_request(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, first: Failing
) -> None:
    route = Route(first, (USER_METHOD, WELCOME, SOCKS_CONSENT), None)
    with listening(route) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://user:word@127.0.0.1:{proxy.port}")
        assert_it_was_sent_once(backend, delete, route, base_url=f"http://{HOST}")


HANGING = {
    "a tunnel": ("http", Failing((), hangs=True)),
    "SOCKS": ("socks5", Failing((), hangs=True)),
    "SOCKS at the password": ("socks5", Failing((USER_METHOD,), hangs=True)),
}


@each_call
@every_backend
@pytest.mark.parametrize(("scheme", "first"), HANGING.values(), ids=HANGING)
def test_a_proxy_that_says_nothing_is_a_server_that_is_not_reached_in_time(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, scheme: str, first: Failing
) -> None:
    with listening(first) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://user:word@127.0.0.1:{proxy.port}")
        error = outcome(backend, call, base_url=f"https://{HOST}", timeout=0.2, retry=ONCE)
    assert isinstance(error, APITimeoutError), repr(error)
    assert not isinstance(error, OutcomeUnknownError)
    assert "could not be reached in time" in str(error)


@every_backend
def test_a_request_that_a_forwarding_proxy_has_got_may_have_arrived(
    monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    with listening(Failing((b"",))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        error = outcome(
            backend, create, base_url=f"http://{HOST}", retry=ONCE, allow_insecure_http=True
        )
    assert isinstance(error, OutcomeUnknownError), repr(error)
    assert isinstance(error.__cause__, APIConnectionError)


# ---- a SOCKS proxy's nonsense ----

NONSENSE = {
    "HTTP": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "nothing": [b""],
    "no method": [b"\x05\xff"],
    "an unknown method": [b"\x05\x77"],
    "a password's turn": [b"\x05\x02"],
    "HTTP after a method": [METHOD, b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "nothing after a method": [METHOD, b""],
    "refused": [METHOD, b"\x05\x05" + SOCKS_CONSENT[2:]],
    "an unknown reply": [METHOD, b"\x05\x99" + SOCKS_CONSENT[2:]],
    "an unknown address": [METHOD, b"\x05\x00\x00\x09" + SOCKS_CONSENT[4:]],
    "half an address": [METHOD, SOCKS_CONSENT[:-3]],
    "a name in no charset": [METHOD, b"\x05\x00\x00\x03\x02\xff\xfe\x00\x50"],
}


@each_call
@every_backend
@pytest.mark.parametrize("replies", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nonsense_of_a_socks_proxy_is_a_failure_to_connect(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, call: Any, replies: list[bytes], scheme: str
) -> None:
    def talks_nonsense(_: Listener, connection: socket.socket) -> None:
        for reply in replies:
            connection.recv(4_096)
            connection.sendall(reply)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4_096)

    with listening(talks_nonsense) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        url = f"{scheme}://projects.example"
        options: dict[str, Any] = {"retry": ONCE, "allow_insecure_http": True}
        error = outcome(backend, call, base_url=url, **options)
    assert isinstance(error, APIConnectionError), repr(error)
    assert not isinstance(error, OutcomeUnknownError)
