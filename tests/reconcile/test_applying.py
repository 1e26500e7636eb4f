"""A plan is carried out project by project; what fails stops one of them, and is told."""

from __future__ import annotations

import json
import pickle
import threading
from typing import Any

import anyio
import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, changes, document, failure, make, plan, snapshots
from support.driving import Driver
from support.servers import status

from paperspace_projects import (
    APIStatusError,
    AsyncClient,
    ClientClosedError,
    InvalidArgumentError,
    OutcomeUnknownError,
    SecretReferenceError,
    ServerError,
)
from paperspace_projects.reconcile import Plan, StepResult, async_plan, load
from paperspace_projects.testing import Emulator, Fault, FaultPlan

DESIRED = document(
    {
        "name": "home",
        "description": "new",
        "tags": ["a", "c"],
        "models": ["m2", "m3"],
        "secrets": {"S1": "env:S1", "S3": "env:S3"},
        "collaborators": {"u1": "admin", "u3": "member", "u4": None},
    },
    {"name": "new", "tags": ["x"], "secrets": {"S": "env:S1"}},
)


def test_applying_makes_it_so_and_applying_again_writes_nothing(
    drive: Driver, client: Any, watched: Any, between: Between, home: str
) -> None:
    old = make(drive, client, "old", tags=["t"])
    found = plan(drive, client, DESIRED, prune=True)
    told: list[StepResult] = []
    result = apply(drive, watched, found, on_step=told.append)
    assert result.is_ok
    assert result.done == result.steps
    assert sorted(map(id, told)) == sorted(map(id, result.steps))
    assert [each.step for each in result.steps] == list(found.steps)
    details = {each.step.after: each.detail for each in result.steps if each.detail is not None}
    assert details.keys() == ({"u3"} if between.emulator.dialect == "live" else set())  # its role
    head, *lines = result.summary().splitlines()
    assert head == f"{len(found.steps)} of {len(found.steps)} steps done"
    assert len(lines) == len(details)
    assert (result.failed, result.skipped) == ((), ())
    there = snapshots(drive, client)
    assert old not in there
    by_name = {each.project.name: each for each in there.values()}
    assert by_name.keys() == {"home", "new"}
    assert by_name["home"].project.id == home
    assert set(by_name["home"].tags) == {"a", "c"}
    assert {each.id for each in by_name["home"].models} == {"m2", "m3"}
    assert {each.name for each in by_name["home"].secrets} == {"S1", "S3"}
    assert {each.user_id for each in by_name["home"].collaborators} == {"u1", "u3", "u4"}
    assert between.emulator.secret_is(home, "S1", "x"), "a secret that is there is left"
    assert between.emulator.secret_is(home, "S3", "value-3")
    assert between.emulator.secret_is(by_name["new"].project.id, "S", "value-1")
    if between.emulator.dialect == "contract":
        assert by_name["home"].project.description == "new"
        roles = {each.user_id: each.role for each in by_name["home"].collaborators}
        assert roles == {"u1": "admin", "u3": "member", "u4": None}
    assert plan(drive, client, DESIRED, prune=True).is_empty

    between.lines.clear()
    again = apply(drive, watched, found)
    assert again.is_ok
    assert {each.detail for each in again.steps} == {"already done"}
    assert between.writes == []


def test_nothing_to_do_sends_nothing(drive: Driver, watched: Any, between: Between) -> None:
    result = apply(drive, watched, Plan(steps=()))
    assert result.is_ok
    assert result.summary() == "0 of 0 steps done"
    assert between.lines == []


