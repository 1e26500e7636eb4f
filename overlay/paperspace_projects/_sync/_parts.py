# Derived from _async/_parts.py by `nox -s generate`: change that one.
"""What a project holds: collaborators, tags and models; its secrets are in `_secrets`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, TypeVar

import paperspace_projects._arguments as arguments
import paperspace_projects._checks as checks
import paperspace_projects._operations as ops
import paperspace_projects._sources as sources

from .._generated import models as generated
from .._generated import roles, types
from .._operations import Operation
from .._wire import WirePage
from ..errors import (
    InvalidArgumentError,
)
from ..models import Changes, Collaborator, Model
from ._pager import Pager
from ._session import Session
from ._syncing import sync_names, sync_roles

if TYPE_CHECKING:
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole

T = TypeVar("T")


class ProjectPart:
    """A part of a project: the session to send by, and the project's id."""

    def __init__(self, session: Session, project_id: str) -> None:
        self._session = session
        self._project_id = project_id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of project {self._project_id!r}>"

    def _list(
        self,
        operation: Operation[[str], WirePage[T]],
        page_size: int | None,
        after: str | None,
        prefetch: int,
    ) -> Pager[T]:
        source = sources.sub_list(operation, self._project_id, page_size=page_size, after=after)
        return Pager(self._session, source, prefetch)


class Collaborators(ProjectPart):
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
            checks.collaborator(self._project_id, user_id, role),
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


class Tags(ProjectPart):
    """The tags of a project."""

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> Pager[str]:
        """List their names (listProjectTags).

        Args:
            page_size: Items a page, 1 to 120, and `after`, a cursor to resume from: only the live
                server pages this list (docs/dialects.md).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        return self._list(ops.LIST_TAGS, page_size, after, prefetch)

    def add(self, name: str) -> None:
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
        self._session.call(
            ops.ADD_TAG(self._project_id, body=body),
            checks.tag(self._project_id, name),
        )

    def remove(self, name: str) -> None:
        """Remove a tag (removeProjectTag).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project has no such tag, or is gone.
            APIError: any other failure.
        """
        name = arguments.segment("name", name)
        self._session.call(ops.REMOVE_TAG(self._project_id, name=name))

    def sync(
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
            return sync_names(self, names, dry_run=dry_run, changes=changes)


class Models(ProjectPart):
    """The models that are associated with a project."""

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> Pager[Model]:
        """List them (listProjectModels).

        Args:
            page_size: Items a page, 1 to 120, and `after`, a cursor to resume from: only the live
                server pages this list (docs/dialects.md).
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        return self._list(ops.LIST_MODELS, page_size, after, prefetch)

    def add(self, model_id: str) -> None:
        """Associate an existing model with the project (addProjectModel).

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such model, or the project is gone.
            OutcomeUnknownError: no answer came, and whether it was carried out could not be found
                out either.
            APIError: any other failure.
        """
        model_id = arguments.segment("model_id", model_id)
        self._session.call(
            ops.ADD_MODEL(self._project_id, model_id),
            checks.model(self._project_id, model_id),
        )

    def remove(self, model_id: str) -> None:
        """Take a model from the project (removeProjectModel); the model itself stays.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: the project has no such model, or is gone.
            APIError: any other failure.
        """
        model_id = arguments.segment("model_id", model_id)
        self._session.call(ops.REMOVE_MODEL(self._project_id, model_id))

    def sync(
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
            return sync_names(self, ids, dry_run=dry_run, changes=changes)
