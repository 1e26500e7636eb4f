"""The secrets of a project, whose values are hidden as soon as they are given."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from ..._api import operations as ops
from ..._api import validation as arguments
from ..._api.generated import models as generated
from ..._retry import write_verification as checks
from ..._security.secret_str import hide
from ...errors import APIError, ConflictError, NotFoundError, OutcomeUnknownError
from ...models import Secret
from ..pager import AsyncPager
from .resource import ProjectResource


class AsyncSecrets(ProjectResource):
    """The secrets of a project. Their values can be written, never read."""

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> AsyncPager[Secret]:
        """List their names and times (listProjectSecrets).

        Args:
            page_size: Items a page, 1 to 120, and `after`, a cursor to resume from: only the live
                server pages this list (docs/dialects.md).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        return self._list(ops.LIST_SECRETS, page_size, after, prefetch)

    async def get(self, name: str) -> Secret:
        """Read a secret's name and times (getProjectSecret); the value is not returned.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such secret, or the project is gone.
            APIError: any other failure.
        """
        name = arguments.segment("name", name)
        return await self._session.call(ops.GET_SECRET(self._project_id, name))

    async def create(self, name: str, value: str) -> Secret:
        """Create a secret (createProjectSecret).

        Args:
            name: The live server takes letters, digits and underscores, a letter first.
            value: The value; it shows in no log, error or repr.

        Raises:
            InvalidArgumentError: before anything is sent.
            ConflictError: there is a secret of this name already.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            APIError: any other failure.
        """
        value = hide(value)  # at once: whatever is raised from here on shows stars
        name = arguments.segment("name", name)
        body = generated.SecretCreate(name=name, value=arguments.secret_value("value", value))
        return await self._session.call(
            ops.CREATE_SECRET(self._project_id, body=body),
            partial(checks.secret, self._project_id, name),
        )

    async def update(self, name: str, value: str) -> Secret:
        """Replace the value of a secret (updateProjectSecret).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such secret, or the project is gone.
            OutcomeUnknownError: no answer came; it was not sent again.
            APIError: any other failure.
        """
        value = hide(value)
        name = arguments.segment("name", name)
        body = generated.UpdateProjectSecretBody(value=arguments.secret_value("value", value))
        return await self._session.call(ops.UPDATE_SECRET(self._project_id, name, body=body))

    async def set(self, name: str, value: str) -> Secret:
        """Create or update a secret, whichever is right (updateProjectSecret, createProjectSecret).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project is gone.
            OutcomeUnknownError: no answer came; calling `set` again is safe.
            APIError: any other failure.
        """
        value = hide(value)
        with self._session.one_deadline():
            try:
                return await self.update(name, value)
            except NotFoundError:
                pass  # there is no such secret yet
            try:
                return await self.create(name, value)
            except OutcomeUnknownError:  # nothing shows whose value it has, if it is there
                with suppress(APIError):
                    return await self.update(name, value)
                raise
            except ConflictError:  # somebody else created it in between
                return await self.update(name, value)

    async def delete(self, name: str) -> None:
        """Delete a secret (deleteProjectSecret).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such secret, or the project is gone.
            APIError: any other failure.
        """
        name = arguments.segment("name", name)
        await self._session.call(ops.DELETE_SECRET(self._project_id, name))
