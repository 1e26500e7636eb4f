"""Looking at the connections of a client, where no public name tells what is open or in use."""

from __future__ import annotations

from typing import Any


def pools_of(pool: Any) -> list[Any]:
    """httpcore's own pools below one of a client's: many of one connection each, or one of many."""
    carriers = pool.carriers
    transports = getattr(carriers, "_all", None)
    if transports is None:
        transports = [getattr(carriers._transport, "_http_client", carriers)._transport]
    return [each._pool for each in transports if hasattr(each, "_pool")]


def connections_of(pool: Any) -> list[Any]:
    """The connections that one of a client's pools has."""
    return [each for inner in pools_of(pool) for each in inner.connections]


def requests_of(pool: Any) -> list[Any]:
    """The requests that one of a client's pools is at."""
    return [each for inner in pools_of(pool) for each in inner._requests]
