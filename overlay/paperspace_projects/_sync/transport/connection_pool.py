# Derived from _async/transport/connection_pool.py by `nox -s generate`: change that one.
"""The connections of a client and all its copies: where they are usable, and their end.

A pool belongs to one process and, in async, to one event loop. Where the client is used in another
one, it gets a new pool. A pool is closed with its client, with its event loop, or when nobody holds
the client any more, whichever comes first.
"""

from __future__ import annotations

import os
import ssl
import threading
import warnings
import weakref
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen

from ..._http.server_clock import ServerClock
from ...config import is_loopback
from ...errors import ClientClosedError, ConfigurationError
from ..runtime import Gate, Place, has_ended, place, run_at
from .idle_connections import KEPT_FOR, Stack
from .interfaces import Carriers, Given, transport_of

if TYPE_CHECKING:
    from .network_backend import Streams

_HELD: set[Pool] = set()
"""Pools that are in use: they are not collected together with a client that was left open, as each
has to be closed first. Those of a parent process stay for ever: they are its own to close.
"""


@frozen(eq=False)
class Pool:
    """A pool of connections, and the gate before it. It is usable until its keeper ends.

    `proxy` is the host and port of the proxy that they go through, as far as that is known.
    """

    place: Place
    carriers: Carriers
    streams: Streams
    gate: Gate
    keeper: Generator[None, None, None]
    proxy: str | None


def _kept(carriers: Carriers) -> Generator[None, None, None]:
    """Closes the pool when it is closed itself, or its event loop ends, or nobody holds it."""
    try:
        yield
    finally:
        carriers.close()


