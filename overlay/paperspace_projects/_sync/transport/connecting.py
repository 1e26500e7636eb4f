"""How the sync side makes its connections: by what, and within what time.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Callable, Iterable

import httpcore


def native(backend: httpcore.NetworkBackend) -> httpcore.NetworkBackend:
    """What makes the connections here: httpcore's own."""
    return backend


def connect(
    backend: httpcore.NetworkBackend,
    host: str,
    port: int,
    *,
    left: Callable[[], float | None],
    local_address: str | None,
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
) -> httpcore.NetworkStream:
    """Connect within the seconds that are left; looking up the name is a part of it.

    The addresses of a host are tried one after the other, each with its share of the time.
    """
    seconds = left()
    if seconds is None:
        return backend.connect_tcp(host, port, None, local_address, socket_options)
    addresses = _addresses(host, port, seconds)
    for index, address in enumerate(addresses):
        share = (left() or 0.0) / (len(addresses) - index)
        try:
            return backend.connect_tcp(address, port, share, local_address, socket_options)
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            if index == len(addresses) - 1:
                raise
    raise httpcore.ConnectError(f"{host} has no address")


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, looked up in a thread: nothing else can end a lookup."""
    with contextlib.suppress(socket.gaierror):
        return _lookup(host.encode("ascii"), port, socket.AI_NUMERICHOST)  # it is an address itself
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            answers.put(_lookup(host, port))
        except Exception as error:  # UnicodeError too, of what can be no host's name
            answers.put(error)

    thread = threading.Thread(target=look, name=f"lookup of {host}", daemon=True)
    thread.start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"the name {host} was not looked up in time") from None
    thread.join()  # it has nothing more to do, and is not to be seen after the call
    if isinstance(answer, Exception):
        raise answer
    return answer


def _lookup(host: str | bytes, port: int, flags: int = 0) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
