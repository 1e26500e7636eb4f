"""The steps of a plan, and the results of applying them, as frozen data.

A step holds references to the values of secrets, never a value, so it can be shown anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from .. import Role
from ..errors import PaperspaceError
from .document.desired_state import Reference

Sign = Literal["+", "~", "-"]
Part = Literal["collaborators", "secrets", "tags", "models"]
Status = Literal["done", "failed", "skipped"]

_SIGNS: Final[Mapping[str, Sign]] = {"Create": "+", "Add": "+", "Delete": "-", "Remove": "-"}
_NAMES: Final[Mapping[Part | None, str]] = {
    None: "project",
    "collaborators": "user_id",
    "secrets": "secret",
    "tags": "tag",
    "models": "model_id",
}
"""The field with the name or id of the thing that changes."""


def show_id(text: str) -> str:
    """Return an id or a role as it is, or its repr if it is more than a plain word."""
    return text if re.fullmatch(r"[A-Za-z0-9_.-]+", text) else repr(text)


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

    project: str
    project_id: str | None

    def __init_subclass__(cls) -> None:
        verb, *words = re.findall("[A-Z][a-z]+", cls.__name__)
        cls.kind = "-".join([verb, *words]).lower()
        cls.sign = _SIGNS.get(verb, "~")

    @property
    def before(self) -> str | None:
        """The value that the plan saw; None for nothing."""
        return None if self.sign == "+" else self._first_of("old", "last_written")

    @property
    def after(self) -> str | None:
        """The desired value; None for nothing."""
        return None if self.sign == "-" else self._first_of("new", "reference")

    def _first_of(self, *fields: str) -> str | None:
        names = (name for name in fields if name in self.__struct_fields__)
        return _plain(getattr(self, next(names, _NAMES[self.part])))

    @property
    def change(self) -> str:
        """The change in a few words, without its project."""
        return _words(self)

    def describe(self) -> str:
        """Return the step in one line, such as `'vision': add tag 'gpu'`.

        Example: `print(plan.steps[0].describe())`
        """
        return f"{self.project!r}: {self.change}"

    def to_dict(self) -> dict[str, object]:
        """Return the step as plain data for JSON, with its `kind`, `before` and `after`.

        Example: `print(json.dumps(plan.steps[0].to_dict()))`
        """
        fields = {**msgspec.structs.asdict(self), "before": self.before, "after": self.after}
        return {"kind": self.kind, **{name: _plain(value) for name, value in fields.items()}}


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)


class CreateProject(Step, frozen=True, kw_only=True):
    """Create a project, with this description if there is one."""

    description: str | None = None


class RenameProject(Step, frozen=True, kw_only=True):
    """Rename a project that is known by its id; `old` is its current name."""

    old: str


class ChangeDescription(Step, frozen=True, kw_only=True):
    """Change the description of a project from `old` to `new`; an empty one is none."""

    old: str
    new: str


class CollaboratorStep(Step, frozen=True, kw_only=True):
    """A change to a collaborator."""

    part: ClassVar[Part | None] = "collaborators"

    user_id: str


class AddCollaborator(CollaboratorStep, frozen=True, kw_only=True):
    """Add a user; a `role` of None leaves it to the server."""

    role: Role | None


class ChangeRole(CollaboratorStep, frozen=True, kw_only=True):
    """Change the role of a user from `old` to `new`.

    The API has no update: the user is removed and added again, and so is out for a moment.
    """

    old: str | None
    new: Role


class RemoveCollaborator(CollaboratorStep, frozen=True, kw_only=True):
    """Remove a user, who has this `role` if it is known."""

    role: str | None


class SecretStep(Step, frozen=True, kw_only=True):
    """A change to a secret."""

    part: ClassVar[Part | None] = "secrets"
    secret: str


class SecretWrite(SecretStep, frozen=True, kw_only=True):
    """A step that needs the value of a secret."""

    reference: Reference


class CreateSecret(SecretWrite, frozen=True, kw_only=True):
    """Create a secret with the value that a reference leads to."""


class RotateSecret(SecretWrite, frozen=True, kw_only=True):
    """Write a secret again, for this `reason`; `last_written` is when it was written, if known."""

    last_written: datetime | None
    reason: str


class DeleteSecret(SecretStep, frozen=True, kw_only=True):
    """Delete a secret."""


class TagStep(Step, frozen=True, kw_only=True):
    """A change to a tag."""

    part: ClassVar[Part | None] = "tags"
    tag: str


class AddTag(TagStep, frozen=True, kw_only=True):
    """Add a tag."""


class RemoveTag(TagStep, frozen=True, kw_only=True):
    """Remove a tag."""


class ModelStep(Step, frozen=True, kw_only=True):
    """A change to an associated model."""

    part: ClassVar[Part | None] = "models"
    model_id: str


class AddModel(ModelStep, frozen=True, kw_only=True):
    """Associate a model with the project."""


class RemoveModel(ModelStep, frozen=True, kw_only=True):
    """Remove a model from the project; the model itself stays."""


class DeleteProject(Step, frozen=True, kw_only=True):
    """Delete a project that is not declared, with everything in it."""


def _words(step: Step) -> str:
    match step:
        case CreateProject(description=None):
            return "create the project"
        case CreateProject():
            return f"create the project, described as {step.description!r}"
        case RenameProject():
            return f"rename the project from {step.old!r}"
        case ChangeDescription():
            return f"change the description from {step.old!r} to {step.new!r}"
        case ChangeRole(old=old):
            return (
                f"change the role of collaborator {step.user_id!r} from {show_id(old or 'none')} "
                f"to {show_id(step.new)} (by removing and adding: the API has no update)"
            )
        case CreateSecret(reference=source):
            return f"create secret {step.secret!r} from {show_text(str(source))}"
        case RotateSecret(reference=source, reason=reason):
            return f"write secret {step.secret!r} again from {show_text(str(source))}: {reason}"
        case DeleteProject():
            return "DELETE THE PROJECT and everything in it"
        case AddCollaborator(role=str(role)):
            return f"add collaborator {step.user_id!r} as {show_id(role)}"
        case RemoveCollaborator(role=str(role)):
            return f"remove collaborator {step.user_id!r}, {show_id(role)}"
        case _:
            return f"{step.kind.replace('-', ' ')} {name_of(step)!r}"


def name_of(step: Step) -> str:
    """Return the name or id of the thing that a step changes."""
    return str(getattr(step, _NAMES[step.part]))


def show_project(step: Step) -> str:
    """Return the name and id of the project of a step."""
    return f"{step.project!r} ({show_id(step.project_id or 'new')})"


def split_deletions(steps: Sequence[Step]) -> tuple[list[Step], list[DeleteProject]]:
    """Return the steps within projects, and the deletions of whole projects."""
    deletions = [step for step in steps if isinstance(step, DeleteProject)]
    return [step for step in steps if not isinstance(step, DeleteProject)], deletions


ALREADY_DONE: Final = "already done"
"""The detail of a step that has nothing to do."""


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one step.

    `status` is `done`, `failed` or `skipped`; a failed step has its `error`. `detail` says that it
    was done already, what the server's answer does not confirm (a description or a role), what a
    failure left behind, or why it was skipped.
    """

    step: Step
    status: Status
    error: PaperspaceError | None = None
    detail: str | None = None

    def describe(self) -> str:
        """Return the result in one line.

        Example: `plan.apply(client, on_step=lambda step: print(step.describe()))`
        """
        parts = (self.status, self.step.describe(), self.error, self.detail)
        return ": ".join(str(each) for each in parts if each is not None)

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain data for JSON.

        Example: `plan.apply(client, on_step=lambda step: print(json.dumps(step.to_dict())))`
        """
        error = self.error
        return {
            "status": self.status,
            "step": self.step.to_dict(),
            "error": error and {"type": type(error).__name__, "message": str(error)},
            "detail": self.detail,
        }


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The results of all steps of a plan, in the order of the plan."""

    steps: tuple[StepResult, ...]

    @property
    def done(self) -> tuple[StepResult, ...]:
        """The steps that were carried out, or found done already."""
        return self._of("done")

    @property
    def failed(self) -> tuple[StepResult, ...]:
        """The steps that failed, each with its error; at most one per project."""
        return self._of("failed")

    @property
    def skipped(self) -> tuple[StepResult, ...]:
        """The steps that were not tried because another one failed."""
        return self._of("skipped")

    @property
    def is_ok(self) -> bool:
        """Whether every step was done."""
        return len(self.done) == len(self.steps)

    def summary(self) -> str:
        """Return how many steps were done, failed and skipped.

        A line follows for each failure, and for each step whose success is not plain: what the
        server's answer does not confirm, or what only a later look has shown.

        Example: `print(plan.apply(client).summary())`
        """
        counts = f"{len(self.done)} of {len(self.steps)} steps done"
        if not self.is_ok:
            counts += f", {len(self.failed)} failed, {len(self.skipped)} skipped"
        unclear = (each for each in self.done if each.detail not in (None, ALREADY_DONE))
        return "\n".join([counts, *(each.describe() for each in (*self.failed, *unclear))])

    def to_dict(self) -> dict[str, object]:
        """Return the results as plain data for JSON.

        Example: `print(json.dumps(plan.apply(client).to_dict()))`
        """
        return {"ok": self.is_ok, "steps": [each.to_dict() for each in self.steps]}

    def _of(self, status: Status) -> tuple[StepResult, ...]:
        return tuple(each for each in self.steps if each.status == status)
