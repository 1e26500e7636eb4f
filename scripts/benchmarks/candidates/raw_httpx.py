"""httpx and `json.loads`, giving dicts: what everything else is compared with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from ..terms import KEY, PAGE, PARTS

HEADERS = {"Authorization": f"Bearer {KEY}"}


class Sync:
    def __init__(self, root: str) -> None:
        self._http = httpx.Client(base_url=root, headers=HEADERS)

    def get(self, number: int) -> object:
        return self._read(f"/projects/p-{number}")

    def everything(self) -> Iterator[object]:
        query = {"limit": str(PAGE)}
        while True:
            page = self._read("/projects", query)
            yield from page["items"]
            if not page["hasMore"]:
                return
            query["after"] = page["nextPage"]

    def part(self, number: int, kind: int) -> list[Any]:
        found: list[Any] = self._read(f"/projects/p-{number}/{PARTS[kind]}")
        return found

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

    async def everything(self) -> AsyncIterator[object]:
        query = {"limit": str(PAGE)}
        while True:
            page = await self._read("/projects", query)
            for item in page["items"]:
                yield item
            if not page["hasMore"]:
                return
            query["after"] = page["nextPage"]

    async def part(self, number: int, kind: int) -> list[Any]:
        found: list[Any] = await self._read(f"/projects/p-{number}/{PARTS[kind]}")
        return found

    async def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = await self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    async def close(self) -> None:
        await self._http.aclose()
