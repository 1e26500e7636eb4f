"""httpx and `json.loads`, giving dicts: the reference for all others."""

from __future__ import annotations

import json
from typing import Any

import httpx

from . import KEY, AsyncPages, Projects, SyncPages, query

HEADERS = {"Authorization": f"Bearer {KEY}"}


class Sync(Projects, SyncPages):
    def __init__(self, root: str) -> None:
        self._http = httpx.Client(base_url=root, headers=HEADERS)

    def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = self._read("/projects", query(cursor))
        return page["items"], page.get("nextPage")

    def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    def close(self) -> None:
        self._http.close()


class Async(Projects, AsyncPages):
    def __init__(self, root: str) -> None:
        self._http = httpx.AsyncClient(base_url=root, headers=HEADERS)

    async def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = await self._read("/projects", query(cursor))
        return page["items"], page.get("nextPage")

    async def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        response = await self._http.get(path, params=query)
        response.raise_for_status()
        return json.loads(response.content)

    async def close(self) -> None:
        await self._http.aclose()
