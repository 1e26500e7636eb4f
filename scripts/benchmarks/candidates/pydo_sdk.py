"""pydo: projects as dicts, over requests in threads and over aiohttp in tasks."""

from __future__ import annotations

from typing import Any

import pydo
import pydo.aio

from . import KEY, PAGE, AsyncPages, SyncPages, small

PLAIN_HTTP = {"enforce_https": False}


class Sync(SyncPages):
    def __init__(self, root: str) -> None:
        self._client: Any = pydo.Client(KEY, endpoint=root)
        self._small: Any = pydo.Client(KEY, endpoint=small(root))

    def get(self, number: int) -> object:
        return self._client.projects.get(f"p-{number}", **PLAIN_HTTP)

    def page(self, cursor: int | None) -> tuple[Any, int | None]:
        number = cursor or 1
        page = self._client.projects.list(page=number, per_page=PAGE, **PLAIN_HTTP)
        return page["projects"], number + 1 if "next" in page["links"]["pages"] else None

    def list_part(self, number: int, kind: int) -> Any:
        del number, kind  # its listings take nothing but the number of the page
        return self._small.projects.list(**PLAIN_HTTP)["projects"]

    def close(self) -> None:
        self._client.close()
        self._small.close()


class Async(AsyncPages):
    def __init__(self, root: str) -> None:
        self._client: Any = pydo.aio.Client(KEY, endpoint=root)
        self._small: Any = pydo.aio.Client(KEY, endpoint=small(root))

    async def get(self, number: int) -> object:
        return await self._client.projects.get(f"p-{number}", **PLAIN_HTTP)

    async def page(self, cursor: int | None) -> tuple[Any, int | None]:
        number = cursor or 1
        page = await self._client.projects.list(page=number, per_page=PAGE, **PLAIN_HTTP)
        return page["projects"], number + 1 if "next" in page["links"]["pages"] else None

    async def list_part(self, number: int, kind: int) -> Any:
        del number, kind  # its listings take nothing but the number of the page
        return (await self._small.projects.list(**PLAIN_HTTP))["projects"]

    async def close(self) -> None:
        await self._client.close()
        await self._small.close()
