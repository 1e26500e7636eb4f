"""This client, with its guards, retries and typed results, as it is when nothing is said."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Iterable, Sized
from typing import Any

import paperspace_projects as package
from paperspace_projects import Project

from ..terms import KEY, PAGE, PARTS


def projects(count: int) -> list[Project]:
    """Projects as they were just listed: an inventory does not read them again."""
    return [Project(id=f"p-{number}", name=f"project {number}") for number in range(count)]


def ahead(listing: Any) -> dict[str, int]:
    """How to have the next page fetched while the caller works on this one, where that is known."""
    return {"prefetch": 1} if "prefetch" in inspect.signature(listing).parameters else {}


class Sync:
    def __init__(self, root: str) -> None:
        self._client = package.Client(KEY, base_url=root)

    def get(self, number: int) -> object:
        return self._client.projects.get(f"p-{number}")

    def everything(self) -> Iterable[object]:
        return self._client.projects.list(page_size=PAGE)

    def everything_ahead(self) -> Iterable[object]:
        listing: Any = self._client.projects.list
        pager: Iterable[object] = listing(page_size=PAGE, **ahead(listing))
        return pager

    def part(self, number: int, kind: int) -> Sized:
        part = getattr(self._client.project(f"p-{number}"), PARTS[kind])
        found: list[object] = part.list().collect()
        return found

    def fan_out(self, count: int, at_a_time: int) -> int:
        """All parts of so many projects; gives how many projects were read."""
        found = self._client.inventory(projects(count), concurrency=at_a_time)
        return sum(isinstance(each, package.ProjectSnapshot) for each in found)

    def close(self) -> None:
        self._client.close()


class Async:
    def __init__(self, root: str) -> None:
        self._client = package.AsyncClient(KEY, base_url=root)

    async def get(self, number: int) -> object:
        return await self._client.projects.get(f"p-{number}")

    def everything(self) -> AsyncIterable[object]:
        return self._client.projects.list(page_size=PAGE)

    def everything_ahead(self) -> AsyncIterable[object]:
        listing: Any = self._client.projects.list
        pager: AsyncIterable[object] = listing(page_size=PAGE, **ahead(listing))
        return pager

    async def part(self, number: int, kind: int) -> Sized:
        part = getattr(self._client.project(f"p-{number}"), PARTS[kind])
        found: list[object] = await part.list().collect()
        return found

    async def fan_out(self, count: int, at_a_time: int) -> int:
        """All parts of so many projects; gives how many projects were read."""
        found = self._client.inventory(projects(count), concurrency=at_a_time)
        return sum([isinstance(each, package.ProjectSnapshot) async for each in found])

    async def close(self) -> None:
        await self._client.aclose()
