"""`sync` beside others who change the same part: it fails only if what is wanted is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from reconcile.between import Between
from support.driving import Driver
from support.servers import json, status

from paperspace_projects import (
    APIStatusError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
)

in_contract = pytest.mark.parametrize("emulator", ["contract"], indirect=True)
"""Where a role is told, and so can be changed."""

Do = Callable[[Callable[[Any], Any]], Any]
ROLES = {"u1": "admin", "u2": None}


@pytest.fixture
def other(between: Between) -> Iterator[Do]:
    """Somebody else, who does something with a client of their own."""
    driver = Driver("sync")
    client = driver.client(between.emulator.transport(), api_key=between.emulator.api_key)
    yield lambda action: driver(action(client))
    driver.shut_down()


def once(method: str, action: Callable[[], httpx.Response | None], nth: int = 1) -> Any:
    """Do something before the first request with this method, or the nth, is answered."""
    seen = 0

    def first(request: httpx.Request) -> httpx.Response | None:
        nonlocal seen
        if request.method != method:
            return None
        seen += 1
        return action() if seen == nth else None

    return first


def roles(drive: Driver, client: Any, home: str) -> dict[str, str | None]:
    listed = drive.items(client.project(home).collaborators.list())
    return {each.user_id: each.role for each in listed}


def lost(between: Between, *, is_done: bool) -> Callable[[httpx.Request], httpx.Response | None]:
    """The next POST is answered 500, carried out or not, and the client cannot find out which."""
    todo = ["POST", "GET"]

    def first(request: httpx.Request) -> httpx.Response | None:
        if todo[:1] != [request.method]:
            return None
        todo.pop(0)
        if request.method == "GET":
            return status(403)
        if is_done:
            between.emulator.handle(request)
        return status(500)

    return first


ADDS: dict[str, Callable[[Any], Any]] = {
    "tags": lambda scope: scope.tags.sync(["a", "b", "c"]),
    "models": lambda scope: scope.models.sync(["m1", "m2", "m3"]),
    "collaborators": lambda scope: scope.collaborators.sync({"u1": None, "u2": None, "u3": None}),
}


@pytest.mark.parametrize("part", ADDS)
def test_an_addition_whose_answer_is_lost_is_looked_for_again(
    drive: Driver, watched: Any, between: Between, home: str, part: str
) -> None:
    between.first = lost(between, is_done=True)
    changes = drive(ADDS[part](watched.project(home)))
    assert len(changes.added) == 1
    assert drive(ADDS[part](watched.project(home))).is_empty


@pytest.mark.parametrize("part", ADDS)
def test_an_addition_whose_answer_is_lost_and_that_is_not_there_is_an_error(
    drive: Driver, watched: Any, between: Between, home: str, part: str
) -> None:
    between.first = lost(between, is_done=False)
    with pytest.raises(OutcomeUnknownError):
        drive(ADDS[part](watched.project(home)))


@pytest.mark.parametrize("code", [404, 409])
@pytest.mark.parametrize("part", ADDS)
def test_what_is_refused_and_not_there_is_an_error(
    drive: Driver, watched: Any, between: Between, *, home: str, part: str, code: int
) -> None:
    between.first = once("POST", lambda: status(code))
    with pytest.raises(ConflictError if code == 409 else NotFoundError):
        drive(ADDS[part](watched.project(home)))


@in_contract
def test_a_role_that_somebody_else_is_changing_too_is_no_error(
    drive: Driver, watched: Any, between: Between, home: str, other: Do
) -> None:
    """They have removed the user, and not added them yet."""
    between.first = once(
        "DELETE", lambda: other(lambda c: c.project(home).collaborators.remove("u1"))
    )
    drive(watched.project(home).collaborators.sync(ROLES))
    assert roles(drive, watched, home) == {"u1": "admin", "u2": "admin"}


@in_contract
def test_a_role_that_somebody_else_has_given_meanwhile_is_no_error(
    drive: Driver, watched: Any, between: Between, home: str, other: Do
) -> None:
    """They add the user between our removal and our addition."""

    def add() -> None:
        other(lambda client: client.project(home).collaborators.add("u1", "admin"))

    between.first = once("POST", add)
    changes = drive(watched.project(home).collaborators.sync(ROLES))
    assert [each.user_id for each in changes.changed] == ["u1"]
    assert roles(drive, watched, home) == {"u1": "admin", "u2": "admin"}


@in_contract
def test_another_role_that_somebody_else_has_given_meanwhile_is_an_error(
    drive: Driver, watched: Any, between: Between, home: str, other: Do
) -> None:
    def add() -> None:
        other(lambda client: client.project(home).collaborators.add("u1", "member"))

    between.first = once("POST", add)
    with pytest.raises(ConflictError) as caught:
        drive(watched.project(home).collaborators.sync(ROLES))
    assert any("was removed, and is in again" in note for note in caught.value.__notes__)
    assert roles(drive, watched, home)["u1"] == "member"


@in_contract
@pytest.mark.parametrize("code", [403, 404, 409])
def test_whatever_the_second_half_of_a_role_fails_with_the_user_is_put_back(
    drive: Driver, watched: Any, between: Between, home: str, code: int
) -> None:
    between.first = once("POST", lambda: status(code))
    with pytest.raises(APIStatusError) as caught:
        drive(watched.project(home).collaborators.sync(ROLES))
    assert caught.value.status_code == code
    assert "u1 was removed, and put back with the old role" in caught.value.__notes__
    assert roles(drive, watched, home) == {"u1": "viewer", "u2": "admin"}


@in_contract
def test_a_role_whose_second_half_has_an_unknown_outcome_is_looked_at_again(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    between.first = lost(between, is_done=False)
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(watched.project(home).collaborators.sync(ROLES))
    assert "u1 was removed, and put back with the old role" in caught.value.__notes__
    assert roles(drive, watched, home) == {"u1": "viewer", "u2": "admin"}
    between.first = lost(between, is_done=True)
    drive(watched.project(home).collaborators.sync(ROLES))
    assert roles(drive, watched, home) == {"u1": "admin", "u2": "admin"}


@in_contract
def test_a_user_who_cannot_be_removed_keeps_the_role_and_nothing_is_told_of_them(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    between.first = once("DELETE", lambda: status(403))
    with pytest.raises(PermissionDeniedError) as caught:
        drive(watched.project(home).collaborators.sync(ROLES))
    assert not hasattr(caught.value, "__notes__")
    assert roles(drive, watched, home) == {"u1": "viewer", "u2": "admin"}


def test_a_collaborator_whom_the_server_calls_deleted_is_not_there(drive: Driver) -> None:
    """The live server has `dtDeleted`; whether its lists hold what is deleted is not known."""
    day, sent = "2026-03-18T09:30:00.000Z", list[str]()

    def server(request: httpx.Request) -> httpx.Response:
        users = [
            {"dtCreated": day, "dtDeleted": deleted, "user": {"id": name, "email": f"{name}@x"}}
            for name, deleted in (("gone", day), ("also-gone", day), ("here", None))
        ]
        if request.method == "GET":
            return json({"items": users, "hasMore": False, "nextPage": None})
        sent.append(f"{request.method} {request.url.path.rpartition('/')[2]}")
        return json(users[0])

    collaborators = drive.client(server).project("p1").collaborators
    changes = drive(collaborators.sync({"here": None, "gone": None}, dry_run=True))
    assert (changes.added, changes.removed) == (("gone",), ())
    assert sent == []


@pytest.mark.parametrize("emulator", ["live"], indirect=True)
def test_a_role_that_was_only_asked_for_is_not_reported_as_set(
    drive: Driver, watched: Any, between: Between, home: str, other: Do
) -> None:
    """Somebody else adds the user as a viewer, just before: the server tells no role."""

    def add_as_viewer() -> None:
        other(lambda client: client.project(home).collaborators.add("u9", "viewer"))

    between.first = once("POST", add_as_viewer)
    changes = drive(watched.project(home).collaborators.sync({**ROLES, "u9": "admin"}))
    assert changes.added == ()
    assert "u9" in changes.not_compared
