"""The parts that are imported by name: inventories, desired states, dialects and the emulator."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, assert_never, assert_type

import httpx

from paperspace_projects import (
    AsyncClient,
    Client,
    PaperspaceError,
    ProjectSnapshot,
    Role,
    dialects,
    inventory,
    reconcile,
)
from paperspace_projects.testing import (
    EVERYDAY_FAULTS,
    SEEDED_VALUE,
    DeploymentAction,
    DeploymentEvent,
    Dialect,
    Emulator,
    EventActor,
    EventData,
    EventDeployment,
    Fault,
    FaultKind,
    FaultPlan,
    InjectedFault,
    Latency,
    SentRequest,
    Snapshot,
    When,
)


def inventories(
    client: Client, file: inventory.Writable, progress: inventory.InventoryProgress
) -> None:
    assert_type(inventory.COLUMNS, tuple[str, ...])
    written = inventory.write_jsonl(client.inventory(), file)
    assert_type(written, inventory.Written)
    assert_type(written.snapshots, int)
    assert_type(written.failures, int)
    assert_type(inventory.write_csv(client.inventory(), io.StringIO()), inventory.Written)
    for result in inventory.read_jsonl(io.StringIO()):
        assert_type(result, inventory.Result)
        assert_type(inventory.to_json(result), dict[str, inventory.Json])
        assert_type(inventory.from_json(inventory.to_json(result)), inventory.Result)
    assert_type(inventory.records(client.inventory()), Iterator[inventory.Record])
    part: inventory.Part = "activity"
    client.inventory(include=[part])
    assert_type(progress.done, int)
    assert_type(progress.failed, int)
    assert_type(progress.listed, int)
    assert_type(progress.total, int | None)


def desired_states(client: Client) -> None:
    desired = reconcile.load("projects.yaml")
    assert_type(desired, reconcile.DesiredState)
    reconcile.load(Path("projects"), format="json")
    reconcile.load(b"version: 1", format="yaml")
    reconcile.load({"version": 1, "projects": [{"name": "vision"}]})
    assert_type(desired.base, Path)
    assert_type(desired.notes, tuple[str, ...])
    assert_type(desired.projects, tuple[reconcile.DesiredProject, ...])
    assert_type(desired.to_dict(), dict[str, object])
    assert_type(desired.to_json(), str)
    assert_type(desired.to_yaml(), str)
    assert_type(reconcile.schema(), dict[str, object])
    for project in desired.projects:
        assert_type(project.name, str)
        assert_type(project.to_dict(), dict[str, object])
        assert_type(project.id, str | None)
        assert_type(project.description, str | None)
        assert_type(project.collaborators, Mapping[str, Role | None] | None)
        assert_type(project.secrets, Mapping[str, reconcile.Reference] | None)
        assert_type(project.tags, tuple[str, ...] | None)
        assert_type(project.models, tuple[str, ...] | None)
        if project.secrets is not None:
            for reference in project.secrets.values():
                assert_type(reference.kind, reconcile.ReferenceKind)
                assert_type(reference.target, str)

    rotation: reconcile.Rotation = "if-older-than"
    now = datetime.now(UTC)
    plan = reconcile.plan(
        client, desired, prune=True, rotate_secrets=rotation, older_than=9, now=now
    )
    assert_type(plan, reconcile.Plan)
    assert_type(plan.steps, tuple[reconcile.Step, ...])
    assert_type(plan.removals, tuple[reconcile.Step, ...])
    assert_type(plan.rotate_secrets, reconcile.Rotation)
    assert_type(plan.base, Path)
    assert_type(plan.server, str | None)
    assert_type(plan.team, str | None)
    assert_type(plan.project_ids, frozenset[str])
    assert_type(plan.notes, tuple[str, ...])
    assert_type(plan.is_empty, bool)
    assert_type(plan.summary(), str)
    assert_type(plan.to_dict(), dict[str, object])
    assert_type(plan.apply(client, on_step=came, allow_commands=True), reconcile.Result)
    assert_type(reconcile.export(client, project_ids=["id"]), reconcile.DesiredState)
    assert_type(reconcile.read_secret_file("token.txt", timeout=5), str)
    assert_type(reconcile.decode_secret(b"value"), str)


async def desired_states_async(client: AsyncClient, desired: reconcile.DesiredState) -> None:
    plan = await reconcile.async_plan(client, desired, older_than=timedelta(days=30), concurrency=4)
    assert_type(plan, reconcile.Plan)
    result = await plan.async_apply(client, on_step=came, command_timeout=5, concurrency=4)
    assert_type(result, reconcile.Result)
    assert_type(await reconcile.async_export(client), reconcile.DesiredState)
    for results in (result.steps, result.done, result.failed, result.skipped):
        assert_type(results, tuple[reconcile.StepResult, ...])
    assert_type(result.is_ok, bool)
    assert_type(result.summary(), str)
    assert_type(result.to_dict(), dict[str, object])


def came(result: reconcile.StepResult) -> None:
    assert_type(result.step, reconcile.Step)
    assert_type(result.error, PaperspaceError | None)
    assert_type(result.detail, str | None)
    assert_type(result.describe(), str)
    assert_type(result.to_dict(), dict[str, object])
    status: reconcile.Status = result.status
    match status:
        case "done" | "failed" | "skipped":
            print(result.status)
        case _:
            assert_never(status)


def steps(step: reconcile.Step) -> None:
    assert_type(step.kind, str)
    assert_type(step.sign, reconcile.Sign)
    assert_type(step.part, reconcile.Part | None)
    assert_type(step.project, str)
    assert_type(step.project_id, str | None)
    assert_type(step.before, str | None)
    assert_type(step.after, str | None)
    assert_type(step.change, str)
    assert_type(step.describe(), str)
    assert_type(step.to_dict(), dict[str, object])
    match step:
        case reconcile.CreateProject() | reconcile.DeleteProject():
            assert_type(step.project_id, str | None)
        case reconcile.RenameProject():
            assert_type(step.old, str)
        case reconcile.ChangeDescription():
            assert_type((step.old, step.new), tuple[str, str])
        case reconcile.AddCollaborator():
            assert_type((step.user_id, step.role), tuple[str, Role | None])
        case reconcile.ChangeRole():
            assert_type((step.user_id, step.old, step.new), tuple[str, str | None, Role])
        case reconcile.RemoveCollaborator():
            assert_type((step.user_id, step.role), tuple[str, str | None])
        case reconcile.CreateSecret():
            assert_type((step.secret, step.reference), tuple[str, reconcile.Reference])
        case reconcile.RotateSecret():
            assert_type((step.secret, step.reference), tuple[str, reconcile.Reference])
            assert_type((step.last_written, step.reason), tuple[datetime | None, str])
        case reconcile.DeleteSecret():
            assert_type(step.secret, str)
        case reconcile.AddTag() | reconcile.RemoveTag():
            assert_type(step.tag, str)
        case reconcile.AddModel() | reconcile.RemoveModel():
            assert_type(step.model_id, str)
        case _:
            print(step.kind)


def recorded(emulator: Emulator, action: DeploymentAction, age: timedelta) -> None:
    deployment: EventDeployment = {"id": "d1", "name": "api"}
    data: EventData = {"from": 1, "to": 3}
    actor: EventActor = {"email": "ada@example.com"}
    at = datetime.now(UTC) - age
    assert_type(emulator.record_event("id", action=action), str)
    emulator.record_event("id", action=action, deployment=deployment, data=data, actor=actor, at=at)
    event: DeploymentEvent = {"action": "deployment.created", "deployment": deployment}
    emulator.seed({"version": 1, "projects": []}, events={"vision": [event]})
    Emulator("live", unknown_fields="refuse", deleted="list")


def emulators(dialect: Dialect, latency: Latency, kind: FaultKind, when: When) -> None:
    assert_type(dialect, Literal["contract", "live"])
    assert_type(EVERYDAY_FAULTS, tuple[Fault, ...])
    fault = Fault.status(503, retry_after=1, when="after")
    assert_type(fault, Fault)
    assert_type(fault.kind, FaultKind)
    assert_type(FaultPlan.script([fault, None], only=["listProjects"]), FaultPlan)
    plan = FaultPlan(seed=7, rate=0.1, faults=[Fault(kind, when)])
    with Emulator("live", faults=plan, latency=latency) as emulator:
        assert_type(emulator, Emulator)
        assert_type(emulator.dialect, Dialect)
        assert_type(emulator.api_key, str)
        assert_type(emulator.transport(), httpx.MockTransport)
        assert_type(emulator.injected, tuple[InjectedFault, ...])
        emulator.set_properties("p1", ("secrets", "TOKEN"), hasDeploymentAttached=True)
        assert_type(emulator.secret_is("id", "TOKEN", "value"), bool)
        Client(emulator.api_key, transport=emulator.transport())
        AsyncClient(emulator.api_key, transport=emulator.transport())
        assert_type(emulator.seed({"version": 1, "projects": []}), tuple[str, ...])
        recorded(emulator, "deployment.scaled", timedelta(days=1))
        emulator.advance(timedelta(days=1))
        assert_type(emulator.requests, tuple[SentRequest, ...])
        assert_type(emulator.snapshot(), Snapshot)
        emulator.restore(emulator.snapshot())
        assert_type(emulator.handle(httpx.Request("GET", "/projects")), httpx.Response)
        assert_type(emulator.faults, FaultPlan | None)
        emulator.faults = None
        with emulator.serve() as base_url:
            assert_type(base_url, str)
    emulator.close()


def what_was_sent(request: SentRequest) -> None:
    assert_type(request.method, str)
    assert_type(request.path, str)
    assert_type(request.query_string, str)
    assert_type(request.query, dict[str, str])
    assert_type(request.operation, str | None)
    assert_type(request.body, str)
    assert_type(request.json, object)
    print(SEEDED_VALUE.upper())


def kept(snapshot: ProjectSnapshot) -> Mapping[str, inventory.Json]:
    return inventory.to_json(snapshot)


async def dialect_reports(client: Client, async_client: AsyncClient) -> None:
    report = dialects.report(client, write=True, user_id="u1", model_id="m1", on_scratch=print)
    assert_type(await dialects.async_report(async_client), dialects.Report)
    assert_type(report.dialect, dialects.Dialect | None)
    assert_type(report.is_as_described, bool)
    assert_type(report.left_over, str | None)
    assert_type(report.summary, str)
    print(report.to_dict())
    for row in report.operations:
        assert_type(row, dialects.OperationReport)
        assert_type(row.operation, str)
        assert_type(row.request, str)
        assert_type(row.verdict, dialects.Verdict)
        assert_type(row.is_as_described, bool)
        assert_type(row.statuses, tuple[int, ...])
        assert_type(row.unseen, tuple[str, ...])
        assert_type(row.reason, str)
        for difference in row.differences:
            assert_type(difference, dialects.Difference)
            assert_type(difference.problem, dialects.Problem)
            texts = difference.path, difference.found, difference.described
            assert_type(texts, tuple[str, str, str])
