"""Drive the sync and the async client from one test.

`drive(client.projects.get("p1"))` gives the value in both flavours: what is awaitable is run on a
loop that lives as long as the driver, what is a pager is collected by `drive.items`.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from typing import Any, Literal

import httpx

from paperspace_projects import AsyncClient, Client, PaperspaceError, ResponseInfo
from paperspace_projects._async.session import Clock as AsyncClock
from paperspace_projects._sync.session import Clock

from .clock import FakeClock

Flavour = Literal["sync", "async"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "async")
KEY = "test-key-0123456789"


class Driver:
    """Makes clients of one flavour and runs their calls. `clock` is what the clients go by."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour
        self.clock = FakeClock()
        self._runner = asyncio.Runner()
        self._clients: list[Client | AsyncClient] = []

    def client(self, transport: Any = None, **options: Any) -> Any:
        """A client, closed at the end of the test. Its waits move the clock and take no time.

        `transport` may be a function from request to response, or a transport.
        """
        if callable(transport) and not isinstance(transport, httpx.BaseTransport):
            transport = httpx.MockTransport(transport)
        if transport is not None:
            options["transport"] = transport
        options.setdefault("api_key", KEY)
        client: Client | AsyncClient
        if self.flavour == "sync":
            client = Client(**options)
            client._session.clock = Clock(
                monotonic=self.clock.monotonic,
                wall=self.clock.wall,
                sleep=self.clock.sleep,
                uniform=self.clock.uniform,
            )
        else:
            client = AsyncClient(**options)
            client._session.clock = AsyncClock(
                monotonic=self.clock.monotonic,
                wall=self.clock.wall,
                sleep=self.clock.asleep,
                uniform=self.clock.uniform,
            )
        self._clients.append(client)
        return client

    def http_client(self, **options: Any) -> Any:
        """An httpx client of this flavour, which the caller closes with `close`."""
        return httpx.Client(**options) if self.flavour == "sync" else httpx.AsyncClient(**options)

    def __call__(self, value: Any) -> Any:
        """The value itself, or what the awaitable gives."""
        if not inspect.isawaitable(value):
            return value

        async def run() -> Any:
            return await value

        return self._runner.run(run())

    def items(self, iterable: Any, at_most: int | None = None) -> list[Any]:
        """The items of a pager or of its `pages()`, as a `for` loop gets them."""
        if not hasattr(iterable, "__aiter__"):
            items = []
            for item in iterable:
                items.append(item)
                if len(items) == at_most:
                    break
            return items

        async def run() -> list[Any]:
            items = []
            async for item in iterable:
                items.append(item)
                if len(items) == at_most:
                    break
            return items

        return self._runner.run(run())

    def collected(self, client: Any, *calls: Callable[[], Any]) -> list[ResponseInfo]:
        """What `client.responses()` sees of some calls, made in one task; errors are let go."""

        async def run() -> list[ResponseInfo]:
            with client.responses() as seen:
                for call in calls:
                    with contextlib.suppress(PaperspaceError):
                        value = call()
                        await value if inspect.isawaitable(value) else None
            return seen

        return self._runner.run(run())

    def close(self, client: Any) -> None:
        """Close a client of ours or of httpx."""
        self(client.aclose() if hasattr(client, "aclose") else client.close())

    def shut_down(self) -> None:
        for client in self._clients:
            self.close(client)
        self._runner.close()
