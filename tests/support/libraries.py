"""httpx and httpx2: the same tests with the clients and transports of either.

A module runs with both by `library = both_libraries`. Its servers may speak httpx all the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx
import pytest


@pytest.fixture(params=["httpx", "httpx2"])
def both_libraries(request: pytest.FixtureRequest) -> ModuleType:
    return import_module(request.param)


def translated(server: Callable[[Any], Any], library: Any) -> Callable[[Any], Any]:
    """A server whose answers and errors are httpx's, as one of a library."""

    @contextmanager
    def errors() -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            made = getattr(library, type(error).__name__)(*error.args)
            vars(made).update(vars(error))  # the request
            raise made from error.__cause__

    def answer(request: Any) -> Any:
        with errors():
            given = server(request)
        return waited_for(given) if inspect.isawaitable(given) else answered(given)

    async def waited_for(given: Any) -> Any:
        with errors():
            return answered(await given)

    def answered(given: Any) -> Any:
        if not isinstance(given, httpx.Response):
            return given
        headers, body = given.headers.raw, given.stream
        if isinstance(body, httpx.ByteStream):
            content = b"".join(body)
            return library.Response(given.status_code, headers=headers, content=content)
        return library.Response(given.status_code, headers=headers, stream=Body(body))

    class Body(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, body: Any) -> None:
            self._body = body

        def __iter__(self) -> Iterator[bytes]:
            with errors():
                yield from self._body

        async def __aiter__(self) -> Any:
            with errors():
                async for part in self._body:
                    yield part

    return server if library is httpx else answer
