"""What the sync side takes from its surroundings: clocks, sleep, chance, and a gate.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import queue
import random
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable

import httpcore
import httpx
from attrs import frozen

Place = tuple[int]


def place() -> Place:
    """Where a pool of connections can be used: in this process."""
    return (os.getpid(),)


def run_at(_: Place, function: Callable[[], object]) -> None:
    """Run a function at a place of this process: there is but one."""
    function()


@frozen(kw_only=True)
class Runtime:
    """Clocks, sleep and chance; a test puts its own in their place. All times are in seconds.

    `sleep` is None where the waits are to be real: they end early when the client is closed.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    uniform: Callable[[float, float], float] = random.uniform


def has_ended(generator: Generator[None, None, None]) -> bool:
    """Whether a generator that was begun has come to its end."""
    return inspect.getgeneratorstate(generator) == inspect.GEN_CLOSED


class Gate:
    """Lets so many callers in at a time, and none wait once it is opened for good."""

    def __init__(self, size: int) -> None:
        self._semaphore = threading.Semaphore(size)
        self._opened = threading.Event()

    def acquire(self, seconds: float | None) -> None:
        """Wait to be let in.

        Raises:
            httpx.PoolTimeout: not within so many seconds.
        """
        if not self._semaphore.acquire(timeout=seconds):
            raise httpx.PoolTimeout("too many callers")

    def release(self) -> None:
        """Let the next one in."""
        self._semaphore.release()

    def open(self) -> None:
        """Wake all who wait or sleep: what they wait for will not come any more."""
        self._opened.set()
        self._semaphore.release()  # whoever is let in lets the next one in

    def sleep(self, seconds: float) -> None:
        """Sleep so many seconds, or until the gate is opened for good."""
        self._opened.wait(seconds)


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
        return _lookup(host, port, socket.AI_NUMERICHOST)  # it is an address itself
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look() -> None:
        try:
            answers.put(_lookup(host, port))
        except OSError as error:
            answers.put(error)

    thread = threading.Thread(target=look, name=f"lookup of {host}", daemon=True)
    thread.start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"the name {host} was not looked up in time") from None
    thread.join()  # it has nothing more to do, and is not to be seen after the call
    try:
        if isinstance(answer, OSError):
            raise answer
    except OSError as error:  # httpcore forgets a cause, but not a context
        raise httpcore.ConnectError(str(error)) from error
    return answer


def _lookup(host: str, port: int, flags: int = 0) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
