"""Connect by httpcore's backends. By hand: sync has to end a name lookup from outside."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import cast

import httpcore
from sniffio import current_async_library


def default_backend() -> httpcore.AsyncNetworkBackend:
    """The backend of httpcore for the running event loop."""
    made = httpcore.TrioBackend if current_async_library() == "trio" else httpcore.AnyIOBackend
    return cast("httpcore.AsyncNetworkBackend", made())


async def connect(
    backend: httpcore.AsyncNetworkBackend,
    address: tuple[str, int],
    timeout: float | None,
    local_address: str | None,
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
) -> httpcore.AsyncNetworkStream:
    """Connect within `timeout` seconds, the name lookup included."""
    return await backend.connect_tcp(*address, timeout, local_address, socket_options)


async def start_tls(
    stream: httpcore.AsyncNetworkStream,
    ssl_context: ssl.SSLContext,
    server_hostname: str | None,
    timeout: float | None,
) -> httpcore.AsyncNetworkStream:
    """Secure a stream within `timeout` seconds."""
    return await stream.start_tls(ssl_context, server_hostname, timeout)
