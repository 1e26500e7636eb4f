"""Match declared projects with the team's, and compute the steps to the desired state: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, TypedDict, get_args

from .._api import diff as differences
from ..errors import AmbiguousNameError, DesiredStateError
from ..models import Project, ProjectSnapshot
from . import steps
from .document.desired_state import DesiredProject, DesiredState, Reference
from .rotation import PlanOptions
from .steps import Part, SecretWrite, Step, show_id, show_text

PARTS: Final[tuple[Part, ...]] = get_args(Part)
_SHOWN_SECRETS: Final = 5
"""How many secrets a note names where all of them get the same value."""


def managed_parts(desired: DesiredProject) -> list[Part]:
    """Return the parts of a project that are managed."""
    return [part for part in PARTS if getattr(desired, part) is not None]


def match(
    desired: DesiredState, projects: Iterable[Project]
) -> tuple[list[Project | None], list[Project]]:
    """Return the project of each declared one, None for a new one, and the undeclared projects.

    A project is matched by its id if it has one, else by its name, which must be unique among the
    projects that are not matched by their ids.
    """
    by_id = {project.id: project for project in projects}
    check_ids(desired.projects, by_id)
    declared_ids = {each.id for each in desired.projects}
    by_name: defaultdict[str, list[Project]] = defaultdict(list)
    for project in by_id.values():
        if project.id not in declared_ids:
            by_name[project.name].append(project)
    matches: list[Project | None] = []
    for each in desired.projects:
        found = [by_id[each.id]] if each.id is not None else by_name.pop(each.name, [])
        if len(found) > 1:
            raise AmbiguousNameError(each.name, tuple(project.id for project in found))
        matches += found or [None]
    return matches, [project for group in by_name.values() for project in group]


def check_ids(desired: Iterable[DesiredProject], existing: Container[str]) -> None:
    """Refuse declared ids that no project has."""
    missing = tuple(
        f"{each.name!r}: no project has the id {each.id!r}: correct it, or remove it to have the "
        "project created"
        for each in desired
        if each.id is not None and each.id not in existing
    )
    if missing:
        raise DesiredStateError(missing)


def compute_steps(
    options: PlanOptions,
    desired: DesiredState,
    snapshots: Iterable[ProjectSnapshot | None],
    undeclared: Iterable[Project],
) -> tuple[list[Step], list[str]]:
    """Return the steps for all projects, and notes. Deletions of whole projects come last."""
    planned: list[Step] = []
    notes: list[str] = []
    for each, snapshot in zip(desired.projects, snapshots, strict=True):
        comparison = _Comparison(each, snapshot, options)
        planned += comparison.steps()
        notes += comparison.notes
    notes = [*_shared_values(planned, desired.base), *notes]
    if options.prune:
        planned += [
            steps.DeleteProject(project=each.name, project_id=each.id) for each in undeclared
        ]
    return planned, notes


def _shared_values(planned: Iterable[Step], base: Path) -> Iterator[str]:
    """Note where one variable or file would be the value of several secrets.

    That may be meant, or a copied reference. A command may give another value at each run.
    """
    by_source: defaultdict[Reference, list[SecretWrite]] = defaultdict(list)
    for step in planned:
        if isinstance(step, SecretWrite) and step.reference.kind != "cmd":
            by_source[step.reference.resolved(base)].append(step)
    for written in by_source.values():
        if len(written) > 1:
            secrets = ", ".join(
                f"{each.secret!r} of {each.project!r} ({show_id(each.project_id or 'new')})"
                for each in written[:_SHOWN_SECRETS]
            )
            more = len(written) - _SHOWN_SECRETS
            secrets += f" and {more} more" if more > 0 else ""
            source = show_text(str(written[0].reference))
            yield f"{source} is the value of several secrets: {secrets}"


class _Target(TypedDict):
    """The fields that all steps of a project share."""

    project: str
    project_id: str | None


class _Comparison:
    """Compares one project with its desired state; without a snapshot it does not exist yet."""

    def __init__(
        self, desired: DesiredProject, snapshot: ProjectSnapshot | None, options: PlanOptions
    ) -> None:
        self.notes: list[str] = []
        self._desired = desired
        self._snapshot = snapshot
        self._options = options
        self._target: _Target = {
            "project": desired.name,
            "project_id": None if snapshot is None else snapshot.project.id,
        }

    def steps(self) -> list[Step]:
        """Return the steps: first the project itself, then additions, changes and removals."""
        parts = (self._collaborators(), self._secrets(), self._tags(), self._models())
        planned = list(chain(self._itself(), *parts))
        planned.sort(key=lambda step: 0 if step.part is None else " +~-".index(step.sign))
        return [step for step in planned if self._options.prune or step.sign != "-"]

    def _note(self, unknown: str) -> None:
        self.notes.append(
            f"{self._desired.name!r}: the server does not return {unknown}: it is left as it is"
        )

    def _itself(self) -> Iterator[Step]:
        description = self._desired.description
        if self._snapshot is None:
            yield steps.CreateProject(**self._target, description=description)
            return
        project = self._snapshot.project
        if project.name != self._desired.name:
            yield steps.RenameProject(**self._target, old=project.name)
        old = project.description or ""
        if description is None or description == old:
            return
        if differences.is_description_told(project):
            yield steps.ChangeDescription(**self._target, old=old, new=description)
        else:
            self._note("the description")

    def _collaborators(self) -> Iterator[Step]:
        desired = self._desired.collaborators
        if desired is None:
            return
        current = () if self._snapshot is None else self._snapshot.collaborators
        roles = {each.user_id: each.role for each in current}
        changes = differences.of_roles(current, desired)
        for user_id in changes.added:
            yield steps.AddCollaborator(**self._target, user_id=user_id, role=desired[user_id])
        for change in changes.changed:
            new = desired[change.user_id]
            if new is not None:
                user_id = change.user_id
                yield steps.ChangeRole(**self._target, user_id=user_id, old=change.before, new=new)
        for user_id in changes.removed:
            yield steps.RemoveCollaborator(**self._target, user_id=user_id, role=roles[user_id])
        if changes.not_compared:
            self._note(f"the role of {', '.join(map(repr, changes.not_compared))}")

    def _secrets(self) -> Iterator[Step]:
        desired = self._desired.secrets
        if desired is None:
            return
        current = () if self._snapshot is None else self._snapshot.secrets
        written = {each.name: each.dt_modified or each.dt_created for each in current}
        changes = differences.of_names(written, desired)
        for name in changes.added:
            yield steps.CreateSecret(**self._target, secret=name, reference=desired[name])
        for name in sorted(desired.keys() & written):
            last_written = written[name]
            if last_written is None and self._options.rotate == "if-older-than":
                self._note(f"the age of secret {name!r}")
            reason = self._options.reason_to_rotate(last_written)
            if reason is not None:
                yield steps.RotateSecret(
                    **self._target,
                    secret=name,
                    reference=desired[name],
                    last_written=last_written,
                    reason=reason,
                )
        for name in changes.removed:
            yield steps.DeleteSecret(**self._target, secret=name)

    def _tags(self) -> Iterator[Step]:
        if self._desired.tags is not None:
            current = () if self._snapshot is None else self._snapshot.tags
            changes = differences.of_names(current, self._desired.tags)
            yield from (steps.AddTag(**self._target, tag=tag) for tag in changes.added)
            yield from (steps.RemoveTag(**self._target, tag=tag) for tag in changes.removed)

    def _models(self) -> Iterator[Step]:
        if self._desired.models is not None:
            current = () if self._snapshot is None else self._snapshot.models
            changes = differences.of_names((each.id for each in current), self._desired.models)
            yield from (steps.AddModel(**self._target, model_id=each) for each in changes.added)
            yield from (
                steps.RemoveModel(**self._target, model_id=each) for each in changes.removed
            )
