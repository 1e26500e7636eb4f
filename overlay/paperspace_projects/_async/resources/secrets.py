"""The secrets of a project. A value is hidden before anything can raise."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from ..._api import operations, validation
from ..._api.generated import models as generated
from ..._retry import write_verification
from ..._security.secret_str import as_secret
from ...errors import APIError, ConflictError, NotFoundError, OutcomeUnknownError
from ...models import Secret
from .resource import AsyncProjectResource


class AsyncSecrets(AsyncProjectResource[Secret]):
    """The secrets of a project, by name. Their values can be written, never read.

    See `AsyncProjectScope` for common errors.
    """

    _list_operation = operations.LIST_SECRETS

    async def get(self, name: str) -> Secret:
        """Read a secret's name and times (getProjectSecret); the value is not returned.

        Example: `secret = await scope.secrets.get("TOKEN")`

        Raises:
            NotFoundError: the project does not have the secret.
        """
        return await self._session.call(operations.GET_SECRET(self._project_id, name))

    async def create(self, name: str, value: str) -> Secret:
        """Create a secret (createProjectSecret).

        Example: `secret = await scope.secrets.create("HF_TOKEN", "a secret value")`

        Args:
            name: The live server takes letters, digits and underscores, a letter first.
            value: The value; it shows in no log, error or repr.

        Raises:
            ConflictError: the project has a secret of this name already.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
        """
        value = as_secret(value)  # first, so that no traceback shows it
        name = validation.segment("name", name)
        body = generated.SecretCreate(name=name, value=validation.secret_value("value", value))
        return await self._session.call(
            operations.CREATE_SECRET(self._project_id, body=body),
            partial(write_verification.secret, self._project_id, name),
        )

    async def update(self, name: str, value: str) -> Secret:
        """Replace the value of a secret (updateProjectSecret).

        Example: `secret = await scope.secrets.update("TOKEN", "a new value")`

        Raises:
            NotFoundError: the project does not have the secret.
            OutcomeUnknownError: the answer was lost; the request was not sent again.
        """
        value = as_secret(value)
        body = generated.UpdateProjectSecretBody(value=validation.secret_value("value", value))
        return await self._session.call(operations.UPDATE_SECRET(self._project_id, name, body=body))

    async def set(self, name: str, value: str) -> Secret:
        """Update a secret, or create it (updateProjectSecret, then createProjectSecret).

        Example: `secret = await scope.secrets.set("HF_TOKEN", "a secret value")`

        Args:
            name: As for `create`.
            value: One of fewer than 6 characters is hidden in errors as a whole word only.

        Raises:
            OutcomeUnknownError: the answer was lost; calling `set` again is safe.
        """
        value = as_secret(value)
        with self._session.one_deadline():
            try:
                return await self.update(name, value)
            except NotFoundError:
                pass  # there is no such secret yet
            try:
                return await self.create(name, value)
            except OutcomeUnknownError:  # if it exists, nothing tells whose value it has
                with suppress(APIError):
                    return await self.update(name, value)
                raise
            except ConflictError:  # another client created it meanwhile
                return await self.update(name, value)

    async def delete(self, name: str) -> None:
        """Delete a secret (deleteProjectSecret).

        Example: `await scope.secrets.delete("TOKEN")`

        Raises:
            NotFoundError: the project does not have the secret.
        """
        await self._session.call(operations.DELETE_SECRET(self._project_id, name))
