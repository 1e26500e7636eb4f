"""Looking at the connections of a client, where no public name tells what is open or in use."""

from __future__ import annotations

from typing import Any


def connections_of(pool: Any) -> list[Any]:
    """The open httpcore connections of one of a client's pools."""
    if (given := _given(pool)) is not None:
        return list(given.connections)
    made = [each.http for each in pool.connections.all]
    return [each for each in made if not each.is_closed() and each.info() != "CONNECTING"]


def requests_of(pool: Any) -> list[Any]:
    """The connections, or requests of a user's own client, that are in use."""
    if (given := _given(pool)) is not None:
        return list(given._requests)
    idle = [each for _, each in pool.connections._idle]
    return [each for each in pool.connections.all if each not in idle]


def free_places(pool: Any) -> int:
    """How many callers the limiter of a pool would admit now."""
    semaphore = pool.limiter._semaphore
    return semaphore._value if hasattr(semaphore, "_value") else semaphore.value


def _given(pool: Any) -> Any:
    """The httpcore pool of the user's own client or transport, if that has one."""
    connections = pool.connections
    if hasattr(connections, "all"):
        return None
    sender = connections._get()
    return getattr(getattr(sender, "_transport", sender), "_pool", NOTHING)


class _Nothing:
    """A transport without connections, such as an emulator's."""

    connections: tuple[Any, ...] = ()
    _requests: tuple[Any, ...] = ()


NOTHING = _Nothing()
