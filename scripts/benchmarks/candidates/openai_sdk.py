"""openai: files as pydantic models, over an httpx of its own."""

from __future__ import annotations

from typing import Any

import openai

from . import KEY, PAGE, small


class Sync:
    make: Any = openai.OpenAI

    def __init__(self, root: str) -> None:
        self._client = self.make(api_key=KEY, base_url=root)
        self._small = self._client.with_options(base_url=small(root))

    def get(self, number: int) -> Any:
        return self._client.files.retrieve(f"file-{number}")

    def list_all(self) -> Any:
        return self._client.files.list(limit=PAGE)

    def list_part(self, number: int, kind: int) -> Any:
        return self._small.files.list(purpose=f"{number}-{kind}").data

    def close(self) -> Any:
        return self._client.close()


class Async(Sync):
    make: Any = openai.AsyncOpenAI

    async def list_part(self, number: int, kind: int) -> Any:
        return (await self._small.files.list(purpose=f"{number}-{kind}")).data
