# Derived from _async/_single.py by `nox -s generate`: change that one.
"""One connection, where one of httpx's transports has a pool of many.

A pool looks through its requests and connections at each request, under locks. Here a transport has
a single connection, which is made anew when the last one can no longer be used.
"""

from __future__ import annotations

from typing import Any

import httpcore

from ._runtime import shielded


class Single:
    """A connection that carries one request at a time.

    Args:
        pool: Makes connections as they are to be: direct or by a proxy, and by what backend. It
            keeps none of them.
    """

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool
        self._connection: httpcore.ConnectionInterface | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request by the connection that there is, or by a new one."""
        connection = self._connection
        if connection is None or not _is_usable(connection):
            self.close()
            connection = self._connection = self._pool.create_connection(request.url.origin)
        return connection.handle_request(request)

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with shielded():
                connection.close()


def _is_usable(connection: httpcore.ConnectionInterface) -> bool:
    """Whether a connection is idle, not for too long, and no more came than the last answer.

    httpcore would take what a server sent beyond the end of an answer for the next one's answer.
    """
    if not connection.is_available() or connection.has_expired():
        return False
    inner: Any = connection
    while hasattr(inner, "_connection"):  # by a proxy there are two within each other
        inner = inner._connection
    return not inner._h11_state.trailing_data[0]
