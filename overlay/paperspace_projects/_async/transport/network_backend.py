"""httpcore's network, with an end to each wait and a record of what was on the wire.

Each wait gets the time that is left of the whole attempt, which a trickling server would outlast.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import httpcore

from ..._http.failures import Exchange, is_network_error
from ..._http.response_body import ALLOWANCE, too_large
from .connect import connect, start_tls

_CHUNK = 8_192
"""Bytes of one write. Between two writes the time that is left is checked."""
_GLANCE = 0.001
"""Seconds in which TLS can decrypt data that has arrived."""
_FOR_A_PROXY = (b"CONNECT ", b"\x05", b"\x01")
"""How data begins that only a proxy reads (SOCKS: RFC 1928, RFC 1929). No request begins so."""
_LOOPBACK = ("127.0.0.1", "::1")
"""The addresses of `localhost`. It is not looked up: a name server could send it elsewhere."""


class AsyncBody:
    """The body of a request, in one piece. It is no generator, which would need closing."""

    def __init__(self, content: bytes) -> None:
        self.content: bytes = content
        self._is_read = not content

    def __aiter__(self) -> AsyncBody:
        return self

    async def __anext__(self) -> bytes:
        if self._is_read:
            raise StopAsyncIteration
        self._is_read = True
        return self.content


class AsyncRecordedBackend(httpcore.AsyncNetworkBackend):
    """The network of one HTTP connection. `exchange` is the request that the connection sends."""

    def __init__(
        self,
        backend: httpcore.AsyncNetworkBackend,
        socket_options: Sequence[httpcore.SOCKET_OPTION] = (),
    ) -> None:
        self._socket_options = socket_options
        self.exchange: Exchange = Exchange()
        self._backend = backend
        self._stream: AsyncRecordedStream | None = None
        self._is_shut_down = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.exchange.is_recorded = True
        failed: httpcore.ConnectError | None = None
        for each in _LOOPBACK if host == "localhost" else (host,):
            left = _left(self.exchange, timeout, httpcore.ConnectTimeout)
            try:
                stream = await connect(
                    self._backend,
                    (each, port),
                    left,
                    local_address,
                    (*self._socket_options, *(socket_options or ())),
                )
            except httpcore.ConnectError as error:
                failed = failed or error  # most servers listen at the first address
            except Exception as error:
                _raise_as(httpcore.ConnectError, httpcore.ConnectTimeout, error)
            else:
                self._stream = AsyncRecordedStream(stream, self)
                await self.check()
                return self._stream
        raise failed or httpcore.ConnectError(f"{host} has no address")

    async def check(self) -> None:
        """Close a stream, and raise, if the pool was shut down while it connected."""
        if self._is_shut_down:
            await self.aclose()
            raise httpcore.ConnectError("closed while the connection was being made")

    def shut_down(self) -> None:
        """End every wait on the stream, from any thread or event loop."""
        self._is_shut_down = True  # first, for a stream that is being connected or secured
        connection = None if self._stream is None else self._stream.get_extra_info("socket")
        with contextlib.suppress(OSError):
            if isinstance(connection, ssl.SSLSocket):
                # Its own method is not safe while another thread reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            elif connection is not None:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except TypeError:  # uvloop's stand-in for a socket cannot
                    with socket.socket(fileno=os.dup(connection.fileno())) as copy:
                        copy.shutdown(socket.SHUT_RDWR)

    async def aclose(self) -> None:
        """Close the stream, which httpcore leaves open if a SOCKS proxy refuses."""
        if self._stream is not None:
            await self._stream.aclose()


class AsyncRecordedStream(httpcore.AsyncNetworkStream):
    """A network stream that ends its waits in time and is closed when data comes too early. Before
    a request was sent it is no answer to it, and before TLS it was not decrypted by it."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, backend: AsyncRecordedBackend) -> None:
        self._stream = stream
        self._backend = backend
        self._socket: Any = stream.get_extra_info("socket")
        self._tls: ssl.SSLObject | None = None
        self._is_secured = False
        self._is_silent = False
        self._tunnel_head: bytes | None = None
        self._may_hold_more = False
        self._head = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        exchange = self._backend.exchange
        left = _left(exchange, timeout, httpcore.ReadTimeout)
        self._is_silent = False
        try:
            data = await self._stream.read(max_bytes, left)
        except Exception as error:
            _raise_as(httpcore.ReadError, httpcore.ReadTimeout, error)
        exchange.size += len(data)
        if exchange.max_size is not None and exchange.size > exchange.max_size + ALLOWANCE:
            raise too_large(exchange.max_size)
        if data and exchange.may_have_arrived:  # before that, a proxy sent it
            exchange.received.append(data)
        self._may_hold_more = len(data) == max_bytes  # anyio keeps what was not asked for
        if self._tunnel_head is not None:
            self._tunnel_head = (self._tunnel_head + data)[-4:]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        exchange = self._backend.exchange
        buffer, self._head = self._head + buffer, b""
        is_for_proxy = buffer.startswith(_FOR_A_PROXY)
        if exchange.has_body and not is_for_proxy:
            exchange.has_body, self._head = False, buffer  # written with the body, at once
            return
        if not self._is_silent:
            await self._refuse_early_data(None)
            self._tunnel_head = b"" if buffer.startswith(b"CONNECT ") else None
        if not is_for_proxy:
            exchange.may_have_arrived = True
        for start in range(0, len(buffer), _CHUNK):
            left = _left(exchange, timeout, httpcore.WriteTimeout)
            try:
                await self._stream.write(buffer[start : start + _CHUNK], left)
            except Exception as error:
                exchange.write_failed = not isinstance(error, httpcore.TimeoutException)
                _raise_as(httpcore.WriteError, httpcore.WriteTimeout, error)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left = _left(self._backend.exchange, timeout, httpcore.ConnectTimeout)
        await self._refuse_early_data(ssl.SSLError("TLS had not begun"))
        try:
            self._stream = await start_tls(self._stream, ssl_context, server_hostname, left)
        except Exception as error:
            await self.aclose()
            _raise_as(httpcore.ConnectError, httpcore.ConnectTimeout, error)
        self._socket = self._stream.get_extra_info("socket")
        self._is_secured, self._is_silent, self._tunnel_head = True, False, None
        secured = self._stream.get_extra_info("ssl_object")
        self._tls = secured if isinstance(secured, ssl.SSLObject) else None
        await self._backend.check()
        return self

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        except Exception as error:
            if not is_network_error(error):  # a broken stream is closed all the same
                raise

    def get_extra_info(self, info: str) -> Any:
        # httpcore does not reuse an idle connection that is readable. It asks before each request,
        # and anyio answers slowly.
        if info == "is_readable":
            self._is_silent = not (
                self._may_hold_more or self._has_decrypted() or _is_readable(self._socket)
            )
            return not self._is_silent
        return self._stream.get_extra_info(info)

    def _has_decrypted(self) -> bool:
        """Whether TLS holds decrypted data that was not read yet."""
        if self._tls is None:
            return False
        try:
            self._tls.read(1)  # it is lost, and the connection is not used any more
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            pass
        return True

    async def _refuse_early_data(self, cause: Exception | None) -> None:
        """Close the stream and raise if there is something to read, or if it has ended."""
        if await self._is_to_be_read():
            await self.aclose()
            text = "the connection ended, or data came, before anything was asked for"
            raise httpcore.ConnectError(text) from cause
        self._is_silent = True

    async def _is_to_be_read(self) -> bool:
        # httpcore drops what it read beyond the head of a proxy's answer to CONNECT.
        if self._tunnel_head and not self._tunnel_head.endswith((b"\n\r\n", b"\n\n")):
            return True
        if self._has_decrypted():
            return True
        if _is_readable(self._socket):
            if not self._is_secured:
                return True
        elif not self._may_hold_more:
            return False
        try:  # TLS itself sends data at times, such as a session ticket
            await self._stream.read(1, _GLANCE)
        except httpcore.ReadTimeout:
            return False
        except (httpcore.NetworkError, OSError):
            pass
        return True


