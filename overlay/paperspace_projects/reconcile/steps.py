"""The steps of a plan: one change each, with the value before and after, as frozen data.

A step holds references to the values of secrets, never a value, so it can be shown anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from .. import Role
from .document.desired_state import Reference

Sign = Literal["+", "~", "-"]
Part = Literal["collaborators", "secrets", "tags", "models"]


def show_id(text: str) -> str:
    """Return an id or a role as it is, or its repr if it is more than a plain word."""
    return text if re.fullmatch(r"[A-Za-z0-9_.-]+", text) else repr(text)


def show_ids(texts: Iterable[str]) -> str:
    """Return several ids, separated by commas."""
    return ", ".join(map(show_id, texts))


def show_text(text: str) -> str:
    """Return a text as it is, or its repr if it has line breaks or the like."""
    return text if text.isprintable() else repr(text)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One change to a project.

    `project` is the desired name of the project; `project_id` its id, None if this plan creates it.
    `before` and `after` are the values before and after the step; None stands for nothing.
    `kind` names the step in JSON; `sign` is `+` for an addition, `~` for a change and `-` for a
    removal. `part` is the part of the project that changes; None is the project itself.
    """

    kind: ClassVar[str] = "step"
    sign: ClassVar[Sign] = "~"
    part: ClassVar[Part | None] = None
    _before: ClassVar[str | None] = None  # the field that `before` shows
    _after: ClassVar[str | None] = None
    _text: ClassVar[str] = ""

    project: str
    project_id: str | None

    @property
    def before(self) -> str | None:
        """The value that the plan saw; None for nothing."""
        return None if self._before is None else _plain(getattr(self, self._before))

    @property
    def after(self) -> str | None:
        """The desired value; None for nothing."""
        return None if self._after is None else _plain(getattr(self, self._after))

    @property
    def change(self) -> str:
        """The change in a few words, without its project."""
        return self._text.format(self)

    def describe(self) -> str:
        """Return the step in one line, such as `'vision': add tag 'gpu'`."""
        return f"{self.project!r}: {self.change}"

    def to_dict(self) -> dict[str, object]:
        """Return the step as plain data for JSON, with its `kind`, `before` and `after`."""
        return {
            "kind": self.kind,
            **{name: _plain(value) for name, value in msgspec.structs.asdict(self).items()},
            "before": self.before,
            "after": self.after,
        }


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)


class CreateProject(Step, frozen=True, kw_only=True):
    """Create a project, with this description if there is one."""

    kind = "create-project"
    sign = "+"
    _after = "project"

    description: str | None = None

    @property
    def change(self) -> str:
        described = "" if self.description is None else f", described as {self.description!r}"
        return f"create the project{described}"


class RenameProject(Step, frozen=True, kw_only=True):
    """Rename a project that is known by its id; `old` is its current name."""

    kind = "rename-project"
    _before = "old"
    _after = "project"
    _text = "rename the project from {0.old!r}"

    old: str


class ChangeDescription(Step, frozen=True, kw_only=True):
    """Change the description of a project from `old` to `new`; an empty one is none."""

    kind = "change-description"
    _before = "old"
    _after = "new"
    _text = "change the description from {0.old!r} to {0.new!r}"

    old: str
    new: str


class AddCollaborator(Step, frozen=True, kw_only=True):
    """Add a user; a `role` of None leaves it to the server."""

    kind = "add-collaborator"
    sign = "+"
    part = "collaborators"
    _after = "user_id"

    user_id: str
    role: Role | None

    @property
    def change(self) -> str:
        role = "" if self.role is None else f" as {show_id(self.role)}"
        return f"add collaborator {self.user_id!r}{role}"


class ChangeRole(Step, frozen=True, kw_only=True):
    """Change the role of a user from `old` to `new`.

    The API has no update: the user is removed and added again, and so is out for a moment.
    """

    kind = "change-role"
    part = "collaborators"
    _before = "old"
    _after = "new"

    user_id: str
    old: str | None
    new: Role

    @property
    def change(self) -> str:
        return (
            f"change the role of collaborator {self.user_id!r} from "
            f"{show_id(self.old or 'none')} to {show_id(self.new)} "
            "(by removing and adding: the API has no update)"
        )


class RemoveCollaborator(Step, frozen=True, kw_only=True):
    """Remove a user, who has this `role` if it is known."""

    kind = "remove-collaborator"
    sign = "-"
    part = "collaborators"
    _before = "user_id"

    user_id: str
    role: str | None

    @property
    def change(self) -> str:
        role = "" if self.role is None else f", {show_id(self.role)}"
        return f"remove collaborator {self.user_id!r}{role}"


class CreateSecret(Step, frozen=True, kw_only=True):
    """Create a secret with the value that a reference leads to."""

    kind = "create-secret"
    sign = "+"
    part = "secrets"
    _after = "reference"

    secret: str
    reference: Reference

    @property
    def change(self) -> str:
        return f"create secret {self.secret!r} from {show_text(str(self.reference))}"


class RotateSecret(Step, frozen=True, kw_only=True):
    """Write a secret again, for this `reason`; `last_written` is when it was written, if known."""

    kind = "rotate-secret"
    part = "secrets"
    _before = "last_written"
    _after = "reference"

    secret: str
    reference: Reference
    last_written: datetime | None
    reason: str

    @property
    def change(self) -> str:
        source = show_text(str(self.reference))
        return f"write secret {self.secret!r} again from {source}: {self.reason}"


class DeleteSecret(Step, frozen=True, kw_only=True):
    """Delete a secret."""

    kind = "delete-secret"
    sign = "-"
    part = "secrets"
    _before = "secret"
    _text = "delete secret {0.secret!r}"

    secret: str


class AddTag(Step, frozen=True, kw_only=True):
    """Add a tag."""

    kind = "add-tag"
    sign = "+"
    part = "tags"
    _after = "tag"
    _text = "add tag {0.tag!r}"

    tag: str


class RemoveTag(Step, frozen=True, kw_only=True):
    """Remove a tag."""

    kind = "remove-tag"
    sign = "-"
    part = "tags"
    _before = "tag"
    _text = "remove tag {0.tag!r}"

    tag: str


class AddModel(Step, frozen=True, kw_only=True):
    """Associate a model with the project."""

    kind = "add-model"
    sign = "+"
    part = "models"
    _after = "model_id"
    _text = "add model {0.model_id!r}"

    model_id: str


class RemoveModel(Step, frozen=True, kw_only=True):
    """Remove a model from the project; the model itself stays."""

    kind = "remove-model"
    sign = "-"
    part = "models"
    _before = "model_id"
    _text = "remove model {0.model_id!r}"

    model_id: str


class DeleteProject(Step, frozen=True, kw_only=True):
    """Delete a project that is not declared, with everything in it."""

    kind = "delete-project"
    sign = "-"
    _before = "project"
    _text = "DELETE THE PROJECT and everything in it"


SecretWrite: TypeAlias = CreateSecret | RotateSecret
"""The steps that need the value of a secret."""
