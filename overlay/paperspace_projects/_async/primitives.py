"""The differences between tasks and threads: keys of pools, cancellation, the limiter. By hand."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, Callable
from contextvars import Context, ContextVar, copy_context
from types import AsyncGeneratorType
from typing import Any, TypeAlias

import anyio
import httpx
from anyio.lowlevel import current_token

PoolKey: TypeAlias = tuple[int, object]
"""The process and the event loop that a pool belongs to."""


def pool_key() -> PoolKey:
    """The key of the pool that can be used here."""
    return os.getpid(), current_token().native_token


_CALLER: ContextVar[int | None] = ContextVar("caller", default=None)


def caller() -> int:
    """The id of the task that makes a call, or for which a call is made."""
    return _CALLER.get() or anyio.get_current_task().id


def context_of_caller() -> Context:
    """A context for another task, which makes calls for this one."""
    context = copy_context()
    context.run(_CALLER.set, caller())
    return context


def run_at(key: PoolKey, function: Callable[[], object]) -> None:
    """Run a function on the event loop of a pool of this process: at once if it is this one."""
    if key == pool_key():
        function()
    else:
        call_soon(key[1], function)


def call_soon(loop: Any, function: Callable[[], object]) -> None:
    """Run a function on an event loop, from any thread, unless the loop has ended."""
    with contextlib.suppress(RuntimeError):
        if hasattr(loop, "call_soon_threadsafe"):
            loop.call_soon_threadsafe(function)
        else:
            loop.run_sync_soon(function)


def has_ended(generator: AsyncGenerator[None, None]) -> bool:
    """Whether a generator that was started has ended."""
    return not isinstance(generator, AsyncGeneratorType) or generator.ag_frame is None


def interruptions() -> tuple[type[BaseException], ...]:
    """The exceptions that end a call from outside."""
    return anyio.get_cancelled_exc_class(), KeyboardInterrupt, SystemExit


def shield_cancellation() -> contextlib.AbstractContextManager[object]:
    """Let the body finish even if the task is cancelled."""
    return anyio.CancelScope(shield=True)


class ConcurrencyLimiter:
    """Admits a number of callers at a time; once shut down, it holds no caller up."""

    def __init__(self, size: int) -> None:
        self.is_shut_down: bool = False
        self._semaphore = anyio.Semaphore(size)
        self.release: Callable[[], object] = self._semaphore.release
        """Admits the next caller."""
        self._shut_down = anyio.Event()

    def try_acquire(self) -> bool:
        """Be admitted at once, or not at all."""
        try:
            self._semaphore.acquire_nowait()
        except anyio.WouldBlock:
            return False
        return True

    async def acquire(self, timeout: float | None) -> None:
        """Wait to be admitted; raise `httpx.PoolTimeout` after `timeout` seconds."""
        with anyio.move_on_after(timeout):
            await self._semaphore.acquire()
            return
        raise httpx.PoolTimeout("too many callers")

    def shut_down(self) -> None:
        """Wake all callers that wait or sleep."""
        self.is_shut_down = True
        self._shut_down.set()
        self._semaphore.release()  # each admitted caller admits the next

    async def sleep(self, seconds: float) -> None:
        """Sleep, or return early when the limiter is shut down."""
        with anyio.move_on_after(seconds):
            await self._shut_down.wait()
