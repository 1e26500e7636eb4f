# Derived from _async/resources/collaborators.py by `nox -s generate`: change that one.
"""The collaborators of a project."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..._api import operations as ops
from ..._api import validation as arguments
from ..._api.generated import models as generated
from ..._api.generated import roles, types
from ..._retry import write_verification as checks
from ...errors import InvalidArgumentError
from ...models import Changes, Collaborator
from ..pager import Pager
from .resource import ProjectResource
from .sync import sync_roles

if TYPE_CHECKING:
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole


class Collaborators(ProjectResource):
    """The collaborators of a project."""

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> Pager[Collaborator]:
        """List them (listProjectCollaborators), each with its user's id.

        Args:
            page_size: Items a page, 1 to 120, and `after`, a cursor to resume from: only the live
                server pages this list (docs/dialects.md).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        return self._list(ops.LIST_COLLABORATORS, page_size, after, prefetch)

    def add(self, user_id: str, role: AddProjectCollaboratorBodyRole | None = None) -> Collaborator:
        """Add a user (addProjectCollaborator).

        Args:
            user_id: The user's id.
            role: `admin`, `member` or `viewer`; None leaves it to the server.

        Raises:
            InvalidArgumentError: before anything is sent.
            ConflictError: the user is a collaborator already.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            APIError: any other failure.
        """
        user_id = arguments.segment("user_id", user_id)
        if role is not None:
            arguments.one_of(
                "role",
                role,
                roles(),
            )
        body = generated.AddProjectCollaboratorBody(
            user_id=user_id, role=types.UNSET if role is None else role
        )
        return self._session.call(
            ops.ADD_COLLABORATOR(self._project_id, body=body),
            partial(checks.collaborator, self._project_id, user_id, role),
        )

    def remove(self, user_id: str) -> None:
        """Remove a user (removeProjectCollaborator).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the user is no collaborator, or the project is gone.
            APIError: any other failure.
        """
        user_id = arguments.segment("user_id", user_id)
        self._session.call(ops.REMOVE_COLLABORATOR(self._project_id, user_id))

    def sync(
        self,
        wanted: Mapping[str, AddProjectCollaboratorBodyRole | None],
        *,
        dry_run: bool = False,
        changes: Changes | None = None,
    ) -> Changes:
        """Make the collaborators exactly these (listProjectCollaborators, then what it takes).

        All of it is one call, with one deadline. A role is changed by removing the user and adding
        them again, as the API has no update; should that fail, they are put back with the old one.
        After any error, calling it again goes on.

        Args:
            wanted: The roles by user id; None: whichever they have, or the server gives.
            dry_run: Only look, and write nothing.
            changes: What a dry run of the same `wanted` returned: these changes are made, and no
                others.

        Returns:
            What was changed, or would be. A role that the server does not tell stays as it is.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project is gone.
            StalePlanError: a role of `changes` is another one by now.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            PaginationError: the list could not be read to its end.
            APIError: any other failure.
        """
        if not isinstance(wanted, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
            raise InvalidArgumentError("wanted", "a mapping from user ids to roles")
        arguments.each_of("wanted", wanted, arguments.segment)
        for role in wanted.values():
            if role is not None:
                arguments.one_of(
                    "wanted",
                    role,
                    roles(),
                )
        with self._session.one_deadline():
            return sync_roles(
                self, wanted, project_id=self._project_id, dry_run=dry_run, changes=changes
            )
