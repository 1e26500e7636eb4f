# Derived from _async/resources/project.py by `nox -s generate`: change that one.
"""One project, by its id: itself, its activity, and the way to what it holds."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from ..._api import operations as ops
from ..._api import validation as arguments
from ..._api.generated import models as generated
from ..._api.generated import types
from ..._api.presence import not_there, present
from ..._api.validation import UNSET, UnsetType
from ..._pagination import list_requests as sources
from ..._pagination.event_feed import Feed
from ...errors import InvalidArgumentError
from ...models import ActivityEvent, Project, ProjectSnapshot
from ..event_watcher import watch
from ..pager import Pager
from ..session import Session
from .collaborators import Collaborators
from .models import Models
from .secrets import Secrets
from .tags import Tags


class ProjectScope:
    """One project, by its id. Making a scope sends nothing, and does not say that it exists."""

    id: str
    collaborators: Collaborators
    secrets: Secrets
    tags: Tags
    models: Models

    def __init__(self, session: Session, project_id: str) -> None:
        self.id = arguments.segment("project_id", project_id)
        self._session = session
        self.collaborators = Collaborators(session, self.id)
        self.secrets = Secrets(session, self.id)
        self.tags = Tags(session, self.id)
        self.models = Models(session, self.id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id!r}>"

    def get(self) -> Project:
        """Read the project (getProject).

        Raises:
            NotFoundError: there is no such project.
            APIError: any other failure.
        """
        return self._session.call(ops.GET_PROJECT(self.id))

    def update(
        self, *, name: str | UnsetType = UNSET, description: str | UnsetType = UNSET
    ) -> Project:
        """Change the project's name, description or both (updateProject).

        Args:
            name: The new name; not blank.
            description: The new description; an empty one clears it. The live server ignores it.

        Raises:
            InvalidArgumentError: before anything is sent.
            NotFoundError: there is no such project.
            APIError: any other failure.
        """
        if name is UNSET and description is UNSET:
            raise InvalidArgumentError("name or description", "given: there is nothing to update")
        body = generated.UpdateProjectBody(
            name=types.UNSET if name is UNSET else arguments.name("name", name),
            description=types.UNSET
            if description is UNSET
            else arguments.text("description", description),
        )
        return self._session.call(ops.UPDATE_PROJECT(self.id, body=body))

    def delete(self) -> None:
        """Delete the project and all that it holds (deleteProject).

        Raises:
            NotFoundError: there is no such project.
            APIError: any other failure.
        """
        self._session.call(ops.DELETE_PROJECT(self.id))

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

        Args:
            type: Only events of this kind, such as `deployment.created`.
            since: Only events from then on: an aware datetime or ISO 8601 text with an offset. A
                feed that is known to have the newest event first is left at the first page that
                lies before it as a whole.
            until: Only events before then.
            page_size: Events a page, 1 to 120; 120 if not given.
            after: A `next_cursor` to resume from; in the contract dialect, an event's id.
            prefetch: 1 to fetch the next page while you are at this one.

        Raises:
            InvalidArgumentError: before anything is sent.
        """
        source = sources.activity(
            self.id,
            event_type=type,
            since=arguments.moment("since", since),
            until=arguments.moment("until", until),
            page_size=page_size,
            after=after,
        )
        return Pager(self._session, source, prefetch)

    def watch(
        self, *, poll: float = 5.0, type: str | None = None, after: str | None = None
    ) -> Generator[ActivityEvent, None, None]:
        """Wait for what happens to the project: each new event once, oldest first, without an end.

        It ends when it is closed, or with an error; then go on with the last event's id as `after`,
        and none is missed. Nothing is sent before the first event is asked for. The client's
        `deadline` is that of each look at the feed.

        Args:
            poll: Seconds between two looks at the feed (listProjectActivity).
            type: Only events of this kind, such as `deployment.created`.
            after: The id of the last event, of any kind, that is not new; None: what happens from
                now on is new.

        Raises:
            InvalidArgumentError: before anything is sent.

        Raises, while it is gone through:
            PaginationError: the server does not say how the feed goes on, or the event `after` is
                not in it, or not any more. `next_cursor` is the `after` to go on with.
            NotFoundError: there is no such project, or not any more.
            APIError: a look failed for another reason, after the repeats that `retry` allows.
        """
        every = sources.activity(
            self.id, event_type=None, since=None, until=None, page_size=None, after=None
        )
        feed = Feed(
            after=arguments.cursor("after", after),
            event_type=None if type is None else arguments.name("type", type),
        )
        return watch(self._session, every, feed, arguments.seconds("poll", poll))

    def snapshot(self) -> ProjectSnapshot:
        """Read the project and all that it holds, one after the other, in one object.

        Collaborators whom the server calls deleted (`is_deleted`) are left out.

        Raises:
            NotFoundError: there is no such project, the server calls it deleted, or it vanished
                meanwhile.
            PaginationError: a list could not be read to its end.
            APIError: any other failure.
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
