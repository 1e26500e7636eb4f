"""Listings that are fetched page by page while they are gone through."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Generic, TypeVar

from .._api import validation as arguments
from .._pagination.paginator import Listing, Source
from ..errors import APIError, PaginationError
from ..models import Page
from .session import AsyncSession

T = TypeVar("T")


class AsyncPager(Generic[T]):
    """A listing. Nothing is sent before the first item is asked for.

    Iterate it for items; each iteration begins anew. A listing ends with its last item or with an
    error, never silently before. With `prefetch=1` the next page is fetched while the caller is at
    this one: in a task under asyncio, in a thread in sync, not at all under trio.

    Raises, while it is gone through:
        PaginationError: the server does not say how to go on.
        APIError: a page could not be had; `next_cursor` still tells where to resume.
    """

    def __init__(self, session: AsyncSession, source: Source[T], prefetch: int) -> None:
        self._session = session
        self._source = source
        self._prefetch = arguments.prefetch(prefetch)
        self._next_cursor = source.after

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._source.operation}>"

    @property
    def next_cursor(self) -> str | None:
        """Where to resume: pass it as `after`.

        It moves on with the last item of a page, so that what follows it holds every item that was
        not handed out yet. None before the first page is done, and after the last.
        """
        return self._next_cursor

    def __aiter__(self) -> AsyncGenerator[T, None]:
        """The items, one after the other."""
        return self._items(None)

    async def pages(self) -> AsyncGenerator[Page[T], None]:
        """The pages, each with its items and the cursor of the next."""
        async with aclosing(self._walk(None)) as pages:
            async for page in pages:
                self._next_cursor = page.next_cursor
                yield page

    async def first(self) -> T | None:
        """The first item, or None where there is none. No page after it is fetched."""
        items = await self.collect(1)
        return items[0] if items else None

    async def collect(self, max_items: int | None = None) -> list[T]:
        """All items as a list, or the first `max_items` of them.

        Raises:
            InvalidArgumentError: `max_items` is no whole number from 0 up.
        """
        collected: list[T] = []
        if arguments.max_items(max_items) == 0:
            return collected
        async with aclosing(self._items(max_items)) as items:
            try:
                async for item in items:
                    collected.append(item)
                    if len(collected) == max_items:
                        break
            except (APIError, PaginationError) as error:
                error.add_note("collect() gives all or nothing: iterate, to keep what came before")
                raise
        return collected

    async def _items(self, most: int | None) -> AsyncGenerator[T, None]:
        """The items, of which no more than `most` will be asked for."""
        async with aclosing(self._walk(most)) as pages:
            async for page in pages:
                last = len(page.items) - 1
                for index, item in enumerate(page.items):
                    if index == last:
                        self._next_cursor = page.next_cursor
                    yield item
                self._next_cursor = page.next_cursor

    async def _walk(self, most: int | None) -> AsyncGenerator[Page[T], None]:
        """The pages, the next of which may be fetched while the caller is at one."""
        self._next_cursor = self._source.after
        listing = Listing(self._source)
        page, count = await self._fetch(listing), 0
        while page is not None:
            count += len(page.items)
            is_enough = most is not None and count >= most
            if not self._prefetch or not page.has_more or is_enough:
                yield page
                page = await self._fetch(listing)
                continue
            from .prefetch import Ahead  # few listings are prefetched

            ahead = Ahead(functools.partial(self._fetch, listing))
            try:
                yield page
                page = await ahead.result()
            finally:
                await ahead.stop()

    async def _fetch(self, listing: Listing[T]) -> Page[T] | None:
        call = listing.next_call()
        if call is None:
            return None
        try:
            return listing.accept(await self._session.call(call))
        except APIError as error:
            if listing.resume_from != self._source.after:
                error.add_note(f"the listing can be resumed with after={listing.resume_from!r}")
            raise
