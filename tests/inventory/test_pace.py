"""As many requests are under way as were asked for, and no more; and no project is far ahead."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from inventory.taking import Answering, Taker, Team, Watched, forever, is_part

from paperspace_projects import ProjectSnapshot


def in_step(size: int) -> Callable[[httpx.Request], Any]:
    """Have requests for parts answered only when `size` of them are under way."""
    arrived = 0

    def until(request: httpx.Request) -> Any:
        nonlocal arrived
        if not is_part(request):
            return None
        batch = arrived // size + 1
        arrived += 1
        return lambda: arrived >= batch * size

    return until


@pytest.mark.parametrize("include", [("collaborators", "secrets", "tags", "models"), ("tags",)])
@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_so_many_requests_are_under_way_all_the_time(
    taker: Taker, concurrency: int, include: Any
) -> None:
    watched = Watched(Team(4 * concurrency), until=in_step(concurrency))
    taken = taker.take(taker.client(watched), include=include, concurrency=concurrency)
    assert len(taken.results) == 4 * concurrency
    assert watched.peak == concurrency


def test_there_are_no_more_than_the_client_allows(taker: Taker) -> None:
    watched = Watched(Team(30), until=in_step(3))
    taken = taker.take(taker.client(watched, max_concurrency=3), concurrency=50)
    assert len(taken.results) == 30
    assert watched.peak == 3


def test_one_project_alone_has_its_parts_read_together(taker: Taker) -> None:
    taken = taker.take(taker.client(Watched(Team(1), until=in_step(4))))
    assert taken.names == ["0"]


def test_the_first_snapshot_comes_before_the_listing_ends(taker: Taker) -> None:
    watched = Watched(Team(500))
    listed: list[int] = []

    def pages() -> int:
        return sum(line.startswith("GET /projects?") for line in watched.lines)

    taken = taker.take(taker.client(watched), look=lambda _: listed.append(pages()))
    assert len(taken.results) == 500
    assert listed[0] == 1
    assert pages() == 5
    # A page is asked for when fewer than 32 projects, twice `concurrency`, are left to begin.
    assert all(120 * count <= done + 120 + 32 + 16 for done, count in enumerate(listed, start=1))


def test_the_next_page_is_fetched_while_projects_are_read(taker: Taker) -> None:
    """The parts of the last projects of a page wait until the next page has been asked for."""

    def until(request: httpx.Request) -> Any:
        if "/projects/p119/" not in request.url.path:
            return None
        return lambda: "GET /projects?after=120&limit=120" in watched.lines

    watched = Watched(Team(240), until=until)
    assert len(taker.take(taker.client(watched)).results) == 240


@pytest.mark.parametrize("in_order", [False, True])
def test_no_more_projects_than_that_are_begun_and_not_handed_over(
    taker: Taker, in_order: bool
) -> None:
    """The first project is held back until nothing more can be begun without it."""
    seen: list[int] = []

    def until(request: httpx.Request) -> Any:
        if "/projects/p0/" not in request.url.path or not in_order:
            return None
        return lambda: len(watched.projects) == 5 and len(watched.answered) >= 1 + 4 * 4

    watched = Watched(Team(50), until=until)
    taken = taker.take(
        taker.client(watched),
        concurrency=5,
        in_order=in_order,
        look=lambda _: seen.append(len(watched.projects)),
    )
    assert len(taken.results) == 50
    assert all(begun - done <= 5 for done, begun in enumerate(seen))


def test_projects_come_as_they_are_done_or_in_order(taker: Taker) -> None:
    def until(request: httpx.Request) -> Any:
        is_first = "/projects/p0/" in request.url.path
        return (lambda: len(watched.answered) > 12) if is_first else None

    watched = Watched(Team(40), until=until)
    taken = taker.take(taker.client(watched))
    assert taken.names.index("0") > 0
    assert sorted(map(int, taken.names)) == list(range(40))

    watched = Watched(Team(40), until=until)
    taken = taker.take(taker.client(watched), in_order=True)
    assert taken.names == [str(number) for number in range(40)]


def test_a_project_that_holds_much_keeps_nobody_waiting(taker: Taker) -> None:
    """One project's tags come page by page, the last when all the others were yielded."""
    done: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/projects/p0/tags":
            return team.answer(request)
        page = int(request.url.params.get("after", 0))
        items = {"items": [f"tag {page}"], "hasMore": page < 30, "nextPage": str(page + 1)}
        return httpx.Response(200, json=items)

    def until(request: httpx.Request) -> Any:
        is_last = request.url.params.get("after") == "30" and "tags" in request.url.path
        return (lambda: len(done) == 59) if is_last else None

    def look(each: Any) -> None:
        done.append(each.project.name)
        watched.notify()

    team = Team(60)
    watched = Watched(Answering(answer), until=until)
    taken = taker.take(taker.client(watched), concurrency=2, look=look)
    assert len(taken.results) == 60
    last = taken.results[-1]
    assert isinstance(last, ProjectSnapshot)
    assert last.tags == tuple(f"tag {page}" for page in range(31))


def test_ids_are_taken_as_they_are_needed_and_in_the_callers_thread(taker: Taker) -> None:
    taken_by: set[int] = set()
    ahead: list[int] = []
    given = 0

    def ids() -> Any:
        nonlocal given
        for number in range(60):
            taken_by.add(threading.get_ident())
            given += 1
            yield f"p{number}"

    taken = taker.take(
        taker.client(Team(60)),
        ids(),
        concurrency=4,
        include=["tags"],
        look=lambda _: ahead.append(given),
    )
    assert len(taken.results) == 60
    assert taken_by == {threading.get_ident()}
    assert all(count - done <= 5 for done, count in enumerate(ahead))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_ids_that_come_in_time_are_read_as_they_come(backend: Any) -> None:
    taker = Taker(backend)
    taken = taker.take(taker.client(Team(3)), forever(["p2", "p0"]), in_order=True, at_most=2)
    assert taken.names == ["2", "0"]
