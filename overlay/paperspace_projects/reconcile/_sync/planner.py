# Derived from reconcile/_async/planner.py by `nox -s generate`: change that one.
"""Make a plan, and export the current state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ..._api import validation as arguments
from ..._sync.concurrency import WorkerPool
from ...errors import DesiredStateError, InvalidArgumentError
from ...models import Project, ProjectSnapshot
from ..diff import (
    PARTS,
    PlanOptions,
    Rotation,
    check_ids,
    compute_steps,
    managed_parts,
    match,
)
from ..document.desired_state import DesiredProject, DesiredState
from ..document.exporter import desired_state
from ..plans import Plan
from .reader import check_client, list_projects, read_if_exists

if TYPE_CHECKING:
    from ... import Client


def plan(
    client: Client,
    desired: DesiredState,
    *,
    prune: bool = False,
    rotate_secrets: Rotation = "never",
    older_than: timedelta | str | int | None = None,
    now: datetime | None = None,
    concurrency: int = 16,
) -> Plan:
    """Plan the steps from the current to the desired state. Nothing is written.

    A project is matched by its id if it has one, else by its name. What the server does not return
    is left as it is, and the plan's `notes` say so: the live server returns neither descriptions
    nor roles (docs/dialects.md). They also say where several secrets would get the same value.

    Example: `print(reconcile.plan(client, desired))`

    Args:
        client: A client of the team.
        desired: The state that `load` or `export` returned.
        prune: Remove what is not declared: from the declared parts of declared projects, and
            WHOLE PROJECTS that are not declared. Without it nothing is ever removed.
        rotate_secrets: Which existing secrets to write again: `never`, `always`, or
            `if-older-than`.
        older_than: For `if-older-than`: a timedelta, a number of days, or an ISO 8601 duration of
            weeks, days, hours, minutes and seconds such as `P30D`.
        now: The current time for the age of secrets, as an aware datetime; None asks the clock.
        concurrency: How many projects are read at the same time, 1 or more.

    Raises:
        InvalidArgumentError: Before anything is sent.
        DesiredStateError: No project has an id that is declared.
        AmbiguousNameError: Several projects have a declared name; declare the id of the one meant.
        APIError: The current state could not be read.
        PaginationError: A list could not be read to its end.
    """
    check_client(client)
    if not isinstance(desired, DesiredState):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
        raise InvalidArgumentError(
            "desired", f"a DesiredState, as load(...) returns it, not {type(desired).__name__}"
        )
    options = PlanOptions(prune=prune, rotate=rotate_secrets, older_than=older_than, now=now)
    pool = WorkerPool(concurrency, "reconcile")
    projects = list_projects(client)
    matches, undeclared = match(desired, projects)

    def read(each: tuple[DesiredProject, Project | None]) -> ProjectSnapshot | None:
        declared, project = each
        if project is None:
            return None
        return read_if_exists(client, project, managed_parts(declared))

    with pool:
        snapshots = pool.gather(read, list(zip(desired.projects, matches, strict=True)))
    existing = {each.project.id for each in snapshots if each is not None}
    check_ids(desired.projects, existing)
    vanished = {each.id for each in matches if each is not None} - existing
    steps, notes = compute_steps(options, desired, snapshots, undeclared)
    return Plan(
        steps=tuple(steps),
        notes=tuple(notes),
        rotate_secrets=rotate_secrets,
        base=desired.base,
        server=client.settings.base_url,
        team=client.settings.team,
        project_ids=frozenset(each.id for each in projects) - vanished,
    )


def export(
    client: Client, *, project_ids: Collection[str] | None = None, concurrency: int = 16
) -> DesiredState:
    """Return the current state as a desired state; a plan for it is empty.

    Secrets get references to environment variables, named for project and secret, as their values
    cannot be read. A description or part that no file can hold is left out, and so not managed, for
    example secrets of which one has a name that the live server would refuse; the `notes` of the
    state say which.

    Example: `state = reconcile.export(client, project_ids=["p1"])`

    Args:
        client: A client of the team.
        project_ids: The projects to export; None for all.
        concurrency: How many projects are read at the same time, 1 or more.

    Raises:
        InvalidArgumentError: Before anything is sent.
        NotFoundError: No project has one of the ids, or a part cannot be found.
        DesiredStateError: No file can hold the name of a project, or a project of `project_ids` was
            deleted.
        APIError: The current state could not be read.
        PaginationError: A list could not be read to its end.
    """
    check_client(client)
    pool = WorkerPool(concurrency, "reconcile")
    with pool:
        if project_ids is None:
            projects = list_projects(client)
        else:
            ids = arguments.each_of("project_ids", project_ids, arguments.segment)
            projects = pool.gather(client.projects.get, list(dict.fromkeys(ids)))

        by_id = {project.id: project for project in projects}
        read = partial(read_if_exists, client, parts=PARTS)
        snapshots = pool.gather(read, list(by_id.values()))
    deleted = [id for id, snapshot in zip(by_id, snapshots, strict=True) if snapshot is None]
    if project_ids is not None and deleted:
        raise DesiredStateError(tuple(f"the project {each!r} was deleted" for each in deleted))
    return desired_state([each for each in snapshots if each is not None])
