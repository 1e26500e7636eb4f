"""The activity feed of the contract: a bare array with `after` and `limit` and no cursor in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from client.pagination.feeds import NEWEST_FIRST, NOON, Feed, event, expected, ids, timed
from client.pagination.kinds import quick
from hypothesis import given
from hypothesis import strategies as st
from support.driving import Driver
from support.servers import json

from paperspace_projects import PaginationError


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
