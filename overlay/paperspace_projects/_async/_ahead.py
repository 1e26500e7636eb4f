"""Something that is done ahead of its time: in a task, while the caller is at something else.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import sniffio

T = TypeVar("T")


class Ahead(Generic[T]):
    """Begins at once under asyncio. trio starts no task without a nursery: there it waits for
    `result`.
    """

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function
        self._task: asyncio.Task[T] | None = None
        if sniffio.current_async_library() == "asyncio":
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> T:
        return await self._function()

    async def result(self) -> T:
        """What came of it, once it is done, or its error."""
        return await (self._run() if self._task is None else self._task)

    async def stop(self) -> None:
        """End it, if it is not done; nothing is left running."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._task
