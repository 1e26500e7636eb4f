"""The kinds of things that commands write, each with its fields: the same names in every format."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import msgspec
from attrs import frozen

from ...models import ActivityEvent, Collaborator, Model, Project, Secret
from ..errors import CommandError

T = TypeVar("T")

Record: TypeAlias = Mapping[str, Any]
"""A thing as plain data for JSON."""


@frozen(kw_only=True)
class Kind(Generic[T]):
    """One kind of thing.

    Args:
        noun: What one is called; several have an `s` more.
        fields: The names of its fields, in their order: those of JSON, YAML and CSV.
        columns: What a table shows: fields, or what is within `extra`.
        key: The field that identifies it: what `-o name` writes.
        record: Makes plain data of one, with all of `fields`.
    """

    noun: str
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    key: str
    record: Callable[[T], Record]

    def chosen(self, fields: str | None) -> tuple[str, ...] | None:
        """The fields that `--fields` names; None where it was not given.

        Raises:
            CommandError: there is no such field.
        """
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


def picked(record: Record, fields: Iterable[str]) -> Record:
    """Only these fields of a record, in this order; `extra.NAME` is one within `extra`."""
    return {name: _at(record, name) for name in fields}


def _at(record: Record, name: str) -> object:
    first, *rest = name.split(".")
    value: object = record[first]
    for part in rest:
        value = cast("Record", value).get(part) if isinstance(value, Mapping) else None
    return value


def as_dict(thing: Project | ActivityEvent | Collaborator | Secret | Model) -> Record:
    """A model as plain data."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in thing.to_dict().items()
    }


def _event(event: ActivityEvent) -> Record:
    return {name.rstrip("_"): value for name, value in as_dict(event).items()}


def _fields(model: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(name.rstrip("_") for name in model.__struct_fields__)


def _tag(name: str) -> Record:
    return {"name": name}


PROJECT: Final = Kind[Project](
    noun="project",
    fields=_fields(Project),
    columns=("id", "name", "description", "dt_created"),
    key="id",
    record=as_dict,
)
EVENT: Final = Kind[ActivityEvent](
    noun="event",
    fields=_fields(ActivityEvent),
    columns=(
        *("dt_created", "type", "message", "user_id"),
        *("extra.actor.email", "extra.deployment.name"),  # what the live server tells instead
        "id",
    ),
    key="id",
    record=_event,
)
COLLABORATOR: Final = Kind[Collaborator](
    noun="collaborator",
    fields=_fields(Collaborator),
    columns=("user_id", "email", "role"),
    key="user_id",
    record=as_dict,
)
SECRET: Final = Kind[Secret](
    noun="secret",
    fields=_fields(Secret),
    columns=("name", "dt_created", "dt_modified"),
    key="name",
    record=as_dict,
)
TAG: Final = Kind[str](noun="tag", fields=("name",), columns=("name",), key="name", record=_tag)
MODEL: Final = Kind[Model](
    noun="model", fields=_fields(Model), columns=("id", "name"), key="id", record=as_dict
)
KINDS: Final[Sequence[Kind[Any]]] = (PROJECT, EVENT, COLLABORATOR, SECRET, TAG, MODEL)
