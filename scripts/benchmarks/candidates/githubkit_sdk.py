"""githubkit: labels of a repository, validated by pydantic. Its cache is off: nothing repeats."""

from __future__ import annotations

import threading
from typing import Any

from githubkit import GitHub

from . import KEY, PAGE, small


def clients(root: str) -> list[Any]:
    return [GitHub(KEY, base_url=url, http_cache=False) for url in (root, small(root))]


class Sync:
    def __init__(self, root: str) -> None:
        self._clients, self._threads = clients(root), threading.local()

    def _rest(self, index: int = 0) -> Any:
        """Enter the clients first: connections are kept only within `with`, and by thread."""
        if not hasattr(self._threads, "entered"):
            self._threads.entered = True
            for client in self._clients:
                client.__enter__()
        return self._clients[index].rest

    def get(self, number: int) -> object:
        return self._rest().issues.get_label("team", "home", f"project-{number}").parsed_data

    def list_all(self) -> Any:
        listing = self._rest().issues.list_labels_for_repo
        return self._rest().paginate(listing, owner="team", repo="home", per_page=PAGE)

    def list_part(self, number: int, kind: int) -> Any:
        issues = self._rest(1).issues
        return issues.list_labels_for_repo("team", f"home{number}{kind}").parsed_data

    def close(self) -> None:
        for client in self._clients:
            client.__exit__(None, None, None)


class Async:
    def __init__(self, root: str) -> None:
        self._clients, self._entered = clients(root), False

    async def _rest(self, index: int = 0) -> Any:
        if not self._entered:
            self._entered = True
            for client in self._clients:
                await client.__aenter__()
        return self._clients[index].rest

    async def get(self, number: int) -> object:
        issues = (await self._rest()).issues
        return (await issues.async_get_label("team", "home", f"project-{number}")).parsed_data

    async def list_all(self) -> Any:
        rest = await self._rest()
        listing = rest.issues.async_list_labels_for_repo
        async for label in rest.paginate(listing, owner="team", repo="home", per_page=PAGE):
            yield label

    async def list_part(self, number: int, kind: int) -> Any:
        issues = (await self._rest(1)).issues
        return (await issues.async_list_labels_for_repo("team", f"home{number}{kind}")).parsed_data

    async def close(self) -> None:
        for client in self._clients:
            await client.__aexit__(None, None, None)
