"""Servers that tell of deleted things, of odd ids, or of what vanishes while it is looked at."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, changes, document, export, failure, make, plan
from support.driving import Driver
from support.servers import json as answering

from paperspace_projects import Client, DesiredStateError, NotFoundError
from paperspace_projects.reconcile import (
    AddCollaborator,
    ChangeRole,
    CreateSecret,
    DeleteProject,
    Plan,
    Reference,
    RemoveCollaborator,
    RotateSecret,
    load,
)
from paperspace_projects.testing import Emulator, Fault, FaultPlan

DAY = "2026-03-18T09:30:00.000Z"


class Server:
    """A live server with projects, and in each the same collaborators."""

    def __init__(self, projects: list[dict[str, Any]], users: list[dict[str, Any]]) -> None:
        self.projects = projects
        self.users = users
        self.writes: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            self.writes.append(f"{request.method} {request.url.path}")
        first, *rest = request.url.path.removeprefix("/v1/projects").strip("/").split("/")
        if not first:
            return self.page(self.projects)
        if not rest:
            return answering(next(each for each in self.projects if each["id"] == first))
        return self.page(self.users if rest == ["collaborators"] else [])

    def page(self, items: list[dict[str, Any]]) -> httpx.Response:
        return answering({"items": items, "hasMore": False, "nextPage": None})


def project(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "name": f"n{number}", "dtCreated": DAY, **more}


def user(name: str, deleted: str | None = None) -> dict[str, Any]:
    return {"dtCreated": DAY, "dtDeleted": deleted, "user": {"id": name, "email": f"{name}@x"}}


def test_what_is_deleted_is_not_there(drive: Driver) -> None:
    server = Server(
        [
            project(1, dtDeleted=None),
            project(2, dtDeleted=DAY),
            project(3, name="n1", dtDeleted=DAY),
        ],
        [user("here"), user("gone", DAY)],
    )
    client = drive.client(server)
    exported = export(drive, client)
    assert [each.id for each in exported.projects] == ["p1"]
    assert exported.projects[0].collaborators == {"here": None}
    assert plan(drive, client, exported, prune=True).is_empty
    wanted = document({"name": "n1", "collaborators": {"gone": None}}, {"name": "n2"})
    found = plan(drive, client, wanted, prune=True)
    assert changes(found) == [
        "add-collaborator None -> gone",
        "remove-collaborator here -> None",
        "create-project None -> n2",
    ]
    with pytest.raises(DesiredStateError, match="no project has the id 'p2'"):
        plan(drive, client, document({"name": "n2", "id": "p2"}))
    with pytest.raises(DesiredStateError, match="the project 'p2' was deleted"):
        export(drive, client, project_ids=["p1", "p2"])


def test_a_project_that_was_deleted_since_the_plan_is_stale_though_it_is_told_of(
    drive: Driver,
) -> None:
    server = Server([project(1)], [])
    client = drive.client(server)
    found = plan(drive, client, document({"name": "n1", "tags": ["a"]}))
    server.projects[0]["dtDeleted"] = DAY
    assert "no such project" in str(failure(apply(drive, client, found))[1])
    assert server.writes == []


ODD = "x\n  - remove tag 'forged'\u2028\u202eevil\x1b[2J"


def test_no_text_of_others_makes_a_line_of_a_plan() -> None:
    reference = Reference("file", "a\nb")
    both: dict[str, Any] = {"project": ODD, "project_id": ODD}
    found = Plan(
        steps=(
            AddCollaborator(**both, user_id=ODD, role=ODD),  # type: ignore[arg-type]
            CreateSecret(**both, secret=ODD, reference=reference),
            RotateSecret(
                **both, secret=ODD, reference=reference, last_written=None, reason="asked"
            ),
            ChangeRole(**both, user_id=ODD, old=ODD, new="admin"),
            RemoveCollaborator(**both, user_id=ODD, role=ODD),
            DeleteProject(**both),
        )
    )
    lines = str(found).split("\n")
    assert len(lines) == 1 + 5 + 2 + 1 + 2
    assert str(found).splitlines() == lines
    assert all(line.isprintable() for line in lines)
    assert lines[0] == f"project {ODD!r} ({ODD!r})"
    assert lines[8] == f"  - {ODD!r} ({ODD!r})"
    assert all(step.describe().isprintable() for step in found.steps)


def test_ids_in_errors_of_a_plan_make_no_lines(drive: Driver) -> None:
    server = Server([], [])
    client = drive.client(server)
    found = plan(drive, client, document({"name": "n1"}))
    server.projects += [project(1, id=ODD), project(2, name="n1")]
    error = failure(apply(drive, client, found))[1]
    assert str(error).isprintable()
    assert repr(ODD) in str(error)


@pytest.fixture
def vanishing(between: Between, home: str) -> str:
    """The project `home`, which somebody else deletes as its tags are listed."""
    emulator = between.emulator

    def first(request: httpx.Request) -> None:
        if request.url.path.endswith(f"{home}/tags"):
            with Client(emulator.api_key, transport=emulator.transport()) as somebody:
                if home in {each.id for each in somebody.projects.list()}:
                    somebody.projects.delete(home)

    between.first = first
    return home


@pytest.mark.usefixtures("vanishing")
def test_a_plan_goes_on_where_a_project_vanishes_meanwhile(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    make(drive, client, "other", tags=["b"])
    desired = document({"name": "home", "tags": ["a"]}, {"name": "other", "tags": ["b", "c"]})
    found = plan(drive, watched, desired)
    assert changes(found) == [
        "create-project None -> home",
        "add-tag None -> a",
        "add-tag None -> c",
    ]
    between.first = lambda _: None
    assert apply(drive, watched, found).is_ok


def test_a_project_that_is_declared_by_its_id_and_vanishes_is_refused(
    drive: Driver, watched: Any, vanishing: str
) -> None:
    with pytest.raises(DesiredStateError, match=f"no project has the id '{vanishing}'"):
        plan(drive, watched, document({"name": "home", "id": vanishing, "tags": ["a"]}))


@pytest.mark.usefixtures("home")
def test_a_404_of_a_part_alone_is_no_vanished_project(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    desired = document({"name": "home", "tags": ["a", "b", "c"]})
    emulator.faults = FaultPlan.script([Fault.status(404)], only=["listProjectTags"])
    assert changes(plan(drive, client, desired)) == ["add-tag None -> c"]
    emulator.faults = FaultPlan(rate=1, faults=[Fault.status(404)], only=["listProjectTags"])
    with pytest.raises(NotFoundError):
        plan(drive, client, desired)


def test_one_value_for_several_secrets_is_told_where_it_would_be_written(
    drive: Driver, client: Any
) -> None:
    there = make(drive, client, "there", secrets={"A": "x"})
    desired = load(
        document(
            {"name": "there", "secrets": {"A": "env:S1", "B": "file:dir/../key"}},
            {"name": "new", "secrets": {"A": "env:S1", "B": "file:key", "C": "cmd:new-value"}},
            {"name": "newer", "secrets": {"C": "cmd:new-value", "D": "env:S3"}},
        )
    )
    (note,) = plan(drive, client, desired).notes
    assert note == (
        f"file:dir/../key is the value of several secrets: 'B' of 'there' ({there}), "
        "'B' of 'new' (new)"
    )
    assert plan(drive, client, desired, rotate_secrets="always").notes[1] == (
        f"env:S1 is the value of several secrets: 'A' of 'there' ({there}), 'A' of 'new' (new)"
    )


def test_many_secrets_with_one_value_are_not_all_named(drive: Driver, client: Any) -> None:
    projects = [{"name": f"p{number}", "secrets": {"A": "env:S1"}} for number in range(7)]
    found = plan(drive, client, document(*projects))
    (note,) = found.notes
    assert note.endswith("'A' of 'p4' (new) and 2 more")
    assert f"note: {note}" in str(found)
