"""The emulator's memory: one SQLite database, in memory or in a file.

It knows things and tables, and nothing of HTTP or dialects, so that a file written in one dialect
can be served in the other. Table and column names come from the constants below only; whatever a
caller sent is always a bound parameter. A secret's value is sealed on its way in and never read.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from typing import Any, Final, Generic, TypeVar
from zlib import crc32

from .rows import Collaborator, Event, Model, Project, Secret, Tag

T = TypeVar("T", bound=Project | Collaborator | Secret | Tag | Model | Event)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of thing: the word for it, the table it is in, and the class of a row."""

    word: str
    table: str
    thing: type[T]

    @property
    def columns(self) -> str:
        """The columns that make up a thing; a secret's sealed value is not among them."""
        return ", ".join(field.name for field in fields(self.thing))


PROJECTS: Final = Kind("project", "projects", Project)
COLLABORATORS: Final = Kind("collaborator", "collaborators", Collaborator)
SECRETS: Final = Kind("secret", "secrets", Secret)
TAGS: Final = Kind("tag", "tags", Tag)
MODELS: Final = Kind("model", "models", Model)
EVENTS: Final = Kind("event", "events", Event)

# Marks a file as ours ("PPe1"), so that another program's database is refused and not written to.
_APPLICATION_ID: Final = 0x50506531

_OF_A_PROJECT: Final = """
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    dt_created TEXT NOT NULL
"""

