# Derived from reconcile/_async/applier.py by `nox -s generate`: change that one.
"""Apply a plan: its projects side by side, the steps of each project one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ..._api import validation as arguments
from ..._role_changes import RoleChangeOutcome
from ..._sync.concurrency import WorkerPool
from ...errors import NotFoundError, OutcomeUnknownError, PaperspaceError
from .. import drift
from ..secret_resolver import SecretResolver
from ..steps import (
    ChangeRole,
    CreateProject,
    DeleteProject,
    Result,
    Status,
    Step,
    StepResult,
    split_deletions,
)
from .project_applier import ALREADY_DONE, VERIFIED, ProjectApplier
from .reader import Team, check_client

if TYPE_CHECKING:
    from ... import Client
    from ..plans import Plan

NOT_DELETED: Final = "not tried: projects are deleted only after every other step is done"


class Application:
    """One application of a plan, for `Plan.apply` and `Plan.async_apply`.

    `changing` are the steps whose users are removed at the moment, to be added again.
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
        self.changing: set[ChangeRole] = set()
        self._on_step = on_step
        self._pool = WorkerPool(concurrency, "reconcile")
        self._results: dict[Step, StepResult] = {}
        self.team = Team(client, self._pool, {step.project_id for step in plan.steps})

    def run(self) -> Result:
        """Apply the plan."""
        drift.check_server(self.plan, self.client.settings)
        changes, deletions = split_deletions(self.plan.steps)
        if deletions or any(isinstance(step, CreateProject) for step in changes):
            self.team.refresh(complete=True)
            drift.check_team(self.plan, self.team.project_ids)
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
            raise
        return Result(steps=tuple(self._results[step] for step in self.plan.steps))

    def _apply_to_project(self, steps: list[Step]) -> None:
        """Apply the steps of one project, up to the first failure."""
        applier = ProjectApplier(self, steps)
        failed = applier.prepare()
        for step in steps:
            if self._pool.is_stopped:
                return
            if failed is None:
                result = applier.apply(step)
                failed = result if result.status == "failed" else None
            elif step == failed.step:
                result = failed
            else:
                detail = f"not tried, because this failed: {failed.step.change}"
                result = StepResult(step=step, status="skipped", detail=detail)
            self._report(result)

    def _delete(self, step: DeleteProject) -> None:
        """Delete a whole project, if it is still the one that the plan saw."""
        detail: str | None = None
        failure: PaperspaceError | None = None
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

    def _is_gone(self, step: DeleteProject) -> bool:
        """Whether the team's list has no such project any more: a 404 may come from elsewhere."""
        with suppress(PaperspaceError):
            if step.project_id in self.team.project_ids:
                self.team.refresh(complete=True)
        return step.project_id not in self.team.project_ids

    def _report(self, result: StepResult) -> None:
        with self._pool.thread_lock:
            if self._pool.is_abandoned:
                return
            self._results[result.step] = result
            if self._on_step is not None:
                self._on_step(result)
