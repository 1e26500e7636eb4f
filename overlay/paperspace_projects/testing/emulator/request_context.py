"""The state of one request, and the steps that the operations share.

Find or 404, add or 409, list, record an event: with these, each handler says only what is
particular to its operation. The API key never gets here.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from .database import Database
from .determinism import Ids
from .inputs import json_object
from .messages import HTTPException, not_found
from .paging import PageQuery, read_page_query
from .rows import (
    EVENTS,
    PROJECTS,
    Collaborator,
    Model,
    Project,
    RowT,
    Secret,
    Table,
    Tag,
)
from .serializers import Serializer

PartT = TypeVar("PartT", bound=Collaborator | Secret | Tag | Model)


class RequestContext(msgspec.Struct, frozen=True):
    """What a handler works with: the emulator's state, and what the request sent."""

    database: Database
    serializer: Serializer
    ids: Ids
    now: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return "RequestContext()"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []

    def fields(self) -> Mapping[str, object]:
        """Read the body, or raise 400."""
        return json_object(self.body)

    def project(self) -> Project:
        """Return the project of the path, or raise 404."""
        return self.existing(PROJECTS, id=self.path["id"])

    def existing(self, table: Table[RowT], **match: str) -> RowT:
        """Return the row with these values, or raise 404."""
        row = self.database.find(table, **match)
        if row is None:
            raise not_found(table.noun)
        return row

    def part(self, table: Table[PartT], key: str) -> PartT:
        """Return a row of the project, or raise 404 for either."""
        return self.existing(table, **{"project_id": self.project().id, table.key: key})

    def add(self, table: Table[PartT], key: str, **values: str | bytes | None) -> PartT:
        """Add a row to the project, or raise 409 if it has one with the same key."""
        project = self.project()
        match = {"project_id": project.id, table.key: key}
        if self.database.find(table, **match) is not None:
            raise HTTPException(HTTPStatus.CONFLICT, f"The {table.noun} already exists.")
        row = self.database.insert(table, **match, **values, dt_created=self.now)
        self.record(project.id, table.noun, row.name, table.added)
        return row

    def remove(self, table: Table[PartT], key: str) -> PartT:
        """Delete a row of the project, or raise 404."""
        row = self.part(table, key)
        self.database.delete(table, row)
        self.record(row.project_id, table.noun, row.name, table.removed)
        return row

    def record(self, project_id: str, noun: str, name: str, verb: str) -> None:
        """Add an event, such as "Tag gpu was added.", to a project's activity."""
        self.database.insert(
            EVENTS,
            project_id=project_id,
            id=self.new_id(EVENTS),
            type=f"{noun}.{verb}",
            message=f"{noun.capitalize()} {name} was {verb}.",
            dt_created=self.now,
        )

    def new_id(self, table: Table[RowT]) -> str:
        """Draw an unused id; a file may hold those that an earlier run drew from the same seed."""
        while True:
            new = self.ids.for_row(table.noun[0])
            if self.database.find(table, id=new) is None:
                return new

    def list_parts(self, table: Table[RowT], **filters: str) -> object:
        """List rows of the project: all of them in contract, a page in live."""
        serializer = self.serializer
        if not serializer.lists_are_pages:
            match = {"project_id": self.project().id, **filters}
            return [serializer.to_json(row) for row in self.database.select(table, match)]
        # A cursor belongs to one list: its filters are part of its name. docs/dialects.md: the
        # lists within a project sort by nothing but dtCreated.
        names = (table.name, self.path["id"], *(f"{name}={filters[name]}" for name in filters))
        listing = "/".join(quote(name, "") for name in names)
        query = read_page_query(self.query, listing, {"dtCreated": "dt_created"})
        return self.page(table, query, project_id=self.project().id, **filters)

    def page(self, table: Table[RowT], query: PageQuery, **match: str) -> object:
        """Make one page of the rows with these values."""
        # One row more than asked for tells whether there is another page.
        rows = self.database.select(
            table,
            match,
            order_by=query.column,
            descending=query.order == "desc",
            after=query.after,
            limit=query.limit + 1,
        )
        shown = rows[: query.limit]
        cursor = query.cursor_after(shown[-1]) if len(rows) > len(shown) else None
        return self.serializer.page([self.serializer.to_json(row) for row in shown], cursor)
