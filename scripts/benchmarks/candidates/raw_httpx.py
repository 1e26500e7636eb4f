"""httpx and `json.loads`, giving dicts: what everything else is compared with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from ..constants import KEY, PAGE, PARTS

HEADERS = {"Authorization": f"Bearer {KEY}"}


class Sync:
    def __init__(self, root: str) -> None:
        self._http = httpx.Client(base_url=root, headers=HEADERS)

    def get(self, number: int) -> object:
        return self._read(f"/projects/p-{number}")

    def list_all(self) -> Iterator[object]:
        query = {"limit": str(PAGE)}
        while True:
            page = self._read("/projects", query)
            yield from page["items"]
            if not page["hasMore"]:
                return
            query["after"] = page["nextPage"]

    def list_part(self, number: int, kind: int) -> Any:
        return self._read(f"/projects/p-{number}/{PARTS[kind]}")

    def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    def close(self) -> None:
        self._http.close()


class Async:
    def __init__(self, root: str) -> None:
        self._http = httpx.AsyncClient(base_url=root, headers=HEADERS)

    async def get(self, number: int) -> object:
        return await self._read(f"/projects/p-{number}")

    async def list_all(self) -> AsyncIterator[object]:
        query = {"limit": str(PAGE)}
        while True:
            page = await self._read("/projects", query)
            for item in page["items"]:
                yield item
            if not page["hasMore"]:
                return
            query["after"] = page["nextPage"]

    async def list_part(self, number: int, kind: int) -> Any:
        return await self._read(f"/projects/p-{number}/{PARTS[kind]}")

    async def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = await self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    async def close(self) -> None:
        await self._http.aclose()
