"""A guard for tests: nothing leaves for a real server, and what tries to is named with its line.

It decides by where a request goes, and knows the emulators that are served from this process. It
must never let through what it does not know.
"""

import os
import sys
import threading
from collections.abc import Collection
from contextlib import AbstractContextManager
from types import FrameType
from typing import Final

import httpcore
import httpx

from ..errors import InvalidArgumentError
from ..hooks import OutgoingRequest, before_sending
from .served_addresses import served

# They answer in this process; the emulator's transport is of the first kind.
_IN_PROCESS: Final = (httpx.MockTransport, httpx.ASGITransport, httpx.WSGITransport)

_PROXIES: Final = (
    *(httpcore.HTTPProxy, httpcore.AsyncHTTPProxy),
    *(httpcore.SOCKSProxy, httpcore.AsyncSOCKSProxy),
)

_URLS: Final = "http or https URLs, such as http://127.0.0.1:8787/v1"

_NOT_THE_CALLERS: Final = frozenset(
    {
        *("anyio", "asyncio", "concurrent", "contextlib", "httpx", "paperspace_projects"),
        *("outcome", "pytest_asyncio", "tenacity", "threading", "trio"),
    }
)


class NetworkBlockedError(AssertionError):
    """A request was about to leave for a real server within `block_network`.

    `operation`, `method` and `url` are those of the request; `call_site` is the `file:line` that
    made the call, or None where it was made by a task or thread that no caller waits in.
    """

    operation: str
    method: str
    url: str
    call_site: str | None

    def __init__(self, operation: str, method: str, url: str, call_site: str | None) -> None:
        super().__init__(operation, method, url, call_site)
        self.operation = operation
        self.method = method
        self.url = url
        self.call_site = call_site

    def __str__(self) -> str:
        return (
            f"{self.call_site or 'a task or thread of a client'} was about to send "
            f"{self.operation} ({self.method} {self.url}) over the network, which this test does "
            "not allow. Nothing was sent. Give the client `transport=emulator.transport()`, or use "
            "the fixture `paperspace`; for code that makes its own client, `paperspace_server`"
        )


def block_network(*, allow: str | Collection[str] = ()) -> AbstractContextManager[None]:
    """Within it, no client of this process reaches anything but emulators.

    A client may have the transport of an emulator, or one of httpx's that answer in this process,
    or the address of an emulator that this process serves and no proxy on the way there; what it is
    given as `http_client` is looked at in the same way. Other processes are not guarded.

    Arguments:
        allow: the base URL that may be reached as well, such as that of an emulator in a
            container, or several of them. Only scheme, host and port count.

    Raises:
        InvalidArgumentError: an entry of `allow` is no http or https URL.

    Raises, in the calls within:
        NetworkBlockedError: at any other request, before it is sent. It names the line.
    """
    if not isinstance(allow, Collection):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
        raise InvalidArgumentError("allow", _URLS)
    allowed = {_allowed(each) for each in ([allow] if isinstance(allow, str) else allow)}

    def guard(departure: OutgoingRequest) -> None:
        origin = _origin(departure.url)
        if origin in allowed or _answers_here(departure):
            return
        if origin in map(_origin, served()) and not _has_proxy(departure):
            return
        shown = departure.url.partition("?")[0]
        raise NetworkBlockedError(departure.operation, departure.method, shown, call_site())

    return before_sending(guard)


def _answers_here(departure: OutgoingRequest) -> bool:
    carrier = departure.transport
    if isinstance(carrier, httpx.Client | httpx.AsyncClient):
        carrier = _transport_of(carrier, departure.url)
    return isinstance(carrier, _IN_PROCESS)


def _has_proxy(departure: OutgoingRequest) -> bool:
    """Whether a request goes through a proxy, which may be one of the environment."""
    carrier = departure.transport  # None: a client's own connections take no proxy to this machine
    if isinstance(carrier, httpx.Client | httpx.AsyncClient):
        carrier = _transport_of(carrier, departure.url)
    return isinstance(getattr(carrier, "_pool", None), _PROXIES)  # httpx has no public name


def _transport_of(
    client: httpx.Client | httpx.AsyncClient, url: str
) -> httpx.BaseTransport | httpx.AsyncBaseTransport:
    # httpx alone knows which of a client's transports a URL goes to.
    return client._transport_for_url(httpx.URL(url))  # pyright: ignore[reportPrivateUsage]


def _allowed(base_url: str) -> tuple[str, str, int | None]:
    try:
        origin = _origin(base_url)
    except (TypeError, httpx.InvalidURL):
        origin = ("", "", None)
    if origin[0] not in ("http", "https") or not origin[1]:
        raise InvalidArgumentError("allow", _URLS)
    return origin


def _origin(base_url: str) -> tuple[str, str, int | None]:
    url = httpx.URL(base_url)
    return url.scheme, "127.0.0.1" if url.host == "localhost" else url.host, url.port


def call_site() -> str | None:
    """The line that made the call that is under way, as `file:line`."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] -- as debuggers do
    # A thread or task of ours has no caller of its own: he waits in the main thread.
    here, main = threading.get_ident(), threading.main_thread().ident
    return _nearest(frames.get(here)) or _nearest(frames.get(main or 0))


def _nearest(frame: FrameType | None) -> str | None:
    """The line of the nearest frame that is neither ours nor of what runs us."""
    while frame is not None and _package(frame) in _NOT_THE_CALLERS:
        frame = frame.f_back
    if frame is None or _package(frame) == "_pytest":
        return None
    path = frame.f_code.co_filename
    relative = os.path.relpath(path) if os.path.isabs(path) else path
    return f"{path if relative.startswith(os.pardir) else relative}:{frame.f_lineno}"


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
