"""What the emulator remembers, as plain data that belongs to no dialect.

A `Secret` has no field for its value, and must never get one: what is not here cannot be returned,
printed or put in an event. `seq` is the order of insertion and is never used twice, so that it
can break ties and anchor a cursor.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """A project; the holder of everything else."""

    seq: int
    id: str
    name: str
    description: str | None
    dt_created: str


@dataclass(frozen=True, slots=True)
class Collaborator:
    """A user who works on a project. Users exist outside this API, so any id will do."""

    seq: int
    project_id: str
    user_id: str
    role: str | None
    dt_created: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret without its value."""

    seq: int
    project_id: str
    name: str
    dt_created: str
    dt_modified: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of one project."""

    seq: int
    project_id: str
    name: str
    dt_created: str


@dataclass(frozen=True, slots=True)
class Model:
    """A link to a model. Models exist outside this API, so any id will do."""

    seq: int
    project_id: str
    id: str
    dt_created: str


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a project's activity."""

    seq: int
    project_id: str
    id: str
    type: str
    message: str
    dt_created: str
