"""Where results go: standard output, in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from ..errors import CommandError
from ..options import OutputFormat
from . import formats
from .messages import tell
from .records import Kind, Record, picked
from .streams import is_terminal

T = TypeVar("T")


class Results(Generic[T]):
    """Writes things of one kind. `count` is how many were written.

    Raises:
        CommandError: `--fields` cannot be used.
    """

    count: int = 0

    def __init__(self, kind: Kind[T], output: OutputFormat, fields: str | None) -> None:
        self._kind = kind
        self._output: OutputFormat = output
        self._chosen = kind.chosen(fields)
        if output == "name" and fields is not None:
            raise CommandError("--fields has no say in -o name, which writes one field alone")

    @property
    def written(self) -> str:
        """How many were written, in words."""
        return f"{self.count} {self._kind.noun}{'' if self.count == 1 else 's'} written"

    def write_all(self, things: Iterable[T], *, without_end: bool = False) -> None:
        """Write many, each as it comes; a table on a terminal once all are there, if ever."""
        records = map(self._row if self._output == "table" else self._record, things)
        if self._output == "table" and is_terminal(sys.stdout) and not without_end:
            self._draw(records)
            return
        for text in self._pieces(self._counted(records)):
            sys.stdout.write(text)

    def write_one(self, thing: T) -> None:
        """Write one that is not of a list."""
        record = self._record(thing)
        if self._output == "table" and is_terminal(sys.stdout):
            from .tables import draw_one

            draw_one(record)
        elif self._output == "json":
            sys.stdout.write(formats.json_one(record))
        elif self._output == "yaml":
            sys.stdout.write(formats.yaml_one(record))
        else:
            self.write_all([thing])

    def _record(self, thing: T) -> Record:
        record = self._kind.record(thing)
        return record if self._chosen is None else picked(record, self._chosen)

    def _row(self, thing: T) -> Record:
        return picked(self._kind.record(thing), self._columns)

    def _counted(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            yield record
            self.count += 1  # it was written before the next is asked for

    def _pieces(self, records: Iterable[Record]) -> Iterator[str]:
        match self._output:
            case "table":
                return formats.tab_separated(records, self._columns)
            case "json":
                return formats.json_list(records)
            case "jsonl":
                return formats.json_lines(records)
            case "csv":
                return formats.csv_rows(records, self._chosen or self._kind.fields)
            case "yaml":
                return formats.yaml_list(records)
            case "name":
                return formats.names(records, self._kind.key)

    @property
    def _columns(self) -> Sequence[str]:
        return self._chosen or self._kind.columns

    def _draw(self, records: Iterator[Record]) -> None:
        """Draw a table, of what there is also where there should be more."""
        from .tables import draw

        rows: list[Record] = []
        try:
            for record in records:
                rows.append(record)
                self.count += 1
        finally:
            if rows and not isinstance(sys.exception(), KeyboardInterrupt):
                draw(rows, self._columns, self._kind.key)
        if not rows:
            tell(f"no {self._kind.noun}s")
