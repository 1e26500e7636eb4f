"""Hooks into all clients of this process, for who wants to see or refuse what is about to be sent.

Made for tests, such as a guard against the network; a program of its own has `on_event`. A hook
must never be given the key or a body.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from .errors import InvalidArgumentError

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


class _Asked(AbstractContextManager[None]):
    """Within it, a guard is asked. It is no decorator: an `async def` would run after its end."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __enter__(self) -> None:
        guards.append(self._guard)

    def __exit__(self, *_: object) -> None:
        guards.remove(self._guard)


def before_sending(guard: Guard) -> AbstractContextManager[None]:
    """Within it, each request of each client of this process is shown to `guard` before it is sent.

    What the guard raises ends the call: nothing is sent, and nothing is tried again.
    It is used in a `with` statement, and is no decorator.

    Args:
        guard: Called with a `Departure`, from any thread and on any event loop; it must not block.
            It is never awaited, so an `async def` is refused. Where it returns an awaitable or a
            generator all the same, the call ends with an `InvalidArgumentError`, and nothing is
            sent.

    Raises:
        InvalidArgumentError: `guard` is no function, or its body would not run when it is called.
    """
    if not callable(guard) or any(_is_deferred(each) for each in (guard, type(guard).__call__)):
        raise InvalidArgumentError("guard", _A_FUNCTION)
    return _Asked(guard)


def ask(operation: str, method: str, url: str, carrier: Carrier | None) -> None:
    """Show a request to all who want to see it.

    Raises:
        InvalidArgumentError: a guard has not decided yet, although it has returned.
    """
    departure = Departure(operation=operation, method=method, url=url, carrier=carrier)
    for guard in tuple(guards):
        answer = guard(departure)
        if inspect.isawaitable(answer) or inspect.isgenerator(answer) or inspect.isasyncgen(answer):
            if inspect.iscoroutine(answer):
                answer.close()  # or Python warns that it was never awaited
            raise InvalidArgumentError("guard", _A_FUNCTION)


_A_FUNCTION: Final = "a function that decides before it returns: no `async def` and no generator"


def _is_deferred(function: object) -> bool:
    """Whether the body of a function runs only after the call."""
    return (
        inspect.iscoroutinefunction(function)
        or inspect.isasyncgenfunction(function)
        or inspect.isgeneratorfunction(function)
    )
