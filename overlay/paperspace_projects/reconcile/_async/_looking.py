"""Looking at what is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import paperspace_projects._arguments as arguments

from ...models import Project, ProjectSnapshot
from .._steps import Part

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
    """The projects of the team, in as few requests as there can be."""
    return await client.projects.list(page_size=arguments.MAX_PAGE_SIZE).collect()


async def look(client: AsyncClient, project: Project, parts: Collection[Part]) -> ProjectSnapshot:
    """A project with those parts of it."""
    scope = client.project(project.id)
    return ProjectSnapshot(
        project=project,
        collaborators=tuple(await scope.collaborators.list().collect())
        if "collaborators" in parts
        else (),
        secrets=tuple(await scope.secrets.list().collect()) if "secrets" in parts else (),
        tags=tuple(await scope.tags.list().collect()) if "tags" in parts else (),
        models=tuple(await scope.models.list().collect()) if "models" in parts else (),
        included=tuple(sorted(parts)),
    )
