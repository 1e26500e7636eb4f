"""Reading an answer: a value, or a typed error together with the row of the retry table.

Pure functions over status, headers and body. Each error text tells a person what happened and what
to do; hidden values are taken out of whatever a server sent.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from attrs import field, frozen

from .._api import decoding as wire
from .._api.error_body import error_body, is_error
from .._api.operations import Call
from .._retry.decision_table import Failure, Safety, failure_for_status, parse_retry_after
from .._security.redaction import in_clean_words, may_hold, redact, redact_json
from .._security.secret_str import Hidden
from ..errors import RateLimitError, ResponseError, class_for_status
from .failures import Failed, before_repeating, context_of

T = TypeVar("T")


@frozen
class Answer:
    """An answer as it came. `refused` says why its body was not taken in, if it was not."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    refused: str | None = None


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


def read(call: Call[T], answer: Answer, *, key: Hidden, now: Callable[[], float]) -> T | Failed:
    """Read an answer to a call.

    Args:
        call: What was sent.
        answer: What came.
        key: The API key, which an answer may echo.
        now: The clock that a Retry-After date is compared with, in seconds since the epoch.
    """
    try:
        text = decoded(answer)
        hidden = (*call.hidden, key) if may_hold(text, key) else call.hidden
        data = redact_json(wire.parse(text), hidden)
    except (ValueError, RecursionError) as error:
        if not 200 <= answer.status < 300:
            return _failed_with_status(call, answer, None, key, now)
        problem = "JSON that is nested too deeply" if isinstance(error, RecursionError) else error
        found = f"{problem}{_excerpt(call, answer, key)}"
        return _unreadable(call, answer, wire.DecodeError("$", "JSON", found), key)
    if not 200 <= answer.status < 300 or is_error(data, STATUS_OF_CODE):
        return _failed_with_status(call, answer, data, key, now)
    try:
        return call.read(data)
    except wire.DecodeError as error:
        return _unreadable(call, answer, error, key)


def decoded(answer: Answer) -> str:
    """The text of a body.

    Raises:
        ValueError: it is none. The message says what is wrong and shows nothing of it.
    """
    if answer.refused is not None:
        raise ValueError(answer.refused)
    content = answer.content
    if content.startswith((BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ValueError("text that begins with a byte order mark")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ValueError("text in another encoding than UTF-8") from None
    if text and not text.isspace() and "html" in answer.headers.get("content-type", "").lower():
        raise ValueError("an HTML page")
    return text


def _excerpt(call: Call[Any], answer: Answer, key: Hidden) -> str:
    """The first words of a body that is no JSON, such as a proxy's HTML page, to end a sentence.

    Nothing where a secret's value was sent: a part of it may be all that came back.
    """
    content = answer.content
    if call.hidden or not content.strip():
        return ""
    text = redact(content[:_LOOKED_AT].decode("utf-8", "replace"), (key,))
    if len(content) > _LOOKED_AT:
        text = text[: -12 * len(key)]  # where the key may have been cut in two
    if "html" in answer.headers.get("content-type", "") or text.lstrip()[:1] == "<":
        text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^<>]*>", " ", text)
    return f": {in_clean_words(text, _EXCERPT)!r}"


def _context(call: Call[Any], answer: Answer, key: Hidden) -> dict[str, Any]:
    """What every error of an answered call carries."""
    request_id = answer.headers.get(REQUEST_ID_HEADER)
    if request_id is not None:
        request_id = in_clean_words(redact(request_id, (*call.hidden, key)), _EXCERPT)
    return {**context_of(call), "status_code": answer.status, "request_id": request_id}


def _unreadable(call: Call[Any], answer: Answer, why: wire.DecodeError, key: Hidden) -> Failed:
    text = (
        f"the answer ({answer.status}) cannot be read: "
        f"at {why.path}, expected {why.expected}, found {why.found}"
    )
    if call.safety is not Safety.READ:
        text += "; the server has accepted the request: " + before_repeating(call)
    error = ResponseError(
        text,
        json_path=why.path,
        expected=why.expected,
        found=why.found,
        **_context(call, answer, key),
    )
    return Failed(error, Failure.FINAL)


def _failed_with_status(
    call: Call[Any],
    answer: Answer,
    data: object,
    key: Hidden,
    now: Callable[[], float],
) -> Failed:
    body = error_body(data)
    status = answer.status
    if 200 <= status < 300:
        status = STATUS_OF_CODE.get(body.code or "", status)
    headers = answer.headers
    retry_after = parse_retry_after(headers.get("retry-after"), headers.get("date"), now)
    context = _context(call, answer, key)
    context.update(code=body.code, message=body.message, details=body.details, issues=body.issues)
    error_class = class_for_status(status)
    if error_class is RateLimitError:
        context["retry_after"] = retry_after
    failure = failure_for_status(status, retry_after)
    said = "; ".join(each.rstrip(".") for each in (body.message, *body.issues) if each)
    said = in_clean_words(said, _EXCERPT * 2)
    text = f"{answer.status} {in_clean_words(body.code or _phrase(status), _EXCERPT)}"
    text += f": {said}" if said else _excerpt(call, answer, key)
    # Redacted again: without control characters a text may be a value that it was not before.
    text = redact(text + _advice(call, answer, status), (*call.hidden, key))
    return Failed(error_class(text, **context), failure, retry_after)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(a status that no table lists)"


def _advice(call: Call[Any], answer: Answer, status: int) -> str:
    """What to do about an error status, as the end of the message."""
    if 300 <= status < 400:
        host = _host(answer.headers.get("location", ""))
        return (
            f". It redirects{f' to {host}' if host else ''}, and redirects are not followed, as "
            "the API key goes to the base URL alone: check base_url"
        )
    if status == HTTPStatus.NOT_FOUND and "/" not in call.path[1:]:  # it names no project
        return ". The API seems to be elsewhere: check base_url, and its path, which mostly is /v1"
    return f". {_HINTS[status]}" if status in _HINTS else ""


def _host(location: str) -> str | None:
    try:
        return urlsplit(location).hostname
    except ValueError:
        return None
