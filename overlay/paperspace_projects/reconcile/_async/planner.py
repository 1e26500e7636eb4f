"""Making a plan, and writing down today's state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from ..._api import validation as arguments
from ..._async.concurrency import AsyncWorkerPool
from ...errors import DesiredStateError, InvalidArgumentError
from ...models import Project, ProjectSnapshot
from ..diff import PARTS, make_plan, managed_parts
from ..document.desired_state import DesiredState
from ..document.exporter import desired_state
from ..matching import Match, check_ids, match
from ..plans import Plan
from ..rotation import Rotation, Rules
from .reader import all_projects, check_client, look_if_there

if TYPE_CHECKING:
    from ... import AsyncClient


async def plan(
    client: AsyncClient,
    desired: DesiredState,
    *,
    prune: bool = False,
    rotate_secrets: Rotation = "never",
    older_than: timedelta | str | int | None = None,
    now: datetime | None = None,
    concurrency: int = 16,
) -> Plan:
    """Plan the steps from what is to what is desired. Nothing is written.

    A project is matched by its id if it has one, else by its name. What the server does not tell is
    left as it is, and the plan's `notes` say so: the live server tells neither descriptions nor
    roles (docs/dialects.md). They also say where one value would be written to several secrets.

    Args:
        client: A client of the team.
        desired: What `load` or `export` gave.
        prune: Remove what is not declared: from the declared parts of declared projects, and
            WHOLE PROJECTS that are not declared. Without it nothing is ever removed.
        rotate_secrets: Which of the secrets that are there to write anew: `never`, `always`, or
            `if-older-than`.
        older_than: For `if-older-than`: a timedelta, a number of days, or an ISO 8601 duration of
            weeks, days, hours, minutes and seconds such as `P30D`.
        now: What is taken for now when a secret's age is looked at: an aware datetime.
        concurrency: How many projects are read at a time, 1 or more.

    Raises:
        InvalidArgumentError: before anything is sent.
        DesiredStateError: an id that is given is not that of any project.
        AmbiguousNameError: a name is that of several projects; give the id of the one you mean.
        APIError: what is there could not be read.
        PaginationError: a list could not be read to its end.
    """
    check_client(client)
    if not isinstance(desired, DesiredState):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
        raise InvalidArgumentError(
            "desired", f"a DesiredState, as load(...) gives it, not {type(desired).__name__}"
        )
    rules = Rules.checked(prune=prune, rotate=rotate_secrets, older_than=older_than, now=now)
    pool = AsyncWorkerPool(concurrency, "reconcile")
    projects = await all_projects(client)
    matches = match(desired, projects)

    async def snapshot_of(each: Match) -> ProjectSnapshot | None:
        if each.project is None:
            return None
        return await look_if_there(client, each.project, managed_parts(each.desired))

    async with pool:
        snapshots = await pool.gather(snapshot_of, matches.declared)
    check_ids(desired.projects, {each.project.id for each in snapshots if each is not None})
    compared = list(zip(matches.declared, snapshots, strict=True))
    vanished = {
        each.project.id for each, found in compared if each.project is not None and found is None
    }
    return attrs.evolve(
        make_plan(desired, rules, compared, matches.undeclared),
        server=client.settings.base_url,
        team=client.settings.team,
        project_ids=frozenset(each.id for each in projects) - vanished,
    )


async def export(
    client: AsyncClient, *, project_ids: Collection[str] | None = None, concurrency: int = 16
) -> DesiredState:
    """Write down today's state as a desired state; a plan for it is empty.

    Secrets are given references to environment variables, named for the project and the secret, as
    their values cannot be read. A description or a part that no file can hold, such as secrets of
    which one has a name that the live server would refuse, is left out, and so not managed; the
    state's `notes` say which.

    Args:
        client: A client of the team.
        project_ids: The projects to write down; None for all.
        concurrency: How many projects are read at a time, 1 or more.

    Raises:
        InvalidArgumentError: before anything is sent.
        NotFoundError: there is no project with one of the ids, or a part cannot be found.
        DesiredStateError: no file can hold a project's name, or a project that is asked for was
            deleted.
        APIError: what is there could not be read.
        PaginationError: a list could not be read to its end.
    """
    check_client(client)
    pool = AsyncWorkerPool(concurrency, "reconcile")
    ids = None
    if project_ids is not None:
        given = arguments.each_of("project_ids", project_ids, arguments.segment)
        ids = list(dict.fromkeys(given))
    async with pool:
        reading = all_projects(client) if ids is None else pool.gather(client.projects.get, ids)
        projects = await reading
        deleted = [each.id for each in projects if each.is_deleted]
        if deleted:
            raise DesiredStateError(tuple(f"the project {each!r} was deleted" for each in deleted))

        async def snapshot_of(project: Project) -> ProjectSnapshot | None:
            snapshot = await look_if_there(client, project, PARTS)
            if snapshot is None and ids is not None:
                raise DesiredStateError((f"the project {project.id!r} was deleted",))
            return snapshot

        by_id = {project.id: project for project in projects}
        snapshots = await pool.gather(snapshot_of, list(by_id.values()))
    return desired_state([each for each in snapshots if each is not None])
