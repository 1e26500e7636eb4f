"""A stack of what carries calls one at a time.

The one that was used last is used next, so that as few as possible are open and none is looked
for. The gate before it lets no more callers in than there may be connections.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .interfaces import AsyncCarrier

KEPT_FOR = 4.0
"""Seconds that an idle connection is kept. Uvicorn and Node close theirs after 5, and a write that
meets a closing connection has an unknown outcome.
"""


class AsyncStack:
    """Carriers of one call at a time, the one that was used last on top.

    Args:
        make: Makes one more.
    """

    def __init__(self, make: Callable[[], AsyncCarrier]) -> None:
        self._make = make
        self._idle: list[tuple[float, AsyncCarrier]] = []
        self._all: set[AsyncCarrier] = set()

    def take(self) -> AsyncCarrier:
        """The one that was used last, or a new one."""
        try:
            return self._idle.pop()[1]
        except IndexError:
            carrier = self._make()
            self._all.add(carrier)
            return carrier

    async def give_back(self, carrier: AsyncCarrier) -> None:
        """Put one on top, whatever became of its request: it connects anew if it has to."""
        now = time.monotonic()
        self._idle.append((now, carrier))
        while (lowest := self._idle[:1]) and lowest[0][0] < now - KEPT_FOR:
            try:
                self._idle.remove(lowest[0])
            except ValueError:  # another thread was quicker
                continue
            self._all.discard(lowest[0][1])
            await lowest[0][1].aclose()

    async def aclose(self) -> None:
        """Close them all, in use or not."""
        while True:
            try:
                carrier = self._all.pop()
            except KeyError:  # another thread may have let go of the last one
                return
            await carrier.aclose()
