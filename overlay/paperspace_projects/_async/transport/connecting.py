"""How the async side makes its connections: by what, and within what time.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import httpcore
from sniffio import current_async_library

from ..._http.asyncio_streams import AsyncioBackend


def native(backend: httpcore.AsyncNetworkBackend) -> httpcore.AsyncNetworkBackend:
    """What makes the connections here: asyncio's own streams, or httpcore's for trio."""
    return AsyncioBackend() if current_async_library() == "asyncio" else backend


async def connect(
    backend: httpcore.AsyncNetworkBackend,
    host: str,
    port: int,
    *,
    left: Callable[[], float | None],
    local_address: str | None,
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
) -> httpcore.AsyncNetworkStream:
    """Connect within the seconds that are left; looking up the name is a part of it."""
    return await backend.connect_tcp(host, port, left(), local_address, socket_options)
