"""Drive the sync and the async client from one test.

`drive(client.projects.get("p1"))` gives the value in both flavours: what is awaitable is run on a
loop that lives as long as the driver, what is a pager is collected by `drive.items`.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, Literal

import httpx

from paperspace_projects import AsyncClient, Client, PaperspaceError, ResponseInfo
from paperspace_projects._async.session import Clock as AsyncClock
from paperspace_projects._sync.session import Clock

from .clock import FakeClock
from .libraries import translated

Flavour = Literal["sync", "async"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "async")
KEY = "test-key-0123456789"


class Driver:
    """Makes clients of one flavour and runs their calls. `clock` is what the clients go by.

    `library` is httpx or httpx2: that of `transport` and `http_client`.
    """

    def __init__(self, flavour: Flavour, library: ModuleType = httpx) -> None:
        self.flavour = flavour
        self.library: Any = library
        self.clock = FakeClock()
        self._runner = asyncio.Runner()
        self._clients: list[Client | AsyncClient] = []

    def client(self, transport: Any = None, **options: Any) -> Any:
        """A client, closed at the end of the test. Its waits move the clock and take no time.

        `transport` may be a function from request to response, or a transport.
        """
        if callable(transport) and not hasattr(transport, "handle_request"):
            transport = self.transport(transport)
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
        kind = self.library.Client if self.flavour == "sync" else self.library.AsyncClient
        return kind(**options)

    def transport(self, server: Callable[[Any], Any]) -> Any:
        """A transport of the library, answered by a function of httpx's requests and answers."""
        return self.library.MockTransport(translated(server, self.library))

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
