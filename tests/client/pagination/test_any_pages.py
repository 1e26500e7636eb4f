"""Over any sequence of pages a pager yields each item once, in order, and ends; and can resume."""

from __future__ import annotations

from typing import Any

from client.pagination.kinds import DRESSINGS, KINDS, Kind, Shelf, quick
from hypothesis import given
from hypothesis import strategies as st
from support.driving import Driver


@st.composite
def shelves(draw: st.DrawFn, least: int = 0) -> Shelf:
    """A listing of any kind, split in any way, empty pages included."""
    sizes = draw(st.lists(st.integers(0, 5), min_size=least, max_size=10))
    numbers = iter(range(1000))
    shelf = Shelf(
        KINDS[draw(st.sampled_from(sorted(KINDS)))],
        [[next(numbers) for _ in range(size)] for size in sizes],
    )
    shelf.dressings = draw(st.lists(st.sampled_from(DRESSINGS), min_size=1, max_size=4))
    return shelf


def numbers(kind: Kind, items: list[Any]) -> list[int]:
    return [kind.number(item) for item in items]


@quick
@given(shelf=shelves())
def test_each_item_comes_once_and_in_order(drive: Driver, shelf: Shelf) -> None:
    pager = shelf.kind.list(drive.client(shelf))
    assert numbers(shelf.kind, drive.items(pager)) == shelf.everything
    assert len(shelf.requests) == max(1, len(shelf.pages))
    assert pager.next_cursor is None


@quick
@given(shelf=shelves())
def test_pages_hold_the_same_items(drive: Driver, shelf: Shelf) -> None:
    pages = drive.items(shelf.kind.list(drive.client(shelf)).pages())
    assert [numbers(shelf.kind, list(page.items)) for page in pages] == (shelf.pages or [[]])
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]
    assert [page.next_cursor for page in pages] == [*(f"c{n}" for n in range(1, len(pages))), None]


@quick
@given(shelf=shelves())
def test_collect_gives_the_same_as_a_loop(drive: Driver, shelf: Shelf) -> None:
    pager = shelf.kind.list(drive.client(shelf))
    assert numbers(shelf.kind, drive(pager.collect())) == shelf.everything


@quick
@given(shelf=shelves())
def test_a_second_time_through_begins_anew(drive: Driver, shelf: Shelf) -> None:
    pager = shelf.kind.list(drive.client(shelf))
    assert drive.items(pager) == drive.items(pager) == drive(pager.collect())


@quick
@given(shelf=shelves(least=1), data=st.data())
def test_resuming_at_any_page_gives_exactly_the_rest(
    drive: Driver, shelf: Shelf, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(shelf.pages)), label="pages read")
    client = drive.client(shelf)
    pager = shelf.kind.list(client)
    read = drive.items(pager.pages(), at_most=count)
    assert pager.next_cursor == read[-1].next_cursor
    if pager.next_cursor is not None:
        rest = drive.items(shelf.kind.list(client, after=pager.next_cursor))
        assert numbers(shelf.kind, rest) == [n for page in shelf.pages[count:] for n in page]


@quick
@given(shelf=shelves(least=1), data=st.data())
def test_resuming_after_stopping_anywhere_loses_nothing(
    drive: Driver, shelf: Shelf, data: st.DataObject
) -> None:
    if not shelf.everything:
        return
    count = data.draw(st.integers(1, len(shelf.everything)), label="items read")
    client = drive.client(shelf)
    pager = shelf.kind.list(client)
    read = numbers(shelf.kind, drive.items(pager, at_most=count))
    assert read == shelf.everything[:count]
    at_the_end = pager.next_cursor is None and count == len(shelf.everything)
    resumed = drive.items(shelf.kind.list(client, after=pager.next_cursor))
    rest = [] if at_the_end else numbers(shelf.kind, resumed)
    assert shelf.everything[len(shelf.everything) - len(rest) :] == rest  # it ends with the end
    assert len(read) + len(rest) >= len(shelf.everything)  # and leaves no gap
    if count in boundaries(shelf):
        assert len(read) + len(rest) == len(shelf.everything)  # nor repeats what was done with


def boundaries(shelf: Shelf) -> set[int]:
    """After how many items a page ends."""
    sums, total = set(), 0
    for page in shelf.pages:
        total += len(page)
        sums.add(total)
    return sums


@quick
@given(shelf=shelves(), most=st.integers(1, 30))
def test_collecting_so_many_items_fetches_no_page_more_than_needed(
    drive: Driver, shelf: Shelf, most: int
) -> None:
    collected = drive(shelf.kind.list(drive.client(shelf)).collect(most))
    assert numbers(shelf.kind, collected) == shelf.everything[:most]
    needed, total = 0, 0
    for page in shelf.pages:
        needed += 1
        total += len(page)
        if total >= most:
            break
    assert len(shelf.requests) == max(1, needed)


@quick
@given(shelf=shelves())
def test_the_first_item_needs_no_page_after_its_own(drive: Driver, shelf: Shelf) -> None:
    first = drive(shelf.kind.list(drive.client(shelf)).first())
    assert (None if first is None else shelf.kind.number(first)) == next(
        iter(shelf.everything), None
    )
    empty_before = next((i for i, page in enumerate(shelf.pages) if page), len(shelf.pages) - 1)
    assert len(shelf.requests) == max(1, empty_before + 1)
