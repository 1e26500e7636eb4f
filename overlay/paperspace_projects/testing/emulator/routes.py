"""The 20 operations as one table, and the way from a method and a path to one of them.

The table must hold every operation of `openapi.yaml` and no other; a test compares the two.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from . import part_handlers as holdings
from . import project_handlers as projects
from .inputs import Inputs, segments
from .messages import Answer, Problem, method_not_supported, not_found
from .request_context import Desk

Operation = Callable[[Desk, Inputs], Answer]

ROUTES: Final[Mapping[str, Mapping[str, Operation]]] = {
    "/projects": {
        "GET": projects.list_projects,
        "POST": projects.create_project,
    },
    "/projects/{id}": {
        "GET": projects.get_project,
        "PUT": projects.update_project,
        "DELETE": projects.delete_project,
    },
    "/projects/{id}/activity": {
        "GET": projects.list_project_activity,
    },
    "/projects/{id}/collaborators": {
        "GET": holdings.list_project_collaborators,
        "POST": holdings.add_project_collaborator,
    },
    "/projects/{id}/collaborators/{userId}": {
        "DELETE": holdings.remove_project_collaborator,
    },
    "/projects/{id}/secrets": {
        "GET": holdings.list_project_secrets,
        "POST": holdings.create_project_secret,
    },
    "/projects/{id}/secrets/{name}": {
        "GET": holdings.get_project_secret,
        "PATCH": holdings.update_project_secret,
        "DELETE": holdings.delete_project_secret,
    },
    "/projects/{id}/tags": {
        "GET": holdings.list_project_tags,
        "POST": holdings.add_project_tag,
        "DELETE": holdings.remove_project_tag,
    },
    "/projects/{id}/models": {
        "GET": holdings.list_project_models,
    },
    "/projects/{id}/models/{modelId}": {
        "POST": holdings.add_project_model,
        "DELETE": holdings.remove_project_model,
    },
}


def operation_id(operation: Operation) -> str:
    """The id that `openapi.yaml` has for an operation, which its function is named for."""
    first, *words = operation.__name__.split("_")
    return first + "".join(word.capitalize() for word in words)


OPERATION_IDS: Final = frozenset(
    operation_id(operation) for operations in ROUTES.values() for operation in operations.values()
)


@dataclass(frozen=True, slots=True)
class Found:
    """An operation, and the values of its path's parameters."""

    operation: Operation
    parameters: Mapping[str, str]


def find(method: str, path: bytes) -> Found:
    """The operation of a method and a raw path; the prefix `/v1` may be left out.

    Raises:
        Problem: 404 for a path that is none of the table's, 405 for another method on one that is.
    """
    parts = segments(path)
    if parts[:1] == ["v1"]:
        parts = parts[1:]
    for template, operations in ROUTES.items():
        parameters = _match(template.split("/")[1:], parts)
        if parameters is None:
            continue
        if method not in operations:
            raise method_not_supported(", ".join(operations))
        return Found(operations[method], parameters)
    raise not_found("path")


def find_id(method: str, path: bytes) -> str | None:
    """The id of the operation of a method and a raw path, or None where there is none."""
    try:
        return operation_id(find(method, path).operation)
    except Problem:
        return None


def _match(template: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    """The parameters if the parts fit the template, none of them empty."""
    if len(template) != len(parts):
        return None
    parameters: dict[str, str] = {}
    for expected, part in zip(template, parts, strict=True):
        if expected.startswith("{") and part:
            parameters[expected.strip("{}")] = part
        elif expected != part:
            return None
    return parameters
