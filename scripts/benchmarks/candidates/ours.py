"""This client, with its guards, retries and typed results, as it is by default."""

from __future__ import annotations

from typing import Any

import paperspace_projects as package
from paperspace_projects import Project

from . import KEY, PAGE, PARTS


def projects(count: int) -> list[Project]:
    """Projects as a listing gives them: an inventory does not read them again."""
    return [Project(id=f"p-{number}", name=f"project {number}") for number in range(count)]


class Sync:
    make: Any = package.Client

    def __init__(self, root: str) -> None:
        self._client = self.make(KEY, base_url=root)

    def get(self, number: int) -> Any:
        return self._client.projects.get(f"p-{number}")

    def list_all(self, **options: Any) -> Any:
        return self._client.projects.list(page_size=PAGE, **options)

    def list_prefetching(self) -> Any:
        return self.list_all(prefetch=1)

    def list_part(self, number: int, kind: int) -> Any:
        return getattr(self._client.project(f"p-{number}"), PARTS[kind]).list().collect()

    def read_parts(self, count: int, concurrency: int) -> Any:
        """Read all parts of some projects; returns how many projects were read."""
        found = self._client.inventory(projects(count), concurrency=concurrency)
        return sum(isinstance(each, package.ProjectSnapshot) for each in found)

    def close(self) -> Any:
        return self._client.close()


class Async(Sync):
    make: Any = package.AsyncClient

    async def read_parts(self, count: int, concurrency: int) -> Any:
        found = self._client.inventory(projects(count), concurrency=concurrency)
        return sum([isinstance(each, package.ProjectSnapshot) async for each in found])

    def close(self) -> Any:
        return self._client.aclose()
