"""The handlers of the operations that `routes` lists, and the steps that they share.

A handler checks the request before it looks anything up, and looks everything up before it writes.
It returns JSON, which contract leaves out if the spec's answer has no body. A secret's value goes
from the request into a digest, and must never go anywhere else. The API key never gets here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec

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
from .inputs import Cursor, json_object, optional_choice, optional_text, read_limit, required_text
from .messages import HTTPException, Opaque, bad_request
from .serializers import Serializer

if TYPE_CHECKING:
    from ...reconcile import DesiredProject

ROLES: Final = ("admin", "member", "viewer")

SEEDED_VALUE: Final = "seeded-value"
"""The value of each seeded secret: a desired state has only references to values."""


class RequestContext(Opaque, frozen=True):
    """What a handler works with: the emulator's state, and what the request sent."""

    database: Database
    serializer: Serializer
    ids: Ids
    now: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def existing(self, table: Table, **match: str) -> Row:
        """Return the row with these values, or raise 404."""
        row = self.database.find(table, **match)
        if row is None:
            raise HTTPException(404, f"No such {table.noun}.")
        return row

    def project(self) -> Row:
        return self.existing(PROJECTS, id=self.path["id"])

    def part(self, table: Table) -> Row:
        """Return the row that the end of the path names, or for a tag the query; or raise 404."""
        *_, key = self.path.values() if len(self.path) > 1 else [required_text(self.query, "name")]
        return self.existing(table, **{"projectId": self.project()["id"], table.key: key})

    def add(self, table: Table, key: str, **values: str | bytes | None) -> object:
        """Add a row to the project, or raise 409 if it has one with the same key."""
        match = {"projectId": self.project()["id"], table.key: key}
        if self.database.find(table, **match) is not None:
            raise HTTPException(409, f"The {table.noun} already exists.")
        row = self.database.insert(table, **match, **values, dtCreated=self.now)
        self.record(match["projectId"], table, row, table.added)
        return self.serializer.to_json(table, row)

    def record(self, project_id: str, table: Table, row: Row, verb: str) -> None:
        """Add an event, such as "Tag gpu was added.", to a project's activity."""
        self.database.insert(
            EVENTS,
            projectId=project_id,
            id=self.new_id(EVENTS),
            type=f"{table.noun}.{verb}",
            message=f"{table.noun.capitalize()} {row[table.label]} was {verb}.",
            dtCreated=self.now,
        )

    def new_id(self, table: Table) -> str:
        """Draw an unused id; a file may hold those that an earlier run drew from the same seed."""
        while True:
            new = self.ids.for_row(table.noun[0])
            if self.database.find(table, id=new) is None:
                return new

    def page(self, table: Table, **filters: str) -> object:
        """Make the page that the query asks for; the newest row comes first by default."""
        # A cursor belongs to one list: its filters are part of its name.
        names = (table.name, *self.path.values(), *(f"{name}={filters[name]}" for name in filters))
        listing = "/".join(quote(name, "") for name in names)
        limit = read_limit(self.query)
        # docs/dialects.md: the lists within a project sort by nothing but dtCreated.
        orders = self.serializer.project_orders if table is PROJECTS else ("dtCreated",)
        order_by = optional_choice(self.query, "orderBy", orders) or "dtCreated"
        order = optional_choice(self.query, "order", ("asc", "desc")) or "desc"
        after = None
        if "after" in self.query:
            cursor = Cursor.decode(self.query["after"])
            if cursor is None or cursor[:3] != (listing, order_by, order):
                raise bad_request("after", "is not a cursor of this list in this order")
            after = cursor[3:]
        rows = self.database.select(
            table,
            filters if table is PROJECTS else {"projectId": self.project()["id"], **filters},
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


Handler = Callable[[RequestContext], object]


def list_parts(table: Table) -> Handler:
    """Make the handler that lists rows of a project: all of them in contract, a page in live."""

    def list_rows(context: RequestContext) -> object:
        if context.serializer.lists_are_pages:
            return context.page(table)
        rows = context.database.select(table, {"projectId": context.project()["id"]})
        return [context.serializer.to_json(table, row) for row in rows]

    return list_rows


def remove_part(table: Table) -> Handler:
    """Make the handler that removes a row of a project."""

    def remove(context: RequestContext) -> object:
        row = context.part(table)
        context.database.delete(table, row)
        context.record(row["projectId"], table, row, table.removed)
        return {table.key: row[table.key]}

    return remove


def list_projects(context: RequestContext) -> object:
    return context.page(PROJECTS)


def create_project(context: RequestContext) -> object:
    fields = json_object(context.body)
    name = required_text(fields, "name")  # which need not be unique
    return _add_project(context, context.new_id(PROJECTS), name, _description(context, fields))


def _add_project(
    context: RequestContext, project_id: str, name: str, description: str | None
) -> object:
    values = {"id": project_id, "name": name, "description": description}
    project = context.database.insert(PROJECTS, **values, dtCreated=context.now)
    context.record(project_id, PROJECTS, project, "created")
    return context.serializer.to_json(PROJECTS, project)


def _description(context: RequestContext, fields: Mapping[str, object]) -> str | None:
    has_it = context.serializer.has_descriptions
    return optional_text(fields, "description") if has_it else None


def get_project(context: RequestContext) -> object:
    return context.serializer.to_json(PROJECTS, context.project())


def update_project(context: RequestContext) -> object:
    fields = json_object(context.body)
    name = optional_text(fields, "name", blank=False)
    given = {"name": name, "description": _description(context, fields)}
    changes = {column: value for column, value in given.items() if value is not None}
    project = context.project()
    if changes:
        project = context.database.update(PROJECTS, project, **changes)
        context.record(project["id"], PROJECTS, project, "updated")
    return context.serializer.to_json(PROJECTS, project)


def delete_project(context: RequestContext) -> object:
    """Delete a project with all that it owns, its activity included."""
    project = context.project()
    context.database.delete(PROJECTS, project)
    shown: Any = context.serializer.to_json(PROJECTS, project)
    return {**shown, "dtDeleted": context.now}


def list_activity(context: RequestContext) -> object:
    """List events, newest first, optionally of one type.

    In contract `after` is the id of the last event seen: the spec's answer is a bare array, which
    has no place for any other cursor.
    """
    query, serializer = context.query, context.serializer
    filters = {"type": query["type"]} if "type" in query else {}
    if serializer.lists_are_pages:
        return context.page(EVENTS, **filters)
    limit = read_limit(query)
    match = {"projectId": context.project()["id"]}
    after = None
    if "after" in query:
        event = context.database.find(EVENTS, **match, id=query["after"])
        if event is None:
            raise bad_request("after", "is not the id of an event of this project")
        after = (event["dtCreated"], event["seq"])
    events = context.database.select(
        EVENTS, match | filters, order_by="dtCreated", descending=True, after=after, limit=limit
    )
    return [serializer.to_json(EVENTS, event) for event in events]


def add_collaborator(context: RequestContext) -> object:
    fields = json_object(context.body)
    user_id, role = required_text(fields, "userId"), optional_choice(fields, "role", ROLES)
    return context.add(COLLABORATORS, user_id, role=role)


def create_secret(context: RequestContext) -> object:
    fields = json_object(context.body)
    name, value = required_text(fields, "name"), required_text(fields, "value", blank=True)
    pattern = context.serializer.secret_name
    if not pattern.fullmatch(name):
        raise bad_request("name", f"must match ^{pattern.pattern}$")
    return context.add(SECRETS, name, digest=digest(value), dtModified=context.now)


def get_secret(context: RequestContext) -> object:
    return context.serializer.to_json(SECRETS, context.part(SECRETS))


def update_secret(context: RequestContext) -> object:
    value = required_text(json_object(context.body), "value", blank=True)
    secret = context.part(SECRETS)
    context.record(secret["projectId"], SECRETS, secret, "updated")
    new = digest(value)
    updated = context.database.update(SECRETS, secret, digest=new, dtModified=context.now)
    return context.serializer.to_json(SECRETS, updated)


def add_tag(context: RequestContext) -> object:
    return context.add(TAGS, required_text(json_object(context.body), "name"))


def add_model(context: RequestContext) -> object:
    model_id = required_text(context.path, "modelId")
    return context.add(MODELS, model_id, name=f"model-{model_id}")


def seed_project(context: RequestContext, desired: DesiredProject) -> str:
    """Add one project of a desired state with all that it holds; return its id."""
    if desired.id is not None and context.database.find(PROJECTS, id=desired.id) is not None:
        raise ValueError(f"a project with the id {desired.id!r} already exists")
    description = desired.description if context.serializer.has_descriptions else None
    project_id = desired.id or context.new_id(PROJECTS)
    _add_project(context, project_id, desired.name, description)

    def add(handler: Handler, model: str = "", **fields: str | None) -> None:
        given = {name: value for name, value in fields.items() if value is not None}
        path, body = {"id": project_id, "modelId": model}, msgspec.json.encode(given)
        handler(msgspec.structs.replace(context, path=path, body=body))

    for user_id, role in (desired.collaborators or {}).items():
        add(add_collaborator, userId=user_id, role=role)
    for name in desired.secrets or ():
        add(create_secret, name=name, value=SEEDED_VALUE)
    for name in desired.tags or ():
        add(add_tag, name=name)
    for model in desired.models or ():
        add(add_model, model)
    return project_id
