"""In process: from httpx's requests to the emulator's, and back to httpx's responses and errors.

What a network would do to a client is raised here as httpx raises it. No exception may hold more of
the request than httpx itself puts there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Final

import httpx

from ..faults.effects import NoResponse, Reply
from .messages import ServerRequest, ServerResponse


class EmulatorTransport(httpx.MockTransport):
    """Answers in process, for `httpx.Client` and `httpx.AsyncClient` alike."""

    def __init__(
        self,
        handle: Callable[[httpx.Request], httpx.Response],
        handle_async: Callable[[httpx.Request], Coroutine[None, None, httpx.Response]],
    ) -> None:
        super().__init__(handle)
        self._handle_async = handle_async

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await self._handle_async(request)


def from_httpx(request: httpx.Request) -> ServerRequest:
    """Convert a request whose body has been read."""
    path, _, query = request.url.raw_path.partition(b"?")
    headers = ((name.lower(), value) for name, value in request.headers.raw)
    authorization = b", ".join(value for name, value in headers if name == b"authorization")
    return ServerRequest(request.method, path, query, authorization, request.read())


def to_httpx(reply: Reply, request: httpx.Request) -> httpx.Response:
    """Convert a reply; raise the httpx.TransportError of a `NoResponse`."""
    match reply:
        case ServerResponse(status, headers, body, is_cut_off):
            response = httpx.Response(
                int(status), headers=list(headers), content=body, request=request
            )
            if not is_cut_off:
                return response
            stream = _CutOffStream(reply.sent_body)
            return httpx.Response(
                int(status), headers=response.headers, stream=stream, request=request
            )
        case NoResponse(reason):
            error, message = _ERRORS[reason]
            raise error(message, request=request)


_ERRORS: Final[dict[str, tuple[type[httpx.TransportError], str]]] = {
    "refuse": (httpx.ConnectError, "The emulator was told to refuse the connection."),
    "drop": (httpx.RemoteProtocolError, "The emulator was told to drop the connection."),
    "reset": (httpx.ReadError, "The emulator was told to reset the connection."),
    "timeout": (httpx.ReadTimeout, "The emulator was told not to answer."),
}


class _CutOffStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The first part of a body, and then the end of the connection."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def __iter__(self) -> Iterator[bytes]:
        yield self._sent
        raise httpx.RemoteProtocolError("The emulator was told to cut the answer off.")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part
