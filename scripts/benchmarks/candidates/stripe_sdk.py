"""stripe: products as objects, over requests in threads and over httpx in tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sized
from typing import Any

import stripe

from ..terms import KEY, PAGE


def client_of(root: str, http_client: Any = None) -> Any:
    return stripe.StripeClient(KEY, base_addresses={"api": root}, http_client=http_client)


class Sync:
    def __init__(self, root: str) -> None:
        self._http: Any = stripe.RequestsClient()
        self._products: Any = client_of(root, self._http).v1.products

    def get(self, number: int) -> object:
        found: object = self._products.retrieve(f"prod-{number}")
        return found

    def everything(self) -> Iterator[object]:
        yield from self._products.list({"limit": PAGE}).auto_paging_iter()

    def part(self, number: int, kind: int) -> Sized:
        found: list[object] = self._products.features.list(
            f"prod-{number}", {"limit": kind + 1}
        ).data
        return found

    def close(self) -> None:
        self._http.close()


class Async:
    def __init__(self, root: str) -> None:
        self._http: Any = stripe.HTTPXClient()
        self._products: Any = client_of(root, self._http).v1.products

    async def get(self, number: int) -> object:
        found: object = await self._products.retrieve_async(f"prod-{number}")
        return found

    async def everything(self) -> AsyncIterator[object]:
        first = await self._products.list_async({"limit": PAGE})
        async for item in first.auto_paging_iter():
            yield item

    async def part(self, number: int, kind: int) -> Sized:
        page = await self._products.features.list_async(f"prod-{number}", {"limit": kind + 1})
        found: list[object] = page.data
        return found

    async def close(self) -> None:
        await self._http.close_async()
