# Derived from _async/resources/resource.py by `nox -s generate`: change that one.
"""What the resources of a project have in common."""

from __future__ import annotations

from typing import TypeVar

from ..._api.decoding import WirePage
from ..._api.operations import Operation
from ..._pagination import list_requests as sources
from ..pager import Pager
from ..session import Session

T = TypeVar("T")


class ProjectResource:
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
