"""The 20 operations; each handler is named for its operation id in `openapi.yaml`.

A handler checks the request before it looks anything up, and looks everything up before it writes.
It returns the answer's row or JSON; contract leaves it out where the spec has no body. A secret's
value goes from the request into a digest, and must never go anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from .database import digest
from .inputs import optional_choice, optional_name, optional_text, required_name, required_text
from .messages import bad_request
from .paging import read_limit, read_page_query
from .request_context import RequestContext
from .rows import COLLABORATORS, EVENTS, MODELS, PROJECTS, SECRETS, TAGS, Project, Secret

ROLES: Final = ("admin", "member", "viewer")


def list_projects(context: RequestContext) -> object:
    columns = context.serializer.order_columns
    return context.page(PROJECTS, read_page_query(context.query, PROJECTS.name, columns))


def create_project(context: RequestContext) -> object:
    """Create a project; names need not be unique."""
    fields = context.fields()
    name = required_name(fields, "name")
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
    """Change the fields that are given; if none is, write nothing."""
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


def list_project_collaborators(context: RequestContext) -> object:
    return context.list_parts(COLLABORATORS)


def add_project_collaborator(context: RequestContext) -> object:
    """Add a collaborator; any user id is accepted."""
    fields = context.fields()
    user_id = required_name(fields, "userId")
    role = optional_choice(fields, "role", ROLES)
    return context.add(COLLABORATORS, user_id, role=role)


def remove_project_collaborator(context: RequestContext) -> object:
    return {"userId": context.remove(COLLABORATORS, context.path["userId"]).user_id}


def list_project_secrets(context: RequestContext) -> object:
    return context.list_parts(SECRETS)


def create_project_secret(context: RequestContext) -> object:
    fields = context.fields()
    name, value = required_name(fields, "name"), required_text(fields, "value")
    pattern = context.serializer.secret_name
    if not pattern.fullmatch(name):
        raise bad_request("name", f"must match ^{pattern.pattern}$")
    return context.add(SECRETS, name, digest=digest(value), dt_modified=context.now)


def get_project_secret(context: RequestContext) -> object:
    return _secret(context)


def update_project_secret(context: RequestContext) -> object:
    """Replace a secret's value, and with it its dtModified."""
    changes = {
        "digest": digest(required_text(context.fields(), "value")),
        "dt_modified": context.now,
    }
    secret = context.database.update(SECRETS, _secret(context), **changes)
    context.record(secret.project_id, SECRETS.noun, secret.name, "updated")
    return secret


def delete_project_secret(context: RequestContext) -> object:
    return {"name": context.remove(SECRETS, context.path["name"]).name}


def list_project_tags(context: RequestContext) -> object:
    return context.list_parts(TAGS)


def add_project_tag(context: RequestContext) -> object:
    name = required_name(context.fields(), "name")
    return context.add(TAGS, name)


def remove_project_tag(context: RequestContext) -> object:
    """Remove a tag, whose name is in the query."""
    return {"name": context.remove(TAGS, required_name(context.query, "name")).name}


def list_project_models(context: RequestContext) -> object:
    return context.list_parts(MODELS)


def add_project_model(context: RequestContext) -> object:
    """Link a model; any model id is accepted."""
    model_id = required_name(context.path, "modelId")
    return context.add(MODELS, model_id)


def remove_project_model(context: RequestContext) -> object:
    """Remove a link; the model itself is not in this API."""
    return {"id": context.remove(MODELS, context.path["modelId"]).id}


def _secret(context: RequestContext) -> Secret:
    return context.part(SECRETS, context.path["name"])


def _description(context: RequestContext, fields: Mapping[str, object]) -> str | None:
    return optional_text(fields, "description") if context.serializer.has_descriptions else None
