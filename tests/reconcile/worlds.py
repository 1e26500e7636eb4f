"""Worlds to draw: what is there, what is desired of it, and whether it has come to be."""

from __future__ import annotations

from typing import Any, get_args

from attrs import frozen
from hypothesis import strategies as st
from reconcile.driving import make, snapshots
from support.driving import Driver

from paperspace_projects import ProjectSnapshot, Role
from paperspace_projects.reconcile import DesiredProject, DesiredState, load

NAMES = ("a", "b", "c", "ä/ö ?")
VALUES = {"ONE": "value-1", "TWO": "value-2"}
"""What the environment variables hold that desired states refer to."""

tags = st.lists(st.sampled_from(["x", "y", "z/ü &"]), unique=True, max_size=3)
models = st.lists(st.sampled_from(["m1", "m/2"]), unique=True, max_size=2)
roles = st.sampled_from([*get_args(Role), None])
collaborators = st.dictionaries(st.sampled_from(["u1", "u2", "u/3"]), roles, max_size=3)
secret_names = st.sampled_from(["A", "B", "C"])
descriptions = st.sampled_from(["", "one", "two"])

there = st.fixed_dictionaries(
    {
        "tags": tags,
        "models": models,
        "collaborators": collaborators,
        "secrets": st.dictionaries(secret_names, st.just("old value"), max_size=3),
    },
    optional={"description": descriptions},
)
wanted = st.fixed_dictionaries(
    {},
    optional={
        "tags": tags,
        "models": models,
        "collaborators": collaborators,
        "secrets": st.dictionaries(
            secret_names, st.sampled_from([f"env:{name}" for name in VALUES]), max_size=3
        ),
        "description": descriptions,
    },
)


@frozen
class World:
    """What is there at first, by name and parts, and what is desired of it.

    Each desired project has, instead of an id, the index of what it is among those there.
    """

    projects: list[tuple[str, dict[str, Any]]]
    desired: list[tuple[int | None, dict[str, Any]]]

    def build(self, drive: Driver, client: Any) -> DesiredState:
        """Make what is there; gives what is desired of it."""
        ids = [make(drive, client, name, **parts) for name, parts in self.projects]
        return load(
            {
                "version": 1,
                "projects": [
                    project if index is None else {**project, "id": ids[index]}
                    for index, project in self.desired
                ],
            }
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    projects = draw(st.lists(st.tuples(st.sampled_from(NAMES), there), max_size=3))
    names = [name for name, _ in projects]
    ambiguous = {name for name in names if names.count(name) > 1}
    desired: list[tuple[int | None, dict[str, Any]]] = []
    taken: set[int] = set()
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)):
        free = [index for index in range(len(projects)) if index not in taken]
        own = [index for index in free if projects[index][0] == name]
        by_id = bool(free) and (name in ambiguous or draw(st.booleans()))
        index = draw(st.sampled_from(own if name in ambiguous and own else free)) if by_id else None
        if index is not None:
            taken.add(index)
        desired.append((index, {"name": name, **draw(wanted)}))
    left = [names[index] for index in range(len(projects)) if index not in taken]
    for index, project in desired:  # whoever is known by name must be the only one of it
        if index is None and left.count(project["name"]) > 1:
            desired = [each for each in desired if each[1]["name"] != project["name"]]
    return World(projects, desired)


def differences(
    drive: Driver, client: Any, emulator: Any, desired: DesiredState, before: dict[str, Any]
) -> list[str]:
    """In what the projects that are there are not those desired, and no others."""
    now = snapshots(drive, client)
    found: list[str] = []
    if len(now) != len(desired.projects):
        found.append(f"{len(now)} projects, not {len(desired.projects)}")
    for project in desired.projects:
        own = [
            each
            for each in now.values()
            if each.project.id == project.id
            or (project.id is None and each.project.name == project.name)
        ]
        if len(own) != 1 or own[0].project.name != project.name:
            found.append(f"{project.name}: {len(own)} of it")
            continue
        was = before.get(own[0].project.id)
        found += _in_parts(project, own[0], was, is_live=emulator.dialect == "live")
        found += _in_values(project, own[0], was, emulator)
    return found


def _in_parts(
    project: DesiredProject, now: ProjectSnapshot, was: ProjectSnapshot | None, *, is_live: bool
) -> list[str]:
    empty: Any = was or ProjectSnapshot(
        project=now.project, collaborators=(), secrets=(), tags=(), models=()
    )
    there: dict[str, tuple[Any, Any, Any]] = {
        "tags": (set(now.tags), project.tags, set(empty.tags)),
        "models": (_ids(now), project.models, _ids(empty)),
        "secrets": (_secrets(now), project.secrets, _secrets(empty)),
        "collaborators": (set(_roles(now)), project.collaborators, set(_roles(empty))),
    }
    found = [
        f"{project.name}: {part} are {are}"
        for part, (are, should, were) in there.items()
        if are != (were if should is None else set(should))
    ]
    for user, role in (project.collaborators or {}).items():
        if role is not None and not is_live and _roles(now).get(user) != role:
            found.append(f"{project.name}: role of {user}")
    if project.description is not None and not is_live:
        described = now.project.description or ""
        found += [] if described == project.description else [f"{project.name}: described"]
    return found


def _in_values(
    project: DesiredProject, now: ProjectSnapshot, was: ProjectSnapshot | None, emulator: Any
) -> list[str]:
    """Secrets that were there keep their values, new ones have those that they refer to."""
    old = set() if was is None else _secrets(was)
    return [
        f"{project.name}: value of {secret}"
        for secret, reference in (project.secrets or {}).items()
        if secret in _secrets(now)
        and not emulator.secret_is(
            now.project.id, secret, "old value" if secret in old else VALUES[reference.target]
        )
    ]


def _ids(snapshot: ProjectSnapshot) -> set[str]:
    return {each.id for each in snapshot.models}


def _secrets(snapshot: ProjectSnapshot) -> set[str]:
    return {each.name for each in snapshot.secrets}


def _roles(snapshot: ProjectSnapshot) -> dict[str, str | None]:
    return {each.user_id: each.role for each in snapshot.collaborators}
