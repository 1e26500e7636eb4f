# Derived from _async/resources/project.py by `nox -s generate`: change that one.
"""One project by its id: the project itself, its activity, and its resources."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from datetime import datetime

from ..._api import operations, validation
from ..._api.diff import is_description_told
from ..._api.generated import models as generated
from ..._api.generated import types
from ..._api.operations import ApiRequest
from ..._api.presence import not_there, present
from ..._api.validation import UNSET, UnsetType
from ..._pagination import list_requests
from ..._pagination.event_feed import EventCursor, Poll
from ..._pagination.list_requests import ListRequest
from ..._pagination.paginator import PaginationState
from ...errors import APIError, BadRequestError, InvalidArgumentError, PaginationError
from ...models import ActivityEvent, Project, ProjectSnapshot
from ..pager import Pager
from ..session import Session
from .collaborators import Collaborators
from .models import Models
from .secrets import Secrets
from .tags import Tags


def update_request(
    project_id: str, name: str | UnsetType, description: str | UnsetType
) -> ApiRequest[Project]:
    """Return the request that changes a project's name, description or both (updateProject)."""
    if name is UNSET and description is UNSET:
        raise InvalidArgumentError("name or description", "given: there is nothing to update")
    body = generated.UpdateProjectBody(
        name=types.UNSET if name is UNSET else validation.name("name", name),
        description=types.UNSET
        if description is UNSET
        else validation.text("description", description),
    )
    return operations.UPDATE_PROJECT(project_id, body=body)


def update_project(
    session: Session,
    project_id: str,
    name: str | UnsetType,
    description: str | UnsetType,
) -> Project:
    """Change a project. Without a new name its own is sent where the server may require one.

    The live server does, and the contract lets it be left out. A name that is not sent cannot undo
    what somebody else renames meanwhile, so it is sent only to a server that does not look like the
    contract's, or that refuses to go without (400: nothing was changed).
    """
    request = update_request(project_id, name, description)
    if name is not UNSET:
        return session.call(request)
    with session.one_deadline():
        project = session.call(operations.GET_PROJECT(project_id))
        if is_description_told(project):
            with suppress(BadRequestError):
                return session.call(request)
        return session.call(update_request(project_id, project.name, description))


class ProjectScope:
    """One project by its id. Making a scope sends nothing: the project may not exist.

    Its methods, and those of its `collaborators`, `secrets`, `tags` and `models`, raise
    `InvalidArgumentError`, before anything is sent, for an argument that is refused;
    `NotFoundError` if the project does not exist; `APIError` for any other failure.
    """

    def __init__(self, session: Session, project_id: str) -> None:
        self.id: str = validation.segment("project_id", project_id)
        self._segment = validation.Segment(self.id)
        self._session = session
        self.collaborators: Collaborators = Collaborators(session, self._segment)
        self.secrets: Secrets = Secrets(session, self._segment)
        self.tags: Tags = Tags(session, self._segment)
        self.models: Models = Models(session, self._segment)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id!r}>"

    def get(self) -> Project:
        """Read the project (getProject).

        Example: `project = scope.get()`
        """
        return self._session.call(operations.GET_PROJECT(self._segment))

    def update(
        self, *, name: str | UnsetType = UNSET, description: str | UnsetType = UNSET
    ) -> Project:
        """Change the project's name, description or both (updateProject).

        Example: `project = scope.update(description="Image models")`

        Args:
            name: The new name; not blank.
            description: The new description; an empty one clears it. Without a `name` the project
                is read first (getProject), as the live server requires its name. If the result's
                `description` is None, the server does not confirm it; the live server never does.
        """
        return update_project(self._session, self._segment, name, description)

    def delete(self) -> None:
        """Delete the project and everything in it (deleteProject).

        Example: `scope.delete()`
        """
        self._session.call(operations.DELETE_PROJECT(self._segment))

    def activity(
        self,
        *,
        type: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_size: int | None = None,
        after: str | None = None,
        prefetch: int = 0,
    ) -> Pager[ActivityEvent]:
        """List what happened to the project (listProjectActivity), in the server's order.

        Example: `today = scope.activity(since=datetime.now(UTC) - timedelta(days=1))`

        Args:
            type: Only events of this kind, such as `deployment.created`.
            since: Only events from then on: an aware datetime or ISO 8601 text with an offset. If
                the feed is known to have the newest event first, reading stops at the first page
                that lies before it as a whole.
            until: Only events before then.
            page_size: Events per page, 1 to 120; 120 if None.
            after: A cursor to resume from (`next_cursor`); in the contract dialect, an event's id.
            prefetch: 1 to fetch the next page while you use the current one.
        """
        request = list_requests.activity(
            self.id, type, since, until, page_size=page_size, after=after
        )
        return Pager(self._session, request, prefetch)

    def watch(
        self, *, poll: float = 5.0, type: str | None = None, after: str | None = None
    ) -> Generator[ActivityEvent, None, None]:
        """Wait for what happens to the project: yield each new event once, oldest first, forever.

        It ends when it is closed, or with an error. Then continue with the last event's id as
        `after`, and no event is missed. Nothing is sent before the first event is requested. The
        client's `deadline` applies to each poll.

        Example: `for event in scope.watch(after=event_id): print(event.type)`

        Args:
            poll: Seconds between two polls of the feed (listProjectActivity).
            type: Only events of this kind, such as `deployment.created`.
            after: The id of the last event, of any kind, that is not new; None: events are new
                from now on.

        Raises, while it is iterated:
            PaginationError: the server does not say how the feed continues, or the event `after`
                is not in it (any more). `next_cursor` is the `after` to continue with.
            NotFoundError: the project does not exist (any more).
            APIError: a poll failed for another reason, after the retries that `retry` allows.
        """
        event_type = None if type is None else validation.name("type", type)
        cursor = EventCursor(validation.cursor("after", after), event_type)
        feed, interval = list_requests.activity(self.id), validation.seconds("poll", poll)
        return _watch(self._session, feed, cursor, interval)

    def snapshot(self) -> ProjectSnapshot:
        """Read the project and everything in it, one list after the other.

        Collaborators that the server calls deleted (`is_deleted`) are left out.

        Example: `snapshot = scope.snapshot()`

        Raises:
            NotFoundError: also if the server calls the project deleted.
            PaginationError: a list could not be read to its end.
        """
        with self._session.one_deadline():
            project = self.get()
            if project.is_deleted:
                raise not_there(project)
            return ProjectSnapshot(
                project=project,
                collaborators=present(self.collaborators.list().collect()),
                secrets=present(self.secrets.list().collect()),
                tags=present(self.tags.list().collect()),
                models=present(self.models.list().collect()),
            )


def _watch(
    session: Session, feed: ListRequest[ActivityEvent], cursor: EventCursor, interval: float
) -> Generator[ActivityEvent, None, None]:
    """Yield the events of a feed that the cursor does not know, oldest first, without an end."""
    while True:
        state, poll = PaginationState(feed), Poll(cursor)
        try:
            with session.one_deadline():
                while (request := state.next_request()) is not None:
                    if poll.add(state.accept(session.call(request))):
                        break
        except PaginationError as error:  # has a page's cursor; a watch resumes after an event
            raise PaginationError(error.operation, error.problem, cursor.newest) from error
        except APIError as error:
            if cursor.newest is not None:
                error.add_note(f"the watch can be resumed with after={cursor.newest!r}")
            raise
        new = cursor.advance(poll)
        while new:
            yield new.pop()
        session.sleep(interval)
