"""The collaborators of a project."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..._api import operations, validation
from ..._api.generated import models as generated
from ..._api.generated import roles
from ..._api.operations import or_unset
from ..._retry import write_verification
from ...errors import InvalidArgumentError
from ...models import Changes, Collaborator
from .resource import AsyncProjectResource
from .sync import sync_roles

if TYPE_CHECKING:
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole


class AsyncCollaborators(AsyncProjectResource[Collaborator]):
    """The collaborators of a project, by user id; see `AsyncProjectScope` for common errors."""

    _list_operation = operations.LIST_COLLABORATORS

    async def add(
        self, user_id: str, role: AddProjectCollaboratorBodyRole | None = None
    ) -> Collaborator:
        """Add a user (addProjectCollaborator).

        Example: `collaborator = await scope.collaborators.add("u2", "viewer")`

        Args:
            role: `admin`, `member` or `viewer`; None leaves it to the server. If the result's
                `role` is None, the server does not confirm it; the live server never does.

        Raises:
            ConflictError: the user is a collaborator already.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
        """
        user_id = validation.segment("user_id", user_id)
        if role is not None:
            validation.one_of("role", role, roles())
        body = generated.AddProjectCollaboratorBody(user_id=user_id, role=or_unset(role))
        return await self._session.call(
            operations.ADD_COLLABORATOR(self._project_id, body=body),
            partial(write_verification.collaborator, self._project_id, user_id, role),
        )

    async def remove(self, user_id: str) -> None:
        """Remove a user (removeProjectCollaborator).

        Example: `await scope.collaborators.remove("u1")`

        Raises:
            NotFoundError: the user is no collaborator.
        """
        await self._session.call(operations.REMOVE_COLLABORATOR(self._project_id, user_id))

    async def sync(
        self,
        wanted: Mapping[str, AddProjectCollaboratorBodyRole | None],
        *,
        dry_run: bool = False,
        changes: Changes | None = None,
    ) -> Changes:
        """Make the collaborators exactly these (listProjectCollaborators, then
        addProjectCollaborator and removeProjectCollaborator).

        It is one call, with one deadline. The API cannot update a role, so the user is removed and
        added again; if that fails, they are put back with the old role. After any error, call it
        again to continue.

        Example: `changes = await scope.collaborators.sync({"u1": "admin", "u2": None})`

        Args:
            wanted: The roles by user id. None accepts any role; the server chooses a new user's.
            dry_run: Only compare, and write nothing.
            changes: The result of a dry run of the same `wanted`: only these are made.

        Returns:
            What was changed, or would be. A role that the server does not tell stays as it is.

        Raises:
            StalePlanError: a role of `changes` is another one by now.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
            PaginationError: the list could not be read to its end.
        """
        if not isinstance(wanted, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
            raise InvalidArgumentError("wanted", "a mapping from user ids to roles")
        validation.each_of("wanted", wanted, validation.segment)
        for role in wanted.values():
            if role is not None:
                validation.one_of("wanted", role, roles())
        with self._session.one_deadline():
            return await sync_roles(
                self, wanted, project_id=self._project_id, dry_run=dry_run, changes=changes
            )
