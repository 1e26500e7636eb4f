"""What somebody else has done since the plan: a step is refused as stale, or is so already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from attrs import frozen
from reconcile.between import Between
from reconcile.driving import apply, document, failure, make, plan
from support.driving import Driver

from paperspace_projects import StalePlanError

in_contract = pytest.mark.parametrize("emulator", ["contract"], indirect=True)
"""Where a description or a role is to be told, and so to be compared."""


Move = Callable[[Driver, Any, Any], None]
"""Somebody else's change between plan and application: of a client, in the scope of `home`."""

STALE: dict[str, tuple[dict[str, Any], Move, str]] = {
    "rename-project": (
        {"name": "villa"},
        lambda drive, _, scope: drive(scope.update(name="hut")),
        "it saw a project named 'home', and now there is 'hut'",
    ),
    "add-tag": (
        {"tags": ["a", "b", "c"]},
        lambda drive, _, scope: drive(scope.update(name="hut")),
        "it saw a project named 'home', and now there is 'hut'",
    ),
    "remove-tag": (
        {"tags": ["a"]},
        lambda drive, _, scope: drive(scope.delete()),
        "it saw the project, and now there is no such project",
    ),
    "rotate-secret": (
        {"secrets": {"S1": "env:S1", "S2": "env:S1"}},
        lambda drive, _, scope: drive(scope.secrets.delete("S1")),
        "it saw secret 'S1', and now there is no such secret",
    ),
    "create-secret": (
        {"secrets": {"S3": "env:S1", "S2": "env:S1", "S1": "env:S1"}},
        lambda drive, _, scope: drive(scope.secrets.create("S3", "somebody's")),
        "it saw no secret 'S3', and now there is one",
    ),
}
STALE_IN_CONTRACT: dict[str, tuple[dict[str, Any], Move, str]] = {
    "change-description": (
        {"description": "new"},
        lambda drive, _, scope: drive(scope.update(description="other")),
        "it saw 'old', and now there is 'other'",
    ),
    "add-collaborator": (
        {"collaborators": {"u1": "viewer", "u2": "admin", "u3": "admin"}},
        lambda drive, _, scope: drive(scope.collaborators.add("u3", "viewer")),
        "it saw no collaborator 'u3', and now there is one with the role viewer",
    ),
    "change-role": (
        {"collaborators": {"u1": "admin", "u2": "admin"}},
        lambda drive, _, scope: drive(scope.collaborators.remove("u1")),
        "it saw collaborator 'u1', and now there is no such collaborator",
    ),
}


def given(home: str, part: dict[str, Any]) -> dict[str, Any]:
    return document({"name": "home", **({"id": home} if "name" in part else {}), **part})


@frozen
class Scene:
    """What a test of somebody else's changes needs; the planner's client and the watched one."""

    drive: Driver
    client: Any
    watched: Any
    between: Between
    home: str

    def refused(self, kind: str, part: dict[str, Any], move: Move, told: str) -> None:
        """The one step of a plan is refused, as somebody has been there since; nothing is sent."""
        desired = given(self.home, part)
        found = plan(self.drive, self.client, desired, prune=True, rotate_secrets="always")
        move(self.drive, self.client, self.client.project(self.home))
        result = apply(self.drive, self.watched, found)
        step, error, _ = failure(result)
        assert step == kind
        assert isinstance(error, StalePlanError)
        assert told in str(error)
        assert "make a new plan" in str(error)
        assert self.between.writes == []
        assert not result.done


@pytest.fixture
def scene(drive: Driver, client: Any, watched: Any, between: Between, home: str) -> Scene:
    return Scene(drive, client, watched, between, home)


@pytest.mark.parametrize("kind", STALE)
def test_a_step_is_refused_where_reality_has_moved(scene: Scene, kind: str) -> None:
    scene.refused(kind, *STALE[kind])


@in_contract
@pytest.mark.parametrize("kind", STALE_IN_CONTRACT)
def test_a_step_is_refused_where_what_is_told_has_moved(scene: Scene, kind: str) -> None:
    scene.refused(kind, *STALE_IN_CONTRACT[kind])


def test_a_project_to_delete_that_has_another_name_by_now_is_left(
    drive: Driver, client: Any, watched: Any, between: Between, home: str
) -> None:
    found = plan(drive, client, document(), prune=True)
    drive(client.project(home).update(name="dear"))
    kind, error, _ = failure(apply(drive, watched, found))
    assert kind == "delete-project"
    assert isinstance(error, StalePlanError)
    assert between.writes == []


