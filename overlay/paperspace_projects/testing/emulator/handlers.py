"""The handlers of the operations that `routes` lists.

A handler checks the request before it looks anything up, and looks everything up before it writes.
It returns a row or JSON, which contract leaves out if the spec's answer has no body. A secret's
value goes from the request into a digest, and must never go anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast

import msgspec

from .database import digest
from .inputs import optional_choice, optional_name, optional_text, required_name, required_text
from .messages import bad_request
from .paging import read_limit, read_page_query
from .request_context import PartT, RequestContext
from .rows import COLLABORATORS, EVENTS, MODELS, PROJECTS, SECRETS, TAGS, Project, Table

if TYPE_CHECKING:
    from ...reconcile import DesiredProject

ROLES: Final = ("admin", "member", "viewer")

SEEDED_VALUE: Final = "seeded-value"
"""The value of each seeded secret: a desired state has only references to values."""

Handler = Callable[[RequestContext], object]


def list_of(table: Table[PartT]) -> Handler:
    """Make the handler that lists rows of a project."""
    return lambda context: context.list_parts(table)


def removal_from(table: Table[PartT], parameter: str, shown_as: str | None = None) -> Handler:
    """Make the handler that removes a row of a project, named by a parameter of the path."""

    def remove(context: RequestContext) -> object:
        key = context.path[parameter]
        context.remove(table, key)
        return {shown_as or parameter: key}

    return remove


def list_projects(context: RequestContext) -> object:
    columns = context.serializer.order_columns
    return context.page(PROJECTS, read_page_query(context.query, PROJECTS.name, columns))


def create_project(context: RequestContext) -> object:
    fields = context.fields()
    name = required_name(fields, "name")  # which need not be unique
    return add_project(context, name, _description(context, fields))


def add_project(
    context: RequestContext, name: str, description: str | None, project_id: str | None = None
) -> Project:
    """Add a project, with a new id unless one is given."""
    project = context.database.insert(
        PROJECTS,
        id=project_id or context.new_id(PROJECTS),
        name=name,
        description=description,
        dt_created=context.now,
    )
    context.record(project.id, PROJECTS.noun, name, "created")
    return project


def get_project(context: RequestContext) -> object:
    return context.project()


def update_project(context: RequestContext) -> object:
    fields = context.fields()
    given = {"name": optional_name(fields, "name"), "description": _description(context, fields)}
    changes = {column: value for column, value in given.items() if value is not None}
    project = context.project()
    if changes:
        project = context.database.update(PROJECTS, project, **changes)
        context.record(project.id, PROJECTS.noun, project.name, "updated")
    return project


def delete_project(context: RequestContext) -> object:
    """Delete a project with all that it owns, its activity included."""
    project = context.project()
    context.database.delete(PROJECTS, project)
    shown = cast("dict[str, object]", context.serializer.to_json(project))
    return {**shown, "dtDeleted": context.now}


def list_project_activity(context: RequestContext) -> object:
    """List events, newest first, optionally of one type.

    In contract `after` is the id of the last event seen: the spec's answer is a bare array, which
    has no place for any other cursor.
    """
    query, serializer = context.query, context.serializer
    filters = {"type": query["type"]} if "type" in query else {}
    if serializer.lists_are_pages:
        return context.list_parts(EVENTS, **filters)
    limit = read_limit(query)
    match = {"project_id": context.project().id}
    after = None
    if "after" in query:
        event = context.database.find(EVENTS, **match, id=query["after"])
        if event is None:
            raise bad_request("after", "is not the id of an event of this project")
        after = (event.dt_created, event.seq)
    events = context.database.select(
        EVENTS, match | filters, order_by="dt_created", descending=True, after=after, limit=limit
    )
    return [serializer.to_json(event) for event in events]


def add_project_collaborator(context: RequestContext) -> object:
    fields = context.fields()
    user_id = required_name(fields, "userId")
    role = optional_choice(fields, "role", ROLES)
    return context.add(COLLABORATORS, user_id, role=role)


def create_project_secret(context: RequestContext) -> object:
    fields = context.fields()
    name, value = required_name(fields, "name"), required_text(fields, "value")
    pattern = context.serializer.secret_name
    if not pattern.fullmatch(name):
        raise bad_request("name", f"must match ^{pattern.pattern}$")
    return context.add(SECRETS, name, digest=digest(value), dt_modified=context.now)


def get_project_secret(context: RequestContext) -> object:
    return context.part(SECRETS, context.path["name"])


def update_project_secret(context: RequestContext) -> object:
    value = required_text(context.fields(), "value")
    secret = context.part(SECRETS, context.path["name"])
    context.record(secret.project_id, SECRETS.noun, secret.name, "updated")
    new = digest(value)
    return context.database.update(SECRETS, secret, digest=new, dt_modified=context.now)


def add_project_tag(context: RequestContext) -> object:
    return context.add(TAGS, required_name(context.fields(), "name"))


def remove_project_tag(context: RequestContext) -> object:
    """Remove a tag, whose name is in the query."""
    return {"name": context.remove(TAGS, required_name(context.query, "name")).name}


def add_project_model(context: RequestContext) -> object:
    return context.add(MODELS, required_name(context.path, "modelId"))


def seed_project(context: RequestContext, desired: DesiredProject) -> str:
    """Add one project of a desired state with all that it holds; return its id."""
    if desired.id is not None and context.database.find(PROJECTS, id=desired.id) is not None:
        raise ValueError(f"a project with the id {desired.id!r} already exists")
    description = desired.description if context.serializer.has_descriptions else None
    project = add_project(context, desired.name, description, desired.id)

    def request(model: str = "", **fields: str | None) -> RequestContext:
        given = {name: value for name, value in fields.items() if value is not None}
        path, body = {"id": project.id, "modelId": model}, msgspec.json.encode(given)
        return msgspec.structs.replace(context, path=path, body=body)

    for user_id, role in (desired.collaborators or {}).items():
        add_project_collaborator(request(userId=user_id, role=role))
    for name in desired.secrets or ():
        create_project_secret(request(name=name, value=SEEDED_VALUE))
    for name in desired.tags or ():
        add_project_tag(request(name=name))
    for model in desired.models or ():
        add_project_model(request(model))
    return project.id


def _description(context: RequestContext, fields: Mapping[str, object]) -> str | None:
    return optional_text(fields, "description") if context.serializer.has_descriptions else None
