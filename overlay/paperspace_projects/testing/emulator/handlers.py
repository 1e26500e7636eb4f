"""The handlers of the operations that `routes` lists, and the steps that they share.

A handler checks the request before it looks anything up, and looks everything up before it writes.
It returns JSON, which contract leaves out if the spec's answer has no body. A secret's value goes
from the request into a digest, and must never go anywhere else. The API key never gets here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from ..._api.generated import orders, roles
from .database import COLLABORATORS, EVENTS, MODELS, PROJECTS, Database, Row, Table, digest
from .determinism import Ids
from .inputs import Cursor, json_object, optional_text, read_choice, read_limit, required_text
from .messages import HTTPException, Opaque, bad_request
from .serializers import Serializer

MARKED: Final = (PROJECTS, COLLABORATORS)
NOT_DELETED: Final = {"dtDeleted": None}


class RequestContext(Opaque, frozen=True):
    """What a handler works with: the emulator's state, and what the request names and sent."""

    database: Database
    serializer: Serializer
    ids: Ids
    now: str
    table: Table
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def project(self) -> Row:
        return self._existing(PROJECTS, id=self.path["id"])

    def part(self) -> Row:
        """Return the row that the end of the path names, or for a tag the query; or raise 404."""
        *_, key = self.path.values() if len(self.path) > 1 else [required_text(self.query, "name")]
        match = {"projectId": self.project()["id"], self.table.key: key}
        return self._existing(self.table, **match)

    def _existing(self, table: Table, **match: str) -> Row:
        row = self._find(table, match)
        if row is None:
            raise HTTPException(404, f"No such {table.noun}.")
        return row

    def _find(self, table: Table, match: Mapping[str, str]) -> Row | None:
        return self.database.find(table, **match, **(NOT_DELETED if table in MARKED else {}))

    def fields(self, *names: str) -> dict[str, object]:
        """Read the fields of the body that the dialect has; others are ignored, or refused."""
        known = set(names) - self.serializer.unknown_fields
        fields = json_object(self.body)
        if self.serializer.refuses_unknown_fields and fields.keys() - known:
            raise bad_request("body", f"must have no fields but {', '.join(sorted(known))}")
        return {name: value for name, value in fields.items() if name in known}

    def add(self, key: str, **values: str | bytes | None) -> object:
        """Add a row to the project, or raise 409 if it has one with the same key."""
        match = {"projectId": self.project()["id"], self.table.key: key}
        if self._find(self.table, match) is not None:
            raise HTTPException(409, f"The {self.table.noun} already exists.")
        row = self.database.insert(self.table, **match, **values, dtCreated=self.now)
        return self.record(row, self.table.added)

    def update(self, row: Row, **values: str | bytes) -> object:
        return self.record(self.database.update(self.table, row, **values), "updated")

    def delete(self, row: Row) -> None:
        """Delete a row, of which lists go on to show the mark if the server keeps marks."""
        self.database.delete(self.table, row)
        if self.serializer.lists_deleted and self.table in MARKED:
            self.database.insert(self.table, **row | {"dtDeleted": self.now})

    def record(self, row: Row, verb: str) -> object:
        """Add an event, such as "Tag gpu was added.", to contract's activity; show the row."""
        table = self.table
        self.database.insert(
            EVENTS,
            projectId=row["id"] if table is PROJECTS else row["projectId"],
            id=new_id(self.database, self.ids, EVENTS),
            noun=table.noun,
            type=f"{table.noun}.{verb}",
            message=f"{table.noun.capitalize()} {row[table.label]} was {verb}.",
            dtCreated=self.now,
        )
        return self.serializer.to_json(table, row, is_written=True)

    def show(self, row: Row) -> Any:
        return self.serializer.to_json(self.table, row)

    def page(self, *filtered_by: str) -> object:
        """Make the page that the query asks for; the newest row comes first by default.

        `filtered_by` are columns whose values the query may give.
        """
        table, is_part = self.table, self.table is not PROJECTS
        filters = {name: self.query[name] for name in filtered_by if name in self.query}
        # A cursor belongs to one list: its filters are part of its name.
        names = (table.name, *self.path.values(), *(f"{name}={filters[name]}" for name in filters))
        listing = "/".join(quote(name, "") for name in names)
        limit = read_limit(self.query)
        # The lists within a project sort by nothing but dtCreated.
        sortable = ("dtCreated",) if is_part else self.serializer.project_orders
        order_by = read_choice(self.query, "orderBy", sortable) or "dtCreated"
        order = read_choice(self.query, "order", orders()) or "desc"
        after = None
        if "after" in self.query:
            cursor = Cursor.decode(self.query["after"])
            if cursor is None or cursor[:3] != (listing, order_by, order):
                raise bad_request("after", "is not a cursor of this list in this order")
            after = cursor[3:]
        rows = self.database.select(
            table,
            {**self.listed(), **filters},
            order_by=order_by,
            descending=order == "desc",
            after=after,
            limit=limit + 1,  # one more tells whether there is another page
        )
        next_page = None
        if len(rows) > limit:
            last = rows[limit - 1]
            next_page = Cursor(listing, order_by, order, last[order_by], last["seq"]).encode()
        return self.serializer.page(table, rows[:limit], next_page)

    def listed(self) -> dict[str, str | None]:
        """Return what the rows of the list have in common."""
        match: dict[str, str | None] = {}
        if self.table is not PROJECTS:
            match["projectId"] = self.project()["id"]
        if self.table in MARKED and not self.serializer.lists_deleted:
            match |= NOT_DELETED
        if self.table is EVENTS:
            match |= self.serializer.events
        return match


