# Derived from reconcile/_async/applier.py by `nox -s generate`: change that one.
"""Apply a plan: its projects side by side, the steps of each project one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ..._api import validation as arguments
from ..._security.secret_str import SecretStr
from ..._sync.concurrency import WorkerPool, run_blocking
from ..._sync.role_change import RoleChangeOutcome, add, change_role
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
from ..secret_resolver import SecretResolver
from ..steps import (
    ALREADY_DONE,
    Part,
    Result,
    SecretWrite,
    Status,
    Step,
    StepResult,
    show_id,
    split_deletions,
)
from .reader import Team, check_client, read_if_exists

if TYPE_CHECKING:
    from ... import Client, ProjectScope
    from ..plans import Plan

VERIFIED: Final = "no response arrived, but a check shows that it is done"
MAYBE_DONE: Final = "begun, and perhaps carried out: a new plan shows it"
NOT_DELETED: Final = "not tried: projects are deleted only after every other step is done"


class Application:
    """One application of a plan, for `Plan.apply` and `Plan.async_apply`.

    `begun` are the steps without a result yet; `changing` are those of them whose users are removed
    at the moment, to be added again.
    """

    def __init__(
        self,
        plan: Plan,
        client: Client,
        on_step: Callable[[StepResult], object] | None,
        concurrency: int,
        resolver: SecretResolver,
    ) -> None:
        check_client(client)
        arguments.function("on_step", on_step)
        self.plan = plan
        self.client = client
        self.resolver = resolver
        self.begun: set[Step] = set()
        self.changing: set[steps.ChangeRole] = set()
        self._on_step = on_step
        self._pool = WorkerPool(concurrency, "reconcile")
        self._results: dict[Step, StepResult] = {}
        self.team = Team(client, self._pool, {step.project_id for step in plan.steps})

    def run(self) -> Result:
        """Apply the plan."""
        drift.check_server(self.plan, self.client.settings)
        changes, deletions = split_deletions(self.plan.steps)
        if deletions or any(isinstance(step, steps.CreateProject) for step in changes):
            self.team.refresh(complete=True)
            drift.check_team(self.plan, self.team.names)
        by_project: defaultdict[tuple[str | None, str], list[Step]] = defaultdict(list)
        for step in changes:
            by_project[step.project_id, step.project].append(step)
        try:
            with self._pool:
                self._pool.gather(self._apply_to_project, list(by_project.values()))
                if all(result.status == "done" for result in self._results.values()):
                    self._pool.gather(self._delete, deletions)
                else:
                    for step in deletions:
                        skipped = StepResult(step=step, status="skipped", detail=NOT_DELETED)
                        self._report(skipped)
        except BaseException as error:
            for step in tuple(self.changing):
                user = f"collaborator {step.user_id!r} of {step.project!r}"
                outcome = RoleChangeOutcome.INTERRUPTED
                error.add_note(outcome.describe(user, by="a new plan", new=step.new))
            for step in self.plan.steps:
                if step in self.begun - self.changing:
                    error.add_note(f"{step.describe()}: {MAYBE_DONE}")
            raise
        return Result(steps=tuple(self._results[step] for step in self.plan.steps))

    def _apply_to_project(self, planned: list[Step]) -> None:
        """Apply the steps of one project, up to the first failure."""
        applier = ProjectApplier(self, planned)
        applier.prepare()
        for step in planned:
            if self._pool.is_stopped:
                return
            self.begun.add(step)
            self._report(applier.apply(step))

    def _delete(self, step: steps.DeleteProject) -> None:
        """Delete a whole project, if it is still the one that the plan saw."""
        detail: str | None = None
        failure: PaperspaceError | None = None
        self.begun.add(step)
        try:
            scope = self.client.project(step.project_id or "")
            project = scope.get()
            if project.is_deleted:
                detail = ALREADY_DONE
            elif project.name != step.project:
                raise drift.stale(step, f"a project named {step.project!r}", repr(project.name))
            else:
                scope.delete()
        except PaperspaceError as error:
            is_unknown = isinstance(error, OutcomeUnknownError)
            if (is_unknown or isinstance(error, NotFoundError)) and self._is_gone(step):
                detail = VERIFIED if is_unknown else ALREADY_DONE
            else:
                failure = error
        status: Status = "done" if failure is None else "failed"
        self._report(StepResult(step=step, status=status, error=failure, detail=detail))

    def _is_gone(self, step: steps.DeleteProject) -> bool:
        """Whether the team's list has no such project any more: a 404 may come from elsewhere."""
        with suppress(PaperspaceError):
            if step.project_id in self.team.names:
                self.team.refresh(complete=True)
        return step.project_id not in self.team.names

    def _report(self, result: StepResult) -> None:
        with self._pool.thread_lock:
            if self._pool.is_abandoned:
                return
            self._results[result.step] = result
            self.begun.discard(result.step)
            if self._on_step is not None:
                self._on_step(result)


