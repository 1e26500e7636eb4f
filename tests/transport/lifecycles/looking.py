"""Looking into a client, and at what a process holds."""

from __future__ import annotations

import os
import threading
from typing import Any

from support.insides import connections_of, free_places, requests_of


def pool_of(client: Any) -> Any:
    """The one pool that a client has."""
    (pool,) = client._session.pools.open_pools.values()
    return pool


def assert_nothing_is_under_way(client: Any) -> None:
    """No connection is in use, nobody queues for one, and there is room for all callers."""
    pool = pool_of(client)
    assert [each.info() for each in connections_of(pool) if not each.is_idle()] == []
    assert requests_of(pool) == []
    assert free_places(pool) == client.settings.max_concurrency


FILES = "/proc/self/fd"  # of Linux alone


def open_sockets() -> set[str]:
    """The sockets that this process has open, by their number in the kernel."""
    found: set[str] = set()
    for number in os.listdir(FILES) if os.path.isdir(FILES) else ():
        try:
            target = os.readlink(f"{FILES}/{number}")
        except OSError:
            continue  # the listing's own
        if target.startswith("socket:"):
            found.add(target)
    return found


def other_threads() -> set[threading.Thread]:
    return set(threading.enumerate()) - {threading.current_thread()}
