"""How a call fails when no answer came, and the error that it ends with.

Each error text tells a person what happened and what to do. What an error keeps of the exception
behind it shows nothing of the request.
"""

from __future__ import annotations

import contextlib
from typing import Any, Final

import httpx
from attrs import frozen

from ._hidden import Hidden
from ._operations import Call
from ._redaction import redact
from ._retry import NO_ANSWER, Failure, Safety
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    DeadlineExceededError,
    InvalidArgumentError,
    OutcomeUnknownError,
)


@frozen
class Failed:
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


def unanswered(call: Call[Any], error: httpx.HTTPError | httpx.InvalidURL, key: Hidden) -> Failed:
    """What a request that got no answer, or half of one, failed with.

    The exception of httpx is kept as the cause, without what it holds of the request.
    """
    hidden = (*call.hidden, key)
    reason = redact(str(error), hidden) or type(error).__name__
    context = context_of(call)
    failed: Failed
    if isinstance(error, httpx.PoolTimeout):
        failed = Failed(
            APITimeoutError("no connection came free in time: too many calls at once", **context),
            Failure.NOT_SENT,
        )
    elif isinstance(error, httpx.ConnectTimeout):
        failed = Failed(
            APITimeoutError("the server could not be reached in time", **context), Failure.NOT_SENT
        )
    elif isinstance(error, httpx.TimeoutException):
        failed = Failed(
            APITimeoutError("the server did not answer in time", **context), Failure.TIMEOUT
        )
    elif isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        failed = Failed(
            APIConnectionError(f"the request cannot be sent: {reason}", **context), Failure.FINAL
        )
    elif isinstance(error, httpx.ConnectError | httpx.ProxyError):
        failed = Failed(
            APIConnectionError(f"the server could not be reached: {reason}", **context),
            Failure.NOT_SENT,
        )
    elif isinstance(error, httpx.InvalidURL) or "location header" in reason:
        failed = Failed(
            APIConnectionError(f"the server redirects to what is no URL: {reason}", **context),
            Failure.FINAL,
        )
    else:
        failed = Failed(
            APIConnectionError(f"the connection was lost: {reason}", **context), Failure.LOST
        )
    failed.error.__cause__ = bared(error, hidden)
    return failed


def bared(error: BaseException, hidden: tuple[Hidden, ...]) -> BaseException | None:
    """An exception and its causes without what they hold of the request; None if they tell it.

    The frames of httpx and httpcore have the request's headers and body among their locals, and
    those would end up in a crash report.
    """
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link.__traceback__ = None
        if isinstance(link, httpx.RequestError):
            with contextlib.suppress(RuntimeError):  # raised where it never had a request
                link.request = httpx.Request(link.request.method, link.request.url)
        link = link.__cause__ or link.__context__
    told = any(redact(text, hidden) != text for each in links for text in (str(each), repr(each)))
    return None if told else error


def final_error(
    call: Call[Any], failed: Failed, *, attempts: int, reason: str | None, out_of_time: bool
) -> APIError | InvalidArgumentError:
    """The error that a call ends with, once it will not be tried again.

    Args:
        call: The call.
        failed: Its last attempt.
        attempts: How many there were.
        reason: Why there is no other, where that needs saying.
        out_of_time: Whether the deadline is what ended it.
    """
    error = failed.error
    if isinstance(error, InvalidArgumentError):
        return error
    ended: APIError = error
    if call.safety is Safety.WRITE and failed.failure in NO_ANSWER:
        ended = OutcomeUnknownError(
            f"{error.args[0]}, so nobody knows whether it was carried out: "
            + before_repeating(call),
            **context_of(call),
        )
    elif out_of_time:
        carried = {name: getattr(error, name) for name in _CARRIED}
        ended = DeadlineExceededError(f"{error.args[0]}. {reason}", **carried)
    elif reason is not None:
        error.args = (f"{error.args[0]}. Not tried again: {reason}",)
    if ended is not error:
        ended.__cause__ = error
    ended.attempts = attempts
    return ended


_CARRIED: Final = (
    *("operation", "method", "path", "status_code"),
    *("code", "message", "details", "issues", "request_id"),
)
