"""The kinds of results that commands write, and how they are written to standard output."""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import msgspec

from ...errors import APIError
from ...models import ActivityEvent, Collaborator, Model, Project, Secret
from ..errors import CommandError
from . import formats
from .formats import Record
from .streams import echo_stderr, is_terminal, notify

if TYPE_CHECKING:
    from ... import Pager
    from ..context import CommandContext

OutputFormat: TypeAlias = Literal["table", "json", "jsonl", "csv", "yaml", "name"]


class RecordKind(msgspec.Struct, frozen=True):
    """A kind of result: `noun` is its name, which an `s` makes a plural. JSON, YAML and CSV have
    its `fields`, a table its `columns`, which are fields or keys of those in `holders`, and
    `-o name` its `key`. `convert` returns the fields of one, else its attributes."""

    noun: str
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    key: str
    convert: Callable[[Any], Record] | None = None
    holders: tuple[str, ...] = ("extra",)

    def to_record(self, item: object) -> Record:
        if self.convert is not None:
            return self.convert(item)
        return {name: _plain(getattr(item, name)) for name in self.fields}

    def select(self, fields: str) -> tuple[str, ...]:
        names = tuple(name.strip() for name in fields.split(",") if name.strip())
        for name in names:
            first, _, rest = name.partition(".")
            if first not in self.fields or (rest and first not in self.holders):
                close = difflib.get_close_matches(first, self.fields, 1)
                meant = f" (did you mean {close[0]}?)" if close else ""
                listed = ", ".join(self.fields)
                raise CommandError(f"no field {name!r} of a {self.noun}{meant}: there are {listed}")
        if not names:
            raise CommandError("--fields names no field")
        return names


def _plain(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.asdict(value)
        return {name.rstrip("_"): _plain(each) for name, each in fields.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in cast("tuple[object, ...]", value)]
    return value.isoformat() if isinstance(value, date) else value


def _fields_of(model: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(name.rstrip("_") for name in model.__struct_fields__)


PROJECT: Final = RecordKind(
    "project", _fields_of(Project), ("id", "name", "description", "dt_created"), "id"
)
_LIVE_COLUMNS: Final = ("actor.email", "deployment.name")  # the live dialect's
EVENT: Final = RecordKind(
    "event",
    _fields_of(ActivityEvent),
    ("dt_created", "type", "message", "user_id", *_LIVE_COLUMNS, "id"),
    "id",
    holders=("actor", "data", "deployment", "extra"),
)
COLLABORATOR: Final = RecordKind(
    "collaborator", _fields_of(Collaborator), ("user_id", "email", "role"), "user_id"
)
SECRET: Final = RecordKind(
    "secret", _fields_of(Secret), ("name", "dt_created", "dt_modified"), "name"
)
TAG: Final = RecordKind("tag", ("name",), ("name",), "name", lambda tag: {"name": tag})
MODEL: Final = RecordKind("model", _fields_of(Model), ("id", "name"), "id")


def pick(record: Record, fields: Iterable[str]) -> Record:
    """Return these fields of a record, in this order; `extra.NAME` is the key NAME of `extra`."""

    def value_of(holder: object, key: str) -> object:
        return cast("Record", holder).get(key) if isinstance(holder, Mapping) else None

    whole: object = record
    return {name: reduce(value_of, name.split("."), whole) for name in fields}


class ResultWriter:
    """Writes results of one kind. `output` is the format."""

    def __init__(
        self, context: CommandContext, kind: RecordKind, output: OutputFormat, fields: str | None
    ) -> None:
        if output == "name" and fields is not None:
            raise CommandError("--fields does not go with -o name, which writes one field")
        self.output: OutputFormat = output
        self._context = context
        self._kind = kind
        self.count: int = 0
        self._selected = None if fields is None else kind.select(fields)
        self._columns: Sequence[str] = self._selected or kind.columns

    @property
    def summary(self) -> str:
        return f"{self.count} {self._kind.noun}{'' if self.count == 1 else 's'} written"

    def write_all(self, items: Iterable[object], *, is_endless: bool = False) -> None:
        """Write each item as it comes; on a terminal, a table once it is complete."""
        picked = self._columns if self.output == "table" else self._selected
        fields = (self._kind.key,) if self.output == "name" else picked or self._kind.fields
        records = self._records(items, picked)
        if self.output != "table" or is_endless or not is_terminal(sys.stdout):
            sys.stdout.writelines(formats.write(self.output, records, fields))
            return
        from .drawing import draw

        rows: list[Record] = []
        try:
            for record in records:
                rows.append(record)
        finally:  # what was read of an incomplete listing is shown, too
            if rows and not isinstance(sys.exception(), KeyboardInterrupt):
                draw(rows, self._columns, self._kind.key)
        if not rows:
            notify(f"no {self._kind.noun}s")

    def write_one(self, item: object) -> None:
        (record,) = self._records([item], self._selected)
        if self.output == "table" and is_terminal(sys.stdout):
            from .drawing import draw_one

            draw_one(record)
        elif self.output in formats.DOCUMENTS:
            sys.stdout.write(formats.DOCUMENTS[self.output](record))
        else:
            self.write_all([item])

    def write_listing(self, pager: Pager[Any], limit: int | None = None) -> None:
        """Write the items of a listing; if it fails midway, say with which cursor to resume."""

        def progress() -> str:
            cursor = pager.next_cursor
            rest = "" if cursor is None else f"; --after {shlex.quote(cursor)} resumes from there"
            return f"{self.summary}{rest}"

        self._context.progress = progress
        try:
            self.write_all(islice(pager, limit))
        except APIError:
            if self.count:
                echo_stderr(progress())
            raise

    def _records(self, items: Iterable[object], picked: Sequence[str] | None) -> Iterator[Record]:
        for item in items:
            record = self._kind.to_record(item)
            yield record if picked is None else pick(record, picked)
            self.count += 1  # it is written before the next is asked for