def new_id(database: Database, ids: Ids, table: Table) -> str:
    """Draw an unused id; a file may hold those that an earlier run drew from the same seed."""
    while True:
        new = ids.for_event() if table is EVENTS else ids.for_row(table.noun[0])
        if database.find(table, id=new) is None:
            return new


Handler = Callable[[RequestContext], object]


def create_project(context: RequestContext) -> object:
    fields = _project_fields(context, needs_name=True)  # which need not be unique
    seeded = context.path.get("id")
    project_id = seeded or new_id(context.database, context.ids, PROJECTS)
    row = context.database.insert(PROJECTS, id=project_id, **fields, dtCreated=context.now)
    return context.record(row, "created")


def _project_fields(context: RequestContext, *, needs_name: bool) -> dict[str, str]:
    fields = context.fields("name", "description")
    if needs_name:
        required_text(fields, "name")
    given = {name: optional_text(fields, name, blank=name != "name") for name in fields}
    return {name: text for name, text in given.items() if text is not None}


def get_project(context: RequestContext) -> object:
    return context.show(context.project())


def update_project(context: RequestContext) -> object:
    changes = _project_fields(context, needs_name=context.serializer.update_needs_name)
    project = context.project()
    return context.update(project, **changes) if changes else context.show(project)


def delete_project(context: RequestContext) -> object:
    """Delete a project with all that it owns, its activity included."""
    project = context.project()
    context.delete(project)
    return context.show(project | {"dtDeleted": context.now})


def list_activity(context: RequestContext) -> object:
    """List events, newest first, optionally of one type, or live of one deployment.

    In contract `after` is the id of the last event seen: the spec's answer is a bare array, which
    has no place for any other cursor.
    """
    if context.serializer.lists_are_pages:
        return context.page("deploymentId", "name")
    query = context.query
    filters = {"type": query["type"]} if "type" in query else {}
    limit = read_limit(query)
    match = context.listed()
    after = None
    if "after" in query:
        event = context.database.find(EVENTS, **match, id=query["after"])
        if event is None:
            raise bad_request("after", "is not the id of an event of this project")
        after = (event["dtCreated"], event["seq"])
    events = context.database.select(
        EVENTS, match | filters, order_by="dtCreated", descending=True, after=after, limit=limit
    )
    return [context.show(event) for event in events]


def list_rows(context: RequestContext) -> object:
    """List projects, or rows of one: in contract all of them, and else a page."""
    if context.table is PROJECTS or context.serializer.lists_are_pages:
        return context.page(*["name"] * (context.table is MODELS))
    rows = context.database.select(context.table, context.listed())
    return [context.show(row) for row in rows]


def get_part(context: RequestContext) -> object:
    return context.show(context.part())


def remove_part(context: RequestContext) -> Any:
    row = context.part()
    context.delete(row)
    return context.record(row, context.table.removed)


def remove_and_name(context: RequestContext) -> object:
    """Remove a row; the answer has nothing of it but the key."""
    row, key = context.part(), context.table.key
    remove_part(context)
    return {key: row[key]}


def add_collaborator(context: RequestContext) -> object:
    fields = context.fields("userId", "role")
    user_id, role = required_text(fields, "userId"), read_choice(fields, "role", roles())
    return context.add(user_id, role=role)


def create_secret(context: RequestContext) -> object:
    fields = context.fields("name", "value")
    name, value = required_text(fields, "name"), required_text(fields, "value", blank=True)
    pattern = context.serializer.secret_name
    if not pattern.fullmatch(name):
        raise bad_request("name", f"must match ^{pattern.pattern}$")
    return context.add(name, digest=digest(value), dtModified=context.now)


def update_secret(context: RequestContext) -> object:
    value = required_text(context.fields("value"), "value", blank=True)
    return context.update(context.part(), digest=digest(value), dtModified=context.now)


def add_tag(context: RequestContext) -> object:
    return context.add(required_text(context.fields("name"), "name"))


def add_model(context: RequestContext) -> object:
    model_id = context.path["modelId"]
    if not model_id.strip():
        raise HTTPException(404, "No such model.")
    return context.add(model_id, name=f"model-{model_id}")
