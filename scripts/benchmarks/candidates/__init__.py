"""The clients that are compared: a class `Sync`, a class `Async`, or both, in each module.

Where the methods of both only hand on what the client returns, `Async` inherits those of `Sync`.
"""

from __future__ import annotations

from typing import Any

from ..constants import PARTS


class Projects:
    """Reads projects of the contract by `_read(path)`, which returns the JSON or an awaitable."""

    _read: Any

    def get(self, number: int) -> Any:
        return self._read(f"/projects/p-{number}")

    def list_part(self, number: int, kind: int) -> Any:
        return self._read(f"/projects/p-{number}/{PARTS[kind]}")


class SyncPages:
    """Lists all by `page(cursor)`, which returns items and the next cursor, None at the end."""

    page: Any

    def list_all(self) -> Any:
        cursor = None
        while True:
            items, cursor = self.page(cursor)
            yield from items
            if cursor is None:
                return


class AsyncPages:
    """The same, async."""

    page: Any

    async def list_all(self) -> Any:
        cursor = None
        while True:
            items, cursor = await self.page(cursor)
            for item in items:
                yield item
            if cursor is None:
                return
