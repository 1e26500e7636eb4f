# Derived from _async/_session.py by `nox -s generate`: change that one.
"""Sending calls: one attempt after another, and an answer's way to a value or a typed error.

The only place that talks to httpx. The key goes to the base URL's origin and nowhere else, no
redirect is followed, and every answer is closed on every path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import httpx
import tenacity

import paperspace_projects._answers as answers

from .._answers import Answer
from .._attempts import Attempts, Step, is_to_repeat, wait_before_next
from .._failures import Failed, unanswered
from .._operations import Call
from .._retry import Failure
from .._version import __version__
from ..config import Settings
from ..errors import ClientClosedError, InvalidArgumentError
from ..events import AttemptEvent
from ._runtime import Gate, Runtime

T = TypeVar("T")

MAX_CONNECTIONS = 100
"""Connections of a client's own pool, all of them kept alive. No more callers are let in at a
time: httpx's pool loses connections when threads have to queue for them."""

USER_AGENT = f"paperspace-projects/{__version__} httpx/{httpx.__version__}"


_HEAD = "paperspace_projects.head"


def _keep_head(response: httpx.Response) -> None:
    """Keep an answer's status and headers with its request, for when httpx stumbles over them."""
    response.request.extensions[_HEAD] = Answer(response.status_code, response.headers, b"")


class Session:
    """Sends calls for one client."""

    def __init__(
        self,
        settings: Settings,
        *,
        on_event: Callable[[AttemptEvent], object] | None,
        http_client: httpx.Client | None,
        transport: httpx.BaseTransport | None,
    ) -> None:
        self.settings = settings
        self.runtime: Runtime = Runtime()
        self._on_event = on_event
        self._gate = Gate(MAX_CONNECTIONS)
        self._is_ours = http_client is None
        self._http = http_client or httpx.Client(
            transport=transport,
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
            ),
            event_hooks={"response": [_keep_head]},
        )
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether no call can be made any more."""
        return self._closed or self._http.is_closed

    def close(self) -> None:
        """Close the connections, unless the httpx client is the user's own."""
        self._closed = True
        if self._is_ours:
            self._http.close()

    def call(self, call: Call[T]) -> T:
        """Send a call, again where the retry table allows it, and read the answer.

        Raises:
            APIError: what the last attempt failed with.
            ClientClosedError: the client is closed.
        """
        attempts = Attempts(
            call,
            self.settings,
            monotonic=self.runtime.monotonic,
            uniform=self.runtime.uniform,
            on_event=self._on_event,
        )
        retrying = tenacity.Retrying(
            sleep=self.runtime.sleep,
            retry=tenacity.retry_if_result(is_to_repeat),
            wait=wait_before_next,
        )

        def attempt() -> Step[T]:
            return self._attempt(attempts)

        return attempts.end(retrying(attempt))

    def _attempt(self, attempts: Attempts[T]) -> Step[T]:
        if self.is_closed:
            raise ClientClosedError(
                f"{attempts.call.operation}: this client is closed; make a new one, "
                "or move the call into its `with` block"
            )
        answer = self._exchange(attempts.call, attempts.begin())
        if isinstance(answer, Failed):
            return attempts.conclude(answer, None)
        outcome = answers.read(
            attempts.call, answer, key=self.settings.api_key, now=self.runtime.wall
        )
        return attempts.conclude(outcome, answer.status)

    def _exchange(self, call: Call[T], timeout: httpx.Timeout) -> Answer | Failed:
        """Send one request and take in the whole answer."""
        try:
            request = self._http.build_request(
                call.method,
                self.settings.base_url + call.path,
                params=call.query or None,
                json=call.body,
                headers={
                    **call.headers,
                    "Accept": "application/json",
                    "User-Agent": USER_AGENT,
                    "Authorization": "Bearer " + self.settings.api_key.reveal(),
                },
                timeout=timeout,
            )
        except httpx.InvalidURL:
            error = InvalidArgumentError(
                "ids, names and cursors", f"short enough for a URL, which {call.operation} sends"
            )
            return Failed(error, Failure.FINAL)
        try:
            with self._gate:
                response = self._http.send(request, auth=None, follow_redirects=False, stream=True)
                try:
                    content = response.read()
                except httpx.DecodingError:
                    content = None
                finally:
                    response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            head: Answer | None = request.extensions.get(_HEAD)
            if head is not None and 300 <= head.status < 400:
                return head  # httpx reads a redirect's location even if it is not to follow it
            return unanswered(call, error, self.settings.api_key)
        return Answer(response.status_code, response.headers, content)
