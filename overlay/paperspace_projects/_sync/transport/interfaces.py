# Derived from _async/transport/interfaces.py by `nox -s generate`: change that one.
"""What carries a client's requests: lines of its own, or what the user gave; and what comes back.

Both send a call and give the beginning of its answer. What becomes of either is the session's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import httpx
from attrs import frozen

from ..._api.operations import Call
from ..._http.request_builder import Requests


@frozen(eq=False)
class Incoming:
    """An answer whose head is there. `whole` is its body where somebody has read it already.

    `response` is httpcore's or httpx's own.
    """

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    stream: Iterable[bytes]
    whole: bytes | None
    response: Any

    def close(self) -> None:
        """Let go of what it came by, read to its end or not."""
        self.response.close()


class Carrier(Protocol):
    """Sends one call at a time, or any number where it is the user's own."""

    def send(self, call: Call[Any], timeout: httpx.Timeout, requests: Requests) -> Incoming: ...
    def close(self) -> None: ...


class Carriers(Protocol):
    """Gives a carrier for each call, and takes it back."""

    def take(self) -> Carrier: ...
    def give_back(self, carrier: Any) -> None: ...
    def close(self) -> None: ...


class Given:
    """The user's own transport or httpx client, for all calls; the latter stays open.

    An httpx client is gone all the way through, hooks and all, but for what would send the key
    elsewhere.
    """

    def __init__(self, given: httpx.BaseTransport | httpx.Client) -> None:
        self._given = given

    def take(self) -> Given:
        return self

    def give_back(self, carrier: Given) -> None:
        """It has never been away."""

    def send(self, call: Call[Any], timeout: httpx.Timeout, requests: Requests) -> Incoming:
        """Send a call, and give the beginning of its answer."""
        given = self._given
        client = given if isinstance(given, httpx.Client) else None
        request = requests.for_httpx(call, timeout, client)
        try:
            if isinstance(given, httpx.Client):
                response = given.send(request, auth=None, follow_redirects=False, stream=True)
            else:
                response = given.handle_request(request)
        except httpx.HTTPStatusError as error:  # a hook that calls raise_for_status, mostly
            if not is_answer_to(request, error.response):
                raise
            return closed(error.response)
        return incoming(response)

    def close(self) -> None:
        if not isinstance(self._given, httpx.Client):
            self._given.close()


def transport_of(client: httpx.Client | httpx.BaseTransport, url: httpx.URL) -> Any:
    """What an httpx client sends to a URL by; a transport is that itself.

    httpx has no public name for it; a test holds this to the version that is installed.
    """
    if not isinstance(client, httpx.Client):
        return client
    mounts: dict[Any, Any] = getattr(client, "_mounts", {})
    found = (each for pattern, each in mounts.items() if pattern.matches(url))
    return next(found, None) or getattr(client, "_transport", None)


def incoming(response: httpx.Response) -> Incoming:
    """What httpx gives, as the session takes it."""
    stream: Any = response.stream
    whole = response.content if response.is_stream_consumed else None
    return Incoming(response.status_code, response.headers.raw, stream, whole, response)


def is_answer_to(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether this answers the request, and not one that a hook has sent meanwhile."""
    try:
        answered = response.request
    except RuntimeError:  # it is not known which
        return False
    return answered is request


def closed(response: httpx.Response) -> Incoming:
    """An answer that a hook raised: httpx closes it, and its body is there only if it was read."""
    try:
        whole = response.content
    except httpx.ResponseNotRead:
        whole = b""
    stream: Any = response.stream
    return Incoming(response.status_code, response.headers.raw, stream, whole, response)
