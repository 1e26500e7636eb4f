"""The attempts at one call: their count, their clock, what follows each, and who is told.

Shared by the sync and the async session, which do the sending and the waiting in between.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

import httpx
from attrs import frozen

from ._failures import Failed, final_error
from ._operations import Call
from ._retry import Decision, decide
from .config import Settings
from .errors import APITimeoutError, NotFoundError
from .events import AttemptEvent

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

_MOMENT = 0.001
"""Seconds; a timeout of none at all would mean something else."""

logger = logging.getLogger("paperspace_projects")
logger.addHandler(logging.NullHandler())  # who wants to hear of it says so


@frozen
class Step(Generic[T]):
    """What an attempt led to: a value, or a failure and what follows it."""

    outcome: T | Failed
    decision: Decision


def is_to_repeat(step: Step[T]) -> bool:
    """Whether another attempt follows."""
    return step.decision.wait is not None


def wait_before_next(state: RetryCallState) -> float:
    """The wait that was decided on, in seconds; called by tenacity."""
    step: Step[object] | None = None if state.outcome is None else state.outcome.result()
    return (step.decision.wait if step else None) or 0.0


class Attempts(Generic[T]):
    """The attempts at one call, of which there is at least one."""

    def __init__(
        self,
        call: Call[T],
        settings: Settings,
        *,
        monotonic: Callable[[], float],
        uniform: Callable[[float, float], float],
        on_event: Callable[[AttemptEvent], object] | None,
    ) -> None:
        self.call = call
        self._settings = settings
        self._monotonic = monotonic
        self._uniform = uniform
        self._on_event = on_event
        self._count = 0
        self._history: list[str] = []
        self._began = monotonic()
        self._attempt_began = self._began

    def begin(self) -> httpx.Timeout:
        """Note that an attempt begins; gives its timeout, which the deadline may have shortened."""
        self._count += 1
        self._attempt_began = self._monotonic()
        left, timeout = self._left(), httpx.Timeout(self._settings.timeout)
        if left is None:
            return timeout
        left = max(left, _MOMENT)
        return httpx.Timeout(
            **{
                part: left if of is None else min(of, left)
                for part, of in timeout.as_dict().items()
            }
        )

    def _left(self) -> float | None:
        """Seconds that are left of the deadline, less than 0 when it has passed."""
        deadline = self._settings.deadline
        return None if deadline is None else self._began + deadline - self._monotonic()

    def conclude(self, outcome: T | Failed, status: int | None) -> Step[T]:
        """Decide what follows the attempt, and tell of it. `status` is the answer's, if any."""
        if not isinstance(outcome, Failed):
            step = Step(outcome, Decision(None))
        elif self._was_deleted_before(outcome):
            step = Step(self.call.read(None), Decision(None))
        else:
            step = Step(outcome, self._decide(outcome))
        self._tell(outcome, status, step)
        return step

    def _was_deleted_before(self, failed: Failed) -> bool:
        """Whether an earlier attempt at a DELETE did it, although its answer did not say so."""
        repeated = self.call.method == "DELETE" and self._count > 1
        return repeated and isinstance(failed.error, NotFoundError)

    def _decide(self, failed: Failed) -> Decision:
        left = self._left()
        if isinstance(failed.error, APITimeoutError) and left is not None and left < _MOMENT:
            reason = f"The deadline of {self._settings.deadline:g} s has passed"
            return Decision(None, reason, out_of_time=True)
        return decide(
            failed.failure,
            self.call.safety,
            attempt=self._count,
            policy=self._settings.retry,
            retry_after=failed.retry_after,
            left=left,
            uniform=self._uniform,
        )

    def _tell(self, outcome: T | Failed, status: int | None, step: Step[T]) -> None:
        """Log the attempt and call `on_event`."""
        event = AttemptEvent(
            operation=self.call.operation,
            method=self.call.method,
            path=self.call.path,
            attempt=self._count,
            status_code=status,
            error=type(outcome.error).__name__ if isinstance(outcome, Failed) else None,
            elapsed=self._monotonic() - self._attempt_began,
            wait=step.decision.wait,
        )
        what = " ".join(str(each) for each in (event.error or "ok", status) if each is not None)
        line = f"attempt {event.attempt}: {what} after {event.elapsed:.3f} s"
        logger.debug("%s %s %s %s", event.operation, event.method, event.path, line)
        if event.wait is not None:
            line += f", then waited {event.wait:.3f} s"
            logger.info(
                "%s is tried again in %.3f s: attempt %d ended with %s",
                *(event.operation, event.wait, event.attempt, what),
            )
        self._history.append(line)
        if self._on_event is not None:
            try:
                self._on_event(event)
            except Exception:  # an observer must not decide what becomes of a write
                logger.exception("on_event failed on %s", event.operation)

    def end(self, step: Step[T]) -> T:
        """The value of the last attempt, or its error raised."""
        if isinstance(step.outcome, Failed):
            self._give_up(step.outcome, step.decision)
        return step.outcome

    def _give_up(self, failed: Failed, decision: Decision) -> NoReturn:
        error = final_error(
            self.call,
            failed,
            attempts=self._count,
            reason=decision.reason,
            out_of_time=decision.out_of_time,
        )
        if self._count > 1:
            for line in self._history:
                error.add_note(line)
            logger.warning("%s was given up after %d attempts", self.call.operation, self._count)
        raise error
