"""Each event comes once, oldest first, whatever the feed is like that tells of it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from client.pagination.kinds import quick
from client.watching.course import NOON, Course, Feed, follow, step, watched
from hypothesis import given
from hypothesis import strategies as st
from support.driving import Driver

from paperspace_projects import Client, PaginationError
from paperspace_projects._pagination.event_feed import ENOUGH, MAX_KNOWN, EventCursor, Poll
from paperspace_projects.models import ActivityEvent, Page
from paperspace_projects.testing import DeploymentAction, Dialect, Emulator

every_dialect = pytest.mark.parametrize("dialect", ["contract", "live"])
every_order = pytest.mark.parametrize("order", ["newest", "oldest"])
both_kinds_of_time = pytest.mark.parametrize("seconds", [0.0, 1.0], ids=["one time", "times"])


def names(*numbers: int) -> list[str]:
    return [f"e{number}" for number in numbers]


@every_dialect
@every_order
def test_a_watch_begins_with_what_happens_from_now_on(
    drive: Driver, dialect: Any, order: Any
) -> None:
    feed = Feed(dialect, order=order)
    feed.happen(3)
    assert watched(drive, feed, feed.happen, partial(feed.happen, 2)) == names(3, 4, 5)


@every_dialect
@both_kinds_of_time
@pytest.mark.parametrize("before", [0, 1, 119, 120, 121, 500])
@pytest.mark.parametrize("count", [1, 119, 120, 121, 300])
def test_more_than_a_page_may_have_happened_between_two_looks(
    drive: Driver, dialect: Any, seconds: float, before: int, count: int
) -> None:
    feed = Feed(dialect)
    feed.happen(before, seconds)
    happens = partial(feed.happen, count, seconds)
    assert watched(drive, feed, happens, happens) == feed.ids[before:]


@every_dialect
@pytest.mark.parametrize("before", [1, 119, 120, 121, 500])
def test_a_look_reads_no_further_back_than_to_what_is_known(
    drive: Driver, dialect: Any, before: int
) -> None:
    feed = Feed(dialect)
    feed.happen(before)
    watched(drive, feed, feed.happen, partial(feed.happen, 100), partial(feed.happen, 120))
    # One page is enough, but for the last time: 120 new events, and a known one on the next page.
    assert len(feed.requests) == 5


@every_dialect
@every_order
@pytest.mark.parametrize("last", [0, 1, 100, 180, 299])
def test_a_watch_goes_on_after_an_event(drive: Driver, dialect: Any, order: Any, last: int) -> None:
    feed = Feed(dialect, order=order)
    feed.happen(300)
    assert watched(drive, feed, feed.happen, after=f"e{last}") == feed.ids[last + 1 :]


@every_dialect
@every_order
@pytest.mark.parametrize("ignores_limit", [False, True])
def test_a_feed_that_is_longer_than_what_is_remembered(
    drive: Driver, dialect: Any, order: Any, ignores_limit: bool
) -> None:
    feed = Feed(dialect, order=order, page=120)
    feed.ignores_limit = ignores_limit and dialect == "contract"
    feed.happen(MAX_KNOWN + 300)
    happens = partial(feed.happen, MAX_KNOWN // 2)
    got = watched(drive, feed, happens, feed.happen, happens, feed.happen)
    assert got == feed.ids[MAX_KNOWN + 300 :]


@quick
@given(
    dialect=st.sampled_from(["contract", "live"]),
    page=st.integers(1, 120),
    before=st.integers(0, 300),
    rounds=st.lists(
        st.tuples(st.sampled_from([0, 1, 2, 3, 119, 120, 121, 250]), st.sampled_from([0.0, 1.0])),
        max_size=6,
    ),
    restart_at=st.sets(st.integers(1, 400), max_size=4),
    timed=st.booleans(),
)
def test_over_all_polls_and_restarts_each_event_comes_once_and_in_order(
    drive: Driver,
    *,
    dialect: Any,
    page: int,
    before: int,
    rounds: list[tuple[int, float]],
    restart_at: set[int],
    timed: bool,
) -> None:
    feed = Feed(dialect, page=page)
    feed.now = feed.now if timed else None
    feed.happen(before)
    drive.clock = Course(*(partial(feed.happen, *each) for each in rounds))
    scope = drive.client(feed).project("p1")
    got = follow(drive, lambda after: scope.watch(after=after), restart_at=restart_at)
    assert got == feed.ids[before:]


@quick
@given(
    dialect=st.sampled_from(["contract", "live"]),
    order=st.sampled_from(["oldest", "newest, ties oldest"]),
    before=st.integers(0, 300),
    rounds=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0.0, 1.0])), max_size=8),
)
def test_in_any_other_order_each_event_comes_once(
    drive: Driver, dialect: Any, order: Any, before: int, rounds: list[tuple[int, float]]
) -> None:
    feed = Feed(dialect, order=order)
    feed.happen(before)
    got = watched(drive, feed, *(partial(feed.happen, *each) for each in rounds))
    assert sorted(got) == sorted(feed.ids[before:])


@quick
@given(
    dialect=st.sampled_from(["contract", "live"]),
    rounds=st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=8),
    seconds=st.sampled_from([0.0, 0.5, 3.0]),
    restart_at=st.sets(st.integers(1, 20), max_size=4),
)
def test_the_emulator_tells_of_each_event_once_and_in_order(
    drive: Driver,
    dialect: Dialect,
    rounds: list[list[str]],
    seconds: float,
    restart_at: set[int],
) -> None:
    times = (NOON + timedelta(seconds=seconds) * number for number in itertools.count())
    with (
        Emulator(dialect, clock=lambda: next(times)) as emulator,
        Client(emulator.api_key, transport=emulator.transport()) as other,
    ):
        theirs = other.project(other.projects.create("home").id)
        before = len(theirs.activity().collect())

        def happen(names: list[str]) -> None:
            for name in names:
                theirs.secrets.set(name, "value")  # which live does not tell
                if name != "a":
                    emulator.record_event(theirs.id, action="deployment.updated")

        drive.clock = Course(*(partial(happen, each) for each in rounds))
        ours = drive.client(emulator.transport(), api_key=emulator.api_key).project(theirs.id)
        got = follow(drive, lambda after: ours.watch(after=after), restart_at=restart_at)
        happened = [event.id for event in theirs.activity()][::-1]
        assert got == happened[before:]
        written = "".join(itertools.chain.from_iterable(rounds))
        recorded = len(written) - written.count("a")
        assert len(got) == recorded + (len(written) if dialect == "contract" else 0)


@pytest.mark.parametrize("kind", ["tag.added", "deployment.created"])
def test_only_events_of_one_kind_are_handed_out(
    drive: Driver, emulator: Emulator, kind: str
) -> None:
    with Client(emulator.api_key, transport=emulator.transport()) as other:
        theirs = other.project(other.projects.create("home").id)
        recorded: list[str] = []

        def record(action: DeploymentAction) -> None:
            recorded.append(emulator.record_event(theirs.id, action=action))

        drive.clock = Course(
            lambda: theirs.tags.add("blue"),
            partial(record, "deployment.created"),
            lambda: theirs.tags.remove("blue"),
            partial(record, "deployment.scaled"),
            lambda: theirs.tags.add("green"),
            partial(record, "deployment.created"),
        )
        ours = drive.client(emulator.transport(), api_key=emulator.api_key).project(theirs.id)
        got = follow(drive, lambda after: ours.watch(type=kind, after=after))
        assert got == [event.id for event in theirs.activity(type=kind)][::-1]
        if kind == "deployment.created":
            assert got == [recorded[0], recorded[2]]
        else:  # live does not tell of tags
            assert len(got) == (2 if emulator.dialect == "contract" else 0)


@every_dialect
def test_events_of_another_kind_are_gone_past(drive: Driver, dialect: Any) -> None:
    feed = Feed(dialect)
    feed.happen(150, type="tag.added")
    wanted = partial(feed.happen, type="wanted")
    got = watched(
        drive, feed, wanted, partial(feed.happen, 130, type="other"), wanted, type="wanted"
    )
    assert got == names(150, 281)


@every_dialect
def test_events_that_have_one_time_may_come_in_any_order(drive: Driver, dialect: Any) -> None:
    feed = Feed(dialect, order="newest, ties oldest")
    feed.happen()
    happens = partial(feed.happen, seconds=0)
    assert watched(drive, feed, *[happens] * 5) == names(1, 2, 3, 4, 5)


def test_an_event_that_comes_late_to_the_feed_is_handed_out(drive: Driver) -> None:
    feed = Feed()
    feed.happen(200)
    late = {"id": "late", "dtCreated": feed.events[-50]["dtCreated"]}
    assert watched(drive, feed, lambda: feed.events.insert(-50, late), feed.happen) == [
        "late",
        "e200",
    ]


@every_dialect
@pytest.mark.parametrize("count", [110, 111, 119, 120, 121, 230])
def test_an_event_that_comes_late_is_handed_out_at_the_end_of_a_page_too(
    drive: Driver, dialect: Any, count: int
) -> None:
    """So many new ones fill a page, or leave room for the newest known ones alone."""
    for place in range(1, ENOUGH):
        feed = Feed(dialect)
        feed.happen(200)

        def happen(feed: Feed = feed, place: int = place) -> None:
            late = {"id": "late", "dtCreated": feed.events[-place]["dtCreated"]}
            feed.events.insert(-place, late)
            feed.happen(count)

        got = watched(drive, feed, happen, feed.happen)
        assert got == ["late", *names(*range(200, 201 + count))]


@every_dialect
@every_order
@pytest.mark.parametrize("page", [1, 2, 5, 120])
@pytest.mark.parametrize("same", [1, 5, 119, 120, 121, 300])
def test_a_page_of_one_time_does_not_tell_the_order(
    drive: Driver, dialect: Any, order: Any, page: int, same: int
) -> None:
    feed = Feed(dialect, order=order, page=page)
    feed.happen(same, seconds=0)
    feed.happen(20)
    if order == "newest":  # so that the first page has one time here, too
        feed.happen(same, seconds=0)
    known = len(feed.events)
    got = watched(drive, feed, feed.happen, partial(feed.happen, 3), lambda: None, feed.happen)
    assert got == feed.ids[known:]


@every_dialect
@pytest.mark.parametrize("before", [3, 50, 500])
def test_an_event_that_is_dated_back_does_not_turn_the_feed_over(
    drive: Driver, dialect: Any, before: int
) -> None:
    feed = Feed(dialect)
    feed.happen(before)
    long_ago = (NOON - timedelta(days=900)).isoformat()
    got = watched(
        drive, feed, partial(feed.happen, dtCreated=long_ago), feed.happen, partial(feed.happen, 2)
    )
    assert sorted(got) == sorted(feed.ids[before:])


@every_dialect
def test_events_that_vanish_do_not_matter_while_one_is_known(drive: Driver, dialect: Any) -> None:
    feed = Feed(dialect)
    feed.happen(200)

    def vanish() -> None:
        del feed.events[-3:]
        feed.happen()

    assert watched(drive, feed, feed.happen, vanish, vanish) == names(200, 201, 202)


@every_dialect
def test_a_feed_that_was_emptied_goes_on(drive: Driver, dialect: Any) -> None:
    feed = Feed(dialect)
    feed.happen(7)
    assert watched(drive, feed, feed.events.clear, partial(feed.happen, 2)) == names(7, 8)


@every_dialect
def test_an_event_that_was_not_there_for_a_while_is_not_handed_out_again(
    drive: Driver, dialect: Any
) -> None:
    feed = Feed(dialect)
    feed.happen(3)
    hidden: list[dict[str, Any]] = []
    got = watched(
        drive,
        feed,
        feed.happen,
        lambda: hidden.append(feed.events.pop()),
        lambda: feed.events.append(hidden.pop()),
        feed.happen,
    )
    assert got == names(3, 4)


@every_dialect
@pytest.mark.parametrize("count", [0, 1, 119, 120, 121, 1000])
def test_an_event_to_go_on_after_that_is_not_there_is_an_error(
    drive: Driver, dialect: Any, count: int
) -> None:
    feed = Feed(dialect)
    feed.happen(count)
    scope = drive.client(feed).project("p1")
    with pytest.raises(PaginationError, match="event 'gone' is not in the feed") as caught:
        step(drive, scope.watch(after="gone"))
    assert caught.value.next_cursor == (f"e{count - 1}" if count else None)
    assert len(feed.requests) <= count // 120 + 1


@every_dialect
def test_after_such_an_error_a_watch_goes_on_with_what_happens_from_then_on(
    drive: Driver, dialect: Any
) -> None:
    feed = Feed(dialect)
    feed.happen(130)
    with pytest.raises(PaginationError) as caught:
        watched(drive, feed, after="gone")
    feed.happen()
    assert watched(drive, feed, feed.happen, after=caught.value.next_cursor) == names(130, 131)


@every_dialect
def test_a_gap_is_an_error_and_not_a_whole_history(drive: Driver, dialect: Any) -> None:
    feed = Feed(dialect)
    feed.happen(500)

    def trim() -> None:
        feed.happen(400)
        del feed.events[:510]

    with pytest.raises(PaginationError, match="event 'e499' is not in the feed"):
        watched(drive, feed, trim)


def test_what_is_remembered_of_a_long_watch_is_bounded() -> None:
    cursor = EventCursor(None, None)
    for start in range(0, 50 * MAX_KNOWN, 400):
        poll = Poll(cursor)
        ids = range(start + 400, start - 1, -1)
        poll.add(Page(items=tuple(ActivityEvent(id=f"e{each}") for each in ids)))
        assert len(cursor.advance(poll)) == (400 if start else 0)
        assert len(cursor.known) <= MAX_KNOWN
