"""Fill the emulator from a document, as if requests had made its projects.

The one module of the emulator that uses the client's package: it takes the document that
`paperspace_projects.reconcile` takes, which reads and checks it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

import msgspec

from ...reconcile import DesiredProject, load
from . import handlers
from .request_context import RequestContext
from .rows import PROJECTS

State = str | os.PathLike[str] | Mapping[str, object]

SEEDED_VALUE: Final = "seeded-value"
"""The value of each seeded secret: a document has only references to values."""


def read(state: State) -> tuple[DesiredProject, ...]:
    """Read the projects of a document, or of the file at a path."""
    return load(state).projects


def add_project(context: RequestContext, project: DesiredProject) -> str:
    """Add one project with all that it holds; return its id.

    Raises:
        ValueError: A project with its id already exists.
    """
    if project.id is not None and context.database.find(PROJECTS, id=project.id) is not None:
        raise ValueError(f"a project with the id {project.id!r} already exists")
    description = project.description if context.serializer.has_descriptions else None
    stored = handlers.add_project(context, project.name, description, project.id)

    def request(model: str = "", **fields: str | None) -> RequestContext:
        given = {name: value for name, value in fields.items() if value is not None}
        path, body = {"id": stored.id, "modelId": model}, msgspec.json.encode(given)
        return msgspec.structs.replace(context, path=path, body=body)

    for user_id, role in (project.collaborators or {}).items():
        handlers.add_project_collaborator(request(userId=user_id, role=role))
    for name in project.secrets or ():
        handlers.create_project_secret(request(name=name, value=SEEDED_VALUE))
    for name in project.tags or ():
        handlers.add_project_tag(request(name=name))
    for model in project.models or ():
        handlers.add_project_model(request(model))
    return stored.id
