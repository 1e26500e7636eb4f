"""The state of one walk through a list: the next request, and the meaning of an answer. Pure.

A walk yields each item once, in the server's order, and ends. A repeated cursor, a next page
without a cursor, and an endless run of empty pages are errors: a list is never cut short silently.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from .._api.decoding import WirePage
from .._api.operations import ApiRequest
from .._security.secret_str import problem_of
from ..errors import PaginationError
from ..models import Page
from .list_requests import ListRequest

T = TypeVar("T")

MAX_EMPTY_PAGES = 50  # in a row: then a walk fails, and can be resumed


class PaginationState(Generic[T]):
    """One walk through a list: send each `next_request`, and hand its answer to `accept`."""

    def __init__(self, request: ListRequest[T]) -> None:
        self._request = request
        self._filter = request.new_filter() if request.new_filter else None
        self._ended = False
        self._error: PaginationError | None = None
        self._cursor = request.after
        self._cursors: set[str | None] = {request.after}
        self._ids: set[str] = set()
        self._empty_pages = 0

    @property
    def resume_from(self) -> str | None:
        """The cursor after all accepted pages; None at the end."""
        return self._error.next_cursor if self._error else self._cursor

    def next_request(self) -> ApiRequest[WirePage[T]] | None:
        """Return the request for the next page, or None at the end.

        Raises:
            PaginationError: the last answer, whose items are accepted, does not say how to go on.
        """
        if self._error is not None:
            raise self._error
        return None if self._ended else self._request.fetch(self._cursor)

    def accept(self, answer: WirePage[T]) -> Page[T]:
        """Take the answer to the last `next_request`."""
        items, has_more, cursor = self._read(answer)
        self._empty_pages = 0 if items else self._empty_pages + 1
        if self._filter is not None:
            items, is_done = self._filter(items)
            has_more = has_more and not is_done
        if has_more:
            self._continue_at(cursor)
        else:
            self._ended, self._cursor = True, None
        return Page(items=items, next_cursor=self.resume_from, has_more=has_more)

    def _read(self, answer: WirePage[T]) -> tuple[tuple[T, ...], bool, str | None]:
        """Return the new items of a page, whether more follows, and the cursor."""
        if not answer.bare:
            cursor, has_more = answer.next_cursor, answer.has_more
            return answer.items, cursor is not None if has_more is None else has_more, cursor
        identify = self._request.identify
        if identify is None:
            return answer.items, False, None
        fresh: list[T] = []
        for item in answer.items:
            if identify(item) not in self._ids:
                self._ids.add(identify(item))
                fresh.append(item)
        # A page that is longer than requested and has nothing new is the whole list again. A full
        # page with nothing new has items after it that cannot be reached.
        length, full = len(answer.items), self._request.full
        has_more = length > 0 and (length >= full if fresh else length == full)
        return tuple(fresh), has_more, identify(answer.items[-1]) if has_more else None

    def _continue_at(self, cursor: str | None) -> None:
        if cursor is None:
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
        self._error = PaginationError(self._request.operation, problem, resume_from)