class ProjectApplier:
    """Applies the steps of one project."""

    def __init__(self, application: Application, planned: Sequence[Step]) -> None:
        self._application = application
        self._client = application.client
        self._team = application.team
        self._steps = planned
        self._project_id = planned[0].project_id
        self._done: set[Step] = set()
        self._values: dict[Step, SecretStr] = {}
        self._failed: tuple[Step, PaperspaceError] | None = None
        self._left_behind: str | None = None

    def prepare(self) -> None:
        """Find the steps that are done, and read the values of secrets; nothing is written."""
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
            self._failed = step, error

    def apply(self, step: Step) -> StepResult:
        """Carry out a step, unless it is done already or another one has failed."""
        if self._failed is None:
            try:
                detail = ALREADY_DONE if step in self._done else self._apply(step)
                return StepResult(step=step, status="done", detail=detail)
            except PaperspaceError as error:
                self._failed = step, error
        failed, failure = self._failed
        if step == failed:
            detail = self._left_behind or drift.refused_field(step, failure)
            return StepResult(step=step, status="failed", error=failure, detail=detail)
        detail = f"not tried, because this failed: {failed.change}"
        return StepResult(step=step, status="skipped", detail=detail)

    def _find(self) -> bool:
        """Read the project and note which steps are done; False if it is still to be created."""
        first = self._steps[0]
        if isinstance(first, steps.CreateProject):
            ids = self._team.unplanned_ids(first.project)
            if not ids:
                return False
            if len(ids) > 1:
                found = f"{len(ids)}: {', '.join(map(show_id, ids))}"
                raise drift.stale(first, f"no project named {first.project!r}", found)
            self._project_id = ids[0]
        snapshot = self._read(self._steps)
        self._done.update(step for step in self._steps if self._is_done(step, snapshot))
        return True

    def _is_done(self, step: Step, snapshot: ProjectSnapshot) -> bool:
        return drift.is_done(step, snapshot, self._application.plan.rotate_secrets)

    def _read(self, planned: Sequence[Step]) -> ProjectSnapshot:
        """Read the project, with the parts that steps change."""
        parts: set[Part] = {step.part for step in planned if step.part is not None}
        try:
            project = self._scope.get()
        except NotFoundError as error:
            if not error.is_from_api:
                raise
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
            return self._send(step)
        except (ConflictError, NotFoundError, OutcomeUnknownError) as error:
            detail = None if self._left_behind else self._verify(step, error)
            if detail is None:
                raise
            return detail

    def _verify(self, step: Step, error: PaperspaceError) -> str | None:
        """Return a detail if a step is done in spite of an error, perhaps by others; else None."""
        is_unknown = isinstance(error, OutcomeUnknownError)
        if is_unknown and isinstance(step, SecretWrite):
            return None  # its value cannot be checked
        try:
            snapshot = self._read([step])
            if not self._is_done(step, snapshot):
                return None
        except PaperspaceError as problem:
            if isinstance(problem, StalePlanError) and not is_unknown:
                raise
            return None
        detail = VERIFIED if is_unknown else ALREADY_DONE
        unverified = drift.unverified(step, snapshot)
        return detail if unverified is None else f"{detail}, but {unverified}"

    def _create(self, step: steps.CreateProject) -> str | None:
        """Create the project, and check that no other one has its name."""
        created = self._client.projects.create(step.project, description=step.description)
        self._project_id = created.id
        unconfirmed = drift.unconfirmed(step, created)
        try:
            self._team.refresh()
        except PaperspaceError as error:
            reason = type(error).__name__
            failed = f"created; the check for other projects of this name failed ({reason})"
            return f"{failed}; {unconfirmed}" if unconfirmed else failed
        others = [each for each in self._team.unplanned_ids(step.project) if each != created.id]
        if others:
            self._left_behind = (
                f"this apply created {created.id!r}; {', '.join(map(show_id, others))} of the same "
                "name came at about the same time, from somebody else or from a repeated request "
                "of this apply: delete what is not needed, and make a new plan"
            )
            raise AmbiguousNameError(step.project, (created.id, *others))
        return unconfirmed

    def _send(  # noqa: PLR0912 -- a branch for each kind of step
        self, step: Step
    ) -> str | None:
        """Carry out a step; return what the answer does not confirm."""
        scope = self._scope
        match step:
            case steps.RenameProject():
                scope.update(name=step.project)
            case steps.ChangeDescription():
                return drift.unconfirmed(step, scope.update(description=step.new))
            case steps.AddCollaborator():
                added = add(scope.collaborators, step.user_id, step.role, project_id=scope.id)
                return drift.unconfirmed(step, added)
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
        return None

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
