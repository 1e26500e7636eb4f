"""The steps of a plan: one change each, with the value before and after, as frozen data.

A step holds references to the values of secrets, never a value, so it can be shown anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from .. import Role
from .document.desired_state import Reference

Sign = Literal["+", "~", "-"]
Part = Literal["collaborators", "secrets", "tags", "models"]

_SIGNS: Final[Mapping[str, Sign]] = {"Create": "+", "Add": "+", "Delete": "-", "Remove": "-"}


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
    `kind` names the step in JSON, as its class: `AddTag` is `add-tag`. `sign` is `+` for an
    addition, `~` for a change and `-` for a removal. `part` is the part of the project that
    changes; None is the project itself.
    """

    kind: ClassVar[str] = "step"
    sign: ClassVar[Sign] = "~"
    part: ClassVar[Part | None] = None
    _before: ClassVar[str] = "old"  # the field that `before` shows, unless the step adds
    _after: ClassVar[str] = "new"  # the field that `after` shows, unless the step removes

    project: str
    project_id: str | None

    def __init_subclass__(cls) -> None:
        verb, *words = re.findall("[A-Z][a-z]+", cls.__name__)
        cls.kind = "-".join([verb, *words]).lower()
        cls.sign = _SIGNS.get(verb, "~")

    @property
    def before(self) -> str | None:
        """The value that the plan saw; None for nothing."""
        return None if self.sign == "+" else _plain(getattr(self, self._before))

    @property
    def after(self) -> str | None:
        """The desired value; None for nothing."""
        return None if self.sign == "-" else _plain(getattr(self, self._after))

    @property
    def change(self) -> str:
        """The change in a few words, without its project."""
        return f"{self.kind.replace('-', ' ')} {self.after or self.before!r}"

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

    _after = "project"

    description: str | None = None

    @property
    def change(self) -> str:
        described = "" if self.description is None else f", described as {self.description!r}"
        return f"create the project{described}"


class RenameProject(Step, frozen=True, kw_only=True):
    """Rename a project that is known by its id; `old` is its current name."""

    _after = "project"

    old: str

    @property
    def change(self) -> str:
        return f"rename the project from {self.old!r}"


class ChangeDescription(Step, frozen=True, kw_only=True):
    """Change the description of a project from `old` to `new`; an empty one is none."""

    old: str
    new: str

    @property
    def change(self) -> str:
        return f"change the description from {self.old!r} to {self.new!r}"


class CollaboratorStep(Step, frozen=True, kw_only=True):
    """A change to a collaborator."""

    part: ClassVar[Part | None] = "collaborators"

    user_id: str


class AddCollaborator(CollaboratorStep, frozen=True, kw_only=True):
    """Add a user; a `role` of None leaves it to the server."""

    _after = "user_id"

    role: Role | None

    @property
    def change(self) -> str:
        return super().change + ("" if self.role is None else f" as {show_id(self.role)}")


class ChangeRole(CollaboratorStep, frozen=True, kw_only=True):
    """Change the role of a user from `old` to `new`.

    The API has no update: the user is removed and added again, and so is out for a moment.
    """

    old: str | None
    new: Role

    @property
    def change(self) -> str:
        return (
            f"change the role of collaborator {self.user_id!r} from "
            f"{show_id(self.old or 'none')} to {show_id(self.new)} "
            "(by removing and adding: the API has no update)"
        )


class RemoveCollaborator(CollaboratorStep, frozen=True, kw_only=True):
    """Remove a user, who has this `role` if it is known."""

    _before = "user_id"

    role: str | None

    @property
    def change(self) -> str:
        return super().change + ("" if self.role is None else f", {show_id(self.role)}")


class SecretStep(Step, frozen=True, kw_only=True):
    """A change to a secret."""

    part: ClassVar[Part | None] = "secrets"
    _after = "reference"

    secret: str


class SecretWrite(SecretStep, frozen=True, kw_only=True):
    """A step that needs the value of a secret."""

    reference: Reference


class CreateSecret(SecretWrite, frozen=True, kw_only=True):
    """Create a secret with the value that a reference leads to."""

    @property
    def change(self) -> str:
        return f"create secret {self.secret!r} from {show_text(str(self.reference))}"


class RotateSecret(SecretWrite, frozen=True, kw_only=True):
    """Write a secret again, for this `reason`; `last_written` is when it was written, if known."""

    _before = "last_written"

    last_written: datetime | None
    reason: str

    @property
    def change(self) -> str:
        source = show_text(str(self.reference))
        return f"write secret {self.secret!r} again from {source}: {self.reason}"


class DeleteSecret(SecretStep, frozen=True, kw_only=True):
    """Delete a secret."""

    _before = "secret"


class TagStep(Step, frozen=True, kw_only=True):
    """A change to a tag."""

    part: ClassVar[Part | None] = "tags"
    _before = _after = "tag"

    tag: str


class AddTag(TagStep, frozen=True, kw_only=True):
    """Add a tag."""


class RemoveTag(TagStep, frozen=True, kw_only=True):
    """Remove a tag."""


class ModelStep(Step, frozen=True, kw_only=True):
    """A change to an associated model."""

    part: ClassVar[Part | None] = "models"
    _before = _after = "model_id"

    model_id: str


class AddModel(ModelStep, frozen=True, kw_only=True):
    """Associate a model with the project."""


class RemoveModel(ModelStep, frozen=True, kw_only=True):
    """Remove a model from the project; the model itself stays."""


class DeleteProject(Step, frozen=True, kw_only=True):
    """Delete a project that is not declared, with everything in it."""

    _before = "project"

    @property
    def change(self) -> str:
        return "DELETE THE PROJECT and everything in it"


def split_deletions(steps: Sequence[Step]) -> tuple[list[Step], list[DeleteProject]]:
    """Return the steps within projects, and the deletions of whole projects."""
    deletions = [step for step in steps if isinstance(step, DeleteProject)]
    return [step for step in steps if not isinstance(step, DeleteProject)], deletions
