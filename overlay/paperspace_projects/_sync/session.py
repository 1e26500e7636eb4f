# Derived from _async/session.py by `nox -s generate`: change that one.
"""Sending a call: its attempts, the waits between them, and the reading of the answer.

The key goes to the base URL's origin and nowhere else, no redirect is followed, and every answer is
closed on every path.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from .. import hooks
from .._api.operations import Call
from .._http.error_mapping import Answer, read
from .._http.exchange import Exchange
from .._http.failures import (
    Failed,
    as_httpx,
    before_repeating,
    context_of,
    detached,
    is_of_the_network,
    unanswered,
)
from .._http.request_builder import RequestBuilder
from .._http.response_body import Body, UnusableBody
from .._pagination.paginator import Listing
from .._retry.attempts import AttemptResult, Attempts
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
    PaperspaceError,
    RateLimitError,
)
from ..events import AttemptEvent
from .clock import Clock
from .primitives import interruptions, shield_cancellation
from .transport.pool_manager import PoolManager

if TYPE_CHECKING:
    import httpcore

    from .transport.pool_manager import Pool

T = TypeVar("T")


class Session:
    """Sends the calls of one client.

    Args:
        settings: What the client goes by.
        api_key: Goes with each request.
        pools: Its connections.
        on_event: Called with an `AttemptEvent` after each attempt.
        clock: Clocks, sleep and chance.
        key_source: Where the key was found; None: in an argument.
    """

    def __init__(
        self,
        settings: Settings,
        api_key: Hidden,
        pools: PoolManager,
        *,
        on_event: Callable[[AttemptEvent], object] | None,
        clock: Clock | None = None,
        key_source: KeySource | None = None,
    ) -> None:
        self.settings = settings
        self.api_key = api_key
        self.pools = pools
        self.on_event = on_event
        self.clock: Clock = clock or Clock()
        self.key_source = key_source
        self._requests = RequestBuilder(settings.base_url, api_key)

    def begin_deadline(self) -> SharedDeadline:
        """Begin the client's deadline, for all calls that are made under it.

        It leaves no time for a wait that a 429 asks all callers for.
        """
        deadline, now = self.settings.deadline, self.clock.monotonic
        ends_at = None if deadline is None else now() + deadline
        return SharedDeadline(self, ends_at, lambda: max(now(), self.pools.paused_until))

    @contextlib.contextmanager
    def one_deadline(self) -> Generator[None, None, None]:
        """Give all calls of the body one deadline, as they make up one call of the user's."""
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
            call: The call.
            check: Finds out whether it was carried out, for a write with a natural key.
            ends_at: When the deadline passes; else that of `one_deadline`, else a new one begins.

        Raises:
            APIError: the last attempt failed.
            ClientClosedError: the client is closed.
        """
        if ends_at is None and (shared := applied_to(self)) is not None:
            ends_at = shared.ends_at
        attempts = Attempts(
            call,
            self.settings,
            check=check,
            ends_at=ends_at,
            monotonic=self.clock.monotonic,
            uniform=self.clock.uniform,
            on_event=self.on_event,
        )
        result = self._attempt(attempts)
        while result.decision.wait is not None:
            self.sleep(result.decision.wait)
            verified: AttemptResult[T] | None = None
            if result.decision.look and check is not None and not self.pools.is_closed:
                verified = attempts.record_verification(*self._verify(attempts, check))
            result = verified or self._attempt(attempts)
        return attempts.result(result)

    def sleep(self, seconds: float) -> None:
        """Sleep, or return early when the client is closed."""
        if self.clock.sleep is not None:
            self.clock.sleep(seconds)
        elif not self.pools.is_closed:
            (self.pools.pool()).limiter.sleep(seconds)

    def _verify(
        self, attempts: Attempts[T], check: Check[T]
    ) -> tuple[Verdict | APIError | PaginationError, T | None]:
        """Find out whether a write was carried out: a verdict or an error, and what was found."""
        listing, found = Listing(check.source), None
        try:
            while found is None and (call := listing.next_call()) is not None:
                call = call.hiding(attempts.call.hidden)
                page = listing.accept(self.call(call, ends_at=attempts.ends_at))
                found = next((each for item in page.items if (each := check.find(item))), None)
        except NotFoundError:
            pass  # the thing, or the whole project
        except ClientClosedError:
            raise self._closed(attempts) from None
        except (APIError, PaginationError) as error:
            return error, None
        clock = self.pools.server_clock
        verdict = judge(
            found,
            began=clock.at(attempts.doubt_began),
            now=clock.at(self.clock.monotonic()),
            was_absent=attempts.was_absent,
        )
        return verdict, None if found is None else found.value

    def _attempt(self, attempts: Attempts[T]) -> AttemptResult[T]:
        """Make one attempt, once no caller has to wait for a 429."""
        if self.pools.paused_until > self.clock.monotonic():
            refused = self._wait_out_pause(attempts)
            if refused is not None:
                return AttemptResult(refused, Decision(None))
        if self.pools.is_closed:
            raise self._closed(attempts)
        answer = self._exchange(attempts)
        if isinstance(answer, Failed):
            return attempts.record(answer, None)
        outcome = read(attempts.call, answer, key=self.api_key, now=self.clock.wall)
        result = attempts.record(outcome, answer.status)
        if isinstance(outcome, Failed) and isinstance(outcome.error, RateLimitError):
            self._pause(outcome.retry_after)
        return result

    def _pause(self, seconds: float | None) -> None:
        """Have all callers of this client wait as long as a 429 asks one of them to."""
        if seconds is not None and seconds <= self.settings.retry.max_retry_after:
            until = self.clock.monotonic() + seconds
            self.pools.paused_until = max(self.pools.paused_until, until)

    def _wait_out_pause(self, attempts: Attempts[Any]) -> Failed | None:
        """Wait as long as a 429 asked another caller to; fail if the deadline is earlier."""
        while (wait := self.pools.paused_until - self.clock.monotonic()) > 0:
            if self.pools.is_closed:
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

    def _exchange(self, attempts: Attempts[Any]) -> Answer | Failed:
        """Send one request and receive the whole answer, or tell how that failed."""
        call, timeout = attempts.call, attempts.begin()
        pool = self.pools.pool()
        if hooks.guards:
            hooks.ask(call.operation, call.method, str(self._requests.url(call)), self.pools.custom)
        exchange = Exchange()
        try:
            pool.limiter.acquire(timeout)
            try:
                return self._send(attempts, exchange, pool)
            finally:
                pool.limiter.release()
        except InvalidArgumentError as error:
            return Failed(error, Failure.FINAL)
        except Exception as error:
            return self._failed(attempts, exchange, error, pool.proxy)
        except interruptions() as error:
            detached(error, attempts.handled)
            raise

    def _send(self, attempts: Attempts[Any], exchange: Exchange, pool: Pool) -> Answer:
        """Send a request that was admitted, and receive the whole answer within its limits."""
        if self.pools.is_closed:
            raise self._closed(attempts)
        limits = attempts.limits()
        if limits.whole is not None:
            exchange.ends_at = time.monotonic() + limits.whole
        request = self._requests.build(attempts.call, limits.parts)
        connection, is_reusable = pool.connections.take(exchange), False
        try:
            response = connection.http.handle_request(request)
            try:
                headers = _joined(response.headers)
                if (date := headers.get("date")) is not None:
                    self.pools.server_clock.learn(
                        date, sent=attempts.attempt_began, now=self.clock.monotonic()
                    )
                answer = self._receive(response, headers)
            finally:
                with shield_cancellation():
                    response.close()
            is_reusable = exchange.ended_exactly(response.status, headers.get("content-length"))
            return answer
        finally:
            with shield_cancellation():
                pool.connections.give_back(connection, is_reusable=is_reusable)

    def _receive(self, response: httpcore.Response, headers: dict[str, str]) -> Answer:
        """Receive a body, or the reason why it is refused."""
        content, refused = b"", None
        try:
            body = Body(
                headers.get("content-encoding", ""),
                headers.get("content-length"),
                self.settings.max_response_bytes,
            )
            for data in response.iter_stream():
                body.add(data)
            content = body.whole()
        except UnusableBody as error:
            refused = str(error)
        except httpx.DecodingError:
            refused = "a body that cannot be decompressed"
        return Answer(response.status, headers, content, refused)

    def _failed(
        self, attempts: Attempts[Any], exchange: Exchange, error: Exception, proxy: str | None
    ) -> Failed:
        """An exception of the network as a failed attempt.

        Raises:
            ClientClosedError: the client was closed meanwhile.
            Exception: the exception itself, if it is not one of the network.
        """
        is_ours = is_of_the_network(error, is_given=self.pools.custom is not None)
        if self.pools.is_closed and (is_ours or isinstance(error, RuntimeError)):
            may_have_arrived = exchange.may_have_arrived or not exchange.is_recorded
            raise self._closed(
                attempts, is_under_way=True, may_have_arrived=may_have_arrived
            ) from None
        if not is_ours:
            if isinstance(error, RecursionError | MemoryError | PaperspaceError):
                detached(error, attempts.handled)
            raise error
        return unanswered(
            attempts.call,
            as_httpx(error),
            self.api_key,
            exchange,
            base_url=self.settings.base_url,
            proxy=exchange.proxy or proxy,
            handled=attempts.handled,
        )

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


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; repeated ones are joined."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined
