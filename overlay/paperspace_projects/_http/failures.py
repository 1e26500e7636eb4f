"""How far a request came, and the kinds of failure that exceptions and statuses mean. Pure.

An exception that does not say how far the request came counts as one during the wait for an answer:
the request may have been carried out.
"""

from __future__ import annotations

import enum
import socket
import ssl
from collections.abc import Iterator
from typing import Final, Self

import httpx
import msgspec

from .._httpx_compat import both
from ..errors import APIError, InvalidArgumentError


class Exchange(msgspec.Struct, eq=False):
    """The state of one request and its answer, as the network reports it, for retry decisions.

    The attempt must end at `ends_at`, by `time.monotonic`. A body is written together with the head
    (`has_body`). A user's own transport reports nothing: it is not `is_recorded`.
    `may_have_arrived` is set before the first byte is written. `received` is what was read of
    the answer. `size` bytes came, heads included; about `max_size` may. `proxy` is the host and
    port that a user's own client has used.
    """

    ends_at: float | None = None
    has_body: bool = False
    is_recorded: bool = False
    may_have_arrived: bool = False
    write_failed: bool = False
    max_size: int | None = None
    size: int = 0
    received: list[bytes] = msgspec.field(default_factory=list[bytes])
    proxy: str | None = None


class Effect(enum.Enum):
    """Whether a request that failed may have been carried out, and whether a repeat may help."""

    NONE = enum.auto()
    POSSIBLE = enum.auto()
    POSSIBLE_AND_FINAL = enum.auto()
    FINAL = enum.auto()


class Failure(enum.Enum):
    """The kinds of failure, each a row of the retry table, and their effects.

    425 and 429 are refusals by definition: RFC 8470 and RFC 6585 say that the request was not
    processed. A 503 is not, with Retry-After or without: RFC 9110 only says when to come back.
    By RFC 9110 a 303 follows a request that was processed, and other redirects are used like it;
    307 and 308 ask to send the same request elsewhere.
    """

    NAME_NOT_RESOLVED = "host name not resolved", Effect.NONE
    CONNECT_FAILED = "connection refused, or no way to the host", Effect.NONE
    CONNECT_TIMEOUT = "no connection in time", Effect.NONE
    CERTIFICATE_REFUSED = "TLS: certificate not accepted", Effect.FINAL
    TLS_FAILED = "TLS: handshake failed", Effect.NONE
    POOL_TIMEOUT = "no connection of the pool free in time", Effect.NONE
    WRITE_FAILED = "request not sent whole", Effect.POSSIBLE
    READ_TIMEOUT = "no answer in time", Effect.POSSIBLE
    LOST_BEFORE_ANSWER = "connection lost before the answer", Effect.POSSIBLE
    LOST_WITHIN_ANSWER = "connection lost within the answer", Effect.POSSIBLE
    REQUEST_TIMEOUT = "408", Effect.POSSIBLE
    TOO_EARLY = "425", Effect.NONE
    TOO_MANY_REQUESTS = "429", Effect.NONE
    INTERNAL_ERROR = "500", Effect.POSSIBLE
    BAD_GATEWAY = "502", Effect.POSSIBLE
    UNAVAILABLE = "503", Effect.POSSIBLE
    UNAVAILABLE_FOR_A_TIME = "503 with Retry-After", Effect.POSSIBLE
    GATEWAY_TIMEOUT = "504", Effect.POSSIBLE
    CLIENT_CLOSED_REQUEST = "499", Effect.POSSIBLE_AND_FINAL
    REDIRECT = "3xx but 307 and 308", Effect.POSSIBLE_AND_FINAL
    ODD_SUCCESS = "error body of an unknown code on a 2xx", Effect.POSSIBLE_AND_FINAL
    OTHER_SERVER_ERROR = "another 5xx", Effect.POSSIBLE_AND_FINAL
    FINAL = "another status, or an answer that cannot be read", Effect.FINAL

    _value_: str
    effect: Effect

    def __new__(cls, label: str, effect: Effect) -> Self:
        self = object.__new__(cls)
        self._value_, self.effect = label, effect
        return self

    @property
    def is_uncertain(self) -> bool:
        """Whether the request may have been carried out although it failed like this."""
        return self.effect in (Effect.POSSIBLE, Effect.POSSIBLE_AND_FINAL)


class FailedAttempt(msgspec.Struct, frozen=True, eq=False):
    """A failed attempt: the error to raise if it is the last, and the seconds of Retry-After."""

    error: APIError | InvalidArgumentError
    failure: Failure
    retry_after: float | None = None


