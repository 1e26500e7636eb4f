"""A pool of workers that read an inventory or apply a plan. By hand: sync has threads."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any, Generic, NoReturn, Self, TypeAlias, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import current_token

from .._api import validation as arguments
from .primitives import call_soon

T = TypeVar("T")
R = TypeVar("R")

_BACKGROUND_TASKS: set[asyncio.Task[None]] = set()
"""asyncio itself keeps weak references only."""

Callback: TypeAlias = Callable[[], None]
"""The outcome of a job. The user of the pool calls it, so that one task alone changes state."""
Job: TypeAlias = Callable[[], Awaitable[Callback]]


async def run_blocking(function: Callable[[T], R], argument: T) -> R:
    """Call a function that blocks, in a thread."""
    return await anyio.to_thread.run_sync(function, argument, abandon_on_cancel=True)


class _AsyncIterator(AsyncIterator[T]):
    def __init__(self, iterable: Iterable[T]) -> None:
        self._iterator = iter(iterable)

    async def __anext__(self) -> T:
        for item in self._iterator:
            return item
        raise StopAsyncIteration


def iterator_of(iterable: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    """Iterate over either kind of iterable."""
    return aiter(iterable) if isinstance(iterable, AsyncIterable) else _AsyncIterator(iterable)


class _Queue(Generic[T]):
    """An unbounded queue. Unlike an anyio stream, it need not be closed."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._available = anyio.Semaphore(0, fast_acquire=True)

    def put(self, item: T) -> None:
        self._items.append(item)
        self._available.release()

    async def get(self) -> T:
        await self._available.acquire()
        return self._items.popleft()

    def get_all(self) -> Iterator[T]:
        while self._items:
            self._available.acquire_nowait()
            yield self._items.popleft()


class AsyncWorkerPool:
    """Up to `size` tasks that carry out jobs, each returning a `Callback`.

    Workers run outside the caller's task, so an iterator that uses a pool may be abandoned, or
    closed from any task. They start with the first job, and end when the `async with` block of
    the pool is left, or with the event loop. Futures are waited for `time_left()` seconds.
    """

    is_stopped: bool = False
    """Whether a job that takes several steps should begin no further one."""
    is_abandoned: bool = False
    """Whether no caller waits for jobs any more. Threads may be abandoned, tasks are not."""
    thread_lock: AbstractContextManager[object] = nullcontext()
    """Excludes other threads: tasks need no lock between two awaits."""

    def __init__(
        self, size: int, name: str, *, time_left: Callable[[], float | None] = lambda: None
    ) -> None:
        self._size = arguments.whole_number("concurrency", size, least=1)
        self._name = name
        self._time_left = time_left
        self._jobs = _Queue[Job]()
        self._iterations = _Queue[Job]()
        self._callbacks = _Queue[Callback]()
        self._futures: set[Future[Any]] = set()
        self._scope = anyio.CancelScope()
        self._is_started = False
        self._ended = anyio.Event()
        self._raised: BaseException | None = None
        self.lock: anyio.Lock = anyio.Lock()

    def submit(self, job: Job) -> None:
        """Have a worker carry out a job."""
        self._start()
        self._jobs.put(job)

    def submit_iteration(self, job: Job) -> None:
        """Advance a user's iterator in one worker alone: an async generator may depend on it."""
        self._start()
        self._iterations.put(job)

    def watch(self, future: Future[Any], callback: Callback) -> None:
        """Receive a callback when an executor's future is done, or somebody has cancelled it."""
        loop = current_token().native_token
        self._futures.add(future)

        def complete() -> None:
            self._futures.discard(future)
            callback()

        put = partial(self._callbacks.put, complete)
        future.add_done_callback(lambda _: call_soon(loop, put))  # it may be done in any thread

    def cancel_futures(self) -> list[Future[Any]]:
        """Cancel the futures that have not begun; return the others."""
        return [future for future in tuple(self._futures) if not future.cancel()]

    async def receive(self) -> Callback:
        """Wait for a callback, or raise `TimeoutError`. It raises what its job raised."""
        with anyio.fail_after(self._time_left() if self._futures else None):
            return await self._callbacks.get()

    def received(self) -> Iterator[Callback]:
        """Iterate over the callbacks that can be received without waiting."""
        return self._callbacks.get_all()

    async def gather(self, function: Callable[[T], Awaitable[R]], items: Sequence[T]) -> list[R]:
        """Call a function for each item; return the results in order, or raise the first error."""
        results: dict[int, R] = {}

        async def call(index: int, item: T) -> Callback:
            return partial(results.__setitem__, index, await function(item))

        for index, item in enumerate(items):
            self.submit(partial(call, index, item))
        try:
            while len(results) < len(items):
                (await self.receive())()
        except BaseException:
            await self.stop()
            raise
        return [results[index] for index in range(len(items))]

    async def stop(self) -> None:
        """Cancel the workers, and wait until they have ended."""
        self.is_stopped = True
        self._scope.cancel()
        if self._is_started:
            with anyio.CancelScope(shield=True):
                await self._ended.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, exc_type: object, exc: object, traceback: object) -> None:
        """Cancel futures and stop the workers; raise what a worker raised that is no `Exception`.
        Begun futures are waited for while time is left, unless the caller is cancelled: an executor
        may hang."""
        begun = self.cancel_futures()
        try:
            if not isinstance(exc, anyio.get_cancelled_exc_class()):
                with suppress(TimeoutError):
                    while not all(future.done() for future in begun):
                        await self.receive()
        finally:
            await self.stop()
        if exc is not self._raised and not isinstance(self._raised, Exception | None):
            raise self._raised

    def _start(self) -> None:
        if self._is_started:
            return
        self._is_started = True
        if isinstance(current_token().native_token, asyncio.AbstractEventLoop):
            task = asyncio.ensure_future(self._run())
            _BACKGROUND_TASKS.add(task)
            task.add_done_callback(_BACKGROUND_TASKS.discard)
            task.add_done_callback(lambda _: self._end())  # also if it is cancelled at once
        else:
            import trio

            trio.lowlevel.spawn_system_task(self._run, context=contextvars.copy_context())

    async def _run(self) -> None:
        try:
            with self._scope:
                async with anyio.create_task_group() as workers:
                    workers.start_soon(self._work, self._iterations, name=self._name)
                    for _ in range(self._size):
                        workers.start_soon(self._work, self._jobs, name=self._name)
        finally:
            self._end()

    def _end(self) -> None:
        self._ended.set()
        # For a caller who still waits: somebody else has cancelled all workers.
        self._callbacks.put(partial(_raise, asyncio.CancelledError()))

    async def _work(self, jobs: _Queue[Job]) -> None:
        """Carry out jobs. What one raises would end the event loop here: the caller raises it."""
        try:
            while True:
                job = await jobs.get()
                self._callbacks.put(await job())
        except anyio.get_cancelled_exc_class() as error:
            if not self._scope.cancel_called:  # by somebody else, who does not wait for the job
                self._callbacks.put(partial(_raise, error))
            raise
        except BaseException as error:
            if isinstance(error, GeneratorExit) and not _has_event_loop():
                raise  # this task is closed, as its event loop has ended
            self._raised = self._raised or error
            self._callbacks.put(partial(_raise, self._raised))


def _has_event_loop() -> bool:
    try:
        current_token()
    except RuntimeError:
        return False
    return True


def _raise(error: BaseException) -> NoReturn:
    raise error
