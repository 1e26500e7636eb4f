"""Connections of asyncio's own event loop.

anyio gives others a turn at each read, write and lock, so that answers which come together are
gone through in step, and what is asked for next all waits for the last of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

_MOMENT = 0.25
"""Seconds after which another address of a host is tried as well (RFC 8305)."""
_MOST_UNREAD = 262_144
"""Bytes; while more than this wait to be read, nothing is taken from the connection."""


class _Inbox(asyncio.Protocol):
    """What came by a connection, and what it has to say."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.unread = bytearray()
        self.has_ended = False
        self.error: Exception | None = None
        self._is_held_back = False
        self._is_full = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        # Whoever writes waits until all of it is under way.
        self.transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        self.unread += data
        if len(self.unread) > _MOST_UNREAD and not self._is_held_back:
            self._is_held_back = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        self.has_ended = True
        _wake(self._reader)
        return self.transport.get_extra_info("ssl_object") is None  # what is sent may still arrive

    def connection_lost(self, exc: Exception | None) -> None:
        self.has_ended, self.error = True, exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        _wake(self._writer)

    def take(self, most: int) -> bytes:
        """What came, up to so many bytes."""
        taken = bytes(self.unread[:most])
        del self.unread[:most]
        if self._is_held_back and len(self.unread) <= _MOST_UNREAD:
            self._is_held_back = False
            self.transport.resume_reading()
        return taken

    async def until_something_came(self, seconds: float | None) -> None:
        """Wait for data or the end.

        Raises:
            TimeoutError: neither came within so many seconds.
        """
        if not self.unread and not self.has_ended:
            self._reader = asyncio.get_running_loop().create_future()
            await _until(self._reader, seconds)

    async def until_all_is_sent(self, seconds: float | None) -> None:
        """Wait until what was written is under way, or the connection has ended.

        Raises:
            TimeoutError: that was not within so many seconds.
        """
        if self._is_full and not self.has_ended:
            self._writer = asyncio.get_running_loop().create_future()
            await _until(self._writer, seconds)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


async def _until(waiter: asyncio.Future[None], seconds: float | None) -> None:
    if seconds is None:
        await waiter
        return
    timer = asyncio.get_running_loop().call_later(seconds, _run_out, waiter)
    try:
        await waiter
    finally:
        timer.cancel()


def _run_out(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())


class AsyncioStream(httpcore.AsyncNetworkStream):
    """A connection of asyncio's, as httpcore uses it.

    The socket is kept, as not every event loop's stand-in for it can be shut down.
    """

    def __init__(self, inbox: _Inbox, connected: socket.socket) -> None:
        self._inbox = inbox
        self._socket = connected
        self._is_closed = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            await self._inbox.until_something_came(timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        if self._inbox.unread:
            return self._inbox.take(max_bytes)
        if self._inbox.error is not None or self._is_closed:
            raise httpcore.ReadError(_words(self._inbox.error)) from self._inbox.error
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._inbox.transport.is_closing():
            raise httpcore.WriteError(_words(self._inbox.error)) from self._inbox.error
        self._inbox.transport.write(buffer)
        try:
            await self._inbox.until_all_is_sent(timeout)
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        if self._inbox.error is not None:
            raise httpcore.WriteError(_words(self._inbox.error)) from self._inbox.error

    async def aclose(self) -> None:
        self._is_closed = True
        self._inbox.transport.abort()
        await asyncio.sleep(0)  # the loop closes it in its next turn, which may be its last

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        # What came in clear stays behind: it must not be read as what TLS has decrypted.
        secured = _Inbox()
        try:
            async with asyncio.timeout(timeout):
                secured.transport = await asyncio.get_running_loop().start_tls(
                    self._inbox.transport,
                    secured,
                    ssl_context,
                    server_hostname=server_hostname,
                    # The limit above is the one that counts.
                    ssl_handshake_timeout=None if timeout is None else 2 * timeout + 1,
                )
        except TimeoutError as error:
            await self.aclose()
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            await self.aclose()
            raise httpcore.ConnectError(_words(error)) from error
        secured.transport.set_write_buffer_limits(1, 0)  # at 0 it would never go on
        self._inbox = secured
        return self

    def get_extra_info(self, info: str) -> Any:
        name = {"client_addr": "sockname", "server_addr": "peername"}.get(info, info)
        if name == "unread":  # of what came, or that it has ended; asyncio reads ahead
            return bool(self._inbox.unread) or self._inbox.has_ended
        if name == "socket":
            return self._socket
        return self._inbox.transport.get_extra_info(name)


def _words(error: Exception | None) -> str:
    return "the connection is closed" if error is None else str(error)


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Makes connections by the event loop that runs."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                connected = await _connected(await _addresses(host, port), local_address)
                try:
                    options: Iterable[Any] = socket_options or ()
                    for option in options:
                        connected.setsockopt(*option)
                    _, inbox = await loop.create_connection(_Inbox, sock=connected)
                except BaseException:
                    connected.close()
                    raise
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError(_words(error)) from error
        return AsyncioStream(inbox, connected)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _addresses(host: str, port: int) -> list[Any]:
    """The addresses of a host, as getaddrinfo gives them; its families take turns."""
    with contextlib.suppress(socket.gaierror):  # it is an address itself
        return socket.getaddrinfo(
            host.encode("ascii"), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    of_first = [each for each in found if each[0] == found[0][0]]
    of_other = [each for each in found if each[0] != found[0][0]]
    turns = itertools.zip_longest(of_first, of_other)
    return [each for turn in turns for each in turn if each is not None]


async def _connected(addresses: list[Any], local_address: str | None) -> socket.socket:
    """A socket that is connected to one of the addresses, whichever answers first.

    Each but the last has a moment for itself before the next is tried as well.
    """
    if len(addresses) == 1:
        return await _connect(addresses[0], local_address)
    tasks: list[asyncio.Task[socket.socket]] = []
    winner: asyncio.Task[socket.socket] | None = None
    try:
        for number, address in enumerate(addresses, 1):
            tasks.append(asyncio.ensure_future(_connect(address, local_address)))
            moment = _MOMENT if number < len(addresses) else None
            while winner is None and (going := [each for each in tasks if not each.done()]):
                done, _ = await asyncio.wait(
                    going, timeout=moment, return_when=asyncio.FIRST_COMPLETED
                )
                winner = next((each for each in done if each.exception() is None), None)
                if moment is not None:
                    break
            if winner is not None:
                return winner.result()
        return tasks[0].result()  # all have failed: this says why the first did
    finally:
        for each in tasks:
            if each is not winner:
                each.cancel()
                each.add_done_callback(_discard)


async def _connect(address: Any, local_address: str | None) -> socket.socket:
    family, kind, protocol, _, where = address
    connecting = socket.socket(family, kind, protocol)
    try:
        connecting.setblocking(False)
        if local_address is not None:
            connecting.bind((local_address, 0))
        await asyncio.get_running_loop().sock_connect(connecting, where)
    except BaseException:
        connecting.close()
        raise
    return connecting


def _discard(task: asyncio.Task[socket.socket]) -> None:
    """Close what came too late."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()
