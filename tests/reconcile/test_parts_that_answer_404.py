"""A part that answers 404 while its project is there: the project is never taken for deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, changes, document, export, failure, make, plan
from support.driving import Driver
from support.servers import status

from paperspace_projects import Client, DesiredStateError, NotFoundError
from paperspace_projects.errors import OutcomeUnknownNotFoundError
from paperspace_projects.testing import Emulator, Fault, FaultPlan

LISTS = (
    "listProjectCollaborators",
    "listProjectSecrets",
    "listProjectTags",
    "listProjectModels",
)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("operation", LISTS)
def test_an_export_keeps_the_project_and_a_pruning_plan_of_it_is_empty(
    drive: Driver, client: Any, emulator: Emulator, operation: str
) -> None:
    emulator.faults = FaultPlan.script([Fault.status(404)], only=[operation])
    exported = export(drive, client)
    assert [each.name for each in exported.projects] == ["home"]
    assert plan(drive, client, exported, prune=True).is_empty


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("operation", LISTS)
def test_an_export_is_refused_where_a_part_cannot_be_found(
    drive: Driver, client: Any, emulator: Emulator, operation: str
) -> None:
    emulator.faults = FaultPlan(rate=1, faults=[Fault.status(404)], only=[operation])
    with pytest.raises(NotFoundError) as caught:
        export(drive, client)
    assert caught.value.operation == operation


def page_of_a_gateway() -> httpx.Response:
    return status(404, b"404 page not found", content_type="text/plain")


def test_no_page_of_a_gateway_makes_a_project_vanish(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    def first(request: httpx.Request) -> httpx.Response | None:
        is_within = request.url.path.partition("/projects/")[2].startswith(home)
        return page_of_a_gateway() if is_within else None

    found = plan(drive, watched, document({"name": "home", "models": ["m1", "m2", "m3"]}))
    between.first = first
    with pytest.raises(NotFoundError):
        export(drive, watched)
    _, error, _ = failure(apply(drive, watched, found))
    assert isinstance(error, NotFoundError)
    assert between.writes == []


def test_a_page_of_a_gateway_makes_no_removal_done(
    drive: Driver, watched: Any, between: Between
) -> None:
    project_id = make(drive, watched, "tagged", tags=["old"])
    found = plan(drive, watched, document({"name": "tagged", "tags": []}), prune=True)
    deletes = 0

    def first(request: httpx.Request) -> httpx.Response | None:
        nonlocal deletes
        deletes += request.method == "DELETE"
        if request.method != "DELETE":
            return None
        return status(502) if deletes % 2 else page_of_a_gateway()

    between.first = first
    kind, error, _ = failure(apply(drive, watched, found))
    assert (kind, type(error)) == ("remove-tag", OutcomeUnknownNotFoundError)
    tags = watched.project(project_id).tags
    with pytest.raises(OutcomeUnknownNotFoundError):
        drive(tags.sync([]))
    assert drive(tags.list().collect()) == ["old"]


def deleting(between: Between, project: str) -> None:
    """Have somebody else delete a project as its tags are listed."""
    emulator = between.emulator

    def first(request: httpx.Request) -> None:
        if request.url.path.endswith(f"{project}/tags"):
            between.first = lambda _: None
            with Client(emulator.api_key, transport=emulator.transport()) as somebody:
                somebody.projects.delete(project)

    between.first = first


def test_a_project_that_is_deleted_meanwhile_is_not_exported(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    make(drive, watched, "other")
    deleting(between, home)
    assert [each.name for each in export(drive, watched).projects] == ["other"]


def test_a_project_that_is_asked_for_and_deleted_meanwhile_is_an_error(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    deleting(between, home)
    with pytest.raises(DesiredStateError, match=f"the project '{home}' was deleted"):
        export(drive, watched, project_ids=[home])


def test_a_step_is_refused_with_the_404_of_the_part(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    found = plan(drive, watched, document({"name": "home", "models": ["m1", "m2", "m3"]}))
    path = f"/projects/{home}/models"
    between.first = lambda request: status(404) if request.url.path.endswith(path) else None
    kind, error, _ = failure(apply(drive, watched, found))
    assert kind == "add-model"
    assert isinstance(error, NotFoundError)
    assert error.operation == "listProjectModels"
    assert between.writes == []


@pytest.mark.usefixtures("home")
def test_a_step_is_carried_out_after_one_404_of_the_part(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    found = plan(drive, client, document({"name": "home", "models": ["m1", "m2", "m3"]}))
    emulator.faults = FaultPlan.script([Fault.status(404)], only=["listProjectModels"])
    assert apply(drive, client, found).is_ok


def test_a_plan_can_be_applied_though_the_only_project_vanished_while_it_was_made(
    drive: Driver, watched: Any, between: Between, home: str
) -> None:
    deleting(between, home)
    found = plan(drive, watched, document({"name": "home", "tags": ["a"]}))
    assert changes(found) == ["create-project None -> home", "add-tag None -> a"]
    assert found.project_ids == frozenset()
    assert apply(drive, watched, found).is_ok
