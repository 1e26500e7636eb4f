"""Hooks into all clients of this process, for who wants to see or refuse what is about to be sent.

Made for tests, such as a guard against the network; a program of its own has `on_event`. A hook
must never be given the key or a body.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    import httpx


__all__ = ["Carrier", "Departure", "Guard", "before_sending"]

Carrier: TypeAlias = (
    "httpx.BaseTransport | httpx.AsyncBaseTransport | httpx.Client | httpx.AsyncClient"
)


@frozen(kw_only=True)
class Departure:
    """A request that is about to be sent.

    `operation` is the spec's operation id, `url` the whole URL. `carrier` is the transport or the
    httpx client that the client was given; None: it has connections of its own.
    """

    operation: str
    method: str
    url: str
    carrier: Carrier | None


Guard = Callable[[Departure], object]

guards: Final[list[Guard]] = []
"""Those that are asked now. `before_sending` adds one."""


@contextmanager
def before_sending(guard: Guard) -> Generator[None, None, None]:
    """Within it, each request of each client of this process is shown to `guard` before it is sent.

    What the guard raises ends the call: nothing is sent, and nothing is tried again.

    Args:
        guard: Called with a `Departure`, from any thread and on any event loop; it must not block.
    """
    guards.append(guard)
    try:
        yield
    finally:
        guards.remove(guard)


def ask(operation: str, method: str, url: str, carrier: Carrier | None) -> None:
    """Show a request to all who want to see it."""
    departure = Departure(operation=operation, method=method, url=url, carrier=carrier)
    for guard in tuple(guards):
        guard(departure)
