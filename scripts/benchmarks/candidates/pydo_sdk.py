"""pydo: projects as dicts, over requests in threads and over aiohttp in tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sized
from typing import Any

import pydo
import pydo.aio

from ..terms import KEY, PAGE

PLAIN_HTTP = {"enforce_https": False}


class Sync:
    def __init__(self, root: str) -> None:
        self._client: Any = pydo.Client(KEY, endpoint=root)

    def get(self, number: int) -> object:
        found: object = self._client.projects.get(f"p-{number}", **PLAIN_HTTP)
        return found

    def everything(self) -> Iterator[object]:
        number, more = 1, True
        while more:
            page = self._client.projects.list(page=number, per_page=PAGE, **PLAIN_HTTP)
            yield from page["projects"]
            number, more = number + 1, "next" in page["links"]["pages"]

    def part(self, number: int, kind: int) -> Sized:
        found: list[object] = self._client.projects.list_resources(
            f"p-{number}", page=kind + 1, **PLAIN_HTTP
        )["resources"]
        return found

    def close(self) -> None:
        self._client.close()


class Async:
    def __init__(self, root: str) -> None:
        self._client: Any = pydo.aio.Client(KEY, endpoint=root)

    async def get(self, number: int) -> object:
        found: object = await self._client.projects.get(f"p-{number}", **PLAIN_HTTP)
        return found

    async def everything(self) -> AsyncIterator[object]:
        number, more = 1, True
        while more:
            page = await self._client.projects.list(page=number, per_page=PAGE, **PLAIN_HTTP)
            for item in page["projects"]:
                yield item
            number, more = number + 1, "next" in page["links"]["pages"]

    async def part(self, number: int, kind: int) -> Sized:
        answer = await self._client.projects.list_resources(
            f"p-{number}", page=kind + 1, **PLAIN_HTTP
        )
        found: list[object] = answer["resources"]
        return found

    async def close(self) -> None:
        await self._client.close()
