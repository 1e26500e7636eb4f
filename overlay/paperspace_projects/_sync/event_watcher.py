# Derived from _async/event_watcher.py by `nox -s generate`: change that one.
"""Watch a project's activity feed by polling it."""

from __future__ import annotations

from collections.abc import Generator

from .._pagination.event_feed import EventCursor, Poll
from .._pagination.list_requests import ListRequest
from .._pagination.paginator import PaginationState
from ..errors import APIError, PaginationError
from ..models import ActivityEvent
from .session import Session


def watch(
    session: Session, feed: ListRequest[ActivityEvent], cursor: EventCursor, interval: float
) -> Generator[ActivityEvent, None, None]:
    """Yield the new events of a feed, oldest first, without an end.

    Args:
        session: Sends the requests.
        feed: How to read the feed.
        cursor: The events that are known already.
        interval: Seconds between two polls.
    """
    while True:
        state, poll = PaginationState(feed), Poll(cursor)
        try:
            with session.one_deadline():
                while (request := state.next_request()) is not None:
                    if poll.add(state.accept(session.call(request))):
                        break
        except PaginationError as error:  # has a page's cursor; a watch resumes after an event
            raise PaginationError(error.operation, error.problem, cursor.newest) from error
        except APIError as error:
            if cursor.newest is not None:
                error.add_note(f"the watch can be resumed with after={cursor.newest!r}")
            raise
        new = cursor.advance(poll)
        while new:
            yield new.pop()
        session.sleep(interval)
