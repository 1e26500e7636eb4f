"""Choosing events by kind and time while the feed goes by.

The contract does not say in which order events come, the live server sends the newest first. So a
feed is left early only when it has shown itself to run backwards in time.
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
        self._last: datetime | None = None
        self._went_back = False
        self._went_forward = False

    def choose(self, items: tuple[ActivityEvent, ...]) -> tuple[tuple[ActivityEvent, ...], bool]:
        chosen: list[ActivityEvent] = []
        for event in items:
            if self._is_past(event):
                return tuple(chosen), True
            if self._wanted(event):
                chosen.append(event)
        return tuple(chosen), False

    def _wanted(self, event: ActivityEvent) -> bool:
        if self._type is not None and event.type_ != self._type:
            return False
        when = event.dt_created
        if when is None:
            return True
        return (self._since is None or when >= self._since) and (
            self._until is None or when < self._until
        )

    def _is_past(self, event: ActivityEvent) -> bool:
        """Whether this event and all that follow are older than `since`."""
        when = event.dt_created
        if when is None:
            return False
        if self._last is not None:
            self._went_back |= when < self._last
            self._went_forward |= when > self._last
        self._last = when
        older = self._since is not None and when < self._since
        return older and self._went_back and not self._went_forward
