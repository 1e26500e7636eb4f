"""A request and an answer as plain data, between the transports and the operations.

Paths and queries stay the raw bytes that were sent: a URL class would fold dot segments and decode
`%2F`, and hide just what a test wants to see. Nothing here may put a key, a secret's value or any
other text of the caller into an error message or a repr.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as it came."""

    method: str
    path: bytes
    query: bytes
    authorization: bytes = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: status, headers, and a body that is empty or JSON."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @classmethod
    def json(cls, status: int, value: object, *headers: tuple[str, str]) -> "Answer":
        """An answer whose body is `value` as JSON."""
        body = json.dumps(value, separators=(",", ":")).encode()
        return cls(status, (("content-type", "application/json"), *headers), body)

    def with_json(self, value: object) -> "Answer":
        """The same answer with another body."""
        return replace(self, body=Answer.json(self.status, value).body)

    def with_request_id(self, request_id: str) -> "Answer":
        """The same answer with an `x-request-id`."""
        return replace(self, headers=(*self.headers, ("x-request-id", request_id)))


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


class Problem(Exception):
    """A refusal, raised by whatever finds the fault and turned into an answer in one place."""

    def __init__(
        self,
        status: int,
        message: str,
        *headers: tuple[str, str],
        code: str | None = None,
        issues: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.code = code or CODES.get(status, "INTERNAL_SERVER_ERROR")
        self.issues = issues

    def answer(self) -> Answer:
        """The vendor's error body (docs/dialects.md, "errors"); `issues` where there are any."""
        body: dict[str, object] = {"code": self.code, "message": self.message}
        if self.issues:
            body["issues"] = [{"message": issue} for issue in self.issues]
        return Answer.json(self.status, body, *self.headers)


def bad_request(field_name: str, fault: str) -> Problem:
    """400 BAD_REQUEST, with an issue that names the field; `fault` must not quote its value."""
    issue = f"{field_name}: {fault}"
    return Problem(HTTPStatus.BAD_REQUEST, "The request is not valid.", issues=(issue,))


def parse_error() -> Problem:
    """400 PARSE_ERROR, for a body that is no JSON."""
    message = "The request body is not JSON."
    return Problem(HTTPStatus.BAD_REQUEST, message, code="PARSE_ERROR")


def unauthorized() -> Problem:
    """401 UNAUTHORIZED, the same whether the key is missing or wrong."""
    challenge = ("www-authenticate", "Bearer")
    return Problem(HTTPStatus.UNAUTHORIZED, "A valid API key is required.", challenge)


def not_found(what: str) -> Problem:
    """404 NOT_FOUND; `what` is a kind of thing, such as "project"."""
    return Problem(HTTPStatus.NOT_FOUND, f"No such {what}.")


def method_not_supported(allowed: str) -> Problem:
    """405 METHOD_NOT_SUPPORTED, with the methods that are, as `Allow` wants them."""
    message = "The method is not supported for this path."
    return Problem(HTTPStatus.METHOD_NOT_ALLOWED, message, ("allow", allowed))


def conflict(what: str) -> Problem:
    """409 CONFLICT, for a thing that is there already."""
    return Problem(HTTPStatus.CONFLICT, f"The {what} is there already.")
