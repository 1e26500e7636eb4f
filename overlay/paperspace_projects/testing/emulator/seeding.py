"""Filling the emulator from a document, as if its projects had been made by requests.

The one module of the emulator that uses the client's package: it takes the document that
`paperspace_projects.reconcile` takes, and has that read and check it.
"""

import json
import os
from collections.abc import Mapping
from typing import Final

from ...reconcile import DesiredProject, load
from .database import PROJECTS
from .inputs import Inputs
from .part_handlers import (
    add_project_collaborator,
    add_project_model,
    add_project_tag,
    create_project_secret,
)
from .project_handlers import add_project
from .request_context import Desk

State = str | os.PathLike[str] | Mapping[str, object]

SEEDED_VALUE: Final = "seeded-value"
"""The value of each secret that was seeded: a document holds none, only references to them."""


def read(state: State) -> tuple[DesiredProject, ...]:
    """The projects of a document, or of the file at a path."""
    return load(state).projects


def plant(desk: Desk, project: DesiredProject) -> str:
    """Make one project with all that it holds; gives its id.

    Raises:
        ValueError: there is a project with its id.
    """
    if project.id is not None and desk.store.find(PROJECTS, id=project.id) is not None:
        raise ValueError(f"a project with the id {project.id!r} is there already")
    description = project.description if desk.speech.has_descriptions else None
    stored = add_project(desk, project.name, description, project_id=project.id)

    def inputs(model: str = "", **body: str | None) -> Inputs:
        given = {name: value for name, value in body.items() if value is not None}
        return Inputs({"id": stored.id, "modelId": model}, {}, json.dumps(given).encode())

    for user_id, role in (project.collaborators or {}).items():
        add_project_collaborator(desk, inputs(userId=user_id, role=role))
    for name in project.secrets or ():
        create_project_secret(desk, inputs(name=name, value=SEEDED_VALUE))
    for name in project.tags or ():
        add_project_tag(desk, inputs(name=name))
    for model in project.models or ():
        add_project_model(desk, inputs(model))
    return stored.id
