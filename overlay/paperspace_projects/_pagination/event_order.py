"""Whether a feed of events has the newest first or the oldest, told by the events' times.

The contract does not say it, and the live server sends the newest first. Events may be late, dated
back, or have one time: a few steps in one direction tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..models import ActivityEvent

SURE: Final = 10
"""How many more steps have to lead in one direction than in the other to tell the order."""


class Order:
    """The order of a feed, as far as the events tell that were taken in, in the feed's order.

    `lead` is how many more steps from one event to the next lead forwards in time than backwards.
    """

    def __init__(self) -> None:
        self.lead: int = 0
        self._last: datetime | None = None

    def take(self, events: Iterable[ActivityEvent]) -> None:
        """Take in the next events; those without a time do not count."""
        for event in events:
            if event.dt_created is not None:
                if self._last is not None:
                    self.lead += event.dt_created > self._last
                    self.lead -= event.dt_created < self._last
                self._last = event.dt_created

    @property
    def has_times(self) -> bool:
        """Whether any event had a time."""
        return self._last is not None

    @property
    def is_newest_first(self) -> bool | None:
        """Whether the newest event is first; None where that is not known."""
        return self.lead < 0 if abs(self.lead) >= SURE else None
