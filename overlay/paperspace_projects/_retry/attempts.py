"""The attempts at one call: their count and clock, what follows each, the log and the events. Pure.

The session does the sending and the waiting in between.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar, cast

import httpx
import msgspec

from .._api.operations import ApiRequest, Idempotency
from .._http.error_mapping import final_error
from .._http.failures import FailedAttempt, Failure
from ..config import Settings
from ..errors import APIError, APITimeoutError, ConflictError, NotFoundError, PaginationError
from ..events import AttemptEvent
from .decision_table import Decision, decide, is_uncertain
from .write_verification import Verdict

T = TypeVar("T")

_MOMENT = 0.001
"""Seconds; a timeout of 0 would mean something else."""

logger = logging.getLogger("paperspace_projects")
logger.addHandler(logging.NullHandler())  # programs that want the log configure it


class AttemptResult(msgspec.Struct, Generic[T], frozen=True, eq=False):
    """The result of an attempt: a value, or a failure and what follows it."""

    outcome: T | FailedAttempt
    decision: Decision


class Limits(msgspec.Struct, frozen=True, eq=False):
    """The limits of one attempt: of each part of it, and of the whole in seconds (None: none)."""

    parts: httpx.Timeout
    whole: float | None


class Attempts(Generic[T]):
    """The attempts at one call, of which there is at least one.

    Attributes:
        ends_at: When the deadline passes, by the monotonic clock; None: there is none.
        may_have_been_applied: Whether an attempt that failed may have been carried out.
        doubt_began: When the first such attempt began.
        was_absent: Whether a verification has found that what the write makes was not there.
        handled: The exception that the caller was handling when it made the call.
    """

    def __init__(
        self,
        request: ApiRequest[T],
        settings: Settings,
        *,
        can_verify: bool,
        ends_at: float | None,
        monotonic: Callable[[], float],
        uniform: Callable[[float, float], float],
        on_event: Callable[[AttemptEvent], object] | None,
    ) -> None:
        self.request = request
        self.began = monotonic()
        self.ends_at = ends_at
        if ends_at is None and settings.deadline is not None:
            self.ends_at = self.began + settings.deadline
        self._can_verify = can_verify
        self._settings = settings
        self._monotonic = monotonic
        self._uniform = uniform
        self._on_event = on_event
        self.count = 0
        self.attempt_began = self.began
        self.may_have_been_applied = False
        self.doubt_began = self.began
        self.was_absent = False
        self.handled = sys.exception()
        self._history: list[str] = []
        self._began_in_time = True
        self._is_unknown = False
        self._may_have_deleted = False
        self._may_still_arrive = False
        self.begin()

    def begin(self) -> None:
        """Begin the next attempt."""
        self.count += 1
        self.attempt_began = self._monotonic()
        left = self.left()
        self._began_in_time = left is None or left > 0

    def patience(self) -> float | None:
        """How many seconds the attempt may wait to be admitted."""
        left, timeout = self.left(), self._settings.timeout
        patience = timeout.pool if isinstance(timeout, httpx.Timeout) else None
        if left is None:
            return patience
        left = max(left, _MOMENT)
        return left if patience is None else min(patience, left)

    def limits(self) -> Limits:
        """The limits of an attempt that was admitted; the deadline may have shortened them.

        Raises:
            httpx.PoolTimeout: the deadline has passed while it waited to be admitted.
        """
        left, timeout = self.left(), self._settings.timeout
        if left is not None and left <= 0 and self._began_in_time:
            raise httpx.PoolTimeout("the deadline passed before anything was sent")
        self.attempt_began = self._monotonic()
        whole = None if isinstance(timeout, httpx.Timeout) else timeout
        parts = httpx.Timeout(timeout)
        if left is None:
            return Limits(parts, whole)
        left = max(left, _MOMENT)
        shortened = {
            part: left if most is None else min(most, left)
            for part, most in parts.as_dict().items()
        }
        return Limits(httpx.Timeout(**shortened), left if whole is None else min(whole, left))

    def left(self) -> float | None:
        """The seconds that are left of the deadline, below 0 when it has passed."""
        return None if self.ends_at is None else self.ends_at - self._monotonic()

    def record(self, outcome: T | FailedAttempt, status: int | None) -> AttemptResult[T]:
        """Decide what follows an attempt, log it and call `on_event`.

        Args:
            outcome: The value, or the failure.
            status: The status of the answer, if there was one.
        """
        if not isinstance(outcome, FailedAttempt):
            result = AttemptResult(outcome, Decision(None))
        elif self._is_repeated_delete(outcome):
            self._is_unknown = not self._may_have_deleted
            done = self.request.decode(None) if self._may_have_deleted else outcome
            result = AttemptResult(done, Decision(None))
        elif self._is_repeated_create(outcome):
            self._is_unknown = True
            result = AttemptResult(outcome, Decision(0.0, verify=True, may_resend=False))
        else:
            result = AttemptResult(outcome, self._decide(outcome))
            self._note_doubt(outcome.failure)
        self._emit(outcome, status, result.decision)
        return result

    def _note_doubt(self, failure: Failure) -> None:
        """Note that the request may have been carried out."""
        uncertain = is_uncertain(failure)
        self._is_unknown = uncertain and self.request.idempotency.may_duplicate
        if not uncertain or self.request.idempotency is Idempotency.READ:
            return
        if not self.may_have_been_applied:
            self.doubt_began = self.attempt_began
        self.may_have_been_applied = True
        self._may_still_arrive |= failure is Failure.READ_TIMEOUT
        self._may_have_deleted |= failure is not Failure.UNAVAILABLE_FOR_A_TIME

    def _is_repeated_delete(self, failed: FailedAttempt) -> bool:
        """Whether a DELETE found nothing, and an earlier attempt may have deleted it.

        It did if its answer was lost, or an error that tells nothing. A 503 with Retry-After is no
        such evidence: it mostly comes from a server that did not look at the request.
        """
        is_repeat = self.request.method == "DELETE" and self.may_have_been_applied
        return is_repeat and isinstance(failed.error, NotFoundError)

    def _is_repeated_create(self, failed: FailedAttempt) -> bool:
        """Whether a conflict may be with what an earlier attempt has made."""
        can_verify = self._can_verify and self.may_have_been_applied
        return can_verify and isinstance(failed.error, ConflictError)

    def _decide(self, failed: FailedAttempt) -> Decision:
        left = self.left()
        if isinstance(failed.error, APITimeoutError) and left is not None and left < _MOMENT:
            return Decision(None, "the deadline has passed", out_of_time=True)
        idempotency = self.request.idempotency
        if idempotency is Idempotency.NATURAL_KEY and not self._can_verify:
            idempotency = Idempotency.NONE
        return decide(
            failed.failure,
            idempotency,
            attempt=self.count,
            policy=self._settings.retry,
            retry_after=failed.retry_after,
            left=left,
            uniform=self._uniform,
        )

    def record_verification(
        self,
        last: AttemptResult[T],
        verdict: Verdict | APIError | PaginationError,
        value: T | None,
        *,
        shows_all: bool,
    ) -> AttemptResult[T] | None:
        """Decide what follows a verification; None: the request is sent again.

        Args:
            last: The attempt that failed.
            verdict: What the verification says, or why it failed.
            value: What it found.
            shows_all: Whether all that the write makes can be read back.
        """
        assert isinstance(last.outcome, FailedAttempt)
        look = f"a look with {self.request.verify_with}"
        is_conflict = isinstance(last.outcome.error, ConflictError)
        if verdict is Verdict.MADE and is_conflict and not shows_all:
            verdict = Verdict.UNDECIDED  # somebody else may have made it since the last look
        if not isinstance(verdict, Verdict):
            self._history.append(f"{look} failed: {type(verdict).__name__}")
            reason = f"{look} failed as well: {verdict.args[0]}"
            return AttemptResult(last.outcome, Decision(None, reason))
        said = f"{look} shows that {verdict.value}"
        self._history.append(said)
        if verdict is Verdict.MADE:
            logger.info("%s was carried out: %s", self.request.operation, said)
            return AttemptResult(cast("T", value), Decision(None))
        self.was_absent = verdict is Verdict.ABSENT
        # What is refused because it is there, and is not, is there under another name.
        self._is_unknown = verdict is Verdict.UNDECIDED or (is_conflict and self.was_absent)
        if verdict is Verdict.NOT_MADE:
            self._may_still_arrive = False  # it would be refused
        if last.decision.may_resend and not (self._is_unknown or is_conflict):
            return None
        is_plain_conflict = is_conflict and not self._is_unknown
        return AttemptResult(last.outcome, Decision(None, None if is_plain_conflict else said))

    def _emit(self, outcome: T | FailedAttempt, status: int | None, decision: Decision) -> None:
        """Log the attempt and call `on_event`."""
        is_failed = isinstance(outcome, FailedAttempt)
        if not (is_failed or self._on_event or logger.isEnabledFor(logging.DEBUG)):
            return
        event = AttemptEvent(
            operation=self.request.operation,
            method=self.request.method,
            path=self.request.path,
            attempt=self.count,
            status_code=status,
            error=type(outcome.error).__name__ if isinstance(outcome, FailedAttempt) else None,
            elapsed=self._monotonic() - self.attempt_began,
            wait=decision.wait,
        )
        self._log(event, decision)
        if self._on_event is not None:
            try:
                self._on_event(event)
            except Exception:  # an observer must not decide what becomes of a write
                logger.exception("on_event failed on %s", event.operation)

    def _log(self, event: AttemptEvent, decision: Decision) -> None:
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
                "is tried again" if decision.may_resend else "is looked for",
                *(event.wait, event.attempt, what),
            )
        self._history.append(line)

    def result(self, result: AttemptResult[T]) -> T:
        """Return the value of the last attempt, or raise its error."""
        if isinstance(result.outcome, FailedAttempt):
            self._give_up(result.outcome, result.decision)
        return result.outcome

    def _give_up(self, failed: FailedAttempt, decision: Decision) -> NoReturn:
        may_duplicate = self._may_still_arrive and self.request.idempotency.may_duplicate
        error = final_error(
            self.request,
            failed,
            attempts=self.count,
            reason=decision.reason,
            out_of_time=decision.out_of_time,
            is_unknown=self._is_unknown or may_duplicate,
        )
        if len(self._history) > 1:
            for line in self._history:
                error.add_note(line)
            many = "attempt" if self.count == 1 else "attempts"
            logger.warning("%s was given up after %d %s", self.request.operation, self.count, many)
        raise error
