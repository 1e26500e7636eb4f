"""A pool of workers: the threads that read an inventory or apply a plan.

Written by hand on both sides: async has tasks and an event loop, sync has threads.
"""

from __future__ import annotations

import atexit
import contextvars
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Final, NoReturn, Self, TypeAlias, TypeVar, cast

from .._api import validation as arguments
from ..errors import InvalidArgumentError
from .primitives import CALLED_OFF

T = TypeVar("T")
R = TypeVar("R")

Callback: TypeAlias = Callable[[], None]
"""The outcome of a job. The user of the pool calls it, so that one thread alone changes state."""
Job: TypeAlias = Callable[[], Callback]

_POLL: Final = 0.1
"""Seconds after which a wait looks up: it would not see a Ctrl-C that comes just before it."""
_GRACE: Final = 0.3
"""Seconds that the functions of `gather` have to return after a Ctrl-C."""


def run_blocking(function: Callable[[T], R], argument: T) -> R:
    """Call a function that blocks: workers have threads of their own."""
    return function(argument)


def iterator_of(iterable: Iterable[T]) -> Iterator[T]:
    """Iterate over an iterable, but not over an async one."""
    try:
        return iter(iterable)
    except TypeError:
        raise InvalidArgumentError(
            "project_ids", "an iterable: an AsyncClient takes async ones, too"
        ) from None


class WorkerPool:
    """Up to `size` threads that carry out jobs, each returning a `Callback`.

    Workers start as they are needed, in the context that the pool was made in. They end when the
    `with` block of the pool is left, at exit at the latest.

    Args:
        size: How many jobs run at a time, 1 or more.
        name: What the workers are called.
        time_left: Returns how many seconds to wait for futures; None: no limit.

    Raises:
        InvalidArgumentError: `size` is not a whole number from 1 up.
    """

    def __init__(
        self, size: int, name: str, *, time_left: Callable[[], float | None] = lambda: None
    ) -> None:
        self._size = arguments.whole_number("concurrency", size, least=1)
        self._name = name
        self._time_left = time_left
        self._context = contextvars.copy_context()
        self._threads: list[threading.Thread] = []
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._callbacks: queue.SimpleQueue[Callback] = queue.SimpleQueue()
        self._futures: set[Future[object]] = set()
        self._stopped = threading.Event()
        self._raised: BaseException | None = None
        self.is_abandoned: bool = False
        """Whether no caller waits for jobs any more, as after a Ctrl-C."""
        self.lock: threading.Lock = threading.Lock()
        self.thread_lock: threading.Lock = threading.Lock()

    @property
    def is_stopped(self) -> bool:
        """Whether a job that takes several steps should begin no further one."""
        return self._stopped.is_set()

    def submit(self, job: Job) -> None:
        """Have a worker carry out a job."""
        if len(self._threads) < self._size:
            if not self._threads:
                atexit.register(self.stop)
            thread = threading.Thread(
                target=self._context.copy().run,
                args=(self._work,),
                name=f"{self._name} {len(self._threads) + 1}",
                daemon=True,  # `stop` waits for it at exit
            )
            thread.start()
            self._threads.append(thread)
        self._jobs.put(job)

    def submit_iteration(self, job: Job) -> None:
        """Advance a user's iterator in this thread, at once."""
        self._callbacks.put(job())

    def watch(self, future: Future[T], callback: Callback) -> None:
        """Receive a callback when an executor's future is done, or somebody has cancelled it."""
        watched = cast("Future[object]", future)
        self._futures.add(watched)

        def complete() -> None:
            self._futures.discard(watched)
            callback()

        future.add_done_callback(lambda _: self._callbacks.put(complete))

    def cancel_futures(self) -> list[Future[object]]:
        """Cancel the futures that have not begun; return the others."""
        return [future for future in tuple(self._futures) if not future.cancel()]

    def receive(self) -> Callback:
        """Wait for the callback of a job or future. It raises what its job raised.

        Raises:
            TimeoutError: a future is not done, and no time is left.
        """
        while True:
            left = self._time_left() if self._futures else None
            try:
                return self._callbacks.get(
                    timeout=_POLL if left is None else max(0.0, min(left, _POLL))
                )
            except queue.Empty:
                if left is not None and left <= 0:
                    raise TimeoutError from None

    def received(self) -> Iterator[Callback]:
        """Iterate over the callbacks that can be received without waiting."""
        while not self._callbacks.empty():
            yield self._callbacks.get()

    def gather(self, function: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Call a function for each item; return the results in the order of the items.

        The first exception stops the pool, and is raised as it is when all functions that have
        begun have returned. After a Ctrl-C, they have 0.3 seconds for it.
        """
        if min(self._size, len(items)) == 1:  # no thread is needed
            return [function(item) for item in items]
        results: dict[int, R] = {}

        def call(index: int, item: T) -> Callback:
            CALLED_OFF.set(None)  # a step of several requests is completed
            return partial(results.__setitem__, index, function(item))

        try:
            for index, item in enumerate(items):
                self.submit(partial(call, index, item))
            while len(results) < len(items):
                self.receive()()
        except BaseException as error:
            is_raised_here = error is not self._raised and not isinstance(error, Exception)
            try:
                self.stop(_GRACE if is_raised_here else None)
            finally:
                self.is_abandoned = True
            raise
        return [results[index] for index in range(len(items))]

    def stop(self, timeout: float | None = None) -> None:
        """Begin no more jobs and requests; wait for those that have begun, `timeout` seconds."""
        self._stopped.set()
        self._jobs.put(None)
        ends_at = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            if thread is not threading.current_thread():  # one that collects garbage
                thread.join(None if ends_at is None else max(0.0, ends_at - time.monotonic()))
        if timeout is None:
            atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: object, exc: object, traceback: object) -> None:
        """Cancel futures and stop the workers.

        Futures that have begun are waited for while time is left. A `SystemExit` or the like of a
        worker is raised in any case.
        """
        begun = self.cancel_futures()
        try:
            with suppress(TimeoutError):
                while not all(future.done() for future in begun):
                    self.receive()
        finally:
            if not self.is_abandoned:
                self.stop()
        if exc is not self._raised and not isinstance(self._raised, Exception | None):
            raise self._raised

    def _work(self) -> None:
        CALLED_OFF.set(self._stopped)
        while (job := self._jobs.get()) is not None and not self._stopped.is_set():
            try:
                callback = job()
            except BaseException as error:  # the caller raises it; a thread would lose it
                self._raised = self._raised or error
                callback = partial(_raise, self._raised)
            self._callbacks.put(callback)
        # The next one ends by it, too: a Ctrl-C in `submit` may leave more threads than are known.
        self._jobs.put(None)


def _raise(error: BaseException) -> NoReturn:
    raise error
