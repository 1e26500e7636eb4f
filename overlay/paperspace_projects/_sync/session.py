# Derived from _async/session.py by `nox -s generate`: change that one.
"""Send a call: its attempts, the waits between them, and the reading of the answer.

The key goes to the base URL's origin and nowhere else, no redirect is followed, and every answer is
closed on every path.
"""

from __future__ import annotations

import copy
import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import msgspec

from .. import hooks
from .._api.operations import ApiRequest, Idempotency
from .._http.error_mapping import advice, context_of, detached, unanswered
from .._http.failures import (
    Exchange,
    FailedAttempt,
    Failure,
    as_httpx,
    is_network_error,
)
from .._http.request_builder import RequestBuilder
from .._http.response_body import BodyRejectedError, ResponseBody, joined
from .._http.response_reader import RawResponse, ResponseReader
from .._httpx_compat import both
from .._pagination.paginator import PaginationState
from .._retry.attempts import AttemptResult, Attempts
from .._retry.deadline import APPLIED, Deadline
from .._retry.write_verification import Found, WriteVerifier, judge
from .._security.secret_str import SecretStr
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
from .primitives import interruptions, pool_key
from .transport.pool_manager import PoolManager

if TYPE_CHECKING:
    from .transport.connection_pool import ConnectionPool
    from .transport.custom_client import CustomClient

T = TypeVar("T")

_TRACE = "opentelemetry.trace"  # where a program has not loaded it, there is nothing to trace for


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks, sleep and random numbers of a session, which tests replace; in seconds. `sleep`
    None: waits are real, and end early when the client is closed."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    uniform: Callable[[float, float], float] = random.uniform


