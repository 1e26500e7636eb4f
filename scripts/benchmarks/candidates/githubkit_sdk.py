"""githubkit: labels of a repository, validated by pydantic. Its cache is off: nothing is in it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterable, Iterable, Sized
from typing import Any

from githubkit import GitHub

from ..terms import KEY, PAGE


def client_of(root: str) -> Any:
    return GitHub(KEY, base_url=root, http_cache=False)


class Sync:
    def __init__(self, root: str) -> None:
        self._client = client_of(root)
        self._few = client_of(root.rpartition("/")[0] + "/of-3")
        self._threads = threading.local()

    def get(self, number: int) -> object:
        self._enter()
        label: object = self._client.rest.issues.get_label(
            "team", "home", f"project-{number}"
        ).parsed_data
        return label

    def everything(self) -> Iterable[object]:
        self._enter()
        rest = self._client.rest
        labels: Iterable[object] = rest.paginate(
            rest.issues.list_labels_for_repo, owner="team", repo="home", per_page=PAGE
        )
        return labels

    def part(self, number: int, kind: int) -> Sized:
        self._enter()
        labels: list[object] = self._few.rest.issues.list_labels_for_repo(
            "team", f"home{number}{kind}"
        ).parsed_data
        return labels

    def _enter(self) -> None:
        """Its connections are kept only within a `with` block, and by each thread alone."""
        if not hasattr(self._threads, "entered"):
            self._threads.entered = True
            self._client.__enter__()
            self._few.__enter__()

    def close(self) -> None:
        self._client.__exit__(None, None, None)
        self._few.__exit__(None, None, None)


class Async:
    def __init__(self, root: str) -> None:
        self._client = client_of(root)
        self._few = client_of(root.rpartition("/")[0] + "/of-3")
        self._entered = False

    async def get(self, number: int) -> object:
        await self._enter()
        answer = await self._client.rest.issues.async_get_label("team", "home", f"project-{number}")
        label: object = answer.parsed_data
        return label

    async def everything(self) -> Any:
        await self._enter()
        rest = self._client.rest
        labels: AsyncIterable[object] = rest.paginate(
            rest.issues.async_list_labels_for_repo, owner="team", repo="home", per_page=PAGE
        )
        async for label in labels:
            yield label

    async def part(self, number: int, kind: int) -> Sized:
        await self._enter()
        answer = await self._few.rest.issues.async_list_labels_for_repo(
            "team", f"home{number}{kind}"
        )
        labels: list[object] = answer.parsed_data
        return labels

    async def _enter(self) -> None:
        """Its connections are kept only within a `with` block."""
        if not self._entered:
            self._entered = True
            await self._client.__aenter__()
            await self._few.__aenter__()

    async def close(self) -> None:
        await self._client.__aexit__(None, None, None)
        await self._few.__aexit__(None, None, None)