_TABLES: Final = (
    """CREATE TABLE projects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL, description TEXT, dt_created TEXT NOT NULL)""",
    f"""CREATE TABLE collaborators ({_OF_A_PROJECT},
        user_id TEXT NOT NULL, role TEXT, UNIQUE (project_id, user_id))""",
    f"""CREATE TABLE secrets ({_OF_A_PROJECT},
        name TEXT NOT NULL, dt_modified TEXT NOT NULL, sealed TEXT NOT NULL,
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

# A checksum of the tables, so that no change to them can be forgotten; SQLite keeps 31 bits of it.
_VERSION: Final = crc32("\n".join(_TABLES).encode()) & 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a sorted list: the sort value and sequence of the item just before it."""

    value: str
    seq: int


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list is sorted; the sequence breaks ties, in the same direction."""

    column: str
    descending: bool


class Store:
    """Finds, lists, adds, changes and removes things; call it inside `transaction()`."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        """Open or make the database.

        Raises:
            sqlite3.Error: the file cannot be opened or is no SQLite database.
            ValueError: the path is empty, or the file is another program's SQLite database, or one
                with other tables.
        """
        if path is not None and not os.fspath(path):
            raise ValueError("path must not be empty: SQLite would forget all of it")
        self._lock = threading.RLock()
        # isolation_level=None: transactions begin and end where transaction() says, nowhere else.
        self._connection = sqlite3.connect(
            ":memory:" if path is None else path, isolation_level=None, check_same_thread=False
        )
        # Also runs when the store is forgotten instead of closed, so nothing is left open.
        self._closing = weakref.finalize(self, self._connection.close)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        with self.transaction():
            if _has_tables(self._connection, "file"):
                return
            if self._connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise ValueError("the file is a database of another program")
            for statement in _TABLES:
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    def snapshot(self) -> bytes:
        """All that is stored, to `restore` it.

        Raises:
            RuntimeError: the store is closed.
        """
        with self._opened():
            return self._connection.serialize()

    def restore(self, snapshot: bytes) -> None:
        """Have just that stored, in a file as in memory.

        Raises:
            RuntimeError: the store is closed.
            ValueError: the snapshot is of other tables.
        """
        with self._opened(), closing(sqlite3.connect(":memory:")) as source:
            source.deserialize(snapshot)
            if not _has_tables(source, "snapshot"):
                raise ValueError("the snapshot is none of an emulator's")
            source.backup(self._connection)

    def close(self) -> None:
        """Close the database; again does nothing."""
        with self._lock:
            self._closing()

    def check_open(self) -> None:
        """Do nothing.

        Raises:
            RuntimeError: the store is closed.
        """
        if not self._closing.alive:
            raise RuntimeError("the emulator is closed")

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """One at a time, all or nothing: what happens inside is kept only if nothing raises.

        Raises:
            RuntimeError: the store is closed.
        """
        with self._opened():
            # IMMEDIATE: a second emulator on the same file waits here, never halfway through.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # Some faults, such as a full disk, have SQLite roll back on its own.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _opened(self) -> Generator[None, None, None]:
        """One at a time, and only while the store is open."""
        with self._lock:
            self.check_open()
            yield

    def find(self, kind: Kind[T], **match: str) -> T | None:
        """The one thing whose columns have these values, or None."""
        return next(iter(self.all(kind, **match)), None)

    def all(self, kind: Kind[T], **match: str) -> list[T]:
        """Every thing whose columns have these values, in the order of insertion."""
        where, values = _where(match)
        sql = f"SELECT {kind.columns} FROM {kind.table} WHERE {where} ORDER BY seq"
        return self._select(kind, sql, values)

    def slice(
        self,
        kind: Kind[T],
        match: Mapping[str, str],
        sorting: Sorting,
        after: Position | None,
        limit: int,
    ) -> list[T]:
        """At most `limit` things in order, from just after a position, or from the start.

        By position and not by offset, so that what others add or remove meanwhile neither repeats
        an item nor leaves one out.
        """
        where, values = _where(match)
        way, beyond = ("DESC", "<") if sorting.descending else ("ASC", ">")
        if after is not None:
            where += f" AND ({sorting.column}, seq) {beyond} (?, ?)"
            values += [after.value, after.seq]
        sql = (
            f"SELECT {kind.columns} FROM {kind.table} WHERE {where}"
            f" ORDER BY {sorting.column} {way}, seq {way} LIMIT ?"
        )
        return self._select(kind, sql, [*values, limit])

    def insert(self, kind: Kind[T], **values: str | None) -> T:
        """Add a thing, and return it as it is stored."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {kind.table} ({names}) VALUES ({marks})"
        seq = self._connection.execute(sql, list(values.values())).lastrowid
        return self._by_seq(kind, seq)

    def update(self, kind: Kind[T], thing: T, **values: str | None) -> T:
        """Change some of a thing's columns, and return it as it is stored."""
        changes = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {kind.table} SET {changes} WHERE seq = ?"
        self._connection.execute(sql, [*values.values(), thing.seq])
        return self._by_seq(kind, thing.seq)

    def delete(self, kind: Kind[T], thing: T) -> None:
        """Remove a thing, and with a project all that it holds."""
        self._connection.execute(f"DELETE FROM {kind.table} WHERE seq = ?", [thing.seq])

    def sealed(self, secret: Secret) -> str:
        """A secret's value as it was sealed (`_seal`)."""
        sql = "SELECT sealed FROM secrets WHERE seq = ?"
        (sealed,) = self._connection.execute(sql, [secret.seq]).fetchone()
        return str(sealed)

    def _by_seq(self, kind: Kind[T], seq: int | None) -> T:
        sql = f"SELECT {kind.columns} FROM {kind.table} WHERE seq = ?"
        (thing,) = self._select(kind, sql, [seq])
        return thing

    def _select(self, kind: Kind[T], sql: str, values: list[Any]) -> list[T]:
        return [kind.thing(*row) for row in self._connection.execute(sql, values)]


def _has_tables(connection: sqlite3.Connection, what: str) -> bool:
    """Whether a database is an emulator's, and so has its tables.

    Raises:
        ValueError: it is an emulator's, and has other tables.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION_ID:
        return False
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        raise ValueError(
            f"the {what} was made by another version of the emulator, and has other tables "
            f"({version}, not {_VERSION}): use that version, or begin with a new {what}"
        )
    return True


def _where(match: Mapping[str, str]) -> tuple[str, list[str | int]]:
    """A condition that always has something in it, and the values that it binds."""
    return " AND ".join(["TRUE", *(f"{column} = ?" for column in match)]), list(match.values())
