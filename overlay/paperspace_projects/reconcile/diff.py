"""The options of a plan, and the steps from the current to the desired state: pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final, Literal, TypedDict, get_args

from .._api import diff as differences
from .._api import validation as arguments
from ..errors import AmbiguousNameError, DesiredStateError, InvalidArgumentError
from ..models import Project, ProjectSnapshot
from . import steps
from .document.desired_state import DesiredProject, DesiredState, Reference
from .steps import Part, SecretWrite, Step, show_project, show_text

Rotation = Literal["never", "always", "if-older-than"]
"""Which of the existing secrets are written again."""

_DURATION: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_EXPECTED: Final = (
    "a timedelta, a number of days, or an ISO 8601 duration of weeks, days, hours, minutes and "
    "seconds such as P30D or PT12H (months and years differ in length)"
)
PARTS: Final[tuple[Part, ...]] = get_args(Part)
_SHOWN_SECRETS: Final = 5
"""How many secrets a note names where all of them get the same value."""


class PlanOptions:
    """The checked options of one plan. Secrets written before `oldest` are written again."""

    def __init__(
        self,
        *,
        prune: bool,
        rotate: Rotation,
        older_than: timedelta | str | int | None,
        now: datetime | None,
    ) -> None:
        if not isinstance(prune, bool):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
            raise InvalidArgumentError("prune", f"True or False, not {arguments.shown(prune)}")
        arguments.one_of("rotate_secrets", rotate, ("never", "always", "if-older-than"))
        now = arguments.moment("now", now) or datetime.now(UTC)
        self.prune = prune
        self.rotate: Rotation = rotate
        self.oldest: datetime | None = None
        if rotate == "if-older-than":
            try:
                self.oldest = now - _duration(older_than)
            except OverflowError:
                raise InvalidArgumentError("older_than", "a length within the calendar") from None
        elif older_than is not None:
            raise InvalidArgumentError("older_than", 'left out, unless with "if-older-than"')

    def reason_to_rotate(self, last_written: datetime | None) -> str | None:
        """Return why a secret is written again; None if it is not."""
        if self.rotate == "always":
            return 'rotate_secrets is "always"'
        if self.oldest is None or last_written is None or last_written >= self.oldest:
            return None
        return f"last written {_short(last_written)}, before {_short(self.oldest)}"


def _duration(value: timedelta | str | int | None) -> timedelta:
    length = value if isinstance(value, timedelta) else None
    if isinstance(value, str | int) and not isinstance(value, bool):
        with suppress(OverflowError, ValueError):  # more days, or digits, than are possible
            text = re.sub(r"\A([0-9]+)\Z", r"P\1D", str(value))
            if parts := _DURATION.fullmatch(text):
                length = timedelta(**{unit: int(n) for unit, n in parts.groupdict("0").items()})
    if length is None or length < timedelta(0):
        raise InvalidArgumentError("older_than", f"{_EXPECTED}, not {arguments.shown(value)}")
    return length


def _short(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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
            secrets = [f"{each.secret!r} of {show_project(each)}" for each in written]
            more = f" and {len(secrets) - _SHOWN_SECRETS} more" * (len(secrets) > _SHOWN_SECRETS)
            source = show_text(str(written[0].reference))
            shown = ", ".join(secrets[:_SHOWN_SECRETS])
            yield f"{source} is the value of several secrets: {shown}{more}"


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
        self._options = options
        self._project = snapshot.project if snapshot else None
        self._users = snapshot.collaborators if snapshot else ()
        self._current_secrets = snapshot.secrets if snapshot else ()
        self._current_tags = snapshot.tags if snapshot else ()
        self._current_models = snapshot.models if snapshot else ()
        project_id = snapshot.project.id if snapshot else None
        self._target: _Target = {"project": desired.name, "project_id": project_id}

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
        description, project = self._desired.description, self._project
        if project is None:
            yield steps.CreateProject(**self._target, description=description)
            return
        if project.name != self._desired.name:
            yield steps.RenameProject(**self._target, old=project.name)
        old = project.description or ""
        if description in (None, old):
            return
        if differences.is_description_told(project):
            yield steps.ChangeDescription(**self._target, old=old, new=description)
        else:
            self._note("the description")

    def _collaborators(self) -> Iterator[Step]:
        desired = self._desired.collaborators
        if desired is None:
            return
        roles = {each.user_id: each.role for each in self._users}
        changes = differences.of_roles(self._users, desired)
        for name in changes.added:
            yield steps.AddCollaborator(**self._target, user_id=name, role=desired[name])
        for each in changes.changed:
            name, old, new = each.user_id, each.before, desired[each.user_id]
            assert new is not None, "any role is as desired"
            yield steps.ChangeRole(**self._target, user_id=name, old=old, new=new)
        for name in changes.removed:
            yield steps.RemoveCollaborator(**self._target, user_id=name, role=roles[name])
        if changes.not_compared:
            self._note(f"the role of {', '.join(map(repr, changes.not_compared))}")

    def _secrets(self) -> Iterator[Step]:
        desired = self._desired.secrets
        if desired is None:
            return
        written = {each.name: each.dt_modified or each.dt_created for each in self._current_secrets}
        changes = differences.of_names(written, desired)
        for name in changes.added:
            yield steps.CreateSecret(**self._target, secret=name, reference=desired[name])
        for name in sorted(desired.keys() & written):
            last = written[name]
            if last is None and self._options.rotate == "if-older-than":
                self._note(f"the age of secret {name!r}")
            if reason := self._options.reason_to_rotate(last):
                yield steps.RotateSecret(
                    **self._target,
                    secret=name,
                    reference=desired[name],
                    last_written=last,
                    reason=reason,
                )
        for name in changes.removed:
            yield steps.DeleteSecret(**self._target, secret=name)

    def _tags(self) -> Iterator[Step]:
        if self._desired.tags is not None:
            changes = differences.of_names(self._current_tags, self._desired.tags)
            for tag in changes.added:
                yield steps.AddTag(**self._target, tag=tag)
            for tag in changes.removed:
                yield steps.RemoveTag(**self._target, tag=tag)

    def _models(self) -> Iterator[Step]:
        if self._desired.models is not None:
            current = (each.id for each in self._current_models)
            changes = differences.of_names(current, self._desired.models)
            for name in changes.added:
                yield steps.AddModel(**self._target, model_id=name)
            for name in changes.removed:
                yield steps.RemoveModel(**self._target, model_id=name)
