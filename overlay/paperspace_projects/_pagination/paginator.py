"""Going through a listing page by page: what to ask for next, and what an answer means.

Pure state without I/O, shared by the sync and the async pager. A listing yields each item once, in
the server's order, and ends: a cursor that comes again, a next page without a cursor, and an
endless run of empty pages are errors, and nothing is silently cut short.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from attrs import frozen

from .._api.decoding import WirePage
from .._api.operations import ApiRequest
from .._security.secret_str import problem_of
from ..errors import PaginationError
from ..models import Page

T = TypeVar("T")

MAX_EMPTY_PAGES = 50
"""After so many empty pages in a row a listing is given up: resuming it is always possible."""


class Selection(Protocol[T]):
    """Chooses among a listing's items as they come, and may know that no more will follow."""

    def choose(self, items: tuple[T, ...]) -> tuple[tuple[T, ...], bool]:
        """The chosen ones, and whether the listing is done with them."""
        ...


@frozen(kw_only=True)
class Source(Generic[T]):
    """A listing that can be gone through, as data.

    `operation` is the spec's operation id. `fetch` gives the call for the page after a cursor.
    `after` is where to begin. For a list whose bare pages are continued by the last item's id
    (contract: listProjectActivity), `identify` gives an item's id and `full` the length from which
    a page counts as full. `select` makes a new selection for each walk through the listing.
    """

    operation: str
    fetch: Callable[[str | None], ApiRequest[WirePage[T]]]
    after: str | None = None
    identify: Callable[[T], str] | None = None
    full: int = 0
    select: Callable[[], Selection[T]] | None = None


class Listing(Generic[T]):
    """One walk through a `Source`. Ask `next_call`, send it, hand the answer to `accept`."""

    def __init__(self, source: Source[T]) -> None:
        self._source = source
        self._selection = source.select() if source.select else None
        self._ended = False
        self._problem: PaginationError | None = None
        self._cursor = source.after
        self._cursors: set[str | None] = {source.after}
        self._ids: set[str] = set()
        self._empty_pages = 0

    @property
    def resume_from(self) -> str | None:
        """The cursor after all that was accepted; None at the end."""
        return self._problem.next_cursor if self._problem else self._cursor

    def next_call(self) -> ApiRequest[WirePage[T]] | None:
        """The call for the next page, or None at the end.

        Raises:
            PaginationError: the server does not say how to go on. Not before the items of the
                page that said so were handed out.
        """
        if self._problem is not None:
            raise self._problem
        return None if self._ended else self._source.fetch(self._cursor)

    def accept(self, answer: WirePage[T]) -> Page[T]:
        """Take the answer to the last `next_call`."""
        items, has_more, cursor = self._continuation(answer)
        self._empty_pages = 0 if items else self._empty_pages + 1
        if self._selection is not None:
            items, done = self._selection.choose(items)
            has_more, cursor = (False, None) if done else (has_more, cursor)
        self._go_on(has_more, cursor)
        return Page(items=items, next_cursor=self.resume_from, has_more=has_more)

    def _continuation(self, answer: WirePage[T]) -> tuple[tuple[T, ...], bool, str | None]:
        """The new items of a page, whether there is more, and where."""
        identify = self._source.identify
        if not answer.bare:
            more = answer.next_cursor is not None if answer.has_more is None else answer.has_more
            return answer.items, more, answer.next_cursor if more else None
        if identify is None:
            return answer.items, False, None
        fresh: list[T] = []
        for item in answer.items:
            if identify(item) not in self._ids:
                self._ids.add(identify(item))
                fresh.append(item)
        # A page that holds more than was asked for and nothing new is the whole feed, again. One
        # that is just full and holds nothing new has events after it that cannot be had.
        more = bool(answer.items) and (
            len(answer.items) >= self._source.full
            if fresh
            else len(answer.items) == self._source.full
        )
        return tuple(fresh), more, identify(answer.items[-1]) if more else None

    def _go_on(self, has_more: bool, cursor: str | None) -> None:
        if not has_more:
            self._ended, self._cursor = True, None
        elif cursor is None:
            self._fail("the server says that there is more, but gives no cursor", self._cursor)
        elif problem_of(cursor) is not None:
            self._fail("the server gave a cursor that cannot be sent back", self._cursor)
        elif cursor in self._cursors:
            self._fail("the server gave the same cursor twice", self._cursor)
        elif self._empty_pages >= MAX_EMPTY_PAGES:
            self._fail(f"{MAX_EMPTY_PAGES} pages in a row were empty, and more follow", cursor)
        else:
            self._cursors.add(cursor)
            self._cursor = cursor

    def _fail(self, problem: str, resume_from: str | None) -> None:
        self._problem = PaginationError(self._source.operation, problem, resume_from)
