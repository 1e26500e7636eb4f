"""The rows that the emulator stores, and the SQL tables that they are in; both know no dialect.

`Secret` has no field for the value, and must never get one: what a row does not have cannot be
returned, printed or put in an event. `seq` is the order of insertion; it is never used twice, so it
can break ties and anchor a cursor.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar
from zlib import crc32

import msgspec


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """The columns of every table; in JSON, their names are in camel case."""

    seq: int
    dt_created: str


class Project(Row, frozen=True):
    id: str
    name: str
    description: str | None


class Collaborator(Row, frozen=True):
    """Users exist outside this API, so any id is accepted."""

    project_id: str
    user_id: str
    role: str | None

    @property
    def name(self) -> str:
        return self.user_id


class Secret(Row, frozen=True):
    project_id: str
    name: str
    dt_modified: str


class Tag(Row, frozen=True):
    project_id: str
    name: str


class Model(Row, frozen=True):
    """Models exist outside this API, so any id is accepted."""

    project_id: str
    id: str

    @property
    def name(self) -> str:
        return f"model-{self.id}"


class Event(Row, frozen=True):
    project_id: str
    id: str
    type: str
    message: str


RowT = TypeVar("RowT", bound=Row)


class Table(msgspec.Struct, Generic[RowT], frozen=True):
    """A table: the noun for its rows, its name, the class of a row, and the column of its key.

    `added` and `removed` are the verbs in the events of its rows.
    """

    noun: str
    name: str
    row: type[RowT]
    key: str = "id"
    added: str = "added"
    removed: str = "removed"

    @property
    def columns(self) -> str:
        """The columns to select; the digest of a secret's value is not among them."""
        return ", ".join(self.row.__struct_fields__)


PROJECTS: Final = Table("project", "projects", Project)
COLLABORATORS: Final = Table("collaborator", "collaborators", Collaborator, "user_id")
SECRETS: Final = Table("secret", "secrets", Secret, "name", "created", "deleted")
TAGS: Final = Table("tag", "tags", Tag, "name")
MODELS: Final = Table("model", "models", Model)
EVENTS: Final = Table("event", "events", Event)

_OF_A_PROJECT: Final = """
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    dt_created TEXT NOT NULL
"""

SCHEMA: Final = (
    """CREATE TABLE projects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL, description TEXT, dt_created TEXT NOT NULL)""",
    f"""CREATE TABLE collaborators ({_OF_A_PROJECT},
        user_id TEXT NOT NULL, role TEXT, UNIQUE (project_id, user_id))""",
    f"""CREATE TABLE secrets ({_OF_A_PROJECT},
        name TEXT NOT NULL, dt_modified TEXT NOT NULL, digest BLOB NOT NULL,
        UNIQUE (project_id, name))""",
    f"""CREATE TABLE tags ({_OF_A_PROJECT},
        name TEXT NOT NULL, UNIQUE (project_id, name))""",
    f"""CREATE TABLE models ({_OF_A_PROJECT},
        id TEXT NOT NULL, UNIQUE (project_id, id))""",
    f"""CREATE TABLE events ({_OF_A_PROJECT},
        id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, message TEXT NOT NULL)""",
    "CREATE INDEX projects_by_date ON projects (dt_created, seq)",
    "CREATE INDEX projects_by_name ON projects (name, seq)",
    "CREATE INDEX events_by_date ON events (project_id, dt_created, seq)",
)

SCHEMA_VERSION: Final = crc32("\n".join(SCHEMA).encode()) & 0x7FFFFFFF
"""A checksum, so that no change to the tables can be forgotten; SQLite keeps 31 bits of it."""
