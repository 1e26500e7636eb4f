"""Turn snapshots of projects into a desired state: pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ..._security.secret_str import problem_of
from ...errors import DesiredStateError
from ...models import ProjectSnapshot
from ..steps import show_id
from .desired_state import DesiredProject, DesiredState, Reference
from .loader import accepts
from .schema import KEY, NAME, ROLES, SECRET_NAME

SecretKey: TypeAlias = tuple[str, str]
"""A project's id and a secret's name."""


def desired_state(snapshots: Sequence[ProjectSnapshot]) -> DesiredState:
    """Return a desired state for which a plan is empty."""
    problems: list[str] = []
    for project in (each.project for each in snapshots):
        if not accepts(NAME, project.name):
            unsendable = problem_of(project.name)
            problem = "is blank" if unsendable is None else f"is not {unsendable}"
            problems.append(f"the name of the project {project.id!r} {problem}: rename it")
    if problems:
        raise DesiredStateError(tuple(problems))
    notes: list[str] = []
    variables = _variables(snapshots)
    in_order = sorted(snapshots, key=lambda each: (each.project.name, each.project.id))
    projects = tuple(_project(each, variables, notes) for each in in_order)
    return DesiredState(projects=projects, notes=tuple(notes))


def _project(
    snapshot: ProjectSnapshot, variables: Mapping[SecretKey, str], notes: list[str]
) -> DesiredProject:
    """Return one project. A part that no document can hold is left out, with a note."""
    project = snapshot.project
    # A role that cannot be assigned is left to the server.
    roles = {
        each.user_id: each.role if each.role in ROLES else None for each in snapshot.collaborators
    }
    secrets = {
        each.name: Reference("env", variables[project.id, each.name]) for each in snapshot.secrets
    }
    parts: dict[str, tuple[Collection[str], Mapping[str, Any]]] = {
        "description": ([project.description or ""], {"type": "string"}),
        "collaborators": (dict(sorted(roles.items())), KEY),
        "secrets": (dict(sorted(secrets.items())), SECRET_NAME),
        "tags": (tuple(sorted(set(snapshot.tags))), KEY),
        "models": (tuple(sorted({each.id for each in snapshot.models})), KEY),
    }
    kept: dict[str, Any] = {}
    for part, (values, schema) in parts.items():
        odd = next((each for each in values if not accepts(schema, each)), None)
        if odd is None:
            kept[part] = values
        else:
            shown = repr(odd) if len(odd) <= 60 else f"{odd[:60]!r}…"
            notes.append(
                f"{project.name!r} ({show_id(project.id)}): the {part} "
                f"{'is' if part == 'description' else 'are'} left out, and so not managed: "
                f"no file can hold {shown}"
            )
    if "description" in kept:
        kept["description"] = project.description
    return DesiredProject(name=project.name, id=project.id, **kept)


def _variables(snapshots: Iterable[ProjectSnapshot]) -> Mapping[SecretKey, str]:
    """Return an environment variable for each secret, all different.

    It is named for project and secret; if another secret could have that name, the project's id is
    added, and else a digest. The order of the projects does not matter, and a new project never
    takes the variable of a secret that had it before.
    """
    forms = {
        (each.project.id, secret.name): (
            _variable(each.project.name, secret.name),
            f"{_variable(each.project.name, each.project.id)}_{secret.name}",
        )
        for each in snapshots
        for secret in each.secrets
    }
    uses = Counter(form for both in forms.values() for form in set(both))
    variables: dict[SecretKey, str] = {}
    for key, both in forms.items():
        name = next((form for form in both if uses[form] == 1), None)
        if name is None:
            digest = hashlib.sha256(repr(key).encode()).hexdigest().upper()
            longer = (f"{both[-1]}_{digest[:digits]}" for digits in range(12, len(digest) + 1))
            name = next(name for name in longer if not uses[name])
            uses[name] = 1
        variables[key] = name
    return variables


def _variable(*parts: str) -> str:
    """Join texts to the name of an environment variable."""
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")
    return name if re.match(r"[A-Z]", name) else f"_{name}"
