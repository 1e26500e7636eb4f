"""One deadline for calls that make up one call of the user's, in whatever threads and tasks.

It holds for the calls of one session alone, within `applied()`. No deadline at all is one, too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from contextvars import ContextVar

_APPLIED: ContextVar[SharedDeadline | None] = ContextVar("deadline", default=None)


class SharedDeadline:
    """A deadline that several calls share.

    Args:
        session: Whose calls it is for.
        ends_at: When it passes, by the session's clock in seconds; None: never.
        earliest: When something can be sent at the earliest, by that clock.
    """

    def __init__(
        self, session: object, ends_at: float | None, earliest: Callable[[], float]
    ) -> None:
        self.session = session
        self.ends_at = ends_at
        self._earliest = earliest

    @property
    def is_over(self) -> bool:
        """Whether nothing can be sent any more."""
        left = self.left()
        return left is not None and left <= 0

    def left(self) -> float | None:
        """Seconds in which something can still be sent, 0 or less when it is over; None: no end."""
        return None if self.ends_at is None else self.ends_at - self._earliest()

    @contextlib.contextmanager
    def applied(self) -> Generator[None, None, None]:
        """Within it, the calls of the session that this thread or task makes keep to it."""
        token = _APPLIED.set(self)
        try:
            yield
        finally:
            _APPLIED.reset(token)


def applied_to(session: object) -> SharedDeadline | None:
    """The deadline that the calls which this thread or task makes of a session share, if any."""
    applied = _APPLIED.get()
    return applied if applied is not None and applied.session is session else None
