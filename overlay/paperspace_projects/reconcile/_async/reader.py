"""Read the projects of a team, for a plan and while others create and delete some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from ..._api import validation as arguments
from ..._api.presence import present
from ..._async.concurrency import AsyncWorkerPool
from ...errors import InvalidArgumentError, NotFoundError
from ...models import Project, ProjectSnapshot
from ..steps import Part

if TYPE_CHECKING:
    from ... import AsyncClient


def check_client(client: object) -> None:
    """Refuse anything but a client of this flavour."""
    from ... import AsyncClient

    if not isinstance(client, AsyncClient):
        raise InvalidArgumentError(
            "client", f"of the class {AsyncClient.__name__}, not {type(client).__name__}"
        )


async def list_projects(client: AsyncClient) -> list[Project]:
    """Return the projects of the team, each once, in as few requests as possible."""
    listed = await client.projects.list(page_size=arguments.MAX_PAGE_SIZE).collect()
    return list({each.id: each for each in listed if not each.is_deleted}.values())


async def read_if_exists(
    client: AsyncClient, project: Project, parts: Collection[Part]
) -> ProjectSnapshot | None:
    """Return a project with these parts; None if it was deleted, perhaps after it was listed."""
    with suppress(NotFoundError):  # of the project, or of a part alone
        return None if project.is_deleted else await _read(client, project, parts)
    try:
        project = await client.projects.get(project.id)
    except NotFoundError as error:
        if not error.is_from_api:
            raise
        return None
    return None if project.is_deleted else await _read(client, project, parts)


async def _read(client: AsyncClient, project: Project, parts: Collection[Part]) -> ProjectSnapshot:
    scope = client.project(project.id)
    users = await scope.collaborators.list().collect() if "collaborators" in parts else []
    return ProjectSnapshot(
        project=project,
        collaborators=present(users),
        secrets=tuple(await scope.secrets.list().collect()) if "secrets" in parts else (),
        tags=tuple(await scope.tags.list().collect()) if "tags" in parts else (),
        models=tuple(await scope.models.list().collect()) if "models" in parts else (),
        included=tuple(sorted(parts)),
    )


class AsyncTeam:
    """The known projects of a team; `refresh` finds those that were created since.

    A refresh reads only the newest projects, most often one page, if the first listing was seen to
    come newest first; else it lists all. Calls during a refresh share the next one. `planned` are
    the ids of the projects of the plan.
    """

    def __init__(
        self, client: AsyncClient, pool: AsyncWorkerPool, planned: Collection[str | None]
    ) -> None:
        self._client = client
        self._pool = pool
        self._planned = planned
        self.names: dict[str, str] = {}  # by id; replaced by each refresh, as others may read it
        self._newest: datetime | None = None
        self._begun = 0  # the number of the last refresh that has begun
        self._refreshed = 0  # that of the last one that is complete
        self._listed = 0  # that of the last complete one that listed all projects

    def unplanned_ids(self, name: str) -> list[str]:
        """Return the ids of the projects of a name that are not those of the plan."""
        return [id for id, each in self.names.items() if each == name and id not in self._planned]

    async def refresh(self, *, complete: bool = False) -> None:
        """Read which projects exist now; all of them if `complete`, to forget the deleted ones."""
        before = self._begun
        async with self._pool.lock:
            if before < (self._listed if complete else self._refreshed):
                return  # a refresh that began after this call is done
            self._begun += 1
            if await self._list(None if complete else self._newest):
                self._listed = self._begun
            self._refreshed = self._begun

    async def _list(self, known: datetime | None) -> bool:
        """List the projects, down to those known; return whether all were listed."""
        listing = self._client.projects.list(
            order_by="dtCreated", order="desc", page_size=arguments.MAX_PAGE_SIZE
        )
        listed: list[Project] = []
        times: list[datetime] = []
        older: dict[str, str] | None = None
        async with aclosing(listing.pages()) as pages:
            async for page in pages:
                listed += page.items
                times = _times_if_sorted(listed)
                if known is not None and page.has_more and times and times[-1] < known:
                    older = self.names
                    break
        deleted = {each.id for each in listed if each.is_deleted}
        names = {**(older or {}), **{each.id: each.name for each in listed}}
        self.names = {id: name for id, name in names.items() if id not in deleted}
        self._newest = times[0] if times else None
        return older is None


def _times_if_sorted(projects: Sequence[Project]) -> list[datetime]:
    """Return when projects were created, if they are seen to come newest first; else nothing.

    If all times are equal, or one is missing, the server may have ignored the requested order.
    """
    times = [each.dt_created for each in projects if each.dt_created is not None]
    is_sorted = len(times) == len(projects) and all(a >= b for a, b in pairwise(times))
    return times if is_sorted and times and times[0] > times[-1] else []
