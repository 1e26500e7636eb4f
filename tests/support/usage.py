"""Ways to use a client that call all of its operations, or those that are made of several."""

from __future__ import annotations

from typing import Any, get_args

from paperspace_projects import Role
from paperspace_projects.testing import Emulator
from scripts.operation_calls import STORY

from .driving import Driver


def with_only_what_is_required(
    drive: Driver, client: Any, _: Emulator | None = None, *, every: bool = False
) -> None:
    """Carry out each operation once, on one project; with `every`, with its optional arguments."""
    project_id = "not yet"
    for call in STORY:
        made = call(client, project_id, every=every)
        result = drive.items(made) if call.is_list else drive(made)
        if call.operation == "createProject":
            project_id = result.id


def resumed(drive: Driver, listing: Any) -> None:
    """Read the first page of a listing, then the rest from the cursor that came with it."""
    (page,) = drive.items(listing().pages(), at_most=1)
    drive.items(listing(after=page.next_cursor))


def with_all_arguments(drive: Driver, client: Any, emulator: Emulator) -> None:
    """Carry them out with all their arguments; lists with their cursors, and odd texts."""
    with_only_what_is_required(drive, client, every=True)
    for name in ("alpha", "beta", "gamma"):
        project = drive(client.projects.create(name, description="a & b / ü"))

    def listing(**after: Any) -> Any:
        return client.projects.list(order_by="dtCreated", order="asc", page_size=1, **after)

    resumed(drive, listing)
    drive(client.projects.get(project.id))
    drive(client.projects.update(project.id, name="new", description=""))
    scope = client.project(project.id)
    for number, role in enumerate(get_args(Role)):
        drive(scope.collaborators.add(f"u{number}", role))
        drive(scope.secrets.create(f"TOKEN_{number}", "first"))
        drive(scope.tags.add(f"größe / {number} & more"))
        drive(scope.models.add(f"m/{number}"))
        emulator.record_event(project.id, action="deployment.updated")
    for part in (scope.collaborators, scope.secrets, scope.tags, scope.models):
        resumed(drive, lambda part=part, **after: part.list(page_size=1, **after))
    resumed(
        drive,
        lambda **after: scope.activity(
            type="deployment.updated",
            since="2020-01-01T00:00:00Z",
            until="2100-01-01T00:00:00Z",
            page_size=2,
            **after,
        ),
    )
    drive(scope.secrets.get("TOKEN_1"))
    drive(scope.secrets.update("TOKEN_1", "second"))
    drive(scope.collaborators.remove("u1"))
    drive(scope.secrets.delete("TOKEN_1"))
    drive(scope.tags.remove("größe / 1 & more"))
    drive(scope.models.remove("m/1"))
    drive(client.projects.delete(project.id))


def through_a_scope(drive: Driver, client: Any) -> None:
    scope = client.project(drive(client.projects.ensure("alpha", description="new")).id)
    drive(client.projects.ensure("alpha"))
    drive(client.projects.find("alpha"))
    drive(scope.get())
    drive(scope.update(description="other"))
    drive(scope.secrets.set("TOKEN", "first"))
    drive(scope.secrets.set("TOKEN", "second"))
    drive(scope.snapshot())
    drive(scope.delete())
