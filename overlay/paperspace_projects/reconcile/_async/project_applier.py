"""Carrying out the steps of one project: look at it, read the secrets, then write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..._async.concurrency import run_blocking
from ..._role_changes._async.role_change import add, change_role
from ..._security.secret_str import Hidden
from ...errors import (
    AmbiguousNameError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaperspaceError,
    StalePlanError,
)
from ...models import ProjectSnapshot
from .. import drift as verdicts
from ..display_text import words
from ..plans import Plan
from ..result import StepResult
from ..rotation import Rotation
from ..secret_resolver import Resolver
from ..step import Part, Step
from ..steps import (
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
from .reader import look_if_there
from .team import AsyncTeam

if TYPE_CHECKING:
    from ... import AsyncClient, AsyncProjectScope

SO_ALREADY = "it was so already"
SEEN_DONE = "no answer came, and a look shows that it is done"


class AsyncProjectWork:
    """The work on one project."""

    def __init__(
        self,
        client: AsyncClient,
        plan: Plan,
        steps: Sequence[Step],
        team: AsyncTeam,
        changing: set[ChangeRole],
    ) -> None:
        self._client = client
        self._rotation: Rotation = plan.rotate_secrets
        self._steps = steps
        self._team = team
        self._changing = changing
        self._project_id = steps[0].project_id
        self._done: set[Step] = set()
        self._values: dict[Step, Hidden] = {}
        self._left_behind: str | None = None

    async def prepare(self, resolver: Resolver) -> StepResult | None:
        """Look which steps are still to be carried out, and read the secrets for them.

        Nothing is written. Gives the first step that cannot be carried out, with the error.
        """
        step = self._steps[0]
        try:
            is_there = await self._find()
            for step in self._steps:
                if isinstance(step, CreateSecret | RotateSecret) and step not in self._done:
                    self._values[step] = await run_blocking(resolver.value_of, step.reference)
            step = self._steps[0]
            if not is_there:
                await self._team.look()
                await self._find()
        except PaperspaceError as error:
            return StepResult(step=step, status="failed", error=error)
        return None

    async def result_of(self, step: Step) -> StepResult:
        """Carry out a step, if it is not done already."""
        if step in self._done:
            return StepResult(step=step, status="done", detail=SO_ALREADY)
        try:
            detail = await self._carry_out(step)
        except PaperspaceError as error:
            return StepResult(step=step, status="failed", error=error, detail=self._left_behind)
        return StepResult(step=step, status="done", detail=detail)

    async def _find(self) -> bool:
        """Look at the project, and which steps are done; False if it is yet to be created."""
        first = self._steps[0]
        if isinstance(first, CreateProject):
            ids = self._team.others_named(first.project)
            if not ids:
                return False
            if len(ids) > 1:
                found = f"{len(ids)}: {words(ids)}"
                raise verdicts.stale(first, f"no project named {first.project!r}", found)
            self._project_id = ids[0]
        snapshot = await self._look(self._steps)
        for step in self._steps:
            if verdicts.is_done(step, snapshot, self._rotation):
                self._done.add(step)
        return True

    async def _look(self, steps: Sequence[Step]) -> ProjectSnapshot:
        """The project, with the parts that steps are about."""
        parts: set[Part] = {step.part for step in steps if step.part is not None}
        try:
            project = await self._scope.get()
        except NotFoundError:
            snapshot = None
        else:
            snapshot = await look_if_there(self._client, project, parts)
        if snapshot is None:
            raise verdicts.stale(steps[0], "the project", "no such project")
        verdicts.check_identity(snapshot.project, self._steps)
        return snapshot

    @property
    def _scope(self) -> AsyncProjectScope:
        assert self._project_id is not None, "a step was tried before its project was created"
        return self._client.project(self._project_id)

    async def _carry_out(self, step: Step) -> str | None:
        """Send what a step is; gives what else there is to know."""
        if isinstance(step, CreateProject):
            return await self._create(step)
        added = verdicts.other_spelling(step, self._steps)
        if added is not None:
            snapshot = await self._look([added])
            if not verdicts.is_done(added, snapshot, self._rotation):
                return f"left as it is: the server lists {added.after!r} as {step.before!r}"
            if verdicts.is_done(step, snapshot, self._rotation):
                return SO_ALREADY
        try:
            await self._send(step)
        except (ConflictError, NotFoundError, OutcomeUnknownError) as error:
            seen = None if self._left_behind else await self._seen_done(step, error)
            if seen is None:
                raise
            return seen
        return None

    async def _seen_done(self, step: Step, error: PaperspaceError) -> str | None:
        """What to say if all is as a step wants it after an error; None if it is not.

        Somebody else may have been quicker. After an unknown outcome, what was not there before the
        step tells; of a secret nothing does, as its value cannot be read.
        """
        is_unknown = isinstance(error, OutcomeUnknownError)
        if is_unknown and isinstance(step, CreateSecret | RotateSecret):
            return None
        try:
            snapshot = await self._look([step])
            if not verdicts.is_done(step, snapshot, self._rotation):
                return None
        except StalePlanError:
            if is_unknown:
                return None
            raise
        except PaperspaceError:
            return None
        said = SEEN_DONE if is_unknown else SO_ALREADY
        not_told = verdicts.not_told(step, snapshot)
        return said if not_told is None else f"{said}, but {not_told}"

    async def _create(self, step: CreateProject) -> str | None:
        """Create the project, and look whether it is the only one of its name."""
        created = await self._client.projects.create(step.project, description=step.description)
        self._project_id = created.id
        try:
            await self._team.look()
        except PaperspaceError as error:
            return f"created; a look for others of the name failed ({type(error).__name__})"
        others = [each for each in self._team.others_named(step.project) if each != created.id]
        if others:
            self._left_behind = (
                f"this apply has created {created.id!r}; {words(others)} of the same name came at "
                "about the same time, from somebody else or from a repeated request of this apply: "
                "delete what is not needed, and make a new plan"
            )
            raise AmbiguousNameError(step.project, (created.id, *others))
        return None

    async def _send(self, step: Step) -> None:
        scope = self._scope
        match step:
            case RenameProject():
                await scope.update(name=step.project)
            case ChangeDescription():
                await scope.update(description=step.new)
            case AddCollaborator() | ChangeRole() | RemoveCollaborator():
                await self._send_about_collaborator(step)
            case CreateSecret() | RotateSecret() | DeleteSecret():
                await self._send_about_secret(step)
            case AddTag():
                await scope.tags.add(step.tag)
            case RemoveTag():
                await scope.tags.remove(step.tag)
            case AddModel():
                await scope.models.add(step.model_id)
            case RemoveModel():
                await scope.models.remove(step.model_id)
            case _:
                raise TypeError(f"{type(step).__name__} is no step within a project")

    async def _send_about_collaborator(
        self, step: AddCollaborator | ChangeRole | RemoveCollaborator
    ) -> None:
        collaborators = self._scope.collaborators
        if isinstance(step, AddCollaborator):
            await add(collaborators, step.user_id, step.role, project_id=self._scope.id)
        elif isinstance(step, ChangeRole):
            await self._change_role(step)
        else:
            await collaborators.remove(step.user_id)

    async def _send_about_secret(self, step: CreateSecret | RotateSecret | DeleteSecret) -> None:
        secrets = self._scope.secrets
        if isinstance(step, CreateSecret):
            await secrets.create(step.secret, self._values[step])
        elif isinstance(step, RotateSecret):
            await secrets.update(step.secret, self._values[step])
        else:
            await secrets.delete(step.secret)

    async def _change_role(self, step: ChangeRole) -> None:
        scope = self._scope
        self._changing.add(step)
        try:
            failed = await change_role(
                scope.collaborators, step.user_id, project_id=scope.id, old=step.old, new=step.new
            )
        except Exception:
            self._changing.discard(step)
            raise
        self._changing.discard(step)
        if failed is None:
            return
        user = f"collaborator {step.user_id!r}"
        self._left_behind = failed.told(user, by="a new plan", new=step.new)
        if not isinstance(failed.error, PaperspaceError):  # it is raised, and so has no result
            failed.error.add_note(self._left_behind)
        raise failed.error


async def delete(client: AsyncClient, step: DeleteProject, team: AsyncTeam) -> StepResult:
    """Delete a whole project, if it is still the one that the plan saw."""
    try:
        scope = client.project(step.project_id or "")
        project = await scope.get()
        if project.is_deleted:
            return StepResult(step=step, status="done", detail=SO_ALREADY)
        if project.name != step.project:
            raise verdicts.stale(step, f"a project named {step.project!r}", repr(project.name))
        await scope.delete()
    except (NotFoundError, OutcomeUnknownError) as error:
        if await _is_gone(step.project_id, team):
            is_unknown = isinstance(error, OutcomeUnknownError)
            return StepResult(
                step=step, status="done", detail=SEEN_DONE if is_unknown else SO_ALREADY
            )
        return StepResult(step=step, status="failed", error=error)
    except PaperspaceError as error:
        return StepResult(step=step, status="failed", error=error)
    return StepResult(step=step, status="done")


async def _is_gone(project_id: str | None, team: AsyncTeam) -> bool:
    """Whether the team's listing has a project no more: a 404 may come from elsewhere."""
    if project_id in team.project_ids:
        try:
            await team.look(at_all=True)
        except PaperspaceError:
            return False
    return project_id not in team.project_ids
