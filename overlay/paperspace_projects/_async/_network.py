"""The network as a client's own connections see it: httpcore's, with an end in time.

httpx limits each read and each write; a server that trickles never meets such a limit. Here each
wait of an attempt gets what is left of the whole attempt, and what happened on the wire is noted
for the retry table.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import weakref
from collections.abc import Iterable
from typing import Any

import httpcore

from .._under_way import CURRENT
from ._connecting import connect

_CHUNK = 65_536
"""Bytes that are written at once: between two writes it is seen how much time is left."""


class AsyncTimedStream(httpcore.AsyncNetworkStream):
    """A connection whose every wait ends with the attempt."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, streams: AsyncStreams) -> None:
        self._stream = stream
        self._socket: Any = stream.get_extra_info("socket")
        self._streams = streams

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        attempt = CURRENT.get()
        left = attempt.left(timeout, httpcore.ReadTimeout)
        try:
            data = await self._stream.read(max_bytes, left)
        except OSError as error:  # httpcore lets through what TLS complains of in async
            raise httpcore.ReadError(str(error)) from error
        if data:
            attempt.progress.began_to_answer = True
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = CURRENT.get()
        attempt.progress.may_have_arrived = True
        for start in range(0, len(buffer), _CHUNK):
            left = attempt.left(timeout, httpcore.WriteTimeout)
            try:
                await self._stream.write(buffer[start : start + _CHUNK], left)
            except (httpcore.WriteError, OSError) as error:
                attempt.progress.write_failed = True
                raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left = CURRENT.get().left(timeout, httpcore.ConnectTimeout)
        self._stream = await self._stream.start_tls(ssl_context, server_hostname, left)
        self._socket = self._stream.get_extra_info("socket")
        return await self._streams.take(self)

    def get_extra_info(self, info: str) -> Any:
        # httpcore uses no idle connection again on which there is something to read. It asks before
        # each request, for which anyio takes its time.
        if info == "is_readable":
            return bool(self._stream.get_extra_info("unread")) or _is_readable(self._socket)
        return self._stream.get_extra_info(info)


def _is_readable(connection: Any) -> bool:
    """Whether there is something to read, or the connection has ended."""
    number = -1 if connection is None else connection.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))


class AsyncStreams:
    """The connections of one pool, which can be cut off all at once.

    Closing a pool is not enough: it does not wake a thread that reads, and knows nothing of a
    connection that is still being made.
    """

    def __init__(self) -> None:
        self._known: weakref.WeakSet[AsyncTimedStream] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._are_cut_off = False

    async def take(self, stream: AsyncTimedStream) -> AsyncTimedStream:
        """Take in a connection that was made; one that comes too late is closed.

        Raises:
            httpcore.ConnectError: the pool was closed meanwhile.
        """
        with self._lock:
            self._known.add(stream)
            is_late = self._are_cut_off
        if is_late:
            await stream.aclose()
            raise httpcore.ConnectError("closed while the connection was being made")
        return stream

    def cut_off(self) -> None:
        """End every wait on these connections, in whatever thread or loop it is."""
        with self._lock:
            self._are_cut_off = True
            streams = list(self._known)
        for stream in streams:
            connection = stream.get_extra_info("socket")
            with contextlib.suppress(OSError):
                if isinstance(connection, ssl.SSLSocket):
                    # Its own method is not safe while another thread reads.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
                elif connection is not None:
                    connection.shutdown(socket.SHUT_RDWR)


class AsyncTimedBackend(httpcore.AsyncNetworkBackend):
    """Makes connections whose every wait ends with the attempt."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend, streams: AsyncStreams) -> None:
        self._backend = backend
        self._streams = streams

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        attempt = CURRENT.get()
        attempt.progress.is_watched = True

        def left() -> float | None:
            return attempt.left(timeout, httpcore.ConnectTimeout)

        stream = await connect(
            self._backend,
            host,
            port,
            left=left,
            local_address=local_address,
            socket_options=socket_options,
        )
        return await self._streams.take(AsyncTimedStream(stream, self._streams))

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left = CURRENT.get().left(timeout, httpcore.ConnectTimeout)
        stream = await self._backend.connect_unix_socket(path, left, socket_options)
        return await self._streams.take(AsyncTimedStream(stream, self._streams))

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)
