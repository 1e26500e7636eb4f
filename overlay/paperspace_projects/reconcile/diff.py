"""The steps from what is to what is desired: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, get_args

from attrs import Factory, define

from .._api import diff as differences
from ..models import Project, ProjectSnapshot
from .display_text import line, word
from .document.desired_state import DesiredProject, DesiredState
from .document.references import Reference
from .matching import Match
from .plans import Plan
from .rotation import Rules
from .step import Part, Step
from .steps import (
    AddCollaborator,
    AddModel,
    AddTag,
    ChangeDescription,
    ChangeRole,
    CreateProject,
    CreateSecret,
    DeleteProject,
    DeleteSecret,
    RemoveCollaborator,
    RemoveModel,
    RemoveTag,
    RenameProject,
    RotateSecret,
)

PARTS: Final[tuple[Part, ...]] = get_args(Part)
_SHOWN_SECRETS: Final = 5
"""So many secrets are named where all of them get one value."""


def managed_parts(desired: DesiredProject) -> tuple[Part, ...]:
    """The parts of a project that are declared."""
    return tuple(part for part in PARTS if getattr(desired, part) is not None)


def make_plan(
    desired: DesiredState,
    rules: Rules,
    compared: Iterable[tuple[Match, ProjectSnapshot | None]],
    undeclared: Iterable[Project],
) -> Plan:
    """The plan for all projects. Those that are to be deleted come last."""
    steps: list[Step] = []
    notes: list[str] = []
    for match, snapshot in compared:
        comparison = _Comparison(match.desired, snapshot, rules)
        steps += comparison.steps()
        notes += comparison.notes
    notes = [*_shared_values(steps, desired.base), *notes]
    if rules.prune:
        steps += [DeleteProject(project=each.name, project_id=each.id) for each in undeclared]
    return Plan(
        steps=tuple(steps), notes=tuple(notes), rotate_secrets=rules.rotate, base=desired.base
    )


def _shared_values(steps: Iterable[Step], base: Path) -> Iterator[str]:
    """What to say where several secrets would be written from one variable or file.

    It may be meant, or a reference was copied. A command may give another value at each run.
    """
    by_source: dict[Reference, list[CreateSecret | RotateSecret]] = {}
    for step in steps:
        if isinstance(step, CreateSecret | RotateSecret) and step.reference.kind != "cmd":
            by_source.setdefault(step.reference.resolved(base), []).append(step)
    for written in by_source.values():
        if len(written) > 1:
            secrets = ", ".join(
                f"{each.secret!r} of {each.project!r} ({word(each.project_id or 'new')})"
                for each in written[:_SHOWN_SECRETS]
            )
            more = len(written) - _SHOWN_SECRETS
            secrets += f" and {more} more" if more > 0 else ""
            yield f"{line(str(written[0].reference))} gives one value to several secrets: {secrets}"


@define
class _Comparison:
    """One project as it is to be, beside what it is. Additions come first, removals last."""

    desired: DesiredProject
    snapshot: ProjectSnapshot | None
    rules: Rules
    notes: list[str] = Factory(list[str])

    def steps(self) -> list[Step]:
        steps = [
            *self._itself(),
            *self._collaborators(),
            *self._secrets(),
            *self._tags(),
            *self._models(),
        ]
        in_order = {"+": 1, "~": 2, "-": 3}
        steps.sort(key=lambda step: 0 if step.part is None else in_order[step.sign])
        return [step for step in steps if self.rules.prune or step.sign != "-"]

    @property
    def _id(self) -> str | None:
        return None if self.snapshot is None else self.snapshot.project.id

    def _note(self, text: str) -> None:
        self.notes.append(f"{self.desired.name!r}: {text}")

    def _itself(self) -> Iterator[Step]:
        name, description = self.desired.name, self.desired.description
        if self.snapshot is None:
            yield CreateProject(project=name, project_id=None, description=description)
            return
        project = self.snapshot.project
        if project.name != name:
            yield RenameProject(project=name, project_id=project.id, old=project.name)
        old = project.description or ""
        if description is None or description == old:
            return
        if differences.is_description_told(project):
            yield ChangeDescription(project=name, project_id=project.id, old=old, new=description)
        else:
            self._note("the server does not tell the description: it is left as it is")

    def _collaborators(self) -> Iterator[Step]:
        wanted = self.desired.collaborators
        if wanted is None:
            return
        there = () if self.snapshot is None else self.snapshot.collaborators
        roles = {each.user_id: each.role for each in there}
        changes = differences.of_roles(there, wanted)
        name, project_id = self.desired.name, self._id
        for user_id in changes.added:
            yield AddCollaborator(
                project=name, project_id=project_id, user_id=user_id, role=wanted[user_id]
            )
        for change in changes.changed:
            new = wanted[change.user_id]
            if new is not None:
                yield ChangeRole(
                    project=name,
                    project_id=project_id,
                    user_id=change.user_id,
                    old=change.before,
                    new=new,
                )
        for user_id in changes.removed:
            yield RemoveCollaborator(
                project=name, project_id=project_id, user_id=user_id, role=roles[user_id]
            )
        if changes.not_compared:
            users = ", ".join(map(repr, changes.not_compared))
            self._note(f"the server does not tell the role of {users}: it is left as it is")

    def _secrets(self) -> Iterator[Step]:
        wanted = self.desired.secrets
        if wanted is None:
            return
        there = () if self.snapshot is None else self.snapshot.secrets
        written = {each.name: each.dt_modified or each.dt_created for each in there}
        changes = differences.of_names(written, wanted)
        name, project_id = self.desired.name, self._id
        for secret in changes.added:
            yield CreateSecret(
                project=name, project_id=project_id, secret=secret, reference=wanted[secret]
            )
        for secret in sorted(wanted.keys() & written):
            reason = self._reason(secret, written[secret])
            if reason is not None:
                yield RotateSecret(
                    project=name,
                    project_id=project_id,
                    secret=secret,
                    reference=wanted[secret],
                    last_written=written[secret],
                    reason=reason,
                )
        for secret in changes.removed:
            yield DeleteSecret(project=name, project_id=project_id, secret=secret)

    def _reason(self, secret: str, last_written: datetime | None) -> str | None:
        if last_written is None and self.rules.rotate == "if-older-than":
            self._note(
                f"the server does not tell the age of secret {secret!r}: it is left as it is"
            )
        return self.rules.reason_to_rotate(last_written)

    def _tags(self) -> Iterator[Step]:
        if self.desired.tags is None:
            return
        there = () if self.snapshot is None else self.snapshot.tags
        changes = differences.of_names(there, self.desired.tags)
        name, project_id = self.desired.name, self._id
        for tag in changes.added:
            yield AddTag(project=name, project_id=project_id, tag=tag)
        for tag in changes.removed:
            yield RemoveTag(project=name, project_id=project_id, tag=tag)

    def _models(self) -> Iterator[Step]:
        if self.desired.models is None:
            return
        there = () if self.snapshot is None else (each.id for each in self.snapshot.models)
        changes = differences.of_names(there, self.desired.models)
        name, project_id = self.desired.name, self._id
        for model_id in changes.added:
            yield AddModel(project=name, project_id=project_id, model_id=model_id)
        for model_id in changes.removed:
            yield RemoveModel(project=name, project_id=project_id, model_id=model_id)
