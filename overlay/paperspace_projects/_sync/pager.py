# Derived from _async/pager.py by `nox -s generate`: change that one.
"""Lists that are fetched page by page while they are iterated."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Generic, TypeVar

from .._api import validation
from .._pagination.list_requests import ListRequest
from .._pagination.paginator import PaginationState
from ..errors import APIError, PaginationError
from ..models import Page
from .session import Session

T = TypeVar("T")


class Pager(Generic[T]):
    """A list. Nothing is sent before the first item is requested.

    Iterate it for items; each iteration begins anew. A list ends with its last item or with an
    error, never silently before. With `prefetch=1` the next page is fetched while the caller uses
    the current one: in a task under asyncio, in a thread in sync, not at all under trio.

    Raises, while it is iterated:
        PaginationError: the server does not say how to continue.
        APIError: a page could not be read; `next_cursor` still tells where to resume.
    """

    def __init__(self, session: Session, request: ListRequest[T], prefetch: int) -> None:
        self._session = session
        self._request = request
        self._prefetch = (
            0 if type(prefetch) is int and not prefetch else validation.prefetch(prefetch)
        )
        self._next_cursor = request.after

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._request.operation}>"

    @property
    def next_cursor(self) -> str | None:
        """The cursor to resume from: pass it as `after` to continue without losing items.

        It changes when the last item of a page is yielded: after an early exit, the items of an
        unfinished page come again. None before the first page is done, and after the last.
        """
        return self._next_cursor

    def __iter__(self) -> Generator[T, None, None]:
        """Iterate over the items."""
        return self._items(None)

    def pages(self) -> Generator[Page[T], None, None]:
        """Iterate over the pages, each with its items and the cursor of the next.

        Example: `for page in client.projects.list().pages(): print(page.next_cursor)`
        """
        with closing(self._walk(None)) as pages:
            for page in pages:
                self._next_cursor = page.next_cursor
                yield page

    def first(self) -> T | None:
        """Return the first item, or None if there is none. No further page is fetched.

        Example: `newest = client.projects.list(order_by="dtCreated", order="desc").first()`
        """
        items = self.collect(1)
        return items[0] if items else None

    def collect(self, max_items: int | None = None) -> list[T]:
        """Return all items as a list, or the first `max_items` of them.

        Example: `events = scope.activity().collect(100)`

        Raises:
            InvalidArgumentError: `max_items` is not a whole number from 0 up.
        """
        collected: list[T] = []
        if max_items is not None and validation.whole_number("max_items", max_items, 0) == 0:
            return collected
        with closing(self._items(max_items)) as items:
            try:
                for item in items:
                    collected.append(item)
                    if len(collected) == max_items:
                        break
            except (APIError, PaginationError) as error:
                error.add_note("collect() returns all or nothing: iterate to keep earlier items")
                raise
        return collected

    def _items(self, max_items: int | None) -> Generator[T, None, None]:
        with closing(self._walk(max_items)) as pages:
            for page in pages:
                last = len(page.items) - 1
                for index, item in enumerate(page.items):
                    if index == last:
                        self._next_cursor = page.next_cursor
                    yield item
                self._next_cursor = page.next_cursor

    def _walk(self, max_items: int | None) -> Generator[Page[T], None, None]:
        """Yield the pages; prefetch none that is not needed for `max_items`."""
        self._next_cursor = self._request.after
        state = PaginationState(self._request)
        page, count = self._fetch(state), 0
        while page is not None:
            count += len(page.items)
            is_enough = max_items is not None and count >= max_items
            if not self._prefetch or not page.has_more or is_enough:
                yield page
                page = self._fetch(state) if page.has_more else None
                continue
            from .prefetch import Prefetch  # few lists are prefetched

            following = Prefetch(lambda: self._fetch(state))
            try:
                yield page
                page = following.result()
            finally:
                following.stop()

    def _fetch(self, state: PaginationState[T]) -> Page[T] | None:
        """Fetch the next page; return None after the last."""
        if (request := state.next_request()) is None:
            return None
        try:
            return state.accept(self._session.call(request))
        except APIError as error:
            if state.resume_from != self._request.after:
                error.add_note(f"the listing can be resumed with after={state.resume_from!r}")
            raise
