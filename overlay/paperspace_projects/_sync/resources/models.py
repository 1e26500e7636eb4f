# Derived from _async/resources/models.py by `nox -s generate`: change that one.
"""The models that are associated with a project."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from ..._api import operations, validation
from ..._retry import write_verification
from ...models import Changes, Model
from .resource import ProjectResource
from .sync import sync_names


class Models(ProjectResource[Model]):
    """The models that are associated with a project."""

    _list_operation = operations.LIST_MODELS

    def add(self, model_id: str) -> None:
        """Associate an existing model with the project (addProjectModel).

        Raises:
            InvalidArgumentError: the id is refused; nothing was sent.
            NotFoundError: the model or the project does not exist.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
            APIError: any other failure.
        """
        self._session.call(
            operations.ADD_MODEL(self._project_id, model_id),
            partial(write_verification.model, self._project_id, model_id),
        )

    def remove(self, model_id: str) -> None:
        """Remove a model from the project (removeProjectModel); the model itself stays.

        Raises:
            InvalidArgumentError: the id is refused; nothing was sent.
            NotFoundError: the project does not exist, or does not have the model.
            APIError: any other failure.
        """
        self._session.call(operations.REMOVE_MODEL(self._project_id, model_id))

    def sync(
        self, wanted: Collection[str], *, dry_run: bool = False, changes: Changes | None = None
    ) -> Changes:
        """Make the models exactly these (listProjectModels, then addProjectModel and
        removeProjectModel).

        It is one call, with one deadline. After any error, call it again to continue.

        Args:
            wanted: The ids of existing models.
            dry_run: Only compare, and write nothing.
            changes: The result of a dry run of the same `wanted`: only these are made.

        Returns:
            What was changed, or would be.

        Raises:
            InvalidArgumentError: an argument is refused; nothing was sent.
            NotFoundError: the project or a model does not exist.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
            PaginationError: the list could not be read to its end.
            APIError: any other failure.
        """
        ids = validation.each_of("wanted", wanted, validation.segment)
        with self._session.one_deadline():
            return sync_names(self, ids, dry_run=dry_run, changes=changes)
