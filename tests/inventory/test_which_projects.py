"""Each project comes once, by its id, and what the server calls deleted is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from inventory.taking import Taker, Team, Watched
from support.driving import Driver
from support.servers import json

from paperspace_projects import NotFoundError, Project, ProjectFailure


def listing(*pages: list[dict[str, Any]]) -> Callable[[str], httpx.Response | None]:
    """A server of these pages of projects, whatever is asked for."""
    left = [*pages]

    def answer(path: str) -> httpx.Response | None:
        if path != "/projects":
            return None
        page, more = left.pop(0), bool(left)
        cursor = str(len(left)) if more else None
        return httpx.Response(200, json={"items": page, "hasMore": more, "nextPage": cursor})

    return answer


def test_a_project_that_a_moving_listing_tells_twice_comes_once(taker: Taker) -> None:
    """One that is created meanwhile moves the last one of a page to the next page."""
    first, second, third = ({"id": f"p{number}", "name": str(number)} for number in range(3))
    renamed = second | {"name": "renamed"}
    server = Team(0, listing([first, second], [renamed], [renamed, third]))
    assert sorted(taker.take(taker.client(server)).names) == ["0", "1", "2"]


DELETED = {"dtDeleted": "2026-03-18T12:00:00.000Z"}


def test_a_project_that_is_listed_as_deleted_is_not_there(taker: Taker) -> None:
    pages = [
        [{"id": "p0", "name": "0"} | DELETED, {"id": "p1", "name": "1", "dtDeleted": None}],
        [{"id": "p2", "name": "2"} | DELETED],
        [{"id": "p3", "name": "3"}],
    ]
    watched = Watched(Team(0, listing(*pages)))
    assert sorted(taker.take(taker.client(watched)).names) == ["1", "3"]
    assert watched.projects == {"p1", "p3"}


def test_a_snapshot_has_nothing_that_was_deleted(drive: Driver) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path.removeprefix("/v1").split("/")[2:]:
            case ["p0"]:
                return json({"id": "p0", "name": "0", "dtDeleted": None})
            case ["p/1"] | ["p", "1"]:
                return json({"id": "p/1", "name": "1"} | DELETED)
            case [_, "collaborators"]:
                people = [{"user": {"id": "u1"}} | DELETED, {"user": {"id": "u2"}}]
                return json({"items": people, "hasMore": False})
            case _:
                return json([])

    client = drive.client(answer)
    snapshot = drive(client.project("p0").snapshot())
    assert [who.user_id for who in snapshot.collaborators] == ["u2"]
    assert not snapshot.project.is_deleted
    assert drive(client.project("p/1").get()).is_deleted
    with pytest.raises(NotFoundError, match="dtDeleted") as caught:
        drive(client.project("p/1").snapshot())
    assert (caught.value.operation, caught.value.path) == ("getProject", "/projects/p%2F1")


@pytest.mark.parametrize("include", [(), ("tags",), ("secrets", "activity")])
@pytest.mark.parametrize("given", ["p/0", Project(id="p/0", name="0", extra=DELETED)])
def test_a_project_whose_answer_says_that_it_was_deleted_is_gone(
    taker: Taker, include: Any, given: Any
) -> None:
    def answer(path: str) -> httpx.Response | None:
        deleted = {"id": "p/0", "name": "0"} | DELETED
        return httpx.Response(200, json=deleted) if path == "/projects/p/0" else None

    taken = taker.take(taker.client(Team(2, answer)), [given, "p1"], include=include)
    (failure,) = [each for each in taken.results if isinstance(each, ProjectFailure)]
    assert len(taken.results) == 2
    assert (failure.project_id, failure.is_gone) == ("p/0", True)
    assert isinstance(failure.error, NotFoundError)
    assert (failure.error.operation, failure.error.path) == ("getProject", "/projects/p%2F0")
    assert "dtDeleted" in str(failure.error)


def test_a_collaborator_who_was_deleted_is_not_there(taker: Taker) -> None:
    def answer(path: str) -> httpx.Response | None:
        if not path.endswith("/collaborators"):
            return None
        people = [{"user": {"id": "u1"}} | DELETED, {"user": {"id": "u2"}, "dtDeleted": None}]
        return httpx.Response(200, json={"items": people, "hasMore": False})

    taken = taker.take(taker.client(Team(1, answer)))
    assert [[who.user_id for who in each.collaborators] for each in taken.results] == [["u2"]]
