"""httpx and httpx2, its continuation with the same API. Programs give objects of either; httpx2 is
looked up among the loaded modules, and never imported."""

from __future__ import annotations

import sys
from collections.abc import Awaitable
from typing import Never, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


def both(kind: type[T]) -> tuple[type[T], type[T]]:
    """Return a class of httpx, and that of httpx2 with the same name if it is loaded."""
    return kind, getattr(sys.modules.get("httpx2"), kind.__name__, kind)


def like(thing: object, kind: type[T]) -> type[T]:
    """Return a class of httpx, or that of httpx2 if `thing` is an object of httpx2."""
    packages = {each.__module__.partition(".")[0] for each in type(thing).__mro__}
    return both(kind)["httpx2" in packages]


# Annotations cannot name httpx2's classes: without httpx2, type checkers would accept anything.


class Httpx2Timeout(Protocol):
    def as_dict(self) -> dict[str, float | None]: ...


class Httpx2Transport(Protocol):
    def handle_request(self, request: Never, /) -> object: ...


class AsyncHttpx2Transport(Protocol):
    def handle_async_request(self, request: Never, /) -> Awaitable[object]: ...


class Httpx2Client(Protocol):
    @property
    def is_closed(self) -> bool: ...
    def send(self, request: Never, /) -> object: ...
    def close(self) -> None: ...


class AsyncHttpx2Client(Protocol):
    @property
    def is_closed(self) -> bool: ...
    def send(self, request: Never, /) -> Awaitable[object]: ...
    async def aclose(self) -> None: ...


Httpx2Sender: TypeAlias = Httpx2Client | AsyncHttpx2Client | Httpx2Transport | AsyncHttpx2Transport
