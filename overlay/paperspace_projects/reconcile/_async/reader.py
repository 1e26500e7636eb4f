"""Looking at what is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..._api import validation as arguments
from ..._api.presence import present
from ...errors import NotFoundError
from ...models import Project, ProjectSnapshot
from ..step import Part

if TYPE_CHECKING:
    from ... import AsyncClient


def check_client(client: object) -> None:
    """Refuse what is no client of this flavour.

    Raises:
        InvalidArgumentError: it is none.
    """
    from ... import AsyncClient
    from ...errors import InvalidArgumentError

    if not isinstance(client, AsyncClient):
        raise InvalidArgumentError(
            "client", f"of the class {AsyncClient.__name__}, not {type(client).__name__}"
        )


async def all_projects(client: AsyncClient) -> list[Project]:
    """The projects of the team, each once, in as few requests as there can be."""
    listed = await client.projects.list(page_size=arguments.MAX_PAGE_SIZE).collect()
    return list({each.id: each for each in listed if not each.is_deleted}.values())


async def look_if_there(
    client: AsyncClient, project: Project, parts: Collection[Part]
) -> ProjectSnapshot | None:
    """A project with those parts of it; None if it is deleted, or was since it was listed.

    Raises:
        NotFoundError: a part cannot be found, though the project is there.
    """
    if project.is_deleted:
        return None
    try:
        return await _look(client, project, parts)
    except NotFoundError:
        pass  # of the project, or of a part alone
    try:
        project = await client.projects.get(project.id)
    except NotFoundError:
        return None
    return None if project.is_deleted else await _look(client, project, parts)


async def _look(client: AsyncClient, project: Project, parts: Collection[Part]) -> ProjectSnapshot:
    """A project with those parts of it."""
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
