"""stripe: products as objects, over requests in threads and over httpx in tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import stripe

from . import KEY, PAGE, small


def products(root: str, http_client: Any) -> Any:
    client = stripe.StripeClient(KEY, base_addresses={"api": root}, http_client=http_client)
    return client.v1.products


class Sync:
    def __init__(self, root: str) -> None:
        self._http: Any = stripe.RequestsClient()
        self._products = products(root, self._http)
        self._small = products(small(root), self._http)

    def get(self, number: int) -> object:
        return self._products.retrieve(f"prod-{number}")

    def list_all(self) -> Iterator[object]:
        yield from self._products.list({"limit": PAGE}).auto_paging_iter()

    def list_part(self, number: int, kind: int) -> Any:
        return self._small.list({"url": f"{number}-{kind}"}).data

    def close(self) -> None:
        self._http.close()


class Async:
    def __init__(self, root: str) -> None:
        self._http: Any = stripe.HTTPXClient()
        self._products = products(root, self._http)
        self._small = products(small(root), self._http)

    async def get(self, number: int) -> object:
        return await self._products.retrieve_async(f"prod-{number}")

    async def list_all(self) -> AsyncIterator[object]:
        first = await self._products.list_async({"limit": PAGE})
        async for item in first.auto_paging_iter():
            yield item

    async def list_part(self, number: int, kind: int) -> Any:
        return (await self._small.list_async({"url": f"{number}-{kind}"})).data

    async def close(self) -> None:
        await self._http.close_async()
