"""The 20 operations of `openapi.yaml` as one table, and the search for that of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from . import handlers
from .database import COLLABORATORS, EVENTS, MODELS, PROJECTS, SECRETS, TAGS, Table
from .handlers import add_collaborator, list_rows, remove_and_name, remove_part
from .inputs import segments
from .messages import HTTPException


class Route(msgspec.Struct, frozen=True):
    """An operation; `status` and `has_body` are what `openapi.yaml` says of its success."""

    operation_id: str
    method: str
    path: str
    table: Table
    handler: handlers.Handler
    status: int = 200
    has_body: bool = True

    def match(self, parts: Sequence[str]) -> dict[str, str] | None:
        """Return the path parameters if the segments fit, none of them empty; else None."""
        names = self.path.split("/")[1:]
        if len(names) != len(parts):
            return None
        pairs = list(zip(names, parts, strict=True))
        if not all(part if name.startswith("{") else part == name for name, part in pairs):
            return None
        return {name.strip("{}"): part for name, part in pairs if name.startswith("{")}


_P: Final = "/projects/{id}"
_COLLABORATORS: Final = _P + "/collaborators"
_COLLABORATOR: Final = _COLLABORATORS + "/{userId}"
_SECRET: Final = _P + "/secrets/{name}"
_MODEL: Final = _P + "/models/{modelId}"

ROUTES: Final = (
    Route("listProjects", "GET", "/projects", PROJECTS, list_rows),
    Route("createProject", "POST", "/projects", PROJECTS, handlers.create_project, 201),
    Route("getProject", "GET", _P, PROJECTS, handlers.get_project),
    Route("updateProject", "PUT", _P, PROJECTS, handlers.update_project),
    Route("deleteProject", "DELETE", _P, PROJECTS, handlers.delete_project, 204),
    Route("listProjectActivity", "GET", _P + "/activity", EVENTS, handlers.list_activity),
    Route("listProjectCollaborators", "GET", _COLLABORATORS, COLLABORATORS, list_rows),
    Route("addProjectCollaborator", "POST", _COLLABORATORS, COLLABORATORS, add_collaborator, 201),
    Route(
        "removeProjectCollaborator", "DELETE", _COLLABORATOR, COLLABORATORS, remove_and_name, 204
    ),
    Route("listProjectSecrets", "GET", _P + "/secrets", SECRETS, list_rows),
    Route("createProjectSecret", "POST", _P + "/secrets", SECRETS, handlers.create_secret, 201),
    Route("getProjectSecret", "GET", _SECRET, SECRETS, handlers.get_part),
    Route("updateProjectSecret", "PATCH", _SECRET, SECRETS, handlers.update_secret),
    Route("deleteProjectSecret", "DELETE", _SECRET, SECRETS, remove_and_name, 204),
    Route("listProjectTags", "GET", _P + "/tags", TAGS, list_rows),
    Route("addProjectTag", "POST", _P + "/tags", TAGS, handlers.add_tag, 201, has_body=False),
    Route("removeProjectTag", "DELETE", _P + "/tags", TAGS, remove_part, 204),
    Route("listProjectModels", "GET", _P + "/models", MODELS, list_rows),
    Route("addProjectModel", "POST", _MODEL, MODELS, handlers.add_model, 201, has_body=False),
    Route("removeProjectModel", "DELETE", _MODEL, MODELS, remove_part, 204),
)

METHODS: Final = frozenset(route.method for route in ROUTES)
BY_ID: Final = {route.operation_id: route for route in ROUTES}
OPERATION_IDS: Final = frozenset(BY_ID)


def find_route(method: str, path: bytes) -> tuple[Route, Mapping[str, str]]:
    """Return the route and the path parameters, or raise 404 or 405; `/v1` is optional."""
    parts = segments(path)
    if parts[:1] == ["v1"]:
        parts = parts[1:]
    fitting = {route: found for route in ROUTES if (found := route.match(parts)) is not None}
    for route, parameters in fitting.items():
        if route.method == method:
            return route, parameters
    if not fitting:
        raise HTTPException(404, "No such path.")
    allowed = ("allow", ", ".join(route.method for route in fitting))
    raise HTTPException(405, "The method is not supported for this path.", allowed)


def find_operation_id(method: str, path: bytes) -> str | None:
    """Return the operation id of a request, or None if there is no such operation."""
    with suppress(HTTPException):
        return find_route(method, path)[0].operation_id
    return None
