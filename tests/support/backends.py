"""One call in each way of doing it: in a thread, on asyncio, on trio; over whatever network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import anyio

from paperspace_projects import AsyncClient, Client

from .driving import KEY

Backend = Literal["sync", "asyncio", "trio"]
BACKENDS: tuple[Backend, ...] = ("sync", "asyncio", "trio")


def outcomes(backend: Backend, *calls: Callable[[Any], Any], **options: Any) -> list[Any]:
    """What calls on one new client give, one after the other, or the errors that they end with."""
    options.setdefault("api_key", KEY)
    found: list[Any] = []
    if backend == "sync":
        with Client(**options) as client:
            for call in calls:
                try:
                    found.append(call(client))
                except Exception as error:
                    found.append(error)
        return found

    async def main() -> None:
        async with AsyncClient(**options) as client:
            for call in calls:
                try:
                    found.append(await call(client))
                except Exception as error:
                    found.append(error)

    anyio.run(main, backend=backend)
    return found


def outcome(backend: Backend, call: Callable[[Any], Any], **options: Any) -> Any:
    """What one call on a new client gives, or the error that it ends with."""
    return outcomes(backend, call, **options)[0]
