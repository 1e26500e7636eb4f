"""How connections are made on the sync side: httpcore's backend does it.

Written by hand on both sides: a name lookup in sync has to be ended from outside.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterable

import httpcore


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
