"""The properties that a test gives to a project, or to a part of one: any that the dialect has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from .database import COLLABORATORS, EVENTS, MODELS, PROJECTS, SECRETS, TAGS, Database, Table
from .handlers import HANDLERS, MARKED, NOT_DELETED
from .shapes import OPERATIONS, Shape

Part = Literal["activity", "collaborators", "models", "secrets", "tags"]

_TABLES: Final[Mapping[Part, Table]] = {
    "activity": EVENTS,
    "collaborators": COLLABORATORS,
    "models": MODELS,
    "secrets": SECRETS,
    "tags": TAGS,
}


def set_properties(
    database: Database,
    dialect: str,
    project_id: str,
    part: tuple[Part, str] | None,
    values: Mapping[str, object],
) -> None:
    table, key = (PROJECTS, project_id) if part is None else (_TABLES[part[0]], part[1])
    match = {"projectId": project_id, table.key: key} if part else {"id": key}
    plain: dict[str, Any] = msgspec.to_builtins(values)
    known = _properties(table, dialect)
    for name, value in plain.items():
        if name not in known or name == table.key:
            listed = ", ".join(sorted(known.keys() - {table.key})) or "none"
            raise ValueError(f"no {table.noun} has a property {name!r} to set: there are {listed}")
        if not known[name].fits(value):
            raise ValueError(f"{name} must be of type {known[name].type}")
    with database.transaction():
        row = database.find(table, **match, **(NOT_DELETED if table in MARKED else {}))
        if row is None:
            raise LookupError(f"no {table.noun} {key!r}" + (f" in {project_id!r}" if part else ""))
        database.update(table, row, **plain)


def _properties(table: Table, dialect: str) -> Mapping[str, Shape]:
    """What the answers of a dialect show of a row of the table."""
    shapes = (
        OPERATIONS[operation_id][1][dialect].answer
        for operation_id, (of, _) in HANDLERS.items()
        if of is table
    )
    return {name: each for shape in shapes if shape for name, each in shape.item.keys.items()}
