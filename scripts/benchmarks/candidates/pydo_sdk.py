"""pydo: projects as dicts, over requests in threads and over aiohttp in tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pydo
import pydo.aio

from ..constants import KEY, PAGE, small

PLAIN_HTTP = {"enforce_https": False}


class Sync:
    def __init__(self, root: str) -> None:
        self._client: Any = pydo.Client(KEY, endpoint=root)
        self._small: Any = pydo.Client(KEY, endpoint=small(root))

    def get(self, number: int) -> object:
        return self._client.projects.get(f"p-{number}", **PLAIN_HTTP)

    def list_all(self) -> Iterator[object]:
        number, more = 1, True
        while more:
            page = self._client.projects.list(page=number, per_page=PAGE, **PLAIN_HTTP)
            yield from page["projects"]
            number, more = number + 1, "next" in page["links"]["pages"]

    def list_part(self, number: int, kind: int) -> Any:
        del number, kind  # its listings take nothing but the number of the page
        return self._small.projects.list(**PLAIN_HTTP)["projects"]

    def close(self) -> None:
        self._client.close()
        self._small.close()


class Async:
    def __init__(self, root: str) -> None:
        self._client: Any = pydo.aio.Client(KEY, endpoint=root)
        self._small: Any = pydo.aio.Client(KEY, endpoint=small(root))

    async def get(self, number: int) -> object:
        return await self._client.projects.get(f"p-{number}", **PLAIN_HTTP)

    async def list_all(self) -> AsyncIterator[object]:
        number, more = 1, True
        while more:
            page = await self._client.projects.list(page=number, per_page=PAGE, **PLAIN_HTTP)
            for item in page["projects"]:
                yield item
            number, more = number + 1, "next" in page["links"]["pages"]

    async def list_part(self, number: int, kind: int) -> Any:
        del number, kind  # its listings take nothing but the number of the page
        return (await self._small.projects.list(**PLAIN_HTTP))["projects"]

    async def close(self) -> None:
        await self._client.close()
        await self._small.close()
