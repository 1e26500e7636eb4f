"""Something that is done ahead of its time: in a task, while the caller is at something else.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import sniffio

T = TypeVar("T")


class Ahead(Generic[T]):
    """Begins at once under asyncio. trio starts no task without a nursery: there it waits for
    `result`.
    """

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function
        self._outcome: Future[T] = Future()
        self._is_told = False
        self._task: asyncio.Task[None] | None = None
        if sniffio.current_async_library() == "asyncio":
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            self._outcome.set_result(await self._function())
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # a task that raised SystemExit would end the event loop
            self._outcome.set_exception(error)

    async def result(self) -> T:
        """What came of it, once it is done, or its error."""
        if self._task is None:
            return await self._function()
        await asyncio.wait([self._task])
        self._is_told = True
        self._task.result()  # raises if somebody else has cancelled the task
        return self._outcome.result()

    async def stop(self) -> None:
        """End it, if it is not done; nothing is left running.

        Raises:
            CancelledError: the caller was cancelled meanwhile.
            BaseException: what it has raised, if that is no `Exception` and was not told yet.
        """
        if self._task is None:
            return
        self._task.cancel()
        cancelled: asyncio.CancelledError | None = None
        while not self._task.done():
            try:
                await asyncio.wait([self._task])
            except (
                asyncio.CancelledError
            ) as error:  # the caller's: `wait` does not raise the task's
                cancelled = error
        if cancelled is not None:
            raise cancelled
        if not self._is_told and not self._task.cancelled():
            raised = self._outcome.exception()
            if raised is not None and not isinstance(raised, Exception):
                raise raised
