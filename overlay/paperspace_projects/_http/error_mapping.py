"""The errors of calls without an answer. Pure. Their causes show nothing of the request."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping
from typing import Any, Final

import httpx

from .._api.operations import ApiRequest
from .._httpx_compat import both, like
from .._security.redaction import redact
from .._security.secret_str import SecretStr
from ..errors import APIConnectionError, APITimeoutError
from .failures import (
    Exchange,
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
    """Say what to do about a write that may have been carried out."""
    how = "" if request.verify_with is None else f" with {request.verify_with}"
    return f"check the present state{how} before you send it again"


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

_BEFORE_TLS: Final = (Failure.NAME_NOT_RESOLVED, Failure.CONNECT_FAILED, Failure.CONNECT_TIMEOUT)
_UNREACHED: Final = (*_BEFORE_TLS, Failure.CERTIFICATE_REFUSED, Failure.TLS_FAILED)


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
    """Return the failure of a request that got no answer, or half of one. `handled` is the
    exception that the caller was handling when it made the call."""
    hidden = (*request.secrets, key)
    # Some end in a period, and the sentence goes on.
    reason = redact(str(error), hidden).removesuffix(".") or type(error).__name__
    failure = failure_without_answer(error, exchange)
    in_time = not isinstance(error, both(httpx.TimeoutException))
    if failure is not Failure.FINAL:
        text = _REASONS[failure]
        if proxy is not None and failure is Failure.NAME_NOT_RESOLVED:  # it looks up the server's
            text = "the proxy's name was not found: check its address and the network"
        if in_time:
            text += f": {reason}"
        if failure in _UNREACHED:
            by = "" if proxy is None else f", through the proxy {proxy}"
            text += f" (base URL {base_url}{by})"
    elif is_bad_redirect(error):
        text = f"the server redirects to an invalid URL: {reason}"
    else:
        text = f"the request cannot be sent: {reason}"
    error_class = APIConnectionError if in_time else APITimeoutError
    failed = FailedAttempt(error_class(text, **context_of(request)), failure)
    failed.error.__cause__ = bared(error, hidden, handled)
    return failed


def bared(
    error: BaseException, hidden: tuple[SecretStr, ...], handled: BaseException | None
) -> BaseException | None:
    """Remove the request from an exception and its causes; None if their texts show secrets."""
    links = detached(error, handled)
    for link in links:
        if isinstance(link, both(httpx.RequestError)):
            with contextlib.suppress(RuntimeError):  # raised where it never had a request
                sent = link.request
                link.request = like(sent, httpx.Request)(sent.method, sent.url)
    told = any(redact(text, hidden) != text for each in links for text in (str(each), repr(each)))
    return None if told else error


def detached(error: BaseException, handled: BaseException | None) -> list[BaseException]:
    """Remove the tracebacks of an exception and its causes but the `handled` one; return them all.
    The frames of httpx and httpcore hold the request's headers and body."""
    links = list(itertools.takewhile(lambda link: link is not handled, chain_of(error)))
    for link in links:
        link.__traceback__ = None
    return links
