"""Bare arrays, laziness, and what is asked of the server."""

from __future__ import annotations

from typing import Any

import pytest
from paging.kinds import KINDS, Shelf
from support.driving import Driver
from support.servers import Script, json, pages_of, project

from paperspace_projects import InvalidArgumentError


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 119])
def test_a_bare_array_is_the_whole_list(drive: Driver, kind: str, count: int) -> None:
    server = Script(json([KINDS[kind].item(number) for number in range(count)]))
    pager = KINDS[kind].list(drive.client(server))
    items = drive.items(pager)
    assert [KINDS[kind].number(item) for item in items] == list(range(count))
    assert len(server.requests) == 1
    assert pager.next_cursor is None


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"activity"}))
def test_a_bare_array_is_whole_however_long_it_is(drive: Driver, kind: str) -> None:
    server = Script(json([KINDS[kind].item(number) for number in range(1000)]))
    assert len(drive.items(KINDS[kind].list(drive.client(server)))) == 1000
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": []}, {"hasMore": False}, []])
def test_an_answer_without_items_is_an_empty_list(drive: Driver, kind: str, body: Any) -> None:
    client = drive.client(Script(json(body)))
    assert drive.items(KINDS[kind].list(client)) == []
    assert drive(KINDS[kind].list(client).first()) is None
    (page,) = drive.items(KINDS[kind].list(client).pages())
    assert (page.items, page.next_cursor, page.has_more) == ((), None, False)


@pytest.mark.parametrize(
    "end",
    [
        {"hasMore": False, "nextPage": "left over"},
        {"hasMore": False, "nextPage": None},
        {"hasMore": False, "nextPage": ""},
        {"hasMore": False},
        {"hasMore": None, "nextPage": None},
        {"nextPage": ""},
        {"nextPage": None},
        {},
    ],
)
def test_a_page_that_says_nothing_of_another_is_the_last(
    drive: Driver, end: dict[str, Any]
) -> None:
    server = Script(json({"items": [project()], **end}))
    assert len(drive.items(drive.client(server).projects.list())) == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("more", [{"hasMore": True}, {"hasMore": None}, {}])
def test_a_cursor_alone_is_enough_to_go_on(drive: Driver, more: dict[str, Any]) -> None:
    server = Script(
        json({"items": [project(1)], "nextPage": "x", **more}), json({"items": [project(2)]})
    )
    assert len(drive.items(drive.client(server).projects.list())) == 2
    assert server.lines == ["GET /v1/projects", "GET /v1/projects?after=x"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_sent_before_the_first_item_is_asked_for(drive: Driver, kind: str) -> None:
    shelf = Shelf(KINDS[kind], [[1], [2]])
    pager = KINDS[kind].list(drive.client(shelf))
    pages, loop = pager.pages(), pager.__aiter__() if drive.flavour == "async" else iter(pager)
    repr(pager), pager.next_cursor
    assert shelf.requests == []
    for generator in (pages, loop):
        drive(generator.aclose() if drive.flavour == "async" else generator.close())


def test_stopping_within_a_page_fetches_no_other(drive: Driver) -> None:
    shelf = Shelf(KINDS["tags"], [[1, 2, 3], [4]])
    pager = KINDS["tags"].list(drive.client(shelf))
    for count in (1, 2, 3):
        shelf.requests.clear()
        assert len(drive.items(pager, at_most=count)) == count
        assert len(shelf.requests) == 1


def test_collecting_nothing_sends_nothing(drive: Driver) -> None:
    shelf = Shelf(KINDS["tags"], [[1]])
    assert drive(KINDS["tags"].list(drive.client(shelf)).collect(0)) == []
    assert drive(KINDS["tags"].list(drive.client(shelf)).collect(max_items=0)) == []
    assert shelf.requests == []


@pytest.mark.parametrize("value", [-1, 1.5, "3", True, float("inf")])
def test_max_items_is_a_whole_number_from_0_up(drive: Driver, value: Any) -> None:
    pager = drive.client(Script(json([]))).projects.list()
    with pytest.raises(InvalidArgumentError, match="max_items must be a whole number from 0 up"):
        drive(pager.collect(value))


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_size_and_the_cursor_go_with_every_page(drive: Driver, kind: str) -> None:
    shelf = Shelf(KINDS[kind], [[1], [2], [3]])
    drive.items(KINDS[kind].list(drive.client(shelf), page_size=7, after="c0"))
    assert [dict(each.url.params) for each in shelf.requests] == [
        {"after": cursor, "limit": "7"} for cursor in ("c0", "c1", "c2")
    ]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"activity"}))
def test_nothing_is_said_of_paging_unless_asked_for(drive: Driver, kind: str) -> None:
    shelf = Shelf(KINDS[kind], [[1]])
    drive.items(KINDS[kind].list(drive.client(shelf)))
    assert shelf.requests[0].url.query == b""


def test_the_order_goes_with_every_page(drive: Driver) -> None:
    server = Script(pages_of([project(number) for number in range(5)], 2))
    pager = drive.client(server).projects.list(order_by="dtCreated", order="asc", page_size=2)
    assert len(drive.items(pager)) == 5
    for request in server.requests:
        assert request.url.params["orderBy"] == "dtCreated"
        assert request.url.params["order"] == "asc"
        assert request.url.params["limit"] == "2"


def test_next_cursor_moves_on_with_the_last_item_of_a_page(drive: Driver) -> None:
    shelf = Shelf(KINDS["tags"], [[1, 2], [3, 4], [5]])
    pager = KINDS["tags"].list(drive.client(shelf))
    expected = {0: None, 1: None, 2: "c1", 3: "c1", 4: "c2", 5: None}
    assert pager.next_cursor is None
    for count in range(1, 6):
        drive.items(pager, at_most=count)
        assert pager.next_cursor == expected[count]


def test_next_cursor_is_where_to_begin_before_anything_is_read(drive: Driver) -> None:
    shelf = Shelf(KINDS["tags"], [[1, 2], [3, 4], [5]])
    pager = KINDS["tags"].list(drive.client(shelf), after="c1")
    assert pager.next_cursor == "c1"
    drive.items(pager, at_most=1)
    assert pager.next_cursor == "c1"
