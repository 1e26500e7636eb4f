"""Choosing events by kind and time while the feed goes by.

The contract does not say in which order events come, the live server sends the newest first. So a
feed is left early only when a page of it has led back in time, beyond what is asked for.
"""

from __future__ import annotations

from datetime import datetime

from .models import ActivityEvent


class EventSelection:
    """The events of one kind, from `since` on and before `until`; None means any.

    An event without a time is kept: nothing says that it lies outside. The kind is checked here
    too, as only the contract has the server filter by it.
    """

    def __init__(
        self, event_type: str | None, since: datetime | None, until: datetime | None
    ) -> None:
        self._type = event_type
        self._since = since
        self._until = until
        self._first: datetime | None = None

    def choose(self, items: tuple[ActivityEvent, ...]) -> tuple[tuple[ActivityEvent, ...], bool]:
        return tuple(filter(self._wanted, items)), self._is_past(items)

    def _wanted(self, event: ActivityEvent) -> bool:
        if self._type is not None and event.type_ != self._type:
            return False
        when = event.dt_created
        if when is None:
            return True
        return (self._since is None or when >= self._since) and (
            self._until is None or when < self._until
        )

    def _is_past(self, items: tuple[ActivityEvent, ...]) -> bool:
        """Whether what follows these events is older than `since`: they lead back beyond it."""
        times = [event.dt_created for event in items if event.dt_created is not None]
        if self._since is None or not times:
            return False
        if self._first is None:
            self._first = times[0]
        return times[-1] < min(self._since, self._first)
