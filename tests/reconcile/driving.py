"""Plan, apply and export in either flavour, and what is then there."""

from __future__ import annotations

from typing import Any

from support.driving import Driver

from paperspace_projects import ProjectSnapshot, reconcile
from paperspace_projects.reconcile import DesiredState, Plan, Result


def plan(
    drive: Driver, client: Any, desired: DesiredState | dict[str, Any], **options: Any
) -> Plan:
    """A plan for a desired state, or for what a file of one would hold."""
    if isinstance(desired, dict):
        desired = reconcile.load(desired)
    make = reconcile.plan if drive.flavour == "sync" else reconcile.async_plan
    return drive(make(client, desired, **options))


def apply(drive: Driver, client: Any, plan: Plan, **options: Any) -> Result:
    return drive((plan.apply if drive.flavour == "sync" else plan.async_apply)(client, **options))


def export(drive: Driver, client: Any, **options: Any) -> DesiredState:
    make = reconcile.export if drive.flavour == "sync" else reconcile.async_export
    return drive(make(client, **options))


def document(*projects: dict[str, Any]) -> dict[str, Any]:
    """What a file with these projects holds."""
    return {"version": 1, "projects": list(projects)}


def changes(plan: Plan) -> list[str]:
    """A plan in short: the kind of each step, and its before and after."""
    return [f"{step.kind} {step.before} -> {step.after}" for step in plan.steps]


def snapshots(drive: Driver, client: Any) -> dict[str, ProjectSnapshot]:
    """All that is there, by id."""
    projects = drive.items(client.projects.list())
    return {each.id: drive(client.project(each.id).snapshot()) for each in projects}


def make(drive: Driver, client: Any, name: str, **parts: Any) -> str:
    """Make a project with tags, models, secrets (names and values) and collaborators (roles)."""
    made = drive(client.projects.create(name, description=parts.get("description")))
    scope = client.project(made.id)
    for tag in parts.get("tags", ()):
        drive(scope.tags.add(tag))
    for model in parts.get("models", ()):
        drive(scope.models.add(model))
    for secret, value in parts.get("secrets", {}).items():
        drive(scope.secrets.create(secret, value))
    for user, role in parts.get("collaborators", {}).items():
        drive(scope.collaborators.add(user, role))
    return made.id


def failure(result: Result) -> tuple[str, Any, str | None]:
    """The one step that failed: its kind, its error, and what else is told."""
    (failed,) = result.failed
    return failed.step.kind, failed.error, failed.detail
