"""What the async side takes from its surroundings: clocks, sleep, chance, loops, and a gate.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from types import AsyncGeneratorType
from typing import Any

import anyio
import httpx
from anyio.lowlevel import current_token
from attrs import frozen

Place = tuple[int, object]


def place() -> Place:
    """Where a pool of connections can be used: in this process, on this event loop."""
    return os.getpid(), current_token().native_token


def run_at(where: Place, function: Callable[[], object]) -> None:
    """Run a function at a place of this process: at once if it is here, else soon."""
    if where == place():
        function()
        return
    loop: Any = where[1]
    with contextlib.suppress(RuntimeError):  # it has ended
        if isinstance(loop, asyncio.AbstractEventLoop):
            loop.call_soon_threadsafe(function)
        else:
            loop.run_sync_soon(function)


@frozen(kw_only=True)
class Runtime:
    """Clocks, sleep and chance; a test puts its own in their place. All times are in seconds.

    `sleep` is None where the waits are to be real: they end early when the client is closed.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] | None = None
    uniform: Callable[[float, float], float] = random.uniform


def has_ended(generator: AsyncGenerator[None, None]) -> bool:
    """Whether a generator that was begun has come to its end."""
    return not isinstance(generator, AsyncGeneratorType) or generator.ag_frame is None


def interruptions() -> tuple[type[BaseException], ...]:
    """What ends a call from outside, wherever it is."""
    return anyio.get_cancelled_exc_class(), KeyboardInterrupt, SystemExit


def shielded() -> contextlib.AbstractContextManager[object]:
    """Within it nothing is cancelled: what has to be closed is closed."""
    return anyio.CancelScope(shield=True)


class Gate:
    """Lets so many callers in at a time, and none wait once it is opened for good."""

    is_torn = False
    """Whether a caller was torn out; a cancelled one has left as it should."""

    def __init__(self, size: int) -> None:
        self._semaphore = anyio.Semaphore(size)
        self._opened = anyio.Event()

    async def acquire(self, seconds: float | None) -> None:
        """Wait to be let in.

        Raises:
            httpx.PoolTimeout: not within so many seconds.
        """
        try:
            self._semaphore.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(seconds):
                await self._semaphore.acquire()
                return
            raise httpx.PoolTimeout("too many callers") from None

    def release(self) -> None:
        """Let the next one in."""
        self._semaphore.release()

    def open(self) -> None:
        """Wake all who wait or sleep: what they wait for will not come any more."""
        self._opened.set()
        self._semaphore.release()  # whoever is let in lets the next one in

    async def sleep(self, seconds: float) -> None:
        """Sleep so many seconds, or until the gate is opened for good."""
        with anyio.move_on_after(seconds):
            await self._opened.wait()