class Session:
    """Sends the calls of one client. `key_source` None: the key was given as an argument."""

    def __init__(
        self,
        settings: Settings,
        api_key: SecretStr,
        pools: PoolManager,
        *,
        on_event: Callable[[AttemptEvent], object] | None,
        clock: Clock | None = None,
        key_source: KeySource | None = None,
        headers: Mapping[str, SecretStr] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> None:
        self.settings = settings
        self.api_key = api_key
        self.pools = pools
        self.on_event = on_event
        self.clock: Clock = clock or Clock()
        self.key_source = key_source
        self.headers: Mapping[str, SecretStr] = headers or {}
        self.query: Mapping[str, object] = query or {}
        self._requests = RequestBuilder(
            settings.base_url,
            api_key,
            app_name=settings.app_name,
            headers=self.headers,
            query=self.query,
        )
        self._reader = ResponseReader(api_key)

    def with_reader(self, reader: ResponseReader) -> Session:
        """A light copy, with the same connections, whose answers another reader reads."""
        twin = copy.copy(self)
        twin._reader = reader
        return twin

    def begin_deadline(self) -> Deadline:
        """Begin the client's deadline. A pause that a 429 asked for counts as time that is gone."""
        deadline, now = self.settings.deadline, self.clock.monotonic
        ends_at = None if deadline is None else now() + deadline
        return Deadline(self, ends_at, lambda: max(now(), self.pools.paused_until))

    def one_deadline(self) -> AbstractContextManager[None]:
        """Give all calls of the body one deadline, as they make up one call of the user's."""
        return self.begin_deadline().applied() if self._applied() is None else nullcontext()

    def _applied(self) -> Deadline | None:
        """The deadline that the calls of this thread or task share, if any."""
        applied = APPLIED.get()
        return applied if applied is not None and applied.session is self else None

    def call(
        self,
        request: ApiRequest[T],
        verify_with: Callable[[], WriteVerifier[T]] | None = None,
        *,
        ends_at: float | None = None,
        on_attempt: Callable[[AttemptEvent], object] | None = None,
    ) -> T:
        """Send a request, again where the retry table allows it, and read the answer. `verify_with`
        makes the verifier of a write with a natural key. `ends_at` is when the deadline passes;
        else that of `one_deadline` counts, else a new one begins. `on_attempt` stands for
        `on_event`."""
        if on_attempt is None and _TRACE in sys.modules and self.settings.tracing:
            from .._http.tracing import call_span

            key, base_url = self.api_key, self.settings.base_url
            with call_span(request, base_url, key, self.on_event) as note:
                return self.call(request, verify_with, ends_at=ends_at, on_attempt=note)
        if ends_at is None and (applied := self._applied()) is not None:
            ends_at = applied.ends_at
        if self.headers:  # a server may echo their values
            request = request.hiding(tuple(self.headers.values()))
        attempts = Attempts(
            request,
            self.settings,
            can_verify=verify_with is not None,
            ends_at=ends_at,
            monotonic=self.clock.monotonic,
            uniform=self.clock.uniform,
            on_event=on_attempt or self.on_event,
            key=self.api_key,
        )
        result = self._attempt(attempts)
        while result.wait is not None:
            self.sleep(result.wait)
            verified: AttemptResult[T] | None = None
            if result.verify and verify_with and not self.pools.is_closed:
                verified = self._verify(attempts, result, verify_with())
            if verified is None:
                attempts.begin()
            result = verified or self._attempt(attempts)
        if self.pools.collectors:
            from .responses import collected

            return collected(self.pools.collectors, attempts, result)
        return attempts.result(result)

    def sleep(self, seconds: float) -> None:
        """Sleep, or return early when the client is closed."""
        if self.clock.sleep is not None:
            self.clock.sleep(seconds)
        elif not self.pools.is_closed:
            (self.pools.pool()).limiter.sleep(seconds)

    def _verify(
        self, attempts: Attempts[T], last: AttemptResult[T], verifier: WriteVerifier[T]
    ) -> AttemptResult[T] | None:
        """Find out whether a write was carried out; None: send it again."""
        listing = PaginationState(verifier.source)
        found: Found[T] | None = None
        try:
            while found is None and (request := listing.next_request()) is not None:
                request = request.hiding(attempts.request.secrets)
                page = listing.accept(self.call(request, ends_at=attempts.ends_at))
                found = next((each for item in page.items if (each := verifier.find(item))), None)
        except ClientClosedError:
            raise self._closed(attempts) from None
        except (APIError, PaginationError) as error:
            is_absent = isinstance(error, NotFoundError) and error.is_from_api
            if not is_absent:  # the thing, or the whole project
                return attempts.record_verification(last, error, None)
        clock = self.pools.server_clock
        verdict = judge(
            found,
            began=clock.at(attempts.doubt_began),
            now=clock.at(self.clock.monotonic()),
            was_absent=attempts.was_absent,
        )
        value = None if found is None else found.value
        return attempts.record_verification(last, verdict, value)

    def _attempt(self, attempts: Attempts[T]) -> AttemptResult[T]:
        """Make one attempt, once no caller has to wait for a 429."""
        if self.pools.paused_until > self.clock.monotonic():
            refused = self._wait_out_pause(attempts)
            if refused is not None:
                return AttemptResult(refused)
        answer = self._exchange(attempts)
        if isinstance(answer, FailedAttempt):
            return attempts.record(answer)
        try:
            outcome = self._reader.read(attempts.request, answer, self.clock.wall)
        except BaseException as error:  # such as Ctrl-C; no frame and no cause may hold the text
            detached(error, attempts.handled)
            error.__context__ = attempts.handled
            del answer
            raise
        result = attempts.record(outcome, answer)
        if isinstance(outcome, FailedAttempt) and isinstance(outcome.error, RateLimitError):
            seconds = outcome.retry_after  # that all callers of this client wait
            if seconds is not None and seconds <= self.settings.retry.max_retry_after:
                until = self.clock.monotonic() + seconds
                self.pools.paused_until = max(self.pools.paused_until, until)
        return result

    def _wait_out_pause(self, attempts: Attempts[Any]) -> FailedAttempt | None:
        """Wait as long as a 429 asked another caller to; fail if the deadline is earlier."""
        while (wait := self.pools.paused_until - self.clock.monotonic()) > 0:
            if self.pools.is_closed:
                return None
            left = attempts.left()
            if left is not None and wait >= left:
                error = DeadlineExceededError(
                    f"nothing was sent: the server told another call (429) to wait {wait:.3g} s "
                    f"more, and {max(left, 0):.3g} s are left of the deadline",
                    **context_of(attempts.request),
                )
                return FailedAttempt(error, Failure.FINAL)
            self.sleep(wait)
        return None

    def _exchange(self, attempts: Attempts[Any]) -> RawResponse | FailedAttempt:
        """Send one request and receive the whole answer; return how that failed."""
        exchange = Exchange(max_size=self.settings.max_response_bytes)
        pool = self.pools.open_pools.get(pool_key())
        if pool is None:
            if self.pools.is_closed:
                raise self._closed(attempts)
            pool = self.pools.pool()
        if hooks.active:
            hooks.call_hooks(self._requests.outgoing(attempts.request, self.pools.custom))
        try:
            if not pool.limiter.try_acquire():
                pool.limiter.acquire(attempts.patience())
            try:
                client = self.pools.http_client
                if pool.limiter.is_shut_down or (client is not None and client.is_closed):
                    raise self._closed(attempts)
                return self._send(attempts, exchange, pool.connections)
            finally:
                pool.limiter.release()
        except InvalidArgumentError as error:
            return FailedAttempt(error, Failure.FINAL)
        except Exception as error:
            return self._failed(attempts, exchange, error, pool.proxy)
        except interruptions() as error:
            detached(error, attempts.handled)
            raise

    def _send(
        self,
        attempts: Attempts[Any],
        exchange: Exchange,
        connections: ConnectionPool | CustomClient,
    ) -> RawResponse | FailedAttempt:
        """Send a request that was admitted, and receive the whole answer within its limits."""
        from .transport.network_backend import (
            Body,  # httpx itself loads httpcore no earlier
        )

        limits = attempts.limits()
        if isinstance(limits, FailedAttempt):
            return limits
        timeout, whole = limits
        if whole is not None:
            exchange.ends_at = time.monotonic() + whole
        exchange.has_body = attempts.request.body is not None
        request = self._requests.build(attempts.request, timeout, Body)
        connection = connections.take(exchange)
        try:
            try:
                response = connection.http.handle_request(request)
            except BodyRejectedError as error:  # heads alone: the answer did not come
                raise httpx.RemoteProtocolError(str(error)) from None
            headers, content, refused = joined(response.headers), b"", None
            if (date := headers.get("date")) is not None:
                self.pools.server_clock.learn(
                    date, sent=attempts.attempt_began, now=self.clock.monotonic()
                )
            try:
                body = ResponseBody(headers, self.settings.max_response_bytes)
                for data in response.iter_stream():
                    body.add(data)
                content = body.whole()
            except BodyRejectedError as error:
                refused = str(error)
            except both(httpx.DecodingError):
                refused = "a body that cannot be decompressed"
            response.close()
            connection.release(response.status, headers)
        except BaseException:
            connection.close()
            raise
        return RawResponse(response.status, headers, content, refused)

    def _failed(
        self, attempts: Attempts[Any], exchange: Exchange, error: Exception, proxy: str | None
    ) -> FailedAttempt:
        """Return a failure of the network as a failed attempt; raise any other exception."""
        is_ours = is_network_error(error, is_custom=self.pools.custom is not None)
        if self.pools.is_closed and (is_ours or isinstance(error, RuntimeError)):
            may_have_arrived = exchange.may_have_arrived or not exchange.is_recorded
            raise self._closed(attempts, may_have_arrived=may_have_arrived) from None
        if not is_ours:
            if isinstance(error, RecursionError | MemoryError | PaperspaceError):
                detached(error, attempts.handled)
            raise error
        return unanswered(
            attempts.request,
            as_httpx(error),
            self.api_key,
            exchange,
            base_url=self.settings.base_url,
            proxy=exchange.proxy or proxy,
            handled=attempts.handled,
        )

    def _closed(
        self, attempts: Attempts[Any], *, may_have_arrived: bool | None = None
    ) -> ClientClosedError:
        """Make the error of a closed client; `may_have_arrived` None: this attempt was not sent."""
        request = attempts.request
        is_write = request.idempotency is not Idempotency.READ
        if attempts.may_have_been_applied or (may_have_arrived and is_write):
            text = "was closed during the call. The write may have been carried out: "
            text += advice(request)
        elif may_have_arrived is not None or attempts.count > 1:
            text = "was closed during the call"
        else:
            text = "is closed; make a new one, or move the call into its `with` block"
        return ClientClosedError(f"{request.operation}: this client {text}")