def test_two_projects_of_a_name_that_there_was_none_of_are_stale(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    found = plan(drive, client, document({"name": "new", "tags": ["a"]}))
    ids = [make(drive, client, "new") for _ in range(2)]
    kind, error, _ = failure(apply(drive, watched, found))
    assert kind == "create-project"
    assert isinstance(error, StalePlanError)
    assert all(each in str(error) for each in ids)
    assert between.writes == []


def test_a_project_that_was_made_meanwhile_is_taken_as_it_is(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    desired = document({"name": "new", "description": "d", "tags": ["a", "b"]})
    found = plan(drive, client, desired)
    made = make(drive, client, "new", description="d", tags=["a"])
    result = apply(drive, watched, found)
    assert [each.detail for each in result.steps] == ["already done"] * 2 + [None]
    assert between.writes == [f"POST /projects/{made}/tags"]
    other = plan(drive, client, document({"name": "other", "description": "d"}))
    make(drive, client, "other", description="another")
    result = apply(drive, watched, other)
    if between.emulator.dialect == "contract":
        assert isinstance(failure(result)[1], StalePlanError)
    else:
        assert result.is_ok


SO_ALREADY: dict[str, tuple[dict[str, Any], Move]] = {
    "rename-project": (
        {"name": "villa"},
        lambda drive, _, scope: drive(scope.update(name="villa")),
    ),
    "add-collaborator": (
        {"collaborators": {"u1": None, "u2": None, "u3": "admin"}},
        lambda drive, _, scope: drive(scope.collaborators.add("u3", "admin")),
    ),
    "remove-collaborator": (
        {"collaborators": {"u1": None}},
        lambda drive, _, scope: drive(scope.collaborators.remove("u2")),
    ),
    "create-secret": (
        {"secrets": {"S1": "env:S1", "S2": "env:S1", "S3": "env:S3"}},
        lambda drive, _, scope: drive(scope.secrets.create("S3", "somebody's")),
    ),
    "delete-secret": (
        {"secrets": {"S1": "env:S1"}},
        lambda drive, _, scope: drive(scope.secrets.delete("S2")),
    ),
    "add-tag": (
        {"tags": ["a", "b", "c"]},
        lambda drive, _, scope: drive(scope.tags.add("c")),
    ),
    "remove-tag": ({"tags": ["a"]}, lambda drive, _, scope: drive(scope.tags.remove("b"))),
    "add-model": (
        {"models": ["m1", "m2", "m3"]},
        lambda drive, _, scope: drive(scope.models.add("m3")),
    ),
    "remove-model": (
        {"models": ["m1"]},
        lambda drive, _, scope: drive(scope.models.remove("m2")),
    ),
}


@pytest.mark.parametrize("meanwhile", [False, True], ids=["before", "between look and write"])
@pytest.mark.parametrize("kind", SO_ALREADY)
def test_what_is_so_already_is_done(scene: Scene, kind: str, meanwhile: bool) -> None:
    part, move = SO_ALREADY[kind]
    found = plan(scene.drive, scene.client, given(scene.home, part), prune=True)
    assert [step.kind for step in found.steps] == [kind]
    other, between = Driver("sync"), scene.between
    its_client = other.client(between.emulator.transport(), api_key=between.emulator.api_key)
    moves = iter([lambda: move(other, its_client, its_client.project(scene.home))])

    def first(request: httpx.Request) -> None:
        if request.method != "GET":
            next(moves, lambda: None)()

    if meanwhile:
        between.first = first
    else:
        next(moves)()
    result = apply(scene.drive, scene.watched, found)
    other.shut_down()
    assert result.is_ok, result.summary()
    so_already = not meanwhile or kind != "rename-project"  # a name can be given twice
    said = "already done" if so_already else None
    if meanwhile and kind == "create-secret":
        said = "already done, but its value is not known"
    elif meanwhile and kind == "add-collaborator" and between.emulator.dialect == "live":
        said = "already done, but the server does not return the role"
    assert [each.detail for each in result.steps] == [said]
    assert len(between.writes) == meanwhile
    assert plan(scene.drive, scene.client, given(scene.home, part), prune=True).is_empty


def test_a_secret_that_is_old_no_more_counts_as_rotated(
    drive: Driver, client: Any, watched: Any, between: Between, home: str
) -> None:
    desired = document({"name": "home", "secrets": {"S1": "env:S1"}})
    by_age = plan(drive, client, desired, rotate_secrets="if-older-than", older_than=0)
    assert [step.kind for step in by_age.steps] == ["rotate-secret"]
    always = plan(drive, client, desired, rotate_secrets="always")
    before = drive(client.project(home).secrets.get("S1")).dt_modified
    while drive(client.project(home).secrets.update("S1", "newer")).dt_modified == before:
        pass  # the emulator's clock has milliseconds
    assert apply(drive, watched, by_age).is_ok
    assert isinstance(failure(apply(drive, watched, always))[1], StalePlanError)
    assert between.writes == []
    assert between.emulator.secret_is(home, "S1", "newer")


def test_a_collaborator_who_came_meanwhile_with_another_role_is_refused(
    drive: Driver, client: Any, watched: Any, between: Between, home: str
) -> None:
    roles = {"u1": None, "u2": None, "u3": "admin"}
    found = plan(drive, client, document({"name": "home", "collaborators": roles}))
    other = Driver("sync")
    its_client = other.client(between.emulator.transport(), api_key=between.emulator.api_key)

    def first(request: httpx.Request) -> None:
        if request.method == "POST":
            other(its_client.project(home).collaborators.add("u3", "viewer"))

    between.first = first
    result = apply(drive, watched, found)
    other.shut_down()
    if between.emulator.dialect == "contract":
        assert isinstance(failure(result)[1], StalePlanError)
    else:
        assert result.is_ok, "the live server does not tell roles"
