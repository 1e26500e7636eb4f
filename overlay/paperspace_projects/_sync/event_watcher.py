# Derived from _async/event_watcher.py by `nox -s generate`: change that one.
"""Waiting for what happens to a project: looking at its feed again and again."""

from __future__ import annotations

from collections.abc import Generator

from .._pagination.event_feed import Feed
from .._pagination.paginator import Listing, Source
from ..errors import APIError, PaginationError
from ..models import ActivityEvent
from .session import Session


def watch(
    session: Session, source: Source[ActivityEvent], feed: Feed, poll: float
) -> Generator[ActivityEvent, None, None]:
    """What is new in a feed, oldest first, and then what follows, without an end.

    Args:
        session: What to send by.
        source: The feed as a listing.
        feed: What is known of it.
        poll: Seconds between two looks at it.
    """
    while True:
        new = _look(session, source, feed)
        while new:
            yield new.pop()
        session.sleep(poll)


def _look(session: Session, source: Source[ActivityEvent], feed: Feed) -> list[ActivityEvent]:
    """What is new since the last look, newest first. It is so still if this look fails."""
    listing, look = Listing(source), feed.look()
    try:
        with session.one_deadline():
            while (call := listing.next_call()) is not None:
                if look.is_done_with(listing.accept(session.call(call))):
                    break
    except PaginationError as error:  # its cursor is a page's: an event has to be named here
        raise PaginationError(error.operation, error.problem, feed.newest) from error
    except APIError as error:
        if feed.newest is not None:
            error.add_note(f"the watch can be resumed with after={feed.newest!r}")
        raise
    return feed.learn(look)
