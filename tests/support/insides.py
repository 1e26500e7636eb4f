"""Looking at the connections of a client, where no public name tells what is open or in use."""

from __future__ import annotations

from typing import Any


def makers_of(pool: Any) -> list[Any]:
    """The httpcore pools that make the connections of one of a client's pools."""
    return list({id(each._pool): each._pool for each in pool.carriers._all}.values())


def connections_of(pool: Any) -> list[Any]:
    """The connections that one of a client's pools has."""
    if (given := _given(pool)) is not None:
        return list(given.connections)
    made = [each._connection for each in pool.carriers._all]
    return [each for each in made if each is not None and not each.is_closed()]


def requests_of(pool: Any) -> list[Any]:
    """What carries the requests that one of a client's pools is at."""
    if (given := _given(pool)) is not None:
        return list(given._requests)
    idle = [each for _, each in pool.carriers._idle]
    return [each for each in pool.carriers._all if each not in idle]


def _given(pool: Any) -> Any:
    """The httpcore pool of what the user gave to carry the requests, if that has one."""
    carriers = pool.carriers
    if hasattr(carriers, "_all"):
        return None
    given = getattr(carriers._given, "_transport", carriers._given)
    return getattr(given, "_pool", NOTHING)


class _Nothing:
    """A transport without connections, such as an emulator's."""

    connections: tuple[Any, ...] = ()
    _requests: tuple[Any, ...] = ()


NOTHING = _Nothing()
