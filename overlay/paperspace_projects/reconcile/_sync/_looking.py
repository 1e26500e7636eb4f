# Derived from _async/_looking.py by `nox -s generate`: change that one.
"""Looking at what is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import paperspace_projects._arguments as arguments

from ...models import Project, ProjectSnapshot
from .._steps import Part

if TYPE_CHECKING:
    from ... import Client


def check_client(client: object) -> None:
    """Refuse what is no client of this flavour.

    Raises:
        InvalidArgumentError: it is none.
    """
    from ... import Client
    from ...errors import InvalidArgumentError

    if not isinstance(client, Client):
        raise InvalidArgumentError(
            "client", f"of the class {Client.__name__}, not {type(client).__name__}"
        )


def all_projects(client: Client) -> list[Project]:
    """The projects of the team, in as few requests as there can be."""
    return client.projects.list(page_size=arguments.MAX_PAGE_SIZE).collect()


def look(client: Client, project: Project, parts: Collection[Part]) -> ProjectSnapshot:
    """A project with those parts of it."""
    scope = client.project(project.id)
    return ProjectSnapshot(
        project=project,
        collaborators=tuple(scope.collaborators.list().collect())
        if "collaborators" in parts
        else (),
        secrets=tuple(scope.secrets.list().collect()) if "secrets" in parts else (),
        tags=tuple(scope.tags.list().collect()) if "tags" in parts else (),
        models=tuple(scope.models.list().collect()) if "models" in parts else (),
        included=tuple(sorted(parts)),
    )
