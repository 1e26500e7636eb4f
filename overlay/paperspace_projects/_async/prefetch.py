"""Fetch the next page while the caller uses the current one. By hand: sync needs a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import sniffio

from .primitives import context_of_caller

T = TypeVar("T")


class Prefetch(Generic[T]):
    """A call that begins at once in a task of asyncio; trio has none, so there `result` makes
    it."""

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function
        self._outcome: Future[T] = Future()
        self._is_taken = False
        self._task: asyncio.Task[None] | None = None
        if sniffio.current_async_library() == "asyncio":
            self._task = asyncio.create_task(self._run(), context=context_of_caller())

    async def _run(self) -> None:
        try:
            self._outcome.set_result(await self._function())
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # a task that raised SystemExit would end the event loop
            self._outcome.set_exception(error)

    async def result(self) -> T:
        """Wait for the call; return its value or raise its error."""
        if self._task is None:
            return await self._function()
        await asyncio.wait([self._task])
        self._is_taken = True
        self._task.result()  # raises if something else has cancelled the task
        return self._outcome.result()

    async def stop(self) -> None:
        """Cancel the call unless it is done, and wait for its end.

        Raises:
            CancelledError: the caller was cancelled meanwhile.
            BaseException: the call raised one that is no `Exception`, and `result` has not.
        """
        if self._task is None:
            return
        self._task.cancel()
        cancelled: asyncio.CancelledError | None = None
        while not self._task.done():
            try:
                await asyncio.wait([self._task])
            except asyncio.CancelledError as error:  # the caller's; `wait` raises no task's error
                cancelled = error
        if cancelled is not None:
            raise cancelled
        if not self._is_taken and not self._task.cancelled():
            raised = self._outcome.exception()
            if raised is not None and not isinstance(raised, Exception):
                raise raised
