"""The tags of a project."""

from __future__ import annotations

from functools import partial

from ..._api import operations, validation
from ..._api.generated import models as generated
from ..._pagination import list_requests
from ..._retry import write_verification
from ...models import Tag
from ..pager import AsyncPager
from .resource import AsyncNameSet


class AsyncTags(AsyncNameSet[str]):
    """The tags of a project, by name; see `AsyncProjectScope` for common errors."""

    _list_operation = operations.LIST_TAGS
    _check_name = staticmethod(validation.tag)

    def list_details(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> AsyncPager[Tag]:
        """List the tags with their ids and times (listProjectTags), which only a live server sends.

        Elsewhere each `Tag` has its name alone. The arguments are those of `list`.

        Example: `ids = {tag.name: tag.id async for tag in scope.tags.list_details()}`
        """
        request = list_requests.detailed_tags(self._project_id, page_size, after)
        return AsyncPager(self._session, request, prefetch)

    async def add(self, name: str) -> None:
        """Add a tag (addProjectTag).

        Example: `await scope.tags.add("nightly")`

        Raises:
            ConflictError: the project has the tag already.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
        """
        name = validation.tag("name", name)
        body = generated.AddProjectTagBody(name=name)
        await self._session.call(
            operations.ADD_TAG(self._project_id, body=body),
            partial(write_verification.tag, self._project_id, name),
        )

    async def remove(self, name: str) -> None:
        """Remove a tag (removeProjectTag).

        Example: `await scope.tags.remove("gpu")`

        Raises:
            NotFoundError: the project does not have the tag.
        """
        name = validation.segment("name", name)
        await self._session.call(operations.REMOVE_TAG(self._project_id, name=name))
