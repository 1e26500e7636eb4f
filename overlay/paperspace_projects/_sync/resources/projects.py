# Derived from _async/resources/projects.py by `nox -s generate`: change that one.
"""The projects of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._api import operations, validation
from ..._api.generated import models as generated
from ..._api.operations import or_unset
from ..._api.presence import present
from ..._api.validation import UNSET, UnsetType
from ..._pagination import list_requests
from ...errors import AmbiguousNameError, ConflictError
from ...models import Project
from ..pager import Pager
from ..session import Session
from .project import update_project

if TYPE_CHECKING:
    from paperspace_projects_api.models import ListProjectsOrder


class Projects:
    """The projects of a team.

    Its methods raise `InvalidArgumentError`, before anything is sent, for an argument that is
    refused; `NotFoundError` if a project of this id does not exist; `APIError` for any other
    failure.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(
        self,
        *,
        order_by: str | None = None,
        order: ListProjectsOrder | None = None,
        page_size: int | None = None,
        after: str | None = None,
        prefetch: int = 0,
    ) -> Pager[Project]:
        """List the projects (listProjects).

        Example: `for project in client.projects.list(): print(project.id, project.name)`

        Args:
            order_by: The field to sort by, such as `dtCreated`; None leaves it to the server.
            order: `asc` or `desc`.
            page_size: Projects per page, 1 to 120; None leaves it to the server.
            after: A cursor to resume from (`next_cursor`).
            prefetch: 1 to fetch the next page while you use the current one.
        """
        request = list_requests.projects(order_by, order, page_size, after)
        return Pager(self._session, request, prefetch)

    def create(self, name: str, *, description: str | None = None) -> Project:
        """Create a project (createProject). Names need not be unique.

        Example: `project = client.projects.create("audio", description="Speech models")`

        Args:
            name: Its name; not blank.
            description: Its purpose. If the result's `description` is None, the server does not
                confirm it; the live server never does.

        Raises:
            OutcomeUnknownError: the answer was lost; the request was not sent again.
        """
        name = validation.name("name", name)
        if description is not None:
            description = validation.text("description", description)
        body = generated.CreateProjectBody(name=name, description=or_unset(description))
        return self._session.call(operations.CREATE_PROJECT(body=body))

    def get(self, project_id: str) -> Project:
        """Read a project (getProject).

        Example: `project = client.projects.get("p1")`
        """
        return self._session.call(operations.GET_PROJECT(project_id))

    def update(
        self,
        project_id: str,
        *,
        name: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
    ) -> Project:
        """Change a project's name, description or both (updateProject).

        Example: `project = client.projects.update("p1", name="images")`

        Args:
            name: The new name; not blank.
            description: The new description; an empty one clears it. Without a `name` the project
                is read first (getProject), as the live server requires its name. If the result's
                `description` is None, the server does not confirm it; the live server never does.
        """
        return update_project(self._session, project_id, name, description)

    def delete(self, project_id: str) -> None:
        """Delete a project and everything in it (deleteProject).

        Example: `client.projects.delete("p1")`
        """
        self._session.call(operations.DELETE_PROJECT(project_id))

    def find(self, name: str) -> Project | None:
        """Return the one project of this exact name, or None (listProjects, read to its end).

        A project that the server calls deleted does not count.

        Example: `project = client.projects.find("vision")`

        Raises:
            AmbiguousNameError: more than one project has this name.
            PaginationError: the list could not be read to its end.
        """
        name = validation.name("name", name)
        with self._session.one_deadline():
            listed = self.list(page_size=validation.MAX_PAGE_SIZE)
            found = present([project for project in listed if project.name == name])
        if len(found) > 1:
            raise AmbiguousNameError(name, tuple(project.id for project in found))
        return found[0] if found else None

    def ensure(self, name: str, *, description: str | None = None) -> Project:
        """Find the project of this exact name, or create it (listProjects, createProject).

        Example: `project = client.projects.ensure("audio")`

        Args:
            name: The exact name; not blank.
            description: Used only if the project is created.

        Raises:
            AmbiguousNameError: more than one project has this name.
            OutcomeUnknownError: the answer to the creation was lost; `ensure` again is safe.
            PaginationError: the list could not be read to its end.
        """
        if description is not None:
            validation.text("description", description)
        with self._session.one_deadline():
            found = self.find(name)
            if found is not None:
                return found
            try:
                return self.create(name, description=description)
            except ConflictError:  # names are unique, and another client created it meanwhile
                found = self.find(name)
                if found is None:
                    raise
                return found
