"""The emulator's tables, and the SQLite database that has them. It knows no HTTP and no dialects.

`Secret` has no field for the value, and must never get one: what a row does not have cannot be
returned, printed or put in an event. Of a value only a salted digest is stored. Table and column
names come from constants only; text of the caller is always a bound parameter.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from typing import Final, Generic, TypeVar
from zlib import crc32

import msgspec


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """The columns of every table; in JSON, their names are in camel case.

    `seq` is the order of insertion. It is never used twice, so it breaks ties and anchors cursors.
    """

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

    `shown_key` is the key's name in JSON; `added` and `removed` are the verbs in events.
    """

    noun: str
    name: str
    row: type[RowT]
    key: str = "id"
    shown_key: str = "id"
    added: str = "added"
    removed: str = "removed"

    @property
    def columns(self) -> str:
        """The columns to select; the digest of a secret's value is not among them."""
        return ", ".join(self.row.__struct_fields__)


PROJECTS: Final = Table("project", "projects", Project)
COLLABORATORS: Final = Table("collaborator", "collaborators", Collaborator, "user_id", "userId")
SECRETS: Final = Table("secret", "secrets", Secret, "name", "name", "created", "deleted")
TAGS: Final = Table("tag", "tags", Tag, "name", "name")
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

# Marks a file as the emulator's ("PPe1"): another program's database is refused, not written to.
_APPLICATION_ID: Final = 0x50506531
_MARKS: Final = (
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

_SALT_LENGTH: Final = 16


class Database:
    """Selects, inserts, updates and deletes rows; use it inside `transaction()`."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        if path is not None and not os.fspath(path):
            raise ValueError("path must not be empty: SQLite would delete the data on closing")
        self._lock = threading.RLock()
        # isolation_level=None: transactions begin and end only where transaction() says.
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path, isolation_level=None, check_same_thread=False
        )
        # The finalizer also runs when the database is garbage-collected without being closed.
        self._close = weakref.finalize(self, self._connection.close)
        try:
            self._connection.execute("PRAGMA foreign_keys = ON")
            with self.transaction():
                if not _is_an_emulators(self._connection, "file"):
                    if self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                        raise ValueError("the file is a database of another program")
                    for statement in (*SCHEMA, *_MARKS):
                        self._connection.execute(statement)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database; closing again does nothing."""
        with self._lock:
            self._close()

    def check_open(self) -> None:
        """Raise RuntimeError if the database is closed."""
        if not self._close.alive:
            raise RuntimeError("the emulator is closed")

    def serialize(self) -> bytes:
        with self._lock:
            self.check_open()
            return self._connection.serialize()

    def restore(self, content: bytes) -> None:
        with self._lock, closing(sqlite3.connect(":memory:")) as source:
            self.check_open()
            source.deserialize(content)
            if not _is_an_emulators(source, "snapshot"):
                raise ValueError("the snapshot is not an emulator's")
            source.backup(self._connection)

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Run one transaction at a time; it is kept only if nothing raises."""
        with self._lock:
            self.check_open()
            # IMMEDIATE: a second emulator on the same file waits here, never halfway through.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors, such as a full disk, SQLite has rolled back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def select(
        self,
        table: Table[RowT],
        match: Mapping[str, str | int],
        *,
        order_by: str = "seq",
        descending: bool = False,
        after: tuple[str, int] | None = None,
        limit: int = -1,
    ) -> list[RowT]:
        """Select the rows whose columns have the values of `match`; `seq` breaks ties.

        `after` is the value and the `seq` of the row before the first one to return.
        """
        conditions = [f"{column} = ?" for column in match]
        values: list[str | int] = list(match.values())
        direction, beyond = ("DESC", "<") if descending else ("ASC", ">")
        if after is not None:
            conditions.append(f"({order_by}, seq) {beyond} (?, ?)")
            values += after
        sql = (
            f"SELECT {table.columns} FROM {table.name} WHERE {' AND '.join(['TRUE', *conditions])}"
            f" ORDER BY {order_by} {direction}, seq {direction} LIMIT ?"
        )
        return [table.row(*row) for row in self._connection.execute(sql, [*values, limit])]

    def find(self, table: Table[RowT], **match: str) -> RowT | None:
        return next(iter(self.select(table, match, limit=1)), None)

    def insert(self, table: Table[RowT], **values: str | bytes | None) -> RowT:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) RETURNING {table.columns}"
        return self._written(table, sql, *values.values())

    def update(self, table: Table[RowT], row: RowT, **values: str | bytes | None) -> RowT:
        changes = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {table.name} SET {changes} WHERE seq = ? RETURNING {table.columns}"
        return self._written(table, sql, *values.values(), row.seq)

    def _written(self, table: Table[RowT], sql: str, *values: str | bytes | int | None) -> RowT:
        (row,) = self._connection.execute(sql, values)
        return table.row(*row)

    def delete(self, table: Table[RowT], row: RowT) -> None:
        """Delete a row, and with a project all that it owns."""
        self._connection.execute(f"DELETE FROM {table.name} WHERE seq = ?", [row.seq])

    def secret_is(self, secret: Secret, value: str) -> bool:
        sql = "SELECT digest FROM secrets WHERE seq = ?"
        (stored,) = self._connection.execute(sql, [secret.seq]).fetchone()
        return bool(stored == digest(value, stored[:_SALT_LENGTH]))


def digest(value: str, salt: bytes | None = None) -> bytes:
    """Hash a secret's value, so that a copied file holds none in clear. It can still be guessed."""
    salt = salt or os.urandom(_SALT_LENGTH)
    # surrogatepass: `secret_is` answers for any str, even for one that no request can carry.
    data = value.encode("utf-8", "surrogatepass")
    # 1,000 rounds only: every write pays for them, and test suites write often.
    return salt + hashlib.pbkdf2_hmac("sha256", data, salt, 1000)


def _is_an_emulators(connection: sqlite3.Connection, noun: str) -> bool:
    """Return whether an emulator made the database; raise ValueError if it has other tables."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != _APPLICATION_ID:
        return False
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise ValueError(
            f"the {noun} was made by another version of the emulator, and has other tables "
            f"({version}, not {SCHEMA_VERSION}): use that version, or start with a new {noun}"
        )
    return True
