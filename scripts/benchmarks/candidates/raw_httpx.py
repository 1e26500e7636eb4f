"""httpx and `json.loads`, giving dicts: what everything else is compared with."""

from __future__ import annotations

import json
from typing import Any

import httpx

from ..constants import KEY, PARTS, query
from . import AsyncPages, SyncPages

HEADERS = {"Authorization": f"Bearer {KEY}"}


class Sync(SyncPages):
    def __init__(self, root: str) -> None:
        self._http = httpx.Client(base_url=root, headers=HEADERS)

    def get(self, number: int) -> object:
        return self._read(f"/projects/p-{number}")

    def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = self._read("/projects", query(cursor))
        return page["items"], page.get("nextPage")

    def list_part(self, number: int, kind: int) -> Any:
        return self._read(f"/projects/p-{number}/{PARTS[kind]}")

    def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    def close(self) -> None:
        self._http.close()


class Async(AsyncPages):
    def __init__(self, root: str) -> None:
        self._http = httpx.AsyncClient(base_url=root, headers=HEADERS)

    async def get(self, number: int) -> object:
        return await self._read(f"/projects/p-{number}")

    async def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = await self._read("/projects", query(cursor))
        return page["items"], page.get("nextPage")

    async def list_part(self, number: int, kind: int) -> Any:
        return await self._read(f"/projects/p-{number}/{PARTS[kind]}")

    async def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = await self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    async def close(self) -> None:
        await self._http.aclose()
