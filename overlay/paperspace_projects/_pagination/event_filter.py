"""Choosing events by kind and time while the feed goes by.

A feed is left early only where it is known to have the newest event first, and a whole page of it
lies before what is asked for: one event that was dated back ends nothing.
"""

from __future__ import annotations

from datetime import datetime

from ..models import ActivityEvent
from .event_order import Order


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
        self._order = Order()

    def choose(self, items: tuple[ActivityEvent, ...]) -> tuple[tuple[ActivityEvent, ...], bool]:
        self._order.take(items)
        is_past = bool(items) and all(map(self._is_before, items))
        return tuple(filter(self._wanted, items)), is_past and self._order.is_newest_first is True

    def _wanted(self, event: ActivityEvent) -> bool:
        if self._type is not None and event.type_ != self._type:
            return False
        when = event.dt_created
        return not self._is_before(event) and (
            self._until is None or when is None or when < self._until
        )

    def _is_before(self, event: ActivityEvent) -> bool:
        """Whether an event is older than `since`."""
        when = event.dt_created
        return self._since is not None and when is not None and when < self._since
