"""aiohttp and `json.loads`, giving dicts."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from . import KEY, AsyncPages, Projects, query


class Async(Projects, AsyncPages):
    def __init__(self, root: str) -> None:
        self._root = root
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"})

    async def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = await self._read("/projects", query(cursor))
        return page["items"], page.get("nextPage")

    async def _read(self, path: str, query: dict[str, str] | None = None) -> Any:
        async with self._http.get(self._root + path, params=query) as response:
            response.raise_for_status()
            return json.loads(await response.read())

    async def close(self) -> None:
        await self._http.close()
