"""The activity feed of the contract: a bare array with `after` and `limit` and no cursor in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paging.kinds import quick
from support.driving import Driver
from support.servers import json

from paperspace_projects import PaginationError

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


@quick
@given(count=st.integers(0, 40), size=st.integers(1, 10))
def test_pages_are_followed_by_the_last_id_while_they_come_full(
    drive: Driver, count: int, size: int
) -> None:
    feed = Feed([event(number) for number in range(count)])
    assert ids(drive, feed, page_size=size) == expected(feed)
    assert len(feed.requests) == count // size + 1
    assert [each.url.params.get("after") for each in feed.requests] == [
        None,
        *(f"e{n * size - 1}" for n in range(1, len(feed.requests))),
    ]
    assert {each.url.params["limit"] for each in feed.requests} == {str(size)}


def test_the_limit_is_always_sent_as_only_it_tells_a_full_page(drive: Driver) -> None:
    feed = Feed([event(number) for number in range(250)])
    assert ids(drive, feed) == expected(feed)
    assert [each.url.params["limit"] for each in feed.requests] == ["120"] * 3


@quick
@given(
    count=st.integers(0, 40), size=st.integers(1, 10), overlap=st.integers(0, 9), more=st.booleans()
)
def test_overlapping_pages_give_no_event_twice(
    drive: Driver, count: int, size: int, overlap: int, more: bool
) -> None:
    overlap = min(overlap, size - 1)
    feed = Feed([event(number) for number in range(count)], overlap)
    feed.ignores_limit = more
    assert ids(drive, feed, page_size=size) == expected(feed)
    assert len(feed.requests) <= count // (size - overlap) + 2


@pytest.mark.parametrize("count", [0, 1, 119, 120, 121, 300])
def test_a_server_that_ignores_the_limit_is_read_whole(drive: Driver, count: int) -> None:
    feed = Feed([event(number) for number in range(count)])
    feed.ignores_limit = True
    assert ids(drive, feed) == expected(feed)
    assert len(feed.requests) <= 2


@pytest.mark.parametrize("count", [0, 1, 4, 6, 300])  # a page of exactly 5 may be a part
def test_a_server_that_ignores_both_is_read_whole(drive: Driver, count: int) -> None:
    feed = Feed([event(number) for number in range(count)])
    feed.ignores_limit = feed.ignores_after = True
    assert ids(drive, feed, page_size=5) == expected(feed)
    assert len(feed.requests) <= 2


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_short_page_of_a_server_that_ignores_after_is_the_whole_feed(
    drive: Driver, count: int
) -> None:
    feed = Feed([event(number) for number in range(count)])
    feed.ignores_after = True
    assert ids(drive, feed, page_size=5) == expected(feed)
    assert len(feed.requests) == 1


def not_silently_cut_short(drive: Driver, feed: Feed, size: int) -> None:
    """Either all events come, or an error says that they did not; never one twice, never a loop."""
    got: list[str] = []
    pager = drive.client(feed).project("p1").activity(page_size=size)
    complained = False
    try:
        for page in pages_until_error(drive, pager):
            got += [each.id for each in page.items]
    except PaginationError:
        complained = True
    assert len(set(got)) == len(got)
    assert complained or got == expected(feed)
    assert len(feed.requests) <= len(feed.events) // size + 2


def pages_until_error(drive: Driver, pager: Any) -> Any:
    if drive.flavour == "sync":
        yield from pager.pages()
        return
    pages = pager.pages()

    async def following() -> Any:
        return await anext(pages, None)

    while (page := drive(following())) is not None:
        yield page


def test_a_server_that_ignores_after_does_not_cut_the_feed_short_silently(drive: Driver) -> None:
    feed = Feed([event(number) for number in range(12)])
    feed.ignores_after = True
    not_silently_cut_short(drive, feed, 5)


def test_a_server_whose_after_is_inclusive_does_not_cut_pages_of_one_short_silently(
    drive: Driver,
) -> None:
    not_silently_cut_short(drive, Feed([event(number) for number in range(12)], overlap=1), 1)


def test_a_server_that_sends_whole_pages_again_does_not_cut_the_feed_short_silently(
    drive: Driver,
) -> None:
    not_silently_cut_short(drive, Feed([event(number) for number in range(12)], overlap=3), 3)


@quick
@given(
    answers=st.lists(st.lists(st.integers(0, 12).map(event), max_size=4), min_size=1, max_size=12)
)
def test_whatever_the_pages_no_event_comes_twice_and_the_feed_ends(
    drive: Driver, answers: list[list[dict[str, Any]]]
) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return json(answers[len(requests) % len(answers)])

    pager = drive.client(answer).project("p1").activity(page_size=2)
    got: list[str] = []
    try:
        for page in pages_until_error(drive, pager):
            got += [each.id for each in page.items]
    except PaginationError:
        pass
    assert len(set(got)) == len(got)
    assert len(requests) <= 15


def test_an_event_that_comes_twice_in_one_page_is_given_once(drive: Driver) -> None:
    feed = Feed([event(1), event(1), event(2)])
    assert ids(drive, feed) == ["e1", "e2"]


@pytest.mark.parametrize("count", range(1, 8))
def test_a_feed_is_resumed_after_any_number_of_events(drive: Driver, count: int) -> None:
    feed = Feed([event(number) for number in range(7)])
    scope = drive.client(feed).project("p1")
    pager = scope.activity(page_size=3)
    read = [each.id for each in drive.items(pager, at_most=count)]
    rest = [each.id for each in drive.items(scope.activity(after=pager.next_cursor))]
    if pager.next_cursor is None and count == 7:
        rest = []
    assert list(dict.fromkeys(read + rest)) == expected(feed)


def timed(number: int, minutes: float, **more: Any) -> dict[str, Any]:
    return event(number, dtCreated=(NOON + timedelta(minutes=minutes)).isoformat(), **more)


NEWEST_FIRST = [timed(number, -number) for number in range(30)]
OLDEST_FIRST = [timed(number, number) for number in range(30)]


@pytest.mark.parametrize("live", [False, True])
def test_a_feed_that_runs_backwards_is_left_once_it_is_past_since(
    drive: Driver, live: bool
) -> None:
    feed = Feed(NEWEST_FIRST)
    feed.live = live
    since = NOON - timedelta(minutes=7)
    assert ids(drive, feed, page_size=5, since=since) == [f"e{n}" for n in range(8)]
    assert len(feed.requests) == 2


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5, 120])
def test_a_feed_that_runs_forwards_is_read_to_its_end(drive: Driver, live: bool, size: int) -> None:
    feed = Feed(OLDEST_FIRST)
    feed.live = live
    since = NOON + timedelta(minutes=20)
    assert ids(drive, feed, page_size=size, since=since) == [f"e{n}" for n in range(20, 30)]


@pytest.mark.parametrize("events", [NEWEST_FIRST, OLDEST_FIRST], ids=["newest", "oldest"])
@pytest.mark.parametrize(("since", "until"), [(5, 20), (None, 8), (0, 30), (10, 10), (12, 9)])
def test_since_is_included_and_until_is_not(
    drive: Driver, events: list[dict[str, Any]], since: int | None, until: int | None
) -> None:
    sign = -1 if events is NEWEST_FIRST else 1

    def moment(minutes: int | None) -> datetime | None:
        return None if minutes is None else NOON + timedelta(minutes=minutes * sign)

    low, high = moment(since), moment(until)
    if sign < 0 and since is not None:
        low, high = high, low
    wanted = [
        each["id"]
        for each in events
        if (low is None or datetime.fromisoformat(each["dtCreated"]) >= low)
        and (high is None or datetime.fromisoformat(each["dtCreated"]) < high)
    ]
    assert ids(drive, Feed(events), page_size=4, since=low, until=high) == wanted


@quick
@given(
    minutes=st.lists(st.integers(0, 20), max_size=25),
    newest_first=st.booleans(),
    since=st.integers(-1, 21),
    size=st.integers(1, 6),
    live=st.booleans(),
)
def test_a_sorted_feed_gives_exactly_the_events_of_a_time(
    drive: Driver, *, minutes: list[int], newest_first: bool, since: int, size: int, live: bool
) -> None:
    minutes.sort(reverse=newest_first)
    feed = Feed([timed(number, minute) for number, minute in enumerate(minutes)])
    feed.live = live
    wanted = [f"e{number}" for number, minute in enumerate(minutes) if minute >= since]
    assert ids(drive, feed, page_size=size, since=NOON + timedelta(minutes=since)) == wanted


def test_one_step_back_does_not_make_a_feed_run_backwards(drive: Driver) -> None:
    # Oldest first, but two events of nearly the same time changed places.
    feed = Feed([timed(0, 0.01), timed(1, 0), *(timed(number, number) for number in range(2, 9))])
    since = NOON + timedelta(minutes=5)
    assert ids(drive, feed, page_size=3, since=since) == ["e5", "e6", "e7", "e8"]


def test_an_event_without_a_time_is_kept(drive: Driver) -> None:
    feed = Feed([timed(0, 0), event(1), event(2, dtCreated=None), timed(3, -5), event(4)])
    since = NOON - timedelta(minutes=1)
    assert ids(drive, feed, since=since)[:3] == ["e0", "e1", "e2"]


def test_a_time_may_be_text_with_any_offset(drive: Driver) -> None:
    for text in ("2026-03-18T11:55:00Z", "2026-03-18T13:55:00+02:00", "20260318T115500Z"):
        assert len(ids(drive, Feed(NEWEST_FIRST), since=text)) == 6


@pytest.mark.parametrize("key", ["type", "action"])
def test_a_kind_that_the_server_does_not_filter_by_is_filtered_here(
    drive: Driver, key: str
) -> None:
    feed = Feed([event(n, **{key: "tag.added" if n % 3 else "secret.created"}) for n in range(20)])
    got = ids(drive, feed, type="secret.created", page_size=4)
    assert got == ["e0", "e3", "e6", "e9", "e12", "e15", "e18"]
    assert {each.url.params["type"] for each in feed.requests} == {"secret.created"}


def test_pages_without_a_wanted_event_do_not_end_the_feed(drive: Driver) -> None:
    feed = Feed([event(number, type="x") for number in range(90)] + [event(99, type="wanted")])
    assert ids(drive, feed, type="wanted", page_size=1) == ["e99"]


@pytest.mark.parametrize("take", [Feed, lambda events: Feed(events, overlap=1)])
def test_collecting_a_few_events_reads_no_more_than_needed(
    drive: Driver, take: Callable[[list[Any]], Feed]
) -> None:
    feed = take(NEWEST_FIRST)
    pager = drive.client(feed).project("p1").activity(page_size=5)
    assert len(drive(pager.collect(5))) == 5
    assert len(feed.requests) == 1
