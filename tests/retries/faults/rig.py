"""A driver for servers that fail: its clients wait by an obedient clock and hold nothing after."""

from __future__ import annotations

import asyncio
import inspect
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support.clock import FakeClock
from support.driving import Driver, Flavour
from support.fault_server import FaultServer
from support.insides import connections_of, free_places, requests_of

from paperspace_projects._async.clock import Clock as AsyncClock
from paperspace_projects._sync.clock import Clock

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that use none: httpx takes a while to read all the certificates there are."""


class HookedClock(FakeClock):
    """A clock that moves when somebody sleeps by it, and first lets something happen."""

    def __init__(self) -> None:
        super().__init__()
        self.on_sleep: Callable[[], Awaitable[None] | None] | None = None

    def sleep(self, seconds: float) -> None:
        if self.on_sleep is not None:
            self.on_sleep()
        super().sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        if self.on_sleep is not None:
            awaitable = self.on_sleep()
            if inspect.isawaitable(awaitable):
                await awaitable
        super().sleep(seconds)


class Background:
    """A call that is made while others are: in a thread or a task. `finish` waits for its end."""

    def __init__(self, flavour: Flavour) -> None:
        self._is_sync = flavour == "sync"
        self._pool = ThreadPoolExecutor(1) if self._is_sync else None
        self._going: Any = None

    def start(self, function: Callable[[], Any]) -> Any:
        if self._pool is not None:
            self._going = self._pool.submit(function)
            return None

        async def start() -> None:
            self._going = asyncio.ensure_future(function())

        return start()

    def arrived(self, server: FaultServer) -> Any:
        """Wait until a request of it has arrived."""
        if self._pool is not None:
            assert server.arrived.acquire(timeout=10)
            return None

        async def arrived() -> None:
            assert await asyncio.to_thread(server.arrived.acquire, timeout=10)

        return arrived()

    def finish(self) -> Any:
        """What the call gives, to be awaited in async."""
        if self._pool is None:
            return self._going
        try:
            return self._going.result(timeout=10)
        finally:
            self._pool.shutdown()


class Rig(Driver):
    """A driver whose clients speak to servers that fail, and hold nothing when a test is over."""

    clock: HookedClock

    def __init__(self, flavour: Flavour) -> None:
        super().__init__(flavour)
        self.clock = HookedClock()

    def client_of(self, server: FaultServer, *, real_time: bool = False, **options: Any) -> Any:
        """A client of a server; its waits take no time unless `real_time` is asked for."""
        options.setdefault("base_url", server.url)
        if "http_client" not in options and "transport" not in options:
            options.setdefault("ssl_context", NO_TLS)
        client = self.client(**options)
        if real_time:
            client._session.clock = Clock() if self.flavour == "sync" else AsyncClock()
        return client

    def narrow(self, client: Any) -> None:
        """Have a client's connections take little to send before it is sent."""
        connector = self(client._session.pools.pool()).connections._connector
        make = connector.make

        def made() -> Any:
            connection = make()
            backend = connection.network._backend
            connect = backend.connect_tcp
            options = [(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)]
            backend.connect_tcp = lambda host, port, timeout, *_: connect(
                host, port, timeout, None, options
            )
            return connection

        connector.make = made

    def start(self, function: Callable[[], Any], server: FaultServer) -> Background:
        """Make a call in the background; it is under way, its request arrived, on return."""
        background = Background(self.flavour)
        self(background.start(function))
        self(background.arrived(server))
        return background

    def outcome(self, function: Callable[[], Any]) -> Any:
        """What a call gives, or the error that it ends with."""
        try:
            return self(function())
        except Exception as error:
            return error.with_traceback(None)

    def together(self, *functions: Callable[[], Any]) -> list[Any]:
        """The outcomes of calls that are made at the same time."""
        if self.flavour == "sync":
            with ThreadPoolExecutor(len(functions)) as pool:
                return list(pool.map(self.outcome, functions))

        async def run() -> list[Any]:
            return await asyncio.gather(*(each() for each in functions), return_exceptions=True)

        return self(run())

    def shut_down_clients(self) -> None:
        """Close the clients, which must be at rest."""
        clients, self._clients = self._clients, []
        try:
            for client in clients:
                assert_nothing_is_under_way(client)
        finally:
            for client in clients:
                self.close(client)

    def shut_down(self) -> None:
        self.shut_down_clients()
        super().shut_down()


def assert_nothing_is_under_way(client: Any) -> None:
    """No connection in use, no request in a queue, and room for as many callers as at first."""
    session = client._session
    for pool in session.pools.open_pools.values():
        assert [each for each in connections_of(pool) if not each.is_idle()] == []
        assert requests_of(pool) == []
        assert free_places(pool) == session.settings.max_concurrency
