"""A plan says what is and what will be, in order, and writes nothing."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from reconcile.driving import changes, document, make, plan
from support.driving import Driver

import paperspace_projects
from paperspace_projects import (
    AmbiguousNameError,
    AsyncClient,
    Client,
    DesiredStateError,
    InvalidArgumentError,
    ServerError,
)
from paperspace_projects.reconcile import DesiredState, Plan, async_plan, load
from paperspace_projects.reconcile import plan as sync_plan
from paperspace_projects.testing import Emulator, Fault, FaultPlan

NOW = datetime(2026, 3, 31, tzinfo=UTC)


class Writes:
    """Counts the requests that write, between an emulator and a client."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.reads = 0
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.count += request.method != "GET"
        self.reads += request.method == "GET"
        return self._emulator.handle(request)


def test_a_plan_has_all_that_differs_and_nothing_else(
    drive: Driver, client: Any, emulator: Emulator, home: str
) -> None:
    old = make(drive, client, "old")
    desired = document(
        {
            "name": "home",
            "description": "new",
            "tags": ["c", "a"],
            "models": ["m3", "m2"],
            "secrets": {"S3": "file:s3", "S1": "env:S1"},
            "collaborators": {"u1": "admin", "u3": "member", "u4": None},
        },
        {"name": "new", "description": "newly made", "tags": ["x"]},
    )
    told = {
        "contract": ["change-description old -> new", "change-role viewer -> admin"],
        "live": [],
    }[emulator.dialect]
    without_prune = [
        *told[:1],
        *("add-collaborator None -> u3", "add-collaborator None -> u4"),
        *("create-secret None -> file:s3", "add-tag None -> c", "add-model None -> m3"),
        *told[1:],
    ]
    made = ["create-project None -> new", "add-tag None -> x"]
    assert changes(plan(drive, client, desired)) == [*without_prune, *made]
    pruning = plan(drive, client, desired, prune=True)
    removals = ["remove-collaborator u2 -> None", "delete-secret S2 -> None"]
    removals += ["remove-tag b -> None", "remove-model m1 -> None"]
    deletion = ["delete-project old -> None"]
    assert changes(pruning) == [*without_prune, *removals, *made, *deletion]
    assert [step.before for step in pruning.removals] == ["u2", "S2", "b", "m1", "old"]
    assert {step.project_id for step in pruning.steps} == {home, old, None}
    assert len(pruning.notes) == (0 if emulator.dialect == "contract" else 2)


@pytest.mark.usefixtures("home")
def test_parts_that_are_not_declared_are_never_touched_nor_read(
    drive: Driver, emulator: Emulator
) -> None:
    writes = Writes(emulator)
    watched = drive.client(writes, api_key=emulator.api_key)
    assert plan(drive, watched, document({"name": "home"}), prune=True).is_empty
    assert (writes.reads, writes.count) == (1, 0)
    empty = plan(drive, watched, document({"name": "home", "tags": []}), prune=True)
    assert changes(empty) == ["remove-tag a -> None", "remove-tag b -> None"]
    assert (writes.reads, writes.count) == (3, 0)


def test_a_project_is_matched_by_its_id_whatever_its_name(
    drive: Driver, client: Any, home: str
) -> None:
    renamed = plan(drive, client, document({"name": "villa", "id": home, "tags": ["c"]}))
    assert changes(renamed) == ["rename-project home -> villa", "add-tag None -> c"]
    assert {(step.project, step.project_id) for step in renamed.steps} == {("villa", home)}


def test_a_project_that_is_known_by_its_id_is_no_other_by_its_name(
    drive: Driver, client: Any, home: str
) -> None:
    """The old name is free for a new project, and a twin is told apart."""
    desired = document({"name": "villa", "id": home}, {"name": "home", "tags": []})
    assert changes(plan(drive, client, desired, prune=True)) == [
        "rename-project home -> villa",
        "create-project None -> home",
    ]
    twin = make(drive, client, "home", tags=["z"])
    told_apart = plan(drive, client, desired, prune=True)
    assert changes(told_apart) == ["rename-project home -> villa", "remove-tag z -> None"]
    assert told_apart.steps[-1].project_id == twin


def test_a_name_of_several_projects_is_refused_with_their_ids(
    drive: Driver, client: Any, home: str
) -> None:
    twin = make(drive, client, "home")
    with pytest.raises(AmbiguousNameError) as caught:
        plan(drive, client, document({"name": "home"}))
    assert set(caught.value.project_ids) == {home, twin}
    assert home in str(caught.value)
    assert twin in str(caught.value)


