"""A request and a response as plain data, and the exception that becomes an error response.

Paths and queries stay the raw bytes that were sent: a URL class would fold dot segments and decode
`%2F`, and so hide what a test wants to see. No error message and no repr may contain a key, a
secret's value or any other text of the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec


class ServerRequest:
    """One request as it arrived. Its repr is that of any object, as it holds key and body."""

    def __init__(
        self, method: str, path: bytes, query: bytes, authorization: bytes, body: bytes
    ) -> None:
        self.method: Final = method
        self.path: Final = path
        self.query: Final = query
        self.authorization: Final = authorization
        self.body: Final = body

    @property
    def path_text(self) -> str:
        return self.path.decode("ascii", "backslashreplace")


class ServerResponse(msgspec.Struct, frozen=True):
    """One response. Its body is empty, or JSON unless a fault replaced it; a fault may also have
    the connection end after the first half of it.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_cut_off: bool = False

    @property
    def sent_body(self) -> bytes:
        return self.body[: len(self.body) // 2] if self.is_cut_off else self.body

    @classmethod
    def json(cls, status: int, value: object, *headers: tuple[str, str]) -> ServerResponse:
        """Make a response with a JSON body."""
        content_type = ("content-type", "application/json")
        return cls(status, (content_type, *headers), msgspec.json.encode(value))

    def with_header(self, name: str, value: str) -> ServerResponse:
        return msgspec.structs.replace(self, headers=(*self.headers, (name, value)))


# Statuses and codes in use, from docs/dialects.md ("More that is known of the live server").
CODES: Final[Mapping[int, str]] = {
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
    """Ends the handling of a request with an error response."""

    def __init__(
        self,
        status: int,
        message: str,
        *headers: tuple[str, str],
        code: str | None = None,
        issue: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.body: dict[str, object] = {
            "code": code or CODES.get(status, "INTERNAL_SERVER_ERROR"),
            "message": message,
        }
        if issue is not None:
            self.body["issues"] = [{"message": issue}]

    def response(self) -> ServerResponse:
        """Make the response, with the vendor's error body (docs/dialects.md, row "errors")."""
        return ServerResponse.json(self.status, self.body, *self.headers)


def bad_request(field: str, problem: str) -> HTTPException:
    """Make a 400 whose issue names the field; `problem` must not quote the field's value."""
    issue = f"{field}: {problem}"
    return HTTPException(HTTPStatus.BAD_REQUEST, "The request is not valid.", issue=issue)


def not_found(noun: str) -> HTTPException:
    """Make a 404 for something such as a "project"."""
    return HTTPException(HTTPStatus.NOT_FOUND, f"No such {noun}.")