def failure_for_status(status: int, retry_after: float | None) -> Failure:
    """The kind of failure that an error status means."""
    if status == 503 and retry_after is not None:
        return Failure.UNAVAILABLE_FOR_A_TIME
    other = Failure.OTHER_SERVER_ERROR if status >= 500 else Failure.FINAL
    if status < 400 and status not in (307, 308):
        other = Failure.ODD_SUCCESS if status < 300 else Failure.REDIRECT
    return next((each for each in Failure if each.value == str(status)), other)


_NETWORK_PACKAGES: Final = (
    *("anyio", "h11", "h2", "hpack", "httpcore", "httpcore2", "httpx", "httpx2", "hyperframe"),
    *("socksio", "ssl", "trio"),
)
"""Packages whose exceptions mean that there is no answer."""

_FILES_AND_PROCESSES: Final = (
    *(FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError),
    *(PermissionError, ProcessLookupError, ChildProcessError),
)
"""Errors of a user's own hook or transport that do not mean the network."""

_NOT_CONNECTED: Final = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
_NAMES_OF_NOT_CONNECTED: Final = ("ConnectionFailed", "ConnectionNotAvailable")


def is_network_error(error: Exception, *, is_custom: bool = False) -> bool:
    """Whether an exception means that there is no answer, and is no error of the user's own client
    or transport, which sent the request (`is_custom`)."""
    if is_custom and isinstance(error, _FILES_AND_PROCESSES):
        return False
    if isinstance(error, UnicodeError):
        return getattr(error, "encoding", "idna") == "idna"  # a host that is no valid name
    return isinstance(error, OSError) or any(
        kind.__module__.partition(".")[0] in _NETWORK_PACKAGES for kind in type(error).__mro__
    )


def as_httpx(error: Exception) -> httpx.HTTPError | httpx.InvalidURL:
    """Convert a network error to httpx's. One of httpx2 stays, as it has the same attributes."""
    if isinstance(error, (*both(httpx.HTTPError), *both(httpx.InvalidURL))):
        return error
    name, module = type(error).__name__, type(error).__module__.partition(".")[0]
    text = str(error) or name
    made: httpx.HTTPError | httpx.InvalidURL
    if isinstance(error, UnicodeError):
        made = httpx.InvalidURL(text)
    elif module in ("h11", "httpcore", "httpcore2") and hasattr(httpx, name):
        made = getattr(httpx, name)(text)
    elif module == "socksio":
        made = httpx.ProxyError(text)
    elif isinstance(error, _NOT_CONNECTED) or name in _NAMES_OF_NOT_CONNECTED:
        made = httpx.ConnectError(text)
    elif isinstance(error, TimeoutError) or name == "TooSlowError":  # the latter is trio's
        made = httpx.ReadTimeout(text)
    else:
        made = httpx.ReadError(text)
    made.__cause__ = error
    return made


def failure_without_answer(
    error: httpx.HTTPError | httpx.InvalidURL, exchange: Exchange
) -> Failure:
    """The kind of failure of a request that got no answer, or half of one."""
    if isinstance(error, both(httpx.PoolTimeout)):
        return Failure.POOL_TIMEOUT
    if isinstance(error, both(httpx.UnsupportedProtocol)) or is_bad_redirect(error):
        return Failure.FINAL
    if isinstance(error, both(httpx.ConnectTimeout)):
        return Failure.CONNECT_TIMEOUT
    if isinstance(error, (*both(httpx.ConnectError), *both(httpx.ProxyError))):
        return _connect_failure(error)
    if exchange.is_recorded and not exchange.may_have_arrived:
        if isinstance(error, both(httpx.LocalProtocolError)):
            return Failure.FINAL
        timed_out = isinstance(error, both(httpx.TimeoutException))
        return Failure.CONNECT_TIMEOUT if timed_out else _connect_failure(error)
    if (
        isinstance(error, (*both(httpx.WriteError), *both(httpx.WriteTimeout)))
        or exchange.write_failed
    ):
        return Failure.WRITE_FAILED
    if isinstance(error, both(httpx.TimeoutException)):
        return Failure.READ_TIMEOUT
    return Failure.LOST_WITHIN_ANSWER if exchange.received else Failure.LOST_BEFORE_ANSWER


def is_bad_redirect(error: BaseException) -> bool:
    """Whether httpx could not read the URL that an answer redirects to."""
    if isinstance(error, both(httpx.RemoteProtocolError)):
        return isinstance(error.__context__, both(httpx.InvalidURL))
    return isinstance(error, both(httpx.InvalidURL))


def _connect_failure(error: BaseException) -> Failure:
    causes = list(chain_of(error))
    if any(isinstance(each, socket.gaierror) for each in causes):
        return Failure.NAME_NOT_RESOLVED
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return Failure.CERTIFICATE_REFUSED
    is_tls = any(isinstance(each, ssl.SSLError) for each in causes)
    return Failure.TLS_FAILED if is_tls else Failure.CONNECT_FAILED


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that led to it."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__