class Connections:
    """The connections of a client and its copies.

    Args:
        http_client: The user's own httpx client, or
        transport: the user's own transport, or
        ssl_context: what to secure connections with; None for httpx's own choice.
        base_url: Where all requests go.
        size: How many connections there may be, all of them kept alive. No more callers are let
            in at a time: httpx's pool loses connections when threads have to queue for them.
    """

    def __init__(
        self,
        *,
        http_client: httpx.Client | None,
        transport: httpx.BaseTransport | None,
        ssl_context: ssl.SSLContext | None,
        base_url: str,
        size: int,
    ) -> None:
        self.http_client: httpx.Client | None = http_client
        """The user's own httpx client, which makes the requests that it sends."""
        self._transport = transport
        self._ssl_context = ssl_context
        self._base_url = httpx.URL(base_url)
        self._size = size
        self._pools: dict[Place, Pool] = {}
        self._locks: dict[int, threading.RLock] = {}
        self._closed = False
        self._closed_pools: dict[Place, Pool] = {}
        self._given_up: weakref.WeakSet[Pool] = weakref.WeakSet()
        self._home: int | None = None
        self.paused_until: float = 0.0
        """When all callers may go on after a 429, by the monotonic clock."""
        self.server_clock: ServerClock = ServerClock()
        """What the time is where the answers come from."""

    @property
    def carrier(self) -> httpx.Client | httpx.BaseTransport | None:
        """What the user gave to carry the requests; None: connections of our own do."""
        return self.http_client or self._transport

    @property
    def are_own(self) -> bool:
        """Whether nothing of them was given by the user."""
        return not (self.http_client or self._transport or self._ssl_context)

    @property
    def is_closed(self) -> bool:
        """Whether no call can be made any more."""
        return self._closed or (self.http_client is not None and self.http_client.is_closed)

    def pool(self) -> Pool:
        """The pool to use here.

        Raises:
            ClientClosedError: the http_client or transport given belongs to another process, or
                the client is closed and was not used here before.
        """
        here = place()
        pool = self._pools.get(here)
        if pool is not None and not pool.gate.is_torn:
            return pool
        with self._lock():  # in async, nothing below waits for anything
            pool = self._pools.get(here)
            if pool is not None and pool.gate.is_torn:
                self._given_up.add(pool)  # it is closed when nobody uses it
                _let_go([self._pools.pop(here)])
            if here not in self._pools:
                if self._closed:
                    return self._closed_pool(here)
                self._leave_others(here)
                self._pools[here] = self._open(here)
                _HELD.add(self._pools[here])
            return self._pools[here]

    def _closed_pool(self, here: Place) -> Pool:
        """The pool that was here, for who came as it was closed: its gate is open."""
        if here not in self._closed_pools:
            raise ClientClosedError("this client is closed: make a new one")
        return self._closed_pools[here]

    def _lock(self) -> threading.RLock:
        """One lock for each process: a fork may have copied one that is held.

        It can be taken again, as a signal handler may close what is just being opened.
        """
        return self._locks.setdefault(os.getpid(), threading.RLock())

    def _open(self, here: Place) -> Pool:
        # Not loaded earlier, as httpx itself loads httpcore no earlier.
        from .connecting import native
        from .connection import Line
        from .network_backend import Streams, TimedBackend

        self._home = os.getpid()
        streams = Streams()
        given = self.carrier
        carriers: Carriers
        if given is None:
            context, pool = self._pool_of_httpx()
            proxy = self._checked_proxy(pool)
            pool._network_backend = TimedBackend(native(pool._network_backend), streams)
            carriers = Stack(lambda: Line(pool, context))
        else:
            transport = transport_of(given, self._base_url)
            proxy = self._checked_proxy(getattr(transport, "_pool", None))
            carriers = Given(given)
        keeper = _kept(carriers)
        keeper.__next__()
        return Pool(here, carriers, streams, Gate(self._size), keeper, proxy)

    def _pool_of_httpx(self) -> tuple[ssl.SSLContext, Any]:
        """What secures connections, and what makes httpx's own: a proxy's pool where there is one.

        Raises:
            ConfigurationError: httpx cannot be set up.
        """
        problem: str
        try:
            context = self._ssl_context or self._new_context()
            # httpx takes no network backend; a test holds this to the version that is installed.
            http = httpx.Client(
                verify=context,
                limits=httpx.Limits(keepalive_expiry=KEPT_FOR),
                trust_env=not is_loopback(self._base_url.host),
            )
            return context, transport_of(http, self._base_url)._pool
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            problem = type(error).__name__
        # Raised here, where no context shows a proxy's URL: it may hold a password.
        raise ConfigurationError(
            f"httpx cannot be set up ({problem}): look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, "
            "NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE"
        )

    def _checked_proxy(self, pool: Any) -> str | None:
        """Host and port of a pool's proxy, if it has one.

        Raises:
            ConfigurationError: the proxy would get the key in clear, and is not on this machine.
        """
        proxy = getattr(pool, "_proxy_url", None)
        if proxy is None:
            return None
        name = proxy.host.decode("ascii")
        shown = f"[{name}]" if ":" in name else name
        if proxy.port is not None:
            shown += f":{proxy.port}"
        is_secure = self._base_url.scheme == "https" or proxy.scheme == b"https"
        if is_secure or is_loopback(name):
            return shown
        host = self._base_url.host
        text = (
            f"nothing is sent to {host} over plain http through the proxy {shown}: the proxy would "
            f"get the API key unencrypted. Use an https base URL, or name {host} in NO_PROXY"
        )
        if self.carrier is not None:
            text += (
                ", or make the http_client or transport without that proxy (trust_env=False: "
                "without those of the environment)"
            )
        raise ConfigurationError(text)

    def _new_context(self) -> ssl.SSLContext:
        """What to secure connections with. It takes its time to be made, so not for plain http."""
        if self._base_url.scheme == "https":
            return httpx.create_ssl_context()
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def _leave_others(self, here: Place) -> None:
        """Give up pools whose event loop has ended, or that belong to another process."""
        given = self.http_client or self._transport
        if self._is_of_another_process() and isinstance(given, httpx.Client | httpx.HTTPTransport):
            raise ClientClosedError(
                "the http_client or transport that this client was given has its connections in "
                "the process that this one was forked from: make a new client here"
            )
        for other, pool in list(self._pools.items()):
            if other[0] != here[0] or has_ended(pool.keeper):
                _let_go([self._pools.pop(other)])

    def _is_of_another_process(self) -> bool:
        return self._home not in (None, os.getpid())

    def close(self) -> None:
        """Close the connections, unless the httpx client is the user's own."""
        here = place()
        with self._lock():
            is_first, self._closed = not self._closed, True
            pools = [*self._pools.values(), *self._given_up]
            mine = self._pools.get(here)
            self._pools.clear()
            self._given_up.clear()
            if mine is not None:
                self._closed_pools[here] = mine
        for pool in _let_go(pools):
            # Pools other than this one are closed once their calls have ended and let them go.
            run_at(pool.place, pool.gate.open)
            pool.streams.cut_off()
        if not is_first:
            return
        if mine is not None:
            mine.keeper.close()
        elif self._transport is not None and not self._is_of_another_process():
            self._transport.close()

    def __del__(self) -> None:
        # They are popped, as whoever records the warning holds on to its source. There are none if
        # it could not be made.
        mine = _let_go(self.__dict__.pop("_pools", {}).values())
        if mine and not (self._closed or self.http_client or self._transport):
            warnings.warn(
                "a paperspace_projects.Client was not closed: use it in a `with` "
                "block, or call close()",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )


def _let_go(pools: Iterable[Pool]) -> list[Pool]:
    """Let pools be collected, and so closed, but for those of another process; gives the former."""
    mine = [pool for pool in pools if pool.place[0] == os.getpid()]
    _HELD.difference_update(mine)
    return mine
