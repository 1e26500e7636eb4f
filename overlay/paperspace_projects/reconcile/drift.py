"""Whether a plan and its steps still fit the current state: pure.

A step is done, still to be carried out, or stale because somebody else has changed its project.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._api import diff as differences
from ..config import Settings
from ..errors import BadRequestError, PaperspaceError, StalePlanError
from ..models import Collaborator, Project, ProjectSnapshot, Secret
from . import steps
from .diff import Rotation
from .steps import Part, SecretWrite, Step, name_of, show_id

if TYPE_CHECKING:
    from .plans import Plan


def check_server(plan: Plan, settings: Settings) -> None:
    """Refuse a client of another server, or of another team of the credentials file."""
    if plan.server is not None and _place(settings.base_url) != _place(plan.server):
        raise StalePlanError("", planned=plan.server, found=settings.base_url)
    if None not in (plan.team, settings.team) and settings.team != plan.team:
        raise StalePlanError(
            "", planned=f"the team {plan.team!r}", found=f"the team {settings.team!r}"
        )


def _place(base_url: str) -> tuple[str, str | None, int | None, str]:
    url = urlsplit(base_url)  # with the scheme and host in lower case
    return url.scheme, url.hostname, url.port or {"http": 80, "https": 443}[url.scheme], url.path


def check_team(plan: Plan, project_ids: Collection[str]) -> None:
    """Refuse a team that has none of the projects that the plan saw.

    The API key is no part of a plan, so a team is recognized by the ids of its projects.
    """
    seen = len(plan.project_ids)
    if seen and plan.project_ids.isdisjoint(project_ids):
        raise StalePlanError(
            "",
            planned=f"a team with {seen} project{'s' * (seen > 1)}",
            found="none of them, as for a client of another team",
        )


def check_name(project: Project, planned: Sequence[Step]) -> None:
    """Refuse a project whose name is neither the planned nor the desired one."""
    step = planned[0]
    name = step.before if isinstance(step, steps.RenameProject) else step.project
    if project.name not in (name, step.project):
        raise stale(step, f"a project named {name!r}", repr(project.name))


def stale(step: Step, planned: str, found: str) -> StalePlanError:
    """Return the error that refuses a step."""
    return StalePlanError(step.describe(), planned=planned, found=found)


def is_done(step: Step, snapshot: ProjectSnapshot, rotation: Rotation) -> bool:
    """Whether a step is done; if not, it is still to be carried out."""
    project = snapshot.project
    users = {each.user_id: each for each in snapshot.collaborators}
    secrets = {each.name: each for each in snapshot.secrets}
    existing: Mapping[Part | None, Collection[str]] = {
        "collaborators": users,
        "secrets": secrets,
        "tags": snapshot.tags,
        "models": {each.id for each in snapshot.models},
    }
    match step:
        case steps.CreateProject(description=desired):
            found = project.description or ""
            if desired in (None, found) or not differences.is_description_told(project):
                return True
            raise stale(step, "no such project", f"one that is described as {found!r}")
        case steps.RenameProject():
            return _compare(step, project.name)
        case steps.ChangeDescription():
            return _compare(step, project.description or "")
        case steps.ChangeRole(user_id=name):
            if name not in users:
                raise stale(step, f"collaborator {name!r}", "no such collaborator")
            return _compare(step, users[name].role)
        case steps.AddCollaborator(user_id=name) if name in users:
            role = users[name].role
            if differences.has_role(users[name], step.role):
                return True
            found = "without a role" if role is None else f"with the role {show_id(role)}"
            raise stale(step, f"no collaborator {name!r}", f"one {found}")
        case steps.RotateSecret(secret=name):
            if name not in secrets:
                raise stale(step, f"secret {name!r}", "no such secret")
            return _is_rotated(step, secrets[name], rotation)
        case steps.CreateSecret(secret=name) if name in secrets and rotation == "always":
            raise stale(step, f"no secret {name!r}", "one")  # it may have another value
        case _:
            return (name_of(step) in existing[step.part]) == (step.sign == "+")


def _compare(step: Step, now: str | None) -> bool:
    if now in (step.after, step.before):
        return now == step.after
    planned, found = ("nothing" if each is None else repr(each) for each in (step.before, now))
    raise stale(step, planned, found)


def _is_rotated(step: steps.RotateSecret, now: Secret, rotation: Rotation) -> bool:
    written = now.dt_modified or now.dt_created
    if written == step.last_written:
        return False
    if rotation == "if-older-than":  # somebody has written it since, so it is not old any more
        return True
    planned = f"secret {step.secret!r}, last written {step.before or 'at an unknown time'}"
    raise stale(step, planned, f"one that was written {written}")


def unverified(step: Step, snapshot: ProjectSnapshot) -> str | None:
    """Return what cannot be verified of a step that is done by other hands; None for nothing."""
    if isinstance(step, SecretWrite):
        return "its value is not known"
    if isinstance(step, steps.AddCollaborator) and step.role is not None:
        users = (each for each in snapshot.collaborators if each.user_id == step.user_id)
        if not all(map(differences.is_role_told, users)):
            return "the server does not return the role"
    return None


def unconfirmed(step: Step, answer: Project | Collaborator) -> str | None:
    """Return what the answer to a step does not confirm; None for nothing."""
    match step, answer:
        case steps.CreateProject(description=str(sent)), Project(description=None) if sent:
            missing = "description"
        case steps.ChangeDescription(new=str(sent)), Project(description=None) if sent:
            missing = "description"
        case steps.AddCollaborator(role=str()), Collaborator(role=None):
            missing = "role"
        case _:
            return None
    return f"sent, but the server does not return the {missing}: it may not keep it"


def refused_field(step: Step, error: PaperspaceError) -> str | None:
    """Return what a server may have refused that only the contract knows; None for nothing."""
    match step, error:
        case steps.CreateProject(description=str(sent)), BadRequestError() if sent:
            field = "description"
        case steps.ChangeDescription(), BadRequestError():
            field = "description"
        case steps.AddCollaborator(role=str()), BadRequestError():
            field = "role"
        case _:
            return None
    return f"perhaps this server takes no {field}: leave it out of the desired state"


def other_spelling(step: Step, planned: Sequence[Step]) -> steps.AddTag | steps.AddModel | None:
    """Return the addition of what a step removes, in another spelling.

    A server may keep both spellings as one; the removal would then undo the addition.
    """
    if not isinstance(step, steps.RemoveTag | steps.RemoveModel):
        return None
    removed = differences.spelled_alike(str(step.before))
    additions = (each for each in planned if isinstance(each, steps.AddTag | steps.AddModel))
    for each in additions:
        if each.part == step.part and differences.spelled_alike(str(each.after)) == removed:
            return each
    return None
