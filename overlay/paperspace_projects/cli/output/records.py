"""The kinds of results that commands write, and their fields: the same in every format."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import msgspec

from ...models import ActivityEvent, Collaborator, Model, Project, Secret
from ..errors import CommandError

T = TypeVar("T")

Record: TypeAlias = Mapping[str, Any]
"""A result as plain data for JSON."""


class RecordKind(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A kind of result.

    Args:
        noun: Its name in the singular; the plural adds an `s`.
        fields: The names of its fields in JSON, YAML and CSV, in their order.
        columns: The columns of a table: fields, or keys of `extra`.
        key: The field that identifies it: the output of `-o name`.
        convert: Returns the fields of one; by default they are its attributes.
    """

    noun: str
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    key: str
    convert: Callable[[T], Record] | None = None

    def to_record(self, item: T) -> Record:
        """Return a result as plain data."""
        if self.convert is not None:
            return self.convert(item)
        return {name: _plain(getattr(item, name)) for name in self.fields}

    def select(self, fields: str | None) -> tuple[str, ...] | None:
        """Return the fields that `--fields` names; None without the option."""
        if fields is None:
            return None
        names = tuple(name.strip() for name in fields.split(",") if name.strip())
        for name in names:
            first, _, rest = name.partition(".")
            if first not in self.fields or (rest and first != "extra"):
                close = difflib.get_close_matches(first, self.fields, 1)
                meant = f" (did you mean {close[0]}?)" if close else ""
                listed = ", ".join(self.fields)
                raise CommandError(f"no field {name!r} of a {self.noun}{meant}: there are {listed}")
        if not names:
            raise CommandError("--fields names no field")
        return names


def pick(record: Record, fields: Iterable[str]) -> Record:
    """Return these fields of a record, in this order; `extra.NAME` is a key of `extra`."""
    return {name: _value_at(record, *name.split(".")) for name in fields}


def _value_at(record: Record, first: str, *rest: str) -> object:
    value: object = record[first]
    for part in rest:
        value = cast("Record", value).get(part) if isinstance(value, Mapping) else None
    return value


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(cast("Record", value)) if isinstance(value, Mapping) else value


PROJECT: Final = RecordKind[Project](
    noun="project",
    fields=("id", "name", "description", "team_id", "dt_created", "extra"),
    columns=("id", "name", "description", "dt_created"),
    key="id",
)
EVENT: Final = RecordKind[ActivityEvent](
    noun="event",
    fields=("id", "type", "message", "user_id", "dt_created", "extra"),
    columns=(
        *("dt_created", "type", "message", "user_id"),
        *("extra.actor.email", "extra.deployment.name"),  # the live server's alternatives
        "id",
    ),
    key="id",
)
COLLABORATOR: Final = RecordKind[Collaborator](
    noun="collaborator",
    fields=("user_id", "email", "role", "project_id", "extra"),
    columns=("user_id", "email", "role"),
    key="user_id",
)
SECRET: Final = RecordKind[Secret](
    noun="secret",
    fields=("name", "dt_created", "dt_modified", "extra"),
    columns=("name", "dt_created", "dt_modified"),
    key="name",
)
TAG: Final = RecordKind[str](
    noun="tag", fields=("name",), columns=("name",), key="name", convert=lambda tag: {"name": tag}
)
MODEL: Final = RecordKind[Model](
    noun="model", fields=("id", "name", "extra"), columns=("id", "name"), key="id"
)
