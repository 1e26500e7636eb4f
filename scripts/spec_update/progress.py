"""Shows which step of an update runs, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Numbers the steps of an update; silent unless `shown`."""

    def __init__(self, steps: int, *, shown: bool) -> None:
        self._left = iter(range(1, steps + 1))
        self._steps, self._shown = steps, shown
        self._started = time.monotonic()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Print what is done, and its seconds once it is done."""
        self._started = time.monotonic()
        self._print(f"[{next(self._left)}/{self._steps}] {what} ...")
        end = " failed\n"
        try:
            yield
            end = f" {self._seconds()}\n"
        finally:
            self._print(end)

    def done(self, part: str) -> None:
        """Print that a part of the running step is done."""
        self._print(f" {part} {self._seconds()},")

    def _seconds(self) -> str:
        return f"{time.monotonic() - self._started:.1f} s"

    def _print(self, text: str) -> None:
        if self._shown:
            print(text, end="", flush=True)
