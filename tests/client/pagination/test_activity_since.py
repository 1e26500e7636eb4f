"""Events since a time: none that is in reach is missed, and no more is read than is needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from client.pagination.feeds import NEWEST_FIRST, NOON, OLDEST_FIRST, Feed, ids, timed
from client.pagination.kinds import quick
from hypothesis import given
from hypothesis import strategies as st
from support.driving import Driver


@pytest.mark.parametrize("live", [False, True])
def test_a_feed_that_runs_backwards_is_left_once_it_is_past_since(
    drive: Driver, live: bool
) -> None:
    feed = Feed(NEWEST_FIRST)
    feed.live = live
    since = NOON - timedelta(minutes=7)
    assert ids(drive, feed, page_size=5, since=since) == [f"e{n}" for n in range(8)]
    assert len(feed.requests) == 3  # of the second page, a part lies before
    long = Feed([timed(number, -number) for number in range(1000)])
    long.live = live
    assert ids(drive, long, since=NOON + timedelta(minutes=1)) == []
    assert len(long.requests) == 1


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


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("size", [1, 5, 120])
def test_an_event_that_was_dated_back_ends_nothing(drive: Driver, live: bool, size: int) -> None:
    """At the end of a page, too: the pages after it hold newer ones."""
    events = [timed(number, -number) for number in range(200)]
    for place in (0, 4, 5, 9, 119):
        events.insert(place, timed(1000 + place, -5000))
    feed = Feed(events)
    feed.live = live
    since = NOON - timedelta(minutes=150)
    wanted = [f"e{number}" for number in range(151)]
    got = ids(drive, feed, page_size=size, since=since)
    assert got == (wanted if size > 1 else wanted[: len(got)])
    assert size > 1 or len(got) > 100  # a page of one is before `since`, where it is known to be


def wholly_before(page: list[int], since: int) -> bool:
    return all(minute < since for minute in page)


@quick
@given(
    minutes=st.lists(st.integers(-30, 30), max_size=60),
    shape=st.sampled_from(["as drawn", "newest first", "oldest first"]),
    odd=st.lists(st.tuples(st.integers(0, 60), st.integers(-40, 40)), max_size=5),
    since=st.integers(-31, 31),
    size=st.integers(1, 12),
    live=st.booleans(),
)
def test_whatever_the_feed_an_event_is_missed_only_behind_a_page_that_lies_before(
    drive: Driver,
    *,
    minutes: list[int],
    shape: str,
    odd: list[tuple[int, int]],
    since: int,
    size: int,
    live: bool,
) -> None:
    """And where the feed runs forwards, none is: some events stand in another place, in any."""
    if shape != "as drawn":
        minutes.sort(reverse=shape == "newest first")
    for place, minute in odd:
        minutes.insert(place, minute)
    feed = Feed([timed(number, minute) for number, minute in enumerate(minutes)])
    feed.live = live
    got = ids(drive, feed, page_size=size, since=NOON + timedelta(minutes=since))
    pages = [minutes[start : start + size] for start in range(0, len(minutes), size)]
    before = [index for index, page in enumerate(pages) if wholly_before(page, since)]
    sure = len(minutes) if shape == "oldest first" or not before else size * before[0]
    wanted = [f"e{number}" for number, minute in enumerate(minutes) if minute >= since]
    assert got == wanted[: len(got)]
    assert len(got) >= sum(int(each[1:]) < sure for each in wanted)


@quick
@given(count=st.integers(1, 60), size=st.integers(1, 7), since=st.integers(0, 60))
def test_a_feed_whose_order_is_not_known_is_read_to_its_end(
    drive: Driver, count: int, size: int, since: int
) -> None:
    """All events have one time, but for the last one; or they lead to and fro."""
    for minutes in ([0] * count + [60], [-1, 0] * count + [60]):
        feed = Feed([timed(number, minute) for number, minute in enumerate(minutes)])
        got = ids(drive, feed, page_size=size, since=NOON + timedelta(minutes=since))
        assert got[-1] == f"e{len(minutes) - 1}"


def test_one_step_back_does_not_make_a_feed_run_backwards(drive: Driver) -> None:
    # Oldest first, but two events of nearly the same time changed places.
    feed = Feed([timed(0, 0.01), timed(1, 0), *(timed(number, number) for number in range(2, 9))])
    since = NOON + timedelta(minutes=5)
    assert ids(drive, feed, page_size=3, since=since) == ["e5", "e6", "e7", "e8"]
