"""Idle connections, reused last-in first-out: few stay open, and none is searched for."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import h11
import httpx

from ..._http.exchange import Exchange
from .connection import KEPT_FOR, AsyncConnection, AsyncConnector
from .custom_client import AsyncCustomClient, AsyncCustomConnection

_END_OF_HEAD = re.compile(rb"\n\r?\n")
"""Where h11 sees the end of a head."""


class AsyncConnectionPool:
    """The connections of a client in one process and on one event loop.

    The limiter before it admits no more callers than there may be connections.

    Args:
        connector: Makes the connections.
        instrumented: Sends everything while a library watches httpx; see `_is_instrumented`.
    """

    def __init__(self, connector: AsyncConnector, instrumented: AsyncCustomClient) -> None:
        self._connector = connector
        self._instrumented = instrumented
        self._idle: list[tuple[float, AsyncConnection]] = []
        self._all: set[AsyncConnection] = set()

    async def take(self, exchange: Exchange) -> AsyncConnection | AsyncCustomConnection:
        """Take the connection that was used last, or make one."""
        if _is_instrumented():
            return await self._instrumented.take(exchange)
        while self._idle:
            try:
                connection = self._idle.pop()[1]
            except IndexError:  # another thread was quicker
                break
            if connection.http.is_available() and not connection.http.has_expired():
                connection.network.exchange = exchange
                return connection
            await self.discard(connection)
        connection = self._connector.make()
        self._all.add(connection)
        connection.network.exchange = exchange
        return connection

    async def give_back(
        self,
        connection: AsyncConnection | AsyncCustomConnection,
        status: int,
        headers: Mapping[str, str],
    ) -> None:
        """Keep a connection after an answer, and close those that were idle for too long."""
        if not isinstance(connection, AsyncConnection):
            return
        if not (
            connection.http.is_available()
            and _ended_exactly(connection.network.exchange.received, status, headers)
        ):
            await self.discard(connection)
            return
        now = time.monotonic()
        self._idle.append((now, connection))
        while (oldest := self._idle[:1]) and oldest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(oldest[0])
            except ValueError:  # another thread was quicker
                continue
            await self.discard(oldest[0][1])

    async def discard(self, connection: AsyncConnection | AsyncCustomConnection) -> None:
        """Close a connection, even if the caller was cancelled."""
        if isinstance(connection, AsyncConnection):
            self._all.discard(connection)
        await connection.aclose()

    def shut_down(self) -> None:
        """End every wait on the connections, from any thread or event loop."""
        self._connector.streams.shut_down()

    async def aclose(self) -> None:
        """Close all connections, in use or not."""
        while True:
            try:
                connection = self._all.pop()
            except KeyError:  # also if another thread has removed the last one
                break
            await connection.aclose()
        await self._instrumented.aclose()


def _is_instrumented() -> bool:
    """Whether a library has replaced httpx's way to send, to watch or to answer requests.

    OpenTelemetry does so, and so do libraries for tests; they are to see the requests.
    """
    send: Any = httpx.AsyncHTTPTransport.handle_async_request
    return (
        type(send) is not FunctionType
        or not send.__module__.startswith("httpx.")
        or hasattr(send, "__wrapped__")
    )


def _ended_exactly(received: list[bytes], status: int, headers: Mapping[str, str]) -> bool:
    """Whether nothing was read beyond the end of an answer.

    httpcore takes what a server sent beyond it for the beginning of the next answer.
    """
    head = _END_OF_HEAD.search(received[0]) if received else None
    length = "0" if status in (204, 304) else headers.get("content-length", "")
    if head and length.isdecimal() and "transfer-encoding" not in headers:
        return sum(map(len, received)) == head.end() + int(length[:20])
    reader = h11.Connection(h11.CLIENT)  # httpcore reads with h11, too, but does not tell the rest
    reader.send(h11.Request(method="GET", target="/", headers=[("Host", "")]))
    reader.send(h11.EndOfMessage())
    reader.receive_data(b"".join(received))
    try:
        while reader.their_state is not h11.DONE:
            if reader.next_event() is h11.NEED_DATA:
                return False
    except h11.RemoteProtocolError:
        return False
    return not reader.trailing_data[0]
