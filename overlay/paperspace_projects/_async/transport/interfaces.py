"""What carries a client's requests: lines of its own, or what the user gave; and what comes back.

Both send a call and give the beginning of its answer. What becomes of either is the session's.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from typing import Any, Protocol

import httpx
from attrs import frozen

from ..._api.operations import Call
from ..._http.request_builder import Requests


@frozen(eq=False)
class AsyncIncoming:
    """An answer whose head is there. `whole` is its body where somebody has read it already.

    `response` is httpcore's or httpx's own.
    """

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    stream: AsyncIterable[bytes]
    whole: bytes | None
    response: Any

    async def aclose(self) -> None:
        """Let go of what it came by, read to its end or not."""
        await self.response.aclose()


class AsyncCarrier(Protocol):
    """Sends one call at a time, or any number where it is the user's own."""

    async def send(
        self, call: Call[Any], timeout: httpx.Timeout, requests: Requests
    ) -> AsyncIncoming: ...
    async def aclose(self) -> None: ...


class AsyncCarriers(Protocol):
    """Gives a carrier for each call, and takes it back."""

    def take(self) -> AsyncCarrier: ...
    async def give_back(self, carrier: Any) -> None: ...
    async def aclose(self) -> None: ...


class AsyncGiven:
    """The user's own transport or httpx client, for all calls; the latter stays open.

    An httpx client is gone all the way through, hooks and all, but for what would send the key
    elsewhere.
    """

    def __init__(self, given: httpx.AsyncBaseTransport | httpx.AsyncClient) -> None:
        self._given = given

    def take(self) -> AsyncGiven:
        return self

    async def give_back(self, carrier: AsyncGiven) -> None:
        """It has never been away."""

    async def send(
        self, call: Call[Any], timeout: httpx.Timeout, requests: Requests
    ) -> AsyncIncoming:
        """Send a call, and give the beginning of its answer."""
        given = self._given
        client = given if isinstance(given, httpx.AsyncClient) else None
        request = requests.for_httpx(call, timeout, client)
        try:
            if isinstance(given, httpx.AsyncClient):
                response = await given.send(request, auth=None, follow_redirects=False, stream=True)
            else:
                response = await given.handle_async_request(request)
        except httpx.HTTPStatusError as error:  # a hook that calls raise_for_status, mostly
            if not is_answer_to(request, error.response):
                raise
            return closed(error.response)
        return incoming(response)

    async def aclose(self) -> None:
        if not isinstance(self._given, httpx.AsyncClient):
            await self._given.aclose()


def transport_of(client: httpx.AsyncClient | httpx.AsyncBaseTransport, url: httpx.URL) -> Any:
    """What an httpx client sends to a URL by; a transport is that itself.

    httpx has no public name for it; a test holds this to the version that is installed.
    """
    if not isinstance(client, httpx.AsyncClient):
        return client
    mounts: dict[Any, Any] = getattr(client, "_mounts", {})
    found = (each for pattern, each in mounts.items() if pattern.matches(url))
    return next(found, None) or getattr(client, "_transport", None)


def incoming(response: httpx.Response) -> AsyncIncoming:
    """What httpx gives, as the session takes it."""
    stream: Any = response.stream
    whole = response.content if response.is_stream_consumed else None
    return AsyncIncoming(response.status_code, response.headers.raw, stream, whole, response)


def is_answer_to(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether this answers the request, and not one that a hook has sent meanwhile."""
    try:
        answered = response.request
    except RuntimeError:  # it is not known which
        return False
    return answered is request


def closed(response: httpx.Response) -> AsyncIncoming:
    """An answer that a hook raised: httpx closes it, and its body is there only if it was read."""
    try:
        whole = response.content
    except httpx.ResponseNotRead:
        whole = b""
    stream: Any = response.stream
    return AsyncIncoming(response.status_code, response.headers.raw, stream, whole, response)
