# Derived from _async/transport/pool_manager.py by `nox -s generate`: change that one.
"""The connection pools of a client and its copies.

A pool belongs to one process and, in async, to one event loop; elsewhere a client gets another. It
is closed with its client, with its event loop, or when no reference to the client is left.
"""

from __future__ import annotations

import os
import ssl
import threading
import warnings
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING

import httpx
import msgspec

from ..._http import proxies
from ..._http.server_clock import ServerClock
from ..._httpx_compat import both
from ...config import Settings
from ...errors import ClientClosedError, ConfigurationError
from ..primitives import ConcurrencyLimiter, PoolKey, has_ended, pool_key, run_at

if TYPE_CHECKING:
    from ..responses import Collector
    from .connection_pool import ConnectionPool
    from .custom_client import CustomClient

_IN_USE: set[Pool] = set()
"""Pools that must not be collected together with a client that was left open: each has to be closed
first. Those of a parent process stay for ever: they are its own to close.
"""


class Pool(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """A connection pool, usable at `key` until its `closer` ends, which closes the connections.
    `limiter` admits the callers. `proxy` is host and port of the environment's proxy."""

    key: PoolKey
    connections: ConnectionPool | CustomClient
    limiter: ConcurrencyLimiter
    closer: Generator[None, None, None]
    proxy: str | None


def _closing(
    connections: ConnectionPool | CustomClient,
) -> Generator[None, None, None]:
    """Close the connections when it is closed itself, or its event loop ends, or it is dropped."""
    try:
        yield
    finally:
        connections.close()


class PoolManager:
    """The pools of a client and its copies, with the first one's settings. `custom` is the user's
    own httpx client or transport."""

    def __init__(
        self,
        custom: httpx.Client | httpx.BaseTransport | None,
        ssl_context: ssl.SSLContext | None,
        settings: Settings,
    ) -> None:
        self.custom: httpx.Client | httpx.BaseTransport | None = custom
        self.http_client: httpx.Client | None = (
            custom if isinstance(custom, both(httpx.Client)) else None
        )
        self._ssl_context = ssl_context
        self._base_url = httpx.URL(settings.base_url)
        self._size, self._tcp_keepalive = settings.max_concurrency, settings.tcp_keepalive
        self.open_pools: dict[PoolKey, Pool] = {}
        """The pools that are open, by where they are usable."""
        self._closed_pools: dict[PoolKey, Pool] = {}
        self._locks: dict[int, threading.RLock] = {}
        self._closed = False
        self._process: int | None = None
        self.paused_until: float = 0.0
        """When all callers may go on after a 429, by the monotonic clock."""
        self.server_clock: ServerClock = ServerClock()
        self.collectors: list[Collector] = []
        """Those that are open, of the client and its copies."""

    @property
    def are_own(self) -> bool:
        """Whether the user has given no part of them."""
        return not (self.custom or self._ssl_context)

    @property
    def is_closed(self) -> bool:
        """Whether no call can be made any more."""
        return self._closed or (self.http_client is not None and self.http_client.is_closed)

    def pool(self) -> Pool:
        """Return the pool to use here; open it first if needed."""
        key = pool_key()
        with self._lock():  # in async, nothing below waits for anything
            if key not in self.open_pools:
                if self._closed:
                    if key in self._closed_pools:  # for a caller that came while it was closed
                        return self._closed_pools[key]
                    raise ClientClosedError("this client is closed: make a new one")
                self._leave_others(key)
                self.open_pools[key] = self._open(key)
                _IN_USE.add(self.open_pools[key])
            return self.open_pools[key]

    def _lock(self) -> threading.RLock:
        """One for each process, as a fork may have copied one that is held. It is reentrant: a
        signal handler may close a pool that is just being opened."""
        return self._locks.setdefault(os.getpid(), threading.RLock())

    def _open(self, key: PoolKey) -> Pool:
        self._process = os.getpid()
        given, proxy = self.custom, None
        connections: ConnectionPool | CustomClient
        if given is None:
            connections, proxy = self._own_connections()
        else:
            from .custom_client import CustomClient

            connections = CustomClient(lambda: given, is_owned=given is not self.http_client)
        closer = _closing(connections)
        closer.__next__()
        return Pool(key, connections, ConcurrencyLimiter(self._size), closer, proxy)

    def _own_connections(self) -> tuple[ConnectionPool, str | None]:
        """Connections as the environment says, and the proxy that they go through."""
        from .connection_pool import (
            ConnectionPool,  # httpx itself loads httpcore no earlier
        )

        url, context, name = self._base_url, self._ssl_context, None
        try:
            if context is None and url.scheme == "https":  # it takes its time
                context = httpx.create_ssl_context()
            proxy = proxies.proxy_for(url)
            pool = ConnectionPool(url, context, proxy, self._tcp_keepalive)
        except (ValueError, ImportError, RuntimeError, OSError, httpx.InvalidURL) as error:
            problem = type(error).__name__
        else:
            if proxy is not None:
                name = proxies.name_of(proxy.url.host, proxy.url.port)
                if not proxies.may_carry_key(url, scheme=proxy.url.scheme, host=proxy.url.host):
                    raise ConfigurationError(proxies.refusal(url, name, is_given=False))
            return pool, name
        # Raised here, where no context shows a proxy's URL: it may hold a password.
        raise ConfigurationError(
            f"connections cannot be set up ({problem}): check HTTP_PROXY, HTTPS_PROXY, "
            "ALL_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE"
        )

    def _leave_others(self, key: PoolKey) -> None:
        """Give up pools whose event loop has ended, or that belong to another process."""
        if self._is_of_another_process() and isinstance(
            self.custom, (*both(httpx.Client), *both(httpx.HTTPTransport))
        ):
            raise ClientClosedError(
                "the http_client or transport that this client was given has its connections in "
                "the process that this one was forked from: make a new client here"
            )
        for other, pool in list(self.open_pools.items()):
            if other[0] != key[0] or has_ended(pool.closer):
                _release([self.open_pools.pop(other)])

    def _is_of_another_process(self) -> bool:
        return self._process not in (None, os.getpid())

    def close(self) -> None:
        """Close the connections, unless the httpx client is the user's own."""
        key = pool_key()
        with self._lock():
            is_first, self._closed = not self._closed, True
            pools = list(self.open_pools.values())
            mine = self.open_pools.get(key)
            self.open_pools.clear()
            if mine is not None:
                self._closed_pools[key] = mine
        for pool in _release(pools):
            # Pools of other event loops are closed once their calls have ended and dropped them.
            run_at(pool.key, pool.limiter.shut_down)
            pool.connections.shut_down()
        if not is_first:
            return
        if mine is not None:
            mine.closer.close()
        elif self.custom and not self.http_client and not self._is_of_another_process():
            self.custom.close()

    def __del__(self) -> None:
        # They are popped, as a recorded warning holds on to its source. There are none if the
        # manager could not be made.
        mine = _release(self.__dict__.pop("open_pools", {}).values())
        if mine and not (self._closed or self.custom):
            warnings.warn(
                "a paperspace_projects.Client was not closed: use it in a `with` "
                "block, or call close()",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )


def _release(pools: Iterable[Pool]) -> list[Pool]:
    """Let pools of this process be collected and closed; return them."""
    mine = [pool for pool in pools if pool.key[0] == os.getpid()]
    _IN_USE.difference_update(mine)
    return mine
