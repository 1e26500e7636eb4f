# Derived from _async/session.py by `nox -s generate`: change that one.
"""Sending calls: one attempt after another, and an answer's way to a value or a typed error.

The only place that talks to httpx. The key goes to the base URL's origin and nowhere else, no
redirect is followed, and every answer is closed on every path.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from .. import hooks
from .._api.operations import Call
from .._http import error_mapping as answers
from .._http.error_mapping import Answer
from .._http.failures import (
    Failed,
    Progress,
    as_httpx,
    before_repeating,
    context_of,
    detached,
    is_of_the_network,
    unanswered,
)
from .._http.request_builder import Requests
from .._http.response_body import Body, UnusableBody
from .._pagination.paginator import PaginationState
from .._retry.attempts import Attempts, Step, is_to_repeat, wait_before_next
from .._retry.current_attempt import CURRENT, Attempt
from .._retry.deadline import SharedDeadline, applied_to
from .._retry.decision_table import Decision, Failure, Safety
from .._retry.write_verification import Check, Verdict, judge
from .._security.secret_str import Hidden
from ..config import KeySource, Settings
from ..errors import (
    APIError,
    ClientClosedError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    PaginationError,
    RateLimitError,
)
from ..events import AttemptEvent
from .runtime import Runtime, interruptions, shielded
from .transport.connection_pool import Connections
from .transport.interfaces import Carriers, Incoming

T = TypeVar("T")


class Session:
    """Sends calls for one client. `key_source` is where its key was found; None: in an argument."""

    def __init__(
        self,
        settings: Settings,
        api_key: Hidden,
        connections: Connections,
        *,
        on_event: Callable[[AttemptEvent], object] | None,
        runtime: Runtime | None = None,
        key_source: KeySource | None = None,
    ) -> None:
        self.settings = settings
        self.api_key = api_key
        self.connections = connections
        self.on_event = on_event
        self.runtime: Runtime = runtime or Runtime()
        self._requests = Requests(settings.base_url, api_key)
        self.key_source = key_source

    def begin_deadline(self) -> SharedDeadline:
        """The client's deadline, beginning now, for all calls that are made under it.

        It leaves no time for what a 429 has all callers wait for.
        """
        deadline, now = self.settings.deadline, self.runtime.monotonic
        ends_at = None if deadline is None else now() + deadline
        return SharedDeadline(self, ends_at, lambda: max(now(), self.connections.paused_until))

    @contextlib.contextmanager
    def one_deadline(self) -> Generator[None, None, None]:
        """Within it all calls share one deadline, as they make up one call of the user's."""
        if applied_to(self) is not None:
            yield
            return
        with self.begin_deadline().applied():
            yield

    def call(
        self, call: Call[T], check: Check[T] | None = None, *, ends_at: float | None = None
    ) -> T:
        """Send a call, again where the retry table allows it, and read the answer.

        Args:
            call: What to send.
            check: How to find out whether it was carried out, for a write with a natural key.
            ends_at: When the deadline passes; else that of `one_deadline`, else a new one begins.

        Raises:
            APIError: what the last attempt failed with.
            ClientClosedError: the client is closed.
        """
        shared = applied_to(self)
        if ends_at is None and shared is not None:
            ends_at = shared.ends_at
        attempts = Attempts(
            call,
            self.settings,
            check=check,
            ends_at=ends_at,
            monotonic=self.runtime.monotonic,
            uniform=self.runtime.uniform,
            on_event=self.on_event,
        )
        step = self._attempt(attempts)
        if is_to_repeat(step):
            step = self._repeat(attempts, step)
        return attempts.end(step)

    def _repeat(self, attempts: Attempts[T], first: Step[T]) -> Step[T]:
        """Go on after the first attempt, as was decided; gives the last step."""
        import tenacity  # most calls end with their first attempt

        steps = [first]

        def attempt() -> Step[T]:
            if steps:
                return steps.pop()  # what to wait after
            check = attempts.check
            if attempts.is_to_look and check is not None and not self.connections.is_closed:
                looked = attempts.looked(*self._look(attempts, check))
                if looked is not None:
                    return looked
            return self._attempt(attempts)

        retrying = tenacity.Retrying(
            sleep=self.sleep,
            retry=tenacity.retry_if_result(is_to_repeat),
            wait=wait_before_next,
        )
        return retrying(attempt)

    def _look(
        self, attempts: Attempts[T], check: Check[T]
    ) -> tuple[Verdict | APIError | PaginationError, T | None]:
        """Look whether a write was carried out: what that says, or why it failed; and the thing."""
        listing, found = PaginationState(check.source), None
        try:
            while found is None and (call := listing.next_request()) is not None:
                call = call.hiding(attempts.call.hidden)
                page = listing.accept(self.call(call, ends_at=attempts.ends_at))
                found = next((each for item in page.items if (each := check.find(item))), None)
        except NotFoundError:
            pass  # the thing, or the whole project
        except ClientClosedError:
            raise self._closed(attempts) from None
        except (APIError, PaginationError) as error:
            return error, None
        clock = self.connections.server_clock
        verdict = judge(
            found,
            began=clock.at(attempts.doubt_began),
            now=clock.at(self.runtime.monotonic()),
            was_absent=attempts.was_absent,
        )
        return verdict, None if found is None else found.value

    def _attempt(self, attempts: Attempts[T]) -> Step[T]:
        call = attempts.call
        refused = self._wait_for_all(attempts)
        if refused is not None:
            return Step(refused, Decision(None))
        if self.connections.is_closed:
            raise self._closed(attempts)
        answer = self._exchange(attempts)
        if isinstance(answer, Failed):
            return attempts.conclude(answer, None)
        outcome = answers.read(call, answer, key=self.api_key, now=self.runtime.wall)
        step = attempts.conclude(outcome, answer.status)
        if isinstance(outcome, Failed) and isinstance(outcome.error, RateLimitError):
            self._pause(outcome.retry_after)
        return step

    def _pause(self, seconds: float | None) -> None:
        """Have all callers of this client wait out what a 429 asks one of them to wait."""
        if seconds is not None and seconds <= self.settings.retry.max_retry_after:
            until = self.runtime.monotonic() + seconds
            self.connections.paused_until = max(self.connections.paused_until, until)

    def _wait_for_all(self, attempts: Attempts[T]) -> Failed | None:
        """Wait out what a 429 asked another caller to wait."""
        while (wait := self.connections.paused_until - self.runtime.monotonic()) > 0:
            if self.connections.is_closed:
                return None
            left = attempts.left()
            if left is not None and wait >= left:
                error = DeadlineExceededError(
                    f"nothing was sent: the server told another call (429) to wait {wait:.3g} s "
                    f"more, and {max(left, 0):.3g} s are left of the deadline",
                    **context_of(attempts.call),
                )
                return Failed(error, Failure.FINAL)
            self.sleep(wait)
        return None

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, or until the client is closed."""
        if self.runtime.sleep is not None:
            self.runtime.sleep(seconds)
        elif not self.connections.is_closed:
            (self.connections.pool()).gate.sleep(seconds)

    def _closed(
        self,
        attempts: Attempts[Any],
        *,
        is_under_way: bool = False,
        may_have_arrived: bool = False,
    ) -> ClientClosedError:
        call = attempts.call
        may_be_done = may_have_arrived and call.safety is not Safety.READ
        if may_be_done or attempts.may_be_done:
            text = "this client was closed while the call was under way. "
            text += f"It may have been carried out: {before_repeating(call)}"
        elif is_under_way or attempts.count > 1:
            text = "this client was closed while the call was under way"
        else:
            text = "this client is closed; make a new one, or move the call into its `with` "
            text += "block"
        return ClientClosedError(f"{call.operation}: {text}")

    def _exchange(self, attempts: Attempts[Any]) -> Answer | Failed:
        """Send one request and take in the whole answer, or say how that failed."""
        call, patience = attempts.call, attempts.begin()
        pool = self.connections.pool()
        if hooks.guards:
            url = str(self._requests.url(call))
            hooks.ask(call.operation, call.method, url, self.connections.carrier)
        progress = Progress()
        attempt = Attempt(progress, None)
        token = CURRENT.set(attempt)
        try:
            pool.gate.acquire(patience)
            try:
                return self._send(attempts, attempt, pool.carriers)
            finally:
                pool.gate.release()
        except InvalidArgumentError as error:
            return Failed(error, Failure.FINAL)
        except Exception as error:
            is_ours = is_of_the_network(error, is_given=self.connections.carrier is not None)
            if self.connections.is_closed and (is_ours or isinstance(error, RuntimeError)):
                may_have_arrived = progress.may_have_arrived or not progress.is_watched
                raise self._closed(
                    attempts, is_under_way=True, may_have_arrived=may_have_arrived
                ) from None
            if not is_ours:
                if isinstance(error, RecursionError | MemoryError):
                    detached(error, attempts.handled)
                raise
            return unanswered(
                call,
                as_httpx(error),
                self.api_key,
                progress,
                base_url=self.settings.base_url,
                proxy=pool.proxy,
                handled=attempts.handled,
            )
        except interruptions() as error:
            detached(error, attempts.handled)
            raise
        finally:
            CURRENT.reset(token)

    def _send(self, attempts: Attempts[Any], attempt: Attempt, carriers: Carriers) -> Answer:
        """Send one request whose turn has come, and take in the whole answer within its limits."""
        if self.connections.is_closed:
            raise self._closed(attempts)
        limits = attempts.limits()
        if limits.whole is not None:
            attempt.ends_at = time.monotonic() + limits.whole
        carrier = carriers.take()
        try:
            response = carrier.send(attempts.call, limits.parts, self._requests)
            try:
                headers, now = _joined(response.headers), self.runtime.monotonic()
                clock = self.connections.server_clock
                clock.learn(headers.get("date"), sent=attempts.attempt_began, now=now)
                return self._taken_in(response, headers)
            finally:
                with shielded():
                    response.close()
        finally:
            carriers.give_back(carrier)

    def _taken_in(self, response: Incoming, headers: Mapping[str, str]) -> Answer:
        """An answer with its whole body, or with the reason why that is refused."""
        limit = self.settings.max_response_bytes
        content, refused = b"", None
        try:
            if response.whole is not None:  # read, and decompressed, by a hook of the user's
                body = Body("", None, limit)
                body.add(response.whole)
            else:
                body = Body(
                    headers.get("content-encoding", ""), headers.get("content-length"), limit
                )
                for data in response.stream:
                    body.add(data)
            content = body.whole()
        except UnusableBody as error:
            refused = str(error)
        except httpx.DecodingError:
            refused = "a body that cannot be decompressed"
        return Answer(response.status, headers, content, refused)


def _joined(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; those that are there several times in one."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined
