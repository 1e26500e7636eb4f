"""The results of calls: frozen plain data.

The names are openapi.yaml's, in snake case. The field that identifies a thing is always set; any
other is None when the server does not send it. Some fields are sent by the live server alone, as
each model says: they are None in the contract dialect (docs/dialects.md). `extra` has what no field
holds, under the server's own names: keys without a field, as servers gain some, and values of such
live-only fields that are of another type. Models compare, hash, copy and pickle, and `to_dict()`
makes plain dicts of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Generic, TypeAlias, TypeVar

import msgspec

from .errors import PaperspaceError

T = TypeVar("T")

Timestamp: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time to the microsecond, with a time zone: the server's, or UTC where the server names none."""


class JsonKey(msgspec.Struct, frozen=True):
    """The key that a field is read from, where it is not the field's name in camel case."""

    name: str


class _Data(msgspec.Struct, frozen=True, kw_only=True):
    def to_dict(self) -> dict[str, object]:
        """Return this and all models in it as plain dicts, whose keys are the names of the fields.

        Tuples, dates and datetimes stay what they are, so that nothing is lost.

        Example: `text = json.dumps(scope.get().to_dict(), default=str)`
        """
        plain: dict[str, object] = msgspec.to_builtins(self, builtin_types=(date, datetime))
        return plain


class _Resource(_Data, frozen=True, kw_only=True):
    def __hash__(self) -> int:
        values = (getattr(self, name) for name in self.__struct_fields__)
        # A dict has no hash, nor has a tuple with one in it.
        return hash((type(self), *(v for v in values if not isinstance(v, dict | list | tuple))))


class _Deletable(_Resource, frozen=True, kw_only=True):
    if TYPE_CHECKING:  # each has them in an order of its own
        dt_deleted: Timestamp | None
        extra: Mapping[str, object]

    @property
    def is_deleted(self) -> bool:
        """Whether the server says that it was deleted (`dtDeleted`, live dialect)."""
        return self.dt_deleted is not None or self.extra.get("dtDeleted") is not None


class Project(_Deletable, frozen=True, kw_only=True):
    """A project (schema `Project`).

    The live server never sends `description` and `team_id`: a description that was sent and is None
    in the result was not confirmed, and may be lost. Live-only: `dt_deleted`, `repo_*`.
    """

    id: str
    name: str
    description: str | None = None
    team_id: str | None = None
    dt_created: Timestamp | None = None
    dt_deleted: Timestamp | None = None
    repo_name: str | None = None
    repo_node_id: str | None = None
    repo_url: str | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class Collaborator(_Deletable, frozen=True, kw_only=True):
    """A user who may work in a project (schema `Collaborator`). Unknown roles are kept as sent.

    The live server never sends `role` and `project_id`: a role that was sent and is None in the
    result was not confirmed. Live-only: `first_name` and all below it.
    """

    user_id: str
    email: str | None = None
    role: str | None = None
    project_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    public_profile_image_url: str | None = None
    dt_created: Timestamp | None = None
    dt_deleted: Timestamp | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class Secret(_Resource, frozen=True, kw_only=True):
    """The name of a secret and its times (schema `Secret`). Its value is never returned.

    Live-only: `has_deployment_attached`, where a secret is read or listed, not where it is written.
    """

    name: str
    dt_created: Timestamp | None = None
    dt_modified: Timestamp | None = None
    has_deployment_attached: bool | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class Tag(_Resource, frozen=True, kw_only=True):
    """A tag, as `tags.list_details()` yields it. Live-only: `id` and `dt_created`."""

    name: str
    id: int | None = None
    dt_created: Timestamp | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class EventActor(_Resource, frozen=True, kw_only=True):
    """The user who caused an event (live-only)."""

    email: str | None = None
    full_name: str | None = None
    avatar_url: str | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class EventData(_Resource, frozen=True, kw_only=True):
    """The numbers of replicas before and after an event (live-only): keys `from` and `to`."""

    from_: int | float | None = None
    to: int | float | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class EventDeployment(_Deletable, frozen=True, kw_only=True):
    """The deployment that an event is about (live-only)."""

    id: str | None = None
    name: str | None = None
    dt_deleted: Timestamp | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class ActivityEvent(_Resource, frozen=True, kw_only=True):
    """Something that happened to a project (schema `ActivityEvent`).

    `type_` is the kind of event, such as `deployment.created`, in either dialect. The live server
    calls it `action`, and never sends `message` and `user_id`. Live-only: `action` and all below
    it.
    """

    id: str
    type_: str | None = None
    message: str | None = None
    user_id: str | None = None
    dt_created: Timestamp | None = None
    action: str | None = None
    actor: EventActor | None = None
    data: EventData | None = None
    deployment: EventDeployment | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])

    @property
    def type(self) -> str | None:
        """The same as `type_`, by the spec's own name."""
        return self.type_


class Model(_Resource, frozen=True, kw_only=True):
    """A model that is associated with a project (the item of `listProjectModels`).

    Live-only: all but `id` and `name`.
    """

    id: str
    name: str | None = None
    description: str | None = None
    dt_created: Timestamp | None = None
    dt_modified: Timestamp | None = None
    is_public: bool | None = None
    project_id: str | None = None
    storage_provider_id: str | None = None
    team_id: str | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class ProjectSnapshot(_Data, frozen=True, kw_only=True):
    """A project and its parts, read one after the other: not one moment in time.

    `included` names the parts that were read; a part that was not read is empty, too.
    """

    project: Project
    collaborators: tuple[Collaborator, ...]
    secrets: tuple[Secret, ...]
    tags: tuple[str, ...]
    models: tuple[Model, ...]
    activity: tuple[ActivityEvent, ...] = ()
    included: tuple[str, ...] = ("collaborators", "secrets", "tags", "models")


class ProjectFailure(_Data, frozen=True, kw_only=True):
    """A project that an inventory could not read, and why.

    `is_gone` says that the project does not exist, or no longer: it may have been deleted after it
    was listed. `name` is the project's, where the listing or the project itself was read. Failures
    are equal where their errors say the same.
    """

    project_id: str
    error: PaperspaceError
    is_gone: bool
    name: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the fields as a dict. `error` stays an exception, which has no plain form.

        Example: `failures = [result.to_dict() for result in client.inventory(["p0"])]`
        """
        return msgspec.structs.asdict(self)

    def _key(self) -> tuple[object, ...]:
        return self.project_id, self.name, type(self.error), str(self.error), self.is_gone

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, ProjectFailure) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


class RoleChange(_Data, frozen=True, kw_only=True):
    """A user whose role is changed from `before` to `after`, by removing and adding again."""

    user_id: str
    before: str | None
    after: str


class Changes(_Data, frozen=True, kw_only=True):
    """What a `sync` has changed, or would change: names or ids, sorted.

    Of collaborators, `changed` are those with another role than the wanted one. `not_compared` are
    the ids of those whose role the server does not tell (docs/dialects.md): who was there is not
    changed, and the role of an added one is not confirmed.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[RoleChange, ...] = ()
    not_compared: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not (self.added or self.removed or self.changed)


class Page(_Data, Generic[T], frozen=True, kw_only=True):
    """One page of a listing.

    `next_cursor` is where the next page begins (pass it as `after`); None on the last page.
    `has_more` says whether another page follows.
    """

    items: tuple[T, ...]
    next_cursor: str | None = None
    has_more: bool = False
