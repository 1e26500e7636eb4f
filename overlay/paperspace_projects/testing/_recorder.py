"""Recording what a client and a server say to each other, and serving it again.

A recording never changes what it records; a replay never reaches a server.
"""

import json
import os
import threading
from typing import Final

import httpx

from paperspace_projects.testing._requests import SentRequest, sent_request
from paperspace_projects.testing._transcript import Exchange, Transcript, read_transcript
from paperspace_projects.testing._transport import to_call

# What is true of the bytes on the wire, and not of those that are handed on decoded.
_OF_THE_WIRE: Final = ("content-encoding", "content-length", "transfer-encoding")

_ERRORS: Final = {
    each.__name__: each
    for each in (
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.ReadError,
        httpx.ReadTimeout,
        httpx.RemoteProtocolError,
        httpx.WriteError,
        httpx.WriteTimeout,
    )
}


class Recorder(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that writes down what goes through it, without key and secrets.

        with Client(transport=Recorder("transcript.jsonl")) as client:
            ...

    Arguments:
        path: the transcript, in JSON Lines, which is added to.
        transport: what is recorded; None for a connection to the real server. It is closed with the
            client, and has to suit it: sync or async.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = transport
        self._transcript = Transcript(path)
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.transport = transport = self.transport or httpx.HTTPTransport()
        if not isinstance(transport, httpx.BaseTransport):
            raise TypeError("the recorded transport is async, and the client is not")
        request.read()
        try:
            response = transport.handle_request(request)
            try:
                response.read()
            finally:
                response.close()
        except httpx.HTTPError as error:
            self._transcript.note(request, error)
            raise
        return self._noted(request, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.transport = transport = self.transport or httpx.AsyncHTTPTransport()
        if not isinstance(transport, httpx.AsyncBaseTransport):
            raise TypeError("the recorded transport is sync, and the client is not")
        await request.aread()
        try:
            response = await transport.handle_async_request(request)
            try:
                await response.aread()
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            self._transcript.note(request, error)
            raise
        return self._noted(request, response)

    def _noted(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        self._transcript.note(request, response)
        headers = [each for each in response.headers.multi_items() if each[0] not in _OF_THE_WIRE]
        return httpx.Response(response.status_code, headers=headers, content=response.content)

    def close(self) -> None:
        if isinstance(self.transport, httpx.BaseTransport):
            self.transport.close()

    async def aclose(self) -> None:
        if isinstance(self.transport, httpx.AsyncBaseTransport):
            await self.transport.aclose()


class ReplayError(AssertionError):
    """A request that a transcript has no answer to, or no more. `request` is what was sent."""

    request: SentRequest

    def __init__(self, request: SentRequest) -> None:
        super().__init__(request)
        self.request = request

    def __str__(self) -> str:
        sent = self.request
        query = f"?{sent.query_string}" if sent.query_string else ""
        return (
            f"the transcript has no answer (left) to {sent.method} {sent.path}{query}"
            f"{f' with {sent.body}' if sent.body else ''}: record it anew"
        )


class Replay(httpx.MockTransport):
    """A transport that answers what a transcript says, for sync and async clients alike.

    Requests are known by method, path, query and body, as the transcript has them; those that are
    alike get their answers in the order of the transcript, each once. Whose key is sent, and to
    which host, does not matter, nor do the values of secrets.

    Arguments:
        path: a transcript, as `Recorder` writes it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no transcript; the line is named.

    Raises, in the calls of the client:
        ReplayError: the transcript has no answer to a request.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(self._answer)
        self._left = list(read_transcript(path))
        self._lock = threading.Lock()

    @property
    def unused(self) -> tuple[Exchange, ...]:
        """What of the transcript was not asked for so far."""
        with self._lock:
            return tuple(self._left)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = sent_request(to_call(request))
        with self._lock:
            found = next((each for each in self._left if _is_same(each.request, sent)), None)
            if found is None:
                raise ReplayError(sent)
            self._left.remove(found)
        if found.status is None:
            raise _ERRORS.get(found.error or "", httpx.TransportError)(
                "as recorded", request=request
            )
        content = b"" if found.answer is None else json.dumps(found.answer).encode()
        return httpx.Response(found.status, headers=dict(found.headers), content=content)


def _is_same(one: SentRequest, other: SentRequest) -> bool:
    return (one.method, one.path, one.query, one.json) == (
        other.method,
        other.path,
        other.query,
        other.json,
    )
