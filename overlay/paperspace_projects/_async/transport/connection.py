"""One connection to the server: httpcore's, directly or through a proxy."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from ..primitives import shield_cancellation
from .connect import default_backend
from .network_backend import AsyncOpenStreams, AsyncRecordedBackend

KEPT_FOR = 4.0
"""Seconds that an idle connection is kept. Uvicorn and Node close theirs after 5, and a write that
meets a closing connection has an unknown outcome.
"""


class AsyncConnection:
    """A connection that sends one request at a time. `http` sends it; `network` records it."""

    def __init__(
        self, http: httpcore.AsyncConnectionInterface, network: AsyncRecordedBackend
    ) -> None:
        self.http = http
        self.network = network

    async def aclose(self) -> None:
        """Close it, even if the caller was cancelled."""
        with shield_cancellation():
            try:
                await self.http.aclose()
            finally:
                await self.network.aclose()


class AsyncConnector:
    """Makes connections to one origin.

    Args:
        url: The base URL.
        ssl_context: Secures the connections.
        proxy: The proxy that they go through; None: directly.
    """

    def __init__(
        self, url: httpx.URL, ssl_context: ssl.SSLContext | None, proxy: httpx.Proxy | None
    ) -> None:
        self._origin = _core(url).origin
        self.ssl_context = ssl_context
        self.proxy = proxy
        self.streams: AsyncOpenStreams = AsyncOpenStreams()

    def make(self) -> AsyncConnection:
        """Make a connection; it connects with its first request."""
        network = AsyncRecordedBackend(default_backend(), self.streams)
        return AsyncConnection(self._http(network), network)

    def _http(self, network: AsyncRecordedBackend) -> httpcore.AsyncConnectionInterface:
        if self.proxy is None:
            return httpcore.AsyncHTTPConnection(
                self._origin,
                ssl_context=self.ssl_context,
                keepalive_expiry=KEPT_FOR,
                network_backend=network,
            )
        proxy = self.proxy
        if proxy.url.scheme.startswith("socks5"):
            pool: httpcore.AsyncConnectionPool = httpcore.AsyncSOCKSProxy(
                _core(proxy.url),
                proxy_auth=proxy.raw_auth,
                ssl_context=self.ssl_context,
                keepalive_expiry=KEPT_FOR,
                network_backend=network,
            )
        else:
            pool = httpcore.AsyncHTTPProxy(
                _core(proxy.url),
                proxy_auth=proxy.raw_auth,
                proxy_headers=proxy.headers.raw,
                ssl_context=self.ssl_context,
                keepalive_expiry=KEPT_FOR,
                network_backend=network,
            )
        return pool.create_connection(self._origin)


def _core(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
