"""Which project of the team each declared one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable

from attrs import frozen

from ..errors import AmbiguousNameError, DesiredStateError
from ..models import Project
from .document.desired_state import DesiredProject, DesiredState


@frozen(kw_only=True)
class Match:
    """A declared project, and what it is today; None: there is none yet."""

    desired: DesiredProject
    project: Project | None


@frozen(kw_only=True)
class Matches:
    """All declared projects, and those of the team that are not declared."""

    declared: tuple[Match, ...]
    undeclared: tuple[Project, ...]


def match(desired: DesiredState, projects: Iterable[Project]) -> Matches:
    """Match by id where one is given, else by name, which must then be that of one project alone.

    A project that is matched by its id is no other's by its name.

    Raises:
        DesiredStateError: there is no project with an id that is given.
        AmbiguousNameError: a name is that of several projects.
    """
    by_id = {project.id: project for project in projects}
    check_ids(desired.projects, by_id)
    taken = {each.id for each in desired.projects}
    by_name: defaultdict[str, list[Project]] = defaultdict(list)
    for project in by_id.values():
        if project.id not in taken:
            by_name[project.name].append(project)
    declared: list[Match] = []
    for each in desired.projects:
        found = [by_id[each.id]] if each.id is not None else by_name.pop(each.name, [])
        if len(found) > 1:
            raise AmbiguousNameError(each.name, tuple(project.id for project in found))
        declared.append(Match(desired=each, project=found[0] if found else None))
    return Matches(
        declared=tuple(declared),
        undeclared=tuple(project for group in by_name.values() for project in group),
    )


def check_ids(desired: Iterable[DesiredProject], there: Container[str]) -> None:
    """Refuse the ids that are not those of projects that are there.

    Raises:
        DesiredStateError: there is one.
    """
    missing = [each for each in desired if each.id is not None and each.id not in there]
    if missing:
        raise DesiredStateError(
            tuple(
                f"{each.name!r}: there is no project with the id {each.id!r}: correct it, or take "
                "it out to have the project created"
                for each in missing
            )
        )
