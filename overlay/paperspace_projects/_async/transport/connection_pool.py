"""The connections of a client in one process and on one event loop.

Idle ones are reused last-in first-out: few stay open, and none is searched for.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import h11
import httpcore
import httpx

from ..._http.failures import Exchange
from ...config import is_loopback
from ..primitives import shield_cancellation
from .connect import default_backend
from .custom_client import AsyncCustomClient, AsyncCustomConnection
from .network_backend import AsyncRecordedBackend, keepalive_options

KEPT_FOR = 4.0
"""Seconds that an idle connection is kept. Uvicorn and Node close theirs after 5, and a write that
meets a closing connection has an unknown outcome.
"""

_END_OF_HEAD = re.compile(rb"\n\r?\n")
"""Where h11 sees the end of a head."""


class AsyncConnection:
    """A connection that sends one request at a time. `http` sends it; `network` records it."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        http: httpcore.AsyncConnectionInterface,
        network: AsyncRecordedBackend,
    ) -> None:
        self._pool = pool
        self.http = http
        self.network = network

    async def release(self, status: int, headers: Mapping[str, str]) -> None:
        """Go back to the pool after an answer, if nothing was sent beyond it."""
        exchange = self.network.exchange
        received, exchange.received = exchange.received, []
        if self.http.is_available() and _ended_exactly(received, status, headers):
            await self._pool.keep(self)
        else:
            await self.aclose()

    async def aclose(self) -> None:
        """Close it, even if the caller was cancelled."""
        self._pool.all.discard(self)
        with shield_cancellation():
            try:
                await self.http.aclose()
            finally:
                await self.network.aclose()


class AsyncConnectionPool:
    """Connections to the origin of `url`. The limiter before it keeps their number down."""

    def __init__(
        self,
        url: httpx.URL,
        ssl_context: ssl.SSLContext | None,
        proxy: httpx.Proxy | None,
        tcp_keepalive: int | None = None,
    ) -> None:
        self._origin = _core(url).origin
        self._ssl_context = ssl_context
        self._proxy = proxy
        self._socket_options = [] if tcp_keepalive is None else keepalive_options(tcp_keepalive)
        self._idle: list[tuple[float, AsyncConnection]] = []
        self.all: set[AsyncConnection] = set()
        """Those that are open, in use or idle."""
        self._is_shut_down = False
        # Sends everything while a library watches httpx.
        self._instrumented = AsyncCustomClient(
            lambda: httpx.AsyncClient(
                verify=ssl_context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                trust_env=not is_loopback(url.host),
            ),
            is_owned=True,
        )
        self.make()

    def make(self) -> AsyncConnection:
        """Make a connection; it connects with its first request."""
        network = AsyncRecordedBackend(default_backend(), self._socket_options)
        options: dict[str, Any] = {
            "ssl_context": self._ssl_context,
            "keepalive_expiry": KEPT_FOR,
            "network_backend": network,
        }
        proxy = self._proxy
        if proxy is None:
            http: httpcore.AsyncConnectionInterface
            http = httpcore.AsyncHTTPConnection(self._origin, **options)
            return AsyncConnection(self, http, network)
        options |= {"proxy_url": _core(proxy.url), "proxy_auth": proxy.raw_auth}
        pool: httpcore.AsyncConnectionPool
        if proxy.url.scheme.startswith("socks5"):
            pool = httpcore.AsyncSOCKSProxy(**options)
        else:
            pool = httpcore.AsyncHTTPProxy(**options, proxy_headers=proxy.headers.raw)
        return AsyncConnection(self, pool.create_connection(self._origin), network)

    async def take(self, exchange: Exchange) -> AsyncConnection | AsyncCustomConnection:
        """Take the connection that was used last, or make one."""
        if _is_instrumented():
            return await self._instrumented.take(exchange)
        connection: AsyncConnection | None = None
        try:
            while self._idle:
                try:
                    last = self._idle[-1]
                    connection = last[1]
                    self._idle.remove(last)
                except (IndexError, ValueError):  # another thread was quicker
                    connection = None
                    continue
                if connection.http.is_available() and not connection.http.has_expired():
                    connection.network.exchange = exchange
                    return connection
                await connection.aclose()
            connection = self.make()
            connection.network.exchange = exchange
            self.all.add(connection)
            if self._is_shut_down:  # by another thread, which has not seen this connection
                connection.network.shut_down()
        except BaseException:  # such as Ctrl-C
            if connection is not None:
                await connection.aclose()
            raise
        return connection

    async def keep(self, connection: AsyncConnection) -> None:
        """Keep a connection for the next request, and close those that were idle for too long."""
        now = time.monotonic()
        self._idle.append((now, connection))
        while (oldest := self._idle[:1]) and oldest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(oldest[0])
            except ValueError:  # another thread was quicker
                continue
            await oldest[0][1].aclose()

    def shut_down(self) -> None:
        """End every wait on the connections, in any thread: closing them would wake none."""
        self._is_shut_down = True
        for connection in tuple(self.all):
            connection.network.shut_down()

    async def aclose(self) -> None:
        """Close all connections, in use or not."""
        while True:
            try:
                connection = self.all.pop()
            except KeyError:  # also if another thread has removed the last one
                break
            await connection.aclose()
        await self._instrumented.aclose()


def _is_instrumented() -> bool:
    """Whether a library has replaced httpx's method of sending, such as OpenTelemetry or one for
    tests. It must see the requests."""
    send: Any = httpx.AsyncHTTPTransport.handle_async_request
    return (
        type(send) is not FunctionType
        or not send.__module__.startswith(("httpx.", "httpx2."))
        or hasattr(send, "__wrapped__")
    )


def _ended_exactly(received: list[bytes], status: int, headers: Mapping[str, str]) -> bool:
    """Whether nothing was read beyond the end of an answer. httpcore takes any more for the
    beginning of the next answer."""
    head = _END_OF_HEAD.search(received[0]) if received else None
    length = "0" if status in (204, 304) else headers.get("content-length", "")
    if head and length.isdecimal() and "transfer-encoding" not in headers:
        return sum(map(len, received)) == head.end() + int(length[:20])
    reader = h11.Connection(h11.CLIENT)  # httpcore uses h11, too, but hides the rest
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


def _core(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
