# Derived from reconcile/_async/applier.py by `nox -s generate`: change that one.
"""Carrying out a plan: its projects side by side, the steps of each one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..._api import validation as arguments
from ..._role_changes import outcomes
from ..._sync.concurrency import WorkerPool
from .. import origin
from ..plans import Plan
from ..result import Result, StepResult
from ..secret_resolver import Resolver
from ..step import Step
from ..steps import ChangeRole, CreateProject, DeleteProject
from .project_applier import ProjectWork, delete
from .reader import check_client
from .team import Team

if TYPE_CHECKING:
    from ... import Client

HELD_BACK = "held back: whole projects are deleted only after all else has gone well"


def apply(
    plan: Plan,
    client: Client,
    *,
    on_step: Callable[[StepResult], object] | None,
    allow_commands: bool,
    command_timeout: float,
    concurrency: int,
) -> Result:
    """Carry a plan out: `Plan.apply` and `Plan.async_apply`."""
    check_client(client)
    arguments.function("on_step", on_step)
    arguments.seconds("command_timeout", command_timeout)
    pool = WorkerPool(concurrency, "reconcile")
    origin.check_settings(plan, client.settings)
    team = Team(client, pool, {step.project_id for step in plan.steps})
    if any(isinstance(step, CreateProject | DeleteProject) for step in plan.steps):
        team.look(at_all=True)
        origin.check_projects(plan, team.project_ids)
    with Resolver(
        plan.base, allow_commands=allow_commands, command_timeout=command_timeout
    ) as resolver:
        applying = _Applying(plan, client, pool=pool, resolver=resolver, team=team, on_step=on_step)
        with pool:
            return applying.run()


class _Applying:
    """One application of a plan."""

    def __init__(
        self,
        plan: Plan,
        client: Client,
        *,
        pool: WorkerPool,
        resolver: Resolver,
        team: Team,
        on_step: Callable[[StepResult], object] | None,
    ) -> None:
        self._plan = plan
        self._client = client
        self._pool = pool
        self._resolver = resolver
        self._team = team
        self._on_step = on_step
        self._results: dict[Step, StepResult] = {}
        self._changing: set[ChangeRole] = set()

    def run(self) -> Result:
        """Work on the projects, then delete those that are to go.

        What ends it early has a note of each user whose role was being changed.
        """
        try:
            return self._run()
        except BaseException as error:
            for step in tuple(self._changing):
                user = f"collaborator {step.user_id!r} of {step.project!r}"
                error.add_note(outcomes.interrupted(user, by="a new plan", new=step.new))
            raise

    def _run(self) -> Result:
        by_project: dict[tuple[str | None, str], list[Step]] = {}
        deletions: list[DeleteProject] = []
        for step in self._plan.steps:
            if isinstance(step, DeleteProject):
                deletions.append(step)
            else:
                by_project.setdefault((step.project_id, step.project), []).append(step)
        self._pool.gather(self._work_on, list(by_project.values()))
        if all(result.status == "done" for result in self._results.values()):
            self._pool.gather(self._delete, deletions)
        else:
            for step in deletions:
                self._report(StepResult(step=step, status="skipped", detail=HELD_BACK))
        return Result(steps=tuple(self._results[step] for step in self._plan.steps))

    def _work_on(self, steps: list[Step]) -> None:
        """Carry out the steps of one project, up to the first failure."""
        work = ProjectWork(
            self._client, self._plan, steps, team=self._team, changing=self._changing
        )
        failed = work.prepare(self._resolver)
        for step in steps:
            if self._pool.is_stopped:
                return
            if failed is None:
                result = work.result_of(step)
                failed = result if result.status == "failed" else None
            elif step == failed.step:
                result = failed
            else:
                detail = f"not tried, as this failed: {failed.step.change}"
                result = StepResult(step=step, status="skipped", detail=detail)
            self._report(result)

    def _delete(self, step: DeleteProject) -> None:
        self._report(delete(self._client, step, self._team))

    def _report(self, result: StepResult) -> None:
        with self._pool.thread_lock:
            if self._pool.is_abandoned:
                return
            self._results[result.step] = result
            if self._on_step is not None:
                self._on_step(result)
