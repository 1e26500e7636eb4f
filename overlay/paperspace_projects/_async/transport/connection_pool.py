"""Idle connections, reused last-in first-out: few stay open, and none is searched for."""

from __future__ import annotations

import time

from ..._http.exchange import Exchange
from .connection import KEPT_FOR, AsyncConnection, AsyncConnector
from .custom_client import AsyncCustomClient, AsyncCustomConnection, is_instrumented


class AsyncConnectionPool:
    """The connections of a client in one process and on one event loop.

    The limiter before it admits no more callers than there may be connections.

    Args:
        connector: Makes the connections.
        instrumented: Sends everything while a library watches httpx; see `is_instrumented`.
    """

    def __init__(self, connector: AsyncConnector, instrumented: AsyncCustomClient) -> None:
        self._connector = connector
        self._instrumented = instrumented
        self._idle: list[tuple[float, AsyncConnection]] = []
        self._all: set[AsyncConnection] = set()

    async def take(self, exchange: Exchange) -> AsyncConnection | AsyncCustomConnection:
        """Take the connection that was used last, or make one."""
        if is_instrumented():
            return await self._instrumented.take(exchange)
        while True:
            try:
                connection = self._idle.pop()[1]
            except IndexError:
                connection = self._connector.make()
                self._all.add(connection)
                break
            if connection.is_usable():
                break
            await self._discard(connection)
        connection.network.exchange = exchange
        return connection

    async def give_back(
        self, connection: AsyncConnection | AsyncCustomConnection, *, is_reusable: bool
    ) -> None:
        """Keep a connection for the next request, and close those that were idle for too long."""
        if not isinstance(connection, AsyncConnection):
            return
        if not (is_reusable and connection.http.is_available()):
            await self._discard(connection)
            return
        now = time.monotonic()
        self._idle.append((now, connection))
        while (oldest := self._idle[:1]) and oldest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(oldest[0])
            except ValueError:  # another thread was quicker
                continue
            await self._discard(oldest[0][1])

    async def _discard(self, connection: AsyncConnection) -> None:
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
