"""The errors that a call ends with, if no answer came or no attempt is left. Pure.

Each text tells a person what happened and what to do next. What an error keeps of the exception
behind it shows nothing of the request.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping
from typing import Any, Final

import httpx

from .._api.operations import ApiRequest
from .._security.redaction import redact
from .._security.secret_str import SecretStr
from ..errors import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    ConflictError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownConflictError,
    OutcomeUnknownError,
    OutcomeUnknownNotFoundError,
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
    ServerError,
)
from .exchange import Exchange
from .failures import (
    FailedAttempt,
    Failure,
    chain_of,
    failure_without_answer,
    is_bad_redirect,
)


def context_of(request: ApiRequest[Any]) -> dict[str, Any]:
    """The attributes that every error of a call carries."""
    return {"operation": request.operation, "method": request.method, "path": request.path}


def advice(request: ApiRequest[Any]) -> str:
    """What to do about a write that may have been carried out."""
    return f"check with {request.verify_with} before you send it again"


_REASONS: Final[Mapping[Failure, str]] = {
    Failure.NAME_NOT_RESOLVED: "the server's name was not found: check base_url and the network",
    Failure.CONNECT_FAILED: "the server could not be reached",
    Failure.CONNECT_TIMEOUT: "the server could not be reached in time",
    Failure.CERTIFICATE_REFUSED: "the server's certificate was not accepted: check base_url, the "
    "clock, and whether a proxy needs a CA of its own (ssl_context=...)",
    Failure.TLS_FAILED: "no secure connection could be made",
    Failure.POOL_TIMEOUT: "no connection came free in time: too many calls at once",
    Failure.WRITE_FAILED: "the request could not be sent whole",
    Failure.READ_TIMEOUT: "the server did not answer in time",
    Failure.LOST_BEFORE_ANSWER: "the connection was lost before an answer came",
    Failure.LOST_WITHIN_ANSWER: "the connection was lost within the answer",
}

_PROXY_NOT_FOUND: Final = "the proxy's name was not found: check its address and the network"

_UNREACHED: Final = frozenset(
    (
        *(Failure.NAME_NOT_RESOLVED, Failure.CONNECT_FAILED, Failure.CONNECT_TIMEOUT),
        *(Failure.CERTIFICATE_REFUSED, Failure.TLS_FAILED),
    )
)


def unanswered(
    request: ApiRequest[Any],
    error: httpx.HTTPError | httpx.InvalidURL,
    key: SecretStr,
    exchange: Exchange,
    *,
    base_url: str,
    proxy: str | None,
    handled: BaseException | None,
) -> FailedAttempt:
    """What a request that got no answer, or half of one, failed with.

    The exception of httpx is kept as the cause, without what it holds of the request. Where no
    connection came about, the error says to where, and through what proxy: most often that is what
    is wrong. `handled` is what the caller was handling when it made the call.
    """
    hidden = (*request.secrets, key)
    # Some end in a period, and the sentence goes on.
    reason = redact(str(error), hidden).removesuffix(".") or type(error).__name__
    failure = failure_without_answer(error, exchange)
    in_time = not isinstance(error, httpx.TimeoutException)
    if failure is not Failure.FINAL:
        text = _REASONS[failure]
        if proxy is not None and failure is Failure.NAME_NOT_RESOLVED:
            text = _PROXY_NOT_FOUND  # it is the proxy that looks up the server's name
        if in_time:
            text += f": {reason}"
        if failure in _UNREACHED:
            by = "" if proxy is None else f", through the proxy {proxy}"
            text += f" (base URL {base_url}{by})"
    elif not is_bad_redirect(error):
        text = f"the request cannot be sent: {reason}"
    else:
        text = f"the server redirects to what is no URL: {reason}"
    error_class = APIConnectionError if in_time else APITimeoutError
    failed = FailedAttempt(error_class(text, **context_of(request)), failure)
    failed.error.__cause__ = bared(error, hidden, handled)
    return failed


def bared(
    error: BaseException, hidden: tuple[SecretStr, ...], handled: BaseException | None
) -> BaseException | None:
    """An exception and its causes without what they hold of the request; None if they tell it."""
    links = detached(error, handled)
    for link in links:
        if isinstance(link, httpx.RequestError):
            with contextlib.suppress(RuntimeError):  # raised where it never had a request
                link.request = httpx.Request(link.request.method, link.request.url)
    told = any(redact(text, hidden) != text for each in links for text in (str(each), repr(each)))
    return None if told else error


def detached(error: BaseException, handled: BaseException | None) -> list[BaseException]:
    """Cut an exception and its causes loose from the frames that they passed; gives them all.

    The frames of httpx and httpcore have the request's headers and body among their locals, and
    those would end up in a crash report. What the caller was handling, when it made the call, is
    the caller's own and stays as it is.
    """
    links = list(itertools.takewhile(lambda link: link is not handled, chain_of(error)))
    for link in links:
        link.__traceback__ = None
    return links


def final_error(
    request: ApiRequest[Any],
    failed: FailedAttempt,
    *,
    attempts: int,
    reason: str | None,
    out_of_time: bool,
    is_unknown: bool,
) -> APIError | InvalidArgumentError:
    """The error that a call ends with, once it will not be tried again.

    Args:
        call: The call.
        failed: Its last attempt.
        attempts: How many there were.
        reason: Why there is no other, where that needs saying.
        out_of_time: Whether the deadline is what ended it.
        is_unknown: Whether it is unknown if it was carried out.
    """
    error = failed.error
    if isinstance(error, InvalidArgumentError):
        return error
    ended: APIError = error
    if is_unknown:
        ended = _unknown(request, error, reason)
    elif out_of_time:
        ended = DeadlineExceededError(f"{error.args[0]}. {_sentence(reason)}", **_carried(error))
    elif reason is not None:
        error.args = (f"{error.args[0]}. Not tried again: {reason}",)
    if ended is not error:
        ended.__cause__ = error
    ended.attempts = attempts
    return ended


def _unknown(request: ApiRequest[Any], error: APIError, reason: str | None) -> OutcomeUnknownError:
    text = str(error.args[0])
    if error.status_code is None:
        text += f", so its outcome is unknown: {advice(request)}"
    else:
        text += f". It may have been carried out all the same: {advice(request)}"
    if reason is not None:
        text += f". {_sentence(reason)}"
    error_class = next(made for kind, made in _UNKNOWN.items() if isinstance(error, kind))
    return error_class(text, **_carried(error))


_UNKNOWN: Final[Mapping[type[APIError], type[OutcomeUnknownError]]] = {
    ServerError: OutcomeUnknownServerError,
    ConflictError: OutcomeUnknownConflictError,
    NotFoundError: OutcomeUnknownNotFoundError,
    APIStatusError: OutcomeUnknownStatusError,
    APIError: OutcomeUnknownError,
}
"""What an error becomes where the outcome is unknown: the first that fits."""


def _sentence(reason: str | None) -> str:
    return f"{reason[:1].upper()}{reason[1:]}" if reason else ""


def _carried(error: APIError) -> dict[str, Any]:
    return {name: getattr(error, name) for name in _CARRIED}


_CARRIED: Final = (
    *("operation", "method", "path", "status_code"),
    *("code", "message", "details", "issues", "request_id"),
)
