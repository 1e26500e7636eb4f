"""hcloud: SSH keys as objects, over requests. It has no async client."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

from hcloud import Client

from ..terms import KEY, PAGE


class Sync:
    def __init__(self, root: str) -> None:
        self._client: Any = Client(KEY, api_endpoint=root)
        self._few: Any = Client(KEY, api_endpoint=root.rpartition("/")[0] + "/of-3")

    def get(self, number: int) -> object:
        found: object = self._client.ssh_keys.get_by_id(number)
        return found

    def everything(self) -> Iterator[object]:
        number: int | None = 1
        while number is not None:
            page = self._client.ssh_keys.get_list(page=number, per_page=PAGE)
            yield from page.ssh_keys
            number = page.meta.pagination.next_page

    def part(self, number: int, kind: int) -> Sized:
        found: list[object] = self._few.ssh_keys.get_list(name=f"{number}-{kind}").ssh_keys
        return found

    def close(self) -> None:
        """Its session has no end of its own."""
