"""The attempts at one call: their count, their clock, what follows each, and who is told.

Shared by the sync and the async session, which do the sending and the waiting in between.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar, cast

import httpx
import msgspec

from .._api.operations import Call
from .._http.failures import Failed, final_error
from ..config import Settings
from ..errors import APIError, APITimeoutError, ConflictError, NotFoundError, PaginationError
from ..events import AttemptEvent
from .decision_table import Decision, Failure, Safety, decide, is_uncertain
from .write_verification import Check, Verdict

T = TypeVar("T")

_MOMENT = 0.001
"""Seconds; a timeout of none at all would mean something else."""

logger = logging.getLogger("paperspace_projects")
logger.addHandler(logging.NullHandler())  # who wants to hear of it says so


class AttemptResult(msgspec.Struct, Generic[T], frozen=True):
    """The result of an attempt: a value, or a failure and what follows it."""

    outcome: T | Failed
    decision: Decision


class Limits(msgspec.Struct, frozen=True):
    """How long one attempt may take: each part of it, and all in all (None: no limit)."""

    parts: httpx.Timeout
    whole: float | None


class Attempts(Generic[T]):
    """The attempts at one call, of which there is at least one.

    `ends_at` is when the deadline passes, by the monotonic clock; None where there is none.
    `is_unknown` is set while nothing tells whether a write was carried out that must not be twice.
    `may_be_done` is set once any write may have been carried out by an attempt that failed, and
    `doubt_began` is when the first such attempt began.
    `handled` is what the caller was handling as it made the call.
    `was_absent` is set once a look has shown that what a write makes was not there.
    """

    def __init__(
        self,
        call: Call[T],
        settings: Settings,
        *,
        check: Check[T] | None,
        ends_at: float | None,
        monotonic: Callable[[], float],
        uniform: Callable[[float, float], float],
        on_event: Callable[[AttemptEvent], object] | None,
    ) -> None:
        self.call = call
        self.check = check
        self.began = monotonic()
        self.ends_at = ends_at
        if ends_at is None and settings.deadline is not None:
            self.ends_at = self.began + settings.deadline
        self._settings = settings
        self._monotonic = monotonic
        self._uniform = uniform
        self._on_event = on_event
        self.count = 0
        self._history: list[str] = []
        self.attempt_began = self.began
        self._began_in_time = True
        self._last: AttemptResult[T] | None = None
        self.is_unknown = False
        self.may_be_done = False
        self._may_have_deleted = False
        self._may_still_come = False
        self.doubt_began = self.began
        self.was_absent = False
        self.handled = sys.exception()

    def begin(self) -> float | None:
        """Note that an attempt begins; gives how many seconds it may wait for its turn."""
        self.count += 1
        self.attempt_began = self._monotonic()
        left, given = self.left(), self._settings.timeout
        patience = given.pool if isinstance(given, httpx.Timeout) else None
        self._began_in_time = left is None or left > 0
        if left is None:
            return patience
        left = max(left, _MOMENT)
        return left if patience is None else min(patience, left)

    def limits(self) -> Limits:
        """The limits of an attempt whose turn has come; the deadline may have shortened them.

        Raises:
            httpx.PoolTimeout: the deadline has passed while it waited for its turn.
        """
        left, given = self.left(), self._settings.timeout
        if left is not None and left <= 0 and self._began_in_time:
            raise httpx.PoolTimeout("the deadline passed before anything was sent")
        self.attempt_began = self._monotonic()
        whole = None if isinstance(given, httpx.Timeout) else given
        timeout = httpx.Timeout(given)
        if left is None:
            return Limits(timeout, whole)
        left = max(left, _MOMENT)
        parts = {
            part: left if of is None else min(of, left) for part, of in timeout.as_dict().items()
        }
        return Limits(httpx.Timeout(**parts), left if whole is None else min(whole, left))

    def left(self) -> float | None:
        """Seconds that are left of the deadline, less than 0 when it has passed."""
        return None if self.ends_at is None else self.ends_at - self._monotonic()

    def record(self, outcome: T | Failed, status: int | None) -> AttemptResult[T]:
        """Decide what follows the attempt, and tell of it. `status` is the answer's, if any."""
        if not isinstance(outcome, Failed):
            step = AttemptResult(outcome, Decision(None))
        elif self._is_gone_by_now(outcome):
            self.is_unknown = not self._may_have_deleted
            done = self.call.read(None) if self._may_have_deleted else outcome
            step = AttemptResult(done, Decision(None))
        elif self._is_there_by_now(outcome):
            self.is_unknown = True
            step = AttemptResult(outcome, Decision(0.0, look=True, again=False))
        else:
            step = AttemptResult(outcome, self._decide(outcome))
            uncertain = is_uncertain(outcome.failure)
            self.is_unknown = uncertain and self.call.safety.may_double
            if uncertain and self.call.safety is not Safety.READ:
                if not self.may_be_done:
                    self.doubt_began = self.attempt_began
                self.may_be_done = True
                self._may_still_come |= outcome.failure is Failure.READ_TIMEOUT
                self._may_have_deleted |= outcome.failure is not Failure.UNAVAILABLE_FOR_A_TIME
        self._emit(outcome, status, step)
        self._last = step
        return step

    def _is_gone_by_now(self, failed: Failed) -> bool:
        """Whether an earlier attempt at a DELETE may have deleted what is not there now.

        It did if its answer was lost, or an error that tells nothing. A 503 with Retry-After is no
        such evidence: it mostly comes from a server that did not look at the request.
        """
        is_repeat = self.call.method == "DELETE" and self.may_be_done
        return is_repeat and isinstance(failed.error, NotFoundError)

    def _is_there_by_now(self, failed: Failed) -> bool:
        """Whether an earlier attempt may have made what now stands in the way."""
        can_look = self.check is not None and self.may_be_done
        return can_look and isinstance(failed.error, ConflictError)

    def _decide(self, failed: Failed) -> Decision:
        left = self.left()
        if isinstance(failed.error, APITimeoutError) and left is not None and left < _MOMENT:
            return Decision(None, "the deadline has passed", out_of_time=True)
        safety = self.call.safety
        if safety is Safety.KEYED and self.check is None:
            safety = Safety.WRITE
        return decide(
            failed.failure,
            safety,
            attempt=self.count,
            policy=self._settings.retry,
            retry_after=failed.retry_after,
            left=left,
            uniform=self._uniform,
        )

    def record_verification(
        self, verdict: Verdict | APIError | PaginationError, value: T | None
    ) -> AttemptResult[T] | None:
        """Take what a look at the server said, and the thing that it found.

        Gives the end of the call, or None where it is to be sent again.
        """
        last, self._last = self._last, None
        assert last is not None
        assert isinstance(last.outcome, Failed)
        assert self.check is not None
        look = f"a look with {self.call.find_out}"
        is_conflict = isinstance(last.outcome.error, ConflictError)
        if verdict is Verdict.MADE and is_conflict and not self.check.shows_all:
            verdict = Verdict.UNDECIDED  # somebody else may have made it since the last look
        if not isinstance(verdict, Verdict):
            self._history.append(f"{look} failed: {type(verdict).__name__}")
            reason = f"{look} failed as well: {verdict.args[0]}"
            return AttemptResult(last.outcome, Decision(None, reason))
        said = f"{look} shows that {verdict.value}"
        self._history.append(said)
        if verdict is Verdict.MADE:
            logger.info("%s was carried out: %s", self.call.operation, said)
            return AttemptResult(cast("T", value), Decision(None))
        self.was_absent = verdict is Verdict.ABSENT
        # What is refused because it is there, and is not, is there under another name.
        self.is_unknown = verdict is Verdict.UNDECIDED or (is_conflict and self.was_absent)
        if verdict is Verdict.NOT_MADE:
            self._may_still_come = False  # it would be refused
        if last.decision.again and not (self.is_unknown or is_conflict):
            return None
        is_plain_conflict = is_conflict and not self.is_unknown
        return AttemptResult(last.outcome, Decision(None, None if is_plain_conflict else said))

    def _emit(self, outcome: T | Failed, status: int | None, step: AttemptResult[T]) -> None:
        """Log the attempt and call `on_event`."""
        event = AttemptEvent(
            operation=self.call.operation,
            method=self.call.method,
            path=self.call.path,
            attempt=self.count,
            status_code=status,
            error=type(outcome.error).__name__ if isinstance(outcome, Failed) else None,
            elapsed=self._monotonic() - self.attempt_began,
            wait=step.decision.wait,
        )
        if isinstance(outcome, Failed) or logger.isEnabledFor(logging.DEBUG):
            self._log(event, step)
        if self._on_event is not None:
            try:
                self._on_event(event)
            except Exception:  # an observer must not decide what becomes of a write
                logger.exception("on_event failed on %s", event.operation)

    def _log(self, event: AttemptEvent, step: AttemptResult[T]) -> None:
        """Log the attempt, and keep it for the notes of an error."""
        result = (event.error or "ok", event.status_code)
        what = " ".join(str(each) for each in result if each is not None)
        line = f"attempt {event.attempt}: {what} after {event.elapsed:.3f} s"
        logger.debug("%s %s %s %s", event.operation, event.method, event.path, line)
        if event.wait is not None:
            line += f", then waited {event.wait:.3f} s"
            logger.info(
                "%s %s in %.3f s: attempt %d ended with %s",
                event.operation,
                "is tried again" if step.decision.again else "is looked for",
                *(event.wait, event.attempt, what),
            )
        self._history.append(line)

    def result(self, result: AttemptResult[T]) -> T:
        """The value of the last attempt, or its error raised."""
        if isinstance(result.outcome, Failed):
            self._give_up(result.outcome, result.decision)
        return result.outcome

    def _give_up(self, failed: Failed, decision: Decision) -> NoReturn:
        error = final_error(
            self.call,
            failed,
            attempts=self.count,
            reason=decision.reason,
            out_of_time=decision.out_of_time,
            is_unknown=self.is_unknown or (self._may_still_come and self.call.safety.may_double),
        )
        if len(self._history) > 1:
            for line in self._history:
                error.add_note(line)
            many = "attempt" if self.count == 1 else "attempts"
            logger.warning("%s was given up after %d %s", self.call.operation, self.count, many)
        raise error
