"""The base of a project's resources: collaborators, secrets, tags and models."""

from __future__ import annotations

from typing import Generic, TypeVar

from ..._api.decoding import WirePage
from ..._api.operations import Operation
from ..._pagination.list_requests import sub_list
from ..pager import AsyncPager
from ..session import AsyncSession

T = TypeVar("T")


class AsyncProjectResource(Generic[T]):
    """A list of things within one project."""

    _list_operation: Operation[[str], WirePage[T]]

    def __init__(self, session: AsyncSession, project_id: str) -> None:
        self._session = session
        self._project_id = project_id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of project {self._project_id!r}>"

    def list(
        self, *, page_size: int | None = None, after: str | None = None, prefetch: int = 0
    ) -> AsyncPager[T]:
        """List all of them (listProjectCollaborators, -Secrets, -Tags or -Models).

        Args:
            page_size: Items per page, 1 to 120. Only the live server pages this list
                (docs/dialects.md).
            after: A cursor to resume from (`next_cursor`).
            prefetch: 1 to fetch the next page while you use the current one.

        Raises:
            InvalidArgumentError: an argument is refused; nothing was sent.
        """
        request = sub_list(self._list_operation, self._project_id, page_size, after)
        return AsyncPager(self._session, request, prefetch)
