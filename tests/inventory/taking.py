"""Going through inventories in each flavour, and servers that look on.

`take` reads an inventory in threads, on asyncio or on trio, and gives what came of it.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, closing
from typing import Any, Literal

import anyio
import httpx
from attrs import field, frozen
from support.clock import FakeClock
from support.driving import KEY

from paperspace_projects import AsyncClient, Client, PaperspaceError
from paperspace_projects._async.session import Clock as AsyncClock
from paperspace_projects._sync.session import Clock
from paperspace_projects.inventory import Result

Flavour = Literal["sync", "asyncio", "trio"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "asyncio", "trio")
PATIENCE = 20.0
"""Seconds after which a test that waits for what does not come has failed."""


@frozen
class Taken:
    """What an inventory yielded, and the error that it ended with, if any."""

    results: list[Any] = field(factory=list)
    errors: list[BaseException] = field(factory=list)

    @property
    def error(self) -> BaseException | None:
        return self.errors[0] if self.errors else None

    @property
    def names(self) -> list[str]:
        """The names of the projects that were read, in order."""
        return [each.project.name for each in self.results]


class Taker:
    """Takes inventories in one flavour. `clock` is what the clients go by: waits take no time."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour
        self.clock = FakeClock()

    def client(self, transport: Any, **options: Any) -> Any:
        """A client on a transport, whose waits move the clock."""
        clock = self.clock
        times = {"monotonic": clock.monotonic, "wall": clock.wall, "uniform": clock.uniform}
        options = {"api_key": KEY, "transport": transport, **options}
        client: Any
        if self.flavour == "sync":
            client = Client(**options)
            client._session.clock = Clock(**times, sleep=clock.sleep)
        else:
            client = AsyncClient(**options)
            client._session.clock = AsyncClock(**times, sleep=clock.asleep)
        return client

    def take(
        self,
        client: Any,
        *arguments: Any,
        at_most: int | None = None,
        look: Callable[[Result], object] | None = None,
        **options: Any,
    ) -> Taken:
        """Go through `client.inventory(...)`, close it and the client.

        Args:
            at_most: Leave it after so many.
            look: Called with each that is yielded.
        """
        taken = Taken()

        def is_enough(result: Result) -> bool:
            taken.results.append(result)
            if look is not None:
                look(result)
            return len(taken.results) == at_most

        if self.flavour == "sync":
            with client, closing(client.inventory(*arguments, **options)) as results:
                try:
                    for result in results:
                        if is_enough(result):
                            break
                except PaperspaceError as error:
                    taken.errors.append(error)
            return taken

        async def run() -> None:
            async with client, aclosing(client.inventory(*arguments, **options)) as results:
                try:
                    async for result in results:
                        if is_enough(result):
                            break
                except PaperspaceError as error:
                    taken.errors.append(error)

        self.run(run)
        return taken

    def run(self, function: Callable[[], Any]) -> Any:
        """Run an async function on the event loop of this flavour."""

        async def in_time() -> Any:
            with anyio.fail_after(PATIENCE):
                return await function()

        return anyio.run(in_time, backend=self.flavour)


class Watched(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands requests on, and looks at them.

    `lines` are those that arrived, `peak` is how many were under way at a time. `until` may give,
    for a request, what has to become true before it is answered; `before` is called with each
    before it is answered.
    """

    def __init__(
        self,
        inner: httpx.MockTransport,
        *,
        until: Callable[[httpx.Request], Callable[[], bool] | None] | None = None,
        before: Callable[[httpx.Request], object] | None = None,
    ) -> None:
        self._inner = inner
        self._until = until
        self._before = before
        self._changed = threading.Condition()
        self._active = 0
        self.lines: list[str] = []
        self.answered: list[str] = []
        self.peak = 0

    @property
    def projects(self) -> set[str]:
        """The ids of the projects that were asked about."""
        parts = [line.split("/") for line in self.lines]
        return {part[2].partition("?")[0] for part in parts if len(part) > 2}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._changed:
            is_answered = self._arrive(request)
            if not self._changed.wait_for(is_answered, PATIENCE):
                raise AssertionError("what was to come first did not come")
        response = self._inner.handle_request(request)
        with self._changed:
            self._leave(request)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_answered = self._arrive(request)
        with anyio.fail_after(PATIENCE):
            while not is_answered():
                await anyio.sleep(0)
        response = await self._inner.handle_async_request(request)
        self._leave(request)
        return response

    def _arrive(self, request: httpx.Request) -> Callable[[], bool]:
        path = request.url.raw_path.decode().removeprefix("/v1")
        until = None if self._until is None else self._until(request)
        self.lines.append(f"{request.method} {path}")
        self._active += 1
        self.peak = max(self.peak, self._active)
        self.notify()
        return until or (lambda: True)

    def _leave(self, request: httpx.Request) -> None:
        if self._before is not None:
            self._before(request)
        self._active -= 1
        self.answered.append(request.url.path.removeprefix("/v1"))
        self.notify()

    def notify(self) -> None:
        """Have those who wait look again whether what they wait for has come."""
        if self._changed.acquire(blocking=False):
            self._changed.notify_all()
            self._changed.release()


def is_part(request: httpx.Request) -> bool:
    """Whether a request is for a part of a project."""
    return request.url.path.count("/") > 3


class Answering(httpx.MockTransport):
    """A transport that answers by a function, in threads, on asyncio and on trio."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


class Team(Answering):
    """A server of the contract dialect with so many projects, named `0`, `1` and so on.

    `first` may answer a path in its place.
    """

    def __init__(
        self, size: int, first: Callable[[str], httpx.Response | None] | None = None
    ) -> None:
        self._size = size
        self._first = first
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        if self._first and (answer := self._first(path)) is not None:
            return answer
        match path.split("/")[1:]:
            case ["projects"]:
                start = int(request.url.params.get("after", 0))
                stop = min(start + int(request.url.params["limit"]), self._size)
                more = stop < self._size
                items = [{"id": f"p{number}", "name": str(number)} for number in range(start, stop)]
                page = {"items": items, "hasMore": more, "nextPage": str(stop) if more else None}
                return httpx.Response(200, json=page)
            case ["projects", project]:
                return httpx.Response(200, json={"id": project, "name": project.removeprefix("p")})
            case ["projects", project, "tags"]:
                return httpx.Response(200, json=[f"tag of {project}"])
            case _:
                return httpx.Response(200, json=[])


async def forever(items: list[str]) -> AsyncGenerator[str, None]:
    """The items, and then nothing for ever."""
    for item in items:
        yield item
    await anyio.sleep_forever()
