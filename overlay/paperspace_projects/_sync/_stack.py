# Derived from _async/_stack.py by `nox -s generate`: change that one.
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


class Carriers(Protocol):
    """Gives a transport for each request, and takes it back."""

    def take(self) -> httpx.BaseTransport: ...
    def give_back(self, transport: httpx.BaseTransport) -> None: ...
    def close(self) -> None: ...


class Stack:
    """Transports of one connection each, the one that was used last on top.

    Args:
        make: Makes one more.
    """

    def __init__(self, make: Callable[[], httpx.BaseTransport]) -> None:
        self._make = make
        self._idle: list[tuple[float, httpx.BaseTransport]] = []
        self._all: set[httpx.BaseTransport] = set()

    def take(self) -> httpx.BaseTransport:
        """The one that was used last, or a new one."""
        try:
            return self._idle.pop()[1]
        except IndexError:
            transport = self._make()
            self._all.add(transport)
            return transport

    def give_back(self, transport: httpx.BaseTransport) -> None:
        """Put one on top, whatever became of its request: it connects anew if it has to."""
        now = time.monotonic()
        self._idle.append((now, transport))
        while (lowest := self._idle[:1]) and lowest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(lowest[0])
            except ValueError:  # another thread was quicker
                continue
            self._all.discard(lowest[0][1])
            lowest[0][1].close()

    def close(self) -> None:
        """Close them all, in use or not."""
        while self._all:
            self._all.pop().close()


class Shared:
    """The user's own transport, for all requests."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def take(self) -> httpx.BaseTransport:
        return self._transport

    def give_back(self, transport: httpx.BaseTransport) -> None:
        """It has never been away."""

    def close(self) -> None:
        self._transport.close()


class Through(httpx.BaseTransport):
    """The user's own httpx client, which a request goes all the way through; it stays open."""

    def __init__(self, http_client: httpx.Client) -> None:
        self._http_client = http_client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._http_client.send(request, auth=None, follow_redirects=False, stream=True)
