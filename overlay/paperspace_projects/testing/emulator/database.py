"""The emulator's tables, and the SQLite database that has them. It knows no HTTP and no dialects.

A table never selects a secret's value, of which only a salted digest is stored: what a row does not
have cannot be returned, printed or put in an event. Table and column names come from constants
only; text of the caller is always a bound parameter.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final
from zlib import crc32

import msgspec

Row = dict[str, Any]
"""The columns of a row. `seq` is the order of insertion, and never used twice: it breaks ties."""


class Table(msgspec.Struct, frozen=True):
    """A table, whose columns are named as in the API's JSON; `own` are not in every table.

    The column `more` holds as JSON what has no column. `key` identifies a row within its project;
    `label`, `added` and `removed` are for events.
    """

    noun: str
    own: str
    key: str = "name"
    label: str = "name"
    added: str = "added"
    removed: str = "removed"

    @property
    def name(self) -> str:
        return f"{self.noun}s"

    @property
    def columns(self) -> str:
        return f"seq, dtCreated, more, {self.own}"


PROJECTS: Final = Table("project", "id, name, description, dtDeleted", "id")
COLLABORATORS: Final = Table(
    "collaborator", "projectId, userId, role, dtDeleted", "userId", "userId"
)
SECRETS: Final = Table("secret", "projectId, name, dtModified", added="created", removed="deleted")
TAGS: Final = Table("tag", "projectId, name")
MODELS: Final = Table("model", "projectId, id, name", "id")
EVENTS: Final = Table("event", "projectId, id, noun, type, message, deploymentId, name", "id")
"""`noun` is what an event is of; `name` is a deployment's."""

_COLUMNS: Final = (
    "seq INTEGER PRIMARY KEY AUTOINCREMENT, dtCreated TEXT NOT NULL, more TEXT NOT NULL"
)
_PART: Final = f"{_COLUMNS}, projectId TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE"
SCHEMA: Final = (
    f"""CREATE TABLE projects ({_COLUMNS},
        id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT, dtDeleted TEXT)""",
    f"""CREATE TABLE collaborators ({_PART},
        userId TEXT NOT NULL, role TEXT, dtDeleted TEXT)""",
    f"""CREATE TABLE secrets ({_PART}, name TEXT NOT NULL,
        dtModified TEXT NOT NULL, digest BLOB NOT NULL, UNIQUE (projectId, name))""",
    f"CREATE TABLE tags ({_PART}, name TEXT NOT NULL, UNIQUE (projectId, name))",
    f"CREATE TABLE models ({_PART}, id TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (projectId, id))",
    f"""CREATE TABLE events ({_PART},
        id TEXT NOT NULL UNIQUE, noun TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
        deploymentId TEXT, name TEXT)""",
    """CREATE UNIQUE INDEX collaborators_by_user ON collaborators (projectId, userId)
        WHERE dtDeleted IS NULL""",
    "CREATE INDEX projects_by_date ON projects (dtCreated, seq)",
    "CREATE INDEX projects_by_name ON projects (name, seq)",
    "CREATE INDEX events_by_date ON events (projectId, dtCreated, seq)",
)

# A checksum, so that no change to the tables can be forgotten; SQLite keeps 31 bits of it.
_VERSION: Final = crc32("\n".join(SCHEMA).encode()) & 0x7FFFFFFF
# Marks a file as the emulator's ("PPe1"): another program's database is refused, not written to.
_APPLICATION_ID: Final = 0x50506531

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
        self._connection.row_factory = sqlite3.Row
        # The finalizer also runs when the database is garbage-collected without being closed.
        self._close = weakref.finalize(self, self._connection.close)
        try:
            self._connection.execute("PRAGMA foreign_keys = ON")
            with self.transaction():
                if not _is_an_emulators(self._connection, "file"):
                    if self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                        raise ValueError("the file is a database of another program")
                    for statement in SCHEMA:
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                    self._connection.execute(f"PRAGMA user_version = {_VERSION}")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
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
        table: Table,
        match: Mapping[str, str | None],
        *,
        order_by: str = "seq",
        descending: bool = False,
        after: tuple[str, int] | None = None,
        limit: int = -1,
    ) -> list[Row]:
        """Select the rows whose columns have the values of `match`; `seq` breaks ties.

        `after` is the value and the `seq` of the row before the first one to return.
        """
        conditions = ["TRUE", *(f"{column} IS ?" for column in match)]
        direction, beyond = ("DESC", "<") if descending else ("ASC", ">")
        if after is not None:
            conditions.append(f"({order_by}, seq) {beyond} (?, ?)")
        return self._run(
            f"SELECT {table.columns} FROM {table.name} WHERE {' AND '.join(conditions)}"
            f" ORDER BY {order_by} {direction}, seq {direction} LIMIT ?",
            *(*match.values(), *(after or ()), limit),
        )

    def find(self, table: Table, **match: str | None) -> Row | None:
        return next(iter(self.select(table, match, limit=1)), None)

    def insert(self, table: Table, **values: object) -> Row:
        values = _columns(table, {}, values)
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) RETURNING {table.columns}"
        return self._run(sql, *values.values())[0]

    def update(self, table: Table, row: Row, **values: object) -> Row:
        values = _columns(table, row["more"], values)
        changes = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {table.name} SET {changes} WHERE seq = ? RETURNING {table.columns}"
        return self._run(sql, *values.values(), row["seq"])[0]

    def delete(self, table: Table, row: Row) -> None:
        """Delete a row, and with a project all that it owns."""
        self._run(f"DELETE FROM {table.name} WHERE seq = ?", row["seq"])

    def secret_is(self, secret: Row, value: str) -> bool:
        (found,) = self._run("SELECT digest FROM secrets WHERE seq = ?", secret["seq"])
        stored: bytes = found["digest"]
        return stored == digest(value, stored[:_SALT_LENGTH])

    def _run(self, sql: str, *values: Any) -> list[Row]:
        rows = [dict(row) for row in self._connection.execute(sql, values)]
        for row in rows:
            if "more" in row:
                row["more"] = msgspec.json.decode(row["more"])
        return rows


def _columns(table: Table, before: Row, values: Row) -> Row:
    """The columns of a row, of which one holds all values that have none of their own."""
    columns = {"digest", *table.columns.split(", ")}
    own = {name: value for name, value in values.items() if name in columns}
    more = before | own.pop("more", {}) | {k: v for k, v in values.items() if k not in columns}
    return own | {"more": msgspec.json.encode(more).decode()}


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
    if version != _VERSION:
        problem = f"made by another version of the emulator ({version}, not {_VERSION})"
        raise ValueError(f"the {noun} was {problem}: use that one, or start with a new {noun}")
    return True
