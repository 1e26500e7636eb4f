"""Hooks into all clients of this process, to see or refuse requests before they are sent.

They are for tests and debugging; programs use `on_event`. A hook gets no key and no secret's value.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from .errors import InvalidArgumentError

if TYPE_CHECKING:
    import httpx

    from ._httpx_compat import Httpx2Sender as Httpx2

__all__ = ["OutgoingRequest", "RequestHook", "Transport", "before_sending"]

Transport: TypeAlias = (
    "httpx.BaseTransport | httpx.AsyncBaseTransport | httpx.Client | httpx.AsyncClient | Httpx2"
)


class OutgoingRequest(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A request that is about to be sent, to the whole `url`.

    `operation` is the spec's operation id, or method and route of `client.request`. `transport` is
    the transport or http_client that was passed to the client; None if it uses its own
    connections. `curl` is the request as a command of curl, which finds the key in
    `PAPERSPACE_API_KEY`; stars stand for the values of secrets and of headers of your own.
    """

    operation: str
    method: str
    url: str
    transport: Transport | None
    curl: str = ""


RequestHook = Callable[[OutgoingRequest], object]

active: Final[list[RequestHook]] = []  # `before_sending` adds one

_EXPECTED: Final = "a function that decides before it returns: no `async def` and no generator"


class _Active(AbstractContextManager[None]):
    """Calls a hook in its body. It is no decorator: an `async def` would run after its end."""

    def __init__(self, hook: RequestHook) -> None:
        self._hook = hook

    def __enter__(self) -> None:
        active.append(self._hook)

    def __exit__(self, *_: object) -> None:
        active.remove(self._hook)


def before_sending(hook: RequestHook) -> AbstractContextManager[None]:
    """Call `hook` with each request of each client of this process before it is sent.

    An exception of the hook ends the call: nothing is sent, and nothing is tried again. Use it in a
    `with` statement; it is no decorator.

    Example: `with hooks.before_sending(lambda request: print(request.curl)): scope.get()`

    Args:
        hook: Called with an `OutgoingRequest`, from any thread and on any event loop; it must not
            block. It is never awaited, so an `async def` is refused. If it returns an awaitable or
            a generator, the call ends with an `InvalidArgumentError`, and nothing is sent.

    Raises:
        InvalidArgumentError: `hook` is no function, or its body would not run when it is called.
    """
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    if not callable(hook) or any(kind(hook) or kind(type(hook).__call__) for kind in kinds):
        raise InvalidArgumentError("hook", _EXPECTED)
    return _Active(hook)


def call_hooks(request: OutgoingRequest) -> None:
    """Call all active hooks with a request; none may return before it has decided."""
    for hook in tuple(active):
        answer = hook(request)
        if inspect.isawaitable(answer) or inspect.isgenerator(answer) or inspect.isasyncgen(answer):
            if inspect.iscoroutine(answer):
                answer.close()  # or Python warns that it was never awaited
            raise InvalidArgumentError("hook", _EXPECTED)
