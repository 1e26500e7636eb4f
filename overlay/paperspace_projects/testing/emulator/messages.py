"""Requests and replies as plain data, their conversion from and to httpx, and error responses.

Paths and queries stay the raw bytes that were sent: a URL class would fold dot segments and decode
`%2F`, and so hide what a test wants to see. No error message and no repr may contain a key, a
secret's value or any other text of the caller.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import httpx
import msgspec

from ..._httpx_compat import like
from .determinism import Ids


class Opaque(msgspec.Struct, frozen=True):
    """A struct whose repr shows no field, as one may hold a key or a secret's value."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class ServerRequest(Opaque, frozen=True):
    """One request as it arrived."""

    method: str
    path: bytes
    query: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    @property
    def authorization(self) -> bytes:
        return b", ".join(value for name, value in self.headers if name.lower() == b"authorization")

    @property
    def path_text(self) -> str:
        return self.path.decode("ascii", "backslashreplace")


class ServerResponse(msgspec.Struct, frozen=True):
    """One response; with `is_cut_off` the connection ends after the first half of the body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_cut_off: bool = False

    @property
    def sent_body(self) -> bytes:
        return self.body[: len(self.body) // 2] if self.is_cut_off else self.body

    @classmethod
    def json(cls, status: int, value: object, *headers: tuple[str, str]) -> ServerResponse:
        content_type = ("content-type", "application/json")
        return cls(status, (content_type, *headers), msgspec.json.encode(value))


NoResponseReason = Literal["refuse", "drop", "reset", "timeout"]


class NoResponse(msgspec.Struct, frozen=True):
    reason: NoResponseReason


Reply = ServerResponse | NoResponse


def with_request_id(reply: Reply, ids: Ids) -> Reply:
    """Add the header that servers send for support."""
    if not isinstance(reply, ServerResponse):
        return reply
    headers = (*reply.headers, ("x-request-id", ids.for_request()))
    return msgspec.structs.replace(reply, headers=headers)


class EmulatorTransport(httpx.MockTransport):
    """Answers in process, for clients of httpx and httpx2, sync and async."""

    def __init__(
        self,
        handle: Callable[[httpx.Request], httpx.Response],
        handle_async: Callable[[httpx.Request], Coroutine[None, None, httpx.Response]],
    ) -> None:
        super().__init__(handle)
        self._handle = handle
        self._handle_async = handle_async

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._handle(request)  # the base class refuses answers of httpx2

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await self._handle_async(request)


def from_httpx(request: httpx.Request) -> ServerRequest:
    path, _, query = request.url.raw_path.partition(b"?")
    return ServerRequest(request.method, path, query, request.headers.raw, request.read())


def to_httpx(reply: Reply, request: httpx.Request) -> httpx.Response:
    """Convert a reply to one of the request's library; raise the error of a `NoResponse`."""
    if isinstance(reply, NoResponse):
        error, effect = _ERRORS[reply.reason]
        raise like(request, error)(f"An injected fault {effect}.", request=request)
    response, status, headers = like(request, httpx.Response), reply.status, list(reply.headers)
    if not reply.is_cut_off:
        return response(status, headers=headers, content=reply.body, request=request)
    headers.append(("content-length", str(len(reply.body))))
    streams = like(request, httpx.SyncByteStream), like(request, httpx.AsyncByteStream)
    stream = type("CutOffStream", (_CutOffStream, *streams), {})(reply.sent_body, request)
    return response(status, headers=headers, stream=stream, request=request)


_ERRORS: Final[Mapping[NoResponseReason, tuple[type[httpx.TransportError], str]]] = {
    "refuse": (httpx.ConnectError, "refused the connection"),
    "drop": (httpx.RemoteProtocolError, "dropped the connection"),
    "reset": (httpx.ReadError, "reset the connection"),
    "timeout": (httpx.ReadTimeout, "left the request unanswered"),
}


class _CutOffStream:
    """The first part of a body, and then the end of the connection."""

    def __init__(self, sent: bytes, request: httpx.Request) -> None:
        self._sent, self._error = sent, like(request, httpx.RemoteProtocolError)

    def __iter__(self) -> Iterator[bytes]:
        yield self._sent
        raise self._error("An injected fault cut the answer off.")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


# The statuses and codes of docs/dialects.md ("Where they differ").
_CODES: Final[Mapping[int, str]] = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_SUPPORTED",
    408: "TIMEOUT",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
    499: "CLIENT_CLOSED_REQUEST",
}


class HTTPException(Exception):
    """Ends the handling of a request with the vendor's error body (docs/dialects.md, `Error`)."""

    def __init__(
        self, status: int, message: str, *headers: tuple[str, str], **more: object
    ) -> None:
        super().__init__(message)
        code = _CODES.get(status, "INTERNAL_SERVER_ERROR")
        body = {"code": code, "message": message, **more}
        self.response: Final = ServerResponse.json(status, body, *headers)


def bad_request(field: str, problem: str) -> HTTPException:
    """Make a 400 whose issue names the field; `problem` must not quote the field's value."""
    issues = [{"message": f"{field}: {problem}"}]
    return HTTPException(400, "The request is not valid.", issues=issues)
