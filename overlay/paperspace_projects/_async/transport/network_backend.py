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
from typing import Any, NoReturn

import httpcore

from ..._http.failures import is_of_the_network
from ..._retry.current_attempt import CURRENT
from .connecting import connect

_CHUNK = 65_536
"""Bytes that are written at once: between two writes it is seen how much time is left."""
_GLANCE = 0.001
"""Seconds in which TLS can decrypt what has come."""
_THIS_MACHINE = ("127.0.0.1", "::1")
"""What `localhost` is. It is not looked up: a name server could say that it is elsewhere."""
_FOR_A_PROXY = (b"CONNECT ", b"\x05", b"\x01")
"""How that begins which only a proxy hears (SOCKS: RFC 1928 and 1929). A request of ours begins
with another method.
"""


class AsyncTimedStream(httpcore.AsyncNetworkStream):
    """A connection whose every wait ends with the attempt.

    Nothing that came before a request is taken for its answer, nor what came in clear for what
    TLS has decrypted: a connection on which something came too early is not used.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, streams: AsyncStreams) -> None:
        self._stream = stream
        self._socket: Any = stream.get_extra_info("socket")
        self._streams = streams
        self._is_secured = False
        self._buffer: ssl.SSLObject | None = None
        self._is_silent = False
        self._consent: bytes | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        attempt = CURRENT.get()
        left = attempt.left(timeout, httpcore.ReadTimeout)
        self._is_silent = False
        try:
            data = await self._stream.read(max_bytes, left)
        except Exception as error:
            _raise_as(httpcore.ReadError, httpcore.ReadTimeout, error)
        if data and attempt.progress.may_have_arrived:
            attempt.progress.began_to_answer = True
        if self._consent is not None:
            self._consent = (self._consent + data)[-4:]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = CURRENT.get()
        if not self._is_silent:
            await self._refuse_what_came_early(None)
            self._consent = b"" if buffer.startswith(b"CONNECT ") else None
        if buffer and not buffer.startswith(_FOR_A_PROXY):
            attempt.progress.may_have_arrived = True
        for start in range(0, len(buffer), _CHUNK):
            left = attempt.left(timeout, httpcore.WriteTimeout)
            try:
                await self._stream.write(buffer[start : start + _CHUNK], left)
            except Exception as error:
                attempt.progress.write_failed = not isinstance(error, httpcore.TimeoutException)
                _raise_as(httpcore.WriteError, httpcore.WriteTimeout, error)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        except Exception as error:
            if not is_of_the_network(error):  # one that is broken is closed all the same
                raise

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        attempt = CURRENT.get()
        left = attempt.left(timeout, httpcore.ConnectTimeout)
        await self._refuse_what_came_early(ssl.SSLError("TLS had not begun"))
        try:
            self._stream = await self._stream.start_tls(ssl_context, server_hostname, left)
        except Exception as error:
            await self.aclose()
            _raise_as(httpcore.ConnectError, httpcore.ConnectTimeout, error)
        self._socket = self._stream.get_extra_info("socket")
        self._is_secured, self._is_silent, self._consent = True, False, None
        secured = self._stream.get_extra_info("ssl_object")
        if isinstance(secured, ssl.SSLObject) and self._stream.get_extra_info("unread") is None:
            self._buffer = secured
        return await self._streams.take(self)

    def get_extra_info(self, info: str) -> Any:
        # httpcore uses no idle connection again on which there is something to read. It asks before
        # each request, for which anyio takes its time.
        if info == "is_readable":
            self._is_silent = not (self._has_unread() or _is_readable(self._socket))
            return not self._is_silent
        return self._stream.get_extra_info(info)

    def _has_unread(self) -> bool:
        """Whether something was taken from the wire that was not read yet, but for its end."""
        if self._buffer is None:
            return bool(self._stream.get_extra_info("unread"))  # asyncio reads ahead
        try:
            self._buffer.read(1)  # it is lost, and the connection is not used any more
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            pass
        return True

    async def _refuse_what_came_early(self, cause: Exception | None) -> None:
        """Close the connection if there is something to read, or if it has ended.

        Raises:
            httpcore.ConnectError: so it was. Nothing of a request was sent.
        """
        if await self._is_to_be_read():
            await self.aclose()
            text = "the connection ended, or data came, before anything was asked for"
            raise httpcore.ConnectError(text) from cause
        self._is_silent = True

    async def _is_to_be_read(self) -> bool:
        # httpcore throws away what it read with a proxy's consent to a tunnel, which is but a head.
        if self._consent and not self._consent.endswith((b"\n\r\n", b"\n\n")):
            return True
        if self._has_unread():
            return True
        if not _is_readable(self._socket):
            return False
        if not self._is_secured:
            return True
        try:  # TLS itself has something to say at times, such as a session ticket
            await self._stream.read(1, _GLANCE)
        except httpcore.ReadTimeout:
            return False
        except (httpcore.NetworkError, OSError):
            pass
        return True


def _raise_as(kind: type[Exception], late: type[Exception], error: Exception) -> NoReturn:
    """Raise an error of the network as what it is here: `kind`, or `late` if time has run out.

    httpcore lets some through. What is not the network's, such as what a signal handler raised,
    stays what it is.
    """
    if isinstance(error, kind | late) or not is_of_the_network(error):
        raise error
    is_late = isinstance(error, httpcore.TimeoutException | TimeoutError)
    raise (late if is_late else kind)(str(error)) from error


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

        failed: httpcore.ConnectError | None = None
        for each in _THIS_MACHINE if host == "localhost" else (host,):
            try:
                stream = await connect(
                    self._backend,
                    each,
                    port,
                    left=left,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except httpcore.ConnectError as error:
                failed = failed or error  # the first address is where most servers listen
            except Exception as error:
                _raise_as(httpcore.ConnectError, httpcore.ConnectTimeout, error)
            else:
                attempt.opened = AsyncTimedStream(stream, self._streams)
                return await self._streams.take(attempt.opened)
        raise failed or httpcore.ConnectError(f"{host} has no address")

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
