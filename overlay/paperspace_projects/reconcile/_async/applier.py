"""Carrying out a plan: its projects side by side, the steps of each one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..._api import validation as arguments
from ..._async.concurrency import AsyncWorkerPool
from ..._role_changes import outcomes
from .. import origin
from ..plans import Plan
from ..result import Result, StepResult
from ..secret_resolver import Resolver
from ..step import Step
from ..steps import ChangeRole, CreateProject, DeleteProject
from .project_applier import AsyncProjectWork, delete
from .reader import check_client
from .team import AsyncTeam

if TYPE_CHECKING:
    from ... import AsyncClient

HELD_BACK = "held back: whole projects are deleted only after all else has gone well"


async def apply(
    plan: Plan,
    client: AsyncClient,
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
    pool = AsyncWorkerPool(concurrency, "reconcile")
    origin.check_settings(plan, client.settings)
    team = AsyncTeam(client, pool, {step.project_id for step in plan.steps})
    if any(isinstance(step, CreateProject | DeleteProject) for step in plan.steps):
        await team.look(at_all=True)
        origin.check_projects(plan, team.project_ids)
    with Resolver(
        plan.base, allow_commands=allow_commands, command_timeout=command_timeout
    ) as resolver:
        applying = _Applying(plan, client, pool=pool, resolver=resolver, team=team, on_step=on_step)
        async with pool:
            return await applying.run()


class _Applying:
    """One application of a plan."""

    def __init__(
        self,
        plan: Plan,
        client: AsyncClient,
        *,
        pool: AsyncWorkerPool,
        resolver: Resolver,
        team: AsyncTeam,
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

    async def run(self) -> Result:
        """Work on the projects, then delete those that are to go.

        What ends it early has a note of each user whose role was being changed.
        """
        try:
            return await self._run()
        except BaseException as error:
            for step in tuple(self._changing):
                user = f"collaborator {step.user_id!r} of {step.project!r}"
                error.add_note(outcomes.interrupted(user, by="a new plan", new=step.new))
            raise

    async def _run(self) -> Result:
        by_project: dict[tuple[str | None, str], list[Step]] = {}
        deletions: list[DeleteProject] = []
        for step in self._plan.steps:
            if isinstance(step, DeleteProject):
                deletions.append(step)
            else:
                by_project.setdefault((step.project_id, step.project), []).append(step)
        await self._pool.gather(self._work_on, list(by_project.values()))
        if all(result.status == "done" for result in self._results.values()):
            await self._pool.gather(self._delete, deletions)
        else:
            for step in deletions:
                self._report(StepResult(step=step, status="skipped", detail=HELD_BACK))
        return Result(steps=tuple(self._results[step] for step in self._plan.steps))

    async def _work_on(self, steps: list[Step]) -> None:
        """Carry out the steps of one project, up to the first failure."""
        work = AsyncProjectWork(
            self._client, self._plan, steps, team=self._team, changing=self._changing
        )
        failed = await work.prepare(self._resolver)
        for step in steps:
            if self._pool.is_stopped:
                return
            if failed is None:
                result = await work.result_of(step)
                failed = result if result.status == "failed" else None
            elif step == failed.step:
                result = failed
            else:
                detail = f"not tried, as this failed: {failed.step.change}"
                result = StepResult(step=step, status="skipped", detail=detail)
            self._report(result)

    async def _delete(self, step: DeleteProject) -> None:
        self._report(await delete(self._client, step, self._team))

    def _report(self, result: StepResult) -> None:
        with self._pool.thread_lock:
            if self._pool.is_abandoned:
                return
            self._results[result.step] = result
            if self._on_step is not None:
                self._on_step(result)
