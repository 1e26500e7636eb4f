"""Something that is done ahead of its time: in a thread, while the caller is at something else.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Begins at once, in a thread that ends with it."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._future: Future[T] = Future()
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name="page ahead", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        try:
            self._future.set_result(self._function())
        except BaseException as error:
            self._future.set_exception(error)

    def result(self) -> T:
        """What came of it, once it is done, or its error."""
        self._thread.join()
        return self._future.result()

    def stop(self) -> None:
        """Wait for its end, as a thread cannot be ended; nothing is left running."""
        self._thread.join()
