"""Reading an answer: a value, or a typed error and the row of the retry table. Pure.

Each error text tells a person what happened and what to do; hidden values are taken out of whatever
a server sent.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

import msgspec

from .._api.decoding import DecodeError, parse
from .._api.error_body import MESSAGE_KEY, error_body, is_error
from .._api.operations import ApiRequest, Idempotency
from .._security.redaction import in_clean_words, redact, redact_json, searched_part
from .._security.secret_str import SecretStr
from ..errors import RateLimitError, ResponseError, class_for_status
from .error_mapping import advice, context_of
from .failures import FailedAttempt, Failure, failure_for_status
from .server_clock import parse_retry_after

T = TypeVar("T")


class RawResponse(msgspec.Struct, frozen=True, eq=False):
    """An answer as it came. `refused` says why its body was not received, if it was not."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    refused: str | None = None

    def __repr__(self) -> str:
        return f"<RawResponse {self.status}>"


STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "PARSE_ERROR": 400,
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_SUPPORTED": 405,
    "TIMEOUT": 408,
    "CONFLICT": 409,
    "PRECONDITION_FAILED": 412,
    "PAYLOAD_TOO_LARGE": 413,
    "TOO_MANY_REQUESTS": 429,
    "CLIENT_CLOSED_REQUEST": 499,
    "INTERNAL_SERVER_ERROR": 500,
}
"""What an error body on a 2xx stands for, by its code (docs/dialects.md)."""

_HINTS: Final[Mapping[int, str]] = {
    401: "Check the API key (PAPERSPACE_API_KEY, or the key of the team in the credentials file)",
    403: "The key is valid but may not do this: check its team and the user's role",
    404: "Check the id or name, and that the key is of the team that owns the project",
    409: "Something with this name or id is there already, or has changed: read it, then decide",
    429: "Send less at a time, or wait",
}

REQUEST_ID_HEADER: Final = "x-request-id"
_EXCERPT: Final = 200
_LOOKED_AT: Final = 8_000  # bytes of a body that is no JSON


class ResponseReader:
    """Reads the answers to one client's requests.

    Args:
        key: The API key, which an answer may echo.
    """

    def __init__(self, key: SecretStr) -> None:
        self._key = key
        self._key_part = searched_part(key)

    def read(
        self, request: ApiRequest[T], response: RawResponse, now: Callable[[], float]
    ) -> T | FailedAttempt:
        """Read the answer to a request.

        Args:
            request: What was sent.
            response: What came.
            now: The clock that a Retry-After date is compared with, in seconds since the epoch.
        """
        key = self._key
        try:
            text = decoded(response)
            hidden = request.secrets
            if self._key_part in text.casefold() or "\\u" in text:  # else it is not there
                hidden = (*hidden, key)
            data = parse(text)
            if hidden:
                data = redact_json(data, hidden)
        except (ValueError, RecursionError) as error:
            if not 200 <= response.status < 300:
                return _failed_with_status(request, response, None, key, now)
            is_deep = isinstance(error, RecursionError)
            problem = "JSON that is nested too deeply" if is_deep else error
            found = f"{problem}{_excerpt(request, response, key)}"
            return _unreadable(request, response, DecodeError("$", "JSON", found), key)
        body = cast("dict[str, object]", data)
        if not 200 <= response.status < 300 or (
            type(body) is dict and MESSAGE_KEY in body and is_error(body, STATUS_OF_CODE)
        ):
            return _failed_with_status(request, response, data, key, now)
        try:
            return request.decode(data)
        except DecodeError as error:
            return _unreadable(request, response, error, key)


