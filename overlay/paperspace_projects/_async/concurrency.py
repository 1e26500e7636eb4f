"""The tasks that an inventory reads with, and its waiting for an executor.

Written by hand on both sides, as async and sync differ here by nature. One task, that which goes
through the inventory, gives out the work and takes in what came of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import math
import sys
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
)
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar, cast

import anyio
from anyio.lowlevel import current_token
from anyio.streams.memory import MemoryObjectReceiveStream

if TYPE_CHECKING:
    from trio.lowlevel import TrioToken

T = TypeVar("T")
Unit = TypeVar("Unit")

Tell = Callable[[], None]


class _Given(AsyncIterator[T]):
    """Goes through what is no async iterable as if it were."""

    def __init__(self, given: Iterable[T]) -> None:
        self._given = iter(given)

    async def __anext__(self) -> T:
        try:
            return next(self._given)
        except StopIteration:
            raise StopAsyncIteration from None


def iterator_of(given: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    """What to go through."""
    return aiter(given) if isinstance(given, AsyncIterable) else _Given(given)


class AsyncCrew(Generic[Unit]):
    """So many tasks, each of which carries out one unit after the other, and one more apart.

    They belong to no task of the user's: whoever goes through an inventory may leave it anywhere,
    and close it in another task. They end when the crew is stopped, or with the event loop.
    """

    def __init__(self, size: int, carry_out: Callable[[Unit], Awaitable[Tell]]) -> None:
        self._size = size
        self._carry_out = carry_out
        self._send, self._units = anyio.create_memory_object_stream[Unit](math.inf)
        self._send_apart, self._units_apart = anyio.create_memory_object_stream[Unit](math.inf)
        self._tell, self._told = anyio.create_memory_object_stream[Tell](math.inf)
        self._scope = anyio.CancelScope()
        self._ended: anyio.Event | None = None
        self._raised: BaseException | None = None
        self._is_told = False

    def send(self, unit: Unit) -> None:
        """Have a task carry out a unit."""
        self._begin()
        self._send.send_nowait(unit)

    def send_apart(self, unit: Unit) -> None:
        """Have the task that is apart carry out a unit."""
        self._begin()
        self._send_apart.send_nowait(unit)

    async def receive(self) -> Tell:
        """Wait for what a unit sent has led to; to call that raises what a task has raised."""
        try:
            return await self._told.receive()
        except anyio.EndOfStream:  # somebody else has cancelled the tasks before they began
            raise asyncio.CancelledError from None

    def received(self) -> Iterator[Tell]:
        """What units have led to, as far as they have, without waiting."""
        while self._told.statistics().current_buffer_used:
            yield self._told.receive_nowait()

    async def stop(self) -> None:
        """Cancel what is under way, and wait until it has ended.

        Raises what a task has raised, if that was not told yet.
        """
        self._scope.cancel()
        if self._ended is not None:
            with anyio.CancelScope(shield=True):
                await self._ended.wait()
        for stream in (self._send, self._units, self._send_apart, self._units_apart):
            stream.close()
        self._tell.close()
        self._told.close()
        if not self._is_told:
            self._raise()

    def _begin(self) -> None:
        if self._ended is None:
            self._ended = anyio.Event()
            _run_apart(self._run, self._end)

    def _end(self) -> None:
        if self._ended is not None:
            self._ended.set()
        self._tell.close()

    async def _run(self) -> None:
        with self._scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._work, self._units_apart)
                for _ in range(self._size):
                    tasks.start_soon(self._work, self._units)

    async def _work(self, units: MemoryObjectReceiveStream[Unit]) -> None:
        """Carry out units. What is raised is told: it would end the event loop, or be lost."""
        try:
            while True:
                self._tell.send_nowait(await self._carry_out(await _next_of(units)))
        except GeneratorExit:  # the event loop has ended
            raise
        except anyio.get_cancelled_exc_class() as error:
            if not self._scope.cancel_called:  # by somebody else, who does not wait for the unit
                self._tell.send_nowait(partial(_raise, error))
            raise
        except BaseException as error:
            self._raised = self._raised or error
            self._tell.send_nowait(self._raise)

    def _raise(self) -> None:
        self._is_told = True
        if self._raised is not None:
            raise self._raised


def _raise(error: BaseException) -> NoReturn:
    raise error


async def _next_of(units: MemoryObjectReceiveStream[Unit]) -> Unit:
    """The next unit; where there is one, nobody else gets a turn before it is begun."""
    try:
        return units.receive_nowait()
    except anyio.WouldBlock:
        return await units.receive()


def _run_apart(function: Callable[[], Awaitable[None]], ended: Callable[[], None]) -> None:
    """Run a function in a task that no other task waits for, in this context; then call `ended`."""
    if isinstance(current_token().native_token, asyncio.AbstractEventLoop):
        task = asyncio.ensure_future(function())
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)
        task.add_done_callback(lambda _: ended())
    else:
        import trio

        async def run() -> None:
            try:
                await function()
            finally:
                ended()

        trio.lowlevel.spawn_system_task(run, context=contextvars.copy_context())


_TASKS: set[asyncio.Future[None]] = set()
"""Tasks that are under way: asyncio itself forgets them."""


class AsyncWaker:
    """Wakes the task that waits for the futures of an executor, from whatever thread."""

    def __init__(self) -> None:
        self._token = current_token().native_token
        self._event = anyio.Event()

    def watch(self, future: Future[T]) -> Future[T]:
        """Wake the task when a future is done, or was cancelled."""
        future.add_done_callback(self._wake)
        return future

    def _wake(self, _: object) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop has ended
            if isinstance(self._token, asyncio.AbstractEventLoop):
                self._token.call_soon_threadsafe(self._set)
            else:
                cast("TrioToken", self._token).run_sync_soon(self._set)

    def _set(self) -> None:
        self._event.set()  # the one that is waited for by now

    async def until(self, is_so: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until `is_so`, at most this many seconds; gives whether it is."""
        with anyio.move_on_after(seconds):
            while not is_so():
                self._event = anyio.Event()
                await self._event.wait()
        return is_so()

    async def let_go(self, futures: Iterable[Future[T]], seconds: float | None) -> None:
        """Give up what was not begun yet, and wait for the rest, at most this many seconds.

        A caller who is cancelled does not wait: an executor may be stuck.
        """
        begun = [future for future in futures if not future.cancel()]
        if not isinstance(sys.exception(), anyio.get_cancelled_exc_class()):
            await self.until(lambda: all(future.done() for future in begun), seconds)