def test_an_id_that_is_no_projects_is_refused(drive: Driver, client: Any, home: str) -> None:
    desired = document(
        {"name": "a", "id": "p1"}, {"name": "b", "id": home}, {"name": "c", "id": "p2"}
    )
    with pytest.raises(DesiredStateError, match="remove it to have the project created") as caught:
        plan(drive, client, desired)
    assert ["'p1'" in caught.value.problems[0], "'p2'" in caught.value.problems[1]] == [True] * 2


def test_a_plan_that_has_been_applied_is_empty_though_the_server_does_not_tell(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    """The live server tells neither descriptions nor roles: no plan may propose them for ever."""
    desired = document({"name": "a", "description": "d", "collaborators": {"u": "admin"}})
    first = plan(drive, client, desired)
    assert changes(first) == ["create-project None -> a", "add-collaborator None -> u"]
    make(drive, client, "a", description="d", collaborators={"u": "admin"})
    again = plan(drive, client, desired)
    assert again.is_empty
    if emulator.dialect == "live":
        assert again.notes == (
            "'a': the server does not return the description: it is left as it is",
            "'a': the server does not return the role of 'u': it is left as it is",
        )
    else:
        assert again.notes == ()


def test_an_empty_description_is_none(drive: Driver, client: Any) -> None:
    make(drive, client, "a")
    make(drive, client, "b", description="x")
    desired = document({"name": "a", "description": ""}, {"name": "b", "description": ""})
    found = changes(plan(drive, client, desired))
    assert found in (["change-description x -> "], [])  # the live server keeps none


def test_what_is_to_be_done_does_not_drown_in_notes() -> None:
    made = Plan(steps=(), notes=tuple(f"note {number}" for number in range(50)))
    assert str(made).splitlines() == [
        "nothing to do: all that can be compared is as desired",
        *(f"note: note {number}" for number in range(5)),
        "note: and 45 more like these, all in the plan as JSON",
    ]
    assert len(made.to_dict()["notes"]) == 50


def test_a_plan_in_words_in_json_and_in_a_pickle(drive: Driver, client: Any, home: str) -> None:
    make(drive, client, "old\x1b[31m")
    desired = document({"name": "home", "tags": ["a"]}, {"name": "new", "secrets": {"S": "env:S"}})
    found = plan(drive, client, desired, prune=True)
    (old,) = (step.project_id for step in found.steps if step.kind == "delete-project")
    assert str(found).splitlines() == [
        f"project 'home' ({home})",
        "  - remove tag 'b'",
        "project 'new' (new)",
        "  + create the project",
        "  + create secret 'S' from env:S",
        "",
        "PROJECTS TO DELETE, with everything in them:",
        f"  - 'old\\x1b[31m' ({old})",
        "",
        "2 to add, 1 to remove, 1 PROJECT TO DELETE",
    ]
    assert found.steps[0].describe() == "'home': remove tag 'b'"
    as_json = json.loads(json.dumps(found.to_dict()))
    assert as_json["steps"][2] == {
        "kind": "create-secret",
        "project": "new",
        "project_id": None,
        "secret": "S",
        "reference": "env:S",
        "before": None,
        "after": "env:S",
    }
    assert [each["kind"] for each in as_json["steps"]] == [step.kind for step in found.steps]
    assert pickle.loads(pickle.dumps(found)) == found
    nothing = plan(drive, client, document())
    assert (str(nothing), nothing.to_dict()) == (
        "nothing to do: all is as desired",
        {"server": client.settings.base_url, "team": None, "steps": [], "notes": []},
    )


WRITTEN = {"OLD": NOW - timedelta(days=40), "NEW": NOW - timedelta(days=2)}
ROTATIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "never, unless asked": ({}, []),
    "never": ({"rotate_secrets": "never"}, []),
    "always": ({"rotate_secrets": "always"}, ["NEW", "OLD"]),
    "a timedelta": ({"older_than": timedelta(days=30)}, ["OLD"]),
    "days": ({"older_than": 30}, ["OLD"]),
    "days as text": ({"older_than": "30"}, ["OLD"]),
    "ISO 8601": ({"older_than": "P30D"}, ["OLD"]),
    "weeks and hours": ({"older_than": "P1W"}, ["OLD"]),
    "hours": ({"older_than": "PT12H"}, ["NEW", "OLD"]),
    "just as old": ({"older_than": "P40D"}, []),
    "a second less": ({"older_than": "P39DT23H59M59S"}, ["OLD"]),
    "none is": ({"older_than": 41}, []),
}


