"""The tags of a project."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from ..._api import operations as ops
from ..._api import validation as arguments
from ..._api.generated import models as generated
from ..._retry import write_verification as checks
from ...models import Changes
from ..pager import AsyncPager
from .resource import ProjectResource
from .sync import sync_names


class AsyncTags(ProjectResource):
    """The tags of a project."""

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> AsyncPager[str]:
        """List their names (listProjectTags).

        Args:
            page_size: Items a page, 1 to 120, and `after`, a cursor to resume from: only the live
                server pages this list (docs/dialects.md).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        return self._list(ops.LIST_TAGS, page_size, after, prefetch)

    async def add(self, name: str) -> None:
        """Add a tag (addProjectTag).

        Raises:
            InvalidArgumentError: before anything is sent.
            ConflictError: the project has the tag already.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            APIError: any other failure.
        """
        name = arguments.name("name", arguments.segment("name", name))
        body = generated.AddProjectTagBody(name=name)
        await self._session.call(
            ops.ADD_TAG(self._project_id, body=body),
            partial(checks.tag, self._project_id, name),
        )

    async def remove(self, name: str) -> None:
        """Remove a tag (removeProjectTag).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project has no such tag, or is gone.
            APIError: any other failure.
        """
        name = arguments.segment("name", name)
        await self._session.call(ops.REMOVE_TAG(self._project_id, name=name))

    async def sync(
        self, wanted: Collection[str], *, dry_run: bool = False, changes: Changes | None = None
    ) -> Changes:
        """Make the tags exactly these (listProjectTags, then addProjectTag and removeProjectTag).

        All of it is one call, with one deadline. After any error, calling it again goes on.

        Args:
            wanted: The names of the tags.
            dry_run: Only look, and write nothing.
            changes: What a dry run of the same `wanted` returned: these changes are made, and no
                others.

        Returns:
            What was changed, or would be.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project is gone.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            PaginationError: the list could not be read to its end.
            APIError: any other failure.
        """
        names = arguments.each_of("wanted", wanted, arguments.segment)
        names = arguments.each_of("wanted", names, arguments.name)
        with self._session.one_deadline():
            return await sync_names(self, names, dry_run=dry_run, changes=changes)
