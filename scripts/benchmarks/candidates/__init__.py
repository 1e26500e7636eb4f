"""The clients that are compared: a class `Sync`, a class `Async`, or both, in each module."""

from __future__ import annotations

from typing import Any


class SyncPages:
    """Lists all by `page(cursor)`, which gives items and the next cursor, None at the end."""

    def list_all(self) -> Any:
        cursor = None
        while True:
            items, cursor = self.page(cursor)
            yield from items
            if cursor is None:
                return

    def page(self, cursor: Any) -> tuple[Any, Any]:
        raise NotImplementedError


class AsyncPages:
    """The same, async."""

    async def list_all(self) -> Any:
        cursor = None
        while True:
            items, cursor = await self.page(cursor)
            for item in items:
                yield item
            if cursor is None:
                return

    async def page(self, cursor: Any) -> tuple[Any, Any]:
        raise NotImplementedError