def keepalive_options(seconds: int) -> list[httpcore.SOCKET_OPTION]:
    """Make the options that let the system check a silent connection, and end it after five checks.

    `seconds` are the silence before the first check, and the time between checks. What the system
    has no option for is left out."""
    found: list[httpcore.SOCKET_OPTION] = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    idle = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"  # macOS
    for name, value in ((idle, seconds), ("TCP_KEEPINTVL", seconds), ("TCP_KEEPCNT", 5)):
        if hasattr(socket, name):
            found.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return found


def _left(exchange: Exchange, timeout: float | None, late: type[Exception]) -> float | None:
    """The seconds that a wait may take, None: no limit. Raise `late` if the attempt's are over."""
    if exchange.ends_at is None:
        return timeout
    left = exchange.ends_at - time.monotonic()
    if left <= 0:
        raise late("the time for the whole attempt is over")
    return left if timeout is None else min(timeout, left)


def _raise_as(kind: type[Exception], late: type[Exception], error: Exception) -> NoReturn:
    """Raise a network error as `kind`, or as `late` if time ran out; raise any other as it is.
    httpcore lets some through. A user's signal handler may raise the others."""
    if isinstance(error, kind | late) or not is_network_error(error):
        raise error
    is_late = isinstance(error, httpcore.TimeoutException | TimeoutError)
    raise (late if is_late else kind)(str(error)) from error


def _is_readable(connection: Any) -> bool:
    """Whether there is something to read on a socket, or the connection has ended."""
    number = -1 if connection is None else connection.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))
