"""The models that are associated with a project."""

from __future__ import annotations

from functools import partial

from ..._api import operations
from ..._retry import write_verification
from ...models import Model
from .resource import AsyncNameSet


class AsyncModels(AsyncNameSet[Model]):
    """The models associated with a project; see `AsyncProjectScope` for common errors."""

    _list_operation = operations.LIST_MODELS

    async def add(self, model_id: str) -> None:
        """Associate an existing model with the project (addProjectModel).

        Example: `await scope.models.add("m2")`

        Raises:
            NotFoundError: the model does not exist.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
        """
        await self._session.call(
            operations.ADD_MODEL(self._project_id, model_id),
            partial(write_verification.model, self._project_id, model_id),
        )

    async def remove(self, model_id: str) -> None:
        """Remove a model from the project (removeProjectModel); the model itself stays.

        Example: `await scope.models.remove("m1")`

        Raises:
            NotFoundError: the project does not have the model.
        """
        await self._session.call(operations.REMOVE_MODEL(self._project_id, model_id))
