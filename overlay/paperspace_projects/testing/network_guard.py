"""A guard for tests: no request leaves for a real server, and the error names the calling line.

It decides by the address of a request and by the transport that sends it. It must never let a
request through that it knows nothing about.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Collection
from contextlib import AbstractContextManager, suppress
from types import FrameType
from typing import Final, cast
from urllib.request import getproxies, proxy_bypass

import httpx

from .._httpx_compat import AsyncHttpx2Client, Httpx2Client, both
from ..errors import InvalidArgumentError
from ..hooks import OutgoingRequest, before_sending
from .emulator import SERVED_BASE_URLS

# They answer in this process; the emulator's transport is of the first kind.
_IN_PROCESS: Final = (httpx.MockTransport, httpx.ASGITransport, httpx.WSGITransport)

_ALLOWED: Final = "http or https URLs, such as http://127.0.0.1:8787/v1, or httpx clients"

# The packages whose frames are never the caller's own code.
_NOT_THE_CALLERS: Final = (
    *("anyio", "asyncio", "concurrent", "contextlib", "httpx", "httpx2", "outcome"),
    *("paperspace_projects", "pytest_asyncio", "tenacity", "threading", "trio"),
)

Allowed = str | httpx.Client | httpx.AsyncClient | Httpx2Client | AsyncHttpx2Client
Origin = tuple[str, str, int | None]


class NetworkBlockedError(AssertionError):
    """A request was about to leave for a real server within `block_network`.

    `operation`, `method` and `url` are those of the request; `call_site` is the `file:line` that
    made the call, or None if a task or thread made it that no caller waits for.
    """

    def __init__(self, operation: str, method: str, url: str, call_site: str | None) -> None:
        super().__init__(operation, method, url, call_site)
        self.operation: str = operation
        self.method: str = method
        self.url: str = url
        self.call_site: str | None = call_site

    def __str__(self) -> str:
        return (
            f"{self.call_site or 'a task or thread of a client'} was about to send "
            f"{self.operation} ({self.method} {self.url}) over the network, which this test does "
            "not allow. Nothing was sent. Give the client `transport=emulator.transport()`, or use "
            "the fixture `paperspace`; for code that makes its own client, `paperspace_server`"
        )


def block_network(*, allow: Allowed | Collection[Allowed] = ()) -> AbstractContextManager[None]:
    """Within it, no client of this process reaches anything but emulators.

    A client may have the transport of an emulator, one of httpx's transports that answer in this
    process, or the address of an emulator that this process serves. An httpx client that is given
    as `http_client` may only send to the address of a served emulator, and only if the environment
    has no proxy for it, unless `allow` names the client. A proxy that it was made with cannot be
    seen. Any other request raises NetworkBlockedError; other processes are not guarded.

    Example: `with block_network(): client.projects.get("p1")`

    Args:
        allow: One or several of: a base URL that may be reached as well, such as that of an
            emulator in a container, of which only scheme, host and port count; an httpx client
            that answers in this process, such as one with an `httpx.MockTransport`.

    Raises:
        InvalidArgumentError: `allow` has neither an http or https URL nor an httpx client.
    """
    allowed: object = [allow] if isinstance(allow, (str, *_clients())) else allow
    if not isinstance(allowed, Collection):
        raise InvalidArgumentError("allow", _ALLOWED)
    entries = cast("Collection[object]", allowed)
    clients = [each for each in entries if isinstance(each, _clients())]
    origins = {_allowed_origin(each) for each in entries if each not in clients}

    def guard(request: OutgoingRequest) -> None:
        transport, origin = request.transport, _origin(request.url)
        in_process = tuple(each for kind in _IN_PROCESS for each in both(kind))
        if origin in origins or transport in clients or isinstance(transport, in_process):
            return
        if origin in map(_origin, tuple(SERVED_BASE_URLS)) and not _has_proxy(transport, origin[1]):
            return
        shown = request.url.partition("?")[0]
        error = NetworkBlockedError(request.operation, request.method, shown, _call_site())
        if isinstance(transport, _clients()):
            error.add_note(
                "If the `http_client` answers in this process, give its transport to the client "
                "as `transport=`, or name it: `block_network(allow=http_client)`."
            )
        raise error

    return before_sending(guard)


def _clients() -> tuple[type[httpx.Client | httpx.AsyncClient], ...]:
    return *both(httpx.Client), *both(httpx.AsyncClient)


def _allowed_origin(entry: object) -> Origin:
    with suppress(httpx.InvalidURL):
        origin = _origin(entry) if isinstance(entry, str) else ("", "", None)
        if origin[0] in ("http", "https") and origin[1]:
            return origin
    raise InvalidArgumentError("allow", _ALLOWED)


def _has_proxy(transport: object, host: str) -> bool:
    """Return whether an httpx client takes a proxy for a host from the environment."""
    reads_it = isinstance(transport, _clients()) and transport.trust_env
    return reads_it and bool(getproxies().keys() & {"http", "all"}) and not proxy_bypass(host)


def _origin(base_url: str) -> Origin:
    url = httpx.URL(base_url)
    return url.scheme, "127.0.0.1" if url.host == "localhost" else url.host, url.port


def _call_site() -> str | None:
    """Return the line of the caller's code that made the current call, as `file:line`."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] -- documented by Python
    # A thread or task of the client has no caller of its own: that one waits in the main thread.
    for thread in (threading.get_ident(), threading.main_thread().ident or 0):
        frame = frames.get(thread)
        while frame is not None and _package(frame) in _NOT_THE_CALLERS:
            frame = frame.f_back
        if frame is not None and _package(frame) != "_pytest":
            path = frame.f_code.co_filename
            relative = os.path.relpath(path) if os.path.isabs(path) else path
            return f"{path if relative.startswith(os.pardir) else relative}:{frame.f_lineno}"
    return None


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
