# Derived from _async/_working.py by `nox -s generate`: change that one.
"""Carrying out the steps of one project: look at it, read the secrets, then write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import paperspace_projects.reconcile._verdicts as verdicts

from ..._hidden import Hidden
from ...errors import (
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaperspaceError,
)
from ...models import Project, ProjectSnapshot
from .._plan import Plan
from .._resolving import Resolver
from .._result import StepResult
from .._rules import Rotation
from .._schema import ROLES
from .._steps import (
    AddCollaborator,
    AddModel,
    AddTag,
    ChangeDescription,
    ChangeRole,
    CreateProject,
    CreateSecret,
    DeleteProject,
    DeleteSecret,
    Part,
    RemoveCollaborator,
    RemoveModel,
    RemoveTag,
    RenameProject,
    RotateSecret,
    Step,
)
from ._crew import Crew
from ._looking import look

if TYPE_CHECKING:
    from ... import Client, ProjectScope, Role

SO_ALREADY = "it was so already"


class ProjectWork:
    """The work on one project.

    `namesakes` are the projects of its name that are there already, if it is to be created.
    """

    def __init__(
        self,
        client: Client,
        plan: Plan,
        steps: Sequence[Step],
        namesakes: Sequence[Project],
    ) -> None:
        self._client = client
        self._rotation: Rotation = plan.rotate_secrets
        self._steps = steps
        self._namesakes = namesakes
        self._project_id = steps[0].project_id
        self._done: set[Step] = set()
        self._values: dict[Step, Hidden] = {}
        self._left_behind: str | None = None

    def prepare(self, crew: Crew, resolver: Resolver) -> StepResult | None:
        """Look which steps are still to be carried out, and read the secrets for them.

        Nothing is written. Gives the first step that cannot be carried out, with the error.
        """
        step = self._steps[0]
        try:
            snapshot = self._find()
            for step in self._steps:
                if snapshot is not None and verdicts.is_done(step, snapshot, self._rotation):
                    self._done.add(step)
            for step in self._steps:
                if isinstance(step, CreateSecret | RotateSecret) and step not in self._done:
                    self._values[step] = crew.apart(resolver.value_of, step.reference)
        except PaperspaceError as error:
            return StepResult(step=step, status="failed", error=error)
        return None

    def result_of(self, step: Step) -> StepResult:
        """Carry out a step, if it is not done already."""
        if step in self._done:
            return StepResult(step=step, status="done", detail=SO_ALREADY)
        try:
            detail = self._carry_out(step)
        except PaperspaceError as error:
            return StepResult(step=step, status="failed", error=error, detail=self._left_behind)
        return StepResult(step=step, status="done", detail=detail)

    def _find(self) -> ProjectSnapshot | None:
        """The project as it is now; None if it is yet to be created."""
        first = self._steps[0]
        if isinstance(first, CreateProject):
            if not self._namesakes:
                return None
            if len(self._namesakes) > 1:
                found = f"{len(self._namesakes)}: " + ", ".join(each.id for each in self._namesakes)
                raise verdicts.stale(first, f"no project named {first.project!r}", found)
            self._project_id = self._namesakes[0].id
        return self._look(self._steps)

    def _look(self, steps: Sequence[Step]) -> ProjectSnapshot:
        """The project, with the parts that steps are about."""
        try:
            project = self._scope.get()
            verdicts.check_identity(project, self._steps)
            parts: set[Part] = {step.part for step in steps if step.part is not None}
            return look(self._client, project, parts)
        except NotFoundError:
            raise verdicts.stale(steps[0], "the project", "no such project") from None

    @property
    def _scope(self) -> ProjectScope:
        assert self._project_id is not None, "a step was tried before its project was created"
        return self._client.project(self._project_id)

    def _carry_out(self, step: Step) -> str | None:
        """Send what a step is; gives what else there is to know."""
        if isinstance(step, CreateProject):
            created = self._client.projects.create(step.project, description=step.description)
            self._project_id = created.id
            return None
        try:
            self._send(step)
        except (ConflictError, NotFoundError):
            # Somebody else was quicker: it may be so by now.
            if not verdicts.is_done(step, self._look([step]), self._rotation):
                raise
            return SO_ALREADY
        return None

    def _send(self, step: Step) -> None:
        scope = self._scope
        match step:
            case RenameProject():
                scope.update(name=step.project)
            case ChangeDescription():
                scope.update(description=step.new)
            case AddCollaborator() | ChangeRole() | RemoveCollaborator():
                self._send_about_collaborator(step)
            case CreateSecret() | RotateSecret() | DeleteSecret():
                self._send_about_secret(step)
            case AddTag():
                scope.tags.add(step.tag)
            case RemoveTag():
                scope.tags.remove(step.tag)
            case AddModel():
                scope.models.add(step.model_id)
            case RemoveModel():
                scope.models.remove(step.model_id)
            case _:
                raise TypeError(f"{type(step).__name__} is no step within a project")

    def _send_about_collaborator(
        self, step: AddCollaborator | ChangeRole | RemoveCollaborator
    ) -> None:
        collaborators = self._scope.collaborators
        if isinstance(step, AddCollaborator):
            collaborators.add(step.user_id, step.role)
        elif isinstance(step, ChangeRole):
            self._change_role(step)
        else:
            collaborators.remove(step.user_id)

    def _send_about_secret(self, step: CreateSecret | RotateSecret | DeleteSecret) -> None:
        secrets = self._scope.secrets
        if isinstance(step, CreateSecret):
            secrets.create(step.secret, self._values[step])
        elif isinstance(step, RotateSecret):
            secrets.update(step.secret, self._values[step])
        else:
            secrets.delete(step.secret)

    def _change_role(self, step: ChangeRole) -> None:
        collaborators = self._scope.collaborators
        collaborators.remove(step.user_id)
        try:
            collaborators.add(step.user_id, step.new)
        except (ConflictError, NotFoundError):
            raise  # somebody else was quicker
        except OutcomeUnknownError:
            self._left_behind = (
                f"collaborator {step.user_id!r} was removed, and may be out right now: a new plan "
                f"adds them as {step.new} if they are"
            )
            raise
        except PaperspaceError:
            self._left_behind = self._put_back(step)
            raise

    def _put_back(self, step: ChangeRole) -> str:
        """Give a user the old role again, as the new one could not be given; gives what is now."""
        role: Role | None = next((each for each in ROLES if each == step.old), None)
        out = (
            f"collaborator {step.user_id!r} was removed and is OUT right now: a new plan adds them "
            f"as {step.new}"
        )
        if role is None and step.old is not None:
            return out
        try:
            self._scope.collaborators.add(step.user_id, role)
        except PaperspaceError:
            return out
        return f"collaborator {step.user_id!r} was removed, and put back with the old role"


def delete(client: Client, step: DeleteProject) -> StepResult:
    """Delete a whole project, if it is still the one that the plan saw."""
    try:
        scope = client.project(step.project_id or "")
        project = scope.get()
        if project.name != step.project:
            raise verdicts.stale(step, f"a project named {step.project!r}", repr(project.name))
        scope.delete()
    except NotFoundError:
        return StepResult(step=step, status="done", detail=SO_ALREADY)
    except PaperspaceError as error:
        return StepResult(step=step, status="failed", error=error)
    return StepResult(step=step, status="done")
