"""The operations as data: the request, the decoder of the answer, how safe a repeat is.

The generated code builds the requests: no path and no name of the contract is written here.
"""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, cast

import msgspec

from .._security.secret_str import SecretStr
from . import validation
from .decoding import PageReader, collaborator, event, key_of, model, nothing, project, secret, tags
from .generated import LazyName, load, types

if TYPE_CHECKING:
    from .api_modules import api
else:
    from .generated import api

P = ParamSpec("P")
T = TypeVar("T")
U = TypeVar("U")


class Idempotency(enum.Enum):
    """What a repeat of an operation may do: the columns of the retry table."""

    READ = "read"
    IDEMPOTENT = "idempotent write"  # PUT and DELETE: twice is the same as once
    NATURAL_KEY = "write with a natural key"  # POST of what can be looked up by its name or id
    NONE = "write without one"  # twice may be two, and no lookup tells whether it was once

    @property
    def may_duplicate(self) -> bool:
        """Whether a blind repeat may do it a second time."""
        return self in (Idempotency.NATURAL_KEY, Idempotency.NONE)


class ApiRequest(msgspec.Struct, Generic[T], frozen=True, kw_only=True, eq=False):
    """A request that is ready to be sent. Its repr shows no body.

    `verify_with` is the call that tells whether a write was carried out, if there is one. `secrets`
    must not show in anything that is kept of the answer.
    """

    operation: str
    idempotency: Idempotency
    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: object
    decode: Callable[[object], T]
    verify_with: str | None
    secrets: tuple[SecretStr, ...]
    in_contract: bool = True

    def __repr__(self) -> str:
        return f"<ApiRequest {self.operation}: {self.method} {self.path}>"

    def with_query(self, **query: str | int | None) -> ApiRequest[T]:
        """The same request with these query parameters as well; None is left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return msgspec.structs.replace(self, query={**self.query, **given})

    def hiding(self, secrets: tuple[SecretStr, ...]) -> ApiRequest[T]:
        """The same request, of whose answer these values must not show either."""
        return msgspec.structs.replace(self, secrets=(*self.secrets, *secrets))

    def decoded_by(self, decode: Callable[[object], U]) -> ApiRequest[U]:
        """The same request with another decoder."""
        made: Any = msgspec.structs.replace(self)
        return msgspec.structs.replace(made, decode=decode)


def or_unset(value: T | None) -> T | types.Unset:
    """The value for a generated builder, where UNSET stands for None."""
    return types.UNSET if value is None else value


class _Module(Protocol[P]):
    """A module of the generated package, by its private builder of requests.

    The generator makes no public one; the contract tests hold it to the spec.
    """

    def _get_kwargs(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]: ...


class Operation(Generic[P, T]):
    """An operation of the spec. Call it with the generated builder's arguments.

    `module` is a `LazyName` outside of type checkers: it is imported with the first call.
    `verify_with` is the call that tells whether a write was carried out.
    """

    def __init__(
        self,
        module: _Module[P],
        idempotency: Idempotency,
        decode: Callable[[object], T],
        verify_with: str | None = None,
    ) -> None:
        self._names = cast("LazyName", module).names
        self.id: str = key_of(self._names[-1])
        self.idempotency, self.decode, self.verify_with = idempotency, decode, verify_with

    @functools.cached_property
    def build(self) -> Callable[..., dict[str, Any]]:
        """The generated builder of its requests, imported when it is first used."""
        build: Callable[..., dict[str, Any]] = load(".".join(self._names))._get_kwargs
        return build

    @functools.cached_property
    def _path_parameters(self) -> tuple[str, ...]:
        """Those of the builder: every path parameter, and nothing else, is positional in it."""
        names = inspect.signature(self.build).parameters
        return tuple("project_id" if name == "id" else name for name in names)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ApiRequest[T]:
        """Make a request, with each path argument checked."""
        path: list[object] = []
        for name, value in zip(self._path_parameters, args, strict=False):
            is_checked = type(value) is validation.Segment
            path.append(value if is_checked else validation.segment(name, value))
        request = self.build(*path, **kwargs)
        body: Mapping[str, Any] | None = request.get("json")
        return ApiRequest(
            operation=self.id,
            idempotency=self.idempotency,
            method=str(request["method"]).upper(),
            path=request["url"],
            query=request.get("params", {}),
            headers=request.get("headers", {}),
            body=body,
            decode=self.decode,
            verify_with=self.verify_with,
            secrets=tuple(v for v in (body or {}).values() if isinstance(v, SecretStr)),
        )


READ, IDEMPOTENT = Idempotency.READ, Idempotency.IDEMPOTENT
NATURAL_KEY, NO_KEY = Idempotency.NATURAL_KEY, Idempotency.NONE

LIST_PROJECTS = Operation(api.projects.list_projects, READ, project.page)
CREATE_PROJECT = Operation(api.projects.create_project, NO_KEY, project, "projects.find(name)")
GET_PROJECT = Operation(api.projects.get_project, READ, project)
UPDATE_PROJECT = Operation(api.projects.update_project, IDEMPOTENT, project, "projects.get(id)")
DELETE_PROJECT = Operation(api.projects.delete_project, IDEMPOTENT, nothing, "projects.get(id)")

LIST_ACTIVITY = Operation(api.activity.list_project_activity, READ, event.page)

LIST_COLLABORATORS = Operation(
    api.collaborators.list_project_collaborators, READ, collaborator.page
)
ADD_COLLABORATOR = Operation(
    api.collaborators.add_project_collaborator,
    NATURAL_KEY,
    collaborator,
    "collaborators.list()",
)
REMOVE_COLLABORATOR = Operation(
    api.collaborators.remove_project_collaborator, IDEMPOTENT, nothing, "collaborators.list()"
)

LIST_SECRETS = Operation(api.secrets.list_project_secrets, READ, secret.page)
CREATE_SECRET = Operation(
    api.secrets.create_project_secret, NATURAL_KEY, secret, "secrets.get(name)"
)
GET_SECRET = Operation(api.secrets.get_project_secret, READ, secret)
UPDATE_SECRET = Operation(
    api.secrets.update_project_secret, NO_KEY, secret, "secrets.get(name) and its dt_modified"
)
DELETE_SECRET = Operation(
    api.secrets.delete_project_secret, IDEMPOTENT, nothing, "secrets.get(name)"
)

LIST_TAGS = Operation(api.tags.list_project_tags, READ, PageReader(tags))
ADD_TAG = Operation(api.tags.add_project_tag, NATURAL_KEY, nothing, "tags.list()")
REMOVE_TAG = Operation(api.tags.remove_project_tag, IDEMPOTENT, nothing, "tags.list()")

LIST_MODELS = Operation(api.projects.list_project_models, READ, model.page)
ADD_MODEL = Operation(api.projects.add_project_model, NATURAL_KEY, nothing, "models.list()")
REMOVE_MODEL = Operation(api.projects.remove_project_model, IDEMPOTENT, nothing, "models.list()")
