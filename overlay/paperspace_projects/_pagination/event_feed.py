"""Telling the new events of a feed from those that were there before, look after look.

Pure state without I/O, shared by both sides. The live server sends the newest event first; the
contract does not say in which order they come, so that their times decide. While they do not, a
look reads on; a feed without any times is taken to be the live server's. What is new is told by ids
alone: events may share a time, or have none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from .._api.operations import LIST_ACTIVITY
from ..errors import PaginationError
from ..models import ActivityEvent, Page
from .event_order import Order

MAX_KNOWN: Final = 1000
"""So many ids are remembered, the newest: more than a page, as one is looked through whole."""
ENOUGH: Final = 10
"""How many known events a look goes back to: one that comes late may stand behind some of them."""


class Feed:
    """What is known of a project's feed.

    Args:
        after: The id of an event that was handed out before; None if the feed begins now.
        event_type: The kind of events that is wanted; None for all. The others are known, too: any
            event is one to go on after.
    """

    def __init__(self, after: str | None, event_type: str | None) -> None:
        self._begins_now = after is None
        self._known: dict[str, None] = {} if after is None else {after: None}
        self._is_whole = False
        """Whether what is known is all there is: anything else is new, wherever it stands."""
        self._is_newest_first: bool | None = None
        self._type = event_type

    @property
    def newest(self) -> str | None:
        """The id to go on after; None before there is any."""
        return next(iter(self._known), None)

    def look(self) -> Look:
        """Look at the feed once more."""
        return Look(self._known.keys(), self._is_newest_first, begins_now=self._begins_now)

    def learn(self, look: Look) -> list[ActivityEvent]:
        """The new events, of the wanted kind, of a look that is done; newest first.

        Raises:
            PaginationError: no known event is there any more, so that what is new cannot be told.
        """
        events = look.newest_first()
        places = [place for place, event in enumerate(events) if event.id in self._known]
        if self._begins_now:
            old_from = 0
        elif self._is_whole:
            old_from = len(events)
        elif places:
            old_from = places[-1]  # not the first: one that is late may stand behind it
        else:
            problem = (
                f"event {self.newest!r} is not in the feed, or not any more, so that what came "
                "after it cannot be told; activity() lists what is there"
            )
            goes_on = events[0].id if events else None
            raise PaginationError(LIST_ACTIVITY.id, problem, goes_on)
        new = [each for each in events[:old_from] if each.id not in self._known]
        self._remember(events, look.is_whole)
        self._is_newest_first = look.is_newest_first
        return [each for each in new if self._type is None or each.type_ == self._type]

    def _remember(self, events: Collection[ActivityEvent], is_whole: bool) -> None:
        known = dict.fromkeys(event.id for event in events) | self._known
        self._known = dict.fromkeys(list(known)[:MAX_KNOWN])
        self._is_whole = (is_whole or self._is_whole) and len(known) <= MAX_KNOWN
        self._begins_now = False


class Look:
    """One look at a feed, page by page, back to events that are known.

    Args:
        known: The ids of the events that are known.
        is_newest_first: What an earlier look has found out; None: nothing yet.
        begins_now: Whether nothing is known, and all that is there counts as known from now on.
    """

    def __init__(
        self, known: Collection[str], is_newest_first: bool | None, *, begins_now: bool
    ) -> None:
        self._begins_now = begins_now
        self._known = frozenset(known)
        self._found_out = is_newest_first
        self._order = Order()
        self._events: dict[str, ActivityEvent] = {}
        self.is_whole = False
        """Whether the feed was read to its end."""

    @property
    def is_newest_first(self) -> bool | None:
        """Whether the feed has the newest event first; None where that is not known."""
        return self._order.is_newest_first if self._found_out is None else self._found_out

    def is_done_with(self, page: Page[ActivityEvent]) -> bool:
        """Take in a page; gives whether no more are needed."""
        self._order.take(event for event in page.items if event.id not in self._events)
        self._events.update((event.id, event) for event in page.items)
        self.is_whole = not page.has_more
        if self.is_whole:
            return True
        if self._begins_now:
            is_back = bool(self._events)
        else:
            met = len(self._events.keys() & self._known)
            is_back = met > 0 and met >= min(ENOUGH, len(self._known))
        is_timeless = self._found_out is None and not self._order.has_times
        return is_back and (is_timeless or self.is_newest_first is True)

    def newest_first(self) -> list[ActivityEvent]:
        """The events of the pages, each once."""
        events = list(self._events.values())
        is_newest_first = self.is_newest_first
        if is_newest_first is None:  # all of the feed was read, and this is the best guess
            is_newest_first = self._order.lead <= 0
        return events if is_newest_first else events[::-1]
