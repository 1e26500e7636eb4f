# Derived from _async/transport/connection_pool.py by `nox -s generate`: change that one.
"""Idle connections, reused last-in first-out: few stay open, and none is searched for."""

from __future__ import annotations

import time

from ..._http.exchange import Exchange
from .connection import KEPT_FOR, Connection, Connector
from .custom_client import CustomClient, CustomConnection, is_instrumented


class ConnectionPool:
    """The connections of a client in one process and on one event loop.

    The limiter before it admits no more callers than there may be connections.

    Args:
        connector: Makes the connections.
        instrumented: Sends everything while a library watches httpx; see `is_instrumented`.
    """

    def __init__(self, connector: Connector, instrumented: CustomClient) -> None:
        self._connector = connector
        self._instrumented = instrumented
        self._idle: list[tuple[float, Connection]] = []
        self._all: set[Connection] = set()

    def take(self, exchange: Exchange) -> Connection | CustomConnection:
        """Take the connection that was used last, or make one."""
        if is_instrumented():
            return self._instrumented.take(exchange)
        while True:
            try:
                connection = self._idle.pop()[1]
            except IndexError:
                connection = self._connector.make()
                self._all.add(connection)
                break
            if connection.is_usable():
                break
            self._discard(connection)
        connection.network.exchange = exchange
        return connection

    def give_back(self, connection: Connection | CustomConnection, *, is_reusable: bool) -> None:
        """Keep a connection for the next request, and close those that were idle for too long."""
        if not isinstance(connection, Connection):
            return
        if not (is_reusable and connection.http.is_available()):
            self._discard(connection)
            return
        now = time.monotonic()
        self._idle.append((now, connection))
        while (oldest := self._idle[:1]) and oldest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(oldest[0])
            except ValueError:  # another thread was quicker
                continue
            self._discard(oldest[0][1])

    def _discard(self, connection: Connection) -> None:
        self._all.discard(connection)
        connection.close()

    def shut_down(self) -> None:
        """End every wait on the connections, from any thread or event loop."""
        self._connector.streams.shut_down()

    def close(self) -> None:
        """Close all connections, in use or not."""
        while True:
            try:
                connection = self._all.pop()
            except KeyError:  # also if another thread has removed the last one
                break
            connection.close()
        self._instrumented.close()
