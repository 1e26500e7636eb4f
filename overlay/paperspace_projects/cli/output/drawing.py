"""Tables and progress bars, drawn with rich on a terminal only."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .formats import Record, cell
from .streams import has_colours, is_terminal

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

    from ..context import CommandContext


def _console(file: TextIO) -> Console:
    from rich.console import Console

    return Console(
        file=file, force_terminal=True, color_system="auto" if has_colours(file) else None
    )


def draw(records: Sequence[Record], columns: Sequence[str], key: str) -> None:
    """Draw a table, without empty columns other than the key's."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    filled = {name for record in records for name in columns if record[name] is not None}
    shown = [name for name in columns if name == key or name in filled]
    for column in shown:
        table.add_column(_title(column), overflow="fold", style="cyan" if column == key else "")
    for record in records:
        table.add_row(*(_cell(column, record[column]) for column in shown))
    _console(sys.stdout).print(table)


def draw_one(record: Record) -> None:
    """Draw one record, a line for each field that is not empty."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in record.items():
        if value not in (None, {}):
            table.add_row(_title(name), _cell(name, value))
    _console(sys.stdout).print(table)


def _cell(field: str, value: object) -> Text:
    from rich.text import Text  # nothing in it is read as markup

    text = cell(value)
    if field.startswith("dt_") and text:
        text = datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return Text(text)


def _title(field: str) -> Text:
    """Return the title of a field's column, such as `USER ID`."""
    return _cell("", re.sub("[._]", " ", re.sub("^(dt_|extra[.])", "", field)).upper())


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
