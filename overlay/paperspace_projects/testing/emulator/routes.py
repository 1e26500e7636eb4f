"""The 20 operations of `openapi.yaml` as one table, and the search for that of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from . import handlers
from .database import COLLABORATORS, MODELS, SECRETS, TAGS
from .handlers import list_parts, remove_part
from .inputs import segments
from .messages import HTTPException


class Route(msgspec.Struct, frozen=True):
    """An operation; `status` and `has_body` are what `openapi.yaml` says of its success."""

    operation_id: str
    method: str
    path: str
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
_COLLABORATOR: Final = _P + "/collaborators/{userId}"
_SECRET: Final = _P + "/secrets/{name}"
_MODEL: Final = _P + "/models/{modelId}"

ROUTES: Final = (
    Route("listProjects", "GET", "/projects", handlers.list_projects),
    Route("createProject", "POST", "/projects", handlers.create_project, 201),
    Route("getProject", "GET", _P, handlers.get_project),
    Route("updateProject", "PUT", _P, handlers.update_project),
    Route("deleteProject", "DELETE", _P, handlers.delete_project, 204),
    Route("listProjectActivity", "GET", f"{_P}/activity", handlers.list_activity),
    Route("listProjectCollaborators", "GET", f"{_P}/collaborators", list_parts(COLLABORATORS)),
    Route("addProjectCollaborator", "POST", f"{_P}/collaborators", handlers.add_collaborator, 201),
    Route("removeProjectCollaborator", "DELETE", _COLLABORATOR, remove_part(COLLABORATORS), 204),
    Route("listProjectSecrets", "GET", f"{_P}/secrets", list_parts(SECRETS)),
    Route("createProjectSecret", "POST", f"{_P}/secrets", handlers.create_secret, 201),
    Route("getProjectSecret", "GET", _SECRET, handlers.get_secret),
    Route("updateProjectSecret", "PATCH", _SECRET, handlers.update_secret),
    Route("deleteProjectSecret", "DELETE", _SECRET, remove_part(SECRETS), 204),
    Route("listProjectTags", "GET", f"{_P}/tags", list_parts(TAGS)),
    Route("addProjectTag", "POST", f"{_P}/tags", handlers.add_tag, 201, has_body=False),
    Route("removeProjectTag", "DELETE", f"{_P}/tags", remove_part(TAGS), 204),
    Route("listProjectModels", "GET", f"{_P}/models", list_parts(MODELS)),
    Route("addProjectModel", "POST", _MODEL, handlers.add_model, 201, has_body=False),
    Route("removeProjectModel", "DELETE", _MODEL, remove_part(MODELS), 204),
)

METHODS: Final = frozenset(route.method for route in ROUTES)
OPERATION_IDS: Final = frozenset(route.operation_id for route in ROUTES)


def find_route(method: str, path: bytes) -> tuple[Route, Mapping[str, str]]:
    """Return the route of a request, and its path parameters; the prefix `/v1` is optional.

    Raises:
        HTTPException: 404 for an unknown path, 405 for a method that the path does not have.
    """
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
    try:
        return find_route(method, path)[0].operation_id
    except HTTPException:
        return None
