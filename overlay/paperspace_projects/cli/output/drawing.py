"""Tables and progress bars, drawn with rich on a terminal only."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from .formats import Record, cell
from .streams import has_colours, is_terminal

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table
    from rich.text import Text

    from ..context import CommandContext


_WIDEST: Final = 10_000  # columns of no terminal
_WIDTHS: Final = {"type": 20, "message": 32}  # of columns that grow, to begin with
_VERDICTS: Final = {
    **dict.fromkeys(("ok", "both", "contract", "live"), "green"),
    **dict.fromkeys(("warning", "refused", "gateway"), "yellow"),
    **dict.fromkeys(("failed", "differs", "no answer"), "red"),
}


def _console(file: TextIO) -> Console:
    from rich.console import Console

    return Console(
        file=file, force_terminal=True, color_system="auto" if has_colours(file) else None
    )


def draw(records: Sequence[Record], columns: Sequence[str], key: str) -> None:
    """Draw a table, without empty columns other than the key's, or a block for each record."""
    console = _console(sys.stdout)
    filled = {name for record in records for name in columns if record[name] is not None}
    shown = [name for name in columns if name == key or name in filled]
    table = _table(records, shown, key)
    if len(shown) < 3 or _fits(console, table):
        console.print(table)
        return
    for number, record in enumerate(records):
        console.print("\n" * (number > 0), end="")
        draw_one({name: record[name] for name in shown})


def _fits(console: Console, table: Table) -> bool:
    """Return whether a table can be drawn without a break within a word."""
    from rich.measure import Measurement

    wide = console.options.update(max_width=_WIDEST)
    return Measurement.get(console, wide, table).minimum <= console.width


def _table(
    records: Iterable[Record],
    columns: Sequence[str],
    key: str,
    widths: Mapping[str, int] | None = None,
    *,
    show_header: bool = True,
) -> Table:
    """Make a table, with cells of these widths at least if there is room."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False, show_header=show_header)
    for column in columns:
        style = "cyan" if column == key else ""
        is_id = column == key or column.endswith("id")
        table.add_column(_title(column), overflow="fold", style=style, no_wrap=is_id)
    for record in records:
        cells = {column: _cell(column, record[column]) for column in columns}
        for column, width in (widths or {}).items():
            cells[column].pad_right(width - len(cells[column]))
        table.add_row(*cells.values())
    return table


class GrowingTable:
    """Draws records as they come, in blocks once a row does not fit. The head is drawn again when
    columns are added to it."""

    def __init__(self, columns: Sequence[str], key: str) -> None:
        self._columns = columns
        self._key = key
        self._widths: dict[str, int] = {}
        self._fits = True

    def add(self, record: Record) -> None:
        console, widths = _console(sys.stdout), self._widths
        shown = {n for n in self._columns if n == self._key or record[n] is not None}
        is_new = not shown <= widths.keys()
        for name in shown:
            widths[name] = max(widths.get(name, _WIDTHS.get(name, 0)), len(_title(name)))
            widths[name] = max(widths[name], len(_cell(name, record[name])))
        columns = [name for name in self._columns if name in widths]
        table = _table([record], columns, self._key, widths, show_header=is_new)
        self._fits = self._fits and _fits(console, table)
        if self._fits:
            console.print(table)
            return
        draw_one({name: record[name] for name in self._columns if name in shown})
        console.print()


def draw_one(record: Record) -> None:
    """Draw one record, a line for each field, and for each key of `extra`, that is not empty."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    extra: Record = record.get("extra") or {}
    for name, value in {**record, **extra, **record}.items():
        if value not in (None, {}) and name != "extra":
            table.add_row(_title(name), _cell(name, value))
    _console(sys.stdout).print(table)


def _cell(field: str, value: object) -> Text:
    from rich.text import Text  # nothing in it is read as markup

    text = cell(value)
    if field.startswith("dt_") and text:
        text = datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return Text(text, style=_VERDICTS.get(text, "") if field == "verdict" else "")


def _title(field: str) -> Text:
    """Return the title of a field's column, such as `USER ID`."""
    words = re.sub("[._]|(?<=[a-z0-9])(?=[A-Z])", " ", re.sub("^(dt_|extra[.])", "", field))
    return _cell("", words.upper())


@contextmanager
def progress_bar(
    context: CommandContext, label: str, output: str, *, total: int | None = None
) -> Generator[Progress | None, None, None]:
    """Show a bar in the block, unless there is nothing to do, or other output would mix with it."""
    would_mix = context.verbose or (output != "table" and is_terminal(sys.stdout))
    context.has_bar = total != 0 and is_terminal(sys.stderr) and not would_mix
    if not context.has_bar:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = _console(sys.stderr)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        progress.add_task(label, total=total)
        yield progress


def show_progress(bar: Progress | None, done: int, total: int | None) -> None:
    """Show how many are done, and of how many; None if unknown."""
    if bar is not None:
        bar.update(bar.task_ids[0], completed=done, total=total)
