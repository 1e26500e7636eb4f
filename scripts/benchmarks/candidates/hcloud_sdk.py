"""hcloud: SSH keys as objects, over requests. It has no async client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hcloud import Client

from ..constants import KEY, PAGE, small


class Sync:
    def __init__(self, root: str) -> None:
        self._client: Any = Client(KEY, api_endpoint=root)
        self._small: Any = Client(KEY, api_endpoint=small(root))

    def get(self, number: int) -> object:
        return self._client.ssh_keys.get_by_id(number)

    def list_all(self) -> Iterator[object]:
        number: int | None = 1
        while number is not None:
            page = self._client.ssh_keys.get_list(page=number, per_page=PAGE)
            yield from page.ssh_keys
            number = page.meta.pagination.next_page

    def list_part(self, number: int, kind: int) -> Any:
        return self._small.ssh_keys.get_list(name=f"{number}-{kind}").ssh_keys

    def close(self) -> None:
        """Its session cannot be closed."""
