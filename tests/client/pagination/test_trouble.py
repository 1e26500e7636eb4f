"""A server that does not say how to go on: an error, after what came, from which to resume."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from client.pagination.kinds import KINDS, Shelf, quick
from hypothesis import given
from hypothesis import strategies as st
from support.driving import Driver
from support.servers import Script, json, project, status

from paperspace_projects import (
    APIConnectionError,
    APIError,
    NotFoundError,
    PaginationError,
    PaperspaceError,
    ResponseError,
    ServerError,
)

GLITCHES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no cursor": lambda body: {"items": body["items"], "hasMore": True},
    "a null cursor": lambda body: {**body, "hasMore": True, "nextPage": None},
    "an empty cursor": lambda body: {**body, "hasMore": True, "nextPage": ""},
    "the first cursor again": lambda body: {**body, "hasMore": True, "nextPage": "c1"},
}


def run(drive: Driver, pager: Any) -> tuple[list[Any], PaperspaceError | None]:
    """The items that were handed out, and the error that ended it."""
    items: list[Any] = []
    go: Callable[[], Any]
    if hasattr(pager, "__aiter__"):

        async def go() -> None:
            async for item in pager:
                items.append(item)

        action: Callable[[], Any] = go
    else:

        def action() -> None:
            items.extend(_keeping(pager, items))

    try:
        drive(action())
    except PaperspaceError as error:
        return items, error
    return items, None


def _keeping(pager: Any, items: list[Any]) -> list[Any]:
    for item in pager:
        items.append(item)
    return []


@quick
@given(
    kind=st.sampled_from(sorted(KINDS)),
    sizes=st.lists(st.integers(0, 3), min_size=2, max_size=7),
    glitch=st.sampled_from(sorted(GLITCHES)),
    data=st.data(),
)
def test_what_came_is_handed_out_and_resuming_loses_nothing(
    drive: Driver, kind: str, sizes: list[int], glitch: str, data: st.DataObject
) -> None:
    numbers = iter(range(1000))
    shelf = Shelf(KINDS[kind], [[next(numbers) for _ in range(size)] for size in sizes])
    # "The first cursor again" is new to the client on page 0, and wrong from page 1 on.
    where = data.draw(st.integers(1, len(sizes) - 1), label="page with the glitch")
    shelf.glitch = (where, GLITCHES[glitch])
    client = drive.client(shelf)
    pager = shelf.kind.list(client)
    items, error = run(drive, pager)
    assert isinstance(error, PaginationError)
    assert error.next_cursor == pager.next_cursor
    got = [shelf.kind.number(item) for item in items]
    assert got == [n for page in shelf.pages[: where + 1] for n in page]
    assert len(shelf.requests) == where + 1
    rest = drive.items(shelf.kind.list(client, after=error.next_cursor))
    resumed = [shelf.kind.number(item) for item in rest]
    assert resumed == shelf.everything[len(shelf.everything) - len(resumed) :]
    assert set(got) | set(resumed) == set(shelf.everything)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("glitch", sorted(set(GLITCHES) - {"the first cursor again"}))
def test_more_without_a_cursor_is_an_error_on_the_first_page_too(
    drive: Driver, kind: str, glitch: str
) -> None:
    shelf = Shelf(KINDS[kind], [[1, 2], [3]])
    shelf.glitch = (0, GLITCHES[glitch])
    items, error = run(drive, KINDS[kind].list(drive.client(shelf)))
    assert len(items) == 2
    assert isinstance(error, PaginationError)
    assert error.next_cursor is None
    assert "no cursor" in str(error)
    assert "from the beginning" in str(error)


def test_a_cursor_that_leads_nowhere_new_is_followed_once(drive: Driver) -> None:
    server = Script(json({"items": [project()], "hasMore": True, "nextPage": "x"}))
    pager = drive.client(server).projects.list()
    items, error = run(drive, pager)
    assert len(items) == len(server.requests) == 2
    assert isinstance(error, PaginationError)
    assert "same cursor twice" in str(error)
    assert error.operation == "listProjects"
    assert error.next_cursor == "x"


def test_a_cursor_that_is_where_the_listing_began_is_not_followed(drive: Driver) -> None:
    server = Script(json({"items": [project()], "hasMore": True, "nextPage": "x"}))
    items, error = run(drive, drive.client(server).projects.list(after="x"))
    assert len(items) == len(server.requests) == 1
    assert isinstance(error, PaginationError)
    assert error.next_cursor == "x"


def test_cursors_that_go_in_a_circle_end(drive: Driver) -> None:
    circle = {None: "a", "a": "b", "b": "c", "c": "a"}

    def answer(request: httpx.Request) -> httpx.Response:
        cursor = circle[request.url.params.get("after")]
        return json({"items": [project()], "hasMore": True, "nextPage": cursor})

    server = Script(answer)
    items, error = run(drive, drive.client(server).projects.list())
    assert len(items) == len(server.requests) == 4
    assert isinstance(error, PaginationError)
    assert error.next_cursor == "c"


def test_endless_empty_pages_end_in_an_error_from_which_to_resume(drive: Driver) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("after", 0))
        return json({"items": [], "hasMore": True, "nextPage": str(number + 1)})

    server = Script(answer)
    pager = drive.client(server).projects.list()
    items, error = run(drive, pager)
    assert items == []
    assert isinstance(error, PaginationError)
    assert "empty" in str(error)
    assert error.next_cursor == pager.next_cursor == str(len(server.requests))
    assert 10 <= len(server.requests) <= 1000


def test_a_long_but_finite_run_of_empty_pages_is_gone_through_by_resuming(drive: Driver) -> None:
    shelf = Shelf(KINDS["tags"], [[1], *([[]] * 120), [2]])
    client = drive.client(shelf)
    got: list[int] = []
    after: str | None = None
    for _ in range(10):
        items, error = run(drive, KINDS["tags"].list(client, after=after))
        got += [int(item) for item in items]
        if error is None:
            break
        assert isinstance(error, PaginationError)
        after = error.next_cursor
    assert got == [1, 2]


def test_empty_pages_among_full_ones_are_no_trouble(drive: Driver) -> None:
    shelf = Shelf(KINDS["tags"], [*([[]] * 40), [1], *([[]] * 40), [2], *([[]] * 40)])
    assert drive.items(KINDS["tags"].list(drive.client(shelf))) == ["1", "2"]


@pytest.mark.parametrize(
    "go",
    [
        lambda drive, pager: drive(pager.collect()),
        lambda drive, pager: drive(pager.collect(2)),
        lambda drive, pager: drive.items(pager.pages()),
        lambda drive, pager: drive.items(pager),
    ],
    ids=["collect", "collect some", "pages", "loop"],
)
def test_every_way_through_a_listing_ends_in_the_error(
    drive: Driver, go: Callable[[Driver, Any], Any]
) -> None:
    server = Script(json({"items": [project()], "hasMore": True}))
    pager = drive.client(server).projects.list()
    with pytest.raises(PaginationError):
        go(drive, pager)


def test_the_page_before_the_error_is_given_as_one_with_more(drive: Driver) -> None:
    server = Script(json({"items": [project()], "hasMore": True}))
    (page,) = drive.items(drive.client(server).projects.list().pages(), at_most=1)
    assert (len(page.items), page.has_more) == (1, True)


def test_the_first_item_of_a_troubled_listing_can_be_had(drive: Driver) -> None:
    server = Script(json({"items": [project()], "hasMore": True}))
    assert drive(drive.client(server).projects.list().first()).id == "p1"


def test_find_does_not_decide_on_half_a_listing(drive: Driver) -> None:
    server = Script(json({"items": [{"id": "1", "name": "wanted"}], "hasMore": True}))
    with pytest.raises(PaginationError):
        drive(drive.client(server).projects.find("wanted"))
    with pytest.raises(PaginationError):
        drive(drive.client(server).projects.ensure("wanted"))
    assert {request.method for request in server.requests} == {"GET"}


def test_a_pagination_error_pickles(drive: Driver) -> None:
    server = Script(json({"items": [project()], "hasMore": True, "nextPage": "x"}))
    _, error = run(drive, drive.client(server).projects.list())
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is PaginationError
    assert (str(again), again.next_cursor, again.operation) == (str(error), "x", "listProjects")


FAILURES: dict[str, tuple[Any, type[APIError]]] = {
    "status": (status(404), NotFoundError),
    "server": (status(500), ServerError),
    "connection": (httpx.ConnectError("refused"), APIConnectionError),
    "unreadable": (status(200, b"{"), ResponseError),
    "no page": (json({"surprise": 1}), ResponseError),
    "error body": (json({"code": "NOT_FOUND", "message": "gone"}), NotFoundError),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("how", ["loop", "pages"])
def test_an_error_in_mid_listing_tells_where_to_resume(
    drive: Driver, failure: str, how: str
) -> None:
    answer, expected = FAILURES[failure]
    server = Script(json({"items": [project(1)], "hasMore": True, "nextPage": "next one"}), answer)
    pager = drive.client(server).projects.list()
    got, error = run(drive, pager if how == "loop" else pager.pages())
    assert len(got) == 1
    assert type(error) is expected
    assert pager.next_cursor == "next one"
    assert "after='next one'" in "\n".join(error.__notes__)


def test_an_error_on_the_first_page_has_nothing_to_resume(drive: Driver) -> None:
    pager = drive.client(Script(status(404))).projects.list()
    _, error = run(drive, pager)
    assert pager.next_cursor is None
    assert not hasattr(error, "__notes__")


def test_a_listing_that_failed_can_be_begun_again(drive: Driver) -> None:
    server = Script(
        json({"items": [project(1)], "hasMore": True, "nextPage": "x"}),
        status(404),
        json({"items": [project(1)], "hasMore": True, "nextPage": "x"}),
        json({"items": [project(2)], "hasMore": False}),
    )
    pager = drive.client(server).projects.list()
    run(drive, pager)
    items, error = run(drive, pager)
    assert ([item.id for item in items], error) == (["p1", "p2"], None)


@pytest.mark.parametrize(
    "cursor", ["\ud800", "x" * 100_000, "\x00", "a b&limit=9", "ä/?#%2F", "..", "\n", " "]
)
def test_whatever_a_cursor_is_it_goes_back_as_it_came_or_the_listing_says_so(
    drive: Driver, cursor: str
) -> None:
    first = status(200, _ascii_json({"items": [project()], "hasMore": True, "nextPage": cursor}))
    server = Script(first, json({"items": [project(2)], "hasMore": False}))
    items, error = run(drive, drive.client(server).projects.list())
    assert [item.id for item in items[:1]] == ["p1"]
    if error is None:
        assert server.requests[1].url.params["after"] == cursor
        assert len(items) == 2
    else:
        assert "listProjects" in str(error)


def _ascii_json(data: Any) -> bytes:
    import json as standard

    return standard.dumps(data).encode()
