"""The 20 operations of `openapi.yaml` as one table, and the search for that of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from . import handlers
from .handlers import list_of, removal_from
from .inputs import segments
from .messages import HTTPException, not_found
from .rows import COLLABORATORS, MODELS, SECRETS, TAGS


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
        template = self.path.split("/")[1:]
        if len(template) != len(parts):
            return None
        parameters: dict[str, str] = {}
        for expected, part in zip(template, parts, strict=True):
            if expected.startswith("{") and part:
                parameters[expected.strip("{}")] = part
            elif expected != part:
                return None
        return parameters


def _routes() -> Iterator[Route]:
    path = "/projects"
    yield Route("listProjects", "GET", path, handlers.list_projects)
    yield Route("createProject", "POST", path, handlers.create_project, 201)
    path = "/projects/{id}"
    yield Route("getProject", "GET", path, handlers.RequestContext.project)
    yield Route("updateProject", "PUT", path, handlers.update_project)
    yield Route("deleteProject", "DELETE", path, handlers.delete_project, 204)
    path = "/projects/{id}/activity"
    yield Route("listProjectActivity", "GET", path, handlers.list_project_activity)
    path = "/projects/{id}/collaborators"
    yield Route("listProjectCollaborators", "GET", path, list_of(COLLABORATORS))
    yield Route("addProjectCollaborator", "POST", path, handlers.add_project_collaborator, 201)
    remove = removal_from(COLLABORATORS, "userId")
    yield Route("removeProjectCollaborator", "DELETE", f"{path}/{{userId}}", remove, 204)
    path = "/projects/{id}/secrets"
    yield Route("listProjectSecrets", "GET", path, list_of(SECRETS))
    yield Route("createProjectSecret", "POST", path, handlers.create_project_secret, 201)
    path = "/projects/{id}/secrets/{name}"
    yield Route("getProjectSecret", "GET", path, handlers.get_project_secret)
    yield Route("updateProjectSecret", "PATCH", path, handlers.update_project_secret)
    yield Route("deleteProjectSecret", "DELETE", path, removal_from(SECRETS, "name"), 204)
    path = "/projects/{id}/tags"
    yield Route("listProjectTags", "GET", path, list_of(TAGS))
    yield Route("addProjectTag", "POST", path, handlers.add_project_tag, 201, has_body=False)
    yield Route("removeProjectTag", "DELETE", path, handlers.remove_project_tag, 204)
    path = "/projects/{id}/models"
    yield Route("listProjectModels", "GET", path, list_of(MODELS))
    path = "/projects/{id}/models/{modelId}"
    yield Route("addProjectModel", "POST", path, handlers.add_project_model, 201, has_body=False)
    yield Route("removeProjectModel", "DELETE", path, removal_from(MODELS, "modelId", "id"), 204)


ROUTES: Final = tuple(_routes())

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
        raise not_found("path")
    message = "The method is not supported for this path."
    allowed = ", ".join(route.method for route in fitting)
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, message, ("allow", allowed))


def find_operation_id(method: str, path: bytes) -> str | None:
    """Return the operation id of a request, or None if there is no such operation."""
    try:
        route, _ = find_route(method, path)
    except HTTPException:
        return None
    return route.operation_id
