"""The projects of a team: list, create, find, and each by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._api import operations as ops
from ..._api import validation as arguments
from ..._api.generated import models as generated
from ..._api.generated import types
from ..._api.presence import present
from ..._api.validation import UNSET, UnsetType
from ..._pagination import list_requests as sources
from ...errors import AmbiguousNameError, ConflictError
from ...models import Project
from ..pager import AsyncPager
from ..session import AsyncSession
from .project import AsyncProjectScope

if TYPE_CHECKING:
    from paperspace_projects_api.models import ListProjectsOrder


class AsyncProjects:
    """The projects of a team."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def list(
        self,
        *,
        order_by: str | None = None,
        order: ListProjectsOrder | None = None,
        page_size: int | None = None,
        after: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPager[Project]:
        """List the projects (listProjects).

        Args:
            order_by: The field to sort by, such as `dtCreated`; the server's choice if None.
            order: `asc` or `desc`.
            page_size: Projects a page, 1 to 120; the server's choice if None.
            after: A cursor to resume from (`next_cursor`).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        source = sources.projects(order_by=order_by, order=order, page_size=page_size, after=after)
        return AsyncPager(self._session, source, prefetch)

    async def create(self, name: str, *, description: str | None = None) -> Project:
        """Create a project (createProject). Names need not be unique.

        Args:
            name: Its name; not blank.
            description: What it is for. The live server does not keep it.

        Raises:
            InvalidArgumentError: before anything is sent.
            OutcomeUnknownError: no answer came; it was not sent again.
            APIError: any other failure.
        """
        body = generated.CreateProjectBody(
            name=arguments.name("name", name),
            description=types.UNSET
            if description is None
            else arguments.text("description", description),
        )
        return await self._session.call(ops.CREATE_PROJECT(body=body))

    async def get(self, project_id: str) -> Project:
        """Read a project (getProject).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such project.
            APIError: any other failure.
        """
        return await AsyncProjectScope(self._session, project_id).get()

    async def update(
        self,
        project_id: str,
        *,
        name: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
    ) -> Project:
        """Change a project's name, description or both (updateProject).

        Args:
            project_id: The project's id.
            name: The new name; not blank.
            description: The new description; an empty one clears it. The live server ignores it.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such project.
            APIError: any other failure.
        """
        scope = AsyncProjectScope(self._session, project_id)
        return await scope.update(name=name, description=description)

    async def delete(self, project_id: str) -> None:
        """Delete a project and all that it holds (deleteProject).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such project.
            APIError: any other failure.
        """
        await AsyncProjectScope(self._session, project_id).delete()

    async def find(self, name: str) -> Project | None:
        """Find the one project of this name, or None (listProjects, read to its end).

        A project that the server says is deleted does not count.

        Args:
            name: The exact name.

        Raises:
            InvalidArgumentError: before anything is sent.
            AmbiguousNameError: more than one project has this name.
            PaginationError: the list could not be read to its end.
            APIError: any other failure.
        """
        name = arguments.name("name", name)
        with self._session.one_deadline():
            named = [
                project
                async for project in self.list(page_size=arguments.MAX_PAGE_SIZE)
                if project.name == name
            ]
        found = present(named)
        if len(found) > 1:
            raise AmbiguousNameError(name, tuple(project.id for project in found))
        return found[0] if found else None

    async def ensure(self, name: str, *, description: str | None = None) -> Project:
        """The project of this name: found, else created (listProjects, createProject).

        Args:
            name: The exact name; not blank.
            description: For a project that is created; one that is found stays as it is.

        Raises:
            InvalidArgumentError: before anything is sent.
            AmbiguousNameError: more than one project has this name.
            OutcomeUnknownError: no answer to the creation came; calling `ensure` again is safe.
            APIError: any other failure.
        """
        if description is not None:
            arguments.text("description", description)
        with self._session.one_deadline():
            found = await self.find(name)
            if found is not None:
                return found
            try:
                return await self.create(name, description=description)
            except ConflictError:
                # Where names are unique, somebody else created it in between.
                found = await self.find(name)
                if found is None:
                    raise
                return found
