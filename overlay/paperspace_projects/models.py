"""What the API is made of, as frozen plain data.

The names are the generated ones (openapi.yaml's, in snake case). The field that identifies a thing
is always there; any other is None when the server did not say. What no field covers is in `extra`,
under the server's own name: the contract dialect and the live one differ in what they tell
(docs/dialects.md), and servers gain fields. Models compare, hash, copy and pickle, and
`attrs.asdict` makes plain dicts of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

from attrs import field, frozen

from .errors import PaperspaceError

T = TypeVar("T")


@frozen(kw_only=True, slots=False)
class Project:
    """A project (schema `Project`).

    `description` and `team_id` are never given by the live server.
    """

    id: str
    name: str
    description: str | None = None
    team_id: str | None = None
    dt_created: datetime | None = None
    extra: Mapping[str, object] = field(factory=dict[str, object], hash=False)

    @property
    def is_deleted(self) -> bool:
        """Whether the server says that it was deleted (`dtDeleted`, live dialect)."""
        return self.extra.get("dtDeleted") is not None


@frozen(kw_only=True, slots=False)
class Collaborator:
    """A user who may work in a project (schema `Collaborator`).

    `role` and `project_id` are never given by the live server. A role that this version does not
    know is kept as it came.
    """

    user_id: str
    email: str | None = None
    role: str | None = None
    project_id: str | None = None
    extra: Mapping[str, object] = field(factory=dict[str, object], hash=False)

    @property
    def is_deleted(self) -> bool:
        """Whether the server says that it was deleted (`dtDeleted`, live dialect)."""
        return self.extra.get("dtDeleted") is not None


@frozen(kw_only=True, slots=False)
class Secret:
    """The name of a secret and its times (schema `Secret`). Its value is never returned."""

    name: str
    dt_created: datetime | None = None
    dt_modified: datetime | None = None
    extra: Mapping[str, object] = field(factory=dict[str, object], hash=False)


@frozen(kw_only=True, slots=False)
class ActivityEvent:
    """Something that happened to a project (schema `ActivityEvent`).

    `type_` is the kind of event, such as `deployment.created`; the live server calls it `action`.
    """

    id: str
    type_: str | None = None
    message: str | None = None
    user_id: str | None = None
    dt_created: datetime | None = None
    extra: Mapping[str, object] = field(factory=dict[str, object], hash=False)

    @property
    def type(self) -> str | None:
        """The same as `type_`, by the spec's own name."""
        return self.type_


@frozen(kw_only=True, slots=False)
class Model:
    """A model that is associated with a project (the item of `listProjectModels`)."""

    id: str
    name: str | None = None
    extra: Mapping[str, object] = field(factory=dict[str, object], hash=False)


@frozen(kw_only=True)
class ProjectSnapshot:
    """A project and what it holds, read one after the other: not one moment in time.

    `included` names the parts that were read; what was not read is empty, too.
    """

    project: Project
    collaborators: tuple[Collaborator, ...]
    secrets: tuple[Secret, ...]
    tags: tuple[str, ...]
    models: tuple[Model, ...]
    activity: tuple[ActivityEvent, ...] = ()
    included: tuple[str, ...] = ("collaborators", "secrets", "tags", "models")


def _said(error: PaperspaceError) -> tuple[type[PaperspaceError], str]:
    return type(error), str(error)


@frozen(kw_only=True)
class ProjectFailure:
    """A project that an inventory could not read, and why.

    `is_gone` says that there is no such project, or none any more: it may have been deleted after
    it was listed. Failures are equal where their errors say the same.
    """

    project_id: str
    error: PaperspaceError = field(eq=_said)
    is_gone: bool


@frozen(kw_only=True)
class RoleChange:
    """A user whose role is changed from `before` to `after`, by removing and adding again."""

    user_id: str
    before: str | None
    after: str


@frozen(kw_only=True)
class Changes:
    """What a `sync` has changed, or would change: names or ids, sorted.

    Of collaborators, `changed` are those whose role is another, and `not_compared` the ids of those
    whose role the server does not tell (docs/dialects.md): they stay as they are.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[RoleChange, ...] = ()
    not_compared: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not (self.added or self.removed or self.changed)


@frozen(kw_only=True)
class Page(Generic[T]):
    """One page of a listing.

    `next_cursor` is where the next page begins (pass it as `after`); None on the last page.
    `has_more` says whether another page follows.
    """

    items: tuple[T, ...]
    next_cursor: str | None = None
    has_more: bool = False
