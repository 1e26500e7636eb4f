"""Read an answer: a value, or an error and its row of the retry table, without secrets. Pure."""

from __future__ import annotations

import contextlib
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

import httpx
import msgspec

from .._api.decode_error import NO_BODY, DecodeError, Object
from .._api.decoding import parse
from .._api.live_dialect import LIVE
from .._api.operations import ApiRequest, Idempotency
from .._security.redaction import (
    in_clean_words,
    redact,
    redact_json,
    redacted_words,
    searched_part,
)
from .._security.secret_str import SecretStr
from ..errors import NotFoundError, RateLimitError, ResponseError, class_for_status
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
    304: "It answers a conditional request only, and this client sends none: check the proxies and "
    "caches between it and the API",
    404: "Check the id or name, and that the key is of the team that owns the project",
    409: "Something with this name or id is there already, or has changed: read it, then decide",
    429: "Send less at a time, or wait",
}

REQUEST_ID_HEADER: Final = "x-request-id"
_HARMLESS: Final = frozenset(
    (
        *("age", "cache-control", "cf-ray", "content-length", "content-type", "date"),
        *("deprecation", "etag", "expires", "last-modified", "retry-after", "server", "sunset"),
        *("via", "x-cache", "x-correlation-id", "x-request-id"),
    )
)
_HARMLESS_BEGINNINGS: Final = ("ratelimit", "x-ratelimit-", "x-rate-limit-")
_EXCERPT: Final = 200
_LOOKED_AT: Final = 8_000  # bytes of a body that is no JSON


_CODE, _MESSAGE, _DETAILS, _ISSUES = _ERROR_KEYS = tuple(
    LIVE[f"error.{name}"][0] for name in ("code", "message", "details", "issues")
)


def _is_error(data: object) -> bool:
    """Whether a body is an error whatever the status: it has a message and a code, which is a known
    one if there is any key that errors do not have."""
    if type(data) is not dict:
        return False
    body = cast("Object", data)
    code, message = body.get(_CODE), body.get(_MESSAGE)
    if not isinstance(code, str) or not isinstance(message, str):
        return False
    return body.keys() <= {*_ERROR_KEYS} or code in STATUS_OF_CODE


def error_body(data: object) -> dict[str, Any]:
    """Read code, message, details and issues of an error body, whatever it is; each may be None."""
    body = cast("Object", data) if isinstance(data, dict) else {}
    code, message, issues = body.get(_CODE), body.get(_MESSAGE), body.get(_ISSUES)
    found = [
        cast("Object", each).get(_MESSAGE) if isinstance(each, dict) else each
        for each in cast("list[object]", issues if isinstance(issues, list) else [])
    ]
    return {
        "code": code if isinstance(code, str) else None,
        "message": message if isinstance(message, str) else None,
        "details": body.get(_DETAILS),
        "issues": tuple(each for each in found if isinstance(each, str)),
    }


def shown_header(
    headers: Mapping[str, str], name: str, hidden: tuple[SecretStr, ...]
) -> str | None:
    """A header of an answer without what must not show; None if there is none."""
    value = headers.get(name)
    if value is None:
        return None
    with contextlib.suppress(UnicodeError):  # sent as UTF-8
        value = value.encode("latin-1").decode()
    return redacted_words(value, _EXCERPT, hidden)


def shown_headers(headers: Mapping[str, str], hidden: tuple[SecretStr, ...]) -> dict[str, Any]:
    """The request id and the harmless headers of an answer, as events have them."""
    names = [e for e in headers if e in _HARMLESS or e.startswith(_HARMLESS_BEGINNINGS)]
    shown = {redact(name, hidden): shown_header(headers, name, hidden) for name in names}
    return {"request_id": shown.get(REQUEST_ID_HEADER), "headers": shown}


