"""The 20 operations as one table, and the way from a method and a path to one of them.

The table must hold every operation of `openapi.yaml` and no other; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from . import handlers
from .inputs import segments
from .messages import HTTPException, not_found
from .request_context import RequestContext


class Route(msgspec.Struct, frozen=True):
    """An operation; `status` and `has_body` are what `openapi.yaml` says of its success."""

    method: str
    path: str
    handler: Callable[[RequestContext], object]
    status: int = 200
    has_body: bool = True

    @property
    def operation_id(self) -> str:
        """The operation id, which the handler is named for."""
        first, *words = self.handler.__name__.split("_")
        return first + "".join(word.capitalize() for word in words)

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


ROUTES: Final[Sequence[Route]] = (
    Route("GET", "/projects", handlers.list_projects),
    Route("POST", "/projects", handlers.create_project, 201),
    Route("GET", "/projects/{id}", handlers.get_project),
    Route("PUT", "/projects/{id}", handlers.update_project),
    Route("DELETE", "/projects/{id}", handlers.delete_project, 204),
    Route("GET", "/projects/{id}/activity", handlers.list_project_activity),
    Route("GET", "/projects/{id}/collaborators", handlers.list_project_collaborators),
    Route("POST", "/projects/{id}/collaborators", handlers.add_project_collaborator, 201),
    Route(
        "DELETE",
        "/projects/{id}/collaborators/{userId}",
        handlers.remove_project_collaborator,
        204,
    ),
    Route("GET", "/projects/{id}/secrets", handlers.list_project_secrets),
    Route("POST", "/projects/{id}/secrets", handlers.create_project_secret, 201),
    Route("GET", "/projects/{id}/secrets/{name}", handlers.get_project_secret),
    Route("PATCH", "/projects/{id}/secrets/{name}", handlers.update_project_secret),
    Route("DELETE", "/projects/{id}/secrets/{name}", handlers.delete_project_secret, 204),
    Route("GET", "/projects/{id}/tags", handlers.list_project_tags),
    Route("POST", "/projects/{id}/tags", handlers.add_project_tag, 201, has_body=False),
    Route("DELETE", "/projects/{id}/tags", handlers.remove_project_tag, 204),
    Route("GET", "/projects/{id}/models", handlers.list_project_models),
    Route(
        "POST", "/projects/{id}/models/{modelId}", handlers.add_project_model, 201, has_body=False
    ),
    Route("DELETE", "/projects/{id}/models/{modelId}", handlers.remove_project_model, 204),
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
