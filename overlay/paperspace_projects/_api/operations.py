"""The 20 operations as data: the request to send, how to read the answer, how safe a repeat is.

Requests are built by the generated code, so that no path and no name of the contract is written
here. Pure functions; nothing is sent.
"""

# The generated package keeps the builders of its requests private, and makes no request without
# sending it. They are what this module exists to use; the contract tests hold them to the spec.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar, cast

import attrs
from attrs import field, frozen

from .._retry.decision_table import Safety
from .._security.secret_str import Hidden
from . import decoding as wire
from . import validation as arguments
from .generated import (
    add_project_collaborator,
    add_project_model,
    add_project_tag,
    create_project,
    create_project_secret,
    delete_project,
    delete_project_secret,
    get_project,
    get_project_secret,
    list_project_activity,
    list_project_collaborators,
    list_project_models,
    list_project_secrets,
    list_project_tags,
    list_projects,
    remove_project_collaborator,
    remove_project_model,
    remove_project_tag,
    update_project,
    update_project_secret,
)

P = ParamSpec("P")
T = TypeVar("T")
U = TypeVar("U")


@frozen(kw_only=True)
class Call(Generic[T]):
    """One call, ready to be sent. Its repr shows no body."""

    operation: str
    safety: Safety
    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None = field(repr=False)
    read: Callable[[object], T] = field(repr=False)
    find_out: str | None
    hidden: tuple[Hidden, ...]

    def with_query(self, **query: str | int | None) -> Call[T]:
        """The same call with these query parameters as well; None is left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return attrs.evolve(self, query={**self.query, **given})

    def hiding(self, hidden: tuple[Hidden, ...]) -> Call[T]:
        """The same call, which shows none of these either, should an answer hold them."""
        return attrs.evolve(self, hidden=(*self.hidden, *hidden))

    def reading(self, read: Callable[[object], U]) -> Call[U]:
        """The same call, its answer read in another way."""
        return cast("Call[U]", attrs.evolve(cast("Call[Any]", self), read=read))


@frozen
class Operation(Generic[P, T]):
    """An operation of the spec. Calling it with the generated builder's arguments gives a `Call`.

    `id` is the spec's operation id; `load` gives the generated builder of its requests, which is
    not loaded before the first of them: most programs call few operations. `find_out` tells, of a
    write whose outcome is unknown, which call shows what is there now.
    """

    id: str
    load: Callable[[], Callable[P, dict[str, Any]]] = field(repr=False)
    safety: Safety
    read: Callable[[object], T]
    find_out: str | None = None

    @functools.cached_property
    def build(self) -> Callable[P, dict[str, Any]]:
        """The generated builder of its requests."""
        return self.load()

    @functools.cached_property
    def _parameters(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.build).parameters)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Call[T]:
        # Every path parameter, and nothing else, is positional in the generated builders.
        path = [
            arguments.segment("project_id" if name == "id" else name, value)
            for name, value in zip(self._parameters, args, strict=False)
        ]
        request = cast("Callable[..., dict[str, Any]]", self.build)(*path, **kwargs)
        body: Mapping[str, Any] | None = request.get("json")
        return Call(
            operation=self.id,
            safety=self.safety,
            method=str(request["method"]).upper(),
            path=request["url"],
            query=request.get("params", {}),
            headers=request.get("headers", {}),
            body=body,
            read=self.read,
            find_out=self.find_out,
            hidden=tuple(v for v in (body or {}).values() if isinstance(v, Hidden)),
        )


READ, IDEMPOTENT, KEYED, WRITE = Safety.READ, Safety.IDEMPOTENT, Safety.KEYED, Safety.WRITE

LIST_PROJECTS = Operation(
    "listProjects", lambda: list_projects._get_kwargs, READ, wire.PageReader(wire.project.many)
)
CREATE_PROJECT = Operation(
    "createProject", lambda: create_project._get_kwargs, WRITE, wire.project, "projects.find(name)"
)
GET_PROJECT = Operation("getProject", lambda: get_project._get_kwargs, READ, wire.project)
UPDATE_PROJECT = Operation(
    "updateProject",
    lambda: update_project._get_kwargs,
    IDEMPOTENT,
    wire.project,
    "projects.get(id)",
)
DELETE_PROJECT = Operation(
    "deleteProject",
    lambda: delete_project._get_kwargs,
    IDEMPOTENT,
    wire.nothing,
    "projects.get(id)",
)

LIST_ACTIVITY = Operation(
    "listProjectActivity",
    lambda: list_project_activity._get_kwargs,
    READ,
    wire.PageReader(wire.event.many),
)

LIST_COLLABORATORS = Operation(
    "listProjectCollaborators",
    lambda: list_project_collaborators._get_kwargs,
    READ,
    wire.PageReader(wire.collaborator.many),
)
ADD_COLLABORATOR = Operation(
    "addProjectCollaborator",
    lambda: add_project_collaborator._get_kwargs,
    KEYED,
    wire.collaborator,
    "collaborators.list()",
)
REMOVE_COLLABORATOR = Operation(
    "removeProjectCollaborator",
    lambda: remove_project_collaborator._get_kwargs,
    IDEMPOTENT,
    wire.nothing,
    "collaborators.list()",
)

LIST_SECRETS = Operation(
    "listProjectSecrets",
    lambda: list_project_secrets._get_kwargs,
    READ,
    wire.PageReader(wire.secret.many),
)
CREATE_SECRET = Operation(
    "createProjectSecret",
    lambda: create_project_secret._get_kwargs,
    KEYED,
    wire.secret,
    "secrets.get(name)",
)
GET_SECRET = Operation(
    "getProjectSecret", lambda: get_project_secret._get_kwargs, READ, wire.secret
)
UPDATE_SECRET = Operation(
    "updateProjectSecret",
    lambda: update_project_secret._get_kwargs,
    WRITE,
    wire.secret,
    "secrets.get(name) and its dt_modified",
)
DELETE_SECRET = Operation(
    "deleteProjectSecret",
    lambda: delete_project_secret._get_kwargs,
    IDEMPOTENT,
    wire.nothing,
    "secrets.get(name)",
)

LIST_TAGS = Operation(
    "listProjectTags", lambda: list_project_tags._get_kwargs, READ, wire.PageReader(wire.tags)
)
ADD_TAG = Operation(
    "addProjectTag", lambda: add_project_tag._get_kwargs, KEYED, wire.nothing, "tags.list()"
)
REMOVE_TAG = Operation(
    "removeProjectTag",
    lambda: remove_project_tag._get_kwargs,
    IDEMPOTENT,
    wire.nothing,
    "tags.list()",
)

LIST_MODELS = Operation(
    "listProjectModels",
    lambda: list_project_models._get_kwargs,
    READ,
    wire.PageReader(wire.model.many),
)
ADD_MODEL = Operation(
    "addProjectModel", lambda: add_project_model._get_kwargs, KEYED, wire.nothing, "models.list()"
)
REMOVE_MODEL = Operation(
    "removeProjectModel",
    lambda: remove_project_model._get_kwargs,
    IDEMPOTENT,
    wire.nothing,
    "models.list()",
)