class ResponseReader:
    """Reads the answers to one client's requests; they may echo its key."""

    def __init__(self, key: SecretStr) -> None:
        self.key: SecretStr = key
        self._key_part = searched_part(key)

    def read(
        self, request: ApiRequest[T], response: RawResponse, now: Callable[[], float]
    ) -> T | FailedAttempt:
        """Read the answer to a request. `now`: seconds since the epoch, for a Retry-After date."""
        try:
            text = decoded(response)
            hidden = request.secrets
            if self._key_part in text.casefold() or "\\u" in text:  # else it is not there
                hidden = (*hidden, self.key)
            data = parse(text)
            if hidden:
                data = redact_json(data, hidden)
        except (ValueError, RecursionError) as error:
            if not 200 <= response.status < 300:
                return self._with_status(request, response, None, now)
            is_deep = isinstance(error, RecursionError)
            problem = "JSON that is nested too deeply" if is_deep else error
            found = f"{problem}{self._excerpt(request, response.content, response.headers)}"
            return self._unreadable(request, response, DecodeError("$", "JSON", found))
        is_success = 200 <= response.status < 300
        is_object = data.__class__ is dict
        if not is_success or (is_object and _MESSAGE in cast("Object", data) and _is_error(data)):
            return self._with_status(request, response, data, now)
        try:
            return request.decode(data)
        except DecodeError as error:
            return self._unreadable(request, response, error)

    def _excerpt(self, request: ApiRequest[Any], content: bytes, headers: Mapping[str, str]) -> str:
        """The first words of a body that is no JSON, such as an HTML page; none if a secret's value
        was sent, as a part of it may be all that came back."""
        if request.secrets or not content.strip():
            return ""
        text = redact(content[:_LOOKED_AT].decode("utf-8", "replace"), (self.key,))
        if len(content) > _LOOKED_AT:
            text = text[: -12 * len(self.key)]  # where the key may have been cut in two
        if "html" in headers.get("content-type", "") or text.lstrip()[:1] == "<":
            text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^<>]*>", " ", text)
        return f": {in_clean_words(text, _EXCERPT)!r}"

    def _context(self, request: ApiRequest[Any], response: RawResponse) -> dict[str, Any]:
        """The attributes that every error of an answered call carries."""
        request_id = shown_header(response.headers, REQUEST_ID_HEADER, (*request.secrets, self.key))
        return context_of(request) | {"status_code": response.status, "request_id": request_id}

    def _unreadable(
        self, request: ApiRequest[Any], response: RawResponse, why: DecodeError
    ) -> FailedAttempt:
        found = redact(why.found, request.secrets, words=True)
        text = f"the answer ({response.status}) cannot be read: "
        text += f"at {why.path}, expected {why.expected}, found {found}"
        if request.idempotency is not Idempotency.READ:
            text += "; it may have been carried out all the same: " + advice(request)
        context = self._context(request, response)
        context.update(json_path=why.path, expected=why.expected, found=found)
        return FailedAttempt(ResponseError(text, **context), Failure.FINAL)

    def _with_status(
        self,
        request: ApiRequest[Any],
        response: RawResponse,
        data: object,
        now: Callable[[], float],
    ) -> FailedAttempt:
        hidden, status, headers = (*request.secrets, self.key), response.status, response.headers
        body = error_body(redact_json(data, request.secrets, words=True))
        if 200 <= status < 300:
            status = STATUS_OF_CODE.get(body["code"] or "", status)
        retry_after = parse_retry_after(headers.get("retry-after"), headers.get("date"), now)
        context = self._context(request, response) | body
        error_class = class_for_status(status)
        if error_class is RateLimitError:
            context["retry_after"] = retry_after
        said = "; ".join(each.rstrip(".") for each in (body["message"], *body["issues"]) if each)
        said = redacted_words(said, _EXCERPT * 2, hidden)
        code = body["code"] or httpx.codes.get_reason_phrase(status)
        code = code or "(a status that no table lists)"
        text = f"{response.status} {redacted_words(code, _EXCERPT, hidden)}"
        text += f": {said}" if said else self._excerpt(request, response.content, headers)
        is_from_api = data is NO_BODY or _is_error(data)
        text += _advice(status, request, headers.get("location", ""), is_from_api)
        text = redact(text, hidden)  # again, as a header may have been a value
        failure, error = failure_for_status(status, retry_after), error_class(text, **context)
        if isinstance(error, NotFoundError):
            error.is_from_api = is_from_api
        return FailedAttempt(error, failure, retry_after)


def _advice(status: int, request: ApiRequest[Any], location: str, is_from_api: bool) -> str:
    """What to do about an error status, as the end of the message."""
    if 300 <= status < 400 and status != 304:
        host = None
        with contextlib.suppress(ValueError):
            host = urlsplit(location).hostname
        return (
            f". It redirects{f' to {host}' if host else ''}, and redirects are not followed, "
            "as the API key goes to the base URL alone: check base_url"
        )
    if status == 404 and not is_from_api:
        return (
            ". It is no answer of the API, and tells nothing of what exists: check base_url, and "
            "the gateways between it and the API"
        )
    if status == 404 and not request.in_contract:
        return ". Check the path, which begins below the base URL, and the ids in it"
    if status == 404 and "/" not in request.path[1:]:  # it names no project
        return ". The API seems to be elsewhere: check base_url, whose path is usually /v1"
    return f". {_HINTS[status]}" if status in _HINTS else ""


def decoded(response: RawResponse) -> str:
    """The text of a body; if it is none, a `ValueError` says why and shows nothing of it."""
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
