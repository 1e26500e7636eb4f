"""Write results to standard output, in the chosen format."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from ...errors import APIError
from ..errors import CommandError
from . import formats
from .records import Record, RecordKind, pick
from .streams import echo_stderr, is_terminal, notify

if TYPE_CHECKING:
    from ... import Pager
    from ..context import CommandContext

T = TypeVar("T")

OutputFormat: TypeAlias = Literal["table", "json", "jsonl", "csv", "yaml", "name"]


class ResultWriter(Generic[T]):
    """Writes results of one kind. `output` is the format, `count` the number written so far."""

    count: int = 0

    def __init__(self, kind: RecordKind[T], output: OutputFormat, fields: str | None) -> None:
        self._kind = kind
        self.output: OutputFormat = output
        self._selected = kind.select(fields)
        self._columns: Sequence[str] = self._selected or kind.columns
        if output == "name" and fields is not None:
            raise CommandError("--fields does not go with -o name, which writes one field")

    @property
    def summary(self) -> str:
        """How many were written, in words."""
        return f"{self.count} {self._kind.noun}{'' if self.count == 1 else 's'} written"

    def write_all(self, items: Iterable[T], *, is_endless: bool = False) -> None:
        """Write each item as it comes; on a terminal, a table once it is complete."""
        records: Iterable[Record]
        if self.output == "table":
            records = (pick(self._kind.to_record(item), self._columns) for item in items)
            if is_terminal(sys.stdout) and not is_endless:
                self._draw(records)
                return
        else:
            records = map(self._record, items)
        fields = {"table": self._columns, "name": (self._kind.key,)}.get(
            self.output, self._selected or self._kind.fields
        )
        for text in formats.write(self.output, self._counted(records), fields):
            sys.stdout.write(text)

    def write_one(self, item: T) -> None:
        """Write an item that is not part of a list."""
        if self.output == "table" and is_terminal(sys.stdout):
            from .drawing import draw_one

            draw_one(self._record(item))
        elif self.output in formats.DOCUMENTS:
            sys.stdout.write(formats.DOCUMENTS[self.output](self._record(item)))
        else:
            self.write_all([item])

    def write_listing(
        self, context: CommandContext, pager: Pager[T], limit: int | None = None
    ) -> None:
        """Write the items of a listing; if it fails midway, say with which cursor to resume."""

        def progress() -> str:
            cursor = pager.next_cursor
            rest = "" if cursor is None else f"; --after {shlex.quote(cursor)} resumes from there"
            return f"{self.summary}{rest}"

        context.progress = progress
        try:
            self.write_all(islice(pager, limit))
        except APIError:
            if self.count:
                echo_stderr(progress())
            raise

    def _record(self, item: T) -> Record:
        record = self._kind.to_record(item)
        return record if self._selected is None else pick(record, self._selected)

    def _counted(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            yield record
            self.count += 1  # it is written before the next is asked for

    def _draw(self, records: Iterable[Record]) -> None:
        """Draw a table, also of an incomplete listing."""
        from .drawing import draw

        rows: list[Record] = []
        try:
            for record in records:
                rows.append(record)
                self.count += 1
        finally:
            if rows and not isinstance(sys.exception(), KeyboardInterrupt):
                draw(rows, self._columns, self._kind.key)
        if not rows:
            notify(f"no {self._kind.noun}s")
