"""How connections are made on the sync side: httpcore's backend does it.

Written by hand on both sides: a name lookup in sync has to be ended from outside.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import httpcore

T = TypeVar("T")


def default_backend() -> httpcore.NetworkBackend:
    """The backend of httpcore for threads."""
    return httpcore.SyncBackend()


def connect(
    backend: httpcore.NetworkBackend,
    address: tuple[str, int],
    timeout: float | None,
    local_address: str | None,
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
) -> httpcore.NetworkStream:
    """Connect within `timeout` seconds, the name lookup included.

    The addresses of a host are tried in turn, each with its share of the time.
    """
    host, port = address
    if timeout is None:
        return backend.connect_tcp(host, port, None, local_address, socket_options)
    ends_at = time.monotonic() + timeout
    addresses = _addresses(host, port, timeout)
    for index, each in enumerate(addresses):
        share = (ends_at - time.monotonic()) / (len(addresses) - index)
        if share <= 0:
            break
        try:
            return backend.connect_tcp(each, port, share, local_address, socket_options)
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            if index == len(addresses) - 1:
                raise
    raise httpcore.ConnectTimeout(f"no address of {host} was reached in time")


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, looked up in a thread, as nothing else can end a lookup."""
    with contextlib.suppress(socket.gaierror):
        return _lookup(host.encode("ascii"), port, socket.AI_NUMERICHOST)  # an address already
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(_lookup(host, port))
        except Exception as error:  # UnicodeError, too, if the host is no valid name
            answers.put(error)

    thread = threading.Thread(target=look_up, name=f"lookup of {host}", daemon=True)
    thread.start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"the name {host} was not looked up in time") from None
    thread.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _lookup(host: str | bytes, port: int, flags: int = 0) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def start_tls(
    stream: httpcore.NetworkStream,
    ssl_context: ssl.SSLContext,
    server_hostname: str | None,
    timeout: float | None,
) -> httpcore.NetworkStream:
    """Secure a stream within `timeout` seconds."""
    start = partial(stream.start_tls, ssl_context, server_hostname, timeout)
    if not isinstance(stream.get_extra_info("socket"), ssl.SSLSocket):
        return start()
    return _TLSWithinTLS(_within(stream, timeout, httpcore.ConnectTimeout, start))


class _TLSWithinTLS(httpcore.NetworkStream):
    """TLS through a proxy that is secured, too. httpcore limits each of its waits alone."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        read = partial(self._stream.read, max_bytes, timeout)
        return _within(self._stream, timeout, httpcore.ReadTimeout, read)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        write = partial(self._stream.write, buffer, timeout)
        _within(self._stream, timeout, httpcore.WriteTimeout, write)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(
    stream: httpcore.NetworkStream,
    seconds: float | None,
    late: type[Exception],
    function: Callable[[], T],
) -> T:
    """Call a function; after `seconds`, shut the stream down, which ends its waits, and raise."""
    if seconds is None:
        return function()
    connection: Any = stream.get_extra_info("socket")
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        result = function()
    except Exception as error:
        if is_late.is_set():
            raise late("the time is over") from error
        raise
    finally:
        timer.cancel()
    if is_late.is_set():
        raise late("the time is over")
    return result
