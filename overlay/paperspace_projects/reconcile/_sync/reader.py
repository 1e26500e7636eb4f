# Derived from reconcile/_async/reader.py by `nox -s generate`: change that one.
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
    """The projects of the team, each once, in as few requests as there can be."""
    listed = client.projects.list(page_size=arguments.MAX_PAGE_SIZE).collect()
    return list({each.id: each for each in listed if not each.is_deleted}.values())


def look_if_there(
    client: Client, project: Project, parts: Collection[Part]
) -> ProjectSnapshot | None:
    """A project with those parts of it; None if it is deleted, or was since it was listed.

    Raises:
        NotFoundError: a part cannot be found, though the project is there.
    """
    if project.is_deleted:
        return None
    try:
        return _look(client, project, parts)
    except NotFoundError:
        pass  # of the project, or of a part alone
    try:
        project = client.projects.get(project.id)
    except NotFoundError:
        return None
    return None if project.is_deleted else _look(client, project, parts)


def _look(client: Client, project: Project, parts: Collection[Part]) -> ProjectSnapshot:
    """A project with those parts of it."""
    scope = client.project(project.id)
    users = scope.collaborators.list().collect() if "collaborators" in parts else []
    return ProjectSnapshot(
        project=project,
        collaborators=present(users),
        secrets=tuple(scope.secrets.list().collect()) if "secrets" in parts else (),
        tags=tuple(scope.tags.list().collect()) if "tags" in parts else (),
        models=tuple(scope.models.list().collect()) if "models" in parts else (),
        included=tuple(sorted(parts)),
    )
