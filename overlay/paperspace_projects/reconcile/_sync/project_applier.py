# Derived from reconcile/_async/project_applier.py by `nox -s generate`: change that one.
"""Apply the steps of one project: read it, read the values of its secrets, then write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from ..._security.secret_str import SecretStr
from ..._sync.concurrency import run_blocking
from ..._sync.role_change import add, change_role
from ...errors import (
    AmbiguousNameError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaperspaceError,
    StalePlanError,
)
from ...models import ProjectSnapshot
from .. import drift, steps
from ..result import StepResult
from ..rotation import Rotation
from ..secret_resolver import SecretResolver
from ..steps import Part, SecretWrite, Step, show_ids
from .reader import Team, read_if_exists

if TYPE_CHECKING:
    from ... import Client, ProjectScope

ALREADY_DONE: Final = "already done"
VERIFIED: Final = "no response arrived, but a check shows that it is done"


class Application(msgspec.Struct, kw_only=True):
    """One application of a plan, as its projects share it.

    `changing` are the steps whose users are removed at the moment, to be added again.
    """

    client: Client
    rotation: Rotation
    team: Team
    resolver: SecretResolver
    changing: set[steps.ChangeRole] = msgspec.field(default_factory=set[steps.ChangeRole])


class ProjectApplier:
    """Applies the steps of one project."""

    def __init__(self, application: Application, planned: Sequence[Step]) -> None:
        self._client = application.client
        self._team = application.team
        self._application = application
        self._steps = planned
        self._project_id = planned[0].project_id
        self._done: set[Step] = set()
        self._values: dict[Step, SecretStr] = {}
        self._left_behind: str | None = None

    def prepare(self) -> StepResult | None:
        """Find the steps that are still to be carried out, and read the values of their secrets.

        Nothing is written. Returns the failure of the first step that cannot be carried out.
        """
        step = self._steps[0]
        try:
            exists = self._find()
            for step in self._steps:
                if isinstance(step, SecretWrite) and step not in self._done:
                    value_of = self._application.resolver.value_of
                    self._values[step] = run_blocking(value_of, step.reference)
            step = self._steps[0]
            if not exists:  # somebody may have created it since
                self._team.refresh()
                self._find()
        except PaperspaceError as error:
            return StepResult(step=step, status="failed", error=error)
        return None

    def apply(self, step: Step) -> StepResult:
        """Carry out a step, unless it is done already."""
        if step in self._done:
            return StepResult(step=step, status="done", detail=ALREADY_DONE)
        try:
            detail = self._apply(step)
        except PaperspaceError as error:
            return StepResult(step=step, status="failed", error=error, detail=self._left_behind)
        return StepResult(step=step, status="done", detail=detail)

    def _find(self) -> bool:
        """Read the project and note which steps are done; False if it is still to be created."""
        first = self._steps[0]
        if isinstance(first, steps.CreateProject):
            ids = self._team.unplanned_ids(first.project)
            if not ids:
                return False
            if len(ids) > 1:
                found = f"{len(ids)}: {show_ids(ids)}"
                raise drift.stale(first, f"no project named {first.project!r}", found)
            self._project_id = ids[0]
        snapshot = self._read(self._steps)
        self._done.update(step for step in self._steps if self._is_done(step, snapshot))
        return True

    def _is_done(self, step: Step, snapshot: ProjectSnapshot) -> bool:
        return drift.is_done(step, snapshot, self._application.rotation)

    def _read(self, planned: Sequence[Step]) -> ProjectSnapshot:
        """Read the project, with the parts that steps change."""
        parts: set[Part] = {step.part for step in planned if step.part is not None}
        try:
            project = self._scope.get()
        except NotFoundError:
            snapshot = None
        else:
            snapshot = read_if_exists(self._client, project, parts)
        if snapshot is None:
            raise drift.stale(planned[0], "the project", "no such project")
        drift.check_name(snapshot.project, self._steps)
        return snapshot

    @property
    def _scope(self) -> ProjectScope:
        assert self._project_id is not None, "a step was tried before its project was created"
        return self._client.project(self._project_id)

    def _apply(self, step: Step) -> str | None:
        """Carry out a step; return a detail for its result."""
        if isinstance(step, steps.CreateProject):
            return self._create(step)
        added = drift.other_spelling(step, self._steps)
        if added is not None:
            snapshot = self._read([added])
            if not self._is_done(added, snapshot):
                return f"left as it is: the server lists {added.after!r} as {step.before!r}"
            if self._is_done(step, snapshot):
                return ALREADY_DONE
        try:
            self._send(step)
        except (ConflictError, NotFoundError, OutcomeUnknownError) as error:
            detail = None if self._left_behind else self._verify(step, error)
            if detail is None:
                raise
            return detail
        return None

    def _verify(self, step: Step, error: PaperspaceError) -> str | None:
        """Return a detail if a step is done in spite of an error; None if it is not.

        Somebody else may have done it first. After an unknown outcome the step is done if the
        change, which was not there before, is there now; the value of a secret cannot be checked.
        """
        is_unknown = isinstance(error, OutcomeUnknownError)
        if is_unknown and isinstance(step, SecretWrite):
            return None
        try:
            snapshot = self._read([step])
            if not self._is_done(step, snapshot):
                return None
        except StalePlanError:
            if is_unknown:
                return None
            raise
        except PaperspaceError:
            return None
        detail = VERIFIED if is_unknown else ALREADY_DONE
        unverified = drift.unverified(step, snapshot)
        return detail if unverified is None else f"{detail}, but {unverified}"

    def _create(self, step: steps.CreateProject) -> str | None:
        """Create the project, and check that no other one has its name."""
        created = self._client.projects.create(step.project, description=step.description)
        self._project_id = created.id
        try:
            self._team.refresh()
        except PaperspaceError as error:
            reason = type(error).__name__
            return f"created; the check for other projects of this name failed ({reason})"
        others = [each for each in self._team.unplanned_ids(step.project) if each != created.id]
        if others:
            self._left_behind = (
                f"this apply created {created.id!r}; {show_ids(others)} of the same name came at "
                "about the same time, from somebody else or from a repeated request of this apply: "
                "delete what is not needed, and make a new plan"
            )
            raise AmbiguousNameError(step.project, (created.id, *others))
        return None

    def _send(self, step: Step) -> None:  # noqa: PLR0912 -- a branch for each kind of step
        scope = self._scope
        match step:
            case steps.RenameProject():
                scope.update(name=step.project)
            case steps.ChangeDescription():
                scope.update(description=step.new)
            case steps.AddCollaborator():
                add(scope.collaborators, step.user_id, step.role, project_id=scope.id)
            case steps.ChangeRole():
                self._change_role(step)
            case steps.RemoveCollaborator():
                scope.collaborators.remove(step.user_id)
            case steps.CreateSecret():
                scope.secrets.create(step.secret, self._values[step])
            case steps.RotateSecret():
                scope.secrets.update(step.secret, self._values[step])
            case steps.DeleteSecret():
                scope.secrets.delete(step.secret)
            case steps.AddTag():
                scope.tags.add(step.tag)
            case steps.RemoveTag():
                scope.tags.remove(step.tag)
            case steps.AddModel():
                scope.models.add(step.model_id)
            case steps.RemoveModel():
                scope.models.remove(step.model_id)
            case _:
                raise TypeError(f"{type(step).__name__} is no step within a project")

    def _change_role(self, step: steps.ChangeRole) -> None:
        scope, changing = self._scope, self._application.changing
        changing.add(step)
        try:
            failed = change_role(
                scope.collaborators, step.user_id, project_id=scope.id, old=step.old, new=step.new
            )
        except Exception:
            changing.discard(step)
            raise
        changing.discard(step)  # an interruption leaves it, and gets a note of it
        if failed is None:
            return
        user = f"collaborator {step.user_id!r}"
        self._left_behind = failed.outcome.describe(user, by="a new plan", new=step.new)
        if not isinstance(failed.error, PaperspaceError):  # it is raised, and so has no result
            failed.error.add_note(self._left_behind)
        raise failed.error


def delete_project(application: Application, step: steps.DeleteProject) -> StepResult:
    """Delete a whole project, if it is still the one that the plan saw."""
    detail = None
    try:
        scope = application.client.project(step.project_id or "")
        project = scope.get()
        if project.is_deleted:
            detail = ALREADY_DONE
        elif project.name != step.project:
            raise drift.stale(step, f"a project named {step.project!r}", repr(project.name))
        else:
            scope.delete()
    except (NotFoundError, OutcomeUnknownError) as error:
        if not _is_gone(application.team, step.project_id):
            return StepResult(step=step, status="failed", error=error)
        detail = VERIFIED if isinstance(error, OutcomeUnknownError) else ALREADY_DONE
    except PaperspaceError as error:
        return StepResult(step=step, status="failed", error=error)
    return StepResult(step=step, status="done", detail=detail)


def _is_gone(team: Team, project_id: str | None) -> bool:
    """Whether the team's list has no such project any more: a 404 may come from elsewhere."""
    if project_id in team.project_ids:
        try:
            team.refresh(complete=True)
        except PaperspaceError:
            return False
    return project_id not in team.project_ids
