"""Today's state as a desired state: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from attrs import define, field

from ... import Role
from ..._security.secret_str import problem_of
from ...errors import DesiredStateError
from ...models import Project, ProjectSnapshot
from ..display_text import word
from . import validator as checking
from .desired_state import DesiredProject, DesiredState
from .references import Reference
from .schema import ROLES
from .variables import Key, variables

C = TypeVar("C", bound="Iterable[str]")


def desired_state(snapshots: Sequence[ProjectSnapshot]) -> DesiredState:
    """The desired state that is met by what is there.

    Raises:
        DesiredStateError: a project's name is one that no file can hold.
    """
    unnameable = [each.project for each in snapshots if not checking.is_name(each.project.name)]
    if unnameable:
        raise DesiredStateError(tuple(map(_problem_of_name, unnameable)))
    writer = _Writer(variables(snapshots))
    in_order = sorted(snapshots, key=lambda each: (each.project.name, each.project.id))
    return DesiredState(
        projects=tuple(writer.written(each) for each in in_order), notes=tuple(writer.notes)
    )


def _problem_of_name(project: Project) -> str:
    unsendable = problem_of(project.name)
    problem = "is blank" if unsendable is None else f"is not {unsendable}"
    return f"the name of the project {project.id!r} {problem}: rename it"


@define
class _Writer:
    """Writes projects down, and notes what it has to leave out."""

    variables: Mapping[Key, str]
    notes: list[str] = field(factory=list[str])

    def written(self, snapshot: ProjectSnapshot) -> DesiredProject:
        project = snapshot.project
        roles: dict[str, Role | None] = {
            each.user_id: _known_role(each.role)
            for each in sorted(snapshot.collaborators, key=lambda each: each.user_id)
        }
        secrets = {
            name: Reference("env", self.variables[project.id, name])
            for name in sorted(each.name for each in snapshot.secrets)
        }
        tags = tuple(sorted(set(snapshot.tags)))
        models = tuple(sorted({each.id for each in snapshot.models}))
        return DesiredProject(
            name=project.name,
            id=project.id,
            description=self._description(project),
            collaborators=self._if_all(checking.is_key, roles, project, "collaborators"),
            secrets=self._if_all(checking.is_secret_name, secrets, project, "secrets"),
            tags=self._if_all(checking.is_key, tags, project, "tags"),
            models=self._if_all(checking.is_key, models, project, "models"),
        )

    def _description(self, project: Project) -> str | None:
        if project.description is None or checking.is_text(project.description):
            return project.description
        self._note(project, "the description is", project.description)
        return None

    def _if_all(
        self, can_stand: Callable[[str], bool], part: C, project: Project, name: str
    ) -> C | None:
        """A part, if a file can hold all of it."""
        odd = next((each for each in part if not can_stand(each)), None)
        if odd is None:
            return part
        self._note(project, f"the {name} are", odd)
        return None

    def _note(self, project: Project, left_out: str, odd: str) -> None:
        shown = repr(odd) if len(odd) <= 60 else f"{odd[:60]!r}…"
        self.notes.append(
            f"{project.name!r} ({word(project.id)}): {left_out} left out, and so not managed: no "
            f"file can hold {shown}"
        )


def _known_role(role: str | None) -> Role | None:
    """A role that can be given; any other is left to the server."""
    return next((each for each in ROLES if each == role), None)
