"""The steps of a plan: one change each, with what is and what will be, as frozen plain data.

A step holds references to the values of secrets, never a value, so it can be shown anywhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from .. import Role
from .display_text import line, word
from .document.references import Reference
from .step import Part, Sign, Step


@frozen(kw_only=True)
class CreateProject(Step):
    """Create a project, with this description if there is one."""

    kind: ClassVar[str] = "create-project"
    sign: ClassVar[Sign] = "+"

    description: str | None = None

    @property
    def after(self) -> str:
        """Its name."""
        return self.project

    @property
    def change(self) -> str:
        """The change in a few words."""
        described = "" if self.description is None else f", described as {self.description!r}"
        return f"create the project{described}"


@frozen(kw_only=True)
class RenameProject(Step):
    """Give a project that is known by its id another name; `old` is what it is called now."""

    kind: ClassVar[str] = "rename-project"

    old: str

    @property
    def before(self) -> str:
        """The old name."""
        return self.old

    @property
    def after(self) -> str:
        """The new name."""
        return self.project

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"rename the project from {self.old!r}"


@frozen(kw_only=True)
class ChangeDescription(Step):
    """Change the description of a project from `old` to `new`; an empty one is none."""

    kind: ClassVar[str] = "change-description"

    old: str
    new: str

    @property
    def before(self) -> str:
        """The old description."""
        return self.old

    @property
    def after(self) -> str:
        """The new description."""
        return self.new

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"change the description from {self.old!r} to {self.new!r}"


@frozen(kw_only=True)
class AddCollaborator(Step):
    """Add a user; a `role` of None leaves it to the server."""

    kind: ClassVar[str] = "add-collaborator"
    sign: ClassVar[Sign] = "+"
    part: ClassVar[Part | None] = "collaborators"

    user_id: str
    role: Role | None

    @property
    def after(self) -> str:
        """The user's id."""
        return self.user_id

    @property
    def change(self) -> str:
        """The change in a few words."""
        role = "" if self.role is None else f" as {word(self.role)}"
        return f"add collaborator {self.user_id!r}{role}"


@frozen(kw_only=True)
class ChangeRole(Step):
    """Change the role of a user from `old` to `new`.

    The API has no update: the user is removed and added again, and is out for a moment.
    """

    kind: ClassVar[str] = "change-role"
    part: ClassVar[Part | None] = "collaborators"

    user_id: str
    old: str | None
    new: Role

    @property
    def before(self) -> str | None:
        """The old role."""
        return self.old

    @property
    def after(self) -> str:
        """The new role."""
        return self.new

    @property
    def change(self) -> str:
        """The change in a few words."""
        return (
            f"change the role of collaborator {self.user_id!r} from "
            f"{word(self.old or 'none')} to {word(self.new)} "
            "(by removing and adding: the API has no update)"
        )


@frozen(kw_only=True)
class RemoveCollaborator(Step):
    """Remove a user, who has this `role` if it is known."""

    kind: ClassVar[str] = "remove-collaborator"
    sign: ClassVar[Sign] = "-"
    part: ClassVar[Part | None] = "collaborators"

    user_id: str
    role: str | None

    @property
    def before(self) -> str:
        """The user's id."""
        return self.user_id

    @property
    def change(self) -> str:
        """The change in a few words."""
        role = "" if self.role is None else f", {word(self.role)}"
        return f"remove collaborator {self.user_id!r}{role}"


@frozen(kw_only=True)
class CreateSecret(Step):
    """Create a secret with the value that a reference leads to."""

    kind: ClassVar[str] = "create-secret"
    sign: ClassVar[Sign] = "+"
    part: ClassVar[Part | None] = "secrets"

    secret: str
    reference: Reference

    @property
    def after(self) -> str:
        """Where the value comes from."""
        return str(self.reference)

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"create secret {self.secret!r} from {line(str(self.reference))}"


@frozen(kw_only=True)
class RotateSecret(Step):
    """Write a secret anew, for this `reason`; it was last written at `last_written`, if known."""

    kind: ClassVar[str] = "rotate-secret"
    part: ClassVar[Part | None] = "secrets"

    secret: str
    reference: Reference
    last_written: datetime | None
    reason: str

    @property
    def before(self) -> str | None:
        """When it was last written."""
        return None if self.last_written is None else self.last_written.isoformat()

    @property
    def after(self) -> str:
        """Where the value comes from."""
        return str(self.reference)

    @property
    def change(self) -> str:
        """The change in a few words."""
        source = line(str(self.reference))
        return f"write secret {self.secret!r} anew from {source}: {self.reason}"


@frozen(kw_only=True)
class DeleteSecret(Step):
    """Delete a secret."""

    kind: ClassVar[str] = "delete-secret"
    sign: ClassVar[Sign] = "-"
    part: ClassVar[Part | None] = "secrets"

    secret: str

    @property
    def before(self) -> str:
        """Its name."""
        return self.secret

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"delete secret {self.secret!r}"


@frozen(kw_only=True)
class AddTag(Step):
    """Add a tag."""

    kind: ClassVar[str] = "add-tag"
    sign: ClassVar[Sign] = "+"
    part: ClassVar[Part | None] = "tags"

    tag: str

    @property
    def after(self) -> str:
        """The tag."""
        return self.tag

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"add tag {self.tag!r}"


@frozen(kw_only=True)
class RemoveTag(Step):
    """Remove a tag."""

    kind: ClassVar[str] = "remove-tag"
    sign: ClassVar[Sign] = "-"
    part: ClassVar[Part | None] = "tags"

    tag: str

    @property
    def before(self) -> str:
        """The tag."""
        return self.tag

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"remove tag {self.tag!r}"


@frozen(kw_only=True)
class AddModel(Step):
    """Associate a model with the project."""

    kind: ClassVar[str] = "add-model"
    sign: ClassVar[Sign] = "+"
    part: ClassVar[Part | None] = "models"

    model_id: str

    @property
    def after(self) -> str:
        """The model's id."""
        return self.model_id

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"add model {self.model_id!r}"


@frozen(kw_only=True)
class RemoveModel(Step):
    """Take a model from the project; the model itself stays."""

    kind: ClassVar[str] = "remove-model"
    sign: ClassVar[Sign] = "-"
    part: ClassVar[Part | None] = "models"

    model_id: str

    @property
    def before(self) -> str:
        """The model's id."""
        return self.model_id

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"remove model {self.model_id!r}"


@frozen(kw_only=True)
class DeleteProject(Step):
    """Delete a project that is not declared, and all that it holds."""

    kind: ClassVar[str] = "delete-project"
    sign: ClassVar[Sign] = "-"

    @property
    def before(self) -> str:
        """Its name."""
        return self.project

    @property
    def change(self) -> str:
        """The change in a few words."""
        return "DELETE THE PROJECT and all that it holds"
