"""What every operation works with: the store, the dialect and the time of the request.

It holds the steps that operations share (find or 404, add or 409, list, record an event), so that
each operation reads as what is particular to it. It must never see the API key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from .database import EVENTS, PROJECTS, Kind, Store, T
from .ids import Ids
from .inputs import Inputs
from .messages import Answer, conflict, not_found
from .paging import PageQuery, read_page_query
from .rows import Project
from .serializers import Speech

# docs/dialects.md: the lists within a project sort by nothing but dtCreated.
_BY_DATE: Final = {"dtCreated": "dt_created"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one request is worked on."""

    store: Store
    speech: Speech
    now: str
    ids: Ids

    def project(self, inputs: Inputs) -> Project:
        """The project of the path, or 404."""
        return self.existing(PROJECTS, id=inputs.path["id"])

    def existing(self, kind: Kind[T], **match: str) -> T:
        """The thing with these values, or 404."""
        thing = self.store.find(kind, **match)
        if thing is None:
            raise not_found(kind.word)
        return thing

    def absent(self, kind: Kind[T], **match: str) -> None:
        """409 if there is such a thing."""
        if self.store.find(kind, **match) is not None:
            raise conflict(kind.word)

    def new_id(self, kind: Kind[T]) -> str:
        """An id that none of its kind has; a file may hold those of an earlier run."""
        while True:
            new = self.ids.thing(kind.word[0])
            if self.store.find(kind, id=new) is None:
                return new

    def record(self, project: Project, type: str, message: str) -> None:
        """Add an event to a project's activity; `message` may hold names, never a value."""
        self.store.insert(
            EVENTS,
            project_id=project.id,
            id=self.new_id(EVENTS),
            type=type,
            message=message,
            dt_created=self.now,
        )

    def listing(
        self, inputs: Inputs, kind: Kind[T], render: Callable[[T], object], **match: str
    ) -> Answer:
        """One of a project's lists: complete in contract, a page in live."""
        if self.speech.lists_are_pages:
            # A cursor belongs to one listing: what it is filtered by is part of which one.
            filters = [f"{column}={value}" for column, value in match.items()]
            name = "/".join(quote(each, "") for each in (kind.table, inputs.path["id"], *filters))
            asked = read_page_query(inputs.query, name, _BY_DATE)
            return self.page(asked, kind, render, project_id=self.project(inputs).id, **match)
        things = self.store.all(kind, project_id=self.project(inputs).id, **match)
        return Answer.json(HTTPStatus.OK, [render(thing) for thing in things])

    def page(
        self, asked: PageQuery, kind: Kind[T], render: Callable[[T], object], **match: str
    ) -> Answer:
        """The page that was asked for, of the things with these values."""
        # One more than asked for tells whether there is more.
        things = self.store.slice(kind, match, asked.sorting, asked.after, asked.limit + 1)
        shown = things[: asked.limit]
        cursor = None
        if len(things) > len(shown):
            last = shown[-1]
            cursor = asked.cursor_after(str(getattr(last, asked.sorting.column)), last.seq)
        page = self.speech.page([render(thing) for thing in shown], cursor)
        return Answer.json(HTTPStatus.OK, page)
