"""Activity feeds of many kinds, and the ids that a client gets of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from support.driving import Driver
from support.servers import json

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


def event(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"e{number}", **more}


class Feed:
    """Serves events; `after` is an id, and how it is understood can be chosen.

    `overlap` is how many events before the one that follows are sent once more (1 is what a server
    does that takes `after` to be inclusive).
    """

    def __init__(self, events: list[dict[str, Any]], overlap: int = 0) -> None:
        self.events = events
        self.overlap = overlap
        self.ignores_after = False
        self.ignores_limit = False
        self.live = False
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        start = 0
        after = request.url.params.get("after")
        if after is not None and not self.ignores_after:
            ids = [each["id"] for each in self.events]
            start = max(0, ids.index(after) + 1 - self.overlap)
        limit = int(request.url.params["limit"])
        page = self.events[start:] if self.ignores_limit else self.events[start : start + limit]
        if not self.live:
            return json(page)
        more = start + limit < len(self.events)
        return json({"items": page, "hasMore": more, "nextPage": page[-1]["id"] if more else None})


def ids(drive: Driver, feed: Feed, **options: Any) -> list[str]:
    """The ids that a client gets."""
    pager = drive.client(feed).project("p1").activity(**options)
    return [each.id for each in drive.items(pager)]


def expected(feed: Feed) -> list[str]:
    return [each["id"] for each in feed.events]


def timed(number: int, minutes: float, **more: Any) -> dict[str, Any]:
    return event(number, dtCreated=(NOON + timedelta(minutes=minutes)).isoformat(), **more)


NEWEST_FIRST = [timed(number, -number) for number in range(30)]
OLDEST_FIRST = [timed(number, number) for number in range(30)]
