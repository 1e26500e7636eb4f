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
        self._outcome: Future[T] = Future()
        self._is_told = False
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name="page ahead", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcome.set_result(self._function())
        except BaseException as error:
            self._outcome.set_exception(error)

    def result(self) -> T:
        """What came of it, once it is done, or its error."""
        self._thread.join()
        self._is_told = True
        return self._outcome.result()

    def stop(self) -> None:
        """Wait for its end, as a thread cannot be ended; nothing is left running.

        Raises:
            BaseException: what it has raised, if that is no `Exception` and was not told yet.
        """
        self._thread.join()
        if not self._is_told:
            raised = self._outcome.exception()
            if raised is not None and not isinstance(raised, Exception):
                raise raised
