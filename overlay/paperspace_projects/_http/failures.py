"""How a call fails when no answer came, and the error that it ends with.

Each error text tells a person what happened and what to do. What an error keeps of the exception
behind it shows nothing of the request.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
import msgspec

from .._api.operations import Call
from .._retry.decision_table import Failure
from .._security.redaction import redact
from .._security.secret_str import Hidden
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

_OF_THE_NETWORK: Final = frozenset(
    ("anyio", "h11", "h2", "hpack", "httpcore", "httpx", "hyperframe", "socksio", "ssl", "trio")
)
"""Packages whose exceptions tell that there is no answer, whichever carries the requests."""


_OF_FILES_AND_PROCESSES: Final = (
    *(FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError),
    *(PermissionError, ProcessLookupError, ChildProcessError),
)
"""What a user's own hook or transport raises for another reason than the network."""


def is_of_the_network(error: Exception, *, is_given: bool = False) -> bool:
    """Whether an exception tells that there is no answer, and is not one of the user's own code.

    `is_given`: the user gave what carries the requests, and so it may run the user's own code.
    """
    if is_given and isinstance(error, _OF_FILES_AND_PROCESSES):
        return False
    if isinstance(error, UnicodeError):  # a host that is no name of the internet
        return not isinstance(error, UnicodeDecodeError)
    return isinstance(error, OSError) or any(
        kind.__module__.partition(".")[0] in _OF_THE_NETWORK for kind in type(error).__mro__
    )


def as_httpx(error: Exception) -> httpx.HTTPError | httpx.InvalidURL:
    """An error of the network as one of httpx's; one of httpx's that tells enough as it is.

    One that does not say how far the request came is taken for one that came while an answer was
    waited for: nobody knows then whether the request was carried out.
    """
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        return error
    name, module = type(error).__name__, type(error).__module__.partition(".")[0]
    text = str(error) or name
    made: httpx.HTTPError | httpx.InvalidURL
    if isinstance(error, UnicodeError):
        made = httpx.InvalidURL(text)
    elif module in ("h11", "httpcore") and hasattr(httpx, name):
        made = getattr(httpx, name)(text)
    elif module == "socksio":
        made = httpx.ProxyError(text)
    elif isinstance(error, _NOT_CONNECTED) or name in ("ConnectionFailed", _UNAVAILABLE):
        made = httpx.ConnectError(text)
    elif isinstance(error, TimeoutError) or name == "TooSlowError":  # the latter is trio's
        made = httpx.ReadTimeout(text)
    else:
        made = httpx.ReadError(text)
    made.__cause__ = error
    return made


_NOT_CONNECTED: Final = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_UNAVAILABLE: Final = "ConnectionNotAvailable"
"""httpcore's, of a connection that was closed before the request was begun."""


class Failed(msgspec.Struct, frozen=True):
    """A failed attempt: what would be raised, and what the retry table needs to know."""

    error: APIError | InvalidArgumentError
    failure: Failure
    retry_after: float | None = None


def context_of(call: Call[Any]) -> dict[str, Any]:
    """What every error of a call carries."""
    return {"operation": call.operation, "method": call.method, "path": call.path}


def before_repeating(call: Call[Any]) -> str:
    """What to do about a write that may have been carried out."""
    return f"see with {call.find_out} what is there now before you send it again"


def failure_without_answer(
    error: httpx.HTTPError | httpx.InvalidURL, exchange: Exchange
) -> Failure:
    """The row of the table for a request that got no answer, or half of one."""
    if isinstance(error, httpx.PoolTimeout):
        return Failure.POOL_TIMEOUT
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL) or "location header" in str(
        error
    ):
        return Failure.FINAL
    if isinstance(error, httpx.ConnectTimeout):
        return Failure.CONNECT_TIMEOUT
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return _connect_failure(error)
    if exchange.is_recorded and not exchange.may_have_arrived:
        if isinstance(error, httpx.LocalProtocolError):
            return Failure.FINAL
        timed_out = isinstance(error, httpx.TimeoutException)
        return Failure.CONNECT_TIMEOUT if timed_out else _connect_failure(error)
    if isinstance(error, httpx.WriteError | httpx.WriteTimeout) or exchange.write_failed:
        return Failure.WRITE_FAILED
    if isinstance(error, httpx.TimeoutException):
        return Failure.READ_TIMEOUT
    return Failure.LOST_WITHIN_ANSWER if exchange.answer_began else Failure.LOST_BEFORE_ANSWER


def _connect_failure(error: BaseException) -> Failure:
    causes = list(_chain(error))
    if any(isinstance(each, socket.gaierror) for each in causes):
        return Failure.NAME_NOT_RESOLVED
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return Failure.CERTIFICATE_REFUSED
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return Failure.TLS_FAILED
    return Failure.CONNECT_FAILED


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what led to it."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__


_SAID: Final[Mapping[Failure, str]] = {
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
    call: Call[Any],
    error: httpx.HTTPError | httpx.InvalidURL,
    key: Hidden,
    exchange: Exchange,
    *,
    base_url: str,
    proxy: str | None,
    handled: BaseException | None,
) -> Failed:
    """What a request that got no answer, or half of one, failed with.

    The exception of httpx is kept as the cause, without what it holds of the request. Where no
    connection came about, the error says to where, and through what proxy: most often that is what
    is wrong. `handled` is what the caller was handling when it made the call.
    """
    hidden = (*call.hidden, key)
    # Some end in a period, and the sentence goes on.
    reason = redact(str(error), hidden).removesuffix(".") or type(error).__name__
    failure = failure_without_answer(error, exchange)
    in_time = not isinstance(error, httpx.TimeoutException)
    if failure is not Failure.FINAL:
        text = _SAID[failure]
        if proxy is not None and failure is Failure.NAME_NOT_RESOLVED:
            text = _PROXY_NOT_FOUND  # it is the proxy that looks up the server's name
        if in_time:
            text += f": {reason}"
        if failure in _UNREACHED:
            by = "" if proxy is None else f", through the proxy {proxy}"
            text += f" (base URL {base_url}{by})"
    elif isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        text = f"the request cannot be sent: {reason}"
    else:
        text = f"the server redirects to what is no URL: {reason}"
    error_class = APIConnectionError if in_time else APITimeoutError
    failed = Failed(error_class(text, **context_of(call)), failure)
    failed.error.__cause__ = bared(error, hidden, handled)
    return failed


def bared(
    error: BaseException, hidden: tuple[Hidden, ...], handled: BaseException | None
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
    links = list(itertools.takewhile(lambda link: link is not handled, _chain(error)))
    for link in links:
        link.__traceback__ = None
    return links


def final_error(
    call: Call[Any],
    failed: Failed,
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
        is_unknown: Whether it may have been carried out, and nobody knows.
    """
    error = failed.error
    if isinstance(error, InvalidArgumentError):
        return error
    ended: APIError = error
    if is_unknown:
        ended = _unknown(call, error, reason)
    elif out_of_time:
        ended = DeadlineExceededError(f"{error.args[0]}. {_sentence(reason)}", **_carried(error))
    elif reason is not None:
        error.args = (f"{error.args[0]}. Not tried again: {reason}",)
    if ended is not error:
        ended.__cause__ = error
    ended.attempts = attempts
    return ended


def _unknown(call: Call[Any], error: APIError, reason: str | None) -> OutcomeUnknownError:
    text = str(error.args[0])
    if error.status_code is None:
        text += f", so nobody knows whether it was carried out: {before_repeating(call)}"
    else:
        text += f". It may have been carried out all the same: {before_repeating(call)}"
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
