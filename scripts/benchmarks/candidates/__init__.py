"""The clients that are compared: a class `Sync`, a class `Async`, or both, in each module.

Where the methods of both only return what the client returns, `Async` inherits those of `Sync`. The
constants are those of the server, too; this module is cheap to import.
"""

from __future__ import annotations

from typing import Any

KEY = "bench-key"
PAGE = 120
"""Items a page."""
PARTS = ("collaborators", "secrets", "tags", "models")
"""The small lists that belong to each project."""
PART = 3
"""Items in each small list."""


def small(root: str) -> str:
    """The URL of an API whose main listing is as short as a small list."""
    return f"{root.rpartition('/')[0]}/of-{PART}"


def query(cursor: str | None) -> dict[str, str]:
    """The query of a page of projects."""
    return {"limit": str(PAGE)} if cursor is None else {"limit": str(PAGE), "after": cursor}


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
