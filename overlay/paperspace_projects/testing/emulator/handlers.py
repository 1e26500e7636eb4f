"""The handlers of the operations, and the steps that they share.

A handler checks the request before it looks anything up, and looks everything up before it writes.
It returns JSON, which contract leaves out if the spec's answer has no body. A secret's value goes
from the request into a digest, and must never go anywhere else. The API key never gets here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from .database import (
    COLLABORATORS,
    EVENTS,
    MODELS,
    PROJECTS,
    SECRETS,
    TAGS,
    Database,
    Row,
    Table,
    digest,
)
from .determinism import Ids
from .inputs import Cursor, optional_text, read_choice, read_fields, read_limit, required_text
from .messages import HTTPException, Opaque, bad_request
from .serializers import Serializer
from .shapes import Operation, Shape

MARKED: Final = (PROJECTS, COLLABORATORS)
NOT_DELETED: Final = {"dtDeleted": None}


class RequestContext(Opaque, frozen=True):
    """What a handler works with: the emulator's state, and what the request names and sent."""

    database: Database
    serializer: Serializer
    ids: Ids
    now: str
    table: Table
    operation: Operation
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

    def fields(self) -> dict[str, object]:
        """Read the fields of the body that the dialect has; others are ignored, or refused."""
        refuse_unknown = self.serializer.refuses_unknown_fields
        return read_fields(self.body, self.operation.body, refuse_unknown=refuse_unknown)

    def shown(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return the fields of a body that the answer shows: no others are stored."""
        answer = self.operation.answer
        return {k: v for k, v in fields.items() if answer is not None and k in answer.keys}

    def add(self, key: str, **values: object) -> object:
        """Add a row to the project, or raise 409 if it has one with the same key."""
        match = {"projectId": self.project()["id"], self.table.key: key}
        if self._find(self.table, match) is not None:
            raise HTTPException(409, f"The {self.table.noun} already exists.")
        row = self.database.insert(self.table, **values | match, dtCreated=self.now)
        return self.record(row, self.table.added)

    def update(self, row: Row, **values: object) -> object:
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
        return self.show(row)

    def show(self, row: Row) -> Any:
        answer = self.operation.answer
        return answer and self.serializer.to_json(self.table, row, answer.item)

    def filters(self) -> dict[str, str]:
        """The columns whose values the query gives."""
        columns = self.table.columns.split(", ")
        names = [name for name in self.operation.query if name in columns]
        return {name: self.query[name] for name in names if name in self.query}

    def page(self, shape: Shape) -> object:
        """Make the page that the query asks for; the newest row comes first by default."""
        table, is_part = self.table, self.table is not PROJECTS
        filters = self.filters()
        # A cursor belongs to one list: its filters are part of its name.
        names = (table.name, *self.path.values(), *(f"{name}={filters[name]}" for name in filters))
        listing = "/".join(quote(name, "") for name in names)
        limit = read_limit(self.query)
        # The lists within a project sort by nothing but dtCreated.
        orders = ("dtCreated",) if is_part else self.serializer.project_orders
        order_by = read_choice(self.query, "orderBy", orders) or "dtCreated"
        order = read_choice(self.query, "order", self._orders()) or "desc"
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
        return self.serializer.page(table, rows[:limit], next_page, shape)

    def _orders(self) -> Sequence[str]:
        order = self.operation.query.get("order")
        return order.keywords.get("enum", ()) if order else ()

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
HANDLERS: Final[dict[str, tuple[Table, Handler]]] = {}


def handles(operation_id: str, table: Table) -> Callable[[Handler], Handler]:
    """Have a function answer an operation, which is about rows of the table."""

    def register(handler: Handler) -> Handler:
        HANDLERS[operation_id] = table, handler
        return handler

    return register


def handler_of(operation_id: str) -> tuple[Table, Handler]:
    if operation_id not in HANDLERS:
        place = "paperspace_projects/testing/emulator/handlers.py"
        raise NotImplementedError(f"the emulator has no handler of {operation_id}: see {place}")
    return HANDLERS[operation_id]


@handles("createProject", PROJECTS)
def create_project(context: RequestContext) -> object:
    fields = _project_fields(context)  # whose name need not be unique
    seeded = context.path.get("id")
    project_id = seeded or new_id(context.database, context.ids, PROJECTS)
    row = context.database.insert(PROJECTS, **fields | {"id": project_id}, dtCreated=context.now)
    return context.record(row, "created")


def _project_fields(context: RequestContext) -> dict[str, object]:
    fields = context.fields()
    optional_text(fields, "name", blank=False)
    return context.shown(fields)


@handles("getProject", PROJECTS)
def get_project(context: RequestContext) -> object:
    return context.show(context.project())


@handles("updateProject", PROJECTS)
def update_project(context: RequestContext) -> object:
    changes = _project_fields(context)
    project = context.project()
    return context.update(project, **changes) if changes else context.show(project)


@handles("deleteProject", PROJECTS)
def delete_project(context: RequestContext) -> object:
    """Delete a project with all that it owns, its activity included."""
    project = context.project()
    context.delete(project)
    return context.show(project | {"dtDeleted": context.now})


@handles("listProjectActivity", EVENTS)
def list_activity(context: RequestContext) -> object:
    """List events, newest first, optionally of one type, or live of one deployment.

    In contract `after` is the id of the last event seen: the spec's answer is a bare array, which
    has no place for any other cursor.
    """
    answer, query = context.operation.answer, context.query
    if answer is not None and answer.is_page:
        return context.page(answer)
    limit = read_limit(query)
    match = context.listed()
    after = None
    if "after" in query:
        event = context.database.find(EVENTS, **match, id=query["after"])
        if event is None:
            raise bad_request("after", "is not the id of an event of this project")
        after = (event["dtCreated"], event["seq"])
    events = context.database.select(
        EVENTS,
        match | context.filters(),
        order_by="dtCreated",
        descending=True,
        after=after,
        limit=limit,
    )
    return [context.show(event) for event in events]


@handles("listProjects", PROJECTS)
@handles("listProjectCollaborators", COLLABORATORS)
@handles("listProjectSecrets", SECRETS)
@handles("listProjectTags", TAGS)
@handles("listProjectModels", MODELS)
def list_rows(context: RequestContext) -> object:
    """List projects, or rows of one: a page, or all of them where the answer is no page."""
    if (answer := context.operation.answer) is not None and answer.is_page:
        return context.page(answer)
    rows = context.database.select(context.table, context.listed())
    return [context.show(row) for row in rows]


@handles("getProjectSecret", SECRETS)
def get_part(context: RequestContext) -> object:
    return context.show(context.part())


@handles("removeProjectCollaborator", COLLABORATORS)
@handles("deleteProjectSecret", SECRETS)
@handles("removeProjectTag", TAGS)
@handles("removeProjectModel", MODELS)
def remove_part(context: RequestContext) -> Any:
    row = context.part()
    context.delete(row)
    return context.record(row, context.table.removed)


@handles("addProjectCollaborator", COLLABORATORS)
def add_collaborator(context: RequestContext) -> object:
    fields = context.fields()
    return context.add(required_text(fields, "userId"), **context.shown(fields))


@handles("createProjectSecret", SECRETS)
def create_secret(context: RequestContext) -> object:
    fields = context.fields()
    name, value = required_text(fields, "name"), required_text(fields, "value", blank=True)
    del fields["value"]  # of which a digest alone is stored, whatever the answer shows
    pattern = context.serializer.secret_name
    if not pattern.fullmatch(name):
        raise bad_request("name", f"must match ^{pattern.pattern}$")
    more = context.shown(fields)
    return context.add(name, **more, digest=digest(value), dtModified=context.now)


@handles("updateProjectSecret", SECRETS)
def update_secret(context: RequestContext) -> object:
    fields = context.fields()
    value = required_text(fields, "value", blank=True)
    del fields["value"]
    more, row = context.shown(fields), context.part()
    return context.update(row, **more, digest=digest(value), dtModified=context.now)


@handles("addProjectTag", TAGS)
def add_tag(context: RequestContext) -> object:
    fields = context.fields()
    return context.add(required_text(fields, "name"), **context.shown(fields))


@handles("addProjectModel", MODELS)
def add_model(context: RequestContext) -> object:
    model_id = context.path["modelId"]
    if not model_id.strip():
        raise HTTPException(404, "No such model.")
    return context.add(model_id, name=f"model-{model_id}")