@pytest.mark.parametrize("case", ROTATIONS)
def test_secrets_are_written_anew_as_asked_for(drive: Driver, case: str) -> None:
    options, expected = ROTATIONS[case]
    if "older_than" in options:
        options = {"rotate_secrets": "if-older-than", **options}
    for dialect in ("contract", "live"):
        times = iter([WRITTEN["OLD"], WRITTEN["OLD"], WRITTEN["NEW"]])
        with Emulator(dialect, clock=partial(next, times, NOW)) as emulator:
            client = drive.client(emulator.transport(), api_key=emulator.api_key)
            make(drive, client, "a", secrets={"OLD": "x", "NEW": "y"})
            references = {"OLD": "env:OLD", "NEW": "env:NEW", "MISSING": "env:MISSING"}
            desired = document({"name": "a", "secrets": references})
            found = plan(drive, client, desired, now=NOW, **options)
    rotated = [step for step in found.steps if step.kind == "rotate-secret"]
    assert [step.secret for step in rotated] == expected  # type: ignore[attr-defined]
    assert [step.before for step in rotated] == [WRITTEN[each].isoformat() for each in expected]
    assert [step.kind for step in found.steps if step not in rotated] == ["create-secret"]
    for step in rotated:
        reason = step.to_dict()["reason"]
        assert reason in step.describe()
        assert ("2026-" in str(reason)) == ("older_than" in options)


@pytest.mark.usefixtures("home")
def test_a_secret_of_unknown_age_is_left_and_that_is_told(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    emulator.faults = FaultPlan(rate=1, faults=[Fault.nulls()], only=["listProjectSecrets"])
    desired = document({"name": "home", "secrets": {"S1": "env:A"}})
    found = plan(drive, client, desired, rotate_secrets="if-older-than", older_than=1, now=NOW)
    assert found.is_empty
    assert found.notes == (
        "'home': the server does not return the age of secret 'S1': it is left as it is",
    )


@pytest.mark.usefixtures("home")
def test_what_comes_as_null_is_unknown_and_removes_nothing(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    desired = document(
        {"name": "home", "description": "old", "collaborators": {"u1": "viewer", "u2": "admin"}}
    )
    emulator.faults = FaultPlan(rate=1, faults=[Fault.nulls()])
    assert plan(drive, client, desired, prune=True).is_empty


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "prune": ({"prune": "projects"}, "prune must be True or False"),
    "rotation": ({"rotate_secrets": "sometimes"}, "rotate_secrets must be one of never, always"),
    "an age without need": ({"older_than": 5}, "older_than must be left out"),
    "no age": ({"rotate_secrets": "if-older-than"}, "older_than must be a timedelta"),
    "concurrency": ({"concurrency": 0}, "concurrency must be a whole number from 1 up"),
    "a naive now": ({"now": datetime(2026, 1, 1)}, "now must be a time with a time zone"),
    **{
        f"older than {age!r}": (
            {"rotate_secrets": "if-older-than", "older_than": age},
            r"older_than must be .*(P30D|calendar)",
        )
        for age in (
            *(-1, True, 1.5, "", "P", "PT", "P1Y", "P1M", "-P1D", "P1.5D", "1 day", "P1DT"),
            *(10**12, "9" * 5000, timedelta(days=-1), timedelta.max, "P1D\n", "p1d"),
        )
    },
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    drive: Driver, emulator: Emulator, case: str
) -> None:
    options, message = WRONG[case]
    writes = Writes(emulator)
    client = drive.client(writes, api_key=emulator.api_key)
    with pytest.raises(InvalidArgumentError, match=message):
        plan(drive, client, document(), **options)
    assert writes.reads == 0


def test_each_flavour_takes_its_own_client_and_a_loaded_state(drive: Driver, client: Any) -> None:
    desired = load(document())
    other = async_plan if drive.flavour == "sync" else sync_plan
    wanted = AsyncClient if drive.flavour == "sync" else Client
    with pytest.raises(
        InvalidArgumentError, match=f"client must be of the class {wanted.__name__}, not"
    ):
        drive(other(client, desired))
    make: Callable[..., Any] = sync_plan if drive.flavour == "sync" else async_plan
    with pytest.raises(InvalidArgumentError, match=r"desired must be .*load\(...\).* not dict"):
        drive(make(client, document()))


@pytest.mark.usefixtures("home")
def test_a_project_that_cannot_be_read_ends_the_plan(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    make(drive, client, "other")
    emulator.faults = FaultPlan(rate=1, faults=[Fault.status(500)], only=["listProjectTags"])
    desired = document({"name": "home", "tags": []}, {"name": "other", "tags": []})
    with pytest.raises(ServerError):
        plan(drive, client, desired)


def test_the_order_is_the_documents(drive: Driver, client: Any) -> None:
    names = [f"p{number}" for number in range(40)]
    found = plan(drive, client, document(*({"name": name} for name in names)), concurrency=7)
    assert [step.project for step in found.steps] == names


def test_reconciling_is_loaded_only_when_it_is_imported() -> None:
    assert "reconcile" not in paperspace_projects.__all__
    assert isinstance(DesiredState(projects=()), DesiredState)
    assert Plan(steps=()).is_empty
