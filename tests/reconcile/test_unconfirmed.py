"""Descriptions and roles that a server does not return: said once, and not repeated for ever."""

from __future__ import annotations

from typing import Any

import pytest
from reconcile.driving import apply, changes, document, export, make, plan
from support.driving import Driver

from paperspace_projects.testing import Emulator

DESIRED = document(
    {"name": "new", "description": "newly made", "collaborators": {"u1": "admin", "u2": None}},
    {"name": "home", "description": "mended", "collaborators": {"u1": "viewer", "u3": "member"}},
)


@pytest.fixture
def home(drive: Driver, client: Any) -> str:
    return make(drive, client, "home", description="old", collaborators={"u1": "admin"})


def told(result: Any) -> dict[str, str | None]:
    return {f"{each.step.kind} of {each.step.project}": each.detail for each in result.steps}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("prune", [False, True])
def test_a_state_with_roles_and_descriptions_is_applied_once(
    drive: Driver, client: Any, emulator: Emulator, prune: bool
) -> None:
    first = plan(drive, client, DESIRED, prune=prune)
    assert {"create-project None -> new", "add-collaborator None -> u3"} <= {*changes(first)}
    assert apply(drive, client, first).is_ok
    for _ in range(2):
        again = plan(drive, client, DESIRED, prune=prune)
        assert again.is_empty
        assert len(again.notes) == len(set(again.notes))
        projects = ("'home'", "'new'") if emulator.dialect == "live" else ()
        for what in ("the description", "the role"):
            noted = {note[: note.index(":")] for note in again.notes if what in note}
            assert noted == {*projects}
        assert apply(drive, client, again).steps == ()
    if emulator.dialect == "contract":
        kept = {each.name: each for each in export(drive, client).projects}
        assert kept["new"].collaborators == {"u1": "admin", "u2": None}
        assert kept["home"].description == "mended"
        assert kept["home"].collaborators == {"u1": "viewer", "u3": "member"}


def test_a_step_says_what_the_server_does_not_return(
    drive: Driver, client: Any, emulator: Emulator, home: str
) -> None:
    del home
    result = apply(drive, client, plan(drive, client, DESIRED))
    said = told(result)
    if emulator.dialect == "contract":
        assert set(said.values()) == {None}
        return
    assert said == {
        "create-project of new": "sent, but the server does not return the description: "
        "it may not keep it",
        "add-collaborator of new": None,  # u2, who may have any role; u1 comes before
        "add-collaborator of home": "sent, but the server does not return the role: "
        "it may not keep it",
    }
    admin = next(each for each in result.steps if each.step.after == "u1")
    assert "does not return the role" in admin.describe()


def test_what_is_not_asked_for_is_not_missed(drive: Driver, client: Any) -> None:
    desired = document({"name": "a", "collaborators": {"u1": None}}, {"name": "b"})
    assert set(told(apply(drive, client, plan(drive, client, desired))).values()) == {None}


@pytest.mark.usefixtures("home")
def test_an_export_has_only_what_could_be_read(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    exported = export(drive, client)
    (project,) = exported.projects
    if emulator.dialect == "live":
        assert (project.description, project.collaborators) == (None, {"u1": None})
        assert "description" not in exported.to_dict()["projects"][0]
    else:
        assert (project.description, project.collaborators) == ("old", {"u1": "admin"})
    found = plan(drive, client, exported, prune=True)
    assert (found.is_empty, found.notes) == (True, ())


def test_the_summaries_say_what_is_not_confirmed(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    desired = document({"name": "a", "description": "x", "collaborators": {"u1": "admin"}})
    result = apply(drive, client, plan(drive, client, desired))
    head, *lines = result.summary().splitlines()
    assert head == "2 of 2 steps done"
    is_live = emulator.dialect == "live"
    assert len(lines) == 2 * is_live
    assert all("does not return the" in line for line in lines)
    what = "all that can be compared" if is_live else "all"
    assert plan(drive, client, desired).summary() == f"nothing to do: {what} is as desired"


@pytest.mark.parametrize(
    ("project", "field"),
    [
        ({"name": "new", "description": "x"}, "description"),
        ({"name": "home", "collaborators": {"u1": "admin"}}, "role"),
    ],
)
def test_a_server_that_refuses_what_the_contract_has_is_named_as_the_reason(
    drive: Driver, project: dict[str, Any], field: str
) -> None:
    with Emulator("live", unknown_fields="refuse") as emulator:
        client = drive.client(emulator.transport(), api_key=emulator.api_key)
        make(drive, client, "home")
        result = apply(drive, client, plan(drive, client, document(project)))
    assert not result.is_ok
    assert f"perhaps this server takes no {field}: leave it out" in result.summary()
