"""Fetch the next page in a thread while the caller uses the current one.

Written by hand on both sides: async needs a task, and sync a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from .primitives import context_of_caller

T = TypeVar("T")


class Prefetch(Generic[T]):
    """A call that begins at once in a thread, which ends with it."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._outcome: Future[T] = Future()
        self._is_taken = False
        self._thread = threading.Thread(
            target=context_of_caller().run, args=(self._run,), name="page prefetch", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcome.set_result(self._function())
        except BaseException as error:
            self._outcome.set_exception(error)

    def result(self) -> T:
        """Wait for the call; return its value or raise its error."""
        self._thread.join()
        self._is_taken = True
        return self._outcome.result()

    def stop(self) -> None:
        """Wait for the call's end, as a thread cannot be cancelled.

        Raises:
            BaseException: the call raised one that is no `Exception`, and `result` has not.
        """
        self._thread.join()
        if not self._is_taken:
            error = self._outcome.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
