"""hcloud: SSH keys as objects, over requests. It has no async client."""

from __future__ import annotations

from typing import Any

from hcloud import Client

from . import KEY, PAGE, SyncPages, small


class Sync(SyncPages):
    def __init__(self, root: str) -> None:
        self._client: Any = Client(KEY, api_endpoint=root)
        self._small: Any = Client(KEY, api_endpoint=small(root))

    def get(self, number: int) -> object:
        return self._client.ssh_keys.get_by_id(number)

    def page(self, cursor: int | None) -> tuple[Any, int | None]:
        page = self._client.ssh_keys.get_list(page=cursor or 1, per_page=PAGE)
        return page.ssh_keys, page.meta.pagination.next_page

    def list_part(self, number: int, kind: int) -> Any:
        return self._small.ssh_keys.get_list(name=f"{number}-{kind}").ssh_keys

    def close(self) -> None:
        """Its session cannot be closed."""
