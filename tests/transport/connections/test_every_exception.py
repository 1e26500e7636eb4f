"""Whatever the network raises leaves a call as an error of ours; the user's own stay theirs.

The classes are taken from the packages themselves, so that a new one is tried as well.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import anyio
import h11
import httpcore
import httpcore2
import httpx
import httpx2
import pytest
import socksio
import trio
from support.driving import Driver

from paperspace_projects import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    OutcomeUnknownError,
    PaperspaceError,
    RetryPolicy,
)

PACKAGES = (anyio, h11, httpcore, httpcore2, httpx, httpx2, socket, socksio, ssl, trio)
ONCE = RetryPolicy(max_attempts=1)
CALLS: dict[str, Callable[[Any], Any]] = {
    "read": lambda client: client.projects.get("p1"),
    "write": lambda client: client.projects.create("new"),
}
each_call = pytest.mark.parametrize("call", CALLS)


def exceptions_of(package: ModuleType) -> Iterator[type[Exception]]:
    for name in dir(package):
        kind = getattr(package, name)
        if (
            isinstance(kind, type)
            and issubclass(kind, Exception)
            and not issubclass(kind, Warning)
            and not name.startswith("_")
        ):
            yield kind


KINDS = sorted(
    {kind for package in PACKAGES for kind in exceptions_of(package)}
    | {OSError, ConnectionResetError, ConnectionRefusedError, BrokenPipeError, TimeoutError},
    key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
)
each_kind = pytest.mark.parametrize(
    "kind", KINDS, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}"
)


def made(kind: type[Exception]) -> Exception:
    if kind in (httpx.HTTPStatusError, httpx2.HTTPStatusError):
        library: Any = httpx if kind is httpx.HTTPStatusError else httpx2
        request = library.Request("GET", "https://projects.example")
        return kind("words", request=request, response=library.Response(500, request=request))  # type: ignore[call-arg]
    for arguments in (("words",), (), (5,)):
        try:
            return kind(*arguments)
        except (TypeError, AttributeError):
            continue
    return kind.__new__(kind, "words")


def test_the_packages_have_as_many_as_they_should() -> None:
    assert len(KINDS) > 70


# ---- our own connections ----


class Raising:
    """A network that raises something at one point. `sent` is what was written."""

    def __init__(self, point: str, error: Exception) -> None:
        self._point = point
        self._error = error
        self.ours, self._theirs = socket.socketpair()

    def at(self, point: str) -> None:
        if point == self._point:
            raise self._error

    def close(self) -> None:
        self.ours.close()
        self._theirs.close()


class RaisingStream(httpcore.NetworkStream):
    def __init__(self, network: Raising) -> None:
        self._network = network

    def read(self, *_: Any, **__: Any) -> bytes:
        self._network.at("read")
        return b""

    def write(self, *_: Any, **__: Any) -> None:
        self._network.at("write")

    def close(self) -> None:
        self._network.at("close")

    def get_extra_info(self, info: str) -> Any:
        return self._network.ours if info == "socket" else None


class AsyncRaisingStream(httpcore.AsyncNetworkStream):
    def __init__(self, network: Raising) -> None:
        self._network = network

    async def read(self, *_: Any, **__: Any) -> bytes:
        self._network.at("read")
        return b""

    async def write(self, *_: Any, **__: Any) -> None:
        self._network.at("write")

    async def aclose(self) -> None:
        self._network.at("close")

    def get_extra_info(self, info: str) -> Any:
        return self._network.ours if info == "socket" else None


class RaisingBackend(httpcore.NetworkBackend):
    def __init__(self, network: Raising) -> None:
        self._network = network

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self._network.at("connect")
        return RaisingStream(self._network)


class AsyncRaisingBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, network: Raising) -> None:
        self._network = network

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        self._network.at("connect")
        return AsyncRaisingStream(self._network)


def raised(drive: Driver, call: str, point: str, error: Exception) -> Any:
    """What a call ends with on a network that raises an error at a point."""
    network = Raising(point, error)
    client: Any = drive.client(base_url="http://127.0.0.1:9", retry=ONCE)
    pool = drive(client._session.pools.pool()).connections
    make = pool.make
    backend: Any = RaisingBackend if drive.flavour == "sync" else AsyncRaisingBackend

    def made_on_it() -> Any:
        connection = make()
        connection.network._backend = backend(network)
        return connection

    pool.make = made_on_it
    try:
        drive(CALLS[call](client))
    except Exception as ended:
        return ended
    finally:
        drive.close(client)
        network.close()


@each_call
@each_kind
@pytest.mark.parametrize("point", ["connect", "write", "read", "close"])
def test_what_our_own_connections_raise(
    drive: Driver, call: str, point: str, kind: type[Exception]
) -> None:
    ended = raised(drive, call, point, made(kind))
    assert isinstance(ended, APIError), repr(ended)
    may_have_arrived = call == "write" and point != "connect"
    assert isinstance(ended, OutcomeUnknownError) == may_have_arrived
    if point == "connect":
        assert isinstance(ended, APIConnectionError | APITimeoutError)


@each_call
@pytest.mark.parametrize("point", ["connect", "write", "read"])
@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, LookupError])
def test_what_is_not_the_networks_stays_what_it_is(
    drive: Driver, call: str, point: str, kind: type[Exception]
) -> None:
    error = kind("of a signal handler")
    assert raised(drive, call, point, error) is error


# ---- what carries the requests for us ----


def library_of(kind: type[Exception]) -> Any:
    """The library whose transport raises a class of exceptions."""
    return httpx2 if kind.__module__ in ("httpcore2", "httpx2") else httpx


SURELY_NOT_SENT: tuple[type[Exception], ...] = (
    *(
        getattr(package, name)
        for package in (httpx, httpx2, httpcore, httpcore2)
        for name in ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError")
    ),
    *(httpx.UnsupportedProtocol, httpx.InvalidURL, httpx2.UnsupportedProtocol, httpx2.InvalidURL),
    *(httpcore.UnsupportedProtocol, httpcore.ConnectionNotAvailable),
    *(httpcore2.UnsupportedProtocol, httpcore2.ConnectionNotAvailable),
    *(socksio.SOCKSError, socket.gaierror, ConnectionRefusedError, ssl.SSLCertVerificationError),
    getattr(anyio, "ConnectionFailed", ConnectionRefusedError),
)


@each_call
@each_kind
def test_what_a_transport_of_the_users_raises(
    drive: Driver, call: str, kind: type[Exception]
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise made(kind)

    drive.library = library_of(kind)
    with pytest.raises(APIError) as caught:
        drive(CALLS[call](drive.client(fail, retry=ONCE)))
    may_have_arrived = call == "write" and not issubclass(kind, SURELY_NOT_SENT)
    assert isinstance(caught.value, OutcomeUnknownError) == may_have_arrived


OF_FILES_AND_PROCESSES = (
    *(FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError),
    *(PermissionError, ProcessLookupError, ChildProcessError),
)


@each_call
@pytest.mark.parametrize("kind", OF_FILES_AND_PROCESSES)
def test_what_a_transport_of_the_users_does_with_files_is_its_own(
    drive: Driver, call: str, kind: type[Exception]
) -> None:
    error, requests = kind("my token file"), list[httpx.Request]()

    def fail(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        raise error

    with pytest.raises(kind) as caught:
        drive(CALLS[call](drive.client(fail)))
    assert caught.value is error
    assert len(requests) == 1


@each_call
@pytest.mark.parametrize("point", ["connect", "write", "read"])
def test_a_permission_that_the_network_denies_is_an_error_of_ours(
    drive: Driver, call: str, point: str
) -> None:
    assert isinstance(raised(drive, call, point, PermissionError(1, "firewall")), APIError)


class Breaking(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise self._error

    async def __aiter__(self) -> Any:
        yield b"{"
        raise self._error


@each_call
@each_kind
def test_what_an_answer_of_the_users_transport_raises(
    drive: Driver, call: str, kind: type[Exception]
) -> None:
    drive.library = library_of(kind)
    client = drive.client(lambda _: httpx.Response(200, stream=Breaking(made(kind))), retry=ONCE)
    with pytest.raises(PaperspaceError):
        drive(CALLS[call](client))


@each_call
@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, RuntimeError, UnicodeDecodeError, *OF_FILES_AND_PROCESSES]
)
def test_what_a_hook_raises_stays_what_it_is(
    drive: Driver, call: str, kind: type[Exception]
) -> None:
    error = kind("utf-8", b"", 0, 1, "") if kind is UnicodeDecodeError else kind("of a hook")

    def hook(_: object) -> None:
        raise error

    async def async_hook(_: object) -> None:
        raise error

    for moment in ("request", "response"):
        http = drive.http_client(
            transport=httpx.MockTransport(lambda _: httpx.Response(200)),
            event_hooks={moment: [hook if drive.flavour == "sync" else async_hook]},
        )
        with pytest.raises(kind) as caught:
            drive(CALLS[call](drive.client(http_client=http)))
        assert caught.value is error
        drive.close(http)


def test_a_body_that_a_hook_has_taken_away_is_an_error_of_ours(drive: Driver) -> None:
    def hook(response: httpx.Response) -> None:
        for _ in response.iter_raw():
            pass

    async def async_hook(response: httpx.Response) -> None:
        async for _ in response.aiter_raw():
            pass

    http = drive.http_client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=Whole())),
        event_hooks={"response": [hook if drive.flavour == "sync" else async_hook]},
    )
    with pytest.raises(APIConnectionError):
        drive(CALLS["read"](drive.client(http_client=http, retry=ONCE)))
    with pytest.raises(OutcomeUnknownError):
        drive(CALLS["write"](drive.client(http_client=http, retry=ONCE)))
    drive.close(http)


class Whole(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b'{"id": "p1", "name": "one"}'

    async def __aiter__(self) -> Any:
        yield b'{"id": "p1", "name": "one"}'
