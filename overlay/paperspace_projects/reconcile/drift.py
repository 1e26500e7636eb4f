"""Whether a step is still to be carried out, as things are now: pure."""

from __future__ import annotations

from collections.abc import Sequence

from .._api import diff as differences
from ..errors import StalePlanError
from ..models import Project, ProjectSnapshot
from .display_text import word
from .rotation import Rotation
from .step import Step
from .steps import (
    AddCollaborator,
    AddModel,
    AddTag,
    ChangeDescription,
    ChangeRole,
    CreateProject,
    CreateSecret,
    DeleteSecret,
    RemoveCollaborator,
    RemoveModel,
    RemoveTag,
    RenameProject,
    RotateSecret,
)


def is_done(step: Step, snapshot: ProjectSnapshot, rotation: Rotation) -> bool:
    """Whether all is as a step wants it; if not, the step is to be carried out.

    Raises:
        StalePlanError: it is neither that, nor as the plan saw it.
    """
    match step:
        case CreateProject():
            return _is_project_done(step, snapshot.project)
        case RenameProject():
            return _compare(step, snapshot.project.name)
        case ChangeDescription():
            return _compare(step, snapshot.project.description or "")
        case AddCollaborator() | ChangeRole() | RemoveCollaborator():
            return _is_collaborator_done(step, snapshot)
        case CreateSecret() | RotateSecret() | DeleteSecret():
            return _is_secret_done(step, snapshot, rotation)
        case AddTag(tag=name) | RemoveTag(tag=name):
            return _compare(step, name if name in snapshot.tags else None)
        case AddModel(model_id=name) | RemoveModel(model_id=name):
            there = any(each.id == name for each in snapshot.models)
            return _compare(step, name if there else None)
        case _:
            raise TypeError(f"{type(step).__name__} is no step within a project")


def not_told(step: Step, snapshot: ProjectSnapshot) -> str | None:
    """What of a step that somebody else was quicker with nothing tells; None if all is told."""
    if isinstance(step, CreateSecret | RotateSecret):
        return "its value is not known"
    if isinstance(step, AddCollaborator) and step.role is not None:
        users = (each for each in snapshot.collaborators if each.user_id == step.user_id)
        if not all(map(differences.is_role_told, users)):
            return "the server does not tell the role"
    return None


def other_spelling(step: Step, steps: Sequence[Step]) -> AddTag | AddModel | None:
    """The addition of what a step removes, in another spelling: one server may keep both
    as one, and then the removal would take away what was added.
    """
    if not isinstance(step, RemoveTag | RemoveModel):
        return None
    additions = (each for each in steps if isinstance(each, AddTag | AddModel))
    return next(
        (
            each
            for each in additions
            if each.part == step.part
            and differences.spelled_alike(each.after) == differences.spelled_alike(step.before)
        ),
        None,
    )


def check_identity(project: Project, steps: Sequence[Step]) -> None:
    """Refuse all steps of a project whose name is neither the one planned with nor the one wanted.

    Raises:
        StalePlanError: somebody has renamed it.
    """
    step = steps[0]
    names = [step.before] if isinstance(step, RenameProject) else []
    if project.name not in (*names, step.project):
        planned = names[0] if names else step.project
        raise stale(step, f"a project named {planned!r}", repr(project.name))


def stale(step: Step, planned: str, found: str) -> StalePlanError:
    """The refusal of a step."""
    return StalePlanError(step.describe(), planned=planned, found=found)


def _compare(step: Step, now: str | None) -> bool:
    if now == step.after:
        return True
    if now == step.before:
        return False
    raise stale(step, _shown(step.before), _shown(now))


def _shown(value: str | None) -> str:
    return "nothing" if value is None else repr(value)


def _is_project_done(step: CreateProject, now: Project) -> bool:
    """A project of that name is the one that is wanted, unless it is described as another."""
    wanted, found = step.description, now.description or ""
    if wanted is None or wanted == found or not differences.is_description_told(now):
        return True
    raise stale(step, "no such project", f"one that is described as {found!r}")


def _is_collaborator_done(
    step: AddCollaborator | ChangeRole | RemoveCollaborator, snapshot: ProjectSnapshot
) -> bool:
    now = next((each for each in snapshot.collaborators if each.user_id == step.user_id), None)
    if isinstance(step, RemoveCollaborator):
        return now is None
    if now is None:
        if isinstance(step, AddCollaborator):
            return False
        raise stale(step, f"collaborator {step.user_id!r}", "no such collaborator")
    if isinstance(step, ChangeRole):
        return _compare(step, now.role)
    if step.role is None or now.role == step.role or not differences.is_role_told(now):
        return True
    role = "without a role" if now.role is None else f"with the role {word(now.role)}"
    raise stale(step, f"no collaborator {step.user_id!r}", f"one {role}")


def _is_secret_done(
    step: CreateSecret | RotateSecret | DeleteSecret, snapshot: ProjectSnapshot, rotation: Rotation
) -> bool:
    now = next((each for each in snapshot.secrets if each.name == step.secret), None)
    if isinstance(step, DeleteSecret):
        return now is None
    if isinstance(step, CreateSecret):
        if now is not None and rotation == "always":  # its value may be another one
            raise stale(step, f"no secret {step.secret!r}", "one")
        return now is not None
    if now is None:
        raise stale(step, f"secret {step.secret!r}", "no such secret")
    written = now.dt_modified or now.dt_created
    if written == step.last_written:
        return False
    if rotation == "if-older-than":  # somebody has written it since: it is old no more
        return True
    planned = f"secret {step.secret!r}, last written {step.before or 'at an unknown time'}"
    raise stale(step, planned, f"one that was written {written}")
