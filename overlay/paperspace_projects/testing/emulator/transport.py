"""In process: from httpx's requests to calls, and from replies to httpx's responses and exceptions.

What a network would do to a client is raised here as httpx raises it. No exception may carry more
of the request than httpx itself puts there.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Final

import httpx

from ..faults.effects import CutOff, NoAnswer, Reply
from .messages import Answer, Call


class EmulatorTransport(httpx.MockTransport):
    """Answers in process; one and the same for `httpx.Client` and `httpx.AsyncClient`."""

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


def to_call(request: httpx.Request) -> Call:
    """A request as the emulator takes it."""
    path, _, raw_query = request.url.raw_path.partition(b"?")
    headers = ((name.lower(), value) for name, value in request.headers.raw)
    authorization = b", ".join(value for name, value in headers if name == b"authorization")
    return Call(request.method, path, raw_query, authorization, request.read())


def to_response(reply: Reply, request: httpx.Request) -> httpx.Response:
    """A reply as httpx has it.

    Raises:
        httpx.TransportError: there is no answer.
    """
    match reply:
        case Answer():
            return httpx.Response(
                int(reply.status), headers=list(reply.headers), content=reply.body, request=request
            )
        case CutOff(answer):
            length = ("content-length", str(len(answer.body)))
            return httpx.Response(
                int(answer.status),
                headers=[*answer.headers, length],
                stream=_CutOffStream(reply),
                request=request,
            )
        case NoAnswer(why):
            kind, message = _ERRORS[why]
            raise kind(message, request=request)


_ERRORS: Final[dict[str, tuple[type[httpx.TransportError], str]]] = {
    "refuse": (httpx.ConnectError, "The emulator was told to refuse the connection."),
    "drop": (httpx.RemoteProtocolError, "The emulator was told to drop the connection."),
    "reset": (httpx.ReadError, "The emulator was told to reset the connection."),
    "timeout": (httpx.ReadTimeout, "The emulator was told not to answer."),
}


class _CutOffStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The first half of a body, and then the end of the connection."""

    def __init__(self, reply: CutOff) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        yield self._reply.sent
        raise httpx.RemoteProtocolError("The emulator was told to cut the answer off.")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part
