"""A feed that events come into while a client waits, and a watch that is followed step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from support.clock import FakeClock
from support.driving import Driver
from support.servers import json

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


class Enough(Exception):
    """Nothing will happen any more."""


class Course(FakeClock):
    """A clock by which something happens in each wait of `poll` seconds, until it is enough."""

    def __init__(self, *things: Callable[[], object], poll: float = 5.0) -> None:
        super().__init__()
        self.things = list(things)
        self.poll = poll

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if seconds != self.poll:  # but one before a repeat
            return
        if not self.things:
            raise Enough
        self.things.pop(0)()


class Feed:
    """Serves the activity of a project; `events` are in the order in which they happened.

    Args:
        dialect: Pages with cursors (`live`), or a bare array with `after` and `limit`.
        order: Which event is first. `newest, ties oldest` sorts by time alone, so that of events
            with one time the oldest is first.
        page: The most events in a page of the live dialect.
    """

    def __init__(
        self,
        dialect: Literal["contract", "live"] = "live",
        *,
        order: Literal["newest", "oldest", "newest, ties oldest"] = "newest",
        page: int = 120,
    ) -> None:
        self.dialect = dialect
        self.order = order
        self.page = page
        self.ignores_limit = False
        self.events: list[dict[str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.now: datetime | None = NOON
        self.answers: list[Callable[[], httpx.Response | None]] = []
        self._count = 0

    def happen(self, count: int = 1, seconds: float = 1.0, **more: Any) -> None:
        """So many events happen, so many seconds apart; without times if there is none now."""
        for _ in range(count):
            event = {"id": f"e{self._count}", **more}
            if self.now is not None:
                self.now += timedelta(seconds=seconds)
                event.setdefault("dtCreated", self.now.isoformat())
            self.events.append(event)
            self._count += 1

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        instead = self.answers.pop(0)() if self.answers else None
        return instead or self._answer(request.url.params)

    def _answer(self, query: httpx.QueryParams) -> httpx.Response:
        events = list(self.events)
        if self.order == "newest":
            events.reverse()
        elif self.order == "newest, ties oldest":
            events.sort(key=lambda event: event["dtCreated"], reverse=True)
        if "after" in query:
            last = query["after"].removeprefix("behind ")
            events = events[[event["id"] for event in events].index(last) + 1 :]
        limit = int(query["limit"])
        if self.dialect == "live":
            limit = min(limit, self.page)
        page = events if self.ignores_limit else events[:limit]
        if self.dialect == "contract":
            return json(page)
        more = len(events) > limit
        cursor = f"behind {page[-1]['id']}" if more else None
        return json({"items": page, "hasMore": more, "nextPage": cursor})


def step(drive: Driver, watch: Any) -> Any:
    """The next event of a watch."""
    return next(watch) if drive.flavour == "sync" else drive(anext(watch))


def close(drive: Driver, watch: Any) -> None:
    drive(watch.close() if drive.flavour == "sync" else watch.aclose())


def follow(
    drive: Driver,
    start: Callable[[str | None], Any],
    after: str | None = None,
    restart_at: Iterable[int] = (),
) -> list[str]:
    """The ids that a watch gives until there has been enough.

    Args:
        start: Starts a watch after an event.
        restart_at: After so many events the watch is closed, and another one goes on.
    """
    seen: list[str] = []
    watch, stops = start(after), set(restart_at)
    try:
        while True:
            seen.append(step(drive, watch).id)
            if len(seen) in stops:
                close(drive, watch)
                watch = start(seen[-1])
    except Enough:
        return seen


def watched(drive: Driver, feed: Feed, *things: Callable[[], object], **options: Any) -> list[str]:
    """The ids that a watch of a feed gives, while these things happen in its waits."""
    drive.clock = Course(*things, poll=options.get("poll", 5.0))
    scope = drive.client(feed).project("p1")
    after = options.pop("after", None)
    return follow(drive, lambda last: scope.watch(after=last, **options), after)
