# Derived from _async/resources/resource.py by `nox -s generate`: change that one.
"""The bases of a project's resources: collaborators, secrets, tags and models."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

from ..._api import validation
from ..._api.decoding import WirePage
from ..._api.operations import Operation
from ..._pagination.list_requests import sub_list
from ...models import Changes, Model
from ..pager import Pager
from ..session import Session
from .sync import sync_names

T = TypeVar("T")
NamedT = TypeVar("NamedT", str, Model)


class ProjectResource(Generic[T]):
    """A list of things within one project."""

    _list_operation: Operation[[str], WirePage[T]]

    def __init__(self, session: Session, project_id: str) -> None:
        self._session = session
        self._project_id = project_id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of project {self._project_id!r}>"

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> Pager[T]:
        """List all of them (listProjectCollaborators, -Secrets, -Tags or -Models).

        Example: `names = [secret.name for secret in scope.secrets.list()]`

        Args:
            page_size: Items per page, 1 to 120. Only the live server pages this list
                (docs/dialects.md).
            after: A cursor to resume from (`next_cursor`).
            prefetch: 1 to fetch the next page while you use the current one.
        """
        request = sub_list(self._list_operation, self._project_id, page_size, after)
        return Pager(self._session, request, prefetch)


class NameSet(ProjectResource[NamedT]):
    """A list of things that are added and removed by one name or id alone: tags, models."""

    _check_name = staticmethod(validation.segment)

    def add(self, name: str, /) -> None:
        raise NotImplementedError

    def remove(self, name: str, /) -> None:
        raise NotImplementedError

    def sync(
        self, wanted: Collection[str], *, dry_run: bool = False, changes: Changes | None = None
    ) -> Changes:
        """Make the tags or models exactly these (listProjectTags, addProjectTag, removeProjectTag;
        listProjectModels, addProjectModel, removeProjectModel).

        It is one call, with one deadline. After any error, call it again to continue.

        Example: `changes = scope.tags.sync(["gpu", "nightly"])`

        Args:
            wanted: The names of the tags, or the ids of existing models.
            dry_run: Only compare, and write nothing.
            changes: The result of a dry run of the same `wanted`: only these are made.

        Returns:
            What was changed, or would be.

        Raises:
            NotFoundError: the project or a model does not exist.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
            PaginationError: the list could not be read to its end.
        """
        names = validation.each_of("wanted", wanted, self._check_name)
        with self._session.one_deadline():
            return sync_names(self, names, dry_run=dry_run, changes=changes)
