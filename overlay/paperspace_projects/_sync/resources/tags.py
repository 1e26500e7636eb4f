# Derived from _async/resources/tags.py by `nox -s generate`: change that one.
"""The tags of a project."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from ..._api import operations, validation
from ..._api.generated import models as generated
from ..._retry import write_verification
from ...models import Changes
from .resource import ProjectResource
from .sync import sync_names


class Tags(ProjectResource[str]):
    """The tags of a project, by their names."""

    _list_operation = operations.LIST_TAGS

    def add(self, name: str) -> None:
        """Add a tag (addProjectTag).

        Raises:
            InvalidArgumentError: the name is refused; nothing was sent.
            ConflictError: the project has the tag already.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
            APIError: any other failure.
        """
        name = validation.tag("name", name)
        body = generated.AddProjectTagBody(name=name)
        self._session.call(
            operations.ADD_TAG(self._project_id, body=body),
            partial(write_verification.tag, self._project_id, name),
        )

    def remove(self, name: str) -> None:
        """Remove a tag (removeProjectTag).

        Raises:
            InvalidArgumentError: the name is refused; nothing was sent.
            NotFoundError: the project does not exist, or does not have the tag.
            APIError: any other failure.
        """
        name = validation.segment("name", name)
        self._session.call(operations.REMOVE_TAG(self._project_id, name=name))

    def sync(
        self, wanted: Collection[str], *, dry_run: bool = False, changes: Changes | None = None
    ) -> Changes:
        """Make the tags exactly these (listProjectTags, then addProjectTag and removeProjectTag).

        It is one call, with one deadline. After any error, call it again to continue.

        Args:
            wanted: The names of the tags.
            dry_run: Only compare, and write nothing.
            changes: The result of a dry run of the same `wanted`: only these are made.

        Returns:
            What was changed, or would be.

        Raises:
            InvalidArgumentError: an argument is refused; nothing was sent.
            NotFoundError: the project does not exist.
            OutcomeUnknownError: the answer was lost, and a check could not tell what happened.
            PaginationError: the list could not be read to its end.
            APIError: any other failure.
        """
        names = validation.each_of("wanted", wanted, validation.tag)
        with self._session.one_deadline():
            return sync_names(self, names, dry_run=dry_run, changes=changes)
