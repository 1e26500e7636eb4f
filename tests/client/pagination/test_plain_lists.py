"""Bare arrays, laziness, and what is asked of the server."""

from __future__ import annotations

from typing import Any

import pytest
from client.pagination.kinds import KINDS, Shelf
from support.driving import Driver
from support.servers import Script, json, pages_of, project

from paperspace_projects import AmbiguousNameError, InvalidArgumentError, ResponseError


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
@pytest.mark.parametrize("body", [{"items": []}, {"items": [], "hasMore": None}, []])
def test_no_items_are_an_empty_list(drive: Driver, kind: str, body: Any) -> None:
    client = drive.client(Script(json(body)))
    assert drive.items(KINDS[kind].list(client)) == []
    assert drive(KINDS[kind].list(client).first()) is None
    (page,) = drive.items(KINDS[kind].list(client).pages())
    assert (page.items, page.next_cursor, page.has_more) == ((), None, False)


NO_PAGES = [{}, {"hasMore": False}, {"items": None}, {"items": None, "hasMore": False}, {"ok": 1}]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", NO_PAGES)
def test_an_object_without_items_is_no_page(drive: Driver, kind: str, body: Any) -> None:
    with pytest.raises(ResponseError) as caught:
        drive.items(KINDS[kind].list(drive.client(Script(json(body)))))
    where = (
        ("$.items", "an array")
        if body.keys() & {"items", "hasMore"}
        else ("$", "a page or an array")
    )
    assert (caught.value.json_path, caught.value.expected) == where


@pytest.mark.parametrize("body", NO_PAGES)
def test_an_object_that_is_no_page_does_not_make_ensure_create_a_project(
    drive: Driver, body: Any
) -> None:
    server = Script(json(body))
    with pytest.raises(ResponseError):
        drive(drive.client(server).projects.ensure("vision"))
    assert [request.method for request in server.requests] == ["GET"]


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


def moving(*pages: list[dict[str, Any]]) -> Script:
    """A listing whose pages are these, from the first one on."""
    last = len(pages) - 1
    return Script(
        *(
            json({"items": items, "hasMore": n < last, "nextPage": f"c{n}" if n < last else None})
            for n, items in enumerate(pages)
        )
    )


@pytest.mark.parametrize("method", ["find", "ensure"])
def test_a_project_that_a_moving_listing_tells_twice_is_one(drive: Driver, method: str) -> None:
    server = moving([project(1), project(2)], [project(2), project(3)])
    found = drive(getattr(drive.client(server).projects, method)("project 2"))
    assert found.id == "p2"
    assert [request.method for request in server.requests] == ["GET", "GET"]


def test_two_projects_of_one_name_are_ambiguous_with_each_id_once(drive: Driver) -> None:
    server = moving([project(1, name="n"), project(2, name="n")], [project(2, name="n")])
    with pytest.raises(AmbiguousNameError) as caught:
        drive(drive.client(server).projects.find("n"))
    assert caught.value.project_ids == ("p1", "p2")


DELETED = {"dtDeleted": "2026-03-20T09:46:40Z"}


def test_a_deleted_project_is_not_found(drive: Driver) -> None:
    server = moving([project(1, **DELETED), project(2, name="n", dtDeleted=None)])
    projects = drive.client(server).projects
    assert drive(projects.find("project 1")) is None
    assert drive.items(projects.list())[0].is_deleted


def test_ensure_creates_a_project_in_the_place_of_one_that_was_deleted(drive: Driver) -> None:
    listed = json({"items": [project(1, **DELETED)], "hasMore": False})
    server = Script(listed, json(project(7, name="project 1")))
    assert drive(drive.client(server).projects.ensure("project 1")).id == "p7"
    assert [request.method for request in server.requests] == ["GET", "POST"]


def test_a_deleted_project_makes_no_name_ambiguous(drive: Driver) -> None:
    server = moving([project(1, **DELETED), project(2, name="project 1")])
    assert drive(drive.client(server).projects.find("project 1")).id == "p2"


def test_a_snapshot_holds_each_thing_once_and_nothing_that_was_deleted(drive: Driver) -> None:
    users: list[dict[str, Any]] = [{"user": {"id": f"u{n}"}} for n in range(3)]
    users[1]["dtDeleted"] = "2026-03-20T09:46:40Z"
    tags, models = [{"id": 1, "name": "a"}], [{"id": "m1"}, {"id": "m1"}]
    answers = {
        "/v1/projects/p1": project(),
        "/v1/projects/p1/collaborators": {"items": [*users, users[0]]},
        "/v1/projects/p1/secrets": {"items": [{"name": "N"}, {"name": "N"}]},
        "/v1/projects/p1/tags": {"items": [*tags, *tags]},
        "/v1/projects/p1/models": {"items": models},
    }
    client = drive.client(lambda request: json(answers[request.url.path]))
    found = drive(client.project("p1").snapshot())
    assert [each.user_id for each in found.collaborators] == ["u0", "u2"]
    assert [each.name for each in found.secrets] == ["N"]
    assert (found.tags, [each.id for each in found.models]) == (("a",), ["m1"])
    (read,) = drive.items(client.inventory(["p1"]))
    assert read == found
