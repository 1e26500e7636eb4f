"""openai: files as pydantic models, over an httpx of its own."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sized
from typing import Any

import openai

from ..terms import KEY, PAGE


class Sync:
    def __init__(self, root: str) -> None:
        self._client: Any = openai.OpenAI(api_key=KEY, base_url=root)
        self._few: Any = self._client.with_options(base_url=root.rpartition("/")[0] + "/of-3")

    def get(self, number: int) -> object:
        found: object = self._client.files.retrieve(f"file-{number}")
        return found

    def everything(self) -> Iterable[object]:
        files: Iterable[object] = self._client.files.list(limit=PAGE)
        return files

    def part(self, number: int, kind: int) -> Sized:
        found: list[object] = self._few.files.list(purpose=f"{number}-{kind}").data
        return found

    def close(self) -> None:
        self._client.close()


class Async:
    def __init__(self, root: str) -> None:
        self._client: Any = openai.AsyncOpenAI(api_key=KEY, base_url=root)
        self._few: Any = self._client.with_options(base_url=root.rpartition("/")[0] + "/of-3")

    async def get(self, number: int) -> object:
        found: object = await self._client.files.retrieve(f"file-{number}")
        return found

    def everything(self) -> AsyncIterable[object]:
        files: AsyncIterable[object] = self._client.files.list(limit=PAGE)
        return files

    async def part(self, number: int, kind: int) -> Sized:
        page = await self._few.files.list(purpose=f"{number}-{kind}")
        found: list[object] = page.data
        return found

    async def close(self) -> None:
        await self._client.close()