def test_a_failure_ends_the_work_on_one_project_and_holds_back_deletions(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    first = make(drive, client, "first")
    make(drive, client, "second")
    make(drive, client, "old")
    desired = document(
        {"name": "first", "tags": ["a", "b"], "models": ["m"]}, {"name": "second", "tags": ["a"]}
    )
    found = plan(drive, client, desired, prune=True)

    def no_tag_b(request: httpx.Request) -> httpx.Response | None:
        about_b = (
            request.method == "POST" and first in request.url.path and b'"b"' in request.content
        )
        return status(403) if about_b else None

    between.first = no_tag_b
    told: list[StepResult] = []
    result = apply(drive, watched, found, on_step=told.append)
    assert not result.is_ok
    assert [f"{each.status} {each.step.change}" for each in result.steps] == [
        "done add tag 'a'",
        "failed add tag 'b'",
        "skipped add model 'm'",
        "done add tag 'a'",
        "skipped DELETE THE PROJECT and everything in it",
    ]
    assert sorted(map(id, told)) == sorted(map(id, result.steps))
    kind, error, _ = failure(result)
    assert (kind, error.status_code) == ("add-tag", 403)
    assert [each.detail for each in result.skipped] == [
        "not tried, because this failed: add tag 'b'",
        "not tried: projects are deleted only after every other step is done",
    ]
    head, line = result.summary().splitlines()
    assert head == "2 of 5 steps done, 1 failed, 2 skipped"
    assert line.startswith("failed: 'first': add tag 'b': addProjectTag: ")
    as_json = json.loads(json.dumps(result.to_dict()))
    assert as_json["ok"] is False
    assert as_json["steps"][1]["error"]["type"] == "PermissionDeniedError"
    again = pickle.loads(pickle.dumps(result))
    assert again.to_dict() == result.to_dict()

    between.first = lambda _: None
    assert apply(drive, watched, plan(drive, client, desired, prune=True)).is_ok
    assert plan(drive, client, desired, prune=True).is_empty


@pytest.mark.usefixtures("home")
def test_what_a_project_cannot_be_looked_at_with_fails_its_first_step(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    found = plan(drive, client, document({"name": "home", "tags": ["c"], "models": ["m3"]}))
    between.first = lambda request: status(500) if request.url.path.endswith("models") else None
    result = apply(drive, watched, found)
    assert [each.status for each in result.steps] == ["failed", "skipped"]
    assert isinstance(result.failed[0].error, ServerError)
    assert between.writes == []


def test_projects_that_cannot_be_listed_end_it_before_anything_is_written(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    found = plan(drive, client, document({"name": "new"}))
    between.first = lambda _: status(403)
    with pytest.raises(APIStatusError):
        apply(drive, watched, found)
    assert between.writes == []


def test_secrets_are_read_before_anything_of_their_project_is_written(
    drive: Driver, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desired = document(
        {"name": "bad", "tags": ["a"], "secrets": {"A": "env:S1", "B": "env:NONE", "C": "env:S3"}},
        {"name": "good", "secrets": {"A": "env:S1"}},
    )
    result = apply(drive, client, plan(drive, client, desired))
    kind, error, _ = failure(result)
    assert kind == "create-secret"
    assert isinstance(error, SecretReferenceError)
    assert error.reference == "env:NONE"
    assert [each.status for each in result.steps] == [
        *("skipped", "skipped", "failed", "skipped", "skipped", "done", "done"),
    ]
    assert [each.project.name for each in snapshots(drive, client).values()] == ["good"]
    monkeypatch.setenv("NONE", "some")
    assert apply(drive, client, plan(drive, client, desired)).is_ok
    assert plan(drive, client, desired).is_empty


def test_a_secret_that_is_there_needs_no_value(
    drive: Driver, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desired = document({"name": "a", "secrets": {"A": "env:S1"}, "tags": ["x"]})
    found = plan(drive, client, desired)
    make(drive, client, "a", secrets={"A": "x"})
    monkeypatch.delenv("S1")
    assert apply(drive, client, found).is_ok


def test_rotating_writes_the_value_of_the_reference(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    made = make(drive, client, "a", secrets={"A": "x"})
    desired = document({"name": "a", "secrets": {"A": "env:S1"}})
    found = plan(drive, client, desired, rotate_secrets="always")
    assert apply(drive, client, found).is_ok
    assert emulator.secret_is(made, "A", "value-1")


def test_a_creation_of_unknown_outcome_is_not_sent_again_and_a_new_plan_finds_it(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    desired = document({"name": "new", "tags": ["a"]})
    found = plan(drive, client, desired)
    emulator.faults = FaultPlan.script([Fault.drop(when="after")], only=["createProject"])
    kind, error, _ = failure(apply(drive, client, found))
    assert kind == "create-project"
    assert isinstance(error, OutcomeUnknownError)
    again = plan(drive, client, desired)
    assert changes(again) == ["add-tag None -> a"]
    assert apply(drive, client, again).is_ok
    assert apply(drive, client, found).is_ok
    assert len(snapshots(drive, client)) == 1


def test_what_on_step_raises_is_raised_and_ends_it(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    desired = document({"name": "a", "tags": ["1", "2"]}, {"name": "b", "tags": ["1", "2"]})
    found = plan(drive, client, desired)

    def raising(result: StepResult) -> None:
        if result.step.kind == "add-tag":
            raise ClientClosedError("the user's own, which is no failure of a step")

    with pytest.raises(ClientClosedError, match="the user's own"):
        apply(drive, watched, found, on_step=raising)
    assert 2 <= len(between.writes) <= 4
    assert apply(drive, watched, plan(drive, client, desired)).is_ok


def test_on_step_is_called_by_one_at_a_time(drive: Driver, client: Any) -> None:
    projects = [{"name": f"p{number}", "tags": ["a", "b"]} for number in range(30)]
    found = plan(drive, client, document(*projects))
    inside = threading.Lock()
    told: list[StepResult] = []

    def on_step(result: StepResult) -> None:
        assert inside.acquire(blocking=False), "two at a time"
        told.append(result)
        inside.release()

    assert apply(drive, client, found, on_step=on_step, concurrency=8).is_ok
    assert len(told) == len(found.steps)
    for project in ("p0", "p29"):
        kinds = [each.step.change for each in told if each.step.project == project]
        assert kinds == ["create the project", "add tag 'a'", "add tag 'b'"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "on_step": ({"on_step": 5}, "on_step must be a function"),
    "concurrency": ({"concurrency": 0}, "concurrency must be a whole number from 1 up"),
    "command_timeout": ({"command_timeout": 0}, "command_timeout must be a number of seconds"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    drive: Driver, client: Any, watched: Any, between: Between, case: str
) -> None:
    found = plan(drive, client, DESIRED)
    options, message = WRONG[case]
    with pytest.raises(InvalidArgumentError, match=message):
        apply(drive, watched, found, **options)
    assert between.lines == []


def test_each_flavour_takes_its_own_client(drive: Driver, client: Any) -> None:
    found = Plan(steps=())
    other = found.async_apply if drive.flavour == "sync" else found.apply
    with pytest.raises(InvalidArgumentError, match="client must be of the class"):
        drive(other(client))


FOUR = document(*({"name": f"p{number}", "tags": ["a"]} for number in range(4)))


def test_projects_are_worked_on_side_by_side_by_threads() -> None:
    """Each of four waits for all four at their first look: one after the other would never end."""
    with Emulator() as emulator:
        meeting = threading.Barrier(4, timeout=10)

        def handle(request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and request.url.path.endswith("/projects"):
                meeting.wait()
            return emulator.handle(request)

        drive = Driver("sync")
        client = drive.client(handle, api_key=emulator.api_key)
        assert apply(drive, client, plan(drive, client, FOUR), concurrency=4).is_ok
        drive.shut_down()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_projects_are_worked_on_side_by_side_by_tasks(backend: str) -> None:
    async def main() -> None:
        arrived, all_here = 0, anyio.Event()

        async def handle(request: httpx.Request) -> httpx.Response:
            nonlocal arrived
            if request.method == "POST" and request.url.path.endswith("/projects"):
                arrived += 1
                if arrived == 4:
                    all_here.set()
                with anyio.fail_after(10):
                    await all_here.wait()
            return emulator.handle(request)

        async with AsyncClient(emulator.api_key, transport=httpx.MockTransport(handle)) as client:
            found = await async_plan(client, load(FOUR))
            assert (await found.async_apply(client, concurrency=4)).is_ok

    with Emulator() as emulator:
        anyio.run(main, backend=backend)
