"""What the server says was deleted is not there: a project, and a collaborator (`dtDeleted`, live).

Whether the live server's answers hold such things is not known, so nothing relies on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from .errors import NotFoundError
from .models import Collaborator, Project


def not_there(project: Project) -> NotFoundError:
    """The error for a project that was asked for by its id, and that an answer calls deleted."""
    return NotFoundError(
        "the project was deleted: the answer has a dtDeleted. Check the id, or list the projects",
        operation="getProject",
        method="GET",
        path=f"/projects/{quote(project.id, safe='')}",
        status_code=200,
    )


def still_there(collaborators: Iterable[Collaborator]) -> tuple[Collaborator, ...]:
    """The collaborators who were not deleted."""
    return tuple(each for each in collaborators if not each.is_deleted)
