"""The models that are associated with a project."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from ..._api import operations as ops
from ..._api import validation as arguments
from ..._retry import write_verification as checks
from ...models import Changes, Model
from ..pager import AsyncPager
from .resource import ProjectResource
from .sync import sync_names


class AsyncModels(ProjectResource):
    """The models that are associated with a project."""

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> AsyncPager[Model]:
        """List them (listProjectModels).

        Args:
            page_size: Items a page, 1 to 120, and `after`, a cursor to resume from: only the live
                server pages this list (docs/dialects.md).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        return self._list(ops.LIST_MODELS, page_size, after, prefetch)

    async def add(self, model_id: str) -> None:
        """Associate an existing model with the project (addProjectModel).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such model, or the project is gone.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            APIError: any other failure.
        """
        model_id = arguments.segment("model_id", model_id)
        await self._session.call(
            ops.ADD_MODEL(self._project_id, model_id),
            partial(checks.model, self._project_id, model_id),
        )

    async def remove(self, model_id: str) -> None:
        """Take a model from the project (removeProjectModel); the model itself stays.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project has no such model, or is gone.
            APIError: any other failure.
        """
        model_id = arguments.segment("model_id", model_id)
        await self._session.call(ops.REMOVE_MODEL(self._project_id, model_id))

    async def sync(
        self, wanted: Collection[str], *, dry_run: bool = False, changes: Changes | None = None
    ) -> Changes:
        """Make the models exactly these (listProjectModels, then what it takes).

        All of it is one call, with one deadline. After any error, calling it again goes on.

        Args:
            wanted: The ids of existing models.
            dry_run: Only look, and write nothing.
            changes: What a dry run of the same `wanted` returned: these changes are made, and no
                others.

        Returns:
            What was changed, or would be.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project is gone, or there is no such model.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            PaginationError: the list could not be read to its end.
            APIError: any other failure.
        """
        ids = arguments.each_of("wanted", wanted, arguments.segment)
        with self._session.one_deadline():
            return await sync_names(self, ids, dry_run=dry_run, changes=changes)
