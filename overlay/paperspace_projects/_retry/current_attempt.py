"""The attempt that a task or thread is at: what its connections note of it, and its end."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

from attrs import mutable

from .._http.failures import Progress


@mutable(eq=False)
class Attempt:
    """What the connections note of the attempt that is under way, and when it has to end.

    `opened` is the network stream that was opened for it, if any.
    """

    progress: Progress
    ends_at: float | None
    opened: Any = None

    def left(self, timeout: float | None, late: type[Exception]) -> float | None:
        """Seconds that a wait may take, of which `timeout` is the most; `late` where none are."""
        if self.ends_at is None:
            return timeout
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise late("the time for the whole attempt is over")
        return left if timeout is None else min(timeout, left)


NO_LIMIT = Attempt(Progress(), None)
CURRENT: ContextVar[Attempt] = ContextVar("attempt", default=NO_LIMIT)
"""The attempt that this task or thread is at."""
