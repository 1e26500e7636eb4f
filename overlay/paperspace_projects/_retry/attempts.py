"""The attempts at one call: their count and clock, what follows each, the log, the error. Pure."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Generic, TypeVar, cast

import httpx
import msgspec

from .. import errors
from .._api.operations import ApiRequest, Idempotency
from .._http.error_mapping import advice, context_of, detached
from .._http.failures import FailedAttempt, Failure
from .._http.response_reader import RawResponse, shown_headers
from .._security.secret_str import SecretStr
from ..config import Settings
from ..events import AttemptEvent, ResponseInfo
from .decision_table import TABLE, RetryAction
from .write_verification import Verdict

T = TypeVar("T")

_MOMENT = 0.001  # seconds; a timeout of 0 would mean something else

logger = logging.getLogger("paperspace_projects")
logger.addHandler(logging.NullHandler())  # programs that want the log configure it


class AttemptResult(msgspec.Struct, Generic[T], frozen=True, eq=False):
    """The result of an attempt: a value, or a failure and what follows it.

    That is a `wait` in seconds, or the end of the call, with the `reason`. After the wait, `verify`
    asks whether the request was carried out; else it is sent again. It is `out_of_time` if the
    deadline leaves no time for a wait that the server did not ask for.
    """

    outcome: T | FailedAttempt
    wait: float | None = None
    reason: str | None = None
    out_of_time: bool = False
    verify: bool = False
    may_resend: bool = True


class Attempts(Generic[T]):
    """The attempts at one call, of which there is at least one."""

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
        key: SecretStr,
    ) -> None:
        self.request = request
        self.began = monotonic()
        self.ends_at = ends_at  # the deadline, by the monotonic clock; None: there is none
        if ends_at is None and settings.deadline is not None:
            self.ends_at = self.began + settings.deadline
        self.idempotency = request.idempotency  # no natural key helps where it cannot be verified
        if self.idempotency is Idempotency.NATURAL_KEY and not can_verify:
            self.idempotency = Idempotency.NONE
        self._settings, self._on_event = settings, on_event
        self._monotonic, self._uniform, self._key = monotonic, uniform, key
        self._status: int | None = None  # of the answer to the last attempt
        self._headers: Mapping[str, str] = {}  # of the same; its body is not kept
        self.count = 0
        self.attempt_began = self.began
        self.may_have_been_applied = False  # by an attempt that failed
        self.doubt_began = self.began  # when the first such attempt began
        self.was_absent = False  # a verification did not find what the write makes
        self.handled = sys.exception()  # what the caller was handling when it made the call
        self._history: list[str] = []
        self._began_in_time = True
        self._is_unknown = self._may_have_deleted = self._may_still_arrive = False
        self.begin()

    def begin(self) -> None:
        """Begin the next attempt."""
        self.count += 1
        self.attempt_began = self._monotonic()
        left = self.left()
        self._began_in_time = left is None or left > 0

    def patience(self) -> float | None:
        """How many seconds the attempt may wait to be admitted."""
        timeout = self._settings.timeout
        pool = timeout.pool if isinstance(timeout, httpx.Timeout) else None
        return _shortest(pool, self.left())

    def limits(self) -> tuple[httpx.Timeout, float | None] | FailedAttempt:
        """Return the limits of an admitted attempt: of its parts, and of the whole in seconds or
        None. It fails if the deadline passed since it began."""
        left, timeout = self.left(), self._settings.timeout
        if left is not None and left <= 0 and self._began_in_time:
            text = "the deadline passed before anything was sent"
            error = errors.DeadlineExceededError(text, **context_of(self.request))
            return FailedAttempt(error, Failure.FINAL)
        self.attempt_began = self._monotonic()
        whole = None if isinstance(timeout, httpx.Timeout) else timeout
        parts = httpx.Timeout(timeout)
        if left is None:
            return parts, whole
        shortened = {part: _shortest(most, left) for part, most in parts.as_dict().items()}
        return httpx.Timeout(**shortened), _shortest(whole, left)

    def left(self) -> float | None:
        """The seconds that are left of the deadline, below 0 when it has passed."""
        return None if self.ends_at is None else self.ends_at - self._monotonic()

    def record(
        self, outcome: T | FailedAttempt, answer: RawResponse | None = None
    ) -> AttemptResult[T]:
        """Decide what follows an attempt, log it and call `on_event`."""
        self._status, self._headers = (
            (None, {}) if answer is None else (answer.status, answer.headers)
        )
        error = outcome.error if isinstance(outcome, FailedAttempt) else None
        is_repeat = self.may_have_been_applied
        is_delete = self.request.method == "DELETE"
        can_verify = self.idempotency is Idempotency.NATURAL_KEY
        if not isinstance(outcome, FailedAttempt):
            result: AttemptResult[T] = AttemptResult(outcome)
        elif is_repeat and is_delete and isinstance(error, errors.NotFoundError):
            # An earlier attempt has deleted it if its answer was lost or tells nothing. A 503 with
            # Retry-After is no such evidence: mostly that server did not look at the request. Nor
            # is a gateway's 404.
            self._is_unknown = not (self._may_have_deleted and error.is_from_api)
            result = AttemptResult(outcome if self._is_unknown else self.request.decode(None))
        elif is_repeat and can_verify and isinstance(error, errors.ConflictError):
            # It may conflict with the item that an earlier attempt has made.
            self._is_unknown = True
            result = AttemptResult(outcome, 0.0, verify=True, may_resend=False)
        else:
            result = self._decide(outcome)
            self._note_doubt(outcome.failure)
        self._emit(outcome, result)
        return result

    def _note_doubt(self, failure: Failure) -> None:
        """Note that the request may have been carried out."""
        self._is_unknown = failure.is_uncertain and self.idempotency.may_duplicate
        if not failure.is_uncertain or self.idempotency is Idempotency.READ:
            return
        if not self.may_have_been_applied:
            self.doubt_began = self.attempt_began
        self.may_have_been_applied = True
        self._may_still_arrive |= failure is Failure.READ_TIMEOUT
        self._may_have_deleted |= failure is not Failure.UNAVAILABLE_FOR_A_TIME

    def _decide(self, failed: FailedAttempt) -> AttemptResult[T]:
        """Decide by the retry table, the policy, the deadline and the server's Retry-After."""
        left, policy, asked = self.left(), self._settings.retry, failed.retry_after
        ends = partial(AttemptResult[T], failed, None)
        if isinstance(failed.error, errors.APITimeoutError) and left is not None and left < _MOMENT:
            return ends("the deadline has passed", out_of_time=True)
        action = TABLE[failed.failure][self.idempotency]
        verify, may_resend = action is RetryAction.VERIFY, self.count < policy.max_attempts
        if action is RetryAction.FAIL or not (verify or may_resend):
            return ends()
        if left is not None and left <= 0:
            return ends("the deadline has passed", out_of_time=True)
        wait = policy.initial_wait * 2 ** min(self.count - 1, 60)
        wait = self._uniform(0, min(policy.max_wait, wait)) if asked is None else asked
        reason = f"the server asks to wait {wait:g} s, which is more than the "
        if asked is not None and wait > policy.max_retry_after:
            reason += f"{policy.max_retry_after:g} s of RetryPolicy.max_retry_after"
            return ends(reason)
        if left is None or wait < left:
            return AttemptResult(failed, wait, verify=verify, may_resend=may_resend)
        if asked is not None:
            return ends(f"{reason}{left:.3g} s that are left of the deadline")
        return ends("the deadline leaves no time for another attempt", out_of_time=True)

    def record_verification(
        self,
        last: AttemptResult[T],
        verdict: Verdict | errors.APIError | errors.PaginationError,
        value: T | None,
    ) -> AttemptResult[T] | None:
        """Decide what follows a verification; None: the request is sent again.

        `verdict` says what it shows, or why it failed; `value` is what it found.
        """
        assert isinstance(last.outcome, FailedAttempt)
        look = f"a look with {self.request.verify_with}"
        is_conflict = isinstance(last.outcome.error, errors.ConflictError)
        if not isinstance(verdict, Verdict):
            self._history.append(f"{look} failed: {type(verdict).__name__}")
            reason = f"{look} failed as well: {verdict.args[0]}"
            return AttemptResult(last.outcome, None, reason)
        said = f"{look} shows that {verdict.value}"
        self._history.append(said)
        if verdict is Verdict.MADE:
            logger.info("%s was carried out: %s", self.request.operation, said)
            return AttemptResult(cast("T", value))
        self.was_absent = verdict is Verdict.ABSENT
        # A write refused as a conflict, whose item is absent, conflicts with another name.
        self._is_unknown = verdict is Verdict.UNDECIDED or (is_conflict and self.was_absent)
        if verdict is Verdict.NOT_MADE:
            self._may_still_arrive = False  # it would be refused
        if last.may_resend and not (self._is_unknown or is_conflict):
            return None
        is_plain_conflict = is_conflict and not self._is_unknown
        return AttemptResult(last.outcome, None, None if is_plain_conflict else said)

    def _emit(self, outcome: T | FailedAttempt, result: AttemptResult[T]) -> None:
        """Log the attempt, keep it for the notes of an error, and call `on_event`."""
        error = type(outcome.error).__name__ if isinstance(outcome, FailedAttempt) else None
        if not (error or self._on_event or logger.isEnabledFor(logging.DEBUG)):
            return
        event = AttemptEvent(
            **self._facts(error, self.attempt_began), attempt=self.count, wait=result.wait
        )
        what = error or "ok"
        if event.status_code is not None:
            what += f" {event.status_code}"
        line = f"attempt {event.attempt}: {what} after {event.elapsed:.3f} s"
        answered = f", request id {event.request_id}" if event.request_id else ""
        logger.debug("%s %s %s %s", event.operation, event.method, event.path, line + answered)
        if event.wait is not None:
            line += f", then waited {event.wait:.3f} s"
            logger.info(
                "%s %s in %.3f s: attempt %d ended with %s",
                event.operation,
                "is tried again" if result.may_resend else "is looked for",
                *(event.wait, event.attempt, what),
            )
        self._history.append(line)
        if self._on_event is not None:
            try:
                self._on_event(event)
            except Exception:  # an observer must not decide what becomes of a write
                logger.exception("on_event failed on %s", event.operation)

    def _facts(self, error: str | None, began: float) -> dict[str, Any]:
        """The facts that an event of an attempt and the info of a call both have."""
        facts = context_of(self.request) | {"error": error, "elapsed": self._monotonic() - began}
        hidden = (*self.request.secrets, self._key)
        try:
            shown = shown_headers(self._headers, hidden)
        except BaseException as interruption:  # such as Ctrl-C; no frame may hold their text
            detached(interruption, self.handled)
            raise
        return facts | {"status_code": self._status, **shown}

    def info(self, error: errors.PaperspaceError | None) -> ResponseInfo:
        """What `client.responses()` tells of the call, which ended with an error or without."""
        name = None if error is None else type(error).__name__
        return ResponseInfo(**self._facts(name, self.began), attempts=self.count)

    def result(self, result: AttemptResult[T]) -> T:
        """Return the value of the last attempt, or raise its error."""
        if not isinstance(result.outcome, FailedAttempt):
            return result.outcome
        error = self._final_error(result.outcome.error, result)
        if len(self._history) > 1:
            for line in self._history:
                error.add_note(line)
            many = "attempt" if self.count == 1 else "attempts"
            logger.warning("%s was given up after %d %s", self.request.operation, self.count, many)
        raise error

    def _final_error(
        self, error: errors.APIError | errors.InvalidArgumentError, result: AttemptResult[T]
    ) -> errors.APIError | errors.InvalidArgumentError:
        """Say in the error of the last attempt why the call ends; its class may be another one."""
        if isinstance(error, errors.InvalidArgumentError):
            return error
        text, reason, ended = str(error.args[0]), result.reason, error
        sentence = f"{reason[:1].upper()}{reason[1:]}" if reason else ""
        may_duplicate = self._may_still_arrive and self.idempotency.may_duplicate
        if self._is_unknown or may_duplicate:
            if error.status_code is None:
                text += ", so it is unknown whether it was carried out: "
            else:
                text += ". It may have been carried out all the same: "
            text += advice(self.request) + (f". {sentence}" if sentence else "")
            kind = next(made for kind, made in _UNKNOWN.items() if isinstance(error, kind))
            ended = kind(text, **_carried(error))
            if isinstance(error, errors.NotFoundError) and isinstance(ended, errors.NotFoundError):
                ended.is_from_api = error.is_from_api
        elif result.out_of_time:
            ended = errors.DeadlineExceededError(f"{text}. {sentence}", **_carried(error))
        elif reason is not None:
            error.args = (f"{text}. Not tried again: {reason}",)
        if ended is not error:
            ended.__cause__ = error
        ended.attempts = self.count
        return ended


_UNKNOWN: Final[Mapping[type[errors.APIError], type[errors.OutcomeUnknownError]]] = {
    errors.ServerError: errors.OutcomeUnknownServerError,
    errors.ConflictError: errors.OutcomeUnknownConflictError,
    errors.NotFoundError: errors.OutcomeUnknownNotFoundError,
    errors.APIStatusError: errors.OutcomeUnknownStatusError,
    errors.APIError: errors.OutcomeUnknownError,
}


def _carried(error: errors.APIError) -> dict[str, Any]:
    names = "operation method path status_code code message details issues request_id"
    return {name: getattr(error, name) for name in names.split()}


def _shortest(limit: float | None, left: float | None) -> float | None:
    """The shorter of a limit and the time that is left, of which some is always allowed."""
    if left is None:
        return limit
    return max(left, _MOMENT) if limit is None else min(limit, max(left, _MOMENT))
