"""`tags.sync`, `models.sync` and `collaborators.sync`: whoever else is there, and what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import make
from support.driving import Driver
from support.servers import status

from paperspace_projects import (
    ConflictError,
    DeadlineExceededError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ServerError,
)
from paperspace_projects.testing import Fault, FaultPlan

Sync = Callable[[Any], Any]
SYNCS: dict[str, Sync] = {
    "tags": lambda scope: scope.tags.sync(["b", "c"]),
    "models": lambda scope: scope.models.sync(["m2", "m3"]),
    "collaborators": lambda scope: scope.collaborators.sync({"u2": None, "u3": "admin"}),
}
in_contract = pytest.mark.parametrize("emulator", ["contract"], indirect=True)


@pytest.fixture
def other(between: Between) -> Iterator[Callable[[Callable[[Any], Any]], Any]]:
    """Somebody else, who does something with a client of their own."""
    driver = Driver("sync")
    client = driver.client(between.emulator.transport(), api_key=between.emulator.api_key)
    yield lambda action: driver(action(client))
    driver.shut_down()


def names(drive: Driver, scope: Any, part: str) -> set[str]:
    items = drive.items(getattr(scope, part).list())
    return {getattr(each, "user_id", None) or getattr(each, "id", None) or each for each in items}


@pytest.mark.parametrize("part", SYNCS)
def test_a_dry_run_writes_nothing_and_says_what_a_real_one_does(
    drive: Driver, watched: Any, between: Between, home: str, part: str
) -> None:
    scope = watched.project(home)
    before = names(drive, scope, part)
    dry = drive(getattr(scope, part).sync(set() if part != "collaborators" else {}, dry_run=True))
    assert set(dry.removed) == before
    assert between.writes == []
    changes = drive(SYNCS[part](scope))
    assert len(between.writes) == len(changes.added) + len(changes.removed)


@pytest.mark.parametrize("part", SYNCS)
def test_what_others_have_done_meanwhile_is_left(
    drive: Driver, watched: Any, between: Between, *, home: str, part: str, other: Any
) -> None:
    """At the first write somebody else has done all of it: the rest is so already."""
    moves = iter([lambda: other(lambda client: SYNCS[part](client.project(home)))])

    def first(request: httpx.Request) -> None:
        if request.method != "GET":
            next(moves, lambda: None)()

    between.first = first
    scope = watched.project(home)
    changes = drive(SYNCS[part](scope))
    assert (
        names(drive, scope, part)
        == {
            "tags": {"b", "c"},
            "models": {"m2", "m3"},
            "collaborators": {"u2", "u3"},
        }[part]
    )
    assert not changes.is_empty
    assert drive(SYNCS[part](scope)).is_empty


@pytest.mark.parametrize("part", SYNCS)
def test_a_project_that_vanishes_meanwhile_is_an_error(
    drive: Driver, watched: Any, between: Between, *, home: str, part: str, other: Any
) -> None:
    moves = iter([lambda: other(lambda client: client.projects.delete(home))])

    def first(request: httpx.Request) -> None:
        if request.method == "DELETE":  # the additions are done by then
            next(moves, lambda: None)()

    between.first = first
    with pytest.raises(NotFoundError):
        drive(SYNCS[part](watched.project(home)))


@in_contract
def test_a_collaborator_who_came_meanwhile_with_another_role_is_a_conflict(
    drive: Driver, watched: Any, between: Between, home: str, other: Any
) -> None:
    def first(request: httpx.Request) -> None:
        if request.method == "POST":
            other(lambda client: client.project(home).collaborators.add("u3", "viewer"))

    between.first = first
    with pytest.raises(ConflictError):
        drive(SYNCS["collaborators"](watched.project(home)))


@in_contract
@pytest.mark.parametrize(
    ("failures", "note", "role"),
    [
        (1, "u1 was removed, and put back with the old role", "viewer"),
        (2, "u1 was removed and is OUT right now: another sync adds them as admin", None),
    ],
)
def test_a_role_whose_second_half_fails_says_who_is_out(
    drive: Driver, watched: Any, between: Between, *, home: str, failures: int, note: str, role: Any
) -> None:
    left = iter([status(403)] * failures)
    between.first = lambda request: next(left, None) if request.method == "POST" else None
    collaborators = watched.project(home).collaborators
    wanted = {"u1": "admin", "u2": None}
    with pytest.raises(PermissionDeniedError) as caught:
        drive(collaborators.sync(wanted))
    assert note in caught.value.__notes__
    roles = {each.user_id: each.role for each in drive.items(collaborators.list())}
    assert roles.get("u1") == role
    drive(collaborators.sync(wanted))
    roles = {each.user_id: each.role for each in drive.items(collaborators.list())}
    assert roles == {"u1": "admin", "u2": "admin"}


@pytest.mark.parametrize("part", SYNCS)
def test_all_of_it_has_one_deadline(drive: Driver, between: Between, home: str, part: str) -> None:
    def slow(request: httpx.Request) -> None:
        patience = request.extensions["timeout"]["read"]
        drive.clock.advance(min(3, patience))
        if patience < 3:
            raise httpx.ReadTimeout("slow")

    client = drive.client(between, api_key=between.emulator.api_key, deadline=5)
    between.first = slow
    began = drive.clock.now
    with pytest.raises((DeadlineExceededError, OutcomeUnknownError), match="deadline"):
        drive(SYNCS[part](client.project(home)))
    assert drive.clock.now - began <= 5.01
    between.first = lambda _: None
    drive(SYNCS[part](client.project(home)))
    assert drive(SYNCS[part](client.project(home))).is_empty


@pytest.mark.parametrize("part", SYNCS)
def test_after_a_failure_it_goes_on(
    drive: Driver, client: Any, between: Between, part: str
) -> None:
    home = make(drive, client, "home", tags=["a", "b"], models=["m1"], collaborators={"u1": None})
    scope = client.project(home)
    failing = FaultPlan.script([None, *[Fault.status(500)] * 4], only=["POST", "DELETE", "PUT"])
    between.emulator.faults = failing
    with pytest.raises(ServerError):
        drive(SYNCS[part](scope))
    between.emulator.faults = None
    drive(SYNCS[part](scope))
    assert drive(SYNCS[part](scope)).is_empty
