"""Working on many things at a time, so many and no more.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Final, TypeVar

from ..._api import validation as arguments

T = TypeVar("T")
R = TypeVar("R")

_LOOK_UP: Final = 0.1
"""After so many seconds a wait looks up: a Ctrl-C just before it would else not be seen."""
_GRACE: Final = 0.3
"""Seconds that threads have to end after a Ctrl-C, before they are left to themselves."""


class Crew:
    """So many threads.

    `is_stopped` says that the work has ended early: whoever is still at it shall begin nothing new.
    `is_left` says that nobody waits any more for what still comes of it.
    `one_at_a_time` is to be entered for what no two of them may do at once; `turn` is the same for
    work that waits for the server.

    Raises:
        InvalidArgumentError: `concurrency` is no whole number from 1 up.
    """

    is_stopped: bool = False
    is_left: bool = False

    def __init__(self, concurrency: int) -> None:
        self._size = arguments.whole_number("concurrency", concurrency, least=1)
        self.one_at_a_time: threading.Lock = threading.Lock()
        self.turn: threading.Lock = threading.Lock()

    def gather(self, work: Callable[[T], R], things: Sequence[T]) -> list[R]:
        """What the work on each thing gives, in the order of the things.

        The first exception ends the work on all others, and is raised as it is.
        """
        todo = iter(enumerate(things))
        results: dict[int, R] = {}

        def go_through() -> None:
            for index, thing in todo:  # one iterator for all
                if self.is_stopped:
                    return
                results[index] = work(thing)

        size = min(self._size, len(things))
        if size <= 1:  # no thread is needed
            go_through()
        else:
            self._in_threads(go_through, size)
        return [results[index] for index in range(len(things))]

    def apart(self, work: Callable[[T], R], thing: T) -> R:
        """Do work that blocks: here, as the others have threads of their own."""
        return work(thing)

    def _in_threads(self, work: Callable[[], None], size: int) -> None:
        executor = ThreadPoolExecutor(size, thread_name_prefix="reconcile")
        futures: list[Future[None]] = []
        try:
            for _ in range(size):
                futures.append(executor.submit(copy_context().run, work))
            raised = self._first_raised(futures)
        except BaseException as error:
            self.is_stopped = True
            wait(futures, None if isinstance(error, Exception) else _GRACE)
            self.is_left = True
            raise
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
        if raised is not None:
            raise raised

    def _first_raised(self, futures: list[Future[None]]) -> BaseException | None:
        """Wait for the end of all; what one of them raises ends the work of the others."""
        pending, raised = set(futures), None
        while pending:
            until = FIRST_EXCEPTION if raised is None else ALL_COMPLETED
            done, pending = wait(pending, _LOOK_UP, until)
            for future in done:
                raised = raised or future.exception()
            self.is_stopped |= raised is not None
        return raised
