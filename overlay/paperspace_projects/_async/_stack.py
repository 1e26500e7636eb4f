"""Who carries a client's requests: a stack of transports, each with one connection of its own.

The one that was used last is used next, so that as few as possible are open and none is looked
for. The gate before it lets no more callers in than there may be connections.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import httpx

KEPT_FOR = 5.0
"""Seconds that an idle connection is kept: httpx's own choice, as servers close theirs soon."""


class AsyncCarriers(Protocol):
    """Gives a transport for each request, and takes it back."""

    def take(self) -> httpx.AsyncBaseTransport: ...
    async def give_back(self, transport: httpx.AsyncBaseTransport) -> None: ...
    async def aclose(self) -> None: ...


class AsyncStack:
    """Transports of one connection each, the one that was used last on top.

    Args:
        make: Makes one more.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._idle: list[tuple[float, httpx.AsyncBaseTransport]] = []
        self._all: set[httpx.AsyncBaseTransport] = set()

    def take(self) -> httpx.AsyncBaseTransport:
        """The one that was used last, or a new one."""
        try:
            return self._idle.pop()[1]
        except IndexError:
            transport = self._make()
            self._all.add(transport)
            return transport

    async def give_back(self, transport: httpx.AsyncBaseTransport) -> None:
        """Put one on top, whatever became of its request: it connects anew if it has to."""
        now = time.monotonic()
        self._idle.append((now, transport))
        while (lowest := self._idle[:1]) and lowest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(lowest[0])
            except ValueError:  # another thread was quicker
                continue
            self._all.discard(lowest[0][1])
            await lowest[0][1].aclose()

    async def aclose(self) -> None:
        """Close them all, in use or not."""
        while self._all:
            await self._all.pop().aclose()


class AsyncShared:
    """The user's own transport, for all requests."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    def take(self) -> httpx.AsyncBaseTransport:
        return self._transport

    async def give_back(self, transport: httpx.AsyncBaseTransport) -> None:
        """It has never been away."""

    async def aclose(self) -> None:
        await self._transport.aclose()


class AsyncThrough(httpx.AsyncBaseTransport):
    """The user's own httpx client, which a request goes all the way through; it stays open."""

    def __init__(self, http_client: httpx.AsyncClient) -> None:
        self._http_client = http_client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._http_client.send(request, auth=None, follow_redirects=False, stream=True)
