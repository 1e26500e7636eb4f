"""githubkit: labels of a repository, validated by pydantic. Its cache is off: nothing repeats."""

from __future__ import annotations

import threading
from typing import Any

from githubkit import GitHub

from ..constants import KEY, PAGE, small


def client_of(root: str) -> Any:
    return GitHub(KEY, base_url=root, http_cache=False)


class Sync:
    def __init__(self, root: str) -> None:
        self._client, self._small = client_of(root), client_of(small(root))
        self._threads = threading.local()

    def get(self, number: int) -> object:
        self._enter()
        issues = self._client.rest.issues
        return issues.get_label("team", "home", f"project-{number}").parsed_data

    def list_all(self) -> Any:
        self._enter()
        rest = self._client.rest
        return rest.paginate(
            rest.issues.list_labels_for_repo, owner="team", repo="home", per_page=PAGE
        )

    def list_part(self, number: int, kind: int) -> Any:
        self._enter()
        issues = self._small.rest.issues
        return issues.list_labels_for_repo("team", f"home{number}{kind}").parsed_data

    def _enter(self) -> None:
        """Keep connections open: it does so only within `with`, and for each thread alone."""
        if not hasattr(self._threads, "entered"):
            self._threads.entered = True
            self._client.__enter__()
            self._small.__enter__()

    def close(self) -> None:
        self._client.__exit__(None, None, None)
        self._small.__exit__(None, None, None)


class Async:
    def __init__(self, root: str) -> None:
        self._client, self._small = client_of(root), client_of(small(root))
        self._entered = False

    async def get(self, number: int) -> object:
        await self._enter()
        issues = self._client.rest.issues
        return (await issues.async_get_label("team", "home", f"project-{number}")).parsed_data

    async def list_all(self) -> Any:
        await self._enter()
        rest = self._client.rest
        async for label in rest.paginate(
            rest.issues.async_list_labels_for_repo, owner="team", repo="home", per_page=PAGE
        ):
            yield label

    async def list_part(self, number: int, kind: int) -> Any:
        await self._enter()
        issues = self._small.rest.issues
        return (await issues.async_list_labels_for_repo("team", f"home{number}{kind}")).parsed_data

    async def _enter(self) -> None:
        """Keep connections open: it does so only within `async with`."""
        if not self._entered:
            self._entered = True
            await self._client.__aenter__()
            await self._small.__aenter__()

    async def close(self) -> None:
        await self._client.__aexit__(None, None, None)
        await self._small.__aexit__(None, None, None)
