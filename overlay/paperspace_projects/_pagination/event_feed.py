"""Activity feeds: their order, the choice of events by time, and which events are new. Pure.

The contract names no order; the live server sends the newest event first. So the times decide. They
may be late, dated back, equal or missing: a few steps in one direction prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from .._api.operations import LIST_ACTIVITY
from ..errors import PaginationError
from ..models import ActivityEvent, Page

SURE: Final = 10  # steps more in one direction in time than in the other: the order is known
MAX_KNOWN: Final = 1000  # ids that are remembered, newest first: more than a page
ENOUGH: Final = 10  # known events to read back to: a late event may stand behind some of them


class EventOrder:
    """The order of a feed by the times of its events."""

    def __init__(self) -> None:
        self.lead: int = 0  # steps forward in time, less steps back
        self.last: datetime | None = None  # the time of the last event that has one

    def add(self, events: Iterable[ActivityEvent]) -> None:
        """Take the next events, in the feed's order; those without a time do not count."""
        for event in events:
            if event.dt_created is not None:
                if self.last is not None:
                    self.lead += event.dt_created > self.last
                    self.lead -= event.dt_created < self.last
                self.last = event.dt_created

    @property
    def is_newest_first(self) -> bool | None:
        """Whether the newest event is first; None if that is not known."""
        return self.lead < 0 if abs(self.lead) >= SURE else None


def event_filter(
    event_type: str | None, since: datetime | None, until: datetime | None
) -> Callable[[tuple[ActivityEvent, ...]], tuple[tuple[ActivityEvent, ...], bool]]:
    """Return a filter of pages for one kind of events, from `since` on and before `until`.

    It returns the wanted events of a page, and whether the rest of the feed can be skipped: once a
    whole page lies before `since`, as one event may be dated back. An event without a time is kept.
    The kind is checked here too, as only the contract has the server filter by it.
    """
    order = EventOrder()

    def is_before(event: ActivityEvent) -> bool:
        when = event.dt_created
        return since is not None and when is not None and when < since

    def is_wanted(event: ActivityEvent) -> bool:
        when = event.dt_created
        is_late = until is not None and when is not None and when >= until
        return event_type in (None, event.type_) and not is_late and not is_before(event)

    def choose(events: tuple[ActivityEvent, ...]) -> tuple[tuple[ActivityEvent, ...], bool]:
        order.add(events)
        is_past = bool(events) and all(map(is_before, events))
        return tuple(filter(is_wanted, events)), is_past and bool(order.is_newest_first)

    return choose


class EventCursor:
    """The place in a feed after which events are new, for one watch.

    New events are recognized by their ids alone, as events may share a time or have none. Events of
    every type are remembered, as `after` may name any; None if the watch begins now.
    """

    def __init__(self, after: str | None, event_type: str | None) -> None:
        self.begins_now = after is None  # all events of the first poll count as known
        self.known: dict[str, None] = {} if after is None else {after: None}
        self.knows_all = False  # if it does, any other event is new, wherever it stands
        self.is_newest_first: bool | None = None
        self._type = event_type

    @property
    def newest(self) -> str | None:
        """The id of the newest known event; None if there is none."""
        return next(iter(self.known), None)

    def advance(self, poll: Poll) -> list[ActivityEvent]:
        """Move past the events of a complete poll; return the new ones of the kind, newest first.
        It raises a `PaginationError` if no known event is in the feed any more."""
        events = poll.newest_first()
        known_at = [index for index, event in enumerate(events) if event.id in self.known]
        if self.begins_now:
            end = 0
        elif self.knows_all:
            end = len(events)
        elif known_at:
            end = known_at[-1]  # not the first: a late event may stand behind it
        else:
            problem = f"event {self.newest!r} is not in the feed (any more), so the events after "
            problem += "it cannot be told; list them with activity()"
            raise PaginationError(LIST_ACTIVITY.id, problem, events[0].id if events else None)
        new = [each for each in events[:end] if each.id not in self.known]
        known = dict.fromkeys(event.id for event in events) | self.known
        self.known = dict.fromkeys(list(known)[:MAX_KNOWN])
        self.knows_all = (poll.is_complete or self.knows_all) and len(known) <= MAX_KNOWN
        self.begins_now = False
        self.is_newest_first = poll.is_newest_first
        return [each for each in new if self._type in (None, each.type_)]


class Poll:
    """One reading of a feed, page by page, back to events that are known. It ends early only if the
    newest event is known to be first, or if there are no times."""

    def __init__(self, cursor: EventCursor) -> None:
        self._cursor = cursor
        self._order = EventOrder()
        self._events: dict[str, ActivityEvent] = {}
        self.is_complete = False  # the feed was read to its end

    @property
    def is_newest_first(self) -> bool | None:
        """Whether the feed has the newest event first; None if that is not known."""
        found_before = self._cursor.is_newest_first
        return self._order.is_newest_first if found_before is None else found_before

    def add(self, page: Page[ActivityEvent]) -> bool:
        """Take a page; return whether no more are needed."""
        self._order.add(event for event in page.items if event.id not in self._events)
        self._events.update((event.id, event) for event in page.items)
        self.is_complete = not page.has_more
        met = len(self._events.keys() & self._cursor.known.keys())
        is_back = met > 0 and met >= min(ENOUGH, len(self._cursor.known))
        if self._cursor.begins_now:
            is_back = bool(self._events)
        has_no_times = self._cursor.is_newest_first is None and self._order.last is None
        is_enough = is_back and (has_no_times or self.is_newest_first is True)
        return self.is_complete or is_enough

    def newest_first(self) -> list[ActivityEvent]:
        """Return the events of all pages, each once."""
        events, is_newest_first = list(self._events.values()), self.is_newest_first
        if is_newest_first is None:  # the whole feed was read, and this is the best guess
            is_newest_first = self._order.lead <= 0
        return events if is_newest_first else events[::-1]
