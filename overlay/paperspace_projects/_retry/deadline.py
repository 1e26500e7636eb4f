"""One deadline for the calls that make up one call of the user's, in any thread or task."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from contextvars import ContextVar


class Deadline:
    """A deadline of several calls of a session, which passes at `ends_at` by the session's clock.
    Nothing can be sent before `earliest()`."""

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
        """The seconds in which something can still be sent; None: no limit."""
        return None if self.ends_at is None else self.ends_at - self._earliest()

    @contextlib.contextmanager
    def applied(self) -> Generator[None, None, None]:
        """Apply it to the calls of the session that this thread or task makes in the body."""
        token = APPLIED.set(self)
        try:
            yield
        finally:
            APPLIED.reset(token)


APPLIED: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
