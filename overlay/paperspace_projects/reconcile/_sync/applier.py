# Derived from reconcile/_async/applier.py by `nox -s generate`: change that one.
"""Apply a plan: its projects side by side, the steps of each project one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..._api import validation as arguments
from ..._sync.concurrency import WorkerPool
from ..._sync.role_change import RoleChangeOutcome
from .. import drift
from ..result import Result, StepResult
from ..secret_resolver import SecretResolver
from ..steps import CreateProject, DeleteProject, Step, split_deletions
from .project_applier import Application, ProjectApplier, delete_project
from .reader import Team, check_client

if TYPE_CHECKING:
    from ... import Client
    from ..plans import Plan

NOT_DELETED: Final = "not tried: projects are deleted only after every other step is done"


def apply(
    plan: Plan,
    client: Client,
    on_step: Callable[[StepResult], object] | None,
    concurrency: int,
    resolver: SecretResolver,
) -> Result:
    """Apply a plan, for `Plan.apply` and `Plan.async_apply`."""
    check_client(client)
    arguments.function("on_step", on_step)
    pool = WorkerPool(concurrency, "reconcile")
    drift.check_server(plan, client.settings)
    team = Team(client, pool, {step.project_id for step in plan.steps})
    if any(isinstance(step, CreateProject | DeleteProject) for step in plan.steps):
        team.refresh(complete=True)
        drift.check_team(plan, team.project_ids)
    with resolver:
        application = Application(
            client=client, rotation=plan.rotate_secrets, team=team, resolver=resolver
        )
        try:
            with pool:
                return _Applier(application, pool, on_step).run(plan)
        except BaseException as error:
            for step in tuple(application.changing):
                user = f"collaborator {step.user_id!r} of {step.project!r}"
                outcome = RoleChangeOutcome.INTERRUPTED
                error.add_note(outcome.describe(user, by="a new plan", new=step.new))
            raise


class _Applier:
    """Applies the steps and collects their results."""

    def __init__(
        self,
        application: Application,
        pool: WorkerPool,
        on_step: Callable[[StepResult], object] | None,
    ) -> None:
        self._application = application
        self._pool = pool
        self._on_step = on_step
        self._results: dict[Step, StepResult] = {}

    def run(self, plan: Plan) -> Result:
        by_project: defaultdict[tuple[str | None, str], list[Step]] = defaultdict(list)
        changes, deletions = split_deletions(plan.steps)
        for step in changes:
            by_project[step.project_id, step.project].append(step)
        self._pool.gather(self._apply_to_project, list(by_project.values()))
        if all(result.status == "done" for result in self._results.values()):
            self._pool.gather(self._delete, deletions)
        else:
            for step in deletions:
                self._report(StepResult(step=step, status="skipped", detail=NOT_DELETED))
        return Result(steps=tuple(self._results[step] for step in plan.steps))

    def _apply_to_project(self, steps: list[Step]) -> None:
        """Apply the steps of one project, up to the first failure."""
        applier = ProjectApplier(self._application, steps)
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
        self._report(delete_project(self._application, step))

    def _report(self, result: StepResult) -> None:
        with self._pool.thread_lock:
            if self._pool.is_abandoned:
                return
            self._results[result.step] = result
            if self._on_step is not None:
                self._on_step(result)
