# Derived from _async/transport/connection.py by `nox -s generate`: change that one.
"""A line to the server: one connection of httpcore's, made anew when it can no longer be used.

A pool looks through its requests and connections at each request, under locks; and most of what
httpx does for a request is to put it into other words, and its answer back.
"""

from __future__ import annotations

import contextlib
import functools
import ssl
from types import FunctionType
from typing import Any

import httpcore
import httpx

from ..._api.operations import Call
from ..._http.request_builder import Requests
from ..._retry.current_attempt import CURRENT
from ..runtime import shielded
from .interfaces import Incoming, incoming


class Line:
    """Carries one call at a time.

    Args:
        pool: Makes connections as they are to be: direct or by a proxy, and by what backend. It
            keeps none of them.
        context: What they are secured with.
    """

    def __init__(self, pool: httpcore.ConnectionPool, context: ssl.SSLContext) -> None:
        self._pool = pool
        self._context = context
        self._connection: httpcore.ConnectionInterface | None = None

    def send(self, call: Call[Any], timeout: httpx.Timeout, requests: Requests) -> Incoming:
        """Send a call, and give the beginning of its answer."""
        if _is_watched():
            request = requests.for_httpx(call, timeout)
            transport = self._client._transport_for_url(request.url)
            return incoming(transport.handle_request(request))
        response = self.handle_request(requests.for_httpcore(call, timeout))
        stream: Any = response.stream
        return Incoming(response.status, response.headers, stream, None, response)

    @functools.cached_property
    def _client(self) -> Any:
        """An httpx client with this line for its pool, for who watches those."""
        transport: Any = httpx.HTTPTransport(verify=self._context)
        transport._pool = self
        return httpx.Client(transport=transport)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request by the connection that there is, or by a new one."""
        connection = self._connection
        if connection is None or not _is_usable(connection):
            self.close()
            connection = self._connection = self._pool.create_connection(request.url.origin)
            try:
                response = connection.handle_request(request)
            except BaseException:  # it may be there, and no request have begun on it
                self.close()
                opened = CURRENT.get().opened
                if opened is not None:  # httpcore leaves it open where a SOCKS proxy refuses
                    with shielded():
                        opened.close()
                raise
            _unlock(connection)
            return response
        return connection.handle_request(request)

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with shielded():
                connection.close()


def _is_watched() -> bool:
    """Whether somebody has put their own in place of httpx's way to send a request.

    OpenTelemetry does so, and so do libraries for tests; they are to see what is sent.
    """
    client: Any = httpx.Client
    return not (
        _is_httpxs_own(httpx.HTTPTransport.handle_request)
        and _is_httpxs_own(client._transport_for_url)
    )


def _is_httpxs_own(function: Any) -> bool:
    return type(function) is FunctionType and function.__globals__["__name__"].startswith("httpx.")


def _unlock(connection: Any) -> None:
    """Take away the locks of a connection that nobody shares: each gives others a turn."""
    connection._request_lock = _UNLOCKED
    while hasattr(connection, "_connection"):
        connection = connection._connection
    if connection is not None:  # respx answers without one
        connection._state_lock = _UNLOCKED


_UNLOCKED = contextlib.nullcontext()


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