def decoded(response: RawResponse) -> str:
    """The text of a body.

    Raises:
        ValueError: it is none. The message says what is wrong and shows nothing of it.
    """
    if response.refused is not None:
        raise ValueError(response.refused)
    content = response.content
    if content.startswith((BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ValueError("text that begins with a byte order mark")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ValueError("text in another encoding than UTF-8") from None
    if text and not text.isspace() and "html" in response.headers.get("content-type", "").lower():
        raise ValueError("an HTML page")
    return text


def _excerpt(request: ApiRequest[Any], response: RawResponse, key: SecretStr) -> str:
    """The first words of a body that is no JSON, such as a proxy's HTML page, to end a sentence.

    Nothing where a secret's value was sent: a part of it may be all that came back.
    """
    content = response.content
    if request.secrets or not content.strip():
        return ""
    text = redact(content[:_LOOKED_AT].decode("utf-8", "replace"), (key,))
    if len(content) > _LOOKED_AT:
        text = text[: -12 * len(key)]  # where the key may have been cut in two
    if "html" in response.headers.get("content-type", "") or text.lstrip()[:1] == "<":
        text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^<>]*>", " ", text)
    return f": {in_clean_words(text, _EXCERPT)!r}"


def _context(request: ApiRequest[Any], response: RawResponse, key: SecretStr) -> dict[str, Any]:
    """What every error of an answered call carries."""
    request_id = response.headers.get(REQUEST_ID_HEADER)
    if request_id is not None:
        request_id = in_clean_words(redact(request_id, (*request.secrets, key)), _EXCERPT)
    return {**context_of(request), "status_code": response.status, "request_id": request_id}


def _unreadable(
    request: ApiRequest[Any], response: RawResponse, why: DecodeError, key: SecretStr
) -> FailedAttempt:
    text = (
        f"the answer ({response.status}) cannot be read: "
        f"at {why.path}, expected {why.expected}, found {why.found}"
    )
    if request.idempotency is not Idempotency.READ:
        text += "; the server has accepted the request: " + advice(request)
    error = ResponseError(
        text,
        json_path=why.path,
        expected=why.expected,
        found=why.found,
        **_context(request, response, key),
    )
    return FailedAttempt(error, Failure.FINAL)


def _failed_with_status(
    request: ApiRequest[Any],
    response: RawResponse,
    data: object,
    key: SecretStr,
    now: Callable[[], float],
) -> FailedAttempt:
    body = error_body(data)
    status = response.status
    if 200 <= status < 300:
        status = STATUS_OF_CODE.get(body.code or "", status)
    headers = response.headers
    retry_after = parse_retry_after(headers.get("retry-after"), headers.get("date"), now)
    context = _context(request, response, key)
    context.update(code=body.code, message=body.message, details=body.details, issues=body.issues)
    error_class = class_for_status(status)
    if error_class is RateLimitError:
        context["retry_after"] = retry_after
    failure = failure_for_status(status, retry_after)
    said = "; ".join(each.rstrip(".") for each in (body.message, *body.issues) if each)
    said = in_clean_words(said, _EXCERPT * 2)
    text = f"{response.status} {in_clean_words(body.code or _phrase(status), _EXCERPT)}"
    text += f": {said}" if said else _excerpt(request, response, key)
    # Redacted again: without control characters a text may be a value that it was not before.
    text = redact(text + _advice(request, response, status), (*request.secrets, key))
    return FailedAttempt(error_class(text, **context), failure, retry_after)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(a status that no table lists)"


def _advice(request: ApiRequest[Any], response: RawResponse, status: int) -> str:
    """What to do about an error status, as the end of the message."""
    if 300 <= status < 400:
        host = _host(response.headers.get("location", ""))
        return (
            f". It redirects{f' to {host}' if host else ''}, and redirects are not followed, as "
            "the API key goes to the base URL alone: check base_url"
        )
    if status == HTTPStatus.NOT_FOUND and "/" not in request.path[1:]:  # it names no project
        return ". The API seems to be elsewhere: check base_url, and its path, which mostly is /v1"
    return f". {_HINTS[status]}" if status in _HINTS else ""


def _host(location: str) -> str | None:
    try:
        return urlsplit(location).hostname
    except ValueError:
        return None
