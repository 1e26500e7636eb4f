"""A plan is applied to the team that it was made for, and nowhere else."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, document, failure, make, plan, snapshots
from support.driving import Driver
from support.servers import json as answering
from support.servers import status

from paperspace_projects import Client, NotFoundError, StalePlanError
from paperspace_projects.testing import Emulator, Fault, FaultPlan

ALL_KINDS = document({"name": "home", "tags": ["c"]}, {"name": "new", "tags": ["x"]})


@pytest.fixture
def elsewhere(emulator: Emulator) -> Iterator[Between]:
    """Another team of the same dialect, whose requests are counted."""
    with Emulator(emulator.dialect, api_key=emulator.api_key) as other:
        yield Between(other)


@pytest.mark.usefixtures("home")
def test_a_plan_knows_the_server_and_the_projects_that_it_saw(
    drive: Driver, client: Any, home: str
) -> None:
    old = make(drive, client, "old")
    found = plan(drive, client, ALL_KINDS)
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.server == client.settings.base_url
    assert again.project_ids == {home, old}
    assert found.to_dict()["server"] == client.settings.base_url


@pytest.mark.usefixtures("home")
def test_a_client_of_another_server_is_refused_before_anything_is_sent(
    drive: Driver, client: Any, between: Between
) -> None:
    found = plan(drive, client, ALL_KINDS, prune=True)
    other = drive.client(
        between, api_key=between.emulator.api_key, base_url="https://staging.example/v1"
    )
    with pytest.raises(StalePlanError, match="Nothing was changed: make a new plan") as caught:
        apply(drive, other, found)
    assert caught.value.step == ""
    assert caught.value.planned == client.settings.base_url
    assert caught.value.found == "https://staging.example/v1"
    assert between.lines == []
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


@pytest.mark.parametrize("theirs", [[], ["home", "old"]], ids=["empty", "of the same names"])
@pytest.mark.usefixtures("home")
def test_a_client_of_another_team_is_refused_before_anything_is_written(
    drive: Driver, client: Any, elsewhere: Between, theirs: list[str]
) -> None:
    make(drive, client, "old")
    other = drive.client(elsewhere, api_key=elsewhere.emulator.api_key)
    for name in theirs:
        make(drive, other, name)
    elsewhere.lines.clear()
    for desired in (ALL_KINDS, document()):
        found = plan(drive, client, desired, prune=True)
        with pytest.raises(StalePlanError, match="it saw a team with 2 projects"):
            apply(drive, other, found)
    assert elsewhere.writes == []
    assert len(snapshots(drive, other)) == len(theirs)


@pytest.mark.usefixtures("home")
def test_changes_of_a_project_that_another_team_does_not_have_are_refused(
    drive: Driver, client: Any, elsewhere: Between
) -> None:
    found = plan(drive, client, document({"name": "home", "tags": ["c"]}))
    other = drive.client(elsewhere, api_key=elsewhere.emulator.api_key)
    assert isinstance(failure(apply(drive, other, found))[1], StalePlanError)
    assert elsewhere.writes == []


@pytest.mark.usefixtures("home")
def test_a_server_may_be_written_in_other_ways(
    drive: Driver, client: Any, between: Between
) -> None:
    found = plan(drive, client, ALL_KINDS)
    for base_url in ("HTTPS://API.paperspace.com:443/v1", "https://api.paperspace.com/v1/"):
        same = drive.client(between, api_key=between.emulator.api_key, base_url=base_url)
        assert apply(drive, same, found).is_ok
    for base_url in ("https://api.paperspace.com:444/v1", "https://api.paperspace.com/v2"):
        other = drive.client(between, api_key=between.emulator.api_key, base_url=base_url)
        with pytest.raises(StalePlanError):
            apply(drive, other, found)


def test_another_team_of_the_credentials_file_is_refused(
    drive: Driver, emulator: Emulator, tmp_path: Path
) -> None:
    """Where the plan saw no project, nothing else tells the teams apart."""
    file = tmp_path / ".paperspace" / "credentials.toml"
    file.parent.mkdir()
    key = emulator.api_key
    file.write_text(f'version = 1\n[keys]\nred = "{key}"\nblue = "{key}"\n')
    red, blue = (
        drive.client(emulator.transport(), api_key=None, team=team) for team in ("red", "blue")
    )
    found = plan(drive, red, document({"name": "new"}))
    assert found.team == "red"
    with pytest.raises(StalePlanError, match="the team 'red', and now there is the team 'blue'"):
        apply(drive, blue, found)
    assert snapshots(drive, red) == {}
    assert apply(drive, red, found).is_ok


def test_a_deletion_that_somebody_else_has_done_is_done(
    drive: Driver, watched: Any, between: Between
) -> None:
    for name in ("a", "b", "c"):
        make(drive, watched, name)
    found = plan(drive, watched, document({"name": "a"}), prune=True)
    emulator = between.emulator
    with Client(emulator.api_key, transport=emulator.transport()) as somebody:
        b, c = (somebody.projects.find(name) for name in ("b", "c"))
        assert b is not None
        assert c is not None
        somebody.projects.delete(b.id)

        def first(request: httpx.Request) -> None:
            if request.method == "DELETE":
                somebody.projects.delete(c.id)

        between.first = first
        result = apply(drive, watched, found)
    assert result.is_ok
    assert [each.detail for each in result.steps] == ["already done"] * 2
    assert between.writes[-1] == f"DELETE /projects/{c.id}"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_404_for_a_project_that_is_still_listed_is_no_deletion(
    drive: Driver, watched: Any, between: Between, method: str
) -> None:
    """It may come from a gateway that knows no such path."""
    make(drive, watched, "keep")
    old = make(drive, watched, "old")
    found = plan(drive, watched, document({"name": "keep"}), prune=True)
    between.first = lambda request: (
        status(404) if request.method == method and request.url.path.endswith(old) else None
    )
    kind, error, _ = failure(apply(drive, watched, found))
    assert kind == "delete-project"
    assert isinstance(error, NotFoundError)
    between.first = lambda _: None
    assert old in snapshots(drive, watched)


def test_a_deletion_that_cannot_be_looked_at_again_is_no_deletion(
    drive: Driver, watched: Any, between: Between
) -> None:
    make(drive, watched, "keep")
    old = make(drive, watched, "old")
    found = plan(drive, watched, document({"name": "keep"}), prune=True)
    listings = 0

    def first(request: httpx.Request) -> httpx.Response | None:
        nonlocal listings
        if request.url.path.endswith("/projects"):
            listings += 1
            return status(403) if listings > 1 else None
        return status(404) if request.url.path.endswith(old) else None

    between.first = first
    assert isinstance(failure(apply(drive, watched, found))[1], NotFoundError)


def test_a_project_that_the_server_calls_deleted_is_deleted(drive: Driver) -> None:
    """The live server may still tell of it; nothing is sent to it."""
    day, sent = "2026-03-18T09:30:00.000Z", list[str]()
    projects = [{"id": f"p{n}", "name": f"n{n}", "dtCreated": day} for n in (1, 2)]

    def server(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        if request.url.path.endswith("/projects"):
            return answering({"items": projects, "hasMore": False})
        return answering(projects[0] if request.url.path.endswith("/p1") else projects[1])

    client = drive.client(server)
    desired = document({"name": "n1"}, {"name": "n2"})
    found = plan(drive, client, document({"name": "n1"}), prune=True)
    projects[1]["dtDeleted"] = day
    result = apply(drive, client, found)
    assert [each.detail for each in result.steps] == ["already done"]
    assert plan(drive, client, document({"name": "n1"}), prune=True).is_empty
    assert [step.kind for step in plan(drive, client, desired).steps] == ["create-project"]
    assert set(sent) == {"GET"}


def test_a_lost_answer_to_a_deletion_is_looked_for(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    make(drive, client, "keep")
    make(drive, client, "old")
    found = plan(drive, client, document({"name": "keep"}), prune=True)
    emulator.faults = FaultPlan.script([Fault.drop(when="after")], only=["deleteProject"])
    assert apply(drive, client, found).is_ok
    assert [each.project.name for each in snapshots(drive, client).values()] == ["keep"]
